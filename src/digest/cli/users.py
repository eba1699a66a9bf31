"""Commands on the people who work at the desk."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli.options import HomeOption, JsonOption, home_path, whoami
from digest.cli.output import print_json, print_table, say

if TYPE_CHECKING:
    from digest.model.accounts import Grant, User

UserArgument = Annotated[str, typer.Argument(metavar="EMAIL", help="The person's address.")]
RoleOption = Annotated[
    list[str] | None,
    typer.Option(
        "--role",
        metavar="ROLE[:DIGEST]",
        help="editor, approver, operator or admin; of one digest, or of all. Again for more.",
    ),
]


def register(app: typer.Typer) -> None:
    """Add the commands to the tree."""
    group = typer.Typer(help="People at the desk: add, list, role.", no_args_is_help=True)
    group.command("add", epilog="Example: digest users add ada@example.org --name 'Ada Venn'")(add)
    group.command("list", epilog="Example: digest users list")(list_users)
    group.command("role", epilog="Example: digest users role ada@example.org --role approver:daily")(role)
    app.add_typer(group, name="users")


def add(
    email: UserArgument,
    name: Annotated[str, typer.Option(help="The name beside what the person does.")],
    roles: RoleOption = None,
    password_file: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Holds the password; else one is made and shown."),
    ] = None,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Add somebody who may sign in to the web application; the first one is admin of all."""
    from digest.actions import accounts
    from digest.bootstrap import open_app

    password = password_file.read_text().strip() if password_file else secrets.token_urlsafe(12)
    with open_app(home_path(home)) as app:
        wanted = _grants(roles or ([] if accounts.users(app) else ["admin"]))
        user = accounts.add_user(app, email, name, password=password, grants=wanted, by=whoami())
    shown = None if password_file else password
    if json:
        print_json({**_packed(user), "password": shown})
        return
    say(f"{user.name} may sign in as {user.email}: {_told(user)}")
    if shown:
        say(f"The password, shown this once: {shown}")


def list_users(home: HomeOption = None, json: JsonOption = False) -> None:
    """Show who works at the desk, and what they may do."""
    from digest.actions import accounts
    from digest.bootstrap import open_app

    with open_app(home_path(home)) as app:
        found = accounts.users(app)
    if json:
        print_json([_packed(user) for user in found])
        return
    rows = [(user.email, user.name, _told(user), "yes" if user.is_active else "no") for user in found]
    print_table("At the desk", ("address", "name", "roles", "may sign in"), rows)


def role(
    email: UserArgument, roles: RoleOption = None, home: HomeOption = None, json: JsonOption = False
) -> None:
    """Give somebody these roles and no others; without --role, none."""
    from digest.actions import accounts
    from digest.bootstrap import open_app

    with open_app(home_path(home)) as app:
        user = accounts.set_grants(app, email, _grants(roles or []), by=whoami())
    if json:
        print_json(_packed(user))
    else:
        say(f"{user.email}: {_told(user)}")


def _grants(written: list[str]) -> tuple[Grant, ...]:
    from digest.model.accounts import ALL, Grant, Role

    found = []
    for one in written:
        role_name, _, digest = one.partition(":")
        if role_name not in set(Role):
            known = ", ".join(Role)
            raise typer.BadParameter(f"'{role_name}' is no role; there are {known}")
        found.append(Grant(digest=digest or ALL, role=Role(role_name)))
    return tuple(found)


def _packed(user: User) -> dict[str, object]:
    return {
        "email": user.email,
        "name": user.name,
        "roles": [{"digest": one.digest, "role": one.role.value} for one in user.grants],
        "active": user.is_active,
    }


def _told(user: User) -> str:
    told = (one.role.value if one.digest == "*" else f"{one.role.value}:{one.digest}" for one in user.grants)
    return ", ".join(told) or "no role"
