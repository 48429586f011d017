//! What the page says to a person: what a status means, what to do next, and when to try again.

use http::StatusCode;

/// A sentence that says what happened, and one that says what to do next.
pub(super) const fn sentences(status: StatusCode) -> (&'static str, &'static str) {
    const RETRY: &str = "Please try again in a moment.";
    match status.as_u16() {
        400 => (
            "The server could not understand this request.",
            "Check the address or what you entered, and try again.",
        ),
        401 => (
            "You need to be signed in to see this.",
            "Sign in, and try again.",
        ),
        402 => (
            "This needs to be paid for first.",
            "Check your subscription or your payment details.",
        ),
        403 => (
            "You do not have permission to see this.",
            "If you think you should have, ask the people who run this site.",
        ),
        404 => (
            "There is nothing at this address.",
            "Check the address for typing mistakes, or go back to the page you came from.",
        ),
        405 => (
            "This address does not accept that kind of request.",
            "Go back to the page you came from, and try again from there.",
        ),
        408 => (
            "Your request took too long to arrive.",
            "Check your connection, and try again.",
        ),
        409 => (
            "Something was changed in the meantime, and this no longer fits.",
            "Reload the page you came from, and try again.",
        ),
        410 => (
            "This page is gone for good.",
            "Go back to the page you came from.",
        ),
        413 => ("What you sent is too large.", "Send something smaller."),
        414 => (
            "This address is too long.",
            "Go back to the page you came from, and try again from there.",
        ),
        415 => (
            "The server cannot read what you sent.",
            "Send it in another format.",
        ),
        422 => (
            "Some of what you entered is not valid.",
            "Correct it, and try again.",
        ),
        429 => (
            "You have sent many requests in a short time.",
            "Please wait before you try again.",
        ),
        451 => (
            "This is not available for legal reasons.",
            "Go back to the page you came from.",
        ),
        502 | 504 => (
            "Another service that this site depends on did not respond as it should.",
            RETRY,
        ),
        503 => ("The site cannot handle your request right now.", RETRY),
        500..=599 => (
            "Something went wrong on our side. It was not your fault.",
            RETRY,
        ),
        _ => (
            "This request could not be completed.",
            "Go back to the page you came from, and try again.",
        ),
    }
}

/// When to try again, from the value of `Retry-After`: seconds, or a date (RFC 9110, section 10.2.3). Anything else says
/// nothing.
pub(super) fn retry(value: &str) -> Option<String> {
    if let Ok(seconds) = value.parse::<u64>() {
        let (count, unit) = match seconds {
            0..=119 => (seconds.max(1), "second"),
            120..=7_199 => (seconds.div_ceil(60), "minute"),
            7_200..=172_799 => (seconds.div_ceil(3_600), "hour"),
            _ => (seconds.div_ceil(86_400), "day"),
        };
        let plural = if count == 1 { "" } else { "s" };
        return Some(format!("Try again in {count} {unit}{plural}."));
    }
    let is_date = value.len() == "Sun, 06 Nov 1994 08:49:37 GMT".len()
        && value.ends_with(" GMT")
        && value
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b", :".contains(&byte));
    is_date.then(|| format!("Try again after {value}."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_in_words() {
        for (value, words) in [
            ("0", "Try again in 1 second."),
            ("30", "Try again in 30 seconds."),
            ("120", "Try again in 2 minutes."),
            ("3600", "Try again in 60 minutes."),
            ("7201", "Try again in 3 hours."),
            ("999999", "Try again in 12 days."),
            (
                "Sun, 06 Nov 1994 08:49:37 GMT",
                "Try again after Sun, 06 Nov 1994 08:49:37 GMT.",
            ),
        ] {
            assert_eq!(retry(value).as_deref(), Some(words));
        }
        for value in [
            "",
            "soon",
            "-1",
            "<b>",
            "Sun, 06 Nov 1994 08:49:37 <b>",
            "1e9",
        ] {
            assert_eq!(retry(value), None, "{value}");
        }
    }

    #[test]
    fn every_status_has_its_words() {
        for status in 400..600 {
            let (what, next) = sentences(StatusCode::from_u16(status).unwrap());
            assert!(what.ends_with('.') && next.ends_with('.'), "{status}");
        }
    }
}
