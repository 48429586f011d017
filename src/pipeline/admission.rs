//! Decides, on the request path, which failures are reported: sampling and the rate limit.

use std::sync::{Mutex, PoisonError};

use fastrand::Rng;
use tokio::time::Instant;

use super::rate_limit::RateLimiter;
use super::settings::{RateLimit, Settings};
use crate::report::event::Event;
use crate::report::outcome::Outcome;

#[derive(Debug)]
pub(super) struct Admission {
    sample_rate: f64,
    /// `None` uses the thread-local generator.
    seeded: Option<Mutex<Rng>>,
    limiter: Option<RateLimiter>,
}

impl Admission {
    pub(super) fn new(settings: &Settings) -> Self {
        let is_limited = settings.rate_limit != RateLimit::default();
        Self {
            sample_rate: settings.sample_rate,
            seeded: settings.seed.map(|seed| Mutex::new(Rng::with_seed(seed))),
            limiter: is_limited.then(|| RateLimiter::new(settings.rate_limit)),
        }
    }

    /// Admits an event, and returns how many failures of its kind were suppressed since the last admitted one.
    ///
    /// # Errors
    ///
    /// The reason why the event is not reported.
    pub(super) fn admit(&self, event: &Event) -> Result<u64, Outcome> {
        if !self.is_sampled() {
            return Err(Outcome::SampledOut);
        }
        match &self.limiter {
            Some(limiter) => limiter
                .admit(&event.failure, Instant::now())
                .ok_or(Outcome::RateLimited),
            None => Ok(0),
        }
    }

    fn is_sampled(&self) -> bool {
        self.sample_rate >= 1.0 || self.random() < self.sample_rate
    }

    /// From 0 to below 1.
    fn random(&self) -> f64 {
        match &self.seeded {
            Some(rng) => rng.lock().unwrap_or_else(PoisonError::into_inner).f64(),
            None => fastrand::f64(),
        }
    }
}
