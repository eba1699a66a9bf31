"""The table of what files of the configuration said before."""

from __future__ import annotations

from sqlalchemy import Column, Index, Table, Text

from digest.store.tables import Id, metadata
from digest.store.time_type import Moment

config_versions = Table(
    "config_versions",
    metadata,
    Column("id", Id, primary_key=True),
    Column("file", Text, nullable=False),  # below config/, such as digests/daily.yaml
    Column("hash", Text, nullable=False),  # SHA-256 of the text, in hexadecimal digits
    Column("text", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("by", Text),  # null: somebody wrote into the file itself
    Column("note", Text),
)
Index("ix_config_versions_file", config_versions.c.file, config_versions.c.id)
