"""Lines below a headline that say who wrote the article, when, and for whom."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from digest.collect.dates import read_date

__all__ = ["Credit", "read_credit"]

_MAX_CHARS = 160


@dataclass(frozen=True, kw_only=True, slots=True)
class Credit:
    """What one such line says; empty means it does not."""

    byline: str = ""
    published: datetime | None = None
    source: str = ""


_PARTS = re.compile(r"\s*[|•·]\s*|\s+[–—-]\s+")
_BY = re.compile(
    r"(?:(?:written|posted|reported|story|text|words|photos) )?(?:by|von|par|por|di|door)\s*:?\s+(?P<who>.+)|"
    r"(?:words|text|author|autor|auteur|autore|автор|текст|作者|文|撰文|記者|记者|מאת|بقلم)\s*[:：]\s*(?P<named>.+)",
    re.IGNORECASE,
)
_WHEN = re.compile(
    r"(?:(?:first )?(?:published|posted|created|date|veröffentlicht|publié|publicado|pubblicato|gepubliceerd)"
    r"(?: (?:on|am|le|el|il|em|op))?\s*:?\s*|on )?(?P<date>.{6,60}?)(?: by (?P<who>.+))?",
    re.IGNORECASE,
)
_DATED = re.compile(
    r"(?P<who>.+?)(?:,|\s+on|(?=\s+\d))\s+(?P<date>(?=\w*\s?\d|\w+\s\d).{6,60})", re.IGNORECASE
)
_SOURCE = re.compile(r"(?:source|quelle|fuente|fonte|bron)\s*:\s*(?P<source>.{2,80})", re.IGNORECASE)
_LENGTH = re.compile(r"\d{1,3}[ -]min(?:ute)?[sn]?(?: (?:read|lesezeit))?", re.IGNORECASE)
_WORD = r"[^\W\d_a-zß-öø-ÿа-яё][\w.'’-]*"
_LINK = r"(?:de|da|del|van|von|der|den|di|la|le|al|bin|and|und|y|et|e|en|&)"
_WHO = re.compile(rf"{_WORD}(?:,? (?:{_WORD}|{_LINK})){{0,9}}(?: (?:staff|desk|agencies|team))?")
_NAME = re.compile(rf"{_WORD}(?: (?:{_WORD}|{_LINK})){{1,3}}")


def read_credit(line: str) -> Credit | None:
    """Read a line such as 'By Ada Lovelace | 4 March 2026'.

    Every kind of part is read by its form; a bare name counts beside a date only. A line that
    ends like a sentence is none, and neither is one that tells nothing of the kind.
    """
    if len(line) > _MAX_CHARS or line.endswith(("!", "?", ":", "”", '"')):
        return None
    if (source := _SOURCE.fullmatch(line)) is not None:
        return Credit(source=source["source"])
    parts = [part for part in _PARTS.split(line) if part]
    credits_read = [_read_part(part) for part in parts]
    told = [credit for credit in credits_read if credit is not None]
    if not told:
        return None
    byline = next((credit.byline for credit in told if credit.byline), "")
    published = next((credit.published for credit in told if credit.published), None)
    if not byline and published is not None:
        unread = (part for part, credit in zip(parts, credits_read, strict=True) if credit is None)
        byline = next((part for part in unread if _NAME.fullmatch(part)), "")
    return Credit(byline=byline, published=published)


def _read_part(part: str) -> Credit | None:
    if _LENGTH.fullmatch(part):
        return Credit()
    by = _BY.fullmatch(part)
    if by is not None:
        return _read_author(by["who"] or by["named"])
    when = _WHEN.fullmatch(part)
    moment = read_date(when["date"]) if when else None
    if when is None or moment is None:
        return None
    return Credit(published=moment, byline=when["who"] or "")


def _read_author(written: str) -> Credit | None:
    """Read 'Ada Lovelace, Staff Writer', with or without a date behind; None when it is no name."""
    moment = None
    dated = _DATED.fullmatch(written)
    if dated is not None and (moment := read_date(dated["date"])) is not None:
        written = dated["who"]
    who = _WHO.match(written)
    if who is None or written[who.end() :].strip(" .,")[:1] not in ("", "("):
        return None
    return Credit(byline=who[0].split(", ")[0].rstrip(",") if ", " in who[0] else who[0], published=moment)
