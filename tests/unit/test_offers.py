"""What a relay's answer to the greeting says of its extensions."""

from __future__ import annotations

import pytest

from digest.deliver.smtp.offers import Offers, read_offers


def test_every_extension_that_matters_is_read() -> None:
    """The sender pipelines, announces sizes and writes UTF-8 only where the relay said so."""
    told = {
        "pipelining": "",
        "size": "10240000",
        "8bitmime": "",
        "smtputf8": "",
        "enhancedstatuscodes": "",
        "vrfy": "",
    }

    assert read_offers(told) == Offers(
        pipelining=True, size=10_240_000, eight_bit=True, smtputf8=True, enhanced=True
    )


def test_a_relay_that_offers_nothing_offers_nothing() -> None:
    """It was greeted with HELO."""
    assert read_offers({}) == Offers(
        pipelining=False, size=None, eight_bit=False, smtputf8=False, enhanced=False
    )


@pytest.mark.parametrize("told", ["", "0", "many", "-5", "1e6", "10 20", "²", "٣", "9" * 21])
def test_a_size_that_bounds_nothing_is_none(told: str) -> None:
    """RFC 1870: 0 is no fixed limit; a guess at anything else would refuse mail or overrun the relay."""
    assert read_offers({"size": told}).size is None


def test_the_largest_size_of_the_standard_is_read() -> None:
    """RFC 1870 section 4 allows 20 digits."""
    assert read_offers({"size": "9" * 20}).size == 10**20 - 1
