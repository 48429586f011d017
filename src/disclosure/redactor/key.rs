//! Which keys are sensitive: a key is split into words, and its last word decides.

use super::lexicon::Noun;
pub(crate) use super::lexicon::Sense;
use super::words::{Words, ends_with, is_listed, noun, qualifies};

/// The rules: the words of the list and the application's own keys.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rules {
    /// Lower-cased, without separators.
    own: Vec<String>,
    /// The last bytes of these, as bits.
    own_ends: u128,
}

impl Rules {
    /// Adds a key of the application: hidden where a key ends in its words.
    pub(crate) fn insert(&mut self, key: &str) {
        let letters = key.chars().filter(|character| character.is_alphanumeric());
        let joined: String = letters.flat_map(char::to_lowercase).collect();
        let Some(&last) = joined.as_bytes().last() else {
            return;
        };
        self.own_ends |= (1 << (last & 0x7F)) | (1 << b's');
        self.own.push(joined);
    }

    /// What a key says of its value.
    pub(crate) fn sense(&self, key: &str) -> Sense {
        self.sense_where(key, false)
    }

    /// Like [`Rules::sense`] for words of a sentence (`API key: …`), where `key` needs a word that makes it a secret.
    pub(crate) fn sense_in_prose(&self, words: &str) -> Sense {
        self.sense_where(words, true)
    }

    /// Whether the last word of a key needs a word before it.
    pub(crate) fn wants_qualifier(key: &str) -> bool {
        let noun = Words(key.as_bytes()).next().and_then(noun);
        matches!(noun, Some(Noun::After(..) | Noun::Key))
    }

    /// Whether any word of a key is sensitive by itself: `tokens_by_value`.
    pub(crate) fn speaks_of_secrets(&self, key: &str) -> bool {
        self.is_own(key.as_bytes())
            || Words(key.as_bytes()).any(|word| matches!(noun(word), Some(Noun::Is(_))))
    }

    fn sense_where(&self, key: &str, is_prose: bool) -> Sense {
        if key.is_ascii() {
            self.of_words(key.as_bytes(), is_prose)
        } else {
            self.of_words(folded(key).as_bytes(), is_prose)
        }
    }

    fn of_words(&self, key: &[u8], is_prose: bool) -> Sense {
        let mut words = Words(key);
        // The working directory.
        if key == b"PWD" && !self.is_own(key) {
            return Sense::Harmless;
        }
        loop {
            if self.is_own(words.0) {
                return Sense::Secret;
            }
            let Some(noun) = words.next().and_then(noun) else {
                return Sense::Harmless;
            };
            let before = Words(words.0).next();
            let is_after = |list| before.is_some_and(|word| is_listed(list, word));
            match noun {
                Noun::Is(sense) => return sense,
                Noun::Transparent => {}
                Noun::After(list, sense, _) if is_after(list) => return sense,
                Noun::After(_, _, true) => {}
                Noun::After(..) => return Sense::Harmless,
                Noun::NotAfter(list, _, _) if is_after(list) => return Sense::Harmless,
                Noun::NotAfter(_, alone, after) => {
                    return if before.is_some() { after } else { alone };
                }
                Noun::Key => {
                    return match before.map(qualifies) {
                        Some(Some(true)) => Sense::Secret,
                        Some(None) if !is_prose => Sense::Weak,
                        _ => Sense::Harmless,
                    };
                }
                Noun::Qualifier(_) | Noun::Role(_) => return Sense::Harmless,
            }
        }
    }

    /// Whether the key ends in the words of one of the application's keys.
    #[inline]
    fn is_own(&self, key: &[u8]) -> bool {
        if self.own.is_empty() {
            return false;
        }
        let last = key
            .iter()
            .rfind(|byte| byte.is_ascii_alphanumeric() || !byte.is_ascii());
        let may_be =
            last.is_some_and(|last| self.own_ends & (1 << (last.to_ascii_lowercase() & 0x7F)) != 0);
        may_be
            && self
                .own
                .iter()
                .any(|own| ends_in_words(key, own.as_bytes()))
    }
}

/// Whether whole words at the end of the key make up `own`, in the singular or the plural.
fn ends_in_words(key: &[u8], own: &[u8]) -> bool {
    let mut rest = own;
    for (index, word) in Words(key).enumerate() {
        let singular =
            word.len() - usize::from(index == 0 && !ends_with(rest, word) && ends_with(word, b"s"));
        if !ends_with(rest, &word[..singular]) {
            return false;
        }
        rest = &rest[..rest.len() - singular];
        if rest.is_empty() {
            return true;
        }
    }
    false
}

/// A key without the characters that can't be seen, in lower case, and with plain letters for full-width ones.
fn folded(key: &str) -> String {
    let shown = key.chars().filter(|character| !is_invisible(*character));
    let plain = shown.map(|character| match character {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(character as u32 - 0xFEE0).unwrap_or(character),
        other => other,
    });
    // The case of other letters splits no words.
    plain
        .map(|character| {
            if character.is_ascii() {
                character
            } else {
                character.to_lowercase().next().unwrap_or(character)
            }
        })
        .collect()
}

const fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2064}' | '\u{FEFF}'
    )
}
