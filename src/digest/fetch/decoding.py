"""Bodies decompressed piece by piece, so that no more is ever held than is allowed."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator

from digest.errors import FetchError

ACCEPTED = "gzip, deflate"  #: what the request says we can read; no codec without a bound on its output
# Charsets, types and MIME's words for no coding, which servers write there; browsers pass them over.
_PLAIN = re.compile(r"none|binary|[78]bit|text/\w+|us-ascii|utf-?(?:8|16)|iso-8859-\d+|windows-\d+")
_PIECE = 65_536
_MOST_MEMBERS = 100  #: of one gzip stream; more than one is rare
_GZIP, _ZLIB, _RAW = 31, 15, -15  #: zlib's words for the three wrappings


def decode(pieces: Iterable[bytes], coding: str) -> Iterator[bytes]:
    """Decompress the pieces of a body as they come.

    Args:
        pieces: Of any sizes, also empty.
        coding: The header Content-Encoding.

    Returns:
        Pieces of 1 to 65,536 bytes, or of the size that came when nothing is compressed.

    Raises:
        FetchError: The coding was not asked for, or the data are broken or end early.
    """
    match coding.strip().lower():
        case "" | "identity":
            return iter(pieces)
        case "gzip" | "x-gzip":
            return _inflate(pieces, _GZIP)
        case "deflate":
            return _inflate(pieces, None)
        case other if _PLAIN.fullmatch(other):
            return iter(pieces)
        case _:
            raise FetchError("is compressed in a way that nobody asked for", permanent=True)


def _inflate(pieces: Iterable[bytes], wrapping: int | None) -> Iterator[bytes]:
    inflater = None
    members = 0
    for piece in pieces:
        data = piece
        while data:
            if inflater is None:
                if members and not data.startswith(b"\x1f"):
                    return  # what some servers pad with, and browsers pass over
                inflater, members = _begin(data, wrapping, members), members + 1
            out, data, inflater = _step(inflater, data)
            if out:
                yield out
    if inflater is not None:
        yield from _rest(inflater)


def _begin(data: bytes, wrapping: int | None, members: int) -> zlib._Decompress:
    if members >= _MOST_MEMBERS:
        raise FetchError("is compressed in too many parts", permanent=True)
    return zlib.decompressobj(_deflate_wrapping(data) if wrapping is None else wrapping)


def _step(inflater: zlib._Decompress, data: bytes) -> tuple[bytes, bytes, zlib._Decompress | None]:
    """Return one piece, the data that are left, and what goes on with them; None: another member."""
    try:
        out = inflater.decompress(data, _PIECE)
    except zlib.error as error:
        raise FetchError("is compressed, and broken", permanent=False) from error
    return (out, inflater.unused_data, None) if inflater.eof else (out, inflater.unconsumed_tail, inflater)


def _rest(inflater: zlib._Decompress) -> Iterator[bytes]:
    """Take out what is still held back after the last piece."""
    while out := inflater.decompress(inflater.unconsumed_tail, _PIECE):
        yield out
    if not inflater.eof:
        raise FetchError("ends too early", permanent=False)


def _deflate_wrapping(start: bytes) -> int:
    """Tell zlib's wrapping from none: servers mean either by 'deflate' (RFC 9110, 8.4.1.2)."""
    is_zlib = start[0] & 0x0F == 8 and (len(start) < 2 or (start[0] * 256 + start[1]) % 31 == 0)
    return _ZLIB if is_zlib else _RAW
