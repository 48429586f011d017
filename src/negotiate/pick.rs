//! Choosing among the formats on offer.

use http::HeaderValue;

use super::accept::Range;
use super::{Format, accept};

/// The formats that a Backstop offers, in the server's order.
#[derive(Clone, Debug)]
pub(crate) struct Offers {
    /// The default format first; at most [`MAX_OFFERS`].
    formats: Vec<Format>,
    /// Where a `+json` range is sent when nothing matched.
    json: Format,
    /// Where a `+xml` range is sent when nothing matched.
    xml: Option<Format>,
}

const MAX_OFFERS: usize = 8;

/// How a range names a format, the most general way first.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Specificity {
    Anything,
    Kind,
    Type,
}

/// The range that decides a format's quality.
#[derive(Clone, Copy)]
struct Match {
    specificity: Specificity,
    quality: u32,
    position: usize,
}

impl Offers {
    /// The formats that this build can write of those given, the default first.
    pub(crate) fn new(default: Format, formats: &[Format], json: Format, xml: Format) -> Self {
        let others = formats.iter().copied().filter(|&format| format != default);
        let formats = std::iter::once(default).chain(others);
        Self {
            formats: formats.take(MAX_OFFERS).collect(),
            json,
            xml: Some(xml),
        }
    }

    pub(crate) fn default(&self) -> Format {
        self.formats[0]
    }

    pub(crate) fn contains(&self, format: Format) -> bool {
        self.formats.contains(&format)
    }

    /// The format for these lines of `Accept`.
    #[expect(
        single_use_lifetimes,
        reason = "an anonymous lifetime is unstable there"
    )]
    pub(crate) fn pick<'a>(&self, lines: impl Iterator<Item = &'a HeaderValue> + Clone) -> Format {
        let first = lines.clone().next();
        first
            .and_then(|line| self.named_first(line.as_bytes()))
            .unwrap_or_else(|| self.weigh(lines))
    }

    /// The format that stands first and without a weight, as programs and browsers send it: whatever comes after
    /// it has no higher quality, is no more specific, and stands behind it.
    fn named_first(&self, line: &[u8]) -> Option<Format> {
        let named = |format: &&Format| {
            let rest = line.strip_prefix(format.media_type().as_bytes());
            rest.is_some_and(|rest| matches!(rest.first(), None | Some(b',')))
        };
        self.formats.iter().find(named).copied()
    }

    #[expect(
        single_use_lifetimes,
        reason = "an anonymous lifetime is unstable there"
    )]
    fn weigh<'a>(&self, lines: impl Iterator<Item = &'a HeaderValue>) -> Format {
        let mut matches = [const { None::<Match> }; MAX_OFFERS];
        let mut suffix: Option<(Format, u32)> = None;
        let mut position = 0;
        accept::for_each_range(lines, |range| {
            let mut found = |index: usize, specificity| {
                let found = Match {
                    specificity,
                    quality: range.quality,
                    position,
                };
                let best: &mut Option<Match> = &mut matches[index];
                if best.is_none_or(|best| found.decides_over(best)) {
                    *best = Some(found);
                }
            };
            if range.has_parameters {
                // None of our types has a parameter.
            } else if range.subtype != b"*" {
                let named = self.formats.iter().position(|&format| range.names(format));
                if let Some(index) = named {
                    found(index, Specificity::Type);
                }
            } else {
                for (index, &format) in self.formats.iter().enumerate() {
                    if let Some(specificity) = range.covers(format) {
                        found(index, specificity);
                    }
                }
            }
            let best = suffix.map_or(0, |(_, quality)| quality);
            if range.quality > best
                && let Some(format) = self.of_suffix(&range)
            {
                suffix = Some((format, range.quality));
            }
            position += 1;
        });
        let matched = self
            .formats
            .iter()
            .zip(matches)
            .filter_map(|(&format, found)| Some((format, found?)))
            .filter(|(_, found)| found.quality > 0)
            // Of equals the first one stays: the server's order.
            .reduce(|best, other| {
                if other.1.is_preferred_to(best.1) {
                    other
                } else {
                    best
                }
            });
        let excluded = |format| {
            self.formats.iter().zip(matches).any(|(&offer, found)| {
                offer == format && found.is_some_and(|found| found.quality == 0)
            })
        };
        match (matched, suffix) {
            (Some((format, _)), _) => format,
            (None, Some((format, _))) if !excluded(format) => format,
            _ => self.default(),
        }
    }

    /// What answers `application/vnd.api+json` and its like: the same syntax.
    fn of_suffix(&self, range: &Range<'_>) -> Option<Format> {
        let plus = range.subtype.iter().rposition(|&byte| byte == b'+')?;
        let suffix = &range.subtype[plus + 1..];
        if suffix.eq_ignore_ascii_case(b"json") {
            Some(self.json)
        } else if suffix.eq_ignore_ascii_case(b"xml")
            && !range.subtype.eq_ignore_ascii_case(b"xhtml+xml")
        {
            self.xml
        } else {
            None
        }
    }
}

impl Match {
    /// Whether this range, rather than that one, gives a format its quality.
    fn decides_over(self, other: Self) -> bool {
        (self.specificity, self.quality) > (other.specificity, other.quality)
    }

    /// Whether the format of this range is answered rather than that one's.
    fn is_preferred_to(self, other: Self) -> bool {
        let key = |found: Self| {
            (
                found.quality,
                found.specificity,
                std::cmp::Reverse(found.position),
            )
        };
        key(self) > key(other)
    }
}

impl Range<'_> {
    fn names(&self, format: Format) -> bool {
        let (kind, subtype) = format.halves();
        self.subtype.eq_ignore_ascii_case(subtype) && self.kind.eq_ignore_ascii_case(kind)
    }

    /// Whether a range with the subtype `*` covers a format. The draft of 2012 is for those who name it.
    fn covers(&self, format: Format) -> Option<Specificity> {
        if format == Format::ApiProblemJson {
            None
        } else if self.kind == b"*" {
            Some(Specificity::Anything)
        } else {
            let is_same = self.kind.eq_ignore_ascii_case(format.halves().0);
            is_same.then_some(Specificity::Kind)
        }
    }
}
