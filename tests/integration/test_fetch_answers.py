"""What a good server says comes out as values: statuses, moves, versions, waits."""

from __future__ import annotations

import itertools
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from certificates import Authority
from digest.errors import FetchError
from digest.fetch import Fetcher, Validators
from digest.settings import FetchSettings
from web_cast import PUBLIC, Site, Town, answer, fetcher, ok, open_site

URL = "http://news.example.org/feed?a=b#top"


def test_a_document_comes_with_all_that_its_server_says_of_it() -> None:
    """The next stage reads bytes with type and charset, and keeps the version for the next time."""
    fields = (
        'Content-Type: Text/HTML; Charset="ISO-8859-2"',
        'ETag: W/"a1"',
        "Last-Modified: Thu, 19 Nov 2026 06:00:00 GMT",
    )
    with open_site(ok(b"news", *fields)) as (site, town):
        got = fetcher(town).get(URL)

    assert (got.status, got.body, got.url) == (200, b"news", "http://news.example.org/feed?a=b")
    assert (got.content_type, got.charset) == ("text/html", "iso-8859-2")
    assert got.validators == Validators(etag='W/"a1"', last_modified="Thu, 19 Nov 2026 06:00:00 GMT")
    assert (got.moved_to, got.retry_after) == (None, None)
    head = site.requests[0].decode().splitlines()
    assert head[0] == "GET /feed?a=b HTTP/1.1"
    assert {"Host: news.example.org", "User-Agent: Test/1", "Accept-Encoding: gzip, deflate"} <= set(head)
    assert not [line for line in head if line.startswith(("If-", "Cookie", "Referer"))]


def test_a_known_version_is_asked_for_and_304_is_a_value() -> None:
    """Most feeds are unchanged most of the time."""
    known = Validators(etag='"a1"', last_modified="Thu, 19 Nov 2026 06:00:00 GMT")
    with open_site(b'HTTP/1.1 304 Not Modified\r\nETag: "a1"\r\n\r\n') as (site, town):
        got = fetcher(town).get(URL, conditions=known)

    assert (got.status, got.body, got.validators.etag) == (304, b"", '"a1"')
    assert b'\r\nIf-None-Match: "a1"\r\n' in site.requests[0]
    assert b"\r\nIf-Modified-Since: Thu, 19 Nov 2026 06:00:00 GMT\r\n" in site.requests[0]


def test_a_version_that_would_add_a_header_is_left_out() -> None:
    """It came from a server once, and was in a database since."""
    bad = Validators(etag='"a"\r\nX-Evil: 1', last_modified="é")
    with open_site(ok(b"news")) as (site, town):
        fetcher(town).get(URL, conditions=bad)

    assert b"Evil" not in site.requests[0]
    assert b"If-" not in site.requests[0]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 429, 451, 500, 503, 599])
def test_errors_of_a_server_are_values(status: int) -> None:
    """410 ends a source, 404 is tried again: the caller decides."""
    with open_site(answer(status, b"sorry")) as (_, town):
        got = fetcher(town).get(URL)

    assert (got.status, got.body, got.is_content) == (status, b"", False)
    assert got.said.startswith(str(status))


@pytest.mark.parametrize(
    ("written", "value", "moment"),
    [
        ("120", timedelta(seconds=120), datetime(2026, 11, 19, 6, 2, tzinfo=UTC)),
        ("999999999", timedelta(days=366), datetime(2027, 11, 20, 6, 0, tzinfo=UTC)),
        (
            "Thu, 19 Nov 2026 07:30:00 GMT",
            datetime(2026, 11, 19, 7, 30, tzinfo=UTC),
            datetime(2026, 11, 19, 7, 30, tzinfo=UTC),
        ),
        (
            "Thursday, 19-Nov-26 05:00:00 GMT",
            datetime(2026, 11, 19, 5, 0, tzinfo=UTC),
            datetime(2026, 11, 19, 6, 0, tzinfo=UTC),
        ),
        ("-5", None, None),
        ("soon", None, None),
        ("1e9", None, None),
        ("99999999999999999999", None, None),
        ("Fri, 31 Dec 9999 23:59:59 -2359", None, None),
        ("Fri, 99 Dec 9999 99:99:99 GMT", None, None),
    ],
)
def test_retry_after_is_read_in_both_forms(
    written: str, value: timedelta | datetime | None, moment: datetime | None, now: datetime
) -> None:
    """RFC 9110, 10.2.3: seconds or a date; what is neither is not said."""
    with open_site(answer(503, b"", f"Retry-After: {written}")) as (_, town):
        got = fetcher(town).get(URL)

    assert got.retry_after == value
    assert got.retry_at(now) == moment


@pytest.mark.parametrize(
    ("fields", "value"),
    [
        (["Cache-Control: public, max-age=600"], timedelta(minutes=10)),
        (["Cache-Control: public", 'Cache-Control: MAX-AGE="60"'], timedelta(minutes=1)),
        (["Cache-Control: max-age=999999999"], timedelta(days=366)),
        (["Cache-Control: max-age=600, no-cache"], None),
        (["Cache-Control: no-store,max-age=600"], None),
        (["Cache-Control: max-age=-1"], None),
        (["Cache-Control: s-maxage=600"], None),
        ([], None),
    ],
)
def test_what_a_server_wants_kept_is_read(fields: list[str], value: timedelta | None) -> None:
    """RFC 9111, 5.2.2: who says max-age asks not to be asked before."""
    with open_site(ok(b"news", *fields)) as (_, town):
        assert fetcher(town).get(URL).fresh_for == value


def test_machines_of_our_own_are_known_by_name_or_number() -> None:
    """Politeness is for strangers; a name that its DNS leads inwards is still a stranger's."""
    town = Town()
    town.names["sly.example"] = [["10.1.2.3"]]
    door = fetcher(town, allow_private=("10.0.0.0/8", "127.0.0.0/8", "intranet.example"))
    ours = ["http://10.1.2.3/a", "http://intranet.example/", "http://localhost/", "http://127.0.0.9:8080/x"]

    assert [door.is_own(url) for url in ours] == [True] * 4
    assert not door.is_own("http://sly.example/")
    assert not door.is_own("http://93.184.216.34/")
    assert not door.is_own("no address")
    assert not fetcher(town).is_own("http://localhost/")
    assert town.asked == []


@pytest.mark.parametrize(
    ("statuses", "moved_to"),
    [
        ([301], "/1"),
        ([308, 301], "/2"),
        ([302], None),
        ([303], None),
        ([307, 301], None),
        ([301, 302, 301], "/1"),
    ],
)
def test_only_what_moved_for_good_is_remembered(statuses: list[int], moved_to: str | None) -> None:
    """A permanent move behind a temporary one says nothing of the address asked for."""
    steps = itertools.chain(enumerate(statuses, start=1), itertools.repeat((0, 200)))

    def step(_head: bytes) -> bytes:
        number, status = next(steps)
        return ok(b"news") if status == 200 else answer(status, b"moved", f"Location: /{number}")

    with open_site(step) as (_, town):
        got = fetcher(town).get(URL)

    assert got.body == b"news"
    assert got.url == f"http://news.example.org/{len(statuses)}"
    assert got.moved_to == (moved_to and f"http://news.example.org{moved_to}")


@pytest.mark.parametrize(
    ("location", "path"),
    [
        ("/b c", "/b%20c"),
        ("neu/ä?ö=ü#x", "/neu/%C3%A4?%C3%B6=%C3%BC"),
        ("//NEWS.example.org:80/x", "/x"),
        ("?page=2", "/feed?page=2"),
        ("/a\\b", "/a%5Cb"),
        ("/100%", "/100%"),
    ],
)
def test_locations_are_read_as_browsers_read_them(location: str, path: str) -> None:
    """Servers write relative, unencoded and half encoded addresses."""
    written = location.encode().decode("latin-1")

    def step(head: bytes) -> bytes:
        return answer(302, b"", f"Location: {written}") if head.startswith(b"GET /feed?a") else ok(b"")

    with open_site(step) as (site, town):
        fetcher(town).get(URL)

    assert site.requests[1].decode().splitlines()[0] == f"GET {path} HTTP/1.1"


def test_a_redirect_that_names_no_place_is_an_answer() -> None:
    """300 and 304 aside, a server may forget the header."""
    with open_site(answer(302)) as (_, town):
        assert fetcher(town).get(URL).status == 302


@pytest.mark.parametrize("location", ["http://[::1", "news:x", "http://a b/", "http://sam@x.org/"])
def test_a_redirect_to_what_is_no_address_is_told(location: str) -> None:
    """Servers write their templates' faults into headers."""
    turn = answer(302, b"", f"Location: {location}")
    with open_site(turn) as (_, town), pytest.raises(FetchError, match="redirects to") as refusal:
        fetcher(town).get(URL)
    assert location not in str(refusal.value)


@pytest.mark.parametrize(
    "place",
    [
        "http://other.example/a",
        "//www.news.example.org/a",
        "https://1.1.1.1/a",
        "http://news.example.org:81/",
    ],
)
def test_what_is_for_one_host_alone_goes_along_to_no_other(place: str) -> None:
    """Addresses of APIs hold keys; who the host sends us to may be anybody, and www. is anybody."""
    site, other, town = Site(answer(301, b"", f"Location: {place}?a=b")), Site(ok(b"got it")), Town()
    town.settle("news.example.org", site)
    for name in ("other.example", "www.news.example.org"):
        town.settle(name, other, "1.1.1.1")
    with pytest.raises(FetchError, match="redirects to another host, ") as refusal:
        fetcher(town, ports=(80, 81, 443)).get(URL, stays=True)
    site.close()
    other.close()

    assert (site.connections, other.connections, refusal.value.permanent) == (1, 0, True)
    assert "a=b" not in refusal.value.message
    assert "list its address there" in str(refusal.value.hint)


def test_the_systems_own_names_and_connections_are_used_by_default() -> None:
    """What every other test puts aside; the hosts file knows this name."""
    site = Site(ok(b"news"))
    settings = FetchSettings(ports=(site.port,), allow_private=("127.0.0.0/8", "::1"))
    door = Fetcher(settings, agent="Test/1", body_bytes=1_000)
    got = door.get(f"http://localhost:{site.port}/")
    site.close()

    assert got.body == b"news"


def test_five_redirects_are_followed_and_six_are_not() -> None:
    """Chains that long are traps or mistakes."""
    for length, is_fine in ((5, True), (6, False)):
        steps = itertools.count(1)

        def step(_head: bytes, steps: itertools.count[int] = steps, length: int = length) -> bytes:
            number = next(steps)
            return answer(301, b"", f"Location: /{number}") if number <= length else ok(b"news")

        with open_site(step) as (_, town):
            if is_fine:
                assert fetcher(town).get(URL).body == b"news"
            else:
                with pytest.raises(FetchError, match="more than 5 times"):
                    fetcher(town).get(URL)


def test_a_circle_is_told_at_once() -> None:
    """A site that wants a cookie first sends everybody round."""

    def turn(head: bytes) -> bytes:
        return answer(302, b"", f"Location: /{'b' if b'/a ' in head else 'a'}")

    with open_site(turn) as (site, town), pytest.raises(FetchError, match="in a circle") as told:
        fetcher(town).get("http://news.example.org/a")
    assert "cookies" in str(told.value.hint)
    assert site.connections == 2


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Whoever signs the certificates of an intranet."""
    return Authority(tmp_path_factory.mktemp("authority"))


def test_tls_is_to_the_name_and_not_to_the_address(authority: Authority) -> None:
    """The connection goes to a checked address; certificate, SNI and Host stay the site's."""
    names: list[str | None] = []
    context = authority.serve("news.example.org")
    context.sni_callback = lambda _sock, name, _context: names.append(name)
    with open_site(ok(b"news"), tls=context) as (site, town):
        got = fetcher(town, ca_file=authority.file).get("https://NEWS.example.org./")

    assert (got.body, got.url) == (b"news", "https://news.example.org/")
    assert names == ["news.example.org"]
    assert b"\r\nHost: news.example.org\r\n" in site.requests[0]


def test_a_certificate_of_another_name_or_authority_is_refused(authority: Authority) -> None:
    """Whoever sits between us and the site would write our news."""
    with open_site(ok(b"news"), tls=authority.serve("other.example.org")) as (site, town):
        with pytest.raises(FetchError, match=r"certificate.*[Hh]ostname mismatch") as other_name:
            fetcher(town, ca_file=authority.file).get("https://news.example.org/")
        with pytest.raises(FetchError, match="certificate that is not to be trusted") as other_authority:
            fetcher(town).get("https://news.example.org/")
    assert other_name.value.hint is None
    assert "fetch.ca_file" in str(other_authority.value.hint)
    assert site.requests == []


def test_what_is_for_one_host_alone_goes_on_there_by_tls(authority: Authority) -> None:
    """Most sites send everybody from http to https."""
    turn = Site(answer(301, b"", "Location: https://news.example.org/b"))
    with open_site(ok(b"news"), tls=authority.serve("news.example.org")) as (_, town):
        town.names["news.example.org"] = [["1.1.1.1"], [PUBLIC]]
        town.homes["1.1.1.1"] = turn
        got = fetcher(town, ca_file=authority.file).get(URL, stays=True)
    turn.close()

    assert (got.body, got.url) == (b"news", "https://news.example.org/b")


def test_tls_is_not_left_on_the_way(authority: Authority) -> None:
    """From https to http the rest could be read and changed by anybody."""
    context = authority.serve("news.example.org")
    turn = answer(301, b"", "Location: http://news.example.org/")
    with open_site(turn, tls=context) as (site, town), pytest.raises(FetchError, match="to http") as told:
        fetcher(town, ca_file=authority.file).get("https://news.example.org/")
    assert "the http address itself" in str(told.value.hint)
    assert site.connections == 1


def test_http_may_turn_to_https(authority: Authority) -> None:
    """What most sites do."""
    plain = Site(answer(301, b"", "Location: https://secure.example.org/"))
    secure = Site(ok(b"news"), tls=authority.serve("secure.example.org"))
    town = Town()
    town.settle("news.example.org", plain)
    town.settle("secure.example.org", secure, "93.184.216.35")
    got = fetcher(town, ca_file=authority.file).get("http://news.example.org/")
    plain.close()
    secure.close()

    assert (got.body, got.moved_to) == (b"news", "https://secure.example.org/")


def test_a_server_without_tls_is_told() -> None:
    """A wrong port is a common mistake."""

    ours, theirs = socket.socketpair()
    theirs.sendall(b"220 mail.example.org ready\r\n" * 9)
    door = Fetcher(
        FetchSettings(),
        agent="Test/1",
        body_bytes=1_000,
        resolve=lambda _: ["93.184.216.34"],
        connect=lambda *_: ours,
    )
    with theirs, pytest.raises(FetchError, match="cannot be spoken to by TLS") as refusal:
        door.get("https://news.example.org/")
    assert "mail.example.org" not in str(refusal.value)


def test_a_file_of_authorities_that_is_gone_is_told(tmp_path: Path) -> None:
    """It was there when the settings were read."""
    with open_site(ok(b"news")) as (_, town), pytest.raises(FetchError, match=r"fetch\.ca_file"):
        fetcher(town, ca_file=tmp_path / "gone.pem").get("https://news.example.org/")


def test_an_unknown_name_is_told() -> None:
    """The most common mistake of all."""
    with pytest.raises(FetchError, match="host that is not found") as refusal:
        fetcher(Town()).get("http://nowhere.example.org/")
    assert not refusal.value.permanent


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://sam:s3cret@news.example.org/x@y", "https://news.example.org/x@y"),
        ("https://a@b:s3cret@news.example.org", "https://news.example.org"),
        ("https:sam:s3cret@news.example.org/", "https:news.example.org/"),
        ("https:\\\\sam:s3cret@news.example.org", "https:\\\\news.example.org"),
        ("ftp://s3cret@news.example.org/", "ftp://news.example.org/"),
        ("gopher://news.example.org/@sam", "gopher://news.example.org/@sam"),
    ],
)
def test_a_password_in_an_address_is_not_repeated(url: str, shown: str) -> None:
    """Errors go to logs and screens."""
    with pytest.raises(FetchError) as refusal:
        fetcher(Town()).get(url)
    assert refusal.value.where == shown
    assert "s3cret" not in str(refusal.value)
