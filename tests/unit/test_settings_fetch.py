"""How documents are fetched: what may be written, and what is refused."""

from __future__ import annotations

from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest

from digest.errors import SettingsError
from digest.settings import load_settings
from digest.settings.fetch import read_place

SYSTEM = """\
site: {base_url: "https://news.example.org", postal_address: "1 Example Street"}
relays: [{name: main, url: "smtp://127.0.0.1:2525", tls: none}]
fetch:
"""


def fault(home: Path, line: str) -> str:
    """Return the faults of a configuration with that line under `fetch`."""
    (home / "config" / "digest.yaml").write_text(f"{SYSTEM}  {line}\n", encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        load_settings(home, {})
    return str(caught.value)


def test_nothing_written_trusts_nobody(home: Path) -> None:
    """A fresh installation reaches the public internet on its two ports, for twenty seconds."""
    (home / "config" / "digest.yaml").write_text(SYSTEM.removesuffix("fetch:\n"), encoding="utf-8")
    fetch = load_settings(home, {}).system.fetch

    assert fetch.allow_private == ()
    assert fetch.ports == (80, 443)
    assert fetch.deadline == timedelta(seconds=20)
    assert fetch.user_agent is None


@pytest.mark.parametrize(
    ("written", "place"),
    [
        ("10.0.0.0/8", ip_network("10.0.0.0/8")),
        ("10.1.2.3", ip_network("10.1.2.3/32")),
        ("fd00::/8", ip_network("fd00::/8")),
        ("FC00::/7", ip_network("fc00::/7")),
        ("::1", ip_network("::1/128")),
        ("Intranet.Example.org", "intranet.example.org"),
        ("intranet", "intranet"),
    ],
)
def test_a_place_is_a_network_or_a_host(written: str, place: object) -> None:
    """Both are what people have: a list of networks, or the name of one server."""
    assert read_place(written) == place


@pytest.mark.parametrize(
    "written",
    ["0.0.0.0/0", "::/0", "8.0.0.0/7", "10.0.0.1/8", "10.0.0.0/33", "2130706433", "127.1", "0x7f.1",
     "*.example.org", ".example.org", "http://intranet", "intranet:8080", "a b", "", "bücher.example"],
)  # fmt: skip
def test_a_place_that_is_neither_is_a_fault_with_its_line(written: str, home: Path) -> None:
    """An exception that opens everything, or nothing, is found at `digest check`."""
    said = fault(home, f"allow_private: [10.0.0.0/8, '{written}']")

    assert "digest.yaml:4: fetch.allow_private.1: expected a network such as 10.0.0.0/8, or a host" in said


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ("ports: []", "fetch.ports"),
        ("ports: [0]", "fetch.ports.0"),
        ("ports: [65536]", "fetch.ports.0"),
        ("deadline: 20", "fetch.deadline"),
        ('user_agent: "a\\r\\nX-Evil: 1"', "fetch.user_agent"),
        ("ca_file: keys/none.pem", "fetch.ca_file"),
        ("follow: true", "fetch.follow"),
    ],
)
def test_other_faults_name_their_key(line: str, key: str, home: Path) -> None:
    """All faults are told at once, before anything is fetched."""
    assert f"digest.yaml:4: {key}: expected" in fault(home, line)
