"""What outlives the home that asked for it, so that a process of tests pays for it once."""

from __future__ import annotations

from functools import cache
from types import CodeType

import jinja2
from jinja2.bccache import Bucket

from digest.workers import Limits, Workers


class LastingWorkers(Workers):
    """Workers that end with the process, as those of a service do, and serve one home after the other."""

    def close(self) -> None:
        """Leave them as they are."""


@cache
def lasting_workers(
    *, preload: tuple[str, ...] = (), limits: Limits | None = None, most: int = 2
) -> LastingWorkers:
    """Return the workers of this process for such calls."""
    return LastingWorkers(preload=preload, limits=limits, most=most)


class CompiledTemplates(jinja2.BytecodeCache):
    """The templates that this process has compiled, by file and content."""

    def __init__(self) -> None:
        self._codes: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill in what is known."""
        bucket.code = self._codes.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what is new."""
        assert bucket.code is not None
        self._codes[bucket.key, bucket.checksum] = bucket.code
