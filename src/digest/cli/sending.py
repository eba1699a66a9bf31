"""The command that sends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli.deliveries import books_fields, show_books
from digest.cli.options import NO_VALUE, EditionArgument, HomeOption, JsonOption, home_path, whoami
from digest.cli.output import print_json, say
from digest.cli.progress import showing, used_up_fields
from digest.cli.stopping import finishing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.actions.app import App
    from digest.deliver import Progress, UsedUp
    from digest.model import Books


def register(app: typer.Typer) -> None:
    """Add the command to the tree."""
    app.command(epilog="Example: digest send 3 --test ada@example.org")(send)


TestOption = Annotated[
    str | None,
    typer.Option("--test", metavar="EMAIL", help="Send to this address only; the books stay as they are."),
]
FailedOption = Annotated[
    bool, typer.Option("--failed", metavar=NO_VALUE, help="Try those again that failed.")
]
LateOption = Annotated[
    bool, typer.Option("--late", metavar=NO_VALUE, help="Send although max_lateness has passed.")
]
ExpireOption = Annotated[
    bool, typer.Option("--expire", metavar=NO_VALUE, help="Send no more; those still open expire.")
]
WaitOption = Annotated[
    bool,
    typer.Option(
        "--wait",
        metavar=NO_VALUE,
        help="Stay until everybody has an end: through outages, and for those put off.",
    ),
]
EventsOption = Annotated[
    bool,
    typer.Option(
        "--events", metavar=NO_VALUE, help="Tell how far it is as JSON on standard error, a line a second."
    ),
]


def send(
    edition: EditionArgument,
    test: TestOption = None,
    failed: FailedOption = False,
    late: LateOption = False,
    expire: ExpireOption = False,
    wait: WaitOption = False,
    events: EventsOption = False,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Send an approved edition to its audience; going on after a stop is the same command again."""
    from digest.actions.mailing.sending import SendOptions
    from digest.actions.mailing.sending import send as run
    from digest.actions.steering import braking
    from digest.bootstrap import open_app

    with open_app(home_path(home)) as opened:
        if test is not None:
            is_well = _send_test(opened, edition, test, json=json)
        elif expire:
            books = braking.expire(opened, edition, by=whoami())
            _show_sent(opened, edition, books, (), json=json)
            is_well = not (books.failed or books.unknown)
        else:
            with finishing() as stopped:
                last: list[Progress] = []
                with showing(edition, events=events) as show:

                    def tell(progress: Progress) -> None:
                        last[:] = [progress]
                        show(progress)

                    options = SendOptions(
                        by=whoami(),
                        failed=failed,
                        late=late,
                        wait=wait,
                        progress=tell,
                        stopped=stopped,
                    )
                    books = run(opened, edition, options)
                used_up = last[0].used_up if last and books.open else ()
                _show_sent(opened, edition, books, used_up, json=json)
            is_well = not (books.failed or books.unknown or books.open)
    if not is_well:
        raise typer.Exit(1)


def _send_test(opened: App, edition: int, address: str, *, json: bool) -> bool:
    """Send to one address and tell what the relay said; False when it did not take it."""
    from digest.actions.mailing.trial import send_test

    trial = send_test(opened, edition, address, by=whoami())
    state, reply = trial.receipt.state, trial.receipt.text
    if json:
        passed = [str(one) for one in trial.passed]
        told = {"edition": edition, "test": address, "state": state, "reply": reply}
        print_json({**told, "relay": trial.relay, "passed_over": passed})
    else:
        say(f"test to {address}: {state}, the relay said: {reply} (relay {trial.relay})")
        for one in trial.passed:
            say(f"passed over: {one}", "yellow")
    return state == "sent"


def _show_sent(opened: App, edition: int, books: Books, used_up: Sequence[UsedUp], *, json: bool) -> None:
    """Show the books after a run, what those still open wait for, and how to go on."""
    from digest.actions.mailing.books import in_hand

    if json:
        print_json({**books_fields(edition, books), "used_up": used_up_fields(used_up)})
        return
    show_books(edition, books)
    for one in used_up:
        say(f"For now {one.words}.", "yellow")
    held = in_hand(opened, edition) if books.open else 0
    if held:
        say(
            f"Another sender has {held:,} of them in hand: one that hangs must be ended; what one held that",
            "yellow",
        )
        say("died on another machine is free 20 minutes after it was heard of last.", "yellow")
    if books.open > held:
        say("The same command goes on with those still open, once what a relay put off is due;", "yellow")
        say("with --wait it stays until everybody has an end.", "yellow")
        say(f"What became of each, and what a relay said: `digest deliveries {edition} --all`.", "yellow")
