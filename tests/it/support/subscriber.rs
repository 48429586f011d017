//! A subscriber for the spans and events of one thread.

use std::sync::LazyLock;

use tracing::dispatcher::Dispatch;
use tracing::subscriber::{DefaultGuard, NoSubscriber};

/// Makes this the thread's subscriber until the guard is dropped.
///
/// As long as a process has one subscriber only, tracing asks the thread that meets an event first whether it is of
/// interest, and remembers that for all threads. With others beside it every subscriber is asked.
pub(crate) fn set_default(subscriber: impl tracing::Subscriber + Send + Sync) -> DefaultGuard {
    static OTHERS: LazyLock<[Dispatch; 2]> =
        LazyLock::new(|| [(); 2].map(|()| Dispatch::new(NoSubscriber::new())));
    LazyLock::force(&OTHERS);
    tracing::subscriber::set_default(subscriber)
}
