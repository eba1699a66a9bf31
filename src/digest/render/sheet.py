"""Describe an edition for the templates; foreign text is cleaned, nothing is escaped yet."""

from __future__ import annotations

from dataclasses import replace

from digest.markup import clean_line, clean_text
from digest.model import Edition
from digest.render import slots
from digest.render.facts import EditionFacts, FrameFacts, LinkFacts, PhraseFacts, SectionFacts, Sheet
from digest.render.language import direction_of, script_of
from digest.render.phrasing import ready
from digest.render.sizing import nameplate
from digest.render.telling import Teller
from digest.render.theme import Theme, Tokens
from digest.render.values import LINKS, Look
from digest.render.words import Words, attributes
from digest.slots import slot

_LABELS = {
    "preferences_url": "preferences",
    "pause_url": "pause",
    "browser_url": "browser",
    "unsubscribe_url": "unsubscribe",
}


def describe(edition: Edition, look: Look, theme: Theme, words: Words) -> Sheet:
    """Describe an edition in plain values."""
    frame = _frame(edition, look, theme, words)
    teller = Teller(look.site, theme, words)
    sections = tuple(teller.section(index, section) for index, section in enumerate(edition.sections))
    frame = replace(frame, tiers=_tiers(sections))
    return Sheet(frame=frame, sections=sections, words=words, edition=edition)


def _frame(edition: Edition, look: Look, theme: Theme, words: Words) -> FrameFacts:
    language = edition.language
    about = _about(edition, look, words)
    links = tuple(name for name in LINKS if name in look.links)
    return FrameFacts(
        e=about,
        al=";text-align:right" if about.dir == "rtl" else "",
        c=theme.colours("light"),
        d=theme.colours("dark"),
        sp=theme.spaces(),
        t=theme.type_for(language),
        nameplate=nameplate(theme, about.title, language),
        w=_phrases(words, about.dir),
        slot={name: slot(name) for name in slots.NAMES},
        links=links,
        footer_links=tuple(LinkFacts(text=words.say(_LABELS[name]), href=slot(name)) for name in links),
        intro=_paragraphs(edition.intro),
        outro=_paragraphs(edition.outro),
    )


def _about(edition: Edition, look: Look, words: Words) -> EditionFacts:
    language = edition.language
    return EditionFacts(
        lang=language,
        dir=direction_of(language),
        script=script_of(language),
        title=clean_line(look.digest.title, 80),
        date=words.date(edition.slot.local.date()),
        number=words.say("number", n=words.number(edition.number))
        if edition.number
        else words.say("catch_up"),
        address=clean_line(look.site.postal_address, 300),
    )


def _phrases(words: Words, direction: str) -> PhraseFacts:
    email = f"\u2068{slot('email')}\u2069" if direction == "rtl" else slot("email")
    return PhraseFacts(
        comma=words.say("comma"),
        contents=words.say("contents"),
        desk=words.say("desk"),
        dot=words.say("dot"),
        gap=words.say("gap"),
        why=words.say("why", email=email, since=slot("since")),
        own=ready(attributes(words)),
    )


def _tiers(sections: tuple[SectionFacts, ...]) -> tuple[Tokens, ...]:
    """Collect the sizes of leads, one rule of style each."""
    tiers = {str(section.lead.tier["key"]): section.lead.tier for section in sections}
    return tuple(tiers[key] for key in sorted(tiers))


def _paragraphs(text: str | None) -> tuple[str, ...]:
    return tuple(part for part in clean_text(text or "", 2_000).split("\n\n") if part)
