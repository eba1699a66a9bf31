"""Reports of mail that came back: what each says, and about whom."""

from __future__ import annotations

import quopri
import re
from base64 import encodebytes as b64encode
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.deliver import bounce_address, read_bounce_address
from digest.deliver.reports import bounces
from digest.deliver.reports.bounces import MAX_REPORT_BYTES, read_report
from digest.deliver.statuses import HARD, find_status, judge_failure
from digest.tokens import Keyring

REPORTS = Path(__file__).parents[1] / "fixtures" / "reports"
RING = Keyring(("new-key-new-key-new-key-new-key-0",))
SAM = "AAECAwQFBgcICQoLDA0ODw"
ADDRESS = bounce_address(RING, 7, SAM, "bounces.news.example.org")

_GLOBAL = b"Content-Type: message/global-delivery-status\nContent-Transfer-Encoding: base64\n\n"
_JUNK = b"From: staff@hotmail.com\nContent-Transfer-Encoding: base64\n\n"
_COPY = b"--- Below this line is a copy of the message.\n"
Within = Callable[[float], AbstractContextManager[None]]


def about(addresses: tuple[str, ...]) -> tuple[int, str] | None:
    """Return edition and reader that the first signed address names."""
    return next((found for each in addresses if (found := read_bounce_address(RING, each))), None)


@pytest.mark.parametrize(
    ("name", "kind", "status", "known"),
    [
        ("no-such-user", "hard", "5.1.1", True),
        ("no-way-to-domain", "hard", "5.4.4", True),
        ("disabled-original-to", "hard", "5.2.1", True),
        ("words-without-code", "hard", "5.0.0", True),
        ("exim-unrouteable", "hard", "5.0.0", True),
        ("exim-full", "soft", "5.0.0", True),
        ("exchange", "hard", "5.1.10", True),
        ("qmail", "hard", "5.1.1", True),
        ("forged-token", "hard", "5.1.1", False),
        ("address-in-text-only", "hard", "5.1.1", False),
        ("mailbox-full", "soft", "5.2.2", True),
        ("too-big", "soft", "5.2.3", True),
        ("given-up-after-days", "soft", "4.4.1", True),
        ("delayed", "soft", "4.2.0", True),
        ("code-without-words", "soft", "5.0.0", True),
        ("policy", "refused", "5.7.1", True),
        ("sender-not-authenticated", "refused", "5.7.515", True),
        ("complaint", "complaint", None, True),
        ("global", "hard", "5.1.1", True),
        ("global-base64", "hard", "5.1.1", True),
        ("global-quoted", "soft", "4.4.1", True),
        ("global-forged", "hard", "5.1.1", False),
        ("not-spam", "unknown", None, False),
        ("delivered", "unknown", None, True),
        ("vacation", "reply", None, True),
        ("abwesend", "reply", None, True),
        ("person", "unknown", None, True),
        ("broken", "unknown", None, True),
    ],
)
def test_each_report_is_read_for_what_it_is(name: str, kind: str, status: str | None, known: bool) -> None:
    """Too strict loses readers, too lax ruins the sender's name; only signed fields say whose it is."""
    report = read_report((REPORTS / f"{name}.eml").read_bytes())

    assert (report.kind, report.status) == (kind, status)
    assert about(report.addresses) == ((7, SAM) if known else None)


def test_complaint_about_an_encoded_mail_is_read() -> None:
    """Whose mail it was stands in the mail alone, which is encoded as a whole (RFC 6532, section 3.7)."""
    mail = f"Return-Path: <{ADDRESS}>\nTo: jörg@bücher.example\nSubject: Brücke eröffnet\n\nBoats waited.\n"
    head, gap, _ = (REPORTS / "complaint.eml").read_bytes().partition(b"Content-Type: message/rfc822\n")
    head = head.replace(f"Original-Mail-From: <{ADDRESS}>\n".encode(), b"")
    kind = b"Content-Type: message/global\nContent-Transfer-Encoding: base64\n\n"
    report = read_report(head + kind + b64encode(mail.encode()) + b"--cut--\n")

    assert gap
    assert (report.kind, about(report.addresses)) == ("complaint", (7, SAM))


def test_a_mail_within_the_enclosed_mail_is_not_what_the_complaint_is_about() -> None:
    """Who got it forwarded complains of who forwarded it; its first reader wants it."""
    forwarded = f"To: eve@example.org\nContent-Type: message/rfc822\n\nReturn-Path: <{ADDRESS}>\n\nBoats.\n"
    head, gap, _ = (REPORTS / "complaint.eml").read_bytes().partition(b"Content-Type: message/rfc822\n\n")
    head = head.replace(f"Original-Mail-From: <{ADDRESS}>\n".encode(), b"")
    report, own = (
        read_report(head + gap + mail.encode() + b"--cut--\n")
        for mail in (forwarded, forwarded.partition("\n\n")[2])
    )

    assert (report.kind, about(report.addresses)) == ("complaint", None)
    assert about(own.addresses) == (7, SAM)


def changed(name: str, *changes: tuple[str, str]) -> bytes:
    """Return a report with other lines in it."""
    text = (REPORTS / f"{name}.eml").read_text(encoding="utf-8")
    for line, other in changes:
        assert line in text
        text = text.replace(line, other)
    return text.encode()


@pytest.mark.parametrize(
    "written",
    [
        "abuse (spam)",
        "(RFC 5965) abuse",
        "Abuse(of)",
        "(a (comment) in \\) one)\n\tabuse",
        "(a)(b) abuse (c)",
    ],
)
def test_comment_in_a_field_hides_no_complaint(written: str) -> None:
    """RFC 5965, section 3.5, allows comments; who complained would be mailed on."""
    assert read_report(changed("complaint", ("Type: abuse", f"Type: {written}"))).kind == "complaint"


@pytest.mark.parametrize("written", ["not-spam (abuse)", "(abuse)", "(abuse", "other (of) abuse", ""])
def test_word_in_a_comment_is_no_word_of_a_field(written: str) -> None:
    """A comment means nothing; nor does a word behind the first."""
    assert read_report(changed("complaint", ("Type: abuse", f"Type: {written}"))).kind == "unknown"


@pytest.mark.parametrize("action", ["(c) failed", "failed (no)", "Failed(no)", "(a)\n (b) failed"])
@pytest.mark.parametrize("status", ["5.1.1 (unknown)", "(unknown) 5.1.1"])
def test_comment_in_a_field_hides_no_failure(action: str, status: str) -> None:
    """RFC 3464, section 2.1.1, allows them in front, too."""
    lines = (("Action: failed", f"Action: {action}"), ("Status: 5.1.1", f"Status: {status}"))
    report = read_report(changed("no-such-user", *lines))

    assert (report.kind, report.status) == ("hard", "5.1.1")


@pytest.mark.parametrize(
    ("way", "encode"), [("base64", b64encode), ("quoted-printable", quopri.encodestring)]
)
@pytest.mark.parametrize("name", ["no-such-user", "complaint"])
def test_report_of_which_a_server_encodes_the_fields_is_read(
    name: str, way: str, encode: Callable[[bytes], bytes]
) -> None:
    """RFC 3464 wants them as they are; some gateways encode every part."""
    whole = (REPORTS / f"{name}.eml").read_bytes()
    head, kind, fields = re.split(rb"(message/(?:delivery-status|feedback-report)\n)\n", whole)
    fields, cut, tail = fields.partition(b"\n--")
    encoded = head + kind + f"Content-Transfer-Encoding: {way}\n\n".encode() + encode(fields) + cut + tail

    assert read_report(encoded) == read_report(whole)


def test_person_who_says_that_they_are_none_in_a_comment_is_one() -> None:
    """RFC 3834, section 5, allows comments; what a person writes is read by one."""
    head = b"From: sam@example.org\nSubject: Re: Bridge opens\nAuto-Submitted: %s\n\nI was there.\n"

    assert read_report(head % b"(written by hand) no (auto)").kind == "unknown"
    assert read_report(head % b"(by a program) auto-replied; no").kind == "reply"


def test_comments_without_an_end_cost_little(within: Within) -> None:
    """Anybody may write a report."""
    with within(2):
        for hostile in ("(" * 900, "(\\" * 400, "()" * 450):
            folded = "\n ".join([hostile] * 200)
            assert read_report(changed("complaint", ("Type: abuse", f"Type: {folded}"))).kind == "unknown"


def test_the_table_of_reports_is_whole() -> None:
    """A fixture that no test reads proves nothing."""
    parameters = test_each_report_is_read_for_what_it_is.pytestmark[0].args[1]

    assert {path.stem for path in REPORTS.iterdir()} == {row[0] for row in parameters}


def test_line_ends_do_not_change_a_report() -> None:
    """The same report is kept with CR LF by one program and with LF by another."""
    for path in REPORTS.iterdir():
        raw = path.read_bytes()

        assert read_report(raw.replace(b"\n", b"\r\n")) == read_report(raw)


def test_a_report_is_named_by_its_message_id_or_else_its_content() -> None:
    """A report that is taken in twice counts once; two reports are two."""
    named = (REPORTS / "no-such-user.eml").read_bytes()
    nameless = (REPORTS / "qmail.eml").read_bytes()

    assert read_report(named + b"\n\n").name == read_report(named).name
    assert read_report(nameless + b"more\n").name != read_report(nameless).name
    assert len(read_report(b"").name) == 40


def test_a_huge_returned_mail_does_not_hide_the_report(within: Within) -> None:
    """Servers send the whole mail back, pictures and all."""
    report = (REPORTS / "exchange.eml").read_bytes()
    huge = report.replace(b"Boats waited.", b"Boats waited. " * 1_000_000)

    assert len(huge) > MAX_REPORT_BYTES * 10
    with within(2):
        assert read_report(huge).kind == "hard"


@pytest.mark.parametrize(
    "message",
    [
        b"Content-Type: multipart/mixed; boundary=a\n\n" * 5_000,
        b"".join(b"--%d\nContent-Type: multipart/mixed; boundary=%d\n\n" % (n, n + 1) for n in range(5_000)),
        b"From: mailer-daemon@x\n\n" + b"<" * 1_000_000,
        b"From: mailer-daemon@x\n\n" + (b"<a@b> " * 160 + b"\n") * 300,
        b"To: " + b"(" * 900 + b"\n " + b'"\\' * 400 + b"\n\nx",
        b"Content-Type: message/rfc822\n\n" * 39,
        b"Content-Type: text/plain; charset=\xff\xfe\nSubject: =?x?q?\xff?=\n\n\x00\xff",
        b"\x00" * 1_000_000,
        _GLOBAL + b64encode(b"Action: later\n\n" * 15_000),
        _GLOBAL + b64encode(b"Content-Type: multipart/mixed; boundary=a\n\n--a\n" * 4_000),
        _GLOBAL + b"\xff=" * 100_000,
        _JUNK + b64encode(_COPY + b"-" * 180_000),
        _JUNK + b64encode(_COPY + b" " * 180_000),
        _JUNK + b64encode(_COPY * 3_900),
        b"Content-Type: multipart/mixed; boundary=a\n\n" + b"--a\n\n" * 50_000,
    ],
    ids=[
        *("types", "nested", "angles", "addresses", "header", "rfc822", "bytes", "zeros"),
        *("groups", "encoded", "undecodable", "rule", "spaces", "copies", "parts"),
    ],
)
def test_hostile_reports_cost_little_and_say_nothing(message: bytes, within: Within) -> None:
    """Anybody may write to the address that reports come in for."""
    with within(2):
        assert read_report(message).kind == "unknown"


@pytest.mark.parametrize(
    "enclosed",
    [
        b"List-Unsubscribe: " + b"<a>" * 80_000,
        b"".join(b"List-Unsubscribe: <https://x.example/unsubscribe/%d>\n" % n for n in range(4_000)),
        b"List-Unsubscribe: " + b"=?a?q?" * 160 + b"\n =?a?q?" * 30_000,
        b"List-Unsubscribe: =?no-such-charset?B?PGE+?= =?us-ascii?B?PGE?=\nReturn-Path: " + b"(<" * 100_000,
        b"Message-ID:" + b" <e1." * 40_000,
        b"\n\n\nContent-Type: multipart/mixed; boundary=cut\n\n--cut" * 30,
        *(name + b": =?utf\xff8?Q?x?=\n" for name in (b"Return-Path", b"List-Unsubscribe", b"Message-ID")),
    ],
    ids=["uris", "fields", "words", "charset", "names", "boundaries", "sender-8", "uris-8", "name-8"],
)
def test_header_of_an_enclosed_mail_costs_little_whatever_it_holds(enclosed: bytes, within: Within) -> None:
    """The mail that a report encloses is as hostile as the report; what kind of report it is stays true."""
    head, gap, _ = (REPORTS / "complaint.eml").read_bytes().partition(b"Content-Type: message/rfc822\n\n")
    kinds = (gap, gap.replace(b"\n\n", b"\nContent-Transfer-Encoding: base64\n\n"))
    with within(2):
        for kind, content in zip(kinds, (enclosed, b64encode(enclosed)), strict=True):
            report = read_report(head + kind + content + b"\n--cut--\n")

            assert (report.kind, about(report.addresses)) == ("complaint", (7, SAM))
            assert len(report.mails) == 1
            assert len(report.mails[0].unsubscribe) <= 10


def test_enclosed_mails_that_cannot_be_read_cost_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    """A complaint with a signed sender was nobody's, for a fault in what it need not have enclosed."""

    def stumble(_report: bytes) -> None:
        raise AttributeError("as the parsers of mail do now and then")

    monkeypatch.setattr(bounces, "read_enclosed", stumble)
    report = read_report((REPORTS / "complaint.eml").read_bytes())

    assert (report.kind, about(report.addresses), report.mails) == ("complaint", (7, SAM), ())


@given(message=st.binary(max_size=2_000), cut=st.integers(0, 2_000))
def test_nothing_that_comes_in_raises(message: bytes, cut: int) -> None:
    """One bad report must not keep the others from being read."""
    report = (REPORTS / "complaint.eml").read_bytes()

    read_report(message)
    read_report(report[:cut] + message + report[cut:])


@pytest.mark.parametrize("code", sorted(HARD))
def test_only_the_listed_codes_are_hard(code: str) -> None:
    """A table that a person can check, and no guess beside it."""
    assert judge_failure(code, "") == ("hard", code)
    assert judge_failure(code, "550 5.7.1 but it is you we do not like")[0] == "refused"


GMAIL_RATE = (
    "550-5.2.1 The user you are trying to contact is receiving mail at a rate that "
    "550-5.2.1 prevents additional messages from being delivered. For more 550-5.2.1 information, go to "
    "550 5.2.1 https://support.google.com/mail/?p=ReceivingRatePerm a1-2 - gsmtp"
)


@pytest.mark.parametrize(
    "words",
    [
        GMAIL_RATE,
        "550 5.2.1 The user you are trying to contact is receiving mail too quickly",
        "552 5.2.1 the mailbox gets too many messages",
        "550 5.2.1 rate-limited",
    ],
)
def test_mailbox_that_gets_too_much_just_now_is_not_gone(words: str) -> None:
    """Gmail says it with the code of a mailbox that is disabled, on a busy morning, of a reader who reads."""
    assert judge_failure("5.2.1", words) == judge_failure(None, words) == ("soft", "5.2.1")
    assert judge_failure("5.2.1", f"smtp; {words}") == ("soft", "5.2.1")
    assert judge_failure("5.1.1", words)[0] == "hard"


@pytest.mark.parametrize(
    "words",
    [
        "550 5.2.1 The email account that you tried to reach is disabled. Learn more",
        "550 5.2.1 The email account that you tried to reach is inactive",
        "521 5.2.1 <rate@throttled.example>: mailbox disabled",
        "550 5.2.1 disabled at the corporate gateway",
        "550 5.2.1 disabled after too many bounces",
    ],
)
def test_mailbox_that_is_disabled_is_gone(words: str) -> None:
    """Nobody reads what is sent there."""
    assert judge_failure("5.2.1", words) == ("hard", "5.2.1")


@pytest.mark.parametrize("code", ["5.2.2", "5.2.3", "5.3.0", "5.6.1", "5.1.4", "4.1.1", None])
def test_every_other_code_is_soft(code: str | None) -> None:
    """Full, too big and odd are no reasons to lose a reader."""
    assert judge_failure(code, "out of order") == ("soft", code)


@pytest.mark.parametrize("code", ["5.7.0", "5.7.26", "5.7.509", "5.1.7", "5.1.8", "5.1.90"])
def test_what_speaks_of_the_sender_is_not_the_readers_fault(code: str) -> None:
    """A broken DKIM record must not empty the list."""
    assert judge_failure(code, "550 no such user") == ("refused", code)


@pytest.mark.parametrize(
    ("code", "words", "kind"),
    [
        (
            "5.1.351",
            "Remote server returned unknown recipient or mailbox unavailable -> 550 No such user",
            "hard",
        ),
        ("5.4.310", "DNS domain example.con does not exist [Message=InfoDomainNonexistent]", "hard"),
        ("4.0.0", "DNS type 'mx' lookup of example.con responded with code NXDOMAIN", "hard"),
        ("5.1.0", "X-Postfix; Domain example.com does not accept mail (nullMX)", "hard"),
        ("5.4.300", "Message expired", "soft"),
        ("5.4.300", "Message expired -> 450 4.1.1 user unknown", "soft"),
        ("5.4.316", "550 5.4.316 Message expired, connection refused; LED=450 4.1.1 user unknown", "soft"),
        ("5.1.350", "No such user", "soft"),
        ("4.0.0", "smtp; 450 User unknown in local table", "soft"),
        ("4.0.0", "smtp; 450 4.0.0 unknown user, try later", "soft"),
        ("4.0.0", "the sender's domain: NXDOMAIN", "soft"),
        ("5.1.350", "Remote server says that the sender is an unknown user", "soft"),
        ("4.4.7", "no such user, but by this code it has only taken too long", "soft"),
    ],
)
def test_codes_that_no_standard_tells_leave_it_to_the_words(code: str, words: str, kind: str) -> None:
    """Exchange Online has its own, Gmail and Postfix give 4.0.0 and 5.1.0: dead addresses stayed for ever."""
    assert judge_failure(code, words) == (kind, code)


def test_a_code_is_no_network_address() -> None:
    """Reports are full of numbers with dots."""
    assert find_status("connect to 5.1.1.7 or 192.5.1.1: no") is None
    assert find_status("said: 550 5.1.1. Sorry (#5.2.2)") == "5.1.1"
    assert find_status("smtp; 550 #5.1.0 Address rejected") == "5.1.0"
    assert find_status("Sorry, no mailbox. (#5.1.1) (in reply to RCPT TO command)") == "5.1.1"


@pytest.mark.parametrize(
    "words",
    [
        "smtp; 554 SpamFilter 5.2.1: this mail is spam",
        "smtp; 550 not wanted by MTA v5.1.10",
        "smtp; 554 see rule #5.1.1",
        "smtp; 554 our policy (#5.2.1)",
        "smtp; 550 sender address unknown",
        "smtp; 550 your IP address is unknown here",
        "smtp; 550 sender verification failed: no such user",
        "smtp; 550 Return path domain news.example: NXDOMAIN",
        "smtp; 550 Return-Path news.example: unknown address",
        "smtp; 550 EHLO host mx1.news.example NXDOMAIN",
        "smtp; 554 domain of MAIL FROM publishes a null MX",
        "smtp; 554 envelope from news.example: NXDOMAIN",
    ],
)
def test_version_of_a_filter_and_words_about_the_sender_are_never_hard(words: str) -> None:
    """They would suppress every reader behind that filter, for good."""
    assert judge_failure("5.0.0", words)[0] == "soft"
    assert judge_failure(None, words.removeprefix("smtp; "))[0] == "soft"


def test_reader_whose_name_is_a_word_is_unknown_all_the_same() -> None:
    """An address says nothing about the sender."""
    assert judge_failure("5.0.0", "smtp; 550 <daily@pub.example>: User unknown") == ("hard", "5.0.0")
    assert judge_failure(None, "<content@pub.example>: unknown user") == ("hard", None)


@pytest.mark.parametrize("address", ["jörg@bücher.policy.example", r"j\x{F6}rg@b\x{FC}cher.policy.example"])
def test_address_beyond_ascii_is_no_word_either(address: str) -> None:
    """RFC 6533 writes its letters as they are, or by their numbers."""
    assert judge_failure("5.0.0", f"smtp; 550 <{address}>: User unknown") == ("hard", "5.0.0")


def test_long_words_without_an_end_cost_little(within: Within) -> None:
    """Anybody may write a report, and lines of a part that is encoded have no bounds."""
    with within(2):
        for hostile in (
            "a" * 20_000,
            "5.1.1" * 4_000,
            "(#5.1.1) " * 2_000,
            "a@" * 10_000,
            "no such user " * 1_500,
        ):
            judge_failure(None, hostile)
