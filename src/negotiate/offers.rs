//! Chooses among the offered formats.

use std::cmp::Reverse;

use http::HeaderValue;

use super::accept::{self, Range};
use super::format::Format;

/// The formats that a Backstop offers.
#[derive(Clone, Debug)]
pub(crate) struct Offers {
    /// In the order of the server's preference, the default format first.
    formats: Vec<Format>,
    /// The format for a `+json` range that matches no offer.
    json: Format,
    /// The format for a `+xml` range that matches no offer.
    xml: Format,
}

/// Every format can be offered, each once.
const MAX_OFFERS: usize = Format::ALL.len();

impl Offers {
    /// The default format, then the others in this order.
    pub(crate) fn new(default: Format, formats: &[Format], json: Format, xml: Format) -> Self {
        let mut offers = vec![default];
        for &format in formats {
            if !offers.contains(&format) {
                offers.push(format);
            }
        }
        Self {
            formats: offers,
            json,
            xml,
        }
    }

    pub(crate) fn default(&self) -> Format {
        self.formats[0]
    }

    pub(crate) fn contains(&self, format: Format) -> bool {
        self.formats.contains(&format)
    }

    /// The format for a request with these lines of `Accept`.
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

    /// The format that the first range names without a weight, as most programs and browsers do. No later range
    /// can have a higher quality or be more specific, so the others need not be parsed.
    fn named_first(&self, line: &[u8]) -> Option<Format> {
        let is_named = |format: &&Format| {
            let rest = line.strip_prefix(format.media_type().as_bytes());
            rest.is_some_and(|rest| matches!(rest.first(), None | Some(b',')))
        };
        self.formats.iter().find(is_named).copied()
    }

    #[expect(
        single_use_lifetimes,
        reason = "an anonymous lifetime is unstable there"
    )]
    fn weigh<'a>(&self, lines: impl Iterator<Item = &'a HeaderValue>) -> Format {
        let mut weighing = Weighing {
            offers: self,
            matches: [None; MAX_OFFERS],
            suffix: None,
            position: 0,
        };
        accept::for_each_range(lines, |range| weighing.add(&range));
        weighing.winner()
    }

    /// The format for a range like `application/vnd.api+json`: one of the same syntax.
    fn of_suffix(&self, range: &Range<'_>) -> Option<Format> {
        let plus = memchr::memrchr(b'+', range.subtype)?;
        let suffix = &range.subtype[plus + 1..];
        if !range.is_valid() {
            None
        } else if suffix.eq_ignore_ascii_case(b"json") {
            Some(self.json)
        } else if suffix.eq_ignore_ascii_case(b"xml")
            && !range.subtype.eq_ignore_ascii_case(b"xhtml+xml")
        {
            Some(self.xml)
        } else {
            None
        }
    }
}

/// The matches found so far while the ranges of one request are read.
struct Weighing<'o> {
    offers: &'o Offers,
    /// For each offer, the range that decides its quality.
    matches: [Option<Match>; MAX_OFFERS],
    /// The format of the best range with a suffix, and its quality.
    suffix: Option<(Format, u32)>,
    /// The position of the last range.
    position: usize,
}

impl Weighing<'_> {
    fn add(&mut self, range: &Range<'_>) {
        self.position += 1;
        let offers = self.offers;
        let named = Format::named(range.kind, range.subtype);
        let offered = named.and_then(|format| offers.formats.iter().position(|&it| it == format));
        let is_wildcard = range.subtype == b"*";
        let of_suffix = offers.of_suffix(range);
        if offered.is_none() && !is_wildcard && of_suffix.is_none() {
            return;
        }
        // An element with an invalid weight is skipped.
        let Some(parameters) = range.parameters() else {
            return;
        };
        let mut found = Match {
            specificity: Specificity::Any,
            quality: parameters.quality,
            position: self.position,
        };
        if let Some(index) = offered {
            // No format has parameters, but one that has the type is closer than any other.
            found.specificity = if parameters.has_others {
                Specificity::Parameters
            } else {
                Specificity::Subtype
            };
            self.record(index, found);
        } else if is_wildcard && !parameters.has_others {
            for (index, &format) in offers.formats.iter().enumerate() {
                if let Some(specificity) = range.covers(format) {
                    found.specificity = specificity;
                    self.record(index, found);
                }
            }
        }
        let best = self.suffix.map_or(0, |(_, quality)| quality);
        if let Some(format) = of_suffix
            && parameters.quality > best
        {
            self.suffix = Some((format, parameters.quality));
        }
    }

    /// Records that a range matches an offer, unless another range decides that offer's quality.
    fn record(&mut self, index: usize, found: Match) {
        let decisive = &mut self.matches[index];
        if decisive.is_none_or(|decisive| found.decides_over(decisive)) {
            *decisive = Some(found);
        }
    }

    fn winner(&self) -> Format {
        let matched = self
            .matches()
            .filter_map(|(format, found)| Some((format, found?)))
            .filter(|(_, found)| found.quality > 0)
            // The first of equals is kept: the order of the server's preference.
            .reduce(|best, other| {
                if other.1.is_preferred_to(best.1) {
                    other
                } else {
                    best
                }
            });
        let is_excluded = |format| {
            self.matches().any(|(offer, found)| {
                offer == format && found.is_some_and(|found| found.quality == 0)
            })
        };
        match (matched, self.suffix) {
            (Some((format, _)), _) => format,
            (None, Some((format, _))) if !is_excluded(format) => format,
            // An error is sent in any case: in the default format, or in the first one that the client did not refuse.
            _ => {
                let mut formats = self.offers.formats.iter().copied();
                formats
                    .find(|&format| !format.must_be_named() && !is_excluded(format))
                    .unwrap_or_else(|| self.offers.default())
            }
        }
    }

    /// Each offer, with the range that decides its quality.
    fn matches(&self) -> impl Iterator<Item = (Format, Option<Match>)> {
        self.offers.formats.iter().copied().zip(self.matches)
    }
}

/// How specifically a range names a format, in ascending order.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Specificity {
    /// `*/*`
    Any,
    /// `text/*`
    Type,
    /// `text/html;level=1`
    Parameters,
    /// `text/html`
    Subtype,
}

/// A range that matches a format.
#[derive(Clone, Copy)]
struct Match {
    specificity: Specificity,
    quality: u32,
    /// The position of the range in `Accept`.
    position: usize,
}

impl Match {
    /// Whether this range, rather than the other, decides the quality of a format that both match.
    fn decides_over(self, other: Self) -> bool {
        (self.specificity, self.quality) > (other.specificity, other.quality)
    }

    /// Whether the format of this match is preferred to that of the other.
    fn is_preferred_to(self, other: Self) -> bool {
        // A range that names the type does so with a parameter, too.
        let specificity = |it: Self| it.specificity.min(Specificity::Parameters);
        let key = |it: Self| (it.quality, specificity(it), Reverse(it.position));
        key(self) > key(other)
    }
}

impl Range<'_> {
    /// How a range whose subtype is `*` covers a format, if it does.
    fn covers(&self, format: Format) -> Option<Specificity> {
        if format.must_be_named() {
            None
        } else if self.kind == b"*" {
            Some(Specificity::Any)
        } else {
            let (kind, _) = format.type_and_subtype();
            self.kind
                .eq_ignore_ascii_case(kind)
                .then_some(Specificity::Type)
        }
    }
}
