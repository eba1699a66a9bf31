"""Units of seven languages, and the signs of money."""

from __future__ import annotations

import re
from collections.abc import Mapping

_WORDS = {
    "year": (
        "year yr jahr jahre jahren jährig jährige jähriger jährigen année ans año anno anni ano jaar "
        "jaren jarige"
    ),
    "month": "month monat monate monaten mois mes meses mese mesi mês maand maanden",
    "week": "week woche wochen semaine semana settimana settimane weken",
    "day": "day tag tage tagen tägig tägige tägiger tägigen jour día giorno giorni dia dag dagen",
    "hour": "hour hr h stunde stunden heure hora ore uur uren",
    "minute": "minute min minuten minütig minütige minütiger minütigen minuto minuti minuut",
    "percent": "% percent pct pc prozent procent",
    "money": (
        "$ £ € ¥ usd gbp eur chf dollar pound euro cent penny pence yen franc franken dólar libra dollari "
        "sterline"
    ),
    "mile": "mile mph meile meilen milla miglia milha mijl",
    "kilometre": "km kph kilometre kilometer kilómetro chilometro chilometri quilômetro",
    "metre": "metre meter mètre metro metri",
    "foot": "foot ft feet fuß pied pie piedi pé voet",
}
#: Words and signs of units, in lower case, each with what it measures.
UNITS: Mapping[str, str] = {word: unit for unit, words in _WORDS.items() for word in words.split()}
SIGNS = "$£€¥"
#: Before a figure, at the end of a text.
PAID = re.compile(rf"(?:[{SIGNS}]|\b(?:USD|GBP|EUR|CHF))\s?$")


def is_measure(word: str, *, is_counted: bool) -> bool:
    """Tell a German unit, which has a capital and is no name; of money is one without a figure (Franken).

    Args:
        word: As it stands.
        is_counted: A number stands before it.
    """
    unit = UNITS.get(word.casefold())
    return unit is not None and (is_counted or unit != "money")
