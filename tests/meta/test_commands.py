"""Every command is documented, shows an example, and speaks JSON."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.main import get_command

from digest.cli.tree import PARTS, branch, tree

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "cli.md"


def _commands() -> list[tuple[str, object]]:
    found: list[tuple[str, object]] = []

    def walk(command: object, path: str) -> None:
        children = getattr(command, "commands", None)
        if children is None:
            found.append((path, command))
            return
        for name, child in children.items():
            walk(child, f"{path} {name}")

    walk(get_command(tree()), "digest")
    return found


COMMANDS = _commands()


@pytest.mark.parametrize(("path", "command"), COMMANDS, ids=[path for path, _ in COMMANDS])
def test_every_command_is_on_the_page_and_shows_an_example(path: str, command: object) -> None:
    """Help without an example is a riddle; a page without the command is a lie."""
    page = PAGE.read_text("utf-8")
    epilog = getattr(command, "epilog", "") or ""
    options = [name for parameter in getattr(command, "params", []) for name in parameter.opts]

    assert re.search(rf"`{path}\b", page), f"{path} is not in docs/reference/cli.md"
    assert epilog.startswith(f"Example: {path}")
    assert "--json" in options
    assert getattr(command, "help", "")


def test_the_page_names_no_command_that_is_not_there() -> None:
    """What was removed must leave the page too."""
    known = {path for path, _ in COMMANDS}
    named = re.findall(r"^\| `(digest [a-z]+(?: [a-z][a-z-]*)?)", PAGE.read_text("utf-8"), flags=re.MULTILINE)
    groups = {path.rsplit(" ", 1)[0] for path in known if path.count(" ") == 2}

    assert {name for name in named if name in groups} == set()
    assert {name for name in named if name not in known} == set()


@pytest.mark.parametrize("part", PARTS)
def test_a_part_knows_the_first_words_that_it_is_loaded_for(part: str) -> None:
    """A word that the table lacks costs the time of all parts; one too many would hide a command."""
    loaded = branch(part)
    words = [
        command.name or getattr(command.callback, "__name__", "") for command in loaded.registered_commands
    ]
    words += [str(group.name) for group in loaded.registered_groups]

    assert sorted(words) == sorted(PARTS[part]) or (words, PARTS[part]) == ([], ("sources",))


@pytest.mark.parametrize("word", sorted({word for words in PARTS.values() for word in words}))
def test_a_command_is_the_same_whether_all_are_loaded_or_its_part(word: str) -> None:
    """Or its help would depend on how it was asked for."""
    alone, among = (get_command(made).commands[word] for made in (tree(word), tree()))

    assert list(getattr(alone, "commands", ())) == list(getattr(among, "commands", ()))
    assert [one.name for one in alone.params] == [one.name for one in among.params]
