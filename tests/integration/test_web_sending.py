"""Sending, relays and the machine room as browsers without script see them, and live updates."""

from __future__ import annotations

import asyncio
import http.client
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
import structlog

from braking_cast import BEFORE, DUE, Sluice, begun, cut_off, furnish_for
from commands import DAILY, furnish, run_here
from desk_cast import Desk, desk, join
from digest.actions.editing.approving import approve, release
from digest.actions.editing.shaping import shape
from digest.actions.editions import find
from digest.actions.mailing.allotments import StoreAllotments, limits_of
from digest.actions.staff.signing_in import begin_session
from digest.actions.steering import braking
from digest.actions.upkeep.dns_answers import DnsAnswers
from digest.actions.upkeep.machine import backup
from digest.bootstrap import open_app
from digest.deliver.dns.resolver import FixedResolver
from digest.errors import Refused
from digest.model import DeliveryState, EditionState, HistoryEntry
from digest.model.accounts import Role
from digest.shape import Headline
from digest.web import serving, watching
from digest.web.watching import MOST, MOST_OF_ONE, Watcher
from newsroom import newsroom
from scripted_relay import ScriptedRelay
from service_cast import Hurried, Running, until
from store_cast import ended

READERS = 40
NEW = "Ministers agree on a smaller catch"


@pytest.fixture(autouse=True)
def _fresh_logs() -> Iterator[None]:
    yield
    structlog.reset_defaults()


@contextmanager
def on_its_way(root: Path, *roles: Role, readers: int = 4, unknown: int = 0) -> Iterator[Desk]:
    """Open the desk of a home whose edition is on its way."""
    with newsroom(root, "review: {mode: required}") as room:
        edition = begun(room, readers=readers)
        cut_off(room, edition, unknown)
        clock = room.clock
    (root / "config" / "digests" / "weekly.yaml").write_text(DAILY, encoding="utf-8")
    with desk(root, *roles, clock=clock) as here:
        yield here


@pytest.mark.slow
def test_stop_correct_and_go_on_from_the_desk_while_mail_goes_out(tmp_path: Path) -> None:
    """Those who have it keep the old headline, all others get the new one, and everybody gets one mail."""
    with ScriptedRelay() as relay:
        home = furnish_for(tmp_path / "home", relay.port, readers=READERS)
        sluice = Sluice(relay, after=8)
        with (
            Running(home, Hurried(BEFORE, 60)),
            desk(home, Role.OPERATOR, clock=Hurried(DUE), email="olu@example.org", name="Olu Idris") as here,
        ):
            until(sluice.reached.is_set)
            question = here.get("/sending/1", ask="brake")
            assert 'role="dialog"' in question
            assert here.post("/sending/1/brake", {"note": "wrong headline"}) == "/sending/1"
            sluice.open()
            until(lambda: not in_hand(here))
            page = here.get("/sending/1")
            assert "The brake was pulled by Olu Idris: wrong headline." in page
            assert "Go on with everyone" in page
            taken = len(relay.recipients)
            assert 8 <= taken < READERS

            item = find(here.app, 1).edition.items[0]
            shape(
                here.app, 1, Headline(article=item.article_id, text=NEW), on_version=0, by="ada@example.org"
            )
            page = here.get("/sending/1")
            assert "An approver looks at it first." in page
            assert "Go on with everyone" not in page
            assert "is not what was approved any more" in here.post("/sending/1/resume", status=409)
            sluice.lift()
            approve(here.app, 1, by="ada@example.org")
            until(lambda: find(here.app, 1).state is EditionState.SENT)
            assert "It has gone out." in here.get("/sending/1")
    assert Counter(relay.recipients) == {f"r{n}@example.org": 1 for n in range(READERS)}
    texts = [body.replace(b"=\r\n", b"").replace(b"\r\n", b" ") for body in relay.bodies]
    assert [NEW.encode() in text for text in texts] == [False] * taken + [True] * (READERS - taken)
    told = run_here("deliveries", 1, "--all", "--json", home=home).data
    versions = {one["email"]: one["version"] for one in told["recipients"]}
    assert [versions[address] for address in relay.recipients] == [0] * taken + [1] * (READERS - taken)
    assert [(one["version"], one["sent"]) for one in told["versions"]] == [(0, taken), (1, READERS - taken)]


def test_what_was_stopped_is_approved_or_let_go_on_and_never_released(tmp_path: Path) -> None:
    """One word for one thing: release answers a hold; the brake is answered by approving or going on."""
    with on_its_way(tmp_path / "home", Role.ADMIN) as here:
        here.post("/sending/1/brake", {"note": "wrong headline"})
        page = here.get("/desk/1")
        assert "The brake was pulled by Ada Venn: wrong headline" in page
        assert "Decide how it goes on" in page
        assert "elease" not in page
        assert "elease" not in here.get("/")
        with pytest.raises(Refused, match="was stopped on its way"):
            release(here.app, 1, by="ada@example.org")

        item = find(here.app, 1).edition.items[0]
        shape(here.app, 1, Headline(article=item.article_id, text=NEW), on_version=0, by="ada@example.org")
        page = here.get("/desk/1")
        assert "elease" not in page
        assert 'href="/desk/1/approve"' in page
        assert "Approve The Daily Brief?" in here.get("/desk/1/release")


def in_hand(here: Desk) -> int:
    """Count the deliveries that a sender has in hand."""
    with here.app.store.reading() as tx:
        return len(tx.deliveries.list(1, states=(DeliveryState.CLAIMED, DeliveryState.DOTTED)))


def test_the_books_are_an_equation_and_the_way_of_each_number_leads_to_its_readers(tmp_path: Path) -> None:
    """Without script the page tells all, and a link looks again."""
    with on_its_way(tmp_path / "home", Role.OPERATOR, unknown=1) as here:
        page = here.get("/sending/1")
        assert "0 sent, 0 failed, 0 expired, 0 excluded, 1 unknown, 3 open, of 4" in page
        assert "The books balance" in page
        assert ">Look again</a>" in page
        assert 'href="/sending/1?ask=brake"' in page
        everybody = here.get("/sending/1/deliveries")
        assert everybody.count("@example.org</th>") == 4
        assert "reader1@" not in everybody.lower()
        assert here.get("/sending/1/deliveries", state="unknown").count("@example.org</th>") == 1
        assert "Nobody is here" in here.get("/sending/1/deliveries", state="failed")
        assert "One edition is on its way. One delivery needs a decision." in here.get("/sending")
        assert here.client.get("/sending/99").status_code == 404
        assert "<html" not in here.get("/sending/1/live")


def test_what_a_relay_said_of_a_reader_shows_no_address(tmp_path: Path) -> None:
    """An address is shown when somebody asks, which goes on record; relays repeat it in every refusal."""
    with on_its_way(tmp_path / "home", Role.OPERATOR, unknown=1) as here:
        with here.app.store.writing() as tx:
            refused, *_ = tx.deliveries.claim(1, "w", now=here.app.clock(), limit=1, lease=timedelta(hours=1))
            address = refused.subscriber.email
            said = f"550 5.1.1 <{address.lower()}> ({address.upper()}): no such user"
            tx.deliveries.settle_all("w", [ended(refused, DeliveryState.FAILED, said)])
        reader = f"/readers/{refused.subscriber.id}"
        for path in ("/sending/1/deliveries", "/sending/1", reader):
            page = here.get(path)
            assert "no such user" in page
            assert address.lower() not in page.lower()
        assert f"&lt;{address.lower()}&gt;" in here.post(f"{reader}/reveal", status=200)


def test_who_may_only_look_finds_no_button_and_who_forges_one_is_refused(tmp_path: Path) -> None:
    """An editor sees the books; the brake is the operators'."""
    with on_its_way(tmp_path / "home", Role.EDITOR, unknown=1) as here:
        page = here.get("/sending/1")
        assert "An operator can pull it." in page
        assert "an operator decides" in page
        assert "Pull the brake…" not in page
        for path in ("brake", "resume", "end"):
            here.post(f"/sending/1/{path}", status=403)
        here.post("/sending/1/decide", {"word": "leave"}, status=403)
        for path in ("/relays", "/machine"):
            assert here.client.get(path).status_code == 403
        assert find(here.app, 1).state is EditionState.SENDING


def test_who_operates_one_digest_neither_sees_nor_asks_what_serves_all(tmp_path: Path) -> None:
    """Relays and the machine room are the installation's; the refusal names who operates all of it."""
    with on_its_way(tmp_path / "home", Role.ADMIN) as here:
        here.client.cookies.clear()
        join(here.app, here.client, Role.OPERATOR, digest="daily", email="bo@example.org", name="Bo Lund")
        for path in ("/relays", "/machine"):
            refused = here.client.get(path)
            assert refused.status_code == 403
            assert "Ada Venn can use or give" in refused.text
            assert f'href="{path}"' not in here.get("/more")
        for path in ("/relays/main/look", "/machine/dns"):
            here.post(path, status=403)


def test_of_other_digests_nothing_shows(tmp_path: Path) -> None:
    """Rights are by digest, and so are the lists."""
    root = tmp_path / "home"
    with on_its_way(root, Role.ADMIN, unknown=1) as here:
        here.client.cookies.clear()
        join(here.app, here.client, Role.OPERATOR, digest="weekly", email="eve@example.org")
        page = here.get("/sending")
        assert "Nothing is on its way" in page
        assert "@example.org</th>" not in page
        assert here.client.get("/sending/1").status_code == 403


def test_unknown_ones_are_decided_on_the_page(tmp_path: Path) -> None:
    """One again, the others left; the answer says whom it was about, and leads back to where it was asked."""
    with on_its_way(tmp_path / "home", Role.OPERATOR, unknown=3) as here:
        with here.app.store.reading() as tx:
            first, *_ = tx.deliveries.undecided([1])
        assert "Three to decide" in here.get("/sending")
        fields = {"word": "again", "delivery": first.id, "back": "/sending"}
        assert here.post("/sending/1/decide", fields) == "/sending"
        assert "1 reader is mailed again." in here.get("/sending")
        assert here.post("/sending/1/decide", {"word": "leave"}) == "/sending/1"
        assert "to decide" not in here.get("/sending")
        assert "Too late to send" not in here.get("/sending")
        assert "nobody unknown" in here.post("/sending/1/decide", {"word": "leave"}, status=409)
        here.post("/sending/1/decide", {"word": "perhaps"}, status=422)


def test_limit_that_is_used_up_is_told_where_the_time_left_is(tmp_path: Path) -> None:
    """Whoever wonders why nothing moves reads which limit it is, until when, in the command's words."""
    root = tmp_path / "home"
    with newsroom(root, "review: {mode: required}") as room:
        begun(room, readers=4)
        clock = room.clock
    settings = root / "config" / "digest.yaml"
    text = settings.read_text("utf-8").replace("tls: none}", "tls: none, per_hour: 3, per_day: 50}")
    settings.write_text(
        f"{text}delivery: {{domains: [{{name: example.org, per_hour: 1}}]}}\n", encoding="utf-8"
    )
    with desk(root, Role.OPERATOR, clock=clock) as here:
        assert "used up" not in here.get("/sending/1")
        shared = StoreAllotments(store=here.app.store, clock=here.app.clock)
        limits = limits_of(here.app.system, clock().date())
        shared.draw(limits.relays["main"], 2)
        shared.draw(limits.domains["example.org"], 1)
        assert "relay main" not in here.get("/sending/1")
        shared.draw(limits.relays["main"], 1)
        told = shared.draw(limits.relays["main"], 1)
        page = " ".join(here.get("/sending/1").split())
        assert told.spent is not None
        ends = clock() + timedelta(seconds=told.spent.until - time.monotonic())

        assert (told.spent.most, told.spent.window) == (3, timedelta(hours=1))
        assert (
            f"For now the limit of relay main, 3 an hour, is used up until {ends:%Y-%m-%d %H:%M} UTC." in page
        )
        assert "For now the limit of domain example.org, 1 an hour, is used up until" in page
        assert page.index("used up") < page.index("Relays</h3>")
        assert "For now the limit of relay main" in here.get("/sending")
        braking.pull(here.app, 1, by="olu", note=None)
        assert "used up" not in here.get("/sending/1")


def test_what_is_too_late_can_only_be_left(tmp_path: Path) -> None:
    """No button that would be refused."""
    with newsroom(tmp_path / "home", "review: {mode: required}") as room:
        cut_off(room, begun(room), 1)
        room.clock.now += timedelta(hours=20)
        clock = room.clock
    with desk(tmp_path / "home", Role.OPERATOR, clock=clock) as here:
        page = here.get("/sending/1")
        assert "too late to send" in page
        assert 'value="again"' not in page
        assert 'value="leave"' in page
        assert "digest deliveries 1 --resend-unknown</span>, at a terminal, has them mailed" in page
        assert "digest deliveries EDITION --resend-unknown" in here.get("/sending")


def test_the_unknown_of_a_stopped_edition_are_mailed_once_it_goes_on(tmp_path: Path) -> None:
    """Whoever reads that they are mailed would wait for it."""
    with on_its_way(tmp_path / "home", Role.OPERATOR, unknown=2) as here:
        braking.pull(here.app, 1, by="olu@example.org")
        here.post("/sending/1/decide", {"word": "again"})
        assert "2 readers are mailed again, once it goes on." in here.get("/sending/1")


def test_a_stopped_edition_can_be_ended_after_a_question(tmp_path: Path) -> None:
    """The question says how many get nothing."""
    with on_its_way(tmp_path / "home", Role.OPERATOR) as here:
        assert 'role="dialog"' not in here.get("/sending/1", ask="end")  # it is not stopped
        braking.pull(here.app, 1, by="olu@example.org")
        assert "4 readers get nothing" in here.get("/sending/1", ask="end")
        here.post("/sending/1/end")
        assert "It has gone out." in here.get("/sending/1")
        assert "4 expired" in here.get("/sending/1/live")


def test_a_relay_is_asked_and_its_answer_stays_for_all_to_see(tmp_path: Path) -> None:
    """What it says when it takes nothing is there word for word."""
    with ScriptedRelay({"greet": "554 5.7.1 not you"}, once=True) as relay:
        home = furnish_for(tmp_path / "home", relay.port, readers=1)
        with desk(home, Role.OPERATOR) as here:
            assert "nobody has looked yet" in here.get("/relays")
            assert here.post("/relays/main/look") == "/relays"
            page = here.get("/relays")
            assert "main takes nothing." in page
            assert "554" in page
            assert "not you" in page
            here.post("/relays/main/look")
            assert "takes nothing since" not in here.get("/relays")
            here.post("/relays/spare/look", status=404)


def test_the_machine_room_tells_of_backups_services_and_records(tmp_path: Path) -> None:
    """DNS is asked by a button alone; before that the page says what to publish."""
    home = furnish(tmp_path / "home")
    with desk(home, Role.OPERATOR) as here:
        assert "none on record" in here.get("/machine")
        backup(here.app, tmp_path / "copy.db", by="olu@example.org")
        with here.app.store.writing() as tx:
            start = HistoryEntry(
                at=here.app.clock(), by="service", event="start", outcome="ok", note="host, process 7"
            )
            tx.history.add(start)
        page = here.get("/machine")
        assert "copy.db" in page
        assert "host, process 7" in page
        assert "Nobody has asked yet" in page
        assert "_dmarc.news.example.org. IN TXT" in page
        here.client.app.state.dns = DnsAnswers(
            FixedResolver(
                txt={"_dmarc.news.example.org": ("v=DMARC1; p=none; rua=mailto:a@news.example.org",)}
            )
        )
        assert here.post("/machine/dns") == "/machine#dns"
        page = here.get("/machine")
        assert "Nobody has asked yet" not in page
        assert "is there" in page
        assert "is missing" in page


@pytest.mark.slow
def test_the_line_tells_that_something_happened_and_ends_with_the_server(tmp_path: Path) -> None:
    """Whoever is signed in hears of it; what it was they ask for themselves. A stop waits for no reader."""
    with on_its_way(tmp_path / "home", Role.EDITOR) as here:
        assert here.user is not None
        token = begin_session(here.app, here.user).token
        app = here.app
        with serving(lambda: app, "127.0.0.1:0") as port:
            stranger = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            stranger.request("GET", "/events")
            assert stranger.getresponse().status == 303
            line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            line.request("GET", "/events", headers={"Cookie": f"session={token}"})
            answer = line.getresponse()
            assert (answer.status, answer.headers["content-type"]) == (
                200,
                "text/event-stream; charset=utf-8",
            )
            assert answer.readline() == b"retry: 3000\n"
            heard = set()
            while "sending" not in heard:
                heard.add(answer.readline().decode().removeprefix("event: ").strip())
            braking.pull(app, 1, by="olu@example.org")
            while not {"edition", "alert"} <= heard:
                heard.add(answer.readline().decode().removeprefix("event: ").strip())
        rest = answer.read()
        assert b"brake" not in rest
        stranger.close()
        line.close()


def test_who_asks_only_for_the_head_of_the_line_holds_no_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though one alone may listen, three heads come in turn, and then a page on the same connection."""
    monkeypatch.setattr(watching, "MOST", 1)
    with desk(furnish(tmp_path / "home"), Role.EDITOR) as here:
        app = here.app
        with serving(lambda: app, "127.0.0.1:0") as port:
            line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            told = []
            for method, path in [("HEAD", "/events")] * 3 + [("HEAD", "/more"), ("GET", "/more")]:
                line.request(method, path, headers={"Cookie": f"session={here.client.cookies['session']}"})
                answer = line.getresponse()
                told.append((answer.status, answer.headers["content-length"], len(answer.read())))
            line.close()
    size = told[-1][2]
    assert told == [(200, None, 0)] * 3 + [(200, str(size), 0), (200, str(size), size)]


def test_a_wrong_method_is_told_all_that_are_right(tmp_path: Path) -> None:
    """HEAD among them, where GET is; and it is no way to a form (RFC 9110, sections 9.3.2 and 15.5.6)."""
    with desk(furnish(tmp_path / "home"), Role.EDITOR) as here:
        assert here.client.put("/more").headers["allow"] == "GET, HEAD"
        told = here.client.head("/look")
        assert (told.status_code, told.headers["allow"], told.content) == (405, "POST", b"")


def test_no_more_may_listen_than_there_is_room_for(tmp_path: Path) -> None:
    """And none once it is over."""
    with open_app(furnish(tmp_path / "home")) as app:
        watcher = Watcher(lambda: app, each_s=0.05)

        async def listen() -> None:
            joined = [watcher.join(number) for number in range(MOST)]
            assert None not in joined
            assert watcher.join(MOST) is None
            first = joined[0]
            assert first is not None
            watcher.leave(first)
            again = watcher.join(MOST)
            assert again is not None
            watcher.close()
            assert await again.next(within_s=30) == ()
            assert again.is_over
            assert watcher.join(0) is None

        asyncio.run(listen())


def test_one_person_leaves_room_for_the_others(tmp_path: Path) -> None:
    """A program that opens lines without end keeps nobody else from live figures; closing one makes room."""
    with open_app(furnish(tmp_path / "home")) as app:
        watcher = Watcher(lambda: app, each_s=0.05)

        async def listen() -> None:
            theirs = [watcher.join(1) for _ in range(MOST_OF_ONE)]
            assert None not in theirs
            assert watcher.join(1) is None
            assert watcher.join(2) is not None
            first = theirs[0]
            assert first is not None
            watcher.leave(first)
            assert watcher.join(1) is not None
            watcher.close()

        asyncio.run(listen())


def test_the_line_that_is_one_too_many_is_told_to_look_again_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a full house; the page says that the line is lost, and tries again."""
    monkeypatch.setattr(watching, "MOST_OF_ONE", 0)
    with desk(furnish(tmp_path / "home"), Role.EDITOR) as here:
        answer = here.client.get("/events")

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")
    assert answer.text == "Too many pages are open. Look again.\n"
