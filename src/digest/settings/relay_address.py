"""Where a relay is: host and port, or a socket in the file system."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import AfterValidator, WithJsonSchema

Tls = Literal["starttls", "implicit", "none"]

_EXPECTED = "an address such as smtp://mail.example.org:587 or lmtp+unix:/run/lmtp, without user and password"
_PORTS = {"starttls": 587, "implicit": 465, "none": 25}
_LMTP_PORT = 24  #: RFC 2033 section 5 forbids 25; 24 is what delivery agents listen on
_ON_NETWORK = re.compile(r"(smtp|lmtp)://(?:\[([0-9A-Fa-f:.]+)\]|([^\s/@:\[\]?#%]+))(?::([1-9]\d{0,4}))?/?")
# Two slashes would promise a host; one or three begin an absolute path, as in file:/x and file:///x.
_ON_DISK = re.compile(r"(smtp|lmtp)\+unix:((?!//(?!/))[^\s@?#\0]+)")


@dataclass(frozen=True, kw_only=True, slots=True)
class RelayPlace:
    """Where to connect to, and what is spoken there."""

    lmtp: bool  #: RFC 2033 instead of SMTP
    host: str  #: a name or an address without brackets; '' for a socket in the file system
    port: int  #: 0 for a socket in the file system
    socket_file: str  #: relative to the home, or absolute; '' for host and port

    @property
    def is_local(self) -> bool:
        """Whether what is said there stays on this machine."""
        try:
            return not self.host or ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    def __str__(self) -> str:
        """Show the place as errors name it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}" if host else self.socket_file


def read_relay_address(url: str, tls: Tls) -> RelayPlace:
    """Read a relay's address.

    Args:
        url: `smtp://HOST[:PORT]`, `lmtp://HOST[:PORT]`, `smtp+unix:PATH` or `lmtp+unix:PATH`.
        tls: Chooses the port of SMTP when none is written.

    Raises:
        ValueError: It is none of these, or the host's name cannot be one.
    """
    if on_disk := _ON_DISK.fullmatch(url):
        return RelayPlace(lmtp=on_disk[1] == "lmtp", host="", port=0, socket_file=on_disk[2])
    on_network = _ON_NETWORK.fullmatch(url)
    if on_network is None or int(on_network[4] or 0) > 65_535:
        raise ValueError(_EXPECTED)
    lmtp, host = on_network[1] == "lmtp", _checked_host(on_network[2], on_network[3])
    usual = _LMTP_PORT if lmtp else _PORTS[tls]
    return RelayPlace(lmtp=lmtp, host=host, port=int(on_network[4] or usual), socket_file="")


def _checked_host(bracketed: str | None, name: str) -> str:
    try:
        if bracketed is not None:
            ipaddress.IPv6Address(bracketed)
        elif not re.fullmatch(r"[A-Za-z0-9._-]+", name.encode("idna").decode("ascii")):
            raise ValueError(_EXPECTED)
    except ValueError:  # the codec's errors are of this kind, too
        raise ValueError(_EXPECTED) from None
    return bracketed or name


def _an_address(url: str) -> str:
    read_relay_address(url, "starttls")
    return url


RelayAddress = Annotated[
    str, AfterValidator(_an_address), WithJsonSchema({"type": "string", "expected": _EXPECTED})
]
