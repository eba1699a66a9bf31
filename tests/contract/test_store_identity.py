"""When an article is the same, on every back end: nothing lost, nothing doubled, nobody overwritten."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta, timezone

import pytest
from sqlalchemy import update

from digest.model import ArticleContent, Source
from digest.store import Put, Store
from digest.store.tables import articles
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
    corrected = replace(decorated, title="Harbour strike over")

    assert outcomes(put(store, STRIKE, decorated, corrected)) == [(1, "new"), (1, "same"), (1, "revised")]


def test_an_identifier_made_anew_at_each_look_is_no_revision(store: Store) -> None:
    """Readers see the same words; a source that seems to change all it told is soon not believed."""
    puts = put(store, *(replace(STRIKE, guid=f"{STRIKE.guid}#{look}") for look in range(4)))

    assert outcomes(puts) == [(1, "new"), (1, "same"), (1, "same"), (1, "same")]


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


def test_entries_that_all_lead_to_one_page_are_articles_of_their_own(store: Store) -> None:
    """A feed of notices links to the notice board alone; each look would put the last one over the others."""
    lost = replace(BAKERY, title="Lost cat", paragraphs=("A grey cat with a white paw is gone.",), guid="3")
    notices = [replace(STRIKE, guid="1"), replace(BAKERY, guid="2"), lost]
    renamed = replace(STRIKE, guid="4", paragraphs=(STRIKE.paragraphs[0] + " Nobody was paid.",))
    with store.writing() as tx:
        first = tx.articles.put(notices, NOW)
    with store.writing() as tx:
        again = tx.articles.put(notices[::-1], NOW + HOUR)

    assert outcomes(list(first)) == [(1, "new"), (2, "new"), (3, "new")]
    assert outcomes(list(again)) == [(3, "same"), (2, "same"), (1, "same")]
    assert outcomes(put(store, renamed)) == [(1, "revised")]


def test_an_entry_without_a_link_is_known_by_its_words_when_its_identifier_is_new(store: Store) -> None:
    """Programs that make identifiers by chance make others each time; readers would get it each time."""
    bare = replace(STRIKE, url=None)
    monday = replace(bare, guid="another", published=NOW)
    summer = replace(bare, guid="third", published=NOW.astimezone(timezone(timedelta(hours=1))))
    other = replace(bare, guid="theirs", source="post")

    puts = put(
        store, bare, *(replace(bare, guid=f"chance {look}") for look in range(2)), monday, summer, other
    )

    assert [one.article_id for one in puts] == [1, 1, 1, 2, 2, 3]


BOARD = (
    STRIKE,
    BAKERY,
    replace(STRIKE, title="Lost cat", paragraphs=("A grey cat with a white paw is gone since Monday.",)),
)
CHOIR = replace(STRIKE, title="Choir seeks tenors", paragraphs=("Come to the church on Thursdays at eight.",))


@pytest.mark.parametrize(
    "guid",
    [
        None,
        "http://harbour.example/1/",
        "{look}-{number}",
        "{number}",
        "{turned}",
    ],
    ids=["without", "the link", "made anew", "kept", "given anew"],
)
def test_a_notice_board_keeps_its_notices_whatever_their_identifiers(store: Store, guid: str | None) -> None:
    """Each look may show all of them, some, or a new one alone; none is lost, none comes twice."""
    cat = replace(BOARD[2], paragraphs=(BOARD[2].paragraphs[0] + " It likes fish.",))
    looks = (BOARD, BOARD[::-1], BOARD[1:], (BOARD[2],), (CHOIR,), (cat, CHOIR), BOARD[:2])
    seen = []
    for look, notices in enumerate(looks):
        told = [
            replace(one, guid=guid and guid.format(look=look, number=number, turned=(look + number) % 4))
            for number, one in enumerate(notices)
        ]
        with store.writing() as tx:
            seen.append(outcomes(list(tx.articles.put(told, NOW + look * HOUR))))

    assert seen == [
        [(1, "new"), (2, "new"), (3, "new")],
        [(3, "same"), (2, "same"), (1, "same")],
        [(2, "same"), (3, "same")],
        [(3, "same")],
        [(4, "new")],
        [(3, "revised"), (4, "same")],
        [(1, "same"), (2, "same")],
    ]


@pytest.mark.parametrize("guid", [None, "http://harbour.example/1", "7"])
def test_a_page_that_is_written_anew_is_one_article(store: Store, guid: str | None) -> None:
    """A page of the day has one address; what stood there alone is no notice of a board."""
    told = [replace(one, guid=guid) for one in (STRIKE, BAKERY, BAKERY)]

    assert outcomes(put(store, *told)) == [(1, "new"), (1, "revised"), (1, "same")]


def test_what_a_version_before_hashed_with_identifier_and_address_is_told_still(store: Store) -> None:
    """After an upgrade all that sources list would be revised at once, and the sources seem restless."""
    put(store, STRIKE)
    with store.writing() as tx:
        before = bytes.fromhex("2587c0fc9d361efd455f9cabc96c56c2")  # of STRIKE, by the version before
        tx.articles.connection.execute(update(articles).values(content_hash=before))
    anew = replace(STRIKE, url="http://harbour.example/1?utm_source=rss", guid="made anew")
    moved = replace(STRIKE, url="https://harbour.example/strike")
    again = [STRIKE, anew, moved, moved, replace(moved, byline="Ada")]

    told = outcomes(put(store, *again))

    assert told == [(1, "same"), (1, "same"), (1, "revised"), (1, "same"), (1, "revised")]


@pytest.mark.parametrize("guid", [None, "http://harbour.example/1"])
def test_what_comes_beside_the_only_notice_of_a_board_is_another(store: Store, guid: str | None) -> None:
    """On the first day a board has one notice; the second one would be written over it."""
    first, second = (replace(one, guid=guid) for one in (STRIKE, BAKERY))
    put(store, first)
    with store.writing() as tx:
        both = tx.articles.put([second, first], NOW + HOUR)

    assert outcomes(list(both)) == [(2, "new"), (1, "same")]
    assert outcomes(put(store, second)) == [(2, "same")]


def test_a_board_of_many_notices_is_known_to_the_oldest(store: Store) -> None:
    """The words of twenty are compared; who has the same words, or the same title, is found among all."""
    notices = [
        replace(STRIKE, guid=None, title=f"Notice {number}", paragraphs=(f"Of ship{number}, so{number}.",))
        for number in range(60)
    ]
    with store.writing() as tx:
        tx.articles.put(notices, NOW)
    with store.writing() as tx:
        again = tx.articles.put(notices[::-1], NOW + HOUR)

    edited = replace(notices[6], paragraphs=("It has sailed.",))

    assert outcomes(list(again)) == [(number, "same") for number in range(60, 0, -1)]
    assert outcomes(put(store, edited)) == [(7, "revised")]
