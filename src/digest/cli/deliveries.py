"""Commands on delivery: send, and the books."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli.options import NO_VALUE, EditionArgument, HomeOption, JsonOption, home_path, whoami
from digest.cli.output import console, print_json, print_json_rows, print_table, say

if TYPE_CHECKING:
    from collections.abc import Callable

    from digest.actions.app import App
    from digest.model import Books, Delivery

SHOWN = 100  #: recipients that a table shows; more scroll out of sight


def register(app: typer.Typer) -> None:
    """Add the commands to the tree."""
    app.command(epilog="Example: digest send 3 --test ada@example.org")(send)
    app.command(epilog="Example: digest deliveries 3 --json")(deliveries)


def send(
    edition: EditionArgument,
    test: Annotated[
        str | None,
        typer.Option(
            "--test", metavar="EMAIL", help="Send to this address only; the books stay as they are."
        ),
    ] = None,
    failed: Annotated[
        bool, typer.Option("--failed", metavar=NO_VALUE, help="Try those again that failed.")
    ] = False,
    late: Annotated[
        bool, typer.Option("--late", metavar=NO_VALUE, help="Send although max_lateness has passed.")
    ] = False,
    expire: Annotated[
        bool, typer.Option("--expire", metavar=NO_VALUE, help="Send no more; those still open expire.")
    ] = False,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Send an approved edition to its audience; going on after a stop is the same command again."""
    from digest.actions.sending import SendOptions
    from digest.actions.sending import send as run
    from digest.bootstrap import open_app

    with open_app(home_path(home)) as opened:
        if test is not None:
            is_well = _send_test(opened, edition, test, json=json)
        else:
            with progress_bar(shown=not json) as progress:
                options = SendOptions(by=whoami(), failed=failed, late=late, expire=expire, progress=progress)
                books = run(opened, edition, options)
            _show_sent(edition, books, json=json)
            is_well = not (books.failed or books.unknown or books.open)
    if not is_well:
        raise typer.Exit(1)


def deliveries(
    edition: EditionArgument,
    every: Annotated[
        bool,
        typer.Option("--all", metavar=NO_VALUE, help="List every recipient, not only the troubled ones."),
    ] = False,
    resend_unknown: Annotated[
        bool,
        typer.Option(
            "--resend-unknown",
            metavar=NO_VALUE,
            help="Mail the unknown again with the next send: some may get a second copy.",
        ),
    ] = False,
    accept_unknown: Annotated[
        bool,
        typer.Option("--accept-unknown", metavar=NO_VALUE, help="Leave the unknown as they are, on record."),
    ] = False,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Show the books of an edition: frozen = sent + failed + expired + excluded + unknown (+ open)."""
    from digest.actions.books import accounts, decide_unknown
    from digest.bootstrap import open_app

    if resend_unknown and accept_unknown:
        raise typer.BadParameter("either --resend-unknown or --accept-unknown")
    with open_app(home_path(home)) as opened:
        if resend_unknown or accept_unknown:
            decide_unknown(opened, edition, resend=resend_unknown, by=whoami())
        books, rows = accounts(opened, edition, every=every)
        if json:
            fields = {**books_fields(edition, books), "balance": books.balance}
            print_json_rows(fields, "recipients", map(_recipient, rows))
        else:
            show_books(edition, books)
            _show_recipients(rows, books.frozen if every else books.frozen - books.sent - books.open)


def _recipient(one: Delivery) -> dict[str, object]:
    return {"email": one.subscriber.email, "state": one.state, "reason": one.reason, "reply": one.reply}


def _show_recipients(rows: Iterator[Delivery], total: int) -> None:
    """Show the first of so many recipients, and how many there are beyond."""
    lines = [(one.subscriber.email, one.state, one.reason or one.reply) for one in islice(rows, SHOWN)]
    if lines:
        print_table("", ("Address", "State", "Why"), lines)
    if total > len(lines):
        say(f"and {total - len(lines):,} more; --json lists them all", "yellow")


def _send_test(opened: App, edition: int, address: str, *, json: bool) -> bool:
    """Send to one address and tell what the relay said; False when it did not take it."""
    from digest.actions.sending import send_test

    receipt = send_test(opened, edition, address)
    if json:
        print_json({"edition": edition, "test": address, "state": receipt.state, "reply": receipt.text})
    else:
        say(f"test to {address}: {receipt.state}, the relay said: {receipt.text}")
    return receipt.state == "sent"


def _show_sent(edition: int, books: Books, *, json: bool) -> None:
    """Show the books after a run, and how to go on when somebody is left."""
    if json:
        print_json(books_fields(edition, books))
        return
    show_books(edition, books)
    if books.open:
        say(
            "The same command goes on with those still open; what a stopped sender held is free after",
            "yellow",
        )
        say("twenty minutes, and what the relay put off waits for its time.", "yellow")


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


@contextmanager
def progress_bar(*, shown: bool) -> Iterator[Callable[[int, int], None]]:
    """Offer a function that shows how far sending is; silent where there is no terminal."""
    if not shown or not sys.stderr.isatty():
        yield lambda _done, _total: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("sending"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console(stderr=True), transient=True) as bar:
        task = bar.add_task("sending", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
