"""Signing in and out, and who a session belongs to."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from digest.actions.app import App
from digest.actions.passwords import is_right
from digest.errors import Refused
from digest.model.accounts import User
from digest.store.accounts import Session

IDLE = timedelta(hours=12)  #: a session that nobody uses ends after so long
LONG_IDLE = timedelta(days=30)  #: or so long, when it is to stay
LONGEST = timedelta(days=30)  #: any session ends so long after the sign-in
_NOTED = timedelta(minutes=1)  #: use is written down no more often
_TOKEN_CHARS = 43  #: 256 bits


@dataclass(frozen=True, kw_only=True)
class SignedIn:
    """A new session."""

    token: str  #: for the browser alone; nothing here can make it again
    user: User
    ends_at: datetime


def sign_in(app: App, email: str, password: str, *, agent: str = "", stay: bool = False) -> SignedIn:
    """Begin a session.

    Args:
        app: The installation.
        email: Who it is.
        password: As typed.
        agent: What the browser calls itself.
        stay: Keep it through idle days.

    Raises:
        Refused: Address and password do not belong together; the words are the same for both.
    """
    with app.store.reading() as tx:
        user = tx.accounts.by_email(email)
        kept = tx.accounts.password_of(user.id) if user else None
    if not is_right(kept, password) or user is None or not user.is_active:
        raise Refused("address and password don't belong together", hint="try again; case matters")
    return begin_session(app, user, agent=agent, stay=stay)


def begin_session(app: App, user: User, *, agent: str = "", stay: bool = False) -> SignedIn:
    """Begin a session of somebody who has shown who it is."""
    token = secrets.token_urlsafe(32)
    now = app.clock()
    ends = now + (LONG_IDLE if stay else IDLE)
    session = Session(
        name=_name(token), user_id=user.id, made_at=now, seen_at=now, ends_at=ends, agent=agent[:80]
    )
    with app.store.writing() as tx:
        tx.accounts.sign_in(session)
    return SignedIn(token=token, user=user, ends_at=ends)


def user_of_session(app: App, token: str) -> User | None:
    """Return whose session this is; None when it is over, or never was. Using it keeps it."""
    if len(token) != _TOKEN_CHARS:
        return None
    now = app.clock()
    with app.store.reading() as tx:
        session = tx.accounts.session(_name(token))
        user = tx.accounts.get(session.user_id) if session else None
    if session is None or user is None or not user.is_active or now >= session.ends_at:
        return None
    if now - session.seen_at >= _NOTED:
        span = session.ends_at - session.seen_at
        with app.store.writing() as tx:
            tx.accounts.see(session.name, at=now, ends_at=min(now + span, session.made_at + LONGEST))
    return user


def sign_out(app: App, token: str) -> None:
    """End a session; one that is over already is no fault."""
    with app.store.writing() as tx:
        tx.accounts.sign_out(_name(token))


def _name(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
