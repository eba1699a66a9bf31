"""Pages as documents: what the HTML standard asks of them, and what listeners find their way by."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import lxml.html
import pytest

from html_pages import every_page

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

_NAMES = ("aria-labelledby", "aria-describedby", "aria-controls", "aria-owns", "for")


def faults(page: str) -> list[str]:
    """Find what is twice, or points nowhere, in a page."""
    tree = lxml.html.document_fromstring(page.encode(), parser=lxml.html.HTMLParser(encoding="utf-8"))
    ids = Counter(str(one) for one in tree.xpath("//@id"))
    found = [f"id {name} twice" for name, count in ids.items() if count > 1]
    for name in _NAMES:
        found += [
            f"{name} {one}" for said in tree.xpath(f"//@{name}") for one in said.split() if one not in ids
        ]
    found += [f"not one {one}" for one in ("title", "h1", "main") if len(tree.xpath(f"//{one}")) != 1]
    found += ["descriptions"] * (len(tree.xpath("//meta[@name='description']")) > 1)
    for one in tree.xpath("//article[not(.//h1 or .//h2 or .//h3 or .//h4)]"):
        found.append(f"article without heading: {one.text_content()[:40]}")
    for one in tree.xpath("//dl"):
        names = Counter(term.text_content().strip() for term in one.xpath("./dt|./div/dt"))
        found += [f"dt {name} twice" for name, count in names.items() if count > 1]
    hidden = tree.xpath("//*[self::h1 or self::h2 or self::h3][@aria-hidden='true']")
    found += [f"a heading that nobody hears: {one.text_content()}" for one in hidden]
    said = tree.xpath("//label//*[(@data-count or @data-words or self::kbd) and not(@aria-hidden)]")
    found += [f"a name that changes while one writes: {one.text_content()}" for one in said]
    return found


def test_every_page_is_a_document_that_can_be_found_ones_way_in(tmp_path: Path) -> None:
    """Ids once and there, one main part with one heading, terms once (HTML standard, 3.2.6, 4.2.5, 4.3.2, 4.4.9)."""
    wrong = {name: told for name, page in every_page(tmp_path) if (told := faults(page))}
    assert wrong == {}


def test_the_title_says_first_what_became_of_a_press(tmp_path: Path) -> None:
    """It is what is read out when a page comes; what a status says from the beginning often is not."""
    titles = {
        name: lxml.html.document_fromstring(page).findtext(".//title") for name, page in every_page(tmp_path)
    }
    (saved,) = (title for name, title in titles.items() if name.endswith("?done=saved"))
    assert saved == "Saved. It holds from your next edition on. · Your choices · The Daily Brief"
    assert titles["choices, a fault"] == "Nothing was saved · Your choices · The Daily Brief"
