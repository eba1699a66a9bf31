"""What differs between a home and database now and when they last sent, in plain words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from digest.actions.home.instance_file import InstanceFile


def differences(then: InstanceFile, now: InstanceFile, epoch: int) -> tuple[str, ...]:
    """Name every difference that means a copy or a restored backup; () when there is none.

    Args:
        then: As the home's file has it.
        now: The same with the place and database of this moment.
        epoch: Of the database's row; 0 when it has none.
    """
    found = (_steps(then, epoch), _moved(then, now), _replaced(then.database, now.database))
    return tuple(sentence for sentence in found if sentence is not None)


def strangers(mine: Sequence[str], theirs: Sequence[str]) -> str | None:
    """Tell of two homes, by the names of their keys, that neither knows the key that the other signs with.

    Args:
        mine: Of this home, the one that signs first.
        theirs: Of the other; empty when they are not known.
    """
    if not (mine and theirs) or mine[0] in theirs or theirs[0] in mine:
        return None
    return (
        "the home that last sent has another keys/signing.key, and links in its mails are dead here:"
        " copy the file from there"
    )


def _steps(then: InstanceFile, epoch: int) -> str | None:
    if epoch == then.epoch or (not then.settled and epoch == then.epoch - 1):
        return None
    if epoch == 0:
        return "the database does not know this home: it is another one, or older than the home's first mail"
    if epoch < then.epoch:
        return f"the database is older than the home, at step {epoch} of {then.epoch}: a backup was restored"
    return f"the home is older than the database, at step {then.epoch} of {epoch}: it was restored or copied"


def _moved(then: InstanceFile, now: InstanceFile) -> str | None:
    if then.home == now.home:
        return None
    return f"the home was {then.home} when it last sent, and is {now.home} now"


def _replaced(then: Mapping[str, int | str], now: Mapping[str, int | str]) -> str | None:
    """Compare what both could read: a kind of disk or server that keeps less shows less."""
    changed = {key for key in then.keys() & now.keys() if then[key] != now[key]}
    if not changed:
        return None
    if "born" in changed:
        return f"the database is another file, made {_moment(now['born'])} and not {_moment(then['born'])}"
    if "inode" in changed:
        return "the database is another file than the one that last sent"
    return "the database is another one of the server, or of another server, than the one that last sent"


def _moment(born: int | str) -> str:
    return f"{datetime.fromtimestamp(int(born) // 1_000_000_000, UTC):%Y-%m-%d %H:%M:%S} UTC"
