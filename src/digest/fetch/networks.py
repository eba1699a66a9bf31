"""Which addresses are of the public internet, and which an operator trusts besides.

`ipaddress.is_global` is no such test: Python 3.11 takes NAT64, 6to4, site-local and multicast for
global. So the networks are listed, and of version 6 only what is given out at all is public.

Source: IANA IPv4 and IPv6 Special-Purpose Address Registries; RFC 4291, 6052, 3056, 4380.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_network,
)

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_DENIED: tuple[Network, ...] = tuple(
    ip_network(written)
    for written in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private use
        "100.64.0.0/10",  # behind a provider's NAT
        "127.0.0.0/8",  # this machine
        "169.254.0.0/16",  # link-local; clouds keep their metadata there
        "172.16.0.0/12",  # private use
        "192.0.0.0/24",  # protocols
        "192.0.2.0/24",  # documentation
        "192.88.99.0/24",  # relays of 6to4
        "192.168.0.0/16",  # private use
        "198.18.0.0/15",  # measuring
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # kept back, and broadcast
        "2001::/23",  # protocols, Teredo among them
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4
        "3fff::/20",  # documentation
    )
)
# All that is given out. The rest is not routed, or means something else: ::1, ::ffff:0:0/96 (mapped),
# 64:ff9b::/96 (NAT64), 100::/64 (discard), fc00::/7, fe80::/10, fec0::/10, ff00::/8.
_GIVEN_OUT = IPv6Network("2000::/3")
_PRIVATE_USE: tuple[Network, ...] = tuple(
    ip_network(written)
    for written in ("10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")
)
_LAST_32 = 0xFFFFFFFF


@dataclass(frozen=True, kw_only=True, slots=True)
class Trusted:
    """What an operator opens of the networks that are closed."""

    networks: tuple[Network, ...] = ()  #: reached by any name
    hosts: frozenset[str] = frozenset()  #: lower case; reached where they are in private use

    @classmethod
    def of(cls, places: Sequence[Network | str]) -> Trusted:
        """Sort places into networks and hosts."""
        return cls(
            networks=tuple(place for place in places if not isinstance(place, str)),
            hosts=frozenset(place for place in places if isinstance(place, str)),
        )


def plain(address: Address) -> Address:
    """Return the address that is connected to: ::ffff:10.0.0.1 is 10.0.0.1; a zone is dropped."""
    if isinstance(address, IPv4Address):
        return address
    return address.ipv4_mapped or IPv6Address(int(address))


def is_public(address: Address) -> bool:
    """Tell whether an address, and any address of version 4 within it, is of the public internet."""
    return all(_is_public(each) for each in _all_in(address))


def may_reach(address: Address, host: str, trusted: Trusted) -> bool:
    """Tell whether a host may be connected to at an address.

    A trusted host may be in private use; this machine, link-local addresses and the like have to be
    trusted as networks, since whoever has the host's name can let it point there.

    Args:
        address: Where the host is.
        host: In lower case, as a name or an address.
        trusted: What is open besides the public internet.
    """

    def is_open(each: Address) -> bool:
        return (
            _is_public(each)
            or any(each in network for network in trusted.networks)
            or (host in trusted.hosts and any(each in network for network in _PRIVATE_USE))
        )

    return all(is_open(each) for each in _all_in(address))


def _is_public(address: Address) -> bool:
    if isinstance(address, IPv6Address) and address not in _GIVEN_OUT:
        return False
    return not any(address in network for network in _DENIED)


def _all_in(address: Address) -> Iterator[Address]:
    """Find an address and those of version 4 that a gateway would take out of it."""
    address = plain(address)
    yield address
    if isinstance(address, IPv4Address):
        return
    whole = int(address)
    is_compatible = address in _COMPATIBLE and whole > 1  # :: and ::1 are something of their own
    if is_compatible or address in _NAT64 or address in _LOCAL_NAT64:
        yield IPv4Address(whole & _LAST_32)
    if address.sixtofour is not None:
        yield address.sixtofour
    if address.teredo is not None:
        yield from address.teredo


_NAT64 = IPv6Network("64:ff9b::/96")
_LOCAL_NAT64 = IPv6Network("64:ff9b:1::/48")
_COMPATIBLE = IPv6Network("::/96")
