"""Review and brake: the defaults that operators rely on, and what contradicts itself."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pydantic import ValidationError

from digest.settings import BrakeSettings, ReviewSettings


@pytest.mark.parametrize(
    ("written", "policy"),
    [
        ({"mode": "none"}, "send"),
        ({"mode": "window"}, "send"),
        ({"mode": "required"}, "wait"),
        ({"mode": "window", "at_deadline": "hold"}, "hold"),
        ({"mode": "required", "at_deadline": "send_clean"}, "send_clean"),
    ],
)
def test_each_mode_has_its_own_end_unless_the_operator_wants_another(
    written: dict[str, str], policy: str
) -> None:
    """A window goes out by itself, what must be approved never does unless somebody wrote so."""
    assert ReviewSettings.model_validate(written).policy == policy


def test_a_deadline_without_a_review_is_refused() -> None:
    """Who writes `hold` and forgets the mode would think that editors are asked."""
    with pytest.raises(
        ValidationError, match=r"at_deadline: expected nothing while mode is none, found 'hold'"
    ):
        ReviewSettings.model_validate({"at_deadline": "hold"})


def test_reminders_and_thresholds_are_switched_off_by_a_word() -> None:
    """A key without a value keeps its default; only the word switches off."""
    review = ReviewSettings.model_validate({"remind_before": "off", "remind_every": None})
    brake = BrakeSettings.model_validate({"items": "off", "size": None})

    assert (review.remind_before, review.remind_every) == ("off", timedelta(hours=1))
    assert (brake.items, brake.size, brake.active) == ("off", 50, True)
