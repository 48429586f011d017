//! The development gate: which clients are on this machine, or named by the application.

use std::net::IpAddr;

use crate::request::{RequestInfo, is_loopback_address};

/// The clients that may see details, beside those of this machine.
#[derive(Debug, Default)]
pub(crate) struct LocalClients {
    /// Names of this machine beside those of the loopback.
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
    /// reachable from anywhere: only a build for development then takes the `Host` header's word for it.
    fn includes_peer(&self, peer: Option<IpAddr>) -> bool {
        match peer {
            Some(peer) => is_loopback_address(peer) || self.peers.contains(&peer),
            None => cfg!(debug_assertions),
        }
    }
}
