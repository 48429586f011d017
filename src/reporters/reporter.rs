//! What a reporter is.

use std::borrow::Cow;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use uuid::Uuid;

use crate::error::BoxError;
use crate::report::outcome::Outcome;
use crate::report::report::Report;

/// Takes reports to where somebody sees them.
///
/// Each reporter has a thread and a backlog of its own: while one waits, fails, blocks or panics, the
/// others go on. Reports arrive scrubbed, in batches of at most 32, one batch at a time.
///
/// [`deliver`](Self::deliver) is all there is to write. The other methods are for reporters that have
/// settings to check, or that keep reports.
///
/// ```
/// use std::sync::Arc;
/// use backstop::reporters::{Delivery, Reporter};
/// use backstop::{Backstop, Report};
///
/// struct Pager;
///
/// impl Reporter for Pager {
///     async fn deliver(&self, batch: &[Arc<Report>]) -> Vec<Delivery> {
///         // One answer for each report, in their order.
///         batch.iter().map(|_report| Delivery::Delivered).collect()
///     }
/// }
///
/// let backstop = Backstop::production().reporter(Pager).build()?;
/// # Ok::<(), backstop::ConfigError>(())
/// ```
pub trait Reporter: Send + Sync {
    /// Delivers a batch and answers for each report of it, in order. A report without an answer is tried
    /// again, and so is the whole batch if this panics or takes longer than a minute.
    fn deliver(&self, batch: &[Arc<Report>]) -> impl Future<Output = Vec<Delivery>> + Send;

    /// How statistics and outcomes call it. Default: the name of its type.
    fn name(&self) -> Cow<'static, str> {
        Cow::Owned(short_name(std::any::type_name::<Self>()))
    }

    /// Whether its settings can work; asked once, by [`Builder::build`](crate::Builder::build).
    ///
    /// # Errors
    ///
    /// What is wrong and what to set instead.
    fn check(&self) -> Result<(), BoxError> {
        Ok(())
    }

    /// How many reports it keeps, if it is one that keeps reports ([`Delivery::Spooled`]).
    fn kept(&self) -> Option<u64> {
        None
    }

    /// Delivers some of the reports that it keeps. Called from the start on, after each batch, and again
    /// when the answer says; never for a reporter whose [`kept`](Self::kept) is `None`.
    fn resume(&self) -> impl Future<Output = Resumed> + Send {
        async { Resumed::default() }
    }

    /// Told before a batch how many reports were dropped since it was last told, reason by reason, before they came
    /// to this reporter or because it could not deliver them. For services that show what they were not sent; each
    /// drop is told once, and one that nothing follows is never told.
    fn dropped(&self, reason: Outcome, count: u64) {
        let _ = (reason, count);
    }

    /// What it does in a process that may end any moment, if it is one that keeps reports.
    fn keeper(&self) -> Option<&dyn Keeper> {
        None
    }
}

/// A [`Reporter`] that keeps reports, in a process that may end any moment: its methods do their work before they
/// return, and wait for no other side. They are called on threads of the pipeline, while the dying one waits for
/// [`crash_timeout`](crate::Builder::crash_timeout) at the most.
pub trait Keeper: Send + Sync {
    /// Keeps a report where it outlives this process, at once: whether it did. It is then delivered by
    /// [`Reporter::resume`], here or in a later process.
    fn keep(&self, report: &Report) -> bool;

    /// Leaves all that it keeps to another process, and keeps nothing more: this process ends.
    fn leave(&self);

    /// Whether it found reports of a process that ended within about two seconds of its start. They are then delivered
    /// before [`Builder::build`](crate::Builder::build) returns, which waits 2 seconds for that at the most.
    fn died_at_start(&self) -> bool {
        false
    }
}

/// What became of one report at one reporter.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Delivery {
    /// It has arrived.
    Delivered,
    /// It is kept where it outlives this process, and will be delivered by [`Reporter::resume`].
    Spooled,
    /// It may arrive later: it is tried again, after the time that the other side asked for, else after a
    /// random time that grows with each attempt.
    Retry {
        /// The other side's `Retry-After`: until then this reporter is left alone.
        after: Option<Duration>,
    },
    /// It was not sent at all, for the other side left another report of the batch without an answer, or wants to be left
    /// alone: as [`Retry`](Self::Retry), but no attempt of this report's.
    Unsent,
    /// It will never arrive: the other side refuses it.
    Rejected,
    /// The reporter's own settings keep it from being sent.
    Filtered,
    /// It was kept and had to make room for newer ones.
    Evicted,
    /// It was kept for longer than it may be.
    Expired,
}

impl Delivery {
    /// To be tried again, nobody knows when.
    pub const RETRY: Self = Self::Retry { after: None };
}

/// What [`Reporter::resume`] did.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Resumed {
    /// How many reports it found that an earlier process has left.
    pub recovered: u64,
    /// The kept reports that it keeps no more, and why.
    pub settled: Vec<(Uuid, Delivery)>,
    /// When to call again: `None` for not before the next batch.
    pub again: Option<Duration>,
}

impl<R: Reporter + ?Sized> Reporter for Arc<R> {
    fn deliver(&self, batch: &[Arc<Report>]) -> impl Future<Output = Vec<Delivery>> + Send {
        (**self).deliver(batch)
    }

    fn name(&self) -> Cow<'static, str> {
        (**self).name()
    }

    fn check(&self) -> Result<(), BoxError> {
        (**self).check()
    }

    fn kept(&self) -> Option<u64> {
        (**self).kept()
    }

    fn resume(&self) -> impl Future<Output = Resumed> + Send {
        (**self).resume()
    }

    fn dropped(&self, reason: Outcome, count: u64) {
        (**self).dropped(reason, count);
    }

    fn keeper(&self) -> Option<&dyn Keeper> {
        (**self).keeper()
    }
}

/// The same, for storing different reporters in one list.
pub(crate) trait DynReporter: Send + Sync {
    fn deliver<'a>(&'a self, batch: &'a [Arc<Report>]) -> Boxed<'a, Vec<Delivery>>;
    fn name(&self) -> Cow<'static, str>;
    fn check(&self) -> Result<(), BoxError>;
    fn kept(&self) -> Option<u64>;
    fn resume(&self) -> Boxed<'_, Resumed>;
    fn dropped(&self, reason: Outcome, count: u64);
    fn keeper(&self) -> Option<&dyn Keeper>;
}

pub(crate) type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

impl<R: Reporter> DynReporter for R {
    fn deliver<'a>(&'a self, batch: &'a [Arc<Report>]) -> Boxed<'a, Vec<Delivery>> {
        Box::pin(Reporter::deliver(self, batch))
    }

    fn name(&self) -> Cow<'static, str> {
        Reporter::name(self)
    }

    fn check(&self) -> Result<(), BoxError> {
        Reporter::check(self)
    }

    fn kept(&self) -> Option<u64> {
        Reporter::kept(self)
    }

    fn resume(&self) -> Boxed<'_, Resumed> {
        Box::pin(Reporter::resume(self))
    }

    fn dropped(&self, reason: Outcome, count: u64) {
        Reporter::dropped(self, reason, count);
    }

    fn keeper(&self) -> Option<&dyn Keeper> {
        Reporter::keeper(self)
    }
}

impl fmt::Debug for dyn DynReporter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name())
    }
}

/// `a::b::Spool<c::Memory>` as `Spool<Memory>`.
fn short_name(path: &str) -> String {
    let mut name = String::with_capacity(path.len());
    for part in path.split_inclusive(['<', '>', ',', ' ', '(', ')', '&']) {
        name.push_str(part.rsplit("::").next().unwrap_or(part));
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lose_their_paths_and_keep_what_they_wrap() {
        assert_eq!(
            short_name("a::b::Spool<alloc::sync::Arc<c::Memory>>"),
            "Spool<Arc<Memory>>"
        );
        assert_eq!(short_name("Memory"), "Memory");
    }
}
