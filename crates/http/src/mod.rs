//! What the reporters that send over HTTP share: one client, and one reading of answers.
//!
//! Certificates are always verified, redirects never followed (they would take credentials along), proxies
//! taken from the environment. Bodies go uncompressed but to Sentry: none of the other receivers documents that it
//! takes others where reports are sent to.

mod answer;
mod client;
#[cfg(any(feature = "airbrake", feature = "bugsnag"))]
mod clock;
mod endpoint;
mod secret;
mod sending;

pub(super) use self::answer::Answer;
pub(super) use self::client::Client;
#[cfg(any(feature = "airbrake", feature = "bugsnag"))]
pub(super) use self::clock::iso;
pub(super) use self::endpoint::Endpoint;
pub(super) use self::secret::Secret;
#[cfg(feature = "bugsnag")]
pub(super) use self::sending::LONGEST;
pub(super) use self::sending::Round;

use serde_json::{Map, Value};

pub(super) use super::fit::fit;

/// How reports and requests name what sends them.
pub(super) const AGENT: &str = "backstop";
pub(super) const VERSION: &str = env!("CARGO_PKG_VERSION");
#[cfg(any(feature = "airbrake", feature = "bugsnag"))]
pub(super) const HOMEPAGE: &str = "https://docs.rs/backstop";

/// An object of those members that are not null.
pub(super) fn object<const N: usize>(members: [(&str, Value); N]) -> Value {
    let members = members.into_iter().filter(|(_, value)| !value.is_null());
    let members: Map<String, Value> = members
        .map(|(key, value)| (key.to_owned(), value))
        .collect();
    Value::Object(members)
}

/// `file:line:column`, taken apart.
pub(super) fn place(at: &str) -> (&str, Option<u32>, Option<u32>) {
    let mut parts = at.rsplitn(3, ':');
    let (column, line, file) = (parts.next(), parts.next(), parts.next());
    match (file, line.map(str::parse), column.map(str::parse)) {
        (Some(file), Some(Ok(line)), Some(Ok(column))) => (file, Some(line), Some(column)),
        _ => (at, None, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_taken_apart_and_others_are_files() {
        assert_eq!(place("src/a.rs:12:5"), ("src/a.rs", Some(12), Some(5)));
        assert_eq!(place(r"C:\a.rs:1:2"), (r"C:\a.rs", Some(1), Some(2)));
        assert_eq!(place("somewhere"), ("somewhere", None, None));
    }
}
