"""Tokens by which programs do what somebody at the desk may do."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from digest.actions.app import App
from digest.actions.staff.accounts import note_use, record
from digest.errors import NotFound, Refused
from digest.markup import clean_line
from digest.model.accounts import ApiToken, Right, User

PREFIX = "digest_"  #: tools that look for secrets in public places know ours by it
MOST = 50  #: tokens a person
_NOTED = timedelta(minutes=1)  # use is written down no more often
_CHARS = len(PREFIX) + 43  # 256 bits


def new_token(
    app: App, user: User, name: str, *, scopes: Collection[Right], days: int | None, by: str
) -> tuple[ApiToken, str]:
    """Make a token.

    Args:
        app: The installation.
        user: For whom it acts.
        name: What it is for.
        scopes: What it may do, as far as the person may; at least one.
        days: How long it holds; None: until it is revoked.
        by: Who makes it.

    Returns:
        The token, and what the program shows: it is shown this once.

    Raises:
        Refused: There is no name or scope, the person lacks a right, or has too many tokens.
    """
    lacking = sorted(scope.value for scope in scopes if not user.may_anywhere(scope))
    if lacking:
        raise Refused(f"{user.email} may not {lacking[0]}", hint="a token can do no more than its person")
    return _made(app, user, name, scopes=scopes, until=_until(app, days), by=by)


def narrower_token(
    app: App, user: User, own: ApiToken, name: str, *, scopes: Collection[Right], days: int | None
) -> tuple[ApiToken, str]:
    """Make a token by a token: it can do no more, and holds no longer, so that a lost one gives nothing away.

    Args:
        app: The installation.
        user: For whom both act.
        own: The one that is shown.
        name: What the new one is for.
        scopes: What it may do; at least one.
        days: How long it holds, but never longer than the one that is shown; None: as long as that.

    Raises:
        Refused: There is no name or scope, the token that is shown lacks one, or there are too many.
    """
    lacking = sorted(scope.value for scope in scopes if scope not in own.scopes)
    if lacking:
        raise Refused(
            f"this token may not {lacking[0]}", hint="a token makes none that can do more than itself"
        )
    ends = [until for until in (_until(app, days), own.expires_at) if until is not None]
    return _made(app, user, name, scopes=scopes, until=min(ends, default=None), by=user.email)


def _until(app: App, days: int | None) -> datetime | None:
    if days is None:
        return None
    if not 1 <= days <= 3_650:
        raise Refused("a token holds for 1 to 3,650 days")
    return app.clock() + timedelta(days=days)


def _made(
    app: App, user: User, name: str, *, scopes: Collection[Right], until: datetime | None, by: str
) -> tuple[ApiToken, str]:
    called = clean_line(name, 60)
    if not called or not scopes:
        raise Refused("a token has a name and at least one right", hint="name what it is for")
    shown = PREFIX + secrets.token_urlsafe(32)
    now = app.clock()
    with app.store.writing() as tx:
        if len(tx.accounts.tokens(user.id)) >= MOST:
            raise Refused(f"{user.email} has {MOST} tokens", hint="revoke one that nobody uses")
        token = tx.accounts.put_token(_key(shown), user.id, name=called, scopes=scopes, at=now, until=until)
        rights = ", ".join(sorted(scopes))
        record(app, tx, "token", f"{user.email}: token '{called}' made ({rights})", by=by)
    return token, shown


def tokens(app: App, user: User | None = None) -> tuple[ApiToken, ...]:
    """Return a person's tokens, or everybody's, the newest first; also those that have expired."""
    with app.store.reading() as tx:
        return tx.accounts.tokens(None if user is None else user.id)


def revoke_token(app: App, token_id: int, *, user: User | None = None, by: str) -> ApiToken:
    """End a token.

    Args:
        app: The installation.
        token_id: Its number.
        user: Whose it must be; None: anybody's.
        by: Who ends it.

    Raises:
        NotFound: There is none.
    """
    with app.store.writing() as tx:
        token = tx.accounts.token(token_id)
        if token is None or (user is not None and token.user_id != user.id):
            raise NotFound(f"there is no token {token_id}", hint="`digest tokens list` shows them")
        tx.accounts.revoke_token(token_id)
        record(app, tx, "token", f"token '{token.name}' revoked", by=by)
    return token


def user_of_token(app: App, shown: str) -> tuple[User, ApiToken] | None:
    """Return for whom a program acts, and by which token; None when its token is none, over or revoked.

    A right takes both: that the person has it, and that the token's scopes do.
    """
    if len(shown) != _CHARS or not shown.startswith(PREFIX):
        return None
    now = app.clock()
    with app.store.reading() as tx:
        token = tx.accounts.find_token(_key(shown))
        user = tx.accounts.get(token.user_id) if token else None
    is_over = token is None or (token.expires_at is not None and now >= token.expires_at)
    if token is None or is_over or user is None or not user.is_active:
        return None
    if token.used_at is None or now - token.used_at >= _NOTED:
        number = token.id
        note_use(app, lambda tx: tx.accounts.see_token(number, now))
    return user, token


def owner_of_token(app: App, shown: str) -> User | None:
    """Return whose token this is, though it has ended; None when it is revoked or was never one."""
    with app.store.reading() as tx:
        token = tx.accounts.find_token(_key(shown))
        return tx.accounts.get(token.user_id) if token else None


def _key(shown: str) -> bytes:
    return hashlib.sha256(shown.encode()).digest()
