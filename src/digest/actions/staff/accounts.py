"""People at the desk: who they are, and what they may do."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import replace

from digest.actions.app import App
from digest.actions.staff.passwords import hashed
from digest.errors import MessageError, NotFound, Refused, StoreError
from digest.markup import clean_line
from digest.model import HistoryEntry
from digest.model.accounts import ALL, Grant, Right, User
from digest.store import Transaction, normalise_address
from digest.timetable import read_zone

_LONGEST_NAME = 80


def users(app: App) -> tuple[User, ...]:
    """Return everybody, by name."""
    with app.store.reading() as tx:
        return tx.accounts.list()


def find_user(app: App, email: str) -> User:
    """Return somebody by address.

    Raises:
        NotFound: Nobody has it.
    """
    with app.store.reading() as tx:
        return need_user(tx, email)


def get_user(app: App, user_id: int) -> User:
    """Return somebody by number.

    Raises:
        NotFound: Nobody has it.
    """
    with app.store.reading() as tx:
        found = tx.accounts.get(user_id) if 0 < user_id < 2**63 else None
    if found is None:
        raise NotFound(f"nobody at the desk has number {user_id}", hint="`digest users list` shows everybody")
    return found


def add_user(
    app: App, email: str, name: str, *, password: str | None, grants: Sequence[Grant], by: str
) -> User:
    """Add somebody who may sign in.

    Args:
        app: The installation.
        email: Of the person; signs in by it.
        name: As it stands beside what the person does.
        password: To begin with; None: the person chooses one by an invitation.
        grants: What the person may do; over digests that there are.
        by: Who adds.

    Raises:
        MessageError: The address is none.
        Refused: The address is taken, the name is empty, or the password will not do.
        NotFound: A grant names a digest that is not there.
    """
    _check_digests(app, grants)
    person = User(id=0, email=normalise_address(email), name=_read_name(name), grants=tuple(grants))
    kept = None if password is None else hashed(password, of=person.email)
    with app.store.writing() as tx:
        if tx.accounts.find(person.email) is not None:
            raise Refused(
                f"{person.email} is at the desk already", hint="`digest users list` shows everybody"
            )
        added = tx.accounts.add(person, at=app.clock())
        if kept is not None:
            tx.accounts.set_password(added.id, kept)
        record(app, tx, "user", f"{added.email} added: {_told(grants)}", by=by)
        return need_user(tx, added.email)


def set_grants(
    app: App, email: str, grants: Sequence[Grant], *, by: str, within: Collection[str] | None = None
) -> User:
    """Give somebody these roles and no others; who is signed in signs in again, unless nothing changes.

    Args:
        app: The installation.
        email: Whose.
        grants: What the person may do.
        by: Who decides.
        within: Digests that `by` may give roles of; those over others stay. None: all.

    Raises:
        NotFound: Nobody has the address, or a digest is not there.
        Refused: Nobody would be left who may change roles, or a role lies outside `within`.
    """
    _check_digests(app, grants)
    check_within(grants, within)
    with app.store.writing() as tx:
        admins = tx.accounts.lock_admins()
        user = need_user(tx, email)
        others = () if within is None else [one for one in user.grants if one.digest not in within]
        grants = [*others, *grants]
        if set(grants) == set(user.grants):
            return user
        tx.accounts.set_grants(user.id, grants)
        _keep_an_admin(tx, admins)
        tx.accounts.end_sessions(user.id)
        record(app, tx, "role", f"{user.email}: {_told(grants)}", by=by)
        return need_user(tx, email)


def set_active(app: App, email: str, *, is_active: bool, by: str) -> User:
    """Let somebody sign in, or not; who may not is signed out, and their programs stay outside.

    Raises:
        NotFound: Nobody has the address.
        Refused: Nobody would be left who may change roles.
    """
    with app.store.writing() as tx:
        admins = tx.accounts.lock_admins()
        user = need_user(tx, email)
        tx.accounts.set_active(user.id, is_active=is_active)
        _keep_an_admin(tx, admins)
        if not is_active:
            tx.accounts.end_sessions(user.id)
        record(app, tx, "user", f"{user.email} {'enabled' if is_active else 'disabled'}", by=by)
        return need_user(tx, email)


def set_password(app: App, email: str, password: str, *, by: str) -> User:
    """Give somebody a password, which ends all their sessions.

    Raises:
        NotFound: Nobody has the address.
        Refused: The password will not do.
    """
    user = find_user(app, email)
    kept = hashed(password, of=user.email)
    with app.store.writing() as tx:
        tx.accounts.set_password(user.id, kept)
        tx.accounts.end_sessions(user.id)
        record(app, tx, "password", f"{user.email}: new password", by=by)
    return user


def set_profile(app: App, email: str, *, name: str, zone: str | None, single_keys: bool, by: str) -> User:
    """Change what somebody is called and how the desk is for them.

    Raises:
        NotFound: Nobody has the address.
        Refused: The name is empty.
        DigestError: There is no such zone.
    """
    known_zone = read_zone(zone or None)
    with app.store.writing() as tx:
        before = need_user(tx, email)
        after = replace(before, name=_read_name(name), zone=known_zone, single_keys=single_keys)
        if after != before:
            tx.accounts.set_profile(after)
            record(app, tx, "user", f"{after.email}: name, zone or keys changed", by=by)
        return after


def admin_over(app: App, user: User) -> tuple[str, ...] | None:
    """Return the digests that somebody may give roles over; None: all, and the installation itself."""
    if user.may(Right.ADMIN, None):
        return None
    return tuple(key for key in app.digests if user.may(Right.ADMIN, key))


def check_within(grants: Sequence[Grant], within: Collection[str] | None) -> None:
    """Refuse roles over digests that somebody may not give roles of; None allows all."""
    foreign = [] if within is None else sorted({one.digest for one in grants} - set(within))
    if foreign:
        raise Refused(f"you may not give roles over {foreign[0]}", hint="ask an admin of all digests")


def need_user(tx: Transaction, email: str) -> User:
    """Return somebody by address, in a transaction that is open.

    Raises:
        NotFound: Nobody has it.
    """
    found = tx.accounts.find(read_address(email))
    if found is None:
        raise NotFound(
            f"nobody at the desk has the address {clean_line(email, 80)}",
            hint="`digest users list` shows everybody",
        )
    return found


def read_address(email: str) -> str:
    """Return an address as people at the desk are found by; what is none is nobody's."""
    try:
        return normalise_address(email)
    except MessageError:
        return ""


def record(app: App, tx: Transaction, event: str, note: str, *, by: str) -> None:
    """Put a change to accounts on record."""
    tx.history.add(HistoryEntry(at=app.clock(), by=by, event=event, outcome="ok", note=note))


def note_use(app: App, note: Callable[[Transaction], None]) -> None:
    """Write down that a session or token is in use; no page waits for a busy database, or fails, for that."""
    with suppress(StoreError), app.store.writing(hasty=True) as tx:
        note(tx)


def _read_name(name: str) -> str:
    found = clean_line(name, _LONGEST_NAME)
    if not found:
        raise Refused("a person at the desk has a name", hint="it stands beside what the person does")
    return found


def _keep_an_admin(tx: Transaction, before: Collection[int]) -> None:
    if before and not tx.accounts.lock_admins():
        raise Refused("nobody would be left who may change roles", hint="make somebody else an admin first")


def _check_digests(app: App, grants: Sequence[Grant]) -> None:
    for grant in grants:
        if grant.digest != ALL:
            app.digest(grant.digest)


def _told(grants: Sequence[Grant]) -> str:
    places = (f"{one.role.value} of {'all' if one.digest == ALL else one.digest}" for one in grants)
    return ", ".join(sorted(places)) or "no role"
