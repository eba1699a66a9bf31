"""Tell systemd how the service is, where systemd started it. Source: sd_notify(3)."""

from __future__ import annotations

import os
import socket
from contextlib import suppress


def notify(state: str) -> None:
    """Send a state such as 'READY=1'; without systemd nothing happens."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
        # An address in the abstract name space is written with @ for its first byte.
        sock.sendto(state.encode(), f"\0{address[1:]}" if address.startswith("@") else address)
