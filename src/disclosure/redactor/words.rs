//! How a key is split into words, and what a word means.

use super::lexicon::{ENDINGS, NOUNS, Noun, Role};

/// The place of a word: its group, and its range in the group's text.
#[derive(Clone, Copy)]
struct Entry {
    group: u8,
    start: u16,
    end: u16,
}

/// One for each value of a 10-bit hash: about three times the number of words.
const SLOTS: usize = 1024;

/// The words by their hashes, with linear probing.
static INDEX: [Option<Entry>; SLOTS] = {
    let mut index = [None; SLOTS];
    let mut group = 0;
    while group < NOUNS.len() {
        let text = NOUNS[group].1.as_bytes();
        let mut start = 0;
        while start < text.len() {
            let mut end = start;
            while end < text.len() && text[end] != b' ' {
                end += 1;
            }
            let mut slot = hash(
                text[start],
                text[usize::midpoint(start, end)],
                text[end - 1],
                end - start,
            );
            while index[slot].is_some() {
                slot = (slot + 1) % SLOTS;
            }
            index[slot] = Some(Entry {
                group: group as u8,
                start: start as u16,
                end: end as u16,
            });
            start = end + 1;
        }
        group += 1;
    }
    index
};

/// The slot of a word, by three of its letters and its length.
const fn hash(first: u8, middle: u8, last: u8, length: usize) -> usize {
    let letters = u32::from_le_bytes([first | 0x20, middle | 0x20, last | 0x20, length as u8]);
    (letters.wrapping_mul(0x9E37_79B1) >> 22) as usize
}

/// What the first group with this word says about it, if it says anything.
#[inline]
fn find<T>(word: &[u8], says: impl Fn(Noun) -> Option<T>) -> Option<T> {
    let (&first, &last) = (word.first()?, word.last()?);
    let mut slot = hash(first, word[word.len() / 2], last, word.len());
    while let Some(Entry { group, start, end }) = INDEX[slot] {
        if usize::from(end - start) == word.len() {
            let (noun, text) = &NOUNS[usize::from(group)];
            let entry = &text.as_bytes()[usize::from(start)..usize::from(end)];
            if entry.eq_ignore_ascii_case(word)
                && let Some(found) = says(*noun)
            {
                return Some(found);
            }
        }
        slot = (slot + 1) % SLOTS;
    }
    None
}

/// What a word means at the end of a key.
#[inline]
pub(super) fn noun(word: &[u8]) -> Option<Noun> {
    let says = |noun| (!matches!(noun, Noun::Qualifier(_) | Noun::Role(_))).then_some(noun);
    let mut letters = word.len();
    let found = find(word, says);
    if found.is_some() {
        return found;
    }
    if word.last()?.is_ascii_digit() {
        // `password2`, `2`, `v2`.
        letters = word
            .iter()
            .rposition(|byte| !byte.is_ascii_digit())
            .map_or(0, |last| last + 1);
        if letters == 0 || (letters == 1 && word[0] | 0x20 == b'v') {
            return Some(Noun::Transparent);
        }
        if let Some(found) = find(&word[..letters], says) {
            return Some(found);
        }
    }
    let word = &word[..letters];
    if letters < 6 || !matches!(word[letters - 1] | 0x20, b'd' | b'e' | b'n' | b't' | b'y') {
        return None;
    }
    let ending = ENDINGS
        .iter()
        .find(|(ending, _)| ends_with(word, ending.as_bytes()));
    ending.map(|&(_, sense)| Noun::Is(sense))
}

/// Whether a word before `key` makes it a secret, or an ordinary one.
pub(super) fn qualifies(word: &[u8]) -> Option<bool> {
    find(word, |noun| match noun {
        Noun::Qualifier(is_secret) => Some(is_secret),
        _ => None,
    })
}

/// What a key is to the members beside it.
pub(super) fn role(key: &str) -> Option<Role> {
    find(key.as_bytes(), |noun| match noun {
        Noun::Role(role) => Some(role),
        _ => None,
    })
}

pub(super) fn ends_with(text: &[u8], end: &[u8]) -> bool {
    text.len() >= end.len() && text[text.len() - end.len()..].eq_ignore_ascii_case(end)
}

/// A list of words, with a filter that most other words do not pass.
pub(super) struct List {
    words: &'static str,
    /// The bits of the first letters and lengths that there are.
    filter: u128,
}

impl List {
    pub(super) const fn new(words: &'static str) -> Self {
        let bytes = words.as_bytes();
        let (mut filter, mut start, mut at) = (0, 0, 0);
        while at <= bytes.len() {
            if at == bytes.len() || bytes[at] == b' ' {
                if at > start {
                    filter |= Self::bit(bytes[start], at - start);
                }
                start = at + 1;
            }
            at += 1;
        }
        Self { words, filter }
    }

    const fn bit(first: u8, len: usize) -> u128 {
        1 << (((first & 31) << 2) as usize | (len & 3))
    }

    /// Whether it has this word, in any case.
    #[inline]
    pub(super) fn has(&self, word: &[u8]) -> bool {
        let first = word.first().copied().unwrap_or_default();
        self.filter & Self::bit(first, word.len()) != 0 && is_listed(self.words, word)
    }
}

/// Whether a list of words has this one.
pub(super) fn is_listed(list: &str, word: &[u8]) -> bool {
    let mut words = list.as_bytes().split(|byte| *byte == b' ');
    words.any(|entry| entry.len() == word.len() && entry.eq_ignore_ascii_case(word))
}

/// The words of an ASCII key, from its end: split at separators and where the case says so.
pub(super) struct Words<'a>(pub(super) &'a [u8]);

impl<'a> Iterator for Words<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let key = self.0;
        let kind = |at: usize| KINDS[usize::from(key[at])];
        let mut end = key.len();
        while end > 0 && kind(end - 1) == 0 {
            end -= 1;
        }
        let mut start = end;
        // Whether the letter before was a small one, or there is none.
        let mut after = SMALL;
        while start > 0 {
            let here = kind(start - 1);
            if here == 0 || (here != CAPITAL && after == CAPITAL && start < end) {
                break;
            }
            start -= 1;
            // `XMLHttp`: the last capital belongs to the next word.
            if here == CAPITAL && after == SMALL && start + 1 < end {
                break;
            }
            after = here;
        }
        self.0 = &key[..start];
        (start < end).then(|| &key[start..end])
    }
}

const SMALL: u8 = 1;
const CAPITAL: u8 = 2;

/// What a byte is in a key: 0 separates, digits and letters beyond ASCII are small.
static KINDS: [u8; 256] = {
    let mut kinds = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        kinds[byte] = match byte as u8 {
            b'A'..=b'Z' => CAPITAL,
            b'a'..=b'z' | b'0'..=b'9' | 0x80.. => SMALL,
            _ => 0,
        };
        byte += 1;
    }
    kinds
};
