"""The command that shows what people were told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli.options import HomeOption, JsonOption, home_path
from digest.cli.output import print_json, print_table, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.actions.upkeep.alerts import Told
    from digest.model import AlertSend


def register(app: typer.Typer) -> None:
    """Add the command to the tree."""
    app.command("alerts", epilog="Example: digest alerts --limit 20")(list_alerts)


def list_alerts(
    number: Annotated[
        int | None,
        typer.Argument(
            metavar="[ALERT]",
            min=1,
            max=2**53,
            help="Show this one whole, by its number.",
            show_default=False,
        ),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many.")] = 20,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """List what people were or are to be told, the newest first, with the way each went; or show one."""
    from digest.actions.upkeep.alerts import one_told, told
    from digest.bootstrap import open_app

    with open_app(home_path(home)) as opened:
        found = told(opened, limit) if number is None else (one_told(opened, number),)
    if json:
        print_json([_fields(one) for one in found])
        return
    if number is not None:
        say(found[0].alert.title, "bold")
        say(found[0].alert.text)
    rows = [
        (one.id, one.at.strftime("%Y-%m-%d %H:%M"), one.alert.kind, one.alert.title, _ways(one.sends))
        for one in found
    ]
    print_table("", ("No.", "At (UTC)", "Kind", "What", "Told"), rows)


def _fields(one: Told) -> dict[str, object]:
    alert = one.alert
    sends = [
        {
            "channel": send.channel,
            "tries": send.tries,
            "sent_at": send.sent_at,
            "next_at": send.next_at,
            "error": send.error,
        }
        for send in one.sends
    ]
    return {
        "alert": one.id,
        "at": one.at,
        "kind": alert.kind,
        "title": alert.title,
        "text": alert.text,
        "digest": alert.digest,
        "slot": alert.slot,
        "edition": alert.edition_id,
        "sends": sends,
    }


def _ways(sends: Sequence[AlertSend]) -> str:
    return ", ".join(map(_way, sends)) or "nobody yet: a service does it"


def _way(send: AlertSend) -> str:
    if send.sent_at is not None:
        return send.channel
    if send.channel == "log":
        return "nobody"
    return f"{send.channel}: {send.error or 'waits'}" + ("" if send.next_at else ", given up")
