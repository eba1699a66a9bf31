"""Folders of a mailbox by the names that people see."""

from __future__ import annotations

import pytest

from digest.deliver.imap.folder_names import own_name, wire_name


@pytest.mark.parametrize(
    ("name", "on_the_wire"),
    [
        ("INBOX", "INBOX"),
        # The example of RFC 3501, section 5.1.3, and the same as servers write it.
        ("~peter/mail/台北/日本語", "~peter/mail/&U,BTFw-/&ZeVnLIqe-"),
        ("~peter/mail/&U,BTFw-/&ZeVnLIqe-", "~peter/mail/&U,BTFw-/&ZeVnLIqe-"),
        ("Rückläufer", "R&APw-ckl&AOQ-ufer"),
        ("R&APw-ckl&AOQ-ufer", "R&APw-ckl&AOQ-ufer"),
        # The pair D83D DCEC in UTF-16.
        ("📬", "&2D3c7A-"),
        ("R&D", "R&-D"),
        ("R&-D", "R&-D"),
        ("R&D-reports", "R&-D-reports"),
        ("büro & co", "b&APw-ro &- co"),
        ("ü&ü", "&APw-&-&APw-"),
    ],
)
def test_folders_are_named_as_servers_write_them(name: str, on_the_wire: str) -> None:
    """People copy what their mail program shows; what is written in the server's way stays."""
    assert wire_name(name) == on_the_wire


@pytest.mark.parametrize(
    ("name", "namespaces", "wanted"),
    [
        ("Processed", b'(("INBOX." ".")) (("user." ".")) (("" "."))', "INBOX.Processed"),  # Cyrus, Courier
        ("INBOX.Processed", b'(("INBOX." ".")) NIL NIL', None),
        ("INBOX/Processed", b'(("INBOX." ".")) NIL NIL', "INBOX.Processed"),
        ("Old/Processed", b'(("INBOX." ".")) NIL NIL', "INBOX.Old.Processed"),
        ("Processed", b'(("INBOX/" "/")("#mh/" "/")) NIL NIL', "INBOX/Processed"),
        # RFC 2342, section 5: a server whose own folders have no beginning, and one that has none at all.
        ("Processed", b'(("" "/")) NIL NIL', None),
        ("Processed", b"NIL NIL NIL", None),
        ("Processed", b'(("' + b"x" * 300 + b'" "."))', None),
        ("Processed", b"", None),
    ],
)
def test_folders_of_ones_own_begin_as_the_server_says(
    name: str, namespaces: bytes, wanted: str | None
) -> None:
    """Who writes what a mail program shows is told what the server calls it."""
    assert own_name(name, namespaces) == wanted
