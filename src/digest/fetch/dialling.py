"""From a host to a connection: asked once, checked, and connected to that very address."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from ipaddress import ip_address
from queue import Empty, SimpleQueue

from digest.errors import FetchError
from digest.fetch.networks import Address, Trusted, may_reach, plain
from digest.fetch.target import Target
from digest.fetch.wire import Deadline

#: From a host's name to its addresses, the best first; raises OSError when there is none.
Resolver = Callable[[str], Sequence[str]]
#: Connects to an address and port within so many seconds; raises OSError.
Connector = Callable[[Address, int, float], socket.socket]

_PATIENCE_S = 4.0  #: for an address with others behind it
_MOST_TRIED = 10  #: addresses of one host that are connected to; all are checked
_UNLISTED = "fetch.allow_private in config/digest.yaml lists hosts and networks to trust"
_LISTED = (
    "a host that fetch.allow_private lists may be in private use; this machine and link-local addresses "
    "have to be listed as networks, such as 127.0.0.0/8"
)


def ask_system(host: str) -> Sequence[str]:
    """Ask the system's name service."""
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def connect(address: Address, port: int, timeout_s: float) -> socket.socket:
    """Connect by TCP; an address needs no name service, and no proxy is asked."""
    return socket.create_connection((str(address), port), timeout_s)


@dataclass(frozen=True, kw_only=True, slots=True)
class Dialler:
    """Opens connections to what may be reached."""

    trusted: Trusted
    ports: frozenset[int]
    tls: Callable[[], ssl.SSLContext]  #: made when it is first needed
    resolve: Resolver
    connect: Connector

    def dial(self, target: Target, deadline: Deadline) -> socket.socket:
        """Open a connection, with TLS where the address says so.

        Raises:
            FetchError: The host may not be reached (permanent), or has no address.
            OSError: It cannot be reached.
        """
        if target.port not in self.ports:
            raise FetchError(
                f"names port {target.port}, which is not among fetch.ports",
                permanent=True,
                hint="fetch.ports in config/digest.yaml lists the ports to go to",
            )
        sock = self._first(self._addresses(target, deadline), target.port, deadline)
        if not target.secure:
            return sock
        with ExitStack() as undo:
            undo.callback(sock.close)
            sock.settimeout(deadline.left())
            secured = self.tls().wrap_socket(sock, server_hostname=target.host)
            undo.pop_all()
        return secured

    def _addresses(self, target: Target, deadline: Deadline) -> list[Address]:
        """Find all addresses; one that may not be reached closes the door for all."""
        found = [target.address] if target.address else self._asked(target.host, deadline)
        addresses = [plain(address) for address in found]
        if not all(may_reach(address, target.host, self.trusted) for address in addresses):
            raise FetchError(
                "leads to an address that is not of the public internet",
                permanent=True,
                hint=_LISTED if target.host in self.trusted.hosts else _UNLISTED,
            )
        return addresses

    def _asked(self, host: str, deadline: Deadline) -> list[Address]:
        """Ask the resolver, which knows no deadline, in a thread that may be left behind."""
        answers: SimpleQueue[Sequence[str]] = SimpleQueue()

        def ask() -> None:
            try:
                answers.put(self.resolve(host))
            except (OSError, UnicodeError):
                answers.put(())

        threading.Thread(target=ask, name="fetch-resolve", daemon=True).start()
        try:
            answer = answers.get(timeout=deadline.left())
        except Empty:
            raise TimeoutError from None
        if not answer:
            raise FetchError("names a host that is not found", permanent=False)
        return [ip_address(each) for each in answer]

    def _first(self, addresses: Sequence[Address], port: int, deadline: Deadline) -> socket.socket:
        """Connect to the first address that answers; each has its share of the time left."""
        *first, last = addresses[:_MOST_TRIED]
        for behind, address in zip(range(len(first), 0, -1), first, strict=True):
            with suppress(OSError):
                return self.connect(address, port, min(deadline.left() / (behind + 1), _PATIENCE_S))
        return self.connect(last, port, deadline.left())
