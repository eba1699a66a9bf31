"""Notifications about several recipients of one mail, as aliases make them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from itertools import permutations

import pytest

from digest.deliver.reports.bounces import Report, read_report
from reports_cast import REPORTS

HEAD = (
    "To: b+1@bounces.example.org\nMIME-Version: 1.0\n"
    "Content-Type: multipart/report; report-type=delivery-status; boundary=cut\n\n--cut\n\n{words}\n--cut\n"
    "Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.org\n"
)
GONE = ("failed", "5.1.1")
ELSEWHERE = ("failed", "5.1.2")
FULL = ("failed", "5.2.2")
REFUSED = ("failed", "5.7.1")
LATE = ("delayed", "4.2.2")
HERE = ("delivered", "2.0.0")
PASSED_ON = ("relayed", "2.0.0")
MANY = ("expanded", "2.0.0")
ODD = ("lost", "5.1.1")

Within = Callable[[float], AbstractContextManager[None]]


def about(*told: tuple[str, str], names: str = "abc", original: str = "", words: str = "") -> Report:
    """Read a notification about ann, bob and cy @example.org, in any order."""
    full = {"a": "ann", "b": "bob", "c": "cy"}
    text = HEAD.format(words=words)
    for name, (action, status) in zip(names, told, strict=False):
        text += f"\n{original}Final-Recipient: rfc822; {full[name]}@example.org (of {name})\n"
        text += f"Action: {action}\nStatus: {status}\n"
    return read_report(f"{text}\n--cut--\n".encode())


def of(name: str) -> Callable[[str], bool]:
    """Tell addresses of somebody apart from others."""
    return lambda written: written == f"{name}@example.org"


@pytest.mark.parametrize(
    ("told", "kind", "status"),
    [
        ((GONE,), "hard", "5.1.1"),
        ((GONE, GONE), "hard", "5.1.1"),
        ((GONE, ELSEWHERE), "hard", "5.1.2"),
        ((GONE, HERE), "soft", "5.1.1"),
        ((GONE, PASSED_ON), "soft", "5.1.1"),
        ((GONE, MANY), "soft", "5.1.1"),
        ((GONE, ODD), "soft", "5.1.1"),
        ((GONE, LATE), "soft", "4.2.2"),
        ((GONE, FULL), "soft", "5.2.2"),
        ((GONE, ELSEWHERE, FULL), "soft", "5.2.2"),
        ((GONE, GONE, HERE), "soft", "5.1.1"),
        ((LATE, FULL, HERE), "soft", "5.2.2"),
        ((GONE, REFUSED, LATE), "refused", "5.7.1"),
        ((HERE, PASSED_ON, MANY), "unknown", None),
        ((ODD,), "unknown", None),
        ((), "unknown", None),
    ],
)
def test_alias_is_gone_only_when_all_behind_it_are_in_whatever_order(
    told: tuple[tuple[str, str], ...], kind: str, status: str | None
) -> None:
    """One who left a team would end the digest of all the others; whoever has the mail may not be told."""
    for order in permutations(told):
        report = about(*order)

        assert (report.kind, report.status) == (kind, status)
        seen = report.seen_by(of("dee"))
        assert (seen.kind, seen.status) == ("soft" if kind == "hard" else kind, status)


@pytest.mark.parametrize(
    ("anns", "others", "kind", "status"),
    [
        (GONE, (HERE, HERE), "hard", "5.1.1"),
        (GONE, (FULL, REFUSED), "hard", "5.1.1"),
        (FULL, (GONE, GONE), "soft", "5.2.2"),
        (LATE, (GONE, REFUSED), "soft", "4.2.2"),
        (HERE, (GONE, GONE), "unknown", None),
        (MANY, (GONE, GONE), "unknown", None),
    ],
)
def test_what_is_said_of_the_readers_own_address_decides(
    anns: tuple[str, str], others: tuple[tuple[str, str], ...], kind: str, status: str | None
) -> None:
    """Others in the same report are those that they pass their mail on to."""
    for order in permutations(zip("abc", (anns, *others), strict=True)):
        report = about(*(told for _, told in order), names="".join(name for name, _ in order))
        seen = report.seen_by(of("ann"))

        assert (seen.kind, seen.status) == (kind, status)
        assert seen.name == report.name


def test_all_that_came_of_the_readers_own_address_counts_together() -> None:
    """Postfix names with each recipient the address that the mail was sent to."""
    original = "Original-Recipient: rfc822;team@example.org\n"

    assert about(GONE, HERE, original=original).seen_by(of("team")).kind == "soft"
    assert about(GONE, GONE, original=original).seen_by(of("team")).kind == "soft"
    assert about(GONE, original=original).seen_by(of("team")).kind == "soft"
    assert about(FULL, GONE, original=original).seen_by(of("team")).kind == "soft"


def test_mailbox_of_another_that_is_gone_leaves_the_reader_where_they_are() -> None:
    """Servers tell who of an alias failed, and keep silent about those who have the mail."""
    assert about(GONE).seen_by(of("ann")).kind == "hard"
    assert about(GONE).seen_by(of("dee")).kind == "soft"
    assert about(REFUSED).seen_by(of("dee")).kind == "refused"


def test_failure_that_names_nobody_is_the_readers() -> None:
    """The mail had one recipient."""
    nameless = HEAD.format(words="") + "\nAction: failed\nStatus: 5.1.1\n\n--cut--\n"

    assert read_report(nameless.encode()).seen_by(of("ann")).kind == "hard"


def test_text_of_a_server_that_knows_no_notifications_names_who_failed_too() -> None:
    """qmail writes the mailbox above what is wrong with it."""
    report = read_report((REPORTS / "qmail.eml").read_bytes())

    assert report.seen_by(lambda written: written == "sam@readers.example.org").kind == "hard"
    assert report.seen_by(of("team")).kind == "soft"


def test_words_for_people_are_of_nobody_where_recipients_are_several() -> None:
    """Exim tells of all in one text: who of them is unknown, and who is full, cannot be told apart."""
    silent, words = ("failed", "5.0.0"), "  bob@example.org\n    Unrouteable address\n"

    assert about(silent, words=words).kind == "hard"
    assert about(silent, silent, words=words).kind == "soft"


def test_notification_about_very_many_costs_little(within: Within) -> None:
    """Anybody may write one."""
    with within(2):
        report = about(*[GONE] * 20_000, names="abc" * 7_000)

        assert (report.kind, len(report.recipients)) == ("hard", 999)
        assert report.seen_by(of("ann")).kind == "hard"
