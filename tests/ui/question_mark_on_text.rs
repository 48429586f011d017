fn first(orders: &[u32]) -> backstop::Result<u32> {
    Ok(*orders.first().ok_or("there are no orders")?)
}

fn main() {
    let _ = first(&[]);
}
