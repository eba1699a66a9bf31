"""What the names in an article are names of, by rules that say why."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from babel import Locale, UnknownLocaleError

from digest.collect.kind_words import (
    CITIES,
    HONORIFICS,
    NATIONS,
    NO_BODIES,
    ORGANISATIONS,
    ROLES,
    SAYINGS,
    SOLE,
)
from digest.collect.places import CAPITALS, COUNTRIES
from digest.model.article import primary_language

__all__ = ["NameKind", "Named", "kinds_of"]

_MAX_CHARS = 60_000  #: of the text that is looked at, as for finding the names
_BODIES = {"European Union", "United Nations", "EU", "UN", "EZ"}  #: that tables of countries have, too
_SHORT = ("mr", "mrs", "ms", "dr", "prof", "m", "sr", "sra", "dott")  #: titles that are written with a dot
_HUMAN = (
    "president|chairman|chairwoman|director|chief executive|spokesman|spokeswoman|analyst|economist|"
    "professor|lawyer|minister|leader|head|founder|author|editor|secretary|manager|coach|captain|partner|researcher|"
    "scientist|mother|father|son|daughter|wife|husband"
)  #: what somebody is, in English


class NameKind(StrEnum):
    """What a name is of."""

    PERSON = "person"
    PLACE = "place"
    ORGANISATION = "organisation"
    TOPIC = "topic"  #: no name, but a noun of the title
    UNKNOWN = "unknown"  #: no rule is sure


@dataclass(frozen=True, kw_only=True, slots=True)
class Named:
    """A name, what it is of, and why."""

    name: str
    kind: NameKind
    why: str  #: a few words for people


def kinds_of(names: Iterable[str], title: str, text: str, language: str | None) -> tuple[Named, ...]:
    """Tell what each name is of, in the order given.

    By what stands in the name, then around it in the text, in English, German, French, Spanish, Italian,
    Portuguese and Dutch. Rather unknown than wrong: no list of first names, no model.

    Args:
        names: As `name_tags` found them in that article.
        title: Of the article.
        text: Its running text; what is beyond 60,000 characters is not read.
        language: BCP 47; None is taken as English.
    """
    primary = primary_language(language or "") or "en"
    around = _Around(text=f"{title}\n{text[:_MAX_CHARS]}", language=primary)
    return tuple(_named(name, around) for name in names)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Around:
    """The text that names stand in."""

    text: str
    language: str

    def find(self, pattern: str) -> re.Match[str] | None:
        return re.search(pattern, self.text)

    def words(self, table: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
        return (*table.get("any", ()), *table.get(self.language, ()))


def _named(name: str, around: _Around) -> Named:
    if name.islower():
        return Named(name=name, kind=NameKind.TOPIC, why="a noun of the title that the text comes back to")
    for rule in _RULES:
        found = rule(name, around)
        if found is not None:
            return Named(name=name, kind=found[0], why=found[1])
    return Named(name=name, kind=NameKind.UNKNOWN, why="nothing around it tells for sure")


Found = tuple[NameKind, str] | None


def _by_map(name: str, around: _Around) -> Found:
    """Countries and parts of the world, in English and in the article's language; capitals in English."""
    code = _territories(around.language).get(name) or _territories("en").get(name)
    if name in _BODIES or code in _BODIES:
        return NameKind.ORGANISATION, "a union of states"
    if code is None and name not in COUNTRIES and name not in CAPITALS and name not in NATIONS:
        return None
    before = _title_before(name, around)
    if before is not None:
        return NameKind.PERSON, f"“{before}” stands before it"
    if name in CAPITALS:
        return NameKind.PLACE, f"the capital of {CAPITALS[name]}"
    return NameKind.PLACE, "a part of the world" if code and code.isdigit() else "a country or territory"


def _by_form(name: str, around: _Around) -> Found:
    """A word of the name that only organisations have."""
    heads = around.words(ORGANISATIONS)
    ends = tuple(head[1:] for head in heads if head.startswith("*"))
    words = name.replace(".", "").split()
    if NO_BODIES.intersection(words):
        return None
    for word in words:
        is_head = word in heads and (len(words) > 1 or word in SOLE)
        if is_head or (ends and word.lower().endswith(ends)):
            return NameKind.ORGANISATION, f"“{word}” is in the names of organisations"
    return None


def _by_explanation(name: str, around: _Around) -> Found:
    """An acronym that the text explains by an organisation's name."""
    if not re.fullmatch(r"[A-Z]{2,6}", name):
        return None
    initials = r"\W+(?:(?:of|for|and|the|de|la|du|des|del|der|für|und|van|di|da|do)\W+){0,2}".join(
        rf"{letter}\w+" for letter in name
    )
    found = around.find(rf"\b({initials})\W{{1,3}}{name}\b") or around.find(rf"\b{name} \(({initials})\)")
    whole = " ".join(found[1].split()) if found else ""
    if whole and _by_form(whole, around) is not None:
        return NameKind.ORGANISATION, f"short for {whole}"
    return None


def _by_role(name: str, around: _Around) -> Found:
    """What somebody is called by, or does, right before the name."""
    before = _title_before(name, around)
    return None if before is None else (NameKind.PERSON, f"“{before}” stands before it")


def _by_apposition(name: str, around: _Around) -> Found:
    """An age, or in English what somebody is, right behind a name of several words."""
    whole = re.escape(name)
    if " " not in name:
        return None
    age = around.find(rf"\b{whole},? (?:\(([1-9][0-9])\)|([1-9][0-9])[,.])")
    if age:
        return NameKind.PERSON, f"with an age: {age[1] or age[2]}"
    if around.language != "en":
        return None
    role = around.find(
        rf"\b{whole}, (?:the|an?|its|their|his|her) (?:[\w’'-]+ ){{0,2}}({_HUMAN})\b"
    ) or around.find(rf"\b{whole}, (?:[\w’'-]+ ){{0,2}}({_HUMAN}) (?:of|at|for)\b")
    return (NameKind.PERSON, f"“{role[1]}” stands behind it") if role else None


def _by_saying(name: str, around: _Around) -> Found:
    """The last word of a name alone says something, as surnames do."""
    last = name.rsplit(maxsplit=1)[-1]
    if " " not in name or len(name.split()) > 4 or len(last) < 3:
        return None
    verbs = _any(around.words(SAYINGS))
    word = re.escape(last)
    for found in re.finditer(rf"\b(?:{word} (?P<after>{verbs})|(?P<before>{verbs}) {word})\b", around.text):
        ahead = around.text[max(0, found.start() - 40) : found.start()].split()
        if found["before"] or not ahead or not ahead[-1][0].isupper() or ahead[-1][-1] in '.!?:”"':
            said = found["after"] or found["before"]
            return NameKind.PERSON, f"“{last} {said}” stands in the text"
    return None


def _by_business(name: str, around: _Around) -> Found:
    """In English: shares, a chief executive, a spokesman of its own."""
    if around.language != "en":
        return None
    whole = re.escape(name)
    after = around.find(
        rf"\b{whole}(?:'s|’s)? (chief executive|shareholders?|shares|employees|spokes(?:man|woman))\b"
    )
    ahead = around.find(
        rf"\b(shares (?:in|of)|spokes(?:man|woman) for|subsidiary of|employees of) {whole}\b(?! [A-Z])"
    )
    told = after or ahead
    return (NameKind.ORGANISATION, f"it has “{told[1]}” in the text") if told else None


def _by_place(name: str, around: _Around) -> Found:
    """A word for a place right before the name."""
    whole = re.escape(name)
    ways = _any(way.replace("_", " ") for way in around.words(CITIES))
    found = around.find(rf"\b({ways}) {whole}\b(?! [A-Z])")
    if found:
        return NameKind.PLACE, f"“{found[1]}” stands before it"
    lands = (*COUNTRIES.values(), *_territories(around.language))
    land = around.find(rf"\b(?:in|near|at|from) {whole}, ([A-Z][\w. -]{{2,25}}?)(?=[,.;)\n])")
    if land and land[1] in lands:
        return NameKind.PLACE, f"in {land[1]}"
    return None


_RULES: tuple[Callable[[str, _Around], Found], ...] = (
    _by_map,
    _by_form,
    _by_explanation,
    _by_role,
    _by_apposition,
    _by_saying,
    _by_business,
    _by_place,
)


def _title_before(name: str, around: _Around) -> str | None:
    words = name.split()
    known = around.words(ROLES if len(words) > 1 else HONORIFICS)
    has_surname = len(words) > 1 and len(words[-1]) > 2 and words[-2].lower() not in known
    forms = _any({name, words[-1]} if has_surname else {name})
    roles = _any(known)
    short = "|".join(_SHORT)
    found = around.find(rf"\b((?i:{roles})|(?i:{short})\.) (?:{forms})\b")
    return found[1] if found else None


def _any(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


@lru_cache(maxsize=16)
def _territories(language: str) -> Mapping[str, str]:
    """Return the codes of countries and regions by their names in a language; empty when CLDR has none."""
    try:
        locale = Locale.parse(language)
    except (UnknownLocaleError, ValueError):
        return {}
    return {name: code for code, name in locale.territories.items() if code not in {"ZZ", "XA", "XB", "QO"}}
