"""Signing in and out, and who a session belongs to."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from digest.actions.app import App
from digest.actions.staff.accounts import note_use, read_address, record
from digest.actions.staff.passwords import hashed, is_outdated, is_right
from digest.actions.staff.second_step import use_code
from digest.actions.staff.tries import Gate, count_tries, return_tries
from digest.errors import Refused
from digest.model.accounts import Session, User
from digest.store import Transaction
from digest.store.accounts import Secrets

IDLE = timedelta(hours=12)  #: a session that nobody uses ends after so long, unless it is to stay
LONGEST = timedelta(days=30)  #: any session ends so long after the sign-in
CODE_WITHIN = timedelta(minutes=5)  #: the second step follows the first
_NOTED = timedelta(minutes=1)  # use is written down no more often
_TOKEN_CHARS = 43  # 256 bits
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Caller:
    """Who wants to sign in, as far as it is known before."""

    network: str  #: the address, or its first 64 bits
    agent: str = ""  #: what the browser is, such as 'Firefox on Linux'
    device: str = field(default="", repr=False)  #: what an earlier sign-in left in it; '' for nothing


@dataclass(frozen=True, kw_only=True, slots=True)
class SignedIn:
    """A new session."""

    token: str = field(repr=False)  #: for the browser alone; nothing here can make it again
    device: str = field(repr=False)  #: to be kept there: it tells the browser from strangers'
    user: User
    stays: bool  #: also when the browser is closed
    ends_at: datetime  #: when nobody uses it


@dataclass(frozen=True, kw_only=True, slots=True)
class CodeWanted:
    """The password was right, and a code is wanted as well."""

    ticket: str = field(repr=False)  #: what `confirm_code` takes
    user: User


def sign_in(
    app: App, email: str, password: str, *, caller: Caller, stay: bool = False
) -> SignedIn | CodeWanted:
    """Begin a session.

    Args:
        app: The installation.
        email: Who it is.
        password: As typed.
        caller: Who asks.
        stay: Keep it through idle days.

    Raises:
        Refused: Address and password do not belong together; the words are the same for both.
        TooMany: It was tried too often of late: this address, from here, or from this network.
    """
    address = read_address(email)
    with app.store.reading() as tx:
        user = tx.accounts.find(address)
        kept = tx.accounts.secrets(user.id) if user is not None and user.is_active else None
    gates = _gates(app, address or email[:320], caller, user)
    count_tries(app, gates)
    if not is_right(kept.password if kept else None, password) or user is None or kept is None:
        raise Refused("address and password don't belong together", hint="try again; case matters")
    return_tries(app, gates)
    if kept.password and is_outdated(kept.password):
        _rehash(app, user, kept, password)
    if user.has_totp:
        return CodeWanted(ticket=_ticket(app, user, kept, stay=stay), user=user)
    return begin_session(app, user, agent=caller.agent, stay=stay)


def confirm_code(app: App, ticket: str, code: str, *, caller: Caller) -> SignedIn:
    """Begin the session that a code was wanted for.

    Args:
        app: The installation.
        ticket: Of the first step.
        code: From the telephone, or one that was put away.
        caller: Who asks.

    Raises:
        Refused: The code is wrong or was used before, or the first step was too long ago.
        TooMany: Too many codes were tried for this person.
    """
    user, stay = _read_ticket(app, ticket)
    gates = [Gate(kind="code", name=str(user.id), burst=5, interval=3 * _MINUTE)]
    count_tries(app, gates)
    with app.store.writing() as tx:
        if not use_code(app, tx, user, code):
            raise Refused("that is not the code", hint="each code is good once; wait for the next one")
        begun = _open(app, tx, user, agent=caller.agent, stay=stay)
    return_tries(app, gates)
    return begun


def account_at(app: App, email: str) -> User | None:
    """Return whose account somebody means by an address; None when nobody has it."""
    with app.store.reading() as tx:
        return tx.accounts.find(read_address(email))


def account_of_ticket(app: App, ticket: str) -> User | None:
    """Return who showed the password that a ticket of `sign_in` stands for; None when it is none of ours."""
    said = app.keyring.verify("code", ticket)
    if said is None:
        return None
    with app.store.reading() as tx:
        return tx.accounts.get(int(said.partition(":")[0]))


def begin_session(app: App, user: User, *, agent: str = "", stay: bool = False) -> SignedIn:
    """Begin a session of somebody who has shown who it is."""
    with app.store.writing() as tx:
        return _open(app, tx, user, agent=agent, stay=stay)


def user_of_session(app: App, token: str) -> User | None:
    """Return whose session this is; None when it is over, or never was. Using it keeps it."""
    if len(token) != _TOKEN_CHARS:
        return None
    now = app.clock()
    with app.store.reading() as tx:
        session = tx.accounts.find_session(_key(token))
        user = tx.accounts.get(session.user_id) if session else None
    if session is None or user is None or not user.is_active or _is_over(session, now):
        return None
    if now - session.seen_at >= _NOTED:
        number = session.id
        note_use(app, lambda tx: tx.accounts.see_session(number, now))
    return user


def sign_out(app: App, token: str) -> None:
    """End a session; one that is over already is no fault."""
    with app.store.writing() as tx:
        session = tx.accounts.find_session(_key(token))
        if session is not None:
            tx.accounts.end_session(session.id, user_id=session.user_id)


def sessions_of(app: App, user: User, token: str) -> tuple[tuple[Session, bool], ...]:
    """Return a person's sessions that are not over, the one used last first, and whether each is this one."""
    now = app.clock()
    with app.store.reading() as tx:
        this = tx.accounts.find_session(_key(token))
        found = tx.accounts.sessions(user.id)
    return tuple((one, this is not None and one.id == this.id) for one in found if not _is_over(one, now))


def end_session(app: App, user: User, session_id: int) -> None:
    """End a session of a person; one that is over already is no fault."""
    with app.store.writing() as tx:
        if tx.accounts.end_session(session_id, user_id=user.id):
            record(app, tx, "session", f"{user.email}: a session was ended", by=user.email)


def _open(app: App, tx: Transaction, user: User, *, agent: str, stay: bool) -> SignedIn:
    token = secrets.token_urlsafe(32)
    now = app.clock()
    tx.accounts.forget_sessions(unused_since=now - IDLE, older_than=now - LONGEST)
    tx.accounts.open_session(_key(token), user.id, agent=agent[:80], stays=stay, at=now)
    record(app, tx, "sign-in", agent[:80] or "a browser", by=user.email)
    device = app.keyring.sign("device", f"{user.id}:{secrets.token_hex(8)}")
    ends_at = now + (LONGEST if stay else IDLE)
    return SignedIn(token=token, device=device, user=user, stays=stay, ends_at=ends_at)


def _gates(app: App, address: str, caller: Caller, user: User | None) -> list[Gate]:
    """Say where a try counts.

    A browser that the person has signed in with before has a gate of its own (OWASP: device
    cookies), so that strangers who guess their password, or try from their network, do not keep
    them out.
    """
    known = app.keyring.verify("device", caller.device)
    if known is not None and user is not None and known.partition(":")[0] == str(user.id):
        return [Gate(kind="device", name=caller.device, burst=10, interval=_MINUTE)]
    return [
        Gate(kind="network", name=caller.network, burst=20, interval=_MINUTE / 2),
        Gate(kind="name", name=address, burst=30, interval=_MINUTE),
        Gate(kind="both", name=f"{address} {caller.network}", burst=5, interval=2 * _MINUTE),
    ]


def _rehash(app: App, user: User, kept: Secrets, password: str) -> None:
    """Keep a password by newer figures, unless it was changed meanwhile."""
    newer = hashed(password)
    with app.store.writing() as tx:
        tx.accounts.replace_password(user.id, newer, before=kept.password)


def _ticket(app: App, user: User, kept: Secrets, *, stay: bool) -> str:
    until = int((app.clock() + CODE_WITHIN).timestamp())
    return app.keyring.sign("code", f"{user.id}:{until}:{int(stay)}:{mark_of(kept)}")


def _read_ticket(app: App, ticket: str) -> tuple[User, bool]:
    said = app.keyring.verify("code", ticket)
    late = Refused("the first step was too long ago", hint="sign in again")
    if said is None:
        raise late
    user_id, until, stay, mark = said.split(":")
    with app.store.reading() as tx:
        user, kept = tx.accounts.get(int(user_id)), tx.accounts.secrets(int(user_id))
    is_late = app.clock().timestamp() >= int(until)
    if is_late or user is None or kept is None or not user.is_active or mark != mark_of(kept):
        raise late
    return user, stay == "1"


def mark_of(kept: Secrets) -> str:
    """Return a word that changes with the password, and tells nothing of it."""
    return hashlib.sha256((kept.password or "").encode()).hexdigest()[:16]


def _is_over(session: Session, now: datetime) -> bool:
    idle = not session.stays and now - session.seen_at >= IDLE
    return idle or now - session.created_at >= LONGEST


def _key(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
