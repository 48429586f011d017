//! The development gate: which clients are on this machine, or named by the application.

use std::net::IpAddr;

use crate::request::{RequestInfo, is_loopback_address};

/// The clients that may see details, besides those on this machine.
#[derive(Debug, Default)]
pub(crate) struct LocalClients {
    /// Names of this machine besides those of the loopback addresses.
    pub(crate) hosts: Vec<String>,
    /// Addresses that count as local.
    pub(crate) peers: Vec<IpAddr>,
}

impl LocalClients {
    /// Whether a request names this machine and comes from it.
    pub(super) fn include(&self, request: &RequestInfo) -> bool {
        request.has_local_host(&self.hosts) && self.includes_peer(request.peer())
    }

    /// Whether a peer is on this machine, or named by the application. If its address is unknown, the service may be
    /// reachable from anywhere: only a build with debug assertions then trusts the `Host` header.
    fn includes_peer(&self, peer: Option<IpAddr>) -> bool {
        match peer {
            Some(peer) => is_loopback_address(peer) || self.peers.contains(&peer),
            None => cfg!(debug_assertions),
        }
    }
}
