//! The words that make a key sensitive, and how a key is split into words.

/// How a key treats its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Sense {
    /// Says nothing about its value.
    Harmless,
    /// Hides credentials; a number, a flag, a duration, a type or a sentence stays (`token`, `session`).
    Weak,
    /// Hides all but a few words that can't be a secret (`password`, `pin`).
    Secret,
    /// A header whose value fills its line, whatever its scheme (`authorization`, `cookie`).
    Line,
}

/// What a word means where it ends a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Noun {
    Is(Sense),
    /// Says nothing itself; the word before it decides (`password_confirmation`, `api_key_v2`).
    Transparent,
    /// Sensitive after one of these words, and transparent after others if it says so (`connection_string`).
    After(&'static str, Sense, bool),
    /// Sensitive alone (as the first) and after other words than these (as the second).
    NotAfter(&'static str, Sense, Sense),
    /// `key`: sensitive after most words.
    Key,
    /// Before `key`: makes it a secret in any text, or an ordinary one.
    Qualifier(bool),
    /// As a whole key: names another member, or is the value of one that does.
    Role(Role),
}

/// The members of `{"name": "password", "value": "…"}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Name,
    Value,
}

use Noun::{After, Is, Key, NotAfter, Qualifier, Transparent};
use Sense::{Line, Secret, Weak};

static NOUNS: [(Noun, &str); 25] = [
    (
        Is(Secret),
        "accesskey apikey bindpw cardnumber credential credentials creds csc cvc cvv dbpass iban keypass \
         mnemonic otp otps passcode passphrase passwd password privatekey psk pw pwd salt secret secretkey \
         ssn storepass totp userpass",
    ),
    (
        Is(Weak),
        "auth authtoken bearer cookies csrf hmac jwt passcodes passkey passwords saml secrets sess sessid \
         session sessionid sid signature signatures token tokens webhook xsrf",
    ),
    (Is(Line), "authorization cookie"),
    (
        Transparent,
        "again b64 base base64 bytes confirm confirmation content current data dev digest encoded encrypted \
         hash hashed header hex input json live new old param plain plaintext previous prod production raw \
         repeat staging text value values",
    ),
    (Key, "key keys"),
    (
        NotAfter(
            "boarding first multi render second single test",
            Weak,
            Secret,
        ),
        "pass",
    ),
    (
        NotAfter("clock data gpio io led rx tx", Secret, Secret),
        "pin",
    ),
    (
        After(
            "2fa access auth authorization backup card invite login mfa otp pin recovery reset secret \
             security sms totp unlock verification",
            Secret,
            false,
        ),
        "code codes",
    ),
    (
        After("card cc creditcard debit security ssn", Secret, false),
        "number pan",
    ),
    (
        After(
            "access ado azure devops gh git github gitlab personal",
            Secret,
            false,
        ),
        "pat",
    ),
    (
        After("key mnemonic pass recovery secret seed", Secret, false),
        "phrase",
    ),
    (
        After(
            "hd hotp master mnemonic otp secret totp wallet",
            Secret,
            false,
        ),
        "seed",
    ),
    (After("code oauth pkce", Secret, false), "verifier"),
    (After("hook webhook", Secret, false), "uri url"),
    (After("pass", Secret, false), "word"),
    (After("conn connect connection", Secret, true), "str string"),
    (After("jsess phpsess sess session", Weak, false), "id"),
    (
        After("client jwt saml", Weak, false),
        "assertion request response",
    ),
    (After("credit debit", Weak, false), "card"),
    (After("hmac request url webhook x", Weak, false), "sig"),
    (After("web", Weak, false), "hook"),
    (
        Noun::Role(Role::Name),
        "name key header field k n param parameter variable",
    ),
    (Noun::Role(Role::Value), "value val v content data text"),
    (
        Qualifier(true),
        "access account api app application auth decryption encryption hmac license \
         master private secret shared signing storage subscription unseal",
    ),
    (
        Qualifier(false),
        "a alternate and any arrow attribute bad bucket by cache candidate clustering \
         column composite compound config correlation dedup deduplication dictionary distribution document duplicate each \
         empty entity entry error event every expected extra feature field file filter first flag for foreign from global \
         group grouping hash host i18n idempotency idx in index int invalid issue item join json kv label last lock locale \
         lookup map menu message meta metadata metric missing natural next no node not object of on option or order ordering \
         parent part partition press previous primary project property pub public publishable query queue range redis \
         registry required resource root route routing row same schema section setting settings shard short sort state str \
         string surrogate tab tag task template that the this to topic trace translation tree type unexpected unique unknown \
         value which with wrong",
    ),
];

/// Endings of words that are written as one: `pgpassword`, `jsessionid`.
const ENDINGS: [(&str, Sense); 10] = [
    ("password", Secret),
    ("passwd", Secret),
    ("passphrase", Secret),
    ("secret", Secret),
    ("apikey", Secret),
    ("accesskey", Secret),
    ("secretkey", Secret),
    ("token", Weak),
    ("sessionid", Weak),
    ("sessid", Weak),
];

/// Where a word is: its group, and its place in the text of that.
#[derive(Clone, Copy)]
struct Entry {
    group: u8,
    start: u16,
    end: u16,
}

/// Three times as many as there are words; what the ten bits of a hash can be.
const SLOTS: usize = 1024;

/// The words by their hashes; a slot that is taken sends on to the next.
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

/// What the first group says that has the word and has something to say.
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
    let says = |noun| (!matches!(noun, Qualifier(_) | Noun::Role(_))).then_some(noun);
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
            return Some(Transparent);
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
    ending.map(|&(_, sense)| Is(sense))
}

/// Whether a word before `key` makes it a secret, or an ordinary one.
pub(super) fn qualifies(word: &[u8]) -> Option<bool> {
    find(word, |noun| match noun {
        Qualifier(is_secret) => Some(is_secret),
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
