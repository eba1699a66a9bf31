"""What the types say of each key, for the tests that hold pages and shipped files to it."""

from collections.abc import Iterator

from digest.settings.digests import DigestSettings
from digest.settings.fields import Settings
from digest.settings.shapes import Path, find_shape, keys_of, walk, words
from digest.settings.sources import SourcesFile
from digest.settings.system import SystemSettings

FILES: dict[str, type[Settings]] = {
    "config/digest.yaml": SystemSettings,
    "config/digests/daily.yaml": DigestSettings,
    "config/sources.yaml": SourcesFile,
}


def rows(model: type[Settings]) -> Iterator[tuple[str, str, str]]:
    """List each key with the value it wants and its default, as the reference page shows them."""
    for path in walk(model):
        dotted = ".".join(str(step) for step in path if step != 0)
        yield dotted, words(model, path), default_of(model, path)


def default_of(model: type[Settings], path: Path) -> str:
    """Say what holds when a key is not written: 'required', 'nothing', or the value."""
    group, _ = find_shape(model, path[:-1])
    if path[-1] in group.get("required", ()):
        return "required"
    shape = group["properties"][path[-1]]
    default = shape.get("default")
    if keys_of(model, path) and "anyOf" not in shape:
        return "its keys' defaults"
    if shape.get("type") in {"array", "object"}:
        return ", ".join(str(each) for each in default or ()) or "empty"
    if default is None or default == "":
        return "nothing"
    if isinstance(default, float | bool):
        return f"{default:g}" if isinstance(default, float) else str(default).lower()
    return str(default or "empty")
