"""Read the whole configuration of a home, or say everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from digest.errors import Fault, SettingsError
from digest.model import Source
from digest.settings.calendars import read_calendars
from digest.settings.digests import DigestSettings
from digest.settings.document import MAX_BYTES, Document, parse_document, read_document
from digest.settings.environment import overlay
from digest.settings.faults import Origin, translate, unknown_key
from digest.settings.fields import KEY_SHAPE, Settings
from digest.settings.relay_files import check_key_files, read_relay_files, refuse_passwords
from digest.settings.sources import SourcesFile
from digest.settings.system import SystemSettings

_Group = TypeVar("_Group", bound=Settings)


@dataclass(frozen=True, kw_only=True, slots=True)
class LoadedSettings:
    """The configuration of a home, checked."""

    system: SystemSettings
    digests: Mapping[str, DigestSettings]  #: by key, in the order of keys; may be empty
    sources: tuple[Source, ...] = ()  #: as config/sources.yaml lists them, unique by key


def load_settings(home: Path, environ: Mapping[str, str]) -> LoadedSettings:
    """Read config/digest.yaml, config/sources.yaml, config/digests/*.yaml and the DIGEST_ variables.

    Does not look at the database, the templates or the network.

    Args:
        home: The operator's folder.
        environ: All variables of the process; those of other programs are ignored.

    Raises:
        SettingsError: With every fault of every file and variable, in file and line order.
    """
    faults: list[Fault] = []
    system = _load_system(home, environ, faults)
    sources = _load_sources(home / "config" / "sources.yaml", faults)
    digests = _load_digests(home / "config" / "digests", faults)
    if system is None or faults:
        raise SettingsError(sorted(faults, key=_place))
    return LoadedSettings(system=system, digests=digests, sources=sources)


def load_digest(path: Path, *, key: str, home: Path) -> DigestSettings:
    """Read a digest from any file, as if it were config/digests/KEY.yaml of a home.

    Args:
        path: The file, whatever its name.
        key: Of the digest.
        home: The operator's folder, whose holiday calendars it may name.

    Raises:
        SettingsError: With every fault of the file, in line order.
    """
    faults: list[Fault] = []
    digest = _read_digest(path, key, home / "config", faults)
    if digest is None or faults:
        raise SettingsError(sorted(faults, key=_place))
    return digest


def parse_digest(text: str, file: Path, *, key: str, home: Path) -> DigestSettings:
    """Read a digest from a text that is to stand in a file.

    Args:
        text: Of the whole file.
        file: Its name, for faults.
        key: Of the digest.
        home: The operator's folder, whose holiday calendars it may name.

    Raises:
        SettingsError: With every fault of the text, in line order.
    """
    faults: list[Fault] = []
    if len(text.encode("utf-8", "replace")) > MAX_BYTES:
        expected = f"a file of at most {MAX_BYTES} bytes"
        raise SettingsError([Fault(file=str(file), line=None, key="", expected=expected, found="more")])
    digest = _digest_of(parse_document(text, str(file)), key, home / "config", faults)
    if digest is None or faults:
        raise SettingsError(sorted(faults, key=_place))
    return digest


def database_url(system: SystemSettings, home: Path) -> str:
    """Return the database's address with a relative SQLite file placed in the home."""
    scheme, _, rest = system.database.partition(":///")
    file, question, query = rest.partition("?")
    if not scheme.startswith("sqlite") or file in {"", ":memory:"} or file.startswith(("/", "file:")):
        return system.database
    return f"{scheme}:///{(home / file).absolute()}{question}{query}"


def _load_system(home: Path, environ: Mapping[str, str], faults: list[Fault]) -> SystemSettings | None:
    document = read_document(home / "config" / "digest.yaml")
    data = document.data()
    faults += [*document.faults, *refuse_passwords(data, Origin(document=document))]
    variables, unknown = overlay(data, environ)
    faults += unknown
    if document.root is None:
        return None
    origin = Origin(document=document, variables=variables)
    faults += read_relay_files(home, data, origin)
    return _validated(SystemSettings, data, origin, faults)


def _load_sources(path: Path, faults: list[Fault]) -> tuple[Source, ...]:
    """Read the list of sources; a home without one is fine."""
    if not path.exists():
        return ()
    document = read_document(path, list_key="sources")
    faults += document.faults
    read = None
    if document.root is not None:
        origin, data = Origin(document=document), document.data()
        read = _validated(SourcesFile, data, origin, faults)
        faults += check_key_files(path.parents[1], data, origin)
    return () if read is None else tuple(source.as_source() for source in read.sources)


def _load_digests(folder: Path, faults: list[Fault]) -> dict[str, DigestSettings]:
    digests = {}
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.name.startswith(".") or path.suffix.lower() not in {".yaml", ".yml"}:
            continue
        digest = _load_digest(path, faults)
        if digest is not None:
            digests[digest.key] = digest
    return digests


def _load_digest(path: Path, faults: list[Fault]) -> DigestSettings | None:
    if path.suffix != ".yaml" or not KEY_SHAPE.fits(path.stem):
        expected = f"a file name of {KEY_SHAPE.expected}, then .yaml"
        faults.append(Fault(file=str(path), line=None, key="", expected=expected, found=f"'{path.name}'"))
        return None
    return _read_digest(path, path.stem, path.parents[1], faults)


def _read_digest(path: Path, key: str, config: Path, faults: list[Fault]) -> DigestSettings | None:
    return _digest_of(read_document(path), key, config, faults)


def _digest_of(document: Document, key: str, config: Path, faults: list[Fault]) -> DigestSettings | None:
    faults += document.faults
    if document.root is None:
        return None
    origin = Origin(document=document)
    data = document.data()
    for name in {"key", "holidays"} & set(data):
        faults.append(unknown_key(DigestSettings, (name,), origin))
    holidays, unread = read_calendars(config, data, origin)
    faults += unread
    return _validated(DigestSettings, {**data, "key": key, "holidays": holidays}, origin, faults)


def _validated(
    model: type[_Group], data: Mapping[str, Any], origin: Origin, faults: list[Fault]
) -> _Group | None:
    try:
        return model.model_validate(data)
    except ValidationError as error:
        faults += translate(model, error, origin)
        return None


def _place(fault: Fault) -> tuple[bool, str, int, str]:
    return fault.file == "environment", fault.file, fault.line or 0, fault.key
