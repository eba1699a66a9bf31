"""All that decides when a digest is due, as a plain value that can be kept and read again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import lru_cache

from pydantic import TypeAdapter, ValidationError

from digest.almanac import HolidayCalendar
from digest.settings import DigestSettings

_KEYS = {"schedule", "blackouts", "zone", "local_to", "prepare"}
_CALENDARS = TypeAdapter(tuple[HolidayCalendar, ...])
_REST = {"title": "-", "from": "-@localhost.localdomain", "sections": [{"title": "-", "tags": ["-"]}]}


def rules_of(digest: DigestSettings) -> dict[str, object]:
    """Write down what decides when a digest is due and its edition built; never empty.

    Equal rules give equal values, in every process; JSON-able.
    """
    rules: dict[str, object] = digest.model_dump(
        mode="json", include=_KEYS, by_alias=True, exclude_defaults=True
    )
    rules["zone"] = digest.zone
    if digest.review.mode != "none":
        rules["review"] = {"mode": digest.review.mode, "minutes": digest.review.minutes}
    if digest.holidays:
        rules["holidays"] = [_plain(calendar) for calendar in digest.holidays]
    return rules


def digest_of(key: str, rules: Mapping[str, object]) -> DigestSettings | None:
    """Make a digest that is due by rules that `rules_of` wrote; all else about it means nothing.

    None when there are no rules, or this program does not know such rules (any more).
    """
    if not rules:
        return None
    given = {name: value for name, value in rules.items() if name != "holidays"}
    try:
        holidays = _CALENDARS.validate_python(rules.get("holidays", ()), strict=False)
        return DigestSettings.model_validate({**_REST, **given, "key": key, "holidays": holidays})
    except ValidationError:
        return None


def lead_of(digest: DigestSettings) -> timedelta:
    """Say how long before it is due a slot's edition is built: editors have the time to review it."""
    if digest.review.mode == "none":
        return digest.prepare
    return timedelta(minutes=digest.review.minutes)


@lru_cache(maxsize=64)
def _plain(calendar: HolidayCalendar) -> dict[str, object]:
    plain: dict[str, object] = _CALENDARS.dump_python((calendar,), mode="json")[0]
    holidays = plain["holidays"]
    assert isinstance(holidays, list)  # noqa: S101  # why: a tuple of values was dumped
    for holiday in holidays:
        holiday["never"].sort()  # a set has another order in every process
    return plain
