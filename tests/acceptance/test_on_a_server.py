"""The way of an edition with a PostgreSQL server as the database."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from commands import AT, SYSTEM, Ran

Digest = Callable[..., Ran]
MEMBERS = "email,name,sections\nsam@example.org,Sam Reader,\nolu@example.org,Olu Shift,science\n"


@pytest.fixture
def served(home: Path, digest: Digest, postgres_bare: str) -> Digest:
    """The home's commands, on an empty database of the server."""
    text = SYSTEM.format(port=9).replace("sqlite:///var/digest.db", f'"{postgres_bare}"')
    (home / "config" / "digest.yaml").write_text(text, encoding="utf-8")
    for file in (home / "var").glob("digest.db*"):
        file.unlink()
    assert digest("init").code == 0
    return digest


def test_the_way_to_a_preview_is_the_same_on_a_server(served: Digest, articles: Path, tmp_path: Path) -> None:
    """Only the address of the database differs; what is chosen and shown does not."""
    (tmp_path / "members.csv").write_text(MEMBERS, encoding="utf-8")
    taken = served("ingest", articles, "--json").data
    built = served("build", "daily", "--at", AT, "--json").data
    imported = served(
        *("subscribers", "import", tmp_path / "members.csv", "--digest", "daily"),
        *("--consent", "members' form", "--json"),
    )
    shown = served("preview", built["edition"], "--out", tmp_path / "proof")

    assert taken["new"] == 8
    sizes = {section["key"]: len(section["items"]) for section in built["sections"]}
    assert sizes == {"world": 2, "science": 2, "more": 1}
    assert built["reasons"] == {"section_cap": 3}
    assert (imported.code, shown.code) == (0, 0), imported.err + shown.err
    assert served("subscribers", "show", "sam@example.org", "--json").data["name"] == "Sam Reader"
    assert (tmp_path / "proof" / "edition.html").stat().st_size > 10_000
    assert served("editions", "approve", built["edition"]).code == 0
    assert served("check").code == 0


def test_no_file_is_made_where_the_server_keeps_the_data(served: Digest, home: Path, articles: Path) -> None:
    """Two databases, one of them empty, would be one too many."""
    assert served("ingest", articles).code == 0

    assert list((home / "var").glob("*.db*")) == []


def test_check_and_backup_say_what_is_the_servers_business(served: Digest, tmp_path: Path) -> None:
    """A copy that was not made must not look like one."""
    checked = served("db", "check", "--json")
    copied = served("db", "backup", tmp_path / "copy.db", "--json")

    assert checked.data == {"ok": True, "faults": []}
    assert copied.code != 0
    assert "pg_dump" in copied.err
    assert not (tmp_path / "copy.db").exists()


def test_a_server_that_is_not_there_is_named_without_the_password(home: Path, digest: Digest) -> None:
    """The first line of the log after a move to a server."""
    text = SYSTEM.format(port=9).replace(
        "sqlite:///var/digest.db", "postgresql://digest:canary@127.0.0.1:1/digest"
    )
    (home / "config" / "digest.yaml").write_text(text, encoding="utf-8")
    for command in (["editions", "list"], ["check"], ["db", "check"]):
        ran = digest(*command)
        assert ran.code != 0
        assert "127.0.0.1" in ran.out + ran.err
        assert "the server must run and accept this user" in ran.out + ran.err
        assert "canary" not in ran.out + ran.err
