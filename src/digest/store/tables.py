"""The tables of articles and editions, and the metadata that all tables share."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy import text as sql

from digest.store.json_type import Json
from digest.store.time_type import Moment
from digest.store.word_type import Word

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite numbers rows only in a column that is declared INTEGER; the others take BIGINT.
Id = BigInteger().with_variant(Integer, "sqlite")

sources = Table(
    "sources",
    metadata,
    Column("key", Text, primary_key=True),
    Column("title", Text, nullable=False),
    Column("homepage", Text),
    Column("weight", Double, nullable=False),
    Column("language", Text),
    Column("section", Text),
)

articles = Table(
    "articles",
    metadata,
    Column("id", Id, primary_key=True),
    Column("identity", LargeBinary(16), nullable=False, unique=True),
    Column("also", LargeBinary(16), index=True),  # source and feed identifier, when the address names it
    Column("source", Text, ForeignKey("sources.key"), nullable=False, index=True),
    Column("revision", Integer, nullable=False),
    Column("content_hash", LargeBinary(16), nullable=False),  # of the newest revision
    Column("title_folded", Text, nullable=False),
    Column("collected_at", Moment, nullable=False),
    Column("effective_at", Moment, nullable=False),
    Column("dropped_at", Moment),
)

Index("ix_articles_effective", articles.c.effective_at, articles.c.id)
# What a source gave lately is counted without reading the articles.
Index("ix_articles_source_effective", articles.c.source, articles.c.effective_at)

article_revisions = Table(
    "article_revisions",
    metadata,
    Column("article_id", Id, ForeignKey("articles.id"), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("stored_at", Moment, nullable=False),
    Column("title", Text, nullable=False),
    Column("paragraphs", Text, nullable=False),  # JSON, written and read by contents.py
    Column("html", Text),  # NULL when it says no more than the paragraphs
    Column("url", Text),
    Column("guid", Text),
    Column("source", Text),  # as the document told it
    Column("byline", Text),
    Column("published", Moment),
    Column("language", Text),
    Column("section", Text),
    Column("image", Json),
    PrimaryKeyConstraint("article_id", "revision"),
)

tags = Table(
    "tags",
    metadata,
    Column("id", Id, primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
)

# The key leads with (tag, time) and carries the time a second time on purpose: the newest articles
# of a tag are read off the end of one range, however many articles there are.
article_tags = Table(
    "article_tags",
    metadata,
    Column("tag_id", Id, ForeignKey("tags.id"), nullable=False),
    Column("effective_at", Moment, nullable=False),
    Column("article_id", Id, ForeignKey("articles.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("origin", Word, nullable=False),
    PrimaryKeyConstraint("tag_id", "effective_at", "article_id"),
    UniqueConstraint("article_id", "tag_id"),
    sqlite_with_rowid=False,
)

# What editors have taught is read before each build; word for word as in migration 0009.
BY_EDITORS = sql("origin = 'editor'")
Index(
    "ix_article_tags_editors",
    article_tags.c.tag_id,
    article_tags.c.effective_at,
    article_tags.c.article_id,
    sqlite_where=BY_EDITORS,
    postgresql_where=BY_EDITORS,
)

removed_tags = Table(
    "removed_tags",
    metadata,
    Column("article_id", Id, ForeignKey("articles.id"), nullable=False),
    Column("tag_id", Id, ForeignKey("tags.id"), nullable=False),
    PrimaryKeyConstraint("article_id", "tag_id"),
)

editions = Table(
    "editions",
    metadata,
    Column("id", Id, primary_key=True),
    Column("digest", Text, nullable=False),
    Column("slot", Text, nullable=False),
    Column("slot_at", Moment, nullable=False),
    Column("number", Integer, nullable=False),
    Column("state", Word, nullable=False),
    Column("content", Json, nullable=False),
    Column("content_hash", Text, nullable=False),
    Column("built_at", Moment, nullable=False),
    Column("plan", Json, nullable=False),
    Column("approved_hash", Text),
    Column("approved_by", Text),
    Column("approved_at", Moment),
    Column("note", Text),
    UniqueConstraint("digest", "slot"),
    UniqueConstraint("digest", "number"),
)

edition_items = Table(
    "edition_items",
    metadata,
    Column("edition_id", Id, ForeignKey("editions.id"), nullable=False),
    Column("article_id", Id, ForeignKey("articles.id"), nullable=False, index=True),
    Column("revision", Integer, nullable=False),
    Column("section", Text, nullable=False),
    Column("rank", Integer, nullable=False),
    PrimaryKeyConstraint("edition_id", "article_id"),
    ForeignKeyConstraint(
        ["article_id", "revision"], ["article_revisions.article_id", "article_revisions.revision"]
    ),
)

edition_stories = Table(
    "edition_stories",
    metadata,
    Column("edition_id", Id, ForeignKey("editions.id"), nullable=False),
    Column("item_id", Id, ForeignKey("articles.id"), nullable=False),
    Column("article_id", Id, ForeignKey("articles.id"), nullable=False, index=True),
    PrimaryKeyConstraint("edition_id", "article_id"),
)

decisions = Table(
    "decisions",
    metadata,
    Column("edition_id", Id, ForeignKey("editions.id"), nullable=False),
    Column("article_id", Id, ForeignKey("articles.id"), nullable=False, index=True),
    Column("position", Integer, nullable=False),
    Column("kept", Boolean, nullable=False),
    Column("rule", Word, nullable=False),
    Column("value", Text, nullable=False),
    Column("section", Text, nullable=False),
    Column("score", Json),
    Column("carry", Boolean, nullable=False),
    Column("placed", Json),
    PrimaryKeyConstraint("edition_id", "article_id"),
)

edition_log = Table(
    "edition_log",
    metadata,
    Column("id", Id, primary_key=True),
    Column("edition_id", Id, ForeignKey("editions.id"), nullable=False, index=True),
    Column("at", Moment, nullable=False),
    Column("by", Text, nullable=False),
    Column("before", Word),
    Column("after", Word, nullable=False),
    Column("note", Text),
)

pins = Table(
    "pins",
    metadata,
    Column("digest", Text, nullable=False),
    Column("article_id", Id, ForeignKey("articles.id"), nullable=False),
    Column("kind", Word, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Moment, nullable=False),
    PrimaryKeyConstraint("digest", "article_id"),
)

# One row for each home that sends from here; its file var/instance.json says the same.
instance = Table(
    "instance",
    metadata,
    Column("id", Text, primary_key=True),
    Column("epoch", Integer, nullable=False),
    Column("stepped_at", Moment, nullable=False),
    Column("adopted_by", Text),
    Column("adopted_at", Moment),
    Column("live", Boolean),  # what the adopter said of the database; NULL when nobody adopted it
    Column("key_names", Text),  # names of its keys, the one that signs first; NULL until it has stepped on
)

Index("ix_editions_sent", editions.c.digest, editions.c.state, editions.c.slot_at)
Index("ix_editions_slot", editions.c.digest, editions.c.slot_at)
# Every tick of the service asks for them; word for word as in migration 0006, or no database uses the index.
OPEN = sql("state IN ('draft', 'review', 'held', 'approved', 'sending')")
Index("ix_editions_open", editions.c.slot_at, sqlite_where=OPEN, postgresql_where=OPEN)
