"""The command on what a mailing needs beside the settings: the DNS of the senders' domains, and others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli.options import NO_VALUE, HomeOption, JsonOption, home_path
from digest.cli.output import print_json, say

if TYPE_CHECKING:
    from pathlib import Path

    from digest.actions.upkeep.doctor import DomainReport
    from digest.actions.upkeep.endpoint import EndpointReport
    from digest.deliver.dns.records import Record
    from digest.errors import Fault

_MARKS = {
    "found": ("✓", "green"),
    "missing": ("✗", "red"),
    "different": ("✗", "red"),
    "unanswered": ("?", "yellow"),
    "unasked": ("·", ""),
}


def register(app: typer.Typer) -> None:
    """Add the command to the tree."""
    app.command(epilog="Example: digest doctor --offline")(doctor)


def doctor(
    offline: Annotated[
        bool,
        typer.Option("--offline", metavar=NO_VALUE, help="Only show what to publish; ask nobody."),
    ] = False,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Show the DNS records that the senders' domains need, ready to paste, and check those that are there.

    Relays that should be greeted with a name are told of, and a home that its database takes no mail from, as
    one with other keys than the home that last sent. Where a language model drafts summaries, ask it for a
    short one.
    """
    from digest.actions.upkeep.doctor import examine
    from digest.deliver.dns import resolver

    found = examine(home_path(home), None if offline else resolver.DnsResolver())
    faults, unsaid = ((), ()) if offline else _held_against_database(home_path(home))
    reports, model, notes = found.domains, found.model, (*found.notes, *unsaid)
    ok = not any(record.needs_work for report in reports for record in report.records)
    ok &= (model is None or model.fault is None) and not faults
    if json:
        print_json(
            {
                "ok": ok,
                "asked": not offline,
                "domains": reports,
                "model": model,
                "faults": faults,
                "notes": notes,
            }
        )
    else:
        for report in reports:
            _show(report)
        for fault in faults:
            say(f"✗ {fault.found}", "red")
            say(f"  → {fault.hint}")
        for note in notes:
            say(f"! {note}", "yellow")
        if model is not None:
            _show_model(model)
    if not ok:
        raise typer.Exit(1)


def _held_against_database(root: Path) -> tuple[tuple[Fault, ...], tuple[str, ...]]:
    from digest.actions.upkeep.joined import held_against_database

    return held_against_database(root)


def _show(report: DomainReport) -> None:
    say(report.domain, "bold")
    for record in report.records:
        mark, style = _MARKS[record.state]
        say(f"{mark} {record.kind:5} {record.state:10} {record.name}", style)
        for text in record.found if record.state == "different" else ():
            say(f"  found    {text}")
        if record.wanted is not None and record.state != "found":
            say(f"  publish  {_zone_line(record)}")
        if record.hint:
            say(f"  → {record.hint}")
    if report.signed is False:
        say(f"· DKIM  no key of delivery.dkim signs as {report.domain}: the relay must, or you make one:")
        say(f"  → digest dkim new {report.domain} --selector s1")


def _show_model(report: EndpointReport) -> None:
    say(f"{report.model} at {report.endpoint}", "bold")
    if report.fault is None:
        say("✓ it drafts summaries", "green")
    else:
        say(f"✗ {report.fault}", "red")
        say("  → until it answers, editions keep the articles' own sentences; see `summaries` in digest.yaml")


def _zone_line(record: Record) -> str:
    """Write the record to publish as a line of a zone file."""
    from digest.deliver.compose.dkim_keys import txt_strings

    strings = " ".join(f'"{string}"' for string in txt_strings(record.wanted or ""))
    return f"{record.name}. IN TXT ( {strings} )"
