"""People at the desk, and who of them is signed in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, insert, select, update

from digest.model.accounts import Grant, Role, User
from digest.store.account_tables import grants, sessions, users
from digest.store.part import Line, Part, ids


@dataclass(frozen=True, kw_only=True, slots=True)
class Session:
    """One sign-in that holds."""

    name: bytes  #: SHA-256 of its token
    user_id: int
    made_at: datetime
    seen_at: datetime
    ends_at: datetime
    agent: str


class Accounts(Part):
    """The accounts part of a transaction."""

    def all(self) -> tuple[User, ...]:
        """Return everybody, by name."""
        held = self._grants()
        rows = self.connection.execute(select(users).order_by(users.c.name, users.c.id))
        return tuple(_user(row, held.get(row.id, ())) for row in rows)

    def get(self, user_id: int) -> User | None:
        """Find somebody by number."""
        return self._one(select(users).where(users.c.id.in_(ids([user_id]))))

    def by_email(self, email: str) -> User | None:
        """Find somebody by address, in whatever case."""
        return self._one(select(users).where(users.c.email == email.strip().lower()))

    def password_of(self, user_id: int) -> str | None:
        """Return somebody's password as argon2 writes it; None when there is none."""
        return self.connection.scalar(select(users.c.password).where(users.c.id == user_id))

    def add(self, email: str, name: str, *, password: str | None, at: datetime) -> int:
        """Add somebody without roles; the address must be new."""
        row = {
            "email": email.strip().lower(),
            "name": name,
            "password": password,
            "single_keys": True,
            "is_active": True,
            "created_at": at,
        }
        found = self.connection.execute(insert(users).values(row).returning(users.c.id))
        return int(found.scalar_one())

    def change(self, user_id: int, values: Mapping[str, object]) -> None:
        """Change columns of somebody: name, password, zone, single_keys, is_active."""
        self.connection.execute(update(users).where(users.c.id == user_id).values(dict(values)))

    def set_grants(self, user_id: int, wanted: Iterable[Grant]) -> None:
        """Give somebody these roles and no others."""
        self.connection.execute(delete(grants).where(grants.c.user_id == user_id))
        rows = [{"user_id": user_id, "digest": one.digest, "role": one.role.value} for one in set(wanted)]
        if rows:
            self.connection.execute(insert(grants), rows)

    def sign_in(self, session: Session) -> None:
        """Keep a new session."""
        row = {key: getattr(session, key) for key in Session.__slots__}
        self.connection.execute(insert(sessions).values(row))

    def session(self, name: bytes) -> Session | None:
        """Find a session by its name, over or not."""
        row = self.connection.execute(select(sessions).where(sessions.c.name == name)).one_or_none()
        return None if row is None else _session(row)

    def sessions_of(self, user_id: int) -> tuple[Session, ...]:
        """Return somebody's sessions, the one that was seen last first."""
        query = select(sessions).where(sessions.c.user_id == user_id).order_by(sessions.c.seen_at.desc())
        return tuple(_session(row) for row in self.connection.execute(query))

    def see(self, name: bytes, *, at: datetime, ends_at: datetime) -> None:
        """Note that a session was used, and until when it holds now."""
        changed = update(sessions).where(sessions.c.name == name)
        self.connection.execute(changed.values(seen_at=at, ends_at=ends_at))

    def sign_out(self, name: bytes) -> None:
        """End a session; ending it twice is once."""
        self.connection.execute(delete(sessions).where(sessions.c.name == name))

    def sign_out_all(self, user_id: int, *, but: bytes | None = None) -> None:
        """End somebody's sessions, all but one when that is named."""
        ended = delete(sessions).where(sessions.c.user_id == user_id)
        self.connection.execute(ended if but is None else ended.where(sessions.c.name != but))

    def _one(self, query: Select[Any]) -> User | None:  # why Any: whole rows, as the tables have them
        row = self.connection.execute(query).one_or_none()
        return None if row is None else _user(row, self._grants(row.id).get(row.id, ()))

    def _grants(self, user_id: int | None = None) -> dict[int, tuple[Grant, ...]]:
        query = select(grants).order_by(grants.c.digest, grants.c.role)
        found: dict[int, tuple[Grant, ...]] = {}
        for row in self.connection.execute(
            query if user_id is None else query.where(grants.c.user_id == user_id)
        ):
            found[row.user_id] = (
                *found.get(row.user_id, ()),
                Grant(digest=row.digest, role=Role(row.role)),
            )
        return found


def _user(row: Line, held: tuple[Grant, ...]) -> User:
    return User(
        id=row.id,
        email=row.email,
        name=row.name,
        zone=row.zone,
        grants=held,
        is_active=row.is_active,
        single_keys=row.single_keys,
        created_at=row.created_at,
    )


def _session(row: Line) -> Session:
    return Session(**{key: getattr(row, key) for key in Session.__slots__})
