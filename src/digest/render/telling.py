"""Describe the sections and items of one edition."""

from __future__ import annotations

from dataclasses import replace

from markupsafe import Markup

from digest.markup import clean_line
from digest.model import EditionSection, Image, Item
from digest.model.article import primary_language
from digest.render.addresses import link_address, picture_address
from digest.render.facts import ItemFacts, SectionFacts
from digest.render.language import direction_of, script_of
from digest.render.phrasing import (
    also_told,
    dot_after,
    isolated,
    language_of,
    line,
    ready,
    summary_text,
    tagged,
)
from digest.render.sizing import lead_tier, levelled
from digest.render.theme import Theme, Tokens
from digest.render.typography import clamp, lead_in, reading_words, stopped
from digest.render.words import Words, attributes
from digest.settings.system import SiteSettings


class Teller:
    """Describes sections and items of one edition.

    Args:
        site: Where links and pictures lead.
        theme: Type and sizes.
        words: Phrases of the edition's language.
    """

    def __init__(self, site: SiteSettings, theme: Theme, words: Words) -> None:
        self._site = site
        self._theme = theme
        self._words = words
        self._types: dict[str, Tokens] = {}

    def section(self, index: int, section: EditionSection) -> SectionFacts:
        """Describe a section: whole, and without the item that leads."""
        items = [self._pictured(self._item(item), item.image) for item in section.items]
        return SectionFacts(
            index=index,
            key=section.key,
            anchor=f"s{index}",
            title=clean_line(section.title, 60) or self._words.say("more"),
            count=self._words.count("stories", len(items)),
            rest_count=self._words.count("more_stories", len(items) - 1),
            number=self._words.number(len(items)),
            lead=items[0],
            whole=levelled(items),
            rest=levelled(items[1:]),
            minutes=sum(item.minutes for item in section.items),
            reading_words=sum(item.reading_words for item in items),
        )

    def _item(self, item: Item) -> ItemFacts:
        words = self._words
        language = language_of(item, words.language)
        source = isolated(clamp(line(item.source, 200), 80), direction_of(words.language))
        also = also_told(item.also, words)
        minutes = words.count("minutes", max(1, item.minutes))
        title = line(item.title, 600) or source or "…"
        summary = clamp(summary_text(item, words.language), 900)
        tokens = self._type_for(language)
        head, rest = lead_in(summary) if tokens["has_lead_in"] else ("", summary)
        return ItemFacts(
            title=clamp(title, 180),
            lead_title=clamp(title, 300),
            run_in=stopped(clamp(title, 180), words.say("stop")),
            url=link_address(item.url),
            source=source,
            dot=dot_after(source, words),
            minutes=minutes,
            byline=f"{source}{words.say('dot')}{minutes}" if source else minutes,
            summary=summary,
            lead_in=head,
            lead_rest=rest,
            also=also,
            mark=words.say("drafted") if item.summary.is_drafted and summary else "",
            mark_link=words.say("original") if item.summary.is_drafted and summary else "",
            reading_words=reading_words(f"{title} {summary}"),
            direction=direction_of(language),
            foreign=ready(tagged(language) if self._is_foreign(language) else ""),
            ours=self._ours(language),
            family=self._family(language, tokens),
            t=tokens,
            tier=lead_tier(self._theme, clamp(title, 300), language),
        )

    def _pictured(self, told: ItemFacts, image: Image | None) -> ItemFacts:
        if image is None:
            return told
        return replace(
            told,
            lead_src=picture_address(image, self._site, "lead"),
            story_src=picture_address(image, self._site, "story"),
            alt=clamp(clean_line(image.alt, 400), 180),
            caption=clamp(line(image.caption or "", 400), 240),
        )

    def _is_foreign(self, language: str) -> bool:
        return primary_language(language) != primary_language(self._words.language)

    def _ours(self, language: str) -> Markup:
        """Write the attributes of our words beside an item: of borrowed phrases, or to come back from it."""
        own = self._words.language
        return ready(attributes(self._words) or (tagged(own) if self._is_foreign(language) else ""))

    def _family(self, language: str, tokens: Tokens) -> Markup:
        is_other = script_of(language) != script_of(self._words.language)
        return ready(f' font-family="{tokens["text"]}"' if is_other else "")

    def _type_for(self, language: str) -> Tokens:
        if language not in self._types:
            self._types[language] = self._theme.type_for(language)
        return self._types[language]
