"""The one Jinja environment: strict, escaping, sandboxed, with errors that name template and line."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import jinja2

from digest.errors import TemplateError
from digest.render import typography
from digest.render.sandbox import Sandbox

Context = Mapping[str, Any]  # why Any: plain values, nested as the templates read them

_MAX_FACTOR = 10_000  #: of a product in a template; sizes and counts stay below


def _escapes(name: str | None) -> bool:
    """Escape everywhere but in plain text parts, where an entity would be read as letters."""
    return not (name or "").endswith(".txt.j2")


class Templates:
    """Finds and fills templates, the operator's before the shipped ones.

    Args:
        folders: Of templates; a name is looked up in each, the first that has it wins.
    """

    def __init__(self, folders: tuple[Path, ...]) -> None:
        self.folders = folders
        self._environment = _Environment(
            loader=jinja2.FileSystemLoader([str(folder) for folder in folders]),
            autoescape=_escapes,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            cache_size=400,
        )
        self._environment.globals.clear()
        self._environment.filters.update(
            clamp=typography.clamp,
            glue=typography.glue,
            wrap=typography.wrap,
            ledger=typography.ledger,
            columns=typography.columns,
        )

    def fill(self, name: str, context: Context) -> str:
        """Fill a template.

        Raises:
            TemplateError: It is missing or wrong, or asks for a value that is not there;
                names template and line.
        """
        try:
            return self._environment.get_template(name).render(context)
        except jinja2.TemplateSyntaxError as error:
            place = f"{error.filename or error.name or name}:{error.lineno}"
            raise TemplateError(error.message or "wrong syntax", where=place) from error
        except jinja2.TemplateNotFound as error:
            raise self._missing(str(error.name)) from error
        except _FAULTS as error:
            raise TemplateError(f"{error}" or type(error).__name__, where=self._line(error, name)) from error

    def read(self, name: str) -> tuple[str, str]:
        """Return the text of a file beside the templates, and its name for messages.

        Raises:
            TemplateError: No folder has it.
        """
        try:
            source, file, _ = self._loader.get_source(self._environment, name)
        except jinja2.TemplateNotFound as error:
            raise self._missing(name) from error
        except (OSError, ValueError) as error:
            raise TemplateError(f"it cannot be read as UTF-8 text: {error}", where=name) from error
        return source, file or name

    def has(self, name: str) -> bool:
        """Tell whether any folder has the file."""
        return any((folder / name).is_file() for folder in self.folders)

    def stamp(self, under: str) -> tuple[tuple[str, int, int], ...]:
        """Return path, time of change in ns and bytes of each file below a name, in all folders."""
        found = []
        for path in (path for folder in self.folders for path in (folder / under).rglob("*")):
            with suppress(FileNotFoundError):  # it goes while we look
                state = path.stat()
                found.append((str(path), state.st_mtime_ns, state.st_size))
        return tuple(sorted(found))

    def locate(self, fragment: str, theme: str) -> str | None:
        """Find the template line of a theme that wrote a piece of MJML, as 'file:line'.

        Looks for the piece as it stands, then for ever shorter beginnings of it; in the first
        folder's templates before the others', since what was changed is what broke.
        """
        seen: dict[str, Path] = {}
        for folder in self.folders:
            for path in sorted((folder / theme).glob("*.j2")):
                seen.setdefault(path.name, path)
        for length in range(len(fragment), 2, -1):
            for path in seen.values():
                text = path.read_text(encoding="utf-8", errors="replace")
                at = text.find(fragment[:length])
                if at >= 0:
                    return f"{path}:{text.count(chr(10), 0, at) + 1}"
        return None

    @property
    def _loader(self) -> jinja2.FileSystemLoader:
        loader = self._environment.loader
        if not isinstance(loader, jinja2.FileSystemLoader):  # pragma: no cover  # why: set above
            raise TemplateError("templates come from folders")
        return loader

    def _missing(self, name: str) -> TemplateError:
        places = ", ".join(str(folder) for folder in self.folders)
        return TemplateError(f"there is no template '{name}'", hint=f"looked in {places}")

    @staticmethod
    def _line(error: BaseException, name: str) -> str:
        """Find the innermost template line that the error came through."""
        place, trace = name, error.__traceback__
        while trace is not None:
            file = trace.tb_frame.f_code.co_filename
            if file.endswith(".j2"):
                place = f"{file}:{trace.tb_lineno}"
            trace = trace.tb_next
        return place


class _Environment(Sandbox):
    """Resolves './name' beside the template that asks, so that a theme can be copied whole.

    Bounds the operators that make much of little: one slip must not take all memory or for ever.
    """

    intercepted_binops = frozenset({"*", "**", "%"})

    def call_binop(  # why Any: Jinja's signature
        self,
        context: jinja2.runtime.Context,
        operator: str,
        left: Any,  # noqa: ANN401
        right: Any,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401
        numbers = [side for side in (left, right) if isinstance(side, int | float)]
        if operator == "**" or any(abs(number) > _MAX_FACTOR for number in numbers):
            raise jinja2.TemplateRuntimeError(f"'{operator}' with numbers beyond {_MAX_FACTOR:,}")
        if operator == "%" and isinstance(left, str):
            raise jinja2.TemplateRuntimeError("'%' fills no text here; join the parts with ~")
        return super().call_binop(context, operator, left, right)

    def join_path(self, template: str, parent: str) -> str:
        if not template.startswith("./"):
            return template
        return f"{parent.rpartition('/')[0]}/{template[2:]}"


# What a wrong template can raise while it is filled.
_FAULTS = (
    jinja2.TemplateError,
    ArithmeticError,
    AttributeError,
    LookupError,
    OSError,
    MemoryError,
    RecursionError,
    TypeError,
    ValueError,
)
