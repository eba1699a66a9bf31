"""Commands on mail that came back: take reports in, fetch them, listen for them, list them."""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli.options import HomeOption, JsonOption, home_path
from digest.cli.output import print_json, print_table, say
from digest.errors import DigestError

if TYPE_CHECKING:
    from digest.actions.mailing.bounces import Taken

_ENDS = frozenset({signal.SIGTERM, signal.SIGINT})


def register(app: typer.Typer) -> None:
    """Add the commands to the tree."""
    group = typer.Typer(
        help="Reports of mail that came back: take, fetch, listen, list.", no_args_is_help=True
    )
    group.command("take", epilog="Example: digest bounces take Maildir/ report.eml")(take)
    group.command("fetch", epilog="Example: digest bounces fetch")(fetch)
    group.command("listen", epilog="Example: digest bounces listen")(listen)
    group.command("list", epilog="Example: digest bounces list --limit 20")(list_taken)
    app.add_typer(group, name="bounces")


def take(
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar="PATH...", help="Files, folders of .eml files, and Maildirs; all stay as they are."
        ),
    ],
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Take in reports: addresses that are gone, and people who complain, are mailed no more."""
    from digest.actions.mailing import bounces
    from digest.bootstrap import open_app

    with open_app(home_path(home)) as opened:
        taken = _gathered(bounces.take(opened, paths), "files", json=json)
    _show(taken, "files", json=json)


def fetch(home: HomeOption = None, json: JsonOption = False) -> None:
    """Take in the unread reports of the IMAP mailbox that delivery.bounces.imap names; once."""
    from digest.actions.mailing import intake
    from digest.actions.mailing.bounces import Consequence
    from digest.bootstrap import open_app

    with open_app(home_path(home)) as opened:
        taken = _gathered(intake.fetch(opened), "messages", json=json)
    is_full = sum(one.outcome is not Consequence.UNREADABLE for one in taken) >= intake.MAX_A_ROUND
    _show(taken, "messages", json=json, more="digest bounces fetch" if is_full else None)


def listen(home: HomeOption = None, json: JsonOption = False) -> None:
    """Take in what a mail server hands over at delivery.bounces.listen, until SIGTERM or Ctrl-C."""
    from digest.actions.mailing import bounces, intake
    from digest.bootstrap import open_app

    counts: Counter[str] = Counter()
    with (
        _held_back(),
        open_app(home_path(home)) as opened,
        intake.listener(opened, lambda one: counts.update([one.outcome])) as listening,
    ):
        if not json:
            say(f"listening at {listening.url}; Ctrl-C ends it", "bold")
        signal.sigwait(_ENDS)
    told = {name: counts[name] for name in bounces.Consequence}
    if json:
        print_json({"url": listening.url, "counts": told})
    else:
        said = ", ".join(f"{count} {name}" for name, count in told.items() if count)
        say(f"{counts.total()} messages" + (f": {said}" if said else ""))


def list_taken(
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="At most so many.")] = 50,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """List the reports that were taken in, the newest first."""
    from digest.actions.mailing import bounces
    from digest.bootstrap import open_app

    with open_app(home_path(home)) as opened:
        found = bounces.recent(opened, limit)
    rows = [(one.subscriber.email, one.edition_id, one.kind, one.status, one.at) for one in found]
    names = ("email", "edition", "kind", "status", "at")
    if json:
        print_json([dict(zip(names, row, strict=True)) for row in rows])
    else:
        print_table("", ("Address", "Edition", "Kind", "Status", "Taken in"), rows)


def _gathered(found: Iterable[Taken], things: str, *, json: bool) -> list[Taken]:
    """Take in one after the other; what came before an error is printed: its consequences hold."""
    taken: list[Taken] = []
    try:
        taken.extend(found)
    except (DigestError, KeyboardInterrupt):
        if taken:
            _print(taken, things, json=json)
        raise
    return taken


def _show(taken: Sequence[Taken], things: str, *, json: bool, more: str | None = None) -> None:
    """Print what became of each message; exit 1 when one could not be read."""
    from digest.actions.mailing.bounces import Consequence

    _print(taken, things, json=json, more=more)
    if any(one.outcome is Consequence.UNREADABLE for one in taken):
        raise typer.Exit(1)


def _print(taken: Sequence[Taken], things: str, *, json: bool, more: str | None = None) -> None:
    """Tell what became of each message, and what to run for more."""
    from digest.actions.mailing.bounces import Consequence

    counts = Counter(one.outcome for one in taken)
    if json:
        print_json({"reports": taken, "counts": {name: counts[name] for name in Consequence}})
    else:
        names = {Consequence.KNOWN: "known already"}
        said = ", ".join(f"{counts[name]} {names.get(name, name)}" for name in Consequence if counts[name])
        say(f"{len(taken)} {things}" + (f": {said}" if said else ""), "bold")
        news = (one for one in taken if one.outcome is not Consequence.KNOWN)
        rows = [(one.file, one.outcome, one.kind, one.status, one.email) for one in news]
        if rows:
            print_table("", ("File", "Consequence", "Kind", "Status", "Address"), rows)
        if more:
            say(f"more may be there: `{more}` goes on")


@contextmanager
def _held_back() -> Iterator[None]:
    """Keep signals that end the command until it waits for one; threads begun inside never get any."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _ENDS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
