"""The pages for machines: a fixed list, bounded requests, and no word about ourselves."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator

import pytest

from digest.errors import Refused
from digest.schedule import pages as module
from digest.schedule.pages import Page, Pages


@pytest.fixture
def pages() -> Iterator[Pages]:
    """Two pages, one of which fails."""

    def fail() -> Page:
        raise ZeroDivisionError

    with Pages("127.0.0.1:0", {"/live": lambda: Page(status=200, body=b"yes"), "/bad": fail}) as opened:
        yield opened


def ask(pages: Pages, request: bytes) -> bytes:
    """Send bytes and read until the end."""
    with socket.create_connection(("127.0.0.1", pages.port), 20) as sock:
        sock.sendall(request)
        answer = b""
        while piece := sock.recv(65_536):
            answer += piece
    return answer


def test_a_page_is_answered_without_a_word_about_us(pages: Pages) -> None:
    """Versions help those who look for old ones."""
    head, _, body = ask(pages, b"GET /live HTTP/1.1\r\nHost: x\r\n\r\n").partition(b"\r\n\r\n")

    assert body == b"yes"
    assert head.startswith(b"HTTP/1.0 200 OK\r\n")
    assert {line.split(b":")[0] for line in head.split(b"\r\n")[1:]} == {
        b"Content-Type",
        b"Content-Length",
        b"Cache-Control",
        b"X-Content-Type-Options",
    }


@pytest.mark.parametrize(
    ("request_line", "status"),
    [
        (b"GET / HTTP/1.1", b"404"),
        (b"GET /live/ HTTP/1.1", b"404"),
        (b"GET /../etc/passwd HTTP/1.1", b"404"),
        (b"GET /live?x=1 HTTP/1.1", b"404"),
        (b"GET /bad HTTP/1.1", b"500"),
        (b"POST /live HTTP/1.1", b"501"),
        (b"HEAD /live HTTP/1.1", b"501"),
        (b"DELETE /live HTTP/1.1", b"501"),
        (b"GET /" + b"x" * 70_000 + b" HTTP/1.1", b"414"),
        (b"GET <script>\x00 HTTP/nine", b"400"),
    ],
)
def test_nothing_else_is_answered(pages: Pages, request_line: bytes, status: bytes) -> None:
    """And nothing of a request comes back."""
    answer = ask(pages, request_line + b"\r\n\r\n")

    assert status in answer.split(b"\r\n")[0] or answer == b'{"error": "Bad Request"}'
    assert b"script" not in answer
    assert b"Python" not in answer


def test_a_header_without_end_is_cut(pages: Pages) -> None:
    """A hundred fields are the most that is read."""
    fields = b"".join(b"X-%d: x\r\n" % number for number in range(200))

    assert b"431" in ask(pages, b"GET /live HTTP/1.1\r\n" + fields + b"\r\n").split(b"\r\n")[0]


def test_who_dawdles_is_cut_off(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    """A byte now and then must not hold a thread for hours."""
    monkeypatch.setattr(module, "WHOLE_S", 0.5)
    with socket.create_connection(("127.0.0.1", pages.port), 20) as sock:
        sock.sendall(b"GET /live HTTP/1.1\r\nX: ")
        ends = time.monotonic() + 20
        is_cut = False
        while not is_cut and time.monotonic() < ends:
            try:
                sock.sendall(b"x")
                sock.settimeout(0.05)
                is_cut = sock.recv(1) == b""
            except TimeoutError:
                continue
            except OSError:
                is_cut = True

    assert is_cut


def test_too_many_at_once_are_turned_away(pages: Pages) -> None:
    """They must not take all threads of the machine; afterwards there is room again."""
    waiting = [socket.create_connection(("127.0.0.1", pages.port), 20) for _ in range(module.AT_ONCE)]
    deadline = time.monotonic() + 20
    while pages._server._free._value and time.monotonic() < deadline:
        time.sleep(0.01)
    with socket.create_connection(("127.0.0.1", pages.port), 20) as one_more:
        assert one_more.recv(1) == b""
    for sock in waiting:
        sock.close()
    answer = b""
    while not answer and time.monotonic() < deadline:
        try:
            answer = ask(pages, b"GET /live HTTP/1.1\r\n\r\n")
        except OSError:
            time.sleep(0.01)

    assert answer.endswith(b"yes")


def test_a_port_that_is_taken_is_refused_with_the_way_out(pages: Pages) -> None:
    """The second service on a machine needs another."""
    with pytest.raises(Refused) as caught, Pages(f"127.0.0.1:{pages.port}", {}):
        pass

    assert "--listen" in (caught.value.hint or "")


def test_pages_listen_on_ipv6_too() -> None:
    """Some machines have nothing else."""
    try:
        with (
            Pages("[::1]:0", {"/live": lambda: Page(status=200, body=b"yes")}) as opened,
            socket.create_connection(("::1", opened.port), 20) as sock,
        ):
            sock.sendall(b"GET /live HTTP/1.0\r\n\r\n")
            assert sock.recv(100).startswith(b"HTTP/1.0 200")
    except Refused:
        pytest.skip("this machine has no IPv6")
