"""A million readers, what was mailed to them, and what was written down meanwhile."""

from __future__ import annotations

from datetime import datetime

from editions import ticks
from sqlalchemy import Connection, text

_PRIME = 1_000_003  #: scatters names, so that neighbours in one index are none in the other
_FILL = (
    """
WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < :count)
INSERT INTO subscribers (id, uid, email, address, name, language, zone, created_at)
SELECT i, printf('%022d', i * 7919 % :prime), a, a, 'Reader ' || i, 'en',
    CASE i % 50 WHEN 0 THEN 'America/New_York' WHEN 1 THEN 'Asia/Tokyo' END, :now - 86400000000 * (i % 900)
FROM (SELECT i, printf('%06x', i * 104729 % :prime) || '.reader@example.org' AS a FROM n)
""",
    """
INSERT INTO subscriptions (subscriber_id, digest, state, sections, consent, created_at, confirmed_at,
    ended_at, end_reason, hour)
SELECT id, 'morning', CASE WHEN id % 100 = 7 THEN 'ended' WHEN id % 100 = 8 THEN 'pending'
    ELSE 'confirmed' END, '[]', 'import:members.csv', created_at, created_at,
    CASE WHEN id % 100 = 7 THEN :now END, CASE WHEN id % 100 = 7 THEN 'unsubscribed' END,
    CASE id % 50 WHEN 0 THEN '07:00' WHEN 2 THEN '18:30' END
FROM subscribers
""",
    """
INSERT INTO subscriptions (subscriber_id, digest, state, sections, consent, created_at, confirmed_at)
SELECT id, 'weekend', 'confirmed', CASE id % 8 WHEN 0 THEN '["culture"]' ELSE '[]' END,
    'import:members.csv', created_at, created_at
FROM subscribers WHERE id % 2 = 0
""",
    "INSERT INTO suppressions SELECT address, 'complaint', created_at FROM subscribers WHERE id % 100 = 0",
)
_MAIL = """
WITH RECURSIVE n(i) AS (VALUES (0) UNION ALL SELECT i + 1 FROM n WHERE i + 1 < :each)
INSERT INTO deliveries (edition_id, subscriber_id, address, sections, state, attempt, code, reason, reply,
    changed_at)
SELECT :edition, s.id, s.address, '[]', d.state, 1, CASE d.state WHEN 'failed' THEN 550 ELSE 250 END,
    CASE d.state WHEN 'failed' THEN 'mailbox unavailable' WHEN 'unknown' THEN 'no answer to the dot' END,
    CASE d.state WHEN 'sent' THEN '2.0.0 Ok: queued as 4F3D1A0021' END,
    CASE WHEN d.state = 'pending' THEN NULL ELSE :at + 1800000000 * i / :each END
FROM (SELECT i, CASE WHEN i % 100 = 3 THEN 'failed' WHEN i % 200 = 5 THEN 'excluded'
    WHEN i % 50000 = 7 THEN 'unknown' WHEN :opened AND i * 10 >= :each * 9 THEN 'pending'
    ELSE 'sent' END AS state FROM n) AS d
JOIN subscribers AS s ON s.id = 1 + (:first + d.i) % :readers
"""
_RECORDS = (
    """
WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < :editions * 20)
INSERT INTO history (at, "by", event, outcome, digest, edition_id, counts, note)
SELECT :now - 3600000000 * (:editions * 20 - i), CASE i % 5 WHEN 0 THEN 'ada@example.org' ELSE 'digest' END,
    CASE WHEN i % 20 = 0 THEN 'send'
        WHEN i % 3 = 0 THEN 'build' WHEN i % 3 = 1 THEN 'approve' ELSE 'fetch' END,
    'ok', CASE i / 20 % 4 WHEN 0 THEN 'weekend' ELSE 'morning' END, 1 + i / 20,
    json_object('frozen', 500, 'sent', 490, 'failed', 5, 'expired', 0, 'excluded', 5, 'unknown', 0),
    'as usual'
FROM n
""",
    """
INSERT INTO alerts ("key", kind, made_at, digest, edition_id, title, "text", routed_at)
SELECT 'held:' || id, 'held', slot_at, digest, id, 'An edition is held', 'It has few items.', slot_at
FROM editions WHERE id % 5 = 0
""",
    """
INSERT INTO bounces (subscriber_id, edition_id, kind, status, at, digest)
SELECT subscriber_id, edition_id, 'hard', '5.1.1', changed_at, 'report ' || id
FROM deliveries WHERE state = 'failed' AND id % 7 = 0
""",
    """
INSERT INTO consents (uid, address, email, digest, sections, wording, asked_at, network, confirmed_at,
    subscriber_id)
SELECT 'c' || uid, address, email, 'morning', '[]', 'Send me the digest.', created_at, '192.0.2.7',
    created_at, id
FROM subscribers WHERE id % 10 = 1
""",
    """
INSERT INTO letters (uid, kind, address, email, digest, language, subscriber_id, made_at, tries, sent_at)
SELECT 'l' || uid, 'moved', address, email, 'morning', 'en', id, created_at, 1, created_at
FROM subscribers WHERE id % 10 = 1
""",
)


def fill(connection: Connection, count: int, now: datetime) -> None:
    """Sign so many people up: all to one digest, half of them to the other as well."""
    for statement in _FILL:
        _run(connection, statement, count=count, prime=_PRIME, now=ticks(now))


def mail(connection: Connection, last: int, readers: int, now: datetime) -> None:
    """Write down as many mails as there are readers: half of one edition on its way, half of all before."""
    each = readers // 2 // (last - 1)
    sent = connection.execute(text("SELECT id, slot_at FROM editions WHERE id < :last"), {"last": last}).all()
    for number, at in sent:
        _run(
            connection,
            _MAIL,
            edition=number,
            each=each,
            at=at,
            opened=0,
            first=number * each,
            readers=readers,
        )
    begun = ticks(now) - 1_800_000_000
    _run(connection, _MAIL, edition=last, each=readers // 2, at=begun, opened=1, first=0, readers=readers)


def records(connection: Connection, last: int, readers: int, now: datetime) -> None:
    """Write history, alerts, bounces, consents and letters, as many as the rest makes likely."""
    for statement in _RECORDS:
        _run(connection, statement, editions=last, readers=readers, now=ticks(now))


def _run(connection: Connection, statement: str, **values: int) -> None:
    named = {name: value for name, value in values.items() if f":{name}" in statement}
    connection.execute(text(statement), named)
