"""Images: which one an article may show, and the two sizes that are kept of it."""

from __future__ import annotations

import hashlib
import io
import warnings
from pathlib import Path

from PIL import Image as Picture
from PIL import ImageOps

from digest.collect.addresses import absolute
from digest.collect.document import Context, Document, Format, ImageHint
from digest.links import web_address
from digest.markup import clean_line
from digest.model import Image

__all__ = ["find_image", "store_image"]

_RENDITIONS = {"lead": (1072, 603), "story": (288, 216)}
_MIN_WIDTH = 288  #: that of the smaller rendition
_MAX_BYTES = 20_000_000
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
_MAX_ALT = 300
_MAX_CAPTION = 500


def store_image(data: bytes, folder: Path, max_pixels: int) -> str | None:
    """Keep an image as two JPEG files: NAME-lead.jpg (16:9) and NAME-story.jpg (4:3).

    Both are cropped around the centre, turned as their camera says, never larger than the
    original, and hold no metadata. The same bytes give the same files.

    Returns:
        The name, 24 hexadecimal digits; None when the bytes are no JPEG, PNG, WebP or GIF, hold
        more than max_pixels, or less than 288 pixels in width.
    """
    picture = _open(data, max_pixels)
    if picture is None:
        return None
    name = hashlib.sha256(data).hexdigest()[:24]
    folder.mkdir(parents=True, exist_ok=True)
    for rendition, size in _RENDITIONS.items():
        target = folder / f"{name}-{rendition}.jpg"
        ImageOps.fit(picture, _fitting(picture.size, size), Picture.Resampling.LANCZOS).save(
            partial := target.with_suffix(".part"), "JPEG", quality=78, progressive=True, optimize=True
        )
        partial.replace(target)
    return name


def _open(data: bytes, max_pixels: int) -> Picture.Image | None:
    """Decode the first frame upright, without transparency and metadata; None when it must not be."""
    try:
        with (
            warnings.catch_warnings(action="ignore"),
            Picture.open(io.BytesIO(data), formats=_FORMATS) as opened,
        ):
            if opened.width * opened.height > max_pixels:
                return None
            upright = ImageOps.exif_transpose(opened)
            opaque = Picture.new("RGB", upright.size, "white")
            layer = upright.convert("RGBA")
            opaque.paste(layer, mask=layer)
    # Pillow's decoders raise these for broken files; a bomb above its own bound is the last one.
    except (
        OSError,
        ValueError,
        SyntaxError,
        EOFError,
        TypeError,
        MemoryError,
        Picture.DecompressionBombError,
    ):
        return None
    return opaque if opaque.width >= _MIN_WIDTH else None


def _fitting(original: tuple[int, int], wanted: tuple[int, int]) -> tuple[int, int]:
    """Return the wanted size, or the largest of its shape that the original holds."""
    scale = min(1.0, original[0] / wanted[0], original[1] / wanted[1])
    return max(1, round(wanted[0] * scale)), max(1, round(wanted[1] * scale))


def find_image(hint: ImageHint | None, document: Document, context: Context, url: str) -> Image | None:
    """Check the image a document names: on the web, or a file in the document's own folder.

    Returns:
        None when there is none, its address is of another kind, or its file is not there, lies
        outside the folder, or is no image.
    """
    if hint is None or not hint.address.strip():
        return None
    address = (
        web_address(hint.address) if _names_files(document) else absolute(hint.address, hint.base or url)
    )
    local = _local(hint.address, document)
    if local is not None and context.save_image is not None:
        name = context.save_image(local)
        address = f"media:{name}" if name else None
    if address is None:
        return None
    return Image(
        url=address,
        alt=clean_line(hint.alt, _MAX_ALT),
        caption=clean_line(hint.caption, _MAX_CAPTION) or None,
    )


def _names_files(document: Document) -> bool:
    """Tell whether a relative address in the document names a file, not a page of its site."""
    return document.base is not None and document.format not in {Format.HTML, Format.FEED}


def _local(written: str, document: Document) -> bytes | None:
    """Read the file beside the document that an address names; None when there is none."""
    if document.base is None or ":" in written or written.startswith(("/", "\\")) or "\0" in written:
        return None
    try:
        root = document.base.resolve()
        file = (root / document.name).parent.joinpath(written).resolve()
        if not file.is_relative_to(root) or not file.is_file() or file.stat().st_size > _MAX_BYTES:
            return None
        return file.read_bytes()
    except (OSError, ValueError):  # names too long, rings of links
        return None
