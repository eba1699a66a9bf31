"""XML of strangers as a bounded tree, without entities and without the network."""

from __future__ import annotations

import re

from lxml import etree

from digest.collect.formats import decode
from digest.errors import DocumentError

__all__ = ["local_name", "parse_xml", "text_of"]

_MAX_TAGS = 1_500_000  #: start and end tags
_DEFINES = re.compile(r"<!\s*(?:ENTITY|ATTLIST|ELEMENT)", re.IGNORECASE)
_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,400}\?>", re.IGNORECASE)
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def parse_xml(data: bytes, charset: str | None = None) -> etree._Element:
    """Parse XML that may be broken; what comes before a fault is there, and often what comes after.

    Raises:
        DocumentError: It is no XML, defines entities or elements, or has too many tags.
    """
    text = decode(data, charset).lstrip("\ufeff \t\r\n")
    if not text.startswith("<"):
        raise DocumentError("no XML")
    if _DEFINES.search(text):
        raise DocumentError("XML that defines entities, which can blow up")
    if text.count("<") > _MAX_TAGS:
        raise DocumentError(f"more than {_MAX_TAGS:,} tags")
    parser = etree.XMLParser(
        recover=True,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        encoding="utf-8",
    )
    plain = _CONTROLS.sub("", _DECLARATION.sub("", text, count=1))
    try:
        root = etree.fromstring(plain.encode("utf-8"), parser)
    except (etree.LxmlError, ValueError) as error:
        raise DocumentError("no readable XML") from error
    if root is None:
        raise DocumentError("no readable XML")
    return root


def local_name(element: etree._Element) -> str:
    """Return an element's name in lower case without its namespace, which many write wrongly."""
    tag = element.tag if isinstance(element.tag, str) else ""
    return tag.rpartition("}")[2].rpartition(":")[2].lower()


def text_of(element: etree._Element) -> str:
    """Return an element's own text on one line."""
    return " ".join((element.text or "").split())
