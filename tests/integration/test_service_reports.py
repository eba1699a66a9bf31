"""Reports and systemd: what else a service does while it waits for the next slot."""

from __future__ import annotations

import smtplib
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from digest.actions.mailing import intake
from digest.clock import system_clock
from digest.schedule import Way
from reports_cast import Reader, add_reader, consequences, furnish_home, opened, report
from scripted_imap import PASSWORD, USER, ScriptedImap
from service_cast import QUICK, Running, until

NOTED = ([("hard", "5.1.1")], [], ["confirmed"])


@pytest.fixture(autouse=True)
def _fresh_logs() -> Iterator[None]:
    yield
    structlog.reset_defaults()


def led_to(root: Path, reader: Reader) -> object:
    """Return what a reader's reports led to."""
    with opened(root) as app:
        return consequences(app, reader)


def listens(path: Path) -> bool:
    """Tell whether a server answers: its file is there a moment before."""
    with socket.socket(socket.AF_UNIX) as caller:
        return caller.connect_ex(str(path)) == 0


def hand_over(path: Path, address: str) -> None:
    """Do as a mail server does."""
    with smtplib.LMTP(str(path)) as smtp:
        smtp.sendmail("<>", [address], report("no-such-user", address))


def fetch_from(server: ScriptedImap, root: Path, *, every: str) -> None:
    """Let a home's reports come from a mailbox."""
    (root / "keys" / "imap").write_text(PASSWORD, encoding="utf-8")
    way = f"url: 'imap://127.0.0.1:{server.port}', user: '{USER}', password_file: keys/imap, every: {every}"
    system = root / "config" / "digest.yaml"
    text = system.read_text("utf-8").replace("bounces: {}", f"bounces: {{imap: {{{way}}}}}")
    system.write_text(text, encoding="utf-8")


def test_the_service_listens_where_the_settings_say_and_moves_with_them(tmp_path: Path) -> None:
    """A changed place takes effect without a restart, and the old one is given up."""
    root = furnish_home(tmp_path / "home", "{listen: {url: 'lmtp+unix:var/a.sock'}}")
    with opened(root) as app:
        sam, ada = add_reader(app), add_reader(app)
    system = root / "config" / "digest.yaml"
    before, after = root / "var" / "a.sock", root / "var" / "b.sock"
    with Running(root):
        until(lambda: listens(before))
        hand_over(before, sam.addresses[0])
        system.write_text(system.read_text("utf-8").replace("a.sock", "b.sock"), encoding="utf-8")
        until(lambda: listens(after) and not before.exists())
        hand_over(after, ada.addresses[0])

    assert led_to(root, sam) == led_to(root, ada) == NOTED
    assert not after.exists()


def test_the_service_reads_the_mailbox_by_itself(tmp_path: Path) -> None:
    """As often as its `every` says, a report that comes later, too."""
    root = furnish_home(tmp_path / "home")
    with opened(root) as app:
        sam, ada = add_reader(app), add_reader(app)
    with ScriptedImap([report("no-such-user", sam.addresses[0])]) as server:
        fetch_from(server, root, every="1s")
        with Running(root):
            until(lambda: led_to(root, sam) == NOTED)
            server.put(report("no-such-user", ada.addresses[0]))
            until(lambda: led_to(root, ada) == NOTED)
    with opened(root) as app, app.store.reading() as tx:
        fetched = [line for line in tx.history.list() if line.event == "reports"]

    assert [(line.outcome, line.counts, line.run is not None) for line in fetched] == [
        ("ok", {"noted": 1}, True)
    ] * 2


def test_a_full_mailbox_is_read_to_its_end_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After an edition to a bad list thousands lie there, and a round takes in some hundreds."""
    monkeypatch.setattr(intake, "MAX_A_ROUND", 2)
    root = furnish_home(tmp_path / "home")
    with opened(root) as app:
        readers = [add_reader(app) for _ in range(5)]
    with ScriptedImap(report("no-such-user", one.addresses[0]) for one in readers) as server:
        fetch_from(server, root, every="1h")
        with Running(root):
            until(lambda: led_to(root, readers[-1]) == NOTED)

    assert server.verbs().count("SELECT") == 3


def test_systemd_hears_that_it_is_ready_alive_and_ending(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Type=notify waits for the first, WatchdogSec for the second."""
    root = furnish_home(tmp_path / "home")
    name = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(name)
        systemd.settimeout(60)
        monkeypatch.setenv("NOTIFY_SOCKET", name)
        with Running(root, system_clock, Way(pace=QUICK, listen="none")) as running:
            heard = [systemd.recv(100), systemd.recv(100)]
            assert running.port == 0
        while heard[-1] == b"WATCHDOG=1":
            heard.append(systemd.recv(100))

    assert heard[:2] == [b"READY=1", b"WATCHDOG=1"]
    assert heard[-1] == b"STOPPING=1"
