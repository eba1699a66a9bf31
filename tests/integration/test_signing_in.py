"""Signing in: passwords, codes, sessions, and what strangers are told and kept from."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyotp
import pytest
from argon2 import PasswordHasher

from commands import furnish
from digest.actions.app import App
from digest.actions.staff import own_account, passwords, second_step, signing_in
from digest.actions.staff.accounts import add_user, set_active, set_grants, set_password
from digest.actions.staff.signing_in import (
    Caller,
    CodeWanted,
    SignedIn,
    confirm_code,
    sign_in,
    user_of_session,
)
from digest.bootstrap import open_app
from digest.errors import Refused, TooMany
from digest.model.accounts import ALL, Grant, Role, User
from digest.store.account_tables import api_tokens, recovery_codes, sessions, sign_in_tries, users

NOW = datetime(2026, 11, 19, 6, tzinfo=UTC)
ADMIN = [Grant(digest=ALL, role=Role.ADMIN)]
PASSWORD = "correct horse battery"
HERE = Caller(network="192.0.2.1", agent="Firefox on Linux")
SECOND, MINUTE, HOUR, DAY = (timedelta(**{unit: 1}) for unit in ("seconds", "minutes", "hours", "days"))


class Time:
    """A clock that the test turns."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def time() -> Time:
    """Time that stands still until the test turns it."""
    return Time()


@pytest.fixture
def app(tmp_path: Path, time: Time) -> Iterator[App]:
    """An installation with Ada, who is its admin."""
    with open_app(furnish(tmp_path / "home"), clock=time) as opened:
        add_user(opened, "ada@example.org", "Ada Venn", password=PASSWORD, grants=ADMIN, by="tests")
        yield opened


def enter(app: App, password: str = PASSWORD, caller: Caller = HERE, *, stay: bool = False) -> SignedIn:
    """Sign Ada in by password alone."""
    begun = sign_in(app, "ada@example.org", password, caller=caller, stay=stay)
    assert isinstance(begun, SignedIn)
    return begun


def wrong(app: App, times: int, caller: Caller = HERE, email: str = "ada@example.org") -> list[str]:
    """Try a wrong password so often; return the names of the errors."""
    heard = []
    for _ in range(times):
        with pytest.raises(Refused) as caught:
            sign_in(app, email, "wrong horse battery", caller=caller)
        heard.append(type(caught.value).__name__)
    return heard


def holds(app: App, begun: SignedIn) -> bool:
    """Tell whether a session is one."""
    return user_of_session(app, begun.token) is not None


def test_an_idle_session_ends_after_twelve_hours_and_a_used_one_goes_on(app: App, time: Time) -> None:
    """Each use counts, to the minute that it is written down by."""
    idle, used = enter(app), enter(app)
    time.now += 11 * HOUR
    assert holds(app, used)
    time.now += HOUR

    assert not holds(app, idle)
    time.now += 11 * HOUR - SECOND
    assert holds(app, used)


@pytest.mark.parametrize("stay", [True, False])
def test_no_session_lives_longer_than_thirty_days(app: App, time: Time, stay: bool) -> None:
    """Also one that is used all the time; one that is to stay needs no use."""
    begun = enter(app, stay=stay)
    for _ in range(60):
        time.now += 12 * HOUR - MINUTE
        assert stay or holds(app, begun)
    time.now = NOW + 30 * DAY - SECOND
    assert holds(app, begun)
    time.now += SECOND

    assert not holds(app, begun)


def test_a_busy_database_keeps_nobody_out(app: App, time: Time) -> None:
    """An import holds it: pages are read all the same, and that the session was used is written next time."""
    begun = enter(app)
    time.now += 2 * MINUTE
    with app.store.writing():
        assert user_of_session(app, begun.token) is not None
    with app.store.reading() as tx:
        (unseen,) = tx.accounts.sessions(begun.user.id)
    user_of_session(app, begun.token)
    with app.store.reading() as tx:
        (seen,) = tx.accounts.sessions(begun.user.id)

    assert (unseen.seen_at, seen.seen_at) == (NOW, NOW + 2 * MINUTE)


def test_a_copy_of_the_database_opens_no_door(app: App) -> None:
    """Neither session, token, code nor password stands in it as it is shown."""
    begun = enter(app)
    ada = begun.user
    offer = second_step.offer(app, ada)
    codes = second_step.begin(app, ada, offer.sealed, pyotp.TOTP(offer.secret).at(NOW), by="ada")
    tables = (users, sessions, api_tokens, recovery_codes, sign_in_tries)
    with app.store.reading() as tx:
        stored = [
            str(tuple(row)) for table in tables for row in tx.accounts.connection.execute(table.select())
        ]
    plain = "".join(stored).lower()

    assert "ada@example.org" in plain
    for secret in (begun.token, PASSWORD, offer.secret, codes[0], codes[0].replace("-", ""), "192.0.2.1"):
        assert secret.lower() not in plain


def test_five_wrong_passwords_then_one_in_two_minutes(app: App, time: Time) -> None:
    """Also the right one waits, so that a guess is worth nothing; nobody waits for ever."""
    assert wrong(app, 6) == ["Refused"] * 5 + ["TooMany"]
    with pytest.raises(TooMany) as caught:
        enter(app)
    assert caught.value.wait_s == 120
    time.now += 2 * MINUTE

    assert holds(app, enter(app))


def test_unknown_names_wait_like_known_ones(app: App) -> None:
    """Waiting tells nobody who works at the desk."""
    assert wrong(app, 6) == wrong(app, 6, Caller(network="192.0.2.2"), "eve@example.org")


def test_one_network_cannot_try_many_names(app: App) -> None:
    """Twenty at once, whatever the names."""
    heard = [wrong(app, 1, email=f"n{number}@example.org")[0] for number in range(22)]

    assert heard == ["Refused"] * 20 + ["TooMany"] * 2


def test_one_name_cannot_be_tried_from_many_networks(app: App) -> None:
    """Thirty at once; and the person still gets in with a browser that is known."""
    known = enter(app)
    for number in range(30):
        wrong(app, 1, Caller(network=f"198.51.100.{number}"))
    with pytest.raises(TooMany):
        enter(app, caller=Caller(network="203.0.113.1"))

    assert holds(app, enter(app, caller=Caller(network="203.0.113.1", device=known.device)))


def test_a_known_browser_of_one_person_is_a_stranger_to_another(app: App) -> None:
    """Or who works at the desk could guess without end what their neighbours' passwords are."""
    add_user(app, "eve@example.org", "Eve", password=PASSWORD, grants=[], by="tests")
    eve = sign_in(app, "eve@example.org", PASSWORD, caller=HERE)
    assert isinstance(eve, SignedIn)

    assert wrong(app, 6, Caller(network="192.0.2.9", device=eve.device))[-1] == "TooMany"


def test_right_passwords_cost_no_tries(app: App) -> None:
    """Who signs in a dozen times an hour is no attacker."""
    for _ in range(12):
        enter(app)


def test_tries_at_once_are_all_counted(app: App) -> None:
    """Ten threads with a wrong password each: five are looked at."""
    with ThreadPoolExecutor(10) as pool:
        heard = list(pool.map(lambda _: wrong(app, 1)[0], range(10)))

    assert sorted(heard) == ["Refused"] * 5 + ["TooMany"] * 5


def test_who_is_disabled_hears_what_strangers_hear(app: App) -> None:
    """And is signed out at once."""
    add_user(app, "olu@example.org", "Olu", password=PASSWORD, grants=ADMIN, by="tests")
    begun = enter(app)
    set_active(app, "ada@example.org", is_active=False, by="olu@example.org")

    assert not holds(app, begun)
    assert wrong(app, 1) == ["Refused"]
    with pytest.raises(Refused, match="don't belong together"):
        enter(app)


def test_the_last_admin_stays(app: App) -> None:
    """Or nobody could mend anything but on the machine itself."""
    with pytest.raises(Refused, match="nobody would be left"):
        set_grants(app, "ada@example.org", [], by="ada@example.org")
    with pytest.raises(Refused, match="nobody would be left"):
        set_active(app, "ada@example.org", is_active=False, by="ada@example.org")

    assert enter(app).user.grants == tuple(ADMIN)


def test_two_admins_cannot_depose_each_other_at_once(app: App) -> None:
    """Both look, both see the other one left, both write: unless they take turns."""
    add_user(app, "olu@example.org", "Olu", password=PASSWORD, grants=ADMIN, by="tests")

    def depose(email: str) -> bool:
        try:
            set_grants(app, email, [], by="tests")
        except Refused:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(depose, ["ada@example.org", "olu@example.org"]))

    assert sorted(done) == [False, True]


def test_weaker_hashes_are_made_anew(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    """When better figures come with a new version, people who sign in get them."""
    monkeypatch.setattr(passwords, "_HASHER", PasswordHasher())
    user = enter(app).user
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    with app.store.writing() as tx:
        tx.accounts.set_password(user.id, weak)
    enter(app)
    with app.store.reading() as tx:
        kept = tx.accounts.secrets(user.id)

    assert kept is not None
    assert kept.password is not None
    assert kept.password.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert passwords.is_right(kept.password, PASSWORD)


@pytest.mark.parametrize(
    "word", ["short", "x" * 201, "aaaaaaaaaaaa", "ada-venn-lives", "ada-venn@example.org"]
)
def test_easy_passwords_are_refused(app: App, word: str) -> None:
    """Too short, too long, one letter, or what everybody knows of the person."""
    with pytest.raises(Refused):
        add_user(app, "ada-venn@example.org", "Ada", password=word, grants=[], by="tests")


def test_a_letter_is_the_same_however_a_keyboard_writes_it(app: App) -> None:
    """'é' is one letter on one machine and two on the other (NIST SP 800-63B)."""
    set_password(app, "ada@example.org", "caf\u00e9 au lait", by="tests")

    assert holds(app, enter(app, "cafe\u0301 au lait"))


def test_a_changed_password_ends_the_other_sessions(app: App) -> None:
    """The one that changed it goes on under a new token."""
    first, other = enter(app), enter(app)
    fresh = own_account.change_password(app, first.user, PASSWORD, "new horse, new battery", agent="x")

    assert (holds(app, first), holds(app, other), holds(app, fresh)) == (False, False, True)
    with pytest.raises(Refused, match="isn't your password"):
        own_account.change_password(app, first.user, PASSWORD, "other horse battery", agent="x")


def test_an_invitation_is_used_once_and_within_three_days(app: App, time: Time) -> None:
    """Nobody needs to know a password that somebody else made."""
    add_user(app, "olu@example.org", "Olu", password=None, grants=ADMIN, by="tests")
    token = own_account.invite(app, "olu@example.org").rpartition("/")[2]
    with pytest.raises(Refused, match="don't belong together"):
        sign_in(app, "olu@example.org", "", caller=HERE)
    assert own_account.accept(app, token, "quiet river stones").email == "olu@example.org"
    with pytest.raises(Refused, match="is over"):
        own_account.accept(app, token, "another river stone")
    late = own_account.invite(app, "olu@example.org").rpartition("/")[2]
    time.now += 3 * DAY
    with pytest.raises(Refused, match="is over"):
        own_account.invited(app, late)
    with pytest.raises(Refused, match="is over"):
        own_account.invited(app, token[:-2])

    assert isinstance(sign_in(app, "olu@example.org", "quiet river stones", caller=HERE), SignedIn)


@pytest.fixture
def secret(app: App) -> str:
    """Ada's telephone knows a secret, and codes are asked for."""
    return codes_for(app, enter(app).user)[0]


def codes_for(app: App, user: User) -> tuple[str, tuple[str, ...]]:
    """Begin the second step; return the secret and the recovery codes."""
    offer = second_step.offer(app, user)
    code = pyotp.TOTP(offer.secret).at(app.clock() - timedelta(seconds=30))
    return offer.secret, second_step.begin(app, user, offer.sealed, code, by=user.email)


def ticket(app: App) -> str:
    """Take the first step."""
    begun = sign_in(app, "ada@example.org", PASSWORD, caller=HERE)
    assert isinstance(begun, CodeWanted)
    return begun.ticket


def test_a_code_is_asked_for_and_good_once(app: App, time: Time, secret: str) -> None:
    """Who looks over a shoulder comes too late (RFC 6238, section 5.2)."""
    first, again = ticket(app), ticket(app)
    code = pyotp.TOTP(secret).at(time.now)

    assert holds(app, confirm_code(app, first, f"{code[:3]} {code[3:]}", caller=HERE))
    with pytest.raises(Refused, match="not the code"):
        confirm_code(app, again, code, caller=HERE)
    time.now += 30 * SECOND
    assert holds(app, confirm_code(app, again, pyotp.TOTP(secret).at(time.now), caller=HERE))


def test_codes_may_be_a_step_off_and_no_more(app: App, time: Time, secret: str) -> None:
    """Telephones' clocks are right to half a minute."""
    time.now += HOUR
    wanted = ticket(app)
    for steps in (-2, 2):
        with pytest.raises(Refused, match="not the code"):
            confirm_code(app, wanted, pyotp.TOTP(secret).at(time.now + steps * 30 * SECOND), caller=HERE)

    for steps in (-1, 1):
        assert holds(
            app, confirm_code(app, wanted, pyotp.TOTP(secret).at(time.now + steps * 30 * SECOND), caller=HERE)
        )


def test_codes_cannot_be_guessed(app: App, time: Time, secret: str) -> None:
    """Five of a million, then one in three minutes, from wherever."""
    wanted = ticket(app)
    time.now += MINUTE
    wrong_code = f"{(int(pyotp.TOTP(secret).at(time.now)) + 500_000) % 1_000_000:06}"
    for number in range(5):
        with pytest.raises(Refused, match="not the code"):
            confirm_code(app, wanted, wrong_code, caller=Caller(network=str(number)))
    with pytest.raises(TooMany):
        confirm_code(app, wanted, pyotp.TOTP(secret).at(time.now), caller=HERE)


@pytest.mark.parametrize("spoil", ["late", "password", "disabled", "forged"])
def test_a_first_step_is_good_for_five_minutes_while_nothing_changes(
    app: App, time: Time, secret: str, spoil: str
) -> None:
    """Somebody may have changed the password because it got known."""
    add_user(app, "olu@example.org", "Olu", password=PASSWORD, grants=ADMIN, by="tests")
    wanted = ticket(app)
    if spoil == "late":
        time.now += signing_in.CODE_WITHIN
    elif spoil == "password":
        set_password(app, "ada@example.org", "new horse, new battery", by="tests")
    elif spoil == "disabled":
        set_active(app, "ada@example.org", is_active=False, by="tests")
    else:
        wanted = f"x{wanted}"

    with pytest.raises(Refused, match="too long ago"):
        confirm_code(app, wanted, pyotp.TOTP(secret).at(time.now), caller=HERE)


def test_codes_that_were_put_away_are_good_once_each(app: App) -> None:
    """For the day that the telephone falls into the river; however they are typed."""
    _, codes = codes_for(app, enter(app).user)

    assert len(set(codes)) == 10
    assert holds(app, confirm_code(app, ticket(app), codes[0].upper().replace("-", " "), caller=HERE))
    with pytest.raises(Refused, match="not the code"):
        confirm_code(app, ticket(app), codes[0], caller=HERE)
    assert holds(app, confirm_code(app, ticket(app), codes[1], caller=HERE))


def test_an_offer_is_for_one_person_and_needs_its_code(app: App) -> None:
    """Nobody is locked out by a secret that their telephone does not know, or that somebody else's does."""
    ada = enter(app).user
    olu = add_user(app, "olu@example.org", "Olu", password=PASSWORD, grants=ADMIN, by="tests")
    offer = second_step.offer(app, ada)
    code = pyotp.TOTP(offer.secret).at(NOW)
    with pytest.raises(Refused, match="not made for you"):
        second_step.begin(app, olu, offer.sealed, code, by="olu")
    with pytest.raises(Refused, match="not the code"):
        second_step.begin(app, ada, offer.sealed, f"{(int(code) + 1) % 1_000_000:06}", by="ada")

    assert isinstance(sign_in(app, "ada@example.org", PASSWORD, caller=HERE), SignedIn)


def test_codes_end_when_an_admin_says_so(app: App, secret: str) -> None:
    """Telephone and codes may both be lost; sessions end, since who asked may be a thief."""
    begun = confirm_code(app, ticket(app), pyotp.TOTP(secret).at(NOW), caller=HERE)
    second_step.end(app, "ada@example.org", by="olu@example.org")

    assert not holds(app, begun)
    assert holds(app, enter(app))
