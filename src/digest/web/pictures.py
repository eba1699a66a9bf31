"""Pictures that are drawn for one page."""

from __future__ import annotations

from io import BytesIO

import segno
from markupsafe import Markup


def qr(text: str) -> Markup:
    """Draw a code that telephones read, as SVG without style: dark on white also at night, or few read it."""
    written = BytesIO()
    segno.make(text, micro=False).save(
        written,
        kind="svg",
        xmldecl=False,
        omitsize=True,
        border=4,  # ISO/IEC 18004, 5.3.8
        light="#fff",
        svgclass="qr",
        lineclass=None,
        title="Code for the telephone",
    )
    return Markup(written.getvalue().decode("utf-8"))  # noqa: S704  # why: drawn by segno from squares
