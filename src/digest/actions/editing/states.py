"""The states that hands give an edition: each rendered, kept, and stored as the edition's content."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from digest.actions.app import App
from digest.actions.editing.shape_records import Bound, bind_stories, decided
from digest.actions.printing.presses import content_hash
from digest.errors import NotFound, Refused
from digest.model import Edition, EditionState
from digest.render import Rendered
from digest.store import StoredEdition, Transaction, Version

SHAPEABLE = (EditionState.DRAFT, EditionState.REVIEW, EditionState.HELD, EditionState.APPROVED)
_TRIES = 5  #: when others shape the same edition at the same moment
_MACHINE = "digest"


@dataclass(frozen=True, kw_only=True)
class Shaped:
    """An edition after a deed."""

    stored: StoredEdition
    version: int
    note: str  #: what was done, to be read
    rendered: Rendered


@dataclass(frozen=True, kw_only=True)
class State:
    """What an edition is before a deed."""

    stored: StoredEdition
    versions: tuple[Version, ...]
    told: Mapping[int, int]

    @property
    def version(self) -> int:
        """The number of the newest state; 0 when no hand has touched it."""
        return self.versions[-1].version if self.versions else 0

    @property
    def position(self) -> int:
        """The version whose content it has."""
        return self.versions[-1].stands_for if self.versions else 0


@dataclass(frozen=True, kw_only=True)
class Next:
    """What a deed makes of it."""

    edition: Edition
    word: str
    note: str
    told: Mapping[int, int]
    parent: int | None = None  #: None: it is an undo or a redo, and stands for an older version
    stands_for: int | None = None


def step(app: App, edition_id: int, make: Callable[[State, Transaction], Next], by: str) -> Shaped:
    """Make the next state of an edition, again when somebody else was quicker.

    Args:
        app: The installation.
        edition_id: The edition.
        make: Tells what becomes of the state that is found; is asked again when that has changed.
        by: Who does it.

    Raises:
        NotFound: There is no such edition.
        Refused: It is past shaping, or would be too large; and whatever `make` raises.
    """
    for _ in range(_TRIES):
        with app.store.reading() as tx:
            state = _state(tx, edition_id)
            _refuse_state(state.stored)
            made = make(state, tx)
        rendered = app.renderer.render(made.edition, app.look(app.digest(made.edition.digest)))
        if rendered.left_out:
            raise Refused(
                "the mail would be larger than mail programs show whole",
                hint="drop an item, or shorten a summary, then do this",
            )
        try:
            return _store(app, state, made, rendered, by)
        except _Overtaken:
            continue
    raise Refused(f"others keep changing edition {edition_id}", hint="try again in a moment")


class _Overtaken(Exception):
    """Somebody else was quicker."""


def _store(app: App, state: State, made: Next, rendered: Rendered, by: str) -> Shaped:
    now, old = app.clock(), state.stored
    name = content_hash(rendered)
    with app.store.writing() as tx:
        current = tx.editions.get(old.id)
        if current is None or current.content_hash != old.content_hash or current.state != old.state:
            raise _Overtaken
        if tx.shapes.newest(old.id) != state.version:
            raise _Overtaken
        base = _settle(tx, state, now)
        version = base + 1
        entry = Version(
            version=version,
            at=now,
            by=by,
            deed=made.word,
            note=made.note,
            stands_for=version if made.stands_for is None else made.stands_for,
            parent=None if made.parent is None else base if base != state.version else made.parent,
            content_hash=name,
        )
        stored = tx.editions.reshape(
            old.id, made.edition, content_hash=name, expect=SHAPEABLE, by=by, at=now, note=made.note
        )
        tx.shapes.add(old.id, entry, made.edition, told=made.told)
        tx.shapes.tell(old.id, made.told)
        tx.shapes.decide(old.id, version, decided(tx, old, made.edition, by))
        bound = Bound(before=old.edition, after=made.edition, versions=state.versions, by=by, at=now)
        bind_stories(tx, bound, made.word)
        if old.state is EditionState.APPROVED:
            stored = tx.editions.set_state(
                old.id,
                EditionState.REVIEW,
                expect=(EditionState.APPROVED,),
                by=by,
                at=now,
                note="changed after it was approved",
            )
    return Shaped(stored=stored, version=version, note=made.note, rendered=rendered)


def state_to_print(app: App, stored: StoredEdition) -> int:
    """Return the number of the state that an edition is in as it goes out; 0 is as it was built.

    What the machine made of it after a hand is put on record as a state before it is mailed.
    """
    with app.store.reading() as tx:
        if not tx.shapes.newest(stored.id):
            return 0
    with app.store.writing() as tx:
        return _settle(tx, _state(tx, stored.id), app.clock())


def _settle(tx: Transaction, state: State, now: datetime) -> int:
    """Keep the state that a hand finds, when it is not on record yet: as built, or changed by the machine."""
    stored = state.stored
    if state.versions and state.versions[-1].content_hash == stored.content_hash:
        return state.version
    number = state.version + 1 if state.versions else 0
    found = Version(
        version=number,
        at=stored.built_at if number == 0 else now,
        by=_MACHINE,
        deed="build" if number == 0 else "machine",
        note="as it was built" if number == 0 else "as the machine left it",
        stands_for=number,
        parent=None,
        content_hash=stored.content_hash,
    )
    tx.shapes.add(stored.id, found, stored.edition, told=state.told)
    return number


def _state(tx: Transaction, edition_id: int) -> State:
    stored = tx.editions.get(edition_id)
    if stored is None:
        raise NotFound(f"no edition {edition_id}", hint="`digest editions list` shows those there are")
    return State(stored=stored, versions=tx.shapes.list(edition_id), told=tx.shapes.told(edition_id))


def _refuse_state(stored: StoredEdition) -> None:
    if stored.state not in SHAPEABLE or not stored.edition.sections:
        raise Refused(
            f"edition {stored.id} is {stored.state} and keeps its content",
            hint="what readers have or get now can't be another thing",
        )
