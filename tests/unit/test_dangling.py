"""Sentences that lean on what came before them, in the seven languages."""

from __future__ import annotations

import pytest

from digest.summarise import summarise
from digest.summarise.dangling import leans

PRONOUNS = {
    "en": (
        "He said that the ferry would sail on Monday.",
        "She's back on the island since the spring.",
        "They want 12 million crowns from Nordlinie.",
        "This was the third storm of the year.",
        "These boats were built in Bremen in 1998.",
        "Their letter reached Nordlinie on Friday.",
        "Such a crossing costs 14 crowns.",
        "The latter has sold eleven vessels since 2004.",
        "The former will meet the council on Monday.",
        "One of them lives in Bremen now.",
        "It is the oldest boat of the fleet.",
    ),
    "de": (
        "Er sagte, die Fähre fahre am Montag.",
        "Sie will zwölf Millionen von Nordlinie.",
        "Dies war der dritte Sturm des Jahres.",
        "Diese Schiffe wurden 1998 in Bremen gebaut.",
        "Ihre Briefe erreichten Nordlinie am Freitag.",
        "Dabei starben drei Menschen auf dem Pier.",
        "Letzterer hat seit 2004 elf Schiffe verkauft.",
        "Das sei der Wille des Rates von Sandholm.",
        "Beide leben seit 2001 in Bremen.",
    ),
    "fr": (
        "Il a déclaré que le ferry partirait lundi.",
        "Elles demandent 12 millions à Nordlinie.",
        "C’est la troisième tempête de l’année.",
        "Cette traversée coûte 14 couronnes.",
        "Ces bateaux ont été construits à Brême.",
        "Leur lettre est arrivée vendredi à Sandholm.",
        "Ce dernier a vendu onze navires depuis 2004.",
        "Celui-ci habite Brême depuis 1998.",
        "Son père dirigeait le port de Sandholm.",
    ),
    "es": (
        "Ella dijo que el barco saldría el lunes.",
        "Dijo que el barco saldría el lunes.",
        "Añadió que faltan 12 millones para el puerto.",
        "Esta travesía cuesta 14 coronas.",
        "Estos barcos se construyeron en Bremen.",
        "Su carta llegó a Sandholm el viernes.",
        "Ambos viven en Bremen desde 1998.",
        "Este último vendió once barcos en 2004.",
        "Eso fue en la tercera tormenta del año.",
    ),
    "it": (
        "Lui ha detto che il traghetto parte lunedì.",
        "Ha aggiunto che mancano 12 milioni per il porto.",
        "Questa traversata costa 14 corone.",
        "Queste navi furono costruite a Brema.",
        "La sua lettera è arrivata venerdì a Sandholm.",
        "Entrambi vivono a Brema dal 1998.",
        "Quest'ultimo ha venduto undici navi nel 2004.",
        "Ciò accadde nella terza tempesta dell'anno.",
        "I suoi fratelli lavorano al porto di Brema.",
    ),
    "pt": (
        "Ele disse que a balsa sai na segunda-feira.",
        "Disse que a balsa sai na segunda-feira.",
        "Acrescentou que faltam 12 milhões para o porto.",
        "Esta travessia custa 14 coroas.",
        "Esses barcos foram construídos em Bremen.",
        "A sua carta chegou na sexta-feira.",
        "Ambos vivem em Bremen desde 1998.",
        "Este último vendeu onze navios em 2004.",
        "Isso foi na terceira tempestade do ano.",
    ),
    "nl": (
        "Hij zei dat de boot maandag vaart.",
        "Zij wil twaalf miljoen van Nordlinie.",
        "Dit was de derde storm van het jaar.",
        "Deze schepen werden in Bremen gebouwd.",
        "Hun brief kwam vrijdag aan in Sandholm.",
        "Dat kost volgens Nordlinie 14 kronen.",
        "Beiden wonen sinds 1998 in Bremen.",
        "Laatstgenoemde verkocht elf schepen in 2004.",
        "De laatste woont in Bremen.",
    ),
}

CONNECTIVES = {
    "en": (
        "But the ferry stays in Bremen.",
        "However, Nordlinie wants to sell it.",
        "Meanwhile, the council met on Monday.",
        "Nordlinie, however, denied the sale.",
        "Also, the harbour needs a crane.",
        "Therefore Nordlinie sold eleven vessels.",
        "Moreover, the pier has been closed.",
        "And the harbour stays closed.",
    ),
    "de": (
        "Aber die Fähre bleibt in Bremen.",
        "Jedoch will Nordlinie das Schiff verkaufen.",
        "Nordlinie hingegen bestreitet den Verkauf.",
        "Außerdem braucht der Hafen einen Kran.",
        "Deshalb verkaufte Nordlinie elf Schiffe.",
        "Zudem ist der Pier gesperrt.",
        "Danach tagte der Rat von Sandholm.",
        "Und der Hafen bleibt zu.",
    ),
    "fr": (
        "Mais le ferry reste à Brême.",
        "Cependant, Nordlinie veut le vendre.",
        "Nordlinie, toutefois, dément la vente.",
        "Donc la compagnie a vendu onze navires.",
        "Ensuite, le conseil a voté.",
        "Pourtant, le quai est fermé.",
        "Ainsi, le port reste fermé.",
        "Et le port reste fermé.",
    ),
    "es": (
        "Pero el barco sigue en Bremen.",
        "Sin embargo, Nordlinie quiere venderlo.",
        "Nordlinie, sin embargo, niega la venta.",
        "Además, el puerto necesita una grúa.",
        "Entonces el consejo votó.",
        "Asimismo, el muelle está cerrado.",
        "También el consejo de Sandholm votó.",
        "Y el puerto sigue cerrado.",
    ),
    "it": (
        "Ma il traghetto resta a Brema.",
        "Tuttavia Nordlinie vuole venderlo.",
        "Nordlinie, invece, nega la vendita.",
        "Inoltre il porto ha bisogno di una gru.",
        "Quindi il consiglio ha votato.",
        "Perciò il molo è chiuso.",
        "Anche il consiglio di Sandholm ha votato.",
        "E il porto resta chiuso.",
    ),
    "pt": (
        "Mas a balsa continua em Bremen.",
        "Porém, a Nordlinie quer vendê-la.",
        "A Nordlinie, entretanto, nega a venda.",
        "Além disso, o porto precisa de um guindaste.",
        "Então o conselho votou.",
        "Portanto, o cais está fechado.",
        "Também o conselho de Sandholm votou.",
        "E o porto continua fechado.",
    ),
    "nl": (
        "Maar de boot blijft in Bremen.",
        "Echter, Nordlinie wil hem verkopen.",
        "Nordlinie ontkent echter de verkoop.",
        "Bovendien heeft de haven een kraan nodig.",
        "Daarom verkocht Nordlinie elf schepen.",
        "Toen stemde de raad van Sandholm.",
        "Ook de raad van Sandholm stemde.",
        "En de haven blijft dicht.",
    ),
}

UNSPOKEN = {
    "en": (
        "The ferry will sail again in May, he said.",
        "“The ferry will sail again,” she added.",
        "The ferry, they said, is too old.",
        "The harbour is to cost 12 million, said he.",
        "The harbour is, according to her, too small.",
        "The crossing takes two hours, she told reporters.",
        "The pier is closed, he wrote on Monday.",
        "The storm was the worst since 1990, they noted.",
    ),
    "de": (
        "Die Fähre fahre im Mai wieder, sagte er.",
        "Der Hafen sei zu klein, erklärte sie.",
        "„Die Fähre kommt“, betonte er.",
        "Der Hafen koste zwölf Millionen, so sie am Montag.",
        "Der Pier ist, schrieb er, seit Montag gesperrt.",
        "Ihm zufolge ist der Hafen zu klein.",
        "Der Sturm war der stärkste seit 1990, ergänzte sie.",
        "Die Überfahrt dauere zwei Stunden, meinte er.",
    ),
    "fr": (
        "Le ferry reprendra la mer en mai, a-t-il dit.",
        "« Le ferry reviendra », ajoute-t-elle.",
        "Le port est trop petit, selon elle.",
        "Le quai est fermé, précise-t-il.",
        "La traversée dure deux heures, explique-t-elle.",
        "Le port coûtera 12 millions, ont-ils annoncé.",
        "Selon lui, le ferry est trop vieux.",
        "La tempête fut la pire depuis 1990, souligne-t-il.",
    ),
    "es": (
        "El barco volverá en mayo, dijo.",
        "El puerto es demasiado pequeño, según ella.",
        "«El barco volverá», añadió él.",
        "El muelle está cerrado, explicó el lunes.",
        "La travesía dura dos horas, afirmó.",
        "Según él, el barco es demasiado viejo.",
        "El puerto costará 12 millones, aseguró ayer.",
        "La tormenta fue la peor desde 1990, señaló ella.",
    ),
    "it": (
        "Il traghetto torna a maggio, ha detto.",
        "Il porto è troppo piccolo, secondo lei.",
        "«Il traghetto torna», ha aggiunto lui.",
        "Il molo è chiuso, ha spiegato lunedì.",
        "La traversata dura due ore, disse.",
        "Secondo lui il traghetto è troppo vecchio.",
        "Il porto costerà 12 milioni, ha dichiarato ieri.",
        "La tempesta fu la peggiore dal 1990, ha concluso.",
    ),
    "pt": (
        "A balsa volta em maio, disse ele.",
        "O porto é pequeno demais, segundo ela.",
        "«A balsa volta», acrescentou.",
        "O cais está fechado, explicou na segunda-feira.",
        "A travessia dura duas horas, afirmou.",
        "Segundo ele, a balsa é velha demais.",
        "O porto custará 12 milhões, informou ontem.",
        "A tempestade foi a pior desde 1990, contou ela.",
    ),
    "nl": (
        "De boot vaart in mei weer, zei hij.",
        "De haven is volgens haar te klein.",
        "‘De boot komt terug,’ zegt ze.",
        "De pier is dicht, aldus hij.",
        "De overtocht duurt twee uur, vertelde ze.",
        "Volgens hem is de boot te oud.",
        "De haven kost twaalf miljoen, schreef hij maandag.",
        "De storm was de zwaarste sinds 1990, stelde zij.",
    ),
}

ALONE = {
    "en": (
        "Nordlinie said on Monday that the ferry would sail in May.",
        "The ferry will sail again in May, police said.",
        "Mayor Ilse Brandt asked for 12 million crowns.",
        "“The ferry will sail,” said Karl Voss of Nordlinie.",
        "Eleven vessels were sold in 2004.",
        "In May the ferry from Sandholm sails again.",
        "A storm closed the harbour of Sandholm on Monday.",
        "Ada Wells says the crossing takes two hours.",
    ),
    "de": (
        "Nordlinie will die Fähre im Mai wieder fahren lassen.",
        "Die Fähre fahre im Mai wieder, sagte die Reederei.",
        "Bürgermeisterin Ilse Brandt fordert zwölf Millionen.",
        "Der Hafen von Sandholm bleibt bis Mai geschlossen.",
        "Im Mai fährt die Fähre nach Sandholm wieder.",
        "Elf Schiffe wurden 2004 verkauft.",
        "Ein Sturm hat den Hafen von Sandholm zerstört.",
        "Das Schiff liegt seit 1998 in Bremen.",
    ),
    "fr": (
        "Nordlinie relancera le ferry en mai.",
        "Le ferry reprendra la mer en mai, a dit la compagnie.",
        "La maire Ilse Brandt demande 12 millions.",
        "Le port de Sandholm reste fermé jusqu’en mai.",
        "En mai, le ferry de Sandholm repart.",
        "Onze navires ont été vendus en 2004.",
        "Une tempête a fermé le port de Sandholm.",
        "L’île compte 3 000 habitants.",
    ),
    "es": (
        "Nordlinie volverá a operar el barco en mayo.",
        "El barco volverá en mayo, dijo la empresa.",
        "La alcaldesa Ilse Brandt pide 12 millones.",
        "El puerto de Sandholm sigue cerrado hasta mayo.",
        "En mayo sale de nuevo el barco de Sandholm.",
        "Dijo Ilse Brandt que el puerto es pequeño.",
        "Una tormenta cerró el puerto de Sandholm.",
        "La isla tiene 3.000 habitantes.",
    ),
    "it": (
        "Nordlinie farà ripartire il traghetto a maggio.",
        "Il traghetto torna a maggio, ha detto la società.",
        "La sindaca Ilse Brandt chiede 12 milioni.",
        "Il porto di Sandholm resta chiuso fino a maggio.",
        "A maggio il traghetto di Sandholm riparte.",
        "Undici navi furono vendute nel 2004.",
        "Una tempesta ha chiuso il porto di Sandholm.",
        "L'isola ha 3.000 abitanti.",
    ),
    "pt": (
        "A Nordlinie vai retomar a balsa em maio.",
        "A balsa volta em maio, disse a empresa.",
        "A prefeita Ilse Brandt pede 12 milhões.",
        "O porto de Sandholm continua fechado até maio.",
        "Em maio a balsa de Sandholm volta a sair.",
        "Onze navios foram vendidos em 2004.",
        "Uma tempestade fechou o porto de Sandholm.",
        "A ilha tem 3.000 habitantes.",
    ),
    "nl": (
        "Nordlinie laat de boot in mei weer varen.",
        "De boot vaart in mei weer, zei de rederij.",
        "Burgemeester Ilse Brandt vraagt twaalf miljoen.",
        "De haven van Sandholm blijft tot mei dicht.",
        "In mei vaart de boot naar Sandholm weer.",
        "Elf schepen werden in 2004 verkocht.",
        "Een storm sloot de haven van Sandholm.",
        "Het eiland telt 3000 inwoners.",
    ),
}


def cases(table: dict[str, tuple[str, ...]]) -> list[tuple[str, str]]:
    return [(language, sentence) for language, sentences in table.items() for sentence in sentences]


@pytest.mark.parametrize(("language", "sentence"), cases(PRONOUNS))
def test_a_sentence_about_somebody_named_before_leans_wholly(language: str, sentence: str) -> None:
    """'He', 'the latter', or in Spanish nobody at all: a reader asks who."""
    assert leans(sentence, language) == 1


@pytest.mark.parametrize(("language", "sentence"), cases(CONNECTIVES))
def test_a_sentence_that_turns_on_the_one_before_leans_on_it(language: str, sentence: str) -> None:
    """'However' is an answer to what is not there."""
    assert 0 < leans(sentence, language) <= 1


@pytest.mark.parametrize(("language", "sentence"), cases(UNSPOKEN))
def test_a_claim_whose_speaker_is_a_pronoun_leans_wholly(language: str, sentence: str) -> None:
    """'..., he said' keeps its source only beside the sentence that names him."""
    assert leans(sentence, language) == 1


@pytest.mark.parametrize(("language", "sentence"), cases(ALONE))
def test_a_sentence_that_names_its_matter_stands_alone(language: str, sentence: str) -> None:
    """Rules that catch everything choose nothing."""
    assert leans(sentence, language) == 0


@pytest.mark.parametrize(("language", "sentence"), cases(PRONOUNS) + cases(UNSPOKEN))
def test_a_leaning_sentence_is_not_chosen_without_the_one_before_it(language: str, sentence: str) -> None:
    """Whatever it tells: without the sentence that it leans on it is not shown."""
    before, *others = ALONE[language]
    text = " ".join([others[0], before, sentence, *others[1:]])

    for count in (1, 2, 3):
        shown = [
            each.text
            for each in summarise(text, title=sentence, language=language, sentences=count).sentences
        ]

        assert sentence not in shown or before in shown
