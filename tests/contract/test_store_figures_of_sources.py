"""What sources gave, and what files said before, on every back end."""

from __future__ import annotations

from datetime import timedelta

from digest.model import Decision, EditionState, Rule
from digest.store import ConfigVersion, Store
from store_cast import HOUR, NOW, add_edition, content, edition

DAY = timedelta(days=1)


def decided(article: int, *, kept: bool) -> Decision:
    return Decision(
        article_id=article,
        kept=kept,
        rule=Rule.RANKED if kept else Rule.SOURCE_CAP,
        value="1" if kept else "4 from Wire",
        section="world",
    )


def test_articles_are_counted_by_source_and_day(store: Store) -> None:
    """Day 0 begins at the moment that is asked from; what is older does not count."""
    since = NOW - 2 * DAY
    with store.writing() as tx:
        moments = [since - HOUR, since, since + HOUR, since + DAY + HOUR]
        contents = [content(number, published=at) for number, at in enumerate(moments, start=1)]
        source = contents[0].source or ""
        for each in contents:
            tx.articles.put([each], NOW)
    with store.reading() as tx:
        assert tx.source_figures.daily([source, "nobody"], since=since) == {source: {0: 2, 1: 1}}
        assert tx.source_figures.daily([], since=since) == {}
        assert tx.source_figures.total(source) == 4


def test_only_what_went_out_counts_as_used_and_once(store: Store) -> None:
    """Selected is not delivered, and two digests that took an article used it once."""
    since = NOW - DAY
    with store.writing() as tx:
        put = tx.articles.put([content(number, published=NOW - HOUR) for number in (1, 2, 3)], NOW)
        one, two, three = (each.article_id for each in put)
        source = content(1).source or ""
        add_edition(tx, one, state=EditionState.SENT)
        add_edition(tx, one, two, state=EditionState.SENT, digest="weekly")
        add_edition(tx, three, number=2, day=21)
    with store.reading() as tx:
        assert tx.source_figures.used([source], since=since) == {source: {0: 2}}


def test_what_became_of_an_article_is_the_newest_edition_that_took_it(store: Store) -> None:
    """Else the newest that did not; what nobody has weighed is not told."""
    with store.writing() as tx:
        put = tx.articles.put([content(number) for number in (1, 2, 3)], NOW)
        one, two, three = (each.article_id for each in put)
        first = tx.editions.add(
            edition(one),
            decisions=[decided(one, kept=True), decided(two, kept=False)],
            state=EditionState.SENT,
            content_hash="a",
            built_at=NOW,
        )
        later = tx.editions.add(
            edition(number=2, day=21),
            decisions=[decided(one, kept=False), decided(two, kept=False)],
            state=EditionState.DRAFT,
            content_hash="b",
            built_at=NOW,
        )
    with store.reading() as tx:
        found = tx.source_figures.became([one, two, three])

    assert {number: (each.edition_id, each.decision.kept) for number, each in found.items()} == {
        one: (first, True),
        two: (later, False),
    }


def test_versions_come_back_the_newest_first(store: Store) -> None:
    """Lists leave the texts out; a number of another file finds nothing."""
    with store.writing() as tx:
        numbers = [
            tx.config_versions.add(
                ConfigVersion(file=file, hash=text * 8, text=text, at=NOW, by=by, note=None)
            )
            for file, text, by in (("a.yaml", "1", None), ("b.yaml", "2", "olu"), ("a.yaml", "ß\n", "olu"))
        ]
    with store.reading() as tx:
        listed = tx.config_versions.list("a.yaml", limit=5)
        assert [(one.id, one.by, one.text) for one in listed] == [
            (numbers[2], "olu", ""),
            (numbers[0], None, ""),
        ]
        assert len(tx.config_versions.list("a.yaml", limit=1)) == 1
        found = tx.config_versions.get("a.yaml", numbers[2])
        assert found is not None
        assert found.text == "ß\n"
        assert tx.config_versions.get("a.yaml", numbers[1]) is None
        assert tx.config_versions.get("a.yaml", 2**70) is None
