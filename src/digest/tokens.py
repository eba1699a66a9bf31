"""Signed tokens for links, and keyed names for messages.

A token is bound to one purpose: one made to unsubscribe opens no preferences.
It carries its payload in the clear; never put a secret or an address into it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from binascii import b2a_base64

_MAC_BYTES = 16  # 128 bits: RFC 2104, section 5 allows half of SHA-256
_BLOCK_BYTES = 64  # of SHA-256
_INNER, _OUTER = (bytes(byte ^ pad for byte in range(256)) for pad in (0x36, 0x5C))
_BASE32 = "abcdefghijklmnopqrstuvwxyz234567"
_PAIRS = [first + second for first in _BASE32 for second in _BASE32]
_URL_SAFE = bytes.maketrans(b"+/", b"-_")
_MIN_KEY_CHARS = 32
_MAX_TOKEN_CHARS = 2_000
_MAX_HEAD_CHARS = 300  #: more than any payload of ours makes
#: What may stand within a token that a reply's lines tear apart: the end of one, and codes of the next.
_TEAR = r"(?>\n(?:[245]\d\d[ -])?(?:#?[245]\.\d{1,3}\.\d{1,3}:? )?)?+"
_CHAR = rf"[A-Za-z0-9_-]{_TEAR}"
# A token in text: a part of a path, or too long for a name; of one that the end cuts off less is enough.
_IN_TEXT = re.compile(
    rf"(?:(?<=[^/]/)(?:{_CHAR}){{2,{_MAX_HEAD_CHARS}}}+"
    rf"|(?<![A-Za-z0-9_-])(?:{_CHAR}){{16,{_MAX_HEAD_CHARS}}}+)"
    rf"\.{_TEAR}(?:(?:{_CHAR}){{21}}[AQgw](?![A-Za-z0-9_-])|(?:{_CHAR}){{16,21}}\Z)"
)


def new_key() -> str:
    """Make a random key of 43 url-safe characters."""
    return secrets.token_urlsafe(32)


def hide_tokens(text: str, instead: str) -> str:
    """Put other words in the place of what looks like a signed token, torn over lines or cut off by the end.

    Args:
        text: What others said, who may quote a link of ours.
        instead: The other words.
    """
    return _IN_TEXT.sub(instead, text) if "." in text else text


class Keyring:
    """Keys that sign: the first makes tokens, all of them verify.

    Args:
        keys: At least one, each of 32 characters or more, the newest first.

    Raises:
        ValueError: There is no key, or one is too short to be random.
    """

    def __init__(self, keys: tuple[str, ...]) -> None:
        if not keys:
            raise ValueError("a keyring needs at least one key")
        if any(len(key) < _MIN_KEY_CHARS for key in keys):
            raise ValueError(f"a key needs at least {_MIN_KEY_CHARS} characters")
        self._keys = tuple(_Key(key.encode()) for key in keys)

    def __repr__(self) -> str:
        return f"Keyring({len(self._keys)} keys)"

    def sign(self, purpose: str, payload: str) -> str:
        """Make a url-safe token that carries the payload; the same input gives the same token."""
        raw = payload.encode()
        mac = self._keys[0].mac(purpose, raw)[:_MAC_BYTES]
        # Both in one: three links a message are made here.
        token = b"%b.%b" % (b2a_base64(raw).rstrip(b"=\n"), b2a_base64(mac).rstrip(b"=\n"))
        return token.translate(_URL_SAFE).decode("ascii")

    def verify(self, purpose: str, token: str) -> str | None:
        """Return the payload of a token; None when it is not ours or for another purpose.

        Every key is tried, in constant time each. Does not know of expiry: put a
        date into the payload where one is needed.
        """
        if len(token) > _MAX_TOKEN_CHARS or not token.isascii():
            return None
        head, _, tail = token.partition(".")
        raw, mac = _decode(head), _decode(tail)
        if raw is None or mac is None:
            return None
        try:
            payload = raw.decode()
        except UnicodeDecodeError:
            return None
        matches = [hmac.compare_digest(key.mac(purpose, raw)[:_MAC_BYTES], mac) for key in self._keys]
        return payload if any(matches) else None

    def digest(self, purpose: str, payload: str, chars: int) -> str:
        """Make a name that only the first key's holder can make, in lower-case base32.

        Args:
            purpose: What the name is for.
            payload: What it names.
            chars: Its length, 1 to 52; each character holds 5 bits.

        Raises:
            ValueError: chars is out of range.
        """
        if not 1 <= chars <= 52:
            raise ValueError(f"1 to 52 characters, not {chars}")
        return self._keys[0].name(purpose, payload, chars)

    def derived(self, purpose: str) -> tuple[bytes, ...]:
        """Make keys of 32 bytes that only holders of these can make, in their order."""
        return tuple(key.mac(purpose, b"") for key in self._keys)

    def hexdigest(self, purpose: str, payload: str) -> str:
        """Make a name like `digest` does, of 32 hexadecimal digits: 128 bits, and quicker to write.

        Args:
            purpose: What the name is for.
            payload: What it names.
        """
        return self._keys[0].mac(purpose, payload.encode())[:_MAC_BYTES].hex()

    def attests(self, purpose: str, payload: str, name: str) -> bool:
        """Tell whether `digest` made this name with any of the keys; each is tried in constant time.

        Args:
            purpose: What the name is for.
            payload: What it names.
            name: 1 to 52 characters; anything else is not ours.
        """
        if not 1 <= len(name) <= 52 or not name.isascii():
            return False
        matches = [hmac.compare_digest(key.name(purpose, payload, len(name)), name) for key in self._keys]
        return any(matches)

    def attests_hex(self, purpose: str, payload: str, name: str) -> bool:
        """Tell whether `hexdigest` made this name with any of the keys; each is tried in constant time."""
        raw = payload.encode()
        made = [key.mac(purpose, raw)[:_MAC_BYTES].hex() for key in self._keys]
        matches = [name.isascii() and hmac.compare_digest(one, name) for one in made]
        return any(matches)


class _Key:
    """One key, with the state of its HMAC after each purpose: purposes are words of the program, and few.

    The two hashes are those of RFC 2104 section 2; `hmac` makes the same in a third more time.
    """

    def __init__(self, key: bytes) -> None:
        block = key if len(key) <= _BLOCK_BYTES else hashlib.sha256(key).digest()
        block = block.ljust(_BLOCK_BYTES, b"\0")
        self._inner = hashlib.sha256(block.translate(_INNER))
        self._outer = hashlib.sha256(block.translate(_OUTER))
        self._states: dict[str, hashlib._Hash] = {}

    def mac(self, purpose: str, payload: bytes) -> bytes:
        state = self._states.get(purpose)
        if state is None:
            # The length in front keeps ('ab', 'c') and ('a', 'bc') apart.
            name = purpose.encode()
            state = self._inner.copy()
            state.update(b"%d:%s:" % (len(name), name))
            self._states[purpose] = state
        inner, outer = state.copy(), self._outer.copy()
        inner.update(payload)
        outer.update(inner.digest())
        return outer.digest()

    def name(self, purpose: str, payload: str, chars: int) -> str:
        # Only the bytes that are asked for.
        return base32(self.mac(purpose, payload.encode())[: -(-chars * 5 // 8)])[:chars]


def base32(raw: bytes) -> str:
    """Write bytes in lower-case base32 without padding, in two thirds of the standard library's time."""
    pairs = -(-len(raw) * 8 // 10)
    number = int.from_bytes(raw, "big") << 10 * pairs - 8 * len(raw)
    text = "".join([_PAIRS[number >> shift & 1023] for shift in range(10 * pairs - 10, -1, -10)])
    return text[: -(-len(raw) * 8 // 5)]


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _decode(text: str) -> bytes | None:
    """Undo _encode; None for anything _encode would not have written."""
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        return None
    return raw if _encode(raw) == text else None
