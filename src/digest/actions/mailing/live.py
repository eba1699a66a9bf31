"""All that a page of a sending edition shows, counted from rows by one walk that many readers share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from digest.actions.app import App
from digest.actions.editions import find
from digest.actions.figures import Counted
from digest.actions.mailing.books import until
from digest.actions.mailing.used_up import used_up
from digest.actions.timing.courses import outlook
from digest.actions.timing.deadlines import BEFORE_APPROVAL
from digest.actions.timing.standing import Stand, standing_of
from digest.deliver import UsedUp
from digest.model import Books, DeliveryState, EditionState
from digest.store import LogEntry, OffRecord, Reason, StoredEdition, Tally

_SHORT, _LONG = timedelta(seconds=5), timedelta(minutes=1)  #: stretches that mails are counted by
_HOUR = timedelta(hours=1)  #: an edition that takes longer is counted by the minute
_WINDOW = timedelta(seconds=30)  #: that the rate of now is taken over
_POINTS = 60  #: of a line, at most twice as many
_REASONS, _SHOWN = 2_000, 12  #: read, and told apart
_LONG_WORD = 12  #: a word with a figure in it and so many letters names one mail, not a reason


@dataclass(frozen=True, kw_only=True)
class Line:
    """Mails a second since an edition began."""

    each: timedelta  #: how long a stretch is
    points: tuple[
        tuple[datetime, float], ...
    ]  #: the beginning of each stretch and its rate; none is left out


@dataclass(frozen=True, kw_only=True)
class Live:
    """An edition on its way, or one that has been sent, at one moment."""

    stored: StoredEdition
    title: str  #: of the digest
    books: Books
    counted_at: datetime  #: when the rows were counted
    begun_at: datetime | None  #: when it began to be sent first; None: never
    standing: Stand
    until: datetime  #: it may go out until then
    now_rate: float  #: mails a second in the last half minute
    mean_rate: float | None  #: since it began; None: none was sent yet
    line: Line
    reasons: tuple[Reason, ...]  #: why there is no mail for so many, the most frequent first
    steps: tuple[LogEntry, ...]  #: what happened, the newest first
    off_record: OffRecord | None  #: recipients of whom only the sums are left; None: all are on record
    used_up: tuple[UsedUp, ...] = ()  #: limits that those who are open wait for, or will

    @property
    def left(self) -> timedelta | None:
        """How long it takes for those who are open, at the rate of now; of a stopped one at the mean rate."""
        rate = self.mean_rate if self.is_stopped else self.now_rate
        return timedelta(seconds=self.books.open / rate) if rate and self.books.open else None

    @property
    def is_stopped(self) -> bool:
        """True when it waits for a person's word, in time or not, and some readers may have it."""
        return self.stored.state in BEFORE_APPROVAL and self.begun_at is not None

    @property
    def adds_up(self) -> bool:
        """True when every frozen recipient has an end or is open."""
        books = self.books
        ends = books.sent + books.failed + books.expired + books.excluded + books.unknown
        return books.frozen == ends + books.open


def look(app: App, edition_id: int) -> Live:
    """Return all that a page of an edition on its way shows.

    Args:
        app: The installation.
        edition_id: The edition.

    Raises:
        NotFound: There is no such edition.
        StoreError: The database cannot be read.
    """
    stored = find(app, edition_id)
    with app.store.reading() as tx:
        log = tx.editions.log(edition_id)
        off_record = tx.deliveries.off_record(edition_id)
    begun_at = next((one.at for one in log if one.after is EditionState.SENDING), None)
    key = stored.id, stored.state.value
    counted = app.figures.counts.of(key, lambda: _count(app, edition_id, begun_at))
    course = outlook(app, edition_id)
    digest = app.digests.get(stored.edition.digest)
    standing = standing_of(stored.state, log, course, app.clock())
    is_open = standing.word != "at_rest" and stored.state is not EditionState.APPROVED
    rates = rates_of(counted.tally, counted.each, begun_at, counted.at)
    is_going = stored.state is EditionState.SENDING and counted.tally.books.open > 0
    return Live(
        stored=stored,
        title=stored.edition.digest if digest is None else digest.title,
        books=counted.tally.books,
        counted_at=counted.at,
        begun_at=begun_at,
        standing=standing,
        until=standing.last if standing.is_late and standing.last else until(app, stored, shown=True),
        now_rate=rates[0],
        mean_rate=rates[1],
        line=line_of(counted.tally, counted.each, counted.at if is_open else None),
        reasons=counted.reasons,
        steps=tuple(reversed(log)),
        off_record=off_record,
        used_up=used_up(app) if is_going else (),
    )


def rates_of(
    tally: Tally, each: timedelta, begun_at: datetime | None, now: datetime
) -> tuple[float, float | None]:
    """Say how many mails a second were sent lately, and from the first to the last.

    Args:
        tally: What was counted.
        each: How long its stretches are.
        begun_at: When the sending began; None: it has not.
        now: When it was counted. The stretch that it lies in is not over, and is left out of the rate of now.
    """
    window = max(_WINDOW, each)
    lately = [count for at, count in tally.sent if now - window - each < at and at + each <= now]
    if not tally.sent or begun_at is None:
        return 0.0, None
    last = min(now, tally.sent[-1][0] + each)
    whole = max(1.0, (last - begun_at).total_seconds())
    return sum(lately) / window.total_seconds(), tally.books.sent / whole


def line_of(tally: Tally, each: timedelta, now: datetime | None = None) -> Line:
    """Lay what was counted out as a line of at most twice `_POINTS` points, stretches without mail too.

    Args:
        tally: What was counted.
        each: How long its stretches are.
        now: Mail may go out until now: the line ends with the last stretch that is over. None: it ends with
            the last mail.
    """
    if not tally.sent:
        return Line(each=each, points=())
    first = tally.sent[0][0]
    last = tally.sent[-1][0] if now is None else max(first, first + each * ((now - first) // each - 1))
    times = max(1, ((last - first) // each + 1) // _POINTS)
    wide = each * times
    sums: Counter[int] = Counter()
    for at, count in tally.sent:
        sums[(at - first) // wide] += count
    whole = (last - first) // wide + 1 if now is None else (last - first + each) // wide
    points = ((first + place * wide, sums[place] / wide.total_seconds()) for place in range(whole))
    return Line(each=wide, points=tuple(points))


def fold(reasons: Sequence[Reason], books: Books, most: int = _SHOWN) -> tuple[Reason, ...]:
    """Put those together that differ in the address or name of one mail alone, the most frequent first.

    What is beyond so many reasons, or was not read, becomes one of its state, 'other reasons': the sums are
    those of the books.
    """
    sums: Counter[Reason] = Counter()
    for one in reasons:
        sums[Reason(state=one.state, code=one.code, text=_plain(one.text), count=0)] += one.count
    ranked = sums.most_common()
    shown: Counter[DeliveryState] = Counter()
    for one, count in ranked[:most]:
        shown[one.state] += count
    totals = {
        DeliveryState.FAILED: books.failed,
        DeliveryState.EXPIRED: books.expired,
        DeliveryState.EXCLUDED: books.excluded,
    }
    others = tuple(
        Reason(state=state, code=None, text="other reasons", count=total - shown[state])
        for state, total in totals.items()
        if total > shown[state]
    )
    named = (
        Reason(state=one.state, code=one.code, text=one.text, count=count) for one, count in ranked[:most]
    )
    return (*named, *others)


def _plain(text: str) -> str:
    """Leave out what names one mail or one person."""
    words = ("…" if _names_one(word) else word for word in text.split())
    return " ".join(words)[:300]


def _names_one(word: str) -> bool:
    has_figure = any(letter.isdigit() for letter in word)
    return "@" in word or (has_figure and len(word) >= _LONG_WORD and word.isascii())


def _count(app: App, edition_id: int, begun_at: datetime | None) -> Counted:
    now = app.clock()
    each = _SHORT if begun_at is None or now - begun_at <= _HOUR else _LONG
    with app.store.reading() as tx:
        tally = tx.deliveries.tally(edition_id, each=each)
        reasons = tx.deliveries.reasons(edition_id, limit=_REASONS)
    return Counted(tally=tally, each=each, reasons=fold(reasons, tally.books), at=now)
