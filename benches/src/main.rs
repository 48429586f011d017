//! What Backstop costs in instructions per request, beside its peers and beside the same written by hand.
//!
//! `cargo run --release` prints the table; see `README.md`.

mod apps;
mod by_hand;
mod callgrind;
mod memory;
mod panics;
mod row;
mod rows;
mod serve;
mod table;
mod waits;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        [] => table::print(""),
        ["rows", start] => table::print(start),
        ["panics"] => panics::table(),
        ["panics", name] => panics::measure(name),
        ["memory"] => memory::table(),
        ["waits"] => waits::table(),
        ["waits", kind] => waits::measure(kind),
        ["show", name] => println!("{}", serve::show(rows::named(name))),
        [name, requests] => {
            let requests = requests.parse().expect("a number of requests");
            serve::serve(rows::named(name), requests);
        }
        _ => panic!("usage: [rows START | panics | waits | memory | show ROW | ROW REQUESTS]"),
    }
}
