"""Signed mail from the key to the mailbox: what was signed is what arrives."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from commands import AT, DAILY, SYSTEM, Ran, furnish, run_here
from digest.actions.editions import find
from digest.actions.printing.mail import Press
from digest.actions.printing.presses import render
from digest.bootstrap import open_app
from digest.deliver.mailbox import Mailbox
from dkim_verifier import verify

ARTICLES = Path(__file__).parents[1] / "acceptance" / "articles.json"
Command = Callable[..., Ran]


@pytest.fixture
def mailbox(tmp_path: Path) -> Iterator[Mailbox]:
    """A real SMTP server on loopback."""
    with Mailbox(tmp_path / "mail") as running:
        yield running


@pytest.fixture
def digest(tmp_path: Path, mailbox: Mailbox) -> Command:
    """Run the command on a home with a digest 'daily' that mails to the mailbox."""
    root = furnish(tmp_path / "home")
    text = SYSTEM.format(port=mailbox.port) + "delivery: {max_lateness: 520w}\n"
    (root / "config" / "digest.yaml").write_text(text, encoding="utf-8")

    def run(*args: object) -> Ran:
        return run_here(*args, home=root)

    return run


def sign_with(root: Path, *entries: dict[str, str]) -> None:
    """Put keys into the configuration."""
    path = root / "config" / "digest.yaml"
    head = path.read_text(encoding="utf-8").partition("delivery:")[0]
    keys = ", ".join(
        "{" + ", ".join(f"{key}: {value}" for key, value in one.items()) + "}" for one in entries
    )
    path.write_text(f"{head}delivery: {{max_lateness: 520w, dkim: [{keys}]}}\n", encoding="utf-8")


def make_keys(
    digest: Command, *kinds: str, domain: str = "news.example.org"
) -> tuple[list[Any], dict[str, str]]:
    """Make a key of each kind; return their entries and the records as an operator would publish them."""
    made = [
        digest("dkim", "new", domain, "--selector", kind, "--type", kind, "--json").data for kind in kinds
    ]
    return [one["dkim"] for one in made], {one["record"]["name"]: one["record"]["text"] for one in made}


def build(digest: Command) -> None:
    """Build an edition that Sam and Ada subscribe to, each in their own way."""
    for args in (
        ("ingest", ARTICLES),
        ("subscribers", "add", "sam@example.org", "-d", "daily", "--consent", "form", "--name", "Sæm"),
        ("subscribers", "add", "ada@example.org", "-d", "daily", "--consent", "form", "--sections", "World"),
        ("build", "daily", "--at", AT),
    ):
        ran = digest(*args)
        assert ran.code == 0, ran.err


@pytest.mark.parametrize(
    ("kinds", "hands"), [((), 0), (("ed25519",), 0), (("rsa",), 2), (("rsa", "ed25519"), 2)]
)
def test_long_signatures_get_hands(
    digest: Command, tmp_path: Path, kinds: tuple[str, ...], hands: int
) -> None:
    """Measured: two threads are better than one with RSA, and none is best with Ed25519."""
    entries, _ = make_keys(digest, *kinds)
    sign_with(tmp_path / "home", *entries)
    build(digest)

    with open_app(tmp_path / "home") as app:
        stored = find(app, 1)
        assert Press(app, stored, render(app, stored)).hands == hands


def test_what_was_signed_is_what_arrives_and_what_the_preview_showed(
    digest: Command, mailbox: Mailbox, tmp_path: Path
) -> None:
    """The whole way: key, configuration, check, preview, send, and a strict look at the other end."""
    entries, published = make_keys(digest, "rsa", "ed25519")
    sign_with(tmp_path / "home", *entries)
    assert digest("check").code == 0
    build(digest)
    assert digest("preview", 1, "--as", "sam@example.org", "--out", tmp_path / "proof").code == 0

    sent = digest("send", 1, "--json")

    assert sent.code == 0, sent.err
    arrived = {message.recipients[0]: message.content for message in mailbox.messages()}
    assert set(arrived) == {"sam@example.org", "ada@example.org"}
    assert {who: verify(content, published) for who, content in arrived.items()} == {
        who: ["pass", "pass"] for who in arrived
    }
    assert arrived["sam@example.org"] == (tmp_path / "proof" / "edition.eml").read_bytes()


def test_a_key_that_comes_after_approval_does_not_undo_it(
    digest: Command, mailbox: Mailbox, tmp_path: Path
) -> None:
    """Approved is the content; who signs the envelope's mail is the operator's business."""
    build(digest)
    assert digest("editions", "approve", 1).code == 0
    entries, published = make_keys(digest, "ed25519", domain="example.org")
    sign_with(tmp_path / "home", *entries)

    sent = digest("send", 1)

    assert sent.code == 0, sent.err
    assert [verify(message.content, published) for message in mailbox.messages()] == [["pass"]] * 2


def test_a_test_mail_is_signed_too(digest: Command, mailbox: Mailbox, tmp_path: Path) -> None:
    """It is sent to see how the mail arrives; a signature is part of that."""
    entries, published = make_keys(digest, "rsa")
    sign_with(tmp_path / "home", *entries)
    build(digest)

    assert digest("send", 1, "--test", "olu@example.org").code == 0
    assert [verify(message.content, published) for message in mailbox.messages()] == [["pass"]]


def test_each_digest_is_signed_by_the_keys_of_its_sender(
    digest: Command, mailbox: Mailbox, tmp_path: Path
) -> None:
    """One installation may send for two domains."""
    root = tmp_path / "home"
    other = DAILY.replace("brief@news.example.org", "brief@other.example.net")
    (root / "config" / "digests" / "other.yaml").write_text(other, encoding="utf-8")
    ours, published = make_keys(digest, "ed25519")
    theirs, _ = make_keys(digest, "rsa", domain="example.net")
    sign_with(root, *theirs, *ours)
    build(digest)

    assert digest("check").code == 0
    assert digest("send", 1).code == 0
    assert [verify(message.content, published) for message in mailbox.messages()] == [["pass"]] * 2


def weak_key() -> bytes:
    """Make a key that must not sign any more."""
    weak = generate_private_key(65537, 1024)  # noqa: S505  # why: the fault under test
    return weak.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (None, "No such file or directory"),
        (weak_key(), "an RSA key of 1024 bits"),
        (b"s3cret", "no private key in PEM"),
        (b"x" * 20_001, "more than 20000 bytes"),
    ],
    ids=["missing", "weak", "no key", "huge"],
)
def test_a_key_that_cannot_be_used_is_told(
    digest: Command, tmp_path: Path, content: bytes | None, found: str
) -> None:
    """With the line, the reason and the way out, and nothing of what the file holds."""
    root = tmp_path / "home"
    if content is not None:
        (root / "keys" / "s1.pem").write_bytes(content)
    sign_with(root, {"domain": "news.example.org", "selector": "s1", "key_file": "keys/s1.pem"})
    checked = digest("check", "--json")
    (fault,) = checked.data["faults"]

    assert checked.code == 1
    assert fault["file"].endswith("config/digest.yaml")
    assert (fault["line"], fault["key"]) == (4, "delivery.dkim.0.key_file")
    assert fault["found"] == f"keys/s1.pem: {found}"
    assert "digest dkim new news.example.org" in fault["hint"]
    assert "s3cret" not in checked.out


def test_without_its_key_nothing_is_sent(digest: Command, mailbox: Mailbox, tmp_path: Path) -> None:
    """Unsigned mail would be refused by receivers, one recipient after the other."""
    build(digest)
    sign_with(tmp_path / "home", {"domain": "news.example.org", "selector": "s1", "key_file": "keys/s1.pem"})
    sent = digest("send", 1, "--json")

    assert sent.code == 1
    assert "delivery.dkim.0.key_file: expected a private key" in sent.error["error"]
    assert mailbox.messages() == ()
    assert digest("deliveries", 1, "--json").data["frozen"] == 0


def test_a_pipe_is_no_key(digest: Command, tmp_path: Path) -> None:
    """Reading it would wait for ever."""
    root = tmp_path / "home"
    os.mkfifo(root / "keys" / "s1.pem")
    sign_with(root, {"domain": "news.example.org", "selector": "s1", "key_file": "keys/s1.pem"})

    (fault,) = digest("check", "--json").data["faults"]

    assert fault["found"] == "keys/s1.pem: not a file"


def test_a_key_of_another_domain_signs_nothing(digest: Command, mailbox: Mailbox, tmp_path: Path) -> None:
    """Receivers would take the mail for unsigned, and the operator would not know."""
    entries, _ = make_keys(digest, "ed25519", domain="example.net")
    sign_with(tmp_path / "home", *entries)
    build(digest)
    faults = digest("check", "--json").data["faults"]
    sent = digest("send", 1, "--json")

    assert [(Path(fault["file"]).name, fault["key"]) for fault in faults] == [
        ("digest.yaml", "delivery.dkim.0.domain"),
        ("daily.yaml", "from"),
    ]
    assert faults[0]["hint"] == "senders are at news.example.org"
    assert "digest dkim new news.example.org" in faults[1]["hint"]
    assert sent.code == 1
    assert faults[1]["key"] in sent.error["error"]
    assert mailbox.messages() == ()


@pytest.mark.parametrize(
    ("entry", "key", "expected"),
    [
        ({"domain": "a b"}, "domain", "a domain such as news.example.org"),
        ({"selector": "s1;"}, "selector", "up to 63 letters, digits, hyphens and dots such as s1"),
    ],
)
def test_names_that_cannot_be_in_the_dns_are_faults(
    digest: Command, tmp_path: Path, entry: dict[str, str], key: str, expected: str
) -> None:
    """They would stand in every header."""
    whole = {"domain": "news.example.org", "selector": "s1", "key_file": "keys/s1.pem"} | entry
    sign_with(tmp_path / "home", whole)

    (fault,) = digest("check", "--json").data["faults"]

    assert (fault["key"], fault["expected"]) == (f"delivery.dkim.0.{key}", expected)


def test_two_keys_under_one_name_are_a_fault(digest: Command, tmp_path: Path) -> None:
    """The DNS holds one record for a selector: one of the signatures would never verify."""
    entries, _ = make_keys(digest, "rsa")
    sign_with(tmp_path / "home", *entries, *entries)

    (fault,) = digest("check", "--json").data["faults"]

    assert (fault["key"], fault["found"]) == ("delivery.dkim.1.selector", "'rsa'")
