"""A web address, taken apart once; what is not plain is refused rather than guessed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from digest.errors import FetchError
from digest.fetch.networks import Address

MAX_CHARS = 4_000
_DEFAULT_PORTS = {"http": 80, "https": 443}
_NETLOC = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^:\[\]]+)(?::([0-9]{0,5}))?")
_LABEL = r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?"
_HOST = re.compile(rf"{_LABEL}(\.{_LABEL})*")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_KEPT = "%/:@!$&'()*+,;=~-._"
# Python's codec maps them as of 2003 and so to another host; browsers no longer do.
_OTHER_IN_2008 = re.compile("[ßẞς\u200c\u200d]")


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """Where to connect to, and what to ask for there."""

    url: str  #: the address in its plain form, without a fragment
    secure: bool  #: by TLS
    host: str  #: lower case: a name, or an address without brackets
    port: int
    path: str  #: with the query, percent-encoded
    address: Address | None  #: the host, when it is an address

    @property
    def netloc(self) -> str:
        """The host as the request names it, the port only when it is not the usual one."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        usual = _DEFAULT_PORTS["https" if self.secure else "http"]
        return host if self.port == usual else f"{host}:{self.port}"


def read_target(text: str) -> Target:
    """Take a web address apart.

    Letters outside ASCII are encoded, the fragment is dropped. Hosts are names, or addresses in
    their one plain form: `2130706433`, `0x7f.1` and `127.1` are none.

    Raises:
        FetchError: It is not http or https, holds a user, or is no address of that kind. Permanent.
    """
    text = text.strip(" \t\r\n\f")
    if len(text) > MAX_CHARS or not text.isprintable():
        raise _refused("is no web address")
    try:
        parts = urlsplit(text)
    except ValueError as error:
        raise _refused("is no web address") from error
    if parts.scheme not in _DEFAULT_PORTS:
        raise _refused("is neither http nor https")
    if "@" in parts.netloc:
        raise _refused("holds a user or a password", "take away what stands before the @")
    return _target(parts)


def follow(target: Target, location: str, *, stays: bool = False) -> Target:
    """Take the address apart that a redirect names.

    Args:
        target: What was asked.
        location: As the redirect names it.
        stays: Only the same host will do, at the same port or by https instead of http at the usual ones.

    Raises:
        FetchError: It is none to go to, leaves TLS, or the host where it is to stay. Permanent.
    """
    try:
        found = read_target(urljoin(target.url, location.strip()))
    except ValueError as error:
        raise _refused("redirects to what is no web address") from error
    except FetchError as error:
        raise _refused(f"redirects to an address that {error.message}") from error
    if stays and found.netloc != target.netloc:
        raise _refused(
            f"redirects to another host, {found.netloc}, which may not have the key",
            "if that is the site's own, list its address there instead",
        )
    if target.secure and not found.secure:
        raise _refused("redirects from https to http", "give the http address itself, if it will do for you")
    return found


def _target(parts: SplitResult) -> Target:
    match = _NETLOC.fullmatch(parts.netloc)
    if match is None:
        raise _refused("names no host")
    host, address = _host(match[1])
    port = int(match[2] or _DEFAULT_PORTS[parts.scheme])
    if not 1 <= port <= 65_535:
        raise _refused("names a port that does not exist")
    path = quote(parts.path or "/", safe=_KEPT)
    if parts.query:
        path += "?" + quote(parts.query, safe=_KEPT + "?")
    bare = Target(url="", secure=parts.scheme == "https", host=host, port=port, path=path, address=address)
    url = f"{parts.scheme}://{bare.netloc}{path}"
    return Target(url=url, secure=bare.secure, host=host, port=port, path=path, address=address)


def _host(written: str) -> tuple[str, Address | None]:
    try:
        if written.startswith("["):
            address = IPv6Address(written[1:-1])
            return str(address), address
        return _name(written)
    except ValueError as error:  # also UnicodeError
        raise _refused("names no host") from error


def _name(written: str) -> tuple[str, Address | None]:
    if _OTHER_IN_2008.search(written):
        raise _refused("names a host with a letter that is written in two ways", "write it as xn--...")
    name = written.encode("idna").decode("ascii").lower().removesuffix(".")
    # Digits and dots of other scripts are ASCII by now. Names that end in a number are addresses
    # to some and names to others (WHATWG URL, 'ends in a number checker').
    if _NUMBER.fullmatch(name.rpartition(".")[2]):
        address = IPv4Address(name)
        return str(address), address
    if len(name) > 253 or not _HOST.fullmatch(name):
        raise ValueError(name)
    return name, None


def _refused(what: str, hint: str | None = None) -> FetchError:
    return FetchError(what, permanent=True, hint=hint)
