"""Copies of one edition that was built, back through the years, the newest of them on its way."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta

from sqlalchemy import Connection, text

US = timedelta(microseconds=1)
EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
SHIFT = 37  #: how many articles further on the next edition begins
_ARTICLE = re.compile(r'"article_id":(\d+)')
_EDITION = """
INSERT INTO editions (id, digest, slot, slot_at, number, state, content, content_hash, built_at, plan,
    approved_hash, approved_by, approved_at, note)
SELECT :id, :digest, :slot, :at, :number, :state, :content, content_hash, :at - 3600000000, plan,
    content_hash, 'ada@example.org', :at - 600000000, NULL
FROM editions WHERE id = 1
"""
_ITEMS = """
INSERT OR IGNORE INTO edition_items
SELECT :id, 1 + (article_id - 1 + :shift) % :count, 1, section, rank FROM edition_items WHERE edition_id = 1
"""
_STORIES = """
INSERT OR IGNORE INTO edition_stories
SELECT :id, 1 + (item_id - 1 + :shift) % :count, 1 + (article_id - 1 + :shift) % :count
FROM edition_stories WHERE edition_id = 1
"""
_DECISIONS = """
INSERT OR IGNORE INTO decisions
SELECT :id, 1 + (article_id - 1 + :shift) % :count, position, kept, rule, value, section, score, carry, placed
FROM decisions WHERE edition_id = 1 AND position < 100
"""
_LOG = """
INSERT INTO edition_log (edition_id, at, "by", before, after, note) VALUES
    (:id, :at - 3600000000, 'digest', NULL, 'draft', NULL),
    (:id, :at - 600000000, 'ada@example.org', 'draft', 'approved', NULL),
    (:id, :at, 'digest', 'approved', 'sending', NULL)
"""
_SENT = """
INSERT INTO edition_log (edition_id, at, "by", before, after)
VALUES (:id, :at + 600000000, 'digest', 'sending', 'sent')
"""
_SLOT = """
INSERT INTO slots (digest, slot, due_at, first_at, last_at, build_at, state, edition_id, tries, changed_at)
VALUES (:digest, :slot, :at, :at, :at, :at - 3600000000, 'built', :id, 0, :at)
"""


def ticks(moment: datetime) -> int:
    """Return a moment as the store keeps it."""
    return (moment - EPOCH) // US


def fill(connection: Connection, count: int, articles: int, now: datetime) -> int:
    """Copy edition 1 until there are so many, of one that is to be built still; return the newest's number.

    Three of four are of the digest on weekdays. Edition 1 itself becomes the oldest.
    """
    built = json.loads(connection.execute(text("SELECT content FROM editions WHERE id = 1")).scalar_one())
    last, numbers = count - 1, {"morning": 1, "weekend": 0}
    for number in range(2, last + 1):
        age = last - number
        digest = "weekend" if age % 4 == 0 else "morning"
        numbers[digest] += 1
        back = timedelta(days=7 * (age // 4)) if digest == "weekend" else timedelta(days=1 + age - age // 4)
        local = (now - back - timedelta(minutes=30)).replace(tzinfo=None)
        built |= {"digest": digest, "number": numbers[digest]}
        built["slot"]["local"] = local.isoformat()
        shift = SHIFT * number
        content = json.dumps(built, ensure_ascii=False, separators=(",", ":"))
        values = {
            "id": number,
            "digest": digest,
            "slot": f"{local:%Y-%m-%dT%H:%M}",
            "at": ticks(now - back) - 1_800_000_000,
            "number": numbers[digest],
            "state": "sending" if number == last else "sent",
            "content": _shifted(content, shift, articles),
            "shift": shift,
            "count": articles,
        }
        for statement in (_EDITION, _ITEMS, _STORIES, _DECISIONS, _LOG, _SLOT):
            connection.execute(text(statement), values)
        if number != last:
            connection.execute(text(_SENT), values)
    oldest = (now - timedelta(days=1 + count)).replace(tzinfo=None)
    connection.execute(
        text("UPDATE editions SET state = 'sent', slot = :slot, slot_at = :at WHERE id = 1"),
        {"slot": f"{oldest:%Y-%m-%dT%H:%M}", "at": ticks(now - timedelta(days=1 + count))},
    )
    return last


def _shifted(content: str, shift: int, articles: int) -> str:
    return _ARTICLE.sub(lambda found: f'"article_id":{1 + (int(found[1]) - 1 + shift) % articles}', content)
