"""Shape an edition by hand: each deed is a state on record, and can be undone and done again."""

from __future__ import annotations

from collections.abc import Mapping

from digest.actions.app import App
from digest.actions.editions import find
from digest.actions.states import Next, Shaped, State, step
from digest.errors import DigestError, NotFound, Refused
from digest.pipeline import reheaded
from digest.shape import Deed, Difference, Take, Write, differences
from digest.store import StoredEdition, Transaction, Version


class Conflict(DigestError):
    """Somebody else has changed the same place meanwhile.

    Args:
        by: Who, as records name them.
        theirs: What is there now, in words.
        deed: What was wanted; nothing of it is lost.
    """

    def __init__(self, by: str, theirs: str, deed: Deed) -> None:
        super().__init__(
            f"{by} changed this while you wrote: {theirs}",
            hint="yours is kept here, nothing is lost: look at both, then save again",
        )
        self.by, self.theirs, self.deed = by, theirs, deed


def shape(
    app: App,
    edition_id: int,
    deed: Deed,
    *,
    on_version: int,
    by: str,
    story: Mapping[int, int] | None = None,
) -> Shaped:
    """Do a deed to an edition, on top of what others have done to other places of it.

    An approval is withdrawn: what was approved is not what it is now.

    Args:
        app: The installation.
        edition_id: The edition.
        deed: What to do.
        on_version: The state that whoever does it was looking at.
        by: Who does it.
        story: For an article that is taken in: every telling of its story, with that article.

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
        inside = {item.article_id for item in after.items}
        told = {article: item for article, item in state.told.items() if item in inside}
        if isinstance(deed, Take):
            new = deed.item.article_id
            told |= {article: new for article in {new, *(story or {})} if article not in told}
        word = type(deed).__name__.lower()
        return Next(edition=after, word=word, note=note, told=told, parent=state.position)

    return step(app, edition_id, made, by)


def undo(app: App, edition_id: int, *, by: str) -> Shaped:
    """Take back what was done last and is not undone yet.

    Raises:
        NotFound: There is no such edition.
        Refused: Nothing is left to undo, or the edition is past shaping.
    """

    def made(state: State, tx: Transaction) -> Next:
        last = _at(state, state.position)
        if last is None or last.parent is None:
            raise Refused("nothing is left to undo", hint="this is the edition as it was built")
        return _back_to(state, tx, last.parent, "undo", f"undid: {last.note}")

    return step(app, edition_id, made, by)


def redo(app: App, edition_id: int, *, by: str) -> Shaped:
    """Do again what was undone last, unless something else was done since.

    Raises:
        NotFound: There is no such edition.
        Refused: Nothing was undone, or something else was done since.
    """

    def made(state: State, tx: Transaction) -> Next:
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


def approved_version(app: App, stored: StoredEdition, approved_hash: str) -> int | None:
    """Return the state of an edition that has a content hash, the newest; None when none has."""
    found = [one for one in changes(app, stored.id) if one.content_hash == approved_hash]
    return found[-1].version if found else None


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
    seen = tx.shapes.content(state.stored.id, on_version)
    if seen is None or on_version > state.version:
        raise Refused(
            f"there is no state {on_version} of edition {state.stored.id}", hint="open the page again"
        )
    if deed.place(seen) == deed.place(state.stored.edition):
        return
    theirs = state.versions[-1]
    raise Conflict(theirs.by, theirs.note, deed)


def _worded(one: Difference) -> str:
    if one.before and one.after:
        return (
            f"{one.what}: “{one.before}” → “{one.after}”"
            if not one.what.startswith("moved")
            else (f"{one.what}: {one.before} → {one.after}")
        )
    return f"{one.what}: {one.before or one.after}"
