//! Reporters made from closures.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use super::delivery::Delivery;
use super::reporter::Reporter;
use crate::report::report::Report;

/// Creates a reporter from a closure that delivers a batch; see [`Reporter::deliver`] for what it returns.
///
/// `name` is the reporter's name in statistics and outcomes.
///
/// ```
/// use std::sync::Arc;
///
/// use backstop::reporters::{self, Delivery};
/// use backstop::{Backstop, Report};
///
/// let backstop = Backstop::production()
///     .reporter(reporters::from_fn("slack", async |batch: Vec<Arc<Report>>| {
///         // post them here
///         vec![Delivery::Delivered; batch.len()]
///     }))
///     .build()?;
/// # Ok::<(), backstop::ConfigError>(())
/// ```
///
/// The future must not borrow from the closure, so the closure clones the captured values that it uses:
///
/// ```
/// # use std::sync::Arc;
/// # use backstop::reporters::{self, Delivery};
/// # use backstop::Report;
/// # #[derive(Clone)] struct Client;
/// # impl Client { async fn post(&self, _: &Report) -> bool { true } }
/// # let client = Client;
/// let reporter = reporters::from_fn("slack", move |batch: Vec<Arc<Report>>| {
///     let client = client.clone();
///     async move {
///         let mut deliveries = Vec::new();
///         for report in &batch {
///             deliveries.push(match client.post(report).await {
///                 true => Delivery::Delivered,
///                 false => Delivery::RETRY,
///             });
///         }
///         deliveries
///     }
/// });
/// # let _ = backstop::Backstop::production().reporter(reporter);
/// ```
pub fn from_fn<F, Fut>(name: impl Into<Cow<'static, str>>, deliver: F) -> FromFn<F>
where
    F: Fn(Vec<Arc<Report>>) -> Fut + Send + Sync,
    Fut: Future<Output = Vec<Delivery>> + Send,
{
    FromFn {
        name: name.into(),
        deliver,
    }
}

/// A reporter made from a closure by [`from_fn`].
#[derive(Clone)]
#[must_use = "a reporter does nothing until it is given to a builder"]
pub struct FromFn<F> {
    name: Cow<'static, str>,
    deliver: F,
}

impl<F, Fut> Reporter for FromFn<F>
where
    F: Fn(Vec<Arc<Report>>) -> Fut + Send + Sync,
    Fut: Future<Output = Vec<Delivery>> + Send,
{
    fn deliver(&self, batch: &[Arc<Report>]) -> impl Future<Output = Vec<Delivery>> + Send {
        (self.deliver)(batch.to_vec())
    }

    fn name(&self) -> Cow<'static, str> {
        self.name.clone()
    }
}

impl<F> fmt::Debug for FromFn<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FromFn")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}
