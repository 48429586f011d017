//! A subscriber for the spans and events of one thread.

use std::io::Write;
use std::sync::{Arc, LazyLock, Mutex};

use tracing::Level;
use tracing::dispatcher::Dispatch;
use tracing::subscriber::{DefaultGuard, NoSubscriber};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt;
use tracing_subscriber::layer::SubscriberExt as _;

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

/// The lines that Backstop logs on this thread.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// Logs every level until the guard is dropped.
    pub(crate) fn start() -> (Self, DefaultGuard) {
        let log = Self::default();
        let writer = log.clone();
        let layer = fmt::layer()
            .with_ansi(false)
            .without_time()
            .with_writer(move || writer.clone());
        let only_backstop = Targets::new().with_target("backstop", Level::TRACE);
        let subscriber = tracing_subscriber::registry()
            .with(only_backstop)
            .with(layer);
        (log, set_default(subscriber))
    }

    pub(crate) fn text(&self) -> String {
        let bytes = self.0.lock().expect("no panic in here").clone();
        String::from_utf8(bytes).expect("a text")
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("no panic in here").write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
