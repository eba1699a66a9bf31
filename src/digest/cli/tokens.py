"""Commands on the tokens by which programs do what somebody at the desk may do."""

from __future__ import annotations

from typing import Annotated

import typer

from digest.cli.options import HomeOption, JsonOption, home_path, whoami
from digest.cli.output import print_json, print_table, say
from digest.model.accounts import ApiToken, Right


def register(app: typer.Typer) -> None:
    """Add the commands to the tree."""
    group = typer.Typer(help="Tokens of programs: new, list, revoke.", no_args_is_help=True)
    group.command("new", epilog="Example: digest tokens new ada@example.org --name backup --scope read")(new)
    group.command("list", epilog="Example: digest tokens list")(list_tokens)
    group.command("revoke", epilog="Example: digest tokens revoke 3")(revoke)
    app.add_typer(group, name="tokens")


def new(
    email: Annotated[str, typer.Argument(metavar="EMAIL", help="For whom the program acts.")],
    name: Annotated[str, typer.Option(help="What it is for.")],
    scopes: Annotated[
        list[Right] | None, typer.Option("--scope", help="What it may do; again for more. Default: read.")
    ] = None,
    days: Annotated[int | None, typer.Option(help="How long it holds; else until it is revoked.")] = None,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Make a token, which can do no more than its person; it is shown this once."""
    from digest.actions.staff import accounts, programs
    from digest.bootstrap import open_app

    wanted = frozenset(scopes or [Right.READ])
    with open_app(home_path(home)) as app:
        user = accounts.find_user(app, email)
        token, shown = programs.new_token(app, user, name, scopes=wanted, days=days, by=whoami())
    if json:
        print_json({**_packed(token, user.email), "token": shown})
    else:
        say(f"The token, shown this once: {shown}")


def list_tokens(home: HomeOption = None, json: JsonOption = False) -> None:
    """Show the tokens there are, for whom they act, and how far."""
    from digest.actions.staff import accounts, programs
    from digest.bootstrap import open_app

    with open_app(home_path(home)) as app:
        people = {user.id: user.email for user in accounts.users(app)}
        found = programs.tokens(app)
    if json:
        print_json([_packed(token, people[token.user_id]) for token in found])
        return
    rows = [
        (one.id, people[one.user_id], one.name, ", ".join(sorted(one.scopes)), one.expires_at, one.used_at)
        for one in found
    ]
    print_table("", ("No.", "For", "Name", "May", "Until", "Last used"), rows, figures=[0])


def revoke(
    token: Annotated[int, typer.Argument(metavar="NUMBER", help="As `digest tokens list` shows it.")],
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """End a token; programs that show it stay outside from now on."""
    from digest.actions.staff import programs
    from digest.bootstrap import open_app

    with open_app(home_path(home)) as app:
        ended = programs.revoke_token(app, token, by=whoami())
    if json:
        print_json({"id": ended.id, "name": ended.name, "revoked": True})
    else:
        say(f"token {ended.id} '{ended.name}' is revoked")


def _packed(token: ApiToken, email: str) -> dict[str, object]:
    return {
        "id": token.id,
        "email": email,
        "name": token.name,
        "scopes": sorted(scope.value for scope in token.scopes),
        "created_at": token.created_at,
        "expires_at": token.expires_at,
        "used_at": token.used_at,
    }
