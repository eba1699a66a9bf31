"""Datelines: where and when a report was written, and the agency that signs it."""

from __future__ import annotations

import re

_CHARS = 200  #: of a text, in which its dateline ends
_PLACE = r"[^\W\d_a-z]{3,40}(?:[ ,.]{1,3}[^\W_a-z]\w{0,40}){0,6}[ ,.]{0,3}"
_TOWN = r"(?:[^\W\d_a-z][\w.'’-]{1,30}[ ,]{1,2}){1,6}"
_DAY = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.? \d{1,2}"
_DASH = r"\s*(?:--|[-–—])\s*"
_MONTHS = (
    "januar januari janvier janeiro jänner enero gennaio jan ene gen januar februar februari février "
    "febrero febbraio fevereiro feb févr fev märz mars marzo março maart mar mär mrz mrt april avril "
    "abril aprile apr avr abr mai mayo maggio maio mei may mag juni juin junio giugno junho jun giu "
    "juli juillet julio luglio julho jul juil lug august août agosto augustus aug ago september "
    "septembre septiembre settembre setembro sep sept set oktober octobre octubre ottobre outubro okt "
    "oct ott out november novembre noviembre novembro nov dezember décembre diciembre dicembre "
    "dezembro december dez déc dic dec"
)
#: '3 oct.', '1er mars 2026', '12 MAR'; '12 Menschen (drei Kinder)' is no day
_DAY_FIRST = rf"\d{{1,2}}(?:er|º|\.)? (?:de )?(?i:{'|'.join(_MONTHS.split())})(?!\w)\.?(?:(?: de)? \d{{4}})?"
_SMALL = r"de|del|da|do|la|am|an|der|den|di|a\.|i\."
_NAMED = rf"(?:['’]s-)?[^\W\d_a-z][\w/.'’-]{{1,30}}(?: (?:[^\W\d_a-z][\w/.'’-]{{0,30}}|{_SMALL})){{0,4}}"
#: Beside a town in small letters only these are agencies: 'Karl Brandt (SPD) - seit 2019 im Amt - geht'.
_AGENCIES = (
    "dpa|afp|ap|apa|reuters|dts(?: nachrichtenagentur)?|sda|ats|keystone-sda|epd|kna|sid|efe|europa press"
    "|télam|ansa|adnkronos|askanews|agi|lapresse|lusa|ag[êe]ncia brasil|anp|belga|bloomberg|tass|xinhua"
)
_AGENCY = rf"\((?i:{_AGENCIES})(?:/[\w-]{{2,12}}){{0,3}}\)"
_DATELINE = re.compile(
    rf"(?:{_NAMED}(?:, {_DAY_FIRST})? ?{_AGENCY}[ .]{{0,2}}{_DASH}"  # 'Oslo (dpa) - '
    rf"|{_NAMED},? {_DAY_FIRST} ?\([^()\n]{{2,25}}\)[ .]{{0,2}}{_DASH}"  # 'Lugo, 3 oct. (Agency).- '
    rf"|{_AGENCY}(?:{_DASH}{_NAMED}, {_DAY_FIRST}{_DASH}|\s+(?![–—-]))"  # '(ANSA) - ROMA, 12 MAR - '
    rf"|{_PLACE}\([^()\n]{{2,25}}\){_DASH}"  # 'OSLO, Nov 15 (Agency) - '
    rf"|{_PLACE}{_DAY}{_DASH}"  # 'OSLO, Nov 15 - '
    rf"|\([^()\n]{{2,25}}\){_DASH}"  # '(Agency) - '
    rf"|{_TOWN}\([^\W\d_a-z]{{2,8}}\)(?=[\"“‘]?[^\W_a-z])"  # 'Oslo, Norway (AGY)The'
    r"|\([^\W\d_a-z]{2,8}\)\s*)(?=\S)"  # '(AGY)'
)


def past_dateline(text: str, start: int) -> int:
    """Return where the report itself begins: `start` where a text has no dateline."""
    match = _DATELINE.match(text, start, start + _CHARS)
    return match.end() if match else start
