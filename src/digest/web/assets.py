"""The files that pages need: read once, served from memory under a name that changes with them."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent / "static"
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".txt": "text/plain; charset=utf-8",
    ".png": "image/png",
}
_PACKED = {".css", ".js", ".svg", ".txt"}  #: what is worth packing; fonts are packed already


@dataclass(frozen=True, kw_only=True)
class Asset:
    """One file."""

    body: bytes
    packed: bytes | None  #: with gzip; None when that gains nothing
    type: str


@dataclass(frozen=True, kw_only=True)
class Assets:
    """All files of the folder, by their path below it."""

    version: str  #: 12 hexadecimal digits over all names and contents
    files: dict[str, Asset]

    def address(self, name: str) -> str:
        """Return the path of a file's page.

        Raises:
            KeyError: There is no such file; a template names one that is not there.
        """
        if name not in self.files:
            raise KeyError(f"no file src/digest/web/static/{name}")
        return f"/static/{self.version}/{name}"


@cache
def assets() -> Assets:
    """Read the files, once in a process."""
    found = sorted(path for path in _FOLDER.rglob("*") if path.suffix in _TYPES)
    bodies = {path.relative_to(_FOLDER).as_posix(): path.read_bytes() for path in found}
    whole = hashlib.sha256()
    for name, body in bodies.items():
        whole.update(f"{name}\0{len(body)}\0".encode() + body)
    files = {name: _asset(name, body) for name, body in bodies.items()}
    return Assets(version=whole.hexdigest()[:12], files=files)


def _asset(name: str, body: bytes) -> Asset:
    ending = Path(name).suffix
    packed = gzip.compress(body, 9, mtime=0) if ending in _PACKED else None
    return Asset(body=body, packed=packed, type=_TYPES[ending])
