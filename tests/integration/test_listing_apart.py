"""A listing is read in slices in worker processes: what is too much for one costs itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from multiprocessing.reduction import ForkingPickler
from typing import ParamSpec, TypeVar

import pytest

from digest.collect import Context, Document, Format, Unreadable, cleaning_workers, list_apart, read_listing
from digest.collect.listed import Part
from digest.errors import DocumentError
from digest.model import ArticleContent, SourceKind
from digest.workers import Limits, WorkerLost, Workers

P = ParamSpec("P")
T = TypeVar("T")
TEXT = "<p>The <b>ferry</b> sails again from Monday, says the harbour master Ines Duarte of Vellmouth.</p>"


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    """Workers with less time than a slice is meant to take."""
    with closing(cleaning_workers(limits=Limits(cpu_s=3.0))) as opened:
        yield opened


def feed(*contents: str) -> Document:
    items = "".join(
        f"<item><title>T {number}</title><link>/{number}</link>"
        f"<description><![CDATA[{content}]]></description></item>"
        for number, content in enumerate(contents)
    )
    data = f"<rss version='2.0'><channel><title>T</title><ttl>30</ttl>{items}</channel></rss>".encode()
    return Document(name="feed", format=Format.FEED, data=data, url="https://quay.example/feed")


def test_slices_give_what_the_whole_gives(workers: Workers) -> None:
    """A feed of a megabyte of full texts takes longer than one call may; nothing of it is lost or doubled."""
    document = feed(*(TEXT * 20 if number % 3 else "Soon." for number in range(400)))

    assert list_apart(workers, SourceKind.AUTO, document, Context()) == read_listing(
        SourceKind.AUTO, document, Context()
    )


class Fragile(Workers):
    """Workers in this process, which a call costs that reads a certain entry; without one, every call."""

    def __init__(self, *deadly: int) -> None:
        super().__init__()
        self._deadly = deadly
        self.calls = 0

    def run(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        part = args[3]
        assert isinstance(part, Part)
        self.calls += 1
        if not self._deadly or any(part.start <= number < part.start + part.many for number in self._deadly):
            raise WorkerLost("needs more than 2 seconds of computing")
        # As pickled: what a worker gets is a copy.
        copied, options = ForkingPickler.loads(ForkingPickler.dumps((args, kwargs)))
        return function(*copied, **options)


def test_an_entry_that_costs_its_worker_is_told_and_the_others_are_read() -> None:
    """One article in a feed costs at most itself; a feed of such entries is given up."""
    document = feed(*[TEXT * 20] * 9)
    listing = list_apart(Fragile(0, 4, 8), SourceKind.FEED, document, Context())

    assert [one.title for one in listing.found if isinstance(one, ArticleContent)] == [
        f"T {number}" for number in (1, 2, 3, 5, 6, 7)
    ]
    assert [(one.name, one.reason) for one in listing.found if isinstance(one, Unreadable)] == [
        (f"feed, entry {number}", "needs more than 2 seconds of computing") for number in (1, 5, 9)
    ]
    assert listing.every == timedelta(minutes=30)
    with pytest.raises(WorkerLost):
        list_apart(Fragile(0, 1, 2, 3), SourceKind.FEED, document, Context())


def test_what_is_no_listing_is_said_once(workers: Workers) -> None:
    """The words of the reader come through, and no worker is asked again."""
    page = Document(name="x", format=Format.HTML, data=b"<p>x", url="https://quay.example/")

    with pytest.raises(DocumentError, match="a page, not a feed"):
        list_apart(workers, SourceKind.FEED, page, Context())


def test_a_listing_that_does_not_open_costs_its_source_the_round() -> None:
    """It is asked twice and not entry by entry; its worker is replaced, and the caller hears why."""
    fragile = Fragile()
    with pytest.raises(WorkerLost, match="2 seconds"):
        list_apart(fragile, SourceKind.FEED, feed(TEXT), Context())
    with closing(cleaning_workers(limits=Limits(cpu_s=0.02))) as none, pytest.raises(WorkerLost):
        list_apart(none, SourceKind.FEED, feed(*[TEXT] * 3_000), Context())

    assert fragile.calls == 2
