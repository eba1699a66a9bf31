"""Lay an edition out as mail: MJML compiled once, joined for every subscriber."""

from digest.render.findings import item_findings
from digest.render.renderer import LIMIT_BYTES, Rendered, Renderer
from digest.render.short import shortened
from digest.render.stencil import Stencil, personal_values
from digest.render.values import LINKS, Body, Finding, Look

__all__ = [
    "LIMIT_BYTES",
    "LINKS",
    "Body",
    "Finding",
    "Look",
    "Rendered",
    "Renderer",
    "Stencil",
    "item_findings",
    "personal_values",
    "shortened",
]
