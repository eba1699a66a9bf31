"""The text of a page, pasted into a file: headline, trail and paragraphs told apart."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from digest.collect.blocks import MAX_LINES, Block, blocks_of_text, with_text
from digest.collect.document import Draft
from digest.collect.furniture import letters_of, tidy
from digest.errors import DocumentError
from digest.markup import clean_line

__all__ = ["draft_from_text", "section_name"]

_TRAIL = re.compile(
    r"(?:home(?:page)?|start(?:seite)?|accueil|inicio|início)\s*[/>»›|→]\s*\S.*", re.IGNORECASE
)
_SEPARATOR = re.compile(r"\s*[/>»›|→]\s+|\s+[/>»›|→]\s*")
_MAX_TITLE = 250
_QUOTES = ('"', "“", "„", "«", "‘", "»")
_MAX_TRAIL = 500
_HEAD = 5  #: lines in which the trail stands, below the name of the site
_LOOK = 8  #: lines below the trail in which the headline comes again


def draft_from_text(text: str) -> Draft:
    """Read pasted text: a trail such as 'Home / World News / Headline', a headline, paragraphs.

    Raises:
        DocumentError: No line can be a headline, or nothing follows it.
    """
    if text.count("\n") > MAX_LINES:
        raise DocumentError(f"more than {MAX_LINES:,} lines")
    lines = _lines(text)
    if not lines:
        raise DocumentError("no text")
    section, title, site = "", "", ""
    at = next(
        (
            number
            for number, line in enumerate(lines[:_HEAD])
            if len(line) < _MAX_TRAIL and _TRAIL.fullmatch(line)
        ),
        None,
    )
    if at is not None:
        section, title = _read_trail(lines[at], lines[at + 1 : at + 1 + _LOOK])
        site = lines[0] if at else ""
        lines = lines[at + 1 :]
    if not title and lines:
        title, lines = lines[0], lines[1:]
    if not title or len(title) > _MAX_TITLE:
        raise DocumentError("no title: the first line is too long to be a headline")
    blocks = tuple(block for line in lines for block in blocks_of_text(line))
    tidied = tidy(blocks, title)
    return Draft(
        title=title,
        blocks=tuple(_with_quotations(tidied.blocks)),
        byline=tidied.byline,
        published=tidied.published,
        source_names=tuple(name for name in (tidied.source, site) if name),
        section=section,
        tags=tidied.tags,
    )


def _with_quotations(blocks: Iterable[Block]) -> Iterator[Block]:
    """Join a paragraph that ends in a colon and the quotation after it, so that it keeps its speaker."""
    before: Block | None = None
    for block in blocks:
        if before is not None and block.text.startswith(_QUOTES):
            yield with_text(before, f"{before.text} {block.text}")
            before = None
            continue
        if before is not None:
            yield before
        before = block if block.text.endswith(":") else None
        if before is None:
            yield block
    if before is not None:
        yield before


def _lines(text: str) -> list[str]:
    """Split text into paragraphs: at empty lines, and at every line break unless lines were wrapped."""
    parts = re.split(r"\n\s*\n", text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2029", "\n\n"))
    lines: list[str] = []
    for part in parts:
        rows = [clean_line(row, len(row)) for row in part.split("\n")]
        rows = [row for row in rows if row]
        lines.extend([" ".join(rows)] if _is_wrapped(rows) else rows)
    return lines


def _is_wrapped(rows: list[str]) -> bool:
    """Tell whether line breaks are those of a narrow window: all rows but the last are about full."""
    if len(rows) < 2:
        return False
    width = max(len(row) for row in rows)
    if len(set(rows)) < len(rows) or _TRAIL.fullmatch(rows[0]):
        return False
    return 50 <= width <= 120 and all(len(row) >= width * 0.7 for row in rows[:-1])


def _read_trail(trail: str, following: list[str]) -> tuple[str, str]:
    """Return the section and the headline of a trail; the headline is '' when the trail has none."""
    cuts = list(_SEPARATOR.finditer(trail))
    following_letters = {letters_of(line) for line in following}
    for number, cut in enumerate(cuts):
        tail = trail[cut.end() :]
        if letters_of(tail) in following_letters:
            return section_name(trail[cuts[0].end() : cuts[1].start()]) if number else "", tail
    parts = _SEPARATOR.split(trail)
    if len(parts[-1].split()) > 4:
        return section_name(parts[1]) if len(parts) > 2 else "", parts[-1]
    return section_name(parts[1]), ""


def section_name(written: str) -> str:
    """Return a section as readers know it: 'World News' is 'World', 'News' stays."""
    return re.sub(r"\s+news$", "", written.strip(), flags=re.IGNORECASE)
