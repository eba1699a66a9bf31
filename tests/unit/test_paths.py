"""Finding folders: the operator's first, then the installed ones, then the checkout's."""

from pathlib import Path

import pytest

from digest import paths
from digest.errors import NotFound
from digest.paths import Home, resource, template_folders


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program folder without any data yet."""
    folder = tmp_path / "site" / "lib" / "digest"
    folder.mkdir(parents=True)
    monkeypatch.setattr(paths, "_PACKAGE", folder)
    return folder


def test_the_operators_folder_comes_first(tmp_path: Path, package: Path) -> None:
    """An operator's file must win, or changing it would change nothing."""
    (package / "_data" / "config").mkdir(parents=True)
    own = tmp_path / "home" / "config"
    own.mkdir(parents=True)

    assert resource("config", tmp_path / "home") == own
    assert resource("config", None) == package / "_data" / "config"


def test_a_checkout_serves_when_nothing_is_installed(package: Path) -> None:
    """Developers run from the checkout, where the folders lie at the root."""
    seeds = package.parents[1] / "seeds"
    seeds.mkdir()

    assert resource("seeds", None) == seeds


def test_a_missing_folder_is_named_with_every_place(tmp_path: Path, package: Path) -> None:
    """The reader of the error must see where to put the folder."""
    home = tmp_path / "home"

    with pytest.raises(NotFound) as caught:
        resource("seeds", home)

    places = [home / "seeds", package / "_data" / "seeds", package.parents[1] / "seeds"]
    assert caught.value.message == "no folder 'seeds'; looked at " + ", ".join(map(str, places))


def test_one_template_can_be_replaced_alone(tmp_path: Path, package: Path) -> None:
    """Both folders are searched, so that an operator need not copy them all."""
    shipped = package / "_data" / "templates"
    shipped.mkdir(parents=True)
    home = tmp_path / "home"

    assert template_folders(home) == (shipped,)
    (home / "templates").mkdir(parents=True)
    assert template_folders(home) == (home / "templates", shipped)
    assert template_folders(None) == (shipped,)


def test_a_home_knows_its_places_and_makes_none(tmp_path: Path) -> None:
    """Asking where something belongs must not create it."""
    home = Home(root=tmp_path / "home")
    places = [home.config, home.templates, home.database_dir, home.media, home.keys, home.mail]

    assert [place.name for place in places] == ["config", "templates", "var", "media", "keys", "mail"]
    assert all(place.parent == home.root for place in places)
    assert not home.root.exists()
