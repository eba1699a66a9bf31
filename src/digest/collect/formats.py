"""Bytes to text, and text to a format: by content first, by extension second."""

from __future__ import annotations

import codecs
import re
from pathlib import PurePosixPath

from digest.collect.document import Format
from digest.errors import DocumentError

__all__ = ["decode", "guess_format"]

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_MAGIC = {
    **dict.fromkeys((b"\x89PNG", b"GIF8", b"\xff\xd8\xff"), "an image"),
    b"%PDF": "a PDF",
    b"PK\x03\x04": "an archive or office document",
    b"\x1f\x8b": "a compressed file",
}
_DECLARED = re.compile(
    rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})|<meta[^>]{0,300}?charset\s*=\s*["']?([\w.:-]{1,40})""",
    re.IGNORECASE,
)
# Labels as browsers read them, where Python's codec of that name is narrower or another one.
_LABELS = {
    **dict.fromkeys(
        ("ascii", "us-ascii", "latin-1", "latin1", "iso-8859-1", "iso8859-1", "cp1252"), "windows-1252"
    ),
    **dict.fromkeys(("gb2312", "gbk", "gb_2312-80"), "gb18030"),
    **dict.fromkeys(("shift_jis", "shift-jis", "sjis", "x-sjis"), "cp932"),
    **dict.fromkeys(("euc-kr", "ks_c_5601-1987"), "cp949"),
    **dict.fromkeys(("tis-620", "iso-8859-11"), "cp874"),
    "iso-8859-9": "cp1254",
}
_KNOWN = re.compile(
    r"utf-8|windows-125[0-8]|cp(?:125[0-8]|874|932|949|866)|iso-8859-(?:[2-9]|1[03-6])|koi8-[ru]|macintosh|"
    r"gb18030|big5(?:-hkscs)?|euc-jp|iso-2022-jp"
)
_WINDOWS = "".join(
    codecs.decode(bytes([code]), "cp1252", "ignore") or chr(code) for code in range(256)
)  # as browsers do, the five unused bytes are controls, which cleaning drops


def decode(data: bytes, charset: str | None = None) -> str:
    """Turn the bytes of a document into text as a browser would.

    By byte order mark, then by the charset that its server named, then by its own declaration, then
    as UTF-8. What is no UTF-8, also what wrongly says to be, is read as windows-1252.

    Raises:
        DocumentError: The bytes are no text.
    """
    for magic, what in _MAGIC.items():
        if data.startswith(magic):
            raise DocumentError(f"{what}, not text")
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace").replace("\0", "")
    if len(_CONTROLS.findall(data[:4096])) > len(data[:4096]) // 20:
        raise DocumentError("a binary file, not text")
    return _decode_unmarked(data, charset).replace("\0", "")


def _decode_unmarked(data: bytes, charset: str | None) -> str:
    found = _DECLARED.search(data, 0, 2048)
    declared = (found[1] or found[2]).decode("ascii") if found else ""
    labels = [label.lower() for label in (charset or "", declared)]
    encodings = [_LABELS.get(label, label) for label in labels]
    encoding = next((each for each in encodings if _KNOWN.fullmatch(each)), "")
    if encoding not in {"utf-8", "windows-1252"} and _KNOWN.fullmatch(encoding):
        return data.decode(encoding, "replace")
    text = data.decode("utf-8", "replace")
    faults = text.count("\ufffd")
    if encoding == "windows-1252" or (faults and faults * 2 > len(re.sub(r"[\0-\x7f]+", "", text))):
        return codecs.charmap_decode(data, "strict", _WINDOWS)[0]
    return text


_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1f\x7f]")
_EXTENSIONS = {
    **dict.fromkeys((".html", ".htm", ".xhtml"), Format.HTML),
    **dict.fromkeys((".md", ".markdown"), Format.MARKDOWN),
    **dict.fromkeys((".jsonl", ".ndjson"), Format.JSON_LINES),
    **dict.fromkeys((".rss", ".atom", ".rdf"), Format.FEED),
    ".json": Format.JSON,
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
