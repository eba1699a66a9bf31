"""What stays of an edition that nobody approved in time, where only what is pinned or clean may go out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from digest.model import Decision, Edition, Finding, Rule
from digest.pipeline import reheaded
from digest.settings import DigestSettings
from digest.summarise import has_method


def faults_of(edition: Edition, found: Iterable[Finding], *, spared: Collection[int]) -> dict[int, str]:
    """Say what is found against items, by article.

    Found are a summary of the first sentences where the language has a method, and whatever preflight
    found against single items.

    Args:
        edition: The edition.
        found: By preflight; what is waived is not among it.
        spared: Articles whose items stay whatever is found: an editor pinned them.
    """
    said: dict[int, list[str]] = {}
    for item in edition.items:
        if item.summary.method == "lead" and has_method(item.language):
            said.setdefault(item.article_id, []).append("its summary is only its first sentences")
    for one in found:
        if one.article_id is not None:
            said.setdefault(one.article_id, []).append(one.message)
    return {number: "; ".join(all_of_it) for number, all_of_it in said.items() if number not in spared}


def cleaned(edition: Edition, digest: DigestSettings, gone: Collection[int]) -> Edition:
    """Take items out; ranks close up, and subject and preheader name what is left."""
    sections = []
    for section in edition.sections:
        left = [item for item in section.items if item.article_id not in gone]
        if left:
            items = tuple(replace(item, rank=rank) for rank, item in enumerate(left, 1))
            sections.append(replace(section, items=items))
    present = {section.key for section in sections}
    quiet = tuple(section.title for section in digest.sections if section.key not in present)
    return reheaded(edition, replace(edition, sections=tuple(sections), quiet=quiet))


def decided_again(
    decisions: Sequence[Decision], faults: Mapping[int, str], digest: DigestSettings
) -> tuple[Decision, ...]:
    """Put on record why items went; they may stand again like what a cap cuts."""
    carry = digest.selection.carry_over is not None
    return tuple(
        replace(one, kept=False, rule=Rule.UNCLEAN, value=faults[one.article_id], carry=carry)
        for one in decisions
        if one.article_id in faults
    )
