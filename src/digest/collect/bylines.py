"""Bylines as people write them: the names in them, without what stands around."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import unescape

from digest.collect.nobody import is_nobody
from digest.collect.reporters import reporters_in
from digest.collect.words import HOUSES, LINKS, NO_NAMES
from digest.markup import clean_line
from digest.model.article import fold

__all__ = ["byline_in", "clean_names", "is_login", "name_said"]

_MAX_NAMES = 5
_MAX_CHARS = 300  #: of a byline; what is longer is text
_MAX_WRITTEN = 2_000  #: characters with mark-up
_VERBS = (
    r"(?:written|posted|published|submitted|reported|story|text|words|verfasst|geschrieben|erstellt|veröffentlicht|"
    r"publicado|escrito|écrit|scritto|a cura|geschreven)"
)
_START = re.compile(
    r"^(?:about(?: the authors?)?\b\s*:?\s*|"
    r"(?:view |see |read )?(?:all |more )?(?:posts|articles|stories) (?:by|from) |"
    r"(?:(?:eine? )?(?:gast)?(?:beitrag|artikel|kommentar|interview|analyse|rezension|bericht|kolumne) |"
    rf"(?:an )?(?:analysis|opinion|review|interview|article) )?(?:{_VERBS} )?"
    r"(?:(?:by|par|por|door)\b|(?<= )(?:von|vom|di)\b|"
    r"(?:von|vom|di)(?=\s*:|\s(?-i:[^\W\d_a-zß-ÿ])\S*\s\S))\s*:?\s*|"
    r"(?:text(?: und fotos?)?|autor(?:in|en)?|author|auteure?|autore|words|redaktion)\s*:\s*|"
    r"(?:текст|автор)\s*:?\s*)",
    re.IGNORECASE,
)
#: Before a name in a field; 'von' and the like are parts of it unless they are small, before two words.
_LABEL = re.compile(
    r"^(?:(?i:(?:(?:written|posted|published|submitted|reported|story|text|words) )?by\s+"
    r"|(?:by|von|text(?: und fotos?)?|words|author|autor(?:in)?|auteure?|autore|автор|текст)\s*:\s*)"
    r"|(?:von|par|por|di|door)\s+(?=[^\W\d_a-z]\S*\s+[^\W\d_a-z]))"
)
_END = re.compile(
    r"\s*(?:[|•·/／｜(（\[<]|\s[–—-]\s|(?<=\s)\d|(?<!\S)\S*@|@|https?:|"
    r"\b(?:on|am|um|le|el|il) (?=\w*[.,]?\s?\d|(?:mon|tue|wed|thu|fri|sat|sun)\w*\b)|"
    r"\b(?:published|posted|updated|veröffentlicht|aktualisiert|stand|publié|publicado)\b|"
    r"\b(?:\w+ly )?(?:reviewed|checked|edited|translated|illustrated|photographed) by\b|"
    r"\b(?:photo(?:graph)?s?|fotos?|bilder|videos?|illustrations?)(?: by\b|\s*:)|"
    r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b|"
    r"\b(?:is|was|ist|war|est|es) (?:a|an|the|ein|eine|une?)\b).*$",
    re.IGNORECASE | re.DOTALL,
)
#: A single letter joins full names only: 'Ortega y Gasset' is one person.
_JOINT = re.compile(
    r"\s*,\s*(?:(?:and|und|et|y|e|en|och|og)\s+|&\s*)?|\s*[;&、，،]\s*|\s+(?:and|und|et|with|mit|och|og|и)\s+|"
    r"\s+(?:y|e|i|en)\s+(?=\S+\s+\S)",
    re.IGNORECASE,
)
_ROLE = re.compile(
    r"(?:.*\b)?(?:writer|reporter|correspondent|editor|columnist|contributor|journalist|staff|press|agency|"
    r"agencies|desk|special|redakteur(?:in)?|korrespondent(?:in)?|autor(?:in)?|reporterin|volontär(?:in)?|dpa|afp|ap|"
    r"phd|ph\.d\.?|m\.?d\.?|jr\.?|sr\.?)\b.*",
    re.IGNORECASE,
)
_CAPITAL = r"[^\W\d_a-zß-ÿ]"
_FROM_THERE = re.compile(rf"(?P<who>{_CAPITAL}\S*(?: {_CAPITAL}\S*){{1,3}}) (?:in|via) {_CAPITAL}.*")
#: Where and as what somebody works whose last word is a surname, too.
_WORK = re.compile(
    r"The .*|(?:Washington|Huffington|New York|Denver|Jerusalem|Jakarta|Bangkok|National|Financial) Post|"
    r"(?:China|People['’]s|Korea) Daily|(?:PA|Business|PR|News) ?Wire|"
    r"(?:Senior|Junior|Research|Visiting|Teaching|Policy|Associate|Distinguished|Non-?[Rr]esident)\b.* Fellow"
)
_LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]*")
_NO_NAME = re.compile(
    r"\b(?:licen[sc]e|creative commons|comments?|share|follow|read more|newsletter|subscribe|all posts)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_][\w.'’-]*\.?")
_TAG = re.compile(r"<[^<>]{1,300}>")
_SMALL = LINKS | {"zu", "zur", "vom", "ter", "ten", "af", "av", "e", "y", "i"}  #: within names
_GIVEN = {"jan", "april", "may", "june", "august", "will", "al", "mai", "per"}  #: names, though words as well
_AROUND = ' ,.:;-–—|()[]"“”„«»'


def byline_in(line: str) -> str:
    """Return the persons of a line such as 'Submitted by Ada Brandt on 4 March'; '' when it names none."""
    if not line.isascii() and (named := reporters_in(line)):
        return ", ".join(named)
    start = _START.match(line)
    if start is None:
        return ""
    names = clean_names([line], is_strict=True)
    bare = _END.sub("", line[start.end() :]).strip(_AROUND)
    if not names and 2 < len(bare) <= 30 and bare.isalpha() and bare.upper() == bare.lower():
        names = [bare]  # in a script without capitals, by which names are known elsewhere
    return ", ".join(names)


def clean_names(told: Iterable[str], *, is_strict: bool = False) -> list[str]:
    """Return the names in what was told, without 'By', roles and dates; addresses and accounts are none.

    Args:
        told: Texts, each with one name or several.
        is_strict: Take only what looks like the name of a person: two to four words with capitals.
    """
    names: dict[str, str] = {}
    for written in told:
        for name in reporters_in(written) or _parts(_plain(written)):
            if _is_name(name, is_strict=is_strict) and not (names and _ROLE.fullmatch(name)):
                names.setdefault(fold(name), name)
    return list(names.values())[:_MAX_NAMES]


def name_said(written: str) -> str:
    """Return a name as a list tells it, without 'By' before and the site behind it; '' for nobody.

    What is left stays in one piece: 'Ortega y Gasset' is one author where a field holds one, and words that
    stand before names elsewhere are parts of them ('Von Trapp', 'Di Stefano').
    """
    text = clean_line(written[:_MAX_WRITTEN], _MAX_CHARS)
    if "://" in text or is_nobody(text):
        return ""
    bare = ", ".join(reporters_in(text)) or _END.sub("", _LABEL.sub("", text)).strip(_AROUND)
    return "" if is_nobody(bare) else bare or text


def is_login(name: str) -> bool:
    """Tell what may be a name that somebody logs in by: small letters and figures in one word."""
    return _LOGIN.fullmatch(name) is not None


def _plain(written: str) -> str:
    """Return the text without 'By' before and dates behind; '' when it is an address or no byline at all."""
    if len(written) > _MAX_WRITTEN:
        return ""
    text = clean_line(unescape(_TAG.sub(" ", written)), _MAX_CHARS + 1)
    if "http" in text or "www." in text or len(text) > _MAX_CHARS:
        return ""
    return _END.sub("", _START.sub("", text.lstrip(_AROUND))).strip(_AROUND)


def _parts(bare: str) -> Iterator[str]:
    """Split at commas and 'and'; what says where the person before a comma works is left out."""
    at, before, is_behind_comma = 0, "", False
    for start, end in [*(joint.span() for joint in _JOINT.finditer(bare)), (len(bare), len(bare))]:
        part = bare[at:start].strip(" ,.:;")
        there = _FROM_THERE.fullmatch(part)
        part = there["who"] if there else part
        if part and not (is_behind_comma and " " in before and _is_work(part)):
            yield part
            before = part
        at, is_behind_comma = end, bare[start:end].strip() == ","


def _is_work(part: str) -> bool:
    """Tell 'Quay Times', 'Reuters' and 'envoyée spéciale' from a second person behind a full name."""
    words = part.split()
    is_cased = part.upper() != part.lower()
    is_small = words[0].islower() and words[0] not in _SMALL
    is_known = _WORK.fullmatch(part) is not None or any(word.casefold() in HOUSES for word in words)
    return is_cased and (len(words) == 1 or is_small or is_known)


def _is_name(text: str, *, is_strict: bool) -> bool:
    words = text.split()
    if (
        is_nobody(text)
        or _NO_NAME.search(text)
        or not (2 if text.isascii() else 1) < len(text) <= 60
        or not 1 <= len(words) <= 6
    ):
        return False
    if not is_strict:
        return any(sign.isalpha() for sign in text)
    return (
        2 <= len(words) <= 4
        and all(word[0].isupper() or word.lower() in _SMALL for word in words)
        and words[0][0].isupper()
        and words[0].lower() not in NO_NAMES - _GIVEN
        and all(_WORD.fullmatch(word) for word in words)
        and not _ROLE.fullmatch(text)
    )
