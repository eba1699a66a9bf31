"""Envelope senders: one for each message, and nobody else can make them."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.deliver import bounce_address, check_address, read_bounce_address
from digest.deliver.compose.verp import hide_bounce_addresses
from digest.errors import TransportError
from digest.tokens import Keyring
from scripted_relay import ScriptedRelay
from sending_cast import MemoryLedger, route, send

OLD = "old-key-old-key-old-key-old-key-0"
NEW = "new-key-new-key-new-key-new-key-0"
RING = Keyring((NEW,))
SAM = "AAECAwQFBgcICQoLDA0ODw"


@given(edition=st.integers(1, 2**63 - 1), raw=st.binary(min_size=16, max_size=16))
def test_an_address_tells_edition_and_reader_and_fits(edition: int, raw: bytes) -> None:
    """RFC 5321 gives 64 octets before the @; servers may change the case on the way."""
    uid = base64.urlsafe_b64encode(raw).decode().rstrip("=")
    address = bounce_address(RING, edition, uid, "bounces.example.org")

    assert len(address.partition("@")[0]) <= 64
    assert check_address(address) == address == bounce_address(RING, edition, uid, "bounces.example.org")
    assert read_bounce_address(RING, address) == read_bounce_address(RING, address.upper()) == (edition, uid)


def test_a_report_for_an_older_key_is_still_ours() -> None:
    """Reports come in for days after keys were changed."""
    address = bounce_address(Keyring((OLD,)), 7, SAM, "bounces.example.org")

    assert read_bounce_address(Keyring((NEW, OLD)), address) == (7, SAM)
    assert read_bounce_address(RING, address) is None


def test_each_part_is_signed() -> None:
    """Whoever has one address must not be able to make another's."""
    address = bounce_address(RING, 7, SAM, "bounces.example.org")
    edition, reader, mac = address[2:].partition("@")[0].split("-")

    assert edition == "7"
    for forged in (
        f"8-{reader}-{mac}",
        f"7-b{reader[1:]}-{mac}",
        f"7-{reader}-a{'b' * 19}",
        f"07-{reader}-{mac}",
    ):
        assert read_bounce_address(RING, f"b+{forged}@bounces.example.org") is None


@pytest.mark.parametrize(
    "address", ["", "b+@x.example", "brief@news.example.org", "b+7-é-é@x.example", "b+" * 9000]
)
def test_other_addresses_are_nobodys(address: str) -> None:
    """Whatever stands in a To field is asked."""
    assert read_bounce_address(RING, address) is None


@pytest.mark.parametrize(
    "words",
    ["5.7.1 <{}>: Sender address rejected", "5.7.1 from={}, not here", "MAIL FROM:<{}> no", "no: {}"],
)
def test_what_a_relay_quotes_of_an_envelope_sender_is_taken_out(words: str) -> None:
    """Notes, alerts and webhooks carry its words; who has the address can end a subscription."""
    address = bounce_address(RING, 7, SAM, "bounces.example.org")
    hidden = {words.format("(the sender)")}

    assert {hide_bounce_addresses(words.format(form)) for form in (address, address.upper())} == hidden
    assert hide_bounce_addresses(words.format("b+7@example.org")) == words.format("b+7@example.org")


def test_the_error_that_stops_a_run_names_no_envelope_sender() -> None:
    """It becomes the edition's note, and goes to everybody who is told of it."""
    address = bounce_address(RING, 7, SAM, "bounces.example.org")
    with (
        ScriptedRelay({"mail": f"550 5.7.1 <{address}> is not welcome"}) as relay,
        pytest.raises(TransportError, match=r"<\(the sender\)> is not welcome") as raised,
    ):
        send(MemoryLedger(["sam@example.org"]), route(relay.port), sender_of=lambda _: address)

    assert address.partition("@")[0] not in str(raised.value)
