"""What a person reads: the same facts as the JSON, in lines."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from commands import AT, Ran, run_here
from digest.deliver.mailbox import Mailbox, MailboxRules, Mishap

Digest = Callable[..., Ran]
PASTED = Path(__file__).parents[1] / "fixtures" / "documents" / "pasted-world.txt"


@pytest.fixture
def edition(digest: Digest, articles: Path) -> str:
    """The number of a built edition with one subscriber."""
    digest("ingest", articles)
    digest("subscribers", "add", "sam@example.org", "-d", "daily", "--consent", "form", "--name", "Sam")
    return str(digest("build", "daily", "--at", AT, "--json").data["edition"])


def test_a_build_tells_what_it_took_and_left(digest: Digest, edition: str) -> None:
    """An editor decides by it whether to look closer."""
    again = digest("build", "daily", "--at", AT)
    dry = digest("build", "daily", "--at", AT, "--dry-run").out

    assert again.code == 0
    assert f"daily 2026-11-19T07:00: edition {edition}, draft" in again.out
    assert "This slot had its edition already; nothing was built." in again.out
    assert "`digest build daily --at TIME` makes one for any other minute." in again.out
    assert "5 kept, 3 left out: 3 by section cap" in again.out
    assert "a dry run, nothing stored" in dry
    assert "   World   " in dry


def test_editions_are_listed_shown_and_explained(digest: Digest, edition: str) -> None:
    """Every article left out stands there with its reason."""
    assert digest("editions", "list").out.split()[:7] == [
        "No.",
        "Digest",
        "Slot",
        "State",
        "Until",
        "Items",
        "Subject",
    ]
    shown = digest("editions", "show", edition)
    said = digest("editions", "show", edition, "--json").data
    left = next(one["article"] for one in said["decisions"] if not one["kept"])
    taken = next(one["article"] for one in said["decisions"] if one["kept"])
    why = digest("editions", "why", edition, taken).out

    assert shown.out.startswith("daily 2026-11-19T07:00: draft\n")
    assert shown.out.count("was left out: World already held 2 of 2") == 3
    assert "was left out" in digest("editions", "why", edition, left).out
    assert "  score = freshness" in why


def test_an_edition_is_steered_with_one_line_each(digest: Digest, edition: str) -> None:
    """Hold, approve, cancel: each says where the edition is now."""
    assert digest("editions", "hold", edition, "--note", "wait").out == f"edition {edition} is held\n"
    assert digest("editions", "approve", edition).out == f"edition {edition} is approved\n"
    assert digest("editions", "cancel", edition).out == f"edition {edition} is cancelled\n"
    assert digest("editions", "hold", edition).code == 1
    assert digest("editions", "show", "99").code == 1


def test_what_was_never_weighed_is_explained_too(digest: Digest, edition: str, tmp_path: Path) -> None:
    """The question that editors ask most: why is mine not in it?"""
    late = tmp_path / "late.json"
    late.write_text('{"title": "Late", "text": "It came late.", "tags": ["world"]}', encoding="utf-8")
    digest("ingest", late)
    number = digest("articles", "list", "--limit", "1", "--json").data[0]["id"]

    assert "it came in after the edition was built" in digest("editions", "why", edition, number).out
    assert digest("editions", "why", edition, "999").code == 1
    assert digest("editions", "why", "99", number).code == 1


def test_what_the_mail_has_no_room_for_is_left_over(digest: Digest, edition: str, home: Path) -> None:
    """Mail programs cut long mails off; what was cut must be on record and stand again next time."""
    digest("editions", "cancel", edition)
    path = home / "config" / "digest.yaml"
    path.write_text(path.read_text("utf-8") + "limits: {html_bytes: 17000}\n", encoding="utf-8")
    said = digest("build", "daily", "--at", "2026-11-19T07:30", "--json").data
    made = digest("editions", "show", said["edition"], "--json").data["decisions"]
    cut = [one for one in made if one["rule"] == "size"]
    shown = [item["article"] for section in said["sections"] for item in section["items"]]

    assert cut
    assert not {one["article"] for one in cut} & set(shown)
    assert all(one["carry"] and one["value"] == "17,000 bytes" for one in cut)
    assert said["kept"] == len(shown) == 5 - len(cut)


def test_preview_names_its_files(digest: Digest, edition: str, tmp_path: Path) -> None:
    """To be opened with a click; what cannot be written or found is said."""
    out = tmp_path / "proof"
    ran = digest("preview", edition, "--out", out)
    (tmp_path / "file").write_text("", encoding="utf-8")

    assert ran.out.split() == [str(out / f"edition.{kind}") for kind in ("eml", "html", "txt", "mjml")]
    assert "cannot write" in digest("preview", edition, "--out", tmp_path / "file" / "x").err
    assert (
        "no subscriber eve@example.org"
        in digest("preview", edition, "--out", out, "--as", "eve@example.org").err
    )


def test_sending_ends_with_the_books_in_one_line(
    digest: Digest, edition: str, home: Path, tmp_path: Path
) -> None:
    """Frozen is the sum of all ends, and the line says so."""
    path = home / "config" / "digest.yaml"
    with Mailbox(tmp_path / "mail") as mailbox:
        path.write_text(path.read_text("utf-8").replace(':9"', f':{mailbox.port}"'), encoding="utf-8")
        test = digest("send", edition, "--test", "ada@example.org")
        sent = digest("send", edition, "--late")
        listed = digest("deliveries", edition, "--all")

    line = f"edition {edition}: 1 frozen = 1 sent + 0 failed + 0 expired + 0 excluded + 0 unknown"
    assert test.out.startswith("test to ada@example.org: sent, the relay said: ")
    assert (sent.code, sent.out) == (0, f"{line}; the books balance\n")
    assert listed.out.startswith(line)
    assert "sam@example.org" in listed.out


def test_a_test_mail_counts_to_the_limits_of_its_relay(
    digest: Digest, edition: str, home: Path, tmp_path: Path
) -> None:
    """A provider that takes one an hour takes one, whatever it is for."""
    path = home / "config" / "digest.yaml"
    with Mailbox(tmp_path / "mail") as mailbox:
        text = path.read_text("utf-8").replace(':9"', f':{mailbox.port}", per_hour: 1')
        path.write_text(text, encoding="utf-8")
        first = digest("send", edition, "--test", "ada@example.org")
        second = digest("send", edition, "--test", "ada@example.org")

    assert (first.code, second.code) == (0, 1)
    assert "the limit of relay main is used up for now" in second.err
    assert "raise the limit" in second.err
    assert len(mailbox.messages()) == 1


def test_what_the_relay_refuses_is_listed_and_fails_the_command(
    digest: Digest, edition: str, home: Path, tmp_path: Path
) -> None:
    """A cron job must notice; a person must see whom and why."""
    path = home / "config" / "digest.yaml"
    rules = MailboxRules(mishaps={"sam@example.org": Mishap(when="rcpt", reply="550 5.1.1 no such user")})
    with Mailbox(tmp_path / "mail", rules=rules) as mailbox:
        path.write_text(path.read_text("utf-8").replace(':9"', f':{mailbox.port}"'), encoding="utf-8")
        sent = digest("send", edition, "--late")
    listed = digest("deliveries", edition)

    assert sent.code == 1
    assert "1 frozen = 0 sent + 1 failed" in sent.out
    assert "no such user" in listed.out


def test_a_document_is_shown_with_what_is_unknown() -> None:
    """The cleaner's work, to be judged by eye."""
    shown = run_here("extract", PASTED)
    said = run_here("extract", PASTED, "--json").data
    summary = run_here("summarise", PASTED, "--sentences", "2")

    assert shown.out.startswith(said["title"])
    assert "By:        unknown\n" in shown.out
    assert said["paragraphs"][0] in shown.out
    assert summary.out.count("  characters ") == 2
    assert summary.out.endswith("method: weighted\n")


def test_what_could_not_be_taken_is_a_table(digest: Digest, tmp_path: Path) -> None:
    """With the reason beside the name."""
    (tmp_path / "broken.json").write_text("{", encoding="utf-8")
    ran = digest("ingest", tmp_path / "broken.json")

    assert ran.code == 1
    assert "0 new, 0 revised, 0 known already" in ran.out
    assert "1 could not be taken" in ran.out
    assert digest("ingest", tmp_path / "nowhere").code == 1


@pytest.mark.slow
def test_the_demo_ends_with_where_to_look(tmp_path: Path) -> None:
    """A newcomer's first minute: what was done, why what was left out, and where it lies."""
    home = tmp_path / "demo"
    ran = run_here("demo", "--home", home)
    again = run_here("demo", "--home", home)

    assert ran.code == 0, ran.err
    assert "13 frozen = 13 sent" in ran.out
    assert "the books balance" in ran.out
    assert str(home / "proof" / "edition.eml") in ran.out
    assert again.code == 1
    assert "the demo wants a new or empty folder" in again.err
