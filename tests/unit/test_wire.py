"""Lines and messages from a connection: the same however they are cut into packets, and never without end."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from digest.deliver.reports.wire import Body, Wire

STUFF = st.text("a.\r\n\x00", max_size=60).map(lambda text: text.replace("\n", "\r\n").encode())


def arriving(*packets: bytes, life_s: float = 5) -> Wire:
    """Return a connection on which these packets arrive, then its end."""
    ours, theirs = socket.socketpair()

    def post() -> None:
        with theirs, suppress(OSError):  # the reader may have seen enough
            for packet in packets:
                theirs.sendall(packet)

    threading.Thread(target=post, daemon=True).start()
    return Wire(ours, timeout_s=5, life_s=life_s)


def closed(wire: Wire) -> None:
    """Close the connection."""
    wire._sock.close()


def stuffed(message: bytes) -> bytes:
    """Write a message as RFC 5321, section 4.5.2, wants it sent."""
    lines = message.split(b"\r\n")
    return b"\r\n".join(b"." + line if line.startswith(b".") else line for line in lines)


@given(message=STUFF, cuts=st.lists(st.integers(0, 80), max_size=5))
@example(message=b".", cuts=[1, 2, 3])
@example(message=b"", cuts=[])
@example(message=b"a\r\n\r\n.", cuts=[4, 5, 6])
def test_a_message_is_the_same_in_any_packets(message: bytes, cuts: list[int]) -> None:
    """A report without a Message-ID is named by its bytes; another name would count it twice."""
    whole = message + b"\r\n"
    sent = stuffed(whole) + b".\r\nQUIT\r\n"
    edges = [0, *sorted(min(cut, len(sent)) for cut in cuts), len(sent)]
    wire = arriving(*(sent[a:b] for a, b in pairwise(edges)))
    try:
        assert wire.body(1_000, 10_000) == Body(head=whole, size=len(stuffed(whole)))
        assert wire.line() == "QUIT"
    finally:
        closed(wire)


def test_the_beginning_is_kept_and_the_rest_counted() -> None:
    """A report with the whole mail behind it must not fill the memory."""
    wire = arriving(b"a" * 100_000 + b"\r\n", b"b" * 100_000 + b"\r\n.\r\nNOOP\r\n")
    try:
        assert wire.body(10, 1_000_000) == Body(head=b"a" * 10, size=200_004)
        assert wire.line() == "NOOP"
    finally:
        closed(wire)


@pytest.mark.parametrize("end", [b"\n.\n", b"\n.\r\n", b"\r\n.\n", b"\r.\r"])
def test_only_a_dot_between_whole_line_ends_ends_a_message(end: bytes) -> None:
    """Else a stranger's mail could hold a second one that no server has checked."""
    wire = arriving(b"one" + end + b"MAIL FROM:<>\r\n", b".\r\n")
    try:
        assert wire.body(1_000, 1_000).head.endswith(b"MAIL FROM:<>\r\n")
    finally:
        closed(wire)


def test_what_does_not_end_is_given_up() -> None:
    """Neither a line nor a message may go on for ever."""
    line, message = arriving(b"a" * 5_000), arriving(b"a" * 5_000)
    late, gone = arriving(b"QUIT\r\n", life_s=-1), arriving(b"QU")
    try:
        with pytest.raises(ValueError, match="line"):
            line.line()
        with pytest.raises(ValueError, match="message"):
            message.body(10, 1_000)
        with pytest.raises(TimeoutError):
            late.line()
        with pytest.raises(EOFError):
            gone.line()
    finally:
        for each in (line, message, late, gone):
            closed(each)
