"""Where files are: the operator's home, the installed program, the checkout."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from digest.errors import NotFound

Kind = Literal["templates", "config", "seeds"]

_PACKAGE = Path(__file__).resolve().parent


@dataclass(frozen=True, kw_only=True, slots=True)
class Home:
    """The operator's folder. Says where things belong; makes nothing."""

    root: Path

    @property
    def config(self) -> Path:
        """The folder of digest.yaml and digests/."""
        return self.root / "config"

    @property
    def templates(self) -> Path:
        """The folder of the operator's own templates; usually absent."""
        return self.root / "templates"

    @property
    def database_dir(self) -> Path:
        """The folder of the SQLite database and its backups."""
        return self.root / "var"

    @property
    def instance(self) -> Path:
        """The file that says which home this is; a backup of the database does not hold it."""
        return self.database_dir / "instance.json"

    @property
    def media(self) -> Path:
        """The folder of images that mails and pages show."""
        return self.root / "media"

    @property
    def keys(self) -> Path:
        """The folder of secrets; for the owner's eyes only."""
        return self.root / "keys"

    @property
    def mail(self) -> Path:
        """The folder where the embedded mailbox puts what it took."""
        return self.root / "mail"


def find_home(root: Path) -> Home:
    """Return the home in a folder.

    Raises:
        NotFound: There is none; `digest init` has not been there.
    """
    home = Home(root=root)
    if not home.config.is_dir():
        raise NotFound(
            "no home here",
            where=str(root),
            hint="`digest init` makes one; --home or DIGEST_HOME names another",
        )
    return home


def resource(kind: Kind, home: Path | None) -> Path:
    """Find a folder of files that come with the program or replace them.

    Args:
        kind: The folder's name.
        home: The operator's folder; None to look only at what came with the program.

    Returns:
        The first that is there: the home's, the installed program's, the checkout's.

    Raises:
        NotFound: None is there; the message names every place looked at.
    """
    places = ([] if home is None else [home / kind]) + _shipped(kind)
    for place in places:
        if place.is_dir():
            return place
    looked = ", ".join(str(place) for place in places)
    raise NotFound(f"no folder '{kind}'; looked at {looked}", hint="install the program again")


def template_folders(home: Path | None) -> tuple[Path, ...]:
    """List the folders to look for a template in, the operator's first.

    Both are listed when both exist, so that one template can be replaced alone.

    Raises:
        NotFound: The templates that come with the program are missing.
    """
    own = () if home is None else (Home(root=home).templates,)
    return (*(folder for folder in own if folder.is_dir()), resource("templates", None))


def _shipped(kind: Kind) -> list[Path]:
    return [_PACKAGE / "_data" / kind, _PACKAGE.parents[1] / kind]
