"""How heavily each thing weighs that can be found against an edition before it goes out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Literal, cast

from digest.model.finding import Finding
from digest.settings.fields import Settings

Weight = Literal["block", "warn", "off"]


class PreflightSettings(Settings):
    """A weight for each rule: block keeps an edition from being approved until it is mended or waived."""

    size: Weight = "block"
    shortened: Weight = "warn"
    empty: Weight = "block"
    subject_missing: Weight = "block"
    subject_length: Weight = "warn"
    preheader_length: Weight = "warn"
    unsubscribe: Weight = "block"
    one_click: Weight = "warn"
    headers: Weight = "block"
    link_missing: Weight = "warn"
    link_broken: Weight = "block"
    link_insecure: Weight = "warn"
    link_tracker: Weight = "warn"
    link_credential: Weight = "block"
    link_dead: Weight = "block"
    link_silent: Weight = "warn"
    picture_insecure: Weight = "warn"
    alt_text: Weight = "warn"
    contrast: Weight = "warn"
    placeholder: Weight = "block"
    tk: Weight = "block"
    section_empty: Weight = "warn"
    section_doubled: Weight = "warn"
    item_doubled: Weight = "block"
    headline_doubled: Weight = "warn"
    language: Weight = "warn"
    unsupported: Weight = "warn"

    def weight(self, rule: str) -> Weight:
        """Return the weight of a rule."""
        return cast("Weight", getattr(self, rule))

    def weighed(self, found: Iterable[Finding]) -> tuple[Finding, ...]:
        """Give findings the levels that their rules have; those that are off go, blocks come first."""
        levels = ((one, self.weight(one.rule)) for one in found)
        kept = [replace(one, level=level) for one, level in levels if level != "off"]
        return tuple(sorted(kept, key=lambda one: one.level != "block"))
