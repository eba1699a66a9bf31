"""The embedded mailbox: where the demo's mail arrives."""

from __future__ import annotations

import json
import smtplib
import threading
from pathlib import Path

import pytest

from digest.deliver.mailbox import Mailbox, MailboxRules, Mishap
from digest.errors import TransportError


def post(box: Mailbox, *recipients: str) -> None:
    """Send a mail with the standard library."""
    with smtplib.SMTP(box.host, box.port, local_hostname="localhost") as smtp:
        smtp.sendmail("brief@example.org", recipients, b"Subject: s\r\n\r\n.dot\r\nbody\r\n")


def test_message_is_kept_as_it_came(tmp_path: Path) -> None:
    """A person opens the .eml in a mail program and sees what was sent."""
    with Mailbox(tmp_path / "new" / "mail") as box:
        post(box, "sam@example.org", "ada@example.org")
        (message,) = box.messages()

    assert message.path.name == "000001.eml"
    assert message.path.read_bytes() == message.content == b"Subject: s\r\n\r\n.dot\r\nbody\r\n"
    assert (message.sender, message.recipients) == (
        "brief@example.org",
        ("sam@example.org", "ada@example.org"),
    )
    assert json.loads(message.path.with_suffix(".json").read_text()) == {
        "sender": "brief@example.org",
        "recipients": ["sam@example.org", "ada@example.org"],
    }


def test_numbers_go_on_after_a_restart(tmp_path: Path) -> None:
    """The demo run twice must not overwrite the mail of the first time."""
    for _ in range(2):
        with Mailbox(tmp_path) as box:
            post(box, "sam@example.org")

    assert [message.path.name for message in box.messages()] == ["000001.eml", "000002.eml"]


def test_mail_without_its_envelope_is_still_shown(tmp_path: Path) -> None:
    """Somebody may tidy the folder or put a file there."""
    (tmp_path / "000007.eml").write_bytes(b"Subject: s\r\n\r\n")
    (tmp_path / "000007.json").write_text("[")
    with Mailbox(tmp_path) as box:
        (message,) = box.messages()

    assert (message.sender, message.recipients) == ("", ())


def test_mishap_may_keep_the_message(tmp_path: Path) -> None:
    """A relay can take a message and die before it says so; both ends of that are tried."""
    kept, lost = Mishap(when="dot", reply=None, keep=True), Mishap(when="dot", reply=None)
    with Mailbox(
        tmp_path, rules=MailboxRules(mishaps={"sam@example.org": kept, "ada@example.org": lost})
    ) as box:
        for recipient in ("sam@example.org", "ada@example.org"):
            with pytest.raises(smtplib.SMTPServerDisconnected):
                post(box, recipient)

        assert [message.recipients for message in box.messages()] == [("sam@example.org",)]


def test_taken_port_is_said(tmp_path: Path) -> None:
    """The operator chose the port and must learn that somebody else has it."""
    with Mailbox(tmp_path) as first, pytest.raises(TransportError, match=str(first.port)):
        Mailbox(tmp_path, port=first.port).__enter__()


def test_leaving_ends_thread_and_connections(tmp_path: Path) -> None:
    """A demo that does not end is a demo that failed."""
    with Mailbox(tmp_path) as box:
        smtp = smtplib.SMTP(box.host, box.port, local_hostname="localhost", timeout=5)
        smtp.ehlo()
    try:
        with pytest.raises(smtplib.SMTPServerDisconnected):
            smtp.noop()
    finally:
        smtp.close()

    assert not [thread for thread in threading.enumerate() if thread.name == "mailbox"]
    with pytest.raises(OSError, match="refused"):
        smtplib.SMTP(box.host, box.port, local_hostname="localhost", timeout=1)
