"""The books of an edition."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli.options import NO_VALUE, EditionArgument, HomeOption, JsonOption, home_path, whoami
from digest.cli.output import print_json_rows, print_table, say

if TYPE_CHECKING:
    from digest.actions.editing.printed import Printed
    from digest.actions.mailing.books import Onward
    from digest.actions.mailing.places import Places
    from digest.model import Books, Delivery
    from digest.store import OffRecord

_ENDS = ("sent", "failed", "expired", "excluded", "unknown", "open")
_ACCEPTED = "stay as they are, on record"
SHOWN = 100  #: recipients that a table shows; more scroll out of sight


def register(app: typer.Typer) -> None:
    """Add the command to the tree."""
    app.command(epilog="Example: digest deliveries 3 --json")(deliveries)


EveryOption = Annotated[
    bool, typer.Option("--all", metavar=NO_VALUE, help="List every recipient, not only the troubled ones.")
]
ResendOption = Annotated[
    bool,
    typer.Option(
        "--resend-unknown", metavar=NO_VALUE, help="Mail the unknown again: some may get a second copy."
    ),
]
AcceptOption = Annotated[
    bool,
    typer.Option("--accept-unknown", metavar=NO_VALUE, help="Leave the unknown as they are, on record."),
]
PlacesOption = Annotated[
    bool,
    typer.Option(
        "--places", metavar=NO_VALUE, help="Also tell where sections and items stood, in how many mails."
    ),
]


def deliveries(
    edition: EditionArgument,
    every: EveryOption = False,
    resend_unknown: ResendOption = False,
    accept_unknown: AcceptOption = False,
    where: PlacesOption = False,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Show the books of an edition: frozen = sent + failed + expired + excluded + unknown (+ open)."""
    from digest.actions.editing.printed import printed
    from digest.actions.mailing.books import accounts, decide_unknown, off_record, onward
    from digest.actions.mailing.places import places
    from digest.bootstrap import open_app

    if resend_unknown and accept_unknown:
        raise typer.BadParameter("either --resend-unknown or --accept-unknown")
    with open_app(home_path(home)) as opened:
        decide = partial(decide_unknown, resend=resend_unknown, by=whoami(), late=True)
        decided = decide(opened, edition) if resend_unknown or accept_unknown else None
        books, rows = accounts(opened, edition, every=every)
        gone = off_record(opened, edition)
        states = printed(opened, edition)
        stood = places(opened, edition) if where else None
        if json:
            more = {"places": stood and places_fields(stood), "decided": decided}
            told = _fields(edition, books, gone, states, more)
            print_json_rows(told, "recipients", map(_recipient, rows))
        else:
            if decided is not None:
                fate = _fate(edition, onward(opened, edition)) if resend_unknown else _ACCEPTED
                say(f"{decided:,} unknown {fate}")
            _show_all(edition, books, states, stood)
            _show_on_record(rows, books.frozen if every else books.frozen - books.sent - books.open, gone)


def _fields(
    edition: int,
    books: Books,
    gone: OffRecord | None,
    states: Sequence[Printed],
    asked_for: Mapping[str, object],
) -> dict[str, object]:
    """Return an edition's books as JSON, with what else was asked for and is there."""
    told = {"off_record": gone, "balance": books.balance, "versions": _versions(states)}
    more = {name: found for name, found in asked_for.items() if found is not None}
    return {**books_fields(edition, books), **told, **more}


def _fate(edition: int, found: Onward) -> str:
    """Say what becomes of the unknown who are to be mailed again, and who has to do what for it."""
    late = " --late" if found.late else ""
    if found.stopped:
        way = f"`digest editions resume {edition}{late}` lets it go on"
        return f"wait with those still open: the edition is stopped{late and ', and late'}; {way}"
    if found.late and not found.let_go:
        return f"wait, since max_lateness has passed: `digest send {edition} --late` mails them all the same"
    return f"are mailed again by the service, or by `digest send {edition}{late}`"


def _show_on_record(rows: Iterator[Delivery], total: int, gone: OffRecord | None) -> None:
    """Print recipients, after how many are no longer on record one by one."""
    if gone is not None:
        they_are = "recipient is" if gone.recipients == 1 else "recipients are"
        say(f"{gone.recipients:,} {they_are} no longer on record one by one since {gone.since:%Y-%m-%d}")
        total = 0  # those left are few, and nothing counts them by themselves
    _show_recipients(rows, total)


def _show_all(edition: int, books: Books, states: Sequence[Printed], stood: Places | None) -> None:
    """Print the books, those of each state that was mailed, and where items stood if that was asked for."""
    show_books(edition, books)
    for one in states:
        say(f"{_named(one)}: {_told(one.books)}")
    if stood is not None:
        _show_places(stood)


def _recipient(one: Delivery) -> dict[str, object]:
    return {
        "email": one.email,
        "email_now": one.email_now,
        "state": one.state,
        "reason": one.reason,
        "reply": one.reply,
        "version": one.version,
    }


def _versions(states: Sequence[Printed]) -> list[dict[str, object]]:
    return [
        {
            "version": one.version,
            "by": one.made and one.made.by,
            "note": one.made and one.made.note,
            "content_hash": one.made and one.made.content_hash,
            **{name: getattr(one.books, name) for name in _ENDS},
        }
        for one in states
    ]


def places_fields(stood: Places) -> dict[str, object]:
    """Return as JSON where the sections and items of an edition stood."""
    return {
        "sent": stood.sent,
        "choosers": stood.choosers,
        "sections": [
            {
                "section": one.key,
                "title": one.title,
                "chosen": one.chosen,
                "mails": one.total,
                "places": {str(at): many for at, many in one.mails.items()},
                "items": [
                    {
                        "article": item.article,
                        "mails": item.total,
                        "places": {str(at): many for at, many in item.mails.items()},
                    }
                    for item in one.items
                ],
            }
            for one in stood.sections
        ],
    }


def _show_places(stood: Places) -> None:
    rows = [
        (one.title or "More", len(one.items), one.chosen, one.total, _at(one.mails)) for one in stood.sections
    ]
    print_table("", ("Section", "Items", "Chose it", "Mails", "Place: mails"), rows)
    items = [(item.title, item.total, _at(item.mails)) for one in stood.sections for item in one.items]
    print_table("", ("Item", "Mails", "Place: mails"), items)


def _at(mails: Mapping[int, int]) -> str:
    return ", ".join(f"{at}: {many}" for at, many in mails.items())


def _named(one: Printed) -> str:
    if one.made is None or not one.version:
        return "as it was built"
    return f"state {one.version} ({one.made.by}: {one.made.note})"


def _told(books: Books) -> str:
    counts = ((getattr(books, name), name) for name in _ENDS)
    return ", ".join(f"{count} {name}" for count, name in counts if count)


def _address(one: Delivery) -> str:
    """Write where a mail went, and where the next one goes when its reader has moved."""
    return one.email if one.email_now is None else f"{one.email} (now {one.email_now})"


def _show_recipients(rows: Iterator[Delivery], total: int) -> None:
    """Show the first of so many recipients, and how many there are beyond."""
    lines = [
        (_address(one), one.state, "" if one.version is None else one.version, one.reason or one.reply)
        for one in islice(rows, SHOWN)
    ]
    if lines:
        print_table("", ("Address", "State", "Version", "Why"), lines)
    if total > len(lines):
        say(f"and {total - len(lines):,} more; --json lists them all", "yellow")


def books_fields(edition: int, books: Books) -> dict[str, int]:
    """Return the books as JSON has them."""
    return {
        "edition": edition,
        "frozen": books.frozen,
        "sent": books.sent,
        "failed": books.failed,
        "expired": books.expired,
        "excluded": books.excluded,
        "unknown": books.unknown,
        "open": books.open,
    }


def show_books(edition: int, books: Books) -> None:
    """Write the sum out, and say whether it holds."""
    fields = books_fields(edition, books)
    parts = [f"{fields[name]} {name}" for name in ("sent", "failed", "expired", "excluded", "unknown")]
    if books.open:
        parts.append(f"{books.open} open")
    verdict = "the books balance" if books.balance else "not finished"
    say(f"edition {edition}: {books.frozen} frozen = {' + '.join(parts)}; {verdict}", "bold")
