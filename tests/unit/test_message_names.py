"""Message-IDs of editions: known again for their own reader, and for nobody else."""

from __future__ import annotations

import pytest

from digest.deliver import edition_of, message_name
from digest.tokens import Keyring

OLD = "old-key-old-key-old-key-old-key-0"
NEW = "new-key-new-key-new-key-new-key-0"
RING = Keyring((NEW,))
SAM, EVE = "AAECAwQFBgcICQoLDA0ODw", "EVECAwQFBgcICQoLDA0ODw"


def test_a_message_id_tells_its_edition_to_who_knows_its_reader() -> None:
    """Only both together name a mail; keys change while mail is under way."""
    name = message_name(Keyring((OLD,)), 7, SAM)
    message_id = f"  <{name}@news.example.org>\t"

    assert name.startswith("e7.")
    assert edition_of(Keyring((NEW, OLD)), message_id, SAM) == 7
    assert edition_of(Keyring((NEW, OLD)), message_id, EVE) is None
    assert edition_of(RING, message_id, SAM) is None
    assert edition_of(Keyring((OLD,)), message_id.replace("e7.", "e8."), SAM) is None


def test_a_copy_has_a_name_of_its_own() -> None:
    """Two mails of one Message-ID are one for many programs."""
    copy = message_name(RING, 7, SAM, "letter")

    assert copy != message_name(RING, 7, SAM)
    assert edition_of(RING, f"<{copy}@news.example.org>", SAM) is None


@pytest.mark.parametrize(
    "message_id",
    [
        "",
        "<e7@news.example.org>",
        f"{message_name(RING, 7, SAM)}@news.example.org",
        f"<{message_name(RING, 7, SAM).upper()}@news.example.org>",
        f"<{message_name(RING, 7, SAM).replace('e7', 'e07')}@news.example.org>",
        f"<{message_name(RING, 10**30, SAM)}@news.example.org>",
        f"<{message_name(RING, 2**63, SAM)}@news.example.org>",
        "<e7." * 60_000,
    ],
)
def test_anything_else_is_of_no_edition(message_id: str) -> None:
    """They come from strangers; a number must fit the database."""
    assert edition_of(RING, message_id, SAM) is None
