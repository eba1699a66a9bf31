"""Hostile documents in workers: each costs itself, at most, and nothing of it gets through."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

import pytest

from digest.collect import Cleaner, Context, Document, Unreadable, cleaning_workers, guess_format
from digest.model import ArticleContent
from hostile_corpus import CORPUS

GOOD = Document(
    name="good.txt",
    format=guess_format("good.txt", b"A headline"),
    data=b"A headline of a good document\n\nThe keeper of the lock counted nine boats before noon.",
)
ACTIVE = re.compile(r"<(?!/?(?:p|blockquote|h2|h3|ul|ol|li|a|em|strong|br)\b)|\son\w+=|javascript:|style=")


@pytest.fixture(scope="module")
def cleaner() -> Iterator[Cleaner]:
    """Two workers with the bounds of the product: 2 s of computing time, 512 MB."""
    workers = cleaning_workers()
    yield Cleaner(Context(), workers)
    workers.close()


def check(found: tuple[ArticleContent | Unreadable, ...]) -> None:
    """Fail unless every entry is an article fit to show, or says in words why it is none."""
    assert found
    for one in found:
        if isinstance(one, Unreadable):
            assert 0 < len(one.reason) < 300
            continue
        shown = "".join((one.title, one.text, one.byline or "", *(tag.name for tag in one.tags)))
        assert one.title
        assert one.paragraphs
        assert all(sign in " \n" or sign.isprintable() or sign in "\u200c\u200d\u3000" for sign in shown)
        assert not ACTIVE.search(one.html)
        assert "javascript:" not in f"{one.url}{one.image}"
        assert len(one.text) <= 400_000
        assert one.published is None or 1900 <= one.published.year <= 2999


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.slow] if at % 8 else []) for at, name in enumerate(CORPUS)]
)
def test_a_hostile_document_costs_itself_and_the_next_one_is_cleaned(cleaner: Cleaner, name: str) -> None:
    """A worker that it kills is replaced; an article that comes out of it holds nothing active."""
    file, data = CORPUS[name]()
    raw = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
    check(cleaner.clean(Document(name=file, format=guess_format(file, raw), data=raw)))

    assert isinstance(cleaner.clean(GOOD)[0], ArticleContent)


def test_the_corpus_is_long() -> None:
    """A shorter one would let old holes open again."""
    assert len(CORPUS) >= 200


def test_an_entry_that_kills_workers_costs_only_itself(tmp_path_factory: pytest.TempPathFactory) -> None:
    """One article of a feed costs at most itself: the entries before and after it are read."""
    workers = cleaning_workers(most=1)
    cleaner = Cleaner(Context(save_image=kill), workers)
    folder = tmp_path_factory.mktemp("feed")
    (folder / "bad.png").write_bytes(b"x")
    entries = [
        f'{{"title": "Entry {n}", "text": "Some text of it."{IMAGE if n == 3 else ""}}}' for n in range(6)
    ]
    document = Document(
        name="list.json",
        format=guess_format("list.json", b'[{"a"'),
        data=f"[{','.join(entries)}]".encode(),
        base=folder,
    )
    found = cleaner.clean(document)
    workers.close()

    assert [one.title if isinstance(one, ArticleContent) else one.name for one in found] == [
        *("Entry 0", "Entry 1", "Entry 2", "list.json, entry 4", "Entry 4", "Entry 5")
    ]


IMAGE = ', "image": "bad.png"'


def kill(_: bytes) -> str | None:
    """Stand for a decoder that crashes."""
    os.abort()


def test_many_documents_come_out_in_their_order_whatever_some_of_them_do(cleaner: Cleaner) -> None:
    """Folders go to workers in batches; a bad one in the middle must not shift or lose the others."""
    bad = Document(
        name="bad.html", format=guess_format("a.html", b"<html>"), data=b"<html>" + b"<div>" * 100_000
    )
    found = list(cleaner.clean_all([GOOD, bad, GOOD] * 20))

    assert [isinstance(one[0], ArticleContent) for one in found] == [True, False, True] * 20
