"""Mail that comes back: sent with a sender of its own, returned, and drawn the consequences of."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from commands import AT, SYSTEM, Ran
from digest.actions.app import App
from digest.actions.mailing import bounces
from digest.actions.mailing.bounces import Taken
from digest.deliver.mailbox import Mailbox, Received
from digest.errors import StoreError

Digest = Callable[..., Ran]
REPORTS = Path(__file__).parents[1] / "fixtures" / "reports"
WRITTEN = "b+7-aaaqeayeaudaocajbifqydiob4-mc2itxr74fdzp527y3gg@bounces.news.example.org"
NEXT = "2026-11-20T07:00:00+01:00"


@pytest.fixture
def mailbox(home: Path, tmp_path: Path) -> Iterator[Mailbox]:
    """A real SMTP server that the home's relay points at; reports go to a domain of their own."""
    with Mailbox(tmp_path / "mail") as running:
        text = SYSTEM.format(port=running.port)
        text += "delivery: {bounce_domain: bounces.news.example.org}\n"
        (home / "config" / "digest.yaml").write_text(text, encoding="utf-8")
        yield running


@pytest.fixture
def sent(digest: Digest, articles: Path, mailbox: Mailbox) -> Callable[[str], dict[str, str]]:
    """Send the edition of a morning to Sam and Ada; give the envelope sender by recipient."""
    assert digest("ingest", articles).code == 0
    for name in ("sam", "ada"):
        digest("subscribers", "add", f"{name}@example.org", "-d", "daily", "--consent", "form")

    def send(at: str) -> dict[str, str]:
        before = len(mailbox.messages())
        edition = digest("build", "daily", "--at", at, "--json").data["edition"]
        ran = digest("send", edition, "--late", "--json")
        assert ran.code == 0, ran.err
        received: tuple[Received, ...] = tuple(mailbox.messages())[before:]
        return {one.recipients[0]: one.sender for one in received}

    return send


def returned(folder: Path, name: str, sender: str, *, said: str = "report") -> Path:
    """Write a report for an envelope sender."""
    folder.mkdir(parents=True, exist_ok=True)
    text = (REPORTS / f"{name}.eml").read_text(encoding="utf-8").replace(WRITTEN, sender)
    path = folder / f"{said}.eml"
    path.write_text(text.replace("Message-ID: <", f"Message-ID: <{said}."), encoding="utf-8")
    return path


def outcomes(ran: Ran) -> list[tuple[str, str | None]]:
    """Return what became of each file, and of whom."""
    return [(one["outcome"], one["email"]) for one in ran.data["reports"]]


def test_each_mail_has_an_envelope_sender_of_its_own(
    sent: Callable[[str], dict[str, str]], mailbox: Mailbox
) -> None:
    """The From field stays the sender's; the envelope tells whom a report is about."""
    senders = sent(AT)

    assert set(senders) == {"sam@example.org", "ada@example.org"}
    assert len(set(senders.values())) == 2
    assert all(s.startswith("b+1-") and s.endswith("@bounces.news.example.org") for s in senders.values())
    assert all(b"From: The Daily Brief <brief@news.example.org>" in one.content for one in mailbox.messages())


def test_the_second_edition_that_comes_back_suppresses(
    digest: Digest, sent: Callable[[str], dict[str, str]], tmp_path: Path
) -> None:
    """One bad morning of a server costs nobody their digest; two editions tell that the address is gone."""
    first = sent(AT)["sam@example.org"]
    report = returned(tmp_path / "in", "no-such-user", first)
    taken = digest("bounces", "take", report, "--json")
    again = digest("bounces", "take", report, "--json")
    twin = digest("bounces", "take", returned(tmp_path / "in", "exchange", first, said="twin"), "--json")

    assert outcomes(taken) == outcomes(twin) == [("noted", "sam@example.org")]
    assert outcomes(again) == [("known", "sam@example.org")]
    assert digest("suppress", "list", "--json").data == []

    second = sent(NEXT)["sam@example.org"]
    third = digest("bounces", "take", returned(tmp_path / "in", "no-such-user", second, said="next"))

    assert "1 suppressed" in third.out
    barred = digest("suppress", "list", "--json").data
    assert [(one["email"], one["reason"]) for one in barred] == [
        ("sam@example.org", "mail comes back: 5.1.1")
    ]
    listed = digest("bounces", "list", "--json").data
    assert [(one["edition"], one["status"]) for one in listed] == [(2, "5.1.1"), (1, "5.1.10"), (1, "5.1.1")]
    assert "sam@example.org" in digest("bounces", "list", "--limit", "1").out


def test_what_is_not_the_readers_fault_never_suppresses(
    digest: Digest, sent: Callable[[str], dict[str, str]], tmp_path: Path
) -> None:
    """Full mailboxes, delays and policies pass; automatic answers are no reports."""
    names = ("mailbox-full", "policy", "sender-not-authenticated", "delayed", "vacation", "person", "broken")
    for at in (AT, NEXT):
        sender = sent(at)["sam@example.org"]
        for name in names:
            returned(tmp_path / "in", name, sender, said=f"{name}-{at[:10]}")
    ran = digest("bounces", "take", tmp_path / "in", "--json")

    assert (ran.code, ran.data["counts"]["noted"], ran.data["counts"]["ignored"]) == (0, 8, 6)
    assert len(ran.data["reports"]) == 14
    assert digest("suppress", "list", "--json").data == []


def test_a_complaint_ends_the_subscription_at_once(
    digest: Digest, sent: Callable[[str], dict[str, str]], tmp_path: Path
) -> None:
    """Whoever calls it spam must not get it again."""
    report = returned(tmp_path / "in", "complaint", sent(AT)["ada@example.org"])
    ran = digest("bounces", "take", report, "--json")
    (choice,) = digest("subscribers", "show", "ada@example.org", "--json").data["subscriptions"]

    assert outcomes(ran) == [("ended", "ada@example.org")]
    assert choice["state"] == "ended"
    assert [one["reason"] for one in digest("suppress", "list", "--json").data] == ["complaint"]


def test_forged_and_foreign_reports_change_nothing(
    digest: Digest, sent: Callable[[str], dict[str, str]], tmp_path: Path
) -> None:
    """Eve knows Sam's address and how reports look; she has no key."""
    sender = sent(AT)["sam@example.org"]
    returned(tmp_path / "in", "no-such-user", sender.replace("b+1-", "b+2-"), said="a")
    returned(tmp_path / "in", "no-such-user", WRITTEN, said="b")
    returned(tmp_path / "in", "address-in-text-only", sender, said="c")
    ran = digest("bounces", "take", tmp_path / "in", "--json")

    assert outcomes(ran) == [("stranger", None)] * 3
    assert digest("bounces", "list", "--json").data == []


def test_a_maildir_is_read_and_left_as_it_is(
    digest: Digest, sent: Callable[[str], dict[str, str]], tmp_path: Path
) -> None:
    """Mail servers deliver reports there; cron takes them in every night."""
    sender = sent(AT)["sam@example.org"]
    box = tmp_path / "Maildir"
    for part, name in (("cur", "1.host:2,S"), ("new", "2.host"), ("tmp", "3.host"), ("new", ".hidden")):
        made = returned(box / part, "mailbox-full", sender, said=name[0])
        made.rename(box / part / name)
    ran = digest("bounces", "take", box, "--json")

    assert [Path(one["file"]).name for one in ran.data["reports"]] == ["1.host:2,S", "2.host"]
    assert (box / "new" / "2.host").exists()


def test_a_path_that_is_not_there_is_told_before_anything_is_taken(digest: Digest, tmp_path: Path) -> None:
    """A typo in a cron job must not look like a quiet night; an empty folder is one."""
    report = returned(tmp_path / "in", "policy", WRITTEN)
    ran = digest("bounces", "take", report, tmp_path / "nowhere", "--json")

    assert (ran.code, ran.error["error"]) == (1, "no such file or folder")
    (tmp_path / "empty").mkdir()
    assert digest("bounces", "take", tmp_path / "empty").out == "0 files\n"


def test_a_file_that_cannot_be_read_costs_itself(
    digest: Digest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Others are taken in; the exit status tells."""
    bad, good = (returned(tmp_path / "in", "person", WRITTEN, said=name) for name in ("bad", "good"))
    real = Path.open

    def refuse(path: Path, *args: Any, **named: Any) -> object:  # noqa: ANN401  # why: as Path.open takes them
        if path == bad:
            raise PermissionError(13, "no", str(path))
        return real(path, *args, **named)

    monkeypatch.setattr(Path, "open", refuse)
    ran = digest("bounces", "take", bad, good, "--json")

    assert ran.code == 1
    assert [one["outcome"] for one in ran.data["reports"]] == ["unreadable", "ignored"]


@pytest.mark.parametrize("end", [StoreError("database or disk is full"), KeyboardInterrupt()])
def test_what_was_taken_before_the_end_is_shown(
    digest: Digest,
    sent: Callable[[str], dict[str, str]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    end: BaseException,
) -> None:
    """The database fails midway, or somebody has enough: the consequences of what came before hold."""
    senders = sent(AT)
    for name in ("sam", "ada"):
        returned(tmp_path / "in", "complaint", senders[f"{name}@example.org"], said=name)
    real = bounces.take_message

    def fail_at_sam(app: App, message: bytes, *, file: str) -> Taken:
        if file.endswith("sam.eml"):
            raise end
        return real(app, message, file=file)

    monkeypatch.setattr(bounces, "take_message", fail_at_sam)
    ran = digest("bounces", "take", tmp_path / "in")

    assert ran.code != 0
    assert "1 files: 1 ended" in ran.out
    assert "ada.eml" in ran.out
    assert ("disk is full" in ran.err) is isinstance(end, StoreError)
    assert [one["email"] for one in digest("suppress", "list", "--json").data] == ["ada@example.org"]


def test_a_reason_on_record_is_not_written_over(
    digest: Digest, sent: Callable[[str], dict[str, str]], tmp_path: Path
) -> None:
    """Who asked by phone not to be mailed stays on record with that; late reports are only noted."""
    senders = [sent(at)["sam@example.org"] for at in (AT, NEXT)]
    digest("suppress", "add", "sam@example.org", "--reason", "asked by phone")
    for sender, name in zip((*senders, senders[1]), ("policy", "no-such-user", "complaint"), strict=True):
        returned(tmp_path / "in", name, sender, said=name)
    returned(tmp_path / "in", "no-such-user", senders[0], said="no-such-user-either")
    ran = digest("bounces", "take", tmp_path / "in", "--json")

    assert [outcome for outcome, _ in outcomes(ran)] == ["ended", "noted", "noted", "noted"]
    assert [one["reason"] for one in digest("suppress", "list", "--json").data] == ["asked by phone"]


def test_the_erased_are_strangers_to_late_reports(
    digest: Digest, sent: Callable[[str], dict[str, str]], tmp_path: Path
) -> None:
    """A report that comes in days later must not bring back what was forgotten."""
    sender = sent(AT)["sam@example.org"]
    digest("subscribers", "erase", "sam@example.org", "--yes")
    ran = digest("bounces", "take", returned(tmp_path / "in", "complaint", sender), "--json")

    assert outcomes(ran) == [("stranger", None)]
