"""What no log may hold is taken out of text that others wrote."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.log.scrubbing import REDACTED, scrubbed
from digest.tokens import Keyring

RING = Keyring(("key-" * 8,))
TOKEN = RING.sign("unsubscribe", f"{'A' * 22}.daily")


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("no <sam@example.org> here", f"no <{REDACTED}> here"),
        ("to=sam@example.org, x", f"to={REDACTED}, x"),
        ("{'to': 'sam@example.org'}", f"{{'to': '{REDACTED}'}}"),
        ("o'brien@example.org", REDACTED),
        ('rcpt "john doe"@example.org no', f"rcpt {REDACTED} no"),
        (r'"john \" doe"@example.org', REDACTED),
        ("user john@[192.0.2.1] gone", f"user {REDACTED} gone"),
        ("SRS0=ab=cd=example.org=bob@relay.example no", f"{REDACTED} no"),
        ("bounces+bob=example.org@list.example", REDACTED),
        ("prvs=1234567890=bob@example.org", REDACTED),
        ("?rcpt=bob%40example.org&x", REDACTED),
        ("bob&#64;example.org", REDACTED),
        ("bob\uff20example.org", REDACTED),
        ("postgresql://olu:pass@db/x", REDACTED),
        ("sam@example.org sue@example.org", f"{REDACTED} {REDACTED}"),
        ("sam%example.org@relay.example@x", f"{REDACTED}@x"),
    ],
)
def test_addresses_are_taken_out_as_relays_write_them(text: str, left: str) -> None:
    """Quoted, with an address of the net for a domain, with others' addresses in the name, encoded."""
    assert scrubbed(text) == left


@pytest.mark.parametrize(
    "text", ["@dataclass", "a @ b", "@", "", "50%40", 'File "x.py", line 7, in <module>']
)
def test_what_is_no_address_stays(text: str) -> None:
    """Tracebacks must be of use."""
    assert scrubbed(text) == text


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (
            f"https://news.example.org/unsubscribe/{TOKEN}.",
            f"https://news.example.org/unsubscribe/{REDACTED}.",
        ),
        (f"({TOKEN})", f"({REDACTED})"),
        (f"?u=https%3A%2F%2Fn.example%2Fread%2F{TOKEN}", f"?u=https%3A%2F%2Fn.example%2Fread%{REDACTED}"),
        (f"/u/{RING.sign('unsubscribe', 'u1/7')} no", f"/u/{REDACTED} no"),
        ("https://www.bitdefender-quarantine.com/x", "https://www.bitdefender-quarantine.com/x"),
        ("/usr/lib/python3.11/site-packages/x.py", "/usr/lib/python3.11/site-packages/x.py"),
    ],
)
def test_tokens_are_taken_out(text: str, left: str) -> None:
    """Whoever has one acts as its reader; where a link leads is no secret."""
    assert scrubbed(text) == left


@given(st.text(max_size=60), st.sampled_from(["unsubscribe", "read"]))
def test_no_token_that_works_is_left(payload: str, purpose: str) -> None:
    """Whatever it names."""
    token = RING.sign(purpose, f"{'A' * 22}.{payload}")

    assert scrubbed(f"see https://news.example.org/{purpose}/{token} there") == (
        f"see https://news.example.org/{purpose}/{REDACTED} there"
    )


@pytest.mark.parametrize(
    "text",
    [
        "a" * 100_000 + "@x",
        "a'" * 50_000 + "@x",
        "@" * 100_000,
        "a@" * 50_000,
        '"' * 100_000 + "@x",
        r"\"" * 50_000 + "@x",
        "a/" * 50_000 + ".",
        "-" * 100_000 + ".",
        ("a" * 299 + ".") * 300,
        "\n5.1.1 " * 15_000 + ".",
        "/" + "a\n550-5.1.1 " * 8_000 + ".",
    ],
    ids=lambda text: text[:4],
)
def test_hostile_text_takes_no_time(
    text: str, within: Callable[[float], AbstractContextManager[None]]
) -> None:
    """Relays and libraries say what they like: the time grows as the text does."""
    with within(2):
        scrubbed(text)
