"""Reports that name no address of ours: the mail that they enclose tells whose it was."""

from __future__ import annotations

import re
import smtplib
import sqlite3
from base64 import encodebytes
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from quopri import encodestring
from typing import Any

import pytest

from commands import AT, SYSTEM, Ran
from digest.actions.mailing.intake import listener
from digest.bootstrap import open_app
from digest.deliver import bounce_address
from digest.deliver.mailbox import Mailbox

Digest = Callable[..., Ran]
Send = Callable[[str], dict[str, bytes]]
Wrap = Callable[[bytes], bytes]
NEXT = "2026-11-20T07:00:00+01:00"
HEAD = b"""From: <feedback@mail.readers.example>
To: <brief@news.example.org>
Subject: FW: News
MIME-Version: 1.0
Content-Type: multipart/report; boundary="cut"

--cut
Content-Type: text/plain

About a mail.

--cut
"""
#: As providers write it who tell nobody's address: RFC 5965, RFC 6590.
FEEDBACK = b"""Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: Feedback/1.0
Version: 1
Original-Mail-From: <redacted@news.example.org>
Original-Rcpt-To: <redacted@readers.example>

--cut
"""
MARK = b"X-HmXmrOriginalRecipient: redacted@readers.example\r\n"
#: A text each, with the phrases by which these servers are known (qmail's and older Exims').
QMAIL = b"""From: MAILER-DAEMON@old.readers.example
To: brief@news.example.org
Subject: failure notice

Hi. This is the qmail-send program at old.readers.example.
It could not be brought to these:

<sam@readers.example>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.

"""
EXIM = b"""From: Mail Delivery System <Mailer-Daemon@mx.readers.example>
To: brief@news.example.org
Subject: Mail delivery failed: returning message to sender

This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. The following address(es) failed:

  sam@readers.example
    Unrouteable address

------ This is a copy of the message, including all the headers. ------
------ The body of the message is 36312 characters long.

"""
FAILURE = b"""Content-Type: message/delivery-status

Reporting-MTA: dns; mx.readers.example

Final-Recipient: rfc822; sam@readers.example
Action: failed
Status: 5.1.1

--cut
"""


@pytest.fixture
def send(digest: Digest, home: Path, articles: Path, tmp_path: Path) -> Iterator[Send]:
    """Send the edition of a morning to Sam and Ada, from a home without bounce_domain; give the mails."""
    with Mailbox(tmp_path / "mail") as running:
        (home / "config" / "digest.yaml").write_text(SYSTEM.format(port=running.port), encoding="utf-8")
        assert digest("ingest", articles).code == 0
        for name in ("sam", "ada"):
            digest("subscribers", "add", f"{name}@example.org", "-d", "daily", "--consent", "form")

        def sent(at: str) -> dict[str, bytes]:
            before = len(running.messages())
            edition = digest("build", "daily", "--at", at, "--json").data["edition"]
            ran = digest("send", edition, "--late", "--json")
            assert ran.code == 0, ran.err
            return {one.recipients[0]: one.content for one in running.messages()[before:]}

        yield sent


def redacted(mail: bytes) -> bytes:
    """Take all addresses out, as providers do."""
    return re.sub(rb"(sam|ada)@example\.org", b"redacted@example.org", mail)


def header(mail: bytes) -> bytes:
    """Give the header of a mail, with LF."""
    return mail.replace(b"\r\n", b"\n").partition(b"\n\n")[0] + b"\n\n"


def whole(mail: bytes) -> bytes:
    """Enclose a mail as it is."""
    return b"Content-Type: message/rfc822\n\n" + mail.replace(b"\r\n", b"\n")


def headers_only(mail: bytes) -> bytes:
    """Enclose the header alone (RFC 6522)."""
    return b"Content-Type: text/rfc822-headers\n\n" + header(mail)


def in_base64(mail: bytes) -> bytes:
    """Encode the mail as a whole, which RFC 2046 forbids and programs do."""
    return b"Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n" + encodebytes(mail)


def in_quotes(mail: bytes) -> bytes:
    """Encode the header alone."""
    kind = b"Content-Type: text/rfc822-headers\nContent-Transfer-Encoding: quoted-printable\n\n"
    return kind + encodestring(header(mail))


def in_international_form(mail: bytes) -> bytes:
    """Enclose it as RFC 6532 has it."""
    return b"Content-Type: message/global\nContent-Transfer-Encoding: base64\n\n" + encodebytes(mail)


def folded(mail: bytes) -> bytes:
    """Fold the link in the middle, as poor servers do (RFC 2369, section 2)."""
    return headers_only(re.sub(rb"(List-Unsubscribe: <https?://[^>]{30})", rb"\1\n\t", mail))


def in_words(mail: bytes) -> bytes:
    """Write the link in encoded words, as Exchange does with long ones."""

    def words(found: re.Match[bytes]) -> bytes:
        pieces = [found[1][at : at + 40] for at in range(0, len(found[1]), 40)]
        coded = b"\n ".join(b"=?us-ascii?Q?" + each.replace(b"_", b"=5F") + b"?=" for each in pieces)
        return b"List-Unsubscribe: " + coded + b"\n"

    return headers_only(re.sub(rb"List-Unsubscribe: (<[^\n]*>)\n", words, mail.replace(b"\r\n", b"\n")))


WAYS = [whole, headers_only, in_base64, in_quotes, in_international_form, folded, in_words]


def take(digest: Digest, tmp_path: Path, *reports: bytes) -> list[tuple[str, str | None, int | None]]:
    """Take reports in; give outcome, reader and edition of each."""
    folder = tmp_path / "in"
    folder.mkdir(exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    for number, report in enumerate(reports):
        (folder / f"{number}.eml").write_bytes(report)
    ran = digest("bounces", "take", folder, "--json")
    assert ran.code == 0, ran.err
    return [(one["outcome"], one["email"], one["edition"]) for one in ran.data["reports"]]


def standing(digest: Digest, email: str) -> tuple[str, list[Any]]:
    """Give the state of a person's subscription, and why they are not mailed."""
    (choice,) = digest("subscribers", "show", email, "--json").data["subscriptions"]
    barred = digest("suppress", "list", "--json").data
    return choice["state"], [one["reason"] for one in barred if one["email"] == email]


@pytest.mark.parametrize("enclosed", WAYS)
def test_a_complaint_that_names_nobody_is_heard(
    digest: Digest, send: Send, tmp_path: Path, enclosed: Wrap
) -> None:
    """Providers take addresses out of what they send; the reader has called it spam all the same."""
    mail = redacted(send(AT)["sam@example.org"])
    report = HEAD + FEEDBACK + enclosed(mail) + b"\n--cut--\n"

    assert take(digest, tmp_path, report) == [("ended", "sam@example.org", 1)]
    assert take(digest, tmp_path, report) == [("known", "sam@example.org", 1)]
    assert standing(digest, "sam@example.org") == ("ended", ["complaint"])
    assert standing(digest, "ada@example.org") == ("confirmed", [])


def test_a_feedback_loop_is_heard_by_the_listener_without_a_domain_for_reports(
    digest: Digest, send: Send, home: Path
) -> None:
    """The one address that a provider was told is all that is taken mail for."""
    mail = redacted(send(AT)["sam@example.org"])
    listen = "delivery: {bounces: {listen: {url: 'lmtp://127.0.0.1:1', accept: [fbl@news.example.org]}}}\n"
    (home / "config" / "digest.yaml").write_text(SYSTEM.format(port=9) + listen, encoding="utf-8")
    with open_app(home) as app:
        running = listener(app)
        running.url = "lmtp://127.0.0.1:0"
        with running, smtplib.LMTP("127.0.0.1", int(running.url.rpartition(":")[2])) as server:
            signed = bounce_address(app.keyring, 1, "AAECAwQFBgcICQoLDA0ODw", "news.example.org")
            for stranger in ("brief@news.example.org", signed):
                with pytest.raises(smtplib.SMTPRecipientsRefused):
                    server.sendmail("", [stranger], b"Subject: x\n\nx")
            server.sendmail("", ["fbl@news.example.org"], HEAD + FEEDBACK + whole(mail) + b"\n--cut--\n")

    assert standing(digest, "sam@example.org") == ("ended", ["complaint"])


def junk_report(mail: bytes, sender: bytes = b"staff@hotmail.com", mark: bytes = MARK) -> bytes:
    """Enclose a mail as Microsoft's junk mail reporting did: marked, and without a word of feedback."""
    head = HEAD.replace(b"feedback@mail.readers.example", sender).replace(b"report;", b"mixed;")
    return head + whole(mark + mail) + b"\n--cut--\n"


def test_a_junk_report_of_microsofts_old_form_is_heard(digest: Digest, send: Send, tmp_path: Path) -> None:
    """It says nothing but whose mail it was; what is not signed, or not in that form, changes nothing."""
    mail = redacted(send(AT)["sam@example.org"])
    unsigned = mail.replace(b"List-Unsubscribe: <", b"X-Unsubscribe: <")
    within = b"To: eve@example.org\r\nContent-Type: message/rfc822\r\n\r\n" + mail
    ignored, stranger = ("ignored", None, None), ("stranger", None, None)

    assert take(digest, tmp_path, junk_report(mail, sender=b"eve@example.org")) == [ignored]
    assert take(digest, tmp_path, junk_report(mail, mark=b"")) == [ignored]
    assert take(digest, tmp_path, junk_report(unsigned), junk_report(within)) == [stranger] * 2
    assert standing(digest, "sam@example.org") == ("confirmed", [])
    assert take(digest, tmp_path, junk_report(mail)) == [("ended", "sam@example.org", 1)]
    assert standing(digest, "sam@example.org") == ("ended", ["complaint"])
    assert standing(digest, "ada@example.org") == ("confirmed", [])


@pytest.mark.parametrize("words", [QMAIL, EXIM], ids=["qmail", "exim"])
def test_mail_that_comes_back_in_a_text_is_known_by_its_own_header(
    digest: Digest, send: Send, tmp_path: Path, words: bytes
) -> None:
    """Two editions suppress, as of reports in parts; what somebody quoted below theirs was another's."""
    first, second = (redacted(send(at)["sam@example.org"]).replace(b"\r\n", b"\n") for at in (AT, NEXT))
    eves = b"From: eve@example.org\nSubject: FW\n\n"
    unsigned = first.replace(b"List-Unsubscribe: <", b"X-Unsubscribe: <")
    no_line = words.partition(b"---")[0] + b"\n" + first

    reports = (words + eves + first, words + eves + words + first, words + unsigned, no_line)
    assert take(digest, tmp_path, *reports) == [("stranger", None, None)] * 4
    assert take(digest, tmp_path, words + first) == [("noted", "sam@example.org", 1)]
    assert take(digest, tmp_path, words + second) == [("suppressed", "sam@example.org", 2)]


def test_two_editions_that_come_back_suppress_without_a_domain_for_reports(
    digest: Digest, send: Send, tmp_path: Path
) -> None:
    """Whoever has no domain for reports has dead addresses, too; one edition twice proves nothing."""
    first, second = (redacted(send(at)["sam@example.org"]) for at in (AT, NEXT))
    reports = [HEAD + FAILURE + headers_only(mail) + b"\n--cut--\n" for mail in (first, second)]
    twin = HEAD + FAILURE + whole(first) + b"\n--cut--\n"

    assert take(digest, tmp_path, reports[0], twin) == [("noted", "sam@example.org", 1)] * 2
    assert take(digest, tmp_path, reports[1]) == [("suppressed", "sam@example.org", 2)]
    assert standing(digest, "sam@example.org") == ("confirmed", ["mail comes back: 5.1.1"])


def test_a_complaint_is_heard_whose_message_id_a_relay_wrote_anew(
    digest: Digest, send: Send, tmp_path: Path
) -> None:
    """Some relays do. Who it was is known, and a bounce must prove its edition; the report counts once."""
    mail = re.sub(rb"Message-ID: <[^>]*>", b"Message-ID: <0100@relay.example>", send(AT)["sam@example.org"])
    failure = HEAD + FAILURE + whole(mail) + b"\n--cut--\n"
    complaint = HEAD + FEEDBACK + whole(mail) + b"\n--cut--\n"

    assert take(digest, tmp_path, failure, complaint) == [
        ("stranger", None, None),
        ("ended", "sam@example.org", 1),
    ]
    send(NEXT)
    assert take(digest, tmp_path, complaint)[0][:2] == ("known", "sam@example.org")


@pytest.mark.parametrize("state", ["held", "approved"])
def test_a_complaint_is_heard_while_all_that_went_out_is_held(
    digest: Digest, send: Send, home: Path, tmp_path: Path, state: str
) -> None:
    """The first edition is: it was held in the middle, or let go again and not yet begun anew."""
    mail = re.sub(rb"Message-ID: <[^>]*>", b"Message-ID: <0100@relay.example>", send(AT)["sam@example.org"])
    with closing(sqlite3.connect(home / "var" / "digest.db")) as database, database:
        database.execute("UPDATE editions SET state = ?", (state,))

    assert take(digest, tmp_path, HEAD + FEEDBACK + whole(mail) + b"\n--cut--\n") == [
        ("ended", "sam@example.org", 1)
    ]
    assert standing(digest, "sam@example.org") == ("ended", ["complaint"])


def test_only_what_we_have_signed_names_a_reader(digest: Digest, send: Send, tmp_path: Path) -> None:
    """Eve gets the digest, too, knows Sam's address, and the forms of all that stands in a mail."""
    mails = send(AT)
    sam, ada = mails["sam@example.org"], mails["ada@example.org"]
    link = re.search(rb"List-Unsubscribe: <([^>]+)>", sam)
    assert link is not None
    changed = link[1][:-1] + (b"A" if link[1][-1:] != b"A" else b"Q")
    browser = re.search(
        rb"/read/[\w.-]+", (tmp_path / "mail" / "000001.eml").read_bytes().replace(b"=\r\n", b"")
    )
    assert browser is not None
    attempts = {
        "another signature": sam.replace(link[1], changed),
        "no link": sam.replace(b"List-Unsubscribe: <", b"X-Unsubscribe: <"),
        "the link to read with": sam.replace(link[1], b"https://x.example/unsubscribe/" + browser[0][6:]),
        "an address alone": b"To: sam@example.org\r\nSubject: News\r\n\r\nHello.\r\n",
        "a reader's forwarded copy": b"To: eve@example.org\r\nContent-Type: message/rfc822\r\n\r\n" + sam,
        "a quoted copy": b"To: eve@example.org\r\nSubject: FW\r\n\r\n" + sam,
    }
    for said, mail in attempts.items():
        for kind in (FEEDBACK, FAILURE):
            report = HEAD + kind + whole(mail) + b"\n--cut--\n"
            assert take(digest, tmp_path, report) == [("stranger", None, None)], said
    # Ada's own link and the Message-ID of Sam's mail: it can be about Ada's own alone, and of no edition.
    own = re.search(rb"Message-ID: <[^>]+>", sam)
    assert own is not None
    mixed = re.sub(rb"Message-ID: <[^>]+>", own[0], ada)

    assert take(digest, tmp_path, HEAD + FAILURE + whole(mixed) + b"\n--cut--\n") == [
        ("stranger", None, None)
    ]
    assert standing(digest, "sam@example.org") == standing(digest, "ada@example.org") == ("confirmed", [])
