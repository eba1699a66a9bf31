"""What no summary shows, in the seven languages: furniture, offers, stubs, open quotations, appeals."""

from __future__ import annotations

import pytest

from digest.summarise import summarise
from digest.summarise.furniture import addresses_reader, is_furniture, phrases_in

FURNITURE = {
    "en": (
        "Ada Berg in Bremen contributed to this report on the ferry.",
        "Sign up for the Sandholm newsletter to get the ferry news.",
        "Subscribe now and read all of the Sandholm ferry for a crown.",
        "Use code FERRY20 for a fifth off the crossing to Sandholm.",
        "Read more: the Sandholm ferry and its eleven years on land.",
        "Photo by Ada Berg for Getty Images shows the Sandholm ferry.",
        "This article was originally published in Bremen in May 2027.",
        "Karl Voss is the author of a book on the Sandholm ferry.",
        "- The Sandholm ferry sails from the first of May.",
        "2. Buy a ticket at the quay of Sandholm before noon.",
        "The Sandholm ferry, which Nordlinie sold in 2004, is to ...",
    ),
    "de": (
        "Jetzt abonnieren und alles über die Fähre nach Sandholm lesen.",
        "Lesen Sie auch: Die Fähre nach Sandholm und ihre Kapitäne.",
        "Mit dem Gutschein kostet die Fähre nach Sandholm nur 9 Euro.",
        "Alle Rechte vorbehalten, Sandholmer Bote und Nordlinie 2027.",
        "Mehr zum Thema Fähre nach Sandholm steht im Archiv von 2004.",
        "Jetzt bestellen: das Buch zur Fähre nach Sandholm für 12 Euro.",
        "Der Newsletter zur Fähre nach Sandholm kommt jeden Montag.",
        "• Die Fähre nach Sandholm fährt ab dem ersten Mai.",
    ),
    "fr": (
        "Abonnez-vous pour tout lire sur le ferry de Sandholm.",
        "Lire aussi : le ferry de Sandholm et ses capitaines.",
        "Profitez de 20 % de remise sur le ferry de Sandholm.",
        "Tous droits réservés, Le Quai de Sandholm et Nordlinie 2027.",
        "Cliquez ici pour voir le ferry de Sandholm en images.",
        "Avec le code promo FERRY, la traversée de Sandholm coûte 9 euros.",
        "Ada Berg à Brême a contribué à cet article sur le ferry.",
        "- Le ferry de Sandholm repart le premier mai.",
    ),
    "es": (
        "Suscríbase para leer todo sobre el barco de Sandholm.",
        "Lea también: el barco de Sandholm y sus capitanes.",
        "Compre ahora el billete del barco de Sandholm por 9 euros.",
        "Todos los derechos reservados, El Muelle de Sandholm 2027.",
        "Haga clic para ver el barco de Sandholm en fotos.",
        "Con el código de descuento FERRY el barco cuesta 9 euros.",
        "Con información de Ada Berg desde el puerto de Bremen.",
        "• El barco de Sandholm sale de nuevo el primero de mayo.",
    ),
    "it": (
        "Abbonati per leggere tutto sul traghetto di Sandholm.",
        "Leggi anche: il traghetto di Sandholm e i suoi capitani.",
        "Acquista ora il biglietto del traghetto di Sandholm.",
        "Tutti i diritti riservati, Il Molo di Sandholm 2027.",
        "Clicca qui per vedere il traghetto di Sandholm in foto.",
        "Con il codice sconto FERRY il traghetto costa 9 euro.",
        "Iscriviti alla lista del traghetto di Sandholm e Brema.",
        "• Il traghetto di Sandholm riparte il primo maggio.",
    ),
    "pt": (
        "Assine já para ler tudo sobre a balsa de Sandholm.",
        "Leia também: a balsa de Sandholm e os seus capitães.",
        "Compre agora o bilhete da balsa de Sandholm por 9 euros.",
        "Todos os direitos reservados, O Cais de Sandholm 2027.",
        "Clique aqui para ver a balsa de Sandholm em fotos.",
        "Com o código de desconto FERRY a balsa custa 9 euros.",
        "Inscreva-se na lista da balsa de Sandholm e de Bremen.",
        "• A balsa de Sandholm volta a sair em primeiro de maio.",
    ),
    "nl": (
        "Abonneer je en lees alles over de boot naar Sandholm.",
        "Lees ook: de boot naar Sandholm en haar kapiteins.",
        "Bestel nu het kaartje voor de boot naar Sandholm.",
        "Alle rechten voorbehouden, De Kade van Sandholm 2027.",
        "Klik hier voor de boot naar Sandholm in beeld.",
        "Met de kortingscode FERRY kost de boot 9 euro.",
        "Meld je aan voor de lijst van de boot naar Sandholm.",
        "• De boot naar Sandholm vaart weer vanaf 1 mei.",
    ),
}

#: For each language an open quotation of two sentences, whose second is nothing without its speaker.
QUOTATIONS = {
    "en": ("“The ferry is ours. ", "Sandholm will buy the ferry back from Nordlinie in May.”"),
    "de": ("„Die Fähre gehört uns. ", "Sandholm kauft die Fähre im Mai von Nordlinie zurück.“"),
    "fr": ("« Le ferry est à nous. ", "Sandholm rachètera le ferry à Nordlinie en mai. »"),
    "es": ("«El barco es nuestro. ", "Sandholm comprará el barco a Nordlinie en mayo.»"),
    "it": ("«Il traghetto è nostro. ", "Sandholm ricompra il traghetto da Nordlinie a maggio.»"),
    "pt": ("“A balsa é nossa. ", "Sandholm comprará a balsa da Nordlinie em maio.”"),
    "nl": ("‘De boot is van ons. ", "Sandholm koopt de boot in mei terug van Nordlinie.’"),
}

#: What else a reporter saw.
OTHERS = {
    "en": "It rained on the quay of Sandholm for six hours that day. Some 300 people came to the old hall.",
    "de": "Am Kai von Sandholm regnete es sechs Stunden lang. Etwa 300 Menschen kamen in die alte Halle.",
    "fr": "Il a plu six heures sur le quai de Sandholm. Environ 300 personnes sont venues dans la salle.",
    "es": "Llovió seis horas en el muelle de Sandholm. Unas 300 personas llegaron a la vieja sala.",
    "it": "Sul molo di Sandholm ha piovuto sei ore. Circa 300 persone sono venute nella vecchia sala.",
    "pt": "Choveu seis horas no cais de Sandholm. Umas 300 pessoas vieram ao velho salão da ilha.",
    "nl": "Op de kade van Sandholm regende het zes uur. Ongeveer 300 mensen kwamen naar de oude hal.",
}

#: For each language a sentence that tells and one that preaches.
APPEALS = {
    "en": ("The board told islanders to save 12 crowns.", "We should all save for our ferry."),
    "de": ("Der Rat sagte: „Wir sparen zwölf Kronen.“", "Wir alle sollten für die Fähre sparen."),
    "fr": ("Le conseil a dit : « Nous économisons. »", "Nous devons tous économiser pour le ferry."),
    "es": ("El consejo dijo: «Nosotros ahorramos».", "Usted también debe ahorrar para el barco."),
    "it": ("Il consiglio ha detto: «Noi risparmiamo».", "Noi tutti dobbiamo risparmiare per il traghetto."),
    "pt": ("O conselho disse: “Nós poupamos”.", "Você também deve poupar para a balsa."),
    "nl": ("De raad zei: “Wij sparen twaalf kronen.”", "Wij moeten allemaal sparen voor de boot."),
}


@pytest.mark.parametrize(
    "sentence", [pytest.param(each, id=each[:30]) for sentences in FURNITURE.values() for each in sentences]
)
def test_furniture_offers_and_stubs_never_stand_in_a_summary(sentence: str) -> None:
    """They hold the very words of the headline, and are not news."""
    assert is_furniture(sentence, phrases_in(sentence))


@pytest.mark.parametrize("language", QUOTATIONS)
@pytest.mark.parametrize("count", [1, 2, 3])
def test_the_inside_of_a_quotation_never_stands_without_its_speaker(language: str, count: int) -> None:
    """A claim of one side must not read as the newsletter's own."""
    first, second = QUOTATIONS[language]
    others = OTHERS[language]
    text = f"{first}{second} {others} {others.replace('300', '400')}"

    summary = summarise(text, title=second, language=language, sentences=count)

    assert summary.method == "weighted"
    assert "Nordlinie" not in summary.text


@pytest.mark.parametrize("language", APPEALS)
def test_an_appeal_is_told_from_a_report_of_one(language: str) -> None:
    """'We' outside quotation marks is the author's; inside it is somebody's."""
    told, preached = APPEALS[language]

    assert not addresses_reader(told, language)
    assert addresses_reader(preached, language)
