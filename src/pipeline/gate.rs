//! The gates on the request's path: who gets into the queue at all.

use tokio::time::Instant;

use super::limit::Limiter;
use super::random::Random;
use super::settings::{Sample, Settings};
use crate::error::Failure;
use crate::panics::catch::catch_panic;
use crate::report::event::Event;
use crate::report::outcome::Outcome;

#[derive(Debug)]
pub(super) struct Gate {
    sample: Sample,
    random: Random,
    limiter: Option<Limiter>,
}

impl Gate {
    pub(super) fn new(settings: &Settings) -> Self {
        let is_limited = settings.rate_limit.is_some() || settings.overall_limit.is_some();
        Self {
            sample: settings.sample.clone(),
            random: Random::new(settings.seed),
            limiter: is_limited.then(|| Limiter::new(settings.rate_limit, settings.overall_limit)),
        }
    }

    /// How many of its kind were held back before it, or why it does not pass.
    pub(super) fn admit(&self, captured: &Event) -> Result<u64, Outcome> {
        let failure = &captured.failure;
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
            Sample::By(rate) => catch_panic(|| rate(failure)).unwrap_or(1.0),
        };
        // A rate that is no number keeps the report, too.
        rate >= 1.0 || rate.is_nan() || self.random.unit() < rate
    }
}
