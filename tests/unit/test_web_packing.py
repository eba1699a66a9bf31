"""Pages on their way: packed for who unpacks, and a secret that never stands there twice the same."""

from __future__ import annotations

import gzip

import pytest
from fastapi import Request
from hypothesis import given
from hypothesis import strategies as st

from digest.web.packing import page, unveiled, veiled


def asked(accepts: str) -> Request:
    """Make a request of a browser that takes so."""
    headers = [(b"accept-encoding", accepts.encode())]
    return Request({"type": "http", "method": "GET", "path": "/", "headers": headers})


@pytest.mark.parametrize("accepts", ["gzip", "br, gzip;q=0.8"])
def test_a_page_is_packed_for_who_unpacks(accepts: str) -> None:
    """A phone gets a fifth of the bytes, and the very page once it is unpacked."""
    text = "<p>Grüße vom Hafen</p>" * 200
    made = page(asked(accepts), text, 404)

    assert (made.status_code, made.headers["content-encoding"]) == (404, "gzip")
    assert gzip.decompress(bytes(made.body)).decode() == text
    assert made.headers["content-length"] == str(len(made.body))
    assert made.headers["vary"] == "Accept-Encoding"


@pytest.mark.parametrize(("accepts", "times"), [("identity", 200), ("", 200), ("gzip", 1)])
def test_a_page_goes_as_it_is_to_others_and_when_it_is_small(accepts: str, times: int) -> None:
    """Who asks by hand reads it, and what fits one packet gains nothing."""
    text = "<p>Grüße vom Hafen</p>" * times
    made = page(asked(accepts), text)

    assert "content-encoding" not in made.headers
    assert bytes(made.body).decode() == text


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz234567", max_size=60))
def test_what_is_veiled_is_read_again(token: str) -> None:
    """Whatever pad it got."""
    assert unveiled(veiled(token)) == token


def test_no_two_pages_hold_a_token_alike() -> None:
    """Else the length of packed pages would tell it letter by letter."""
    written = {veiled("abcdefghijklmnopqrstuvwxyz") for _ in range(50)}

    assert len(written) == 50
    assert len({each[:8] for each in written}) == 50


@given(st.text())
def test_what_nobody_veiled_is_nothing(written: str) -> None:
    """Forms are hostile until checked: no error, no other secret."""
    assert isinstance(unveiled(written), str)
    assert unveiled("abc") == unveiled("ä") == unveiled("====") == ""
