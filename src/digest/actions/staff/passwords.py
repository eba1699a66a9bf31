"""Passwords: kept as argon2id, checked in bounded numbers at once."""

from __future__ import annotations

import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from digest.errors import Refused, TooMany

SHORTEST, LONGEST = 10, 200  #: characters; NIST SP 800-63B asks for at least 8, and for 64 to be taken
_LEAST_LETTERS = 5  # different ones
_AT_ONCE = threading.BoundedSemaphore(2)  # each takes 64 MiB, and a core for a fifth of a second
_IN_LINE = threading.BoundedSemaphore(12)  # who waits holds a thread that pages need
_HASHER = PasswordHasher()  # the library's figures are RFC 9106's second recommended option
# Of a password that nobody has, so that unknown people take as long.
_NOBODYS = (
    f"$argon2id$v=19$m={_HASHER.memory_cost},t={_HASHER.time_cost},p={_HASHER.parallelism}"
    "$c29tZXNhbHRzb21lc2FsdA$RdescudvJCsgt3ub+b27iw8mYJ8X5kIoUiPB3U9bZZY"
)


def hashed(password: str, *, of: str = "") -> str:
    """Return a password as it is kept.

    Args:
        password: As it was typed; letters that look alike to Unicode's NFKC are the same.
        of: The address it belongs to, which it must not hold or be part of.

    Raises:
        Refused: It is too short, too long, or too easy to guess.
        TooMany: Too many are at work; it passes in a moment.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise Refused(f"a password has {SHORTEST} to {LONGEST} characters", hint="a few words do well")
    name = of.partition("@")[0].lower()
    guessable = len(name) >= _LEAST_LETTERS and name in password.lower()
    if guessable or password.lower() in of.lower() or len(set(password)) < _LEAST_LETTERS:
        raise Refused(
            "this password is too easy to guess", hint="a few words that don't belong together do well"
        )
    with _turn():
        return _HASHER.hash(_composed(password))


def is_right(kept: str | None, password: str) -> bool:
    """Tell whether a password is the one that is kept; takes as long when none is kept.

    Raises:
        TooMany: Too many are at work; it passes in a moment.
    """
    given = _composed(password[: LONGEST + 1])
    with _turn():
        try:
            _HASHER.verify(kept or _NOBODYS, given)
        except (VerificationError, InvalidHashError):
            return False
    return kept is not None


def is_outdated(kept: str) -> bool:
    """Tell whether a kept password was made with other figures than new ones are."""
    return _HASHER.check_needs_rehash(kept)


@contextmanager
def _turn() -> Iterator[None]:
    if not _IN_LINE.acquire(blocking=False):
        raise TooMany("many are signing in at this moment", wait_s=2)
    try:
        with _AT_ONCE:
            yield
    finally:
        _IN_LINE.release()


def _composed(password: str) -> str:
    # NIST SP 800-63B, 3.1.1.2: keyboards write the same letter in several ways.
    return unicodedata.normalize("NFKC", password)
