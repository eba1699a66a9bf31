"""When an article is the same, on every back end: nothing lost, nothing doubled, nobody overwritten."""

from __future__ import annotations

from dataclasses import replace

from digest.model import ArticleContent, Source
from digest.store import Put, Store
from store_cast import HOUR, NOW, content

STRIKE = replace(
    content(1),
    title="Harbour strike ends",
    paragraphs=(
        "The harbour strike ended after nine days, and the cranes turned again before it was light.",
    ),
    guid="tag:harbour,7",
)
BAKERY = replace(
    STRIKE,
    title="A bakery is bought",
    paragraphs=("Six hundred customers bought a bakery on Ropewalk for a loaf.",),
)


def put(store: Store, *contents: ArticleContent) -> list[Put]:
    """Put one after the other, an hour apart."""
    puts = []
    for hour, each in enumerate(contents):
        with store.writing() as tx:
            puts.extend(tx.articles.put([each], NOW + hour * HOUR))
    return puts


def outcomes(puts: list[Put]) -> list[tuple[int, str]]:
    return [(one.article_id, one.outcome) for one in puts]


def test_an_address_with_decorations_is_the_same_article(store: Store) -> None:
    """A second feed of the paper sends readers through its counters."""
    decorated = replace(STRIKE, url="http://HARBOUR.example:80/1/?utm_source=rss#top", guid="other")

    assert outcomes(put(store, STRIKE, decorated)) == [(1, "new"), (1, "revised")]


def test_a_new_address_under_the_same_identifier_and_title_is_a_revision(store: Store) -> None:
    """Papers put a corrected headline, or a new folder, into the address."""
    moved = replace(STRIKE, url="https://harbour.example/strike-ends")
    reworded = replace(moved, url="https://harbour.example/strike", title="Nine-day harbour strike is over")

    assert outcomes(put(store, STRIKE, moved, reworded, reworded)) == [
        (1, "new"),
        (1, "revised"),
        (1, "revised"),
        (1, "same"),
    ]


def test_an_identifier_that_is_used_again_does_not_overwrite(store: Store) -> None:
    """Some feeds number their entries from 1 each morning, some call all of them 'article'."""
    bare = [replace(one, url=None) for one in (STRIKE, BAKERY)]
    linked = [replace(STRIKE, guid="1"), replace(BAKERY, guid="1", url="https://harbour.example/2")]

    assert [one[0] for one in outcomes(put(store, *bare, *bare, *linked))] == [1, 2, 1, 2, 3, 4]


def test_sources_that_share_an_identifier_share_no_article(store: Store) -> None:
    """'1' is everybody's."""
    other = replace(BAKERY, source="post", url="https://post.example/1")

    assert outcomes(put(store, STRIKE, other)) == [(1, "new"), (2, "new")]


def test_no_source_puts_its_words_into_anothers_article(store: Store) -> None:
    """A hostile feed links to the paper's page and tells something else."""
    forged = replace(BAKERY, source="eve", guid=None)
    nobody = replace(BAKERY, source=None, guid=None)
    puts = put(store, STRIKE, forged, nobody)
    with store.reading() as tx:
        kept = tx.articles.get(1)

    assert outcomes(puts) == [(1, "new"), (1, "kept"), (1, "kept")]
    assert kept is not None
    assert (kept.title, kept.origin.key, kept.revision) == (STRIKE.title, "harbour-wire", 1)


def test_whose_site_it_is_takes_its_article_back(store: Store) -> None:
    """Who links first must not keep the paper from telling its own news."""
    with store.writing() as tx:
        tx.sources.put(
            [
                Source(key="harbour-wire", title="Harbour Wire", homepage="https://www.harbour.example/"),
                Source(key="eve", title="Eve", homepage="https://not-harbour.example"),
            ]
        )
    forged = replace(BAKERY, source="eve", guid=None)

    assert outcomes(put(store, forged, STRIKE, forged)) == [(1, "new"), (1, "revised"), (1, "kept")]


def test_what_came_from_nobody_may_be_told_by_a_source(store: Store) -> None:
    """Ada pastes a page in the morning; at noon the feed has it."""
    pasted = replace(STRIKE, source=None, guid=None)

    assert outcomes(put(store, pasted, STRIKE)) == [(1, "new"), (1, "revised")]
