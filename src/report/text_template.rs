//! What stays the same of a text from one failure to the next.

/// The most words of a template.
const MAX_WORDS: usize = 40;

/// The words of a text, without its numbers, ids, paths and quoted parts: `no order 7 for "bob"` and
/// `no order 8 for "eve"` have one template.
///
/// Each word is either kept as it is or left out, and none of those that are kept would be left out of a template, so
/// a template is its own template.
pub(crate) fn text_template(text: &str) -> String {
    let mut template = Template::default();
    let mut unclosed = Vec::new();
    let mut is_value = false;
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if template.words == MAX_WORDS {
            break;
        }
        if let Some(closing) = closing(first)
            && !unclosed.contains(&first)
        {
            if let Some(after) = after_quoted(&rest[first.len_utf8()..], closing) {
                rest = after;
                is_value = false;
                continue;
            }
            // Then no later one is closed either.
            unclosed.push(first);
        }
        if is_separator(first) || first == '\'' {
            is_value = first == '=';
            rest = &rest[first.len_utf8()..];
            continue;
        }
        let end = rest.find(is_separator).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        if !is_value {
            template.push(word);
        }
        is_value = false;
        rest = after;
    }
    template.text
}

/// The character that closes a quotation.
const fn closing(opening: char) -> Option<char> {
    match opening {
        '"' | '`' | '\'' => Some(opening),
        '“' | '„' => Some('”'),
        '‘' => Some('’'),
        '«' => Some('»'),
        _ => None,
    }
}

/// The text after a quotation, which starts with its contents.
fn after_quoted(text: &str, closing: char) -> Option<&str> {
    let mut characters = text.char_indices();
    while let Some((at, c)) = characters.next() {
        if c == '\\' {
            characters.next();
        } else if c == closing {
            let after = &text[at + c.len_utf8()..];
            // Otherwise it is an apostrophe.
            if c != '\'' || !after.starts_with(char::is_alphanumeric) {
                return Some(after);
            }
        }
    }
    None
}

/// Whether a character is between words. An apostrophe is one inside of a word.
fn is_separator(c: char) -> bool {
    const SEPARATORS: &str = "\"`“”„‘’«»()[]{}<>,;=|…";
    c.is_whitespace() || c.is_control() || SEPARATORS.contains(c)
}

#[derive(Default)]
struct Template {
    text: String,
    words: usize,
}

impl Template {
    fn push(&mut self, word: &str) {
        // Paths, URLs and addresses.
        if word.contains(['/', '\\', '@']) {
            return;
        }
        // In scripts without spaces, a number is part of a longer text.
        let has_number = word.contains(char::is_numeric);
        if has_number && word.is_ascii() {
            return;
        }
        let word: String = word.chars().filter(|c| !c.is_numeric()).collect();
        let word = word.trim_matches(|c: char| !c.is_alphanumeric());
        let is_hash = word.len() >= 8 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
        // A dot inside of a word is one of a file's or a host's name.
        if word.is_empty() || is_hash || word.contains('.') {
            return;
        }
        if self.words > 0 {
            self.text.push(' ');
        }
        self.text.push_str(word);
        self.words += 1;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_ids_paths_and_quoted_parts_are_left_out() {
        for (texts, template) in [
            (
                &["no order 7 for \"bob\"", "no order 81 for \"eve \\\" x\""][..],
                "no order for",
            ),
            (
                &["user 'bob' is locked", "user 'o\\'neill' is locked"],
                "user is locked",
            ),
            (
                &[
                    "can't read /etc/shop.toml",
                    "can't read C:\\shop\\shop.toml",
                ],
                "can't read",
            ),
            (
                &[
                    "no 550e8400-e29b-41d4-a716-446655440000",
                    "no ord_9f3a",
                    "no deadbeefcafe",
                ],
                "no",
            ),
            (
                &[
                    "connecting to db-1.internal:5432 failed",
                    "connecting to 10.0.0.7 failed",
                ],
                "connecting to failed",
            ),
            (
                &["called `Option::unwrap()` on a `None` value"],
                "called on a value",
            ),
            (
                &[
                    "tenant=acme is over its limit",
                    "tenant=umbrella is over its limit",
                ],
                "tenant is over its limit",
            ),
            (
                &["after 3.5s (attempt #2)", "after 12ms (attempt #3)"],
                "after attempt",
            ),
            (
                &[
                    "mail to bob@example.com bounced",
                    "mail to eve@example.com bounced",
                ],
                "mail to bounced",
            ),
            (&["»x« “a b” «c d» done", "»x« “e” «f» done"], "x done"),
            (
                &["注文42が見つかりません", "注文7が見つかりません"],
                "注文が見つかりません",
            ),
            (&["shop::Stock::load failed"], "shop::Stock::load failed"),
            (
                &["unclosed \"quote and 'more", "unclosed quote and more"],
                "unclosed quote and more",
            ),
            (&["", "7", "\"x\"", "---"], ""),
        ] {
            for text in texts {
                assert_eq!(text_template(text), template, "{text}");
            }
        }
    }

    proptest! {
        #[test]
        fn a_template_is_its_own_template(text in r#"([a-f]{1,9}|[0-9é.'"`=“”« \\/@:(-]|\PC){0,60}"#) {
            let template = text_template(&text);
            prop_assert!(template.len() <= text.len());
            prop_assert_eq!(text_template(&template), template);
        }

        #[test]
        fn numbers_and_quoted_parts_never_matter(number: u64, quoted in "[a-z ]{0,9}", word in "[g-z]{1,9}") {
            let template = text_template(&format!("no {word} {number} for \"{quoted}\" there"));
            prop_assert_eq!(template, format!("no {word} for there"));
        }
    }

    #[test]
    fn the_time_is_linear() {
        // Far more than a message may have: quadratic time would take minutes.
        for part in ["'", "\"", "'a", "\"\\", "“", "‘«", "= ", "a.", "1é"] {
            let text = part.repeat(1 << 20);
            assert!(text_template(&text).len() <= text.len());
        }
    }
}
