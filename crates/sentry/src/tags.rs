//! Attributes as tags, by which events can be searched for in Sentry.

use backstop::Report;
use sentry_types::protocol::v7::Map;
use serde_json::Value;

use crate::names::one_line;

/// The longest key and the longest value, in characters. Sentry drops a longer tag.
const MAX_CHARS: usize = 200;

/// Keys that Sentry reserves.
const RESERVED: [&str; 6] = [
    "dist",
    "environment",
    "filename",
    "function",
    "release",
    "user",
];

/// The tags, and all attributes if a tag cannot hold one of them whole.
pub(crate) fn tags(report: &Report) -> (Map<String, String>, Option<Map<String, Value>>) {
    let mut tags = Map::new();
    let mut are_whole = true;
    for (key, value) in &report.attributes {
        let tag = tag(key, value);
        let is_whole = tag.as_ref().is_some_and(|(name, text)| {
            name == key && value.as_str().is_none_or(|whole| whole == text)
        });
        are_whole &= is_whole;
        tags.extend(tag);
    }
    if let Some((key, site)) = site(report) {
        tags.entry(key).or_insert(site);
    }
    let all = report.attributes.iter();
    let all = all.map(|(key, value)| (key.clone(), value.clone()));
    (tags, (!are_whole).then(|| all.collect()))
}

/// Where the failure happened, which distinguishes the sites of one group.
fn site(report: &Report) -> Option<(String, String)> {
    tag("site", &Value::from(report.site.as_deref()?))
}

fn tag(key: &str, value: &Value) -> Option<(String, String)> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
        Value::Null | Value::Array(_) | Value::Object(_) => return None,
    };
    let plain = |c: char| match c {
        'a'..='z' | 'A'..='Z' | '0'..='9' | '_' | '.' | ':' | '-' => c,
        _ => '_',
    };
    let key: String = key.chars().take(MAX_CHARS).map(plain).collect();
    let is_taken = key.is_empty() || RESERVED.contains(&key.as_str());
    let text = one_line(&text, MAX_CHARS);
    (!is_taken && !text.is_empty()).then_some((key, text))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_no_tag_can_hold_is_cut_or_left_out_and_is_whole_in_the_context() {
        let fits = json!({"plan": "gold", "items": 3, "ratio": 0.5, "new": true});
        let (tags, all) = tags(&report(&fits));
        assert_eq!(tags.len(), 4);
        assert_eq!(
            (&*tags["items"], &*tags["ratio"], &*tags["new"]),
            ("3", "0.5", "true")
        );
        assert_eq!(all, None);
        let long = "é".repeat(201);
        for (key, value, tag) in [
            ("a b/ü", json!("x"), Some(("a_b__", "x".to_owned()))),
            (
                "long",
                json!(long),
                Some(("long", format!("{}…", "é".repeat(199)))),
            ),
            ("release", json!("1"), None),
            ("empty", json!(""), None),
            ("list", json!([1]), None),
        ] {
            let (tags, all) = super::tags(&report(&json!({key: value})));
            let tags: Vec<(&str, String)> =
                tags.iter().map(|(k, v)| (k.as_str(), v.clone())).collect();
            assert_eq!(tags, tag.into_iter().collect::<Vec<_>>());
            assert_eq!(all.unwrap()[key], value);
        }
    }

    fn report(attributes: &Value) -> Report {
        let report = json!({
            "id": "01890a5d-ac96-774b-bcce-b302099a8057", "timestamp": 1, "severity": "error",
            "handled": false, "origin": "handler", "fingerprint": "f", "attributes": attributes,
        });
        serde_json::from_value(report).unwrap()
    }
}
