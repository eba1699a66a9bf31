"""What templates may read of an edition: frozen values, flat and plain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Literal

from markupsafe import Markup

from digest.model import Edition
from digest.render.theme import Tokens
from digest.render.words import Words


@dataclass(frozen=True, kw_only=True, slots=True)
class ItemFacts:
    """One item, as a lead, a story or a brief tells it."""

    title: str
    lead_title: str  #: longer than the title may be
    run_in: str  #: the title with a stop, for text on the same line
    url: str  #: '' when there is nothing to link to
    source: str  #: '' when unknown
    dot: str  #: between source and minutes
    minutes: str
    byline: str  #: source and minutes
    summary: str
    lead_in: str  #: first words for capitals; '' when the summary has none
    lead_rest: str  #: the summary without them
    also: str  #: who else tells it; '' when nobody does
    mark: str = ""  #: that a model wrote the summary; '' when nobody but the article did
    mark_link: str = ""  #: what leads from there to the article
    reading_words: int
    lead_src: str = ""  #: address of the picture in the lead's size; '' when there is none
    story_src: str = ""
    alt: str = ""
    caption: str = ""
    direction: Literal["ltr", "rtl"]
    foreign: Markup  #: attributes of text in another language than the edition's, else empty
    ours: Markup  #: attributes of the mail's own words beside it
    family: Markup  #: attribute with the font of another script, else empty
    t: Tokens  #: type of the item's language
    tier: Tokens  #: size of the headline when it leads
    level: Literal["story", "brief"] = "story"

    @property
    def also_run_in(self) -> str:
        """Who else tells it, to follow a comma."""
        return self.also[:1].lower() + self.also[1:]

    @property
    def is_foreign(self) -> bool:
        """True when it is in another language than the edition."""
        return bool(self.foreign)

    @property
    def is_other_script(self) -> bool:
        """True when it is in another script than the edition."""
        return bool(self.family)

    @property
    def start(self) -> str:
        """The side that its text begins at."""
        return "right" if self.direction == "rtl" else "left"

    @property
    def end(self) -> str:
        """The side that its text runs to."""
        return "left" if self.direction == "rtl" else "right"


@dataclass(frozen=True, kw_only=True, slots=True)
class SectionFacts:
    """One section: whole, and without the item that leads."""

    index: int  #: 0 is first
    key: str
    anchor: str
    title: str
    count: str
    rest_count: str
    number: str
    lead: ItemFacts  #: the first item
    whole: tuple[ItemFacts, ...]
    rest: tuple[ItemFacts, ...]  #: all but the first
    minutes: int  #: to read the articles
    reading_words: int  #: of what the mail tells


@dataclass(frozen=True, kw_only=True, slots=True)
class EditionFacts:
    """What the page says of the edition itself."""

    lang: str
    dir: str
    script: str
    title: str
    date: str
    number: str
    address: str  #: postal


@dataclass(frozen=True, kw_only=True, slots=True)
class PhraseFacts:
    """Phrases that stand on every page."""

    comma: str
    contents: str
    desk: str
    dot: str
    gap: str
    why: str  #: why the reader gets this mail
    own: Markup  #: attributes of borrowed phrases, else empty


@dataclass(frozen=True, kw_only=True, slots=True)
class LinkFacts:
    """A link of the footer."""

    text: str
    href: str


@dataclass(frozen=True, kw_only=True, slots=True)
class FrameFacts:
    """What every part of the page shares, by the names that templates know."""

    e: EditionFacts
    al: str  #: style of text that begins at the right
    c: Tokens  #: colours on the light ground
    d: Tokens  #: colours on the dark ground
    sp: Tokens  #: spaces
    t: Tokens  #: type of the edition's language
    nameplate: Tokens
    w: PhraseFacts
    slot: Mapping[str, str]
    links: tuple[str, ...]  #: names of the slots that lead somewhere
    footer_links: tuple[LinkFacts, ...]
    intro: tuple[str, ...]  #: paragraphs
    outro: tuple[str, ...]
    tiers: tuple[Tokens, ...] = ()  #: of all leads, each once

    def names(self) -> dict[str, object]:
        """Return the parts by name, as a template's context."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


@dataclass(frozen=True, kw_only=True, slots=True)
class ContentsFacts:
    """A line of the contents."""

    title: str
    number: str
    anchor: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ChoiceFacts:
    """What a mail says of itself for one choice of sections."""

    subject: str
    preheader: str
    items: int
    total: str
    standfirst: str  #: '' when the choice holds nothing
    contents: tuple[ContentsFacts, ...]  #: empty for a single section
    contents_columns: int
    quiet: str  #: '' when no section is
    left_over: str  #: '' when nothing is


@dataclass(frozen=True, kw_only=True, slots=True)
class Sheet:
    """All that templates may read of an edition."""

    frame: FrameFacts
    sections: tuple[SectionFacts, ...]  #: in the edition's order
    words: Words
    edition: Edition
