//! The words that make a key sensitive.

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

pub(super) static NOUNS: [(Noun, &str); 25] = [
    (
        Is(Secret),
        "accesskey apikey bindpw cardnumber credential credentials creds csc cvc cvv dbpass iban keypass \
         mnemonic otp otps passcode passphrase passwd password pepper privatekey psk pw pwd salt secret secretkey \
         ssn storepass totp userpass",
    ),
    (
        Is(Weak),
        "auth authtoken bearer cookies csrf hmac jwt passcodes passkey passwords saml secrets sess sessid \
         session sessionid sid signature signatures token tokens webhook xsrf",
    ),
    (Is(Line), "authorization cookie dpop"),
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
pub(super) const ENDINGS: [(&str, Sense); 10] = [
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
