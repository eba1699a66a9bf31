"""What preflight looks at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from lxml import html as parser

from digest.model import Article, Edition, EditionSection, Finding, Item, LinkAnswer, item_anchor
from digest.render import item_place, link_address

Colours = Mapping[str, str]  #: of one ground, by the names of a theme


@dataclass(frozen=True, kw_only=True)
class Proof:
    """An edition as it would be mailed to a reader of everything, with what it was made of."""

    edition: Edition
    html: str  #: of the mail, every slot filled
    subject: str
    preheader: str
    fields: tuple[tuple[str, str], ...]  #: of the message's header, unfolded; () when it cannot be written
    light: Colours
    dark: Colours
    articles: Mapping[int, Article]  #: those of the items that are still in the store
    home: str  #: where links of our own begin
    answers: Mapping[str, LinkAnswer] = field(
        default_factory=dict
    )  #: by link; those not asked for are missing

    def items(self) -> Iterator[tuple[EditionSection, Item]]:
        """Go through the items in their order, each with its section."""
        for section in self.edition.sections:
            for item in section.items:
                yield section, item

    @cached_property
    def _tree(self) -> parser.HtmlElement:
        return parser.document_fromstring(self.html or "<html></html>")

    @cached_property
    def links(self) -> tuple[str, ...]:
        """The addresses that links of the mail lead to, without our own and without repeats, in order."""
        found = (str(each.get("href")) for each in self._tree.iter("a") if each.get("href"))
        return tuple(dict.fromkeys(one for one in found if not self._is_own(one)))

    @cached_property
    def pictures(self) -> tuple[tuple[str, str | None], ...]:
        """The addresses of pictures, each with its description; None where it has none, also no empty one."""
        return tuple((str(each.get("src") or ""), each.get("alt")) for each in self._tree.iter("img"))

    def where(self, link: str) -> tuple[str, str]:
        """Name the place of a link, for people and for good: an item that leads there, or the html."""
        return self._places.get(link, ("html", "html"))

    @cached_property
    def _places(self) -> Mapping[str, tuple[str, str]]:
        found: dict[str, tuple[str, str]] = {}
        for section, item in self.items():
            place = (item_place(section.title, item), item_anchor(item.article_id))
            for address in (link_address(item.url), item.image.url if item.image else ""):
                found.setdefault(address, place)
        return found

    def _is_own(self, address: str) -> bool:
        return address.startswith(("#", "mailto:", self.home))


Findings = Iterator[Finding]
