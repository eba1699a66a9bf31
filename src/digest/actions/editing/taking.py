"""Take an article into an edition: its item is made as the builder would have made it."""

from __future__ import annotations

from dataclasses import dataclass

from digest.actions.app import App
from digest.actions.content.articles import get
from digest.actions.content.stories import story_members
from digest.actions.content.tag_rules import under_rules
from digest.actions.editing.shaping import shape
from digest.actions.editing.states import Shaped
from digest.actions.editions import find
from digest.errors import NotFound, Refused
from digest.model import UNKNOWN_SOURCE, Article, Edition, Item
from digest.model.article import fold
from digest.settings import MORE, DigestSettings
from digest.shape import Move, Summarise, Take, summary_by_hand
from digest.summarise import split, summarise


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where an article is taken in."""

    #: Key of the section; None takes the one it was weighed for, else the first that has one of its tags.
    section: str | None = None
    to: int | None = None  #: 1 is first; None is the end
    instead_of: int | None = None  #: the article whose section and place it takes; that one goes


def take_in(
    app: App,
    edition_id: int,
    article_id: int,
    *,
    on_version: int,
    by: str,
    place: Place = Place(),
) -> Shaped:
    """Take an article in, with a summary.

    Args:
        app: The installation.
        edition_id: The edition.
        article_id: Any article of the store.
        on_version: The state that whoever does it was looking at.
        by: Who does it.
        place: Where.

    Raises:
        NotFound: There is no such edition, article or section.
        Refused: It is in already, or the edition is past shaping.
        Conflict: Somebody else has changed the same place.
    """
    stored = find(app, edition_id)
    digest = app.digest(stored.edition.digest)
    article = get(app, article_id)
    with app.store.reading() as tx:
        weighed = tx.editions.decision(edition_id, article_id)
        members = story_members(tx, article)
        (ruled,) = under_rules([article], digest, tx.articles)
    key = place.section or (weighed.section if weighed else _section_of(ruled, digest))
    deed = Take(
        item=_item(article, digest, key),
        section=key,
        to=place.to or len(stored.edition.items) + 1,
        title=_title_of(digest, stored.edition, key),
        instead_of=place.instead_of,
    )
    return shape(app, edition_id, deed, on_version=on_version, by=by, story=members)


def summarise_by_hand(
    app: App, edition_id: int, article_id: int, text: str, *, on_version: int, by: str
) -> Shaped:
    """Give an item a summary that somebody wrote; sentences of the article keep their place in it.

    Raises:
        NotFound: There is no such edition.
        Refused: The item is not in it, or the edition is past shaping.
        Conflict: Somebody else has changed the summary.
    """
    article = get(app, article_id)
    spans = split(text, article.language)
    sentences = tuple(text[span.start : span.end] for span in spans)
    deed = Summarise(article=article_id, summary=summary_by_hand(text, sentences, article.text))
    return shape(app, edition_id, deed, on_version=on_version, by=by)


def summarise_again(
    app: App, edition_id: int, article_id: int, *, sentences: int | None, on_version: int, by: str
) -> Shaped:
    """Give an item the summary that its article's own sentences make, of another length if wanted.

    Args:
        app: The installation.
        edition_id: The edition.
        article_id: Of the item.
        sentences: How many; None for as many as its section has. 0 leaves the headline alone.
        on_version: The state that whoever does it was looking at.
        by: Who does it.

    Raises:
        NotFound: There is no such edition.
        Refused: The item is not in it, or the edition is past shaping.
        Conflict: Somebody else has changed the summary.
    """
    stored = find(app, edition_id)
    held = {item.article_id: one.key for one in stored.edition.sections for item in one.items}
    if article_id not in held:
        raise Refused(f"article {article_id} is not in edition {edition_id}", hint="look at it again")
    key = held[article_id]
    article = get(app, article_id)
    if sentences == 0:
        summary = summary_by_hand("", (), "")
    else:
        summary = _item(article, app.digest(stored.edition.digest), key, sentences).summary
    deed = Summarise(article=article_id, summary=summary)
    return shape(app, edition_id, deed, on_version=on_version, by=by)


def move_of(app: App, edition_id: int, article_id: int, *, section: str | None, to: int | None) -> Move:
    """Make the deed that moves an item: None as the section is the one it is in, None as the place the end.

    Raises:
        NotFound: There is no such edition or section.
        Refused: The item is not in it.
    """
    edition = find(app, edition_id).edition
    held = {item.article_id: one.key for one in edition.sections for item in one.items}
    if article_id not in held:
        raise Refused(f"article {article_id} is not in edition {edition_id}", hint="look at it again")
    key = section or held[article_id]
    title = _title_of(app.digest(edition.digest), edition, key)
    return Move(article=article_id, section=key, to=to or len(edition.items) + 1, title=title)


def section_titles(digest: DigestSettings, edition: Edition) -> dict[str, str]:
    """Return the sections an item can go to, by key, in the digest's order, titled as in this edition."""
    titles = {one.key: one.title for one in digest.sections} | {MORE: digest.more.title or "More"}
    return titles | {one.key: one.title for one in edition.sections if one.title}


def _title_of(digest: DigestSettings, edition: Edition, key: str) -> str:
    titles = section_titles(digest, edition)
    if key not in titles:
        raise NotFound(f"{digest.key} has no section '{key}'", hint=f"there are {', '.join(titles)}")
    return digest.more.title or "" if key == MORE else titles[key]


def _section_of(article: Article, digest: DigestSettings) -> str:
    wanted = {tag.key for tag in article.tags}
    return next((one.key for one in digest.sections if wanted.intersection(map(fold, one.tags))), MORE)


def _item(article: Article, digest: DigestSettings, key: str, sentences: int | None = None) -> Item:
    rules = next((one for one in digest.sections if one.key == key), digest.more)
    summary = summarise(
        article.text,
        title=article.title,
        language=article.language,
        sentences=sentences or rules.sentences,
        words=None if sentences else rules.words,
    )
    return Item(
        article_id=article.id,
        revision=article.revision,
        rank=1,
        title=article.title,
        url=article.url,
        source="" if article.origin.key == UNKNOWN_SOURCE else article.origin.title,
        minutes=article.minutes,
        summary=summary,
        language=article.language,
        image=article.image,
    )
