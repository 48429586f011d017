// A report that is not a standard error, like those of most error crates.
#[derive(Debug)]
struct Report;

fn load() -> Result<u32, Report> {
    Err(Report)
}

fn handler() -> backstop::Result<u32> {
    Ok(load()?)
}

fn main() {
    let _ = handler();
}
