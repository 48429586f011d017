//! Parses `Forwarded` (RFC 7239, section 4).

use std::borrow::Cow;

/// The parameters of one element that name a client, a proxy or a host.
#[derive(Debug, Default, Eq, PartialEq)]
pub(super) struct Element<'a> {
    /// The nodes of `for` and `by`.
    pub(super) nodes: Vec<Cow<'a, str>>,
    pub(super) host: Option<Cow<'a, str>>,
}

/// Parses one line of the header. `None` if it is malformed.
///
/// A value may contain the colons and brackets of an address without being quoted, because many proxies send it so.
pub(super) fn elements(line: &str) -> Option<Vec<Element<'_>>> {
    split(line, b',')?.into_iter().map(element).collect()
}

fn element(text: &str) -> Option<Element<'_>> {
    let mut element = Element::default();
    let mut seen = Vec::new();
    for pair in split(text, b';')? {
        if pair.is_empty() {
            continue;
        }
        let (name, value) = pair.split_once('=')?;
        let name = name.to_ascii_lowercase();
        // No parameter occurs twice in an element, so that nobody reads the other one.
        if !is_token(&name) || seen.contains(&name) {
            return None;
        }
        let value = unquote(value)?;
        match name.as_str() {
            "for" | "by" => element.nodes.push(value),
            "host" => element.host = Some(value),
            _ => {}
        }
        seen.push(name);
    }
    Some(element)
}

/// Splits at a delimiter that is not in quotes, and trims the parts. `None` if a quote is not closed.
fn split(text: &str, delimiter: u8) -> Option<Vec<&str>> {
    let (mut parts, mut start) = (Vec::new(), 0);
    let (mut is_quoted, mut is_escaped) = (false, false);
    for (at, byte) in text.bytes().enumerate() {
        if is_escaped {
            is_escaped = false;
        } else if is_quoted && byte == b'\\' {
            is_escaped = true;
        } else if byte == b'"' {
            is_quoted = !is_quoted;
        } else if byte == delimiter && !is_quoted {
            parts.push(text.get(start..at)?.trim_ascii());
            start = at + 1;
        }
    }
    parts.push(text.get(start..)?.trim_ascii());
    (!is_quoted).then_some(parts)
}

/// The text of a token or a quoted string.
fn unquote(value: &str) -> Option<Cow<'_, str>> {
    let Some(quoted) = value.strip_prefix('"') else {
        let is_bare = !value.is_empty()
            && value
                .bytes()
                .all(|byte| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\');
        return is_bare.then_some(Cow::Borrowed(value));
    };
    let quoted = quoted.strip_suffix('"')?;
    if !quoted.contains(['\\', '"']) {
        return Some(Cow::Borrowed(quoted));
    }
    let mut text = String::with_capacity(quoted.len());
    let mut characters = quoted.chars();
    while let Some(character) = characters.next() {
        match character {
            '"' => return None,
            '\\' => text.push(characters.next()?),
            _ => text.push(character),
        }
    }
    Some(Cow::Owned(text))
}

fn is_token(name: &str) -> bool {
    let is_tchar = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !name.is_empty() && name.bytes().all(is_tchar)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The nodes and the hosts of a line.
    fn parsed(line: &str) -> Option<(Vec<String>, Vec<String>)> {
        let elements = elements(line)?;
        let nodes = elements.iter().flat_map(|element| &element.nodes);
        let hosts = elements.iter().filter_map(|element| element.host.as_ref());
        let owned = |text: &Cow<'_, str>| text.clone().into_owned();
        Some((nodes.map(owned).collect(), hosts.map(owned).collect()))
    }

    #[test]
    fn every_element_gives_its_nodes_and_its_host() {
        let cases: [(&str, &[&str], &[&str]); 12] = [
            (
                "for=192.0.2.60;proto=http;by=203.0.113.43",
                &["192.0.2.60", "203.0.113.43"],
                &[],
            ),
            (
                "for=192.0.2.43, for=198.51.100.17",
                &["192.0.2.43", "198.51.100.17"],
                &[],
            ),
            (
                r#"For="[2001:db8:cafe::17]:4711""#,
                &["[2001:db8:cafe::17]:4711"],
                &[],
            ),
            (r#"for="_gazonk""#, &["_gazonk"], &[]),
            ("for=unknown", &["unknown"], &[]),
            ("for=127.0.0.1:80", &["127.0.0.1:80"], &[]),
            (r#"for="a,b;c=d";host=e"#, &["a,b;c=d"], &["e"]),
            (r#"for="a\"b\\c""#, &["a\"b\\c"], &[]),
            ("host=a;for=b ,\thost=\"c:1\"", &["b"], &["a", "c:1"]),
            (";;for=a;", &["a"], &[]),
            ("proto=https", &[], &[]),
            ("secret=x;FOR=a", &["a"], &[]),
        ];
        for (line, nodes, hosts) in cases {
            let (found_nodes, found_hosts) = parsed(line).unwrap_or_default();
            assert_eq!(
                (&found_nodes[..], &found_hosts[..]),
                (
                    &nodes.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>()[..],
                    &hosts.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>()[..]
                ),
                "{line}"
            );
        }
    }

    #[test]
    fn a_malformed_line_gives_nothing() {
        for line in [
            "for",
            "for=",
            "=a",
            "for =a",
            "for= a b",
            "for=\"a",
            "for=a\"",
            "for=\"a\"b",
            "for=a;for=b",
            "for=\"a\\\"",
            "for=a b",
            "f(r=a",
            "for=\"a\"\"b\"",
            "for=a, for",
        ] {
            assert_eq!(parsed(line), None, "{line}");
        }
    }

    proptest! {
        #[test]
        fn what_was_quoted_is_read_back(texts in prop::collection::vec("[ -~]{0,12}", 1..6)) {
            let quoted = texts.iter().map(|text| {
                format!("for=\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
            });
            let line = quoted.collect::<Vec<_>>().join(", ");
            prop_assert_eq!(parsed(&line), Some((texts, Vec::new())));
        }

        #[test]
        fn nothing_panics(line in "[a-f=;,\"\\\\ \u{e9}:\\[\\].]{0,40}") {
            let _ = elements(&line);
        }
    }
}
