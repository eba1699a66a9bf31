"""Commands on digests' files: look at them, judge them, change them, and bring old ones back."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli.options import DigestArgument, HomeOption, JsonOption, NoteOption, home_path, whoami
from digest.cli.output import print_json, print_table, say
from digest.errors import NotFound

if TYPE_CHECKING:
    from digest.actions.home.digest_files import FileFault

_FileOption = Annotated[
    Path | None,
    typer.Option("--file", metavar="FILE", help="This file, or - for standard input, instead of its own."),
]
_VersionArgument = Annotated[int, typer.Argument(metavar="VERSION", help="A number of the history.")]

group = typer.Typer(help="Digests' files: show, check, change, bring back.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands to the tree."""
    group.command("show", epilog="Example: digest digests show daily")(show)
    group.command("check", epilog="Example: digest digests check daily --file new.yaml")(check)
    group.command("save", epilog="Example: digest digests save daily new.yaml --note 'less sport'")(save)
    group.command("set", epilog="Example: digest digests set daily selection.at_most 12")(set_value)
    group.command("history", epilog="Example: digest digests history daily")(history)
    group.command("restore", epilog="Example: digest digests restore daily 7")(restore)
    app.add_typer(group, name="digests")


def show(
    digest: DigestArgument,
    version: Annotated[
        int | None, typer.Option("--version", metavar="NUMBER", help="What it said in this version.")
    ] = None,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Print a digest's file as it stands, or as it stood."""
    from digest.actions.home.digest_files import read_file, version_of
    from digest.bootstrap import open_app

    with open_app(home_path(home)) as opened:
        if version is None:
            found = read_file(opened, digest)
            fields = {"file": found.name, "hash": found.hash, "text": found.text}
        else:
            old = version_of(opened, digest, version)
            fields = {"file": f"config/{old.file}", "hash": old.hash, "text": old.text}
    if json:
        print_json(fields)
    else:
        sys.stdout.write(fields["text"])


def check(
    digest: DigestArgument, file: _FileOption = None, home: HomeOption = None, json: JsonOption = False
) -> None:
    """Judge a digest's file, or a text that is to become it; exit 1 when it has faults."""
    from digest.actions.home.digest_files import check_text, read_file
    from digest.bootstrap import open_app

    with open_app(home_path(home)) as opened:
        checked = check_text(opened, digest, read_file(opened, digest).text if file is None else _text(file))
    if json:
        print_json([_fields(one) for one in checked.faults])
    for one in () if json else checked.faults:
        say(_line(one), "red")
    if checked.faults:
        raise typer.Exit(1)
    if not json:
        say("no fault found", "bold")


def save(
    digest: DigestArgument,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The new text, or - for standard input.")],
    note: NoteOption = None,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Put a text in the place of a digest's file, or make a new digest of it; the old text is kept."""
    from digest.actions.home.digest_files import read_file, save
    from digest.bootstrap import open_app

    text = _text(file)
    with open_app(home_path(home)) as opened:
        try:
            base = read_file(opened, digest).hash
        except NotFound:
            base = ""
        changed = save(opened, digest, text, base=base, by=whoami(), note=note)
    _tell(digest, changed, json)


def set_value(
    digest: DigestArgument,
    key: Annotated[
        str, typer.Argument(metavar="KEY", help="Dotted, list positions from 0: sections.0.at_most.")
    ],
    value: Annotated[str, typer.Argument(metavar="VALUE", help="As it would stand in the file.")],
    note: NoteOption = None,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Change one value in a digest's file; comments and all else stay."""
    from digest.actions.home.digest_files import read_file, save
    from digest.actions.home.digest_files import set_value as with_value
    from digest.bootstrap import open_app

    with open_app(home_path(home)) as opened:
        found = read_file(opened, digest)
        text = with_value(found.text, key, value)
        changed = save(opened, digest, text, base=found.hash, by=whoami(), note=note or f"{key}: {value}")
    _tell(digest, changed, json)


def history(digest: DigestArgument, home: HomeOption = None, json: JsonOption = False) -> None:
    """List what a digest's file said before, the newest first; times are UTC."""
    from digest.actions.home.digest_files import read_file
    from digest.bootstrap import open_app

    with open_app(home_path(home)) as opened:
        found = read_file(opened, digest)
    if json:
        fields = ("id", "at", "by", "hash", "note")
        print_json([{name: getattr(one, name) for name in fields} for one in found.versions])
        return
    rows = [
        (one.id, f"{one.at:%Y-%m-%d %H:%M}", one.by or "in the file itself", one.hash[:8], one.note or "")
        for one in found.versions
    ]
    print_table("", ("Version", "At", "By", "Hash", "Note"), rows, figures=(0,))


def restore(
    digest: DigestArgument, version: _VersionArgument, home: HomeOption = None, json: JsonOption = False
) -> None:
    """Let a digest's file say again what it said; this is a new version, and none is lost."""
    from digest.actions.home.digest_files import read_file, restore
    from digest.bootstrap import open_app

    with open_app(home_path(home)) as opened:
        base = read_file(opened, digest).hash
        changed = restore(opened, digest, version, base=base, by=whoami())
    _tell(digest, changed, json)


def _tell(digest: str, changed: bool, json: bool) -> None:
    if json:
        print_json({"digest": digest, "changed": changed})
    else:
        said = "says it now; a running service takes it up by itself" if changed else "says that already"
        say(f"config/digests/{digest}.yaml {said}")


def _text(file: Path) -> str:
    if str(file) == "-":
        return sys.stdin.read()
    from digest.actions.home.config_files import text_of

    return text_of(file)


def _line(one: FileFault) -> str:
    place = f"{one.spot.line}:{one.spot.column}: " if one.spot else ""
    hint = f" ({one.fault.hint})" if one.fault.hint else ""
    way_out = f"; change it to {one.fix}" if one.fix is not None else hint
    return f"{place}{one.fault.key}: expected {one.fault.expected}, found {one.fault.found}{way_out}"


def _fields(one: FileFault) -> dict[str, object]:
    return {
        "line": one.spot.line if one.spot else None,
        "column": one.spot.column if one.spot else None,
        "key": one.fault.key,
        "expected": one.fault.expected,
        "found": one.fault.found,
        "hint": one.fault.hint,
        "fix": one.fix,
    }
