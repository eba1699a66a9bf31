"""What an operator finds at three in the morning: each accident is named, with a way out that works."""

from __future__ import annotations

import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from commands import AT, SYSTEM, Ran, furnish, run_here
from digest.deliver.mailbox import Mailbox, MailboxRules, Mishap

ARTICLES = Path(__file__).parents[1] / "acceptance" / "articles.json"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A furnished home."""
    return furnish(tmp_path / "home")


def _built(home: Path, port: int) -> None:
    """Point the home at a relay, and build edition 1 for Sam."""
    text = SYSTEM.format(port=port) + "delivery: {max_lateness: 520w}\n"
    (home / "config" / "digest.yaml").write_text(text, encoding="utf-8")
    for args in (
        ("ingest", ARTICLES),
        ("subscribers", "add", "sam@example.org", "-d", "daily", "--consent", "form"),
        ("build", "daily", "--at", AT),
    ):
        assert run_here(*args, home=home).code == 0


def _import(home: Path, file: Path) -> Ran:
    return run_here("subscribers", "import", file, "-d", "daily", "--consent", "form", "--json", home=home)


@pytest.mark.parametrize("found", [b"", b"\x99\xfe\xff", b"short\n"])
def test_a_key_that_was_half_written_is_told_with_its_price(home: Path, found: bytes) -> None:
    """`init` leaves files alone, so without the way out this home could never be opened again."""
    key = home / "keys" / "signing.key"
    key.write_bytes(found)
    ran = run_here("editions", "list", "--json", home=home)

    assert ran.code == 1
    assert ran.error["where"] == str(key)
    assert "remove it and run `digest init`" in ran.error["hint"]

    key.unlink()
    assert run_here("init", home=home).code == 0
    assert run_here("editions", "list", home=home).code == 0


def test_a_home_holds_whole_files_only_and_a_key_for_its_owner_alone(home: Path) -> None:
    """What init was writing when it was killed must not look like a file of the home."""
    key = home / "keys" / "signing.key"

    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert [path.name for path in key.parent.iterdir()] == ["signing.key"]
    assert [path.name for path in home.rglob(".*")] == []


def test_a_damaged_database_names_a_way_out_that_works(home: Path) -> None:
    """The hint must not send in circles: the check cannot read this file either."""
    (home / "var" / "digest.db").write_bytes((home / "var" / "digest.db").read_bytes()[:5000])
    for args in (("editions", "list"), ("db", "check")):
        ran = run_here(*args, "--json", home=home)

        assert ran.code == 1
        assert ran.error["hint"].startswith("restore a backup")
        assert "db check" not in ran.error["hint"]


def test_a_database_address_with_a_query_is_refused(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The driver would warn in its own words and pass over it; 'mode=ro' would be a false promise."""
    monkeypatch.setenv("DIGEST_DATABASE", "sqlite:///var/digest.db?mode=ro")
    ran = run_here("editions", "list", "--json", home=home)

    assert ran.code == 1
    assert ran.error["hint"] == "write the path alone"


def test_no_window_reaches_beyond_the_calendar(home: Path) -> None:
    """A slip in a duration is a fault of the settings, found before the night's build."""
    file = home / "config" / "digests" / "daily.yaml"
    file.write_text(file.read_text("utf-8").replace("window: 24h", "window: 999999w"), encoding="utf-8")
    ran = run_here("build", "daily", "--json", home=home)

    assert ran.code == 1
    assert ran.error["faults"][0]["key"] == "selection.window"


def test_a_person_of_no_zone_is_refused(home: Path) -> None:
    """The import refuses such a line; the same word given by hand is no better."""
    said = ("subscribers", "add", "sam@example.org", "-d", "daily", "--consent", "form")
    ran = run_here(*said, "--zone", "Nope/Nowhere", "--json", home=home)

    assert ran.code == 1
    assert ran.error["error"] == "'Nope/Nowhere' is no IANA zone such as Europe/Berlin"
    assert run_here("subscribers", "show", "sam@example.org", home=home).code == 1


def test_a_file_that_is_no_csv_imports_nobody_and_says_why(home: Path, tmp_path: Path) -> None:
    """Half an import is worse than none, since nobody knows which half."""
    (tmp_path / "open.csv").write_text('email,name\na@example.org,Ann\nb@example.org,"Bob\n', "utf-8")
    (tmp_path / "latin.csv").write_bytes("email,name\nj@example.org,J\xf6rg\n".encode("latin-1"))
    (tmp_path / "head.csv").write_text('"email"x,name\na@example.org,Ann\n', "utf-8")
    (tmp_path / "two.csv").write_text("email,Email\na@example.org,b@example.org\n", "utf-8")
    for name in ("head.csv", "two.csv"):
        assert _import(home, tmp_path / name).error["where"] == f"{tmp_path / name}:1"
    assert _import(home, tmp_path / "latin.csv").data["new"] == 1  # as spreadsheets of Windows write it
    for file in (tmp_path / "open.csv", tmp_path, tmp_path / "none.csv"):
        ran = _import(home, file)

        assert ran.code == 1
        assert ran.error["where"].startswith(str(file))
        assert ran.error["hint"]
    assert run_here("subscribers", "show", "a@example.org", home=home).code == 1


def test_a_monstrous_line_costs_itself(home: Path, tmp_path: Path) -> None:
    """One field of 200,000 letters is a bad line like another; a head in capitals is none at all."""
    monsters = f"{'a' * 200_000}@example.org,x\nb@example.org,{'y' * 200_000}\n"
    (tmp_path / "list.csv").write_text(f"EMAIL, Name\n{monsters}c@example.org,Cy\n", "utf-8")
    ran = _import(home, tmp_path / "list.csv")

    assert (ran.data["new"], [one["line"] for one in ran.data["refused"]]) == (2, [2])
    assert len(ran.data["refused"][0]["email"]) <= 80
    assert run_here("subscribers", "show", "c@example.org", "--json", home=home).data["name"] == "Cy"


def test_a_test_mail_that_was_not_taken_is_no_success(home: Path, tmp_path: Path) -> None:
    """A script that tries the relay before the real run looks at the exit status."""
    mishaps = {"gone@example.org": Mishap(when="rcpt", reply="550 5.1.1 no such user")}
    with Mailbox(tmp_path / "mail", rules=MailboxRules(mishaps=mishaps)) as box:
        _built(home, box.port)
        refused = run_here("send", "1", "--test", "gone@example.org", "--json", home=home)
        taken = run_here("send", "1", "--test", "ada@example.org", "--json", home=home)

    assert (refused.code, refused.data["state"]) == (1, "failed")
    assert (taken.code, taken.data["state"]) == (0, "sent")


def test_a_test_address_that_is_none_is_named_as_it_was_given(home: Path) -> None:
    """'To' is a word of the mail; the operator typed '--test'."""
    _built(home, 9)
    ran = run_here("send", "1", "--test", "sam at example", "--json", home=home)

    assert (ran.code, ran.error["where"]) == (1, "--test")
    assert ran.error["hint"] == "write it as name@example.org"


def test_an_edition_that_went_out_says_where_its_books_are(home: Path, tmp_path: Path) -> None:
    """The same command given twice by a tired hand mails nobody and says what to look at."""
    with Mailbox(tmp_path / "mail") as box:
        _built(home, box.port)
        assert run_here("send", "1", home=home).code == 0
        again = run_here("send", "1", "--json", home=home)

        assert again.code == 1
        assert "`digest deliveries 1`" in again.error["hint"]
        assert len(box.messages()) == 1


def test_who_is_put_off_can_be_asked_about(home: Path, tmp_path: Path) -> None:
    """A filter refuses a few and takes others: no edition is held, and nothing else would tell why."""
    words = "550 5.7.1 rejected by DMARC policy for news.example.org"
    mishaps = {"sam@example.org": Mishap(when="dot", reply=words)}
    with Mailbox(tmp_path / "mail", rules=MailboxRules(mishaps=mishaps)) as box:
        _built(home, box.port)
        run_here("subscribers", "add", "ada@example.org", "-d", "daily", "--consent", "form", home=home)
        ran = run_here("send", "1", home=home)
    told = run_here("deliveries", "1", "--all", "--json", home=home).data["recipients"]

    assert ran.code == 1
    assert "`digest deliveries 1 --all`" in ran.out
    (sams,) = [one for one in told if one["email"] == "sam@example.org"]
    assert words in str(sams["reply"] or sams["reason"])


def test_a_silent_night_costs_nobody(home: Path, tmp_path: Path) -> None:
    """The relay refuses the sender; once that is mended and approved again, everybody gets it, once."""
    _built(home, 9)
    with closing(sqlite3.connect(home / "var" / "digest.db")) as database:
        assert database.execute("SELECT count(*) FROM deliveries").fetchone() == (0,)
    with Mailbox(tmp_path / "mail", rules=MailboxRules(refuse_sender="550 5.7.1 not you")) as box:
        (home / "config" / "digest.yaml").write_text(
            SYSTEM.format(port=box.port) + "delivery: {max_lateness: 520w}\n", encoding="utf-8"
        )
        refused = run_here("send", "1", "--json", home=home)
    books = run_here("deliveries", "1", "--json", home=home).data
    with Mailbox(tmp_path / "mail") as box:
        (home / "config" / "digest.yaml").write_text(
            SYSTEM.format(port=box.port) + "delivery: {max_lateness: 520w}\n", encoding="utf-8"
        )
        held = run_here("send", "1", "--json", home=home)
        assert run_here("editions", "approve", "1", home=home).code == 0
        assert run_here("send", "1", home=home).code == 0
        arrived = box.messages()

    assert (refused.code, books["open"], books["failed"]) == (1, 1, 0)
    assert "550 5.7.1 not you" in refused.error["error"]
    assert "`digest editions approve 1`" in refused.error["hint"]
    assert held.error["error"].startswith("edition 1 is held: paused: relay main, mail: the relay refuses")
    assert "550 5.7.1 not you" in held.error["error"]
    assert [one.recipients for one in arrived] == [("sam@example.org",)]
