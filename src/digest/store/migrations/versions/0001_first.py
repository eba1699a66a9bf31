"""All tables of the first version."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_WAITING = sa.text("state IN ('pending', 'deferred')")
_IN_HAND = sa.text("state IN ('claimed', 'dotted')")


def upgrade() -> None:
    _articles()
    _tags()
    _editions()
    _edition_parts()
    _choices()
    _people()
    _ledger()


def _articles() -> None:
    op.create_table(
        "sources",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("homepage", sa.Text()),
        sa.Column("weight", sa.Double(), nullable=False),
        sa.Column("language", sa.Text()),
        sa.Column("section", sa.Text()),
        sa.PrimaryKeyConstraint("key", name="pk_sources"),
    )
    op.create_table(
        "articles",
        sa.Column("id", _ID, nullable=False),
        sa.Column("identity", sa.LargeBinary(length=16), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.LargeBinary(length=16), nullable=False),
        sa.Column("title_folded", sa.Text(), nullable=False),
        sa.Column("collected_at", sa.BigInteger(), nullable=False),
        sa.Column("effective_at", sa.BigInteger(), nullable=False),
        sa.Column("dropped_at", sa.BigInteger()),
        sa.ForeignKeyConstraint(["source"], ["sources.key"], name="fk_articles_source"),
        sa.PrimaryKeyConstraint("id", name="pk_articles"),
        sa.UniqueConstraint("identity", name="uq_articles_identity"),
    )
    op.create_index("ix_articles_source", "articles", ["source"])
    op.create_index("ix_articles_effective", "articles", ["effective_at", "id"])
    op.create_table(
        "article_revisions",
        sa.Column("article_id", _ID, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("stored_at", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("paragraphs", sa.Text(), nullable=False),
        sa.Column("html", sa.Text()),
        sa.Column("url", sa.Text()),
        sa.Column("guid", sa.Text()),
        sa.Column("source", sa.Text()),
        sa.Column("byline", sa.Text()),
        sa.Column("published", sa.BigInteger()),
        sa.Column("language", sa.Text()),
        sa.Column("section", sa.Text()),
        sa.Column("image", sa.Text()),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name="fk_article_revisions_article_id"),
        sa.PrimaryKeyConstraint("article_id", "revision", name="pk_article_revisions"),
    )


def _tags() -> None:
    op.create_table(
        "tags",
        sa.Column("id", _ID, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_tags"),
        sa.UniqueConstraint("key", name="uq_tags_key"),
    )
    op.create_table(
        "article_tags",
        sa.Column("tag_id", _ID, nullable=False),
        sa.Column("effective_at", sa.BigInteger(), nullable=False),
        sa.Column("article_id", _ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name="fk_article_tags_article_id"),
        sa.ForeignKeyConstraint(["tag_id"], ["tags.id"], name="fk_article_tags_tag_id"),
        sa.PrimaryKeyConstraint("tag_id", "effective_at", "article_id", name="pk_article_tags"),
        sa.UniqueConstraint("article_id", "tag_id", name="uq_article_tags_article_id_tag_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "removed_tags",
        sa.Column("article_id", _ID, nullable=False),
        sa.Column("tag_id", _ID, nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name="fk_removed_tags_article_id"),
        sa.ForeignKeyConstraint(["tag_id"], ["tags.id"], name="fk_removed_tags_tag_id"),
        sa.PrimaryKeyConstraint("article_id", "tag_id", name="pk_removed_tags"),
    )


def _editions() -> None:
    op.create_table(
        "editions",
        sa.Column("id", _ID, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("slot", sa.Text(), nullable=False),
        sa.Column("slot_at", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("built_at", sa.BigInteger(), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("approved_hash", sa.Text()),
        sa.Column("approved_by", sa.Text()),
        sa.Column("approved_at", sa.BigInteger()),
        sa.Column("note", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_editions"),
        sa.UniqueConstraint("digest", "number", name="uq_editions_digest_number"),
        sa.UniqueConstraint("digest", "slot", name="uq_editions_digest_slot"),
    )
    op.create_index("ix_editions_sent", "editions", ["digest", "state", "slot_at"])


def _edition_parts() -> None:
    op.create_table(
        "edition_items",
        sa.Column("edition_id", _ID, nullable=False),
        sa.Column("article_id", _ID, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("section", sa.Text(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id", "revision"],
            ["article_revisions.article_id", "article_revisions.revision"],
            name="fk_edition_items_article_id_revision",
        ),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name="fk_edition_items_article_id"),
        sa.ForeignKeyConstraint(["edition_id"], ["editions.id"], name="fk_edition_items_edition_id"),
        sa.PrimaryKeyConstraint("edition_id", "article_id", name="pk_edition_items"),
    )
    op.create_index("ix_edition_items_article_id", "edition_items", ["article_id"])
    op.create_table(
        "edition_stories",
        sa.Column("edition_id", _ID, nullable=False),
        sa.Column("item_id", _ID, nullable=False),
        sa.Column("article_id", _ID, nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name="fk_edition_stories_article_id"),
        sa.ForeignKeyConstraint(["edition_id"], ["editions.id"], name="fk_edition_stories_edition_id"),
        sa.ForeignKeyConstraint(["item_id"], ["articles.id"], name="fk_edition_stories_item_id"),
        sa.PrimaryKeyConstraint("edition_id", "article_id", name="pk_edition_stories"),
    )
    op.create_index("ix_edition_stories_article_id", "edition_stories", ["article_id"])
    op.create_table(
        "edition_log",
        sa.Column("id", _ID, nullable=False),
        sa.Column("edition_id", _ID, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("before", sa.Text()),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("note", sa.Text()),
        sa.ForeignKeyConstraint(["edition_id"], ["editions.id"], name="fk_edition_log_edition_id"),
        sa.PrimaryKeyConstraint("id", name="pk_edition_log"),
    )
    op.create_index("ix_edition_log_edition_id", "edition_log", ["edition_id"])


def _choices() -> None:
    op.create_table(
        "decisions",
        sa.Column("edition_id", _ID, nullable=False),
        sa.Column("article_id", _ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kept", sa.Boolean(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("section", sa.Text(), nullable=False),
        sa.Column("score", sa.Text()),
        sa.Column("carry", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name="fk_decisions_article_id"),
        sa.ForeignKeyConstraint(["edition_id"], ["editions.id"], name="fk_decisions_edition_id"),
        sa.PrimaryKeyConstraint("edition_id", "article_id", name="pk_decisions"),
    )
    op.create_index("ix_decisions_article_id", "decisions", ["article_id"])
    op.create_table(
        "pins",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("article_id", _ID, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name="fk_pins_article_id"),
        sa.PrimaryKeyConstraint("digest", "article_id", name="pk_pins"),
    )


def _people() -> None:
    op.create_table(
        "subscribers",
        sa.Column("id", _ID, nullable=False),
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("email", sa.Text()),
        sa.Column("address", sa.Text()),
        sa.Column("name", sa.Text()),
        sa.Column("language", sa.Text()),
        sa.Column("zone", sa.Text()),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("erased_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name="pk_subscribers"),
        sa.UniqueConstraint("address", name="uq_subscribers_address"),
        sa.UniqueConstraint("uid", name="uq_subscribers_uid"),
    )
    op.create_table(
        "subscriptions",
        sa.Column("subscriber_id", _ID, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("sections", sa.Text(), nullable=False),
        sa.Column("consent", sa.Text()),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("confirmed_at", sa.BigInteger()),
        sa.Column("ended_at", sa.BigInteger()),
        sa.Column("end_reason", sa.Text()),
        sa.ForeignKeyConstraint(["subscriber_id"], ["subscribers.id"], name="fk_subscriptions_subscriber_id"),
        sa.PrimaryKeyConstraint("digest", "subscriber_id", name="pk_subscriptions"),
    )
    op.create_index("ix_subscriptions_subscriber", "subscriptions", ["subscriber_id"])
    op.create_table(
        "suppressions",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_suppressions"),
    )


def _ledger() -> None:
    op.create_table(
        "deliveries",
        sa.Column("id", _ID, nullable=False),
        sa.Column("edition_id", _ID, nullable=False),
        sa.Column("subscriber_id", _ID, nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("sections", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("worker", sa.Text()),
        sa.Column("lease_until", sa.BigInteger()),
        sa.Column("next_at", sa.BigInteger()),
        sa.Column("code", sa.Integer()),
        sa.Column("reason", sa.Text()),
        sa.Column("reply", sa.Text()),
        sa.Column("changed_at", sa.BigInteger()),
        sa.ForeignKeyConstraint(["edition_id"], ["editions.id"], name="fk_deliveries_edition_id"),
        sa.ForeignKeyConstraint(["subscriber_id"], ["subscribers.id"], name="fk_deliveries_subscriber_id"),
        sa.PrimaryKeyConstraint("id", name="pk_deliveries"),
        sa.UniqueConstraint("edition_id", "address", name="uq_deliveries_edition_id_address"),
        sa.UniqueConstraint("edition_id", "subscriber_id", name="uq_deliveries_edition_id_subscriber_id"),
    )
    op.create_index(
        "ix_deliveries_in_hand",
        "deliveries",
        ["edition_id", "lease_until"],
        sqlite_where=_IN_HAND,
        postgresql_where=_IN_HAND,
    )
    op.create_index("ix_deliveries_subscriber_id", "deliveries", ["subscriber_id"])
    op.create_index(
        "ix_deliveries_waiting",
        "deliveries",
        ["edition_id", "id"],
        sqlite_where=_WAITING,
        postgresql_where=_WAITING,
    )
