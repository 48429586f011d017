//! Which keys are sensitive: a key is split into words, and its last word decides.

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
enum Noun {
    Is(Sense),
    /// Says nothing itself; the word before it decides (`password_confirmation`, `api_key_v2`).
    Transparent,
    /// Sensitive after one of these words.
    After(&'static [&'static str], Sense),
    /// Like `After`, but transparent otherwise (`connection_string`, `secret_string`).
    AfterOrTransparent(&'static [&'static str]),
    /// `key`: sensitive after most words.
    Key,
    /// `pass` and `pin`: sensitive, but not after these words.
    NotAfter(&'static [&'static str], Sense),
}

use Noun::{After, AfterOrTransparent, Is, NotAfter, Transparent};
use Sense::{Harmless, Line, Secret, Weak};

/// The longest word of the list; longer words are looked at by their ends only.
const LONGEST: usize = 14;

const CODES: &[&str] = &[
    "2fa",
    "access",
    "auth",
    "authorization",
    "backup",
    "card",
    "invite",
    "login",
    "mfa",
    "otp",
    "pin",
    "recovery",
    "reset",
    "secret",
    "security",
    "sms",
    "totp",
    "unlock",
    "verification",
];
const CARDS: &[&str] = &["card", "cc", "creditcard", "debit", "security", "ssn"];
const CONNECTIONS: &[&str] = &["conn", "connect", "connection"];
const PHRASES: &[&str] = &["key", "mnemonic", "pass", "recovery", "secret", "seed"];
const SAML: &[&str] = &["client", "jwt", "saml"];
const SESSIONS: &[&str] = &["jsess", "phpsess", "sess", "session"];
const SEEDS: &[&str] = &[
    "hd", "hotp", "master", "mnemonic", "otp", "secret", "totp", "wallet",
];

/// The words, in order.
const NOUNS: &[(&str, Noun)] = &[
    ("accesskey", Is(Secret)),
    ("again", Transparent),
    ("apikey", Is(Secret)),
    ("assertion", After(SAML, Weak)),
    ("auth", Is(Weak)),
    ("authorization", Is(Line)),
    ("authtoken", Is(Weak)),
    ("b64", Transparent),
    ("base", Transparent),
    ("base64", Transparent),
    ("bearer", Is(Weak)),
    ("bindpw", Is(Secret)),
    ("bytes", Transparent),
    ("card", After(&["credit", "debit"], Weak)),
    ("cardnumber", Is(Secret)),
    ("code", After(CODES, Secret)),
    ("codes", After(CODES, Secret)),
    ("confirm", Transparent),
    ("confirmation", Transparent),
    ("content", Transparent),
    ("cookie", Is(Line)),
    ("cookies", Is(Weak)),
    ("credential", Is(Secret)),
    ("credentials", Is(Secret)),
    ("creds", Is(Secret)),
    ("csc", Is(Secret)),
    ("csrf", Is(Weak)),
    ("current", Transparent),
    ("cvc", Is(Secret)),
    ("cvv", Is(Secret)),
    ("data", Transparent),
    ("dbpass", Is(Secret)),
    ("dev", Transparent),
    ("digest", Transparent),
    ("encoded", Transparent),
    ("encrypted", Transparent),
    ("hash", Transparent),
    ("hashed", Transparent),
    ("header", Transparent),
    ("hex", Transparent),
    ("hmac", Is(Weak)),
    ("hook", After(&["web"], Weak)),
    ("iban", Is(Secret)),
    ("id", After(SESSIONS, Weak)),
    ("input", Transparent),
    ("json", Transparent),
    ("jwt", Is(Weak)),
    ("key", Noun::Key),
    ("keypass", Is(Secret)),
    ("keys", Noun::Key),
    ("live", Transparent),
    ("mnemonic", Is(Secret)),
    ("new", Transparent),
    ("number", After(CARDS, Secret)),
    ("old", Transparent),
    ("otp", Is(Secret)),
    ("otps", Is(Secret)),
    ("pan", After(CARDS, Secret)),
    ("param", Transparent),
    (
        "pass",
        NotAfter(
            &[
                "boarding", "first", "multi", "render", "second", "single", "test",
            ],
            Secret,
        ),
    ),
    ("passcode", Is(Secret)),
    ("passcodes", Is(Weak)),
    ("passkey", Is(Weak)),
    ("passphrase", Is(Secret)),
    ("passwd", Is(Secret)),
    ("password", Is(Secret)),
    ("passwords", Is(Weak)),
    (
        "pat",
        After(
            &[
                "access", "ado", "azure", "devops", "gh", "git", "github", "gitlab", "personal",
            ],
            Secret,
        ),
    ),
    ("phrase", After(PHRASES, Secret)),
    (
        "pin",
        NotAfter(&["clock", "data", "gpio", "io", "led", "rx", "tx"], Secret),
    ),
    ("plain", Transparent),
    ("plaintext", Transparent),
    ("pmpass", Is(Secret)),
    ("previous", Transparent),
    ("privatekey", Is(Secret)),
    ("prod", Transparent),
    ("production", Transparent),
    ("psk", Is(Secret)),
    ("pw", Is(Secret)),
    ("pwd", Is(Secret)),
    ("raw", Transparent),
    ("repeat", Transparent),
    ("request", After(SAML, Weak)),
    ("response", After(SAML, Weak)),
    ("salt", Is(Secret)),
    ("saml", Is(Weak)),
    ("secret", Is(Secret)),
    ("secretkey", Is(Secret)),
    ("secrets", Is(Weak)),
    ("seed", After(SEEDS, Secret)),
    ("sess", Is(Weak)),
    ("sessid", Is(Weak)),
    ("session", Is(Weak)),
    ("sessionid", Is(Weak)),
    ("sid", Is(Weak)),
    (
        "sig",
        After(&["hmac", "request", "url", "webhook", "x"], Weak),
    ),
    ("signature", Is(Weak)),
    ("signatures", Is(Weak)),
    ("ssn", Is(Secret)),
    ("staging", Transparent),
    ("storepass", Is(Secret)),
    ("str", AfterOrTransparent(CONNECTIONS)),
    ("string", AfterOrTransparent(CONNECTIONS)),
    ("text", Transparent),
    ("token", Is(Weak)),
    ("tokens", Is(Weak)),
    ("totp", Is(Secret)),
    ("uri", After(&["hook", "webhook"], Secret)),
    ("url", After(&["hook", "webhook"], Secret)),
    ("userpass", Is(Secret)),
    ("value", Transparent),
    ("values", Transparent),
    ("verifier", After(&["code", "oauth", "pkce"], Secret)),
    ("webhook", Is(Weak)),
    ("word", After(&["pass"], Secret)),
    ("xsrf", Is(Weak)),
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

/// Words before `key` that make it a secret in any text, in order.
const SECRET_KEYS: &[&str] = &[
    "access",
    "account",
    "api",
    "app",
    "application",
    "auth",
    "decryption",
    "encryption",
    "hmac",
    "license",
    "master",
    "private",
    "secret",
    "shared",
    "signing",
    "storage",
    "subscription",
    "unseal",
];

/// Words before `key` that make it an ordinary one, in order.
const ORDINARY_KEYS: &[&str] = &[
    "a",
    "alternate",
    "and",
    "any",
    "arrow",
    "attribute",
    "bad",
    "bucket",
    "by",
    "cache",
    "candidate",
    "clustering",
    "column",
    "composite",
    "compound",
    "config",
    "correlation",
    "dedup",
    "deduplication",
    "dictionary",
    "distribution",
    "document",
    "duplicate",
    "each",
    "empty",
    "entity",
    "entry",
    "error",
    "event",
    "every",
    "expected",
    "extra",
    "feature",
    "field",
    "file",
    "filter",
    "first",
    "flag",
    "for",
    "foreign",
    "from",
    "global",
    "group",
    "grouping",
    "hash",
    "host",
    "i18n",
    "idempotency",
    "idx",
    "in",
    "index",
    "int",
    "invalid",
    "issue",
    "item",
    "join",
    "json",
    "kv",
    "label",
    "last",
    "lock",
    "locale",
    "lookup",
    "map",
    "menu",
    "message",
    "meta",
    "metadata",
    "metric",
    "missing",
    "natural",
    "next",
    "no",
    "node",
    "not",
    "object",
    "of",
    "on",
    "option",
    "or",
    "order",
    "ordering",
    "parent",
    "part",
    "partition",
    "press",
    "previous",
    "primary",
    "project",
    "property",
    "pub",
    "public",
    "publishable",
    "query",
    "queue",
    "range",
    "redis",
    "registry",
    "required",
    "resource",
    "root",
    "route",
    "routing",
    "row",
    "same",
    "schema",
    "section",
    "setting",
    "settings",
    "shard",
    "short",
    "sort",
    "state",
    "str",
    "string",
    "surrogate",
    "tab",
    "tag",
    "task",
    "template",
    "that",
    "the",
    "this",
    "to",
    "topic",
    "trace",
    "translation",
    "tree",
    "type",
    "unexpected",
    "unique",
    "unknown",
    "value",
    "which",
    "with",
    "wrong",
];

/// Which lengths the words have that start with a letter, as bits.
const LENGTHS: [u32; 26] = {
    let mut lengths = [0; 26];
    let mut index = 0;
    while index < NOUNS.len() {
        let word = NOUNS[index].0.as_bytes();
        lengths[(word[0] - b'a') as usize] |= 1 << word.len();
        index += 1;
    }
    lengths
};

/// The rules: the words above and the application's own.
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
        let joined: String = key
            .chars()
            .filter(|c| c.is_alphanumeric())
            .flat_map(char::to_lowercase)
            .collect();
        let Some(&last) = joined.as_bytes().last() else {
            return;
        };
        for last in [last, b's'] {
            self.own_ends |= 1 << (last & 0x7F);
        }
        self.own.push(joined);
    }

    /// What a key says of its value.
    pub(crate) fn sense(&self, key: &str) -> Sense {
        if key.is_ascii() {
            self.ascii(key.as_bytes(), false)
        } else {
            self.ascii(folded(key).as_bytes(), false)
        }
    }

    /// Like [`Rules::sense`] for words of a sentence (`API key: …`), where `key` needs a word that makes it a secret.
    pub(crate) fn sense_in_prose(&self, words: &str) -> Sense {
        self.ascii(folded(words).as_bytes(), true)
    }

    /// Whether the last word of a key needs a word before it.
    pub(crate) fn wants_qualifier(key: &str) -> bool {
        let mut lower = [0; LONGEST];
        let noun = Words(key.as_bytes())
            .next_back()
            .and_then(|word| noun(word, &mut lower));
        matches!(noun, Some(After(..) | AfterOrTransparent(_) | Noun::Key))
    }

    fn ascii(&self, key: &[u8], is_prose: bool) -> Sense {
        let mut words = Words(key);
        let mut lower = [0; LONGEST];
        // The working directory.
        if key == b"PWD" {
            return if self.is_own(key) { Secret } else { Harmless };
        }
        loop {
            let before = words.0;
            let Some(word) = words.next_back() else {
                return Harmless;
            };
            if self.is_own(before) {
                return Secret;
            }
            let Some(noun) = noun(word, &mut lower) else {
                return Harmless;
            };
            let qualifier = |words: &mut Words<'_>, lower: &mut [u8; LONGEST]| {
                let word = words.next_back()?;
                lowered(word, lower).map(<[u8]>::len)
            };
            match noun {
                Is(sense) => return sense,
                Transparent => {}
                AfterOrTransparent(list) => {
                    let mut ahead = Words(words.0);
                    if let Some(length) = qualifier(&mut ahead, &mut lower)
                        && is_listed(list, &lower[..length])
                    {
                        return Secret;
                    }
                }
                After(list, sense) => {
                    let length = qualifier(&mut words, &mut lower);
                    return length.map_or(Harmless, |length| {
                        if is_listed(list, &lower[..length]) {
                            sense
                        } else {
                            Harmless
                        }
                    });
                }
                NotAfter(list, sense) => {
                    let length = qualifier(&mut words, &mut lower);
                    return match length {
                        // `pass: 3` is a count.
                        None if word.eq_ignore_ascii_case(b"pass") => Weak,
                        Some(length) if is_listed(list, &lower[..length]) => Harmless,
                        _ => sense,
                    };
                }
                Noun::Key => {
                    let Some(word) = words.next_back() else {
                        return Harmless;
                    };
                    let Some(word) = lowered(word, &mut lower) else {
                        return if is_prose { Harmless } else { Weak };
                    };
                    return match () {
                        () if is_listed(SECRET_KEYS, word) => Secret,
                        () if is_prose || is_listed(ORDINARY_KEYS, word) => Harmless,
                        () => Weak,
                    };
                }
            }
        }
    }

    /// Whether the key ends in the words of one of the application's keys.
    fn is_own(&self, key: &[u8]) -> bool {
        let Some(last) = key
            .iter()
            .rfind(|byte| byte.is_ascii_alphanumeric() || !byte.is_ascii())
        else {
            return false;
        };
        if self.own_ends & (1 << (last.to_ascii_lowercase() & 0x7F)) == 0 {
            return false;
        }
        self.own.iter().any(|own| {
            let mut rest = own.as_bytes();
            let mut words = Words(key);
            let mut is_first = true;
            while let Some(word) = words.next_back() {
                let mut word = word;
                if is_first
                    && !ends_with(rest, word)
                    && word
                        .last()
                        .is_some_and(|last| last.eq_ignore_ascii_case(&b's'))
                {
                    word = &word[..word.len() - 1];
                }
                is_first = false;
                if !ends_with(rest, word) {
                    return false;
                }
                rest = &rest[..rest.len() - word.len()];
                if rest.is_empty() {
                    return true;
                }
            }
            false
        })
    }
}

fn ends_with(text: &[u8], end: &[u8]) -> bool {
    text.len() >= end.len() && text[text.len() - end.len()..].eq_ignore_ascii_case(end)
}

fn is_listed(list: &[&str], word: &[u8]) -> bool {
    list.binary_search_by(|entry| entry.as_bytes().cmp(word))
        .is_ok()
}

fn lowered<'a>(word: &[u8], lower: &'a mut [u8; LONGEST]) -> Option<&'a [u8]> {
    let lower = lower.get_mut(..word.len())?;
    lower.copy_from_slice(word);
    lower.make_ascii_lowercase();
    Some(lower)
}

fn noun(word: &[u8], lower: &mut [u8; LONGEST]) -> Option<Noun> {
    // `password2`, `2`, `v2`.
    let letters = word
        .iter()
        .rposition(|byte| !byte.is_ascii_digit())
        .map_or(0, |last| last + 1);
    if letters == 0 || (letters == 1 && word.len() > 1 && word[0].eq_ignore_ascii_case(&b'v')) {
        return Some(Transparent);
    }
    let first = word[0].to_ascii_lowercase().wrapping_sub(b'a') as usize;
    let lengths = LENGTHS.get(first).copied().unwrap_or(0);
    for word in [&word[..letters], word] {
        if word.len() <= LONGEST && lengths & (1 << word.len()) != 0 {
            let lower = lowered(word, lower)?;
            if let Ok(index) = NOUNS.binary_search_by(|(entry, _)| entry.as_bytes().cmp(lower)) {
                return Some(NOUNS[index].1);
            }
        }
        if letters == word.len() && letters == letters.max(word.len()) {
            break;
        }
    }
    let word = &word[..letters];
    let may_end = matches!(
        word[letters - 1].to_ascii_lowercase(),
        b'd' | b'e' | b't' | b'y' | b'n'
    );
    if !may_end || letters < 6 {
        return None;
    }
    let ending = ENDINGS
        .iter()
        .find(|(ending, _)| ends_with(word, ending.as_bytes()));
    ending.map(|&(_, sense)| Is(sense))
}

/// The words of an ASCII key, from its end: split at separators and where the case says so.
struct Words<'a>(&'a [u8]);

impl<'a> Words<'a> {
    fn next_back(&mut self) -> Option<&'a [u8]> {
        let key = self.0;
        let mut end = key.len();
        while end > 0 && !is_letter(key[end - 1]) {
            end -= 1;
        }
        if end == 0 {
            self.0 = &[];
            return None;
        }
        let mut start = end - 1;
        while start > 0 && is_letter(key[start - 1]) {
            let (before, at) = (key[start - 1], key[start]);
            let starts_word = at.is_ascii_uppercase()
                && (!before.is_ascii_uppercase()
                    || (start + 1 < end && key[start + 1].is_ascii_lowercase()));
            if starts_word {
                break;
            }
            start -= 1;
        }
        self.0 = &key[..start];
        Some(&key[start..end])
    }
}

const fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || !byte.is_ascii()
}

/// A key without the characters that can't be seen, and with plain letters for full-width ones.
fn folded(key: &str) -> String {
    let shown = key.chars().filter(|character| !is_invisible(*character));
    shown
        .map(|character| match character {
            '\u{FF01}'..='\u{FF5E}' => {
                char::from_u32(character as u32 - 0xFEE0).unwrap_or(character)
            }
            other => other,
        })
        .collect()
}

const fn is_invisible(character: char) -> bool {
    matches!(character, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2064}' | '\u{FEFF}')
}

#[cfg(test)]
pub(super) fn lists() -> Vec<Vec<&'static str>> {
    let after = NOUNS.iter().filter_map(|(_, noun)| match noun {
        After(list, _) | AfterOrTransparent(list) | NotAfter(list, _) => Some(list.to_vec()),
        _ => None,
    });
    let own = [
        SECRET_KEYS.to_vec(),
        ORDINARY_KEYS.to_vec(),
        NOUNS.iter().map(|(word, _)| *word).collect(),
    ];
    after.chain(own).collect()
}
