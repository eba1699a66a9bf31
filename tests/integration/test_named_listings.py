"""Indexes of sitemaps: what they name is read whether or not their own words change."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from digest.actions.content.rounds import named
from digest.model import SourceKind
from rounds_cast import World, html, page, path_of, world
from web_cast import answer, ok

HOST = "http://wire.example"
MONDAY, TUESDAY = "2026-11-16", "2026-11-17"


@pytest.fixture
def there(tmp_path: Path) -> Iterator[World]:
    """A home on the little web."""
    with world(tmp_path / "home") as made:
        yield made


def index(*names: str, day: str = "") -> bytes:
    """Write an index of sitemaps, with a day at each or none, under the one version it ever has."""
    dated = f"<lastmod>{day}</lastmod>" if day else ""
    entries = "".join(f"<sitemap><loc>{HOST}/{name}.xml</loc>{dated}</sitemap>" for name in names)
    body = f"<sitemapindex>{entries}</sitemapindex>".encode()
    return ok(body, "Content-Type: application/xml", f'ETag: "{day or 1}"')


def sitemap(*names: str) -> bytes:
    """Write a sitemap of pages."""
    entries = "".join(f"<url><loc>{HOST}/{name}</loc></url>" for name in names)
    return ok(f"<urlset>{entries}</urlset>".encode(), "Content-Type: application/xml")


def paper(there: World, **lists: bytes) -> dict[str, bytes]:
    """Open a site with two articles and these lists, the first of which is a source."""
    table = {f"/{name}": html(page(name)) for name in ("pier", "boat")}
    table |= {f"/{name}.xml": written for name, written in lists.items()}
    there.paths("wire.example", table)
    there.source("wire", f"{HOST}/{next(iter(lists))}.xml", kind=SourceKind.SITEMAP)
    return table


def test_an_index_without_dates_is_no_proof_that_nothing_is_new(there: World) -> None:
    """WordPress writes its index so: the same words for ever, whatever comes below them."""
    table = paper(there, index=index("posts"), posts=sitemap("pier"))
    there.round()
    table["/posts.xml"] = sitemap("pier", "boat")
    there.round(hours=30)

    assert there.titles() == ["boat", "pier"]


def test_an_index_with_dates_is_known_by_its_version(there: World) -> None:
    """Ten lists of megabytes need not be asked for each hour where the index tells what has changed."""
    table = paper(there, index=index("posts", day=MONDAY), posts=sitemap("pier"))
    there.round()
    there.round(hours=30)
    calm = sum(b"posts" in head for head in there.sites["wire.example"].requests)
    table |= {"/index.xml": index("posts", day=TUESDAY), "/posts.xml": sitemap("pier", "boat")}
    there.round(hours=30)

    assert calm == 1
    assert there.titles() == ["boat", "pier"]


def test_an_index_below_an_index_is_read_and_a_circle_ends(there: World) -> None:
    """The protocol forbids both, and sites have them: nothing was read, and the source was well."""
    paper(there, index=index("year"), year=index("index", "posts"), posts=sitemap("pier"))
    there.round()

    assert there.titles() == ["pier"]
    assert len(there.sites["wire.example"].requests) == 5  # three lists, robots.txt, one page


def lists(there: World) -> list[str]:
    """Return the lists that the site was asked for, in order."""
    paths = [path_of(head) for head in there.sites["wire.example"].requests]
    return [path[1:].removesuffix(".xml") for path in paths if path.endswith(".xml")]


def test_the_indexes_below_an_index_are_read_in_turns(there: World) -> None:
    """The old year has more lists than one look reads: nothing of the new one ever came."""
    years = {year: index(*(f"{year}-{number}" for number in range(12))) for year in ("old", "new")}
    table = paper(there, top=index("old", "new"), **years)
    table |= {f"/{year}-{number}.xml": sitemap() for year in years for number in range(12)}
    table["/new-11.xml"] = sitemap("boat")
    there.round()

    assert there.titles() == ["boat"]
    assert lists(there)[:3] == ["top", "old", "new"]
    assert sorted(lists(there)[3:]) == sorted(
        f"{year}-{number}" for year in years for number in (0, 1, 10, 11)
    )


def test_a_look_reads_ten_lists_and_no_more(there: World) -> None:
    """An index can name fifty, and those below it fifty each, all of one host."""
    below = [f"list{number}" for number in range(12)]
    paper(there, index=index(*below), **dict.fromkeys(below, sitemap("pier")))
    there.round()

    assert lists(there)[0] == "index"
    assert len(lists(there)) == 11


def test_a_look_begins_no_list_after_its_time(there: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten slow lists would hold up all the others that are due."""
    paper(there, index=index("first", "second"), first=sitemap("pier"), second=sitemap("boat"))
    moments = iter((0.0, 60.0, 60.1))
    monkeypatch.setattr(named, "time", SimpleNamespace(monotonic=lambda: next(moments)))
    there.round()

    assert lists(there) == ["index", "first"]


def test_a_list_that_cannot_be_had_is_told_and_tried_again(there: World) -> None:
    """It costs itself: the others are taken, and nothing of it is lost once it is back."""
    table = paper(there, index=index("gone", "posts", day=MONDAY), posts=sitemap("pier"))
    first = there.round()["wire"]
    table["/gone.xml"] = sitemap("boat")
    second = there.round(hours=30)["wire"]

    said = f"1 of the lists that it names cannot be read, such as {HOST}/gone.xml: its server answers 404"
    assert (first.notice, first.error) == (f"{said} (Not Found)", None)
    assert second.notice is None
    assert there.titles() == ["boat", "pier"]


def test_an_index_none_of_whose_lists_can_be_had_fails(there: World) -> None:
    """A source that brings nothing because nothing can be read is not well."""
    table = paper(there, index=index("gone"))
    failed = there.round()["wire"]
    table["/gone.xml"] = answer(503, b"")
    again = there.round(hours=30)["wire"]

    said = f"1 of the lists that it names cannot be read, such as {HOST}/gone.xml: its server answers"
    assert failed.error == f"{said} 404 (Not Found)"
    assert again.error == f"{said} 503 (Service Unavailable)"


def test_a_site_that_dates_all_pages_anew_is_asked_for_new_ones_alone(there: World) -> None:
    """Many programs write the moment of asking: fifty were fetched every five minutes, new ones never."""
    names = [f"boat{number}" for number in range(12)]
    there.collect(pages=12)

    def script(head: bytes) -> bytes:
        if path_of(head) == "/map.xml":
            written = f"<lastmod>{there.clock.now.isoformat()}</lastmod>"
            entries = "".join(f"<url><loc>{HOST}/{name}</loc>{written}</url>" for name in names)
            return ok(f"<urlset>{entries}</urlset>".encode(), "Content-Type: application/xml")
        return html(page(path_of(head)[1:])) if path_of(head)[1:] in names else answer(404)

    site = there.site("wire.example", script)
    there.source("wire", f"{HOST}/map.xml", kind=SourceKind.SITEMAP)
    first = there.round()["wire"]
    names.append("pier")
    second = there.round(hours=30)["wire"]

    assert (first.new, first.pages) == (12, 12)
    assert (second.new, second.pages, second.left) == (1, 1, 0)
    assert sum(b"/pier" in head for head in site.requests) == 1


def test_a_news_sitemap_without_news_is_well(there: World) -> None:
    """It holds the last two days; a small paper has such weekends, and is not dead for that."""
    table = paper(there, news=sitemap())
    quiet = there.round()["wire"]
    table["/news.xml"] = sitemap("pier")
    there.round(hours=30)

    assert (quiet.error, there.titles()) == (None, ["pier"])
