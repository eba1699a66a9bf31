"""Which addresses are public: against the registries' figures, written down a second time in another way."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.fetch.networks import Trusted, is_public, may_reach, plain

# First and last addresses in dotted form, read off the IANA IPv4 Special-Purpose Address Registry,
# with multicast and class E: no prefix arithmetic, so that a wrong prefix shows.
CLOSED_4 = [
    ("0.0.0.0", "0.255.255.255"),  # noqa: S104 - why: nobody listens here
    ("10.0.0.0", "10.255.255.255"),
    ("100.64.0.0", "100.127.255.255"),
    ("127.0.0.0", "127.255.255.255"),
    ("169.254.0.0", "169.254.255.255"),
    ("172.16.0.0", "172.31.255.255"),
    ("192.0.0.0", "192.0.0.255"),
    ("192.0.2.0", "192.0.2.255"),
    ("192.88.99.0", "192.88.99.255"),
    ("192.168.0.0", "192.168.255.255"),
    ("198.18.0.0", "198.19.255.255"),
    ("198.51.100.0", "198.51.100.255"),
    ("203.0.113.0", "203.0.113.255"),
    ("224.0.0.0", "255.255.255.255"),
]
# Half-way in, too, since a prefix that is one bit too long closes only the first half.
MIDDLES_4 = [
    str(IPv4Address((int(IPv4Address(first)) + int(IPv4Address(last))) // 2 + step))
    for first, last in [*CLOSED_4, ("224.0.0.0", "239.255.255.255")]
    for step in (0, 1)
]
EDGES_4 = [edge for pair in CLOSED_4 for edge in pair] + MIDDLES_4


def octets(text: str) -> tuple[int, ...]:
    """Read a dotted address without `ipaddress`."""
    return tuple(int(part) for part in text.split("."))


def closed_4(address: tuple[int, ...]) -> bool:
    """Compare octets as a person would."""
    return any(octets(first) <= address <= octets(last) for first, last in CLOSED_4)


def closed_6(nibbles: str) -> bool:
    """Judge the 32 hexadecimal digits of an address by what they begin with (IANA, version 6)."""
    embedded = nibbles[24:] if nibbles.startswith("0" * 20 + "ffff") else None
    if embedded:
        return closed_4(tuple(bytes.fromhex(embedded)))
    if nibbles[0] not in "23":
        return True
    if nibbles.startswith(("20010db8", "2002", "3fff0")):
        return True
    return nibbles.startswith("2001") and nibbles[4:6] in {"00", "01"}


def near(edges: list[str]) -> st.SearchStrategy[IPv4Address]:
    """Draw addresses at and beside the edges, where mistakes live."""
    return st.builds(
        lambda edge, step: IPv4Address((int(IPv4Address(edge)) + step) % 2**32),
        st.sampled_from(edges),
        st.integers(-2, 2),
    )


PREFIXES_6 = [
    "::", "::ffff:0:0", "64:ff9b::", "64:ff9b:1::", "100::", "2001::", "2001:1ff:ffff::", "2001:200::",
    "2001:db8::", "2001:db9::", "2002::", "2003::", "3ffe::", "3fff::", "3fff:800::", "3fff:1000::", "4000::",
    "1fff::", "5f00::", "fc00::", "fdff::", "fe80::", "febf::", "fec0::", "ff00::", "2606:2800::",
]  # fmt: skip
SIXES = st.builds(
    lambda prefix, step: IPv6Address((int(IPv6Address(prefix)) + step) % 2**128),
    st.sampled_from(PREFIXES_6),
    st.one_of(st.integers(-2, 2), st.integers(0, 2**32 - 1), st.integers(0, 2**96 - 1)),
)


@pytest.mark.parametrize("edge", EDGES_4)
def test_every_edge_of_version_4_is_where_the_registry_says(edge: str) -> None:
    """Chance may pass an edge by."""
    for step in (-1, 0, 1):
        address = IPv4Address((int(IPv4Address(edge)) + step) % 2**32)
        assert is_public(address) is not closed_4(octets(str(address)))


@pytest.mark.parametrize("prefix", PREFIXES_6)
def test_every_edge_of_version_6_is_where_the_registry_says(prefix: str) -> None:
    """The same, with the address before each prefix."""
    for step in (-1, 0, 1):
        address = IPv6Address((int(IPv6Address(prefix)) + step) % 2**128)
        assert is_public(address) is not closed_6(f"{int(address):032x}")


@given(st.one_of(near(EDGES_4), st.ip_addresses(v=4)))
def test_version_4_is_closed_where_the_registry_says(address: IPv4Address) -> None:
    """One wrong bit of a prefix opens or closes thousands of hosts."""
    assert is_public(address) is not closed_4(octets(str(address)))


@given(st.one_of(SIXES, st.ip_addresses(v=6)))
def test_version_6_is_closed_where_the_registry_says(address: IPv6Address) -> None:
    """What begins with 2 or 3 is given out; a few blocks of it are not for hosts."""
    nibbles = f"{int(address):032x}"

    assert is_public(address) is not closed_6(nibbles)


@given(st.one_of(near(EDGES_4), SIXES, st.ip_addresses()))
def test_we_never_open_what_the_standard_library_knows_to_be_closed(
    address: IPv4Address | IPv6Address,
) -> None:
    """It is too open, so we have to be within it."""
    if is_public(address):
        assert plain(address).is_global


@given(near(EDGES_4))
def test_an_address_is_judged_alike_in_whatever_it_is_wrapped(four: IPv4Address) -> None:
    """Mapped is the same host; the other wrappings go through a gateway and are never public."""
    value = int(four)
    mapped = IPv6Address((0xFFFF << 32) | value)
    wrapped = [
        IPv6Address((0x64FF9B << 96) | value),
        IPv6Address((0x2002 << 112) | (value << 80)),
        IPv6Address((0x20010000 << 96) | (value ^ 0xFFFFFFFF)),
        IPv6Address(value),
    ]

    assert is_public(mapped) is is_public(four)
    assert [address for address in wrapped if is_public(address)] == []


@pytest.mark.parametrize(
    "written",
    ["64:ff9b::7f00:1", "2002:7f00:1::", "::127.0.0.1", "fec0::1", "224.0.0.1", "192.88.99.1", "ff02::1",
     "192.0.0.8"],
)  # fmt: skip
def test_what_python_3_11_takes_for_global_is_closed(written: str) -> None:
    """Found by hand in the standard library of the oldest Python we run on."""
    assert not is_public(ip_address(written))


@pytest.mark.parametrize(
    "written", ["1.1.1.1", "93.184.216.34", "100.128.0.0", "172.32.0.1", "2606:2800:220:1::1", "2a00::1"]
)
def test_public_servers_are_public(written: str) -> None:
    """A door that never opens fetches nothing."""
    assert is_public(ip_address(written))


def test_a_trusted_gateway_opens_no_inner_address() -> None:
    """On a network with NAT64 alone the operator trusts the gateway, not what hides behind it."""
    trusted = Trusted.of([ip_network(each) for each in ("64:ff9b::/96", "2001::/32", "2002::/16")])
    outward = ["64:ff9b::93.184.216.34", "2002:5db8:d822::1", "2001:0:5db8:d822:0:0:a247:27dd"]
    inward = [
        "64:ff9b::127.0.0.1",
        "64:ff9b::10.0.0.1",
        "2002:7f00:1::",
        "2001:0:7f00:1:0:0:a247:27dd",
        "2001:0:5db8:d822:0:0:80ff:fffe",
    ]

    assert [each for each in outward if not may_reach(ip_address(each), "a.example.org", trusted)] == []
    assert [each for each in inward if may_reach(ip_address(each), "a.example.org", trusted)] == []


@given(st.ip_addresses(v=4), st.ip_addresses(v=4))
def test_trust_in_one_address_opens_that_address_alone(one: IPv4Address, other: IPv4Address) -> None:
    """A list of exceptions must not be wider than it reads."""
    trusted = Trusted.of([ip_network(f"{one}/32")])

    assert may_reach(one, "a.example.org", trusted)
    assert may_reach(other, "a.example.org", trusted) is (is_public(other) or other == one)
