"""Tell people what is amiss: by mail and by webhook, each occasion until it got through, for a day."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from digest.actions.app import App
from digest.actions.mailing.handing import Lease
from digest.actions.upkeep.alert_mail import Mails
from digest.actions.upkeep.webhooks import LEASE, hand_over
from digest.errors import DigestError, NotFound
from digest.log import get_logger
from digest.model import Alert, AlertKind, AlertSend
from digest.settings import parse_mailbox

GIVE_UP = timedelta(hours=24)  #: after the alert was made
NOBODY = "log"  #: the channel of what nobody is told
_DELAYS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60))
_OF_EDITORS = frozenset({AlertKind.HELD, AlertKind.MISSED, AlertKind.REMINDER, AlertKind.EXPIRED})

log = get_logger()


@dataclass(frozen=True, kw_only=True)
class Dispatched:
    """What one round of telling did."""

    routed: int  #: alerts that were new
    sent: int
    failed: int  #: tries that come again, or came to nothing


@dataclass(frozen=True, kw_only=True)
class Told:
    """An alert, and how far it got."""

    id: int
    at: datetime  #: when it was made
    alert: Alert
    sends: tuple[AlertSend, ...]  #: by channel; () until a service has looked at it


def told(app: App, limit: int, *, before: int | None = None) -> tuple[Told, ...]:
    """Return the alerts, the newest first, at most so many; only those older than a number."""
    with app.store.reading() as tx:
        return tuple(
            Told(id=number, at=at, alert=alert, sends=tx.alerts.sends(number))
            for number, at, alert in tx.alerts.list(limit=limit, before=before)
        )


def one_told(app: App, number: int) -> Told:
    """Return one alert.

    Raises:
        NotFound: There is none with this number.
    """
    for one in told(app, 1, before=number + 1):
        if one.id == number:
            return one
    raise NotFound(f"there is no alert {number}", hint="`digest alerts` lists them")


def dispatch(
    app: App, *, stopped: Callable[[], bool] = lambda: False, beat: Callable[[], None] = lambda: None
) -> Dispatched:
    """Send the alerts that are due, by webhook first: mail may have to wait for relays that say nothing.

    After a try that failed the rest of its channel waits for the next call, and so does a relay that has
    failed: what is down costs each call one time-out. Any number of processes may do this at once.

    Args:
        app: The installation.
        stopped: True when nothing new may begin.
        beat: Called before each try, which takes some minutes at most.

    Raises:
        StoreError: The database cannot be written. What was sent without being written down is sent
            again, under the same id.
    """
    routed, sent, failed = _route(app), 0, 0
    with app.store.reading() as tx:
        channels = tx.alerts.due(at=tx.shared_now(app.clock()))
    mails = Mails(app, beat)
    for channel in sorted(channels, key=lambda channel: (not channel.startswith("webhook "), channel)):
        is_well = True
        while is_well and not stopped():
            with app.store.writing() as tx:
                send = tx.alerts.claim(channel, at=tx.shared_now(app.clock()), lease=LEASE)
            if send is None:
                break
            beat()
            is_well = _send(app, send, mails)
            sent, failed = sent + is_well, failed + (not is_well)
    return Dispatched(routed=routed, sent=sent, failed=failed)


def channels_of(app: App, alert: Alert) -> tuple[str, ...]:
    """Name the channels that an alert goes through, as the settings say now; () when nobody is told."""
    settings = app.system.alerts
    written = list(settings.mail.to) if _is_wanted(alert.kind, settings.mail.kinds) else []
    digest = app.digests.get(alert.digest or "")
    if digest is not None and alert.kind in _OF_EDITORS:
        written += digest.editors
    people = dict.fromkeys(f"mail {parse_mailbox(each).address}" for each in written)
    hooks = [f"webhook {hook.name}" for hook in settings.webhooks if _is_wanted(alert.kind, hook.kinds)]
    return (*people, *hooks)


def _is_wanted(kind: AlertKind, kinds: Collection[AlertKind]) -> bool:
    """Tell whether a channel is to hear of a kind; without a list it hears of all but news."""
    return kind in kinds if kinds else not kind.is_news


def _route(app: App) -> int:
    """Write down whom each new alert goes to, and log it."""
    with app.store.reading() as tx:
        new = tx.alerts.unrouted()
    routed = 0
    for number, alert in new:
        now = app.clock()
        named = channels_of(app, alert)
        with app.store.writing() as tx:
            due: datetime | None = tx.shared_now(now) if named else None
            is_mine = tx.alerts.route(number, alert.key, dict.fromkeys(named or (NOBODY,), due), at=now)
        if is_mine:
            routed += 1
            about = {"digest": alert.digest, "slot": alert.slot, "edition": alert.edition_id}
            (log.info if alert.kind.is_news else log.warning)(
                "alert",
                kind=alert.kind,
                alert=number,
                title=alert.title,
                told=bool(named),
                **about,
            )
    return routed


def _send(app: App, send: AlertSend, mails: Mails) -> bool:
    """Try one send and write down how it ended."""
    error, is_over = None, False
    way, _, name = send.channel.partition(" ")
    try:
        if send.channel not in channels_of(app, send.alert):
            raise NotFound(f"no longer a {way} of the settings")
        if way == "mail":
            mails.send(send, name, _lease(app, send))
        else:
            hand_over(app, send, name)
    except DigestError as problem:
        error = problem.message
        is_over = isinstance(problem, NotFound) or (way != "mail" and getattr(problem, "permanent", False))
    now = app.clock()
    delay = _DELAYS[min(send.tries, len(_DELAYS)) - 1]
    gives_up = error is None or is_over or now + delay > send.at + GIVE_UP
    with app.store.writing() as tx:
        again = None if gives_up else tx.shared_now(now) + delay
        tx.alerts.ended(send, at=now, error=error, again=again)
    told = {"alert": send.id, "way": way if way == "mail" else send.channel, "tries": send.tries}
    if error is None:
        log.info("alert_sent", **told)
    else:
        log.warning("alert_not_sent", **told, gives_up=gives_up)
    return error is None


def _lease(app: App, send: AlertSend) -> Lease:
    def keep() -> bool:
        with app.store.writing() as tx:
            return tx.alerts.keep(send, at=tx.shared_now(app.clock()), lease=LEASE)

    def lasts() -> bool:
        with app.store.reading() as tx:
            return tx.alerts.lasts(send, at=tx.shared_now(app.clock()))

    return Lease(keep=keep, lasts=lasts)
