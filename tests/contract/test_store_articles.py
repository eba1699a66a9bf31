"""What the store promises about articles, on every back end."""

from __future__ import annotations

import itertools
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from digest.errors import DocumentError, NotFound, StoreError
from digest.model import Article, ArticleContent, Image, Source, Tag, TagOrigin
from digest.store import Put, Store
from store_cast import HOUR, NOW, content, tag

DAY = timedelta(days=1)
TICK = timedelta(microseconds=1)
LETTERS = st.characters(exclude_categories=("Cs",), exclude_characters="\0")
WORDS = st.text(LETTERS, max_size=30)
MOMENTS = st.integers(0, 10**15).map(lambda ticks: datetime(2000, 1, 1, tzinfo=UTC) + ticks * TICK)
FOUND = (TagOrigin.SOURCE, TagOrigin.NAME, TagOrigin.RULE)  # an editor's tags stay, whatever comes in
NAMES = ("World", "Boats", "Kim Jong Un")
NEVER_USED = itertools.count(100)
CONTENTS = st.builds(
    ArticleContent,
    title=st.text(LETTERS, min_size=1, max_size=30),
    paragraphs=st.lists(WORDS, max_size=3).map(tuple),
    html=WORDS,
    url=st.none() | st.integers(0, 5).map("https://harbour.example/{}".format),
    guid=st.none() | st.integers(0, 5).map(str),
    source=st.none() | st.sampled_from(["wire", "post"]),
    byline=st.none() | WORDS,
    published=st.none() | MOMENTS,
    language=st.none() | st.just("en"),
    section=st.none() | WORDS,
    tags=st.lists(
        st.builds(
            Tag, name=st.sampled_from(["World", "Boats", "Kim Jong Un"]), origin=st.sampled_from(FOUND)
        ),
        unique_by=lambda one: one.key,
        max_size=3,
    ).map(tuple),
    image=st.none() | st.builds(Image, url=WORDS, alt=WORDS, caption=st.none() | WORDS),
).map(lambda one: replace(one, url=one.url and one.url.replace("harbour", one.source or "nobody")))
SLOW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def as_content(article: Article) -> ArticleContent:
    """Take away what the store knows, so that what came in can be compared."""
    return ArticleContent(**{field.name: getattr(article, field.name) for field in fields(ArticleContent)})


def unheard_of(new: ArticleContent) -> ArticleContent:
    """Give a content names that no example before had: another source's article keeps its words."""
    number = next(NEVER_USED)
    return replace(
        new,
        title=f"{new.title} {number}",
        url=new.url and f"{new.url}/{number}",
        guid=new.guid and f"{new.guid} {number}",
    )


@SLOW
@given(new=CONTENTS)
def test_an_article_comes_back_as_it_went_in(store: Store, new: ArticleContent) -> None:
    """An edition quotes the stored text by offsets; one letter less would quote wrongly."""
    new = unheard_of(new)
    with store.writing() as tx:
        (put,) = tx.articles.put([new], NOW)
        article = tx.articles.get(put.article_id)

    assert article is not None
    assert as_content(article) == new


@SLOW
@given(contents=st.lists(CONTENTS, max_size=8))
def test_putting_twice_is_putting_once(store: Store, contents: list[ArticleContent]) -> None:
    """Feeds show the same entries for days; every one must stay one article."""
    with store.writing() as tx:
        first = tx.articles.put(contents, NOW)
        last = {put.article_id: new for put, new in zip(first, contents, strict=True)}
        second = tx.articles.put(list(last.values()), NOW + HOUR)

    assert [put.article_id for put in second] == list(last)
    assert {put.outcome for put in second} <= {"same", "kept"}  # kept: another source told it first


@SLOW
@given(new=CONTENTS.filter(lambda one: one.url or one.guid), title=st.text(LETTERS, min_size=1, max_size=30))
def test_a_changed_article_keeps_its_id(store: Store, new: ArticleContent, title: str) -> None:
    """A corrected headline is a revision, not a second story in the mail."""
    new = unheard_of(new)
    changed = replace(new, title=title + "!", html=new.html + "!")
    with store.writing() as tx:
        (before,) = tx.articles.put([new], NOW)
        old = tx.articles.get(before.article_id)
        (after,) = tx.articles.put([changed], NOW + HOUR)
        article = tx.articles.get(before.article_id)

    assert after == Put(article_id=before.article_id, outcome="revised")
    assert article is not None
    assert old is not None
    assert (article.title, article.revision) == (changed.title, old.revision + 1)
    assert article.collected_at == old.collected_at


def test_the_same_article_twice_in_one_batch_is_one_article(store: Store) -> None:
    """Two feeds of one paper hold the same page."""
    with store.writing() as tx:
        puts = tx.articles.put([content(1), content(2), content(1), content(1, words="Later.")], NOW)

    assert [put.outcome for put in puts] == ["new", "new", "same", "revised"]
    assert [put.article_id for put in puts] == [1, 2, 1, 1]


def test_more_than_one_batch_keeps_the_order(store: Store) -> None:
    """Callers match outcomes to documents by position."""
    with store.writing() as tx:
        puts = tx.articles.put([content(number) for number in range(1201)], NOW)
        articles = tx.articles.many([put.article_id for put in reversed(puts)])

    assert [article.url for article in articles] == [content(n).url for n in reversed(range(1201))]


def test_identity_is_address_then_feed_identifier_then_words(store: Store) -> None:
    """A feed that changes its identifiers must not double the news, nor may two feeds share one."""
    bare = replace(content(1), url=None)
    with store.writing() as tx:
        puts = tx.articles.put(
            [
                replace(bare, guid="7", source="wire"),
                replace(bare, guid="7", source="post"),
                replace(bare, guid="7", source="wire", title="Bridge opened"),
                bare,
                replace(bare, title="BRIDGE  1 opens"),
                replace(bare, title="Another bridge"),
            ],
            NOW,
        )

    assert [put.article_id for put in puts] == [1, 2, 1, 3, 3, 4]


@pytest.mark.parametrize("hostile", ["a lone \ud800 surrogate", "a NUL \0 character"])
def test_text_that_no_database_takes_is_refused_by_name(store: Store, hostile: str) -> None:
    """One hostile page must not cost its batch without saying which page it was."""
    with store.writing() as tx:
        with pytest.raises(DocumentError, match="article 'Bridge 2 opens' cannot be stored"):
            tx.articles.put([content(1), content(2, words=hostile)], NOW)

        assert tx.articles.list() == ()


@pytest.mark.parametrize("hostile", ["a\ud800", "a\0"])
@pytest.mark.parametrize("field", ["url", "guid"])
def test_a_name_that_no_database_takes_is_refused(store: Store, field: str, hostile: str) -> None:
    """What stands behind # in an address, and the identifier, are stored, although no words."""
    written = f"https://harbour.example/2#{hostile}" if field == "url" else hostile
    with store.writing() as tx, pytest.raises(DocumentError, match="'Bridge 2 opens' cannot be stored"):
        tx.articles.put([replace(content(2), **{field: written})], NOW)


def test_a_date_outside_the_calendar_is_refused(store: Store) -> None:
    """Feeds hold the year 9999 with an offset that leads out of it."""
    far = datetime(9999, 12, 31, 23, 0, tzinfo=datetime.fromisoformat("2026-01-01T00:00-05:00").tzinfo)
    with store.writing() as tx, pytest.raises(DocumentError, match="outside the calendar"):
        tx.articles.put([content(1, published=far)], NOW)


def test_a_naive_moment_is_refused(store: Store) -> None:
    """Nobody knows which moment it is; a guess would move the window by hours."""
    with store.writing() as tx, pytest.raises(ValueError, match="without a zone"):
        tx.articles.put([content(1)], NOW.replace(tzinfo=None))


def test_newest_takes_each_article_once_newest_first(store: Store) -> None:
    """The order decides who is a candidate at all when there are too many."""
    with store.writing() as tx:
        tx.articles.put(
            [
                content(1, "World", "Boats", published=NOW - 3 * HOUR),
                content(2, "Boats", published=NOW - HOUR),
                content(3, "World", published=NOW - 2 * HOUR),
                content(4, "Sport", published=NOW),
                content(5, "world", published=NOW - HOUR),
            ],
            NOW,
        )
        found = tx.articles.newest_per_tag(
            [["WORLD", "boats"], ["sport"], ["nobody"], []], since=NOW - DAY, until=NOW, limit=3
        )

    assert found == ((5, 2, 3), (4,), (), ())


def test_what_editors_tagged_is_found_by_their_tags_alone(store: Store) -> None:
    """A section is learned from what people put there, not from what feeds say."""
    with store.writing() as tx:
        moments = [NOW - 3 * HOUR, NOW - 2 * HOUR, NOW - HOUR, NOW]
        tx.articles.put([content(n, "world", published=at) for n, at in enumerate(moments)], NOW)
        by_hand = [Tag(name="boats", origin=TagOrigin.EDITOR)]
        for number in (1, 2, 3):
            tx.articles.tag(number, add=by_hand)
        tx.articles.drop(2, at=NOW)

        found = tx.articles.taught([["world", "boats"], ["world"]], since=NOW - DAY, until=NOW, limit=9)
        newest = tx.articles.taught([["boats"]], since=NOW - DAY, until=NOW, limit=1)

    assert found == ((3, 1), ())
    assert newest == ((3,),)


def test_the_window_holds_both_its_ends(store: Store) -> None:
    """An article of the very minute of the slot belongs to an edition, not to none."""
    with store.writing() as tx:
        moments = [NOW - 2 * HOUR - timedelta(microseconds=1), NOW - 2 * HOUR, NOW, NOW + HOUR]
        tx.articles.put([content(n, "world", published=at) for n, at in enumerate(moments)], NOW + 2 * HOUR)

        assert tx.articles.newest(["world"], since=NOW - 2 * HOUR, until=NOW, limit=9) == (3, 2)


def test_latest_asks_for_no_tag(store: Store) -> None:
    """What fits no section is a candidate all the same; what was dropped is none."""
    with store.writing() as tx:
        moments = [NOW - DAY, NOW - HOUR, NOW, NOW - 2 * HOUR, NOW - HOUR]
        tx.articles.put([content(n, published=at) for n, at in enumerate(moments)], NOW)
        tx.articles.drop(3, at=NOW)

        assert tx.articles.latest(since=NOW - 2 * HOUR, until=NOW, limit=9) == (5, 2, 4)
        assert tx.articles.latest(since=NOW - 2 * HOUR, until=NOW, limit=1) == (5,)


def test_the_past_holds_what_had_come_in_by_then_in_the_words_of_then(store: Store) -> None:
    """A rehearsal that chose from what came in later would promise editions that could not be made."""
    with store.writing() as tx:
        tx.articles.put([content(1, "world", words="Rain."), content(2, "world")], NOW - 2 * HOUR)
        tx.articles.put([content(1, "world", words="Snow."), content(3, "world")], NOW)
        tx.articles.drop(2, at=NOW)
        asked = {"since": NOW - DAY, "until": NOW, "limit": 9}
        then, before = tx.articles.known(NOW - 2 * HOUR), tx.articles.known(NOW - 3 * HOUR)

        assert then.newest(["world"], **asked) == then.latest(**asked) == (1,)
        assert [(one.id, one.revision, one.paragraphs[1]) for one in then.many([3, 2, 1])] == [
            (1, 1, "Rain.")
        ]
        assert tx.articles.known(NOW).many([1]) == tx.articles.many([1])
        assert before.newest(["world"], **asked) == before.latest(**asked) == before.many([1]) == ()


def test_html_that_says_no_more_than_the_text_comes_back_as_it_was(store: Store) -> None:
    """It is not stored twice; markup that says more is."""
    plain = replace(
        content(1), paragraphs=("Fish & chips", "<b>"), html="<p>Fish &amp; chips</p>\n<p>&lt;b&gt;</p>"
    )
    rich = replace(plain, url="https://harbour.example/2", html="<p>Fish &amp; <em>chips</em></p>")
    with store.writing() as tx:
        first, second = tx.articles.put([plain, rich], NOW)
        found = tx.articles.many([first.article_id, second.article_id])

        assert [one.html for one in found] == [plain.html, rich.html]
        assert [put.outcome for put in tx.articles.put([plain, rich], NOW)] == ["same", "same"]


@pytest.mark.parametrize("published", [None, NOW + DAY])
def test_an_article_without_a_believable_date_counts_from_when_it_came_in(
    store: Store, published: datetime | None
) -> None:
    """A feed that dates its news into next year must not lead every edition until then."""
    with store.writing() as tx:
        tx.articles.put([content(1, "world", published=published)], NOW)
        tx.articles.put([content(1, "world", published=published, words="More.")], NOW + 2 * DAY)

        assert tx.articles.newest(["world"], since=NOW - HOUR, until=NOW, limit=9) == (1,)
        (article,) = tx.articles.list()
    assert article.collected_at == NOW
    assert article.effective_at == NOW


def test_a_dropped_article_is_gone_and_stays_gone(store: Store) -> None:
    """What an editor has thrown out must not come back with the next fetch."""
    with store.writing() as tx:
        tx.articles.put([content(1, "world"), content(2, "world")], NOW)
        tx.articles.drop(1, at=NOW)
        again = tx.articles.put([content(1, "world", words="New words.")], NOW)

        assert again == (Put(article_id=1, outcome="revised"),)
        assert tx.articles.get(1) is None
        assert [article.id for article in tx.articles.many([2, 1])] == [2]
        assert tx.articles.newest(["world"], since=NOW - DAY, until=NOW, limit=9) == (2,)
        with pytest.raises(NotFound, match="no article 1"):
            tx.articles.drop(1, at=NOW)


def test_what_an_editor_tags_outlives_revisions(store: Store) -> None:
    """Correcting a tag once must be enough."""
    with store.writing() as tx:
        tx.articles.put([content(1, "World", "Boats")], NOW)
        tx.articles.tag(1, add=[tag("Bridges", TagOrigin.EDITOR)], remove=["boats"])
        tx.articles.put([content(1, "World", "Boats", "Mayors", words="New words.")], NOW)
        article = tx.articles.get(1)

        assert article is not None
        assert {one.name: one.origin for one in article.tags} == {
            "World": TagOrigin.SOURCE,
            "Mayors": TagOrigin.SOURCE,
            "Bridges": TagOrigin.EDITOR,
        }
        assert tx.articles.newest(["bridges"], since=NOW - DAY, until=NOW, limit=9) == (1,)

        tx.articles.tag(1, add=[tag("Boats", TagOrigin.EDITOR)])
        assert tx.articles.newest(["boats"], since=NOW - DAY, until=NOW, limit=9) == (1,)


def test_a_tag_without_letters_is_no_tag(store: Store) -> None:
    """Feeds hold empty categories."""
    with store.writing() as tx:
        tx.articles.put([content(1, "  ", "World", "WORLD ")], NOW)
        (article,) = tx.articles.list()

    assert [one.key for one in article.tags] == ["world"]


def test_tagging_an_unknown_article_says_so(store: Store) -> None:
    """A number typed wrong must not pass in silence, however large it is."""
    with store.writing() as tx:
        for number in (7, 0, -1, 10**30):
            with pytest.raises(NotFound, match=f"no article {number}"):
                tx.articles.tag(number, add=[tag("World")])


def test_listing_pages_and_filters(store: Store) -> None:
    """The desk shows thousands of articles, fifty at a time."""
    with store.writing() as tx:
        tx.articles.put(
            [content(n, "World" if n % 2 else "Boats", words=f'He said "{n}%".') for n in range(1, 8)], NOW
        )
        first = tx.articles.list(limit=3)

        assert [article.id for article in first] == [7, 6, 5]
        assert [article.id for article in tx.articles.list(limit=3, before_id=5)] == [4, 3, 2]
        assert [article.id for article in tx.articles.list(tag="WORLD")] == [7, 5, 3, 1]
        assert tx.articles.list(source="nobody") == ()
        assert len(tx.articles.list(source="harbour-wire")) == 7
        assert [article.id for article in tx.articles.list(text='said "3%"')] == [3]
        assert [article.id for article in tx.articles.list(text="BRIDGE 4")] == [4]
        assert tx.articles.list(text="%") == first + tx.articles.list(before_id=5)


def test_sources_are_kept_and_unheard_ones_appear(store: Store) -> None:
    """An article always has an origin to show, described or not."""
    wire = Source(key="harbour-wire", title="Harbour Wire", weight=1.3, language="en", section="World")
    with store.writing() as tx:
        tx.articles.put([content(1), replace(content(2), source=None)], NOW)
        tx.sources.put([wire])
        known, unknown = tx.articles.many([1, 2])

        assert known.origin == wire == tx.sources.get("harbour-wire")
        assert unknown.origin == Source(key="unknown", title="Unknown source")
        assert tx.sources.get("nobody") is None
        assert [source.key for source in tx.sources.all()] == ["harbour-wire", "unknown"]


def test_a_reading_block_cannot_write(store: Store) -> None:
    """A reader that turns writer fails at random under load; here it fails always, at once."""
    with pytest.raises(StoreError, match=r"(?i)read.?only"), store.reading() as tx:
        tx.articles.put([content(1)], NOW)


def test_a_writing_block_that_fails_leaves_nothing(store: Store) -> None:
    """Half an action is worse than none."""
    with pytest.raises(ZeroDivisionError), store.writing() as tx:
        tx.articles.put([content(1)], NOW + HOUR / len(tx.articles.put([content(2)], NOW)[1:]))
    with store.reading() as tx:
        assert tx.articles.list() == ()


def test_what_is_stored_is_known_by_name(store: Store) -> None:
    """Also with other words, and when it was dropped; what cannot be stored is never known."""
    ferry, crane = content(1), content(2)
    with store.writing() as tx:
        (put,) = tx.articles.put([ferry], NOW)
        tx.articles.drop(put.article_id, at=NOW)
        asked = [replace(ferry, title="Ferry is back"), crane, replace(ferry, title="a NUL \0")]

        assert tx.articles.are_known(asked) == [True, False, False]
        assert tx.articles.are_known([]) == []


def test_what_editors_took_off_is_told(store: Store) -> None:
    """Rules must not give it again; what was never taken off is not told, and neither is what came back."""
    with store.writing() as tx:
        first, second = tx.articles.put([content(1, "World", "Boats"), content(2, "World")], NOW)
        tx.articles.tag(first.article_id, remove=["WORLD", "Boats", "Never There"])
        tx.articles.tag(first.article_id, add=[tag("Boats")])

        told = tx.articles.taken_off([first.article_id, second.article_id, 999])
        assert told == {first.article_id: {"world", "never there"}}
        assert tx.articles.taken_off([]) == {}
