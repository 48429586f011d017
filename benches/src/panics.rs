//! How long a request that panics takes, by the clock: `backstop-benches panics`.

use std::process::Command;
use std::time::Duration;

use crate::rows;
use crate::serve;

const TIMES: usize = 5_000;

pub fn table() {
    println!("| row | median | 99 % | × `CatchPanicLayer` |");
    println!("| --- | ---: | ---: | ---: |");
    let mut base = None;
    for row in rows::all().filter(|row| row.name.starts_with("panic")) {
        let [median, late] = ask(row.name);
        let base = base.get_or_insert(median);
        let of_base = median.as_secs_f64() / base.as_secs_f64();
        println!(
            "| {} | {median:.1?} | {late:.1?} | {of_base:.1} |",
            row.name
        );
    }
}

fn ask(row: &str) -> [Duration; 2] {
    let output = Command::new(std::env::current_exe().expect("this program"))
        .args(["panics", row])
        .output()
        .expect("it starts");
    assert!(output.status.success(), "{row} failed");
    let text = String::from_utf8(output.stdout).expect("numbers");
    let mut times: Vec<Duration> = text
        .split_whitespace()
        .map(|nanos| Duration::from_nanos(nanos.parse().expect("nanoseconds")))
        .collect();
    times.sort_unstable();
    [times.len() / 2, times.len() * 99 / 100].map(|index| times[index])
}

/// Prints how many nanoseconds each panic of a row took. The first ones, which fill caches, are left out.
pub fn measure(name: &str) {
    let times = serve::time(rows::named(name), TIMES);
    for time in &times[TIMES / 10..] {
        println!("{}", time.as_nanos());
    }
}
