"""Passwords: kept as argon2id, checked in bounded numbers at once."""

from __future__ import annotations

import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from digest.errors import Refused

SHORTEST, LONGEST = (
    10,
    200,
)  #: characters; NIST SP 800-63B asks for 8 at least and 64 at least as the upper bound
_AT_ONCE = threading.BoundedSemaphore(2)  #: each takes 64 MiB, and a core for a quarter of a second
_HASHER = PasswordHasher()  #: argon2id with the library's figures, RFC 9106's second recommended option


def hashed(password: str) -> str:
    """Return a password as it is kept.

    Raises:
        Refused: It is too short or too long.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise Refused(f"a password has {SHORTEST} to {LONGEST} characters", hint="a few words do well")
    with _AT_ONCE:
        return _HASHER.hash(password)


def is_right(kept: str | None, password: str) -> bool:
    """Tell whether a password is the one that is kept; takes as long when none is kept."""
    given = password[: LONGEST + 1]
    with _AT_ONCE:
        try:
            _HASHER.verify(kept or _nobodys(), given)
        except (VerificationError, InvalidHashError):
            return False
    return kept is not None


def is_outdated(kept: str) -> bool:
    """Tell whether a kept password was made with weaker figures than new ones are."""
    return _HASHER.check_needs_rehash(kept)


def _nobodys() -> str:
    """Return the hash of a password that nobody has, so that unknown people take as long."""
    return (
        f"$argon2id$v=19$m={_HASHER.memory_cost},t={_HASHER.time_cost},p={_HASHER.parallelism}"
        "$c29tZXNhbHRzb21lc2FsdA$RdescudvJCsgt3ub+b27iw8mYJ8X5kIoUiPB3U9bZZY"
    )
