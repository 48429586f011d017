//! Sentry through the client that the application has already.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sentry_core::Client;
use sentry_core::protocol::{Envelope, Event};

use super::MAX_BYTES;
use super::envelope::client_report;
use super::event::{Names, render};
use super::state::State;
use crate::error::{BoxError, caught};
use crate::report::{Outcome, Report};
use crate::reporters::http::fit;
use crate::reporters::{Delivery, Reporter};

/// Hands reports to the Sentry client that the application has already, so that both have one connection, one DSN and
/// one `before_send`.
///
/// The event is the one that [`Sentry`](super::Sentry) sends, but for contexts of names that Sentry does not know, to which
/// the client gives the `type` `unknown`. The client's integrations, its `before_send` and its
/// sample rate apply to it, no scope of Sentry's does; its release, environment and server name stand over the report's.
///
/// **What delivered means here**: the client has taken the event, and has been given ten seconds to empty its queue.
/// Whether the event has arrived, only the client knows, which tries once and tells Sentry by itself of what it loses. What
/// its hooks drop counts as [`Filtered`](crate::Outcome::Filtered). If every report is to arrive, use
/// [`Sentry`](super::Sentry).
///
/// Sentry's own panic integration, one of its default ones, reports panics too: leave it out, or they are reported twice.
///
/// ```
/// use std::sync::Arc;
/// use backstop::{Backstop, reporters::SentryClient};
/// # use sentry_core::{Client, ClientOptions, Hub, test::TestTransport};
/// # let dsn = "https://a94ae32be2584e0bbd7a4cbb95971fee@o1.ingest.sentry.io/7";
/// # let options = ClientOptions::new().dsn(dsn).transport(TestTransport::new());
/// # Hub::main().bind_client(Some(Arc::new(Client::with_options(options))));
///
/// // After `sentry::init(…)`, whose guard lives as long as the application.
/// let client = Hub::main().client().ok_or("Sentry is not initialised")?;
/// let backstop = Backstop::production().reporter(SentryClient::new(client)).build()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct SentryClient {
    client: Arc<Client>,
    state: State,
    /// What its hooks dropped, of which it tells Sentry by itself.
    filtered: AtomicU64,
}

/// A client's queue holds thirty by default, and what does not fit is lost.
const AT_ONCE: usize = 16;
/// For the client to empty its queue.
const PATIENCE: Duration = Duration::from_secs(10);

impl SentryClient {
    /// Hands reports to this client. One without a DSN, or that was closed, is an error of
    /// [`Builder::build`](crate::Builder::build).
    #[must_use]
    pub fn new(client: Arc<Client>) -> Self {
        Self {
            client,
            state: State::default(),
            filtered: AtomicU64::new(0),
        }
    }

    fn capture(&self, report: &Report) -> Delivery {
        if !self.client.is_enabled() {
            return Delivery::Rejected;
        }
        let event = fit(report, MAX_BYTES, |report| {
            render(report, &Names::default())
        });
        let event = event.and_then(|event| serde_json::from_slice::<Event<'static>>(&event).ok());
        let Some(mut event) = event else {
            return Delivery::Rejected;
        };
        let options = self.client.options();
        for (own, of_client) in [
            (&mut event.release, &options.release),
            (&mut event.environment, &options.environment),
            (&mut event.server_name, &options.server_name),
        ] {
            if of_client.is_some() {
                own.clone_from(of_client);
            }
        }
        // Its hooks are the application's code.
        match caught(|| self.client.capture_event(event, None)) {
            Some(id) if id.is_nil() => {
                self.filtered.fetch_add(1, Ordering::Relaxed);
                Delivery::Filtered
            }
            Some(_) => Delivery::Delivered,
            None => Delivery::Rejected,
        }
    }

    /// Its queue takes an envelope without an event as well.
    fn tell_losses(&self) {
        let losses = self.state.losses();
        if let Some(report) = client_report(losses.as_slice())
            && self.client.is_enabled()
        {
            let mut envelope = Envelope::new();
            envelope.add_item(report);
            self.client.send_envelope(envelope);
            losses.arrived();
        }
    }

    /// Whether the client is done with what it was given.
    async fn flush(&self) -> bool {
        let client = Arc::clone(&self.client);
        let flush = tokio::task::spawn_blocking(move || client.flush(Some(PATIENCE)));
        flush.await.unwrap_or_default()
    }
}

impl Reporter for SentryClient {
    async fn deliver(&self, batch: &[Arc<Report>]) -> Vec<Delivery> {
        self.tell_losses();
        let mut deliveries = Vec::with_capacity(batch.len());
        for reports in batch.chunks(AT_ONCE) {
            deliveries.extend(reports.iter().map(|report| self.capture(report)));
            if !self.flush().await {
                break;
            }
        }
        deliveries.resize(batch.len(), Delivery::Unsent);
        deliveries
    }

    fn name(&self) -> Cow<'static, str> {
        "SentryClient".into()
    }

    fn check(&self) -> Result<(), BoxError> {
        if self.client.is_enabled() {
            return Ok(());
        }
        Err(
            "the client sends nothing; give one with a DSN and a transport, and do not close it"
                .into(),
        )
    }

    fn dropped(&self, reason: Outcome, count: u64) {
        let told = if reason == Outcome::Filtered {
            let known = self.filtered.load(Ordering::Relaxed).min(count);
            self.filtered.fetch_sub(known, Ordering::Relaxed);
            known
        } else {
            0
        };
        self.state.lost(reason, count.saturating_sub(told));
    }
}

impl fmt::Debug for SentryClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SentryClient")
    }
}
