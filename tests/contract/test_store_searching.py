"""What the store promises about finding articles by their words, on every back end."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from digest.model import ArticleContent, Tag, TagOrigin
from digest.store import Store, searching
from digest.words import phrases_of
from store_cast import NOW, content

DAY = timedelta(days=1)
TEXTS = (
    "The night ferry moves to the coal pier",
    "Ferries wait: the coal price doesn’t fall",
    "Ría de Ferrol, Straße, Łódź",
    "東京の港で夜のフェリーが動く",
    "서울항의 야간 여객선",
    "Version 3.14 and e-mail@harbour.example",
)


def put(store: Store, *texts: str, **fields: object) -> None:
    """Store an article for each text, and make all ready to be found."""
    first = len(find(store, ""))
    articles = [_content(first + at, text, **fields) for at, text in enumerate(texts)]
    with store.writing() as tx:
        tx.articles.put(articles, NOW)
    catch_up(store)


def catch_up(store: Store) -> None:
    """Make all articles ready to be found, two at a time."""
    more = True
    while more:
        with store.writing() as tx:
            more = tx.articles.take_in_words(limit=2)


def _content(number: int, text: str, **fields: object) -> ArticleContent:
    return replace(content(number), title=f"No. {number}", paragraphs=(text,), **fields)


def find(store: Store, typed: str, **narrowed: object) -> tuple[int, ...]:
    """Look for what somebody types."""
    with store.reading() as tx:
        return tx.articles.search(phrases_of(typed), **narrowed)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("ferry", [1]),
        ("FERRY coal", [1]),
        ("coal", [2, 1]),  # the last stored first
        ("ferr", [3, 2, 1]),  # a beginning, once it has three letters
        ("fe", []),
        ("ferr coal", []),  # only the last word may be a beginning
        ("coal ferr", [2, 1]),
        ("ria strasse lodz", [3]),
        ("Łódź", [3]),
        ("doesn't", [2]),  # a part between spaces is a phrase
        ("t-doesn", []),
        ("東京", [4]),
        ("京の港", [4]),
        ("港東", []),
        ("フェリー", [4]),
        ("여객선", [5]),
        ("3.14", [6]),
        ("e-mail@harbour.example", [6]),
        ("harbour-e-mail", []),
        ("no. 2", [3]),  # titles, too
        ("pier price", []),  # all of them
    ],
)
def test_words_are_found_without_case_accents_and_spaces(store: Store, typed: str, found: list[int]) -> None:
    """Nobody types an accent to find a name, and Japanese has no spaces to look between."""
    put(store, *TEXTS)

    assert list(find(store, typed)) == found


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(typed=st.one_of(st.text(max_size=30), st.text(alphabet="\"'*()^:-+&|!<>\\ aANDORTnear,", max_size=20)))
def test_what_somebody_types_is_never_an_order(store: Store, typed: str) -> None:
    """A quotation mark in the search must not be an error, let alone a query of its own."""
    found = find(store, typed)

    assert len(found) <= 30


@pytest.mark.parametrize(
    "typed", ['"ferry"', "ferry*", "ferry:", "-ferry", "(ferry", "^ferry", "ferry;--", "|ferry"]
)
def test_signs_around_a_word_change_nothing(store: Store, typed: str) -> None:
    """Query languages have signs; a search box has words."""
    put(store, *TEXTS)

    assert find(store, typed) == (1,)


@pytest.mark.parametrize("typed", ["coal AND pier", "coal OR herring", "NEAR(coal pier)", "NOT coal"])
def test_words_of_query_languages_are_words(store: Store, typed: str) -> None:
    """No article here says 'and', 'or', 'near' or 'not'."""
    put(store, "coal pier")

    assert find(store, typed) == ()


def test_a_last_word_that_is_common_is_no_beginning(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who types a word that a thousand articles have means it; rarer ones may still be beginnings."""
    monkeypatch.setattr(searching, "COMMON", 3)
    put(store, "a port", "the port", "portraits of boats", "port dues", "boat")

    assert find(store, "port") == (4, 2, 1)
    assert find(store, "por") == (4, 3, 2, 1)
    assert find(store, "boat") == (5, 3)
    assert find(store, "port due") == (4,)
    assert find(store, "dues port") == (4,)


def test_tags_sources_and_days_narrow_a_search(store: Store) -> None:
    """An editor knows where and when it stood."""
    boats = (Tag(name="Boats", origin=TagOrigin.SOURCE),)
    put(store, "ferry one", source="wire", published=NOW - 2 * DAY)
    put(store, "ferry two", source="post", published=NOW - DAY, tags=boats)

    assert find(store, "ferry", tags=["boats", "unheard of"]) == (2,)
    assert find(store, "ferry", tags=["unheard of"]) == ()
    assert find(store, "ferry", sources=["wire"]) == (1,)
    assert find(store, "ferry", since=NOW - DAY) == (2,)
    assert find(store, "ferry", until=NOW - 2 * DAY) == (1,)
    assert find(store, "", sources=["wire"]) == (1,)


@pytest.mark.parametrize("typed", ["ferry", ""])
def test_pages_of_a_search_follow_one_another(store: Store, typed: str) -> None:
    """The next page begins after the last article of this one, whatever came in since."""
    put(store, *(f"ferry {number}" for number in range(5)))

    assert find(store, typed, limit=2) == (5, 4)
    put(store, "ferry new")
    assert find(store, typed, limit=2, before_id=4) == (3, 2)
    assert find(store, typed, limit=2, before_id=2) == (1,)


def test_a_new_revision_is_found_by_its_own_words_alone(store: Store) -> None:
    """An article that was put right must not come up for what it said wrongly."""
    put(store, "the ferry sank")
    with store.writing() as tx:
        tx.articles.put([_content(0, "the ferry moved")], NOW)

    assert find(store, "moved") == (1,)
    assert find(store, "sank") == ()


def test_a_revision_before_the_words_are_taken_in_counts_once(store: Store) -> None:
    """Storing leaves the words for later, so both may come before."""
    with store.writing() as tx:
        tx.articles.put([_content(0, "the ferry sank")], NOW)
    with store.writing() as tx:
        tx.articles.put([_content(0, "the ferry moved")], NOW)
    assert find(store, "ferry") == ()
    catch_up(store)

    assert find(store, "ferry") == (1,)
    assert find(store, "sank") == ()


def test_a_dropped_article_is_not_found_and_stops_nothing(store: Store) -> None:
    """Dropped is dropped; and those behind it must become ready, too."""
    with store.writing() as tx:
        tx.articles.put([_content(0, "the ferry sank"), _content(1, "the ferry moved")], NOW)
        tx.articles.drop(1, at=NOW)
    catch_up(store)

    assert find(store, "ferry") == (2,)
    with store.reading() as tx:
        assert not tx.articles.lacks_words()


def test_a_file_without_fts5_finds_the_same(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some builds of SQLite leave the full text out."""
    from digest.store import open_store  # noqa: PLC0415  # why: only this test opens its own

    monkeypatch.setattr(searching, "_has_fts5", lambda _connection: False)
    store = open_store("sqlite:///plain.db", home=tmp_path_factory.mktemp("plain"))
    store.migrate()
    put(store, *TEXTS)

    assert find(store, "coal ferr") == (2, 1)
    assert find(store, "ria strasse lodz") == (3,)
    assert find(store, "京の港") == (4,)
    assert find(store, "pie") == (1,)
    assert find(store, "fe") == ()
    store.close()
