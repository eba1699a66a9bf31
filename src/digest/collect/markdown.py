"""Markdown, with or without YAML front matter."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from markdown_it import MarkdownIt
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from digest.collect.blocks import MAX_LINES, Block, blocks_of_tree, parse_html
from digest.collect.document import Draft, ImageHint
from digest.collect.records import Record, assemble, image_hint
from digest.errors import DocumentError

__all__ = ["draft_from_markdown"]

_MAX_CHARS = 250_000  #: of one document; three times a long read
_MAX_SIGNS = 10_000  #: that may open a link or emphasis, which the parser tries one by one
_MAX_MATTER_CHARS = 20_000
_MAX_BRACKETS = 100
_MATTER = re.compile(r"\s*---[ \t]*(?=\r?\n)(?P<yaml>.*?)\r?\n(?:---|\.\.\.)[ \t]*(?:\r?\n|$)", re.DOTALL)


def draft_from_markdown(text: str, url: str) -> Draft:
    """Read Markdown; what the front matter does not say is read from the text.

    The title is the front matter's, else the first heading; the image is the front matter's,
    else the first one in the text. Values of the front matter are read as text: `no` is `no`.

    Raises:
        DocumentError: Too long, nested too deep, or faulty front matter.
    """
    if len(text) > _MAX_CHARS:
        raise DocumentError(f"more than {_MAX_CHARS:,} characters of Markdown")
    if text.count("\n") > MAX_LINES or sum(map(text.count, "[*_`")) > _MAX_SIGNS:
        raise DocumentError("too many lines or signs of Markdown")
    found = _MATTER.match(text)
    matter = _load(found["yaml"]) if found else {}
    rendered = MarkdownIt("commonmark").render(text[found.end() :] if found else text)
    if not rendered.strip():
        raise DocumentError("no text")
    tree = parse_html(rendered)
    told_url = matter.get("url")
    blocks = blocks_of_tree(tree, told_url if isinstance(told_url, str) else url)
    title, blocks = _title(matter, blocks)
    image = image_hint(matter)
    pictures = tree.iter("img") if image is None else ()
    for picture in pictures:
        image = image or ImageHint(address=picture.get("src") or "", alt=picture.get("alt") or "")
    draft = assemble({**matter, "title": title}, blocks, {})
    return replace(draft, image=image)


def _load(written: str) -> Record:
    """Read front matter with every scalar as text.

    Raises:
        DocumentError: It is no YAML mapping, too long, or nested too deep.
    """
    if len(written) > _MAX_MATTER_CHARS or sum(map(written.count, "[{")) > _MAX_BRACKETS:
        raise DocumentError("front matter too long or nested too deep")
    try:
        matter = YAML(typ="base", pure=True).load(written)
    except MarkedYAMLError as error:
        line = f" in line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise DocumentError(f"front matter: {error.problem or 'no YAML'}{line}") from error
    except (YAMLError, ValueError, RecursionError) as error:
        raise DocumentError("front matter: no YAML") from error
    if matter is None:
        return {}
    if not isinstance(matter, Mapping):
        raise DocumentError("front matter: expected keys and values")
    return {str(key): value for key, value in matter.items()}


def _title(matter: Record, blocks: tuple[Block, ...]) -> tuple[object, tuple[Block, ...]]:
    if matter.get("title"):
        return matter["title"], blocks
    if blocks and blocks[0].tag == "h2":
        return blocks[0].text, blocks[1:]
    return "", blocks
