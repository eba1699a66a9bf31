"""Moments and addresses on their way into the database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import sqlite

from digest.errors import MessageError
from digest.store import clean_address, fingerprint_address, normalise_address
from digest.store.edition_json import unpack_slot
from digest.store.time_type import Moment, from_ticks, to_ticks

DIALECT = sqlite.dialect()
ZONES = st.sampled_from(
    [UTC, ZoneInfo("Europe/Berlin"), ZoneInfo("Australia/Lord_Howe"), timezone(timedelta(hours=-12))]
)
INSIDE = {
    "min_value": datetime(1, 1, 2),  # noqa: DTZ001  (hypothesis adds the zone)
    "max_value": datetime(9999, 12, 30),  # noqa: DTZ001
}


@given(moment=st.datetimes(**INSIDE, timezones=ZONES))
def test_every_moment_survives_to_the_microsecond(moment: datetime) -> None:
    """SQLite's own text form drops the offset, and with it up to a day."""
    back = Moment().process_result_value(Moment().process_bind_param(moment, DIALECT), DIALECT)

    assert back == moment.astimezone(UTC)
    assert back is not None
    assert back.tzinfo is UTC


@given(one=st.datetimes(**INSIDE, timezones=ZONES), other=st.datetimes(**INSIDE, timezones=ZONES))
def test_stored_moments_sort_as_moments_do(one: datetime, other: datetime) -> None:
    """Windows are compared in the database."""
    assert (to_ticks(one) < to_ticks(other)) == (one.astimezone(UTC) < other.astimezone(UTC))


def test_nothing_stays_nothing() -> None:
    """An edition that nobody approved has no moment of approval."""
    assert Moment().process_bind_param(None, DIALECT) is None
    assert Moment().process_result_value(None, DIALECT) is None


def test_a_moment_without_a_zone_is_refused() -> None:
    """Guessing a zone is wrong by hours somewhere."""
    with pytest.raises(ValueError, match="without a zone"):
        to_ticks(datetime(2026, 11, 20, 7, 0, tzinfo=UTC).replace(tzinfo=None))


def test_the_epoch_is_nought() -> None:
    """The files outlive this program; the count must start where it says."""
    assert to_ticks(datetime(1970, 1, 1, tzinfo=UTC)) == 0
    assert from_ticks(1_795_154_400_000_000) == datetime(2026, 11, 20, 6, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("given_form", "clean", "normal"),
    [
        (" Sam@Readers.Example.org ", "Sam@readers.example.org", "sam@readers.example.org"),
        ("ada@bücher.example", "ada@xn--bcher-kva.example", "ada@xn--bcher-kva.example"),
        ("JÖRG@Example.org", "JÖRG@example.org", "jörg@example.org"),
    ],
)
def test_addresses_are_compared_without_case_and_with_plain_domains(
    given_form: str, clean: str, normal: str
) -> None:
    """One mailbox written three ways must get one mail."""
    assert clean_address(given_form) == clean
    assert normalise_address(given_form) == normal


@pytest.mark.parametrize(
    "junk", ["", "a", "a@b@c.example", "a b@c.example", '"a"@[127.0.0.1]', "a@c.example\r\nDATA"]
)
def test_junk_is_no_address(junk: str) -> None:
    """What passes here ends up in an SMTP command."""
    with pytest.raises(MessageError):
        normalise_address(junk)


def test_a_fingerprint_is_no_address_and_always_the_same() -> None:
    """A changed answer would let an erased person be imported again."""
    assert fingerprint_address("sam@readers.example.org") == "#45c16ca489bd4e21442e1f254bc0342ddcd02913"


def test_editions_of_before_named_slots_are_read() -> None:
    """Their rows say nothing of a name; they are known by their local minute, as ever."""
    slot = unpack_slot({"local": "2026-11-20T07:00:00", "zone": "Europe/Berlin", "fold": 0})

    assert (slot.name, slot.key) == ("", "2026-11-20T07:00")
