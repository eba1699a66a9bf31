"""Commands on stories."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli.options import HomeOption, JsonOption, home_path, whoami
from digest.cli.output import print_json, print_table, say

if TYPE_CHECKING:
    from digest.model import Article, Story

ArticleArgument = Annotated[int, typer.Argument(metavar="ARTICLE", help="The article's number.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the tree."""
    group = typer.Typer(help="Stories: show, list, merge, split, forget.", no_args_is_help=True)
    group.command("show", epilog="Example: digest stories show 17")(show)
    group.command("list", epilog="Example: digest stories list --limit 200")(list_stories)
    group.command("merge", epilog="Example: digest stories merge 17 23")(merge)
    group.command("split", epilog="Example: digest stories split 17 --from 23")(split)
    group.command("forget", epilog="Example: digest stories forget 17")(forget)
    app.add_typer(group, name="stories")


def show(article: ArticleArgument, home: HomeOption = None, json: JsonOption = False) -> None:
    """Show the story of an article: who leads, who else tells it, and what editors said."""
    from digest.actions.content.stories import show as run
    from digest.bootstrap import open_app

    with open_app(home_path(home)) as opened:
        story, members, wishes = run(opened, article)
    if json:
        told = [{"pair": list(one.pair), "kind": one.kind, "by": one.by, "at": one.at} for one in wishes]
        print_json({**_fields(story), "wishes": told})
        return
    _print("", [(story, members)])
    for one in wishes:
        say(f"{one.pair[0]} and {one.pair[1]}: {one.kind}, said {one.by} on {one.at:%Y-%m-%d %H:%M}", "dim")


def list_stories(
    limit: Annotated[int, typer.Option(min=1, max=1000, help="Among so many of the newest articles.")] = 200,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """List the stories that several articles tell, the largest first."""
    from digest.actions.content.stories import listing as run
    from digest.bootstrap import open_app

    with open_app(home_path(home)) as opened:
        found = run(opened, limit=limit)
    if json:
        print_json([_fields(story) for story, _ in found])
    else:
        _print("", found)


def merge(
    articles: Annotated[list[int], typer.Argument(metavar="ARTICLE...", help="Two articles or more.")],
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Bring articles together in one story, whatever their words and days; it stays so."""
    from digest.actions.content.stories import merge as run
    from digest.bootstrap import open_app

    with open_app(home_path(home)) as opened:
        run(opened, articles, by=whoami())
    _done({"together": articles}, f"{', '.join(map(str, articles))} are one story from now on", json=json)


def split(
    article: ArticleArgument,
    other: Annotated[
        int | None, typer.Option("--from", metavar="ARTICLE", help="Only from this one.")
    ] = None,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Keep an article apart from those that share its story now; it stays so."""
    from digest.actions.content.stories import split as run
    from digest.bootstrap import open_app

    with open_app(home_path(home)) as opened:
        apart = run(opened, article, from_id=other, by=whoami())
    words = f"{article} is kept apart from {', '.join(map(str, apart))} from now on"
    _done({"article": article, "apart": list(apart)}, words, json=json)


def forget(article: ArticleArgument, home: HomeOption = None, json: JsonOption = False) -> None:
    """Take back all merges and splits of an article."""
    from digest.actions.content.stories import forget as run
    from digest.bootstrap import open_app

    with open_app(home_path(home)) as opened:
        count = run(opened, article, by=whoami())
    words = f"taken back: {count}; {article} stands where its words put it"
    _done({"article": article, "forgotten": count}, words, json=json)


def _print(title: str, found: Sequence[tuple[Story, Sequence[Article]]]) -> None:
    rows = [
        (story.lead if at == 0 else "", each.id, each.title, each.origin.title, _copy_of(story, each.id))
        for story, members in found
        for at, each in enumerate(members)
    ]
    print_table(title, ("Story", "No.", "Title", "Source", "Copy of"), rows)


def _copy_of(story: Story, article_id: int) -> object:
    return dict(story.copies).get(article_id, "")


def _fields(story: Story) -> dict[str, object]:
    copies = [{"article": copy, "copy_of": original} for copy, original in story.copies]
    return {"story": story.lead, "members": list(story.members), "copies": copies}


def _done(value: dict[str, object], words: str, *, json: bool) -> None:
    if json:
        print_json(value)
    else:
        say(words)
