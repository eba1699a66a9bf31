"""A signed POST to an address that an operator has set, and nowhere else."""

from __future__ import annotations

import base64
import hashlib
import hmac
import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from http.client import HTTPException
from urllib.parse import urlsplit

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, ReadTimeoutError

from digest.errors import TransportError

_GONE = 410


@dataclass(frozen=True, kw_only=True, slots=True)
class Patience:
    """How long a receiver may take, in seconds."""

    each_s: float = 10.0  #: to connect to one of its addresses, and for each piece of its answer
    whole_s: float = 30.0  #: in all


def signed_headers(key: bytes, message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """Return the fields that tell a receiver whom a message is from, and which one it is.

    Args:
        key: What both sides know.
        message_id: The same for every try of one message; without a dot.
        at: The moment of this try.
        body: As it will be sent.

    Source: Standard Webhooks, 'Webhook headers' and 'Signature scheme'.
    """
    stamp = str(int(at.timestamp()))
    seal = hmac.new(key, b".".join((message_id.encode(), stamp.encode(), body)), hashlib.sha256)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": stamp,
        "webhook-signature": f"v1,{base64.b64encode(seal.digest()).decode('ascii')}",
    }


def post(url: str, body: bytes, fields: Mapping[str, str], patience: Patience | None = None) -> None:
    """Hand a message over; nothing of the answer but its status is read.

    No redirect is followed and no proxy is used: the message goes to this address or nowhere.

    Raises:
        TransportError: It was not taken, or nobody can tell. Permanent: the receiver wants no more.
    """
    patience = patience or Patience()
    connection = _connection(url, patience)
    is_cut = threading.Event()
    watch = threading.Timer(patience.whole_s, _cut, [connection, is_cut])
    watch.daemon = True
    watch.start()
    try:
        status = _status(connection, url, body, fields)
        if is_cut.is_set():  # the library takes half an answer for a whole one
            raise TimeoutError
    except (HTTPError, HTTPException, OSError, UnicodeError) as error:
        raise TransportError(_words(error), permanent=False) from error
    finally:
        watch.cancel()
        connection.close()
    if not 200 <= status < 300:
        said = f"answered {status}" + ("; redirects are not followed" if 300 <= status < 400 else "")
        raise TransportError(said, permanent=status == _GONE, code=status)


def _connection(url: str, patience: Patience) -> HTTPConnection:
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme == "http":
        return HTTPConnection(host, parts.port, timeout=patience.each_s)
    context = ssl.create_default_context()
    return HTTPSConnection(host, parts.port, timeout=patience.each_s, ssl_context=context)


def _status(connection: HTTPConnection, url: str, body: bytes, fields: Mapping[str, str]) -> int:
    parts = urlsplit(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    own = {"Content-Type": "application/json", "User-Agent": "digest", "Connection": "close", **fields}
    connection.request("POST", target, body=body, headers=own, preload_content=False)
    return int(connection.getresponse().status)


def _cut(connection: HTTPConnection, is_cut: threading.Event) -> None:
    """End a talk that a receiver draws out byte by byte."""
    is_cut.set()
    sock = connection.sock
    if sock is not None:
        with suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)


def _words(error: Exception) -> str:
    """Say what went wrong without the address: it may hold a secret in its path."""
    cause = error.__cause__ if isinstance(error.__cause__, OSError) else error
    if isinstance(cause, ReadTimeoutError | TimeoutError):
        return "no answer in time"
    return getattr(cause, "strerror", None) or type(cause).__name__
