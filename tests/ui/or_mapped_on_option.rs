use backstop::prelude::*;

fn first(orders: &[u32]) -> backstop::Result<u32> {
    Ok(*orders.first().or_mapped()?)
}

fn main() {
    let _ = first(&[]);
}
