"""Lay an edition out as mail: MJML compiled once, joined for every subscriber."""

from digest.render.addresses import link_address
from digest.render.findings import item_place
from digest.render.language import language_name
from digest.render.letter import LetterBody, LetterText
from digest.render.renderer import LIMIT_BYTES, Rendered, Renderer
from digest.render.sandbox import Sandbox
from digest.render.short import shortened
from digest.render.stencil import Stencil, personal_values
from digest.render.values import LINKS, Body, Look
from digest.render.words import Words

__all__ = [
    "LIMIT_BYTES",
    "LINKS",
    "Body",
    "LetterBody",
    "LetterText",
    "Look",
    "Rendered",
    "Renderer",
    "Sandbox",
    "Stencil",
    "Words",
    "item_place",
    "language_name",
    "link_address",
    "personal_values",
    "shortened",
]
