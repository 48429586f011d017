fn port(text: &str) -> backstop::Result<u16> {
    Ok(text.parse::<u16>()?)
}

fn main() {
    let _ = port("80");
}
