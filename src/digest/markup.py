"""Hygiene of foreign text and HTML: what every part does before it shows what others wrote."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import cache

import nh3

from digest.errors import DocumentError

__all__ = ["MAX_DEPTH", "MAX_HTML_BYTES", "clean_line", "clean_text", "depth_of", "sanitise"]

MAX_HTML_BYTES = 2_000_000  #: of one piece of HTML that `sanitise` takes
MAX_DEPTH = 100  #: of open elements; nh3 needs quadratic time in it
_MAX_MARKS = 10  #: combining marks in a row; NFC needs quadratic time in them

_TAGS = {"p", "blockquote", "h2", "h3", "ul", "ol", "li", "a", "em", "strong", "br"}
_SILENT = {"script", "style", "template", "iframe", "object", "svg", "math", "noscript", "title", "textarea"}
_SCHEMES = {"http", "https", "mailto"}

# Controls that are no white space, soft hyphen, zero-width and bidi characters, invisible
# fillers, interlinear marks, the object sign, tag characters, noncharacters, lone surrogates, and
# private characters, which are the icons of some site's own font.
_JUNK = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e"
    "\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufdd0-\ufdef\ufeff\uffa0\ufff0-\ufffc\ufffe\uffff"
    "\ud800-\uf8ff\U000e0000-\U000e00ff\U000f0000-\U000ffffd\U00100000-\U0010fffd"
    + "".join(f"{chr(plane << 16 | 0xFFFE)}{chr(plane << 16 | 0xFFFF)}" for plane in range(1, 17))
    + "]+"
)
# White space, Latin, Cyrillic, kana, Han and Hangul letters, dashes, quotation marks, currencies, signs and
# pictures: none is junk, a joiner or a combining mark, and NFC leaves them all as they are.
_SETTLED = re.compile(
    "[\t-\r\x1c-~\x85\xa0-\xac\xae-\u02ff\u2010-\u2027\u2030-\u205e\u20a0-\u20bf\u2190-\u2328\u232b-\u2adb\u0400-\u0482\u048a-\u052f"
    "\u3000-\u3029\u3041-\u3096\u30a1-\u30ff\u4e00-\u9fff\uac00-\ud7a3\uff01-\uff9f\U0001f300-\U0001f64f]*"
)
_JOINERS = re.compile("[\u200c\u200d]")
_JOINER_RUNS = re.compile("[\u200c\u200d]{2,}")
_BREAK = re.compile(r"[^\S\n]*(?:\n[^\S\n]*\n\s*|\u2029\s*)")


def clean_line(text: str, max_chars: int) -> str:
    """Make one line of foreign text fit to show.

    Normalised to NFC; without controls, bidirectional controls, noncharacters, lone surrogates
    and invisible characters (joiners stay between letters or emoji); every run of white space
    is one space. Does not escape: the result is text, not HTML.

    Args:
        text: Anything.
        max_chars: Upper bound in characters; the cut is hard.

    Returns:
        Text of at most max_chars characters; may be empty.
    """
    line = " ".join(text.split())
    if line.isascii() and line.isprintable():  # what the rest makes of it, at once
        return _cut(line, max_chars)
    return _cut(" ".join(_plain(text).split()), max_chars)


def clean_text(text: str, max_chars: int) -> str:
    """Do what `clean_line` does, but keep paragraphs apart by one empty line."""
    plain = _plain(text).replace("\r\n", "\n").replace("\r", "\n")
    parts = (" ".join(part.split()) for part in _BREAK.split(plain))
    return _cut("\n\n".join(part for part in parts if part), max_chars)


def _plain(text: str) -> str:
    if text.isascii():
        return text if text.isprintable() else _JUNK.sub("", text)
    if _SETTLED.fullmatch(text):
        return text
    visible = _JOINER_RUNS.sub("", _JUNK.sub("", text))  # one beside another joins nothing
    joined = _JOINERS.sub(lambda found: found[0] if _joins(visible, found.start()) else "", visible)
    return _few_marks(unicodedata.normalize("NFC", _few_marks(joined)))


def _joins(text: str, at: int) -> bool:
    """Tell whether the joiner at that place stands between letters, marks or emoji."""
    if at == 0 or at + 1 >= len(text):
        return False
    around = (unicodedata.category(text[at - 1]), unicodedata.category(text[at + 1]))
    return all(kind[0] in "LM" or kind in {"So", "Sk"} for kind in around)


def _few_marks(text: str) -> str:
    return _mark_runs().sub(r"\1", text)


@cache
def _mark_runs() -> re.Pattern[str]:
    """Build the pattern of too many combining marks in a row; the marks end below U+1F000."""
    marks = "".join(chr(code) for code in range(0x300, 0x1F000) if unicodedata.combining(chr(code)))
    return re.compile(f"([{marks}]{{{_MAX_MARKS}}})[{marks}]+")


def _cut(text: str, max_chars: int) -> str:
    return text if len(text) <= max_chars else text[: max(0, max_chars)].rstrip(" \n\u200c\u200d")


def sanitise(html: str) -> str:
    """Reduce foreign HTML to paragraphs, quotations, headings, lists, links and emphasis.

    The only attribute that stays is the href of a link, with http, https or mailto. Other tags
    go and their text stays, except scripts and their like, which go whole.

    Raises:
        DocumentError: The HTML is too large, nests too deep, or would grow to more than twice
            its size. Source: nh3 is quadratic in depth and can multiply what it is given.
    """
    html = html if _SETTLED.fullmatch(html) else _JUNK.sub("", html)
    size = len(html.encode())
    if size > MAX_HTML_BYTES:
        raise DocumentError(f"HTML of {size:,} bytes, more than the {MAX_HTML_BYTES:,} allowed")
    if depth_of(html, MAX_DEPTH) > MAX_DEPTH:
        raise DocumentError(f"HTML nested deeper than {MAX_DEPTH} elements")
    clean = nh3.clean(
        html,
        tags=_TAGS,
        clean_content_tags=_SILENT,
        attributes={"a": {"href"}, "*": set()},
        url_schemes=_SCHEMES,
        url_relative="deny",
        link_rel=None,
    )
    if len(clean.encode()) > 2 * size + 1024:
        raise DocumentError("HTML that grows to more than twice its size when its tags are closed")
    return clean


_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
_RAW = {"script", "style", "textarea", "title", "xmp", "iframe", "noframes"}
_FORMATTING = {
    *("a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"),
}
_ENDS_PARAGRAPH = (
    *("address", "article", "blockquote", "div", "h1", "h2", "h3", "h4", "h5", "h6"),
    *("hr", "ol", "p", "pre", "section", "table", "ul"),
)
_CLOSES = {
    **{name: {"p"} for name in _ENDS_PARAGRAPH},
    "li": {"li", "p"},
    "dt": {"dt", "dd", "p"},
    "dd": {"dt", "dd", "p"},
    "option": {"option"},
    "td": {"td", "th"},
    "th": {"td", "th"},
    "tr": {"td", "th", "tr"},
}
_TAG = re.compile(
    r"""<!--(?P<comment>)|<[!?][^>]*>|<(?P<end>/?)(?P<name>[a-z][^\s/>]*)"""
    r"""(?P<rest>(?:[^>"']++|"[^"]*"|'[^']*')*+)(?P<close>>?)""",
    re.IGNORECASE,
)
_COMMENT_END = re.compile(r"--!?>")


def depth_of(html: str, limit: int) -> int:
    """Count how deep the elements of HTML nest, in linear time and without recursion.

    Unclosed formatting counts until its own end tag, as parsers reopen it in every later block.

    Returns:
        The greatest number of elements open at once; `limit + 1` as soon as it is exceeded.
    """
    counter = _Depth(has_foreign=re.search(r"<(?:svg|math)\b", html, re.IGNORECASE) is not None)
    at = html.find("<")
    while at >= 0:
        found = _TAG.match(html, at)
        if found is None:
            after: int | None = at + 1
        elif found["comment"] is not None:
            ending = _COMMENT_END.search(html, at + 2)
            after = ending.end() if ending else None
        elif found["name"] is None:
            after = found.end()
        else:
            after = counter.take(found, html)
        if after is None or counter.deepest > limit:
            break
        at = html.find("<", after)
    return min(counter.deepest, limit + 1)


class _Depth:
    """The open elements while a document is read."""

    def __init__(self, *, has_foreign: bool) -> None:
        self.deepest = 0
        self._has_foreign = has_foreign  # within svg or math no element holds raw text
        self._open: list[str] = []
        self._counts: Counter[str] = Counter()
        self._formatting = 0

    def take(self, tag: re.Match[str], html: str) -> int | None:
        """Count one tag; return where to read on, None at the end of what parsers read."""
        if not tag["close"]:
            return None
        name = tag["name"].lower()
        if tag["end"]:
            self._close(name)
        elif name not in _VOID:
            self._enter(name)
            if name in _RAW and not self._has_foreign:
                ending = re.compile(rf"</{name}", re.IGNORECASE).search(html, tag.end())
                return ending.start() if ending else None
        return tag.end()

    def _enter(self, name: str) -> None:
        if name in _FORMATTING:
            self._formatting += 1
            self._counts[name] += 1
        else:
            while self._open and self._open[-1] in _CLOSES.get(name, ()):
                self._counts[self._open.pop()] -= 1
            self._open.append(name)
            self._counts[name] += 1
        self.deepest = max(self.deepest, len(self._open) + self._formatting)

    def _close(self, name: str) -> None:
        if not self._counts[name]:
            return
        if name in _FORMATTING:
            self._formatting -= 1
            self._counts[name] -= 1
            return
        while True:
            last = self._open.pop()
            self._counts[last] -= 1
            if last == name:
                return
