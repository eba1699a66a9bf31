"""Sentences that need the one before them, and such as only look so, beyond English."""

from __future__ import annotations

import pytest

from digest.summarise.dangling import leans
from digest.summarise.sentences import look_at
from digest.summarise.split import split

LEANING = {
    "de": [
        "Er sagte, die Arbeiten dauerten drei Monate.",
        "Das teilte die Polizei in Kiel am Montag mit.",
        "Sie fügte hinzu, dass Bremen zahlen werde.",
        "Dort wurden am Dienstag 40 Menschen verletzt.",
        "Dieser Schritt kostet das Land Hessen zwei Millionen Euro.",
        "So hatte er es schon 2019 in Berlin angekündigt.",
        "Dafür braucht Hamburg nach eigenen Angaben 40 Millionen Euro.",
        "Darüber berichtete am Mittwoch die Zeitung Neue Post.",
        "Beide wurden in Köln geboren und leben in Bonn.",
        "Die Stadt, sagte er weiter, müsse endlich handeln.",
        "Wie er weiter mitteilte, beginnt der Umbau in Kassel im Mai.",
        "Ihm zufolge ist in Bremen niemand verletzt worden.",
        "Letztere gewann 2020 in Oslo zwei Medaillen.",
        "Dem widersprach die Opposition am Freitag in Mainz.",
        "Deren Vorsitzende Anna Brandt war nicht zu erreichen.",
    ],
    "fr": [
        "Il a ajouté que les travaux dureraient trois mois.",
        "Elle n'a pas souhaité répondre à l'AFP.",
        "C'est ce qu'a indiqué lundi la préfecture du Rhône.",
        "« Nous sommes prêts », a-t-elle conclu devant le Sénat.",
        "Celui-ci a refusé de répondre aux questions de Lyon Matin.",
        "Ces derniers avaient quitté Nantes dès mardi.",
        "Selon lui, Marseille doit payer 12 millions d'euros.",
        "Les travaux dureront trois mois, précise-t-il encore.",
        "Y ont participé 300 personnes venues de Lille.",
        "D'après elle, la ville de Nice n'a pas le choix.",
        "Cette décision coûtera 3 millions d'euros à la ville de Metz.",
        "De son côté, il assure que la ville de Brest paiera.",
        "Là, 40 personnes ont été blessées mardi.",
        "Tous les deux ont gagné une médaille à Lille.",
        "Cette semaine-là, la ville de Nice avait fermé le musée.",
    ],
    "es": [
        "Lo dijo el lunes en Madrid ante la prensa.",
        "Lo anunció este martes el Ministerio de Sanidad en Madrid.",
        "Añadió que las obras durarán tres meses.",
        "Así lo explicó la alcaldesa en una rueda de prensa.",
        "Según él, Sevilla debe pagar 12 millones.",
        "Ambos nacieron en Vigo y viven en Lugo.",
        "Se trata de la tercera vez que ocurre en Málaga.",
        "También aseguró que Bilbao pagará las obras.",
        "Por su parte, añadió que Murcia no pagará.",
        "Allí resultaron heridas 40 personas el martes.",
        "De ellos, 12 siguen ingresados en el hospital de Burgos.",
        "Las obras durarán tres meses, según explicó.",
        "Este último nació en Cuenca en 1970.",
        "Esa cifra supera los 3 millones de euros de Toledo.",
        "Eso costará a la ciudad de Jaén 3 millones.",
    ],
    "it": [
        "Lo ha annunciato lunedì il ministero della Salute.",
        "Lo riferisce l'agenzia Ansa da Milano.",
        "Ha aggiunto che i lavori dureranno tre mesi.",
        "Secondo lui, Torino deve pagare 12 milioni.",
        "Entrambi sono nati a Bari e vivono a Lecce.",
        "Si tratta della terza volta a Palermo.",
        "Qui martedì sono rimaste ferite 40 persone.",
        "Ne fanno parte 12 sindaci della Liguria.",
        "Quest'ultimo è nato a Parma nel 1970.",
        "Poi ha detto che Genova pagherà.",
        "I lavori dureranno tre mesi, ha spiegato.",
        "Ciò costerà alla città di Siena 3 milioni.",
        "A riferirlo è la questura di Napoli.",
        "Così ha detto martedì a Roma davanti alla stampa.",
        "Tale cifra supera i 3 milioni di Pisa.",
    ],
    "pt": [
        "Disse ainda que as obras durarão três meses.",
        "Ele acrescentou que Lisboa vai pagar.",
        "Segundo ele, o Porto deve pagar 12 milhões.",
        "Ambos nasceram em Braga e vivem em Faro.",
        "Trata-se da terceira vez em Coimbra.",
        "Ali ficaram feridas 40 pessoas na terça-feira.",
        "Este último nasceu em Évora em 1970.",
        "Isso custará à cidade de Recife 3 milhões.",
        "As obras durarão três meses, explicou.",
        "Foi o que disse na segunda-feira a ministra em Brasília.",
        "Deles, 12 continuam internados no hospital de Santos.",
        "Também afirmou que Manaus vai pagar.",
        "Essa decisão custará 3 milhões a Natal.",
        "De acordo com ele, Belém não vai pagar.",
        "Por sua vez, acrescentou que Olinda não paga.",
    ],
    "nl": [
        "Hij voegde eraan toe dat het werk drie maanden duurt.",
        "Dat maakte de politie maandag in Utrecht bekend.",
        "Volgens hem moet Breda 12 miljoen euro betalen.",
        "Beiden zijn in Gouda geboren en wonen in Delft.",
        "Daar raakten dinsdag 40 mensen gewond.",
        "Daarvoor heeft Arnhem 40 miljoen euro nodig.",
        "Dit besluit kost de stad Zwolle 3 miljoen euro.",
        "Zo zei hij dinsdag in Den Haag.",
        "Het werk duurt drie maanden, zei ze.",
        "Laatstgenoemde werd in 1970 in Assen geboren.",
        "Ook zei hij dat Leiden gaat betalen.",
        "Die stelde dat Tilburg niet gaat betalen.",
        "Hierdoor moet Almere 3 miljoen euro betalen.",
        "Ze wilde tegenover het ANP niet reageren.",
        "Van hen liggen er 12 nog in het ziekenhuis van Venlo.",
    ],
}
STANDING = {
    "de": [
        "Dieses Jahr will die Stadt Kiel 40 Bäume pflanzen.",
        "Diesen Montag beginnt in Bonn der Umbau des Bahnhofs.",
        "Die Polizei in Kiel sucht nach zwei Zeugen.",
        "Damit die Züge pünktlich fahren, baut die Bahn in Ulm ein neues Gleis.",
        "Darüber hinaus baut die Stadt Kiel eine Schule.",
    ],
    "fr": [
        "Ce lundi, le tribunal de Metz a condamné deux hommes.",
        "Cette semaine, la ville de Nice ouvre un musée.",
        "Tous les vols de Lyon ont été annulés mardi.",
        "Cet été, la ville de Brest plantera 40 arbres.",
        "Là où la Loire rejoint la mer, un pont a fermé mardi.",
    ],
    "es": [
        "Este viernes, el Gobierno aprobó la ley de vivienda.",
        "Esta semana abre en Málaga un museo.",
        "Lo más caro del proyecto de Bilbao son los 40 trenes.",
        "Las autoridades de Vigo buscan a dos testigos.",
        "Esta mañana ha fallecido en Lugo el escritor Juan Rey.",
    ],
    "it": [
        "Gli agenti hanno arrestato martedì due uomini a Bari.",
        "Gli Stati Uniti hanno firmato l'accordo con Roma.",
        "Questa mattina a Parma è crollato un muro.",
        "Lo sciopero dei treni comincia lunedì a Torino.",
        "Lo stadio di Genova riapre il 3 maggio.",
        "Lo chef Carlo Neri apre un locale a Bari.",
        "Lo Jutland vota domenica.",
    ],
    "pt": [
        "Esta semana abre em Faro um museu.",
        "Este ano, a cidade de Braga plantará 40 árvores.",
        "As autoridades de Manaus procuram duas testemunhas.",
        "A ministra Ana Sousa visitou Olinda na terça-feira.",
    ],
    "nl": [
        "Deze week opent in Breda een museum.",
        "Dit jaar plant de gemeente Gouda 40 bomen.",
        "De politie in Assen zoekt twee getuigen.",
    ],
}


@pytest.mark.parametrize(
    ("language", "sentence"), [(language, each) for language, all_of in LEANING.items() for each in all_of]
)
def test_who_or_what_is_meant_stands_in_the_sentence_before(language: str, sentence: str) -> None:
    """Shown alone, nobody knows who said it, where it was, and what was announced."""
    assert leans(sentence, language) >= 0.6


@pytest.mark.parametrize(
    ("language", "sentence"), [(language, each) for language, all_of in STANDING.items() for each in all_of]
)
def test_a_sentence_that_only_begins_so_stands(language: str, sentence: str) -> None:
    """'This week', Italian 'gli' and Spanish 'lo más' point at nothing: such sentences were never chosen."""
    assert leans(sentence, language) == 0


def test_speech_after_a_dash_lasts_to_the_end_of_its_paragraph() -> None:
    """'—No lo sé —dijo Ana—. Mañana veremos.': the second sentence is hers as well."""
    text = (
        "—No lo sé todavía —dijo Ana Ruiz—. Mañana veremos qué pasa.\n\nLa alcaldesa calló el lunes en Vigo."
    )
    quoted = [each.quoted for each in look_at(text, split(text, "es"), "es")]

    assert quoted == [True, True, False]


def test_an_english_paragraph_behind_a_dash_is_no_speech() -> None:
    """There a dash opens a list, or an afterthought."""
    text = "— The council voted on Monday. It will open the bridge in June."

    assert [each.quoted for each in look_at(text, split(text, "en"), "en")] == [True, False]


def test_a_dutch_evening_opens_no_quotation() -> None:
    """''s Avonds' begins with an apostrophe."""
    text = "'s Avonds kwam het water tot aan de kerk van Breda."

    assert [each.quoted for each in look_at(text, split(text, "nl"), "nl")] == [False]
