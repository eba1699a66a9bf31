"""What outlives the home that asked for it, so that a process of tests pays for it once."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from types import CodeType
from typing import ClassVar, ParamSpec, TypeVar

import jinja2
from jinja2.bccache import Bucket

from digest.workers import Limits, Workers

P = ParamSpec("P")
T = TypeVar("T")


class LentWorkers(Workers):
    """The workers of this process, lent to one home until it closes them. They end with the process.

    Args:
        lender: Whose they are.
    """

    lent: ClassVar[set[LentWorkers]] = set()  #: those that nobody has closed so far

    def __init__(self, lender: Workers) -> None:
        super().__init__()
        self._lender = lender
        self.lent.add(self)

    def run(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Call a function in a worker, as long as they are lent: closed ones would start anew, for ever."""
        assert self in self.lent, "workers are used by a home that has closed them"
        return self._lender.run(function, *args, **kwargs)

    def close(self) -> None:
        """Give them back."""
        self.lent.discard(self)


_lasting = cache(Workers)


def lend_workers(
    *, preload: tuple[str, ...] = (), limits: Limits | None = None, most: int = 2
) -> LentWorkers:
    """Lend the workers of this process for such calls."""
    return LentWorkers(_lasting(preload=preload, limits=limits, most=most))


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
