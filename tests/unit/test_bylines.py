"""Bylines as people write them: names come out, and nothing that stands around them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from itertools import pairwise, permutations

import pytest

from digest.collect.bylines import byline_in, clean_names, name_said
from digest.collect.reporters import reporters_in


@pytest.mark.parametrize(
    ("told", "names"),
    [
        ("Ada Brandt, Sam Okoro, and Bea Carrow", ["Ada Brandt", "Sam Okoro", "Bea Carrow"]),
        ("João Silva e Maria Costa", ["João Silva", "Maria Costa"]),
        ("Jan Jansen en Piet Pieters", ["Jan Jansen", "Piet Pieters"]),
        ("Иван Петров и Анна Смирнова", ["Иван Петров", "Анна Смирнова"]),
        ("محمد أحمد، علي حسن", ["محمد أحمد", "علي حسن"]),
        ("José Ortega y Gasset", ["José Ortega y Gasset"]),
        ("Ada Brandt, Emily Post", ["Ada Brandt", "Emily Post"]),
        ("Ada Brandt, Marjorie Post, Gretchen Daily", ["Ada Brandt", "Marjorie Post", "Gretchen Daily"]),
        ("Ada Brandt, Sam Fellow, Nicky Wire", ["Ada Brandt", "Sam Fellow", "Nicky Wire"]),
        ("Ada, Sam", ["Ada", "Sam"]),
        ("von der Leyen", ["von der Leyen"]),
        ("Von Trapp", ["Von Trapp"]),
        ("von Ada Brandt", ["Ada Brandt"]),
        ("quay8090", ["quay8090"]),
        ("Ada Brandt 10:30", ["Ada Brandt"]),
        ("(Ada Brandt)", ["Ada Brandt"]),
        ("View all posts by Ada Brandt", ["Ada Brandt"]),
        ("Ben &amp; Jerry", ["Ben", "Jerry"]),
    ],
)
def test_every_person_of_a_byline_is_named(told: str, names: list[str]) -> None:
    """Each language joins the last of several in its own way; small words are also parts of names."""
    assert clean_names([told]) == names


@pytest.mark.parametrize(
    "behind",
    [
        ", Quayman",
        ", Reuters",
        ", Quay News",
        ", The Quay",
        ", Berlin",
        ", envoyée spéciale",
        ", Chief Economist",
        ", Washington Post",
        ", Senior Fellow",
        ", Nonresident Senior Fellow",
        ", M.D., PhD",
        " in Cairo",
        ", in Cairo",
        ", photos by Sam Okoro",
        " Medically reviewed by Sam Okoro",
        ", edited by Sam Okoro",
        " ada@quay.example",
    ],
)
def test_where_and_as_what_somebody_works_is_no_second_author(behind: str) -> None:
    """Who took the pictures or read the text again did not write it either."""
    assert clean_names([f"By Ada Brandt{behind}"]) == ["Ada Brandt"]
    assert clean_names([f"Ada Brandt und Sam Okoro{behind}"]) == ["Ada Brandt", "Sam Okoro"]


@pytest.mark.parametrize(
    "told",
    [
        "Staff",
        "The Editors",
        "Web Desk",
        "La Rédaction",
        "Super User",
        "admin2",
        "site_admin",
        "Guest Author",
        "정치부 기자",
        "스포츠부 기자",
        "전문 기자",
        "편집부",
        "社会部記者",
        "外国人記者",
        "文・編集部",
        "文：编辑部",
        "作者：佚名",
        "作者：本站",
        "记者 综合",
        "本报记者",
        "noreply",
    ],
)
def test_desks_and_placeholders_name_nobody(told: str) -> None:
    """In pages, feeds and APIs alike."""
    assert (clean_names([told]), name_said(told), byline_in(told)) == ([], "", "")


def test_a_desk_that_is_called_by_its_house_is_kept() -> None:
    """It tells readers whose staff it was; 'will' and 'may' are given names, too."""
    assert clean_names(["Quay Staff"]) == ["Quay Staff"]
    assert clean_names(["海港报编辑部"]) == ["海港报编辑部"]
    assert name_said("Quay Editorial Board") == "Quay Editorial Board"
    assert byline_in("By Will Brandt and May Okoro") == "Will Brandt, May Okoro"


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("홍길동 기자", ["홍길동"]),
        ("홍길동기자 gildong@quay.example", ["홍길동"]),
        ("[서울] 홍길동·김철수 경제전문기자", ["홍길동", "김철수"]),
        ("칼럼니스트 김철수 kim@quay.example", ["김철수"]),
        ("山田太郎記者", ["山田太郎"]),
        ("取材・文／山田 太郎", ["山田 太郎"]),
        ("作者：张三", ["张三"]),
        ("本报记者 张三 李四", ["张三", "李四"]),
        ("記者張三／台北報導", ["張三"]),
        ("阿部記者", ["阿部"]),
        ("長谷部誠記者", ["長谷部誠"]),
        ("文・長谷部", ["長谷部"]),
        ("온라인 기자", []),
        ("교육부 기자", []),
        ("東京社会部記者", []),
        ("인턴 기자", []),
        ("본지 기자가 어제 항구에서 만났다", []),
        ("新聞記者", []),
        ("本報記者", []),
        ("文化：山田太郎", []),
        ("Ada Brandt", []),
    ],
)
def test_reporters_are_known_by_what_stands_beside_their_names(line: str, names: list[str]) -> None:
    """These scripts have no capitals, so that a name alone looks like any other word."""
    assert reporters_in(line) == names
    assert byline_in(line) == ", ".join(names)
    if names:
        assert clean_names([line]) == names
        assert name_said(line) == byline_in(line) == ", ".join(names)


def test_bylines_of_any_signs_are_read_in_no_time(
    within: Callable[[float], AbstractContextManager[None]],
) -> None:
    """All that the patterns look for, in any order and length."""
    parts = [
        *"김기자文记者作：／・・@ .,-<>&;0",
        "기자",
        "記者",
        "by ",
        "in ",
        "von ",
        "and ",
        "ly ",
        "Ada ",
        "\u202e",
    ]
    texts = [(one + other) * times for one, other in permutations(parts, 2) for times in (20, 40, 150)]
    texts += [(one + other + one) * 7_000 for one, other in pairwise(parts)]
    texts += [part * 20_000 for part in parts]
    with within(2):
        for text in texts:
            clean_names([text])
            name_said(text)
            byline_in(text[:140])
