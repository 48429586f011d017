//! What each grammar hides, and what stays.

use std::borrow::Cow;

use serde_json::Value;

use super::super::Redactor;

#[test]
fn each_grammar_hides_the_value_and_keeps_what_is_around_it() {
    let redactor = Redactor::default();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/redacted.jsonl");
    let rows = std::fs::read_to_string(path).unwrap();
    let mut wrong = Vec::new();
    for row in rows.lines() {
        let row: Value = serde_json::from_str(row).unwrap();
        let (text, shown) = (
            row["text"].as_str().unwrap(),
            row["shown"].as_str().unwrap(),
        );
        let redacted = redactor.text(text);
        if redacted != shown {
            wrong.push(format!("{text}\n  {redacted}\n  should be {shown}"));
        }
        assert!(
            matches!(redactor.text(shown), Cow::Borrowed(_)),
            "twice: {shown}"
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(rows.lines().count() > 200);
}

#[test]
fn of_source_code_only_literals_after_sensitive_keys_are_hidden() {
    let redactor = Redactor::default();
    for (line, shown) in [
        (
            "let password = \"s3cr3t\";",
            "let password = \"[REDACTED]\";",
        ),
        (
            "    password: String::from(\"s3cr3t\"),",
            "    password: String::from(\"[REDACTED]\"),",
        ),
        ("const PIN: u32 = 1234;", "const PIN: u32 = 1234;"),
        ("let pin = 1234;", "let pin = [REDACTED];"),
        (
            "let session = store.load(id)?;",
            "let session = store.load(id)?;",
        ),
        ("    session: Arc<Session>,", "    session: Arc<Session>,"),
        (
            "password: hash(&form.password),",
            "password: hash(&form.password),",
        ),
        (
            "let password = std::env::var(\"DB_PASSWORD\")?;",
            "let password = std::env::var(\"DB_PASSWORD\")?;",
        ),
        (
            "connect(\"postgres://app:s3cr3t@db/shop\")",
            "connect(\"postgres://[REDACTED]@db/shop\")",
        ),
    ] {
        assert_eq!(redactor.source(line), shown);
    }
}
