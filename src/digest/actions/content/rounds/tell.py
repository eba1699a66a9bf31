"""Telling people of a source: dead, gone, moved, silent or restless, each once."""

from __future__ import annotations

from datetime import datetime

from digest.actions.content.rounds.rhythm import is_silent
from digest.actions.content.rounds.verdict import RESTLESS, RESTLESS_LOOKS
from digest.model import Alert, AlertKind, HistoryEntry, Source, SourceState
from digest.store import Transaction


def tell(
    tx: Transaction,
    source: Source,
    before: SourceState,
    after: SourceState,
    *,
    now: datetime,
    dead_after: int,
) -> None:
    """Write down what people are to know of a source, in the transaction of the deed.

    Args:
        tx: Open for writing.
        source: The source.
        before: How it was doing before the look.
        after: How it is doing now.
        now: The moment.
        dead_after: So many failures in a row make it dead.
    """
    if after.moved_to and after.moved_to != before.moved_to:
        _line(tx, now, "ok", f"the source '{source.key}': has moved for good to {after.moved_to}")
    if after.gone_at is not None and before.gone_at is None:
        _alert(tx, _gone(source, after), now)
    elif after.failures >= dead_after:
        _alert(tx, _dead(source, after), now)
    if after.restless >= RESTLESS_LOOKS > before.restless:
        _line(tx, now, "failed", f"the source '{source.key}': {RESTLESS}")
    if not after.failures and is_silent(source.fetching, after, now):
        _alert(tx, _silent(source, after, now), now)


def _alert(tx: Transaction, alert: Alert, now: datetime) -> None:
    if tx.alerts.add(alert, at=now):
        _line(tx, now, "failed", alert.title)


def _line(tx: Transaction, now: datetime, outcome: str, note: str) -> None:
    tx.history.add(HistoryEntry(at=now, by="service", event="collect", outcome=outcome, note=note))


def _gone(source: Source, state: SourceState) -> Alert:
    return Alert(
        key=f"source-gone:{source.key}:{state.gone_at}",
        kind=AlertKind.SOURCE_DEAD,
        title=f"the source '{source.key}' is gone for good",
        text=(
            f"{source.url}: its server says so (410), and it is asked no more.\n"
            f"Take it out of config/sources.yaml, or ask once more: digest sources fetch {source.key}"
        ),
    )


def _dead(source: Source, state: SourceState) -> Alert:
    since = state.succeeded_at
    return Alert(
        key=f"source-dead:{source.key}:{since or state.url}",
        kind=AlertKind.SOURCE_DEAD,
        title=f"the source '{source.key}' is dead: {state.error}",
        text=(
            f"{source.url} could not be read {state.failures} times in a row,"
            f" {f'since {since:%Y-%m-%d %H:%M} UTC' if since else 'and never before'}."
            f"\nIt goes on being tried. More: digest sources show {source.key}"
        ),
    )


def _silent(source: Source, state: SourceState, now: datetime) -> Alert:
    days = 0 if state.changed_at is None else (now - state.changed_at).days
    return Alert(
        key=f"source-silent:{source.key}:{state.changed_at}",
        kind=AlertKind.SOURCE_SILENT,
        title=f"the source '{source.key}' has brought nothing for {days} days",
        text=(
            f"It used to bring {state.per_day:.1f} articles a day, and it can be read: {source.url}."
            "\nHas it moved? If it is meant to be quiet, set silent_after in config/sources.yaml."
        ),
    )
