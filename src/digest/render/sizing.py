"""How large a title is set, and how much room an item gets."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from digest.render.facts import ItemFacts
from digest.render.theme import Theme, Tokens

STORIES = 3  #: items of a section told at length; the rest are briefs unless they have a picture


def levelled(items: Iterable[ItemFacts]) -> tuple[ItemFacts, ...]:
    """Tell the first items and those with a picture as stories, the others as briefs."""
    return tuple(
        replace(item, level="story" if place < STORIES or item.story_src else "brief")
        for place, item in enumerate(items)
    )


def nameplate(theme: Theme, title: str, language: str) -> Tokens:
    """Size the digest's title for a page, and for a phone in hundredths of its width."""
    plate = theme.nameplate_for(title, language)
    room = float(theme.type_for(language)["nameplate_phone"])
    width = round(max(5.2, min(12.0, room / max(1, len(title)))), 1)
    ratio = float(plate["line"]) / float(plate["size"])
    return {**plate, "phone": width, "phone_line": round(width * max(1.15, ratio), 1)}


def lead_tier(theme: Theme, title: str, language: str) -> Tokens:
    """Size a lead's headline for a page, and for a phone in hundredths of its width."""
    tier = theme.lead_for(title, language)
    on_phone = {f"{name}_vw": round(float(tier[name]) / 3.75, 2) for name in ("phone", "phone_line")}
    return {**tier, **on_phone}
