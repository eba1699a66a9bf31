"""Build, ask why, approve, send: the path of an edition."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from commands import AT, DAILY, SYSTEM, Ran, furnish, run_digest
from digest.deliver.mailbox import Mailbox


@pytest.fixture
def filled(digest: Callable[..., Ran], articles: Path) -> Callable[..., Ran]:
    """A home with eight articles and Sam, who subscribes."""
    assert digest("ingest", articles).code == 0
    added = digest(
        "subscribers", "add", "sam@example.org", "-d", "daily", "--consent", "form", "--name", "Sam"
    )
    assert added.code == 0
    return digest


@pytest.fixture
def mailbox(home: Path, tmp_path: Path) -> Iterator[Mailbox]:
    """A real SMTP server that the home's relay points at."""
    with Mailbox(tmp_path / "mail") as running:
        text = SYSTEM.format(port=running.port)
        (home / "config" / "digest.yaml").write_text(text, encoding="utf-8")
        yield running


def test_build_keeps_the_caps_and_gives_every_candidate_a_reason(filled: Callable[..., Ran]) -> None:
    """Eight candidates: World holds two of five, Science both, the baker goes to 'more'."""
    said = filled("build", "daily", "--at", AT, "--json").data
    sizes = {section["key"]: len(section["items"]) for section in said["sections"]}

    assert sizes == {"world": 2, "science": 2, "more": 1}
    assert (said["kept"], said["dropped"]) == (5, 3)
    assert said["reasons"] == {"section_cap": 3}
    assert said["state"] == "draft"
    assert said["slot"] == "2026-11-19T07:00"


def test_why_answers_in_one_sentence(filled: Callable[..., Ran]) -> None:
    """For what is in, what was cut, and what was never a candidate."""
    edition = filled("build", "daily", "--at", AT, "--json").data["edition"]
    listed = {one["title"]: one["id"] for one in filled("articles", "list", "--json").data}
    cut = filled("editions", "why", edition, listed["Harbour strike ends after nine days"], "--json").data
    taken = filled("editions", "why", edition, listed["Moth wings inspire a quieter fan"], "--json").data

    assert set(cut) >= {"article", "decision", "rule", "value", "text"}
    assert (cut["decision"], cut["rule"], cut["value"]) == ("dropped", "section_cap", "2 of 2 in World")
    assert cut["text"].startswith(
        "“Harbour strike ends after nine days” was left out: World already held 2 of 2"
    )
    assert (taken["decision"], taken["rule"]) == ("kept", "ranked")


def test_a_cut_article_stands_again_next_time(filled: Callable[..., Ran], mailbox: Mailbox) -> None:
    """Selected is not delivered, and cut is not lost."""
    first = filled("build", "daily", "--at", AT, "--json").data
    assert filled("send", first["edition"], "--late", "--json").data["sent"] == 1
    second = filled("build", "daily", "--at", "2026-11-20T07:00", "--json").data
    titles = [item["title"] for section in second["sections"] for item in section["items"]]

    assert len(mailbox.messages()) == 1
    assert sorted(titles) == [
        "Grain convoy reaches the northern islands",
        "Parliament in Norrvik elects its first speaker",
    ]


def test_a_pin_brings_in_and_a_ban_keeps_out(filled: Callable[..., Ran]) -> None:
    """Editors outrank the ranking."""
    listed = {one["title"]: one["id"] for one in filled("articles", "list", "--json").data}
    pinned, banned = (
        listed["Harbour strike ends after nine days"],
        listed["Ministers agree on fishing quotas"],
    )
    filled("articles", "pin", pinned, "--digest", "daily")
    filled("articles", "ban", banned, "--digest", "daily")
    said = filled("build", "daily", "--at", AT, "--dry-run", "--json").data
    world = [item["article"] for item in said["sections"][0]["items"]]

    assert said["edition"] is None
    assert world[0] == pinned
    assert banned not in world


def test_too_few_articles_skip_the_edition_and_say_so(digest: Callable[..., Ran]) -> None:
    """An empty store gives no mail, and no error."""
    ran = digest("build", "daily", "--at", AT)

    assert ran.code == 0
    assert "skipped" in ran.out
    assert digest("editions", "list", "--json").data[0]["state"] == "skipped"


def test_what_needs_review_is_not_sent_before_it_is_approved(
    filled: Callable[..., Ran], home: Path, mailbox: Mailbox
) -> None:
    """Ada approves; until then Olu's send is refused with the way out."""
    config = home / "config" / "digests" / "daily.yaml"
    config.write_text(DAILY + "review: {mode: required}\n", encoding="utf-8")
    edition = run_digest("build", "daily", "--at", AT, "--json", home=home).data["edition"]
    refused = filled("send", edition, "--late", "--json")
    filled("editions", "hold", edition, "--note", "a name to check")
    approved = filled("editions", "approve", edition, "--json")
    sent = run_digest("send", edition, "--late", "--json", home=home)

    assert refused.code == 1
    assert refused.error == {
        "error": f"edition {edition} is review",
        "where": None,
        "hint": f"`digest editions approve {edition}` first",
    }
    assert approved.data["state"] == "approved"
    ends = ("frozen", "sent", "failed", "expired", "excluded", "unknown", "open")
    assert [sent.data[name] for name in ends] == [1, 1, 0, 0, 0, 0, 0]
    assert len(mailbox.messages()) == 1


def test_a_changed_template_withdraws_the_approval(
    filled: Callable[..., Ran], home: Path, mailbox: Mailbox
) -> None:
    """Approval is of the content's hash, not of a number."""
    edition = filled("build", "daily", "--at", AT, "--json").data["edition"]
    filled("editions", "approve", edition)
    config = home / "config" / "digests" / "daily.yaml"
    config.write_text(DAILY.replace("The Daily Brief\n", "The Daily Grief\n", 1), encoding="utf-8")
    refused = filled("send", edition, "--late", "--json")

    assert refused.code == 1
    assert "would not be what was approved" in refused.error["error"]
    assert mailbox.messages() == ()


def test_a_cancelled_edition_frees_its_articles(filled: Callable[..., Ran]) -> None:
    """Only what was sent counts as used."""
    first = filled("build", "daily", "--at", AT, "--json").data
    filled("editions", "cancel", first["edition"])
    second = filled("build", "daily", "--at", "2026-11-19T07:30", "--json").data

    assert filled("send", first["edition"], "--late").code == 1
    assert second["kept"] == first["kept"]


def test_the_suppressed_are_excluded_on_record(filled: Callable[..., Ran], mailbox: Mailbox) -> None:
    """Eve asked never to be mailed; the books say so."""
    filled("subscribers", "add", "eve@example.org", "-d", "daily", "--consent", "form")
    filled("suppress", "add", "EVE@example.org", "--reason", "asked by phone")
    edition = filled("build", "daily", "--at", AT, "--json").data["edition"]
    books = filled("send", edition, "--late", "--json").data
    listed = filled("deliveries", edition, "--json").data

    assert (books["frozen"], books["sent"], books["excluded"]) == (2, 1, 1)
    assert listed["balance"] is True
    assert [(one["email"], one["state"]) for one in listed["recipients"]] == [("eve@example.org", "excluded")]
    assert [one.recipients for one in mailbox.messages()] == [("sam@example.org",)]


@pytest.mark.slow
def test_a_dead_relay_loses_nobody(filled: Callable[..., Ran]) -> None:
    """Nobody listens on the port; the recipient stays open and the message says what to do."""
    edition = filled("build", "daily", "--at", AT, "--json").data["edition"]
    ran = filled("send", edition, "--late", "--json")
    books = filled("deliveries", edition, "--json").data

    assert ran.code == 1
    assert ran.error["error"]
    assert (books["frozen"], books["open"], books["failed"]) == (1, 1, 0)


def test_an_edition_without_subscribers_is_not_used_up(digest: Callable[..., Ran], articles: Path) -> None:
    """Olu forgot the import; the articles must be there tomorrow."""
    digest("ingest", articles)
    edition = digest("build", "daily", "--at", AT, "--json").data["edition"]
    ran = digest("send", edition, "--late", "--json")

    assert ran.code == 1
    assert ran.error["error"] == "nobody subscribes to daily"
    assert digest("editions", "list", "--json").data[0]["state"] == "approved"


def test_a_late_edition_is_not_sent_by_itself(filled: Callable[..., Ran]) -> None:
    """After an outage nobody wants yesterday's paper unasked."""
    edition = filled("build", "daily", "--at", AT, "--json").data["edition"]
    ran = filled("send", edition, "--json")

    assert ran.code == 1
    assert ran.error["hint"] == "--late sends it all the same"


def test_a_test_mail_leaves_the_books_alone(filled: Callable[..., Ran], mailbox: Mailbox) -> None:
    """Ada looks at the real thing in her own mailbox."""
    edition = filled("build", "daily", "--at", AT, "--json").data["edition"]
    said = filled("send", edition, "--test", "ada@example.org", "--json").data

    assert said["state"] == "sent"
    assert [one.recipients for one in mailbox.messages()] == [("ada@example.org",)]
    assert filled("deliveries", edition, "--json").data["frozen"] == 0


def test_preview_as_a_subscriber_shows_their_own_mail(filled: Callable[..., Ran], tmp_path: Path) -> None:
    """Four files: the message, its two parts, and the MJML they came from."""
    edition = filled("build", "daily", "--at", AT, "--json").data["edition"]
    filled("preview", edition, "--as", "sam@example.org", "--out", tmp_path / "proof")
    files = {path.name: path.read_text("utf-8") for path in (tmp_path / "proof").iterdir()}

    assert set(files) == {"edition.eml", "edition.html", "edition.txt", "edition.mjml"}
    assert "Sam" in files["edition.txt"]
    assert "sam@example.org" in files["edition.html"]
    assert "\ufdd0" not in files["edition.html"] + files["edition.txt"]


@pytest.mark.slow
def test_the_same_articles_and_rules_give_the_same_bytes(
    articles: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two machines, two moments, two orders of hashing: one edition."""
    mails = []
    for seed in ("1", "2"):
        monkeypatch.setenv("PYTHONHASHSEED", seed)
        root = tmp_path / f"home{seed}"
        furnish(root)
        (root / "keys" / "signing.key").write_text("k" * 43 + "\n", encoding="ascii")
        run_digest("ingest", articles, home=root)
        run_digest("build", "daily", "--at", AT, home=root)
        run_digest("preview", "1", "--out", tmp_path / seed, home=root)
        mails.append((tmp_path / seed / "edition.eml").read_bytes())

    assert mails[0] == mails[1]
    assert b"Subject: " in mails[0]
