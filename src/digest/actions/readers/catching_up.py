"""Have what one missed sent, on one's return: one mail with the best of it, once."""

from __future__ import annotations

from digest.actions.app import App
from digest.actions.readers.choices import AGAIN, RESENDS
from digest.actions.readers.letters import ONCE
from digest.actions.readers.missed import missed
from digest.actions.readers.reader_links import holder
from digest.errors import Refused
from digest.model import Letter, LetterKind


def catch_up(app: App, token: str) -> None:
    """Put the mail down that brings a reader the best of what came while they were away.

    Raises:
        NotFound: The link is not ours, or the person was erased.
        Refused: There is nothing, it was sent already, they were back too long ago, or they had
            `RESENDS` mails in 24 hours.
    """
    now = app.clock()
    with app.store.writing() as tx:
        held = holder(app, tx, "preferences", token)
        email = held.person.email
        # First, since from here on nobody else puts letters down: of two presses one finds the other's.
        if tx.letters.made_to(email, AGAIN, since=now - ONCE) >= RESENDS:
            raise Refused(f"that makes {RESENDS} today", hint="try again tomorrow")
        choice = tx.people.subscription(held.person.id, held.digest)
        found = None if choice is None else missed(app, tx, choice)
        if found is None:
            raise Refused(
                "there is nothing to catch up on, or it was sent already",
                hint="your last ten editions are on the page of your choices",
            )
        letter = Letter(
            uid="",
            kind=LetterKind.CATCH_UP,
            email=email,
            digest=held.digest,
            subscriber_id=held.person.id,
            stories=found.best,
            made_at=now,
        )
        tx.letters.add(letter)
