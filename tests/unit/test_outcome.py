"""How an attempt may end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from digest.model import DeliveryState, Outcome

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)


@pytest.mark.parametrize("state", [DeliveryState.CLAIMED, DeliveryState.DOTTED])
def test_an_attempt_in_hand_has_not_ended(state: DeliveryState) -> None:
    """Settled as claimed, it would belong to nobody and be found by nobody."""
    with pytest.raises(ValueError, match=f"{state} is no end of an attempt"):
        Outcome(state=state, at=NOW)


def test_a_deferred_delivery_and_no_other_has_a_next_moment() -> None:
    """A deferred row without a time would wait for ever."""
    later = NOW + timedelta(hours=1)

    assert Outcome(state=DeliveryState.DEFERRED, at=NOW, next_at=later).next_at == later
    with pytest.raises(ValueError, match="has a next moment"):
        Outcome(state=DeliveryState.DEFERRED, at=NOW)
    with pytest.raises(ValueError, match="has a next moment"):
        Outcome(state=DeliveryState.SENT, at=NOW, next_at=later)
