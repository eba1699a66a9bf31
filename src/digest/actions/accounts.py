"""People at the desk: who they are, and what they may do."""

from __future__ import annotations

from collections.abc import Sequence

from digest.actions.app import App
from digest.actions.passwords import hashed
from digest.errors import NotFound, Refused
from digest.model import HistoryEntry
from digest.model.accounts import ALL, Grant, Right, User
from digest.store import Transaction


def users(app: App) -> tuple[User, ...]:
    """Return everybody, by name."""
    with app.store.reading() as tx:
        return tx.accounts.all()


def find_user(app: App, email: str) -> User:
    """Return somebody by address.

    Raises:
        NotFound: Nobody has it.
    """
    with app.store.reading() as tx:
        return _need(tx, email)


def add_user(app: App, email: str, name: str, *, password: str, grants: Sequence[Grant], by: str) -> User:
    """Add somebody who may sign in.

    Args:
        app: The installation.
        email: Of the person; signs in by it.
        name: As it stands beside what the person does.
        password: 10 characters at least.
        grants: What the person may do; over digests that there are.
        by: Who adds.

    Raises:
        Refused: The address is taken, or the password is too short or too long.
        NotFound: A grant names a digest that is not there.
    """
    _check_digests(app, grants)
    kept = hashed(password)
    with app.store.writing() as tx:
        if tx.accounts.by_email(email) is not None:
            raise Refused(f"{email} is at the desk already", hint="`digest users list` shows everybody")
        user_id = tx.accounts.add(email, name, password=kept, at=app.clock())
        tx.accounts.set_grants(user_id, grants)
        _record(app, tx, "user", f"{email} added: {_told(grants)}", by=by)
        added = tx.accounts.get(user_id)
    assert added is not None  # noqa: S101  # why: it was stored two lines above
    return added


def set_grants(app: App, email: str, grants: Sequence[Grant], *, by: str) -> User:
    """Give somebody these roles and no others; who is signed in signs in again.

    Raises:
        NotFound: Nobody has the address, or a digest is not there.
        Refused: Nobody would be left who may change roles.
    """
    _check_digests(app, grants)
    with app.store.writing() as tx:
        user = _need(tx, email)
        tx.accounts.set_grants(user.id, grants)
        _keep_an_admin(tx)
        tx.accounts.sign_out_all(user.id)
        _record(app, tx, "role", f"{user.email}: {_told(grants)}", by=by)
        return _need(tx, email)


def _need(tx: Transaction, email: str) -> User:
    found = tx.accounts.by_email(email)
    if found is None:
        raise NotFound(
            f"nobody at the desk has the address {email}", hint="`digest users list` shows everybody"
        )
    return found


def _keep_an_admin(tx: Transaction) -> None:
    if not any(user.is_active and user.may(Right.ADMIN, None) for user in tx.accounts.all()):
        raise Refused("nobody would be left who may change roles", hint="make somebody else an admin first")


def _check_digests(app: App, grants: Sequence[Grant]) -> None:
    for grant in grants:
        if grant.digest != ALL:
            app.digest(grant.digest)


def _told(grants: Sequence[Grant]) -> str:
    places = (f"{one.role.value} of {'all' if one.digest == ALL else one.digest}" for one in grants)
    return ", ".join(sorted(places)) or "no role"


def _record(app: App, tx: Transaction, event: str, note: str, *, by: str) -> None:
    tx.history.add(HistoryEntry(at=app.clock(), by=by, event=event, outcome="ok", note=note))
