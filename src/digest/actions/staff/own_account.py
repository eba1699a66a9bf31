"""What people at the desk do with their own account: passwords, and invitations to choose the first."""

from __future__ import annotations

from datetime import timedelta

from digest.actions.app import App
from digest.actions.staff import second_step
from digest.actions.staff.accounts import find_user, record, set_password
from digest.actions.staff.passwords import hashed, is_right
from digest.actions.staff.signing_in import SignedIn, begin_session, mark_of
from digest.actions.staff.tries import Gate, count_tries, return_tries
from digest.errors import EndedLink, Refused
from digest.model.accounts import User
from digest.store.accounts import Secrets

INVITED_FOR = timedelta(days=3)  #: an invitation holds so long, or until it is used


def check_password(app: App, user: User, password: str) -> None:
    """Have somebody who is signed in show once more who it is, before a change that matters.

    Raises:
        Refused: It is not their password.
        TooMany: It was tried too often of late.
    """
    gates = [Gate(kind="again", name=str(user.id), burst=5, interval=timedelta(minutes=2))]
    count_tries(app, gates)
    with app.store.reading() as tx:
        kept = tx.accounts.secrets(user.id)
    if not is_right(kept.password if kept else None, password):
        raise Refused("that isn't your password", hint="try again; case matters")
    return_tries(app, gates)


def change_password(app: App, user: User, old: str, new: str, *, agent: str) -> SignedIn:
    """Change one's own password: all sessions end, and a new one begins.

    Raises:
        Refused: The old one is wrong, or the new one will not do.
        TooMany: It was tried too often of late.
    """
    check_password(app, user, old)
    set_password(app, user.email, new, by=user.email)
    return begin_session(app, user, agent=agent)


def begin_codes(app: App, user: User, password: str, sealed: str, code: str) -> tuple[str, ...]:
    """Ask for codes at one's own sign-in from now on; see `second_step.begin`.

    Raises:
        Refused: Password or code is wrong, or the secret was made for somebody else.
        TooMany: It was tried too often of late.
    """
    check_password(app, user, password)
    return second_step.begin(app, user, sealed, code, by=user.email)


def end_codes(app: App, user: User, password: str, *, agent: str) -> SignedIn:
    """Ask for codes at one's own sign-in no longer: all sessions end, and a new one begins.

    Raises:
        Refused: The password is wrong, or no codes are asked for.
        TooMany: It was tried too often of late.
    """
    check_password(app, user, password)
    second_step.end(app, user.email, by=user.email)
    return begin_session(app, user, agent=agent)


def invite(app: App, email: str) -> str:
    """Make a link by which somebody chooses a password, once and within `INVITED_FOR`.

    Raises:
        NotFound: Nobody has the address.
        Refused: They may not sign in.
    """
    user = find_user(app, email)
    if not user.is_active:
        raise Refused(f"{user.email} may not sign in", hint="`digest users enable` lets them")
    with app.store.reading() as tx:
        kept = tx.accounts.secrets(user.id)
    until = int((app.clock() + INVITED_FOR).timestamp())
    token = app.keyring.sign("invitation", f"{user.id}:{until}:{mark_of(kept) if kept else ''}")
    return f"{app.system.site.base_url.rstrip('/')}/invitation/{token}"


def invited(app: App, token: str) -> User:
    """Return whom an invitation is for.

    Raises:
        EndedLink: It is none, it is over, or it was used.
    """
    return _read(app, token)[0]


def accept(app: App, token: str, password: str) -> User:
    """Choose a password by an invitation; the person then signs in with it, and with a code if need be.

    Of several who take one invitation in the same moment one has it.

    Raises:
        EndedLink: The invitation is over, or was used.
        Refused: The password will not do.
    """
    user, kept = _read(app, token)
    chosen = hashed(password, of=user.email)
    with app.store.writing() as tx:
        if not tx.accounts.replace_password(user.id, chosen, before=kept.password):
            raise _over()
        tx.accounts.end_sessions(user.id)
        record(app, tx, "password", f"{user.email}: new password", by=user.email)
    return user


def _over() -> EndedLink:
    return EndedLink("this invitation is over", hint="ask whoever sent it for a new one")


def _read(app: App, token: str) -> tuple[User, Secrets]:
    said = app.keyring.verify("invitation", token)
    if said is None:
        raise _over()
    user_id, until, mark = said.split(":")
    with app.store.reading() as tx:
        user, kept = tx.accounts.get(int(user_id)), tx.accounts.secrets(int(user_id))
    is_late = app.clock().timestamp() >= int(until)
    if is_late or user is None or kept is None or not user.is_active or mark != mark_of(kept):
        raise _over()
    return user, kept
