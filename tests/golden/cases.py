"""Read golden cases: editions written by hand as JSON, one folder a case."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from digest.model import Edition, EditionSection, Image, Item, Slot, Summary, SummarySentence
from digest.render import Look
from digest.settings.digests import DigestSettings
from digest.settings.fields import section_key
from digest.settings.system import SiteSettings

FOLDER = Path(__file__).parent
TEMPLATES = FOLDER.parent.parent / "templates"


def load_edition(facts: dict[str, Any]) -> Edition:
    """Make the edition that a case describes."""
    sections = tuple(
        EditionSection(
            key=section["key"],
            title=section["title"],
            items=tuple(load_item(item, rank) for rank, item in enumerate(section["items"], 1)),
        )
        for section in facts["sections"]
    )
    local = datetime.fromisoformat(facts["local"]).replace(tzinfo=ZoneInfo(facts["zone"]))
    return Edition(
        digest=facts["digest"],
        number=facts["number"],
        slot=Slot(local=local),
        language=facts["language"],
        subject=facts["subject"],
        preheader=facts["preheader"],
        sections=sections,
        quiet=tuple(facts["quiet"]),
        left_over=facts["left_over"],
        intro=facts["intro"],
        outro=facts["outro"],
    )


def load_item(facts: dict[str, Any], rank: int) -> Item:
    """Make one item; its sentences stand one after the other in a source text."""
    sentences, at = [], 0
    for text in facts["summary"]:
        sentences.append(SummarySentence(text=text, start=at, end=at + len(text)))
        at += len(text) + 1
    image = facts["image"]
    return Item(
        article_id=facts["id"],
        revision=1,
        rank=rank,
        title=facts["title"],
        url=facts["url"],
        source=facts["source"],
        minutes=facts["minutes"],
        summary=Summary(method="weighted", sentences=tuple(sentences)),
        language=facts["language"],
        image=Image(**image) if image else None,
        also=tuple(facts["also"]),
    )


def load_look(facts: dict[str, Any], **site: str) -> Look:
    """Make the look that a case describes, with shipped templates."""
    edition = facts["edition"]
    titles = [section["title"] for section in edition["sections"]] + edition["quiet"]
    keys = {section["title"]: section["key"] for section in edition["sections"]}
    digest = DigestSettings.model_validate(
        {
            "key": edition["digest"],
            "title": facts["title"],
            "language": edition["language"],
            "zone": edition["zone"],
            "from": "Desk <desk@news.example.org>",
            "sections": [
                {"title": title, "key": keys.get(title, section_key(title)), "tags": [title]}
                for title in titles
            ],
        }
    )
    return Look(digest=digest, site=SiteSettings(**{**facts["site"], **site}), folders=(TEMPLATES,))


def read_case(name: str) -> dict[str, Any]:
    """Read a case's input."""
    facts: dict[str, Any] = json.loads((FOLDER / name / "input.json").read_text(encoding="utf-8"))
    return facts
