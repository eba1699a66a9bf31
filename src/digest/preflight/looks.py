"""What is seen: contrast of the theme, and pictures."""

from __future__ import annotations

import re

from digest.model import Finding, fingerprint
from digest.preflight.values import Colours, Findings, Proof

LEAST = 4.5  #: WCAG 2.2, success criterion 1.4.3 for text of any size
_TEXT = ("ink", "text", "muted", "accent")  #: colours of a theme that words are set in; the others are lines
_HEX = re.compile(r"#(?:[0-9a-f]{3}|[0-9a-f]{6})", re.IGNORECASE)


def contrast(proof: Proof) -> Findings:
    """Compare the colours that words have with the paper that they stand on."""
    for ground, colours in (("light", proof.light), ("dark", proof.dark)):
        weak = [f"{name} {ratio:.1f}" for name, ratio in _ratios(colours) if ratio < LEAST]
        if weak:
            yield Finding(
                rule="contrast",
                place=f"theme, {ground}",
                anchor=f"theme-{ground}",
                content=fingerprint(*(f"{name} {colours[name]}" for name in sorted(colours))),
                message=f"too little contrast to the paper: {', '.join(weak)}",
                hint=f"text needs {LEAST}; change the colours in the theme's theme.yaml",
            )


def ratio(one: str, other: str) -> float:
    """Return the contrast ratio of two colours written as #rgb or #rrggbb, 1 to 21.

    Source: WCAG 2.2, definitions of contrast ratio and relative luminance.
    """
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _ratios(colours: Colours) -> list[tuple[str, float]]:
    paper = colours.get("paper", "")
    known = [name for name in _TEXT if _HEX.fullmatch(colours.get(name, ""))]
    return [(name, ratio(colours[name], paper)) for name in known] if _HEX.fullmatch(paper) else []


def _luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    red, green, blue = (_linear(int(digits[at : at + 2], 16) / 255) for at in (0, 2, 4))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


def pictures(proof: Proof) -> Findings:
    """Look at where pictures come from, and whether those who see none are told what they show."""
    insecure = [address for address, _ in proof.pictures if not address.startswith("https://")]
    if insecure:
        many = "a picture does" if len(insecure) == 1 else f"{len(insecure)} pictures do"
        yield Finding(
            rule="picture_insecure",
            place="html",
            anchor="html",
            content=fingerprint(*insecure),
            message=f"{many} not come by https: {insecure[0][:120]}",
            hint="many mail programs show no such picture; set site.media_url to an https address",
        )
    for address in dict.fromkeys(address for address, alt in proof.pictures if alt is None):
        place, anchor = proof.where(address)
        yield Finding(
            rule="alt_text",
            place=place,
            anchor=anchor,
            content=fingerprint(address),
            message=f"the picture {address[:120]} has no alt text, not even an empty one",
            hint='add alt="" to decoration and words to the rest, in the theme',
        )
