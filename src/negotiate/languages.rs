//! Parses `Accept-Language` (RFC 9110, section 12.5.4), and looks languages up in it (RFC 4647, section 3.4).

use http::HeaderValue;

use super::accept::{ONE, end_of, quality};

/// How many bytes are read, over all lines. Browsers send about 60.
const MAX_BYTES: usize = 4 * 1024;
/// How many ranges are read.
const MAX_RANGES: usize = 64;
/// How many characters a subtag has at most (RFC 5646, section 2.1).
const MAX_SUBTAG: usize = 8;

/// The languages that a client accepts, in its order of preference; see [`Builder::localize`](crate::Builder::localize).
///
/// What is not valid is skipped, and at most 64 languages are kept.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Languages<'a> {
    /// Ranges with a weight above zero, the highest first.
    accepted: Vec<&'a str>,
    /// Ranges with the weight zero.
    refused: Vec<&'a str>,
}

impl<'a> Languages<'a> {
    /// Parses the lines of `Accept-Language`.
    pub(crate) fn new(lines: impl Iterator<Item = &'a HeaderValue>) -> Self {
        let mut ranges: Vec<(u32, &str)> = elements(lines).filter_map(range).collect();
        // Stable, so that ranges of the same weight stay in order.
        ranges.sort_by_key(|(quality, _)| std::cmp::Reverse(*quality));
        let accepted = ranges.partition_point(|(quality, _)| *quality > 0);
        let names = |ranges: &[(u32, &'a str)]| ranges.iter().map(|(_, range)| *range).collect();
        Self {
            accepted: names(&ranges[..accepted]),
            refused: names(&ranges[accepted..]),
        }
    }

    /// The language ranges as the client sent them, the preferred one first: `de-AT`, `de`, `*`.
    pub fn iter(&self) -> impl Iterator<Item = &'a str> {
        self.accepted.iter().copied()
    }

    /// Returns the best of the available languages (RFC 4647, section 3.4): each range, the preferred one first, is
    /// shortened from the end until it is one of them, whatever its case. So `zh-Hant-CN` finds `zh-Hant`, else `zh`, but
    /// `zh` does not find `zh-Hant`. `None` if no range finds any, so that the default applies.
    ///
    /// ```
    /// use backstop::settings::Languages;
    ///
    /// fn language(languages: &Languages<'_>) -> &'static str {
    ///     languages.lookup(["de", "pt-BR"]).unwrap_or("en")
    /// }
    ///
    /// assert_eq!(language(&Languages::default()), "en");
    /// ```
    pub fn lookup<T: AsRef<str>>(&self, available: impl IntoIterator<Item = T>) -> Option<T> {
        let mut available: Vec<T> = available.into_iter().collect();
        let is_refused = |tag: &str| {
            self.refused
                .iter()
                .any(|range| range.eq_ignore_ascii_case(tag))
        };
        let mut shortened = self.accepted.iter().flat_map(|range| prefixes(range));
        let found = shortened.find_map(|range| {
            let is_it = |tag: &T| tag.as_ref().eq_ignore_ascii_case(range);
            available
                .iter()
                .position(|tag| is_it(tag) && !is_refused(tag.as_ref()))
        });
        Some(available.swap_remove(found?))
    }
}

/// The elements of all lines, within the limits.
fn elements<'a>(lines: impl Iterator<Item = &'a HeaderValue>) -> impl Iterator<Item = &'a [u8]> {
    let mut bytes = MAX_BYTES;
    let lines = lines.map(move |line| {
        let line = &line.as_bytes()[..line.len().min(bytes)];
        bytes -= line.len();
        line
    });
    let elements = lines.flat_map(|line| line.split(|byte| *byte == b','));
    elements.take(MAX_RANGES)
}

/// A language range with its weight, if both are valid.
fn range(element: &[u8]) -> Option<(u32, &str)> {
    let end = end_of(element, b';');
    let range = std::str::from_utf8(element[..end].trim_ascii()).ok()?;
    if range != "*" && !is_tag(range) {
        return None;
    }
    let mut weight = ONE;
    let parameters = element.get(end + 1..).unwrap_or_default();
    for parameter in parameters.split(|byte| *byte == b';') {
        let mut halves = parameter
            .splitn(2, |byte| *byte == b'=')
            .map(<[u8]>::trim_ascii);
        if let (Some(name), Some(value)) = (halves.next(), halves.next())
            && name.eq_ignore_ascii_case(b"q")
        {
            weight = quality(value)?;
        }
    }
    Some((weight, range))
}

/// Whether this has the form of a language tag.
fn is_tag(text: &str) -> bool {
    let is_subtag = |subtag: &str| {
        (1..=MAX_SUBTAG).contains(&subtag.len())
            && subtag.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    text.split('-').all(is_subtag)
}

/// A range, and what is left of it when its last subtag is removed, again and again. A subtag of one character, which
/// introduces what follows, is removed with it. `*` finds nothing by itself.
fn prefixes(range: &str) -> impl Iterator<Item = &str> {
    let first = Some(range).filter(|range| *range != "*");
    std::iter::successors(first, |range| {
        let mut rest = range.rsplit_once('-')?.0;
        while let Some((before, last)) = rest.rsplit_once('-')
            && last.len() == 1
        {
            rest = before;
        }
        (rest.len() > 1).then_some(rest)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn languages(line: &'static str) -> Vec<&'static str> {
        let line = HeaderValue::from_static(line);
        let languages = Languages::new(std::iter::once(&line));
        let owned = languages.iter().map(|range| &*range.to_owned().leak());
        owned.collect()
    }

    #[test]
    fn languages_are_in_the_order_of_their_weights_and_else_in_that_of_the_header() {
        let line = "fr;q=0.8, de-AT, *;q=0.1, en;q=0.8 , DE ; Q=1.000, it;q=0";
        assert_eq!(languages(line), ["de-AT", "DE", "fr", "en", "*"]);
        assert_eq!(languages(""), [""; 0]);
    }

    #[test]
    fn what_is_not_valid_is_skipped() {
        let line =
            ",,en_US, de;q=high, fr;q=2, es;q=, languages1, a--b, nl;v=1;q=.5, pt;q=0.12345, \"x\"";
        assert_eq!(languages(line), ["nl", "pt"]);
    }

    #[test]
    fn a_range_is_shortened_as_the_rfc_says() {
        let all: Vec<&str> = prefixes("zh-Hant-CN-x-private1-private2").collect();
        let expected = [
            "zh-Hant-CN-x-private1-private2",
            "zh-Hant-CN-x-private1",
            "zh-Hant-CN",
            "zh-Hant",
            "zh",
        ];
        assert_eq!(all, expected);
        assert_eq!(prefixes("*").count(), 0);
        assert_eq!(prefixes("i-klingon").collect::<Vec<_>>(), ["i-klingon"]);
    }

    #[test]
    fn the_first_range_that_finds_a_language_wins_and_refused_ones_are_left_out() {
        let lookup = |line: &'static str| {
            let line = HeaderValue::from_static(line);
            Languages::new(std::iter::once(&line)).lookup(["en", "de", "zh-Hant"])
        };
        assert_eq!(lookup("fr, de-CH;q=0.9, en;q=0.5"), Some("de"));
        assert_eq!(lookup("ZH-HANT-cn"), Some("zh-Hant"));
        assert_eq!(lookup("zh, *"), None);
        assert_eq!(lookup("de-AT, de;q=0, en;q=0.1"), Some("en"));
        assert_eq!(lookup(""), None);
    }

    #[test]
    fn a_long_header_is_read_in_part() {
        let many = "de, ".repeat(100);
        let long = format!("{}, en", "x".repeat(MAX_BYTES));
        for (line, expected) in [(many, MAX_RANGES), (long, 0)] {
            let line = HeaderValue::from_str(&line).unwrap();
            assert_eq!(
                Languages::new(std::iter::once(&line)).iter().count(),
                expected
            );
        }
    }
}
