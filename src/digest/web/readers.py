"""What the pages of readers have in common: the words of their language, and the look of their digest."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, tzinfo
from functools import lru_cache
from typing import Any
from zoneinfo import available_timezones

from fastapi import Request
from fastapi.responses import HTMLResponse
from markupsafe import Markup

from digest.actions.readers.letters import words_of
from digest.model.article import primary_language
from digest.render import Words
from digest.render.language import direction_of
from digest.settings import MORE, DigestSettings
from digest.web.frame import installed, show

#: Names that the table of zones keeps for old programs.
_NO_WORLDS = {"Etc", "SystemV", "US", "posix", "right", "Brazil", "Canada", "Chile", "Mexico"}
#: Languages that letters and pages have words in, each by its own name.
LANGUAGES = (("en", "English"), ("de", "Deutsch"))


def show_reader(
    request: Request,
    name: str,
    digest: DigestSettings | None,
    *,
    language: str | None = None,
    status: int = 200,
    **values: Any,  # noqa: ANN401  # why: whatever the template names
) -> HTMLResponse:
    """Answer with a page for readers of a digest, in their language.

    Args:
        request: What asked for it.
        name: The template.
        digest: Whose reader it is for; None when it is no more.
        language: Of the reader; None for the digest's.
        status: Of the answer.
        values: What the template names besides.
    """
    app = installed(request)
    words = words_of(app, digest.key if digest else None, language)
    frame: Mapping[str, Any] = {
        "say": words.say,
        "count_of": words.count,
        "w": words,
        "language": words.own,
        "direction": direction_of(words.own),
        "foot": app.system.site.postal_address,
        "skip_words": words.say("skip"),
        "look_words": words.table.get("look"),
        **(_whose(digest) if digest else {}),
    }
    return show(request, name, status=status, **{**frame, **values})


def _whose(digest: DigestSettings) -> Mapping[str, Any]:  # why Any: as above
    return {
        "title": digest.title,
        "digest": digest,
        "plate": digest.title,
        "plate_path": f"/archive/{digest.key}" if digest.archive == "public" else "",
        "plate_language": digest.language,
        "accent_path": f"/accent/{digest.key}.css",
    }


def preferred(request: Request) -> str | None:
    """Return the first of a browser's languages that pages have words in; None when it names none."""
    known = {tag for tag, _ in LANGUAGES}
    accepted = request.headers.get("accept-language", "")[:200].split(",")
    tags = (primary_language(part.partition(";")[0].strip()) for part in accepted)
    return next((tag for tag in tags if tag in known), None)


def section_titles(digest: DigestSettings, words: Words) -> dict[str, str]:
    """Name the sections that readers may choose, by key, in the digest's order."""
    titles = {part.key: part.title for part in digest.sections}
    if digest.more.at_most:
        titles[MORE] = digest.more.title or words.say("more")
    return titles


def day_words(moment: datetime, clocks: tzinfo, now: datetime, words: Words) -> str:
    """Say the day of a moment on somebody's clocks: today, tomorrow or its date."""
    day, today = moment.astimezone(clocks).date(), now.astimezone(clocks).date()
    near = {0: "today", 1: "tomorrow"}.get((day - today).days)
    return words.say(near) if near else words.short(day)


@lru_cache(maxsize=128)
def zone_options(chosen: str | None) -> Markup:
    """Return the options of zones to choose from, by part of the world; written once for each choice."""
    worlds: dict[str, list[Markup]] = {}
    option = Markup('<option value="{}"{}>{}</option>')
    for name in sorted(available_timezones()):
        world, _, place = name.partition("/")
        if place and world not in _NO_WORLDS:
            mark = Markup(" selected") if name == chosen else ""
            worlds.setdefault(world, []).append(option.format(name, mark, _place(place)))
    group = Markup('<optgroup label="{}">{}</optgroup>')
    return Markup("").join(group.format(world, Markup("").join(each)) for world, each in worlds.items())


def _place(name: str) -> str:
    return name.replace("_", " ").replace("/", ", ")


def zone_words(zone: str) -> str:
    """Say a zone as people call it: Berlin."""
    return zone.rpartition("/")[2].replace("_", " ")


def usual_hour(digest: DigestSettings) -> str | None:
    """Return the hour that a digest comes at; None when it has several, or none."""
    times = {moment for rule in digest.schedule for moment in rule.times}
    return f"{next(iter(times)):%H:%M}" if len(times) == 1 else None
