"""Commands on editions: build, preview, and the edition group."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from digest.cli import braking, shaping
from digest.cli.edition_view import build_fields, sections_fields, show_built, show_sections, told_of
from digest.cli.options import (
    NO_VALUE,
    AtOption,
    DigestArgument,
    EditionArgument,
    HomeOption,
    JsonOption,
    NoteOption,
    home_path,
    parse_moment,
    whoami,
)
from digest.cli.output import print_json, say
from digest.cli.stored_view import move, show_list, show_state, stored_fields
from digest.cli.waivers import register as register_waivers


def register(app: typer.Typer) -> None:
    """Add the commands to the tree."""
    app.command(epilog="Example: digest build daily --at 2026-11-19T07:00 --dry-run")(build)
    app.command(epilog="Example: digest preview 3 --as sam@example.org --out proof")(preview)
    group = typer.Typer(
        help="Editions: list, show, why, edit, undo, waive, approve, hold, release, cancel, brake.",
        no_args_is_help=True,
    )
    group.command("list", epilog="Example: digest editions list --digest daily")(list_editions)
    group.command("show", epilog="Example: digest editions show 3")(show)
    group.command("why", epilog="Example: digest editions why 3 17")(why)
    group.command("approve", epilog="Example: digest editions approve 3")(approve)
    group.command("hold", epilog="Example: digest editions hold 3 --note 'waiting for the verdict'")(hold)
    group.command("release", epilog="Example: digest editions release 3")(release)
    group.command("cancel", epilog="Example: digest editions cancel 3")(cancel)
    register_waivers(group)
    shaping.register(group)
    braking.register(group)
    app.add_typer(group, name="editions")


def build(
    digest: DigestArgument,
    at: AtOption = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", metavar=NO_VALUE, help="Show what would be built; store nothing.")
    ] = False,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Build the edition of a digest for a slot, with a decision on record for every candidate."""
    from digest.actions.making.build import build as run
    from digest.actions.making.orders import Order
    from digest.bootstrap import open_app

    with open_app(home_path(home)) as opened:
        moment = parse_moment(at, opened.digest(digest).timezone)
        report = run(opened, digest, at=moment, dry_run=dry_run, order=Order(by=whoami()))
    if json:
        print_json(build_fields(report))
        return
    show_built(report)


def preview(
    edition: EditionArgument,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for the files.")],
    as_email: Annotated[
        str | None,
        typer.Option("--as", metavar="EMAIL", help="As this subscriber gets it.", show_default=False),
    ] = None,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Write edition.html, .txt, .eml and .mjml: byte for byte what would be sent."""
    from digest.actions.printing.preview import preview as run
    from digest.bootstrap import open_app

    with open_app(home_path(home)) as opened:
        files = run(opened, edition, out, email=as_email)
    if json:
        print_json({"edition": edition, "files": [str(file) for file in files]})
    else:
        for file in files:
            say(str(file))


def list_editions(
    digest: Annotated[str | None, typer.Option("--digest", "-d", help="Only those of this digest.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many at the most.")] = 50,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """List editions, the newest first."""
    from digest.actions.editions import listing
    from digest.actions.timing.courses import courses
    from digest.bootstrap import open_app

    with open_app(home_path(home)) as opened:
        editions = listing(opened, digest, limit=limit)
        open_ones = {course.edition.id: course for course in courses(opened)}
    if json:
        print_json([stored_fields(one, open_ones.get(one.id)) for one in editions])
        return
    show_list(editions, open_ones)


def show(edition: EditionArgument, home: HomeOption = None, json: JsonOption = False) -> None:
    """Show an edition: what it waits for, its sections, its items, and what was left out and why."""
    from digest.actions.editing.reasons import decisions
    from digest.actions.editions import find
    from digest.actions.timing.courses import outlook
    from digest.bootstrap import open_app
    from digest.pick import explain

    with open_app(home_path(home)) as opened:
        stored = find(opened, edition)
        made = decisions(opened, edition)
        course, now = outlook(opened, edition), opened.clock()
    if json:
        decided = [
            {
                "article": one.article_id,
                "kept": one.kept,
                "rule": one.rule,
                "value": one.value,
                "carry": one.carry,
            }
            for one, _ in made
        ]
        print_json(
            {
                **stored_fields(stored, course),
                "sections": sections_fields(stored.edition),
                "decisions": decided,
            }
        )
        return
    show_state(stored, course, now)
    show_sections(stored.edition)
    for one, article in made:
        if not one.kept:
            say(f"  - {explain(one, article.title)}", "dim")


def why(
    edition: EditionArgument,
    article: Annotated[int, typer.Argument(metavar="ARTICLE", help="The article's number.")],
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Say in one sentence why an article is or is not in an edition."""
    from digest.actions.editing.reasons import why as run
    from digest.bootstrap import open_app

    with open_app(home_path(home)) as opened:
        answer = run(opened, edition, article)
    if json:
        print_json(
            {
                "article": answer.article,
                "decision": answer.decision,
                "rule": answer.rule,
                "value": answer.value,
                "text": answer.text,
                "terms": dict(answer.terms),
                "placed": answer.placed,
                "method": answer.summary.method if answer.summary else None,
                "note": answer.summary.note if answer.summary else None,
            }
        )
        return
    say(answer.text)
    if answer.terms:
        say("  score = " + " x ".join(f"{name} {value:.3f}" for name, value in answer.terms), "dim")
    if answer.placed:
        say(f"  section {answer.placed.section}: {answer.placed.why}", "dim")
    if answer.summary and (told := told_of(answer.summary)):
        say(f"  summary: {told}", "dim")


def approve(
    edition: EditionArgument,
    seen: Annotated[
        str | None,
        typer.Option(
            "--seen", metavar="HASH", help="Only if this is still its content_hash.", show_default=False
        ),
    ] = None,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Approve an edition as it renders now; only this very content may be sent."""
    from digest.actions.editing.approving import approve as run

    move(edition, home, lambda app: run(app, edition, by=whoami(), seen=seen), json=json)


def hold(
    edition: EditionArgument, note: NoteOption = None, home: HomeOption = None, json: JsonOption = False
) -> None:
    """Keep an edition from going out until somebody approves it."""
    from digest.actions.editing.approving import hold as run

    move(edition, home, lambda app: run(app, edition, by=whoami(), note=note), json=json)


def release(
    edition: EditionArgument, note: NoteOption = None, home: HomeOption = None, json: JsonOption = False
) -> None:
    """Let a held edition go on where it stood; one that was stopped on its way is approved or resumed."""
    from digest.actions.editing.approving import release as run

    move(edition, home, lambda app: run(app, edition, by=whoami(), note=note), json=json)


def cancel(
    edition: EditionArgument, note: NoteOption = None, home: HomeOption = None, json: JsonOption = False
) -> None:
    """End an edition unsent; its articles are free for the next."""
    from digest.actions.editing.approving import cancel as run

    move(edition, home, lambda app: run(app, edition, by=whoami(), note=note), json=json)
