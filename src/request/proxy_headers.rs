//! The headers in which a request names its host, and in which proxies name the client and the host that it asked.

use std::borrow::Cow;
use std::net::{IpAddr, SocketAddrV4};

use http::header::HOST;
use http::{HeaderMap, HeaderName, HeaderValue};

use super::forwarded_header;

/// Those headers of one request, in the order of their lines.
#[derive(Clone, Default)]
pub(super) struct Forwarding {
    lines: Vec<(HeaderName, HeaderValue)>,
    /// Whether there were more of them than are kept.
    is_cut: bool,
}

/// One thing that a request says about its client or its host.
#[derive(Debug)]
pub(crate) struct Mention<'a> {
    /// Where it is said: the name of a header, or `:authority`.
    pub(crate) source: &'a str,
    /// The text, as it was sent.
    pub(crate) text: Cow<'a, str>,
    pub(crate) kind: MentionKind,
}

/// What a [`Mention`] is about.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum MentionKind {
    /// The host that the client asked.
    Host,
    /// The host that the client asked a proxy.
    ForwardedHost,
    /// The address of a client or a proxy.
    Address(IpAddr),
    /// A proxy took part, which did not say for whom.
    Proxy,
    /// A proxy took part, which says so in a header that never has an address.
    Via,
    /// An address or a host that cannot be read.
    Unreadable,
}

/// What a header contains.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Contents {
    Host,
    Addresses,
    Hosts,
    Forwarded,
    Proxy,
    Via,
}

/// How many lines are kept, and how many bytes of them. A line is kept whole or not at all, because a part of one may
/// name another client.
const MAX_LINES: usize = 32;
const MAX_BYTES: usize = 8 * 1024;

impl Forwarding {
    pub(super) fn new(headers: &HeaderMap) -> Self {
        let mut forwarding = Self::default();
        let mut bytes = 0;
        for (name, value) in headers {
            if contents(name).is_none() {
                continue;
            }
            bytes += value.len();
            if forwarding.lines.len() == MAX_LINES || bytes > MAX_BYTES {
                forwarding.is_cut = true;
                break;
            }
            forwarding.lines.push((name.clone(), value.clone()));
        }
        forwarding
    }

    /// How many `Host` headers there are.
    pub(super) fn hosts(&self) -> usize {
        self.lines.iter().filter(|(name, _)| *name == HOST).count()
    }

    /// Everything that the headers say.
    pub(super) fn mentions(&self) -> Vec<Mention<'_>> {
        let mut mentions = Vec::new();
        for (name, value) in &self.lines {
            read(name, value, &mut mentions);
        }
        if self.is_cut {
            mentions.push(Mention {
                source: "the proxies' headers",
                text: Cow::Borrowed("(too many or too long)"),
                kind: MentionKind::Unreadable,
            });
        }
        mentions
    }
}

fn read<'a>(name: &'a HeaderName, value: &'a HeaderValue, mentions: &mut Vec<Mention<'a>>) {
    let text = String::from_utf8_lossy(value.as_bytes());
    let mut mention = |text: &str, kind| {
        mentions.push(Mention {
            source: name.as_str(),
            text: Cow::Owned(text.to_owned()),
            kind,
        });
    };
    let node = |node: &str| address(node).map_or(MentionKind::Unreadable, MentionKind::Address);
    match contents(name) {
        None => {}
        Some(Contents::Host) => mention(&text, MentionKind::Host),
        Some(Contents::Proxy) => mention(&text, MentionKind::Proxy),
        Some(Contents::Via) => mention(&text, MentionKind::Via),
        Some(Contents::Addresses) => {
            for item in text.split(',') {
                mention(item.trim_ascii(), node(item.trim_ascii()));
            }
        }
        Some(Contents::Hosts) => {
            for item in text.split(',') {
                mention(item.trim_ascii(), MentionKind::ForwardedHost);
            }
        }
        Some(Contents::Forwarded) => {
            let Some(elements) = forwarded_header::elements(&text) else {
                mention(&text, MentionKind::Unreadable);
                return;
            };
            for element in &elements {
                for it in &element.nodes {
                    mention(it, node(it));
                }
                match &element.host {
                    Some(host) => mention(host, MentionKind::ForwardedHost),
                    None if element.nodes.is_empty() => mention(&text, MentionKind::Via),
                    None => {}
                }
            }
        }
    }
}

/// What a header contains, if it names a host or a client. Beside the standard's and the de facto standards, these are
/// the headers of CDNs, of load balancers and of platforms, most of which end in the same words.
fn contents(name: &HeaderName) -> Option<Contents> {
    const ADDRESSES: [&str; 9] = [
        "-client-ip",
        "-clientip",
        "-connecting-ip",
        "-connecting-ipv6",
        "-forwarded-for",
        "-real-ip",
        "-remote-ip",
        "-source-ip",
        "-user-ip",
    ];
    const HOSTS: [&str; 3] = ["-forwarded-host", "-original-host", "-host-override"];
    let name = name.as_str();
    Some(match name {
        "host" => Contents::Host,
        "forwarded" | "x-forwarded" => Contents::Forwarded,
        "via" | "cdn-loop" => Contents::Via,
        "client-ip"
        | "forwarded-for"
        | "x-azure-socketip"
        | "x-envoy-external-address"
        | "x-originating-ip"
        | "x-nf-client-connection-ip"
        | "x-remote-addr" => Contents::Addresses,
        "disguised-host" | "x-host" => Contents::Hosts,
        "front-end-https" | "x-original-proto" | "x-original-uri" | "x-original-url"
        | "x-scheme" | "x-url-scheme" => Contents::Proxy,
        _ if ADDRESSES.iter().any(|end| name.ends_with(end)) => Contents::Addresses,
        _ if HOSTS.iter().any(|end| name.ends_with(end)) => Contents::Hosts,
        _ if name.starts_with("x-forwarded-") => Contents::Proxy,
        _ => return None,
    })
}

/// The address of a node: with or without a port, an IPv6 address also without brackets.
fn address(node: &str) -> Option<IpAddr> {
    if let Some(rest) = node.strip_prefix('[') {
        let (address, port) = rest.split_once(']')?;
        let is_port = port.is_empty() || port.strip_prefix(':')?.parse::<u16>().is_ok();
        return address.parse().ok().filter(|_| is_port).map(IpAddr::V6);
    }
    let with_port = || Some(IpAddr::V4(*node.parse::<SocketAddrV4>().ok()?.ip()));
    node.parse().ok().or_else(with_port)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_may_have_a_port_and_brackets() {
        for (text, expected) in [
            ("127.0.0.1", "127.0.0.1"),
            ("127.0.0.1:80", "127.0.0.1"),
            ("::1", "::1"),
            ("[::1]", "::1"),
            ("[::1]:80", "::1"),
            ("::ffff:127.0.0.1", "::ffff:127.0.0.1"),
        ] {
            assert_eq!(address(text), expected.parse().ok(), "{text}");
        }
        for text in [
            "",
            "unknown",
            "_hidden",
            "localhost",
            "[::1",
            "[::1]x",
            "[::1]:_x",
            "127.0.0.1:x",
            "unix:",
            "127.1",
            "fe80::1%eth0",
        ] {
            assert_eq!(address(text), None, "{text}");
        }
    }

    #[test]
    fn headers_of_cdns_and_platforms_are_known_by_their_last_words() {
        let known = |name: &'static str| contents(&HeaderName::from_static(name)).is_some();
        for name in [
            "host",
            "forwarded",
            "via",
            "x-forwarded-for",
            "x-forwarded-host",
            "x-forwarded-proto",
            "x-forwarded-prefix",
            "x-real-ip",
            "cf-connecting-ip",
            "cf-connecting-ipv6",
            "true-client-ip",
            "fastly-client-ip",
            "fly-client-ip",
            "x-cluster-client-ip",
            "x-azure-clientip",
            "x-original-forwarded-for",
            "x-vercel-forwarded-for",
            "x-appengine-user-ip",
            "x-original-host",
        ] {
            assert!(known(name), "{name}");
        }
        for name in [
            "accept",
            "user-agent",
            "origin",
            "referer",
            "x-request-id",
            "x-api-version",
        ] {
            assert!(!known(name), "{name}");
        }
    }
}
