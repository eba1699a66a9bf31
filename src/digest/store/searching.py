"""The words of articles, and finding them: full text of both databases.

SQLite has FTS5 for this, PostgreSQL a text vector with an inverted index. Both are given words that
`digest.words` has folded, so that both find the same. A SQLite that was built without FTS5 gets a plain
table in its place, which is read through: as right, and slower.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    and_,
    cast,
    column,
    func,
    literal_column,
    select,
    table,
)
from sqlalchemy.dialects import postgresql

from digest.store.tables import articles
from digest.words import fold_text, may_go_on

MAX_CHARS = 100_000  #: of a text that are looked through
COMMON = 1_000  #: articles; a last word that so many hold is whole, and no beginning of others
# In SQLite the number of a row is that of the article and its revision together: rows of a contentless
# index cannot be changed, so that a new revision is a new row and the search passes over the old one.
_REVISIONS = 20  #: bits
_LOW = (1 << _REVISIONS) - 1

_ADD = {
    "sqlite": "INSERT INTO article_words (rowid, words) VALUES (?, ?)",
    "postgresql": (
        "INSERT INTO article_words (article_id, words) VALUES (%s, to_tsvector('simple', %s)) "
        "ON CONFLICT (article_id) DO UPDATE SET words = excluded.words"
    ),
}
_MAKE = {
    True: "CREATE VIRTUAL TABLE article_words USING fts5(words, content='', prefix='3', "
    "tokenize='unicode61 remove_diacritics 0')",
    False: "CREATE TABLE article_words (words TEXT NOT NULL)",
}
_LAST = {
    True: "SELECT max(id) FROM article_words_docsize",
    False: "SELECT max(rowid) FROM article_words",
}
_words = table(
    "article_words", column("rowid", BigInteger), column("article_id", BigInteger), column("words")
)


def make(connection: Connection) -> None:
    """Make the table of words, empty."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(_MAKE[_has_fts5(connection)])
        return
    connection.exec_driver_sql(
        "CREATE TABLE article_words (article_id BIGINT NOT NULL CONSTRAINT pk_article_words PRIMARY KEY "
        "CONSTRAINT fk_article_words_article_id_articles REFERENCES articles (id), words TSVECTOR NOT NULL)"
    )
    connection.exec_driver_sql("CREATE INDEX ix_article_words_words ON article_words USING gin (words)")


def add(connection: Connection, rows: Sequence[tuple[int, int, str]]) -> None:
    """Take in the words of articles, in place of those of earlier revisions.

    Args:
        connection: Where to.
        rows: Number and revision of each article, and its text.
    """
    if not rows:
        return
    is_file = connection.dialect.name == "sqlite"
    folded = [
        (number << _REVISIONS | revision if is_file else number, f" {fold_text(text[:MAX_CHARS])} ")
        for number, revision, text in rows
    ]
    connection.exec_driver_sql(_ADD[connection.dialect.name], folded)


def last(connection: Connection) -> int:
    """Return the number of the last article whose words were taken in; 0 when none were."""
    if connection.dialect.name != "sqlite":
        return int(connection.exec_driver_sql("SELECT max(article_id) FROM article_words").scalar() or 0)
    found = connection.exec_driver_sql(_LAST[_is_indexed(connection)]).scalar()
    return int(found or 0) >> _REVISIONS


def holding(connection: Connection, phrases: Sequence[str]) -> Select[int]:
    """Ask for numbers of articles whose newest revision holds all phrases, the last stored first.

    The last word may be a beginning, if it is long enough and not common: whoever types 'port' where a
    thousand articles have it means that word, and what begins with it need not be gathered from all.

    Args:
        connection: Where from.
        phrases: As `phrases_of` reads them; at least one.
    """
    *whole, last_one = phrases
    is_begun = may_go_on(last_one) and not _is_common(connection, last_one)
    found = _found(connection, [*((one, False) for one in whole), (last_one, is_begun)])
    if connection.dialect.name != "sqlite":
        return found.order_by(articles.c.id.desc())
    return found.order_by(_words.c.rowid.desc())


def _found(connection: Connection, ends: Sequence[tuple[str, bool]]) -> Select[int]:
    """Ask for articles that hold phrases, the last word of some as a beginning, in any order."""
    here = _words.c.article_id == articles.c.id
    if connection.dialect.name == "sqlite":
        here = and_(
            articles.c.id == _words.c.rowid.op(">>")(literal_column(str(_REVISIONS))),
            articles.c.revision == _words.c.rowid.op("&")(literal_column(str(_LOW))),
        )
    query = select(articles.c.id).select_from(_words).join(articles, here)
    return query.where(articles.c.dropped_at.is_(None), _holds(connection, ends))


def _is_common(connection: Connection, phrase: str) -> bool:
    """Tell whether so many articles hold a phrase as it is that nobody means a beginning."""
    query = _found(connection, [(phrase, False)]).limit(1).offset(COMMON - 1)
    return connection.execute(query).first() is not None


def before(connection: Connection, article_id: int) -> ColumnElement[bool]:
    """Say that only articles with a smaller number are looked for."""
    if connection.dialect.name == "sqlite":
        return _words.c.rowid < article_id << _REVISIONS
    return articles.c.id < article_id


def _holds(connection: Connection, ends: Sequence[tuple[str, bool]]) -> ColumnElement[bool]:
    """Say that words hold phrases, the last word of some as a beginning."""
    if connection.dialect.name != "sqlite":
        asked = " & ".join(f"({' <-> '.join(one.split())}{':*' * is_begun})" for one, is_begun in ends)
        return _words.c.words.op("@@")(cast(func.to_tsquery("simple", asked), postgresql.TSQUERY))
    if _is_indexed(connection):
        return _words.c.words.op("MATCH")(" AND ".join(f'"{one}"{" *" * is_begun}' for one, is_begun in ends))
    # Runs of spaces stand there, too, but never within what a phrase of one word looks for.
    return and_(
        *(
            _words.c.words.contains(f" {word}{' ' * (not is_begun or word != one.split()[-1])}")
            for one, is_begun in ends
            for word in one.split()
        )
    )


def _is_indexed(connection: Connection) -> bool:
    made = connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE name = 'article_words'")
    return "fts5" in str(made.scalar_one())


def _has_fts5(connection: Connection) -> bool:
    asked = connection.exec_driver_sql("SELECT sqlite_compileoption_used('ENABLE_FTS5')")
    return bool(asked.scalar_one())
