//! The settings of the pipeline, as the builder collects them.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::Listeners;
use crate::disclosure::Redactor;
use crate::error::Failure;
use crate::reporters::DynReporter;
use crate::symbols::SymbolSettings;

#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) reporters: Vec<Box<dyn DynReporter>>,
    pub(crate) sample: Sample,
    pub(crate) seed: Option<u64>,
    /// A minute, for each fingerprint.
    pub(crate) rate_limit: Option<u32>,
    /// A minute, for all together.
    pub(crate) overall_limit: Option<u32>,
    pub(crate) queue_count: usize,
    pub(crate) queue_bytes: usize,
    pub(crate) listeners: Listeners,
    pub(crate) redactor: Redactor,
    pub(crate) symbols: SymbolSettings,
    pub(crate) place: Executor,
    /// For how long a panic may hold up what ends with it.
    pub(crate) crash_timeout: Duration,
}

/// Where the work is done.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Executor {
    /// On threads of its own.
    Threads,
    /// On the runtime that is current when it starts, for tests with paused time.
    CurrentRuntime,
}

/// How many of them.
#[derive(Clone)]
pub(crate) enum Sample {
    Rate(f64),
    By(Arc<dyn Fn(&Failure) -> f64 + Send + Sync>),
}

/// How often and for how long a report is tried again.
#[derive(Clone, Copy, Debug)]
pub(super) struct RetryPolicy {
    pub(super) attempts: u32,
    pub(super) age: Duration,
    /// The longest wait after the first attempt; it doubles with each one.
    pub(super) base: Duration,
    pub(super) longest: Duration,
    /// Failures in a row after which the circuit opens.
    pub(super) failures: u32,
    /// For how long one delivery may take.
    pub(super) delivery: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            attempts: 8,
            age: Duration::from_secs(15 * 60),
            base: Duration::from_secs(1),
            longest: Duration::from_secs(120),
            failures: 5,
            delivery: Duration::from_secs(60),
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            reporters: Vec::new(),
            sample: Sample::Rate(1.0),
            seed: None,
            rate_limit: None,
            overall_limit: None,
            queue_count: 1_024,
            queue_bytes: 16 * 1024 * 1024,
            listeners: Listeners::default(),
            redactor: Redactor::default(),
            symbols: SymbolSettings::default(),
            place: Executor::Threads,
            crash_timeout: Duration::from_secs(1),
        }
    }
}

impl fmt::Debug for Sample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rate(rate) => write!(f, "{rate}"),
            Self::By(_) => f.write_str("By(…)"),
        }
    }
}
