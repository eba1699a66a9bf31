"""What the pages' filters write."""

from __future__ import annotations

from pathlib import Path

import pytest

from digest.errors import TemplateError
from digest.web.templates import Pages, hiding, mark, masked, rate, sentence, size, spelt
from written_addresses import WRITTEN


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1_000, "1.0 kB"),
        (12_345_678, "12 MB"),
        (3_400_000_000, "3.4 GB"),
        (5_600_000_000_000_000, "5,600.0 TB"),
    ],
)
def test_bytes_are_written_in_the_unit_that_fits(number: int, words: str) -> None:
    """Two digits are enough to judge by."""
    assert size(number) == words


def test_addresses_are_shown_so_that_nobody_could_write_to_them() -> None:
    """The end of a name of two letters would give all of it away."""
    assert masked("marek@example.org") == "m…k@example.org"
    assert masked("al@example.org") == "a…@example.org"
    assert (masked("nobody"), masked("")) == ("n…", "erased")


def test_an_address_is_masked_in_what_a_relay_said() -> None:
    """Relays repeat it in lower case, or as they like."""
    said = "550 <SAM.Okonjo@example.org>: sam.okonjo@EXAMPLE.org is unknown, samXokonjo@example.org is not"

    assert hiding(said, "Sam.Okonjo@example.org") == (
        "550 <S…o@example.org>: S…o@example.org is unknown, samXokonjo@example.org is not"
    )
    assert hiding("550 no", "") == "550 no"


@pytest.mark.parametrize(("email", "written"), WRITTEN)
def test_an_address_is_masked_in_the_forms_that_relays_write_it_in(email: str, written: str) -> None:
    """All that stands there is the address."""
    assert hiding(f"550 5.1.1 <{written}>: unknown", email) == f"550 5.1.1 <{masked(email)}>: unknown"


def test_rates_numbers_and_marks_read_as_people_write_them() -> None:
    """A mark that is not known stands as it is."""
    assert [rate(number) for number in (0.0, 58.24, 7.0, 1_204.4)] == ["0", "58.2", "7", "1,204"]
    assert [spelt(number) for number in (0, 6, 11, 1_204)] == ["None", "Six", "11", "1,204"]
    assert mark("repeated") == "this hour comes twice; it runs once"
    assert mark("of tomorrow") == "of tomorrow"
    assert [sentence(text) for text in ("no such file", "Why?")] == ["No such file.", "Why?"]


def test_a_page_that_an_operator_broke_says_where(tmp_path: Path) -> None:
    """Own pages stand before the shipped ones; the way out is the shipped one."""
    (tmp_path / "web").mkdir()
    (tmp_path / "web" / "broken.html").write_text("<p>\n{% if %}", encoding="utf-8")
    (tmp_path / "web" / "asks.html").write_text("{{ nothing_of_the_kind }}", encoding="utf-8")
    pages = Pages((tmp_path,))
    with pytest.raises(TemplateError) as broken:
        pages.fill("broken.html", {})
    with pytest.raises(TemplateError) as asks:
        pages.fill("asks.html", {})

    assert broken.value.where == "templates/web/broken.html:2"
    assert "nothing_of_the_kind" in asks.value.message
    assert "compare it with the one that came along" in (asks.value.hint or "")
