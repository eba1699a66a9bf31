"""Bytes become the text that a browser would show."""

from __future__ import annotations

import codecs

import pytest

from digest.collect.formats import decode
from digest.errors import DocumentError

RUSSIAN = "<p>Смотритель шлюза насчитал девять лодок до полудня и ни одной после, что он записал в книгу.</p>"
JAPANESE = "<p>水門の番人は正午までに九隻の船を数え、その後は一隻もなかったと帳面に書いた。</p>"
CHINESE = "<p>水闸看守人在中午之前数了九条船，之后一条也没有，他把这件事写在门边的本子上。</p>"
KOREAN = "<p>수문지기는 정오 이전에 배 아홉 척을 세었고 그 뒤로는 한 척도 없었다고 장부에 적었다.</p>"
GREEK = "<p>Ο φύλακας της πύλης μέτρησε εννέα βάρκες πριν το μεσημέρι και καμία μετά από αυτό.</p>"
POLISH = "<p>Strażnik śluzy naliczył dziewięć łodzi przed południem, a potem już żadnej.</p>"
GERMAN = "<p>Der Wärter zählte für die Behörde neun Boote – und „keines“ mehr.</p>"


@pytest.mark.parametrize("label", ["iso-8859-1", "latin1", "us-ascii", "ISO_8859-1", "x-user-defined"])
def test_labels_of_latin_mean_windows_1252(label: str) -> None:
    """The Encoding standard says so, and typographic quotes in 'Latin-1' pages prove it right."""
    page = f"<meta charset={label}>{GERMAN}"

    assert decode(page.encode("cp1252")) == page


@pytest.mark.parametrize(
    ("label", "codec", "text"),
    [
        ("gb2312", "gb18030", CHINESE),
        ("ks_c_5601-1987", "cp949", KOREAN),
        ("x-sjis", "cp932", JAPANESE),
        ("windows-1251", "cp1251", RUSSIAN),
        ("koi8_r", "koi8-r", RUSSIAN),
        ("latin2", "iso-8859-2", POLISH),
        ("utf-16", "utf-8", RUSSIAN),
    ],
)
def test_a_declared_label_is_followed_as_browsers_do(label: str, codec: str, text: str) -> None:
    """A declaration of UTF-16 that could be read as ASCII is wrong, and stands for UTF-8."""
    page = f'<meta http-equiv="content-type" content="text/html; charset={label}">{text}'

    assert decode(page.encode(codec)) == page


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("start", ["<?xml version='1.0'?>", "<html lang=ru>", '{"title": 1}'])
def test_wide_letters_without_a_mark_are_seen_by_their_zeros(start: str, codec: str) -> None:
    """Feeds and mails of Windows programs leave the mark out; what comes after may be any letters."""
    text = start + RUSSIAN

    assert decode(text.encode(codec)) == text
    assert decode(f"Lock keeper: {text}".encode(codec), "UTF-16") == f"Lock keeper: {text}"


def test_zeros_elsewhere_are_no_wide_letters() -> None:
    """What is no text stays none, and one stray zero is dropped."""
    with pytest.raises(DocumentError, match="binary"):
        decode(b"\0\1\0\0" * 40)
    assert decode(b"a\0 lock keeper counts") == "a lock keeper counts"


def test_a_servers_default_does_not_spoil_what_declares_utf8_and_is() -> None:
    """Apache says Latin-1 of all files where nobody told it otherwise: readers saw 'zÃ¤hlte'."""
    feed = f"<?xml version='1.0' encoding='UTF-8'?>{GERMAN}"

    assert decode(feed.encode(), "ISO-8859-1") == feed
    assert decode(feed.encode("cp1252"), "ISO-8859-1") == feed
    assert "zÃ¤hlte" in decode(GERMAN.encode(), "ISO-8859-1")


def test_a_declaration_within_a_comment_does_not_count() -> None:
    """The standard's prescan passes over comments."""
    page = f"<!-- <meta charset=koi8-r> -->{RUSSIAN}"

    assert decode(page.encode()) == page


def test_a_mark_comes_before_the_server_and_that_before_the_page() -> None:
    """The order of the HTML standard."""
    page = f"<meta charset=koi8-r>{RUSSIAN}"

    assert decode(codecs.BOM_UTF8 + page.encode(), "windows-1251") == page
    assert decode(page.encode("cp1251"), "windows-1251") == page


@pytest.mark.parametrize(
    ("codec", "text", "ending"),
    [
        ("cp1251", RUSSIAN, ""),
        ("koi8-r", RUSSIAN, "ru"),
        ("cp932", JAPANESE, ""),
        ("euc-jp", JAPANESE, "jp"),
        ("gb18030", CHINESE, ""),
        ("cp949", KOREAN, "kr"),
        ("cp1253", GREEK, "gr"),
        ("cp1250", POLISH, "pl"),
        ("cp1252", GERMAN, ""),
        ("cp1252", GERMAN, "de"),
        ("cp1252", "<p>café à la crème</p>", ""),
        ("cp1252", "<p>Übergrößenträger</p>", ""),
    ],
)
def test_what_says_nothing_is_read_by_its_letters_and_its_host(codec: str, text: str, ending: str) -> None:
    """Old sites of one country are written in one encoding, and forget to say so."""
    assert decode((text * 3).encode(codec), None, ending) == text * 3


def test_the_language_of_the_page_is_a_hint_as_well() -> None:
    """A Polish page on a .com host."""
    page = f"<html lang=pl>{POLISH}"

    assert decode(page.encode("cp1250"), None, "com") == page


def test_a_single_wrong_byte_does_not_turn_utf_8_into_another_encoding() -> None:
    """One broken sign of an advertisement must not garble all the others."""
    data = RUSSIAN.encode() + b"\xff"

    assert decode(data).startswith(RUSSIAN)
