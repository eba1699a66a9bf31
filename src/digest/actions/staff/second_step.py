"""The second step of a sign-in: a code of the telephone, or one that was put away."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field

import pyotp

from digest.actions.app import App
from digest.actions.staff.accounts import need_user, record
from digest.actions.staff.sealing import seal, unseal
from digest.errors import Refused
from digest.model.accounts import User
from digest.store import Transaction
from digest.tokens import base32

STEP_S = 30  #: RFC 6238, section 5.2
CODES = 10  #: that are put away
_DRIFT = (0, -1, 1)  # steps that a clock may be wrong by
_CODE_BYTES = 10  # 80 bits: nobody finds them from their hashes


@dataclass(frozen=True, kw_only=True, slots=True)
class Offer:
    """A secret that somebody may begin to use; nothing is stored yet."""

    secret: str = field(repr=False)  #: in base32, for who types it in
    address: str = field(repr=False)  #: otpauth://..., for a picture that telephones read
    sealed: str  #: what `begin` takes


def offer(app: App, user: User) -> Offer:
    """Make a secret for a person's telephone."""
    secret = pyotp.random_base32()
    return _offer(app, user, secret, _seal(app, user, secret))


def offered(app: App, user: User, sealed: str) -> Offer:
    """Return an offer once more, for a form that comes back with a fault.

    Raises:
        Refused: It was not made for this person.
    """
    secret = _unseal(app, user, sealed)
    if secret is None:
        raise Refused("this secret was not made for you", hint="open the page again")
    return _offer(app, user, secret, sealed)


def begin(app: App, user: User, sealed: str, code: str, *, by: str) -> tuple[str, ...]:
    """Ask a person for codes from now on.

    Args:
        app: The installation.
        user: Whom.
        sealed: Of the offer that was taken.
        code: What the telephone shows: it is right, or nobody could sign in.
        by: Who does it.

    Returns:
        Codes to put away, each good for one sign-in; they are shown this once.

    Raises:
        Refused: The code is wrong, or the offer was not made for this person.
    """
    secret = offered(app, user, sealed).secret
    step = _step_of(app, secret, code)
    if step is None:
        raise Refused(
            "that is not the code", hint="the telephone shows a new one every 30 s; its clock must be right"
        )
    codes = tuple(base32(secrets.token_bytes(_CODE_BYTES)) for _ in range(CODES))
    with app.store.writing() as tx:
        tx.accounts.set_totp(user.id, sealed, used=step, codes=[_hash(user, each) for each in codes])
        record(app, tx, "second step", f"{user.email}: codes are asked for", by=by)
    return tuple(f"{each[:4]}-{each[4:8]}-{each[8:12]}-{each[12:]}" for each in codes)


def end(app: App, email: str, *, by: str) -> None:
    """Ask a person for no codes any more, which ends all their sessions.

    Raises:
        NotFound: Nobody has the address.
        Refused: They are asked for none.
    """
    with app.store.writing() as tx:
        user = need_user(tx, email)
        if not user.has_totp:
            raise Refused(f"{user.email} is asked for no codes")
        tx.accounts.set_totp(user.id, None, used=None, codes=())
        tx.accounts.end_sessions(user.id)
        record(app, tx, "second step", f"{user.email}: no codes are asked for", by=by)


def codes_left(app: App, user: User) -> int:
    """Count the codes that a person has put away and not used."""
    with app.store.reading() as tx:
        return tx.accounts.recovery_codes_left(user.id)


def use_code(app: App, tx: Transaction, user: User, code: str) -> bool:
    """Use up a code, in a transaction that is open; False when it is wrong, or was used before.

    Raises:
        Refused: The secret cannot be read, since the installation's keys have changed.
    """
    plain = code.replace(" ", "").replace("-", "").lower()
    if len(plain) == _CODE_BYTES * 8 // 5:
        return tx.accounts.use_recovery_code(user.id, _hash(user, plain))
    kept = tx.accounts.secrets(user.id)
    secret = _unseal(app, user, kept.totp) if kept and kept.totp else None
    if secret is None:
        raise Refused(
            "codes can't be checked: the signing key has changed", hint="`digest users no-codes` ends them"
        )
    step = _step_of(app, secret, plain)
    return step is not None and tx.accounts.use_totp(user.id, step)


def _offer(app: App, user: User, secret: str, sealed: str) -> Offer:
    house = app.system.web.house or "Digest"
    address = pyotp.TOTP(secret).provisioning_uri(name=user.email, issuer_name=house)
    return Offer(secret=secret, address=address, sealed=sealed)


def _step_of(app: App, secret: str, code: str) -> int | None:
    plain = code.replace(" ", "")
    now = int(app.clock().timestamp()) // STEP_S
    totp = pyotp.TOTP(secret, interval=STEP_S)
    right = [
        now + drift
        for drift in _DRIFT
        if hmac.compare_digest(totp.generate_otp(now + drift).encode(), plain.encode())
    ]
    return next(iter(right), None)


def _hash(user: User, code: str) -> bytes:
    return hashlib.sha256(f"{user.id} {code}".encode()).digest()


def _seal(app: App, user: User, secret: str) -> str:
    return seal(app.keyring, "second step", secret, of=str(user.id))


def _unseal(app: App, user: User, sealed: str) -> str | None:
    return unseal(app.keyring, "second step", sealed, of=str(user.id))
