"""Alerts, and the channels that each is on its way through: an outbox, written with the deed it tells of."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, exists, func, insert, or_, select, update

from digest.model.schedule import Alert, AlertKind, AlertSend
from digest.store import dialects
from digest.store.part import Line, Part
from digest.store.schedule_tables import UNROUTED, alert_sends, alerts

# A clock that ran ahead and was set back leaves times behind that no try has.
_ODD = timedelta(hours=2)

_STAND = [alert_sends.c[name] for name in ("channel", "tries", "next_at", "sent_at", "error")]
_WHOLE = select(alerts, *_STAND).join_from(alerts, alert_sends)


class Alerts(Part):
    """The alerts part of a transaction."""

    def add(self, alert: Alert, *, at: datetime) -> bool:
        """Write down that people are to be told something.

        Returns:
            False when an alert of that key is there already: nothing was written. So the same call may
            come with every tick.
        """
        return self._insert(alert, at=at, routed_at=None) is not None

    def begin(self, alert: Alert, channel: str, *, at: datetime, lease: timedelta) -> AlertSend | None:
        """Write an alert down that goes through one channel alone, and take it as `claim` would.

        Args:
            alert: With a key of its own.
            channel: Where it is sent.
            at: Now.
            lease: As of `claim`, counted from `at`.

        Returns:
            With its first try counted. None: an alert of that key is there already.
        """
        number = self._insert(alert, at=at, routed_at=at)
        if number is None:
            return None
        row = {"alert_id": number, "channel": channel, "tries": 1, "next_at": at + lease}
        self.connection.execute(insert(alert_sends).values(row))
        return self.sends(number)[0]

    def _insert(self, alert: Alert, *, at: datetime, routed_at: datetime | None) -> int | None:
        row = {
            "key": alert.key,
            "kind": alert.kind,
            "made_at": at,
            "digest": alert.digest,
            "slot": alert.slot,
            "edition_id": alert.edition_id,
            "title": alert.title,
            "text": alert.text,
            "routed_at": routed_at,
        }
        new = dialects.insert_new(self.connection, alerts, ["key"]).values(row).returning(alerts.c.id)
        number: int | None = self.connection.execute(new).scalar_one_or_none()
        return number

    def list(self, *, limit: int = 100, before: int | None = None) -> tuple[tuple[int, datetime, Alert], ...]:
        """Return number, moment and text of alerts, the newest first: `limit` older than `before`."""
        query = select(alerts).order_by(alerts.c.id.desc()).limit(limit)
        if before is not None:
            query = query.where(alerts.c.id < before)
        return tuple((row.id, row.made_at, _alert(row)) for row in self.connection.execute(query))

    def sends(self, alert_id: int) -> tuple[AlertSend, ...]:
        """Return through which channels an alert goes and how far it is, by channel; () before `route`."""
        query = _WHOLE.where(alerts.c.id == alert_id).order_by(alert_sends.c.channel)
        return tuple(_send(row) for row in self.connection.execute(query))

    def sent_through(self, channel: str, *, limit: int) -> tuple[AlertSend, ...]:
        """Return what goes or went through a channel, the newest alert first, at most so many."""
        query = _WHOLE.where(alert_sends.c.channel == channel).order_by(alert_sends.c.alert_id.desc())
        return tuple(_send(row) for row in self.connection.execute(query.limit(limit)))

    def unrouted(self, *, limit: int = 100) -> tuple[tuple[int, Alert], ...]:
        """Return alerts that `route` has not been called for, the oldest first."""
        query = select(alerts).where(UNROUTED).order_by(alerts.c.id).limit(limit)
        return tuple((row.id, _alert(row)) for row in self.connection.execute(query))

    def route(
        self, alert_id: int, key: str, channels: Mapping[str, datetime | None], *, at: datetime
    ) -> bool:
        """Write down whom an alert is to be sent to, once.

        Args:
            alert_id: The alert.
            key: Its occasion: the number of one that was taken back may be another's by now.
            channels: Each with the moment from which it may be sent, by the clock that leases go by; None:
                there is nothing to send.
            at: When this was decided.

        Returns:
            False when somebody else did so before, or it was taken back: nothing was changed.
        """
        mine = update(alerts).where(alerts.c.id == alert_id, alerts.c.key == key, UNROUTED)
        if self.connection.execute(mine.values(routed_at=at)).rowcount != 1:
            return False
        rows = [
            {"alert_id": alert_id, "channel": channel, "tries": 0, "next_at": next_at}
            for channel, next_at in channels.items()
        ]
        if rows:
            self.connection.execute(insert(alert_sends), rows)
        return True

    def withdraw(self, edition_id: int, kind: AlertKind) -> int:
        """Take back alerts of an edition that nobody was told yet; return how many."""
        over = delete(alerts).where(alerts.c.edition_id == edition_id, alerts.c.kind == kind, UNROUTED)
        return self.connection.execute(over).rowcount

    def due(self, *, at: datetime) -> tuple[str, ...]:
        """Name the channels that have something to send by then, on the clock of leases, sorted by name."""
        query = select(alert_sends.c.channel).distinct().where(_is_due(at))
        return tuple(self.connection.execute(query.order_by(alert_sends.c.channel)).scalars())

    def claim(self, channel: str, *, at: datetime, lease: timedelta) -> AlertSend | None:
        """Take the oldest alert that is due in a channel; nobody else gets it until the lease ends.

        Args:
            channel: Where it is to be sent.
            at: The moment of claiming, by the clock that leases go by.
            lease: How long it stays taken when nothing is heard of it again; longer than a send takes.

        Returns:
            With its try counted; tell how that ended with `ended`. None: there is nothing to send.
        """
        query = select(alert_sends.c.alert_id).where(alert_sends.c.channel == channel, _is_due(at))
        query = query.order_by(alert_sends.c.alert_id).limit(1)
        found = self.connection.scalar(dialects.skip_locked(self.connection.dialect.name, query))
        if found is None:
            return None
        mine = (alert_sends.c.alert_id == found) & (alert_sends.c.channel == channel)
        values = {"tries": alert_sends.c.tries + 1, "next_at": at + lease}
        self.connection.execute(update(alert_sends).where(mine).values(values))
        return _send(self.connection.execute(_WHOLE.where(mine)).one())

    def keep(self, send: AlertSend, *, at: datetime, lease: timedelta) -> bool:
        """Have a claimed send in hand for longer; False when somebody else has claimed it since."""
        change = update(alert_sends).where(_in_hand(send)).values(next_at=at + lease)
        return self.connection.execute(change).rowcount == 1

    def lasts(self, send: AlertSend, *, at: datetime) -> bool:
        """Tell whether a send is in the hand of who claimed it still, and its lease not over."""
        held = select(exists().where(_in_hand(send), alert_sends.c.next_at > at))
        return bool(self.connection.execute(held).scalar_one())

    def ended(
        self, send: AlertSend, *, at: datetime, error: str | None = None, again: datetime | None = None
    ) -> bool:
        """Write down how a claimed try ended.

        Args:
            send: As it was claimed.
            at: When it ended.
            error: What went wrong; None: it has arrived.
            again: When it is tried again, by the clock that leases go by; None: no more.

        Returns:
            False when somebody else has claimed it since: nothing was changed.
        """
        values = {"next_at": again, "error": error, "sent_at": at if error is None else None}
        change = update(alert_sends).where(_in_hand(send)).values(values)
        return self.connection.execute(change).rowcount == 1

    def waiting(self) -> Mapping[str, int]:
        """Count the sends that have not ended, by channel; under '' the alerts that are not routed yet."""
        open_sends = select(alert_sends.c.channel, func.count()).where(alert_sends.c.next_at.is_not(None))
        counts = self.connection.execute(open_sends.group_by(alert_sends.c.channel))
        new = self.connection.scalar(select(func.count()).select_from(alerts).where(UNROUTED))
        return {"": int(new or 0), **{channel: int(count) for channel, count in counts}}


def _in_hand(send: AlertSend) -> ColumnElement[bool]:
    """Whether nobody has claimed it since: each who does counts a try."""
    mine = (alert_sends.c.alert_id == send.id) & (alert_sends.c.channel == send.channel)
    return mine & (alert_sends.c.tries == send.tries) & alert_sends.c.next_at.is_not(None)


def _is_due(at: datetime) -> ColumnElement[bool]:
    return or_(alert_sends.c.next_at <= at, alert_sends.c.next_at > at + _ODD)


def _alert(row: Line) -> Alert:
    return Alert(
        key=row.key,
        kind=AlertKind(row.kind),
        title=row.title,
        text=row.text,
        digest=row.digest,
        slot=row.slot,
        edition_id=row.edition_id,
    )


def _send(row: Line) -> AlertSend:
    return AlertSend(
        id=row.id,
        at=row.made_at,
        alert=_alert(row),
        channel=row.channel,
        tries=row.tries,
        next_at=row.next_at,
        sent_at=row.sent_at,
        error=row.error,
    )
