"""What a mail says of itself for one choice of sections: subject, counts, contents, what is quiet."""

from __future__ import annotations

from collections.abc import Sequence

from digest.markup import clean_line
from digest.render.facts import ChoiceFacts, ContentsFacts, SectionFacts, Sheet
from digest.render.language import script_of
from digest.render.typography import NBSP, apostrophes, clamp, minutes_to_read
from digest.settings.digests import DigestSettings

SUBJECT_CHARS = 78
PREHEADER_CHARS = 100
NAMED_CHARS = 24  #: so many first letters of a headline in a subject name its story


def choose(sheet: Sheet, keys: Sequence[str]) -> tuple[SectionFacts, ...]:
    """Find the sections of a choice, in the order of the choice; no keys means all.

    Keys of sections that this edition does not hold count for nothing.
    """
    if not keys:
        return sheet.sections
    by_key = {section.key: section for section in sheet.sections}
    return tuple(by_key[key] for key in dict.fromkeys(keys) if key in by_key)


def choice_facts(
    sheet: Sheet, chosen: Sequence[SectionFacts], keys: Sequence[str], digest: DigestSettings
) -> ChoiceFacts:
    """Describe the mail that holds these sections.

    Args:
        sheet: The edition.
        chosen: Sections of the mail, in order; the first one's first item leads.
        keys: The choice as it was made; empty means all.
        digest: Whose sections have the titles of the quiet ones.
    """
    words, edition = sheet.words, sheet.edition
    count = sum(len(section.whole) for section in chosen)
    subject, preheader = _headers(sheet, chosen)
    quiet = [clean_line(title, 60) for title in _quiet(edition.quiet, keys, digest)]
    everything = {part.key for part in digest.sections} | {part.key for part in edition.sections}
    has_more = edition.left_over > 0 and (not keys or everything <= set(keys))
    return ChoiceFacts(
        subject=subject,
        preheader=preheader,
        items=count,
        total=words.count("stories", count),
        standfirst=_standfirst(sheet, chosen, count) if count else "",
        contents=_contents(chosen) if len(chosen) > 1 else (),
        contents_columns=_columns(chosen, sheet),
        quiet=words.say("quiet", names=words.names(quiet)) if quiet else "",
        left_over=words.count("left_over", edition.left_over) if has_more else "",
    )


def _contents(chosen: Sequence[SectionFacts]) -> tuple[ContentsFacts, ...]:
    return tuple(
        ContentsFacts(title=section.title, number=section.number, anchor=section.anchor if place else "lead")
        for place, section in enumerate(chosen)
    )


def _columns(chosen: Sequence[SectionFacts], sheet: Sheet) -> int:
    """Set the contents in two columns unless a name is too long for half a phone."""
    room = 8 if script_of(sheet.edition.language) == "cjk" else 18
    return 1 if any(len(section.title) > room for section in chosen) else 2


def _standfirst(sheet: Sheet, chosen: Sequence[SectionFacts], count: int) -> str:
    words = sheet.words
    reading = sum(section.reading_words for section in chosen)
    minutes = sum(section.minutes for section in chosen)
    stories = words.count("stories", count, is_spelled=True)
    said = words.say(
        "standfirst" if len(chosen) > 1 else "standfirst_one_section",
        stories=stories.replace(NBSP, " ") if stories[0].isalpha() else stories,
        sections=words.count("sections", len(chosen), is_spelled=True),
        here=words.count("minutes_long", minutes_to_read(reading), is_spelled=True),
        all=words.count("minutes_long", minutes, is_spelled=True),
        all_n=words.spell(minutes),
    )
    return said[:1].upper() + said[1:]


def _quiet(titles: Sequence[str], keys: Sequence[str], digest: DigestSettings) -> list[str]:
    """Keep the quiet sections that the choice asked for."""
    if not keys:
        return list(titles)
    wanted = {section.title for section in digest.sections if section.key in keys}
    return [title for title in titles if title in wanted]


def _headers(sheet: Sheet, chosen: Sequence[SectionFacts]) -> tuple[str, str]:
    """Keep the edition's subject and preheader unless they name a story that this mail lacks."""
    subject = apostrophes(clean_line(sheet.edition.subject, 200))
    preheader = apostrophes(clean_line(sheet.edition.preheader, 300))
    inside = [section.lead for section in chosen]
    inside += [item for section in chosen for item in section.whole[1:]]
    kept = {section.key for section in chosen}
    missing = [
        item.lead_title.casefold()[:NAMED_CHARS]
        for section in sheet.sections
        if section.key not in kept
        for item in section.whole
    ]
    if not inside or not missing:
        return subject, preheader
    if any(title in subject.casefold() for title in missing):
        subject = clamp(inside[0].lead_title, SUBJECT_CHARS)
    if any(title in preheader.casefold() for title in missing):
        others = [item.lead_title for item in inside if item.lead_title != subject]
        preheader = clamp(" · ".join(others) or inside[0].summary, PREHEADER_CHARS)
    return subject, preheader
