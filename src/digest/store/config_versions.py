"""What files of the configuration said, from the first change made through the program on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select

from digest.store.config_tables import config_versions
from digest.store.part import Line, Part, ids

_HEADS = tuple(column for column in config_versions.c if column.name != "text")


@dataclass(frozen=True, kw_only=True, slots=True)
class ConfigVersion:
    """What a file of the configuration said at some time."""

    file: str  #: below config/, such as digests/daily.yaml
    hash: str  #: SHA-256 of the text, in hexadecimal digits
    text: str  #: '' in lists
    at: datetime
    by: str | None  #: None: somebody wrote into the file itself
    note: str | None = None  #: in a person's words
    id: int = 0  #: 0 before it is stored


class ConfigVersions(Part):
    """The part of a transaction that keeps old versions of files."""

    def add(self, version: ConfigVersion) -> int:
        """Keep a version; return its number, which is higher than those of all before it."""
        values = {name: getattr(version, name) for name in ("file", "hash", "text", "at", "by", "note")}
        query = insert(config_versions).returning(config_versions.c.id).values(**values)
        return int(self.connection.execute(query).scalar_one())

    def list(self, file: str, *, limit: int) -> tuple[ConfigVersion, ...]:
        """Return a file's versions without their texts, the newest first.

        Args:
            file: Below config/.
            limit: At most so many.
        """
        query = select(*_HEADS).where(config_versions.c.file == file)
        rows = self.connection.execute(query.order_by(config_versions.c.id.desc()).limit(limit))
        return tuple(_version(row, text="") for row in rows)

    def get(self, file: str, number: int) -> ConfigVersion | None:
        """Find one version of a file, with its text."""
        query = select(config_versions).where(
            config_versions.c.file == file, config_versions.c.id.in_(ids([number]))
        )
        row = self.connection.execute(query).one_or_none()
        return None if row is None else _version(row, text=row.text)


def _version(row: Line, *, text: str) -> ConfigVersion:
    return ConfigVersion(
        id=row.id, file=row.file, hash=row.hash, text=text, at=row.at, by=row.by, note=row.note
    )
