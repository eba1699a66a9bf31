"""Where a relay is, as an operator writes it."""

from __future__ import annotations

import pytest

from digest.settings.relay_address import RelayPlace, Tls, read_relay_address


def place(*, lmtp: bool = False, host: str = "", port: int = 0, socket_file: str = "") -> RelayPlace:
    """Make a place; what is not said is empty."""
    return RelayPlace(lmtp=lmtp, host=host, port=port, socket_file=socket_file)


@pytest.mark.parametrize(
    ("url", "tls", "expected"),
    [
        ("smtp://mail.example.org", "starttls", place(host="mail.example.org", port=587)),
        ("smtp://mail.example.org", "implicit", place(host="mail.example.org", port=465)),
        ("smtp://mail.example.org/", "none", place(host="mail.example.org", port=25)),
        ("smtp://[2001:db8::1]:2525", "none", place(host="2001:db8::1", port=2525)),
        ("smtp://bücher.example", "none", place(host="bücher.example", port=25)),
        ("lmtp://store", "none", place(lmtp=True, host="store", port=24)),
        ("lmtp://store", "implicit", place(lmtp=True, host="store", port=24)),
        ("lmtp://store:2424", "starttls", place(lmtp=True, host="store", port=2424)),
        ("lmtp+unix:var/lmtp.sock", "none", place(lmtp=True, socket_file="var/lmtp.sock")),
        ("lmtp+unix:/run/lmtp", "none", place(lmtp=True, socket_file="/run/lmtp")),
        ("lmtp+unix:///run/lmtp", "none", place(lmtp=True, socket_file="///run/lmtp")),
        ("smtp+unix:/run/smtp", "none", place(socket_file="/run/smtp")),
    ],
)
def test_an_address_says_what_is_spoken_where(url: str, tls: Tls, expected: RelayPlace) -> None:
    """Ports are those that IANA and RFC 8314 name; 24 is what delivery agents take LMTP on."""
    assert read_relay_address(url, tls) == expected


@pytest.mark.parametrize(
    "url",
    [
        "smtps://mail.example.org",
        "smtp+unix://run/smtp",  # reads as a host named run
        "smtp+unix:",
        "lmtp+unix:/run/x y",
        "smtp://[fe80::g]",
        "smtp://[::1",
        "smtp://a..b",
        "smtp://a\u2100b",  # becomes a slash
        "smtp://" + "a" * 64,  # a label has 63 octets
        "smtp://x:70000",
        "smtp://x%41",
    ],
)
def test_what_no_connection_could_be_made_to_is_refused(url: str) -> None:
    """The fault is told with its line, not at the first recipient."""
    with pytest.raises(ValueError, match="without user and password"):
        read_relay_address(url, "none")


@pytest.mark.parametrize(
    ("url", "is_local"),
    [
        ("smtp://127.0.0.1", True),
        ("smtp://127.8.8.8", True),
        ("smtp://[::1]", True),
        ("smtp://localhost", True),
        ("lmtp+unix:x", True),
        ("smtp://localhost.example.org", False),
        ("smtp://10.0.0.1", False),
        ("lmtp://[2001:db8::1]", False),
    ],
)
def test_only_this_machine_is_local(url: str, is_local: bool) -> None:
    """A password goes there in clear, and nowhere else."""
    assert read_relay_address(url, "none").is_local is is_local


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("smtp://[::1]:25", "[::1]:25"),
        ("smtp://x:25", "x:25"),
        ("lmtp+unix:var/lmtp", "var/lmtp"),
    ],
)
def test_a_place_is_shown_as_errors_name_it(url: str, shown: str) -> None:
    """The operator finds it in the settings."""
    assert str(read_relay_address(url, "none")) == shown
