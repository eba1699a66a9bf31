"""How an edition and its making are shown in a terminal and as JSON."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from digest.cli.output import console, measure, say

if TYPE_CHECKING:
    from digest.actions.making.build import BuildReport
    from digest.model import Edition, Summary

_SOURCE_COLUMNS = 26


def build_fields(report: BuildReport) -> dict[str, object]:
    """Return what `digest build --json` prints."""
    return {
        "edition": report.edition_id,
        "digest": report.edition.digest,
        "slot": report.edition.slot.key,
        "state": report.state,
        "existed": report.existed,
        "held": report.reasons,
        "subject": report.edition.subject,
        "preheader": report.edition.preheader,
        "sections": sections_fields(report.edition),
        "kept": report.kept,
        "dropped": report.dropped,
        "reasons": dict(reasons(report)),
        "findings": [
            {"level": one.level, "place": one.place, "message": one.message, "hint": one.hint}
            for one in report.findings
        ],
    }


def sections_fields(edition: Edition) -> list[dict[str, object]]:
    """Return an edition's sections and items as JSON has them."""
    return [
        {
            "key": section.key,
            "title": section.title or "More",
            "items": [
                {
                    "article": item.article_id,
                    "title": item.title,
                    "source": item.source,
                    "url": item.url,
                    "summary": item.summary.text,
                    "method": item.summary.method,
                    "note": item.summary.note,
                    "also": item.also,
                }
                for item in section.items
            ],
        }
        for section in edition.sections
    ]


def reasons(report: BuildReport) -> list[tuple[str, int]]:
    """Count the candidates left out by rule, the most frequent first."""
    counts = Counter(decision.rule.value for decision in report.decisions if not decision.kept)
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))


def show_built(report: BuildReport) -> None:
    """Tell a person what was built, taken and left out."""
    name = f"edition {report.edition_id}" if report.edition_id else "a dry run, nothing stored"
    say(f"{report.edition.digest} {report.edition.slot.key}: {name}, {report.state}", "bold")
    if report.existed:
        say("This slot had its edition already; nothing was built.", "yellow")
        say(f"`digest build {report.edition.digest} --at TIME` makes one for any other minute.", "yellow")
    elif not report.edition.sections:
        say(
            "Too few articles for an edition: it is skipped. `selection.at_least` sets the minimum.", "yellow"
        )
    for reason in report.reasons:
        say(f"held: {reason}", "yellow")
    show_sections(report.edition)
    left = ", ".join(f"{count} by {rule.replace('_', ' ')}" for rule, count in reasons(report))
    say(f"{report.kept} kept, {report.dropped} left out" + (f": {left}" if left else ""))
    for finding in report.findings:
        hint = f" ({finding.hint})" if finding.hint else ""
        say(f"! {finding.place}: {finding.message}{hint}", "yellow")
    if report.edition_id and report.edition.sections and not report.existed:
        say(f"Next: digest preview {report.edition_id} --out proof", "dim")


def show_sections(edition: Edition) -> None:
    """List an edition's items under their sections: number, headline, source, minutes.

    '+2' after a source: two more sources tell the story as well.
    """
    from rich.table import Table  # heavy: loaded only when something is shown
    from rich.text import Text

    out = console()
    table = Table.grid(padding=(0, 2, 0, 0), expand=True)
    table.add_column(justify="right", style="dim")
    table.add_column(ratio=1, overflow="fold")
    table.add_column(style="dim", max_width=_SOURCE_COLUMNS, overflow="fold")
    table.add_column(justify="right", style="dim", no_wrap=True)
    for section in edition.sections:
        table.add_row("", Text(f"\n{section.title or 'More'}", style="bold red"))
        for item in section.items:
            more = f" +{len(item.also)}" if item.also else ""
            cells = (f"{item.article_id}", item.title, f"{item.source}{more}", f"{item.minutes} min")
            table.add_row(*map(Text, cells))
            if told := told_of(item.summary):
                table.add_row("", Text(told, style="dim italic"))
    out.print(table, width=measure(out))
    say("")


def told_of(summary: Summary) -> str:
    """Say of a summary what an editor should know; '' when it is one of the usual."""
    return "a language model wrote the summary" if summary.is_drafted else summary.note or ""
