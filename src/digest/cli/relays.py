"""The command that shows how relays are and what they answered."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import typer

from digest.cli.options import HomeOption, JsonOption, home_path
from digest.cli.output import print_json, print_table

if TYPE_CHECKING:
    from digest.actions.mailing.relay_health import RelayHealth


def register(app: typer.Typer) -> None:
    """Add the command to the tree."""
    app.command("relays", epilog="Example: digest relays")(list_relays)


def list_relays(home: HomeOption = None, json: JsonOption = False) -> None:
    """List the relays: how each is, what it answered to mail in 24 hours, and how soon."""
    from digest.actions.mailing.relay_answers import answer_figures
    from digest.actions.mailing.relay_health import relays_health
    from digest.bootstrap import open_app

    with open_app(home_path(home)) as opened:
        relays, answers = relays_health(opened), answer_figures(opened)
    if json:
        print_json([asdict(one) | {"answers": asdict(answers[one.name])} for one in relays])
        return
    rows = []
    for relay in relays:
        one = answers[relay.name]
        times = [f"{ms:,}" if ms is not None else "" for ms in (one.median_ms, one.p95_ms)]
        counts = (one.total, one.taken, one.put_off, one.refused, one.lost)
        rows.append((relay.name, _state(relay), *counts, *times))
    names = ("Relay", "State", "Mails", "Taken", "Put off", "Refused", "No answer", "Median ms", "95 % ms")
    print_table("", names, rows, figures=(2, 3, 4, 5, 6, 7, 8))
    shares = [
        (relay.name, share.kind, share.words, share.count)
        for relay in relays
        for share in answers[relay.name].shares
    ]
    if shares:
        print_table("", ("Relay", "Kind", "Answer", "Mails"), shares, figures=(3,))


def _state(relay: RelayHealth) -> str:
    if relay.look is None or relay.is_stale:
        return "nobody has looked lately"
    return relay.look.trouble or "takes mail"
