"""Folders of a mailbox by the names that people see."""

from __future__ import annotations

import pytest

from digest.deliver.reports.folder_names import wire_name


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
