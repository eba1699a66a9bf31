"""People come in one by one or from a file, and leave for good."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from commands import Ran
from digest.actions.readers import csv_files

Digest = Callable[..., Ran]


@pytest.fixture
def sam(digest: Digest) -> str:
    """Sam gets the science section alone."""
    added = digest(
        *("subscribers", "add", "Sam@Example.org", "-d", "daily", "--consent", "form"),
        *("--name", "Sam Reader", "--sections", "Science", "--zone", "Europe/Oslo", "--language", "nb"),
    )
    assert added.code == 0, added.err
    assert added.out == "Sam@example.org gets daily: science\n"
    return "sam@example.org"


def members(folder: Path, *lines: str, encoding: str = "utf-8") -> Path:
    path = folder / "members.csv"
    path.write_bytes("\n".join(lines).encode(encoding))
    return path


def test_a_person_is_shown_with_choice_and_consent(digest: Digest, sam: str) -> None:
    """Whoever asks what is stored, and why they are mailed, gets an answer."""
    said = digest("subscribers", "show", sam, "--json").data
    table = digest("subscribers", "show", sam).out

    assert [said[name] for name in ("email", "name", "language", "zone")] == [
        "Sam@example.org",
        "Sam Reader",
        "nb",
        "Europe/Oslo",
    ]
    (choice,) = said["subscriptions"]
    assert [choice[name] for name in ("digest", "state", "sections", "consent")] == [
        "daily",
        "confirmed",
        ["science"],
        "form",
    ]
    assert "Sam@example.org  Sam Reader" in table
    assert "confirmed" in table


def test_adding_answers_in_json_for_programs(digest: Digest) -> None:
    """A form's back end reads what came of it."""
    said = digest("subscribers", "add", "eve@example.org", "-d", "daily", "--consent", "form", "--json").data

    assert said["email"] == "eve@example.org"
    assert said["subscriptions"][0]["sections"] == []


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("add", "eve", "-d", "daily", "--consent", "x"), "is no mail address"),
        (("add", "eve@example.org", "-d", "weekly", "--consent", "x"), "no digest 'weekly'"),
        (
            ("add", "eve@example.org", "-d", "daily", "--consent", "x", "--sections", "world;gossip"),
            "no section 'gossip' in daily",
        ),
        (("show", "eve@example.org"), "no subscriber eve@example.org"),
        (("export", "eve@example.org"), "nothing is stored of this address"),
    ],
)
def test_what_cannot_be_done_says_why(digest: Digest, args: tuple[str, ...], words: str) -> None:
    """A typo must not become a subscriber, nor a section that nobody edits."""
    ran = digest("subscribers", *args)

    assert ran.code == 1
    assert words in ran.err
    assert "Traceback" not in ran.err


def test_an_import_takes_the_good_lines_and_names_the_bad(digest: Digest, sam: str, tmp_path: Path) -> None:
    """One typo in ten thousand lines must cost one line; erased and suppressed people stay away."""
    digest("suppress", "add", "olu@example.org")
    digest("subscribers", "erase", "gone@example.org", "--yes")
    file = members(
        tmp_path,
        "email;name;sections;zone;language",
        "ada@example.org;Ada;world|Science;Europe/London;en",
        "not an address;;;;",
        "mars@example.org;;;Mars/Base;",
        "gossip@example.org;;gossip;;",
        "olu@example.org;;;;",
        "gone@example.org;;;;",
        f"{sam};;;;",
    )
    ran = digest("subscribers", "import", file, "-d", "daily", "--consent", "fair", "--json")
    shown = digest("subscribers", "import", file, "-d", "daily", "--consent", "fair")
    ada = digest("subscribers", "show", "ada@example.org", "--json").data["subscriptions"][0]

    assert ran.code == shown.code == 1
    assert (ran.data["new"], ran.data["updated"]) == (1, 1)
    assert [(one["line"], one["email"]) for one in ran.data["refused"]] == [
        (3, "not an address"),
        (4, "mars@example.org"),
        (5, "gossip@example.org"),
        (6, "olu@example.org"),
        (7, "gone@example.org"),
    ]
    assert ran.data["refused"][1]["reason"] == "'Mars/Base' is no IANA zone such as Europe/Berlin"
    assert ran.data["refused"][3]["reason"] == ran.data["refused"][4]["reason"] == "suppressed"
    assert (ada["sections"], ada["consent"]) == (["world", "science"], "import:fair")
    assert "0 new, 2 updated, 5 refused" in shown.out
    assert "Mars/Base" in shown.out


def test_an_import_without_fault_exits_with_success(digest: Digest, tmp_path: Path) -> None:
    """A cron job goes by the exit status; spreadsheets write a mark before the first column."""
    file = members(tmp_path, "email,name", '"ada@example.org","Quill, Ada"', encoding="utf-8-sig")
    ran = digest("subscribers", "import", file, "-d", "daily", "--consent", "fair")

    assert (ran.code, ran.out) == (0, "1 new, 0 updated, 0 refused\n")
    assert digest("subscribers", "show", "ada@example.org", "--json").data["name"] == "Quill, Ada"


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (("mail,name", "ada@example.org,Ada"), "members.csv:1: no column 'email'"),
        (("email", 'ada"@example.org', '"eve@example.org'), "not CSV"),
    ],
)
def test_a_file_that_is_no_list_of_people_changes_nothing(
    digest: Digest, tmp_path: Path, lines: tuple[str, ...], words: str
) -> None:
    """Half a list taken from a broken file would be found out weeks later."""
    ran = digest("subscribers", "import", members(tmp_path, *lines), "-d", "daily", "--consent", "fair")

    assert ran.code == 1
    assert words in ran.err
    assert digest("subscribers", "show", "ada@example.org").code == 1


def test_a_file_that_cannot_be_read_says_what_it_should_be(
    digest: Digest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Missing, no text, or too large to be a list of people."""

    def fault(file: Path) -> str:
        ran = digest("subscribers", "import", file, "-d", "daily", "--consent", "fair", "--json")
        assert ran.code == 1
        return str(ran.error["error"])

    assert fault(tmp_path / "nobody.csv") == "no such file"
    picture = members(tmp_path, "email,name", "\0\1\2")
    assert fault(picture).startswith("no text in UTF-8")
    monkeypatch.setattr(csv_files, "MAX_CSV_BYTES", 10)
    assert fault(picture) == "over 10 bytes"


def test_lists_that_spreadsheets_write_come_in(digest: Digest, tmp_path: Path) -> None:
    """The same sheet leaves a spreadsheet in Windows-1252 or UTF-16, by where it was installed."""
    for at, encoding in enumerate(("cp1252", "utf-16", "utf-8-sig")):
        file = members(tmp_path, "email;name", f"zoe{at}@example.org;Zoë", encoding=encoding)
        ran = digest("subscribers", "import", file, "-d", "daily", "--consent", "fair")

        assert ran.out == "1 new, 0 updated, 0 refused\n"
        assert digest("subscribers", "show", f"zoe{at}@example.org", "--json").data["name"] == "Zoë"


def test_a_look_at_a_list_tells_all_and_takes_nobody(digest: Digest, sam: str, tmp_path: Path) -> None:
    """An operator sees what an import would do before it does."""
    file = members(tmp_path, "email", sam, "ada@example.org", "ada@example.org", "nobody")
    ran = digest("subscribers", "import", file, "-d", "daily", "--consent", "fair", "--dry-run")

    assert ran.code == 1
    assert "1 new, 2 updated, 1 refused" in ran.out
    assert digest("subscribers", "show", "ada@example.org").code == 1


@pytest.mark.usefixtures("sam")
def test_a_list_that_went_out_comes_in_again(digest: Digest, tmp_path: Path) -> None:
    """Names that a spreadsheet would take for formulas go out harmless and come back whole."""
    digest("subscribers", "add", "eve@example.org", "-d", "daily", "--consent", "form", "--name", "=1+1")
    out = digest("subscribers", "export", "-d", "daily").out
    file = members(tmp_path, *out.splitlines())
    back = digest("subscribers", "import", file, "-d", "daily", "--consent", "back", "--json").data

    assert out.startswith("email,name,sections,zone,language,state,")
    assert "eve@example.org,'=1+1,," in out
    assert (back["new"], back["updated"], back["refused"]) == (0, 2, [])
    assert digest("subscribers", "show", "eve@example.org", "--json").data["name"] == "=1+1"
    assert digest("subscribers", "export").code == 2


def test_a_person_takes_everything_with_them(digest: Digest, sam: str) -> None:
    """The law's right to a copy: one JSON document with all that is stored."""
    ran = digest("subscribers", "export", sam)

    assert ran.code == 0
    assert "Sam Reader" in ran.out
    assert ran.data


def test_the_erased_stay_erased(digest: Digest, sam: str, tmp_path: Path) -> None:
    """No later import may bring back who asked to be forgotten."""
    assert digest("subscribers", "erase", sam, stdin="n\n").code == 1
    assert digest("subscribers", "show", sam).code == 0
    first = digest("subscribers", "erase", sam, stdin="y\n")
    again = digest("subscribers", "erase", sam, "--yes", "--json")
    file = members(tmp_path, "email", sam)
    back = digest("subscribers", "import", file, "-d", "daily", "--consent", "fair", "--json").data

    assert first.out.endswith("erased\n")
    assert again.data == {"erased": False}
    assert (back["new"], back["refused"][0]["reason"]) == (0, "suppressed")
    assert "barred" in digest("subscribers", "erase", "nobody@example.org", "--yes").out


def test_suppressed_addresses_are_listed_and_can_be_freed(digest: Digest) -> None:
    """Who asked by phone is on record with the reason; a mistake can be taken back."""
    digest("suppress", "add", "Eve@Example.org", "--reason", "asked by phone")
    listed = digest("suppress", "list", "--json").data
    table = digest("suppress", "list").out
    refused = digest("subscribers", "add", "eve@example.org", "-d", "daily", "--consent", "form")
    freed = digest("suppress", "remove", "eve@example.org")
    never = digest("suppress", "remove", "eve@example.org", "--json")

    assert [(one["email"], one["reason"]) for one in listed] == [("eve@example.org", "asked by phone")]
    assert "asked by phone" in table
    assert refused.code == 1
    assert freed.out == "eve@example.org may be mailed again\n"
    assert never.code == 1
    assert never.error["error"] == "eve@example.org is not suppressed"
    assert digest("suppress", "add", "eve@example.org", "--json").data["suppressed"] is True
    assert digest("suppress", "remove", "eve@example.org", "--json").data["suppressed"] is False
