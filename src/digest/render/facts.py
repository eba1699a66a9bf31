"""Turn an edition into plain values for the templates: cleaned, phrased, sized."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from digest.markup import clean_line, clean_text
from digest.model import Edition, EditionSection, Item
from digest.model.article import primary_language
from digest.render import slots
from digest.render.addresses import link_address, picture_address
from digest.render.language import direction_of, script_of
from digest.render.theme import Theme, Tokens
from digest.render.typography import NBSP, apostrophes, clamp, lead_in, reading_words, stopped
from digest.render.values import LINKS, Look
from digest.render.words import Words, attributes
from digest.slots import slot

Facts = dict[str, Any]  # why Any: plain values, nested as the templates read them

_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,4}")
STORIES = 3  #: items of a section told at length; the rest are briefs unless they have a picture
_LABELS = {
    "preferences_url": "preferences",
    "pause_url": "pause",
    "browser_url": "browser",
    "unsubscribe_url": "unsubscribe",
}


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """All that templates may read of an edition."""

    frame: Facts  #: what every part of the page shares
    sections: tuple[Facts, ...]  #: in the edition's order
    words: Words
    edition: Edition


def describe(edition: Edition, look: Look, theme: Theme, words: Words) -> Sheet:
    """Describe an edition in plain values; foreign text is cleaned, nothing is escaped yet."""
    language = edition.language
    title = clean_line(look.digest.title, 80)
    frame: Facts = {
        "e": {
            "lang": language,
            "dir": direction_of(language),
            "script": script_of(language),
            "title": title,
            "date": words.date(edition.slot.local.date()),
            "number": words.say("number", n=words.number(edition.number)),
            "address": clean_line(look.site.postal_address, 300),
        },
        "al": ";text-align:right" if direction_of(language) == "rtl" else "",
        "c": theme.colours("light"),
        "d": theme.colours("dark"),
        "sp": theme.spaces(),
        "t": theme.type_for(language),
        "nameplate": _nameplate(theme, title, language),
        "w": _phrases(words, direction_of(language)),
        "slot": {name: slot(name) for name in slots.NAMES},
        "links": [name for name in LINKS if name in look.links],
        "footer_links": [
            {"text": words.say(_LABELS[name]), "href": slot(name)} for name in LINKS if name in look.links
        ],
        "intro": _paragraphs(edition.intro),
        "outro": _paragraphs(edition.outro),
    }
    teller = _Teller(look, theme, words)
    sections = tuple(teller.section(index, section) for index, section in enumerate(edition.sections))
    tiers = {section["lead"]["tier"]["key"]: section["lead"]["tier"] for section in sections}
    frame["tiers"] = [tiers[key] for key in sorted(tiers)]
    return Sheet(frame=frame, sections=sections, words=words, edition=edition)


def language_of(item: Item, usual: str) -> str:
    """Return the language an item says it is in; the edition's when what it says is no tag."""
    tag = item.language or ""
    return tag if _TAG.fullmatch(tag) else usual


def summary_text(item: Item, language: str) -> str:
    """Join the sentences of a summary the way the script does: with or without a space."""
    tag = language_of(item, language)
    between = "" if script_of(tag) == "cjk" and primary_language(tag) != "ko" else " "
    joined = between.join(sentence.text for sentence in item.summary.sentences)
    return _line(joined, 4_000)


class _Teller:
    """Describes sections and items of one edition."""

    def __init__(self, look: Look, theme: Theme, words: Words) -> None:
        self._site = look.site
        self._theme = theme
        self._words = words
        self._direction = direction_of(words.language)
        self._types: dict[str, Tokens] = {}

    def section(self, index: int, section: EditionSection) -> Facts:
        """Describe a section: whole, and without the item that leads."""
        items = [self._item(item) for item in section.items]
        return {
            "index": index,
            "key": section.key,
            "anchor": f"s{index}",
            "title": clean_line(section.title, 60) or self._words.say("more"),
            "count": self._words.count("stories", len(items)),
            "rest_count": self._words.count("more_stories", len(items) - 1),
            "number": self._words.number(len(items)),
            "lead": items[0],
            "whole": _levelled(items),
            "rest": _levelled(items[1:]),
            "minutes": sum(item.minutes for item in section.items),
            "reading_words": sum(item["reading_words"] for item in items),
        }

    def _item(self, item: Item) -> Facts:
        language = language_of(item, self._words.language)
        source = isolated(clamp(_line(item.source, 200), 80), self._direction)
        also = self._also(item.also)
        minutes = self._words.count("minutes", max(1, item.minutes))
        title = _line(item.title, 600) or source or "…"
        summary = summary_text(item, self._words.language)
        lead_text = clamp(summary, 900)
        tokens = self._type_for(language)
        head, rest = lead_in(lead_text) if tokens["has_lead_in"] else ("", lead_text)
        return {
            "title": clamp(title, 180),
            "lead_title": clamp(title, 300),
            "run_in": stopped(clamp(title, 180), self._words.say("stop")),
            "url": link_address(item.url),
            "source": source,
            "dot": self._dot(source),
            "minutes": minutes,
            "byline": f"{source}{self._words.say('dot')}{minutes}" if source else minutes,
            "summary": lead_text,
            "lead_in": head,
            "lead_rest": rest,
            "also": also,
            "also_run_in": also[:1].lower() + also[1:],
            "reading_words": reading_words(f"{title} {lead_text}"),
            **self._picture(item),
            **self._manner(language, tokens),
            "tier": self._tier(clamp(title, 300), language),
        }

    def _picture(self, item: Item) -> Facts:
        image = item.image
        return {
            "lead_src": picture_address(image, self._site, "lead"),
            "story_src": picture_address(image, self._site, "story"),
            "alt": clamp(clean_line(image.alt, 400), 180) if image else "",
            "caption": clamp(_line(image.caption or "", 400), 240) if image else "",
        }

    def _manner(self, language: str, tokens: Tokens) -> Facts:
        direction = direction_of(language)
        own = self._words.language
        is_foreign = primary_language(language) != primary_language(own)
        is_other_script = script_of(language) != script_of(own)
        ours = attributes(self._words) or (_tagged(own) if is_foreign else "")
        return {
            "is_foreign": is_foreign,
            "is_other_script": is_other_script,
            "foreign": _ready(_tagged(language) if is_foreign else ""),
            "ours": _ready(ours),
            "family": _ready(f' font-family="{tokens["text"]}"' if is_other_script else ""),
            "t": tokens,
            "start": "right" if direction == "rtl" else "left",
            "end": "left" if direction == "rtl" else "right",
        }

    def _type_for(self, language: str) -> Tokens:
        if language not in self._types:
            self._types[language] = self._theme.type_for(language)
        return self._types[language]

    def _tier(self, title: str, language: str) -> Facts:
        tier = self._theme.lead_for(title, language)
        on_phone = {f"{name}_vw": round(float(tier[name]) / 3.75, 2) for name in ("phone", "phone_line")}
        return {**tier, **on_phone}

    def _dot(self, source: str) -> str:
        """Keep the dot with a short last word, so that no line ends in a dot."""
        dot = self._words.say("dot")
        return dot.replace(" ", NBSP) if len(source.rpartition(" ")[2]) <= 12 else dot

    def _also(self, names: Sequence[str]) -> str:
        shown = [isolated(clamp(_line(name, 200), 60), self._direction) for name in names[:2]]
        if len(names) > len(shown):
            joined = self._words.say("comma").join(shown)
            return self._words.say("also_more", names=joined, n=self._words.number(len(names) - len(shown)))
        return self._words.say("also", names=self._words.names(shown)) if shown else ""


def isolated(name: str, direction: str) -> str:
    """Set marks around a name of the other direction, so that it does not pull its neighbours over."""
    other = {"L"} if direction == "rtl" else {"R", "AL"}
    if any(unicodedata.bidirectional(letter) in other for letter in name):
        return f"\u2068{name}\u2069"
    return name


def _ready(written: str) -> Markup:
    """Mark attributes that this module wrote itself as needing no escape."""
    return Markup(written)  # noqa: S704  # why: tags and tokens in it were checked


def _tagged(language: str) -> str:
    """Write the attributes of text in that language; the tag was checked to be one."""
    return f' lang="{language}" dir="{direction_of(language)}"'


def _levelled(items: Sequence[Facts]) -> list[Facts]:
    return [
        {**item, "level": "story" if number < STORIES or item["story_src"] else "brief"}
        for number, item in enumerate(items)
    ]


def _nameplate(theme: Theme, title: str, language: str) -> Facts:
    plate = theme.nameplate_for(title, language)
    room = float(theme.type_for(language)["nameplate_phone"])
    width = round(max(5.2, min(12.0, room / max(1, len(title)))), 1)
    ratio = float(plate["line"]) / float(plate["size"])
    return {**plate, "phone": width, "phone_line": round(width * max(1.15, ratio), 1)}


def _phrases(words: Words, direction: str) -> Mapping[str, object]:
    email = f"\u2068{slot('email')}\u2069" if direction == "rtl" else slot("email")
    plain = ("comma", "contents", "desk", "dot", "gap")
    return {
        **{key: words.say(key) for key in plain},
        "why": words.say("why", email=email, since=slot("since")),
        "own": _ready(attributes(words)),
    }


def _line(text: str, max_chars: int) -> str:
    return apostrophes(clean_line(text, max_chars))


def _paragraphs(text: str | None) -> list[str]:
    return [part for part in clean_text(text or "", 2_000).split("\n\n") if part]
