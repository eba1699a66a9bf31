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
        ("ann@staff.example.org", "failed", "5.1.1", [NOTED, SUPPRESSED]),
        ("{reader}", "delivered", "2.0.0", [IGNORED, IGNORED]),
        ("{reader}", "failed", "5.2.2", [NOTED, NOTED]),
        ("{reader}", "failed", "5.1.1", [NOTED, SUPPRESSED]),
    ],
)
def test_alias_is_mailed_on_while_somebody_behind_it_has_the_mail(
    tmp_path: Path, email: str, action: str, status: str, outcomes: list[Consequence], is_first: bool
) -> None:
    """Sam left the team; whoever else reads its mail goes on to get the digest."""
    with opened(furnish_home(tmp_path / "home")) as app:
        reader = add_reader(app)
        own = reader.email.replace("reader", "Reader").replace("readers.", "READERS.")
        other = told(email.format(reader=own), action, status)
        taken = []
        for address in reader.addresses:
            head, sams, tail = report("no-such-user", address, address[:9]).partition(b"Final-Recipient: ")
            here = other + sams if is_first else sams
            text = head + here + (tail if is_first else tail.replace(b"\n--cut", b"\n" + other + b"--cut", 1))
            taken.append(take_message(app, text, file="x"))
        _, barred, _ = consequences(app, reader)

    assert [one.outcome for one in taken] == outcomes
    assert bool(barred) is (SUPPRESSED in outcomes)
