"""The accent of a digest on its readers' pages: its theme's, where that can be read well enough."""

from __future__ import annotations

import re

#: The grounds of desk.css: paper, and what stands on a filled button, light and dark.
_PAPER = ("#f5f5f1", "#141517")
_ON = ("#ffffff", "#10142a")
_ENOUGH = 4.5  #: WCAG 2.2, 1.4.3
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_STEP = 0.22  #: how far a pointer's colour lies from the accent, towards the ink


def accent_sheet(light: str, dark: str) -> str:
    """Write the style sheet that puts a theme's accents in place of ours; '' keeps ours.

    Args:
        light: On the light ground, such as '#98201f'.
        dark: On the dark ground.
    """
    pair = (light, dark)
    if not all(_COLOUR.fullmatch(one) for one in pair):
        return ""
    readable = all(
        contrast(accent, ground) >= _ENOUGH
        for grounds in (_PAPER, _ON)
        for accent, ground in zip(pair, grounds, strict=True)
    )
    if not readable:
        return ""
    day = _rule(light, "#17181b", _PAPER[0], _ON[0])
    night = _rule(dark, "#edece7", _PAPER[1], _ON[1])
    return (
        f":root,[data-theme=light]{{{day}}}\n"
        f"@media (prefers-color-scheme:dark){{:root:not([data-theme=light]){{{night}}}}}\n"
        f":root[data-theme=dark]{{{night}}}\n"
    )


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, 1 to 21. Source: WCAG 2.2, relative luminance."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _rule(accent: str, ink: str, paper: str, on: str) -> str:
    deep, wash = _mixed(accent, ink, _STEP), _mixed(paper, accent, 0.1)
    return f"--pencil:{accent};--pencil-deep:{deep};--pencil-wash:{wash};--on-pencil:{on}"


def _mixed(one: str, other: str, share: float) -> str:
    parts = zip(_parts(one), _parts(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in parts)


def _luminance(colour: str) -> float:
    red, green, blue = (
        part / 255 / 12.92 if part / 255 <= 0.04045 else ((part / 255 + 0.055) / 1.055) ** 2.4
        for part in _parts(colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
