"""Tokens of a theme: colours, spaces, and type for each script."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import cast

from markupsafe import Markup

from digest.errors import TemplateError
from digest.model.article import primary_language
from digest.render.language import direction_of, script_of
from digest.render.words import parse_yaml

Tokens = dict[str, "str | int | float | bool | Markup"]

# Tokens go into attributes and style sheets as they are, so nothing in them may end one.
_SAFE = re.compile(r"[\w #%.,'();:+\-]*")
_NUMBERS = {
    "nameplate": ("up_to", "size", "line"),
    "lead": ("up_to", "size", "line", "phone", "phone_line"),
}
_MAX_TOKENS = 2_000
_MAX_DEPTH = 6
_GROUPS = ("colours", "space", "type", "nameplate", "lead")


class Theme:
    """The tokens of one theme file, checked, with answers per language.

    Args:
        source: Text of theme.yaml.
        file: Its name, for messages.

    Raises:
        TemplateError: A group is missing, or a token holds signs that could end an attribute.
    """

    def __init__(self, source: str, file: str) -> None:
        self.file = file
        self._budget = _MAX_TOKENS
        data = parse_yaml(source, file)
        for group in _GROUPS:
            if not isinstance(data.get(group), dict):
                raise TemplateError(f"the group '{group}' is missing", where=file)
        self._data = cast("dict[str, dict[str, object]]", self._checked(data, ""))

    def colours(self, ground: str) -> Tokens:
        """Return the colours on the light or the dark ground."""
        return self._tokens("colours", ground)

    def spaces(self) -> Tokens:
        """Return the spaces between parts, in pixels."""
        return cast("Tokens", self._data["space"])

    def type_for(self, language: str) -> Tokens:
        """Return sizes and families: Latin's, overlaid by the script's, then by the language's."""
        kinds = self._data["type"]
        merged: Tokens = {}
        for kind in ("latin", script_of(language), primary_language(language)):
            if kind in kinds:
                merged |= self._tokens("type", kind)
        merged = {"has_lead_in": False, **merged}
        self._require_numbers(merged, ("nameplate_phone",), "type")
        is_rtl = direction_of(language) == "rtl"
        merged |= {"start": "right", "end": "left"} if is_rtl else {"start": "left", "end": "right"}
        return merged

    def nameplate_for(self, title: str, language: str) -> Tokens:
        """Choose the size at which the digest's title fits its line."""
        return self._tier("nameplate", title, language)

    def lead_for(self, headline: str, language: str) -> Tokens:
        """Choose the size of a lead's headline: the shorter, the larger."""
        return self._tier("lead", headline, language)

    def _tier(self, group: str, text: str, language: str) -> Tokens:
        scripts = self._data[group]
        script = script_of(language)
        name = script if script in scripts else "latin"
        tiers = scripts.get(name)
        if not isinstance(tiers, list) or not tiers or not all(isinstance(tier, dict) for tier in tiers):
            raise TemplateError(f"'{group}.{name}' needs at least one size", where=self.file)
        for tier in tiers:
            self._require_numbers(tier, _NUMBERS[group], f"{group}.{name}")
        chosen = next((tier for tier in tiers if len(text) <= tier.get("up_to", 0)), tiers[-1])
        return {**chosen, "key": f"{name}{tiers.index(chosen)}"}

    def _require_numbers(self, tokens: Mapping[str, object], names: Iterable[str], place: str) -> None:
        given = {"up_to": 1, **tokens}
        for name in names:
            value = given.get(name)
            if not isinstance(value, (int, float)) or not 0 < value < 10_000:
                raise TemplateError(f"'{place}.{name}' needs a number above 0", where=self.file)

    def _tokens(self, group: str, name: str) -> Tokens:
        found = self._data[group].get(name)
        if not isinstance(found, dict):
            raise TemplateError(f"the group '{group}.{name}' is missing", where=self.file)
        return cast("Tokens", found)

    def _checked(self, value: object, path: str) -> object:
        self._budget -= 1
        if self._budget < 0 or path.count(".") > _MAX_DEPTH:  # aliases can make a small file endless
            raise TemplateError(f"'{path}' makes too many tokens", where=self.file)
        if isinstance(value, Mapping):
            return {str(key): self._checked(part, f"{path}.{key}".lstrip(".")) for key, part in value.items()}
        if isinstance(value, list):
            return [self._checked(part, f"{path}.{number}") for number, part in enumerate(value)]
        if isinstance(value, str):
            if not _SAFE.fullmatch(value):
                raise TemplateError(f"'{path}' holds signs that do not belong into a style", where=self.file)
            return Markup(value)  # noqa: S704  # why: just checked, letter by letter
        if isinstance(value, (bool, int, float)):
            return value
        raise TemplateError(f"'{path}' needs a value", where=self.file)


@lru_cache(maxsize=32)
def parse_theme(source: str, file: str) -> Theme:
    """Read a theme's tokens, once for the same text."""
    return Theme(source, file)
