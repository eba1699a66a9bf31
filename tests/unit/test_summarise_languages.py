"""One report in seven languages: its news is told, its sermon and its loose ends are not."""

from __future__ import annotations

import pytest

from digest.summarise import split, summaries, summarise

#: Title, then sentences: two of news, three that lean or preach, one of news, one appeal.
REPORTS = {
    "en": (
        "Sandholm ferry sails again in May",
        "The Sandholm ferry will sail again from 1 May, the shipping company Nordlinie announced on Monday.",
        "Nordlinie had stopped the ferry in 2004 after the storms had broken the pier of Sandholm.",
        "He called it a great day for everyone.",
        "“The ferry belongs to all of us,” she said.",
        "But nobody knows yet what it will cost.",
        "The mayor of Sandholm, Ilse Brandt, has promised 12 million crowns for the new pier.",
        "Sometimes a ship is more than steel, and we should all remember that.",
    ),
    "de": (
        "Fähre nach Sandholm fährt im Mai wieder",
        "Die Fähre nach Sandholm fährt ab dem 1. Mai wieder, teilte die Reederei Nordlinie am Montag mit.",
        "Nordlinie hatte die Fähre 2004 eingestellt, nachdem Stürme den Pier von Sandholm zerstört hatten.",
        "Er sprach von einem großen Tag für alle.",
        "„Die Fähre gehört uns allen“, sagte sie.",
        "Aber niemand weiß bisher, was das kosten wird.",
        "Bürgermeisterin Ilse Brandt hat zwölf Millionen Kronen für den neuen Pier von Sandholm zugesagt.",
        "Manchmal ist ein Schiff mehr als nur Stahl, und wir alle sollten daran denken.",
    ),
    "fr": (
        "Le ferry de Sandholm repart en mai",
        "Le ferry de Sandholm repartira le 1er mai, a annoncé lundi la compagnie Nordlinie.",
        "Nordlinie avait arrêté le ferry en 2004 après les tempêtes qui avaient détruit le quai de Sandholm.",
        "Il a parlé d’un grand jour pour tout le monde.",
        "« Le ferry est à nous tous », a-t-elle dit.",
        "Mais personne ne sait encore combien cela coûtera.",
        "La maire de Sandholm, Ilse Brandt, a promis 12 millions de couronnes pour le nouveau quai.",
        "Parfois un bateau est plus que de l’acier, et nous devrions tous y penser.",
    ),
    "es": (
        "El barco de Sandholm vuelve en mayo",
        "El barco de Sandholm volverá a navegar el 1 de mayo, anunció el lunes la empresa Nordlinie.",
        "Nordlinie había retirado el barco en 2004 tras las tormentas que rompieron el muelle de Sandholm.",
        "Dijo que era un gran día para todos.",
        "«El barco es de todos nosotros», dijo ella.",
        "Pero nadie sabe todavía cuánto costará.",
        "La alcaldesa de Sandholm, Ilse Brandt, ha prometido 12 millones de coronas para el nuevo muelle.",
        "A veces un barco es más que acero, y todos nosotros deberíamos recordarlo.",
    ),
    "it": (
        "Il traghetto di Sandholm torna a maggio",
        "Il traghetto di Sandholm ripartirà il 1° maggio, ha annunciato lunedì la compagnia Nordlinie.",
        "Nordlinie aveva fermato il traghetto nel 2004 dopo le tempeste sul molo di Sandholm.",
        "Ha parlato di un grande giorno per tutti.",
        "«Il traghetto è di tutti noi», ha detto lei.",
        "Ma nessuno sa ancora quanto costerà.",
        "La sindaca di Sandholm, Ilse Brandt, ha promesso 12 milioni di corone per il nuovo molo.",
        "A volte una nave è più che acciaio, e noi tutti dovremmo ricordarlo.",
    ),
    "pt": (
        "A balsa de Sandholm volta em maio",
        "A balsa de Sandholm voltará a navegar em 1 de maio, anunciou na segunda-feira a empresa Nordlinie.",
        "A Nordlinie havia parado a balsa em 2004 depois que as tempestades destruíram o cais de Sandholm.",
        "Ele falou de um grande dia para todos.",
        "“A balsa é de todos nós”, disse ela.",
        "Mas ninguém sabe ainda quanto vai custar.",
        "A prefeita de Sandholm, Ilse Brandt, prometeu 12 milhões de coroas para o novo cais.",
        "Às vezes um navio é mais do que aço, e todos nós deveríamos lembrar disso.",
    ),
    "nl": (
        "Boot naar Sandholm vaart in mei weer",
        "De boot naar Sandholm vaart vanaf 1 mei weer, maakte rederij Nordlinie maandag bekend.",
        "Nordlinie stopte in 2004 met de boot nadat stormen de pier van Sandholm hadden vernield.",
        "Hij sprak van een grote dag voor iedereen.",
        "‘De boot is van ons allemaal,’ zei ze.",
        "Maar niemand weet nog wat dat gaat kosten.",
        "Burgemeester Ilse Brandt van Sandholm heeft twaalf miljoen kronen voor de nieuwe pier beloofd.",
        "Soms is een schip meer dan staal, en wij zouden daar allemaal aan moeten denken.",
    ),
}


@pytest.mark.parametrize("language", REPORTS)
@pytest.mark.parametrize("declared", [True, False], ids=["declared", "guessed"])
def test_the_news_of_a_report_is_chosen_in_each_language(language: str, declared: bool) -> None:
    """First what happens, then what was and who pays; nobody's 'he', nobody's moral."""
    title, *sentences = REPORTS[language]
    text = " ".join(sentences)

    one, two, three = (
        [each.text for each in summary.sentences]
        for summary in summaries(text, title=title, language=language if declared else None)
    )

    assert [text[span.start : span.end] for span in split(text, language)] == sentences
    assert one == sentences[:1]
    assert set(two) < {sentences[0], sentences[1], sentences[5]}
    assert three == [sentences[0], sentences[1], sentences[5]]


LEADS = {
    "ru": ("Паром пришёл в порт в 9 ч. утра.", "В 2004 г. его продали за 5 млн крон.", "Люди ждали."),
    "ar": ("وصلت السفينة إلى الميناء.", "كان ثمنها 5.5 مليون كرونة.", "هل انتظر الناس؟"),
    "he": ('ד"ר כהן הגיע לנמל.', "המחיר היה 5.5 מיליון כתר.", "האם אנשים חיכו?"),
    "ja": ("船は5.5億円で売られた。", "「もう遅い。帰ろう」と彼は言った。", "人々は待った！"),
    "zh": ("船以5.5亿元售出。", "他说：“太晚了，我们回家吧。”", "人们在等吗？"),
    "ko": ("배는 5.5억 원에 팔렸다.", "그는 늦었다고 말했다.", "사람들은 기다렸다."),
    "el": ("Το πλοίο πουλήθηκε για 5,5 εκατ. κορόνες.", "Ήταν αργά;", "Ο κόσμος περίμενε."),
    "pl": ("Prom kosztował np. 5,5 mln koron.", "W 2004 r. Nordlinie go sprzedała.", "Ludzie czekali."),
    "sv": ("Färjan såldes bl.a. till Nordlinie.", "Den kostade 5,5 milj. kronor.", "Folk väntade."),
    "hi": ("नाव बिक गई।", "उसका दाम 5.5 करोड़ था।", "लोग रुके रहे।"),
}


@pytest.mark.parametrize("language", LEADS)
def test_other_languages_are_split_right_and_begin_with_what_stands_first(language: str) -> None:
    """A wrong cut is worse than a plain choice."""
    joint = "" if language in ("ja", "zh") else " "
    text = joint.join(LEADS[language])

    summary = summarise(text, title="", language=language, sentences=2)

    assert tuple(text[span.start : span.end] for span in split(text, language)) == LEADS[language]
    assert tuple(each.text for each in summary.sentences) == LEADS[language][:2]
    assert summary.method == "lead"
