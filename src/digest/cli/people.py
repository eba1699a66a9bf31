"""Commands on people: subscribers, and addresses that must not be mailed."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli.options import NO_VALUE, DigestOption, HomeOption, JsonOption, home_path, parse_day, whoami
from digest.cli.output import print_json, print_table, say
from digest.cli.progress import counted

if TYPE_CHECKING:
    from digest.model import Subscriber, Subscription

EmailArgument = Annotated[str, typer.Argument(metavar="EMAIL", help="The person's address.")]
ConsentOption = Annotated[
    str, typer.Option("--consent", metavar="SOURCE", help="Where their consent came from; goes on record.")
]


def register(app: typer.Typer) -> None:
    """Add the commands to the tree."""
    group = typer.Typer(help="Subscribers: add, show, import, export, erase.", no_args_is_help=True)
    group.command("add", epilog="Example: digest subscribers add sam@example.org -d daily --consent form")(
        add
    )
    group.command("show", epilog="Example: digest subscribers show sam@example.org")(show)
    group.command("import", epilog="Example: digest subscribers import members.csv -d daily --consent fair")(
        import_file
    )
    group.command("export", epilog="Example: digest subscribers export -d daily > readers.csv")(export)
    group.command("erase", epilog="Example: digest subscribers erase sam@example.org --yes")(erase)
    app.add_typer(group, name="subscribers")
    bars = typer.Typer(
        help="Addresses that must not be mailed: add, list, remove, lift.", no_args_is_help=True
    )
    bars.command("add", epilog="Example: digest suppress add eve@example.org --reason 'asked by phone'")(
        suppress
    )
    bars.command("list", epilog="Example: digest suppress list")(list_suppressed)
    bars.command("remove", epilog="Example: digest suppress remove eve@example.org")(unsuppress)
    bars.command("lift", epilog="Example: digest suppress lift --since 2026-11-27 --domain example.org")(lift)
    app.add_typer(bars, name="suppress")


def add(
    email: EmailArgument,
    digest: DigestOption,
    consent: ConsentOption,
    name: Annotated[str | None, typer.Option(help="The person's name.")] = None,
    sections: Annotated[str, typer.Option(help="Section keys joined by ';'; empty for all.")] = "",
    zone: Annotated[str | None, typer.Option(help="IANA zone such as Europe/Berlin.")] = None,
    language: Annotated[str | None, typer.Option(help="Language such as en.")] = None,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Add one person who has agreed elsewhere; confirmed by that consent."""
    from digest.actions.readers import people
    from digest.bootstrap import open_app
    from digest.store import NewSubscriber

    new = NewSubscriber(email=email, name=name, language=language, zone=zone)
    with open_app(home_path(home)) as opened:
        made = people.add(opened, digest, new, consent=consent, sections=sections, by=whoami())
    if json:
        print_json({**_person(made.subscriber), "subscriptions": [_subscription(made)]})
    else:
        say(f"{made.subscriber.email} gets {digest}: {', '.join(made.sections) or 'all sections'}")


def show(email: EmailArgument, home: HomeOption = None, json: JsonOption = False) -> None:
    """Show a person and their subscriptions."""
    from digest.actions.readers import people
    from digest.bootstrap import open_app

    with open_app(home_path(home)) as opened:
        person, subscriptions = people.show(opened, email)
    if json:
        print_json({**_person(person), "subscriptions": [_subscription(one) for one in subscriptions]})
        return
    say(f"{person.email}  {person.name or ''}", "bold")
    rows = [
        (
            one.digest,
            one.state,
            ", ".join(one.sections) or "all",
            one.hour or "with everyone",
            _form(one),
            one.paused_until or "",
            one.consent,
            one.confirmed_at,
        )
        for one in subscriptions
    ]
    heads = ("Digest", "State", "Sections", "Hour", "Form", "Paused until", "Consent", "Confirmed")
    print_table("", heads, rows)


def import_file(
    file: Annotated[
        Path, typer.Argument(metavar="FILE.csv", help="Columns email, name, sections, zone, language.")
    ],
    digest: DigestOption,
    consent: ConsentOption,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", metavar=NO_VALUE, help="Only say what would come of it.")
    ] = False,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Import people from a CSV file, confirmed by the consent named; a bad line costs itself."""
    from digest.actions.readers.importing import import_csv, look
    from digest.bootstrap import open_app

    with open_app(home_path(home)) as opened:
        if dry_run:
            result = look(opened, file, digest).counts
        else:
            with counted("taking in", quiet=json) as beat:
                result = import_csv(opened, file, digest, consent=f"import:{consent}", by=whoami(), beat=beat)
    if json:
        refused = [{"line": line, "email": email, "reason": reason} for line, email, reason in result.refused]
        print_json({"new": result.new, "updated": result.updated, "refused": refused})
    else:
        say(f"{result.new} new, {result.updated} updated, {result.wrong} refused", "bold")
        if result.refused:
            print_table("", ("Line", "Address", "Why"), result.refused)
    if result.wrong:
        raise typer.Exit(1)


def export(
    email: Annotated[
        str | None, typer.Argument(metavar="[EMAIL]", help="The person's address; or --digest.")
    ] = None,
    digest: Annotated[
        str | None, typer.Option("--digest", "-d", metavar="DIGEST", help="All readers of it, as CSV.")
    ] = None,
    home: HomeOption = None,
    json: JsonOption = True,
) -> None:
    """Print all that is stored about a person, as JSON; or all readers of a digest, as CSV."""
    from digest.actions.readers import people
    from digest.actions.readers.exporting import export_csv
    from digest.bootstrap import open_app

    del json  # a person's data are always JSON, a list is always CSV
    if (email is None) == (digest is None):
        raise typer.BadParameter("name either a person's address or a digest")
    with open_app(home_path(home)) as opened:
        if digest is not None:
            for piece in export_csv(opened, digest, by=whoami()):
                sys.stdout.write(piece.replace("\r\n", "\n"))
        else:
            print_json(people.export(opened, email or ""))


def erase(
    email: EmailArgument,
    yes: Annotated[bool, typer.Option("--yes", metavar=NO_VALUE, help="Do not ask.")] = False,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Erase a person: address, name and choices; only a fingerprint stays, so no import brings them back."""
    from digest.actions.readers import people
    from digest.bootstrap import open_app

    if not yes:
        typer.confirm(f"Erase {email} for good?", abort=True)
    with open_app(home_path(home)) as opened:
        known = people.erase(opened, email, by=whoami())
    if json:
        print_json({"erased": known})
    else:
        say("erased" if known else "nobody had this address; it is barred from now on")


def suppress(
    email: EmailArgument,
    reason: Annotated[str, typer.Option(help="Why; goes on record.")] = "by hand",
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Never mail this address, whatever list it is on."""
    from digest.actions.readers import people
    from digest.bootstrap import open_app

    with open_app(home_path(home)) as opened:
        people.suppress(opened, email, reason, by=whoami())
    if json:
        print_json({"email": email, "suppressed": True})
    else:
        say(f"{email} is suppressed")


def list_suppressed(home: HomeOption = None, json: JsonOption = False) -> None:
    """List the addresses that must not be mailed, and why."""
    from digest.actions.readers import people
    from digest.bootstrap import open_app

    with open_app(home_path(home)) as opened:
        found = people.suppressions(opened)
    if json:
        print_json(found)
    else:
        print_table("", ("Address", "Why", "Since"), [(one.email, one.reason, one.added_at) for one in found])


def unsuppress(email: EmailArgument, home: HomeOption = None, json: JsonOption = False) -> None:
    """Allow an address to be mailed again."""
    from digest.actions.readers import people
    from digest.bootstrap import open_app

    with open_app(home_path(home)) as opened:
        people.unsuppress(opened, email, by=whoami())
    if json:
        print_json({"email": email, "suppressed": False})
    else:
        say(f"{email} may be mailed again")


def lift(
    since: Annotated[str, typer.Option(metavar="DAY", help="Those suppressed from this day on, UTC.")],
    domain: Annotated[str | None, typer.Option(help="Only addresses of this domain.")] = None,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Allow all to be mailed again whose mail came back, as after an outage of their provider."""
    from digest.actions.readers import people
    from digest.bootstrap import open_app

    begin = datetime.combine(parse_day(since, where="--since"), time(), UTC)
    with open_app(home_path(home)) as opened:
        count = people.lift(opened, since=begin, domain=domain, by=whoami())
    if json:
        print_json({"lifted": count})
    else:
        say(f"{count:,} address{'' if count == 1 else 'es'} may be mailed again")


def _person(person: Subscriber) -> dict[str, object]:
    return {
        "email": person.email,
        "name": person.name,
        "language": person.language,
        "zone": person.zone,
    }


def _form(one: Subscription) -> str:
    length = "all" if one.form.at_most is None else f"{one.form.at_most} a section"
    return f"{length}, plain text" if one.form.is_plain else length


def _subscription(one: Subscription) -> dict[str, object]:
    return {
        "digest": one.digest,
        "state": one.state,
        "sections": one.sections,
        "hour": one.hour,
        "plain_text": one.form.is_plain,
        "items_of_a_section": one.form.at_most,
        "paused_until": one.paused_until,
        "consent": one.consent,
        "confirmed_at": one.confirmed_at,
    }
