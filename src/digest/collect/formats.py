"""Bytes to text, and text to a format: by content first, by extension second."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from digest.collect.charsets import MARKS, decode_text
from digest.collect.document import Format
from digest.errors import DocumentError

__all__ = ["decode", "guess_format"]

_MAGIC = {
    **dict.fromkeys((b"\x89PNG", b"GIF8", b"\xff\xd8\xff"), "an image"),
    b"%PDF": "a PDF",
    b"PK\x03\x04": "an archive or office document",
    b"\x1f\x8b": "a compressed file",
}


def decode(data: bytes, charset: str | None = None, ending: str = "") -> str:
    """Turn the bytes of a document into text as a browser would.

    By byte order mark, then as `digest.collect.charsets.decode_text` says.

    Args:
        data: The document.
        charset: As its server names it.
        ending: The last part of its host's name, such as 'jp'; '' when nobody knows it.

    Raises:
        DocumentError: The bytes are no text.
    """
    for magic, what in _MAGIC.items():
        if data.startswith(magic):
            raise DocumentError(f"{what}, not text")
    if wide := _wide(data[:_WIDE_BYTES], charset):
        return data.decode(wide, "replace").replace("\0", "")
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace").replace("\0", "")
    if len(_CONTROLS.findall(data[:4096])) > len(data[:4096]) // 20:
        raise DocumentError("a binary file, not text")
    return decode_text(data, charset, ending).replace("\0", "")


def _wide(start: bytes, charset: str | None) -> str | None:
    """Name the UTF-16 that bytes without a mark are in: ASCII begins them, each second byte is nothing.

    It must be named by the server, or mark-up or JSON. Source: XML 1.0, appendix F; the prescan of HTML.
    """
    is_named = (charset or "").strip().lower().startswith("utf-16")
    for encoding, letters, nothing in (
        ("utf-16-le", start[::2], start[1::2]),
        ("utf-16-be", start[1::2], start[::2]),
    ):
        is_wide = len(start) == _WIDE_BYTES and not any(nothing) and all(letters)
        if is_wide and (is_named or letters[:1] in (b"<", b"{", b"[")):
            return encoding
    return None


_WIDE_BYTES = 12
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1f\x7f]")
_EXTENSIONS = {
    **dict.fromkeys((".html", ".htm", ".xhtml"), Format.HTML),
    **dict.fromkeys((".md", ".markdown"), Format.MARKDOWN),
    **dict.fromkeys((".jsonl", ".ndjson"), Format.JSON_LINES),
    **dict.fromkeys((".rss", ".atom", ".rdf"), Format.FEED),
    ".json": Format.JSON,
    ".eml": Format.MAIL,
    ".txt": Format.TEXT,
    ".text": Format.TEXT,
}
_FEED = re.compile(r"<(?:\w+:)?(?:rss|feed|RDF)\b", re.IGNORECASE)
_PROLOGUE = re.compile(
    r"(?:\s+|<\?[^>]*>|<!--.*?-->|<!doctype[^>\[]*(?:\[.*?\]\s*)?>)+", re.IGNORECASE | re.DOTALL
)
_PAGE = re.compile(
    r"<(?:!doctype html|html|head|body|article|main|section|header|div|p|h1|h2|title|meta|script)\b",
    re.IGNORECASE,
)


_TYPES = {
    **dict.fromkeys(("text/html", "application/xhtml+xml"), Format.HTML),
    **dict.fromkeys(("application/rss+xml", "application/atom+xml", "application/rdf+xml"), Format.FEED),
    **dict.fromkeys(("application/json", "application/feed+json"), Format.JSON),
    **dict.fromkeys(("application/x-ndjson", "application/jsonl"), Format.JSON_LINES),
    "text/markdown": Format.MARKDOWN,
    "message/rfc822": Format.MAIL,
}


def guess_format(name: str, data: bytes, content_type: str = "") -> Format:
    """Tell the format of a document from its first 4,096 bytes, else from what its server or name says.

    Text that fits nothing else is TEXT; what is no text at all is UNKNOWN.

    Args:
        name: A file's name or path; its extension counts.
        data: The document, or its beginning.
        content_type: The media type that a server named, in lower case; it comes before the extension.
    """
    extension = _TYPES.get(content_type) or _EXTENSIONS.get(PurePosixPath(name.lower()).suffix)
    try:
        start = decode(data[:4096]).lstrip("\ufeff \t\r\n\f")
    except DocumentError:
        return Format.UNKNOWN
    if start.startswith("<"):
        return _guess_markup(start, extension)
    if re.match(r"\{\s*[\"}]|\[\s*[\[{\]]", start):
        return Format.JSON_LINES if extension is Format.JSON_LINES or _is_lines(start) else Format.JSON
    if re.match(r"---[ \t]*\r?\n", start) or re.match(r"#{1,3} \S", start):
        return Format.MARKDOWN
    return extension or Format.TEXT


def _guess_markup(start: str, extension: Format | None) -> Format:
    prologue = _PROLOGUE.match(start)
    root = start[prologue.end() :] if prologue else start
    if _FEED.match(root):
        return Format.FEED
    if _PAGE.match(root) or _PAGE.match(start):
        return Format.HTML
    if start.lower().startswith("<?xml") and extension is not Format.HTML:
        return Format.FEED
    return extension or Format.HTML


def _is_lines(start: str) -> bool:
    """Tell whether the first line is an object by itself, and another one follows."""
    first, _, rest = start.partition("\n")
    return first.rstrip().endswith("}") and rest.lstrip().startswith("{")
