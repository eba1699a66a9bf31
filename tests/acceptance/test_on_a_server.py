"""The way of an edition with a PostgreSQL server as the database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from commands import AT, SYSTEM, Ran
from digest.deliver.mailbox import Mailbox, MailboxRules, Mishap

Digest = Callable[..., Ran]
MEMBERS = "email,name,sections\nsam@example.org,Sam Reader,\nolu@example.org,Olu Shift,science\n"
#: One address that is gone, and one whose connection is lost after the dot.
MISHAPS = {
    "r5@readers.example.org": Mishap(when="rcpt", reply="550 5.1.1 no such user"),
    "r7@readers.example.org": Mishap(when="dot", reply=None),
}


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


@pytest.mark.parametrize("is_there", [True, False])
def test_backup_of_a_server_names_the_folder_that_is_missing(
    served: Digest, tmp_path: Path, is_there: bool
) -> None:
    """Whoever makes the folder must not hear only then that the command was the wrong one."""
    folder = tmp_path / "backups"
    if is_there:
        folder.mkdir()
    said = served("db", "backup", folder / "night.db", "--json").error

    assert said["error"] == "this database is a server's, and no file to copy"
    tool = f"use its own tool, such as `pg_dump --file {folder}/night.db`"
    assert said["hint"] == (tool if is_there else f"make the folder {folder}, then {tool}")
    assert not (folder / "night.db").exists()


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


def test_an_edition_goes_out_from_a_server(
    served: Digest, home: Path, articles: Path, tmp_path: Path, postgres_bare: str
) -> None:
    """Permits are rows there; the books balance all the same, and nobody is mailed twice."""
    (tmp_path / "members.csv").write_text(
        "email\n" + "".join(f"r{n}@readers.example.org\n" for n in range(60)), encoding="utf-8"
    )
    with Mailbox(tmp_path / "mail", rules=MailboxRules(mishaps=MISHAPS)) as mailbox:
        system = SYSTEM.format(port=mailbox.port).replace("sqlite:///var/digest.db", f'"{postgres_bare}"')
        late = "delivery: {max_lateness: 520w}\n"
        (home / "config" / "digest.yaml").write_text(system + late, encoding="utf-8")
        assert served("ingest", articles).code == 0
        imported = served(
            "subscribers", "import", tmp_path / "members.csv", "-d", "daily", "--consent", "form"
        )
        built = served("build", "daily", "--at", AT, "--json").data
        sent = served("send", built["edition"], "--json")
        again = served("send", built["edition"], "--json")
        arrived = Counter(name for one in mailbox.messages() for name in one.recipients)

    assert imported.code == 0, imported.err
    assert (sent.data["sent"], sent.data["failed"], sent.data["unknown"], sent.data["open"]) == (58, 1, 1, 0)
    assert set(arrived.values()) == {1}
    assert len(arrived) == 58
    assert again.code == 1
    assert not (home / "var" / "journal").exists()
    unknown = [
        one["email"]
        for one in served("deliveries", built["edition"], "--json").data["recipients"]
        if one["state"] == "unknown"
    ]
    assert unknown == ["r7@readers.example.org"]
