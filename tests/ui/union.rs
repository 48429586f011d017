use backstop::HttpError;

#[derive(HttpError)]
union ShopError {
    id: u32,
}

fn main() {}
