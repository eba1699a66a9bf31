"""Addresses of one document have one canonical form, and others have not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.canonical import canonical_address

PLAIN = "https://news.example/2026/strike"


@pytest.mark.parametrize(
    "address",
    [
        "http://news.example/2026/strike",
        "HTTPS://News.Example:443/2026/strike",
        "http://news.example:80/2026/strike/",
        "https://news.example./2026/strike#comments",
        "https://news.example/2026/strike?utm_source=mail&UTM_Medium=x&gclid=1&fbclid=2&mc_eid=3",
        "https://news.example/2026/%73trike?",
        "https://news.example/2026/strike/amp/",
        "https://news.example/2026/strike?amp=1",
        "https://news.example/2026/strike?outputType=amp&at_medium=RSS",
    ],
)
def test_one_document_has_one_form(address: str) -> None:
    """Feeds, mails and phones decorate the same address in their own ways."""
    assert canonical_address(address) == PLAIN


@pytest.mark.parametrize(
    "address",
    [
        "https://www.news.example/2026/strike",
        "https://m.news.example/2026/strike",
        "https://news.example:8443/2026/strike",
        "https://news.example/2026/Strike",
        "https://news.example/2026/strike?page=2",
        "https://news.example/2026/strike?source=1&ref=2",
        "https://news.example/2026%2Fstrike",
        "https://news.example/2026/strike?amp=volt",
        "https://news.example/2026/strike#!/part/2",
        "https://news.example/amp",
    ],
)
def test_what_may_be_another_document_keeps_its_own_form(address: str) -> None:
    """An article that passes for another is lost."""
    assert canonical_address(address) != PLAIN


def test_the_order_of_parameters_and_the_case_of_escapes_do_not_count() -> None:
    """RFC 3986, section 6.2.2.1; programs write parameters in any order."""
    one = canonical_address("https://a.example/?b=%c3%a4&a=1")

    assert one == canonical_address("http://A.example?a=1&b=%C3%A4") == "https://a.example/?a=1&b=%C3%A4"


@pytest.mark.parametrize(
    "address", ["", "mailto:ada@news.example", "https://[broken", "https://a:99999999/", "x"]
)
def test_what_is_no_web_address_stays_as_it_is(address: str) -> None:
    """Records hold anything."""
    assert canonical_address(address) == address


@given(
    st.from_regex(
        r"https?://[a-z]{1,5}\.example(:\d{1,4})?/[a-z%0-9/]{0,12}(\?[a-z=&_]{0,12})?", fullmatch=True
    )
)
def test_the_form_of_a_form_is_itself(address: str) -> None:
    """What is stored once must be recognised for ever."""
    once = canonical_address(address)

    assert canonical_address(once) == once
