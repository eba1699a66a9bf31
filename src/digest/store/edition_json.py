"""Editions as JSON-able values and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from digest.model import Edition, EditionSection, Image, Item, Slot, Summary, SummarySentence

Plain = Mapping[str, Any]  # why Any: JSON


def pack_edition(edition: Edition) -> dict[str, object]:
    """Write an edition as plain values; the slot keeps its zone by name."""
    plain = asdict(edition)
    plain["slot"] = pack_slot(edition.slot)
    return plain


def unpack_edition(packed: object) -> Edition:
    """Read an edition that `pack_edition` wrote."""
    plain = cast("Plain", packed)
    return Edition(
        digest=plain["digest"],
        number=plain["number"],
        slot=unpack_slot(plain["slot"]),
        language=plain["language"],
        subject=plain["subject"],
        preheader=plain["preheader"],
        sections=tuple(_section(section) for section in plain["sections"]),
        quiet=tuple(plain["quiet"]),
        left_over=plain["left_over"],
        intro=plain["intro"],
        outro=plain["outro"],
    )


def pack_slot(slot: Slot) -> dict[str, object]:
    """Write a slot as local time and zone; a moment without a named zone keeps its offset."""
    zone = getattr(slot.local.tzinfo, "key", None)
    local = slot.local if zone is None else slot.local.replace(tzinfo=None)
    return {"local": local.isoformat(), "zone": zone, "fold": slot.local.fold, "name": slot.name}


def unpack_slot(plain: Plain) -> Slot:
    """Read a slot that `pack_slot` wrote; editions of before named slots are without a name."""
    local = datetime.fromisoformat(plain["local"])
    if plain["zone"] is not None:
        local = local.replace(tzinfo=ZoneInfo(plain["zone"]))
    return Slot(local=local.replace(fold=plain["fold"]), name=plain.get("name", ""))


def _section(plain: Plain) -> EditionSection:
    return EditionSection(
        key=plain["key"], title=plain["title"], items=tuple(_item(item) for item in plain["items"])
    )


def _item(plain: Plain) -> Item:
    image = plain["image"]
    return Item(
        **{
            **plain,
            "summary": _summary(plain["summary"]),
            "image": None if image is None else Image(**image),
            "also": tuple(plain["also"]),
            "merged": tuple(plain.get("merged", ())),
            "apart": tuple(plain.get("apart", ())),
        }
    )


def _summary(plain: Plain) -> Summary:
    sentences = (
        SummarySentence(**{**sentence, "terms": tuple((name, value) for name, value in sentence["terms"])})
        for sentence in plain["sentences"]
    )
    return Summary(method=plain["method"], sentences=tuple(sentences), note=plain["note"])
