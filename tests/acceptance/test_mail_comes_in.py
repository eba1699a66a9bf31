"""Reports that come in by themselves: the commands, a busy database, and a listener that is killed."""

from __future__ import annotations

import os
import signal
import smtplib
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest

from commands import run_here
from digest.actions.home.instance import begin_run
from digest.actions.mailing import intake
from digest.actions.mailing.bounces import take
from digest.store import connecting
from reports_cast import Reader, add_reader, consequences, furnish_home, opened, report
from scripted_imap import PASSWORD, USER, ScriptedImap

SOCKET = "{listen: {url: 'lmtp+unix:var/lmtp.sock'}}"
NOTED = ([("hard", "5.1.1")], [], ["confirmed"])
DIES = """
import os, signal, sys
from pathlib import Path
from digest.actions.mailing import intake
from digest.actions.mailing.bounces import take
from digest.bootstrap import open_app
kill = lambda _taken: os.kill(os.getpid(), signal.SIGKILL)
with open_app(Path(sys.argv[1])) as app, intake.listener(app, kill):
    print("listening", flush=True)
    signal.pause()
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A home that listens at a Unix socket."""
    return furnish_home(tmp_path / "home", SOCKET)


@pytest.fixture
def reader(root: Path) -> Reader:
    """Somebody whose mail comes back."""
    with opened(root) as app:
        return add_reader(app)


def hand_over(root: Path, address: str, name: str = "no-such-user") -> None:
    """Do as a mail server does."""
    with smtplib.LMTP(str(root / "var" / "lmtp.sock")) as smtp:
        smtp.sendmail("<>", [address], report(name, address))


def written(folder: Path, message: bytes) -> Path:
    """Write a report to a file."""
    (folder / "report.eml").write_bytes(message)
    return folder / "report.eml"


def found(root: Path, reader: Reader) -> object:
    """Return what a reader's reports led to."""
    with opened(root) as app:
        return consequences(app, reader)


@contextmanager
def running(root: Path, *command: str) -> Iterator[subprocess.Popen[str]]:
    """Run a listener in a process of its own, once it says that it listens."""
    env = os.environ | {"DIGEST_HOME": str(root)}
    with subprocess.Popen(
        [sys.executable, *command], env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("listening")
        yield process


def test_a_mailbox_is_fetched_by_command(tmp_path: Path) -> None:
    """Once a call, for cron."""
    (tmp_path / "secret").write_text(PASSWORD)
    with ScriptedImap() as server:
        way = f"url: 'imap://127.0.0.1:{server.port}', user: '{USER}', password_file: '{tmp_path}/secret'"
        root = furnish_home(tmp_path / "home", f"{{imap: {{{way}}}}}")
        with opened(root) as app:
            reader = add_reader(app)
        server.put(report("no-such-user", reader.addresses[0]))
        first = run_here("bounces", "fetch", "--json", home=root)
        second = run_here("bounces", "fetch", home=root)
        server.script["SELECT"] = "NO [NONEXISTENT] no such folder"
        failed = run_here("bounces", "fetch", "--json", home=root)

    assert (first.code, first.data["reports"][0]["file"]) == (0, "INBOX/11")
    assert (first.data["counts"]["noted"], second.out) == (1, "0 messages\n")
    assert (failed.code, failed.error["hint"]) == (1, "check folder and done of delivery.bounces.imap")


def test_the_commands_name_the_setting_that_is_missing(tmp_path: Path) -> None:
    """A home without either way is the rule."""
    root = furnish_home(tmp_path / "home")
    for command in ("fetch", "listen"):
        ran = run_here("bounces", command, "--json", home=root)

        assert (ran.code, ran.error["where"][:17]) == (1, "delivery.bounces.")


def test_the_check_remarks_on_reports_that_nobody_takes_in(tmp_path: Path) -> None:
    """No fault, since files may be taken in at night; quiet once a report was, or a way is open."""
    root = furnish_home(tmp_path / "home")
    deaf, as_json = run_here("check", home=root), run_here("check", "--json", home=root)
    with opened(root) as app:
        begin_run(app)
        reader = add_reader(app)
        assert list(take(app, [written(tmp_path, report("policy", reader.addresses[0]))]))
    heard = run_here("check", home=root)

    assert (deaf.code, deaf.out.splitlines()[-1], heard.out) == (0, "All is well.", "All is well.\n")
    assert deaf.out.startswith("! mail to bounces.news.example.org: nothing takes it in by itself")
    assert len(as_json.data["notes"]) == 1
    assert run_here("check", home=furnish_home(tmp_path / "listens", SOCKET)).out == "All is well.\n"


@pytest.mark.parametrize("json", [True, False])
def test_a_listener_runs_until_it_is_told_to_stop(root: Path, reader: Reader, json: bool) -> None:
    """It ends well when whoever runs the machine ends it, and tells what came in."""
    main = threading.main_thread().ident
    assert main is not None
    is_handed_over: list[bool] = []

    def stop_when_there() -> None:
        while not is_handed_over:
            with suppress(FileNotFoundError, ConnectionRefusedError):
                hand_over(root, reader.addresses[0])
                is_handed_over.append(True)
        signal.pthread_kill(main, signal.SIGTERM)

    other = threading.Thread(target=stop_when_there, daemon=True)
    other.start()
    ran = run_here("bounces", "listen", *(["--json"] if json else []), home=root)
    other.join()

    assert ran.code == 0, ran.err
    if json:
        assert (ran.data["url"], ran.data["counts"]["noted"]) == ("lmtp+unix:var/lmtp.sock", 1)
    else:
        assert ran.out.splitlines() == [
            "listening at lmtp+unix:var/lmtp.sock; Ctrl-C ends it",
            "1 messages: 1 noted",
        ]
    assert found(root, reader) == NOTED


def test_the_listener_knows_whom_mail_is_for(tmp_path: Path) -> None:
    """Signed addresses of our domain in any case, and those of the settings; nobody else's."""
    root = furnish_home(tmp_path / "home", SOCKET.replace("sock'", "sock', accept: [FBL@news.example.org]"))
    with opened(root) as app, intake.listener(app), smtplib.LMTP(str(root / "var" / "lmtp.sock")) as smtp:
        ours = add_reader(app).addresses[0]
        local = ours.partition("@")[0]
        smtp.ehlo("mx")
        known = (ours, ours.upper(), "fbl@NEWS.example.org")
        unknown = (
            ours.replace("b+", "b+9"),
            f"{local}@news.example.org",
            "postmaster@bounces.news.example.org",
        )
        codes = []
        for each in (*known, *unknown):
            smtp.mail("")
            codes.append(smtp.rcpt(each)[0])
            smtp.rset()

    assert codes == [250] * 3 + [550] * 3


def test_the_envelope_says_best_whom_a_report_is_about(root: Path) -> None:
    """Headers may name another reader's mail, or nobody; the mail server knows whom it took it for."""
    with opened(root) as app, intake.listener(app):
        sam, ada = add_reader(app), add_reader(app)
        with smtplib.LMTP(str(root / "var" / "lmtp.sock")) as smtp:
            for said, named in (("a", ada.addresses[0]), ("b", "undisclosed-recipients:;")):
                smtp.sendmail("", [sam.addresses[0]], report("policy", named, said))

        assert consequences(app, sam) == ([("refused", "5.7.1")] * 2, [], ["confirmed"])
        assert consequences(app, ada) == ([], [], ["confirmed"])


def test_a_busy_database_leaves_the_report_with_the_mail_server(
    root: Path, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another program holds the database for longer than we wait: 451, and later the report counts once."""
    patient = tuple(each.replace("30000", "50") for each in connecting._PRAGMAS)
    monkeypatch.setattr(connecting, "_PRAGMAS", patient)
    with opened(root) as app, intake.listener(app):
        with closing(sqlite3.connect(root / "var" / "digest.db")) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(smtplib.SMTPDataError) as caught:
                hand_over(root, reader.addresses[0])
        before = consequences(app, reader)
        hand_over(root, reader.addresses[0])
        after = consequences(app, reader)

    assert caught.value.smtp_code == 451
    assert (before, after) == (([], [], ["confirmed"]), NOTED)


@pytest.mark.slow
def test_a_listener_killed_before_its_answer_has_counted_the_report_once(root: Path, reader: Reader) -> None:
    """The mail server got no 250 and hands over again: the report is known by then."""
    with running(root, "-c", DIES, str(root)) as process:
        with pytest.raises(smtplib.SMTPServerDisconnected):
            hand_over(root, reader.addresses[0])
        assert process.wait() == -signal.SIGKILL
    assert found(root, reader) == NOTED

    with running(root, "-m", "digest", "bounces", "listen") as process:
        hand_over(root, reader.addresses[0])
        process.send_signal(signal.SIGINT)
        out, err = process.communicate()

    assert (process.returncode, out, err) == (0, "1 messages: 1 known\n", "")
    assert found(root, reader) == NOTED
