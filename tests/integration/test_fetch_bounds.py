"""Nothing that a server does makes the door wait, hold or count for longer than it is allowed to."""

from __future__ import annotations

import gzip
import itertools
import socket
import threading
import time
import tracemalloc
import zlib
from collections.abc import Iterator
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.errors import FetchError
from digest.fetch import Fetcher
from digest.settings import FetchSettings
from web_cast import PUBLIC, Site, Town, answer, fetcher, ok, open_site

URL = "http://news.example.org/"
GZIP = "Content-Encoding: gzip"
PATIENCE_S = 20  #: what a loaded machine may add to a deadline of half a second


def refusal_of(script: bytes | Iterator[bytes], *, seconds: float = 30, body_bytes: int = 100_000) -> str:
    """Fetch from a site with that script; return why it could not be."""
    with open_site(script) as (_, town), pytest.raises(FetchError) as refusal:
        fetcher(town, seconds=seconds, body_bytes=body_bytes).get(URL)
    assert refusal.value.where == URL
    return refusal.value.message


def body_of(script: bytes, *, body_bytes: int = 1_000_000) -> bytes:
    """Fetch the body that a site with that script has."""
    with open_site(script) as (_, town):
        return fetcher(town, body_bytes=body_bytes).get(URL).body


def drip(text: bytes, over: threading.Event) -> Iterator[bytes]:
    """Send a byte at a time, as slowly as keeps any timeout for single steps quiet."""
    for at in range(len(text)):
        over.wait(0.02)
        yield text[at : at + 1]


def chunked(*chunks: bytes) -> bytes:
    """Write an answer in chunks."""
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    return head + b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"


HEAD = b"HTTP/1.1 200 OK\r\n"
DRIPS = {
    "status": HEAD * 9_999,
    "headers": HEAD + b"X-A: b\r\n" * 9_999,
    "body": HEAD + b"Content-Length: 99999\r\n\r\n" + b"x" * 99_999,
    "body without length": HEAD + b"\r\n" + b"x" * 99_999,
    "chunk sizes": HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + b"0" * 99_999,
    "chunks": chunked(*[b"x"] * 9_999),
}


@pytest.mark.parametrize("what", DRIPS)
def test_a_server_that_drips_ends_with_the_deadline(what: str) -> None:
    """Each byte comes well within any timeout of a single read; the whole never ends."""
    over = threading.Event()
    begun = time.monotonic()

    assert "longer than 0.5 seconds" in refusal_of(drip(DRIPS[what], over), seconds=0.5)
    over.set()
    assert 0.4 < time.monotonic() - begun < PATIENCE_S


@pytest.mark.parametrize("url", [URL, "https://news.example.org/"])
def test_a_server_that_says_nothing_ends_with_the_deadline(url: str) -> None:
    """Silence after connecting, and in the middle of the TLS handshake."""
    over = threading.Event()

    def silent(_head: bytes) -> Iterator[bytes]:
        over.wait(PATIENCE_S)
        return iter(())

    with open_site(silent, waits_for_ever=True) as (_, town):
        with pytest.raises(FetchError, match=r"longer than 0\.5 seconds"):
            fetcher(town, seconds=0.5).get(url)
        over.set()


def test_a_name_service_that_says_nothing_ends_with_the_deadline() -> None:
    """The system's own resolver knows no deadline that we could set."""
    over = threading.Event()

    def silent(_host: str) -> list[str]:
        over.wait(PATIENCE_S)
        return []

    door = Fetcher(FetchSettings(deadline="1s"), agent="Test/1", body_bytes=1_000, resolve=silent)
    with pytest.raises(FetchError, match="longer than 1 seconds"):
        door.get(URL)
    over.set()


def test_redirects_share_one_deadline() -> None:
    """Five slow steps must not take five times as long."""
    over = threading.Event()
    steps = itertools.count(1)

    def turn(_head: bytes) -> Iterator[bytes]:
        over.wait(0.3)
        yield answer(302, b"", f"Location: /{next(steps)}")

    with open_site(turn) as (_, town), pytest.raises(FetchError, match=r"longer than 0\.5 seconds"):
        fetcher(town, seconds=0.5).get(URL)
    over.set()


def test_a_dead_address_leaves_time_for_the_next() -> None:
    """Hosts have several addresses so that one may be down."""
    with open_site(ok(b"news")) as (_, town):
        town.names["news.example.org"] = [["1.1.1.1", "2606:4700::1", PUBLIC]]

        assert fetcher(town).get(URL).body == b"news"
        assert town.dialled == ["1.1.1.1", "2606:4700::1", PUBLIC]


def test_a_refused_connection_is_told() -> None:
    """The operator hears what the system said, and nothing else."""
    site = Site(ok(b""))
    site.close()
    town = Town()
    door = fetcher(town, ports=(site.port,), allow_private=("127.0.0.1",))
    with pytest.raises(FetchError, match="cannot be reached: Connection refused") as refusal:
        door.get(f"http://127.0.0.1:{site.port}/")
    assert not refusal.value.permanent


@pytest.mark.parametrize(
    "script",
    [
        ok(b"x" * 100_001),
        HEAD + b"\r\n" + b"x" * 100_001,
        chunked(b"x" * 60_000, b"y" * 60_000),
        ok(gzip.compress(b"x" * 100_001), GZIP),
        ok(zlib.compress(b"x" * 100_001), "Content-Encoding: deflate"),
    ],
    ids=["length", "no length", "chunked", "gzip", "deflate"],
)
def test_a_body_beyond_the_bound_is_no_body(script: bytes) -> None:
    """One byte too many counts, however it comes."""
    assert refusal_of(script) == "is larger than the 100,000 bytes allowed"


@pytest.mark.parametrize(
    "script",
    [
        ok(b"x" * 100_000),
        HEAD + b"\r\n" + b"x" * 100_000,
        chunked(b"x" * 40_000, b"x" * 60_000),
        ok(gzip.compress(b"x" * 50_000) + gzip.compress(b"x" * 50_000), GZIP),
        ok(gzip.compress(b"x" * 100_000) + b"\0" * 512, "Content-Encoding: X-GZIP"),
        ok(zlib.compress(b"x" * 100_000), "Content-Encoding: deflate"),
        ok(zlib.compress(b"x" * 100_000, wbits=-15), "Content-Encoding: deflate"),
        ok(b"x" * 100_000, "Content-Encoding: identity"),
        ok(b"x" * 100_000, "Content-Encoding: UTF-8"),
        ok(b"x" * 100_000, "Content-Encoding: none"),
    ],
    ids=["length", "no length", "chunked", "members", "padded", "zlib", "raw", "identity", "charset", "none"],
)
def test_a_body_at_the_bound_is_whole(script: bytes) -> None:
    """All framings and codings that we ask for, to the last byte."""
    assert body_of(script, body_bytes=100_000) == b"x" * 100_000


def test_a_bomb_stops_early_and_in_little_memory() -> None:
    """A thousand to one: of 200 MB no more than the bound is ever held, and the rest is not waited for."""
    squeeze = zlib.compressobj(9, wbits=31)
    bomb = b"".join(squeeze.compress(bytes(1_000_000)) for _ in range(200)) + squeeze.flush()

    def pieces(_head: bytes) -> Iterator[bytes]:
        yield HEAD + b"Content-Encoding: gzip\r\n\r\n"
        for at in range(0, len(bomb), 1_000):
            yield bomb[at : at + 1_000]

    with open_site(pieces) as (_, town):
        door = fetcher(town, body_bytes=1_000_000)
        tracemalloc.start()
        with pytest.raises(FetchError, match="1,000,000 bytes allowed") as told:
            door.get(URL)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()

    assert "limits.document_bytes" in str(told.value.hint)
    assert len(bomb) < 210_000
    assert peak < 4_000_000


SPOILT = {
    "cut gzip": (ok(gzip.compress(b"news" * 999)[:-9], GZIP), "ends too early"),
    "no gzip": (ok(b"plain", GZIP), "compressed, and broken"),
    "brotli": (ok(b"\x0b\x02\x80news\x03", "Content-Encoding: br"), "nobody asked for"),
    "zstd": (ok(b"\x28\xb5\x2f\xfdnews", "Content-Encoding: zstd"), "nobody asked for"),
    "half asked for": (ok(gzip.compress(b"news"), "Content-Encoding: UTF-8, gzip"), "nobody asked for"),
    "twice packed": (
        ok(gzip.compress(gzip.compress(b"news")), "Content-Encoding: gzip, gzip"),
        "nobody asked for",
    ),
    "short": (HEAD + b"Content-Length: 10\r\n\r\nnews", "ends too early"),
    "cut chunks": (chunked(b"news")[:-9], "not HTTP"),
    "bad chunk size": (HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nnews\r\n0\r\n\r\n", "not HTTP"),
    "small chunks": (chunked(*[b"x"] * 90_000), "more framing than content"),
    "long chunk size": (
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n1;" + b"e" * 70_000 + b"\r\nx\r\n0\r\n\r\n",
        "not HTTP",
    ),
    "endless trailer": (chunked(b"x")[:-2] + b"X-Trailer: y\r\n" * 99_999, "more than is allowed"),
    "many headers": (HEAD + b"X-A: b\r\n" * 101 + b"\r\n", "not HTTP"),
    "long header": (HEAD + b"X-A: " + b"b" * 65_600 + b"\r\n\r\n", "not HTTP"),
    "much header": (HEAD + (b"X-A: " + b"b" * 9_000 + b"\r\n") * 50 + b"\r\n", "more than is allowed"),
    "endless continue": (b"HTTP/1.1 100 Continue\r\n\r\n" * 99_999, "more than is allowed"),
    "early hints": (b"HTTP/1.1 103 Early Hints\r\n\r\n", "not HTTP"),
    "bad status": (b"HTTP/1.1 99999 No\r\n\r\n", "not HTTP"),
    "other version": (b"HTTP/9.9 200 OK\r\n\r\n", "not HTTP"),
    "other protocol": (b"ICY 200 OK\r\n\r\n", "not HTTP"),
    "nothing": (b"", "not HTTP|cannot be reached"),
}


@pytest.mark.parametrize("what", SPOILT)
def test_a_spoilt_answer_is_told_and_nothing_of_it_is_used(what: str) -> None:
    """A part of a page would become an article that stops in the middle of a sentence."""
    script, said = SPOILT[what]
    message = refusal_of(script)

    assert any(each in message for each in said.split("|")), message


@pytest.mark.parametrize(
    "banner", [b"SSH-2.0-OpenSSH_9.2 host7\r\n", b"-ERR secret of host7\r\n", b"host7" * 99]
)
def test_what_another_service_says_is_not_repeated(banner: bytes) -> None:
    """Who may name an address must not read a network's banners in the error."""
    assert "host7" not in refusal_of(banner)


def test_the_page_of_an_error_is_not_read() -> None:
    """A status is all that counts; its page may be endless, and may be of an inner server."""
    with open_site(answer(500, b"secret of host7", "Content-Length: 999999")) as (_, town):
        got = fetcher(town).get(URL)

    assert (got.status, got.body, got.is_content) == (500, b"", False)


@given(
    st.one_of(
        st.binary(max_size=300),
        st.binary(max_size=200).map(lambda rest: HEAD + rest),
        st.binary(max_size=200).map(lambda rest: HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + rest),
        st.binary(max_size=200).map(
            lambda rest: HEAD + b"Content-Encoding: gzip\r\n\r\n\x1f\x8b\x08\0" + rest
        ),
        st.binary(max_size=200).map(lambda rest: b"HTTP/1.1 302 Go\r\nLocation: " + rest + b"\r\n\r\n"),
    )
)
def test_whatever_comes_is_an_answer_or_a_refusal(data: bytes) -> None:
    """Surprises of the libraries below must not get out under other names."""

    def pair(*_: object) -> socket.socket:
        ours, theirs = socket.socketpair()
        with theirs:
            theirs.sendall(data)
        return ours

    door = Fetcher(
        FetchSettings(), agent="Test/1", body_bytes=1_000, resolve=lambda _: [PUBLIC], connect=pair
    )
    with suppress(FetchError):
        assert len(door.get(URL).body) <= 1_000


@pytest.mark.slow
def test_a_hundred_bad_servers_at_once_end_with_their_deadline() -> None:
    """Threads share one door; each waits for its own server alone."""
    over = threading.Event()
    ends: list[str] = []

    def one(door: Fetcher) -> None:
        with pytest.raises(FetchError) as refusal:
            door.get(URL)
        ends.append(refusal.value.message)

    with open_site(lambda _head: drip(DRIPS["body"], over)) as (_, town):
        door = fetcher(town, seconds=2)
        threads = [threading.Thread(target=one, args=[door]) for _ in range(100)]
        begun = time.monotonic()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        took = time.monotonic() - begun
    over.set()

    assert ends == ["takes longer than 2 seconds"] * 100
    assert took < PATIENCE_S


def test_a_look_asks_whether_a_document_is_there_and_leaves_it_there() -> None:
    """A film behind a link is no reason to fetch it, nor to call the link dead."""
    film = HEAD + b"Content-Length: 999999999\r\n\r\n" + b"x" * 200_000
    with open_site(film) as (_, town):
        seen = fetcher(town, body_bytes=1_000).look(URL, seconds=PATIENCE_S)
    assert (seen.status, seen.body) == (200, b"")
    with open_site(answer(404)) as (_, town):
        assert fetcher(town).look(URL, seconds=PATIENCE_S).said == "404 (Not Found)"


def test_a_look_waits_no_longer_than_it_was_told_to() -> None:
    """A hundred links have half a minute together."""
    over = threading.Event()
    with open_site(drip(DRIPS["headers"], over)) as (_, town), pytest.raises(FetchError) as refusal:
        fetcher(town, seconds=600).look(URL, seconds=0.2)
    over.set()

    assert refusal.value.message == "takes longer than 0.2 seconds"
