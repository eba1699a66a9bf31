"""Reach a relay: a connected socket, by whichever of its addresses answers."""

from __future__ import annotations

import errno
import socket
import time
from pathlib import Path

#: For all addresses together. The kernel asks after 0, 1, 3 and 7 seconds, then ever more rarely: with a
#: relay that has fallen silent, beginning anew finds out sooner that it is back.
_PATIENCE_S = 9.0
_KEEPALIVE = (("TCP_KEEPIDLE", 60), ("TCP_KEEPINTVL", 15), ("TCP_KEEPCNT", 4))


def reach_host(host: str, port: int, timeout_s: float) -> socket.socket:
    """Connect to a host, trying all its addresses in the order of the name service.

    Each address has its share of the time that is left, so that a dead one leaves time for the
    next; all together have 9 seconds at most. Looking up the name is not bounded here; the
    system's resolver bounds it.

    Returns:
        A socket with keepalive, without delay of short writes, that waits `timeout_s` at most.

    Raises:
        OSError: No address answered; the error of the last, which tells all when they differ.
        UnicodeError: The name cannot be asked for.
    """
    latest = time.monotonic() + timeout_s
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    deadline = min(latest, time.monotonic() + _PATIENCE_S)
    failures: list[tuple[str, OSError]] = []
    for at, (family, _, _, _, address) in enumerate(found):
        share_s = (deadline - time.monotonic()) / (len(found) - at)
        sock = socket.socket(family, socket.SOCK_STREAM)
        try:
            sock.settimeout(max(share_s, 0.001))
            sock.connect(address)
        except OSError as error:
            sock.close()
            failures.append((str(address[0]), error))
        else:
            return _prepared(sock, timeout_s)
    raise _summary(failures)


def reach_file(path: Path, timeout_s: float) -> socket.socket:
    """Connect to a socket in the file system.

    Raises:
        OSError: It is not there, not permitted, or nobody listens.
    """
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        sock.settimeout(timeout_s)
        sock.connect(str(path))
    except OSError as error:
        sock.close()
        if error.errno is None and not isinstance(error, TimeoutError):  # Python's own words
            raise OSError(errno.ENAMETOOLONG, str(error)) from error
        raise
    return sock


def _prepared(sock: socket.socket, timeout_s: float) -> socket.socket:
    sock.settimeout(timeout_s)
    # Else the kernel holds the final dot back until the relay has acknowledged the body.
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    # A relay may take ten minutes to answer the dot; address translators forget silent connections sooner.
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in _KEEPALIVE:
        if hasattr(socket, name):  # macOS has other names
            sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
    return sock


def _summary(failures: list[tuple[str, OSError]]) -> OSError:
    if not failures:
        return OSError(errno.EADDRNOTAVAIL, "the name has no address")
    last = failures[-1][1]
    told = [f"{address}: {error.strerror or error}" for address, error in failures]
    if len({error.strerror or str(error) for _, error in failures}) == 1:
        return last
    number = last.errno if last.errno is not None else errno.ETIMEDOUT
    return OSError(number, "; ".join(told[:4]))
