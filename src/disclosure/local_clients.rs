//! The development gate: which clients are on this machine, or named by the application.

use std::fmt;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU16, Ordering};

use http::Version;

use super::network::Network;
use super::redactor::Redactor;
use crate::panics::catch::catch_panic;
use crate::request::{MentionKind, RequestInfo, host_name, is_local_host, is_loopback_address};
use crate::text::prefix;

/// The clients that may see details, besides those on this machine.
#[derive(Debug, Default)]
pub(crate) struct LocalClients {
    /// Names of this machine besides those of the loopback addresses.
    pub(crate) hosts: Vec<String>,
    /// Addresses that count as local.
    pub(crate) peers: Vec<Network>,
    /// Whether it is logged why details were hidden.
    pub(crate) logs: bool,
    /// The reasons that were logged, by their bits.
    logged: AtomicU16,
}

/// Why a client does not count as local, with the value that says so.
#[derive(Debug)]
struct Refusal {
    reason: Reason,
    value: String,
}

/// One reason is logged once.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Reason {
    Version,
    Host,
    TwoHosts,
    Peer,
    UnknownPeer,
    ForwardedAddress,
    ForwardedHost,
    Unreadable,
    Proxy,
}

impl LocalClients {
    /// Whether a request names nothing but this machine, or what the application named, and comes from there.
    pub(super) fn include(&self, request: &RequestInfo, redactor: &Redactor) -> bool {
        match self.check(request) {
            Ok(()) => true,
            Err(refusal) => {
                self.log(&refusal, redactor);
                false
            }
        }
    }

    fn check(&self, request: &RequestInfo) -> Result<(), Refusal> {
        let refuse = |reason, value: &dyn fmt::Display| {
            Err(Refusal {
                reason,
                value: value.to_string(),
            })
        };
        if request.version() < Version::HTTP_11 {
            return refuse(Reason::Version, &format_args!("{:?}", request.version()));
        }
        if request.hosts() > 1 {
            return refuse(Reason::TwoHosts, &"host");
        }
        let mentions = request.mentions();
        for mention in &mentions {
            let reason = match mention.kind {
                MentionKind::Host if !self.includes_host(&mention.text) => Reason::Host,
                MentionKind::ForwardedHost if !self.includes_host(&mention.text) => {
                    Reason::ForwardedHost
                }
                MentionKind::Address(address) if !self.includes_address(address) => {
                    Reason::ForwardedAddress
                }
                MentionKind::Unreadable => Reason::Unreadable,
                _ => continue,
            };
            return refuse(
                reason,
                &format_args!("{}: {}", mention.source, mention.text),
            );
        }
        // A proxy that names neither the client nor its host could have any client.
        let has_address = mentions
            .iter()
            .any(|it| matches!(it.kind, MentionKind::Address(_)));
        let has_host = mentions
            .iter()
            .any(|it| it.kind == MentionKind::ForwardedHost);
        let silent = mentions.iter().find(|it| match it.kind {
            MentionKind::Via => !has_address,
            MentionKind::Proxy => !has_address && !has_host,
            _ => false,
        });
        if let Some(proxy) = silent {
            return refuse(
                Reason::Proxy,
                &format_args!("{}: {}", proxy.source, proxy.text),
            );
        }
        match request.peer() {
            Some(peer) if self.includes_address(peer) => Ok(()),
            Some(peer) => refuse(Reason::Peer, &peer),
            // The service may be reachable from anywhere, and the client chooses all of the above.
            None if cfg!(debug_assertions) => Ok(()),
            None => refuse(Reason::UnknownPeer, &"unknown"),
        }
    }

    fn includes_host(&self, host: &str) -> bool {
        is_local_host(host, &self.hosts)
            || host_name(host)
                .and_then(|name| name.parse().ok())
                .is_some_and(|address: IpAddr| {
                    let mut single = self.peers.iter().filter_map(|peer| peer.single());
                    single.any(|peer| peer == address.to_canonical())
                })
    }

    fn includes_address(&self, address: IpAddr) -> bool {
        is_loopback_address(address) || self.peers.iter().any(|peer| peer.contains(address))
    }

    /// Logs why details were hidden, once for each reason.
    #[cold]
    fn log(&self, refusal: &Refusal, redactor: &Redactor) {
        const MAX_VALUE: usize = 200;
        let bit = 1 << refusal.reason as u16;
        if !self.logs || self.logged.fetch_or(bit, Ordering::Relaxed) & bit != 0 {
            return;
        }
        let value = redactor.text(prefix(&refusal.value, MAX_VALUE));
        // The subscriber belongs to the application.
        catch_panic(|| {
            tracing::warn!(
                target: "backstop",
                // `Debug` escapes whatever could forge a record.
                value = ?value,
                fix = refusal.reason.fix(),
                "details of failures are hidden from a client: {} (logged once for this reason)",
                refusal.reason.as_str(),
            );
        });
    }
}

impl Reason {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Version => "its request is HTTP/1.0, which proxies speak",
            Self::Host => "it asks for a host that is not this machine's",
            Self::TwoHosts => "its request has more than one `Host`",
            Self::Peer => "its address is not this machine's",
            Self::UnknownPeer => "its address is unknown",
            Self::ForwardedAddress => "a proxy forwarded the request of another address",
            Self::ForwardedHost => "a proxy forwarded the request for another host",
            Self::Unreadable => "a proxy's header cannot be read",
            Self::Proxy => "a proxy forwarded the request without an address",
        }
    }

    /// What shows details to this client.
    const fn fix(self) -> &'static str {
        match self {
            Self::Host | Self::ForwardedHost => {
                "name the host in `Disclosure::local_hosts` or in `BACKSTOP_LOCAL`"
            }
            Self::Peer | Self::ForwardedAddress => {
                "name the address or its network in `Disclosure::local_peers` or in `BACKSTOP_LOCAL`"
            }
            Self::UnknownPeer => {
                "serve with `into_make_service_with_connect_info::<SocketAddr>()`, in tests use `testing::local`"
            }
            Self::Version => "let the proxy speak HTTP/1.1 and send `X-Forwarded-For`",
            Self::TwoHosts => "send one `Host`",
            Self::Unreadable => "let the proxy send addresses, without `unknown` and made-up names",
            Self::Proxy => "let the proxy send `X-Forwarded-For`",
        }
    }
}
