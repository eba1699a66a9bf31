"""What an operator does when a mail's fate is open."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from commands import AT, SYSTEM, Ran
from digest.actions.mailing import books
from digest.cli import deliveries
from digest.deliver.mailbox import Mailbox, MailboxRules, Mishap

SAM, OLU = "sam@example.org", "olu@example.org"


@pytest.fixture
def mishaps() -> dict[str, Mishap]:
    """What goes wrong, by recipient; tests fill and empty it."""
    return {}


@pytest.fixture
def edition(
    digest: Callable[..., Ran], articles: Path, home: Path, tmp_path: Path, mishaps: dict[str, Mishap]
) -> Iterator[int]:
    """An edition for Sam and Olu, and a relay that may fail them."""
    assert digest("ingest", articles).code == 0
    for address in (SAM, OLU):
        digest("subscribers", "add", address, "-d", "daily", "--consent", "form")
    with Mailbox(tmp_path / "mail", rules=MailboxRules(mishaps=mishaps)) as running:
        text = SYSTEM.format(port=running.port)
        (home / "config" / "digest.yaml").write_text(text, encoding="utf-8")
        yield int(digest("build", "daily", "--at", AT, "--json").data["edition"])


def count(tmp_path: Path) -> int:
    """Count the mails that arrived."""
    return len(list((tmp_path / "mail").glob("*.eml")))


def test_the_unknown_are_mailed_again_only_when_somebody_says_so(
    digest: Callable[..., Ran], edition: int, mishaps: dict[str, Mishap], tmp_path: Path
) -> None:
    """The relay kept the mail and died before it said so: a second copy is Olu's choice, not ours."""
    mishaps[SAM] = Mishap(when="dot", reply=None, keep=True)
    first = digest("send", edition, "--late", "--json")
    again = digest("send", edition, "--late", "--json")
    mishaps.clear()
    asked = digest("deliveries", edition, "--resend-unknown", "--json").data
    sent = digest("send", edition, "--late", "--json")

    assert (first.code, first.data["sent"], first.data["unknown"]) == (1, 1, 1)
    assert again.error["error"] == f"edition {edition} is sent"
    assert (asked["unknown"], asked["open"]) == (0, 1)
    assert (sent.code, sent.data["sent"], sent.data["open"]) == (0, 2, 0)
    assert count(tmp_path) == 3


def test_accepting_the_unknown_leaves_them_on_record(
    digest: Callable[..., Ran], edition: int, mishaps: dict[str, Mishap], tmp_path: Path
) -> None:
    """The books never claim what nobody knows; they say who decided."""
    mishaps[SAM] = Mishap(when="dot", reply=None)
    digest("send", edition, "--late")
    said = digest("deliveries", edition, "--accept-unknown", "--json").data

    assert (said["frozen"], said["sent"], said["unknown"]) == (2, 1, 1)
    assert said["balance"] is True
    assert [one["email"] for one in said["recipients"]] == [SAM]
    assert said["recipients"][0]["reason"].startswith("accepted by ")
    assert count(tmp_path) == 1


def test_nobody_unknown_is_nothing_to_decide(digest: Callable[..., Ran], edition: int) -> None:
    """A slip of the hand must not look like a decision."""
    digest("send", edition, "--late")
    ran = digest("deliveries", edition, "--resend-unknown", "--json")

    assert (ran.code, ran.error["error"]) == (
        1,
        f"edition {edition} has nobody unknown that is to be decided on",
    )
    assert digest("deliveries", edition, "--resend-unknown", "--accept-unknown").code == 2


def test_an_edition_that_is_too_late_can_be_ended(
    digest: Callable[..., Ran], edition: int, mishaps: dict[str, Mishap], tmp_path: Path
) -> None:
    """The relay put Sam off; by the time it would take him, the paper is old."""
    mishaps[SAM] = Mishap(when="rcpt", reply="450 4.2.0 later")
    first = digest("send", edition, "--late", "--json").data
    late = digest("send", edition, "--json")
    ended = digest("send", edition, "--expire", "--json")

    assert (first["sent"], first["open"]) == (1, 1)
    assert late.error["hint"] == "--late sends it all the same, --expire ends it for those still open"
    assert (ended.code, ended.data["expired"], ended.data["open"]) == (0, 1, 0)
    assert digest("editions", "list", "--json").data[0]["state"] == "sent"
    assert count(tmp_path) == 1


def test_a_long_list_is_cut_and_says_so(
    digest: Callable[..., Ran], edition: int, mishaps: dict[str, Mishap], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A million lines in a terminal help nobody; the program that asks for JSON gets them all."""
    monkeypatch.setattr(deliveries, "SHOWN", 1)
    monkeypatch.setattr(books, "_PAGE", 1)
    mishaps[SAM] = mishaps[OLU] = Mishap(when="rcpt", reply="550 5.1.1 no such user")
    digest("send", edition, "--late")
    shown = digest("deliveries", edition)
    said = digest("deliveries", edition, "--json")

    assert (shown.out.count("no such user"), shown.out.splitlines()[-1]) == (
        1,
        "and 1 more; --json lists them all",
    )
    assert [one["email"] for one in said.data["recipients"]] == [SAM, OLU]
    assert list(said.data)[-3:] == ["balance", "versions", "recipients"]
