"""People who work at the desk, and what they may do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

ALL = "*"  #: in the place of a digest's key: all digests, and the installation itself


class Right(StrEnum):
    """What can be allowed."""

    READ = "read"  #: look at editions, sources, schedules and books
    EDIT = "edit"  #: shape editions
    APPROVE = "approve"  #: approve, hold, release, cancel
    OPERATE = "operate"  #: schedules, sources, relays, readers, the brake
    ADMIN = "admin"  #: people at the desk and their roles


class Role(StrEnum):
    """A set of rights that belong together."""

    EDITOR = "editor"
    APPROVER = "approver"
    OPERATOR = "operator"
    ADMIN = "admin"

    @property
    def rights(self) -> frozenset[Right]:
        """What this role may do."""
        return _RIGHTS[self]


_RIGHTS = {
    Role.EDITOR: frozenset({Right.READ, Right.EDIT}),
    Role.APPROVER: frozenset({Right.READ, Right.EDIT, Right.APPROVE}),
    Role.OPERATOR: frozenset({Right.READ, Right.OPERATE}),
    Role.ADMIN: frozenset(Right),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Grant:
    """A role over one digest, or over all."""

    digest: str  #: key, or ALL
    role: Role


@dataclass(frozen=True, kw_only=True, slots=True)
class User:
    """Somebody who may sign in."""

    id: int
    email: str  #: unique, in lower case
    name: str
    zone: str | None = None  #: that times are shown in; None: the first digest's
    grants: tuple[Grant, ...] = ()  #: in order of digests and roles, each once
    is_active: bool = True  #: False: may not sign in
    has_totp: bool = False  #: a second step is asked for at the sign-in
    single_keys: bool = True  #: whether keys without Ctrl do something
    created_at: datetime | None = None

    @property
    def initials(self) -> str:
        """One or two letters that stand for the name."""
        words = self.name.split() or [self.email]
        return (words[0][:1] + (words[-1][:1] if len(words) > 1 else "")).upper()

    def may(self, right: Right, digest: str | None) -> bool:
        """Tell whether this person has a right over a digest; None asks for the installation itself."""
        places = {ALL} if digest is None else {ALL, digest}
        return any(grant.digest in places and right in grant.role.rights for grant in self.grants)

    def may_anywhere(self, right: Right) -> bool:
        """Tell whether this person has a right over at least one digest."""
        return any(right in grant.role.rights for grant in self.grants)


@dataclass(frozen=True, kw_only=True, slots=True)
class Session:
    """A browser that somebody has signed in with."""

    id: int
    user_id: int
    agent: str  #: such as 'Firefox on Linux'
    stays: bool  #: also when it is not used for a while
    created_at: datetime
    seen_at: datetime  #: to the minute


@dataclass(frozen=True, kw_only=True, slots=True)
class ApiToken:
    """A program that may do what its user may, as far as its scopes go."""

    id: int
    user_id: int
    name: str
    scopes: frozenset[Right]
    created_at: datetime
    expires_at: datetime | None = None  #: None: it holds until it is revoked
    used_at: datetime | None = None  #: to the minute
