"""Sources at the desk: tried out on a site of this machine, added, paused, removed."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from commands import furnish
from desk_cast import Desk, desk
from digest.actions.content.sources import fetch
from digest.actions.home.config_files import hash_of
from digest.model.accounts import Role
from digest.settings import load_settings
from digest.store import ConfigVersion
from web_cast import Site, answer, ok

FEED = """<rss version="2.0"><channel><title>Harbour Wire</title><link>http://127.0.0.1/</link>
<description>News</description><item><title>Ferry sails again</title><link>http://127.0.0.1:{port}/1</link>
<description>{text}</description></item></channel></rss>"""
TEXT = "The ferry sails again after a long winter, said its captain on Monday. " * 12


@pytest.fixture
def laid() -> dict[str, bytes]:
    """What the site answers by path, where it is no feed of one article."""
    return {}


@pytest.fixture
def site(laid: dict[str, bytes]) -> Iterator[Site]:
    """A site whose front page is a feed."""
    made: list[Site] = []

    def said(head: bytes) -> bytes:
        path = head.split(b" ")[1].decode()
        return laid.get(path) or ok(
            FEED.format(port=made[0].port, text=TEXT).encode(), "Content-Type: application/rss+xml"
        )

    made.append(Site(said))
    yield made[0]
    made[0].close()


@pytest.fixture
def home(tmp_path: Path, site: Site) -> Path:
    """A home that may go to that site."""
    root = furnish(tmp_path / "home")
    file = root / "config" / "digest.yaml"
    trusted = f"fetch: {{allow_private: [127.0.0.1], ports: [{site.port}]}}\n"
    file.write_text(file.read_text("utf-8") + trusted, "utf-8")
    (root / "config" / "sources.yaml").write_text("# ours\nsources: []\n", "utf-8")
    return root


def fields_of(page: str) -> dict[str, str]:
    """Read what the form that adds a source carries."""
    form = page[page.index('action="/sources"') :]
    found = re.findall(r'name="(url|kind|homepage|title|name)"[^>]*? value="([^"]*)"', form)
    return {name: html.unescape(value) for name, value in found}


def sources_of(home: Path) -> list[tuple[str, bool]]:
    return [(one.key, one.fetching.paused) for one in load_settings(home, {}).sources]


def told(here: Desk) -> list[str]:
    with here.app.store.reading() as tx:
        return [f"{line.by} {line.event}" for line in tx.history.list(limit=3)]


def test_an_address_is_tried_out_before_it_is_added(home: Path, site: Site) -> None:
    """Its headlines are shown and nothing is stored; then one press lists it."""
    with desk(home, Role.OPERATOR) as here:
        here.get("/sources/_new", url=f"http://127.0.0.1:{site.port}/")
        assert site.requests == []  # a link leads nowhere by itself
        page = here.post("/sources/_new", {"url": f"http://127.0.0.1:{site.port}/"}, status=200)
        assert "Ferry sails again" in page
        assert sources_of(home) == []
        fields = fields_of(page)
        assert (fields["name"], fields["title"]) == ("harbour-wire", "Harbour Wire")
        assert here.post("/sources", {**fields, "tags": "sea, ferry"}) == "/sources"
        assert sources_of(home) == [("harbour-wire", False)]
        assert load_settings(home, {}).sources[0].tags == ("sea", "ferry")
        assert (home / "config" / "sources.yaml").read_text("utf-8").startswith("# ours\n")
        assert told(here)[0] == "ada@example.org source added"


@pytest.mark.parametrize(
    ("url", "said"),
    [("", "There is no address"), ("http://127.0.0.1:1/", ""), ("ftp://x", ""), ("http://10.0.0.1/", "")],
)
def test_an_address_that_gives_nothing_says_why(home: Path, url: str, said: str) -> None:
    """The form comes back with what was written."""
    with desk(home, Role.OPERATOR) as here:
        page = html.unescape(here.post("/sources/_new", {"url": url}, status=422))
        assert 'aria-invalid="true"' in page
        assert said in page
        assert f'value="{url}"' in page


def test_a_source_is_paused_resumed_and_removed(home: Path) -> None:
    """The file is changed and nothing else; its page tells how it is and what can be done."""
    listed = "- name: wire\n  title: Wire\n  url: https://wire.example/f\n"
    (home / "config" / "sources.yaml").write_text(listed, "utf-8")
    with desk(home, Role.OPERATOR) as here:
        assert "1 source, 0 of them fresh." in here.get("/sources")
        assert "No source like that" in here.get("/sources", q="nothing like it")
        for shown in ("look", "unused", "paused"):
            here.get("/sources", shown=shown)
        assert "Read it now" in here.get("/sources/wire")
        here.post("/sources/wire/pause")
        assert sources_of(home) == [("wire", True)]
        here.post("/sources/wire/resume")
        here.post("/sources/wire/fetch")
        here.post("/sources/_fetch")
        assert "Its 0 articles stay" in here.get("/sources/wire", ask="remove")
        here.post("/sources/wire/remove")
        assert sources_of(home) == []
        assert told(here) == [f"ada@example.org source {what}" for what in ("removed", "fetched", "fetched")]
        assert here.client.get("/sources/nobody").status_code == 404


def paged(site: Site) -> dict[str, bytes]:
    """Lay a feed of three pages out, each of one article."""
    table = {}
    for number in (1, 2, 3):
        onward = (
            f"<atom:link xmlns:atom='http://www.w3.org/2005/Atom' rel='next' href='/f?{number + 1}'/><item>"
        )
        text = FEED.format(port=site.port, text=TEXT).replace("/1<", f"/{number}<")
        if number < 3:
            text = text.replace("<item>", onward)
        table["/f" if number == 1 else f"/f?{number}"] = ok(
            text.encode(), "Content-Type: application/rss+xml"
        )
    return table


def test_the_past_of_a_source_is_wanted_at_its_page_and_told_there_once_read(
    home: Path, site: Site, laid: dict[str, bytes]
) -> None:
    """The form waits for nobody; a number beyond the bounds or a form of elsewhere changes nothing."""
    url = f"http://127.0.0.1:{site.port}/f"
    (home / "config" / "sources.yaml").write_text(f"- {{name: wire, title: Wire, url: '{url}'}}\n", "utf-8")
    laid |= paged(site)
    with desk(home, Role.OPERATOR) as here:
        page = here.get("/sources/wire")
        assert 'action="/sources/wire/further"' in page
        assert 'name="pages" type="number" inputmode="numeric" min="1" max="50" value="20"' in page
        for wrong in ("0", "51", "-1", "1e3", "", "20 pages"):
            here.post("/sources/wire/further", {"pages": wrong}, status=422)
        here.post("/sources/wire/further", {"pages": "3", "_token": "stolen"}, status=403)
        assert "wanted" not in here.get("/sources/wire")
        assert here.post("/sources/wire/further", {"pages": "5"}) == "/sources/wire"
        page = here.get("/sources/wire")
        assert "5 further pages are read as soon as the service gets to it." in page
        assert '5 further pages wanted <div class="then">read with the next look</div>' in page
        assert site.requests == []
        assert told(here)[0] == "ada@example.org further pages wanted"

        fetch(here.app, [], worker="w", told=lambda _: None)
        page = re.sub(r"<[^>]+>", "", here.get("/sources/wire"))
        assert "2 of 5 further pages read 3 new articles. There are no more." in page
        assert "wanted" not in page
        assert told(here)[0] == "service further pages read"

        laid["/f"] = answer(500)
        here.post("/sources/wire/further", {"pages": "1"})
        fetch(here.app, [], worker="w", told=lambda _: None)
        assert (
            "Its server answers 500 (Internal Server Error)."
            in here.get("/sources/wire").partition("Older articles")[2]
        )


def test_what_was_passed_over_leads_to_the_form_that_reads_on(
    home: Path, site: Site, laid: dict[str, bytes]
) -> None:
    """Whoever works at the desk has no command line."""
    url = f"http://127.0.0.1:{site.port}/f"
    (home / "config" / "sources.yaml").write_text(f"- {{name: wire, title: Wire, url: '{url}'}}\n", "utf-8")
    with (home / "config" / "digest.yaml").open("a", encoding="utf-8") as settings:
        settings.write("collect: {further_pages: 0}\n")
    laid |= paged(site)
    with desk(home, Role.OPERATOR) as here:
        fetch(here.app, [], worker="w", told=lambda _: None)
        assert 'href="#pages"' not in here.get("/sources/wire")
        laid["/f"] = laid["/f"].replace(b"/1<", b"/9<")
        fetch(here.app, [], worker="w", told=lambda _: None)
        page = here.get("/sources/wire")
        assert "reads on." in page
        assert '<a href="#pages">older articles</a>' in page
        assert 'id="pages"' in page


def test_a_source_that_can_have_no_past_shows_no_form_for_it(home: Path) -> None:
    """Nor does one that is paused, nor one that is only a name; readers of the page see what came of it."""
    lines = [
        "- {name: map, title: M, url: 'https://w.example/s.xml', kind: sitemap}",
        "- {name: rest, title: R, url: 'https://w.example/f', paused: true}",
        "- {name: quay, title: Q}",
    ]
    (home / "config" / "sources.yaml").write_text("\n".join(lines) + "\n", "utf-8")
    with desk(home, Role.OPERATOR) as here:
        for name in ("map", "rest", "quay"):
            assert "/further" not in here.get(f"/sources/{name}")
            assert "can’t be done now" in here.post(f"/sources/{name}/further", {"pages": "2"}, status=409)


def form_of(page: str) -> dict[str, str]:
    """Read what the form that changes a source carries, as a browser sends it."""
    found = dict(
        re.findall(r'<input (?:type="hidden" |class="[^"]*" id="[^"]*" )name="(\w+)" value="([^"]*)"', page)
    )
    for name, options in re.findall(r'<select [^>]*name="(\w+)"[^>]*>(.*?)</select>', page):
        found[name] = re.findall(r'value="(\w+)" selected', options)[0]
    return {name: html.unescape(value) for name, value in found.items() if name != "_token"}


def test_a_source_is_edited_with_the_difference_first(home: Path) -> None:
    """Saved is what was shown and nothing else; comments stay, and the old text is kept."""
    file = home / "config" / "sources.yaml"
    file.write_text("# ours\n- name: wire  # old\n  title: Wire\n  url: https://wire.example/f\n", "utf-8")
    with desk(home, Role.OPERATOR) as here:
        assert 'href="/sources/wire/edit"' in here.get("/sources/wire")
        wanted = {**form_of(here.get("/sources/wire/edit")), "tags": "sea, ferry", "every": "2h"}
        unshown = here.post("/sources/wire/edit", {**wanted, "do": "save"}, status=409)
        assert "changed since you saw" in unshown
        assert "tags" not in file.read_text("utf-8")

        page = here.post("/sources/wire/edit", {**wanted, "do": "show"}, status=200)
        assert "comes: </span>  tags: [&#34;sea&#34;, &#34;ferry&#34;]" in page
        assert "tags" not in file.read_text("utf-8")
        there = here.post("/sources/wire/edit", {**form_of(page), "note": "asked often", "do": "save"})
        assert there == "/sources/wire"
        assert file.read_text("utf-8") == (
            "# ours\n- name: wire  # old\n  title: Wire\n  url: https://wire.example/f\n"
            '  every: 2h\n  tags: ["sea", "ferry"]\n'
        )
        assert told(here)[0] == "ada@example.org source changed"
        assert here.client.get("/sources/nobody/edit").status_code == 404


def test_the_file_says_again_what_it_said_after_the_difference_was_shown(home: Path) -> None:
    """What was written past the program is a version, too; a text changed since then is left alone."""
    file = home / "config" / "sources.yaml"
    first = "# ours\n- name: wire\n  title: Wire\n  url: https://wire.example/f\n"
    file.write_text(first, "utf-8")
    with desk(home, Role.OPERATOR) as here:
        assert 'href="/sources/_file"' in here.get("/sources")
        wanted = {**form_of(here.get("/sources/wire/edit")), "every": "2h"}
        shown = here.post("/sources/wire/edit", {**wanted, "do": "show"}, status=200)
        here.post("/sources/wire/edit", {**form_of(shown), "do": "save"})
        file.write_text(file.read_text("utf-8") + "- name\n", "utf-8")
        broken = here.get("/sources/_file")
        assert "The file has 1 fault" in broken
        assert 'class="msg"><b>6:' in broken
        old = re.findall(r'href="(/sources/_file/\d+)"', broken)[-1]
        assert f'href="{old}"' in here.get("/sources/_file")
        page = here.get(old)
        assert "goes: </span>  every: 2h" in page
        assert "goes: </span>- name" in page
        asked = dict(re.findall(r'name="(number|base)" value="(\w+)"', page))
        assert here.post("/sources/_file/restore", asked) == "/sources/_file"
        assert file.read_text("utf-8") == first
        assert told(here)[0] == "ada@example.org sources restored"
        assert "The file says this now" in here.get(old)
        assert "changed the file meanwhile" in here.post("/sources/_file/restore", asked, status=409)
        assert here.client.get("/sources/_file/999").status_code == 404


def test_a_version_that_cannot_be_read_any_more_does_not_come_back(home: Path) -> None:
    """A fault that was written into the file itself and mended by a command is kept as it was."""
    file = home / "config" / "sources.yaml"
    file.unlink()
    with desk(home, Role.OPERATOR) as here:
        assert "It lists nothing" in here.get("/sources/_file")
        with here.app.store.writing() as tx:
            old = ConfigVersion(
                file="sources.yaml", hash="0", text="- name: a b\n", at=here.app.clock(), by=None
            )
            number = tx.config_versions.add(old)
        said = here.post("/sources/_file/restore", {"number": number, "base": hash_of("")}, status=422)
        assert "name" in said
        assert not file.exists()


def test_what_a_source_may_not_say_is_told_at_its_field(home: Path) -> None:
    """The form comes back with what was written, the file stays."""
    file = home / "config" / "sources.yaml"
    file.write_text("- name: wire\n  title: Wire\n  url: https://wire.example/f\n", "utf-8")
    before = file.read_bytes()
    with desk(home, Role.OPERATOR) as here:
        wanted = form_of(here.get("/sources/wire/edit"))
        page = here.post("/sources/wire/edit", {**wanted, "every": "soon", "weight": "0"}, status=422)
        assert "2 fields can’t be read, so nothing has changed" in page
        assert 'value="soon"' in page
        assert page.count('aria-invalid="true"') == 2
        page = here.post("/sources/wire/edit", {**wanted, "url": "", "title": ""}, status=422)
        assert page.count('aria-invalid="true"') == 1
        assert file.read_bytes() == before


def test_an_operator_of_one_digest_changes_no_source(home: Path) -> None:
    """Sources feed all digests."""
    (home / "config" / "sources.yaml").write_text(
        "- {name: wire, title: Wire, url: 'https://w.example/'}\n", "utf-8"
    )
    with desk(home, Role.OPERATOR, digest="daily") as here:
        assert "Add a source" not in here.get("/sources")
        assert "Pause" not in here.get("/sources/wire")
        assert "/edit" not in here.get("/sources/wire")
        assert "further" not in here.get("/sources/wire")
        here.post("/sources/wire/pause", status=403)
        here.post("/sources/wire/further", {"pages": "2"}, status=403)
        here.post("/sources/wire/edit", {"title": "X"}, status=403)
