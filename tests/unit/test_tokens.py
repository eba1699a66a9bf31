"""Tokens: only the key's holder makes them, and each opens one door."""

import base64
import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.tokens import Keyring, base32, new_key

OLD = "old-key-old-key-old-key-old-key-0"
NEW = "new-key-new-key-new-key-new-key-0"
RING = Keyring((NEW,))


@given(payload=st.text(max_size=200))
def test_a_token_gives_back_its_payload(payload: str) -> None:
    """Links carry a subscriber's public name of any script."""
    token = RING.sign("unsubscribe", payload)

    assert RING.verify("unsubscribe", token) == payload
    assert set(token) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")


def test_a_token_opens_one_purpose_only() -> None:
    """A leaked unsubscribe link must not open the preferences."""
    token = RING.sign("unsubscribe", "sam")

    assert RING.verify("preferences", token) is None


def test_purpose_and_payload_cannot_be_shifted() -> None:
    """The boundary between the two is signed as well."""
    assert RING.digest("ab", "c", 52) != RING.digest("a", "bc", 52)
    assert RING.digest("a:b", "c", 52) != RING.digest("a", "b:c", 52)


def test_the_signature_is_hmac_sha256_of_length_purpose_and_payload() -> None:
    """Links in mails already sent must verify after an update: the format is a promise."""
    mac = hmac.new(NEW.encode(), b"11:unsubscribe:sam", hashlib.sha256).digest()[:16]
    head, _, tail = RING.sign("unsubscribe", "sam").partition(".")

    assert head == "c2Ft"
    assert len(tail) == 22
    assert RING.verify("unsubscribe", f"c2Ft.{tail}") == "sam"
    assert hmac.compare_digest(mac.hex(), _hex(tail))


@given(key=st.text(min_size=32, max_size=150), purpose=st.text(max_size=20), payload=st.text(max_size=200))
def test_every_name_and_signature_is_hmac_as_the_standard_library_makes_it(
    key: str, purpose: str, payload: str
) -> None:
    """The two hashes of RFC 2104 are kept and copied here; keys longer than a block are hashed first."""
    ring, name = Keyring((key,)), purpose.encode()
    expected = hmac.digest(key.encode(), b"%d:%s:%s" % (len(name), name, payload.encode()), "sha256")

    for _ in range(2):  # the second one copies the state that the first left
        assert _hex(ring.sign(purpose, payload).partition(".")[2]) == expected[:16].hex()
        assert ring.hexdigest(purpose, payload) == expected.hex()[:32]
        assert ring.digest(purpose, payload, 52) == base64.b32encode(expected).decode().lower()[:52]


@given(at=st.integers(0, 26), letter=st.sampled_from("AQgw09-_.=%\n é"))
def test_any_changed_letter_breaks_a_token(at: int, letter: str) -> None:
    """Eve may change what she likes: spare bits, padding and signs included."""
    token = RING.sign("unsubscribe", "sam")
    changed = token[:at] + letter + token[at + 1 :]

    assert RING.verify("unsubscribe", changed) == ("sam" if changed == token else None)


@pytest.mark.parametrize(
    "token", ["", ".", "c2Ft", "c2Ft.", ".AAAA", "_w.AAAA", "a" * 3000 + ".b", "é.é", "a.b.c"]
)
def test_rubbish_is_no_token(token: str) -> None:
    """A stranger's request costs nothing and raises nothing."""
    assert RING.verify("unsubscribe", token) is None


def test_an_older_key_still_verifies_and_no_longer_signs() -> None:
    """Keys can be replaced without breaking the links in old mails."""
    both = Keyring((NEW, OLD))
    token = Keyring((OLD,)).sign("unsubscribe", "sam")

    assert both.verify("unsubscribe", token) == "sam"
    assert RING.verify("unsubscribe", token) is None
    assert both.sign("unsubscribe", "sam") == RING.sign("unsubscribe", "sam")


def test_a_name_is_lower_case_and_stable() -> None:
    """Some servers change the case of what stands before the @ of a bounce address."""
    name = RING.digest("bounce", "7:42", 26)

    assert len(name) == 26
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyz234567")
    assert name == RING.digest("bounce", "7:42", 52)[:26]


@given(raw=st.binary(max_size=80))
def test_base32_is_the_standard_librarys_in_lower_case(raw: bytes) -> None:
    """Bounce addresses that are under way must be read after an update."""
    assert base32(raw) == base64.b32encode(raw).decode().rstrip("=").lower()


def test_a_hexadecimal_name_is_lower_case_and_stable() -> None:
    """Message-IDs are compared without case by some programs."""
    name = RING.hexdigest("message-id", "7:42")

    assert len(name) == 32
    assert set(name) <= set("0123456789abcdef")
    assert name == RING.hexdigest("message-id", "7:42") != RING.hexdigest("message-id", "7:43")


@pytest.mark.parametrize("chars", [0, 53, -1])
def test_a_name_longer_than_the_hash_is_refused(chars: int) -> None:
    """Padding would look like entropy."""
    with pytest.raises(ValueError, match="1 to 52 characters"):
        RING.digest("bounce", "x", chars)


def test_a_keyring_shows_no_key() -> None:
    """Key rings end up in error reports."""
    assert repr(Keyring((NEW, OLD))) == "Keyring(2 keys)"


@pytest.mark.parametrize("keys", [(), ("short",), (NEW, "x" * 31)])
def test_a_keyring_without_real_keys_is_refused(keys: tuple[str, ...]) -> None:
    """An empty or guessable key would sign for everybody."""
    with pytest.raises(ValueError, match="at least"):
        Keyring(keys)


def test_new_keys_differ_and_are_long_enough() -> None:
    """`digest init` makes one for each home."""
    assert new_key() != new_key()
    assert Keyring((new_key(),)).verify("p", "x.y") is None


def _hex(tail: str) -> str:
    return base64.urlsafe_b64decode(tail + "==").hex()


def test_a_name_is_known_by_all_keys() -> None:
    """Names made before a change of keys stand in mail that is under way."""
    name = Keyring((OLD,)).digest("bounce", "7-sam", 20)

    assert Keyring((NEW, OLD)).attests("bounce", "7-sam", name)
    assert not RING.attests("bounce", "7-sam", name)
    assert not Keyring((NEW, OLD)).attests("message-id", "7-sam", name)
    for bad in ("", "é" * 20, name * 3):
        assert not Keyring((OLD,)).attests("bounce", "7-sam", bad)


def test_a_hexadecimal_name_is_known_by_all_keys() -> None:
    """As above, for names of messages."""
    name = Keyring((OLD,)).hexdigest("message-id", "7/sam")

    assert Keyring((NEW, OLD)).attests_hex("message-id", "7/sam", name)
    assert not RING.attests_hex("message-id", "7/sam", name)
    assert not Keyring((OLD,)).attests_hex("letter", "7/sam", name)
    for bad in ("", "é" * 32, name[:31], name * 2):
        assert not Keyring((OLD,)).attests_hex("message-id", "7/sam", bad)
