"""Who may ask the API: programs, by their tokens. Cookies open nothing here."""

from __future__ import annotations

import hashlib
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from fastapi import Depends, Request
from fastapi.params import Depends as Dependency
from fastapi.security import HTTPBearer

from digest.actions.app import App
from digest.actions.programs import user_of_token
from digest.errors import TooMany
from digest.model.accounts import Right, User
from digest.web.frame import installed
from digest.web.guard import Guard, NotAllowed, NotSignedIn, OutOfScope, digest_of

_MINUTE_S = 60.0

#: Says in the schema how to show a token; the reading is `TokenGuard`'s.
BEARER = HTTPBearer(
    auto_error=False,
    scheme_name="token",
    description="A token of `digest tokens add`, shown as `Authorization: Bearer digest_...`.",
)


@dataclass(frozen=True)
class TokenGuard(Guard):
    """Lets programs use a route whose token has the right among its scopes, and whose person has it."""

    def __call__(self, request: Request) -> None:
        """Let a request through, and remember for whom it acts.

        Raises:
            NotSignedIn: No token is shown, or it is none, over or revoked.
            TooMany: This token was shown too often within a minute.
            OutOfScope: The token lacks the scope.
            NotAllowed: Its person lacks the right over the digest that the path names.
            NotFound: The path names an edition that is not there.
        """
        app = installed(request)
        user, scopes = _who(request, app)
        right = self.right or Right.READ
        if right not in scopes:
            raise OutOfScope(
                f"this token may not {right.value}", hint=f"make one with the scope {right.value}"
            )
        digest = None if self.is_over_all else digest_of(request, app)
        exactly = digest is not None or self.is_over_all
        if not (user.may(right, digest) if exactly else user.may_anywhere(right)):
            raise NotAllowed(right, digest, user)
        request.state.user = user


def scope(right: Right, *, over_all: bool = False) -> list[Dependency]:
    """Return the dependencies of a route that takes a right.

    Args:
        right: Over the digest in the path, or over any digest without one.
        over_all: It must be a right over the installation itself.
    """
    return [Depends(BEARER), Depends(TokenGuard(right=right, is_over_all=over_all))]


class Pace:
    """Counts requests by token: never more within any minute than may be. Safe for any number of threads.

    Args:
        clock: Seconds that never go back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._seen: dict[bytes, deque[float]] = {}  # only tokens that hold: as many as were made
        self._lock = threading.Lock()

    def count(self, token: str, most: int) -> None:
        """Count a request.

        Args:
            token: Whose it is.
            most: So many may come within any minute.

        Raises:
            TooMany: It is one more than that, and is not counted.
        """
        key = hashlib.sha256(token.encode()).digest()
        with self._lock:
            now = self._clock()
            seen = self._seen.setdefault(key, deque())
            while seen and seen[0] <= now - _MINUTE_S:
                seen.popleft()
            if len(seen) < most:
                seen.append(now)
                return
            wait_s = int(seen[-most] + _MINUTE_S - now) + 1
        raise TooMany(f"more than {most:,} requests within a minute", wait_s=wait_s)


def _who(request: Request, app: App) -> tuple[User, frozenset[Right]]:
    scheme, _, shown = request.headers.get("authorization", "").partition(" ")
    token = shown.strip()
    found = user_of_token(app, token) if scheme.lower() == "bearer" else None
    if found is None:
        raise NotSignedIn(
            "this takes a token that holds",
            hint="show one as `Authorization: Bearer digest_...`; cookies don't count",
        )
    pace = request.app.state.pace
    assert isinstance(pace, Pace)  # noqa: S101  # why: Starlette's state is untyped
    pace.count(token, app.system.web.api_per_minute)
    return found
