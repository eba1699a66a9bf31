"""Pages on their way: packed for who unpacks, unless a stranger may have chosen their address."""

from __future__ import annotations

import gzip

import pytest
from fastapi import Request

from digest.web.packing import page

PAGE = "<p>Grüße vom Hafen</p>" * 200


def asked(accepts: str, *, user: object | None = None, site: str | None = None) -> Request:
    """Make a request of a browser that takes so."""
    headers = [(b"accept-encoding", accepts.encode())]
    if site is not None:
        headers.append((b"sec-fetch-site", site.encode()))
    request = Request({"type": "http", "method": "GET", "path": "/", "headers": headers})
    request.state.user = user
    return request


def is_packed(request: Request) -> bool:
    """Tell whether a page goes packed."""
    return "content-encoding" in page(request, PAGE).headers


@pytest.mark.parametrize("accepts", ["gzip", "br, gzip;q=0.8"])
def test_a_page_is_packed_for_who_unpacks(accepts: str) -> None:
    """A phone gets a fifth of the bytes, and the very page once it is unpacked."""
    made = page(asked(accepts), PAGE, 404)

    assert (made.status_code, made.headers["content-encoding"]) == (404, "gzip")
    assert gzip.decompress(bytes(made.body)).decode() == PAGE
    assert made.headers["content-length"] == str(len(made.body))
    assert made.headers["vary"] == "Accept-Encoding"


@pytest.mark.parametrize(("accepts", "times"), [("identity", 200), ("", 200), ("gzip", 1)])
def test_a_page_goes_as_it_is_to_others_and_when_it_is_small(accepts: str, times: int) -> None:
    """Who asks by hand reads it, and what fits one packet gains nothing."""
    text = "<p>Grüße vom Hafen</p>" * times
    made = page(asked(accepts), text)

    assert "content-encoding" not in made.headers
    assert bytes(made.body).decode() == text


@pytest.mark.parametrize(
    ("site", "packed"),
    [("same-origin", True), ("none", True), ("cross-site", False), ("same-site", False), (None, False)],
)
def test_another_site_cannot_guess_a_page_by_its_length(site: str | None, packed: bool) -> None:
    """It may send a signed-in browser to an address of its choice, but not learn how well that one packs."""
    assert is_packed(asked("gzip", user="ada", site=site)) is packed
    assert is_packed(asked("gzip", site=site))
