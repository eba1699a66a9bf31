"""Bytes to text as browsers read them.

Source: the WHATWG standards Encoding (labels) and HTML (order, and what is guessed by language).
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

import charset_normalizer

__all__ = ["MARKS", "decode_text"]

#: Byte order marks and what they stand for.
MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_PRESCAN = 4096  #: bytes; the standard asks for 1,024, browsers look further
_ENOUGH = 40  #: of them beyond ASCII; in fewer, any western text can pass for Chinese
_SAMPLE = 8_192  #: bytes that a guess is made of
_DECLARED = re.compile(
    rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})|<meta[^>]{0,300}?charset\s*=\s*["']?([\w.:-]{1,40})""",
    re.IGNORECASE,
)
_LANGUAGE = re.compile(rb"""<html[^>]{0,300}?lang\s*=\s*["']?([a-z]{2})""", re.IGNORECASE)
_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
_TAGS = re.compile(rb"<[^>]*>|[\x00-\x7f]{64,}")


def _names(codec: str, labels: str) -> dict[str, str]:
    return dict.fromkeys([codec, *labels.split()], codec)


# Labels as browsers read them, with Python's codec: often a wider one than the label says.
_CODECS = {
    **_names(
        "utf-8", "utf8 unicode-1-1-utf-8 x-unicode20utf8 utf-16 utf-16le utf-16be ucs-2 unicode csunicode"
    ),
    **_names(
        "windows-1252", "ascii us-ascii latin1 latin-1 l1 iso-8859-1 iso8859-1 iso_8859-1 iso88591 cp1252"
    ),
    **_names("windows-1252", "x-cp1252 ansi_x3.4-1968 x-user-defined"),
    **_names("cp1250", "windows-1250 x-cp1250"),
    **_names("cp1251", "windows-1251 x-cp1251"),
    **_names("cp1253", "windows-1253 x-cp1253"),
    **_names("cp1254", "windows-1254 x-cp1254 iso-8859-9 iso8859-9 iso_8859-9 latin5 l5"),
    **_names("cp1255", "windows-1255 x-cp1255"),
    **_names("cp1256", "windows-1256 x-cp1256"),
    **_names("cp1257", "windows-1257 x-cp1257"),
    **_names("cp1258", "windows-1258 x-cp1258"),
    **_names("cp874", "windows-874 dos-874 tis-620 iso-8859-11 iso8859-11"),
    **_names("cp866", "ibm866 866 csibm866"),
    **_names("iso-8859-2", "iso8859-2 iso_8859-2 latin2 l2"),
    **_names("iso-8859-3", "iso8859-3 latin3 l3"),
    **_names("iso-8859-4", "iso8859-4 latin4 l4"),
    **_names("iso-8859-5", "iso8859-5 iso_8859-5 cyrillic"),
    **_names("iso-8859-6", "iso8859-6 iso_8859-6 arabic ecma-114 asmo-708"),
    **_names("iso-8859-7", "iso8859-7 iso_8859-7 greek greek8 ecma-118"),
    **_names("iso-8859-8", "iso8859-8 iso_8859-8 hebrew visual iso-8859-8-i logical"),
    **_names("iso-8859-10", "iso8859-10 latin6 l6"),
    **_names("iso-8859-13", "iso8859-13"),
    **_names("iso-8859-14", "iso8859-14"),
    **_names("iso-8859-15", "iso8859-15 iso_8859-15 latin9 l9"),
    **_names("iso-8859-16", "iso8859-16"),
    **_names("koi8-r", "koi koi8 koi8_r cskoi8r"),
    **_names("koi8-u", "koi8-ru"),
    **_names("mac-roman", "macintosh mac x-mac-roman csmacintosh"),
    **_names("mac-cyrillic", "x-mac-cyrillic x-mac-ukrainian"),
    **_names("gb18030", "gbk x-gbk gb2312 gb_2312 gb_2312-80 chinese csgb2312 iso-ir-58"),
    **_names("big5-hkscs", "big5 big5hkscs cn-big5 csbig5 x-x-big5"),
    **_names("cp932", "shift_jis shift-jis sjis x-sjis ms_kanji ms932 windows-31j csshiftjis"),
    **_names("euc-jp", "x-euc-jp eucjp cseucpkdfmtjapanese"),
    **_names("iso-2022-jp", "csiso2022jp"),
    **_names(
        "cp949", "euc-kr euckr cseuckr korean ks_c_5601-1987 ks_c_5601-1989 ksc5601 windows-949 iso-ir-149"
    ),
}
# What pages of a language are written in that do not say: by its tag, and by the ending of their host.
_USUAL = {
    **dict.fromkeys(("ru", "bg", "uk", "be", "sr", "mk", "ua", "by", "kz", "su"), ("cp1251", "koi8-r")),
    **dict.fromkeys(("ja", "jp"), ("cp932", "euc-jp")),
    **dict.fromkeys(("zh", "cn"), ("gb18030",)),
    **dict.fromkeys(("tw", "hk"), ("big5-hkscs",)),
    **dict.fromkeys(("ko", "kr"), ("cp949",)),
    **dict.fromkeys(("pl", "cs", "cz", "sk", "hu", "sl", "hr", "si", "ro"), ("cp1250", "iso-8859-2")),
    "tr": ("cp1254",),
    **dict.fromkeys(("el", "gr"), ("cp1253", "iso-8859-7")),
    **dict.fromkeys(("he", "il", "iw"), ("cp1255",)),
    **dict.fromkeys(("ar", "fa", "ir", "eg", "sa"), ("cp1256",)),
    **dict.fromkeys(("lt", "lv", "et", "ee"), ("cp1257",)),
    "th": ("cp874",),
    "vi": ("cp1258",),
}
_GUESSED = ["cp1251", "koi8_r", "cp932", "euc_jp", "gb18030", "big5", "cp949", "cp1253", "cp1252"]
_WINDOWS = "".join(
    codecs.decode(bytes([code]), "cp1252", "ignore") or chr(code) for code in range(256)
)  # as browsers do, the five unused bytes are controls, which cleaning drops


def decode_text(data: bytes, charset: str | None, ending: str) -> str:
    """Decode bytes without a byte order mark.

    By the charset that the server named, then by what the bytes declare, then as UTF-8. Where the server
    says Latin-1 of what declares UTF-8 and is UTF-8 throughout, the document is right. What is no
    UTF-8, also what wrongly says to be, is read in the usual encoding of its language, else in the one
    that its letters speak for, else as windows-1252.

    Args:
        data: The whole document.
        charset: As the server names it.
        ending: The last part of its host's name, such as 'jp'; '' when nobody knows it.
    """
    start = _COMMENT.sub(b"", data[:_PRESCAN])
    found = _DECLARED.search(start)
    declared = (found[1] or found[2]).decode("ascii") if found else ""
    labels = ((charset or "").strip().lower(), declared.lower())
    codec = next((_CODECS[label] for label in labels if label in _CODECS), "")
    if codec == "windows-1252":
        # Servers name their default of whatever they send; bytes beyond ASCII are UTF-8 by no chance.
        is_other = _CODECS.get(labels[1]) == "utf-8" and _is_utf8(data)
        return data.decode() if is_other else _windows(data)
    if codec and codec != "utf-8":
        return data.decode(codec, "replace")
    text = data.decode("utf-8", "replace")
    faults = text.count("\ufffd")
    if not faults or faults * 2 <= len(re.sub(r"[\0-\x7f]+", "", text)):
        return text
    for guess in _guesses(data, start, ending):
        decoded = _strictly(data, guess)
        if decoded is not None:
            return decoded
    return _windows(data)


def _guesses(data: bytes, start: bytes, ending: str) -> Iterator[str]:
    """Return codecs to try: the usual ones of its language, else what its letters speak for."""
    language = _LANGUAGE.search(start)
    hints = (language[1].decode("ascii").lower() if language else "", ending.lower())
    usual = [codec for hint in hints for codec in _USUAL.get(hint, ())]
    sample = b" ".join(_TAGS.split(data[: _SAMPLE * 4]))[:_SAMPLE]
    best = charset_normalizer.from_bytes(sample, cp_isolation=_GUESSED, steps=3, chunk_size=512).best()
    spoken = codecs.lookup(best.encoding).name if best is not None and best.percent_chaos < 5 else ""
    yield from sorted(usual, key=lambda codec: codecs.lookup(codec).name != spoken)
    if not usual and spoken and sum(byte > 0x7F for byte in sample) >= _ENOUGH:
        yield spoken


def _strictly(data: bytes, codec: str) -> str | None:
    """Decode unless more than one sign in a thousand is wrong."""
    text = data.decode(codec, "replace")
    return text if text.count("\ufffd") * 1_000 <= len(text) else None


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _windows(data: bytes) -> str:
    return codecs.charmap_decode(data, "strict", _WINDOWS)[0]
