"""Lay an edition out: one document of MJML, compiled once, for every subscriber."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from digest.errors import TemplateError
from digest.model import Edition, Finding
from digest.model.article import primary_language
from digest.render.choice import choice_facts
from digest.render.compiler import Compiler
from digest.render.cut import cut, require, without_marks
from digest.render.environment import Templates
from digest.render.facts import Sheet
from digest.render.findings import find
from digest.render.fit import fit
from digest.render.letter import LetterBody, LetterText, lay_out
from digest.render.lint import lint
from digest.render.sheet import describe
from digest.render.slots import filled_size
from digest.render.stencil import Stencil, frame_context
from digest.render.theme import parse_theme
from digest.render.values import Look
from digest.render.words import Words, checked, parse_yaml

LIMIT_BYTES = 100_000  #: some mail programs cut HTML a little above


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """One edition, laid out."""

    subject: str
    preheader: str
    mjml: str  #: of the whole edition, as a person may edit or compile it
    stencil: Stencil
    html_bytes: int  #: of the HTML with its slots filled, as `limit_bytes` counts
    findings: tuple[Finding, ...]  #: blocks first
    left_out: tuple[int, ...] = ()  #: article ids that did not fit, counted as left over


@dataclass(frozen=True)
class _Page:
    stencil: Stencil
    mjml: str


class Renderer:
    """Lays editions out; keeps the compiler's process warm between them.

    Safe to share between threads. Close it when done; it can be used again after.

    Args:
        folders: Of templates, the operator's first; a look may name others.
    """

    def __init__(self, folders: tuple[Path, ...]) -> None:
        self._folders = folders
        self._templates: dict[tuple[Path, ...], Templates] = {}
        self._compiler = Compiler()

    def render(self, edition: Edition, look: Look, *, limit_bytes: int = LIMIT_BYTES) -> Rendered:
        """Lay an edition out, shortened if it must be.

        Args:
            edition: Finished content; hostile text in it costs nothing but itself.
            look: Theme, sender and addresses.
            limit_bytes: Of the HTML with its slots filled.

        Raises:
            TemplateError: A template, word or token is missing or wrong; names file and line.
        """
        templates = self._templates_of(look)
        edition = replace(edition, sections=tuple(part for part in edition.sections if part.items))
        fitted = fit(
            edition,
            make=lambda shorter: self._page(shorter, look, templates),
            measure=lambda page: filled_size(page.stencil.assemble(()).html),
            limit=limit_bytes,
        )
        body = fitted.made.stencil.assemble(())
        return Rendered(
            subject=body.subject,
            preheader=body.preheader,
            mjml=fitted.made.mjml,
            stencil=fitted.made.stencil,
            html_bytes=fitted.size,
            findings=look.digest.preflight.weighed(
                find(fitted.edition, body, size=fitted.size, limit=limit_bytes, notes=fitted.notes)
            ),
            left_out=fitted.left_out,
        )

    def stamp(self, look: Look) -> object:
        """Return what differs once a file that `render` reads has changed."""
        return self._templates_of(look).stamp("email")

    def letter(self, letter: LetterText, look: Look) -> LetterBody:
        """Lay out a letter to one person.

        Raises:
            TemplateError: A template or token is missing or wrong.
        """
        templates = self._templates_of(look)
        theme = parse_theme(*templates.read(f"email/{look.digest.theme}/theme.yaml"))
        return lay_out(letter, look, theme, templates, self._compiler)

    def accents(self, look: Look) -> tuple[str, str]:
        """Return the accent of a look on the light and on the dark ground, such as '#98201f'.

        Raises:
            TemplateError: The theme is broken.
        """
        theme = parse_theme(*self._templates_of(look).read(f"email/{look.digest.theme}/theme.yaml"))
        return str(theme.colours("light")["accent"]), str(theme.colours("dark")["accent"])

    def reader_words(self, folders: tuple[Path, ...], *languages: str | None) -> Words:
        """Return the phrases of letters and readers' pages in the first language that has any, else English.

        Args:
            folders: Of templates, first wins; empty means the renderer's own.
            languages: Tags in order of preference; None counts for nothing.
        """
        templates = self._templates_in(folders)
        for language in languages:
            tags = () if language is None else dict.fromkeys((language.lower(), primary_language(language)))
            for tag in tags:
                if templates.has(f"readers/{tag}.yaml"):
                    return load_words(templates, tag, folder="readers")
        return load_words(templates, "en", folder="readers")

    def mail_words(self, look: Look, language: str) -> Words:
        """Return the phrases of mails in a language, else English ones.

        Raises:
            TemplateError: A file of words is wrong.
        """
        return load_words(self._templates_of(look), language)

    def close(self) -> None:
        """Stop the compiler's process."""
        self._compiler.close()

    def _templates_of(self, look: Look) -> Templates:
        return self._templates_in(look.folders)

    def _templates_in(self, folders: tuple[Path, ...]) -> Templates:
        folders = folders or self._folders
        return self._templates.setdefault(folders, Templates(folders))

    def _page(self, edition: Edition, look: Look, templates: Templates) -> _Page:
        name = f"email/{look.digest.theme}/edition.mjml.j2"
        sheet = _sheet(edition, look, templates)
        choice = choice_facts(sheet, sheet.sections, (), look.digest)
        mjml = templates.fill(name, {**frame_context(sheet, choice), "sections": sheet.sections})
        fault = lint(mjml)
        if fault is not None:
            place = templates.locate(fault.fragment, f"email/{look.digest.theme}")
            raise TemplateError(
                fault.message,
                where=place or f"{name}, line {fault.line} of its MJML",
                hint=f"it reads {fault.fragment!r}",
            )
        fragments = cut(self._compiler.compile(mjml, template=name), name)
        require(fragments, _marks(sheet), name)
        return _Page(Stencil(fragments, sheet, look, templates), without_marks(mjml))


def _sheet(edition: Edition, look: Look, templates: Templates) -> Sheet:
    theme = parse_theme(*templates.read(f"email/{look.digest.theme}/theme.yaml"))
    return describe(edition, look, theme, load_words(templates, edition.language))


def _marks(sheet: Sheet) -> Iterator[str]:
    """Name the marks that every theme sets."""
    yield from ("preheader", "masthead", "standfirst", "open", "gap", "footer", "close")
    for section in sheet.sections:
        yield f"lead.{section.index}"
        if len(sheet.sections) > 1:
            yield f"part.{section.index}.whole"
        if section.rest:
            yield f"part.{section.index}.rest"


def load_words(templates: Templates, language: str, *, folder: str = "email/words") -> Words:
    """Read the phrases of a language, of its language without region, or else English ones."""
    for own in dict.fromkeys((language.lower(), primary_language(language), "en")):
        name = f"{folder}/{own}.yaml"
        if own == "en" or templates.has(name):
            source, file = templates.read(name)
            return Words(language=language, own=own, table=checked(parse_yaml(source, file), file), file=file)
    raise AssertionError  # pragma: no cover  # why: the last name always returns or raises
