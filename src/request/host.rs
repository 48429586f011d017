//! Whether a host name means this machine. This guards against DNS rebinding, where a foreign page reads a
//! developer's local server under a name that the attacker controls.

use std::net::{IpAddr, Ipv4Addr};

/// Whether a `Host` or `:authority` names the loopback or one of `hosts`. One that cannot be read does not.
pub(crate) fn is_local_host(host: &str, hosts: &[String]) -> bool {
    host_name(host).is_some_and(|name| {
        is_loopback(name) || hosts.iter().any(|host| host.eq_ignore_ascii_case(name))
    })
}

/// The name or address without brackets, port and trailing dot. `None` if there is more, such as user info.
pub(crate) fn host_name(host: &str) -> Option<&str> {
    let (name, port) = match host.strip_prefix('[') {
        Some(rest) => {
            let (address, rest) = rest.split_once(']')?;
            let port = if rest.is_empty() {
                ""
            } else {
                rest.strip_prefix(':')?
            };
            (address, port)
        }
        None => host.split_once(':').unwrap_or((host, "")),
    };
    let is_host =
        !name.contains(['@', '/', ' ', '\t']) && port.bytes().all(|it| it.is_ascii_digit());
    is_host.then(|| name.strip_suffix('.').unwrap_or(name))
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
            "user@localhost",
            "localhost:evil.example",
            "[::1]evil.example",
            "localhost, evil.example",
            "localhost/evil",
            "\u{fe}",
            "[fe80::1]",
        ];
        let hosts = ["dev.example".to_owned()];
        for host in local {
            assert!(is_local_host(host, &hosts), "{host}");
        }
        for host in foreign {
            assert!(!is_local_host(host, &hosts), "{host}");
        }
    }
}
