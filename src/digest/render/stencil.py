"""The mail of every choice of sections, joined from one compiled page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, tzinfo
from functools import cached_property, lru_cache

from digest.markup import clean_line
from digest.render import slots
from digest.render.choice import choice_facts, choose
from digest.render.cut import tame
from digest.render.environment import Context, Templates
from digest.render.facts import ChoiceFacts, SectionFacts, Sheet
from digest.render.values import Body, Look

_FILLER = "\u034f\u200c\u00a0" * 24  #: keeps a mail program from showing text after the preheader


def frame_context(sheet: Sheet, choice: ChoiceFacts) -> dict[str, object]:
    """Return what the page's own templates read for one choice of sections."""
    return {**sheet.frame.names(), "choice": choice, "filler": _FILLER}


class Stencil:
    """Holds the fragments of one edition; safe to share between threads.

    Args:
        fragments: Compiled HTML by the name of its mark, in order of the page.
        sheet: The edition in plain values.
        look: How it looks.
        templates: Where the small parts that differ by choice come from.
    """

    def __init__(self, fragments: Mapping[str, str], sheet: Sheet, look: Look, templates: Templates) -> None:
        self._fragments = fragments
        self._sheet = sheet
        self._look = look
        self._templates = templates
        self._assembled = lru_cache(maxsize=64)(self._assemble)
        self._said_since = lru_cache(maxsize=256)(self._say_since)

    def assemble(self, chosen: tuple[str, ...] = ()) -> Body:
        """Join the mail for these section keys, in their order; () is the whole edition.

        The first item of the first section leads and is not told again below. Keys that the
        edition does not hold are passed over; when none is left, the body has no items.

        Raises:
            TemplateError: A template fails over this choice.
        """
        return self._assembled(tuple(chosen))

    def weights(self) -> Mapping[str, int]:
        """Return the bytes that each section has of the whole edition's HTML, by its key, in order.

        Counted like the whole, with filled slots; what is left of that is masthead, contents and footer.
        """
        sections = self._sheet.sections
        names = [[f"part.{section.index}.whole"] for section in sections]
        if sections:
            names[0] = [f"lead.{sections[0].index}", f"part.{sections[0].index}.rest"]
        return {
            section.key: sum(slots.filled_size(self._fragments.get(name, "")) for name in parts)
            for section, parts in zip(sections, names, strict=True)
        }

    @property
    def sheet(self) -> Sheet:
        """The edition in plain values."""
        return self._sheet

    @cached_property
    def timezone(self) -> tzinfo:
        """The zone that dates in the mail are told in."""
        return self._look.digest.timezone

    def greeting(self, name: str) -> str:
        """Greet by the hour of the slot; without a name when it is empty."""
        plain, named = self._greetings
        return named.replace("{name}", name) if name else plain

    def since(self, moment: datetime) -> str:
        """Say since when somebody subscribes, by the day in the edition's zone."""
        return self._said_since(moment.astimezone(self.timezone).date())

    @cached_property
    def _greetings(self) -> tuple[str, str]:
        return self._sheet.words.greetings(self._sheet.edition.slot.local.hour)

    def _say_since(self, day: date) -> str:
        return self._sheet.words.say("since", date=self._sheet.words.day(day))

    def _assemble(self, keys: tuple[str, ...]) -> Body:
        sections = choose(self._sheet, keys)
        choice = choice_facts(self._sheet, sections, keys, self._look.digest)
        context = {**frame_context(self._sheet, choice), "chosen": sections}
        return Body(
            html=self._html(sections, choice, context, is_whole=not keys),
            text=self._fill("edition.txt", context).strip("\n") + "\n",
            subject=choice.subject,
            preheader=choice.preheader,
            items=choice.items,
        )

    def _html(
        self, sections: tuple[SectionFacts, ...], choice: ChoiceFacts, context: Context, *, is_whole: bool
    ) -> str:
        names = ["head", "preheader", "masthead", "standfirst", "open"]
        if sections:
            names.append(f"lead.{sections[0].index}")
        if choice.contents:
            names += ["contents.open", "contents", "contents.close"]
        names.append("gap")
        for place, section in enumerate(sections):
            if place or section.rest:
                names.append(f"part.{section.index}.{'whole' if place else 'rest'}")
        if choice.quiet or choice.left_over:
            names += ["tail.open", "tail", "tail.close"]
        names += ["footer", "close"]
        parts = (self._part(name, context, is_whole=is_whole) for name in names)
        return "\n".join(part for part in parts if part) + "\n"

    def _part(self, name: str, context: Context, *, is_whole: bool) -> str:
        if name in _BY_CHOICE and not is_whole:
            return tame(self._fill(name, context).strip())
        return self._fragments.get(name, "").strip("\n")

    def _fill(self, name: str, context: Context) -> str:
        return self._templates.fill(f"email/{self._look.digest.theme}/{name}.j2", context)


_BY_CHOICE = {"preheader", "standfirst", "contents", "tail"}
_NO_URLS = {name: "" for name in slots.NAMES if name.endswith("_url")}


def personal_values(
    stencil: Stencil,
    *,
    name: str | None,
    email: str,
    since: datetime | None,
    urls: Mapping[str, str],
) -> Mapping[str, str]:
    """Return the plain text of every slot for one subscriber; the writer of the mail escapes it.

    Args:
        stencil: Of the edition; brings language, slot hour and zone.
        name: As the subscriber gave it; cleaned here.
        email: The address the mail goes to; cleaned here.
        since: When the subscription was confirmed; None leaves the date out.
        urls: Of the slots that end in '_url'; a missing one stays empty. Our own making, not cleaned again.
    """
    return {
        **_NO_URLS,
        **urls,
        "greeting": stencil.greeting(slots.clean_name(name)),
        "email": clean_line(email, 320),
        "since": stencil.since(since) if since else "",
    }
