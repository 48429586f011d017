//! Whether a host name means this machine. This guards against DNS rebinding, where a foreign page reads a
//! developer's local server under a name that the attacker controls.

use std::net::{IpAddr, Ipv4Addr};

/// Whether a `Host` or `:authority` names the loopback or one of `hosts`. An invalid one does not.
pub(super) fn is_local(host: &[u8], hosts: &[String]) -> bool {
    let Some(name) = std::str::from_utf8(host).ok().and_then(name) else {
        return false;
    };
    is_loopback(name) || hosts.iter().any(|host| host.eq_ignore_ascii_case(name))
}

/// The name without user info, port and trailing dot.
fn name(host: &str) -> Option<&str> {
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    let name = if let Some(rest) = host.strip_prefix('[') {
        rest.split_once(']')?.0
    } else {
        host.split_once(':').map_or(host, |(name, _)| name)
    };
    Some(name.strip_suffix('.').unwrap_or(name))
}

fn is_loopback(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name == "localhost"
        || name.ends_with(".localhost")
        || name.parse::<IpAddr>().is_ok_and(is_loopback_address)
}

/// Whether an address is in 127.0.0.0/8, is `::1`, or is an IPv4-mapped form of the former.
pub(crate) fn is_loopback_address(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_loopback(),
        IpAddr::V6(address) => {
            address.is_loopback()
                || address
                    .to_ipv4_mapped()
                    .as_ref()
                    .is_some_and(Ipv4Addr::is_loopback)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_this_machine_are_local() {
        let local = [
            "localhost",
            "LOCALHOST:3000",
            "localhost.",
            "app.localhost",
            "127.0.0.1",
            "127.9.9.9:80",
            "[::1]",
            "[::1]:3000",
            "[::ffff:127.0.0.1]",
            "Dev.Example:8080",
            "user@localhost",
        ];
        let foreign = [
            "",
            "evil.example",
            "localhost.evil.example",
            "notlocalhost",
            "10.0.0.1",
            "127.0.0.1.evil.example",
            "[::2]",
            "[::1",
            "0.0.0.0",
            "localhost@evil.example",
            "\u{fe}",
            "[fe80::1]",
        ];
        let hosts = ["dev.example".to_owned()];
        for host in local {
            assert!(is_local(host.as_bytes(), &hosts), "{host}");
        }
        for host in foreign {
            assert!(!is_local(host.as_bytes(), &hosts), "{host}");
        }
        assert!(!is_local(&[0xff], &hosts));
    }
}
