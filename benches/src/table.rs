//! The table.

use std::collections::HashMap;
use std::process::Command;

use crate::callgrind;
use crate::row::Row;
use crate::rows;

/// Prints the rows whose names start with `start`.
pub fn print(start: &str) {
    let selected = || rows::all().filter(|row| row.name.starts_with(start));
    selected().for_each(check);
    println!("| row | instructions | added | limit |");
    println!("| --- | ---: | ---: | ---: |");
    let mut counts = HashMap::new();
    let mut count = |row: &Row| {
        *counts
            .entry(row.name)
            .or_insert_with(|| callgrind::count(row))
    };
    for row in selected() {
        let total = count(row);
        let added = row.over.map(|over| {
            let base = count(rows::named(over));
            (total.cast_signed() - base.cast_signed()) / row.times.cast_signed()
        });
        println!(
            "| {} | {} | {} | {} |",
            row.name,
            grouped(total.cast_signed()),
            added.map(grouped).unwrap_or_default(),
            row.limit
                .map(|limit| grouped(limit.cast_signed()))
                .unwrap_or_default()
        );
    }
}

/// Checks that a row which claims the same response as another one keeps its word.
fn check(row: &Row) {
    if let Some(other) = row.same_as {
        let [own, other] = [row.name, other].map(response);
        assert_eq!(own, other, "{}: not the same response", row.name);
    }
}

/// In a process of its own, because rows set globals.
fn response(name: &str) -> String {
    let output = Command::new(std::env::current_exe().expect("this program"))
        .args(["show", name])
        .output()
        .expect("it starts");
    assert!(output.status.success(), "{name} failed");
    String::from_utf8(output.stdout).expect("a text")
}

/// With a comma before every third digit.
fn grouped(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if number < 0 {
        text.insert(0, '-');
    }
    text
}
