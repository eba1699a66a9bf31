"""Digests with a schedule, and their slots in few words."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from digest.settings import DigestSettings
from digest.timetable import Planned, planned

Rule = Mapping[str, Any]  # as YAML holds any shape


def scheduled(zone: str, *rules: Rule, **more: object) -> DigestSettings:
    """Make a digest with a schedule; further keys as in its file."""
    base = {"key": "daily", "title": "Daily", "from": "A <a@news.example.org>", "zone": zone}
    sections = [{"title": "World", "tags": ["world"]}]
    return DigestSettings.model_validate({**base, "sections": sections, "schedule": rules, **more})


def moment(text: str) -> datetime:
    """Read '2026-10-25 00:30' as a moment of UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def due(digest: DigestSettings, since: str, until: str) -> list[tuple[str, str]]:
    """List key and due moment (UTC, to the minute) of what is planned between two moments of UTC."""
    return told(planned(digest, moment(since), moment(until)))


def told(slots: Iterable[Planned]) -> list[tuple[str, str]]:
    """Tell slots by key and due moment."""
    return [(each.slot.key, f"{each.due:%Y-%m-%d %H:%M}") for each in slots]


def marks(digest: DigestSettings, since: str, until: str) -> dict[str, tuple[str, ...]]:
    """Return the marks of what is planned between two moments of UTC, by key."""
    return {each.slot.key: each.marks for each in planned(digest, moment(since), moment(until))}
