"""Take a picture of an HTML file when the machine has a Chromium."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--allow-file-access-from-files",
)
_HEIGHT = 9000  #: tall enough for any edition; what is empty below is cut off


def find_browser() -> str | None:
    """Return the path of a Chromium, or None when there is none."""
    return next((path for name in _NAMES if (path := shutil.which(name))), None)


def take_picture(
    page: Path, picture: Path, *, width: int = 680, dark: bool = False, timeout_s: float = 30.0
) -> bool:
    """Render a page to a PNG as long as its content; False when that is not possible here.

    Args:
        page: HTML file; scripts and foreign hosts stay silent, since a mail has neither.
        picture: Where to write the PNG.
        width: Width of the window in CSS pixels, at least 500 (Chromium's own minimum).
        dark: Whether the reader prefers dark.
        timeout_s: After so many seconds the browser is ended.
    """
    browser = find_browser()
    if browser is None:
        return False
    with tempfile.TemporaryDirectory(prefix="digest-browser-") as profile:
        command = [
            browser,
            *_FLAGS,
            f"--user-data-dir={profile}",
            *(["--blink-settings=preferredColorScheme=0"] if dark else []),
            f"--window-size={width},{_HEIGHT}",
            f"--screenshot={picture.absolute()}",
            page.absolute().as_uri(),
        ]
        try:
            subprocess.run(command, check=True, capture_output=True, timeout=timeout_s)
            return _crop(picture)
        except (OSError, subprocess.SubprocessError):
            return False


def _crop(picture: Path) -> bool:
    """Cut off the empty part below the content."""
    from PIL import Image, ImageChops  # heavy: only when there is a picture

    with Image.open(picture) as opened:
        image = opened.convert("RGB")
    ground = Image.new("RGB", image.size, image.getpixel((0, image.height - 1)))
    box = ImageChops.difference(image, ground).getbbox()
    if box is None:
        return False
    image.crop((0, 0, image.width, min(image.height, box[3] + 32))).save(picture, optimize=True)
    return True
