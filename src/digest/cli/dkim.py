"""Commands on the keys that sign mail."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from digest.cli.options import HomeOption, JsonOption, home_path
from digest.cli.output import print_json, say


def register(app: typer.Typer) -> None:
    """Add the commands to the tree."""
    group = typer.Typer(help="The keys that sign mail (DKIM): new.", no_args_is_help=True)
    group.command("new", epilog="Example: digest dkim new news.example.org --selector s1")(new)
    app.add_typer(group, name="dkim")


def new(
    domain: Annotated[
        str, typer.Argument(metavar="DOMAIN", help="The senders' domain, or one that theirs lie below.")
    ],
    selector: Annotated[str, typer.Option("--selector", help="The key's name in the DNS, such as s1.")],
    kind: Annotated[
        Literal["rsa", "ed25519"],
        typer.Option("--type", help="rsa is known everywhere; ed25519 is quicker, for a second signature."),
    ] = "rsa",
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Make a key to sign mail with; print its configuration and the DNS record to publish."""
    from digest.actions.home.dkim import make_dkim_key
    from digest.paths import Home

    root = home_path(home)
    made = make_dkim_key(Home(root=root), domain, selector, kind)
    entry = {"domain": made.domain, "selector": made.selector, "key_file": made.key_file}
    if json:
        record = {"name": made.record_name, "type": "TXT", "text": made.record_text}
        print_json({"dkim": entry, "record": {**record, "strings": made.record_strings}})
        return
    say(f"written: {root / made.key_file}", "bold")
    say("1. Publish this record in the DNS:")
    strings = " ".join(f'"{string}"' for string in made.record_strings)
    say(f"{made.record_name}. IN TXT ( {strings} )")
    say("2. When it can be looked up, add to config/digest.yaml, under delivery.dkim, then `digest check`:")
    say(f"  - {{{', '.join(f'{key}: {value}' for key, value in entry.items())}}}")
