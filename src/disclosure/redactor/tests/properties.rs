//! What holds for every input.

use proptest::prelude::*;
use serde_json::Value;

use super::super::Redactor;

/// Pieces that grammars are made of.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(vec![
            "password",
            "token",
            "Authorization",
            "cookie",
            "session",
            "api_key",
            "key",
            "name",
            "value",
            "code",
            "state",
            "s3cr3tV4lue",
            "VALUES",
            "INSERT INTO t (a, token) ",
            "IDENTIFIED BY",
            "Bearer ",
            "Basic ",
            "https://",
            "postgres://u:p",
            "jdbc:oracle:thin:",
            "-----BEGIN RSA PRIVATE KEY-----",
            "-----END",
            "eyJhbGciOiJI.eyJzdWIiOiI",
            "ghp_0123456789abcdefghijABCDEF",
            "4111111111111111",
            "[REDACTED]",
            "%22",
            "%3A",
            "%25",
            "%2",
            "\\u0077",
            "\\",
            "\\\"",
            "\"",
            "'",
            "`",
            "'''",
            "=",
            ":",
            "=>",
            "->",
            ":=",
            "==",
            "::",
            "&",
            "?",
            "#",
            ";",
            ",",
            ", ",
            " ",
            "  ",
            "\t",
            "\n",
            "\r\n",
            "\n  ",
            "|",
            ">",
            "<",
            "</",
            "<password>",
            "</password>",
            "(",
            ")",
            "[",
            "]",
            "{",
            "}",
            "@",
            "@host",
            "--password ",
            "-u ",
            "Some(",
            "Creds { ",
            "b\"",
            "invalid ",
            "too short",
            "none",
            "17",
            "ä",
            "：",
            "\u{200B}",
            "🦀",
            "/",
            ".",
            "-",
            "_",
        ])
        .prop_map(str::to_owned),
        "[ -~]{0,6}",
        "\\PC{0,4}",
    ]
}

fn text() -> impl Strategy<Value = String> {
    prop::collection::vec(piece(), 0..24).prop_map(|pieces| pieces.concat())
}

fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        Just(Value::from(4_111_111_111_111_111_u64)),
        text().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 48, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((piece(), inner), 0..5)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases()))]

    #[test]
    fn any_text_is_redacted_and_twice_is_once(text in text()) {
        let redactor = Redactor::default();
        let once = redactor.text(&text).into_owned();
        prop_assert_eq!(redactor.text(&once), once.as_str());
        let once = redactor.source(&text).into_owned();
        prop_assert_eq!(redactor.source(&once), once.as_str());
        let once = redactor.field("token", &text).into_owned();
        prop_assert_eq!(redactor.field("token", &once), once.as_str());
    }

    #[test]
    fn json_stays_json_of_the_same_shape(value in json()) {
        let redactor = Redactor::default();
        for text in [value.to_string(), serde_json::to_string_pretty(&value).unwrap()] {
            let redacted = redactor.text(&text).into_owned();
            let read = serde_json::from_str::<Value>(&redacted);
            prop_assert!(read.is_ok(), "{} -> {}", text, redacted);
            prop_assert_eq!(keys(&read.unwrap()), keys_under(&value, &redacted));
            prop_assert_eq!(redactor.text(&redacted), redacted.as_str());
        }
        let mut once = value;
        redactor.member("", &mut once);
        let mut twice = once.clone();
        redactor.member("", &mut twice);
        prop_assert_eq!(once, twice);
    }

    #[test]
    fn a_secret_in_a_quoted_member_leaves_in_no_notation(secret in "[0-9;:=&@/\\\\\"'{}()\\[\\]<>%+][A-Za-z0-9 ,;:=&@/\\\\\"'{}()\\[\\]<>%+]{0,16}S3CR3T[A-Za-z0-9 ,;:=&@/\\\\\"'{}()\\[\\]<>%+]{0,8}") {
        let redactor = Redactor::default();
        let json = serde_json::json!({"user": "a", "password": &secret, "port": 5}).to_string();
        for text in [
            json.clone(),
            format!("body: {json}"),
            format!("body: {json:?}"),
            format!("{:?}", Some(&json)),
            serde_json::json!({"body": &json, "x": [&json]}).to_string(),
            format!("Config {{ user: \"a\", password: {secret:?}, port: 5 }}"),
            format!("{:#?}", std::collections::BTreeMap::from([("password", Some(&secret))])),
            format!("{:?}", format!("{:?}", [("password", &secret)])),
            format!("/a?x=1&password={}&y=2", encoded(&secret)),
            format!("/a?next={}", encoded(&format!("/b?password={}", encoded(&secret)))),
            format!("/a?body={}", encoded(&json)),
        ] {
            let redacted = redactor.text(&text);
            prop_assert!(!redacted.contains("S3CR3T"), "{} -> {}", text, redacted);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases()))]

    #[test]
    fn a_secret_without_quotes_is_hidden_to_its_end(secret in "[A-Za-z0-9;:&@/%+.!$^*#|~-]{0,12}S3CR3T[A-Za-z0-9;:&@/%+.!$^*#|~-]{0,8}") {
        let redactor = Redactor::default();
        let secret = format!("x{secret}");
        for text in [
            format!("password: {secret}"),
            format!("password: two {secret}"),
            format!("x: 1\r\nAuthorization: Custom {secret}\r\nhost: h"),
            format!("{{user: a, password: {secret}, port: 5}}"),
            format!("db:\n  password: {secret}\n  port: 5"),
            format!("<password>{secret}</password>"),
            format!("mysql --password {secret} -h db"),
            format!("postgres://app:{secret}@db.example:5432/shop"),
        ] {
            let redacted = redactor.text(&text);
            prop_assert!(!redacted.contains("S3CR3T"), "{} -> {}", text, redacted);
        }
    }
}

fn cases() -> u32 {
    std::env::var("PROPTEST_CASES")
        .ok()
        .and_then(|cases| cases.parse().ok())
        .unwrap_or(256)
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// The keys of an object, at the top: they stay.
fn keys(value: &Value) -> Vec<String> {
    value
        .as_object()
        .map(|members| members.keys().cloned().collect())
        .unwrap_or_default()
}

fn keys_under(value: &Value, redacted: &str) -> Vec<String> {
    if redacted.starts_with('{') {
        keys(value)
    } else {
        Vec::new()
    }
}
