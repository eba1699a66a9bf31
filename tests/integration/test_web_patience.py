"""Who says nothing, or says it too slowly, does not keep others from the desk."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from commands import furnish
from digest.bootstrap import open_app
from digest.web import headers, server, serving

_LONGEST_S = 60.0  # a test waits no longer, however busy the machine


@pytest.fixture
def port(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A desk that waits a fifth of a second where others wait for half a minute."""
    monkeypatch.setattr(server, "_SILENT_S", 0.2)
    monkeypatch.setattr(headers, "_BODY_S", 0.2)
    with open_app(furnish(tmp_path / "home")) as app, serving(lambda: app, "127.0.0.1:0") as opened:
        yield opened


def said_to(port: int, sent: bytes) -> bytes:
    """Send something, and return all that comes until the server hangs up."""
    with closing(socket.create_connection(("127.0.0.1", port), timeout=_LONGEST_S)) as line:
        line.sendall(sent)
        heard = b""
        while piece := line.recv(65_536):
            heard += piece
    return heard


@pytest.mark.parametrize("sent", [b"", b"GET /sign-in HT", b"GET /sign-in HTTP/1.1\r\nHost: a\r\n"])
def test_a_line_without_a_whole_head_is_hung_up(port: int, sent: bytes) -> None:
    """A thousand of them would be all that the server takes at once."""
    assert said_to(port, sent) == b""


def test_a_body_that_does_not_come_is_told_so(port: int) -> None:
    """One byte of thirty came."""
    form = b"POST /sign-in HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    heard = said_to(port, form + b"Content-Length: 30\r\n\r\ne")

    assert heard.startswith(b"HTTP/1.1 408 ")
    assert "That took too long" in heard.decode()


def test_a_line_is_kept_for_the_next_request_and_then_hung_up(port: int) -> None:
    """Both are answered, though the second head comes in two pieces."""
    one = b"GET /sign-in HTTP/1.1\r\nHost: a\r\n\r\n"
    assert said_to(port, one + one).count(b"HTTP/1.1 200 OK") == 2
