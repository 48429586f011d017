//! [`Network`]: an address, or all addresses that start with the same bits.

use std::net::IpAddr;
use std::str::FromStr;

/// An address, or a network in CIDR notation: `172.17.0.1`, `10.0.0.0/8`, `fd00::/8`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Network {
    address: IpAddr,
    /// How many bits an address must have in common with this one.
    bits: u8,
}

impl Network {
    /// Whether an address is in the network. The IPv4-mapped form of an IPv4 address is the same address.
    pub(crate) fn contains(self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                let differing = own.to_bits() ^ other.to_bits();
                differing.leading_zeros() >= u32::from(self.bits)
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => {
                let differing = own.to_bits() ^ other.to_bits();
                differing.leading_zeros() >= u32::from(self.bits)
            }
            _ => false,
        }
    }

    /// The address, if the network has only one.
    pub(crate) fn single(self) -> Option<IpAddr> {
        (self.bits == width(self.address)).then_some(self.address)
    }
}

impl FromStr for Network {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(drop)?;
        // `::ffff:10.0.0.0/104` would be meant as `10.0.0.0/8`.
        let address = if bits.is_none() {
            address.to_canonical()
        } else {
            address
        };
        let bits = match bits {
            Some(bits) => bits.parse().map_err(drop)?,
            None => width(address),
        };
        if bits > width(address) {
            return Err(());
        }
        Ok(Self { address, bits })
    }
}

const fn width(address: IpAddr) -> u8 {
    match address {
        IpAddr::V4(_) => 32,
        IpAddr::V6(_) => 128,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_contains_the_addresses_that_share_its_bits() {
        for (network, inside, outside) in [
            ("172.17.0.1", "172.17.0.1", "172.17.0.2"),
            ("172.17.0.1", "::ffff:172.17.0.1", "::172.17.0.1"),
            ("::ffff:172.17.0.1", "172.17.0.1", "172.17.0.0"),
            ("10.0.0.0/8", "10.255.1.2", "11.0.0.0"),
            ("172.17.0.1/12", "172.31.0.9", "172.32.0.0"),
            ("192.168.1.0/31", "192.168.1.1", "192.168.1.2"),
            ("0.0.0.0/0", "203.0.113.9", "::2"),
            ("fd00::/8", "fdff::1", "fe00::"),
            ("::1/128", "::1", "::2"),
        ] {
            let parsed: Network = network.parse().unwrap();
            assert!(
                parsed.contains(inside.parse().unwrap()),
                "{network} {inside}"
            );
            assert!(
                !parsed.contains(outside.parse().unwrap()),
                "{network} {outside}"
            );
        }
        for text in [
            "",
            "localhost",
            "10.0.0.0/33",
            "::/129",
            "10.0.0.0/",
            "10.0.0.0/-1",
            "10.0.0/8",
            "/8",
            "10.0.0.0/8/8",
        ] {
            assert!(text.parse::<Network>().is_err(), "{text}");
        }
    }
}
