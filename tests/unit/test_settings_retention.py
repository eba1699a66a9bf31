"""How long records are kept: forever, unless somebody writes an age that is long enough."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pydantic import ValidationError

from digest.settings.retention import RetentionSettings


@pytest.mark.parametrize("written", [{}, {"deliveries": None}, {"deliveries": "forever"}])
def test_nothing_is_removed_by_default(written: dict[str, object]) -> None:
    """What is gone is gone, so an operator has to say it."""
    assert RetentionSettings.model_validate(written).deliveries is None


@pytest.mark.parametrize(
    ("written", "days"), [("90d", 90), ("13w", 91), ("400d", 400), ("2160h", 90), ("3660d", 3660)]
)
def test_an_age_is_a_duration_and_comes_back_as_one(written: str, days: int) -> None:
    """As everywhere in the files."""
    settings = RetentionSettings.model_validate({"deliveries": written})
    assert settings.deliveries == timedelta(days=days)
    again = RetentionSettings.model_validate(settings.model_dump())
    assert again == settings
    assert RetentionSettings().model_dump() == {"deliveries": "forever"}


@pytest.mark.parametrize(
    "written", ["89d", "12w", "0d", "400", 400, "never", "Forever", True, ["90d"], "3661d", "999999d"]
)
def test_too_short_too_long_or_unclear_is_refused_in_words(written: object) -> None:
    """Mail comes back for weeks, and counts for who is on record alone."""
    with pytest.raises(ValidationError, match="forever, or 90d to 3660d such as 400d"):
        RetentionSettings.model_validate({"deliveries": written})
