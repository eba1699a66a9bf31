"""The whole service at work: slots, mails, changed files, signals, and several at once."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import structlog
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import select, update

from commands import DAILY, SYSTEM, furnish, run_here
from crashing import ARTICLES, Sink, books, prepare
from digest.actions.steering.review import sendable
from digest.bootstrap import open_app
from digest.deliver.mailbox import Mailbox, MailboxRules, Mishap
from digest.errors import Refused
from digest.model import AlertKind, HistoryEntry
from digest.schedule import Way, deed, planning, sendings
from digest.store import Enrolment, NewSubscriber, Store, Transaction, open_store
from digest.store.tables import article_revisions, articles
from hook_receiver import Receiver
from scripted_relay import HANG, ScriptedRelay
from service_cast import QUICK, Hurried, Running, until

BEFORE = datetime(2026, 11, 19, 5, 50, tzinfo=UTC)  #: ten minutes before seven in Berlin
SCHEDULED = DAILY + "schedule: [{at: '07:00'}]\n"
READERS = 5


@pytest.fixture(autouse=True)
def _fresh_logs() -> Iterator[None]:
    yield
    structlog.reset_defaults()


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Mailbox]:
    """Where mail arrives."""
    with Mailbox(tmp_path / "box") as running:
        yield running


@pytest.fixture
def home(tmp_path: Path, box: Mailbox) -> Path:
    """A home with a schedule, articles and readers."""
    return furnished(tmp_path / "home", box.port)


def furnished(root: Path, port: int, *, database: str = "sqlite:///var/digest.db") -> Path:
    """Make a home whose digest is due at seven and whose relay listens at a port."""
    furnish(root)
    system = SYSTEM.format(port=port).replace("sqlite:///var/digest.db", f'"{database}"')
    (root / "config" / "digest.yaml").write_text(system, encoding="utf-8")
    assert run_here("ingest", ARTICLES, home=root).code == 0
    people = [Enrolment(new=NewSubscriber(email=f"r{n}@example.org"), consent="form") for n in range(READERS)]
    with (
        closing(opened(root)) as store,
        store.writing() as tx,
    ):
        tx.people.enrol(people, "daily", at=BEFORE - timedelta(days=1))
        tx.articles.connection.execute(update(articles).values(collected_at=BEFORE - timedelta(hours=1)))
    (root / "config" / "digests" / "daily.yaml").write_text(SCHEDULED, encoding="utf-8")
    return root


def opened(root: Path) -> Store:
    """Open a home's database, also while its other settings have faults."""
    written = re.search(r'^database: "?([^"\s]+)', (root / "config" / "digest.yaml").read_text("utf-8"))
    assert written is not None
    return open_store(written[1], home=root)


@contextmanager
def stored(root: Path) -> Iterator[Transaction]:
    """Read a home's database."""
    with closing(opened(root)) as store, store.reading() as tx:
        yield tx


def history(root: Path) -> list[HistoryEntry]:
    """Read the history, the oldest line first."""
    with stored(root) as tx:
        return list(reversed(tx.history.list()))


def alerts(root: Path) -> list[AlertKind]:
    """Read the kinds of the alerts, the oldest first."""
    with stored(root) as tx:
        return [alert.kind for _, _, alert in reversed(tx.alerts.list())]


def titles(root: Path) -> list[str]:
    """Read the titles of all articles."""
    with stored(root) as tx:
        return list(tx.articles.connection.scalars(select(article_revisions.c.title)))


def events(root: Path) -> list[tuple[str, str]]:
    """Read what the history tells, but for starts and stops."""
    return [(one.event, one.outcome) for one in history(root) if one.event not in {"start", "stop"}]


def lines(written: str) -> list[dict[str, object]]:
    """Read the log."""
    return [json.loads(line) for line in written.splitlines()]


def test_a_slot_becomes_mail_by_itself(home: Path, box: Mailbox, capsys: pytest.CaptureFixture[str]) -> None:
    """The promise of the whole: nobody does anything, and seven o'clock has its edition."""
    with Running(home, Hurried(BEFORE, 600)) as running:
        until(lambda: ("send", "ok") in events(home))
        text = running.get("/metrics")[1]
        capsys.readouterr()
    sent = box.messages()

    assert sorted(recipient for one in sent for recipient in one.recipients) == [
        f"r{n}@example.org" for n in range(READERS)
    ]
    assert [event for event in events(home) if event[0] in {"build", "send"}] == [
        ("build", "ok"),
        ("send", "begun"),
        ("send", "ok"),
    ]
    (closed,) = [one for one in history(home) if (one.event, one.outcome) == ("send", "ok")]
    assert (closed.by, closed.digest, closed.slot) == ("worker", "daily", "2026-11-19T07:00")
    assert (closed.counts["frozen"], closed.counts["sent"], closed.counts["failed"]) == (READERS, READERS, 0)
    assert closed.at >= BEFORE + timedelta(minutes=10)
    assert [one.event for one in history(home)][0 :: len(history(home)) - 1] == ["start", "stop"]
    assert "digest_editions" in text


def test_one_run_can_be_followed_through_log_and_history(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The same word in both, and no address in either."""
    with Running(home, Hurried(BEFORE, 600)):
        until(lambda: ("send", "ok") in events(home))
    written = capsys.readouterr().err
    of_log = {(line["event"], line.get("run")) for line in lines(written)}
    runs = {(one.event, one.outcome): one.run for one in history(home)}

    assert ("slot_built", runs["build", "ok"]) in of_log
    assert ("sending_begun", runs["send", "begun"]) in of_log
    assert ("sending_ended", runs["send", "ok"]) in of_log
    assert runs["send", "begun"] == runs["send", "ok"] != runs["build", "ok"]
    assert ("service_started", runs["start", "ok"]) in of_log
    assert re.search(r"r\d@", written) is None


def test_the_figures_can_be_read_by_prometheus(home: Path) -> None:
    """Judged by its own reader, after a slot that went out."""
    with Running(home, Hurried(BEFORE, 600)) as running:
        until(lambda: ("send", "ok") in events(home))
        until(lambda: 'digest_relay_up{relay="main"} 1.0' in running.get("/metrics")[1])
    with Running(home, Hurried(BEFORE + timedelta(minutes=30))) as running:
        until(lambda: "digest_relay_up{" in running.get("/metrics")[1])
        until(lambda: 'seconds_count{part="schedule"}' in running.get("/metrics")[1])
        families = {
            family.name: family for family in text_string_to_metric_families(running.get("/metrics")[1])
        }
    samples = {
        (sample.name, *sample.labels.values()): sample.value
        for family in families.values()
        for sample in family.samples
    }

    assert samples["digest_editions", "sent"] == 1
    assert samples["digest_editions", "draft"] == 0
    assert samples["digest_deliveries", "sent"] == READERS
    assert samples["digest_deliveries", "open"] == 0
    assert samples["digest_slot_lateness_seconds_count",] == 1
    assert samples["digest_slot_lateness_seconds_sum",] >= 0
    assert samples["digest_slot_lateness_seconds_bucket", "+Inf"] == 1
    assert samples["digest_queue_age_seconds",] == 0
    assert samples["digest_relay_up", "main"] == 1
    assert samples["digest_alerts_waiting", "mail"] == samples["digest_alerts_waiting", "new"] == 0
    assert samples["digest_settings_valid",] == 1
    assert samples["digest_database_up",] == 1
    assert samples["digest_tick_seconds_count", "schedule"] >= 1
    assert ("digest_part_age_seconds", "sending") in samples
    assert families["digest_slot_lateness_seconds"].type == "histogram"


def test_a_changed_file_takes_effect_and_a_faulty_one_does_not(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a restart; the old settings hold until the fault is mended, and people are told."""
    daily = home / "config" / "digests" / "daily.yaml"
    with Running(home, Hurried(BEFORE - timedelta(days=1))) as running:
        daily.write_text(SCHEDULED.replace("07:00", "07:61"), encoding="utf-8")
        until(lambda: not running.json("/ready")["settings"]["valid"])
        status, _ = running.get("/ready")
        ready = running.json("/ready")
        assert (status, ready["ready"]) == (200, True)
        assert [each.rpartition("daily.yaml")[2] for each in ready["settings"]["faults"]] == [
            ":9:schedule.0.at"
        ]
        assert "digest_settings_valid 0.0" in running.get("/metrics")[1]
        until(lambda: AlertKind.SETTINGS in alerts(home))
        daily.write_text(SCHEDULED.replace("07:00", "06:30"), encoding="utf-8")
        until(lambda: running.json("/ready")["settings"]["valid"])
        other = home / "config" / "digests" / "weekly.yaml"
        other.write_text(DAILY.replace("The Daily Brief\n", "The Weekly\n", 1), encoding="utf-8")
        until(lambda: events(home).count(("reload", "ok")) == 2)
    written = capsys.readouterr().err

    assert [one for one in events(home) if one[0] == "reload"] == [
        ("reload", "refused"),
        ("reload", "ok"),
        ("reload", "ok"),
    ]
    assert [line["event"] for line in lines(written) if str(line["event"]).startswith("settings_")] == [
        "settings_refused",
        "settings_taken",
        "settings_taken",
    ]
    assert alerts(home) == [AlertKind.SETTINGS]


def test_what_only_a_restart_can_change_is_said(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The rest of the file holds from now on."""
    system = home / "config" / "digest.yaml"
    text = system.read_text("utf-8")
    with Running(home, Hurried(BEFORE - timedelta(days=1))) as running:
        system.write_text(
            text.replace("sqlite:///var/digest.db", "sqlite:///var/other.db")
            + "service: {listen: '127.0.0.1:9999'}\nlog_level: debug\n",
            encoding="utf-8",
        )
        until(lambda: running.json("/ready")["settings"]["wait_for_a_restart"])

        assert running.json("/ready")["settings"]["wait_for_a_restart"] == ["database", "service.listen"]
        assert "digest_database_up 1.0" in running.get("/metrics")[1]
        system.write_text(text, encoding="utf-8")
        until(lambda: not running.json("/ready")["settings"]["wait_for_a_restart"])
    assert not (home / "var" / "other.db").exists()
    assert "settings_wait_for_a_restart" in capsys.readouterr().err


def test_a_theme_that_cannot_be_laid_out_is_no_valid_change(home: Path) -> None:
    """It would be noticed at seven o'clock, by the readers."""
    daily = home / "config" / "digests" / "daily.yaml"
    with Running(home, Hurried(BEFORE - timedelta(days=1))) as running:
        daily.write_text(SCHEDULED + "theme: nowhere\n", encoding="utf-8")
        until(lambda: not running.json("/ready")["settings"]["valid"])


def test_a_part_that_hangs_shows_in_live(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever watches restarts the process; the other parts go on meanwhile."""
    release = threading.Event()
    monkeypatch.setattr(planning, "advance", lambda *_, **__: release.wait(60))
    way = Way(pace=replace(QUICK, hung_s=2.0, grace_s=0.5), listen="127.0.0.1:0")
    with Running(home, Hurried(BEFORE), way) as running:
        until(lambda: running.get("/live")[0] == 503)
        assert running.json("/live")["hung"] == ["schedule"]
        running.stop()
        release.set()

    assert running.left == ("schedule",)


def test_a_part_that_dies_is_set_to_work_again(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A fault of ours at six must not cost the slot at seven."""
    real, times = planning.advance, [0]

    def advance(*args: object, **more: object) -> object:
        times[0] += 1
        if times[0] <= 2:
            raise ZeroDivisionError
        return real(*args, **more)

    monkeypatch.setattr(planning, "advance", advance)
    with Running(home, Hurried(BEFORE, 120)):
        until(lambda: ("send", "ok") in events(home))
    died = [line for line in lines(capsys.readouterr().err) if line["event"] == "part_died"]

    assert [(line["part"], "ZeroDivisionError" in str(line["exception"])) for line in died] == [
        ("schedule", True)
    ] * 2


def test_a_part_that_keeps_failing_is_told_once(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody reads logs at night; the part goes on being tried, and is alive but not ready."""
    times = [0]

    def advance(*_: object, **__: object) -> None:
        times[0] += 1
        raise ZeroDivisionError

    monkeypatch.setattr(planning, "advance", advance)
    monkeypatch.setattr(deed, "TELL_AFTER", 3)
    with Running(home, Hurried(BEFORE)) as running:
        until(lambda: times[0] >= 6)
        until(lambda: alerts(home))
        assert running.get("/live")[0] == 200
        until(lambda: running.get("/ready")[0] == 503)
        assert running.json("/ready")["trouble"] == [
            "the part 'schedule' fails again and again; the log says why"
        ]
        figures = running.get("/metrics")[1]

    assert float(re.findall(r'digest_part_failures{part="schedule"} (\S+)', figures)[0]) >= 3
    assert 'digest_part_failures{part="settings"} 0.0' in figures
    assert alerts(home) == [AlertKind.FAILED]


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_three_services_on_one_database_send_one_edition(
    database: str, tmp_path: Path, box: Mailbox, request: pytest.FixtureRequest
) -> None:
    """Any number of each part may run."""
    on_server = {"database": request.getfixturevalue("postgres_bare")} if database == "postgresql" else {}
    home = furnished(tmp_path / "home", box.port, **on_server)
    clock = Hurried(BEFORE, 600)
    with Running(home, clock), Running(home, clock), Running(home, clock):
        until(lambda: ("send", "ok") in events(home))
        time.sleep(1.0)

    assert len(box.messages()) == READERS
    assert [one for one in events(home) if one[0] in {"build", "send"}] == [
        ("build", "ok"),
        ("send", "begun"),
        ("send", "ok"),
    ]


def test_scheduler_and_worker_apart_do_the_same(home: Path, box: Mailbox) -> None:
    """The halves meet in the database only."""
    clock = Hurried(BEFORE, 600)
    halves = [Way(parts=(part,), pace=QUICK, listen="127.0.0.1:0") for part in ("schedule", "sending")]
    with Running(home, clock, halves[0]) as scheduler:
        until(lambda: ("build", "ok") in events(home))
        time.sleep(0.5)
        assert box.messages() == ()
        assert set(scheduler.json("/live")["ages_s"]) == {
            "collecting",
            "pruning",
            "sources",
            "inbox-maildir",
            "inbox-imap",
            "settings",
            "schedule",
            "alerts",
            "reports",
            "listener",
        }
        with Running(home, clock, halves[1]) as worker:
            until(lambda: ("send", "ok") in events(home))
            assert {"settings", "sending", "relays"} <= set(worker.json("/live")["ages_s"])


def test_articles_are_taken_in_from_a_folder(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As they come; one that is still being written waits until it is at rest, a bad one costs itself."""
    inbox = home / "inbox"
    inbox.mkdir()
    system = home / "config" / "digest.yaml"
    text = system.read_text("utf-8")
    system.write_text(text + "collect: {folders: [inbox], every: 1s}\n", encoding="utf-8")
    with Running(home, Hurried(BEFORE - timedelta(days=1))):
        (inbox / "fresh.md").write_text(
            "# A fresh pier\n\nThe pier opened again on Monday.\n", encoding="utf-8"
        )
        (inbox / "bad.html").write_bytes(b"%PDF-1.7")
        until(lambda: "A fresh pier" in titles(home))
        (inbox / "later.md").write_text("# A later boat\n\nThe boat came on Tuesday.\n", encoding="utf-8")
        until(lambda: "A later boat" in titles(home))
    told = [line for line in lines(capsys.readouterr().err) if line["event"] == "collected"]

    # The bad one may come to rest a look later than the good one beside it, and then has a line of its own.
    assert [line["new"] for line in told if line["new"]] == [1, 1]
    assert titles(home).count("A fresh pier") == 1


def test_a_folder_that_is_not_there_is_told(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A mount that failed; the other parts go on."""
    system = home / "config" / "digest.yaml"
    text = system.read_text("utf-8")
    system.write_text(text + "collect: {folders: [nowhere], dead_after: 3}\n", encoding="utf-8")
    with Running(home, Hurried(BEFORE, 600)) as running:
        until(lambda: ("send", "ok") in events(home))
        until(lambda: AlertKind.SOURCE_DEAD in alerts(home))
        assert running.get("/ready")[0] == 200
    failed = [line for line in lines(capsys.readouterr().err) if line["event"] == "folder_failed"]

    assert {(line["folder"], line["reason"]) for line in failed} == {("nowhere", "no such folder")}
    assert alerts(home) == [AlertKind.SOURCE_DEAD]


def test_a_sender_that_is_refused_holds_the_edition_and_people_are_told(tmp_path: Path) -> None:
    """By the pager, which hears of it from the same service."""
    with Receiver() as pager, ScriptedRelay({"mail": "550 5.7.1 sender refused"}) as relay:
        entry = f"{{name: pager, url: '{pager.url}', secret_file: keys/p, kinds: [sender-fault]}}"
        more = f"alerts: {{webhooks: [{entry}]}}\n"
        root = furnished(tmp_path / "home", relay.port)
        (root / "keys" / "p").write_text("whsec_" + "A" * 32, encoding="utf-8")
        system = root / "config" / "digest.yaml"
        system.write_text(system.read_text("utf-8") + more, encoding="utf-8")
        with Running(root, Hurried(BEFORE, 600)):
            until(lambda: pager.calls)
    (call,) = pager.calls

    assert call.data["type"] == "digest.sender-fault"
    assert call.data["data"]["digest"] == "daily"
    assert ("send", "held") in events(root)
    assert books(root).sent == 0


def test_an_edition_that_only_waits_gives_its_place_to_others(tmp_path: Path) -> None:
    """One whose relay puts everybody off must not keep a second digest from its readers."""
    put_off = {f"r{n}@example.org": Mishap(when="rcpt", reply="450 4.2.0 later") for n in range(READERS)}
    with Mailbox(tmp_path / "later", rules=MailboxRules(mishaps=put_off)) as slow:
        root = furnished(tmp_path / "home", slow.port)
        system = root / "config" / "digest.yaml"
        system.write_text(system.read_text("utf-8") + "service: {sendings: 1}\n", encoding="utf-8")
        weekly = SCHEDULED.replace("The Daily Brief\n", "The Weekly\n", 1).replace("07:00", "07:30")
        (root / "config" / "digests" / "weekly.yaml").write_text(weekly, encoding="utf-8")
        with closing(open_store("sqlite:///var/digest.db", home=root)) as store, store.writing() as tx:
            person = Enrolment(new=NewSubscriber(email="olu@example.org"), consent="form")
            tx.people.enrol([person], "weekly", at=BEFORE - timedelta(days=1))
        way = Way(pace=replace(QUICK, yield_s=0.5), listen="none")
        with Running(root, Hurried(BEFORE, 600), way):
            until(lambda: any("olu@example.org" in one.recipients for one in slow.messages()))

    assert ("send", "ok") in [(one.event, one.outcome) for one in history(root) if one.digest == "weekly"]


def test_sending_that_fails_again_and_again_is_told_once(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three times in a row; it goes on being tried, and the history does not fill with it."""
    times = [0]

    def fail(*_: object) -> None:
        times[0] += 1
        raise Refused("nobody subscribes to daily")

    monkeypatch.setattr(sendings, "send", fail)
    with Running(home, Hurried(BEFORE, 600)):
        until(lambda: times[0] >= 6)

    notes = [one.note or "" for one in history(home) if (one.event, one.outcome) == ("send", "failed")]

    assert alerts(home).count(AlertKind.FAILED) == 1
    assert notes[:4] == [f"nobody subscribes to daily (failure {n} in a row)" for n in (1, 2, 3, 4)]
    assert {note.split()[-4] for note in notes[4:]} <= {"8", "16", "32", "64"}


def test_a_home_that_must_not_send_is_not_ready(home: Path) -> None:
    """A restored backup waits for somebody's word, and the machine that watches says so."""
    with Running(home, Hurried(BEFORE, 600)):
        until(lambda: ("send", "ok") in events(home))
    backup = home / "copy.db"
    assert run_here("db", "backup", backup, home=home).code == 0
    for file in (home / "var").glob("digest.db*"):
        file.unlink()
    backup.rename(home / "var" / "digest.db")
    with Running(home, Hurried(BEFORE + timedelta(hours=1))) as running:
        status, text = running.get("/ready")

    assert status == 503
    assert "a copy that `digest db backup` made" in text


def failures(running: Running) -> float:
    """How often in a row all parts have failed, together."""
    return sum(map(float, re.findall(r"digest_part_failures{.*} (\S+)", running.get("/metrics")[1])))


def test_a_database_that_is_gone_is_told_and_not_fatal(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A server may restart at night; the figures say what is known."""
    with Running(home, Hurried(BEFORE - timedelta(days=1))) as running:
        with closing(open_store("sqlite:///var/digest.db", home=home)) as store, store.writing() as tx:
            tx.history.connection.exec_driver_sql("ALTER TABLE editions RENAME TO gone")
        until(lambda: "digest_database_up 0.0" in running.get("/metrics")[1])
        until(lambda: failures(running) > 0)
        with closing(open_store("sqlite:///var/digest.db", home=home)) as store, store.writing() as tx:
            tx.history.connection.exec_driver_sql("ALTER TABLE gone RENAME TO editions")
        assert running.get("/live")[0] == 200
        until(lambda: failures(running) == 0)

    assert "part_failed" in capsys.readouterr().err
    assert running.left == ()


class Process:
    """The real command in a process of its own."""

    def __init__(self, root: Path, command: str, *options: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "digest", command, "--listen", "none", *options],
            env={**os.environ, "DIGEST_HOME": str(root)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def end(self, *signals: signal.Signals) -> tuple[int, str, str, float]:
        """Send signals and wait; return status, both outputs and the seconds it took."""
        begun = time.monotonic()
        for number in signals:
            self.process.send_signal(number)
            time.sleep(0.5)
        out, err = self.process.communicate(timeout=60)
        return self.process.returncode, out, err, time.monotonic() - begun


def begun(root: Path) -> Callable[[], bool]:
    """Whether a service has begun."""
    return lambda: any(one.event == "start" for one in history(root))


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_that_is_told_to_stop_finishes_what_is_in_flight(
    tmp_path: Path, number: signal.Signals
) -> None:
    """In the middle of an edition; the next one goes on, and nobody gets two."""
    with Sink(tmp_path) as sink:
        sink.tell("pace", 0.01, 0.05)
        root = prepare(tmp_path / "home", sink.port, readers=200, on_unknown="hold", connections=2)
        assert run_here("editions", "approve", "1", home=root).code == 0
        worker = Process(root, "worker", "--json")
        sink.wait_for(20)
        code, out, err, seconds = worker.end(number)
        between = books(root)
        sink.tell("well")
        again = Process(root, "worker", "--json")
        until(lambda: books(root).balance)
        assert again.end(number)[0] == 0
        taken = [one.recipient for one in sink.seen()]

    assert (code, json.loads(out)) == (0, {"stopped": True, "left": []})
    assert seconds < 30
    (line,) = [one for one in history(root) if one.outcome == "interrupted"]
    assert (line.event, line.by, line.counts["sent"]) == ("send", "worker", between.sent)
    assert line.seconds is not None
    assert between.unknown == 0
    assert 20 <= between.sent < 200
    assert sorted(taken) == sorted({*taken})
    assert (len(taken), books(root).sent) == (200, 200)
    assert "@" not in err
    assert "Traceback" not in err


@pytest.mark.slow
def test_a_second_signal_is_obeyed_at_once(tmp_path: Path) -> None:
    """Also while a relay says nothing."""
    with ScriptedRelay({"dot": HANG}) as relay:
        root = prepare(tmp_path / "home", relay.port, readers=3, on_unknown="hold", connections=1)
        assert run_here("editions", "approve", "1", home=root).code == 0
        worker = Process(root, "worker", "--json")
        until(lambda: relay.bodies)
        code, _, err, seconds = worker.end(signal.SIGTERM, signal.SIGTERM)

    assert code == 143
    assert seconds < 15
    assert "Traceback" not in err


@pytest.mark.slow
def test_a_service_that_sends_nothing_stops_at_once_and_well(tmp_path: Path) -> None:
    """A machine that is shut down does not wait for an idle service."""
    root = furnish(tmp_path / "home")
    service = Process(root, "serve", "--web", "none", "--json")
    until(begun(root))
    code, out, _, seconds = service.end(signal.SIGTERM)

    assert (code, json.loads(out)["left"]) == (0, [])
    assert seconds < 15
    assert [one.event for one in history(root)] == ["start", "stop"]


@pytest.mark.slow
def test_a_journal_gets_lines_of_json_only(tmp_path: Path) -> None:
    """A program that reads the log stops at the first line that is none."""
    root = furnish(tmp_path / "home")
    service = Process(root, "serve", "--web", "none")
    until(begun(root))
    code, out, err, _ = service.end(signal.SIGTERM)

    assert (code, out) == (0, "")
    assert all("event" in line for line in lines(err))


def test_nothing_is_sendable_before_anybody_says_so(home: Path) -> None:
    """A draft that somebody builds by hand is not the service's business."""
    assert run_here("build", "daily", "--at", "2026-11-19T07:10:00+01:00", home=home).code == 0
    with open_app(home, clock=lambda: BEFORE + timedelta(hours=1)) as app:
        assert sendable(app) == ()
