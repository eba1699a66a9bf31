"""What a site's robots.txt lets a program fetch.

Source: RFC 9309. The standard library's parser takes the first rule that fits instead of the longest
one, and knows neither `*` nor `$` in paths.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from urllib.parse import urlsplit

MAX_BYTES = 512_000  #: that are read; RFC 9309, 2.5, asks for 500 KiB at least
_MAX_LINES = 20_000
_MAX_RULES = 5_000  #: of the groups that are about us
_MAX_PATTERN = 2_000  #: characters
_MAX_STARS = 20
_TOKEN = re.compile(r"[a-z_-]+", re.IGNORECASE)
_ESCAPE = re.compile(r"%([0-9a-fA-F]{2})")
_UNRESERVED = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~")


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """One line `Allow` or `Disallow`."""

    allows: bool
    pattern: str  #: as `_plain` writes it; not empty

    def fits(self, path: str) -> bool:
        """Tell whether a path, as `_plain` writes it, begins as the pattern says; linear in its length."""
        pattern, ends = self.pattern, self.pattern.endswith("$")
        first, *rest = pattern.removesuffix("$").split("*")
        if not path.startswith(first):
            return False
        at = len(first)
        for part in rest[:-1] if ends else rest:
            found = path.find(part, at)
            if found < 0:
                return False
            at = found + len(part)
        if not ends:
            return True
        return path.endswith(rest[-1]) and len(path) - len(rest[-1]) >= at if rest else at == len(path)


@dataclass(frozen=True, kw_only=True, slots=True)
class Robots:
    """The rules of one site for one program."""

    rules: tuple[Rule, ...] = ()  #: in the order of the file; empty allows all
    delay: timedelta | None = None  #: between two requests (Crawl-delay, which RFC 9309 does not know)
    is_read: bool = True  #: False: they cannot be read now, and nothing is allowed until they can

    def allows(self, url: str) -> bool:
        """Tell whether an address of the site may be fetched: the longest rule decides, then `Allow`."""
        parts = urlsplit(url)
        path = _plain((parts.path or "/") + (f"?{parts.query}" if parts.query else ""))
        if path == "/robots.txt":
            return True
        fitting = [(len(rule.pattern), rule.allows) for rule in self.rules if rule.fits(path)]
        return max(fitting)[1] if fitting else True


ALL = Robots()  #: of a site that has no rules
NOTHING = Robots(rules=(Rule(allows=False, pattern="/"),))  #: of a site that the door stays shut to
UNREAD = Robots(rules=NOTHING.rules, is_read=False)  #: of a site whose rules cannot be read now


def read_robots(data: bytes, agent: str) -> Robots:
    """Read the rules that are about a program: those that name it, else those for all.

    Args:
        data: The file; what is beyond `MAX_BYTES` counts for nothing.
        agent: The header User-Agent; what stands before its first sign that is no letter, '_' or '-' is
            the name that the rules know.
    """
    name = _TOKEN.match(agent)
    ours = name[0].lower() if name else ""
    named: list[tuple[str, str]] = []
    others: list[tuple[str, str]] = []
    is_named = False
    for agents, lines in _groups(data[:MAX_BYTES].decode("utf-8", "replace").removeprefix("\ufeff")):
        if ours in agents:
            is_named = True
            named += lines
        elif "*" in agents:
            others += lines
    return _robots((named if is_named else others)[:_MAX_RULES])


def _groups(text: str) -> Iterator[tuple[set[str], list[tuple[str, str]]]]:
    """Part a file into groups: the agents that begin each, in lower case, and its lines."""
    agents: set[str] = set()
    lines: list[tuple[str, str]] = []
    for key, value in _lines(text):
        if key == "user-agent":
            if lines:
                yield agents, lines
                agents, lines = set(), []
            match = _TOKEN.match(value)
            agents.add("*" if value.startswith("*") else match[0].lower() if match else value)
        elif agents and key in {"allow", "disallow", "crawl-delay"}:
            lines.append((key, value))
    yield agents, lines


def _lines(text: str) -> Iterator[tuple[str, str]]:
    for line in islice(re.split(r"[\r\n]+", text), _MAX_LINES):
        key, colon, value = line.partition("#")[0].partition(":")
        if colon:
            yield key.strip().lower(), value.strip()


def _robots(lines: list[tuple[str, str]]) -> Robots:
    rules: list[Rule] = []
    delay: timedelta | None = None
    for key, value in lines:
        if key == "crawl-delay":
            if re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,3})?", value):
                delay = timedelta(seconds=float(value))
            continue
        pattern = re.sub(r"\*+", "*", value)
        if pattern and len(pattern) <= _MAX_PATTERN and pattern.count("*") <= _MAX_STARS:
            rules.append(Rule(allows=key == "allow", pattern=_plain(pattern)))
    return Robots(rules=tuple(rules), delay=delay)


def _plain(path: str) -> str:
    """Write a path or pattern in one way: letters beyond ASCII escaped, what needs no escape without one."""

    def decoded(match: re.Match[str]) -> str:
        sign = chr(int(match[1], 16))
        return sign if sign in _UNRESERVED else match[0].upper()

    escaped = "".join(
        sign if sign.isascii() else "".join(f"%{byte:02X}" for byte in sign.encode("utf-8", "replace"))
        for sign in path
    )
    return _ESCAPE.sub(decoded, escaped)
