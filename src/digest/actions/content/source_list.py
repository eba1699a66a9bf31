"""Change the list of sources in config/sources.yaml; a running service takes it up by itself."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from digest.actions.app import App
from digest.actions.content.prospects import Prospect
from digest.actions.home.config_files import Change, change
from digest.collect import Outline, read_opml
from digest.errors import DigestError, DocumentError, Refused, SettingsError
from digest.model import UNKNOWN_SOURCE, Source, SourceKind
from digest.settings import section_key, with_pause, with_sources, without_source
from digest.settings.document import read_document

SOURCES_FILE = "sources.yaml"  #: below config/
_MAX_KEY = 63
_NAMED = 5  #: of the sources that are added at once, on record


@dataclass(frozen=True, kw_only=True)
class Imported:
    """What became of a list of subscriptions."""

    added: tuple[str, ...]  #: names, in the list's order
    known: tuple[str, ...]  #: addresses that a source has already
    refused: tuple[tuple[str, str], ...]  #: address and reason


def source_entry(prospect: Prospect, name: str) -> dict[str, object]:
    """Write a prospect as an entry of the file."""
    entry = {
        "name": name,
        "title": prospect.title[:120],
        "homepage": prospect.found.homepage,
        "url": prospect.found.url,
        "kind": prospect.found.kind.value,
        "key_file": prospect.key_file,
    }
    return {key: value for key, value in entry.items() if value}


def free_name(title: str, url: str, taken: Iterable[str]) -> str:
    """Make a name for a source that no other has, from its title, else from the host of its address."""
    plain = unicodedata.normalize("NFKD", title.replace("ß", "ss")).encode("ascii", "ignore").decode("ascii")
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    stem = section_key(plain if any(map(str.isalnum, plain)) else host)[:_MAX_KEY].strip("-")
    used = {UNKNOWN_SOURCE, *taken}
    names = (stem if number < 2 else f"{stem[: _MAX_KEY - 6]}-{number}" for number in range(1, len(used) + 2))
    return next(name for name in names if name not in used)


def add_sources(app: App, entries: Sequence[dict[str, object]], *, by: str) -> None:
    """Add entries to the file of a home, all or none; comments stay.

    Raises:
        SettingsError: The file has faults, or would have.
        Refused: It cannot be changed without changing other entries.
    """
    names = ", ".join(str(entry["name"]) for entry in entries[:_NAMED])
    more = f" and {len(entries) - _NAMED} more" if len(entries) > _NAMED else ""
    _change(app, lambda text, file: with_sources(text, entries, file), by, "source added", f"{names}{more}")


def remove_source(app: App, name: str, *, by: str) -> None:
    """Take a source out of the file of a home. Its articles stay.

    Raises:
        NotFound: The file lists no such source.
        SettingsError: The file has faults.
        Refused: It cannot be changed without changing other entries.
    """
    _change(app, lambda text, file: without_source(text, name, file), by, "source removed", name)


def pause_source(app: App, name: str, *, by: str, paused: bool = True) -> None:
    """Let nobody go to a source for now, or go there again.

    Raises:
        NotFound: The file lists no such source.
        SettingsError: The file has faults.
        Refused: It has no address, or the file cannot be changed without changing other entries.
    """
    event = "source paused" if paused else "source resumed"
    _change(app, lambda text, file: with_pause(text, name, file, paused=paused), by, event, name)


def read_outlines(app: App, data: bytes, name: str) -> tuple[Outline, ...]:
    """Read a list of subscriptions in a worker.

    Raises:
        DocumentError: It is none, or too large.
        WorkerLost: It needs more than a document may.
    """
    if len(data) > app.system.limits.document_bytes:
        raise DocumentError("larger than limits.document_bytes allows", where=name)
    try:
        return app.workers.run(read_opml, data)
    except DigestError as error:
        error.where = name
        raise


def import_outlines(app: App, outlines: Iterable[Outline], *, by: str) -> Imported:
    """Add what a list of subscriptions names and no source has yet; nobody goes there.

    Raises:
        SettingsError: The file has faults, or would have.
        Refused: It cannot be changed without changing other entries.
    """
    names = {source.key for source in app.sources}
    addresses = {source.url for source in app.sources}
    entries: list[dict[str, object]] = []
    known: list[str] = []
    refused: list[tuple[str, str]] = []
    for one in outlines:
        if one.fault is not None:
            refused.append((one.url, one.fault))
        elif one.url in addresses:
            known.append(one.url)
        elif one.kind is SourceKind.GHOST:
            refused.append(
                (one.url, "Ghost's Content API needs a key: `digest sources add SITE --key-file FILE`")
            )
        else:
            name = free_name(one.title, one.url, names)
            names.add(name)
            entries.append(_entry(one, name))
    if entries:
        add_sources(app, entries, by=by)
    return Imported(
        added=tuple(str(entry["name"]) for entry in entries), known=tuple(known), refused=tuple(refused)
    )


def refuse_known(sources: Iterable[Source], url: str) -> None:
    """Refuse an address that a source has already.

    Raises:
        Refused: One has.
    """
    for source in sources:
        if source.url == url:
            raise Refused(f"the source '{source.key}' has this address already", where=url)


def _entry(one: Outline, name: str) -> dict[str, object]:
    entry = {
        "name": name,
        "title": one.title,
        "homepage": one.homepage,
        "section": one.section,
        "tags": list(one.tags),
        "url": one.url,
        "kind": one.kind.value,
    }
    return {key: value for key, value in entry.items() if value}


def _change(app: App, make: Callable[[str, str], str], by: str, event: str, note: str) -> None:
    path = app.home.config / SOURCES_FILE

    def made(text: str) -> str:
        faults = read_document(path, list_key="sources").faults if path.exists() else ()
        if faults:
            raise SettingsError(faults)
        return make(text, str(path))

    change(app, SOURCES_FILE, made, Change(by=by, event=event, note=note))
