"""The tables of sending limits that workers on several machines share, and of what relays answered."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, PrimaryKeyConstraint, Table, Text

from digest.store.tables import metadata
from digest.store.time_type import Moment

# One row a limit: whoever draws locks it first.
limits = Table(
    "limits",
    metadata,
    Column("key", Text, primary_key=True),
    Column("last_at", Moment),  # the newest moment that was reserved
)

limit_uses = Table(
    "limit_uses",
    metadata,
    Column("key", Text, nullable=False),
    Column("window_us", BigInteger, nullable=False),
    Column("at", Moment, nullable=False),  # where a part of the window begins
    Column("used", Integer, nullable=False),
    PrimaryKeyConstraint("key", "window_us", "at"),
)

limit_seats = Table(
    "limit_seats",
    metadata,
    Column("key", Text, nullable=False),
    Column("worker", Text, nullable=False),
    Column("held", Integer, nullable=False),
    Column("wanted", Integer, nullable=False),
    Column("renewed_at", Moment, nullable=False),
    Column("until", Moment, nullable=False),
    PrimaryKeyConstraint("key", "worker"),
)

relay_looks = Table(
    "relay_looks",
    metadata,
    Column("relay", Text, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("since", Moment, nullable=False),  # it has been up, or down, since then
    Column("trouble", Text),  # NULL: it took a connection
    Column("ms", Integer),  # until it was ready for mail
)

# What relays answered, by the hour: a few dozen rows each, as long as pages look back.
relay_answers = Table(
    "relay_answers",
    metadata,
    Column("hour", Moment, nullable=False),  # it begins then
    Column("relay", Text, nullable=False),
    Column("what", Text, nullable=False),  # 'reply 4.7', or 'took 28': a step of the time to the final answer
    Column("messages", BigInteger, nullable=False),
    PrimaryKeyConstraint("hour", "relay", "what"),
)
