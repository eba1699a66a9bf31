"""Files of the configuration that cannot be shown or written; nothing of them is lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from digest.actions.app import App
from digest.actions.home.config_files import (
    Change,
    change,
    hash_of,
    refuse_other,
    text_of,
    version,
    versions,
)
from digest.errors import DigestError, NotFound, Refused
from newsroom import newsroom

WISH = Change(by="ada", event="file")


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    """An installation."""
    with newsroom(tmp_path / "home") as room:
        yield room.app


def test_a_file_that_is_no_text_is_shown_by_nobody(app: App) -> None:
    """It is mended on the machine itself; a desk would only make it worse."""
    file = app.home.config / "digests" / "daily.yaml"
    file.write_bytes(b"title: caf\xe9\n")
    with pytest.raises(DigestError, match="cannot be shown"):
        text_of(file)
    with pytest.raises(NotFound, match="no such file"):
        text_of(file.with_name("weekly.yaml"))


def test_a_file_that_cannot_be_written_leaves_the_old_one_and_no_version(app: App) -> None:
    """The deed is on record only once it is done."""
    (app.home.config / "other").write_text("", "utf-8")
    with pytest.raises(DigestError, match="cannot be written: ") as caught:
        change(app, "other/new.yaml", lambda _: "a: 1\n", WISH)
    assert caught.value.hint == "look at free space and rights"
    assert versions(app, "other/new.yaml") == ()
    assert (app.home.config / "other").read_text("utf-8") == ""


def test_without_a_place_for_the_lock_nobody_writes(app: App) -> None:
    """Two programs at once would lose the one's words."""
    (app.home.database_dir / "config.lock").mkdir()
    with pytest.raises(DigestError, match="cannot be written: Is a directory"):
        change(app, "digests/daily.yaml", lambda old: old + "# x\n", WISH)
    assert "# x" not in (app.home.config / "digests" / "daily.yaml").read_text("utf-8")


def test_what_was_written_past_the_program_is_kept_as_well(app: App) -> None:
    """An operator with an editor on the machine must find their words again."""
    file = app.home.config / "digests" / "daily.yaml"
    first = file.read_text("utf-8")
    change(app, "digests/daily.yaml", lambda old: old + "# one\n", WISH)
    file.write_text(first + "# by hand\n", "utf-8")
    change(app, "digests/daily.yaml", lambda old: old + "# two\n", WISH)

    kept = [version(app, "digests/daily.yaml", one.id).text for one in versions(app, "digests/daily.yaml")]
    assert kept == [first + end for end in ("# by hand\n# two\n", "# by hand\n", "# one\n", "")]
    with pytest.raises(NotFound, match="no version 999"):
        version(app, "digests/daily.yaml", 999)


def test_a_change_that_changes_nothing_leaves_no_trace(app: App) -> None:
    """Saving twice is no second deed."""
    assert not change(app, "digests/daily.yaml", lambda old: old, WISH)
    assert versions(app, "digests/daily.yaml") == ()


def test_nobody_writes_over_a_text_that_they_have_not_seen() -> None:
    """Two editors at once."""
    refuse_other("a: 1\n", hash_of("a: 1\n"), "digest.yaml")
    with pytest.raises(Refused, match="somebody changed the file meanwhile"):
        refuse_other("a: 2\n", hash_of("a: 1\n"), "digest.yaml")
