"""Whom a byline names that names nobody: desks, "admin" and accounts of whoever runs the site."""

from __future__ import annotations

import re

from digest.collect.words import DESKS, NOBODY
from digest.model.article import fold

__all__ = ["is_nobody"]

_ADMIN = re.compile(r"admin[a-z]*[0-9._-]*|[a-z0-9._-]*admin[0-9._-]*")
#: What a reporter is called beside the name.
_CALLING = re.compile(r"^(?:作者|记者|記者|撰文|文)[\s:：・／/|]\s?|\s?(?:기자|記者|记者)$")
_PART = re.compile(
    r"(?:정치|경제|사회|문화|국제|체육|스포츠|산업|전국|지역|연예|과학|사진|영상|기획|보도|금융|증권|생활|편집|취재|뉴스)[부팀국]|"
    r"(?:政治|経済|经济|經濟|社会|社會|文化|国際|国际|國際|運動|体育|體育|スポーツ|科学|地方|生活|写真|報道|报道|外信|学芸|"
    r"取材|特報|新聞|新闻|編集|编辑|編輯)[部局班室组組]"
)


def is_nobody(text: str) -> bool:
    """Tell 'Web Desk', 'user 12', 'qtadmin', '정치부 기자' and '佚名' from a name."""
    name = fold(text)
    called = _CALLING.sub("", name) or name
    words = re.findall(r"[^\W_]+", called)
    is_desk = bool(words) and all(word in DESKS or _PART.fullmatch(word) for word in words)
    return is_desk or name.rstrip("0123456789 ._-") in NOBODY or _ADMIN.fullmatch(name) is not None
