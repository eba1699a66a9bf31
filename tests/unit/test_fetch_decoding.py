"""Compressed bodies, in whatever pieces they arrive."""

from __future__ import annotations

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.errors import FetchError
from digest.fetch.decoding import decode

CODERS = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "Deflate": lambda data: zlib.compress(data, wbits=-15),
    "": bytes,
}


@given(st.binary(max_size=200_000), st.integers(1, 70_000), st.sampled_from(sorted(CODERS)))
def test_what_was_packed_comes_out_whatever_the_pieces(data: bytes, size: int, coding: str) -> None:
    """TCP cuts where it likes."""
    body = CODERS[coding](data)
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    out = list(decode(pieces, coding))

    assert b"".join(out) == data
    assert all(0 < len(piece) <= 70_000 for piece in out)


@given(st.binary(max_size=500), st.sampled_from(["gzip", "deflate"]))
def test_any_bytes_end_or_are_refused(data: bytes, coding: str) -> None:
    """The decompressor's own errors stay inside."""
    for body in (data, b"\x1f\x8b\x08\0" + data, b"\x78\x9c" + data):
        try:
            b"".join(decode([body[:7], body[7:]], coding))
        except FetchError:
            continue


@pytest.mark.parametrize(
    "coding", ["none", "UTF-8", "utf8", "ISO-8859-1", "windows-1251", "text/html", "binary", "8bit"]
)
def test_words_that_name_no_coding_change_nothing(coding: str) -> None:
    """Servers write charsets and types there, too."""
    assert b"".join(decode([b"new", b"s"], coding)) == b"news"


@pytest.mark.parametrize(
    "coding",
    ["br", "zstd", "compress", "brotli", "xz", "bzip2", "gz", "zlib", "x-deflate", "utf-8, gzip", "gzip;q=1"],
)
def test_any_other_coding_is_refused(coding: str) -> None:
    """Taken as plain, what is packed would be text that nobody can read, and rules that allow all."""
    with pytest.raises(FetchError, match="compressed in a way that nobody asked for") as refusal:
        decode([b"x"], coding)

    assert refusal.value.permanent


@pytest.mark.parametrize("size", [65_535, 65_536, 65_537, 65_793, 65_794, 131_072, 131_100])
def test_nothing_is_left_behind_at_the_end_of_a_piece(size: int) -> None:
    """Raw deflate has no trailer: the decompressor may have all input and still hold output back."""
    body = zlib.compress(bytes(size), wbits=-15)

    assert sum(map(len, decode([body], "deflate"))) == size


def test_a_piece_of_a_bomb_is_small() -> None:
    """The bound is looked at between pieces, so a piece must not be the bomb."""
    bomb = gzip.compress(bytes(50_000_000))
    first = next(decode([bomb], "gzip"))

    assert len(first) == 65_536


def test_endless_members_of_nothing_end() -> None:
    """Each empty member costs a new decompressor; nobody needs a hundred."""
    with pytest.raises(FetchError, match="too many parts"):
        list(decode([gzip.compress(b"") * 101], "gzip"))
