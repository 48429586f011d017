//! The gates on the request's path: who gets into the queue at all.

use std::panic::{AssertUnwindSafe, catch_unwind};

use tokio::time::Instant;

use super::Outcome;
use super::limit::Limiter;
use super::random::Random;
use super::settings::{Filter, Sample, Settings};
use crate::error::{Failure, Origin};
use crate::report::Captured;

#[derive(Debug)]
pub(super) struct Gate {
    filter: Option<Filter>,
    sample: Sample,
    random: Random,
    limiter: Option<Limiter>,
}

impl Gate {
    pub(super) fn new(settings: &Settings) -> Self {
        let is_limited = settings.rate_limit.is_some() || settings.overall_limit.is_some();
        Self {
            filter: settings.filter.clone(),
            sample: settings.sample.clone(),
            random: Random::new(settings.seed),
            limiter: is_limited.then(|| Limiter::new(settings.rate_limit, settings.overall_limit)),
        }
    }

    /// How many of its kind were held back before it, or why it does not pass.
    pub(super) fn admit(&self, captured: &Captured) -> Result<u64, Outcome> {
        let failure = &captured.failure;
        let is_wanted = match &self.filter {
            // A filter that panics can't say no.
            Some(filter) => caught(|| (filter.0)(failure)).unwrap_or(true),
            None => is_wanted(captured),
        };
        if !is_wanted {
            return Err(Outcome::Filtered);
        }
        if !self.is_sampled(failure) {
            return Err(Outcome::SampledOut);
        }
        match &self.limiter {
            Some(limiter) => limiter
                .admit(failure, Instant::now())
                .ok_or(Outcome::RateLimited),
            None => Ok(0),
        }
    }

    fn is_sampled(&self, failure: &Failure) -> bool {
        let rate = match &self.sample {
            Sample::Rate(rate) => *rate,
            Sample::By(rate) => caught(|| rate(failure)).unwrap_or(1.0),
        };
        // A rate that is no number keeps the report, too.
        rate >= 1.0 || rate.is_nan() || self.random.unit() < rate
    }
}

/// Without a filter: what the application reports itself, and of requests what is the server's fault.
fn is_wanted(captured: &Captured) -> bool {
    let failure = &captured.failure;
    captured.handled
        || captured.facts.is_none()
        || matches!(failure.origin(), Origin::Panic | Origin::Body)
        || failure.status().is_server_error()
}

fn caught<T>(run: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(run)).ok()
}
