"""Reports about several recipients of one mail, drawn the consequences of."""

from __future__ import annotations

from pathlib import Path

import pytest

from digest.actions.mailing.bounces import Consequence, take_message
from reports_cast import add_reader, consequences, furnish_home, opened, report

IGNORED, NOTED, SUPPRESSED = Consequence.IGNORED, Consequence.NOTED, Consequence.SUPPRESSED


def told(email: str, action: str, status: str) -> bytes:
    """Write what became of the mail for one."""
    return f"Final-Recipient: rfc822; {email}\nAction: {action}\nStatus: {status}\n\n".encode()


@pytest.mark.parametrize("is_first", [True, False])
@pytest.mark.parametrize(
    ("email", "action", "status", "outcomes"),
    [
        ("ann@staff.example.org", "delivered", "2.0.0", [NOTED, NOTED]),
        ("ann@staff.example.org", "failed", "5.2.2", [NOTED, NOTED]),
        ("ann@staff.example.org", "failed", "5.1.1", [NOTED, NOTED]),
        ("", "", "", [NOTED, NOTED]),
        ("{reader}", "delivered", "2.0.0", [IGNORED, IGNORED]),
        ("{reader}", "failed", "5.2.2", [NOTED, NOTED]),
        ("{reader}", "failed", "5.1.1", [NOTED, SUPPRESSED]),
    ],
)
def test_alias_is_mailed_on_while_somebody_behind_it_has_the_mail(
    tmp_path: Path, email: str, action: str, status: str, outcomes: list[Consequence], is_first: bool
) -> None:
    """Sam left the team; servers name who failed, and whoever else reads its mail still gets the digest."""
    with opened(furnish_home(tmp_path / "home")) as app:
        reader = add_reader(app, "team")
        own = reader.email.replace("team", "Team").replace("readers.", "READERS.")
        other = told(email.format(reader=own), action, status) if email else b""
        taken = []
        for address in reader.addresses:
            head, sams, tail = report("no-such-user", address, address[:9]).partition(b"Final-Recipient: ")
            here = other + sams if is_first else sams
            text = head + here + (tail if is_first else tail.replace(b"\n--cut", b"\n" + other + b"--cut", 1))
            taken.append(take_message(app, text, file="x"))
        _, barred, _ = consequences(app, reader)

    assert [one.outcome for one in taken] == outcomes
    assert bool(barred) is (SUPPRESSED in outcomes)


@pytest.mark.parametrize(
    ("final", "outcome"),
    [("Sam@mail.example.com", SUPPRESSED), ("sam", SUPPRESSED), ("samuel@readers.example.org", NOTED)],
)
def test_mailbox_of_the_same_name_elsewhere_is_the_readers_own(
    tmp_path: Path, final: str, outcome: Consequence
) -> None:
    """Servers pass mail on within a house, under the name that it came for."""
    with opened(furnish_home(tmp_path / "home")) as app:
        reader = add_reader(app)
        for address in reader.addresses:
            text = report("no-such-user", address, address[:9])
            text = text.replace(b"sam@readers.example.org", final.encode())
            taken = take_message(app, text, file="x")

    assert taken.outcome == outcome


@pytest.mark.parametrize(
    ("email", "final", "outcome"),
    [
        ("jörg@readers.example.org", rb"utf-8; j\x{F6}rg@readers.example.org", SUPPRESSED),
        ("jörg@readers.example.org", rb"utf-8; J\x{D6}RG@readers.example.org", SUPPRESSED),
        ("jörg@readers.example.org", rb"utf-8; j\x{110000}rg@readers.example.org", NOTED),
        ("jörg@readers.example.org", rb"utf-8; j\x{E4}rg@readers.example.org", NOTED),
        ("sam@readers.example.org", b'rfc822; "sam+news"@readers.example.org', SUPPRESSED),
        ("s.am+news@gmail.com", b"rfc822; sam@googlemail.com", SUPPRESSED),
        ("sam@GoogleMail.com", b"rfc822; s.a.m@gmail.com", SUPPRESSED),
        ("s.am@readers.example.org", b"rfc822; sam@readers.example.org", NOTED),
        ("sam@readers.example.org", b"unknown", SUPPRESSED),
        ("j.doe@firm.example.org", b"rfc822; j.doe@gmail.com", SUPPRESSED),
        ("j.doe@gmail.com", b"rfc822; j.doe", SUPPRESSED),
        ("sam@readers.example.org", b"X.400; /S=smith/G=sam/C=de", NOTED),
        ("sam@readers.example.org", b"unknown; nair_s", NOTED),
        ("sam@readers.example.org", b"x-local; ann", NOTED),
        ("sam@readers.example.org", b"rfc822; ann", NOTED),
    ],
)
def test_mailbox_of_the_reader_is_known_however_servers_write_it(
    tmp_path: Path, email: str, final: bytes, outcome: Consequence
) -> None:
    """Who is really gone is mailed no more; a name that is not theirs may be another's behind an alias."""
    with opened(furnish_home(tmp_path / "home")) as app:
        reader = add_reader(app, email=email)
        for address in reader.addresses:
            text = report("no-such-user", address, address[:9])
            text = text.replace(b"rfc822; sam@readers.example.org", final)
            assert final in text
            taken = take_message(app, text, file="x")

    assert taken.outcome == outcome
