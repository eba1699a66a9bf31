"""Cut compiled HTML into fragments at its marks, and keep its lines short."""

from __future__ import annotations

import re
from collections.abc import Iterable

from digest.errors import TemplateError

MAX_LINE = 800  #: characters; what cannot be broken, such as an address, may be longer

_MARK = re.compile(r"<!--cut:([a-z]+(?:\.\d+)?(?:\.[a-z]+)?)-->")
_RAW_MARK = re.compile(r"<mj-raw>(?:<!--cut:[a-z.\d]+-->)+</mj-raw>\n?")
_EMPTY_STYLE = re.compile(r"<style[^>]*>\s*</style>\s*")
_BOUNDARY = re.compile(r"(</(?:tr|table|div|tbody|p|h[123])>|-->)(?=<)")
_PIECE = re.compile(r"<!--.*?-->|<[^>]*>|[^<\s]+|\s+")


def cut(html: str, template: str) -> dict[str, str]:
    """Split HTML at its marks.

    Returns:
        Fragments by the name of the mark before them, in order; 'head' is what stands before
        the first. The marks are gone.

    Raises:
        TemplateError: The template wrote a mark twice.
    """
    pieces = _MARK.split(_EMPTY_STYLE.sub("", html))
    fragments = {"head": tame(pieces[0])}
    for name, text in zip(pieces[1::2], pieces[2::2], strict=True):
        if name in fragments:
            raise TemplateError(f"the mark 'cut:{name}' stands there twice", where=template)
        fragments[name] = tame(text)
    return fragments


def require(fragments: dict[str, str], names: Iterable[str], template: str) -> None:
    """Check that the template set the marks without which mails of a choice cannot be joined.

    Raises:
        TemplateError: One is missing.
    """
    for name in names:
        if name not in fragments:
            raise TemplateError(f"the mark '<!--cut:{name}-->' is missing", where=template)


def without_marks(mjml: str) -> str:
    """Return MJML as a person wants to read it: no marks, and no variants for other choices."""
    start, end = mjml.find("<!--cut:variants-->"), mjml.find("<!--cut:close-->")
    if 0 <= start < end:
        mjml = mjml[:start] + mjml[end:]
    return _MARK.sub("", _RAW_MARK.sub("", mjml))


def tame(html: str) -> str:
    """Break long lines where white space changes nothing: between blocks, words or attributes."""
    lines = _BOUNDARY.sub(r"\1\n", html.strip("\n")).split("\n")
    return "\n".join(line if len(line) <= MAX_LINE else _broken(line) for line in lines)


def _broken(line: str) -> str:
    """Break one long line before words and inside tags, after the tag's name."""
    done: list[str] = []
    used = 0
    for piece in _PIECE.findall(line):
        is_full = used + len(piece) > MAX_LINE
        if is_full and piece.isspace():
            done.append("\n")
            used = 0
        elif is_full and piece[0] == "<" and " " in piece and not piece.startswith("<!"):
            name, _, rest = piece.partition(" ")
            done.append(f"{name}\n{rest}")
            used = len(rest)
        else:
            done.append(piece)
            used += len(piece)
    return "".join(done)
