"""Lay an edition out as mail: MJML compiled once, joined for every subscriber."""

from digest.render.addresses import link_address
from digest.render.findings import item_place
from digest.render.renderer import LIMIT_BYTES, Rendered, Renderer
from digest.render.stencil import Stencil, personal_values
from digest.render.values import LINKS, Body, Look

__all__ = [
    "LIMIT_BYTES",
    "LINKS",
    "Body",
    "Look",
    "Rendered",
    "Renderer",
    "Stencil",
    "item_place",
    "link_address",
    "personal_values",
]
