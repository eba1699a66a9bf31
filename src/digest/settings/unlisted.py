"""Sources that a digest's tag rules name and config/sources.yaml does not list."""

from __future__ import annotations

from collections.abc import Sequence

from digest.errors import Fault
from digest.settings.digests import DigestSettings
from digest.settings.document import Document
from digest.settings.faults import Origin, nearest

_EXPECTED = "a source that config/sources.yaml lists"
_WAY_OUT = "list it there, by name and title alone when its articles come in otherwise"
_GUESSED = 20  #: of a file; a name is looked for among all listed ones


def unlisted_sources(digest: DigestSettings, listed: Sequence[str], document: Document) -> list[Fault]:
    """Return a fault for each source that a tag rule names and nobody lists: the rule never holds for it.

    Args:
        digest: Whose rules.
        listed: Names of sources.
        document: What the digest was read from.
    """
    known, origin = frozenset(listed), Origin(document=document)
    faults: list[Fault] = []
    for at, rule in enumerate(digest.tag_rules):
        for number, name in enumerate(rule.sources):
            if name not in known:
                meant = nearest(name, listed) if len(faults) < _GUESSED else None
                hint = f"{_WAY_OUT}; did you mean '{meant}'?" if meant else _WAY_OUT
                path = ("tag_rules", at, "sources", number)
                faults.append(origin.fault(path, _EXPECTED, f"'{name}'", hint))
    return faults
