"""How what is found against an edition is shown in a terminal and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.cli.output import say

if TYPE_CHECKING:
    from digest.actions.printing.inspecting import Judged, Preflight

_MARKS = {"block": ("✗", "red"), "warn": ("!", "yellow")}


def preflight_fields(found: Preflight) -> dict[str, object]:
    """Return what `digest check EDITION --json` prints."""
    return {
        "edition": found.edition_id,
        "ok": not found.blocking,
        "findings": [_fields(one) for one in found.judged],
        "passed": found.passed,
        "html_bytes": found.html_bytes,
        "limit_bytes": found.limit_bytes,
        "sections": found.weights,
        "links": len(found.links),
        "links_asked": len(found.answers),
    }


def _fields(one: Judged) -> dict[str, object]:
    finding, waiver = one.finding, one.waiver
    return {
        "level": finding.level,
        "rule": finding.rule,
        "place": finding.place,
        "anchor": finding.anchor,
        "message": finding.message,
        "hint": finding.hint,
        "waived": None if waiver is None else {"by": waiver.by, "at": waiver.at, "why": waiver.why},
    }


def show_preflight(found: Preflight) -> None:
    """Tell a person what was found, where, and how to mend it or let it stand."""
    for one in found.judged:
        _show(one)
    sections = ", ".join(f"{key} {size:,}" for key, size in found.weights.items())
    say(f"{found.html_bytes:,} of {found.limit_bytes:,} bytes: {sections}", "dim")
    if found.links:
        say(f"{len(found.answers)} of {len(found.links)} links asked for in the last hours", "dim")
    said = f"{len(found.passed)} checks passed"
    if found.blocking:
        count = len(found.blocking)
        said = f"{count} finding{'' if count == 1 else 's'} to mend or to waive before it can go; {said}"
    say(said, "bold")


def _show(one: Judged) -> None:
    finding, waiver = one.finding, one.waiver
    if waiver is not None:
        told = f"waived by {waiver.by}, {waiver.at:%Y-%m-%d %H:%M} UTC: {waiver.why}"
        say(f"- {finding.place}: {finding.message} ({told})", "dim")
        return
    mark, colour = _MARKS[finding.level]
    say(f"{mark} {finding.place}: {finding.message}", colour)
    hint = f"{finding.hint}; " if finding.hint else ""
    say(f"  {hint}to let it stand: {finding.rule} {finding.anchor}", "dim")
