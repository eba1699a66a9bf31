"""Documents from a file or a folder of files."""

from __future__ import annotations

import stat
from collections.abc import Collection, Iterator
from pathlib import Path

from digest.collect.document import Document, Unreadable
from digest.collect.formats import guess_format
from digest.settings.system import LimitSettings

__all__ = ["read_documents"]

_OTHERS = {".jpg", ".jpeg", ".png", ".webp", ".gif", ".svg", ".css", ".js", ".csv", ".yaml", ".yml"}
#: beside documents in a folder, and none themselves


def read_documents(
    path: Path, limits: LimitSettings, leave_out: Collection[str] = ()
) -> Iterator[Document | Unreadable]:
    """Read a file, or every document below a folder, in the order of their paths.

    Hidden files, README.md and the images and tables that lie beside documents are passed over
    in folders. What cannot be read, is too large, or is a link that leads out of the folder comes
    out as `Unreadable`, and so do folders below that cannot be looked into.

    Args:
        path: A file or a folder.
        limits: How large a document may be.
        leave_out: Files of the folder that are not read, by their names from there.

    Raises:
        OSError: The folder itself cannot be looked into.
    """
    if not path.is_dir():
        yield _read(path, path.name, path.parent, limits.document_bytes)
        return
    root = path.resolve()
    for file in _walk(root, root):
        if isinstance(file, Unreadable):
            yield file
            continue
        name = file.relative_to(root).as_posix()
        if name in leave_out:
            continue
        if _leads_out(file, root):
            yield Unreadable(name=name, reason="a link that leads out of the folder")
        else:
            yield _read(file, name, root, limits.document_bytes)


def _walk(folder: Path, root: Path) -> Iterator[Path | Unreadable]:
    """Find the files below a folder without following links to folders; those that lead out are told."""
    try:
        entries = [(entry, entry.is_dir()) for entry in sorted(folder.iterdir())]
    except OSError as error:
        if folder == root:
            raise
        name = folder.relative_to(root).as_posix()
        yield Unreadable(name=name, reason=f"a folder that cannot be read: {error.strerror or error}")
        return
    for entry, is_folder in entries:
        if entry.name.startswith(".") or entry.name.lower() == "readme.md":
            continue
        if is_folder and not entry.is_symlink():
            yield from _walk(entry, root)
        elif _leads_out(entry, root) if is_folder else entry.suffix.lower() not in _OTHERS:
            yield entry


def _leads_out(file: Path, root: Path) -> bool:
    try:
        return not file.resolve().is_relative_to(root)
    except (OSError, RuntimeError):  # links in a circle lead nowhere; reading says so
        return False


def _read(file: Path, name: str, base: Path, max_bytes: int) -> Document | Unreadable:
    try:
        status = file.stat()
        if not stat.S_ISREG(status.st_mode):
            return Unreadable(name=name, reason="not a regular file")
        with file.open("rb") as stream:
            data = stream.read(max_bytes + 1)
    except OSError as error:
        return Unreadable(name=name, reason=f"cannot be read: {error.strerror or error}")
    if len(data) > max_bytes:
        return Unreadable(name=name, reason=f"larger than the {max_bytes:,} bytes allowed")
    return Document(name=name, format=guess_format(name, data), data=data, base=base)
