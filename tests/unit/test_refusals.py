"""Which refusals mean that an address does not exist."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from digest.actions.mailing.refusals import is_refused_for_good
from digest.model import DeliveryState, Outcome

NOW = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)
FAILED = DeliveryState.FAILED


@pytest.mark.parametrize(
    ("code", "status", "text"),
    [
        (550, "5.1.1", "550 5.1.1 unknown"),
        (550, None, "550 5.1.1 unknown"),
        (550, None, "550 no such user here"),
        (556, "5.1.10", "556 5.1.10 takes no mail"),
        (None, "5.1.1", "unknown"),
        (None, None, "550 5.1.1 unknown"),
    ],
)
def test_a_dead_address_is_told_by_status_or_words(code: int | None, status: str | None, text: str) -> None:
    """Most relays give the status; older ones only say so."""
    assert is_refused_for_good(Outcome(state=FAILED, at=NOW, code=code, status=status, text=text))


@pytest.mark.parametrize(
    ("state", "code", "status", "text"),
    [
        (FAILED, 552, "5.2.2", "552 5.2.2 mailbox full"),
        (FAILED, 550, "5.7.1", "550 5.7.1 no such user for you"),
        (FAILED, 550, "5.2.1", "5.2.1 The user you are trying to contact is receiving mail at a rate that"),
        (FAILED, 450, None, "gave up after 4 tries: 450 user unknown"),
        (FAILED, 450, "5.1.1", "450 5.1.1 a relay that contradicts itself"),
        (FAILED, None, None, "an invalid address in the header"),
        (FAILED, None, None, None),
        (DeliveryState.UNKNOWN, 550, "5.1.1", "550 5.1.1 unknown"),
        (DeliveryState.SENT, 250, None, "250 no such user, but we keep it"),
    ],
)
def test_other_failures_say_nothing_about_the_address(
    state: DeliveryState, code: int | None, status: str | None, text: str | None
) -> None:
    """A full mailbox, a policy, a patient relay and a faulty message cost nobody their digest."""
    assert not is_refused_for_good(Outcome(state=state, at=NOW, code=code, status=status, text=text))
