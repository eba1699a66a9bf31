"""Commands on the people who work at the desk."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli.options import NO_VALUE, HomeOption, JsonOption, home_path, whoami
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
FileOption = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Holds the password; else one is made and shown once.")
]
AskOption = Annotated[
    bool, typer.Option("--ask", metavar=NO_VALUE, help="Type the password here, unseen, twice.")
]
InviteOption = Annotated[
    bool,
    typer.Option("--invite", metavar=NO_VALUE, help="Make a link by which the person chooses the password."),
]
MailOption = Annotated[
    bool, typer.Option("--mail", metavar=NO_VALUE, help="As --invite, and mail the person such a link.")
]
_LONGEST_BYTES = 1_000


def register(app: typer.Typer) -> None:
    """Add the commands to the tree."""
    about = "People at the desk: add, list, show, role, password, enable, disable, no-codes."
    group = typer.Typer(help=about, no_args_is_help=True)
    example = "Example: digest users"
    group.command("add", epilog=f"{example} add ada@example.org --name 'Ada Venn'")(add)
    group.command("list", epilog=f"{example} list")(list_users)
    group.command("show", epilog=f"{example} show ada@example.org")(show)
    group.command("role", epilog=f"{example} role ada@example.org --role approver:daily")(role)
    group.command("password", epilog=f"{example} password ada@example.org --invite")(password)
    group.command("disable", epilog=f"{example} disable ada@example.org")(disable)
    group.command("enable", epilog=f"{example} enable ada@example.org")(enable)
    group.command("no-codes", epilog=f"{example} no-codes ada@example.org")(no_codes)
    app.add_typer(group, name="users")


def add(
    email: UserArgument,
    name: Annotated[str, typer.Option(help="The name beside what the person does.")],
    roles: RoleOption = None,
    password_file: FileOption = None,
    ask: AskOption = False,
    invite: InviteOption = False,
    mail: MailOption = False,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Add somebody who may sign in to the web application; the first one is admin of all."""
    from digest.actions.staff import accounts, inviting, own_account
    from digest.bootstrap import open_app

    word = _password(password_file, ask=ask, invite=invite or mail)
    with open_app(home_path(home)) as app:
        wanted = _grants(roles or ([] if accounts.users(app) else ["admin"]))
        user = accounts.add_user(app, email, name, password=word, grants=wanted, by=whoami())
        link = own_account.invite(app, user.email) if word is None else None
        why = inviting.mail_invitation(app, user.email, by=whoami()) if mail else None
    shown = None if password_file or ask else word
    if json:
        print_json({**_packed(user), "password": shown, "invitation": link, **_sent(why, mail=mail)})
        return
    say(f"{user.name} may sign in as {user.email}: {_told(user)}")
    _tell(shown, link, _sent(why, mail=mail))


def list_users(home: HomeOption = None, json: JsonOption = False) -> None:
    """Show who works at the desk, and what they may do."""
    from digest.actions.staff import accounts
    from digest.bootstrap import open_app

    with open_app(home_path(home)) as app:
        found = accounts.users(app)
    if json:
        print_json([_packed(user) for user in found])
        return
    rows = [(user.email, user.name, _told(user), "yes" if user.is_active else "no") for user in found]
    print_table("", ("Address", "Name", "Roles", "May sign in"), rows)


def show(email: UserArgument, home: HomeOption = None, json: JsonOption = False) -> None:
    """Show one person, where they are signed in, and their tokens."""
    from digest.actions.staff import accounts, programs, signing_in
    from digest.bootstrap import open_app

    with open_app(home_path(home)) as app:
        user = accounts.find_user(app, email)
        sessions = [one for one, _ in signing_in.sessions_of(app, user, "")]
        tokens = programs.tokens(app, user)
    if json:
        seen = [
            {"agent": one.agent, "signed_in_at": one.created_at, "seen_at": one.seen_at} for one in sessions
        ]
        print_json({**_packed(user), "sessions": seen, "tokens": [one.name for one in tokens]})
        return
    say(f"{user.email}  {user.name}", "bold")
    say(f"{_told(user)}; {'may sign in' if user.is_active else 'may not sign in'}")
    say("a code is asked for at the sign-in" if user.has_totp else "signs in by password alone")
    browsers = [("browser", one.agent, one.seen_at) for one in sessions]
    rows = [*browsers, *(("token", one.name, one.used_at) for one in tokens)]
    print_table("", ("What", "Name", "Last used"), rows)


def role(
    email: UserArgument, roles: RoleOption = None, home: HomeOption = None, json: JsonOption = False
) -> None:
    """Give somebody these roles and no others; without --role, none. Who is signed in signs in again."""
    from digest.actions.staff import accounts
    from digest.bootstrap import open_app

    with open_app(home_path(home)) as app:
        user = accounts.set_grants(app, email, _grants(roles or []), by=whoami())
    if json:
        print_json(_packed(user))
    else:
        say(f"{user.email}: {_told(user)}")


def password(
    email: UserArgument,
    password_file: FileOption = None,
    ask: AskOption = False,
    invite: InviteOption = False,
    mail: MailOption = False,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Give somebody another password, which signs them out everywhere; or a link to choose one."""
    from digest.actions.staff import accounts, inviting, own_account
    from digest.bootstrap import open_app

    word = _password(password_file, ask=ask, invite=invite or mail)
    with open_app(home_path(home)) as app:
        if word is not None:
            accounts.set_password(app, email, word, by=whoami())
        link = own_account.invite(app, email) if word is None else None
        why = inviting.mail_invitation(app, email, by=whoami()) if mail else None
    shown = None if password_file or ask else word
    if json:
        print_json({"email": email, "password": shown, "invitation": link, **_sent(why, mail=mail)})
        return
    if word is not None:
        say(f"{email} has another password and is signed out everywhere")
    _tell(shown, link, _sent(why, mail=mail))


def disable(email: UserArgument, home: HomeOption = None, json: JsonOption = False) -> None:
    """Let somebody in no longer: they are signed out, and their programs stay outside."""
    _set_active(email, home, json=json, is_active=False)


def enable(email: UserArgument, home: HomeOption = None, json: JsonOption = False) -> None:
    """Let somebody in again."""
    _set_active(email, home, json=json, is_active=True)


def no_codes(email: UserArgument, home: HomeOption = None, json: JsonOption = False) -> None:
    """Ask somebody for no codes any more who has lost telephone and recovery codes."""
    from digest.actions.staff import second_step
    from digest.bootstrap import open_app

    with open_app(home_path(home)) as app:
        second_step.end(app, email, by=whoami())
    if json:
        print_json({"email": email, "codes": False})
    else:
        say(f"{email} signs in by password alone")


def _set_active(email: str, home: Path | None, *, json: bool, is_active: bool) -> None:
    from digest.actions.staff import accounts
    from digest.bootstrap import open_app

    with open_app(home_path(home)) as app:
        user = accounts.set_active(app, email, is_active=is_active, by=whoami())
    if json:
        print_json(_packed(user))
    else:
        say(f"{user.email} may sign in" if is_active else f"{user.email} is signed out and may not sign in")


def _password(file: Path | None, *, ask: bool, invite: bool) -> str | None:
    """Return the password by the way that was chosen; None for an invitation."""
    from digest.errors import DigestError
    from digest.keyfiles import read_secret

    if sum([file is not None, ask, invite]) > 1:
        raise typer.BadParameter("--password-file, --ask and --invite are three ways; choose one")
    if invite:
        return None
    if ask:
        return str(typer.prompt("Password", hide_input=True, confirmation_prompt="Once more"))
    if file is None:
        return secrets.token_urlsafe(12)
    try:
        return read_secret(file, _LONGEST_BYTES)
    except (OSError, ValueError) as error:
        raise DigestError(
            f"no password there: {getattr(error, 'strerror', None) or error}",
            where=str(file),
            hint="the file holds it in one line",
        ) from error


def _sent(why: str | None, *, mail: bool) -> dict[str, object]:
    return {"mailed": mail and why is None, "not_mailed": why}


def _tell(password: str | None, link: str | None, sent: dict[str, object]) -> None:
    if sent["mailed"]:
        say("An invitation is on its way by mail; this one is for the case that it does not arrive.")
    if sent["not_mailed"]:
        say(f"No invitation is mailed: {sent['not_mailed']}. Hand the link on yourself.", "yellow")
    if password:
        say(f"The password, shown this once: {password}")
    if link:
        say(f"Within three days the person chooses a password at {link}")


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
        "zone": user.zone,
        "roles": [{"digest": one.digest, "role": one.role.value} for one in user.grants],
        "active": user.is_active,
        "codes": user.has_totp,
    }


def _told(user: User) -> str:
    told = (one.role.value if one.digest == "*" else f"{one.role.value}:{one.digest}" for one in user.grants)
    return ", ".join(told) or "no role"
