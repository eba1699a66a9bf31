"""A digest's file is mended, saved and brought back, and nobody's change is lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from commands import DAILY, furnish
from digest.actions.app import App
from digest.actions.content.source_list import add_sources, pause_source, remove_source
from digest.actions.home.digest_files import (
    check_text,
    mended,
    read_file,
    restore,
    save,
    set_value,
    version_of,
)
from digest.bootstrap import open_app
from digest.errors import DigestError, NotFound, Refused, SettingsError

BROKEN = DAILY.replace("window: 24h", "windw: 24h") + 'schedule: [{at: "7:30"}] # early\n'


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    """An installation with a digest 'daily'."""
    with open_app(furnish(tmp_path / "home")) as opened:
        yield opened


def on_disk(app: App) -> str:
    return (app.home.config / "digests" / "daily.yaml").read_text("utf-8")


def test_a_broken_text_is_mended_by_its_ways_out_and_saved(app: App) -> None:
    """Each way out is tried before it is offered, so taking them one by one ends without a fault."""
    text = BROKEN
    while faults := check_text(app, "daily", text).faults:
        text = mended(text, faults[0])
    looked_at = read_file(app, "daily")
    assert save(app, "daily", text, base=looked_at.hash, by="olu", note="earlier")
    after = read_file(app, "daily")

    assert text == DAILY + 'schedule: [{at: "07:30"}] # early\n'
    assert on_disk(app) == text
    assert [(one.by, one.note) for one in after.versions] == [("olu", "earlier"), (None, None)]
    assert version_of(app, "daily", after.versions[1].id).text == DAILY
    with app.store.reading() as tx:
        (line,) = tx.history.list(digest="daily", limit=1)
    assert (line.by, line.event, line.note) == ("olu", "file", "config/digests/daily.yaml: earlier")


def test_a_text_with_faults_changes_nothing(app: App) -> None:
    """What is in force stays so; a theme that is not there is a fault, too."""
    base = read_file(app, "daily").hash
    for text in (BROKEN, DAILY + "theme: nowhere\n", "title: [", "x" * 300_000):
        with pytest.raises(SettingsError):
            save(app, "daily", text, base=base, by="olu")

    assert on_disk(app) == DAILY
    assert read_file(app, "daily").versions == ()


def test_nobodys_change_is_written_over(app: App) -> None:
    """Somebody wrote into the file while another had it open."""
    base = read_file(app, "daily").hash
    other = DAILY.replace("Brief", "Post")
    (app.home.config / "digests" / "daily.yaml").write_text(other, "utf-8")
    with pytest.raises(Refused, match="somebody changed the file meanwhile"):
        save(app, "daily", DAILY + "# mine\n", base=base, by="olu")

    assert on_disk(app) == other


def test_an_old_version_comes_back_as_a_new_one(app: App) -> None:
    """What was said in between is kept; what the file says already is no change."""
    save(app, "daily", DAILY + "# mine\n", base=read_file(app, "daily").hash, by="olu")
    now = read_file(app, "daily")
    oldest = now.versions[-1].id
    assert restore(app, "daily", oldest, base=now.hash, by="ada")
    assert not restore(app, "daily", oldest, base=read_file(app, "daily").hash, by="ada")

    assert on_disk(app) == DAILY
    assert [one.note for one in read_file(app, "daily").versions] == [f"version {oldest} again", None, None]
    with pytest.raises(NotFound, match="no version 99"):
        restore(app, "daily", 99, base="", by="ada")


def test_a_new_digest_is_made_once(app: App) -> None:
    """Without a base there must be no such file yet."""
    assert save(app, "weekly", DAILY, base="", by="olu")
    with pytest.raises(Refused, match="such a digest already"):
        save(app, "weekly", DAILY + "# x\n", base="", by="olu")


def test_line_ends_stay_as_the_file_has_them(app: App) -> None:
    """A file that was written on Windows is not changed from end to end by one word."""
    path = app.home.config / "digests" / "daily.yaml"
    path.write_bytes(DAILY.replace("\n", "\r\n").encode())
    save(app, "daily", DAILY + "# x\n", base=read_file(app, "daily").hash, by="olu")

    assert path.read_bytes() == (DAILY + "# x\n").replace("\n", "\r\n").encode()


@pytest.mark.parametrize("key", ["../digest", "Daily", "", "a/b", ".hidden", "daily\n"])
def test_no_key_leads_to_another_file(app: App, key: str) -> None:
    """Keys come from addresses that anybody can type."""
    for deed in (
        lambda: read_file(app, key),
        lambda: check_text(app, key, DAILY),
        lambda: save(app, key, DAILY, base="", by="eve"),
    ):
        with pytest.raises(NotFound, match="no digest"):
            deed()


def test_one_value_is_set_with_comments_kept() -> None:
    """A value of several lines or one that leads nowhere is refused."""
    text = "# top\nselection:\n  at_most: 20 # enough\n"
    assert set_value(text, "selection.at_most", "12") == text.replace("20", "12")
    for path, value in (("selection.at_most", "1\n2"), ("selection.at_most.x", "1"), ("", "1")):
        with pytest.raises(DigestError):
            set_value(text, path, value)


def test_changes_of_the_sources_are_kept_and_on_record(app: App) -> None:
    """Adding, pausing and removing go the same way as a digest's file."""
    entry = {"name": "wire", "title": "Wire", "url": "https://wire.example/f", "kind": "feed"}
    add_sources(app, [entry], by="olu")
    pause_source(app, "wire", by="olu")
    pause_source(app, "wire", by="olu", paused=False)
    remove_source(app, "wire", by="olu")

    with app.store.reading() as tx:
        told = [(line.by, line.event, line.note) for line in tx.history.list(limit=4)]
        kept = tx.config_versions.list("sources.yaml", limit=9)
    words = ("removed", "resumed", "paused", "added")
    assert told == [("olu", f"source {word}", "config/sources.yaml: wire") for word in words]
    assert len(kept) == 5
