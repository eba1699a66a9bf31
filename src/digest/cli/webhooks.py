"""Commands on webhooks: what went there, and trying one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli.options import HomeOption, JsonOption, home_path, whoami
from digest.cli.output import print_json, print_table, say

if TYPE_CHECKING:
    from digest.actions.upkeep.webhooks import Hook
    from digest.model import AlertSend

group = typer.Typer(help="Webhooks: what went there, and trying one.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands to the tree."""
    group.command("list", epilog="Example: digest webhooks list")(list_hooks)
    group.command("test", epilog="Example: digest webhooks test pager")(send)
    app.add_typer(group, name="webhooks")


def list_hooks(home: HomeOption = None, json: JsonOption = False) -> None:
    """List the webhooks of the settings and the last that went to each; times are UTC."""
    from digest.actions.upkeep.webhooks import webhooks
    from digest.bootstrap import open_app

    with open_app(home_path(home)) as opened:
        found = webhooks(opened)
    if json:
        print_json([_fields(one) for one in found])
        return
    rows = [(hook.name, hook.place, ", ".join(hook.kinds) or "all but news", hook.waiting) for hook in found]
    print_table("", ("Webhook", "Where", "Hears of", "On the way"), rows, figures=(3,))
    sends = [
        (hook.name, f"{send.at:%Y-%m-%d %H:%M}", send.alert.kind.value, send.tries, _ended(send))
        for hook in found
        for send in hook.last
    ]
    if sends:
        print_table("", ("Webhook", "At", "Kind", "Tries", "How it went"), sends, figures=(3,))


def send(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Of alerts.webhooks in config/digest.yaml.")],
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Send one webhook a signed test and wait for the answer; exits 1 when it is not taken."""
    from digest.actions.upkeep.webhooks import send_test
    from digest.bootstrap import open_app

    with open_app(home_path(home)) as opened:
        ended = send_test(opened, name, by=whoami())
    if json:
        print_json({"webhook": name, **_send(ended)})
    else:
        say(f"{name}: {_ended(ended)}")
    if ended.error is not None:
        raise typer.Exit(1)


def _fields(hook: Hook) -> dict[str, object]:
    return {
        "name": hook.name,
        "place": hook.place,
        "kinds": list(hook.kinds),
        "waiting": hook.waiting,
        "last": [_send(send) for send in hook.last],
    }


def _send(send: AlertSend) -> dict[str, object]:
    return {
        "alert": send.id,
        "kind": send.alert.kind,
        "at": send.at,
        "tries": send.tries,
        "sent_at": send.sent_at,
        "next_at": send.next_at,
        "error": send.error,
    }


def _ended(send: AlertSend) -> str:
    if send.sent_at is not None:
        return "taken"
    return (send.error or "on its way") + ("" if send.next_at else ", given up")
