"""What happens to a digest's editions, in plain words."""

from __future__ import annotations

from datetime import timedelta

from digest.settings import AtDeadline, DigestSettings, SystemSettings
from digest.timetable import lead_of

_THEN: dict[AtDeadline, str] = {
    "send": "it goes out as it is",
    "send_clean": "what is pinned or clean goes out",
    "hold": "it is held until somebody approves it",
    "skip": "it is left out",
    "wait": "it goes on waiting, goes out as soon as it is approved",
}


def words(digest: DigestSettings, system: SystemSettings) -> tuple[str, ...]:
    """Say how editions come about, who looks at them, and what happens when something is late."""
    late, lead = spoken(system.delivery.max_lateness), spoken(lead_of(digest))
    return (
        f"An edition is built {lead} before it is due, from the articles that are here then.",
        *_review(digest, late),
        *_brake(digest),
        f"After an outage the newest slot of the last {late} is built; older ones are recorded as missed.",
    )


def spoken(span: timedelta) -> str:
    """Write a span in the largest unit that it has a whole number of: '90 minutes', '1 day'."""
    seconds = round(span.total_seconds())
    for unit, length in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds and seconds % length == 0:
            count = seconds // length
            return f"{count:,} {unit}{'' if count == 1 else 's'}"
    return f"{seconds:,} seconds"


def _review(digest: DigestSettings, late: str) -> tuple[str, ...]:
    review = digest.review
    if review.mode == "none":
        return ("Nobody needs to look at it: it goes out when it is due.",)
    who = "An editor must approve it" if review.mode == "required" else "Editors may approve or hold it"
    expires = f", and expires {late} after it was due" if review.policy in {"wait", "hold"} else ""
    return (f"{who} before it is due. If nobody has by then, {_THEN[review.policy]}{expires}.",)


def _brake(digest: DigestSettings) -> tuple[str, ...]:
    if not digest.brake.active:
        return ("The brake is off: nothing holds an edition that is unlike the last ones.",)
    return ("An edition that is unlike the last ones is held until somebody has looked at it.",)
