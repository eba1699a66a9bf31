"""All that the desk shows of an edition: its items with their reasons, sizes, marks and states."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from digest.actions.app import App
from digest.actions.content.tag_reasons import TagReason, tag_reasons
from digest.actions.content.tag_rules import under_rules
from digest.actions.editing.edition_head import Head, head
from digest.actions.editing.left_out import Reason, kept
from digest.actions.editing.shaping import redoable, undoable
from digest.actions.editing.states import SHAPEABLE
from digest.actions.editing.taking import section_titles
from digest.model import Article, Edition, Source, fingerprint
from digest.preflight import unfounded
from digest.settings import MORE
from digest.shape import Told, provenance
from digest.store import StoredEdition, Version


@dataclass(frozen=True, kw_only=True)
class Room:
    """How much a section holds, and may."""

    at_most: int | None  #: items, as the digest's file has it; None: no bound
    size: int  #: bytes of HTML that go when the section does
    share: int  #: thousandths of the whole mail's bound


@dataclass(frozen=True, kw_only=True)
class DeskView:
    """An edition on the desk."""

    head: Head
    articles: Mapping[int, Article]  #: of its items, as far as they are there, tagged by its rules
    reasons: Mapping[int, Reason]  #: why each item is in
    pinned: frozenset[int]
    rooms: Mapping[str, Room]  #: by section
    sections: Mapping[str, str]  #: where an item can go: titles by key
    versions: tuple[Version, ...]
    #: By item, the sentences that its article does not bear out and nobody keeps as theirs, with the reasons.
    unsupported: Mapping[int, Mapping[str, tuple[str, ...]]]
    sources: tuple[Source, ...]  #: of the settings

    @property
    def stored(self) -> StoredEdition:
        """The edition with its life so far."""
        return self.head.stored

    @property
    def edition(self) -> Edition:
        """Its content."""
        return self.stored.edition

    @property
    def version(self) -> int:
        """The state that forms of this view are made on."""
        return self.versions[-1].version if self.versions else 0

    @property
    def is_shapeable(self) -> bool:
        """True while hands may change it."""
        return self.stored.state in SHAPEABLE

    @property
    def undo(self) -> Version | None:
        """What undoing would take back."""
        return undoable(self.versions)

    @property
    def redo(self) -> Version | None:
        """What would be done again."""
        return redoable(self.versions)

    def tags(self, article_id: int) -> tuple[TagReason, ...]:
        """Tell why the article of an item carries its tags; empty when it is gone."""
        article = self.articles.get(article_id)
        return () if article is None else tag_reasons(article, self.sources)

    def told(self, article_id: int) -> tuple[Told, ...]:
        """Tell where the sentences of an item's summary come from."""
        item = next(item for item in self.edition.items if item.article_id == article_id)
        article = self.articles.get(article_id)
        paragraphs = article.paragraphs if article else ()
        return provenance(item.summary, paragraphs, self.unsupported.get(article_id, {}))


def desk_view(app: App, edition_id: int) -> DeskView:
    """Put together what the desk shows of an edition.

    Raises:
        NotFound: There is no such edition, or its digest's file is gone.
        Refused: The edition was skipped.
    """
    found = head(app, edition_id)
    stored, digest = found.stored, found.digest
    with app.store.reading() as tx:
        pins = tx.editions.pins(digest.key)
        articles = under_rules(found.found.articles.values(), digest, tx.articles)
    caps = {one.key: one.at_most for one in digest.sections} | {MORE: digest.more.at_most}
    return DeskView(
        head=found,
        articles={one.id: one for one in articles},
        reasons=kept(stored, found.decisions),
        pinned=frozenset(number for number, kind in pins.items() if kind == "pin"),
        rooms={
            key: Room(at_most=caps.get(key), size=size, share=1000 * size // found.found.limit_bytes)
            for key, size in found.found.weights.items()
        },
        sections=section_titles(digest, stored.edition),
        versions=found.versions,
        unsupported=_unsupported(found, found.found.articles),
        sources=app.sources,
    )


def _unsupported(found: Head, articles: Mapping[int, Article]) -> dict[int, dict[str, tuple[str, ...]]]:
    """Find the sentences that preflight has against an edition, and that nobody keeps as theirs."""
    edition = found.stored.edition
    told = {(one.article_id, one.content) for one in found.found.open if one.rule == "unsupported"}
    return {
        item.article_id: {
            sentence: reasons
            for sentence, reasons in unfounded(item, article, edition)
            if (item.article_id, fingerprint(sentence)) in told
        }
        for item in edition.items
        if (article := articles.get(item.article_id)) is not None
    }
