"""The door itself: one document, after all redirects, within all bounds."""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from functools import cache, partial
from http.client import HTTPConnection, HTTPException, HTTPResponse
from ipaddress import ip_address
from pathlib import Path
from typing import cast

from digest.errors import FetchError
from digest.fetch.answer import content_type, fresh_for, location, retry_after, safe, validators
from digest.fetch.decoding import ACCEPTED, decode
from digest.fetch.dialling import Connector, Dialler, Resolver, ask_system, connect
from digest.fetch.networks import Trusted
from digest.fetch.target import Target, follow, read_target
from digest.fetch.values import NOTHING_KNOWN, Fetched, Validators
from digest.fetch.wire import Deadline, Wire
from digest.keyfiles import load_authorities
from digest.settings import FetchSettings
from digest.settings.fetch import read_place

MAX_REDIRECTS = 5
HEADER_BYTES = 65_536  #: of status and headers of one answer
_AHEAD = 16_384  #: bytes that a stream may have read ahead of what was asked of it
_FRAMING = 262_144  #: bytes of chunk sizes and the like; above it, an eighth of the body
_PIECE = 65_536
_LOGIN = re.compile(r"((?:[a-z][a-z0-9+.-]*:)?[/\\]*)[^/\\?#]*@", re.IGNORECASE)
_TEMPORARY, _PERMANENT = frozenset({302, 303, 307}), frozenset({301, 308})
_COOKIES = "sites that want cookies do so, and none are sent: another address of theirs may want none"
_AUTHORITIES = "fetch.ca_file in config/digest.yaml names authorities to trust besides the system's"
_UNKNOWN_ISSUER = frozenset({18, 19, 20, 21})  #: X509_V_ERR_ of OpenSSL: signed by itself or by nobody known
_LARGER = "limits.document_bytes in config/digest.yaml allows more"
_ACCEPT = "text/html, application/rss+xml, application/atom+xml, application/feed+json, */*;q=0.8"


@dataclass(frozen=True, kw_only=True, slots=True)
class _Hop:
    """One answer on the way."""

    fetched: Fetched
    next: Target | None  #: where it sends us


@dataclass(frozen=True, kw_only=True, slots=True)
class _Wish:
    """What is wanted of a document."""

    seconds: float  #: for all of it
    conditions: Validators = NOTHING_KNOWN
    wants_body: bool = True
    stays: bool = False  #: with the host that is asked


class Fetcher:
    """Fetches documents of the web. Holds no state between calls, so threads may share it.

    Args:
        settings: The group `fetch` of config/digest.yaml.
        agent: Who asks, for the header User-Agent.
        body_bytes: Of a document, decompressed, at most.
        home: The folder that `ca_file` is relative to.
        resolve: From a host to its addresses.
        connect: From an address to a connection.
    """

    def __init__(  # why: the two last are how tests keep public names on loopback
        self,
        settings: FetchSettings,
        *,
        agent: str,
        body_bytes: int,
        home: Path | None = None,
        resolve: Resolver = ask_system,
        connect: Connector = connect,
    ) -> None:
        self._seconds = settings.deadline.total_seconds()
        self._agent = agent
        self._body_bytes = body_bytes
        ca_file = None if settings.ca_file is None else (home or Path()) / settings.ca_file
        self._dialler = Dialler(
            trusted=Trusted.of([read_place(each) for each in settings.allow_private]),
            ports=frozenset(settings.ports),
            tls=cache(partial(_tls, ca_file)),  # the system's authorities take 25 ms to read
            resolve=resolve,
            connect=connect,
        )

    @property
    def agent(self) -> str:
        """Who asks, as the header User-Agent says it."""
        return self._agent

    def is_own(self, url: str) -> bool:
        """Tell whether an address leads to what the operator trusts by name or number: their own machine.

        A name that only its DNS leads there is not: nobody is asked.
        """
        try:
            target = read_target(url)
        except FetchError:
            return False
        trusted = self._dialler.trusted
        host = "127.0.0.1" if target.host == "localhost" else target.host
        address = ip_address(host) if target.host == "localhost" else target.address
        return host in trusted.hosts or (
            address is not None and any(address in network for network in trusted.networks)
        )

    def get(self, url: str, *, conditions: Validators = NOTHING_KNOWN, stays: bool = False) -> Fetched:
        """Fetch a document.

        Args:
            url: Its address, http or https; a fragment counts for nothing.
            conditions: Of the version that is there; an unchanged document gives status 304.
            stays: The address holds what is for its host alone: no redirect to another host is followed.

        Returns:
            What the server said, whatever its status.

        Raises:
            FetchError: The door does not open for the address or one that it redirects to, or no
                whole answer came within all bounds; `where` is `url` without its user.
        """
        return self._ask_for(url, _Wish(conditions=safe(conditions), seconds=self._seconds, stays=stays))

    def look(self, url: str, *, seconds: float) -> Fetched:
        """Ask whether a document is there; do what `get` does, but leave its body unread.

        Args:
            url: As for `get`.
            seconds: To wait at most, when `fetch.deadline` is not sooner.

        Raises:
            FetchError: As for `get`.
        """
        return self._ask_for(url, _Wish(seconds=min(seconds, self._seconds), wants_body=False))

    def _ask_for(self, url: str, wish: _Wish) -> Fetched:
        try:
            with self._told(wish.seconds):
                return self._follow(read_target(url), wish)
        except FetchError as error:
            error.where = _shown(url)
            raise

    def _follow(self, target: Target, wish: _Wish) -> Fetched:
        deadline = Deadline(wish.seconds)
        seen = {target.url}
        moved_to: str | None = None
        is_permanent = True
        for _ in range(MAX_REDIRECTS + 1):
            hop = self._hop(target, wish, deadline)
            if hop.next is None:
                return _with_move(hop.fetched, moved_to)
            target = hop.next
            if target.url in seen:
                raise FetchError("redirects in a circle", permanent=False, hint=_COOKIES)
            seen.add(target.url)
            is_permanent = is_permanent and hop.fetched.status in _PERMANENT
            moved_to = target.url if is_permanent else moved_to
        raise FetchError(f"redirects more than {MAX_REDIRECTS} times", permanent=False)

    def _hop(self, target: Target, wish: _Wish, deadline: Deadline) -> _Hop:
        with closing(self._dialler.dial(target, deadline)) as sock:
            wire = Wire(sock, deadline, HEADER_BYTES + _AHEAD)
            response = self._ask(target, wish.conditions, wire)
            place = location(response.headers)
            turns = response.status in _PERMANENT | _TEMPORARY and place != ""
            is_content = wish.wants_body and 200 <= response.status < 300
            body = self._body(response, wire) if is_content else b""
        kind, charset = content_type(response.headers)
        fetched = Fetched(
            status=response.status,
            url=target.url,
            moved_to=None,
            body=body,
            content_type=kind,
            charset=charset,
            validators=validators(response.headers),
            retry_after=retry_after(response.headers),
            fresh_for=fresh_for(response.headers),
        )
        return _Hop(fetched=fetched, next=follow(target, place, stays=wish.stays) if turns else None)

    def _ask(self, target: Target, conditions: Validators, wire: Wire) -> HTTPResponse:
        connection = HTTPConnection(target.host, target.port)
        connection.auto_open = 0  # it never connects by itself
        connection.sock = cast("socket.socket", wire)  # why: all it needs is sendall, makefile and close
        connection.putrequest("GET", target.path, skip_host=True, skip_accept_encoding=True)
        fields = {
            "Host": target.netloc,
            "User-Agent": self._agent,
            "Accept": _ACCEPT,
            "Accept-Encoding": ACCEPTED,
            "If-None-Match": conditions.etag,
            "If-Modified-Since": conditions.last_modified,
            "Connection": "close",
        }
        for name, value in fields.items():
            if value is not None:
                connection.putheader(name, value)
        connection.endheaders()
        response = connection.getresponse()
        if response.status < 200:
            raise FetchError("answers in a way that is not HTTP", permanent=False)
        return response

    def _body(self, response: HTTPResponse, wire: Wire) -> bytes:
        wire.budget = wire.received + self._body_bytes + self._body_bytes // 8 + _FRAMING
        body = bytearray()
        for piece in decode(_pieces(response, wire), response.headers.get("Content-Encoding", "")):
            body += piece
            if len(body) > self._body_bytes:
                said = f"is larger than the {self._body_bytes:,} bytes allowed"
                raise FetchError(said, permanent=True, hint=_LARGER)
        return bytes(body)

    @contextmanager
    def _told(self, seconds: float) -> Iterator[None]:
        """Say in words what the network raised, and nothing of what a server sent."""
        try:
            yield
        except TimeoutError as error:
            raise FetchError(f"takes longer than {seconds:g} seconds", permanent=False) from error
        except ssl.SSLCertVerificationError as error:
            said = f"shows a certificate that is not to be trusted: {error.verify_message}"
            hint = _AUTHORITIES if error.verify_code in _UNKNOWN_ISSUER else None
            raise FetchError(said, permanent=False, hint=hint) from error
        except ssl.SSLError as error:
            raise FetchError("cannot be spoken to by TLS", permanent=False) from error
        except OSError as error:
            raise FetchError(
                f"cannot be reached: {error.strerror or type(error).__name__}", permanent=False
            ) from error
        except (HTTPException, ValueError) as error:
            raise FetchError("answers in a way that is not HTTP", permanent=False) from error


def _tls(ca_file: Path | None) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if ca_file is not None:
        try:
            load_authorities(context, ca_file)
        except (OSError, ValueError) as error:
            raise FetchError("cannot be judged: fetch.ca_file cannot be used", permanent=False) from error
    return context


def _pieces(response: HTTPResponse, wire: Wire) -> Iterator[bytes]:
    """Read the body as it comes; one that is cut off, or nearly all framing, is none."""
    before, taken = wire.received, 0
    while piece := response.read1(_PIECE):
        taken += len(piece)
        # Chunks of one byte would cost a second of computing for each 200 kB.
        if wire.received - before > taken + taken // 8 + _FRAMING:
            raise FetchError("sends more framing than content", permanent=True)
        yield piece
    if response.length:
        raise FetchError("ends too early", permanent=False)


def _with_move(fetched: Fetched, moved_to: str | None) -> Fetched:
    return fetched if moved_to is None else replace(fetched, moved_to=moved_to)


def _shown(url: str) -> str:
    """Write an address for a message: without what may be a password, and not at any length."""
    match = _LOGIN.match(url)
    return (url if match is None else match[1] + url[match.end() :])[:300]
