"""Figures for Prometheus: counted from rows when they are asked for, since several processes work at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import inf

from prometheus_client import CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from digest.actions.app import App
from digest.actions.telling import BOOKED
from digest.errors import StoreError
from digest.model import EditionState
from digest.schedule.beats import Beats
from digest.schedule.cached import Cached
from digest.schedule.current import Current
from digest.schedule.probing import Probing
from digest.schedule.sendings import IN_HAND
from digest.store import DraftMonth

RECENT = timedelta(days=7)  #: what counts as recent
KEEP_S = 15.0  #: rows are counted again after so long
_LATENESS_S = (1, 5, 15, 60, 300, 900, 3_600, 14_400, 43_200)
_TOOK_S = (0.01, 0.05, 0.25, 1, 5, 30, 120)


@dataclass(frozen=True, kw_only=True)
class Rows:
    """What the database says."""

    is_up: bool = False
    editions: Mapping[str, int] = field(default_factory=dict)
    lateness: tuple[float, ...] = ()
    deliveries: Mapping[str, int] = field(default_factory=dict)
    queue_age_s: float = 0.0
    silences_s: Mapping[str, float] = field(default_factory=dict)
    source_failures: Mapping[str, int] = field(default_factory=dict)  #: of those that are fetched
    source_ages_s: Mapping[str, float] = field(default_factory=dict)
    alerts: Mapping[str, int] = field(default_factory=dict)  #: by way
    drafts: DraftMonth = field(default_factory=DraftMonth)


class Metrics(Collector):
    """The registry of one process.

    Args:
        current: The settings in force.
        beats: The parts' heart beats.
        probing: What the relays answered last.
    """

    def __init__(self, current: Current, beats: Beats, probing: Probing) -> None:
        self._current = current
        self._beats = beats
        self._probing = probing
        self._rows = Cached(lambda: count(current.app), KEEP_S)
        self._registry = CollectorRegistry(auto_describe=False)
        self._ticks = Histogram(
            "digest_tick_seconds",
            "How long each look of a part took, in this process.",
            ["part"],
            buckets=_TOOK_S,
            registry=self._registry,
        )
        self._registry.register(self)

    def took(self, part: str, seconds: float) -> None:
        """Count a look of a part that ended well."""
        self._ticks.labels(part).observe(seconds)

    def page(self) -> bytes:
        """Write all figures in the text format."""
        return generate_latest(self._registry)

    def collect(self) -> Iterator[Metric]:
        """Give the figures, rows first."""
        rows = self._rows.get()
        yield _one("digest_database_up", "1 when the database answers.", rows.is_up)
        if rows.is_up:
            yield from _of_rows(rows)
        force = self._current.force
        yield _one(
            "digest_settings_valid",
            "0 while changed files have faults, so that the old settings hold.",
            not force.faults,
        )
        yield _by(
            "digest_relay_up", "1 when a relay took the last probe.", "relay", dict(self._probing.relays)
        )
        yield _by(
            "digest_part_age_seconds",
            "Since a part of this process was last heard of.",
            "part",
            _folded(self._beats.ages()),
        )
        yield _by(
            "digest_part_failures",
            "How often in a row a part of this process has failed.",
            "part",
            self._beats.failures(),
        )

    def describe(self) -> Iterator[Metric]:
        """Name nothing beforehand."""
        return iter(())


def count(app: App) -> Rows:
    """Count what the figures tell of the database; one that does not answer is not up."""
    now = app.clock()
    try:
        with app.store.reading() as tx:
            waiting_since = tx.figures.waiting_since(now)
            ended = tx.figures.ended(now - RECENT)
            live = [tx.deliveries.books(one) for one in tx.editions.in_states((EditionState.SENDING,))]
            newest = tx.figures.newest_articles()
            states = {one.key: one for one in tx.source_states.all()}
            fetched = [states[one.key] for one in app.sources if one.url and one.key in states]
            return Rows(
                is_up=True,
                editions=tx.figures.editions(),
                lateness=tx.figures.lateness(now - RECENT),
                deliveries={
                    **{
                        name: ended.get(name, 0) + sum(getattr(books, name) for books in live)
                        for name in BOOKED
                    },
                    "open": sum(books.open for books in live),
                },
                queue_age_s=0.0 if waiting_since is None else _seconds(waiting_since, now),
                silences_s={
                    source.key: _seconds(newest[source.key], now) if source.key in newest else inf
                    for source in app.sources
                },
                source_failures={one.key: one.failures for one in fetched},
                source_ages_s={
                    one.key: _seconds(one.succeeded_at, now) if one.succeeded_at else inf for one in fetched
                },
                alerts=_by_way(app, tx.alerts.waiting()),
                drafts=tx.drafts.month(now),
            )
    except StoreError:
        return Rows()


def _by_way(app: App, waiting: Mapping[str, int]) -> Mapping[str, int]:
    """Count all mails as one: figures tell no address."""
    counts = Counter(
        {"new": 0, "mail": 0, **{f"webhook {one.name}": 0 for one in app.system.alerts.webhooks}}
    )
    for channel, count in waiting.items():
        counts["mail" if channel.startswith("mail ") else channel or "new"] += count
    return counts


def _of_rows(rows: Rows) -> Iterator[Metric]:
    states = {str(state): rows.editions.get(state, 0) for state in EditionState}
    yield _by("digest_editions", "All editions, by their state.", "state", states)
    yield _lateness(rows.lateness)
    yield _by(
        "digest_deliveries",
        "Recipients of editions that are being sent or were in the last 7 days, by how they ended.",
        "outcome",
        {name: value for name, value in rows.deliveries.items() if name != "frozen"},
    )
    yield _one(
        "digest_queue_age_seconds",
        "How long the delivery waits that could have been tried first; 0 when none waits.",
        rows.queue_age_s,
    )
    yield _by(
        "digest_source_silence_seconds",
        "Since a listed source gave its newest article; infinite when it never gave any.",
        "source",
        rows.silences_s,
    )
    yield _by(
        "digest_source_failures",
        "How often in a row a source could not be read.",
        "source",
        rows.source_failures,
    )
    yield _by(
        "digest_source_age_seconds",
        "Since a source was last read; infinite when it never was.",
        "source",
        rows.source_ages_s,
    )
    yield _by(
        "digest_alerts_waiting",
        "Alerts that have not got through yet, by way; 'new' until it is known whom they go to.",
        "channel",
        rows.alerts,
    )
    told = {name: getattr(rows.drafts, name) for name in ("asked", "accepted", "fell_back")}
    yield _by("digest_drafts", "Articles of this month (UTC) that a model was to draft.", "outcome", told)
    yield _one("digest_draft_tokens", "Tokens that drafts of this month have taken.", rows.drafts.tokens)


def _lateness(seconds: tuple[float, ...]) -> Metric:
    buckets = [(str(float(bound)), sum(1 for each in seconds if each <= bound)) for bound in _LATENESS_S]
    return HistogramMetricFamily(
        "digest_slot_lateness_seconds",
        "How long after its slot an edition began to be sent; slots of the last 7 days.",
        buckets=[*buckets, ("+Inf", len(seconds))],
        sum_value=sum(seconds),
    )


def _folded(ages: Mapping[str, float]) -> Mapping[str, float]:
    """Give all sendings one name: a label for each edition would be one more series a day, for years."""
    folded: dict[str, float] = {}
    for part, age in ages.items():
        name = IN_HAND if part.startswith(IN_HAND) else part
        folded[name] = max(age, folded.get(name, 0.0))
    return folded


def _one(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(name, text, value=float(value))


def _by(name: str, text: str, label: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(name, text, labels=[label])
    for key, value in values.items():
        family.add_metric([key], float(value))
    return family


def _seconds(since: datetime, now: datetime) -> float:
    return max(0.0, (now - since).total_seconds())
