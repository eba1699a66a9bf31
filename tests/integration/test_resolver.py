"""A real resolver in trouble: servers that are mute, absent or not named, and questions that are none."""

from __future__ import annotations

from unittest.mock import patch

import dns.resolver
import pytest

from digest.deliver.dns.resolver import TIMEOUT_S, DnsResolver
from digest.errors import Unanswered
from scripted_dns import ScriptedDns


def trouble(resolver: DnsResolver, name: str = "example.org") -> str:
    """Ask, and return what is said of the failure."""
    with pytest.raises(Unanswered) as caught:
        resolver.txt(name)
    assert caught.value.where == name
    return caught.value.message


def test_a_mute_server_costs_its_time_and_no_more() -> None:
    """Whoever is behind a wall that drops packets must not wait for minutes."""
    with ScriptedDns(mute=["example.org"]) as server:
        assert (
            trouble(DnsResolver(["127.0.0.1"], port=server.port, timeout_s=0.2)) == "no answer within 0.2 s"
        )

    assert server.asked[0] == ("TXT", "example.org")
    assert TIMEOUT_S == 5


def test_a_machine_without_a_name_server_says_so() -> None:
    """A container without a network has no such file."""
    with patch.object(
        dns.resolver.Resolver, "read_resolv_conf", side_effect=dns.resolver.NoResolverConfiguration
    ):
        assert trouble(DnsResolver()) == "this machine names no name server"


def test_a_network_that_refuses_is_trouble_and_no_crash() -> None:
    """Sandboxes forbid sockets altogether."""
    with patch("socket.socket", side_effect=PermissionError(1, "not permitted")):
        said = trouble(DnsResolver(["127.0.0.1"]))

    assert said == "the name servers fail or cannot be reached"


def test_a_name_that_the_dns_cannot_hold_is_trouble_and_no_crash() -> None:
    """A selector and a domain may each be fine, and too long together."""
    name = ".".join(["a" * 63] * 4) + ".example.org"

    assert trouble(DnsResolver(["127.0.0.1"]), name) == "the question cannot be asked (NameTooLong)"


def test_bytes_that_are_no_text_are_shown_as_escapes() -> None:
    """A TXT record holds any bytes."""
    with (
        patch("scripted_dns.packed_txt", lambda _text: b"\x03a\xff\x00"),
        ScriptedDns(txt={"example.org": ["?"]}) as server,
    ):
        assert DnsResolver(["127.0.0.1"], port=server.port).txt("example.org") == ("a\\xff\x00",)
