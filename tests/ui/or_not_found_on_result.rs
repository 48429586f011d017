use backstop::prelude::*;

fn port(text: &str) -> backstop::Result<u16> {
    text.parse::<u16>().or_not_found("there is no such port")
}

fn main() {
    let _ = port("80");
}
