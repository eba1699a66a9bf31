"""Home and database side by side: what alarms, what does not, and crashes in between."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory

from commands import furnish, run_here
from digest.actions.app import App
from digest.actions.home import instance
from digest.actions.home.config_files import Change, change
from digest.actions.home.instance import adopt, begin_run, end_run, go_on, notice
from digest.actions.home.instance_file import InstanceFile, write_instance
from digest.actions.mailing.reserve import disk_reserve
from digest.bootstrap import open_app
from digest.errors import DigestError, Refused, StoreError
from digest.paths import Home
from digest.store import migrating
from digest.tokens import new_key
from store_cast import frozen_edition


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    """An installation that has not sent yet."""
    with open_app(furnish(tmp_path / "home")) as opened:
        yield opened


def mailed(app: App) -> None:
    """Let one run begin, and somebody be written down."""
    begin_run(app)
    with app.store.writing() as tx:
        frozen_edition(tx, 1)


def copied(app: App, to: Path) -> Path:
    """Copy the database as another tool does, in the middle of what is going on."""
    with closing(sqlite3.connect(app.home.database_dir / "digest.db")) as database:
        database.execute("VACUUM INTO ?", (str(to),))
    return to


def said(app: App) -> str:
    """What keeps the home from sending, in one text."""
    return "; ".join(notice(app.home, app.store, app.keyring))


def on_file(app: App) -> dict[str, object]:
    """What the home's file holds."""
    loaded: dict[str, object] = json.loads(app.home.instance.read_text("utf-8"))
    return loaded


def test_a_home_in_good_order_steps_on_without_a_word(app: App) -> None:
    """First use, restart, vacuum, rights and a second look alarm nobody."""
    assert said(app) == ""
    mailed(app)
    end_run(app)
    with closing(sqlite3.connect(app.home.database_dir / "digest.db")) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        database.execute("VACUUM")
    (app.home.database_dir / "digest.db").chmod(0o600)
    with open_app(app.home.root) as again:
        begin_run(again)

    assert said(app) == ""
    assert (on_file(app)["epoch"], on_file(app)["settled"]) == (3, True)


def test_a_home_reached_by_a_link_is_the_same_home(app: App, tmp_path: Path) -> None:
    """`/srv/current` points at it, and cron uses the one name, people the other."""
    mailed(app)
    (tmp_path / "current").symlink_to(app.home.root)
    with open_app(tmp_path / "current") as linked:
        begin_run(linked)

    assert said(app) == ""


def test_two_senders_at_once_are_no_copies(app: App) -> None:
    """Both begin and end while the other does; each step is counted once."""
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _turn: (begin_run(app), end_run(app)), range(8)))

    assert said(app) == ""
    assert on_file(app)["epoch"] == 16


@pytest.mark.parametrize("crash", ["announcing", "writing", "settling"])
@pytest.mark.parametrize("runs_before", [0, 2])
def test_a_crash_between_the_two_is_no_restored_backup(
    app: App, monkeypatch: pytest.MonkeyPatch, crash: str, runs_before: int
) -> None:
    """Power fails before, between and after the writes; the next run begins as if nothing had been."""
    for _ in range(runs_before):
        begin_run(app)
    with monkeypatch.context() as patched:
        _crash_at(crash, patched)
        with pytest.raises(SystemError):
            begin_run(app)

    assert said(app) == ""
    begin_run(app)
    assert on_file(app)["epoch"] == runs_before + (2 if crash == "settling" else 1)


def _crash_at(place: str, patched: pytest.MonkeyPatch) -> None:
    def write(home: Home, value: InstanceFile) -> None:
        if place == ("settling" if value.settled else "announcing"):
            raise SystemError
        write_instance(home, value)
        if place == "writing":
            raise SystemError

    patched.setattr(instance, "write_instance", write)


@pytest.mark.parametrize("spoil", ["remove", "garble", "empty", "list", "types"])
def test_a_file_that_is_gone_or_damaged_is_told(app: App, spoil: str) -> None:
    """Mail went out from the database, and nobody knows whether it was from this home."""
    mailed(app)
    file = app.home.instance
    if spoil == "remove":
        file.unlink()
    else:
        wrong = {
            "garble": '{"id',
            "empty": "",
            "list": "[]",
            "types": json.dumps({**on_file(app), "epoch": "7"}),
        }
        file.write_text(wrong[spoil], "utf-8")

    assert str(file) in said(app)
    with pytest.raises(Refused):
        begin_run(app)
    assert adopt(app, "olu").noticed
    assert said(app) == ""
    begin_run(app)


def test_a_further_home_may_join_before_the_first_mail(app: App) -> None:
    """Two machines are set up for one server; neither is a copy of the other."""
    begin_run(app)
    app.home.instance.unlink()  # what the second home has of it

    assert said(app) == ""


def shared(tmp_path: Path) -> Path:
    """Make a home whose database lies elsewhere and mail has gone out from."""
    root = furnish(tmp_path / "home")
    config = root / "config" / "digest.yaml"
    text = config.read_text("utf-8").replace("sqlite:///var/digest.db", f"sqlite:///{tmp_path}/digest.db")
    config.write_text(text, "utf-8")
    with open_app(root) as app:
        app.store.migrate()
        mailed(app)
    return root


def further(root: Path, name: str) -> Path:
    """Make a further home as the handbook has it: config and keys of the first one, and nothing else."""
    other = root.with_name(name)
    for folder in ("config", "keys"):
        shutil.copytree(root / folder, other / folder)
    return other


def test_a_further_home_needs_no_more_than_config_and_keys(tmp_path: Path) -> None:
    """What it keeps for itself it makes; a missing folder must not look like a full disk."""
    root = shared(tmp_path)
    one, two, three = (further(root, name) for name in ("one", "two", "three"))
    (fault,) = run_here("check", "--json", home=one).data["faults"]
    assert "instance.json is not there" in fault["found"]
    with open_app(two) as app, pytest.raises(Refused, match=r"instance\.json is not there"):
        begin_run(app)
    with open_app(three) as app:
        assert change(app, "sources.yaml", lambda text: f"{text}# ours\n", Change(by="ada", event="file"))

    for joining in (one, two, three):
        assert run_here("db", "adopt", "--live", home=joining).code == 0
        with open_app(joining) as app:
            begin_run(app)


def sign_with(root: Path, *keys: str) -> Path:
    """Give a home these keys, the newest first."""
    (root / "keys" / "signing.key").write_text("\n".join(keys) + "\n", "ascii")
    return root


def test_a_further_home_with_other_keys_is_refused_until_it_has_those_of_the_first(tmp_path: Path) -> None:
    """No reader could leave at the first one by a link in its mails; an unknown would get another mail."""
    root = shared(tmp_path)
    other = sign_with(further(root, "other"), new_key())
    done = run_here("db", "adopt", "--live", home=other)
    assert (done.code, "another keys/signing.key" in done.out + done.err) == (1, True)
    assert not (other / "var" / "instance.json").exists()
    found = [one["found"] for one in run_here("check", "--json", home=other).data["faults"]]
    assert ["is not there" in found[0], "another keys/signing.key" in found[1]] == [True, True]

    shutil.copyfile(root / "keys" / "signing.key", other / "keys" / "signing.key")
    assert run_here("db", "adopt", "--live", home=other).code == 0
    sign_with(other, new_key())
    with open_app(root) as app:
        begin_run(app)
    with open_app(other) as app, pytest.raises(Refused, match=r"another keys/signing\.key"):
        begin_run(app)


def test_a_home_with_other_keys_takes_over_where_somebody_says_so(tmp_path: Path) -> None:
    """The first one is gone for good with its keys; every open edition is looked at before."""
    root = shared(tmp_path)
    other = sign_with(further(root, "other"), new_key())
    with open_app(other) as app:
        assert adopt(app, "olu").held == (1,)
        begin_run(app)
    with open_app(root) as app:
        assert "another keys/signing.key" in said(app)


@pytest.mark.parametrize("first", ["the first", "the other"])
def test_keys_are_renewed_home_by_home(tmp_path: Path, first: str) -> None:
    """A new key goes above the old one, here and then there, while both send."""
    old, new = new_key(), new_key()
    root = sign_with(shared(tmp_path), old)
    with open_app(root) as app:
        begin_run(app)
    other = further(root, "other")
    assert run_here("db", "adopt", "--live", home=other).code == 0
    order = (root, other) if first == "the first" else (other, root)
    for keys in ((new, old), (new,)):
        for changing in order:
            sign_with(changing, *keys)
            for sending in (root, other, root):
                with open_app(sending) as app:
                    begin_run(app)


def test_a_home_alone_may_change_its_key_at_once(app: App) -> None:
    """Somebody has read it: the old one must not be believed any more."""
    mailed(app)
    sign_with(app.home.root, new_key())
    with open_app(app.home.root) as again:
        begin_run(again)
        assert said(again) == ""


def test_a_home_restored_in_place_is_told_though_all_its_numbers_agree(app: App, tmp_path: Path) -> None:
    """An archive is unpacked over the home: file and database are from the same evening."""
    mailed(app)
    root = app.home.root
    saved = shutil.copytree(root, tmp_path / "archive")
    shutil.rmtree(root)
    shutil.copytree(saved, root)
    with open_app(root) as restored:
        assert said(restored).startswith("the database is another file")


def test_a_copy_made_by_other_tools_in_the_middle_of_a_run_is_told(tmp_path: Path) -> None:
    """The run's end moved the home on; copied over the database, the copy has its number and birth."""
    root = furnish(tmp_path / "home")
    with open_app(root) as app:
        mailed(app)
        copy = copied(app, tmp_path / "copy.db")
        end_run(app)
    shutil.copyfile(copy, root / "var" / "digest.db")
    with open_app(root) as app:
        assert said(app) == "the database is older than the home, at step 1 of 2: a backup was restored"


def test_a_run_that_goes_on_puts_a_copy_made_during_it_behind(tmp_path: Path) -> None:
    """A power cut ends the run before it can step on for its end."""
    root = furnish(tmp_path / "home")
    with open_app(root) as app:
        mailed(app)
        copy = copied(app, tmp_path / "copy.db")
        go_on(app)
        go_on(app)
        assert said(app) == ""
    shutil.copyfile(copy, root / "var" / "digest.db")
    with open_app(root) as app:
        assert said(app) == "the database is older than the home, at step 1 of 3: a backup was restored"
        with pytest.raises(Refused, match="a backup was restored"):
            go_on(app)


def test_a_home_that_cannot_be_written_in_now_may_be_tried_again_in_mid_run(app: App) -> None:
    """The disk has no room for a moment: the run waits for it as for its database."""
    begin_run(app)
    in_the_way = app.home.instance.with_suffix(".part")
    in_the_way.mkdir()
    with pytest.raises(StoreError, match=r"nobody is mailed while .*instance\.json cannot be written"):
        go_on(app)
    in_the_way.rmdir()
    go_on(app)

    assert said(app) == ""


def test_an_older_file_of_the_home_is_told(app: App) -> None:
    """The home was restored without its database, or two copies of it share a server."""
    begin_run(app)
    old = app.home.instance.read_bytes()
    begin_run(app)
    app.home.instance.write_bytes(old)

    assert said(app) == "the home is older than the database, at step 1 of 2: it was restored or copied"


def test_a_difference_is_not_mended_by_ending(app: App) -> None:
    """`digest send --expire` ends an edition in a restored database, and changes nothing else."""
    begin_run(app)
    old = app.home.instance.read_bytes()
    begin_run(app)
    app.home.instance.write_bytes(old)
    end_run(app)

    assert app.home.instance.read_bytes() == old
    assert said(app)


def test_adopting_stopped_half_way_leaves_the_home_refused(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    """The editions are held by then; the same command again ends it."""
    mailed(app)
    app.home.instance.unlink()
    with monkeypatch.context() as patched:
        _crash_at("settling", patched)
        with pytest.raises(SystemError):
            adopt(app, "olu")

    assert said(app)
    assert adopt(app, "olu").held == ()
    assert said(app) == ""


#: Tables that came after this one.
LATER = (
    "article_words",
    "relay_looks",
    "relay_answers",
    "delivery_totals",
    "limit_uses",
    "limit_seats",
    "limits",
    "alert_sends",
    "alerts",
    "history",
    "slots",
    "schedules",
    "source_states",
    "source_pages",
    "story_wishes",
    "drafts",
    "edition_versions",
    "draft_months",
    "config_versions",
    "grants",
    "recovery_codes",
    "sessions",
    "api_tokens",
    "users",
    "sign_in_tries",
    "waivers",
    "link_answers",
    "letters",
    "consents",
    "sign_up_counts",
)


def test_a_home_that_sent_before_the_upgrade_goes_on(tmp_path: Path) -> None:
    """It has mailed for a year, and has no file; the first home that comes may take its place."""
    root = furnish(tmp_path / "home")
    before = ScriptDirectory.from_config(migrating._config()).get_revision("0004").down_revision
    with open_app(root) as app, app.store.writing() as tx:
        frozen_edition(tx, 1)
    with closing(sqlite3.connect(root / "var" / "digest.db")) as database, database:
        for table in ("instance", *LATER):
            database.execute(f"DROP TABLE {table}")
        for index in (
            "ix_editions_open",
            "ix_articles_also",
            "ix_article_tags_editors",
            "ix_articles_source_effective",
            "ix_subscriptions_hour",
            "ix_subscriptions_unconfirmed",
            "ix_editions_slot",
            "ix_deliveries_unknown",
            "ix_deliveries_missed",
            "ix_suppressions_fingerprint",
        ):
            database.execute(f"DROP INDEX {index}")
        database.execute("ALTER TABLE articles DROP COLUMN also")
        database.execute("ALTER TABLE decisions DROP COLUMN placed")
        for table in ("subscriptions", "deliveries"):
            for column in ("hour", "is_plain", "at_most"):
                database.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
        database.execute("ALTER TABLE deliveries DROP COLUMN version")
        for column in ("paused_until", "away_from", "away_until"):
            database.execute(f"ALTER TABLE subscriptions DROP COLUMN {column}")
        database.execute("UPDATE alembic_version SET version_num = ?", (before,))
    with open_app(root) as app:
        assert said(app) == ""
        begin_run(app)
        app.home.instance.unlink()
        assert "is not there" in said(app)


@pytest.mark.skipif(os.getuid() == 0, reason="root may write anywhere")
def test_a_home_that_cannot_be_written_in_is_told(app: App) -> None:
    """A read-only volume must not look like a fault of the program."""
    app.home.database_dir.chmod(0o500)
    with pytest.raises(DigestError, match="cannot be written"):
        begin_run(app)
    app.home.database_dir.chmod(0o700)


def test_a_file_that_cannot_be_written_is_told_with_the_place(app: App) -> None:
    """A folder stands where the file belongs."""
    app.home.instance.with_suffix(".part").mkdir()
    with pytest.raises(DigestError, match="cannot be written") as caught:
        begin_run(app)

    assert caught.value.where == str(app.home.instance)


def test_the_reserve_watches_the_disks_of_home_and_database(tmp_path: Path) -> None:
    """A database that lies elsewhere fills another disk."""
    root = furnish(tmp_path / "home")
    (tmp_path / "data 100%").mkdir()
    config = root / "config" / "digest.yaml"
    place = f"sqlite:///{tmp_path}/data%20100%25/digest.db"
    config.write_text(config.read_text("utf-8").replace("sqlite:///var/digest.db", place), "utf-8")
    with open_app(root) as app:
        watch = disk_reserve(app)

    assert watch.folders == (root / "var", tmp_path / "data 100%")
    assert watch.reserve_bytes == 200_000_000


def test_a_reserve_beyond_the_disk_is_a_fault(tmp_path: Path) -> None:
    """Nothing could ever be sent, and the operator hears of it before the morning."""
    root = furnish(tmp_path / "home")
    config = root / "config" / "digest.yaml"
    config.write_text(config.read_text("utf-8") + "delivery: {reserve: 999999GB}\n", "utf-8")
    (fault,) = run_here("check", "--json", home=root).data["faults"]

    assert (fault["file"], fault["key"], fault["found"]) == (str(config), "delivery.reserve", "999999GB")
