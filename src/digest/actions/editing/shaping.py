"""Shape an edition by hand: each deed is a state on record, and can be undone and done again."""

from __future__ import annotations

from collections.abc import Collection

from digest.actions.app import App
from digest.actions.editing.states import Next, Shaped, State, step
from digest.actions.editions import find
from digest.errors import DigestError, NotFound, Refused
from digest.model import Edition
from digest.pipeline import reheaded
from digest.shape import Deed, Difference, Write, differences, named, tellings
from digest.store import Transaction, Version


class Conflict(DigestError):
    """Somebody else has changed the same place meanwhile.

    Args:
        by: Who, as records name them.
        what: What they changed: 'item 2', 'the subject'.
        theirs: How, in words.
    """

    def __init__(self, by: str, what: str, theirs: str) -> None:
        super().__init__(
            f"{by} changed {what} while you wrote: {theirs}",
            hint="yours is kept here, nothing is lost: look at both, then save again",
        )
        self.by, self.what, self.theirs = by, what, theirs


def shape(
    app: App,
    edition_id: int,
    deed: Deed,
    *,
    on_version: int,
    by: str,
    story: Collection[int] = (),
) -> Shaped:
    """Do a deed to an edition, on top of what others have done to other places of it.

    An approval is withdrawn: what was approved is not what it is now.

    Args:
        app: The installation.
        edition_id: The edition.
        deed: What to do.
        on_version: The state that whoever does it was looking at.
        by: Who does it.
        story: For an article that is taken in or merged: every telling of its story.

    Raises:
        NotFound: There is no such edition.
        Conflict: The same place has been changed since that state.
        Refused: The edition is past shaping, or the deed does not fit it.
    """

    def made(state: State, tx: Transaction) -> Next:
        _refuse_conflict(tx, state, deed, on_version)
        before = state.stored.edition
        after = deed.apply(before)
        if not isinstance(deed, Write):
            after = reheaded(before, after)
        note = "; ".join(_worded(one) for one in differences(before, after)) or "nothing changed"
        word = type(deed).__name__.lower()
        told = tellings(state.told, deed, after, story)
        return Next(edition=after, word=word, note=note, told=told, parent=state.position)

    return step(app, edition_id, made, by)


def undo(app: App, edition_id: int, *, by: str, on_version: int | None = None) -> Shaped:
    """Take back what was done last and is not undone yet.

    Args:
        app: The installation.
        edition_id: The edition.
        by: Who does it.
        on_version: The state that whoever does it was looking at; nobody takes back what they have not
            seen. None takes back the last, whatever it is.

    Raises:
        NotFound: There is no such edition.
        Refused: Nothing is left to undo, somebody has done more meanwhile, or the edition is past shaping.
    """

    def made(state: State, tx: Transaction) -> Next:
        _refuse_unseen(state, on_version, "undo")
        last = _at(state, state.position)
        if last is None or last.parent is None:
            raise Refused("nothing is left to undo", hint="this is the edition as it was built")
        return _back_to(state, tx, last.parent, "undo", f"undid: {last.note}")

    return step(app, edition_id, made, by)


def redo(app: App, edition_id: int, *, by: str, on_version: int | None = None) -> Shaped:
    """Do again what was undone last, unless something else was done since.

    Args:
        app: The installation.
        edition_id: The edition.
        by: Who does it.
        on_version: As for `undo`.

    Raises:
        NotFound: There is no such edition.
        Refused: Nothing was undone, or something else was done since.
    """

    def made(state: State, tx: Transaction) -> Next:
        _refuse_unseen(state, on_version, "redo")
        again = redoable(state.versions)
        if again is None:
            raise Refused("there is nothing to do again", hint="only what was undone last can be")
        return _back_to(state, tx, again.version, "redo", f"did again: {again.note}")

    return step(app, edition_id, made, by)


def undoable(versions: tuple[Version, ...]) -> Version | None:
    """Return what `undo` would take back; None when that is nothing."""
    here = versions[-1].stands_for if versions else 0
    found = next((one for one in versions if one.version == here), None)
    return None if found is None or found.parent is None else found


def redoable(versions: tuple[Version, ...]) -> Version | None:
    """Return what `redo` would do again; None when that is nothing."""
    if not versions:
        return None
    known = {one.version: one for one in versions}
    here = versions[-1].stands_for
    for one in reversed(versions):
        if one.stands_for == one.version:
            return None  # a deed of its own: what was undone before it is gone
        left = known.get(known[one.version - 1].stands_for) if one.deed == "undo" else None
        if left is not None and left.parent == here:
            return left
    return None


def changes(app: App, edition_id: int) -> tuple[Version, ...]:
    """Return all that hands have done to an edition, the oldest first; () for nothing.

    Raises:
        NotFound: There is no such edition.
    """
    find(app, edition_id)
    with app.store.reading() as tx:
        return tx.shapes.list(edition_id)


def as_seen(app: App, edition_id: int, version: int) -> Edition:
    """Return an edition as it was in the state that somebody looked at.

    Raises:
        NotFound: There is no such edition.
        Refused: There is no such state.
    """
    stored = find(app, edition_id)
    with app.store.reading() as tx:
        found = tx.shapes.content(edition_id, version)
        newest = tx.shapes.newest(edition_id)
    if found is None and version != newest:
        raise Refused(f"there is no state {version} of edition {edition_id}", hint="open the page again")
    return found or stored.edition


def difference(app: App, edition_id: int, *, since: int) -> tuple[Difference, ...]:
    """Return how an edition differs from one of its states.

    Raises:
        NotFound: There is no such edition or state.
    """
    stored = find(app, edition_id)
    with app.store.reading() as tx:
        before = tx.shapes.content(edition_id, since)
        newest = tx.shapes.newest(edition_id)
    if before is None:
        if since == newest == 0:
            return ()
        raise NotFound(f"edition {edition_id} has no state {since}", hint=f"its newest is {newest}")
    return differences(before, stored.edition)


def _at(state: State, version: int) -> Version | None:
    return next((one for one in state.versions if one.version == version), None)


def _back_to(state: State, tx: Transaction, version: int, word: str, note: str) -> Next:
    if state.versions[-1].content_hash != state.stored.content_hash:
        raise Refused("the machine has changed the edition since", hint="what was done before stays")
    edition = tx.shapes.content(state.stored.id, version)
    assert edition is not None  # noqa: S101  # why: versions are never removed
    told = tx.shapes.told(state.stored.id, version)
    return Next(edition=edition, word=word, note=note, told=told, stands_for=version)


def _refuse_conflict(tx: Transaction, state: State, deed: Deed, on_version: int) -> None:
    if on_version == state.version:
        return
    number, now = state.stored.id, state.stored.edition
    seen = tx.shapes.content(number, on_version)
    if seen is None or on_version > state.version:
        raise Refused(f"there is no state {on_version} of edition {number}", hint="open the page again")
    there = deed.place(now)
    if deed.place(seen) == there:
        return
    theirs = next(one for one in reversed(state.versions) if _place_before(tx, number, one, deed) != there)
    raise Conflict(theirs.by, named(deed, seen), theirs.note)


def _place_before(tx: Transaction, edition_id: int, one: Version, deed: Deed) -> object:
    before = tx.shapes.content(edition_id, one.version - 1)
    return None if before is None else deed.place(before)


def _refuse_unseen(state: State, on_version: int | None, verb: str) -> None:
    if on_version is None or on_version == state.version:
        return
    last = state.versions[-1] if state.versions else None
    raise Refused(
        f"{last.by} has done more meanwhile: {last.note}" if last else "there is no such state",
        hint=f"look at the edition as it is now, then {verb}",
    )


def _worded(one: Difference) -> str:
    if one.before and one.after:
        return (
            f"{one.what}: “{one.before}” → “{one.after}”"
            if not one.what.startswith("moved")
            else (f"{one.what}: {one.before} → {one.after}")
        )
    return f"{one.what}: {one.before or one.after}"
