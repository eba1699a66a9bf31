"""The article's own paragraphs on its page: found by extractors, read where they stand.

Measured on 90 news pages: body F1 0.969 with what the extractors return, 0.979 with this, in both halves.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from lxml import etree

from digest.collect.blocks import Block, Place, with_links
from digest.collect.furniture import letters_of
from digest.model.article import fold

__all__ = ["blocks_in_place"]

_RUN = 4  #: words compared at once
_SAME = 0.6  #: share of its runs that make a paragraph a known one
_ENOUGH = 0.8  #: share of what the extractor found that must be found again
_TWINS = 3  #: paragraphs found of one kind, from which on the others of it belong to the article, too
_OWN = 250  #: characters of an article that stands beside others
_LONG = 80  #: characters; shorter ones are captions, labels and teasers as often as text
_OUTSIDE = {"nav", "footer", "aside", "form", "header", "figure", "table", "li", "dialog"}
_UNITS = {"article", "post", "entry", "hentry", "story", "blog-post", "post-item"}
_WORD = re.compile(r"\w+")
_DIGITS = re.compile(r"\d+")

Kind = tuple[str, ...]


def blocks_in_place(
    found: Sequence[Block], places: Sequence[Place], title: str, base_url: str
) -> tuple[Block, ...]:
    """Read again, from the page itself, what an extractor found, and what it overlooked between.

    Extractors split paragraphs at links and lose those in a second container. A long paragraph that is
    marked up like three found ones, and stands among them, is one of the article's.

    Returns:
        The blocks of the page in its order; `found` itself when the page does not show most of it.
    """
    known = _known(found, [block for block, _ in places])
    kinds = Counter(
        _kind(element)
        for number, (block, element) in enumerate(places)
        if number in known and len(block.text) >= _LONG
    )
    units = {_unit(places[number][1]) for number in known}
    kept = [
        (block, element)
        for number, (block, element) in enumerate(places)
        if number in known or (_is_twin(block, element, kinds) and _unit(element) in units)
    ]
    wanted, longest = letters_of(title), 2 * len(title) + 20
    headings = (place for place in places if len(place[0].text) <= longest)
    heading = next((element for block, element in headings if letters_of(block.text) == wanted), None)
    blocks = _of_one_article(kept, None if heading is None else _unit(heading))
    chars, before = (sum(len(block.text) for block in some) for some in (blocks, found))
    is_shown = chars >= before * _ENOUGH or len(blocks) < len(kept)
    return tuple(with_links(block, base_url) for block in (blocks if is_shown else found))


def _known(found: Sequence[Block], shown: Sequence[Block]) -> set[int]:
    """Return which of the shown blocks were found: the same ones first, then those that hold parts of others.

    What repeats found text in other words around it, such as a teaser, is none. Each text counts once.
    """
    texts = {fold(block.text) for block in found}
    known: set[int] = set()
    seen: set[str] = set()
    for number, block in enumerate(shown):
        text = fold(block.text)
        if text in texts and (text not in seen or len(text) < _LONG // 2):
            known.add(number)
            seen.add(text)
    same = {shown[number].text for number in known}
    left = {run for block in found if block.text not in same for run in _runs(block.text)}
    left.difference_update(*(_runs(text) for text in same) if left else ())
    for number, block in enumerate(shown):
        if not left:
            break
        own = _runs(block.text) if number not in known else []
        if own and sum(run in left for run in own) >= _SAME * len(own):
            known.add(number)
            left.difference_update(own)
    return known


def _of_one_article(kept: Sequence[Place], home: etree._Element | None) -> list[Block]:
    """Leave out other articles' texts, where a page shows several and its own is long enough."""
    around = {home, None, *(home.iterancestors() if home is not None else ())}
    units = [_unit(element) for _, element in kept]
    own = [block for (block, _), unit in zip(kept, units, strict=True) if unit in around]
    is_apart = len(set(units) - around) > 1 and sum(len(block.text) for block in own) >= _OWN
    return own if home is not None and is_apart else [block for block, _ in kept]


def _runs(text: str) -> list[tuple[str, ...]]:
    words = _WORD.findall(text)
    return [tuple(words[at : at + _RUN]) for at in range(len(words) - _RUN + 1)]


def _kind(element: etree._Element) -> Kind:
    """Tell how an element is marked up: by its own class, else by where it stands."""
    kind: list[str] = []
    at: etree._Element | None = element
    while at is not None and len(kind) < 6:
        marks = _DIGITS.sub("", f"{at.get('class') or ''}")
        kind += [str(at.tag), marks]
        if marks.strip():
            return tuple(kind)
        at = at.getparent()
    return tuple(kind)


def _unit(element: etree._Element) -> etree._Element | None:
    """Find the article that an element stands in, as pages that show several mark them; None without one."""
    for above in element.iterancestors():
        if above.tag == "article" or not _UNITS.isdisjoint((above.get("class") or "").lower().split()):
            return above
    return None


def _is_twin(block: Block, element: etree._Element, kinds: Counter[Kind]) -> bool:
    if block.tag != "p" or len(block.text) < _LONG or kinds[_kind(element)] < _TWINS:
        return False
    linked = sum(len(text) for text in re.findall(r"<a [^>]*>([^<]*)</a>", block.inner))
    return linked * 2 < len(block.text) and all(
        above.tag not in _OUTSIDE for above in element.iterancestors()
    )
