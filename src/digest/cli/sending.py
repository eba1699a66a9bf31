"""The command that sends."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli.deliveries import books_fields, show_books
from digest.cli.options import NO_VALUE, EditionArgument, HomeOption, JsonOption, home_path, whoami
from digest.cli.output import print_json, say
from digest.cli.progress import showing, used_up_fields
from digest.cli.stopping import finishing
from digest.cli.terminal import mute_output
from digest.errors import DigestError

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from digest.actions.app import App
    from digest.deliver import Progress, UsedUp
    from digest.model import Books, DeliveryState


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
                with _on_record(edition):
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


@contextmanager
def _on_record(edition: int) -> Iterator[None]:
    """Say that what was sent is sent, where a full disk or the like does not take what is told of it."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        mute_output()
        raise DigestError(
            f"what became of edition {edition} cannot be written here: {error.strerror or error}",
            hint=f"it is on record: `digest deliveries {edition}` tells what was sent",
        ) from error


def _show_sent(opened: App, edition: int, books: Books, used_up: Sequence[UsedUp], *, json: bool) -> None:
    """Show the books after a run, what those still open wait for, and how to go on."""
    from digest.actions.mailing.books import in_hand, put_off

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
        when = _when(put_off(opened, edition), bool(used_up))
        say(f"The same command goes on with those still open{when};", "yellow")
        say("with --wait it stays until everybody has an end.", "yellow")
        say(f"What became of each, and what a relay said: `digest deliveries {edition} --all`.", "yellow")


def _when(put_off: Collection[DeliveryState], is_limited: bool) -> str:
    """Say what those wait for who are still open; '' when they can be mailed at once."""
    what = (
        (is_limited, "a limit has room again"),
        ("deferred" in put_off, "what a relay put off is due"),
        ("pending" in put_off, "the hour of each has come"),
    )
    told = " or ".join(words for is_so, words in what if is_so)
    return told and f", once {told}"
