"""Commands that shape editions by hand: edit, history, undo, redo."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli.options import EditionArgument, HomeOption, JsonOption, home_path, whoami
from digest.cli.output import print_json, print_table, say
from digest.errors import DigestError

if TYPE_CHECKING:
    from digest.actions.app import App
    from digest.actions.editing.states import Shaped
    from digest.shape import Deed


class Verb(StrEnum):
    """What can be done to an edition, as it is typed."""

    MOVE = "move"
    DROP = "drop"
    TAKE = "take"
    HEADLINE = "headline"
    SUMMARY = "summary"
    AGAIN = "again"
    SUBJECT = "subject"
    PREHEADER = "preheader"
    INTRO = "intro"
    OUTRO = "outro"
    SECTION = "section"
    TITLE = "title"
    MERGE = "merge"
    SPLIT = "split"
    PICTURE = "picture"


SectionOption = Annotated[
    str | None, typer.Option("--section", metavar="KEY", help="Where to.", show_default=False)
]
PlaceOption = Annotated[
    int | None, typer.Option("--to", min=1, help="Which place there; 1 is first.", show_default=False)
]
InsteadOption = Annotated[
    int | None,
    typer.Option(
        "--instead-of", metavar="ARTICLE", help="With take: whose place it gets.", show_default=False
    ),
]
SentencesOption = Annotated[
    int | None, typer.Option("--sentences", min=0, max=5, help="With again: how many.", show_default=False)
]
OtherOption = Annotated[
    int | None,
    typer.Option(
        "--with", metavar="ARTICLE", help="With merge: what its story takes in.", show_default=False
    ),
]
OfOption = Annotated[
    int | None,
    typer.Option(
        "--of", min=0, metavar="ARTICLE", help="With picture: whose it gets; 0 for none.", show_default=False
    ),
]
DecorationOption = Annotated[
    bool, typer.Option("--decoration", help="With picture: it tells nothing, and needs no words.")
]
StateOption = Annotated[
    int | None,
    typer.Option(
        "--on", metavar="STATE", help="The state you looked at; else the newest.", show_default=False
    ),
]


@dataclass(frozen=True, kw_only=True)
class _Wish:
    """What was typed."""

    verb: Verb
    what: str
    text: str
    section: str | None
    to: int | None
    instead_of: int | None
    sentences: int | None
    other: int | None
    of: int | None
    is_decoration: bool

    @property
    def article(self) -> int:
        """The article that is meant."""
        if not self.what.isdecimal():
            raise DigestError(f"'{self.what}' is no article's number", hint="`digest editions show` has them")
        return int(self.what)


def register(group: typer.Typer) -> None:
    """Add the commands to the group of editions."""
    group.command("edit", epilog="Example: digest editions edit 3 move 17 --section world --to 1")(edit)
    group.command("history", epilog="Example: digest editions history 3 --since 2")(history)
    group.command("undo", epilog="Example: digest editions undo 3")(undo)
    group.command("redo", epilog="Example: digest editions redo 3")(redo)


def edit(
    edition: EditionArgument,
    verb: Annotated[Verb, typer.Argument(metavar="VERB", help=", ".join(Verb) + ".", show_default=False)],
    what: Annotated[
        str,
        typer.Argument(
            metavar="WHAT", help="Number of the article, key of the section; else the new words; '' for none."
        ),
    ],
    text: Annotated[
        str,
        typer.Argument(metavar="TEXT", help="Of headline, summary, title and picture.", show_default=False),
    ] = "",
    section: SectionOption = None,
    to: PlaceOption = None,
    instead_of: InsteadOption = None,
    sentences: SentencesOption = None,
    other: OtherOption = None,
    of: OfOption = None,
    decoration: DecorationOption = False,
    on: StateOption = None,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Change an edition that is not going out yet; it can be undone, and needs approval again."""
    from digest.actions.editing.shaping import changes
    from digest.bootstrap import open_app

    wish = _Wish(
        verb=verb,
        what=what,
        text=text,
        section=section,
        to=to,
        instead_of=instead_of,
        sentences=sentences,
        other=other,
        of=of,
        is_decoration=decoration,
    )
    with open_app(home_path(home)) as opened:
        states = changes(opened, edition)
        newest = states[-1].version if states else 0
        shaped = _do(opened, edition, wish, newest if on is None else on)
    _show(shaped, json=json)


def history(
    edition: EditionArgument,
    since: Annotated[
        int | None,
        typer.Option("--since", metavar="STATE", help="Also tell how it differs from that state."),
    ] = None,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """List what hands have done to an edition, and how it differs from what it was."""
    from digest.actions.editing.shaping import changes, difference
    from digest.bootstrap import open_app

    with open_app(home_path(home)) as opened:
        states = changes(opened, edition)
        differs = () if since is None else difference(opened, edition, since=since)
    if json:
        print_json({"edition": edition, "states": states, "differences": differs})
        return
    rows = [(one.version, f"{one.at:%Y-%m-%d %H:%M:%S}", one.by, one.deed, one.note) for one in states]
    print_table("", ("State", "At", "By", "Deed", "What"), rows)
    for one in differs:
        say(f"{one.what}: {one.before or 'nothing'} -> {one.after or 'nothing'}")


def undo(edition: EditionArgument, home: HomeOption = None, json: JsonOption = False) -> None:
    """Take back what was done to an edition last; again for what was done before."""
    from digest.actions.editing.shaping import undo as run
    from digest.bootstrap import open_app

    with open_app(home_path(home)) as opened:
        shaped = run(opened, edition, by=whoami())
    _show(shaped, json=json)


def redo(edition: EditionArgument, home: HomeOption = None, json: JsonOption = False) -> None:
    """Do again what was undone last, unless something else was done since."""
    from digest.actions.editing.shaping import redo as run
    from digest.bootstrap import open_app

    with open_app(home_path(home)) as opened:
        shaped = run(opened, edition, by=whoami())
    _show(shaped, json=json)


def _do(app: App, edition: int, wish: _Wish, version: int) -> Shaped:
    from digest.actions.editing.picturing import Wish, picture
    from digest.actions.editing.shaping import shape
    from digest.actions.editing.taking import Place, summarise_again, summarise_by_hand, take_in

    by = whoami()
    if wish.verb is Verb.TAKE:
        place = Place(section=wish.section, to=wish.to, instead_of=wish.instead_of)
        return take_in(app, edition, wish.article, on_version=version, by=by, place=place)
    if wish.verb is Verb.SUMMARY:
        return summarise_by_hand(app, edition, wish.article, wish.text, on_version=version, by=by)
    if wish.verb is Verb.AGAIN:
        return summarise_again(
            app, edition, wish.article, sentences=wish.sentences, on_version=version, by=by
        )
    if wish.verb in {Verb.MERGE, Verb.SPLIT}:
        return _tell(app, edition, wish, version)
    if wish.verb is Verb.PICTURE:
        wanted = Wish(alt=wish.text or None, is_decoration=wish.is_decoration, of=wish.of)
        return picture(app, edition, wish.article, wanted, on_version=version, by=by)
    return shape(app, edition, _deed(app, edition, wish), on_version=version, by=by)


def _tell(app: App, edition: int, wish: _Wish, version: int) -> Shaped:
    """Change what is told as one story."""
    from digest.actions.editing.merging import merge_in, split_off

    if wish.verb is Verb.SPLIT:
        return split_off(app, edition, wish.article, on_version=version, by=whoami())[0]
    if wish.other is None:
        raise DigestError("a merge needs two articles", hint="name the other one: --with ARTICLE")
    return merge_in(app, edition, wish.article, wish.other, on_version=version, by=whoami())


def _deed(app: App, edition: int, wish: _Wish) -> Deed:
    from digest.actions.editing.taking import move_of
    from digest.shape import Drop, Headline, MoveSection, Retitle, Write

    match wish.verb:
        case Verb.MOVE:
            return move_of(app, edition, wish.article, section=wish.section, to=wish.to)
        case Verb.DROP:
            return Drop(article=wish.article)
        case Verb.HEADLINE:
            return Headline(article=wish.article, text=wish.text)
        case Verb.SECTION:
            return MoveSection(section=wish.what, to=wish.to or 1)
        case Verb.TITLE:
            return Retitle(section=wish.what, text=wish.text)
        case Verb.SUBJECT | Verb.PREHEADER | Verb.INTRO | Verb.OUTRO:
            return Write(what=wish.verb.value, text=wish.what)  # type: ignore[arg-type]  # why: one of four
        case _:
            raise AssertionError(wish.verb)


def _show(shaped: Shaped, *, json: bool) -> None:
    stored = shaped.stored
    if json:
        print_json(
            {
                "edition": stored.id,
                "state": stored.state,
                "version": shaped.version,
                "note": shaped.note,
                "content_hash": stored.content_hash,
            }
        )
        return
    say(f"edition {stored.id}, state {shaped.version}: {shaped.note}")
    say(f"it is {stored.state}", "dim")
