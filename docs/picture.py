"""Make docs/edition.webp from the demo: `.venv/bin/python docs/picture.py` (needs Chromium).

Left the edition in a desktop's mail window, light; right the same on a phone, dark.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

from digest.cli.picture import take_picture

HEIGHT = 1560
GAP = 40
GROUND = (226, 222, 213)
TARGET = Path(__file__).with_name("edition.webp")


def main() -> None:
    """Run the demo, take both pictures, put them side by side."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        command = [sys.executable, "-m", "digest", "demo", "--home", str(home), "--json"]
        subprocess.run(command, check=True, capture_output=True)
        page = home / "proof" / "edition.html"
        desktop = shoot(page, Path(folder) / "desktop.png", 680, dark=False)
        phone = shoot(framed(page, 375), Path(folder) / "phone.png", 500, dark=True).crop((0, 0, 375, HEIGHT))
    width = 3 * GAP + desktop.width + phone.width
    sheet = Image.new("RGB", (width, HEIGHT + 2 * GAP), GROUND)
    sheet.paste(desktop, (GAP, GAP))
    sheet.paste(phone, (2 * GAP + desktop.width, GAP))
    sheet.save(TARGET, quality=82, method=6)
    sys.stdout.write(f"{TARGET}: {sheet.width} x {sheet.height}, {TARGET.stat().st_size:,} bytes\n")


def shoot(page: Path, picture: Path, width: int, *, dark: bool) -> Image.Image:
    """Take a picture and cut it to the sheet's height."""
    if not take_picture(page, picture, width=width, dark=dark):
        sys.exit("no Chromium here that can take a picture")
    with Image.open(picture) as image:
        return image.convert("RGB").crop((0, 0, width, HEIGHT))


def framed(page: Path, width: int) -> Path:
    """Put a page in a frame narrower than a browser's window can be."""
    frame = page.with_name("framed.html")
    style = f"border:0;width:{width}px;height:{HEIGHT}px"
    frame.write_text(f'<body style="margin:0"><iframe src="{page.name}" style="{style}"></iframe>', "utf-8")
    return frame


if __name__ == "__main__":
    main()
