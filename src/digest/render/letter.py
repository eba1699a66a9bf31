"""Letters to one person: laid out like an edition, without its stencil."""

from __future__ import annotations

from dataclasses import dataclass

from digest.errors import TemplateError
from digest.markup import clean_line
from digest.render.compiler import Compiler
from digest.render.cut import tame
from digest.render.environment import Templates
from digest.render.language import direction_of, script_of
from digest.render.lint import lint
from digest.render.phrasing import ready, tagged
from digest.render.sizing import nameplate
from digest.render.theme import Theme
from digest.render.values import Look


@dataclass(frozen=True, kw_only=True, slots=True)
class LetterText:
    """What a letter says."""

    language: str  #: of its words
    subject: str
    heading: str
    paragraphs: tuple[str, ...]
    action: str  #: what the link does
    url: str
    small: tuple[str, ...] = ()  #: what stands below, in small print


@dataclass(frozen=True, kw_only=True, slots=True)
class LetterBody:
    """A letter laid out."""

    html: str
    text: str


def lay_out(
    letter: LetterText, look: Look, theme: Theme, templates: Templates, compiler: Compiler
) -> LetterBody:
    """Lay a letter out.

    Raises:
        TemplateError: The template is missing or wrong; names template and line.
    """
    folder = f"email/{look.digest.theme}"
    context = {**_frame(letter, look, theme), "letter": letter}
    name = f"{folder}/letter.mjml.j2"
    mjml = templates.fill(name, context)
    fault = lint(mjml)
    if fault is not None:
        place = templates.locate(fault.fragment, folder) or f"{name}, line {fault.line} of its MJML"
        raise TemplateError(fault.message, where=place, hint=f"it reads {fault.fragment!r}")
    html = tame(compiler.compile(mjml, template=name)) + "\n"
    text = templates.fill(f"{folder}/letter.txt.j2", context).strip("\n") + "\n"
    return LetterBody(html=html, text=text)


def _frame(letter: LetterText, look: Look, theme: Theme) -> dict[str, object]:
    language, title = letter.language, clean_line(look.digest.title, 80)
    direction = direction_of(language)
    return {
        "e": {
            "lang": language,
            "dir": direction,
            "script": script_of(language),
            "title": title,
            "title_own": ready(tagged(look.digest.language)),
            "address": clean_line(look.site.postal_address, 300),
        },
        "al": ";text-align:right" if direction == "rtl" else "",
        "c": theme.colours("light"),
        "d": theme.colours("dark"),
        "t": theme.type_for(language),
        "nameplate": nameplate(theme, title, language),
        "tiers": (),
    }
