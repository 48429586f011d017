//! Names and addresses that count as local: those of [`Disclosure`](super::Disclosure) and of `BACKSTOP_LOCAL`.

use std::net::Ipv6Addr;

use super::config_error::ConfigError;
use crate::disclosure::{LocalClients, Network};
use crate::request::host_name;

/// Host names, and addresses or networks, as the application wrote them.
#[derive(Clone, Debug, Default)]
pub(super) struct LocalNames {
    pub(super) hosts: Vec<String>,
    pub(super) peers: Vec<String>,
}

const VARIABLE: &str = "BACKSTOP_LOCAL";

/// The hosts, addresses and networks that the environment variable lists, separated by commas.
pub(super) fn from_env() -> Result<LocalNames, ConfigError> {
    let Some(list) = std::env::var_os(VARIABLE) else {
        return Ok(LocalNames::default());
    };
    let Some(list) = list.to_str() else {
        return Err(ConfigError::invalid(
            VARIABLE,
            format!("{list:?} is not UTF-8"),
        ));
    };
    let mut names = LocalNames::default();
    for item in list
        .split(',')
        .map(str::trim)
        .filter(|item| !item.is_empty())
    {
        if item.parse::<Network>().is_ok() {
            names.peers.push(item.to_owned());
        } else if is_host(item) {
            names.hosts.push(item.to_owned());
        } else {
            let message = format!(
                "`{item}` is neither a host name, nor an address, nor a network like `172.16.0.0/12`; omit scheme and port, and separate items by commas"
            );
            return Err(ConfigError::invalid(VARIABLE, message));
        }
    }
    Ok(names)
}

impl LocalNames {
    pub(super) fn extend(&mut self, later: Self) {
        self.hosts.extend(later.hosts);
        self.peers.extend(later.peers);
    }

    pub(super) fn check(&self) -> Result<(), ConfigError> {
        if let Some(host) = self.hosts.iter().find(|host| !is_host(host)) {
            let message = format!("`{host}` is not a valid host name; omit scheme, port and path");
            return Err(ConfigError::invalid("local_hosts", message));
        }
        let is_network = |peer: &&String| peer.parse::<Network>().is_ok();
        if let Some(peer) = self.peers.iter().find(|peer| !is_network(peer)) {
            let message = format!(
                "`{peer}` is neither an address nor a network; write them like `172.17.0.1` and `172.16.0.0/12`"
            );
            return Err(ConfigError::invalid("local_peers", message));
        }
        Ok(())
    }

    /// Adds the names, which were checked before.
    pub(super) fn apply(self, clients: &mut LocalClients) {
        let hosts = self.hosts.into_iter();
        clients
            .hosts
            .extend(hosts.map(|host| match host_name(&host) {
                Some(name) => name.to_owned(),
                None => host,
            }));
        let networks = self
            .peers
            .iter()
            .filter_map(|peer| peer.parse::<Network>().ok());
        clients.peers.extend(networks);
    }
}

fn is_host(host: &str) -> bool {
    let is_name = !(host.is_empty() || host.contains(['/', ':', '@', ' ', ',', '*']));
    is_name || host.parse::<Ipv6Addr>().is_ok()
}
