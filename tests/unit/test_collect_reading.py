"""Walking a folder of documents."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from digest.collect import Document, Format, Unreadable, read_documents
from digest.settings.system import LimitSettings

LIMITS = LimitSettings(document_bytes=1_000)


def names(path: Path) -> list[str]:
    return [f"{type(found).__name__} {found.name}" for found in read_documents(path, LIMITS)]


def test_a_folder_gives_its_documents_in_order_and_passes_over_the_rest(tmp_path: Path) -> None:
    """The order of ingesting decides numbers, so it must not hang on the file system."""
    for name in ("b.txt", "a/z.md", "a/b.html", ".hidden.txt", "README.md", "a/readme.md", "p.jpg", "t.csv"):
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text("text")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "x.txt").write_text("text")

    assert names(tmp_path) == ["Document a/b.html", "Document a/z.md", "Document b.txt"]


def test_a_single_file_is_read_whatever_its_name(tmp_path: Path) -> None:
    """Somebody who names README.md means it."""
    file = tmp_path / "README.md"
    file.write_text("# T\n\ntext")

    assert list(read_documents(file, LIMITS)) == [
        Document(name="README.md", format=Format.MARKDOWN, data=b"# T\n\ntext", base=tmp_path)
    ]


def test_links_that_lead_out_and_large_files_cost_themselves(tmp_path: Path) -> None:
    """A shared folder may hold a link to the server's secrets."""
    folder = tmp_path / "in"
    folder.mkdir()
    (tmp_path / "secret.txt").write_text("secret")
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "x.txt").write_text("secret")
    (folder / "a.txt").symlink_to(tmp_path / "secret.txt")
    (folder / "b").symlink_to(tmp_path / "more")
    (folder / "c.txt").write_text("x" * 1_001)
    (folder / "d.txt").write_text("x" * 1_000)
    (folder / "e.txt").symlink_to(folder / "d.txt")
    (folder / "f.txt").symlink_to(folder / "gone.txt")

    found = {
        one.name: one.reason if isinstance(one, Unreadable) else "" for one in read_documents(folder, LIMITS)
    }
    assert found == {
        "a.txt": "a link that leads out of the folder",
        "b": "a link that leads out of the folder",
        "c.txt": "larger than the 1,000 bytes allowed",
        "d.txt": "",
        "e.txt": "",
        "f.txt": "cannot be read: No such file or directory",
    }


def test_a_circle_of_links_costs_itself(tmp_path: Path) -> None:
    """Whoever made it is not who has to find it."""
    (tmp_path / "a.txt").symlink_to(tmp_path / "b.txt")
    (tmp_path / "b.txt").symlink_to(tmp_path / "a.txt")
    (tmp_path / "c.txt").write_text("x")

    assert names(tmp_path) == ["Unreadable a.txt", "Unreadable b.txt", "Document c.txt"]


def test_a_folder_below_that_cannot_be_looked_into_costs_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One with the rights of somebody else kept all the others waiting. The folder itself is for who asks."""
    for name in ("a.txt", "shut/b.txt", "c.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    whole = Path.iterdir

    def iterdir(folder: Path) -> Iterator[Path]:
        if folder.name == shut:
            raise PermissionError(errno.EACCES, "Permission denied")
        return whole(folder)

    monkeypatch.setattr(Path, "iterdir", iterdir)
    shut = "shut"
    found = list(read_documents(tmp_path, LIMITS))
    assert [one.name for one in found] == ["a.txt", "c.txt", "shut"]
    assert found[-1] == Unreadable(name="shut", reason="a folder that cannot be read: Permission denied")

    shut = tmp_path.name
    with pytest.raises(PermissionError):
        list(read_documents(tmp_path, LIMITS))


def test_a_missing_file_is_a_reason_not_an_error(tmp_path: Path) -> None:
    """The command that asked decides what to say."""
    assert list(read_documents(tmp_path / "gone.txt", LIMITS)) == [
        Unreadable(name="gone.txt", reason="cannot be read: No such file or directory")
    ]


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    """Reading a named pipe would wait for ever."""
    os.mkfifo(tmp_path / "a.txt")

    assert list(read_documents(tmp_path, LIMITS)) == [Unreadable(name="a.txt", reason="not a regular file")]
