"""What can be done, in a line each: where it is done or asked for. A line itself changes nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from digest.actions.upkeep.find_or_do import Things, begins
from digest.model import EditionState
from digest.model.accounts import Right, User
from digest.settings import DigestSettings
from digest.store import NamedEdition
from digest.web.frame import Way

_SHOWN = 8


@dataclass(frozen=True, kw_only=True)
class Line:
    """One thing to do."""

    label: str  #: the verb first; '…' at its end means that the page asks
    path: str
    key: str = ""  #: that does it on the desk


#: Of the house itself: what, where, and the right over all digests, or over any of them.
_HOUSE = (
    ("Add a source", "/sources/_new", Right.OPERATE, True),
    ("Begin a digest", "/digests/new", Right.OPERATE, True),
    ("Import readers", "/readers/import/new", Right.OPERATE, False),
    ("Add or find a reader", "/readers", Right.OPERATE, False),
    ("Ask the relays", "/relays", Right.OPERATE, True),
    ("Ask the name servers for the DNS records", "/machine#dns", Right.OPERATE, True),
    ("Test a webhook", "/webhooks", Right.OPERATE, True),
    ("Add somebody to the desk", "/users", Right.ADMIN, False),
    ("Change your name, zone, password or second step", "/account", None, False),
    ("Make a token for a program", "/account", None, False),
    ("Show the keys", "/keys", None, False),
)


def do_lines(
    words: Collection[str],
    things: Things,
    digests: Collection[DigestSettings],
    ways: Collection[Way],
    user: User,
) -> tuple[Line, ...]:
    """Return what somebody may do and whose line has all the words, the likeliest first; at most eight.

    Args:
        words: Folded, each the beginning of one; without any the next editions and the main places come.
        things: What was found; the editions that come next are of it.
        digests: All there are.
        ways: Where somebody may go.
        user: Who looks.
    """
    mine = [one for one in digests if user.may(Right.READ, one.key)]
    if not words:
        first = [line for one in mine for line in _of_digest(one, things.coming.get(one.key), user)][:3]
        return (*first, *(Line(label=way.title, path=way.path) for way in ways if way.is_main))
    every = [
        *(Line(label=way.title, path=way.path) for way in ways),
        *(line for one in mine for line in _of_digest(one, things.coming.get(one.key), user)),
        *(
            Line(label=label, path=path)
            for label, path, right, over_all in _HOUSE
            if right is None or (user.may(right, None) if over_all else user.may_anywhere(right))
        ),
        *(
            Line(label=f"Read {one.title} now, pause or edit it", path=f"/sources/{one.key}")
            for one in things.sources
            if user.may(Right.OPERATE, None)
        ),
    ]
    return tuple(line for line in every if begins(words, line.label))[:_SHOWN]


def _of_digest(digest: DigestSettings, coming: NamedEdition | None, user: User) -> Iterator[Line]:
    title, key = digest.title, digest.key
    if coming is not None:
        yield from (line for right, line in _of_edition(title, coming) if user.may(right, key))
    if user.may(Right.OPERATE, key):
        yield Line(label=f"Pause, skip or run {title}…", path=f"/schedules?digest={key}")
        yield Line(label=f"Readers of {title}", path=f"/readers?digest={key}")
        yield Line(label=f"Rehearse {title} and compare", path=f"/digests/{key}/compare")
    yield Line(label=f"The file of {title}", path=f"/digests/{key}/file")


def _of_edition(title: str, coming: NamedEdition) -> Iterator[tuple[Right, Line]]:
    """Yield what can be done with an edition in its state, with the right that it takes."""
    desk, sending = f"/desk/{coming.id}", f"/sending/{coming.id}"
    if coming.state is EditionState.SENDING:
        yield Right.READ, Line(label=f"Watch {title} go out", path=sending)
        yield Right.OPERATE, Line(label=f"Brake {title}…", path=f"{sending}?ask=brake", key="B")
        return
    yield Right.READ, Line(label=f"Shape the next {title}", path=desk)
    yield Right.READ, Line(label=f"Check {title}", path=f"{desk}?pane=findings", key="f")
    yield Right.EDIT, Line(label=f"Test {title} to me", path=desk, key="t")
    yield Right.EDIT, Line(label=f"Add an article to {title}", path=f"{desk}?pane=add", key="a")
    if coming.is_begun and coming.state is not EditionState.APPROVED:
        yield Right.OPERATE, Line(label=f"Let {title} go on, or end it…", path=sending)
    elif coming.state is EditionState.HELD:
        yield Right.APPROVE, Line(label=f"Release {title}…", path=f"{desk}/release")
    else:
        yield Right.EDIT, Line(label=f"Hold {title}…", path=f"{desk}/hold", key="H")
    if coming.state is not EditionState.APPROVED:
        yield Right.APPROVE, Line(label=f"Approve {title}…", path=f"{desk}/approve", key="A")
