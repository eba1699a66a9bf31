"""Images: only real ones, only from the document's own folder, and small enough to mail."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import pytest
from PIL import Image as Picture

from digest.collect import Context, Document, Format, extract, store_image
from digest.collect.pictures import is_picture
from digest.model import ArticleContent, Image

MANY = 40_000_000


def picture(width: int, height: int, form: str = "JPEG", **options: object) -> bytes:
    out = io.BytesIO()
    Picture.new("RGB", (width, height), "navy").save(out, form, **options)
    return out.getvalue()


def sizes(folder: Path, name: str) -> list[tuple[int, int]]:
    with (
        Picture.open(folder / f"{name}-lead.jpg") as lead,
        Picture.open(folder / f"{name}-story.jpg") as story,
    ):
        return [lead.size, story.size]


@pytest.mark.parametrize(
    ("width", "height", "lead", "story"),
    [
        (2144, 1206, (1072, 603), (288, 216)),
        (3000, 1000, (1072, 603), (288, 216)),
        (1000, 3000, (1000, 562), (288, 216)),
        (800, 300, (533, 300), (288, 216)),
        (300, 120, (213, 120), (160, 120)),
    ],
)
def test_two_renditions_are_cropped_and_never_larger_than_the_picture(
    tmp_path: Path, width: int, height: int, lead: tuple[int, int], story: tuple[int, int]
) -> None:
    """Enlarged pictures look worse than small ones."""
    name = store_image(picture(width, height), tmp_path / "media", MANY)

    assert name is not None
    assert sizes(tmp_path / "media", name) == [lead, story]


def test_the_name_is_that_of_the_bytes_and_the_files_are_the_same_each_time(tmp_path: Path) -> None:
    """The same picture in ten articles is stored once; a second run changes nothing."""
    data = picture(600, 400)
    name = store_image(data, tmp_path, MANY)
    first = {file.name: file.read_bytes() for file in tmp_path.iterdir()}

    assert name == hashlib.sha256(data).hexdigest()[:24]
    assert store_image(data, tmp_path, MANY) == name
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == first
    assert set(first) == {f"{name}-lead.jpg", f"{name}-story.jpg"}


def test_the_camera_s_turn_is_applied_and_its_notes_are_dropped(tmp_path: Path) -> None:
    """Exif holds where a photographer lives."""
    exif = Picture.Exif()
    exif[0x0112] = 6
    exif[0x010E] = "secret place"
    name = store_image(picture(900, 400, exif=exif), tmp_path, MANY)

    assert name is not None
    assert sizes(tmp_path, name)[0] == (400, 225)
    with Picture.open(tmp_path / f"{name}-lead.jpg") as lead:
        assert not lead.getexif()
    assert b"secret" not in (tmp_path / f"{name}-lead.jpg").read_bytes()


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "GIF"])
def test_the_four_formats_of_the_web_are_taken(tmp_path: Path, form: str) -> None:
    """Whatever comes in, JPEG goes out: every mail program shows it."""
    assert store_image(picture(400, 300, form), tmp_path, MANY) is not None


def test_what_shines_through_becomes_white(tmp_path: Path) -> None:
    """JPEG has no transparency; black where there was none looks broken."""
    out = io.BytesIO()
    Picture.new("RGBA", (400, 300), (0, 0, 0, 0)).save(out, "PNG")
    name = store_image(out.getvalue(), tmp_path, MANY)

    with Picture.open(tmp_path / f"{name}-story.jpg") as story:
        assert story.getpixel((10, 10)) == (255, 255, 255)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"GIF89a",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        picture(287, 300),
        picture(6_000, 7_000, "PNG"),
        picture(400, 300)[:500],
        picture(400, 300, "PNG")[:-30],
        picture(400, 300, "BMP"),
        b"\x89PNG\r\n\x1a\n" + bytes(100),
        (
            b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
            + b"\x7f\xff\xff\xff" * 2
            + b"\x08\x02\x00\x00\x00"
            + bytes(30)
        ),
    ],
)
def test_what_is_no_usable_picture_is_refused(tmp_path: Path, data: bytes) -> None:
    """Broken, tiny, huge or of another kind: the article stays, without it."""
    assert store_image(data, tmp_path, MANY) is None
    assert list(tmp_path.iterdir()) == []


class Media:
    """Keeps what is saved, as the home's media folder would."""

    def __init__(self) -> None:
        self.kept: list[bytes] = []

    def save(self, data: bytes) -> str | None:
        self.kept.append(data)
        return "abc"


def image_of(folder: Path, name: str, address: str, media: Media | None) -> Image | None:
    text = f"---\ntitle: T\nimage: {address!r}\nimage_alt: A boat\n---\nSome text."
    document = Document(name=name, format=Format.MARKDOWN, data=text.encode(), base=folder)
    found = extract(document, Context(save_image=media.save if media else None))[0]
    assert isinstance(found, ArticleContent)
    return found.image


def test_a_file_beside_the_document_is_kept_under_its_media_name(tmp_path: Path) -> None:
    """Curators keep pictures beside their notes."""
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "boat.jpg").write_bytes(b"boat")
    media = Media()

    assert image_of(tmp_path, "notes/a.md", "../images/boat.jpg", media) == Image(
        url="media:abc", alt="A boat"
    )
    assert media.kept == [b"boat"]


@pytest.mark.parametrize(
    "address",
    [
        "../../outside.jpg",
        "../outside.jpg",
        "/etc/passwd",
        "file:///etc/passwd",
        "link.jpg",
        "images",
        "missing.jpg",
        "..\\outside.jpg",
        "javascript:alert(1)",
        "data:image/png;base64,AAAA",
        "https://user:pass@host.example/x.jpg",
        "x" * 5_000,
    ],
)
def test_nothing_outside_the_folder_is_read(tmp_path: Path, address: str) -> None:
    """A document that names /etc/passwd as its picture must not publish it."""
    folder = tmp_path / "in"
    (folder / "images").mkdir(parents=True)
    (tmp_path / "outside.jpg").write_bytes(b"secret")
    (folder / "link.jpg").symlink_to(tmp_path / "outside.jpg")
    media = Media()

    assert image_of(folder, "a.md", address, media) is None
    assert media.kept == []


def test_web_addresses_stay_and_local_ones_need_a_place_to_keep_them(tmp_path: Path) -> None:
    """Without a media folder, as in `extract` alone, a local picture is none."""
    (tmp_path / "boat.jpg").write_bytes(b"boat")

    assert image_of(tmp_path, "a.md", "https://a.example/b.jpg", None) == Image(
        url="https://a.example/b.jpg", alt="A boat"
    )
    assert image_of(tmp_path, "a.md", "boat.jpg", None) is None


@pytest.mark.parametrize(
    "address",
    [
        "data:image/png;base64,AAAA",
        "https://vg08.met.vgwort.de/na/0123456789abcdef",
        "https://pixel.wp.com/b.gif?host=a",
        "https://www.facebook.com/tr?id=1",
        "https://a.example/matomo.php?idsite=1",
        "https://secure.gravatar.com/avatar/0123?s=96",
        "https://a.example/static/logo.png",
        "https://a.example/img/site-logo-2.png?v=3",
        "https://a.example/images/placeholder.jpg",
        "https://a.example/img/default-image.jpg",
        "https://a.example/1x1.gif",
        "https://a.example/icon.svg",
        "",
    ],
)
def test_logos_faces_placeholders_and_counters_are_no_pictures(address: str) -> None:
    """They say nothing of the article, and a counter in a mail tells who reads it."""
    assert not is_picture(address)


@pytest.mark.parametrize(
    "address",
    [
        "https://a.example/photos/lock-keeper.jpg",
        "https://a.example/2026/03/logopaedie-im-alltag.jpg",
        "https://a.example/iconic-bridge.jpg?w=1200",
        "https://a.example/pixels-of-the-sea.webp",
        "https://cdn.example/image.php?id=5",
    ],
)
def test_words_that_only_look_like_logos_are_pictures(address: str) -> None:
    """A rule on parts of words would lose good pictures."""
    assert is_picture(address)


def test_the_picture_for_sharing_is_left_for_a_better_one_when_it_is_the_site_s_logo() -> None:
    """Many sites name their logo for every page that has no picture of its own."""
    page = (
        "<title>A day at the lock</title><meta property='og:image' content='https://a.example/logo.png'>"
        "<article><h1>A day at the lock</h1><figure><img src='/counter.gif' width=1 height=1>"
        "<img data-src='/lock.jpg' src='data:image/gif;base64,R0' alt='The lock'></figure>"
        "<p>The keeper of the lock counted nine boats before noon and none after it.</p></article>"
    )
    document = Document(name="x", format=Format.HTML, data=page.encode(), url="https://a.example/p")
    found = extract(document, Context())[0]

    assert isinstance(found, ArticleContent)
    assert found.image is not None
    assert (found.image.url, found.image.alt) == ("https://a.example/lock.jpg", "The lock")
