"""Reports fetched from a mailbox: what is asked of the server, and what becomes of the messages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from itertools import count
from pathlib import Path

import pytest
from pydantic import SecretStr

from commands import run_here
from digest.actions.app import App
from digest.actions.mailing import intake
from digest.actions.mailing.bounces import Consequence, Taken
from digest.deliver.imap import folder as imap_folder
from digest.deliver.imap import login
from digest.deliver.imap.folder import ImapFolder
from digest.deliver.imap.round import Course, take_in
from digest.deliver.reports.bounces import MAX_REPORT_BYTES
from digest.errors import Refused, StoreError, TransportError
from digest.model import SubscriptionState
from digest.settings import ImapSettings
from reports_cast import add_reader, consequences, furnish_home, opened, report
from scripted_imap import PASSWORD, USER, ScriptedImap
from scripted_relay import DROP, HANG, TLS
from store_cast import NOW

report_folder = partial(ImapFolder, most_bytes=MAX_REPORT_BYTES, key="delivery.bounces.imap")
ROUND = ["SELECT", "UID SEARCH", "UID FETCH"]


def settings(server: ScriptedImap, scheme: str = "imap", **more: str) -> ImapSettings:
    """Say where the server is."""
    return ImapSettings.model_validate(
        {"url": f"{scheme}://127.0.0.1:{server.port}", "user": USER, "password": SecretStr(PASSWORD)} | more
    )


@contextmanager
def app_with(tmp_path: Path, server: ScriptedImap, done: str = "keep") -> Iterator[App]:
    """Open a home whose reports lie on the server."""
    secret = tmp_path / "secret"
    secret.write_text(PASSWORD, encoding="utf-8")
    way = f"url: 'imap://127.0.0.1:{server.port}', user: '{USER}', password_file: '{secret}', done: {done}"
    with opened(furnish_home(tmp_path / "home", f"{{imap: {{{way}}}}}")) as app:
        yield app


def outcomes(taken: list[Taken]) -> list[tuple[str, str]]:
    """Return what became of each message."""
    return [(one.file, one.outcome.value) for one in taken]


@pytest.mark.parametrize(
    ("done", "offers", "verbs"),
    [
        ("keep", (), ["UID STORE"]),
        ("delete", ("UIDPLUS",), ["UID STORE", "UID EXPUNGE"]),
        ("delete", (), ["UID STORE"]),
        ("Old/Reports", ("MOVE", "UIDPLUS"), ["UID STORE", "UID MOVE"]),
        ("Old/Reports", ("UIDPLUS",), ["UID STORE", "UID COPY", "UID STORE", "UID EXPUNGE"]),
        ("Old/Reports", (), ["UID STORE", "UID COPY", "UID STORE"]),
    ],
)
def test_reports_go_where_the_settings_say(
    tmp_path: Path, done: str, offers: tuple[str, ...], verbs: list[str]
) -> None:
    """With the extensions that a server has, and without; what others marked is never expunged."""
    with ScriptedImap(offers=offers) as server, app_with(tmp_path, server, done) as app:
        reader = add_reader(app)
        number = server.put(report("policy", reader.addresses[0]))
        assert outcomes(list(intake.fetch(app))) == [(f"INBOX/{number}", "noted")]
        seen = [verb for verb in server.verbs() if verb != "CREATE"]
        again = list(intake.fetch(app))

    gone = {"keep": [(number, {"\\Seen"})]}.get(done, [(number, {"\\Seen", "\\Deleted"})])
    assert seen == ROUND + verbs
    assert again == []
    assert server.states() == ([] if {"MOVE", "UIDPLUS"} & set(offers) else gone)
    moved = [one.flags for one in server.folders.get("Old/Reports", [])]
    assert moved == [{"\\Seen"}] * (done == "Old/Reports")  # a mail program shows no unread ones there


@pytest.mark.parametrize("way", ["MOVE", "COPY"])
def test_what_cannot_be_moved_for_now_is_found_by_the_next_round(tmp_path: Path, way: str) -> None:
    """Somebody else has the folder: once it is free, what lay there in between goes the same way."""
    offers = ("MOVE", "UIDPLUS") if way == "MOVE" else ("UIDPLUS",)
    with ScriptedImap(offers=offers) as server, app_with(tmp_path, server, "Old/Reports") as app:
        number = server.put(report("policy", add_reader(app).addresses[0]))
        server.script[f"UID {way}"] = "NO [INUSE] not now"
        with pytest.raises(TransportError, match="not now"):
            list(intake.fetch(app))
        states = server.states()
        server.script.clear()
        taken = outcomes(list(intake.fetch(app)))

    assert states == [(number, set())]
    assert taken == [(f"INBOX/{number}", "known")]
    assert (server.states(), len(server.folders["Old/Reports"])) == ([], 1)


@pytest.mark.parametrize(
    ("done", "verbs"), [("delete", ["UID STORE", "UID EXPUNGE"]), ("Old", ["UID STORE", "UID MOVE"])]
)
def test_what_a_server_offers_after_the_login_is_used(tmp_path: Path, done: str, verbs: list[str]) -> None:
    """Dovecot tells of MOVE and UIDPLUS then only: what was to be deleted stayed for good, marked."""
    then = ("IDLE", "UIDPLUS", "MOVE")
    with ScriptedImap(offers=("IDLE", "AUTH=PLAIN"), then=then) as server:
        server.put(b"x")
        with report_folder(settings(server, done=done), tmp_path) as folder:
            folder.finish(*folder.unread(9))
        assert [verb for verb in server.verbs() if verb.startswith("UID")] == ["UID SEARCH", *verbs]
        assert server.states() == []


@pytest.mark.parametrize(
    ("where", "key"), [({"done": "Processed"}, "done"), ({"folder": "Processed"}, "folder")]
)
def test_folder_that_the_server_names_in_another_way_is_told_before_anything_is_read(
    tmp_path: Path, where: dict[str, str], key: str
) -> None:
    """Cyrus and Courier put one's own folders below INBOX: one report a round was read, and no other."""
    with ScriptedImap([b"x"], offers=("AUTH=PLAIN", "NAMESPACE"), begin="INBOX.") as server:
        with pytest.raises(TransportError) as caught:
            report_folder(settings(server, **where), tmp_path).__enter__()
        assert caught.value.permanent
        assert caught.value.hint == (
            f"as this server names its folders, delivery.bounces.imap.{key} is INBOX.Processed"
        )
        assert "UID FETCH" not in server.verbs()
        server.folders["INBOX.Processed"] = []
        with report_folder(settings(server, **{key: "INBOX.Processed"}), tmp_path):
            pass


def test_folder_that_is_there_and_cannot_be_made_again_is_taken(tmp_path: Path) -> None:
    """Servers say no to CREATE then, some without telling why."""
    with ScriptedImap([b"x"]) as server:
        server.folders["Old"] = []
        server.script["CREATE"] = "NO Permission denied"
        with report_folder(settings(server, done="Old"), tmp_path) as folder:
            folder.finish(*folder.unread(9))
        with pytest.raises(TransportError, match="Older is not there, and cannot be made: Permission denied"):
            report_folder(settings(server, done="Older"), tmp_path).__enter__()

    assert [one.content for one in server.folders["Old"]] == [b"x"]


@pytest.mark.parametrize("code", ["OVERQUOTA", "LIMIT"])
def test_report_that_cannot_be_moved_keeps_none_behind_it_from_being_read(tmp_path: Path, code: str) -> None:
    """The folder of those that are done is full: people are told, and addresses that are gone are known."""
    with ScriptedImap() as server, app_with(tmp_path, server, "Old") as app:
        numbers = [server.put(report("policy", add_reader(app).addresses[0])) for _ in "ab"]
        server.script["UID MOVE"] = f"NO [{code}] no room"
        ended = run_here("bounces", "fetch", home=app.home.root)
        again = run_here("bounces", "fetch", home=app.home.root)

    assert ended.code == 1
    assert "2 messages: 2 noted" in ended.out
    assert "no room" in ended.err
    assert server.states() == [(number, {"\\Seen"}) for number in numbers]
    assert (again.code, again.out.strip()) == (0, "0 messages")


@pytest.mark.parametrize(
    ("done", "command"), [("keep", "STORE"), ("delete", "STORE"), ("Old", "MOVE"), ("Old", "STORE")]
)
def test_what_a_server_refuses_for_now_keeps_none_behind_it_from_being_read(
    tmp_path: Path, done: str, command: str
) -> None:
    """It may say so for days, and who complains meanwhile is mailed no more all the same."""
    with ScriptedImap() as server, app_with(tmp_path, server, done) as app:
        first, second = add_reader(app), add_reader(app)
        server.put(report("policy", first.addresses[0]))
        server.put(report("complaint", second.addresses[0]))
        server.script[f"UID {command}"] = "NO [SERVERBUG] not now"
        ended = run_here("bounces", "fetch", home=app.home.root)
        left = sum("\\Seen" not in flags for _, flags in server.states())
        server.script.clear()
        taken = [one.outcome.value for one in intake.fetch(app)]

    assert "2 messages: 1 noted, 1 ended" in ended.out
    assert "not now" in ended.err
    assert ended.code == 1
    assert (left, taken) == ((0, []) if (done, command) == ("Old", "STORE") else (2, ["known"] * 2))


def test_what_was_taken_before_a_round_failed_is_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beside one that the server could not give: the connection is lost, or the database is busy."""
    with ScriptedImap() as server, app_with(tmp_path, server, "Old") as app:
        damaged = server.put(b"x")
        server.put(report("policy", add_reader(app).addresses[0]))
        server.script |= {f"UID FETCH {damaged}": "NO damaged", "UID MOVE": DROP}
        lost = run_here("bounces", "fetch", home=app.home.root)
        server.put(report("policy", add_reader(app).addresses[0]))
        monkeypatch.setattr(type(app.store), "writing", _full)
        busy = run_here("bounces", "fetch", home=app.home.root)

    assert "2 messages: 1 noted, 1 unreadable" in lost.out
    assert "IMAP: " in lost.err
    assert "1 messages: 1 unreadable" in busy.out
    assert "database or disk is full" in busy.err
    assert (lost.code, busy.code) == (1, 1)


def test_what_is_no_report_of_ours_stays_for_people_to_read(tmp_path: Path) -> None:
    """Somebody answered the mail; a program must not delete a person's letter. Absences are nobody's."""
    with ScriptedImap() as server, app_with(tmp_path, server, "delete") as app:
        mine, other = add_reader(app), add_reader(app).addresses[0].replace("b+", "b+z")
        kinds = ("person", "vacation", "no-such-user")
        letter, _, stranger = (server.put(report(name, other)) for name in kinds)
        server.put(report("no-such-user", mine.addresses[0]))
        taken = list(intake.fetch(app))
        again = list(intake.fetch(app))

    assert [one.outcome.value for one in taken] == ["ignored", "ignored", "stranger", "noted"]
    assert server.states() == [(letter, {"\\Seen"}), (stranger, {"\\Seen"})]
    assert again == []


def test_unread_messages_are_taken_in_the_order_of_their_numbers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A round is bounded, and the next one goes on; long folders are searched in parts."""
    monkeypatch.setattr(imap_folder, "_AT_ONCE", 2)
    monkeypatch.setattr(intake, "MAX_A_ROUND", 3)
    with ScriptedImap([b"x"] * 6) as server, app_with(tmp_path, server) as app:
        server.folders["INBOX"][1].flags.add("\\Seen")
        server.folders["INBOX"][2].flags.add("\\Deleted")
        rounds = [[one.file for one in intake.fetch(app)] for _ in range(3)]

    assert rounds == [["INBOX/11", "INBOX/14", "INBOX/15"], ["INBOX/16"], []]


@pytest.mark.parametrize("refused", ["UID STORE", "UID FETCH"])
def test_messages_that_stay_unread_for_good_hide_none_behind_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refused: str
) -> None:
    """More of them than a round takes were all that each round ever came to."""
    monkeypatch.setattr(intake, "MAX_A_ROUND", 2)
    monkeypatch.setattr(imap_folder, "_AT_ONCE", 3)
    with ScriptedImap() as server, app_with(tmp_path, server) as app:
        reader = add_reader(app)
        for number in range(5):
            server.put(report("policy", reader.addresses[0], f"{number}"))
            server.script[f"{refused} {11 + number}"] = "NO Permission denied"
        behind = [server.put(report("policy", reader.addresses[1], f"behind-{each}")) for each in range(3)]
        taken: list[Taken] = []
        for _ in range(2):
            with suppress(TransportError):  # what the server has against it is told each time
                taken.extend(intake.fetch(app))
        wanted = {f"INBOX/{number}" for number in behind}
        read = [one for one in outcomes(taken) if one[0] in wanted]

    assert read == [(f"INBOX/{number}", "noted") for number in behind]
    assert [flags for number, flags in server.states() if number in behind] == [{"\\Seen"}] * 3


def test_messages_that_cannot_be_marked_bound_a_round(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder of a hundred thousand that nobody may change was read from end to end each time."""
    monkeypatch.setattr(intake, "MAX_A_ROUND", 2)
    with ScriptedImap([b"x"] * 23) as server, app_with(tmp_path, server) as app:
        server.script["UID STORE"] = "NO [NOPERM] Permission denied"
        with pytest.raises(TransportError, match="Permission denied"):
            list(intake.fetch(app))

    assert server.verbs().count("UID FETCH") == 20


def test_service_reads_once_what_it_cannot_mark(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those behind come in; the refusal is told each time, and once it is over all are marked."""
    monkeypatch.setattr(intake, "MAX_A_ROUND", 2)
    course = Course()

    def read(app: App) -> list[int]:
        server.commands.clear()
        with suppress(TransportError):
            list(intake.fetch(app, course))
        return [int(each.split()[2]) for each in server.commands if each.startswith("UID FETCH")]

    with ScriptedImap([b"x"] * 23) as server, app_with(tmp_path, server) as app:
        server.script["UID STORE"] = "NO [NOPERM] Permission denied"
        rounds = [read(app) for _ in range(3)]
        with pytest.raises(TransportError, match="Permission denied"):
            list(intake.fetch(app, course))
        new = server.put(b"new")
        behind = read(app)
        server.validity += 1
        anew = len(read(app))
        server.script.clear()
        while read(app):
            pass

    assert rounds == [list(range(11, 31)), [11, 31, 32, 33], [11]]
    assert behind == [11, new]
    assert anew == 20
    assert all(flags == {"\\Seen"} for _, flags in server.states())


def test_who_fetches_by_hand_what_cannot_be_marked_counts_nothing_twice(tmp_path: Path) -> None:
    """No memory lasts from one command to the next; what is on record does, by the names of the reports."""
    with ScriptedImap() as server, app_with(tmp_path, server) as app:
        gone, full, angry = (add_reader(app) for _ in range(3))
        for name, reader in (("no-such-user", gone), ("mailbox-full", full), ("complaint", angry)):
            server.put(report(name, reader.addresses[0]))
        server.script["UID STORE"] = "NO [NOPERM] Permission denied"
        first = run_here("bounces", "fetch", home=app.home.root)
        with app.store.writing() as tx:  # who complained comes back by their own wish
            assert tx.people.unsuppress(angry.email)
            tx.people.subscribe(
                angry.id, "daily3", state=SubscriptionState.CONFIRMED, at=NOW, consent="form", reopen=True
            )
        before = [consequences(app, one) for one in (gone, full, angry)]
        again, third = (run_here("bounces", "fetch", home=app.home.root) for _ in range(2))
        after = [consequences(app, one) for one in (gone, full, angry)]
        server.put(report("no-such-user", gone.addresses[1]))
        new = run_here("bounces", "fetch", home=app.home.root)

    assert "3 messages: 2 noted, 1 ended" in first.out
    assert before == after
    assert [(len(reports), barred) for reports, barred, _ in after] == [(1, []), (1, []), (1, [])]
    assert after[2][2] == ["confirmed"]
    assert [(one.code, one.out) for one in (again, third)] == [(1, "3 messages: 3 known already\n")] * 2
    assert "Permission denied" in again.err
    assert new.out.startswith("4 messages: 1 suppressed, 3 known already\n")
    assert [f"INBOX/{number}" in new.out for number in range(11, 15)] == [False, False, False, True]


def test_a_round_ends_with_the_service(tmp_path: Path) -> None:
    """Between two messages: what is left is unread, and nothing is taken twice."""
    with ScriptedImap([b"x"] * 3) as server, app_with(tmp_path, server) as app:
        stops = iter([False, True])
        taken = list(intake.fetch(app, Course(lambda: next(stops))))

    assert outcomes(taken) == [("INBOX/11", "ignored")]
    assert [flags for _, flags in server.states()] == [{"\\Seen"}, set(), set()]


def test_a_server_without_end_does_not_keep_a_round_going(tmp_path: Path) -> None:
    """One that names other messages each time, and gives none of them, is asked for as many as it has."""
    numbers = count(100)
    with ScriptedImap([b"x"] * 3) as server:
        for kept in server.folders["INBOX"]:
            kept.flags.add("\\Seen")
        folder = report_folder(settings(server), tmp_path)

        def name_others() -> None:
            others = " ".join(str(next(numbers)) for _ in range(3))
            server.script["UID SEARCH"] = f"* SEARCH {others}"

        server.before = {"UID SEARCH": name_others}
        taken = list(take_in(folder, 100, lambda content, _: content, lambda _: True))

    assert taken == [None] * 3


def test_who_fetches_by_hand_hears_when_a_round_was_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Thousands may lie there, and nothing else would tell that the work is not done."""
    monkeypatch.setattr(intake, "MAX_A_ROUND", 2)
    with ScriptedImap([b"x"] * 3) as server, app_with(tmp_path, server) as app:
        full, rest = (run_here("bounces", "fetch", home=app.home.root).out for _ in range(2))
        server.script |= {f"UID FETCH {server.put(b'x')}": "NO damaged" for _ in range(2)}
        damaged = run_here("bounces", "fetch", home=app.home.root).out

    assert "2 messages" in full
    assert "more may be there: `digest bounces fetch` goes on" in full
    assert "1 messages" in rest
    assert "more" not in rest
    assert "2 unreadable" in damaged
    assert "more" not in damaged  # the next call would find the same two


def test_only_the_beginning_of_a_message_is_fetched(tmp_path: Path) -> None:
    """The whole mail that came back may be behind it."""
    with ScriptedImap([b"a" * 300_000, b""]) as server, report_folder(settings(server), tmp_path) as folder:
        assert [len(folder.read(uid) or b"") for uid in folder.unread(9)] == [MAX_REPORT_BYTES, 0]
        assert folder.read(99) is None
        assert [flags for _, flags in server.states()] == [set(), set()]


def test_a_message_that_cannot_be_had_costs_itself(tmp_path: Path) -> None:
    """Somebody removed it meanwhile, or the server's file of it is damaged; those behind it come in."""
    with ScriptedImap() as server, app_with(tmp_path, server) as app:
        reader = add_reader(app)
        gone, damaged, _ = (server.put(report("policy", reader.addresses[0], each)) for each in "abc")
        inbox = server.folders["INBOX"]
        server.before = {"UID FETCH": lambda: inbox.__setitem__(slice(None), inbox[-2:])}
        server.script[f"UID FETCH {damaged}"] = "NO [SERVERBUG] damaged"
        taken = list(intake.fetch(app))

    assert [one.outcome.value for one in taken] == ["unreadable", "unreadable", "noted"]
    assert server.states() == [(damaged, set()), (13, {"\\Seen"})]
    assert gone == 11


@pytest.mark.parametrize("lost", ["UID STORE", "UID EXPUNGE"])
def test_a_connection_lost_after_the_commit_counts_nothing_twice(tmp_path: Path, lost: str) -> None:
    """The message is there again in the next round, and known."""
    with ScriptedImap() as server, app_with(tmp_path, server, "delete") as app:
        reader = add_reader(app)
        for number, address in enumerate(reader.addresses):
            server.put(report("no-such-user", address, str(number)))
        server.script[lost] = DROP
        with pytest.raises(TransportError) as caught:
            list(intake.fetch(app))
        server.script.clear()
        taken = list(intake.fetch(app))
        found = consequences(app, reader)

    assert not caught.value.permanent
    # After a lost EXPUNGE the first is marked already, and never looked at again.
    assert [one.outcome.value for one in taken] == ["known", "suppressed"][lost == "UID EXPUNGE" :]
    assert found == ([("hard", "5.1.1")] * 2, ["mail comes back: 5.1.1"], ["confirmed"])


def test_a_database_in_trouble_leaves_the_message_unread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is not committed is not marked."""
    with ScriptedImap() as server, app_with(tmp_path, server, "delete") as app:
        reader = add_reader(app)
        server.put(report("complaint", reader.addresses[0]))
        with monkeypatch.context() as broken:
            broken.setattr(type(app.store), "writing", _full)
            with pytest.raises(StoreError):
                list(intake.fetch(app))
        states = server.states()
        taken = list(intake.fetch(app))

    assert states == [(11, set())]
    assert [one.outcome for one in taken] == [Consequence.ENDED]


def test_a_folder_made_anew_loses_no_stranger(tmp_path: Path) -> None:
    """Its numbers mean other messages now; none of them may be deleted for ours."""
    with ScriptedImap([b"x"]) as server, report_folder(settings(server, done="delete"), tmp_path) as folder:
        server.script["UID FETCH"] = "* OK [UIDVALIDITY 8] anew"
        (uid,) = folder.unread(9)
        folder.read(uid)
        with pytest.raises(TransportError, match="made anew"):
            folder.finish(uid)

    assert server.states() == [(11, set())]


def test_tls_is_verified_from_the_first_byte(tmp_path: Path) -> None:
    """Whoever stands between would read every reader's address, and could delete the reports."""
    trusted = {"ca_file": str(TLS / "ca.pem")}
    with ScriptedImap([b"x"], implicit=True) as server:
        with report_folder(settings(server, "imaps", **trusted), tmp_path) as folder:
            assert folder.unread(9) == (11,)
        with pytest.raises(TransportError, match="certificate not trusted") as caught:
            report_folder(settings(server, "imaps"), tmp_path).__enter__()

    assert caught.value.permanent
    assert PASSWORD not in str(caught.value)


def test_over_a_network_nothing_is_said_in_clear(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """STARTTLS is asked for, and a server without it, or with a false certificate, hears no password."""
    monkeypatch.setattr(login, "is_loopback", lambda _host: False)
    trusted = {"ca_file": str(TLS / "ca.pem")}
    with ScriptedImap([b"x"], offers=("STARTTLS", "AUTH=PLAIN")) as server:
        with report_folder(settings(server, **trusted), tmp_path) as folder:
            assert folder.unread(9) == (11,)
        server.commands.clear()
        with pytest.raises(TransportError, match="certificate not trusted"):
            report_folder(settings(server), tmp_path).__enter__()
        server.offers = ("AUTH=PLAIN",)
        with pytest.raises(TransportError, match="no STARTTLS"):
            report_folder(settings(server, **trusted), tmp_path).__enter__()
        server.script["greet"] = "* PREAUTH come in"
        server.offers = ("STARTTLS",)
        with pytest.raises(TransportError):
            report_folder(settings(server, **trusted), tmp_path).__enter__()

    assert [each for each in server.commands if each.startswith(("AUTH", "LOGIN", "SELECT"))] == []


def test_a_server_that_wants_tls_of_its_own_machine_gets_it(tmp_path: Path) -> None:
    """It lets nobody log in before."""
    with ScriptedImap([b"x"], offers=("STARTTLS", "LOGINDISABLED")) as server:
        server.before = {"STARTTLS": lambda: setattr(server, "offers", ("AUTH=PLAIN",))}
        with report_folder(settings(server, ca_file=str(TLS / "ca.pem")), tmp_path) as folder:
            assert folder.unread(9) == (11,)


def test_folders_go_by_the_names_that_people_see(tmp_path: Path) -> None:
    """Where reports arrive, and where they go; either may be one that a server writes in its own way."""
    with ScriptedImap() as server:
        server.folders["R&APw-ckl&AOQ-ufer"] = []
        number = server.put(b"x", "R&APw-ckl&AOQ-ufer")
        there = settings(server, folder="Rückläufer", done="Büro/Erledigt & weg")
        with report_folder(there, tmp_path) as folder:
            folder.finish(*folder.unread(9))

    assert server.states("R&APw-ckl&AOQ-ufer") == []
    assert [one.content for one in server.folders["B&APw-ro/Erledigt &- weg"]] == [b"x"]
    assert number == 11


@pytest.mark.parametrize(
    ("scheme", "folder", "answers", "way_out"),
    [
        ("imap", "INBOX", {"AUTHENTICATE": "NO [AUTHENTICATIONFAILED] no"}, "user and password_file of"),
        ("imap", "Nowhere", {}, "folder and done of"),
        ("imap", "INBOX", {"greet": HANG}, "993 want imaps://"),
        ("imaps", "INBOX", {}, "write imap:// in"),
    ],
)
def test_whoever_wrote_the_settings_is_told_which_is_wrong(
    tmp_path: Path, scheme: str, folder: str, answers: dict[str, str], way_out: str
) -> None:
    """Each of these was met with 'see the settings', or with another try every five minutes for good."""
    with ScriptedImap() as server:
        server.script.update(answers)
        with pytest.raises(TransportError) as caught:
            report_folder(settings(server, scheme, folder=folder), tmp_path, timeout_s=0.3).__enter__()

    assert way_out in (caught.value.hint or "")


def test_a_certificate_for_another_name_is_told_from_one_of_nobody(tmp_path: Path) -> None:
    """An authority in ca_file would not help."""
    with ScriptedImap(implicit=True) as server:
        there = {"url": f"imaps://127.1:{server.port}", "ca_file": str(TLS / "ca.pem")}
        with pytest.raises(TransportError, match="not trusted") as caught:
            report_folder(settings(server, **there), tmp_path).__enter__()

    assert caught.value.hint == "write the host in url as the certificate names it"


def test_a_server_without_plain_is_logged_in_to_in_its_way(tmp_path: Path) -> None:
    """Quotes and backslashes in names and passwords are no commands."""
    with ScriptedImap([b"x"], offers=()) as server:
        with report_folder(settings(server), tmp_path) as folder:
            assert folder.unread(9) == (11,)
        server.offers = ("LOGINDISABLED", "AUTH=LOGIN")
        with report_folder(settings(server), tmp_path) as folder:
            assert folder.unread(9) == (11,)
        server.offers = ("LOGINDISABLED", "AUTH=SCRAM-SHA-256")
        with pytest.raises(TransportError, match=r"no way .* we know .PLAIN, LOGIN.: SCRAM-SHA-256"):
            report_folder(settings(server), tmp_path).__enter__()
        server.offers = ()
        with pytest.raises(TransportError, match="must be ASCII") as caught:
            report_folder(settings(server, user="ölü"), tmp_path).__enter__()
        server.script["greet"] = "* PREAUTH come in"
        with report_folder(settings(server), tmp_path) as folder:
            assert folder.unread(9) == (11,)

    assert caught.value.permanent


@pytest.mark.parametrize(
    ("command", "answer", "permanent"),
    [
        ("greet", "* BYE too many", False),
        ("greet", "HTTP/1.1 400 Bad Request", False),
        ("greet", DROP, False),
        ("AUTHENTICATE", "NO [AUTHENTICATIONFAILED] not you", True),
        ("AUTHENTICATE", "NO [UNAVAILABLE] later", False),
        ("SELECT", "NO [NONEXISTENT] no such folder", True),
        ("SELECT", "* OK [READ-ONLY] look only", False),
        ("SELECT", HANG, False),
        ("UID SEARCH", "BAD what?", True),
        ("UID SEARCH", "* SEARCH eleven", True),
        ("UID SEARCH", "* BYE going down", False),
        ("UID FETCH", DROP, False),
        ("UID STORE", "NO [SERVERBUG] oops", False),
        ("UID STORE", "NO never", True),
    ],
)
def test_what_the_server_says_is_told_with_whether_to_try_again(
    tmp_path: Path, command: str, answer: str, permanent: bool
) -> None:
    """One error for all that can go wrong, with the place, and without the password."""
    with ScriptedImap([b"x"]) as server:
        server.script[command] = answer
        with pytest.raises(TransportError) as caught:
            _read_and_mark(report_folder(settings(server), tmp_path, timeout_s=0.3))

    assert caught.value.permanent is permanent
    assert caught.value.where == f"imap://127.0.0.1:{server.port}, folder INBOX"
    assert caught.value.message.startswith("IMAP: ")
    assert PASSWORD not in str(caught.value)


def test_no_more_is_read_than_was_asked_for(tmp_path: Path) -> None:
    """A server that announces a hundred megabytes gets no memory for them."""
    with ScriptedImap([b"x"]) as server:
        server.script["UID FETCH"] = "* 1 FETCH (UID 11 BODY[]<0> {99999999}"
        with pytest.raises(TransportError, match="more than was asked for"):
            _read_and_mark(report_folder(settings(server), tmp_path))


def test_without_a_mailbox_nothing_is_asked(tmp_path: Path) -> None:
    """The command says what is missing."""
    with opened(furnish_home(tmp_path / "home")) as app, pytest.raises(Refused, match="no mailbox"):
        intake.fetch(app)


def _read_and_mark(folder: ImapFolder) -> None:
    with folder:
        for uid in folder.unread(9):
            folder.read(uid)
            folder.mark(uid)
    if folder.refusal is not None:
        raise folder.refusal


def _full(_store: object) -> object:
    raise StoreError("database or disk is full")
