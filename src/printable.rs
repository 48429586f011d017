//! Text of others that is safe to print: it cannot end its line, control a terminal, change the direction of what
//! follows, or hide from people what tools read.

use std::fmt::{self, Display, Write as _};

/// A text on one line.
pub(crate) struct OneLine<'a>(pub(crate) &'a str);

impl Display for OneLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if is_printable(self.0) {
            return f.write_str(self.0);
        }
        let mut characters = self.0.chars();
        characters.try_for_each(|character| write_escaped(f, character))
    }
}

/// A text that keeps its line breaks. What it is indented by stands before each line but the first.
pub(crate) struct Lines<'a> {
    pub(crate) text: &'a str,
    pub(crate) indent: &'static str,
}

impl Display for Lines<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, line) in self.text.trim_end().split('\n').enumerate() {
            if index > 0 {
                f.write_char('\n')?;
                f.write_str(self.indent)?;
            }
            let line = line.strip_suffix('\r').unwrap_or(line);
            write!(f, "{}", OneLine(line))?;
        }
        Ok(())
    }
}

/// Whether nothing needs escaping, as in nearly every text.
fn is_printable(text: &str) -> bool {
    // Every character that is escaped has a byte below a space, or one of these.
    let may_need_escaping =
        |byte: u8| byte < b' ' || matches!(byte, 0x7F | 0xC2 | 0xD8 | 0xE2 | 0xEF | 0xF3);
    !text.bytes().any(may_need_escaping)
}

fn write_escaped(f: &mut fmt::Formatter<'_>, character: char) -> fmt::Result {
    match character {
        '\t' => f.write_str("    "),
        _ if is_unsafe(character) => write!(f, "{}", character.escape_default()),
        _ => f.write_char(character),
    }
}

/// Control characters, line separators, those that change the direction of the text, and invisible ones. The two joiners
/// stay, because scripts and emoji need them.
fn is_unsafe(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{ad}' | '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_could_end_a_line_or_change_its_direction_is_escaped_and_all_else_stays() {
        let all = (0..=u32::from(char::MAX)).filter_map(char::from_u32);
        for character in all.filter(|character| is_unsafe(*character) && *character != '\t') {
            let text = OneLine(&format!("a{character}b")).to_string();
            assert_eq!(text, format!("a{}b", character.escape_default()));
        }
        for text in [
            "",
            "out of cheese",
            "Käse – 芝士 \u{e0}",
            "جبن",
            "می\u{200c}خواهم",
            "👩\u{200d}🍳",
        ] {
            assert_eq!(OneLine(text).to_string(), text);
        }
        assert_eq!(OneLine("a\tb").to_string(), "a    b");
    }

    #[test]
    fn lines_keep_their_breaks_and_are_indented() {
        let text = "one\r\ntwo\u{1b}[2J\n";
        let lines = |indent| Lines { text, indent }.to_string();
        assert_eq!(lines(""), "one\ntwo\\u{1b}[2J");
        assert_eq!(lines("  "), "one\n  two\\u{1b}[2J");
    }
}
