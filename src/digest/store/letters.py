"""Mail to one person that is no part of an edition's books: waiting, sent, used."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, exists, func, insert, null, or_, select, update

from digest.model import Letter, LetterKind
from digest.store.addresses import clean_address, normalise_address, spellings
from digest.store.dialects import skip_locked
from digest.store.erasing import new_uid
from digest.store.letter_tables import letters
from digest.store.part import Line, Part
from digest.store.server import take_turn

KEPT = timedelta(days=30)  #: longer than any link in one works
# No lease and no put-off is longer: a clock wrote it that was ahead and was set back.
_ODD = timedelta(hours=2)
_GIVEN = ("kind", "digest", "language", "subscriber_id", "edition_id", "consent", "network", "stories")
_READ = ("uid", "email", *_GIVEN, "made_at", "tries", "used_at")


class Letters(Part):
    """The letters part of a transaction."""

    def add(self, letter: Letter) -> Letter:
        """Put a letter down to be sent at once; its uid is made here. Old ones go.

        Raises:
            MessageError: The address is none.
        """
        self.connection.execute(delete(letters).where(letters.c.made_at < letter.made_at - KEPT))
        uid = new_uid()
        row = {name: getattr(letter, name) for name in _GIVEN} | {
            "uid": uid,
            "address": normalise_address(letter.email),
            "email": clean_address(letter.email),
            "made_at": letter.made_at,
            "next_at": letter.made_at,
            "tries": 0,
        }
        self.connection.execute(insert(letters).values(row))
        return self._need(uid)

    def get(self, uid: str) -> Letter | None:
        """Find a letter by the name that its link has."""
        row = self.connection.execute(select(letters).where(letters.c.uid == uid)).one_or_none()
        return None if row is None else _letter(row)

    def made_to(self, email: str, kinds: Collection[LetterKind], *, since: datetime) -> int:
        """Count the letters of some kinds to a mailbox, sent or not; who asks is alone until the block ends.

        All spellings of the mailbox count together: in capitals, and with a word behind a plus.

        Raises:
            MessageError: The address is none.
        """
        take_turn(self.connection, "people")
        mailbox, others = spellings(email)
        query = select(func.count()).where(
            or_(letters.c.address == mailbox, letters.c.address.like(others, escape="/")),
            letters.c.made_at > since,
            letters.c.kind.in_([str(kind) for kind in kinds]),
        )
        return int(self.connection.execute(query).scalar_one())

    def take(self, *, now: datetime, lease: timedelta, limit: int) -> tuple[Letter, ...]:
        """Take letters in hand whose time has come, the oldest first, each with its try counted.

        Args:
            now: The moment, by the clock that leases go by.
            lease: After how long they may be taken again when nothing is heard of them.
            limit: At most so many.
        """
        due = select(letters.c.id).where(_is_due(now)).order_by(letters.c.next_at, letters.c.id).limit(limit)
        taken = self.connection.execute(
            update(letters)
            .where(letters.c.id.in_(skip_locked(self.connection.dialect.name, due)))
            .values(next_at=now + lease, tries=letters.c.tries + 1)
            .returning(letters)
        ).all()
        return tuple(_letter(row) for row in sorted(taken, key=lambda row: row.id))

    def is_due(self, now: datetime) -> bool:
        """Tell whether `take` would give a letter."""
        return bool(self.connection.execute(select(exists().where(_is_due(now)))).scalar_one())

    def keep(self, letter: Letter, *, now: datetime, lease: timedelta) -> bool:
        """Have a letter in hand for longer; False when it is the taker's no more: it must not be sent."""
        return self._change(letter, next_at=now + lease)

    def lasts(self, letter: Letter, *, now: datetime) -> bool:
        """Tell whether a letter is in the hand of who took it still, and its lease not over."""
        held = select(exists().where(_in_hand(letter), letters.c.next_at > now))
        return bool(self.connection.execute(held).scalar_one())

    def sent(self, letter: Letter, *, at: datetime, note: str | None = None) -> bool:
        """Write down that a letter was handed over, or may have been as the note says.

        Here as in `again` and `drop` the letter is given as it was taken. False: it is somebody else's
        since, has its end or is gone; nothing was changed.
        """
        return self._change(letter, sent_at=at, next_at=null(), note=note)

    def again(self, letter: Letter, *, at: datetime, note: str) -> bool:
        """Try a letter once more from a moment of the clock of leases on; the last try failed as noted."""
        return self._change(letter, next_at=at, note=note)

    def drop(self, letter: Letter, *, note: str) -> bool:
        """Send a letter no more, for the reason given."""
        return self._change(letter, next_at=null(), note=note)

    def use(self, uid: str, *, at: datetime) -> bool:
        """Write down that a letter's link did what it is for; False when it had already."""
        used = self.connection.execute(
            update(letters).where(letters.c.uid == uid, letters.c.used_at.is_(None)).values(used_at=at)
        )
        return used.rowcount > 0

    def _change(self, letter: Letter, **values: object) -> bool:
        change = update(letters).where(_in_hand(letter)).values(**values)
        return self.connection.execute(change).rowcount > 0

    def _need(self, uid: str) -> Letter:
        return _letter(self.connection.execute(select(letters).where(letters.c.uid == uid)).one())


def _is_due(now: datetime) -> ColumnElement[bool]:
    """Whether somebody may take it; a new one at once, whatever the clock showed where it was made."""
    moment = letters.c.next_at
    return and_(moment.is_not(None), or_(letters.c.tries == 0, moment <= now, moment > now + _ODD))


def _in_hand(letter: Letter) -> ColumnElement[bool]:
    """Whether it has no end, and nobody has taken it since: each who does counts a try."""
    return and_(letters.c.uid == letter.uid, letters.c.tries == letter.tries, letters.c.next_at.is_not(None))


def _letter(row: Line) -> Letter:
    values = {name: getattr(row, name) for name in _READ} | {"kind": LetterKind(row.kind)}
    stories = tuple((int(edition), int(article)) for edition, article in row.stories or ())
    return Letter(**{**values, "stories": stories})
