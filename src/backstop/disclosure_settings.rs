//! What development shows, and to whom: the settings.

use std::sync::Arc;

use super::config_error::ConfigError;
use super::local_names::{LocalNames, from_env};
use super::mode::Mode;
use crate::disclosure::{Policy, Switch};
use crate::error::Failure;
use crate::panics::callback::Callback;
use crate::request::RequestInfo;

/// Which clients see the details of a failure: its type, message, cause chain, fields and source locations.
///
/// What is not set here follows the mode: in development details and backtraces are shown, in production they are not.
/// Whatever is set, only a local client ever sees details: every name and address that its request carries must be this
/// machine's, or one of [`local_hosts`](Self::local_hosts) and [`local_peers`](Self::local_peers), or listed in the
/// environment variable `BACKSTOP_LOCAL`. That includes what proxies forward; [`guide::local_clients`] has the rules, and
/// what to set in containers and behind proxies.
///
/// The address of the peer is known if the service is served with
/// [`into_make_service_with_connect_info`](axum::Router::into_make_service_with_connect_info). A peer whose address is
/// unknown counts as local only if Backstop itself was compiled with debug assertions, as cargo's `dev` profile does.
///
/// [`guide::local_clients`]: crate::guide::local_clients
///
/// # What a developer sees
///
/// A browser gets one page: the failing line of the application with its source, the cause chain, the backtrace with the
/// application's frames open, the request as a `curl` command too, and what the scope recorded as a time line, with queries
/// and calls to other services. It needs no script, which only adds search, copying and keys. `text/plain` has the same for
/// a terminal. `text/markdown`, for clients that ask for it by name, has the failing line first and is short;
/// `Accept: text/markdown; detail=full` asks for all of it. In JSON and XML the member `debug` of the problem has `type`,
/// `help`, `chain`, `fields`, `request`, `culprit`, `frames`, `trace` and `hints`, as far as they are known. Everything is
/// redacted.
///
/// In development every error keeps where it was created, and so does every panic, if
/// [the panic hook](crate::Backstop::install_panic_hook) is installed. Source is read only from the packages and workspaces
/// around the current directory, the program, and `CARGO_MANIFEST_DIR`. In production none of this is kept or read, whatever
/// is set here.
///
/// Two environment variables, read in development, make source locations open in an editor:
///
/// * `BACKSTOP_EDITOR`: `vscode`, `cursor`, `windsurf`, `zed`, `idea`, `rustrover`, or a pattern such as
///   `vscode://file/{file}:{line}:{column}`.
/// * `BACKSTOP_EDITOR_PATHS`: where the editor has the folders of a container, such as `/app=/home/me/shop`, with commas
///   between several.
///
/// ```
/// use backstop::Backstop;
/// use backstop::settings::Disclosure;
///
/// // Details for developers who reach the service under another name.
/// let backstop = Backstop::development()
///     .disclosure(Disclosure::new().local_hosts(["shop.test"]))
///     .build()?;
/// # Ok::<(), backstop::ConfigError>(())
/// ```
#[derive(Clone, Debug, Default)]
#[must_use = "settings do nothing until they are passed to a builder"]
pub struct Disclosure {
    details: Option<Switch>,
    backtrace: Option<Switch>,
    local: LocalNames,
    replace_bodies: Option<bool>,
}

impl Disclosure {
    /// Creates a group that leaves every setting as it is.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether details are shown to local clients. Default: in development.
    pub fn details(mut self, show: bool) -> Self {
        self.details = Some(Switch::from(show));
        self
    }

    /// Decides for each failure whether its details are shown to local clients. If the closure panics, they are not.
    pub fn details_if(
        mut self,
        show: impl Fn(&Failure, &RequestInfo) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.details = Some(Switch::If(Callback::new(Arc::new(show))));
        self
    }

    /// Whether source locations, frames and source are shown where details are. Default: in development.
    pub fn backtrace(mut self, show: bool) -> Self {
        self.backtrace = Some(Switch::from(show));
        self
    }

    /// Decides for each failure whether source locations and frames are shown where details are. If the closure
    /// panics, they are not.
    pub fn backtrace_if(
        mut self,
        show: impl Fn(&Failure, &RequestInfo) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.backtrace = Some(Switch::If(Callback::new(Arc::new(show))));
        self
    }

    /// Host names that count as local beside `localhost` and the loopback addresses, without scheme and port. A later
    /// call adds more. Default: none.
    pub fn local_hosts(mut self, hosts: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let hosts = hosts.into_iter().map(Into::into);
        self.local.hosts.extend(hosts);
        self
    }

    /// Addresses that count as local beside the loopback ones, and networks of them in CIDR notation: `172.17.0.1`,
    /// `10.0.0.0/8`, `fd00::/8`. An address counts as a local host too. A later call adds more. Default: none.
    pub fn local_peers(mut self, peers: impl IntoIterator<Item = impl ToString>) -> Self {
        let peers = peers.into_iter().map(|peer| peer.to_string());
        self.local.peers.extend(peers);
        self
    }

    /// Whether a response of 500 or above is replaced even if it has a content type of its own, such as
    /// `Json(json!({ "error": error.to_string() }))`. Default: `false`, because such a body was made on purpose.
    ///
    /// The body is dropped whole, with everything in it that clients may rely on: codes, ids, links, a page with the
    /// site's layout. JSON of at most 16 KiB becomes the message of the report; anything else is not read. Responses
    /// with [`Passthrough`](crate::layers::Passthrough), and gRPC's, still pass.
    ///
    /// ```
    /// use backstop::Backstop;
    /// use backstop::settings::Disclosure;
    ///
    /// let backstop = Backstop::production()
    ///     .disclosure(Disclosure::new().replace_bodies(true))
    ///     .build()?;
    /// # Ok::<(), backstop::ConfigError>(())
    /// ```
    pub const fn replace_bodies(mut self, replace: bool) -> Self {
        self.replace_bodies = Some(replace);
        self
    }

    /// Adds the settings of a later group, which take precedence.
    pub(super) fn merge(&mut self, later: Self) {
        self.details = later.details.or_else(|| self.details.take());
        self.backtrace = later.backtrace.or_else(|| self.backtrace.take());
        self.local.extend(later.local);
        self.replace_bodies = later.replace_bodies.or(self.replace_bodies);
    }

    pub(super) fn check(&self) -> Result<(), ConfigError> {
        self.local.check()
    }

    /// Completes the policy with these settings, those of the environment, and those of the mode.
    pub(super) fn apply(mut self, mode: Mode, policy: &mut Policy) -> Result<(), ConfigError> {
        let by_mode = || Switch::from(mode.is_development());
        policy.details = self.details.unwrap_or_else(by_mode);
        policy.backtrace = self.backtrace.unwrap_or_else(by_mode);
        policy.replaces_bodies = self.replace_bodies.unwrap_or_default();
        if policy.details.may_be_on() {
            self.local.extend(from_env()?);
        }
        self.local.apply(&mut policy.local_clients);
        Ok(())
    }
}
