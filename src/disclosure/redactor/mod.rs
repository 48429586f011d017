//! Hides credentials in everything that leaves the process: reports, the log, the development page, the spool.
//!
//! A value is hidden because of its **key** or because of its **shape**.
//!
//! * A key is split into words, at separators and where its case says so, and the last word decides: `db_password` and
//!   `clientSecret` are sensitive, `token_type` and `password_changed_at` are not, nor is `class_name` for the `ssn` in it.
//!   Some words need another before them: `api_key` but not `primary_key`, `card_number`, `session_id`. Words such as
//!   `value`, `new`, `hash` or `v2` say nothing themselves.
//! * After weaker words (`token`, `session`, `auth`, `cookies`) numbers, flags, durations, types and sentences stay:
//!   `max_tokens: 4096`, `auth: user not found`, `session: Arc<Session>`. After others (`password`, `pin`, `cvv`) only a
//!   sentence that starts with one of a few words stays: `password: must have 8 characters`. After `unexpected`, `invalid`
//!   and the like only what looks random is hidden. `key`, `sig` and (beside `state`) `code` count in query strings alone.
//! * Without a key: PEM blocks of private keys, JWTs, `Bearer` and `Basic` credentials, tokens with a well-known prefix,
//!   the webhook addresses of chat services, card numbers that pass the Luhn check, and the user info of URLs.
//!
//! A value ends where its grammar says: JSON (also inside strings, in prose, or cut off), query strings and forms, headers,
//! cookies, URLs with passwords that are not encoded, Rust's `{:?}` and `{:#?}`, YAML, TOML, XML, SQL, connection strings,
//! environments, command lines, lists of pairs. Where a grammar leaves it open, the redactor hides more rather than less.
//!
//! A text that is JSON stays JSON: its values are replaced in place, and its order, its numbers and its spaces stay. A text
//! without a secret is returned borrowed. Every function is total; its time is linear in the text, and the result of any of
//! them is left alone by the same function (a text that changes at every pass is hidden whole).
//!
//! # What it does not promise
//!
//! * It knows names and shapes, not meanings: a password under a name that says nothing (`x=hunter2`), in a sentence
//!   (`he typed hunter2`), at the second of two positions (`["password", "email"]` beside `["hunter2", "a@b"]`), or after a
//!   one-letter option of an unknown program stays. `redact_keys` adds names.
//! * Secrets as the keys of objects stay in texts, and in values unless they have the shape of one or look random below a
//!   name that speaks of secrets (`tokens_by_value`). Secrets in paths (`/reset/s3cr3t`), in types and functions stay.
//! * Under a weaker key, a secret that reads as a number or a sentence stays (`token: 123456`, `token: correct horse`).
//! * What is encoded otherwise than by JSON, Rust or percent-encoding (base64, gzip, another language's escapes) is not
//!   looked into, and percent-encoding and JSON in strings only a few levels deep; deeper levels are hidden whole.
//! * Personal data (names, addresses, e-mail) is not a credential and stays, except card numbers, IBANs and social
//!   security numbers under their names.
//! * A harmless value can be hidden: that costs a word in a report, while a leaked secret costs more.

mod before;
mod brackets;
mod clients;
mod command;
mod cursor;
mod edit;
mod extent;
mod json;
mod judge;
mod key;
mod lexicon;
mod lines;
mod members;
mod named;
mod object_keys;
mod pairs;
mod plain;
mod quotes;
mod read;
mod redact;
mod shapes;
mod source;
mod sql;
mod strings;
mod tables;
mod text;
mod tokens;
mod tree;
mod unescape;
mod url;
mod value;
mod words;
mod work;
mod xml;

#[cfg(test)]
pub(crate) use self::edit::REDACTED;
pub(crate) use self::redact::{Redactor, Replacement};

#[cfg(test)]
mod tests;
