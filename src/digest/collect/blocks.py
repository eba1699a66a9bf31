"""Paragraphs with their markup: from an HTML tree or plain text to safe blocks, and back to HTML."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from html import escape, unescape

from lxml import etree, html

from digest.collect.addresses import absolute
from digest.errors import DocumentError
from digest.markup import clean_line, clean_text

__all__ = [
    "MAX_LINES",
    "MAX_TREE_DEPTH",
    "Block",
    "Place",
    "blocks_of_html",
    "blocks_of_text",
    "blocks_of_tree",
    "bound_tags",
    "parse_html",
    "placed_blocks",
    "to_html",
    "with_links",
]

MAX_TREE_DEPTH = 200  #: libxml2 itself drops what is deeper than 255
MAX_TAGS = 30_000  #: of one page or entry, end tags included; 90 news pages have 3,200 at most
MAX_LINES = 20_000  #: of plain text
#: One class for all elements; lxml.html's own lookup is a call of Python for each that is touched.
_CLASSES = etree.ElementDefaultClassLookup(element=html.HtmlElement)
_TOO_DEEP = etree.XPath(f"boolean(/{'/'.join('*' * (MAX_TREE_DEPTH + 1))})")
_MAX_LINE = 1_000_000
_MAX_ATTRIBUTES = 1_000
_LONG = 5_000  #: characters of a tag; shorter ones cannot have so many attributes
_LONG_TAG = re.compile(rf"[a-z][^>]{{{_LONG},}}", re.IGNORECASE)
_LINK = re.compile(r'<a href="([^"]*)">(.*?)</a>')  # as the walk writes them: never one in another
_ATTRIBUTE = re.compile(r"\s[\w:-]{1,100}\s?=")


@dataclass(frozen=True, kw_only=True, slots=True)
class Block:
    """One paragraph, quotation, heading or list item."""

    tag: str  #: p, blockquote, h2, h3, ul or ol (one item of such a list)
    text: str  #: plain, one line, not empty
    inner: str  #: the same as HTML with a, em and strong; everything else is escaped


Place = tuple[Block, etree._Element]  #: a block and the element that it stands in

_SKIP = frozenset(
    {
        *("script", "style", "noscript", "template", "iframe", "object", "embed", "svg", "math", "form"),
        *("button", "select", "textarea", "input", "title", "nav", "audio", "video", "canvas"),
        *("figcaption", "graphic"),
    }
)
_INLINE = {"a": "a", "ref": "a", "em": "em", "i": "em", "strong": "strong", "b": "strong"}
_THROUGH = frozenset(
    {
        *("abbr", "acronym", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "font", "ins", "kbd"),
        *("label", "mark", "output", "q", "s", "samp", "small", "span", "strike", "sub", "sup", "time"),
        *("tt", "u", "var", "wbr", "hi"),
    }
)
_BREAKS = frozenset({"br", "lb"})
_CELLS = frozenset({"td", "th", "cell"})
_KINDS = {
    **dict.fromkeys(("blockquote", "quote"), "blockquote"),
    **dict.fromkeys(("h1", "h2"), "h2"),
    **dict.fromkeys(("h3", "h4", "h5", "h6"), "h3"),
    "ul": "ul",
    "ol": "ol",
}


def parse_html(source: str) -> html.HtmlElement:
    """Parse HTML into a bounded tree.

    Raises:
        DocumentError: It holds nothing, too many tags, or nests too deep.
    """
    bound_tags(source, MAX_TAGS)
    parser = etree.HTMLParser(
        encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
    )
    parser.set_element_class_lookup(_CLASSES)
    try:
        tree = html.document_fromstring(source.encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError) as error:
        raise DocumentError("no readable HTML") from error
    if _TOO_DEEP(tree):
        raise DocumentError(f"nested deeper than {MAX_TREE_DEPTH} elements")
    return tree


def bound_tags(source: str, max_tags: int) -> None:
    """Refuse markup of too many tags, or with too many attributes in one: parsers are quadratic in those.

    Raises:
        DocumentError: It has them.
    """
    if source.count("<") > max_tags:
        raise DocumentError(f"more than {max_tags:,} tags")
    for piece in source.split("<")[1:]:
        if len(piece) <= _LONG or (found := _LONG_TAG.match(piece)) is None:
            continue
        if len(_ATTRIBUTE.findall(found[0])) > _MAX_ATTRIBUTES:
            raise DocumentError(f"more than {_MAX_ATTRIBUTES:,} attributes in one tag")


def blocks_of_html(source: str, base_url: str) -> tuple[Block, ...]:
    """Read the blocks of an HTML fragment; links are resolved against the address.

    Raises:
        DocumentError: The fragment breaks a bound of `parse_html`.
    """
    return blocks_of_tree(parse_html(source), base_url) if source.strip() else ()


def blocks_of_tree(tree: etree._Element, base_url: str) -> tuple[Block, ...]:
    """Read the blocks of a tree of HTML, or of trafilatura's own tags, in reading order."""
    return tuple(block for block, _ in placed_blocks(tree, base_url))


def placed_blocks(tree: etree._Element, base_url: str | None) -> list[Place]:
    """Read the blocks of a tree, each with the element that it stands in.

    Without a base the links stay as they are written, to be resolved by `with_links`: most blocks of a page
    are thrown away, and resolving takes longer than reading.
    """
    walk = _Walk(base_url, tree)
    steps = etree.iterwalk(tree, events=("start", "end"))
    for event, element in steps:
        is_skipped = element.tag in _SKIP
        if event == "start" and is_skipped:
            steps.skip_subtree()
        elif event == "start":
            walk.enter(element)
        elif is_skipped:
            walk.say(element.tail)
        else:
            walk.leave(element)
    walk.flush()
    return walk.blocks


class _Walk:
    """The blocks read so far, and the one being read."""

    def __init__(self, base_url: str | None, root: etree._Element) -> None:
        self.blocks: list[Place] = []
        self._base_url = base_url
        self._within = [root]
        self._kinds = ["p"]
        self._inner: list[str] = []
        self._text: list[str] = []
        self._open: list[str] = []
        self._breaks = 0

    def enter(self, element: etree._Element) -> None:
        tag = str(element.tag)
        name = _inline_name(element)
        if tag in _BREAKS:
            self._breaks += 1
            self._inner.append(" ")
            self._text.append(" ")
            if self._breaks > 1:
                self.flush()
        elif name:
            self._start_inline(name, element)
        elif tag not in _THROUGH:
            self.flush()
            self._kinds.append(_kind(element) or self._kinds[-1])
            self._within.append(element)
        self.say(element.text)

    def leave(self, element: etree._Element) -> None:
        tag = str(element.tag)
        name = _inline_name(element)
        if name:
            self._end_inline(name)
        elif tag not in _THROUGH and tag not in _BREAKS:
            if tag in _CELLS:
                self.say(" ")
            else:
                self.flush()
            self._kinds.pop()
            self._within.pop()
        self.say(element.tail)

    def say(self, text: str | None) -> None:
        if not text:
            return
        if text.isspace():
            if self._inner:  # no block begins with it
                self._text.append(" ")
                self._inner.append(" ")
            return
        words = clean_line(text, _MAX_LINE)
        if words:
            self._breaks = 0
        while words and unicodedata.combining(words[0]):
            words = words[1:]  # a mark at the start would melt into the '>' of the tag before it
        piece = (" " if text[0].isspace() else "") + words
        if words and text[-1].isspace():
            piece += " "
        self._text.append(piece)
        self._inner.append(escape(piece, quote=False))

    def flush(self) -> None:
        if not self._text:
            self._inner, self._open, self._breaks = [], [], 0
            return
        text = clean_line("".join(self._text), _MAX_LINE)
        if any(sign.isalnum() for sign in text):
            inner = "".join([*self._inner, *(f"</{name}>" for name in reversed(self._open))])
            block = Block(tag=self._kinds[-1], text=text, inner=" ".join(inner.split()))
            self.blocks.append((block, self._within[-1]))
        self._inner, self._text, self._open, self._breaks = [], [], [], 0

    def _start_inline(self, name: str, element: etree._Element) -> None:
        if name in self._open:
            return
        attribute = ""
        if name == "a":
            written = element.get("href") or element.get("target") or ""
            address = written if self._base_url is None else absolute(written, self._base_url)
            if not address:
                return
            attribute = f' href="{escape(address)}"'
        self._open.append(name)
        self._inner.append(f"<{name}{attribute}>")

    def _end_inline(self, name: str) -> None:
        while name in self._open:
            self._inner.append(f"</{self._open.pop()}>")


def _inline_name(element: etree._Element) -> str | None:
    if element.tag == "hi":
        return {"#b": "strong", "#i": "em"}.get(element.get("rend") or "")
    return _INLINE.get(str(element.tag))


def _kind(element: etree._Element) -> str | None:
    if element.tag == "head":
        return _KINDS.get(element.get("rend") or "", "h3")
    if element.tag == "list":
        return "ol" if element.get("rend") == "ol" else "ul"
    return _KINDS.get(str(element.tag))


def blocks_of_text(text: str) -> tuple[Block, ...]:
    """Make a paragraph of each part between empty lines.

    Raises:
        DocumentError: There are too many.
    """
    if text.count("\n") > MAX_LINES:
        raise DocumentError(f"more than {MAX_LINES:,} lines")
    parts = clean_text(text, len(text)).split("\n\n")
    return tuple(Block(tag="p", text=part, inner=escape(part, quote=False)) for part in parts if part)


def to_html(blocks: Iterable[Block]) -> str:
    """Write blocks as HTML; neighbouring list items share one list."""
    out = []
    for tag, group in itertools.groupby(blocks, key=lambda block: block.tag):
        members = [block.inner for block in group]
        if tag in {"ul", "ol"}:
            out.append(f"<{tag}>" + "".join(f"<li>{inner}</li>" for inner in members) + f"</{tag}>")
        elif tag == "blockquote":
            out.append("<blockquote>" + "".join(f"<p>{inner}</p>" for inner in members) + "</blockquote>")
        else:
            out.extend(f"<{tag}>{inner}</{tag}>" for inner in members)
    return "\n".join(out)


def with_links(block: Block, base_url: str) -> Block:
    """Return the block with its links resolved; those that lead nowhere become plain text."""

    def resolve(found: re.Match[str]) -> str:
        address = absolute(unescape(found[1]), base_url)
        return f'<a href="{escape(address)}">{found[2]}</a>' if address else found[2]

    return replace(block, inner=_LINK.sub(resolve, block.inner)) if "<a " in block.inner else block


def with_text(block: Block, text: str) -> Block:
    """Return the block saying something else, as plain text."""
    return replace(block, text=text, inner=escape(text, quote=False))
