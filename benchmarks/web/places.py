"""The pages: every route that answers a GET with HTML, at an address that has something to show."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from house import DESK, NOW
from sqlalchemy import text
from texts import COMMON, RARE

from digest.actions.app import App
from digest.actions.home.digest_files import read_file, save
from digest.actions.readers.import_desk import keep_file
from digest.actions.readers.own_data import ask_own_data, ask_to_move
from digest.actions.readers.reader_links import path
from digest.actions.readers.signing_up import ask
from digest.actions.staff.accounts import find_user
from digest.actions.staff.own_account import invite
from digest.actions.staff.signing_in import begin_session
from digest.actions.steering.approval_links import approval_link
from digest.errors import Refused
from digest.model import EditionState, Wish

Kind = Literal["desk", "part", "public", "shared"]

DESK_PAGES = """
/ /account /account/codes /audit /audit?digest=morning /desk /digests/new /digests/morning/compare
/digests/morning/file /digests/morning/file/1 /find /find?q={common} /find?q={rare}
/find?tag=science /find?q={common}+{rare} /find?q={common}&tag=world /keys /machine /more /readers
/readers/4711 /readers?digest=morning&state=confirmed /readers?digest=morning&state=pending
/readers/bounces /readers/import/new /readers/import/{file} /readers/suppressed /relays /schedules
/sending /sent /sent?digest=morning /sources /sources/_new /sources/harbour-wire /users /users/2
/sending/{going} /sending/{going}/deliveries /sending/{going}/deliveries?state=failed
/sending/{going}/deliveries?state=unknown /sending/{gone} /desk/{open} /desk/{open}?pane=findings
/desk/{open}?pane=left_out /desk/{open}?pane=history /desk/{open}?pane=add&q={common}
/desk/{open}?pane=source&item={item} /desk/{open}/approve /desk/{open}/hold /desk/{open}/cancel
/desk/{open}/proof /desk/{open}/proof?view=text /desk/{gone}
"""
PARTS = "/desk/{open}/proof.html /desk/{open}/proof.html?as={reader} /sending/{going}/live"
PUBLIC = """
/archive /archive/morning /archive/weekend /archive/morning/5 /sign-in /subscribe/morning
/api/v1/docs /subscribe/morning/form /subscribe/morning/sent /subscribe/morning/erased {approve}
{invitation} {confirm} {move} {own-data} {preferences} {unsubscribe} {left}
"""
SHARED = "/archive/morning/5/mail {read}"
READER, LEFT, MOVING = 4_711, 4_807, 4_713  #: numbers of readers; the second has left
LEAVING = range(6_001, 10_000, 2)  #: of those who leave


@dataclass(frozen=True, kw_only=True)
class Place:
    """A page to open."""

    route: str  #: with names where values stand
    path: str
    kind: Kind  #: of the bare route that it is held against


@dataclass(frozen=True, kw_only=True)
class Tour:
    """All that is opened in one home."""

    session: str
    places: tuple[Place, ...]
    leavers: tuple[str, ...]  #: paths by which readers leave with one click


def tour(app: App) -> Tour:
    """Sign somebody in, and name the addresses of all pages."""
    names = _editions(app) | _links(app) | {"common": COMMON, "rare": RARE}
    kinds: tuple[tuple[Kind, str], ...] = (
        ("desk", DESK_PAGES),
        ("part", PARTS),
        ("public", PUBLIC),
        ("shared", SHARED),
    )
    places = [
        Place(route=_short(route), path=route.format_map(names), kind=kind)
        for kind, written in kinds
        for route in written.split()
    ]
    return Tour(
        session=begin_session(app, find_user(app, DESK)).token,
        places=tuple(places),
        leavers=tuple(_leavers(app)),
    )


def come_back(app: App) -> None:
    """Let those who left be subscribed again, and forget the files that wait to be taken in."""
    for file in (app.home.root / "var" / "imports").glob("*"):
        file.unlink()
    with app.store.writing() as tx:
        tx.people.connection.execute(
            text(
                "UPDATE subscriptions SET state = 'confirmed', ended_at = NULL, end_reason = NULL "
                "WHERE subscriber_id BETWEEN :first AND :last AND digest = 'morning' AND state = 'ended' "
                "AND subscriber_id % 100 <> 7"
            ),
            {"first": LEAVING[0], "last": LEAVING[-1]},
        )


def _short(route: str) -> str:
    return f"/{route[1:-1]}/{{token}}" if route.startswith("{") else route


def _editions(app: App) -> dict[str, str]:
    with app.store.reading() as tx:
        opened = tx.editions.open()
    going = next(one.id for one in opened if one.state is EditionState.SENDING)
    built = next(one.id for one in opened if one.state is not EditionState.SENDING)
    with app.store.reading() as tx:
        stored = tx.editions.get(built)
    item = next(iter(stored.edition.items)).article_id if stored else 0
    return {"open": str(built), "going": str(going), "gone": str(going - 2), "item": str(item)}


def _links(app: App) -> dict[str, str]:
    with app.store.reading() as tx:
        reader, left, moving = (tx.people.get(number) for number in (READER, LEFT, MOVING))
        sent = tx.editions.newest_sent("morning")
    assert reader is not None and left is not None and moving is not None  # noqa: S101, PT018
    uid = reader.uid
    preferences = path(app, "preferences", f"{uid}.morning")
    token = preferences.rpartition("/")[2]
    ask(app, Wish(email="new@example.net", digest="morning"), network="n1")
    leaving = path(app, "preferences", f"{moving.uid}.morning").rpartition("/")[2]
    with suppress(Refused):  # earlier tours have asked three times
        ask_own_data(app, token)
    with suppress(Refused):
        ask_to_move(app, leaving, "moved@example.net")
    number = next(place for place in _editions(app).items() if place[0] == "open")[1]
    return {
        "reader": reader.email,
        "approve": _path(approval_link(app, int(number), DESK) or ""),
        "invitation": _path(invite(app, "p1@example.org")),
        "confirm": path(app, "confirm", _letter(app, "confirm", "consent")),
        "move": path(app, "move", _letter(app, "move", "uid")),
        "own-data": path(app, "own-data", _letter(app, "own data", "uid")),
        "preferences": preferences,
        "unsubscribe": path(app, "unsubscribe", f"{uid}.morning"),
        "left": path(app, "unsubscribe", f"{left.uid}.morning"),
        "read": path(app, "read", f"{sent}.{uid}"),
        "file": _uploaded(app),
    }


def _letter(app: App, kind: str, column: str) -> str:
    with app.store.reading() as tx:
        query = f"SELECT {column} FROM letters WHERE kind = :kind ORDER BY id DESC LIMIT 1"  # noqa: S608
        return str(tx.people.connection.execute(text(query), {"kind": kind}).scalar_one())


def _uploaded(app: App) -> str:
    """Bring a file of readers, and save the file of a digest so that it has a version."""
    rows = "".join(f"new{number}@example.net\n" for number in range(100))
    file = read_file(app, "morning")
    note = f"# {NOW:%d %B}\n"
    if note not in file.text:
        save(app, "morning", note + file.text, base=file.hash, by=DESK)
    kept = keep_file(
        app, io.BytesIO(f"email\n{rows}".encode()), "new.csv", "morning", consent="a fair", by=DESK
    )
    return kept.name


def _leavers(app: App) -> Iterator[str]:
    with app.store.reading() as tx:
        found = [tx.people.get(number) for number in LEAVING]
    for one in found:
        if one is not None:
            yield path(app, "unsubscribe", f"{one.uid}.morning")


def _path(address: str) -> str:
    return urlsplit(address).path
