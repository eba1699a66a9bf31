"""Structured logs on standard error: a constant event with keys, and never a secret.

Ask for a logger with `get_logger()` and write `log.info("edition_built", edition=7)`. What makes lines of it
is in `digest.log.lines` and loaded with the first: structlog takes 40 ms, and most commands write none.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Mapping
from types import ModuleType

_MAX_SAID = 1_000  #: characters of what a library says


class Logger:
    """Writes constant events with keys. All loggers of a process are alike, and safe for threads."""

    def info(self, event: str, **fields: object) -> None:
        """Tell what has been done."""
        _write(logging.INFO, event, fields)

    def warning(self, event: str, **fields: object) -> None:
        """Tell what somebody should look at."""
        _write(logging.WARNING, event, fields)

    def error(self, event: str, **fields: object) -> None:
        """Tell what went wrong."""
        _write(logging.ERROR, event, fields)

    def exception(self, event: str, **fields: object) -> None:
        """Tell what went wrong, with the trace of the exception in hand."""
        _write(logging.ERROR, event, {"exc_info": True, **fields})


def get_logger() -> Logger:
    """Return what writes lines."""
    return _LOGGER


def configure(level: str, json: bool) -> None:
    """Set up logging for the whole process.

    Args:
        level: The lowest level to write: 'debug', 'info', 'warning' or 'error'.
        json: True for services: one JSON object a line. False for commands at a
            terminal: short lines, and nothing below 'warning' unless level is 'debug'.

    Raises:
        ValueError: The level is none of those.
    """
    threshold = logging.getLevelNamesMapping().get(level.upper())
    if threshold is None or level not in {"debug", "info", "warning", "error"}:
        raise ValueError(f"debug, info, warning or error, not {level!r}")
    if not json and level != "debug":
        threshold = max(threshold, logging.WARNING)
    _Chosen.quiet_below = None
    if json:
        _load().set_up(threshold, json=True)
    else:
        _Chosen.quiet_below = threshold
    logging.lastResort = _Libraries(logging.WARNING)


class _Libraries(logging.Handler):
    """Writes what libraries log as lines of ours: what reads the log expects no others, and no secrets."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            said = record.getMessage()[:_MAX_SAID]
        except (
            TypeError,
            ValueError,
        ):  # words and values that do not fit are no fault of who called the library
            said = str(record.msg)[:_MAX_SAID]
        error = record.exc_info[1] if record.exc_info else None
        # Libraries may have levels of their own between those that have names.
        level = min(max(record.levelno // 10 * 10, logging.DEBUG), logging.CRITICAL)
        _write(level, "library_said", {"library": record.name, "said": said, "exc_info": error})


class _Chosen:
    """What a command wants of its lines, until the first is written."""

    quiet_below: int | None = logging.WARNING  #: a level; None when there is nothing to be set up any more


def _write(level: int, event: str, fields: Mapping[str, object]) -> None:
    threshold = _Chosen.quiet_below
    if threshold is not None:
        if level < threshold:
            return
        try:
            _load().set_up(threshold, json=False)
        except (ImportError, OSError):  # no file can be opened any more, as it may be what is to be told
            sys.stderr.write(f"level={logging.getLevelName(level).lower()} event={event}\n")
            return
        _Chosen.quiet_below = None  # not before: another thread may write meanwhile
    _load().write(level, event, fields)


def _load() -> ModuleType:
    from digest.log import lines  # noqa: PLC0415 - see above

    return lines


_LOGGER = Logger()
