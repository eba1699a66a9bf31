"""Check MJML before it is compiled: the compiler passes wrong tags silently and dies of depth."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

MAX_DEPTH = 100

_BOX = "padding padding-top padding-right padding-bottom padding-left css-class mj-class"
_BACK = "background-color border border-top border-right border-bottom border-left border-radius"
_FONT = (
    "color font-family font-size font-style font-weight letter-spacing line-height "
    "text-decoration text-transform"
)
_IMAGE = (
    "align alt src srcset href title rel target width height container-background-color fluid-on-mobile sizes"
)
_COMPONENTS: dict[str, set[str]] = {
    name: set(attributes.split())
    for name, attributes in {
        "mjml": "lang dir owa",
        "mj-head": "",
        "mj-body": "width background-color css-class",
        "mj-title": "",
        "mj-preview": "",
        "mj-raw": "position",
        "mj-style": "",
        "mj-breakpoint": "width",
        "mj-attributes": "",
        "mj-all": f"{_BOX} {_BACK} {_FONT} align direction",
        "mj-class": f"name {_BOX} {_BACK} {_FONT} {_IMAGE} direction inner-padding text-align vertical-align",
        "mj-section": f"{_BOX} {_BACK} direction text-align full-width",
        "mj-wrapper": f"{_BOX} {_BACK} text-align full-width gap",
        "mj-group": "background-color direction vertical-align width css-class mj-class",
        "mj-column": f"{_BOX} {_BACK} direction vertical-align width inner-border inner-border-radius",
        "mj-text": f"{_BOX} {_FONT} align height container-background-color",
        "mj-image": f"{_BOX} {_BACK} {_IMAGE}",
        "mj-button": f"{_BOX} {_BACK} {_FONT} align href rel target text-align title width height "
        "inner-padding vertical-align container-background-color",
        "mj-divider": f"{_BOX} align border-color border-style border-width width container-background-color",
        "mj-spacer": f"{_BOX} height container-background-color",
        "mj-table": f"{_BOX} {_FONT} align border cellpadding cellspacing role table-layout width "
        "container-background-color",
    }.items()
}
_FORBIDDEN = {
    *("script", "iframe", "object", "embed", "form", "input", "textarea", "select", "button", "link"),
    *("base", "frame", "frameset", "svg", "math", "video", "audio", "style"),
}
_VOID = {"area", "br", "col", "hr", "img", "meta", "wbr"}
_TAG = re.compile(r"<!--.*?-->|<(/?)([a-zA-Z][\w:-]*)((?:[^<>\"']|\"[^\"]*\"|'[^']*')*?)(/?)>", re.DOTALL)
_ATTRIBUTE = re.compile(r"([\w:-]+)\s*=")
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_UNQUOTED = re.compile(r"=\s*[^\s\"]")
_HANDLER = re.compile(r"\son[a-z]+\s*=", re.IGNORECASE)
_ADDRESS = re.compile(
    r"\shref=\"(?!https?://|mailto:|#|\ufdd0|\")|\ssrc=\"(?!https?://|cid:|file:///|\ufdd0|\")", re.IGNORECASE
)


@dataclass(frozen=True, kw_only=True, slots=True)
class LintFault:
    """One thing wrong in a document of MJML."""

    message: str
    line: int  #: of the MJML, 1 is first
    fragment: str  #: as it stands there, to find it in the template


def lint(mjml: str) -> LintFault | None:
    """Find the first fault: unknown components or attributes, unmatched tags, depth, active content.

    Time is linear in the length of the document.
    """
    open_tags: list[tuple[str, int]] = []
    end = 0
    for tag in _TAG.finditer(mjml):
        if "<" in mjml[end : tag.start()]:
            break
        end = tag.end()
        message = _wrong(tag, open_tags)
        if message:
            return _fault(mjml, tag.start(), message, tag[0])
    stray = mjml.find("<", end)
    if stray >= 0:
        return _fault(mjml, stray, "a '<' that begins no tag; write &lt;", mjml[stray : stray + 40])
    if open_tags:
        name, start = open_tags[-1]
        return _fault(mjml, start, f"<{name}> is never closed", f"<{name}")
    return None


def _wrong(tag: re.Match[str], open_tags: list[tuple[str, int]]) -> str | None:
    """Judge one tag or comment, and keep the list of open tags."""
    close, name, attributes, is_whole = tag.groups()
    if name is None:
        return "two hyphens within a comment" if "--" in tag[0][4:-3] else None
    if close:
        if not open_tags or open_tags[-1][0] != name:
            return _unmatched(name, open_tags)
        open_tags.pop()
        return None
    message = _wrong_tag(name, attributes)
    if message or is_whole or name.lower() in _VOID:
        return message
    open_tags.append((name, tag.start()))
    return f"elements nested deeper than {MAX_DEPTH}" if len(open_tags) > MAX_DEPTH else None


@lru_cache(maxsize=4096)
def _wrong_tag(name: str, attributes: str) -> str | None:
    if name in _COMPONENTS:
        keys = _ATTRIBUTE.findall(_QUOTED.sub("", attributes))
        return next(
            (f"<{name}> knows no attribute '{key}'" for key in keys if key not in _COMPONENTS[name]), None
        )
    lower = name.lower()
    if lower.startswith("mj"):
        hint = "parts belong into Jinja's include" if lower == "mj-include" else "it is not allowed here"
        return f"unknown component <{name}>; {hint}"
    if lower in _FORBIDDEN:
        return f"<{name}> does not belong into a mail"
    return _wrong_attributes(name, attributes) if attributes else None


def _wrong_attributes(name: str, attributes: str) -> str | None:
    if _ADDRESS.search(attributes):
        return f"<{name}> points at an address that does not belong into a mail"
    if any("\n" in value or "\t" in value for value in _QUOTED.findall(attributes)):
        return f"<{name}> breaks the line within an attribute, which the compiler spells out as letters"
    bare = _QUOTED.sub('""', attributes)
    if _UNQUOTED.search(bare):
        return f"<{name}> has an attribute without quotes"
    return f"<{name}> has a script in an attribute" if _HANDLER.search(bare) else None


def _unmatched(name: str, open_tags: list[tuple[str, int]]) -> str:
    return f"</{name}> closes <{open_tags[-1][0]}>" if open_tags else f"</{name}> closes nothing"


def _fault(mjml: str, at: int, message: str, fragment: str) -> LintFault:
    return LintFault(message=message, line=mjml.count("\n", 0, at) + 1, fragment=fragment[:60])
