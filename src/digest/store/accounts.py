"""People at the desk, their roles and secrets."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, insert, select, update

from digest.model.accounts import ALL, Grant, Role, User
from digest.store.account_tables import grants, recovery_codes, users
from digest.store.dialects import locked
from digest.store.part import Line, chunks
from digest.store.sessions import Sessions
from digest.store.tries import Tries


@dataclass(frozen=True, kw_only=True, slots=True)
class Secrets:
    """By what a person is known; hashed or encrypted, and shown nowhere."""

    password: str | None = field(repr=False)  #: PHC format; None until one is chosen
    totp: str | None = field(repr=False)  #: encrypted; None when no second step is asked for
    totp_used: int | None  #: the newest time step whose code was used


class Accounts(Sessions, Tries):
    """The accounts part of a transaction."""

    def add(self, user: User, *, at: datetime) -> User:
        """Store a new person and their grants; the number given is not used.

        Raises:
            StoreError: The address is somebody's already.
        """
        row = {
            "email": user.email,
            "name": user.name,
            "zone": user.zone,
            "single_keys": user.single_keys,
            "is_active": user.is_active,
            "created_at": at,
        }
        made = self.connection.execute(insert(users).returning(users.c.id), row).scalar_one()
        self.set_grants(int(made), user.grants)
        return replace(user, id=int(made), created_at=at)

    def find(self, email: str) -> User | None:
        """Return the person with a normalised address."""
        return self._one(users.c.email == email)

    def get(self, user_id: int) -> User | None:
        """Return a person by number."""
        return self._one(users.c.id == user_id)

    def list(self) -> tuple[User, ...]:
        """Return everybody, in order of addresses."""
        rows = self.connection.execute(select(users).order_by(users.c.email)).all()
        return self._whole(rows)

    def exists(self) -> bool:
        """Tell whether there is anybody."""
        return self.connection.execute(select(users.c.id).limit(1)).one_or_none() is not None

    def set_profile(self, user: User) -> None:
        """Store name, zone and keys of a person."""
        values = {"name": user.name, "zone": user.zone, "single_keys": user.single_keys}
        self.connection.execute(update(users).where(users.c.id == user.id).values(values))

    def set_active(self, user_id: int, *, is_active: bool) -> None:
        """Let a person sign in, or not."""
        self.connection.execute(update(users).where(users.c.id == user_id).values(is_active=is_active))

    def set_grants(self, user_id: int, wanted: Iterable[Grant]) -> None:
        """Give a person these grants and no others."""
        self.connection.execute(delete(grants).where(grants.c.user_id == user_id))
        rows = [{"user_id": user_id, "digest": one.digest, "role": one.role} for one in dict.fromkeys(wanted)]
        if rows:
            self.connection.execute(insert(grants), rows)

    def lock_admins(self) -> frozenset[int]:
        """Return the numbers of those who may sign in and do everything, and let nobody else change that."""
        query = select(users.c.id).join(grants, grants.c.user_id == users.c.id)
        query = query.where(grants.c.digest == ALL, grants.c.role == Role.ADMIN, users.c.is_active)
        return frozenset(self.connection.execute(locked(self.connection, query)).scalars())

    def secrets(self, user_id: int) -> Secrets | None:
        """Return by what a person is known; None when there is no such person."""
        query = select(users.c.password, users.c.totp, users.c.totp_used).where(users.c.id == user_id)
        row = self.connection.execute(query).one_or_none()
        return row and Secrets(password=row.password, totp=row.totp, totp_used=row.totp_used)

    def set_password(self, user_id: int, password: str) -> None:
        """Store a hash in the PHC format."""
        self.connection.execute(update(users).where(users.c.id == user_id).values(password=password))

    def replace_password(self, user_id: int, password: str, *, before: str | None) -> bool:
        """Store a hash in place of another one, of two at once only one; None: none was chosen yet.

        Returns:
            False when the one before is another by now, or the person may not sign in.
        """
        is_same = users.c.password.is_not_distinct_from(before) & users.c.is_active
        change = update(users).where(users.c.id == user_id, is_same).values(password=password)
        return self.connection.execute(change).rowcount == 1

    def set_totp(self, user_id: int, totp: str | None, *, used: int | None, codes: Collection[bytes]) -> None:
        """Ask for a second step from now on, or no longer.

        Args:
            user_id: Whom.
            totp: The encrypted secret; None for no second step.
            used: The time step of the code that was shown to begin with.
            codes: Hashes of the recovery codes; they replace the old ones.
        """
        self.connection.execute(update(users).where(users.c.id == user_id).values(totp=totp, totp_used=used))
        self.connection.execute(delete(recovery_codes).where(recovery_codes.c.user_id == user_id))
        if codes:
            self.connection.execute(
                insert(recovery_codes), [{"user_id": user_id, "hash": one} for one in codes]
            )

    def use_totp(self, user_id: int, step: int) -> bool:
        """Use the code of a time step up; False when it, or a later one, was used before."""
        unused = users.c.totp_used.is_(None) | (users.c.totp_used < step)
        change = update(users).where(users.c.id == user_id, unused).values(totp_used=step)
        return self.connection.execute(change).rowcount == 1

    def use_recovery_code(self, user_id: int, code: bytes) -> bool:
        """Use a recovery code up; False when it is none of theirs, or was used before."""
        theirs = (recovery_codes.c.user_id == user_id) & (recovery_codes.c.hash == code)
        return self.connection.execute(delete(recovery_codes).where(theirs)).rowcount == 1

    def recovery_codes_left(self, user_id: int) -> int:
        """Count the recovery codes that were not used."""
        query = select(func.count()).where(recovery_codes.c.user_id == user_id)
        return int(self.connection.execute(query).scalar_one())

    def _one(self, condition: ColumnElement[bool]) -> User | None:
        rows = self.connection.execute(select(users).where(condition)).all()
        return next(iter(self._whole(rows)), None)

    def _whole(self, rows: Collection[Line]) -> tuple[User, ...]:
        held = defaultdict(list)
        for some in chunks(row.id for row in rows):
            query = select(grants).where(grants.c.user_id.in_(some))
            for grant in self.connection.execute(query.order_by(grants.c.digest, grants.c.role)):
                held[grant.user_id].append(Grant(digest=grant.digest, role=Role(grant.role)))
        return tuple(_user(row, held[row.id]) for row in rows)


def _user(row: Line, held: Iterable[Grant]) -> User:
    names = ("id", "email", "name", "zone", "is_active", "single_keys", "created_at")
    return User(
        grants=tuple(held),
        has_totp=row.totp is not None,
        **{name: getattr(row, name) for name in names},
    )
