"""How a rehearsal is shown in a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from digest.actions.making.rehearse import Row
from digest.actions.making.rehearsed import Rehearsed, Tally
from digest.cli.output import print_table, say
from digest.cli.rehearsal_sums import Sums

SIDES = "AB"  #: what two rule sets are called
_SHOWN = 20  #: articles that only one rule set takes, one by one


def show(sums: Sums, rows: Iterator[Row]) -> None:
    """Tell a person: a line for each slot, then the sums, then what only one rule set takes."""
    lines = []
    for row in rows:
        sums.add(row)
        lines.append(_alone(row[0]) if len(row) == 1 else _side_by_side(row))
    if len(sums.sets) > 1:
        for side, one in zip(SIDES, sums.sets, strict=True):
            say(f"{side}  {one.name}")
    if not lines:
        say("no slot in these days", "yellow")
        return
    if len(sums.sets) == 1:
        print_table("", ("Slot", "Items", "HTML", "What"), lines, figures=(1, 2))
    else:
        heads = (f"{side} {what}" for side in SIDES for what in ("items", "HTML", "out"))
        print_table("", ("Slot", *heads, "Only in"), lines, figures=range(1, 7))
    say("")
    _show_totals(sums)
    for note in sums.notes:
        say(f"! {note}", "yellow")


def _alone(one: Rehearsed | None) -> tuple[object, ...]:
    assert one is not None  # noqa: S101  # why: a row has at least one slot
    held = ", ".join(f"{title} {count}" for title, count in one.sections)
    left = _left_out(one.reasons)
    return (
        _when(one),
        len(one.items) or "",
        _size(one.html_bytes),
        "\n".join(filter(None, (_end(one) or held, left))),
    )


def _side_by_side(row: Row) -> tuple[object, ...]:
    first = next(one for one in row if one is not None)
    held = [set(one.items) if one else set() for one in row]
    alone = (len(mine - other) for mine, other in (held, held[::-1]))
    only = " ".join(f"{side} {count}" for side, count in zip(SIDES, alone, strict=True) if count)
    return _when(first), *(cell for one in row for cell in _brief(one)), only


def _brief(one: Rehearsed | None) -> tuple[object, ...]:
    if one is None:
        return "-", "", ""
    if one.outcome == "off":
        return "off", "", ""
    return len(one.items) or "skipped", _size(one.html_bytes), f"{len(one.drops):,}"


def _end(one: Rehearsed) -> str:
    """Say why there is no edition; '' when there is one."""
    if one.outcome == "off":
        return f"off: {one.planned.off}"
    if one.built is None or one.given is None or one.outcome == "edition":
        return ""
    least = one.given.digest.selection.at_least
    return f"skipped: {one.built.kept} of at least {least} articles"


def _when(one: Rehearsed) -> str:
    local = one.planned.slot.local
    return f"{local:%a} {one.planned.slot.key.replace('T', ' ', 1)}"


def _size(count: float) -> str:
    return f"{count / 1000:,.0f} kB" if count else ""


def _left_out(reasons: Sequence[tuple[str, int]]) -> str:
    total = sum(count for _, count in reasons)
    if not total:
        return ""
    return f"left out {total:,}: " + ", ".join(
        f"{count:,} {rule.replace('_', ' ')}" for rule, count in reasons
    )


def _show_totals(sums: Sums) -> None:
    rules = list(dict.fromkeys(rule for tally in sums.tallies for rule, _ in tally.reasons))
    names = ("Slots", "Editions", "Skipped", "Off", "Items", "  an edition", "Empty sections")
    rows = [
        *zip(names, *(_counts(tally) for tally in sums.tallies), strict=True),
        ("HTML, an edition", *(_size(_mean(tally.html_bytes, tally)) for tally in sums.tallies)),
        ("  the largest", *(_size(tally.largest) for tally in sums.tallies)),
        ("Left out", *(f"{tally.rules.total():,}" for tally in sums.tallies)),
        *(
            (f"  by {rule.replace('_', ' ')}", *(f"{tally.rules[rule]:,}" for tally in sums.tallies))
            for rule in rules
        ),
    ]
    sides = SIDES[: len(sums.sets)] if len(sums.sets) > 1 else ("",)
    print_table("", ("Total", *sides), rows, figures=(1, 2))
    for side in range(len(sums.sets) if len(sums.sets) > 1 else 0):
        _show_only(SIDES[side], sums.only(side))


def _show_only(side: str, articles: Mapping[int, str]) -> None:
    say(f"\nOnly {side} takes {len(articles):,} article{'' if len(articles) == 1 else 's'}", "bold")
    for number, title in list(articles.items())[:_SHOWN]:
        say(f"  {number}  {title}")
    if len(articles) > _SHOWN:
        say(f"  and {len(articles) - _SHOWN:,} more: --json lists all", "dim")


def _counts(tally: Tally) -> tuple[str, ...]:
    outcomes = (tally.outcomes[name] for name in ("edition", "skipped", "off"))
    figures = (tally.slots, *outcomes, tally.items)
    return (*(f"{count:,}" for count in figures), f"{_mean(tally.items, tally):.1f}", f"{tally.quiet:,}")


def _mean(total: int, tally: Tally) -> float:
    return total / tally.outcomes["edition"] if tally.outcomes["edition"] else 0
