"""Limits, and where the settings say them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from pydantic import ValidationError

from digest.actions.mailing.allotments import limits_of
from digest.deliver.limits.limit import Limit
from digest.settings import SystemSettings


def system(relay: dict[str, object], **delivery: object) -> SystemSettings:
    """Make an installation with one relay."""
    return SystemSettings.model_validate(
        {
            "site": {"base_url": "https://news.example.org", "postal_address": "1 Example Street"},
            "relays": [{"name": "main", "url": "smtp://127.0.0.1:25"} | relay],
            "delivery": delivery,
        }
    )


@pytest.mark.parametrize(
    ("per_second", "interval_us"),
    [(1, 1_050_000), (100, 10_500), (5_000, 210), (0.5, 2_050_000), (0.01, 100_050_000), (2.5, 420_000)],
)
def test_moments_lie_a_little_further_apart_than_the_rate_says(per_second: float, interval_us: int) -> None:
    """50 ms a second, in which a message may be late without being too near to the next one."""
    assert Limit(key="relay main", per_second=per_second).interval_us == interval_us


def test_a_limit_knows_its_windows() -> None:
    """What is not limited is not counted."""
    hour, day = timedelta(hours=1), timedelta(days=1)

    assert Limit(key="a", per_hour=5, per_day=9).quotas == ((9, day), (5, hour))
    assert Limit(key="a", connections=1).is_free
    assert not Limit(key="a", per_day=9).is_free


def test_settings_become_limits() -> None:
    """Workers on other machines draw from the same keys."""
    limits = limits_of(
        system(
            {"per_second": 14, "per_hour": 9_000, "per_day": 50_000, "connections": 4},
            domains=[{"name": "Gmail.com", "per_second": 2.5, "per_hour": 600, "connections": 2}],
        ),
        date(2026, 12, 2),
    )

    assert limits.relays == {
        "main": Limit(key="relay main", per_second=14, per_hour=9_000, per_day=50_000, connections=4)
    }
    assert limits.domains == {
        "gmail.com": Limit(key="domain gmail.com", per_second=2.5, per_hour=600, connections=2)
    }


def test_a_warm_up_is_the_limit_of_its_day() -> None:
    """200 on the first of December, half as much again on the second; the relay takes 250 a day."""
    settings = system({"per_day": 250, "warm_up": {"from": "2026-12-01", "first_day": 200}})
    days = [limits_of(settings, date(2026, 12, day)).relays["main"].per_day for day in (1, 2)]

    assert days == [200, 250]


def test_a_warm_up_grows_over_midnight_in_utc() -> None:
    """A run that lasts until the next day has the next day's worth: 200, 300, and no more than 350."""
    settings = system({"per_day": 350, "warm_up": {"from": "2026-12-01", "first_day": 200}})
    limit = limits_of(settings, date(2026, 12, 1)).relays["main"]
    evening = datetime(2026, 12, 1, 23, 59, tzinfo=UTC)

    assert [limit.on(date(2026, 12, day)).per_day for day in (1, 2, 3, 4)] == [200, 300, 350, 350]
    assert limit.grows_at(evening) == datetime(2026, 12, 2, tzinfo=UTC)
    assert limit.grows_at(evening.astimezone(timezone(timedelta(hours=5)))) == datetime(
        2026, 12, 2, tzinfo=UTC
    )
    assert limit.grows_at(evening + timedelta(days=2)) is None
    assert Limit(key="relay main", per_day=9).grows_at(evening) is None


def test_a_domain_stands_once_in_one_spelling() -> None:
    """Of two bounds for one domain nobody could say which holds."""
    with pytest.raises(ValidationError, match=r"domains\.1\.name: expected a domain that stands here once"):
        system({}, domains=[{"name": "bücher.example"}, {"name": "XN--BCHER-KVA.example"}])


@pytest.mark.parametrize("day", ["2026-2-1", "2026-02-30", "today", 20261201, "2026-12-01T00:00"])
def test_a_warm_up_begins_on_a_date(day: object) -> None:
    """A date that is read another way than it was meant begins a month too early."""
    with pytest.raises(ValidationError, match="a date such as 2026-12-01"):
        system({"warm_up": {"from": day, "first_day": 200}})


@pytest.mark.parametrize(
    "relay",
    [
        {"weight": 101},
        {"weight": -1},
        {"per_hour": 0},
        {"per_day": 0},
        {"per_second": 0},
        {"warm_up": {"from": "2026-12-01", "first_day": 0}},
        {"warm_up": {"from": "2026-12-01", "first_day": 9, "growth": 1}},
    ],
)
def test_bounds_out_of_bounds_are_refused(relay: dict[str, object]) -> None:
    """A limit of nothing would stop a run for ever."""
    with pytest.raises(ValidationError):
        system(relay)
