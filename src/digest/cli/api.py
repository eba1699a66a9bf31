"""Commands for those who write programs against the API."""

from __future__ import annotations

import typer

from digest.cli.options import HomeOption, JsonOption, home_path
from digest.cli.output import print_json


def register(app: typer.Typer) -> None:
    """Add the commands to the tree."""
    group = typer.Typer(help="The API of the web application: its schema.", no_args_is_help=True)
    group.callback()(_group)
    group.command("openapi", epilog="Example: digest api openapi > openapi.json")(openapi)
    app.add_typer(group, name="api")


def _group() -> None:
    """Keep the command's own name, though it is the only one."""


def openapi(home: HomeOption = None, json: JsonOption = True) -> None:
    """Print the schema of the API (OpenAPI 3.1), as JSON; `digest tokens new` makes tokens for it."""
    from digest.bootstrap import open_app
    from digest.web import create_app
    from digest.web.api.schema import schema_of

    del json  # always JSON: programs read it
    with open_app(home_path(home)) as opened:
        print_json(schema_of(create_app(lambda: opened)))
