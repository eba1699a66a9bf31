"""A canary sings on loopback, and nobody who is sent there through the door may hear it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from digest.errors import FetchError
from web_cast import PUBLIC, Site, Town, answer, fetcher, ok

SECRET = b"the canary sings"

# {p} is the canary's port. All of these mean this machine, or a network behind it, to some program.
FORMS = [
    "http://127.0.0.1:{p}/",
    "http://127.0.0.1.:{p}/",
    "http://127.0.0.1..:{p}/",
    "http://127.127.127.127:{p}/",
    "http://127.1:{p}/",
    "http://127.0.1:{p}/",
    "http://2130706433:{p}/",
    "http://017700000001:{p}/",
    "http://0177.0.0.1:{p}/",
    "http://0x7f000001:{p}/",
    "http://0x7f.0.0.1:{p}/",
    "http://0X7F.1:{p}/",
    "http://127.0x0.0.1:{p}/",
    "http://127.0.0.01:{p}/",
    "http://0:{p}/",
    "http://0.0.0.0:{p}/",
    "http://0x0:{p}/",
    "http://localhost:{p}/",
    "http://LOCALHOST.:{p}/",
    "http://[::1]:{p}/",
    "http://[0:0:0:0:0:0:0:1]:{p}/",
    "http://[::]:{p}/",
    "http://[::ffff:127.0.0.1]:{p}/",
    "http://[::ffff:7f00:1]:{p}/",
    "http://[0:0:0:0:0:ffff:127.0.0.1]:{p}/",
    "http://[::127.0.0.1]:{p}/",
    "http://[64:ff9b::127.0.0.1]:{p}/",
    "http://[64:ff9b:1::7f00:1]:{p}/",
    "http://[2002:7f00:1::]:{p}/",
    "http://[2001:0:7f00:1::]:{p}/",
    "http://[2001:0:5db8:d822:0:0:80ff:fffe]:{p}/",
    "http://[fe80::1%25lo]:{p}/",
    "http://[::1%lo]:{p}/",
    "http://[::1%25lo]:{p}/",
    "http://[fec0::1]:{p}/",
    "http://[fc00::1]:{p}/",
    "http://[ff02::1]:{p}/",
    "http://１２７.０.０.１:{p}/",
    "http://127。0。0。1:{p}/",
    "http://①②⑦.⓪.⓪.①:{p}/",
    "http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ:{p}/",
    "http://127%2e0%2e0%2e1:{p}/",
    "http://%31%32%37.0.0.1:{p}/",
    "http://127.0.0.1%00.news.example.org:{p}/",
    "http://127.0.0.1\x00.news.example.org:{p}/",
    "http://news.example.org@127.0.0.1:{p}/",
    "http://news.example.org:80@127.0.0.1:{p}/",
    "http://news.example.org%40127.0.0.1:{p}/",
    "http://127.0.0.1:{p}\\@news.example.org/",
    "http://news.example.org\\@127.0.0.1:{p}/",
    "http://127.0.0.1:{p}#@news.example.org/",
    "http://127.0.0.1:{p}?@news.example.org/",
    "http://@127.0.0.1:{p}/",
    "http:///127.0.0.1:{p}/",
    "http:127.0.0.1:{p}/",
    "http:\\\\127.0.0.1:{p}/",
    "//127.0.0.1:{p}/",
    " http://127.0.0.1:{p}/ ",
    "http://127.0.0.1\t:{p}/",
    "ht\ntp://127.0.0.1:{p}/",
    "https://127.0.0.1:{p}/",
    "ftp://127.0.0.1:{p}/",
    "gopher://127.0.0.1:{p}/_GET%20/",
    "dict://127.0.0.1:{p}/",
    "file:///etc/passwd",
    "data:text/plain,x",
    "http://inward.example.org:{p}/",
    "http://mapped.example.org:{p}/",
    "http://gateway.example.org:{p}/",
    "http://mixed.example.org:{p}/",
    "http://metadata.example.org:{p}/",
    "http://169.254.169.254:{p}/latest/meta-data/",
    "http://[fd00:ec2::254]:{p}/",
    "http://10.0.0.1:{p}/",
    "http://100.64.0.1:{p}/",
    "http://172.31.255.255:{p}/",
    "http://192.168.1.1:{p}/",
    "http://224.0.0.1:{p}/",
    "http://255.255.255.255:{p}/",
]

# As a redirect these stay on the site that sends them (RFC 3986, 5.2): there is nothing to refuse.
RELATIVE = {
    "ht\ntp://127.0.0.1:{p}/",
    "http:///127.0.0.1:{p}/",
    "http:127.0.0.1:{p}/",
    "http:\\\\127.0.0.1:{p}/",
}


def turn_once(head: bytes, place: str) -> bytes:
    """Send whoever begins to a place; whoever comes elsewhere is at home."""
    return answer(302, b"", f"Location: {place}") if head.startswith(b"GET /start ") else ok(b"at home")


@pytest.fixture
def canary() -> Iterator[list[Site]]:
    """One port with a canary on 127.0.0.1, and another one with one on ::1."""
    sites = [Site(ok(SECRET)), Site(ok(SECRET), host="::1")]
    yield sites
    for site in sites:
        site.close()


@pytest.fixture
def town() -> Town:
    """A town where some names lead inwards."""
    town = Town()
    town.names |= {
        "localhost": [["::1", "127.0.0.1"]],
        "inward.example.org": [["127.0.0.1"]],
        "mapped.example.org": [["::ffff:127.0.0.1"]],
        "gateway.example.org": [["64:ff9b::7f00:1"]],
        "mixed.example.org": [[PUBLIC, "127.0.0.1"]],
        "metadata.example.org": [["169.254.169.254"]],
    }
    return town


def test_there_are_more_forms_than_the_bar_asks_for() -> None:
    """Twenty-eight were known to have opened somebody's door."""
    assert len(set(FORMS)) >= 28


@pytest.mark.parametrize("form", FORMS)
def test_no_form_of_an_address_reaches_the_canary(form: str, canary: list[Site], town: Town) -> None:
    """Each was somebody's way around a list of forbidden words."""
    for site in canary:
        with pytest.raises(FetchError) as refusal:
            fetcher(town, ports=(80, site.port)).get(form.format(p=site.port))

        assert refusal.value.permanent
        assert "canary" not in str(refusal.value)
    assert [site.connections for site in canary] == [0, 0]
    assert town.dialled == []


@pytest.mark.parametrize("form", FORMS)
def test_no_redirect_reaches_the_canary(form: str, canary: list[Site], town: Town) -> None:
    """The address asked for is fine; where it sends us is not."""
    for site in canary:
        place = form.format(p=site.port).encode("utf-8").decode("latin-1")
        turn = Site(lambda head, place=place: turn_once(head, place))
        town.settle("news.example.org", turn)
        door = fetcher(town, ports=(80, site.port))
        if form in RELATIVE:
            assert door.get("http://news.example.org/start").body == b"at home"
        else:
            with pytest.raises(FetchError) as refusal:
                door.get("http://news.example.org/start")
            assert refusal.value.where == "http://news.example.org/start"
            assert "127.0.0.1" not in refusal.value.message
        turn.close()
    assert [site.connections for site in canary] == [0, 0]
    assert set(town.dialled) == {PUBLIC}


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_chain_that_ends_inside_ends_at_the_door(status: int, canary: list[Site], town: Town) -> None:
    """Every step is looked at, not the first and the last."""
    port = canary[0].port
    steps = itertools.count(1)

    def turn(_head: bytes) -> bytes:
        step = next(steps)
        place = f"http://127.0.0.1:{port}/" if step == 4 else f"http://news.example.org/{step}"
        return answer(status, b"", f"Location: {place}")

    site = Site(turn)
    town.settle("news.example.org", site)
    with pytest.raises(FetchError, match="not of the public internet"):
        fetcher(town, ports=(80, port)).get("http://news.example.org/")
    site.close()

    assert site.connections == 4
    assert canary[0].connections == 0


def test_a_name_that_moves_inwards_after_the_look_is_not_asked_again(canary: list[Site], town: Town) -> None:
    """DNS rebinding: the first answer is public, each later one is this machine."""
    site = Site(ok(b"news"))
    town.settle("rebinding.example.org", site)
    town.names["rebinding.example.org"] = [[PUBLIC], ["127.0.0.1"]]
    got = fetcher(town, ports=(80, canary[0].port)).get(f"http://rebinding.example.org:{canary[0].port}/")
    site.close()

    assert got.body == b"news"
    assert town.asked == ["rebinding.example.org"]
    assert town.dialled == [PUBLIC]
    assert canary[0].connections == 0


def test_a_name_that_moves_inwards_between_two_steps_is_refused(canary: list[Site], town: Town) -> None:
    """A redirect to itself makes the door ask again; the second answer is looked at like the first."""
    port = canary[0].port
    site = Site(answer(302, b"", f"Location: http://rebinding.example.org:{port}/2"))
    town.settle("rebinding.example.org", site)
    town.names["rebinding.example.org"] = [[PUBLIC], ["127.0.0.1"]]
    with pytest.raises(FetchError, match="not of the public internet"):
        fetcher(town, ports=(80, port)).get(f"http://rebinding.example.org:{port}/1")
    site.close()

    assert town.asked == ["rebinding.example.org"] * 2
    assert canary[0].connections == 0


def test_the_canary_sings_for_whom_the_operator_lets_in(canary: list[Site], town: Town) -> None:
    """Without this the tests above would pass with a door that never opens."""
    four, six = canary
    open_door = fetcher(town, ports=(four.port, six.port), allow_private=("127.0.0.0/8", "::1"))
    urls = [
        f"http://127.0.0.1:{four.port}/",
        f"http://[::ffff:7f00:1]:{four.port}/",
        f"http://１２７。０.０.１:{four.port}/",
        f"http://localhost:{four.port}/",
        f"http://[::1]:{six.port}/",
    ]

    assert [open_door.get(url).body for url in urls] == [SECRET] * 5


def test_a_trusted_host_is_trusted_in_private_use_only(canary: list[Site], town: Town) -> None:
    """Whoever has its name in the DNS must not get at this machine or at a cloud's metadata."""
    port = canary[0].port
    for address in ("127.0.0.1", "169.254.169.254", "0.0.0.1", "::1", "fe80::1"):
        town.names["intranet.example.org"] = [[address]]
        with pytest.raises(FetchError, match="not of the public internet") as refusal:
            fetcher(town, ports=(port,), allow_private=("intranet.example.org",)).get(
                f"http://intranet.example.org:{port}/"
            )
        # Whoever has listed the host is not told to list it.
        assert "have to be listed as networks, such as 127.0.0.0/8" in str(refusal.value.hint)
    assert town.dialled == []


def test_a_trusted_host_is_reached_where_another_name_of_the_same_address_is_not(town: Town) -> None:
    """Trusting the intranet's news does not open the intranet's printers."""
    site = Site(ok(b"staff news"))
    town.settle("intranet.example.org", site, "10.1.2.3")
    town.names["printer.example.org"] = [["10.1.2.3"]]
    door = fetcher(town, allow_private=("Intranet.Example.org",))

    assert door.get("http://INTRANET.example.org./").body == b"staff news"
    for url in ("http://printer.example.org/", "http://10.1.2.3/"):
        with pytest.raises(FetchError, match="not of the public internet") as refusal:
            door.get(url)
        assert "allow_private" in str(refusal.value.hint)
    site.close()


def test_other_ports_are_closed(canary: list[Site], town: Town) -> None:
    """A database that reads lines would take a request for commands."""
    with pytest.raises(FetchError, match=f"port {canary[0].port}"):
        fetcher(town, allow_private=("127.0.0.0/8",)).get(f"http://127.0.0.1:{canary[0].port}/")
    assert town.dialled == []


def test_environment_proxies_and_netrc_are_not_looked_at(
    canary: list[Site], town: Town, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A proxy would connect where the door does not look."""
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{canary[0].port}")
    (tmp_path / ".netrc").write_text("machine news.example.org login sam password s3cret\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    site = Site(ok(b"news", "Set-Cookie: a=b"))
    town.settle("news.example.org", site)
    door = fetcher(town)
    bodies = [door.get("http://news.example.org/").body for _ in range(2)]
    site.close()

    assert bodies == [b"news", b"news"]
    assert canary[0].connections == 0
    for head in site.requests:
        assert b"cookie" not in head.lower()
        assert b"authorization" not in head.lower()
