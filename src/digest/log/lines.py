"""Lines of the log: for people and for programs, and without what is secret."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from digest.log.scrubbing import REDACTED, scrubbed

_SECRET = re.compile(r"(?:^|_)(?:password|token|secret|address|email)s?(?:_|$)", re.IGNORECASE)
_MAX_DEPTH = 6


def set_up(threshold: int, *, json: bool) -> None:
    """Set structlog up for the whole process; see `digest.log.configure`."""
    structlog.configure(
        processors=[*_SHARED, *(_FOR_PROGRAMS if json else _FOR_PEOPLE)],
        wrapper_class=structlog.make_filtering_bound_logger(threshold),
        logger_factory=_stderr_logger,
        cache_logger_on_first_use=False,
    )


def write(level: int, event: str, fields: Mapping[str, object]) -> None:
    """Write a line, unless its level is below what was chosen."""
    structlog.get_logger().log(level, event, **fields)


def redact(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Replace the values of keys that name a secret or an address, at any depth.

    A key counts by its words: 'relay_password', 'EMAIL', 'tokens'; not 'emailed'.
    """
    return {key: _clean(key, value, _MAX_DEPTH) for key, value in event.items()}


def scrub(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Take what looks like an address or a token out of the text of values, of tracebacks too."""
    return {key: _scrubbed(value) for key, value in event.items()}


def _scrubbed(value: object) -> object:
    if not isinstance(value, str | list | tuple | Mapping | BaseException):
        return value
    text = str(value)
    told = scrubbed(text)
    return value if told == text else told


def _clean(key: object, value: object, depth: int) -> object:
    if isinstance(key, str) and _SECRET.search(key):
        return REDACTED
    if depth == 0:
        return REDACTED if isinstance(value, Mapping | list | tuple) else value
    if isinstance(value, Mapping):
        return {inner: _clean(inner, item, depth - 1) for inner, item in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(None, item, depth - 1) for item in value]
    return value


def _stderr_logger(*_names: object) -> structlog.PrintLogger:
    # Looked up at each use: tests and service managers replace sys.stderr.
    return structlog.PrintLogger(sys.stderr)


_SHARED: tuple[Processor, ...] = (
    structlog.contextvars.merge_contextvars,
    structlog.processors.add_log_level,
    redact,
)
_FOR_PROGRAMS: tuple[Processor, ...] = (
    structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
    structlog.processors.format_exc_info,
    scrub,
    structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
)
_FOR_PEOPLE: tuple[Processor, ...] = (
    structlog.processors.format_exc_info,
    scrub,
    structlog.processors.LogfmtRenderer(key_order=["level", "event"], bool_as_flag=False),
)
