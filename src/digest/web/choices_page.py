"""What the page of a reader's choices shows: the form, what comes next, what came of the last ten."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from digest.actions.app import App
from digest.actions.readers.choices import Choices, NewChoices
from digest.actions.readers.reader_links import path
from digest.actions.readers.reader_wishes import LENGTHS, hours_of
from digest.model import DeliveryState
from digest.render import Words
from digest.store import PersonalMail
from digest.web.readers import LANGUAGES, day_words, section_titles, usual_hour, zone_options, zone_words

_FATES = {
    DeliveryState.SENT: ("fate_sent", ""),
    DeliveryState.FAILED: ("fate_failed", "stop"),
    DeliveryState.EXPIRED: ("fate_expired", ""),
    DeliveryState.UNKNOWN: ("fate_unknown", "hand"),
    DeliveryState.EXCLUDED: ("fate_excluded", ""),
}
_REASONS = {"paused": "fate_paused", "nothing in their sections": "fate_quiet"}


@dataclass(frozen=True, kw_only=True)
class Row:
    """One of the last ten."""

    edition: int
    day: str
    subject: str
    path: str  #: of the mail itself
    fate: str  #: what became of it, in words
    kind: str  #: the class of the words
    can_come_again: bool


def form_values(
    seen: Choices, words: Words, filled: NewChoices | None, order: Sequence[str] | None
) -> Mapping[str, Any]:  # why Any: what a template names
    """Return the fields of the form.

    Args:
        seen: What is stored.
        words: Of the reader.
        filled: What was written and is not stored; None shows what is stored.
        order: The sections in the order written; None for the stored one.
    """
    titles = section_titles(seen.digest, words)
    written = filled or _written(seen)
    chosen = tuple(key for key in written.sections or () if key in titles)
    has_all = filled is None and not chosen
    return {
        "written": written,
        "picks": [
            (key, titles[key], has_all or key in chosen) for key in order or dict.fromkeys((*chosen, *titles))
        ],
        "hours": hours_of(seen.digest),
        "usual": usual_hour(seen.digest),
        "zones": zone_options(written.zone),
        "zone_name": zone_words(seen.digest.zone),
        "lengths": [one for one in LENGTHS if one is not None],
        "languages": LANGUAGES,
    }


def standing_values(app: App, seen: Choices, words: Words) -> Mapping[str, Any]:  # why Any: as above
    """Return how the reader stands: what comes and came, the other digests, the ways on."""
    digest, person, now = seen.digest, seen.subscription.subscriber, app.clock()
    next_at, paused = seen.next_at, seen.subscription.paused_until
    is_away = paused is not None and paused > now
    return {
        "person": person,
        "next_day": day_words(next_at, seen.clocks, now, words) if next_at else "",
        "next_clock": f"{next_at.astimezone(seen.clocks):%H:%M}" if next_at else "",
        "paused_day": words.short(paused.astimezone(seen.clocks).date()) if paused and is_away else "",
        "clock": f"{now.astimezone(seen.clocks):%H:%M}",
        "rows": [_row(app, seen, words, one.mail, can=one.can_come_again) for one in seen.past],
        "others": [
            (other.key, other.title, path(app, "preferences", f"{person.uid}.{other.key}") if on else "")
            for other, on in seen.others
        ],
        "stop_path": path(app, "unsubscribe", f"{person.uid}.{digest.key}"),
        "up_path": f"/subscribe/{digest.key}",
    }


def _written(seen: Choices) -> NewChoices:
    """Write what is stored as a form has it."""
    mine, person = seen.subscription, seen.subscription.subscriber
    pause = mine.paused_until
    return NewChoices(
        sections=mine.sections,
        hour=mine.hour or "",
        zone=person.zone or "",
        language=person.language or "",
        length="" if mine.form.at_most is None else str(mine.form.at_most),
        is_plain=mine.form.is_plain,
        pause_until="" if pause is None else pause.astimezone(seen.clocks).date().isoformat(),
        name=person.name or "",
    )


def _row(app: App, seen: Choices, words: Words, mail: PersonalMail, *, can: bool) -> Row:
    person = seen.subscription.subscriber
    phrase, kind = _FATES.get(mail.state, ("fate_open", ""))
    phrase = _REASONS.get(mail.reason or "", phrase) if mail.state is DeliveryState.EXCLUDED else phrase
    at = mail.changed_at
    return Row(
        edition=mail.edition_id,
        day=words.short(mail.edition.slot.local.astimezone(seen.clocks).date()),
        subject=mail.edition.subject,
        path=path(app, "read", f"{mail.edition_id}.{person.uid}"),
        fate=words.say(phrase, clock=f"{at.astimezone(seen.clocks):%H:%M}" if at else ""),
        kind=kind,
        can_come_again=can,
    )
