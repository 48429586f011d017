//! How much of the planted secrets leaves, and how much of what is harmless is damaged.

use std::fmt::Write as _;

use http::Uri;
use serde_json::Value;

use super::super::Redactor;

#[test]
fn planted_secrets_are_hidden_and_harmless_inputs_stay() {
    let redactor = Redactor::default();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/redaction.jsonl");
    let corpus = std::fs::read_to_string(path).unwrap();
    let (mut planted, mut leaks, mut harmless, mut damaged) = (0, 0, 0, 0);
    let mut report = String::new();
    for line in corpus.lines() {
        let row: Value = serde_json::from_str(line).unwrap();
        let shown = shown(&redactor, &row);
        let texts = |name: &str| {
            row[name]
                .as_array()
                .into_iter()
                .flatten()
                .map(|text| text.as_str().unwrap().to_owned())
        };
        let leaves = texts("secrets").any(|secret| shown.contains(&secret));
        let misses = texts("keep").any(|keep| !shown.contains(&keep));
        if row["expect"] == "hidden" {
            planted += 1;
            leaks += usize::from(leaves);
        } else {
            harmless += 1;
            damaged += usize::from(misses);
        }
        if leaves || misses {
            writeln!(report, "{} {}: {shown}", row["kind"], row["id"]).unwrap();
        }
    }
    println!(
        "{leaks} of {planted} planted secrets leave, {damaged} of {harmless} harmless inputs are damaged\n{report}"
    );
    assert!(planted > 200 && harmless > 100);
    assert!(
        leaks * 100 <= planted * 3,
        "{leaks} of {planted} leave\n{report}"
    );
    assert!(
        damaged * 100 <= harmless * 3,
        "{damaged} of {harmless} are damaged\n{report}"
    );
}

/// What a report shows of a row.
fn shown(redactor: &Redactor, row: &Value) -> String {
    if let Some(text) = row["text"].as_str() {
        return redactor.text(text).into_owned();
    }
    if let Some(url) = row["url"].as_str() {
        return redactor.uri(&url.parse::<Uri>().unwrap());
    }
    let mut value = row["json"].clone();
    redactor.member("", &mut value);
    value.to_string()
}
