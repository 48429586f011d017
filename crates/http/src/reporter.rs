//! A reporter for one protocol.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use backstop::reporters::{Delivery, Reporter};
use backstop::stats::Outcome;
use backstop::{BoxError, Report};

use crate::batch::Batch;
use crate::client::Client;
use crate::endpoint::Endpoint;
use crate::protocol::Protocol;
use crate::secret::Secret;

/// A [`Reporter`] that speaks a [`Protocol`], with its settings.
///
/// The [crate's documentation](crate) has an example, and describes how requests are sent.
#[derive(Debug)]
pub struct HttpReporter<P> {
    protocol: P,
    server: Option<Secret>,
    client: Client,
}

impl<P: Protocol> HttpReporter<P> {
    /// Creates a reporter that speaks this protocol and sends to its default endpoint.
    pub fn new(protocol: P) -> Self {
        Self {
            protocol,
            server: None,
            client: Client::default(),
        }
    }

    /// The server to send to. The protocol decides the path.
    #[must_use]
    pub fn endpoint(mut self, url: impl Into<String>) -> Self {
        self.server = Some(Secret::new(url));
        self.client.reset();
        self
    }

    /// How long a request may take. Default: 15 seconds.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.client.set_timeout(timeout);
        self
    }

    /// Trusts one more certificate authority, given in PEM, in addition to those that the machine trusts.
    #[must_use]
    pub fn root_certificate(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.client.add_root(pem.into());
        self
    }

    /// The protocol.
    pub const fn protocol(&self) -> &P {
        &self.protocol
    }

    /// The protocol, so that a reporter's own settings can be changed after it was created.
    pub const fn protocol_mut(&mut self) -> &mut P {
        &mut self.protocol
    }

    fn resolve(&self) -> Result<Endpoint, BoxError> {
        let server = self.server.as_ref();
        let server = server
            .map(|url| Endpoint::parse(url.expose()))
            .transpose()?;
        self.protocol.endpoint(server.as_ref())
    }
}

impl<P: Protocol> Reporter for HttpReporter<P> {
    async fn deliver(&self, batch: &[Arc<Report>]) -> Vec<Delivery> {
        match self.resolve() {
            Ok(endpoint) => {
                let sending = Batch::new(&self.protocol, &self.client, &endpoint);
                sending.deliver(batch).await
            }
            Err(_) => vec![Delivery::Rejected; batch.len()],
        }
    }

    fn name(&self) -> Cow<'static, str> {
        self.protocol.name()
    }

    fn destination(&self) -> Cow<'static, str> {
        let project = self.protocol.project();
        match self.resolve() {
            Ok(endpoint) => format!("{} {project}", endpoint.url()).into(),
            Err(_) => Cow::Borrowed(""),
        }
    }

    fn wants_frames(&self) -> bool {
        self.protocol.wants_frames()
    }

    fn check(&self) -> Result<(), BoxError> {
        self.protocol.check()?;
        self.client.check(&self.resolve()?)
    }

    fn dropped(&self, reason: Outcome, count: u64) {
        self.protocol.dropped(reason, count);
    }
}
