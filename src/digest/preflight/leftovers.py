"""What was left over: places to fill in, 'TK', things that are empty or there twice."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from digest.canonical import canonical_address
from digest.model import Finding, fingerprint, item_anchor, section_anchor
from digest.model.article import fold
from digest.preflight.values import Findings, Proof
from digest.render import item_place, link_address

_PLACEHOLDER = re.compile(
    r"\{\{|\}\}|\{%|%\}|\[\[|\]\]|\*\||\|\*|%[A-Z][A-Z0-9_]{2,40}%|\$\{[A-Za-z]|<<[A-Za-z]|\blorem ipsum\b",
    re.IGNORECASE,
)
_SHOUTED = re.compile(r"%[A-Z][A-Z0-9_]{2,40}%")
_TK = re.compile(r"\b(?:TK)+\b")


@dataclass(frozen=True, kw_only=True)
class _Words:
    """Words of the mail that somebody wrote for it."""

    place: str
    anchor: str
    text: str
    source: str = ""  #: what they were made of; what stands there is nobody's slip


def leftovers(proof: Proof) -> Findings:
    """Look for places that somebody meant to fill in: '{{name}}', '%NAME%', 'lorem ipsum', 'TK'."""
    for words in _written(proof):
        found = _placeholder(words.text)
        if found:
            yield _of("placeholder", words, f"a place to fill in is left: {found}", "fill it in")
        if _TK.search(words.text) and not _TK.search(words.source):
            yield _of("tk", words, "it says TK: something is still to come", "write it, or cut it")


def _placeholder(text: str) -> str:
    """Return the first sign that a template was to fill, with what follows; '' for none."""
    for found in _PLACEHOLDER.finditer(text):
        if found[0][0] != "%" or found[0] == "%}" or _SHOUTED.fullmatch(found[0]):
            return " ".join(text[found.start() : found.start() + 30].split())
    return ""


def _written(proof: Proof) -> Iterator[_Words]:
    edition = proof.edition
    for name, text in (
        ("subject", proof.subject),
        ("preheader", proof.preheader),
        ("intro", edition.intro or ""),
        ("outro", edition.outro or ""),
    ):
        yield _Words(place=name, anchor=name, text=text)
    for section in edition.sections:
        yield _Words(place=section.title, anchor=section_anchor(section.key), text=section.title)
    for section, item in proof.items():
        article = proof.articles.get(item.article_id)
        yield _Words(
            place=item_place(section.title, item),
            anchor=item_anchor(item.article_id),
            text=f"{item.title}\n{item.summary.text}",
            source=f"{article.title}\n{article.text}" if article else "",
        )


def doubles(proof: Proof) -> Findings:
    """Look for sections that are empty or there twice, and for items and headlines that are there twice."""
    yield from _sections(proof)
    addresses: dict[str, _Words] = {}
    titles: dict[str, _Words] = {}
    for section, item in proof.items():
        anchor = item_anchor(item.article_id)
        words = _Words(place=item_place(section.title, item), anchor=anchor, text=item.title)
        link = link_address(item.url)
        first = addresses.setdefault(canonical_address(link) if link else anchor, words)
        again = titles.setdefault(fold(item.title), words)
        if first is not words:
            yield _of("item_doubled", words, f"the same article as “{first.place}”", "drop one of them")
        elif again is not words:
            yield _of("headline_doubled", words, f"the same headline as “{again.place}”", "write another")


def _sections(proof: Proof) -> Findings:
    titles = Counter(fold(section.title) for section in proof.edition.sections)
    for section in proof.edition.sections:
        words = _Words(place=section.title, anchor=section_anchor(section.key), text=section.title)
        if not section.items:
            yield _of("section_empty", words, "the section is empty, so it is left out", "take an article in")
        if titles[fold(section.title)] > 1:
            yield _of("section_doubled", words, "two sections have this title", "give one another title")


def _of(rule: str, words: _Words, message: str, hint: str) -> Finding:
    return Finding(
        rule=rule,
        place=words.place,
        anchor=words.anchor,
        content=fingerprint(words.text),
        message=message,
        hint=hint,
    )
