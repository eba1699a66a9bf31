"""Turn what was picked into the content of an edition."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from digest.model import Candidate, Edition, EditionSection, Item, Slot, Summary
from digest.pick import Picked
from digest.settings import MORE, DigestSettings, MoreSettings, SectionSettings
from digest.summarise import summarise

SUBJECT_CHARS = 78  #: RFC 5322's line length; phones show about half of it
PREHEADER_CHARS = 100
_SHORT_CHARS = 70  #: a preheader below leaves half of an inbox's line empty
_BETWEEN = " · "


@dataclass(frozen=True, kw_only=True)
class Heading:
    """What an edition is called and which slot it fills."""

    number: int
    slot: Slot


def compose(
    digest: DigestSettings,
    heading: Heading,
    picked: Picked,
    source_titles: Mapping[int, str],
    written: Mapping[int, Summary],
) -> Edition:
    """Lay out the kept candidates as an edition with summaries, subject and preheader.

    Args:
        digest: The digest it is an edition of.
        heading: Its number and slot.
        picked: Kept candidates in section order, then rank; at least one.
        source_titles: Title of the source of every article in any kept story, by article id;
            an article whose source nobody knows is not in it.
        written: Summaries that stand already, by article id; the others are made here.
    """
    sections = _sections(digest, picked.kept, source_titles, written)
    titles = _titles(sections)
    present = {section.key for section in sections}
    quiet = tuple(section.title for section in digest.sections if section.key not in present)
    return Edition(
        digest=digest.key,
        number=heading.number,
        slot=heading.slot,
        language=digest.language,
        subject=shorten(titles[0], SUBJECT_CHARS),
        preheader=preheader(titles[1:]),
        sections=sections,
        quiet=quiet,
        left_over=sum(1 for decision in picked.decisions if decision.rule.is_cap),
    )


def reheaded(before: Edition, after: Edition) -> Edition:
    """Let subject and preheader name what an edition holds now, unless a person has written them.

    Args:
        before: As it was, with the subject and preheader it had.
        after: The same with fewer items; at least one is left.
    """
    old, new = _titles(before.sections), _titles(after.sections)
    subject, below = before.subject, before.preheader
    if subject == shorten(old[0], SUBJECT_CHARS):
        subject = shorten(new[0], SUBJECT_CHARS)
    if below == preheader(old[1:]):
        below = preheader(new[1:])
    return replace(after, subject=subject, preheader=below)


def without(edition: Edition, article_ids: Collection[int]) -> Edition:
    """Take items out of an edition and count them as left over; sections that become empty go too."""
    sections = []
    for section in edition.sections:
        items = tuple(item for item in section.items if item.article_id not in article_ids)
        if items:
            sections.append(replace(section, items=items))
    gone = len(edition.items) - sum(len(section.items) for section in sections)
    return replace(edition, sections=tuple(sections), left_over=edition.left_over + gone)


def shorten(text: str, max_chars: int) -> str:
    """Cut text at a word so that it has at most max_chars characters, ellipsis included."""
    if len(text) <= max_chars:
        return text
    cut = text[: max_chars - 1]
    head, space, _ = cut.rpartition(" ")
    return (head if space and len(head) > max_chars // 2 else cut).rstrip(" ,;:–-") + "…"


def preheader(titles: Sequence[str]) -> str:
    """Continue the subject with the next headlines, whole ones as long as they fit in 100 characters.

    The first is cut when it alone does not fit; the next one is when the line would stay short
    without it. No titles give an empty preheader.

    Args:
        titles: The best first: what leads the other sections, then all the rest.
    """
    text = shorten(titles[0], PREHEADER_CHARS) if titles else ""
    for title in titles[1:]:
        longer = f"{text}{_BETWEEN}{title}"
        if len(longer) > PREHEADER_CHARS:
            return shorten(longer, PREHEADER_CHARS) if len(text) < _SHORT_CHARS else text
        text = longer
    return text


def _titles(sections: Sequence[EditionSection]) -> list[str]:
    """List headlines in the order in which they sell an edition: what leads the sections, then the rest."""
    leads = [section.items[0].title for section in sections]
    return leads + [item.title for section in sections for item in section.items[1:]]


def _sections(
    digest: DigestSettings,
    kept: Sequence[Candidate],
    source_titles: Mapping[int, str],
    written: Mapping[int, Summary],
) -> tuple[EditionSection, ...]:
    plans: list[tuple[str, str, SectionSettings | MoreSettings]] = [
        (section.key, section.title, section) for section in digest.sections
    ]
    plans.append((MORE, digest.more.title or "", digest.more))
    found = []
    for key, title, section in plans:
        mine = [candidate for candidate in kept if candidate.section == key]
        items = tuple(
            _item(
                candidate,
                rank,
                source_titles,
                written.get(candidate.article.id) or _summary(candidate, section),
            )
            for rank, candidate in enumerate(mine, 1)
        )
        if items:
            found.append(EditionSection(key=key, title=title, items=items))
    return tuple(found)


def _summary(candidate: Candidate, section: SectionSettings | MoreSettings) -> Summary:
    return summarise(
        candidate.article.text,
        title=candidate.article.title,
        language=candidate.article.language,
        sentences=section.sentences,
        words=section.words,
    )


def _item(candidate: Candidate, rank: int, source_titles: Mapping[int, str], summary: Summary) -> Item:
    article = candidate.article
    own = source_titles.get(article.id, "")
    others = (source_titles[member] for member in candidate.story.members if member in source_titles)
    return Item(
        article_id=article.id,
        revision=article.revision,
        rank=rank,
        title=article.title,
        url=article.url,
        source=own,
        minutes=article.minutes,
        summary=summary,
        language=article.language,
        image=article.image,
        also=tuple(dict.fromkeys(title for title in others if title != own)),
    )
