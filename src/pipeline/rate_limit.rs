//! The rate limit: token buckets that hold one minute's worth of tokens and refill steadily.

use std::hash::BuildHasher as _;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rustc_hash::{FxBuildHasher, FxHashMap};
use tokio::time::Instant;

use super::settings::RateLimit;
use crate::error::Failure;
use crate::report::text_template::text_template;

/// Limits how many failures pass per minute, of each kind and of all kinds together.
#[derive(Debug)]
pub(super) struct RateLimiter {
    limit: RateLimit,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    overall: Option<Bucket>,
    kinds: FxHashMap<u64, Kind>,
}

#[derive(Debug)]
struct Kind {
    bucket: Bucket,
    suppressed: u64,
}

#[derive(Clone, Copy, Debug)]
struct Bucket {
    left: f64,
    at: Instant,
}

/// The most kinds that are remembered; beyond that, those that were quiet for longest are forgotten.
const MAX_KINDS: usize = 1_024;
const MINUTE: Duration = Duration::from_secs(60);

impl RateLimiter {
    pub(super) fn new(limit: RateLimit) -> Self {
        Self {
            limit,
            state: Mutex::default(),
        }
    }

    /// Returns how many failures of this kind were suppressed since the last one that passed, or `None` if this one is
    /// suppressed too.
    pub(super) fn admit(&self, failure: &Failure, now: Instant) -> Option<u64> {
        let key = key(failure);
        // Held for a lookup only: nothing slow happens under this lock.
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let State { overall, kinds } = &mut *state;
        let per_minute = self.limit.per_failure.unwrap_or(u32::MAX);
        if kinds.len() >= MAX_KINDS && !kinds.contains_key(&key) {
            forget(kinds);
        }
        let kind = kinds.entry(key).or_insert_with(|| Kind {
            bucket: Bucket::full(per_minute, now),
            suppressed: 0,
        });
        let of_kind = kind.bucket.filled(per_minute, now);
        let of_all = self.limit.overall.map(|per_minute| {
            let bucket = overall.unwrap_or_else(|| Bucket::full(per_minute, now));
            bucket.filled(per_minute, now)
        });
        let passes = of_kind.has_one() && of_all.is_none_or(Bucket::has_one);
        if passes {
            kind.bucket = of_kind.less_one();
            *overall = of_all.map(Bucket::less_one);
            Some(std::mem::take(&mut kind.suppressed))
        } else {
            kind.bucket = of_kind;
            *overall = of_all;
            kind.suppressed += 1;
            None
        }
    }
}

/// The kind of a failure. It is cheaper than a fingerprint, because it is computed on the request path.
fn key(failure: &Failure) -> u64 {
    let location = failure.location();
    // Without a location, unlike failures that are only a text would be one kind.
    let text = location.is_none().then(|| {
        let message = failure.chain().first().map(|link| link.message());
        message.map(text_template)
    });
    FxBuildHasher.hash_one((
        failure.type_name(),
        location,
        text,
        failure.origin(),
        failure.status(),
    ))
}

/// Forgets a quarter of the kinds at once, so that the scan is rare.
fn forget(kinds: &mut FxHashMap<u64, Kind>) {
    let mut ages: Vec<Instant> = kinds.values().map(|kind| kind.bucket.at).collect();
    let (_, oldest, _) = ages.select_nth_unstable(MAX_KINDS / 4);
    let oldest = *oldest;
    let mut surplus = MAX_KINDS / 4;
    kinds.retain(|_, kind| {
        let goes = surplus > 0 && kind.bucket.at <= oldest;
        surplus -= usize::from(goes);
        !goes
    });
}

impl Bucket {
    fn full(per_minute: u32, now: Instant) -> Self {
        Self {
            left: f64::from(per_minute),
            at: now,
        }
    }

    fn filled(self, per_minute: u32, now: Instant) -> Self {
        let passed = now.saturating_duration_since(self.at);
        let more = passed.as_secs_f64() / MINUTE.as_secs_f64() * f64::from(per_minute);
        Self {
            left: (self.left + more).min(f64::from(per_minute)),
            at: now,
        }
    }

    const fn has_one(self) -> bool {
        // Fractions of a token may add up to slightly less than one.
        self.left >= 1.0 - 1e-9
    }

    fn less_one(self) -> Self {
        Self {
            left: (self.left - 1.0).max(0.0),
            at: self.at,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{Error, ResultExt as _};

    fn limiter(per_failure: Option<u32>, overall: Option<u32>) -> RateLimiter {
        RateLimiter::new(RateLimit {
            per_failure,
            overall,
        })
    }

    fn parse() -> Failure {
        let error: Result<u8, _> = "x".parse::<u8>();
        Failure::from(error.or_internal("one").unwrap_err())
    }

    fn other() -> Failure {
        Failure::from(Error::msg("two"))
    }

    #[test]
    fn a_kind_passes_up_to_its_limit_and_the_next_one_counts_the_suppressed() {
        let limiter = limiter(Some(2), None);
        let start = Instant::now();
        let passed = |seconds| limiter.admit(&parse(), start + Duration::from_secs(seconds));
        assert_eq!(
            [passed(0), passed(0), passed(0), passed(29)],
            [Some(0), Some(0), None, None]
        );
        assert_eq!(limiter.admit(&other(), start), Some(0));
        assert_eq!(passed(30), Some(2));
        assert_eq!(passed(31), None);
        assert_eq!(
            [passed(300), passed(300), passed(300)],
            [Some(1), Some(0), None]
        );
    }

    #[test]
    fn all_kinds_together_pass_up_to_the_overall_limit() {
        let limiter = limiter(None, Some(3));
        let now = Instant::now();
        let passed =
            [parse(), other(), parse(), other()].map(|failure| limiter.admit(&failure, now));
        assert_eq!(passed, [Some(0), Some(0), Some(0), None]);
        let later = now + Duration::from_secs(20);
        assert_eq!(limiter.admit(&other(), later), Some(1));
    }

    #[test]
    fn remembered_kinds_are_bounded() {
        let limiter = limiter(Some(1), None);
        let mut state = limiter.state.lock().unwrap();
        let now = Instant::now();
        for index in 0..MAX_KINDS as u64 {
            let bucket = Bucket::full(1, now + Duration::from_millis(index));
            state.kinds.insert(
                index,
                Kind {
                    bucket,
                    suppressed: 0,
                },
            );
        }
        drop(state);
        limiter.admit(&parse(), now);
        let state = limiter.state.lock().unwrap();
        assert_eq!(state.kinds.len(), MAX_KINDS * 3 / 4 + 1);
        assert!(state.kinds.contains_key(&(MAX_KINDS as u64 - 1)) && !state.kinds.contains_key(&0));
    }
}
