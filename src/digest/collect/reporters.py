"""Bylines of Korean, Japanese and Chinese: names beside what their bearers do, as no capitals tell them."""

from __future__ import annotations

import re

from digest.collect.nobody import is_nobody

__all__ = ["reporters_in"]

_MAX_CHARS = 80  #: of such a line; longer ones are sentences
#: The surnames of 99 Koreans in 100.
_SURNAMES = (
    "김이박최정강조윤장임한오서신권황안송류전홍고문양손배백허유남심노하곽성차주우구민진나지엄채원천방공현함변염"
    "여추도소석선설마길연위표명기반왕금옥육인맹탁국어은편용"
)
_KOREAN = f"[{_SURNAMES}][가-힣]{{1,3}}"
_CALLING = "(?:기자|특파원|칼럼니스트|논설위원|편집위원|평론가|통신원|앵커)"
_KIND = r"(?:[가-힣]{0,4}(?:전문|선임|수습|인턴|객원|대)\s?)?"
_MAIL = r"(?:\s*[(<[]?[\w.+-]+@[\w.-]+[)>\]]?)?"
_HAN = "[\u3400-\u9fff々]"
_KANA = "[\u3400-\u9fff々ヶぁ-んァ-ヺー]"
_CHINESE = f"{_HAN}{{2,4}}(?:[、， ]{_HAN}{{2,4}}){{0,4}}"
_COLON = r"\s?[:：／/|｜=＝]\s?"
_BEHIND = r"(?:\s?[／/|｜ ].{0,30})?"  #: a date, a place or another credit
_SOUGHT = (
    # 홍길동 기자 · [서울] 홍길동·김철수 경제전문기자 gildong@quay.example
    (
        rf"(?:\[[^\[\]]{{1,20}}\]\s*)?(?P<who>{_KOREAN}(?:\s?[,·ㆍ]\s?{_KOREAN}){{0,4}})"
        rf"\s?{_KIND}{_CALLING}(?:\s*=)?{_MAIL}{_BEHIND}"
    ),
    # 칼럼니스트 홍길동 gildong@quay.example
    rf"{_CALLING}\s?[:=]?\s?(?P<who>{_KOREAN}){_MAIL}",
    # 文・山田太郎 · 取材・文／山田 太郎
    (
        rf"(?:取材[・･])?(?:文|執筆者?|著者|筆者|ライター|文責|投稿者)(?:[・･]写真)?(?:{_COLON}|[・･])"
        rf"(?P<who>{_KANA}{{2,12}}(?:[・ ]{_KANA}{{1,12}})?){_BEHIND}"
    ),
    # 作者：张三 · 来源：海港报 作者：张三、李四
    rf"(?:.{{0,40}}\s)?(?:作者|记者|記者|撰文|撰稿|文){_COLON}(?P<each>{_CHINESE}){_BEHIND}",
    # 本报记者 张三 · 記者張三／台北報導
    rf"(?:本[报報]|新[华華]社)?(?:记者|記者)\s?(?P<each>{_CHINESE}){_BEHIND}",
    # 山田太郎記者
    rf"(?P<who>{_HAN}{{1,4}} ?{_KANA}{{1,6}}?) ?記者{_MAIL}",
)
_LINES = tuple(re.compile(pattern) for pattern in _SOUGHT)
_BETWEEN = re.compile(r"\s?[,·ㆍ、，]\s?")
#: A desk by its last sign, as that of few surnames is.
_DESK = re.compile(r"[가-힣]{2,}부|(?!(?:長谷|日下|[曽曾]我|長[曽曾宗]我)部)[^\s가-힣]{2,}部")


def reporters_in(line: str) -> list[str]:
    """Return the persons of a line such as '홍길동 기자', '文・山田太郎' or '记者 张三'.

    The whole line has to be a byline; empty when it is none, names only a desk, or is in other scripts.
    """
    if line.isascii() or len(line) > _MAX_CHARS:
        return []
    line = " ".join(line.split())
    found = next((match for pattern in _LINES if (match := pattern.fullmatch(line))), None)
    if found is None:
        return []
    told = found.groupdict()
    # A space stands between two persons in Chinese, between the names of one in Japanese.
    names = re.split("[、， ]", told["each"]) if "each" in told else _BETWEEN.split(found["who"])
    return [name for name in names if not is_nobody(name) and not _DESK.fullmatch(name)]
