"""Mail an invitation to the desk: as a letter, put down here and sent by whichever half sends."""

from __future__ import annotations

from datetime import timedelta

from digest.actions.app import App
from digest.actions.staff.accounts import find_user, record
from digest.model import Letter, LetterKind

_A_DAY = 5  #: invitations to one person
_DAY = timedelta(hours=24)


def mail_invitation(app: App, email: str, *, by: str) -> str | None:
    """Put a letter down by which somebody chooses a password; its link is made when it goes.

    It comes from a digest that the person works on, else from the first one.

    Args:
        app: The installation.
        email: Whom.
        by: Who invites.

    Returns:
        Why none is mailed, so that the link is handed on otherwise; None when it is on its way.

    Raises:
        NotFound: Nobody has the address.
    """
    user = find_user(app, email)
    own = [one.digest for one in user.grants if one.digest in app.digests]
    digest = next(iter([*own, *app.digests]), None)
    if digest is None:
        return "there is no digest yet whose sender could write it"
    with app.store.writing() as tx:
        at = app.clock()
        if tx.people.is_suppressed(user.email):
            return "this address must not be mailed"
        if tx.letters.made_to(user.email, {LetterKind.INVITATION}, since=at - _DAY) >= _A_DAY:
            return f"{_A_DAY} were mailed within a day"
        kind = LetterKind.INVITATION
        tx.letters.add(Letter(uid="", kind=kind, email=user.email, digest=digest, made_at=at))
        record(app, tx, "invitation", f"{user.email}: an invitation goes by mail", by=by)
    return None
