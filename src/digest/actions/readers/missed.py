"""What a reader missed while they were away, and the one mail that brings the best of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from digest.actions.app import App
from digest.actions.printing.mail import Press
from digest.errors import NotFound
from digest.model import (
    Edition,
    EditionSection,
    EditionState,
    Item,
    Letter,
    Slot,
    Subscription,
    SubscriptionState,
)
from digest.pipeline import SUBJECT_CHARS, preheader, shorten
from digest.render import Words
from digest.store import StoredEdition, Transaction

MOST = 12  #: stories that such a mail holds
OFFERED = timedelta(days=14)  #: after the return; a letter is on record for longer, so that it comes once
_EDITIONS = 60  #: the newest, of a long absence
_UNDER_WAY = timedelta(days=2)  #: no edition goes out for longer after its slot


@dataclass(frozen=True, kw_only=True)
class Missed:
    """What came while a reader was away, in their sections, and was not mailed to them since."""

    editions: int  #: how many came
    stories: int  #: of them all
    best: tuple[tuple[int, int], ...]  #: edition and article of each that a mail brings, the best first


@dataclass(frozen=True, kw_only=True, slots=True)
class _Story:
    edition: StoredEdition
    section: EditionSection
    item: Item


def missed(app: App, tx: Transaction, choice: Subscription) -> Missed | None:
    """Return what a reader of a digest may have sent, once, within `OFFERED` of their return.

    The best are those that stand first in their sections, of the newest editions first.

    Returns:
        None when they were not away, are away still, have had it sent, or missed nothing.
    """
    now = app.clock()
    if choice.away is None or choice.state is not SubscriptionState.CONFIRMED:
        return None
    since, until = choice.away
    if not until <= now < until + OFFERED:
        return None
    who = choice.subscriber.id
    if tx.absences.has_caught_up(who, choice.digest, since=since):
        return None
    found = tx.absences.missed(
        who, choice.digest, under_way=since - _UNDER_WAY, since=since, until=until, limit=_EDITIONS
    )
    stories = _new_ones(tx, who, [one for edition in found for one in _stories(edition, choice.sections)])
    if not stories:
        return None
    best = sorted(stories, key=lambda one: one.item.rank)[:MOST]  # stable: the newest of a rank first
    return Missed(
        editions=len(found),
        stories=len(stories),
        best=tuple((one.edition.id, one.item.article_id) for one in best),
    )


def catch_up_press(app: App, letter: Letter) -> Press:
    """Return what prints a catch-up as a mail with everything that an edition's has.

    Raises:
        NotFound: Its stories are not there any more, or the digest is gone.
        TemplateError: The theme is broken.
    """
    with app.store.reading() as tx:
        edition = caught_up(app, tx, letter)
    stored = StoredEdition(
        id=0,
        edition=edition,
        state=EditionState.SENT,
        content_hash=letter.uid,
        built_at=letter.made_at,
        plan={},
    )
    return Press(
        app,
        stored,
        app.renderer.render(edition, app.look(app.digest(letter.digest))),
        copy=letter.uid,
        reads=letter.uid,
    )


def caught_up(app: App, tx: Transaction, letter: Letter) -> Edition:
    """Put the stories of a catch-up together as its editions tell them, in the digest's sections.

    Raises:
        NotFound: None of them is there any more, or the digest is gone.
    """
    digest = app.digest(letter.digest)
    editions = {number: tx.editions.get(number) for number in dict.fromkeys(one for one, _ in letter.stories)}
    stories: list[_Story] = []
    for number, article in letter.stories:
        stored = editions[number]
        told = () if stored is None else _stories(stored, ())
        stories.extend(one for one in told if one.item.article_id == article)
    if not stories:
        raise NotFound("what was missed is not there any more")
    sections = _in_sections([part.key for part in digest.sections], stories)
    titles = [part.items[0].title for part in sections]
    titles += [item.title for part in sections for item in part.items[1:]]
    days = sorted(one.edition.edition.slot.local.date() for one in stories)
    words = app.renderer.mail_words(app.look(digest), digest.language)
    return Edition(
        digest=digest.key,
        number=0,
        slot=Slot(local=letter.made_at.astimezone(digest.timezone), name=f"catch-up/{letter.uid}"),
        language=digest.language,
        subject=shorten(words.say("catch_up_subject", headline=titles[0]), SUBJECT_CHARS),
        preheader=preheader(titles[1:] or titles),
        intro=_span_words(words, days[0], days[-1]),
        sections=sections,
    )


def _span_words(words: Words, first: date, last: date) -> str:
    if first == last:
        return words.say("catch_up_day", day=words.day(first))
    return words.say("catch_up_text", first=words.day(first), last=words.day(last))


def _stories(stored: StoredEdition, sections: tuple[str, ...]) -> list[_Story]:
    """List an edition's stories in some sections; () takes all."""
    return [
        _Story(edition=stored, section=part, item=item)
        for part in stored.edition.sections
        if not sections or part.key in sections
        for item in part.items
    ]


def _new_ones(tx: Transaction, subscriber_id: int, stories: list[_Story]) -> list[_Story]:
    """Leave out what a reader has had, and what an edition told again."""
    had = tx.absences.had(subscriber_id, {one.item.article_id for one in stories})
    new = {one.item.article_id: one for one in reversed(stories) if one.item.article_id not in had}
    return [one for one in stories if new.get(one.item.article_id) is one]


def _in_sections(order: list[str], stories: list[_Story]) -> tuple[EditionSection, ...]:
    """Put stories into their sections, as the digest orders these; a title is that of the newest edition."""
    newest: dict[str, _Story] = {}
    for one in stories:
        known = newest.get(one.section.key)
        if known is None or one.edition.edition.slot.local > known.edition.edition.slot.local:
            newest[one.section.key] = one
    place = {key: at for at, key in enumerate(order)}
    keys = sorted(newest, key=lambda key: place.get(key, len(order)))
    return tuple(
        replace(
            newest[key].section,
            items=tuple(
                replace(one.item, rank=rank)
                for rank, one in enumerate((each for each in stories if each.section.key == key), start=1)
            ),
        )
        for key in keys
    )
