"""Which refusals of the desk are put on record, and what is said of them: never what was shown or typed."""

from __future__ import annotations

from fastapi import Request

from digest.actions.staff.programs import owner_of_token
from digest.actions.staff.refused_tries import RefusedTries, Tried
from digest.actions.staff.signing_in import account_at, account_of_ticket
from digest.errors import DeadLink, DigestError, EndedLink, Refused, TooMany
from digest.model.accounts import User
from digest.web.callers import network_of
from digest.web.frame import installed
from digest.web.guard import API, SAFE, ForeignForm, NotAllowed, NotSignedIn, shown_secret


def note_refusal(request: Request, error: DigestError) -> None:
    """Put on record what people, programs and links were refused; other errors are none of it.

    That no token at all is shown, or nobody is signed in, is no try. Links of readers are theirs; those of
    mails to the desk are opened by scanners, too, so only a press on their pages counts.
    """
    user: User | None = getattr(request.state, "user", None)
    if isinstance(error, NotAllowed):
        kind = "the token lacks" if error.is_token else "lacks"
        _note(request, f"{kind} the right to {error.right.value}", user=user, digest=error.digest)
    elif isinstance(error, ForeignForm) and user is not None:
        _note(request, error.message, user=user)
    elif isinstance(error, NotSignedIn) and request.url.path.startswith(API):
        if shown := shown_secret(request):
            _note(request, "a token that does not hold", token=shown)
    elif isinstance(error, (DeadLink, EndedLink)) and request.method not in SAFE:
        _note(request, error.message)


def note_sign_in(request: Request, error: Refused, *, email: str) -> None:
    """Put on record that address and password did not belong together, or that it was tried too often."""
    why = "too many tries" if isinstance(error, TooMany) else "wrong address or password"
    _note(request, why, email=email)


def note_code(request: Request, error: Refused, *, ticket: str) -> None:
    """Put on record that a code was refused after the right password."""
    why = "too many tries" if isinstance(error, TooMany) else "wrong code, or too late"
    _note(request, why, user=account_of_ticket(installed(request), ticket))


def _note(
    request: Request,
    why: str,
    *,
    user: User | None = None,
    digest: str | None = None,
    email: str = "",
    token: str = "",
) -> None:
    """Write a try down, for who has shown who they are, else for the network.

    Tries to sign in count by network only: no clock tells whether an address is somebody's.
    """
    app, network = installed(request), network_of(request)
    tries: RefusedTries = request.app.state.refused

    def tried() -> Tried:
        meant = user or (account_at(app, email) if email else None)
        meant = meant or (owner_of_token(app, token) if token else None)
        edition = str(request.path_params.get("edition", ""))
        is_there = digest in app.digests
        return Tried(
            by=meant.email if meant else None,
            network=network,
            what=f"{request.method} {request.scope['route'].path}",
            why=why,
            digest=digest if is_there else None,
            edition_id=int(edition) if is_there and edition.isdecimal() else None,
        )

    tries.note(app, network, user.email if user else None, tried)
