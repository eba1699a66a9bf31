"""What browsers and programs are known by; only hashes of it are stored."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Select, delete, insert, select, update

from digest.model.accounts import ApiToken, Right, Session
from digest.store.account_tables import api_tokens, sessions
from digest.store.part import Line, Part, ids


class Sessions(Part):
    """The sessions and tokens of a transaction's accounts.

    A `key` is the hash of what is shown, 32 bytes. What has passed its time is still found: whoever
    asks knows the time.
    """

    def open_session(self, key: bytes, user_id: int, *, agent: str, stays: bool, at: datetime) -> Session:
        """Store a new session."""
        row = {"user_id": user_id, "agent": agent, "stays": stays, "created_at": at, "seen_at": at}
        new = insert(sessions).values(row | {"hash": key}).returning(sessions)
        return _session(self.connection.execute(new).one())

    def find_session(self, key: bytes) -> Session | None:
        """Return the session with this key."""
        row = self.connection.execute(select(sessions).where(sessions.c.hash == key)).one_or_none()
        return None if row is None else _session(row)

    def sessions(self, user_id: int) -> tuple[Session, ...]:
        """Return somebody's sessions, the one used last first."""
        query = select(sessions).where(sessions.c.user_id == user_id)
        rows = self.connection.execute(query.order_by(sessions.c.seen_at.desc(), sessions.c.id.desc()))
        return tuple(_session(row) for row in rows)

    def see_session(self, session_id: int, at: datetime) -> None:
        """Note that a session was used."""
        change = update(sessions).where(sessions.c.id == session_id)
        self.connection.execute(change.values(seen_at=at))

    def end_session(self, session_id: int, *, user_id: int) -> bool:
        """Remove a session of this person; False when there is none."""
        theirs = sessions.c.id.in_(ids([session_id])) & (sessions.c.user_id == user_id)
        return self.connection.execute(delete(sessions).where(theirs)).rowcount == 1

    def end_sessions(self, user_id: int) -> int:
        """Remove all sessions of a person; return how many there were."""
        return self.connection.execute(delete(sessions).where(sessions.c.user_id == user_id)).rowcount

    def forget_sessions(self, *, unused_since: datetime, older_than: datetime) -> None:
        """Remove what nobody can go on with."""
        unused = (sessions.c.seen_at <= unused_since) & ~sessions.c.stays
        old = unused | (sessions.c.created_at <= older_than)
        self.connection.execute(delete(sessions).where(old))

    def put_token(
        self,
        key: bytes,
        user_id: int,
        *,
        name: str,
        scopes: Iterable[Right],
        at: datetime,
        until: datetime | None,
    ) -> ApiToken:
        """Store a new token."""
        row = {
            "hash": key,
            "user_id": user_id,
            "name": name,
            "scopes": sorted(str(scope) for scope in scopes),
            "created_at": at,
            "expires_at": until,
        }
        return _token(self.connection.execute(insert(api_tokens).returning(api_tokens), row).one())

    def find_token(self, key: bytes) -> ApiToken | None:
        """Return the token with this key."""
        row = self.connection.execute(select(api_tokens).where(api_tokens.c.hash == key)).one_or_none()
        return None if row is None else _token(row)

    def token(self, token_id: int) -> ApiToken | None:
        """Return a token by its number."""
        query = select(api_tokens).where(api_tokens.c.id.in_(ids([token_id])))
        row = self.connection.execute(query).one_or_none()
        return None if row is None else _token(row)

    def tokens(self, user_id: int | None = None) -> tuple[ApiToken, ...]:
        """Return somebody's tokens, or everybody's, the newest first."""
        query: Select[*tuple[object, ...]] = select(api_tokens).order_by(api_tokens.c.id.desc())
        if user_id is not None:
            query = query.where(api_tokens.c.user_id == user_id)
        return tuple(_token(row) for row in self.connection.execute(query))

    def see_token(self, token_id: int, at: datetime) -> None:
        """Note that a token was used."""
        self.connection.execute(update(api_tokens).where(api_tokens.c.id == token_id).values(used_at=at))

    def revoke_token(self, token_id: int) -> bool:
        """Remove a token; False when there is none."""
        return self.connection.execute(delete(api_tokens).where(api_tokens.c.id == token_id)).rowcount == 1


def _session(row: Line) -> Session:
    names = ("id", "user_id", "agent", "stays", "created_at", "seen_at")
    return Session(**{name: getattr(row, name) for name in names})


def _token(row: Line) -> ApiToken:
    names = ("id", "user_id", "name", "created_at", "expires_at", "used_at")
    scopes = frozenset(Right(scope) for scope in row.scopes)
    return ApiToken(scopes=scopes, **{name: getattr(row, name) for name in names})
