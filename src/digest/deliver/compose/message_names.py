"""Message-IDs of editions: the same each time for one reader, and made by nobody else."""

from __future__ import annotations

import re

from digest.tokens import Keyring

_PURPOSE = "message-id"
_LARGEST_ID = 2**63 - 1
_MESSAGE_ID = re.compile(r"<e([1-9][0-9]{0,18})\.([0-9a-f]{32})@[^<>@]{1,255}>", re.ASCII)


def message_name(keyring: Keyring, edition_id: int, uid: str, copy: str | None = None) -> str:
    """Make what stands before the @ of a Message-ID.

    Args:
        keyring: Its first key signs.
        edition_id: The edition; 1 or more.
        uid: The subscriber's public name.
        copy: Names one more copy of the same mail; None is the mail itself.
    """
    payload = f"{edition_id}/{uid}" if copy is None else f"{edition_id}/{uid}/{copy}"
    return f"e{edition_id}.{keyring.hexdigest(_PURPOSE, payload)}"


def edition_of(keyring: Keyring, message_id: str, uid: str) -> int | None:
    """Return the edition of a Message-ID that was made for this subscriber; None for any other.

    Copies have names of their own and are not known by them.
    """
    found = _MESSAGE_ID.search(message_id)
    if found is None:
        return None
    edition, name = int(found[1]), found[2]
    is_ours = keyring.attests_hex(_PURPOSE, f"{edition}/{uid}", name)
    return edition if is_ours and edition <= _LARGEST_ID else None
