"""Commands on sources: what is listed in config/sources.yaml, and finding more."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli.options import NO_VALUE, HomeOption, JsonOption, home_path, whoami
from digest.cli.output import print_grid, print_json, print_table, say
from digest.errors import NotFound

if TYPE_CHECKING:
    from digest.actions.content.prospects import Prospect

NameArgument = Annotated[
    str, typer.Argument(metavar="NAME", help="The source's name in config/sources.yaml.")
]
YesOption = Annotated[bool, typer.Option("--yes", "-y", metavar=NO_VALUE, help="Do not ask.")]

group = typer.Typer(help="Sources: find, add, remove, import, export.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands to the tree."""
    group.command("add", epilog="Example: digest sources add https://wire.example.org/")(add)
    group.command("remove", epilog="Example: digest sources remove harbour-wire")(remove)
    group.command("set", epilog='Example: digest sources set harbour-wire tags "Harbour, Trade"')(set_value)
    group.command("pause", epilog="Example: digest sources pause harbour-wire")(pause)
    group.command("resume", epilog="Example: digest sources resume harbour-wire")(resume)
    group.command("import", epilog="Example: digest sources import subscriptions.opml")(import_file)
    group.command("export", epilog="Example: digest sources export > sources.opml")(export)
    app.add_typer(group, name="sources")


def add(
    url: Annotated[
        str, typer.Argument(metavar="URL", help="A feed, a sitemap, an API, or any page of the site.")
    ],
    name: Annotated[
        str | None, typer.Option("--name", help="Its name in files and commands; made of its title.")
    ] = None,
    key_file: Annotated[
        Path | None,
        typer.Option("--key-file", metavar="FILE", help="Of a Ghost site: holds the key of its Content API."),
    ] = None,
    yes: YesOption = False,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Find the source at an address, show what it holds, and list it once that is wanted.

    With --json nothing is asked: it is listed with --yes only.
    """
    from digest.actions.content.finding import find_ghost, find_source
    from digest.actions.content.source_list import add_sources, free_name, refuse_known, source_entry
    from digest.bootstrap import open_app

    with open_app(home_path(home)) as opened:
        prospect = find_ghost(opened, url, key_file) if key_file else find_source(opened, url)
        refuse_known(opened.sources, prospect.found.url)
        chosen = name or free_name(
            prospect.title, prospect.found.url, (source.key for source in opened.sources)
        )
        if not json:
            _show(prospect)
        if yes or (not json and typer.confirm(f"List it as '{chosen}'?")):
            add_sources(opened, [source_entry(prospect, chosen)], by=whoami())
            yes = True
    if json:
        print_json({"name": chosen, **_fields(prospect), "added": yes})
    else:
        say(f"'{chosen}' is listed in config/sources.yaml" if yes else "nothing was changed", "dim")


def remove(name: NameArgument, home: HomeOption = None, json: JsonOption = False) -> None:
    """Take a source off the list; its articles stay."""
    from digest.actions.content.source_list import remove_source
    from digest.bootstrap import open_app

    with open_app(home_path(home)) as opened:
        remove_source(opened, name, by=whoami())
    if json:
        print_json({"removed": name})
    else:
        say(f"'{name}' is no longer listed; its articles stay")


def set_value(
    name: NameArgument,
    key: Annotated[str, typer.Argument(metavar="KEY", help="Such as title, tags, section, every, weight.")],
    value: Annotated[
        str, typer.Argument(metavar="VALUE", help="Tags with commas between; '' lets the default hold.")
    ],
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Change what config/sources.yaml says of a source; comments and all else stay, the old text is kept."""
    from digest.actions.content.source_edits import read_entry, save_entry
    from digest.bootstrap import open_app

    with open_app(home_path(home)) as opened:
        base = read_entry(opened, name).hash
        changed = save_entry(opened, name, {key: value}, base=base, by=whoami(), note=f"{key}: {value}")
    if json:
        print_json({"name": name, "changed": changed})
    else:
        said = "says it now; a running service takes it up by itself" if changed else "says that already"
        say(f"config/sources.yaml {said}")


def pause(name: NameArgument, home: HomeOption = None, json: JsonOption = False) -> None:
    """Let nobody go to a source until it is resumed."""
    _pause(name, home, json, paused=True)


def resume(name: NameArgument, home: HomeOption = None, json: JsonOption = False) -> None:
    """Go to a paused source again."""
    _pause(name, home, json, paused=False)


def import_file(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="An OPML file, or - for standard input.")],
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """List the feeds of an OPML file that no source has yet; folders become sections. Nobody goes there."""
    from digest.actions.content.source_list import import_outlines, read_outlines
    from digest.bootstrap import open_app

    with open_app(home_path(home)) as opened:
        data = sys.stdin.buffer.read() if str(file) == "-" else _bytes(file)
        done = import_outlines(opened, read_outlines(opened, data, str(file)), by=whoami())
    if json:
        print_json({"added": done.added, "known": done.known, "refused": dict(done.refused)})
        return
    say(f"{len(done.added)} listed in config/sources.yaml, {len(done.known)} known already", "bold")
    if done.refused:
        print_table(f"{len(done.refused)} could not be listed", ("Address", "Why"), done.refused)


def export(home: HomeOption = None, json: JsonOption = False) -> None:
    """Print the sources that have an address as OPML."""
    from digest.bootstrap import open_app
    from digest.collect import write_opml

    with open_app(home_path(home)) as opened:
        sources = opened.sources
    if json:
        listed = [source for source in sources if source.url]
        print_json(
            [{"name": one.key, "title": one.title, "url": one.url, "kind": one.kind} for one in listed]
        )
        return
    sys.stdout.write(write_opml(sources, "Sources").decode("utf-8"))


def _pause(name: str, home: Path | None, json: bool, *, paused: bool) -> None:
    from digest.actions.content.source_list import pause_source
    from digest.bootstrap import open_app

    with open_app(home_path(home)) as opened:
        pause_source(opened, name, by=whoami(), paused=paused)
    if json:
        print_json({"name": name, "paused": paused})
    else:
        say(f"'{name}' is paused" if paused else f"'{name}' is looked at again")


def _bytes(file: Path) -> bytes:
    if not file.is_file():
        raise NotFound("no such file", where=str(file))
    return file.read_bytes()


def _show(prospect: Prospect) -> None:
    from digest.settings import show_duration

    say(prospect.title, "bold")
    pages = {None: "-", True: "robots.txt allows them", False: "robots.txt forbids them"}
    facts = {
        "Kind": prospect.found.kind.value,
        "Address": prospect.found.url,
        "Articles": _count(prospect),
        "Newest": f"{prospect.newest:%Y-%m-%d %H:%M} UTC" if prospect.newest else "-",
        "Wants to be asked": f"not more often than every {show_duration(prospect.every)}"
        if prospect.every
        else "-",
        "Pages": pages[prospect.is_allowed],
        "Key": f"in {prospect.key_file}" if prospect.key_file else "",
    }
    print_grid([(name, value) for name, value in facts.items() if value], styles=("dim", ""))
    if prospect.headlines:
        print_table("", ("The first headlines",), [(title,) for title in prospect.headlines])
    if prospect.beside:
        rows = [(one.kind.value, one.url, one.title) for one in prospect.beside]
        print_table("Also named there", ("Kind", "Address", "Title"), rows)
    if any(one.kind.value == "ghost" for one in prospect.beside):
        say("its Ghost gives whole posts to whoever has a key: `--key-file FILE`", "dim")


def _count(prospect: Prospect) -> str:
    parts = [f"{prospect.whole} whole"]
    if prospect.thin:
        parts.append(f"{prospect.thin} to be completed from their pages")
    if prospect.others:
        parts.append(f"{prospect.others} that are no articles: {prospect.others_reason}")
    if prospect.listings:
        parts.append(f"{prospect.listings} further lists")
    return ", ".join(parts)


def _fields(prospect: Prospect) -> dict[str, object]:
    return {
        "kind": prospect.found.kind,
        "url": prospect.found.url,
        "title": prospect.title,
        "homepage": prospect.found.homepage,
        "whole": prospect.whole,
        "thin": prospect.thin,
        "others": prospect.others,
        "others_reason": prospect.others_reason,
        "listings": prospect.listings,
        "newest": prospect.newest,
        "every_seconds": None if prospect.every is None else int(prospect.every.total_seconds()),
        "pages_allowed": prospect.is_allowed,
        "headlines": prospect.headlines,
        "key_file": prospect.key_file,
        "beside": [{"kind": one.kind, "url": one.url, "title": one.title} for one in prospect.beside],
    }
