"""A POST to the endpoint that an operator has named, and nowhere else; so many bytes of its answer."""

from __future__ import annotations

import socket
import ssl
import threading
from contextlib import suppress
from http.client import HTTPException
from queue import Empty, SimpleQueue
from urllib.parse import urlsplit

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, ReadTimeoutError
from urllib3.response import BaseHTTPResponse

from digest.errors import DraftError

ANSWER_BYTES = 1_000_000
_CHUNK = 65_536
_CONNECT_S = 5.0
_LONGEST_PAUSE_S = 3_600.0
_PAUSE_S = 300.0  #: an endpoint that failed is left alone for so long
_HEARD = (408, 409, 413, 422, 429)  #: of 400 and above: it heard this request, and may take another

_FAULTS = (HTTPError, HTTPException, OSError, UnicodeError, ValueError)


def post(url: str, body: bytes, key: str | None, timeout_s: float) -> bytes:
    """Ask, and return the body of the answer.

    No redirect is followed and no proxy is used: the articles go to this address or nowhere.

    Args:
        url: With the path.
        body: JSON.
        key: Sent as a bearer's; None sends none.
        timeout_s: For the whole of it, looking up the name included, in seconds; above 0.

    Raises:
        DraftError: There was no usable answer; nothing of what was sent or of the key is in its words.
    """
    connection = _connection(url, timeout_s)
    is_cut = threading.Event()
    held: list[socket.socket] = []
    watch = threading.Timer(timeout_s, _cut, [held, is_cut])
    watch.daemon = True
    watch.start()
    try:
        _connect(connection, timeout_s)
        if connection.sock is not None:
            connection.sock.settimeout(timeout_s)
            held.append(connection.sock)  # the answer takes it from the connection
        if is_cut.is_set():
            raise TimeoutError
        status, pause_s, answer = _talk(connection, url, body, key)
    except _FAULTS as error:
        raise DraftError(f"the endpoint gave no answer: {_words(error)}", pause_s=_PAUSE_S) from error
    finally:
        watch.cancel()
        connection.close()
    if is_cut.is_set():  # the library takes half an answer for a whole one
        raise DraftError("the endpoint gave no answer: no answer in time", pause_s=_PAUSE_S)
    if status != 200:
        said = "; redirects are not followed" if 300 <= status < 400 else ""
        raise DraftError(f"the endpoint answered {status}{said}", pause_s=pause_s)
    if answer is None:
        raise DraftError(f"the endpoint answered more than {ANSWER_BYTES:,} bytes", pause_s=_PAUSE_S)
    return answer


def _connect(connection: HTTPConnection, timeout_s: float) -> None:
    """Connect in a thread that may be left behind, as looking up a name knows no limit."""
    ends: SimpleQueue[Exception | None] = SimpleQueue()
    is_left = threading.Event()

    def connect() -> None:
        try:
            connection.connect()
            ends.put(None)
        except _FAULTS as error:
            ends.put(error)
        if is_left.is_set():
            connection.close()

    threading.Thread(target=connect, name="draft-connect", daemon=True).start()
    try:
        fault = ends.get(timeout=timeout_s)
    except Empty:
        is_left.set()
        raise TimeoutError from None
    if fault is not None:
        raise fault


def _talk(
    connection: HTTPConnection, url: str, body: bytes, key: str | None
) -> tuple[int, float, bytes | None]:
    parts = urlsplit(url)
    fields = {"Content-Type": "application/json", "User-Agent": "digest", "Connection": "close"}
    if key is not None:
        fields["Authorization"] = f"Bearer {key}"
    connection.request("POST", parts.path or "/", body=body, headers=fields, preload_content=False)
    response = connection.getresponse()
    if response.status != 200:
        return response.status, _pause(response), None
    return 200, 0.0, _bounded(response)


def _bounded(response: BaseHTTPResponse) -> bytes | None:
    """Read at most ANSWER_BYTES; None when there are more."""
    held = bytearray()
    while chunk := response.read(_CHUNK, decode_content=False):
        held += chunk
        if len(held) > ANSWER_BYTES:
            return None
    return bytes(held)


def _pause(response: BaseHTTPResponse) -> float:
    """Say how long to leave it alone: as long as it asks, or the usual time."""
    wished = response.headers.get("Retry-After", "").strip()
    if wished.isascii() and wished.isdigit() and len(wished) < 7:
        return min(float(wished), _LONGEST_PAUSE_S)
    return 0.0 if response.status in _HEARD and response.status != 429 else _PAUSE_S


def _connection(url: str, timeout_s: float) -> HTTPConnection:
    parts = urlsplit(url)
    host = parts.hostname or ""
    connect_s = min(timeout_s, _CONNECT_S)  # a name may have several addresses, each of which gets as long
    if parts.scheme == "http":
        return HTTPConnection(host, parts.port, timeout=connect_s)
    context = ssl.create_default_context()
    return HTTPSConnection(host, parts.port, timeout=connect_s, ssl_context=context)


def _cut(held: list[socket.socket], is_cut: threading.Event) -> None:
    """End a talk that the other side draws out byte by byte."""
    is_cut.set()
    for sock in held:
        with suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)


def _words(error: Exception) -> str:
    cause = error.__cause__ if isinstance(error.__cause__, OSError) else error
    if isinstance(cause, ReadTimeoutError | TimeoutError):
        return "no answer in time"
    return getattr(cause, "strerror", None) or type(cause).__name__
