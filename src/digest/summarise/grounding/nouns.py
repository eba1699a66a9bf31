"""German nouns that name nobody: the language writes them all large."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from re import Match

from digest.rarity import proper
from digest.summarise.grounding.names import countries

_LONGEST = 16  #: letters at the end of a word that are looked at
_PREFIX = 3  #: letters that a compound has at least before its last part
_PART = 4  #: letters of a last part, which tells what a compound is
_ADJECTIVES = 3  #: between a determiner and its noun
_UMLAUTS = str.maketrans("äöü", "aou")  #: which plurals put on: 'Zug', 'Züge'
_ENDINGS = ("", "e", "n", "s", "en", "er", "es", "em", "ern", "se", "sen", "nen", "innen")
_MAKING = "ung ungs heit keit schaft tion sion tat ismus iker ikerin ierer ologe ologin eurin grafie logie"
_NOUNS = (
    "abend abgabe abgeordnete abgeordneter abitur abkommen ablehnung abschiebung abschluss abschnitt "
    "absicht abstimmung abteil abzug acker akku akte aktie aktion alarm album alltag altbau alter altstadt "
    "ampel amt anbau anbieter anfang anfrage angabe angaben angebot angehorige angehoriger angeklagte "
    "angeklagter angestellte angestellter angriff angst anhanger anklage anlage anlass anleger anleihe "
    "anruf ansatz ansicht anspruch anstieg anteil antrag antwort anwalt anwaltin anwendung anwohner "
    "anwohnerin anzeige apparat arbeit arbeiter arbeiterin arbeitgeber arbeitnehmer archiv areal arm armee "
    "art artikel arznei arzt arztin asyl aufgabe auflage aufruf aufschub aufsicht auftrag aufwand auge "
    "ausbau ausbildung ausfall ausgabe ausgang auskunft ausland auslander ausmass ausnahme ausrede aussage "
    "ausschuss ausstellung ausstieg austausch auswahl ausweg auszeichnung auto autobahn autofahrer autor "
    "autorin bad bahn bahnhof bahnsteig ball band bande bank bar basis batterie bau bauer baum baustelle "
    "beamte beamter beben bedarf bedenken befehl befund beginn begriff behorde beifall bein beispiel "
    "beitrag bekannte bekenntnis belastung beleg belegschaft bericht beruf berufung beschaftigte beschluss "
    "beschwerde besitz besitzer besitzerin bestechung besuch besucher besucherin beteiligte beton betrag "
    "betreiber betreiberin betrieb betrug bett beute bewahrung beweis bewerber bewohner bewohnerin bezirk "
    "biene bier bilanz bild bischof blatt blick blume blut boden bombe boot borse bote botschaft "
    "botschafter botschafterin brand breite brief brot bruch brucke bruder buch budget buhne bund "
    "bundesland bundnis burg burger burgerin buro bus busse chance chef chefin chirurg chirurgin chor "
    "computer dach damm dank datei daten datenbank datum dauer dax debatte decke defizit deich demonstrant "
    "denkmal dichter dichterin dickicht dieb diebin diebstahl dienst dienstleister differenz ding diplomat "
    "diplomatin direktor direktorin dirigent dirigentin distanz doktor dokument dorf dosis drama drogen "
    "drohne druck drucker durchbruch durchschnitt durre dutzend ebene echo ehe ehre ehrung eigentum "
    "eigentumer einbruch einfluss eingang eingangshalle eingriff einigkeit einkauf einkommen einnahme "
    "einsatz einspruch einstieg eintritt einwand einwanderer einwohner eis element eltern embargo ende "
    "energie engagement enkel entscheid enttauschung entwurf erbe erdbeben erde erdgas ereignis erfolg "
    "ergebnis erhalt erlass erlaubnis erlos ermittler ernte erpressung ersatz ersparnis ertrag etage etat "
    "existenz experiment experte expertin export fabrik fachkraft fachleute fachmann fahrer fahrerin "
    "fahrgast fahrrad fahrt fahrzeug fall familie fan farbe fassade fehler feier feind feld fenster ferien "
    "fest festival festnahme feuer feuerwehr feuerwehrmann fieber figur filiale film finale finanzen "
    "finder firma fisch flache flagge fleisch flieger flucht fluchtling fluchtlinge flug flughafen "
    "flugzeug fluss flut folge forderer forderung form forscher forscherin fortschritt foto frage fraktion "
    "frau freigabe freiheit freispruch frequenz freude freund freundin frieden friedensvertrag frist front "
    "fruhjahr fruhling fuhrer fuhrerin fund fundament furcht fuss fussganger galerie garten gas gast "
    "gastronom gebaude geber geberin gebiet geburt gebusch gedachtnis gedanke gedenken gedicht gefahr "
    "gefangene gefangnis gefuhl gegend gegenwart gegner gegnerin gehalt geheimnis gehirn geist gelande "
    "geld geldgeber gemalde gemeinde gemuse gen generation gerat gericht gesang geschaft geschenk "
    "geschichte geschwindigkeit gesetz gesetzgeber gesicht gesprach gestalt gesuch getreide gewalt "
    "gewasser gewerbe gewerkschaft gewicht gewinn gewinner gewitter gipfel glas glaube glaubiger gleis "
    "gluck gold grab grenze grippe grosse grossstadt grossteil grund grundlage grundrecht grundstuck "
    "gruppe gut gutachten gutachter hafen haft haftling hagel halbzeit halfte halt hand handel handler "
    "handlerin handy hauptstadt haus haushalt haut heer heim helfer helferin herbst herkunft hersteller "
    "herz hilfe himmel hindernis hinterbliebene hintergrund hinweis hitze hochschule hochstwert hochwasser "
    "hof hoffnung hohe holz horer hotel hubschrauber huhn hund hunger idee imam impfstoff import inflation "
    "ingenieur inhaber initiative inland innenstadt insekt insel insolvenz instanz instrument integration "
    "intelligenz intendant interesse interview investor investorin jahr jahrgang jahrhundert jahrzehnt job "
    "jubel jugend jugendliche junge jury justiz kaffee kaiser kamera kammer kampf kanal kandidat "
    "kandidatin kandidatur kanzler kanzlerin kapital kapitan kapitanin karte kase kasse katastrophe katze "
    "kauf kaufer kaution keller kenntnis kern kette kilometer kind kindergarten kino kirche kirchturm kita "
    "klage klager klappe klasse klima klinik knie koalition koch kochin kohle kokain kollege kollegin "
    "kommission kompetenz konferenz konflikt kongress konig konigin konjunktur konkurrenz konzept konzern "
    "konzert kopf korper korruption kosten kraft kraftwerk kran kranke krankenhaus krebs kredit kreis "
    "kreuzung krieg krimi kriminelle krise kritik kuche kuh kultur kunde kundin kunst kunstler kunstlerin "
    "kurator kuratorin kurs kurve kuste laden lage lager land landwirt lange last lauf lawine leben leber "
    "lehre lehrer lehrerin lehrling leiche leid leistung leiter leiterin leser lesung liebe liebling lied "
    "lieferung liga linie linke liste lizenz lkw lohn lokfuhrer lokomotive losung lucke luecke luft luge "
    "lunge macher mahlzeit makler maler malerin manager managerin mandat mangel mann mannschaft markt "
    "maschine masse massnahme material matrose mauer maus medaille medien medikament mediziner medizinerin "
    "meer mehrheit mehrkosten meinung meister meisterin meldung menge mensch menschenrecht messe messer "
    "metall meter methode miete mieter mieterin migration milch minderheit minister ministerin ministerium "
    "minus minute mitarbeiter mitarbeiterin mitglied mittag mitte mittel mobel modell moment monat mond "
    "moral mord mordes moschee motor motorrad muhe mullabfuhr munition museum musik muskel mut mutter "
    "nachbar nachbarin nachfolge nachfolger nachfolgerin nachfrage nachmittag nachricht nachschub nacht "
    "nachteil nachwuchs name natur nehmer nerv netz netzwerk neubau neuling niederlage niere niveau not "
    "notruf notstand nutzen nutzer oberhaupt obst offensive olympia oper opfer opposition orchester "
    "ordnung organ ort paar paket palast panne panzer papier papst parlament partei partner partnerin pass "
    "passant patient pause person personal pfarrer pferd pflanze pflaster pflege pflicht pille pilot "
    "pilotin pkw plan planet plastik platz pleite plus pokal politik polizei polizist post posten pramie "
    "prasenz prasident prasidentin prasidium praxis preis premiere presse priester probe problem produkt "
    "produzent professor professorin prognose programm projekt protest prozent prozess prufer prufung "
    "publikum punkt qualitat quartier quelle quote rad radfahrer radio rahmen rakete rand rat rate rathaus "
    "raub rauber raum raumfahrt reaktion rechner recht rede redner reederei reform regel regen regierung "
    "region regisseur reihe reise rekord relevanz religion rennen rente rentner rentnerin reporter "
    "republik residenz rest restaurant resultat retter revision rezession richter richterin rind risiko "
    "roboter rohre rolle roman rost roststelle ruckgang ruckkehr rucktritt rueckmeldung ruf ruhe ruine "
    "runde sache saison salz sammler sammlung sanger sangerin sanierung sanktion satellit satz saugling "
    "schaden schadling schaf schauspiel schauspieler schauspielerin schicht schiff schlag schlange schloss "
    "schluss schmutz schnee schrift schritt schuld schule schuler schulerin schulhof schuss schutz "
    "schwache schwachstelle schweigen schwein schwerpunkt schwester see segment seite sektor sekunde "
    "semester senat senator senatorin sender serie sieg sieger siegerin silber sinn sitz sitzplatz skepsis "
    "skulptur sohn solar soldat soldatin sommer sonne sorge sorte spannung spende spender spezialist "
    "spezialistin spiel spieler spielerin spieltag spitze sport sportler sportlerin sprache sprecher "
    "sprecherin sprung spur staat staatsanwalt staatsanwaltin stadion stadt stahl stand standort statistik "
    "stau steigerung stein stelle stern steuer stiftung stimme stimmzettel stoff storung strafe "
    "strafverfahren strand strasse strategie strauch strecke streik streit strom stuck student studentin "
    "studie studium stunde sturm sturmer sturz substanz suche summe symptom synagoge system szene tabelle "
    "tag tagung tal tank tarif tasche tat tater taterin team technik tee teil teilnahme telefon temperatur "
    "tempo tendenz termin test text theater thema theorie therapie these tiefe tiefstand tier tisch titel "
    "tochter tochterfirma tod toleranz tor torwart tote toter tourist tradition trager trainer trainerin "
    "transport trauer traum treffen trend trick trupp truppe tunnel tur turm turnier typ uberfall ubergang "
    "uberlebende uberlebender uberschuss uberschwemmung ufer uhr umfang umfrage umgang umsatz umstand "
    "umwelt umzug unentschieden unfall unfallort ungluck universitat unrecht unruhe unterhalt unterlagen "
    "unternehmen unternehmer unternehmerin unterricht unterschied unterstutzer untreue urlaub ursache "
    "ursprung urteil vater verband verbot verbraucher verbrechen verdacht verein verfahren verfall "
    "verfassung vergangenheit vergleich verhalten verhaltnis verkauf verkaufer verkehr verlag verlauf "
    "verletzte verletzter verlust vermieter vermogen vernunft verrat versicherer versprechen verstand "
    "verstandnis verstoss versuch verteidiger verteidigerin verteidigung vertrag vertrauen vertreter "
    "vertreterin veruntreuung verwalter verwandte verzicht video viertel virus visum vogel volk volumen "
    "vorbild vordergrund vorfall vorgabe vorgang vorganger vorgangerin vorhaben vorjahr vorrat vorsatz "
    "vorschlag vorsicht vorsitzende vorsitzender vorsprung vorstand vorteil vorwurf vulkan wachstum waffe "
    "waffenruhe waffenstillstand wagen wahl wahler wahlkampf wald wand ware warnung wasser wechsel weg "
    "wehr wein weise weizen welle welt weltmeisterschaft werft werk werkstatt wert wettbewerb wetter "
    "widerspruch widerstand wiese wille wind winter wirkung wirt wirtin wirtschaft wissenschaftler "
    "wissenschaftlerin woche wohl wohnung wolf wort wunsch wut zahl zahn zaun zeichen zeit zeitung zelle "
    "zelt zeuge zeugen zeugin zeugnis ziege ziel zimmer zins zinssatz zoll zoo zorn zucker zuflucht zug "
    "zuhause zukunft zulage zulieferer zusage zuschauer zuschlag zuschuss zuspruch zustand zusteller "
    "zustimmung zuwachs zuwanderer zweck zweifel zwilling"
)
#: Ends of places' and families' names, which make no noun of what stands before them.
_PLACES = frozenset(
    (
        "hafen",
        "haus",
        "heim",
        "hof",
        "land",
        "tal",
        "dorf",
        "ruhe",
        "burg",
        "brucke",
        "feld",
        "wald",
        "see",
        "stein",
        "kirche",
        "wirt",
        "mann",
        "stadt",
        "baum",
    )
)
_DETERMINERS_WORDS = (
    "der die das den dem des ein eine einen einem einer eines kein keine keinen keinem keiner keines "
    "mein meine sein seine seinen seinem seiner seines ihr ihre ihren ihrem ihrer ihres unser unsere "
    "dieser diese dieses diesen diesem jeder jede jedes jeden jedem jener jene jenes jenen mehrere "
    "mehreren viele vielen vieler einige einigen einiger alle allen aller manche manchen wenige wenigen "
    "beide beiden zum zur im am vom beim ans ins mehr weniger solche solchen welche welchen deren dessen "
    "zwei drei vier fünf sechs sieben acht neun zehn elf zwölf hundert tausend hunderte tausende "
    "dutzende"
)
_DETERMINERS = frozenset(_DETERMINERS_WORDS.split())
_NO_ADJECTIVES_WORDS = (
    "gegen neben zwischen unter über oder aber wegen werden haben heute später immer wurde hatte hatten "
    "habe wurden seinen außer sonst gestern morgen"
)
_NO_ADJECTIVES = frozenset(_NO_ADJECTIVES_WORDS.split())
_NO_VERBS_WORDS = "gegen neben zwischen wegen seinen ihren einen zusammen unten oben außen innen"
_NO_VERBS = frozenset(_NO_VERBS_WORDS.split())
#: Rivers, seas and mountains, which have an article before them as nouns have.
_ARTICLED_WORDS = (
    "rhein elbe donau weser oder main mosel neckar isar inn spree havel saale ems ruhr werra fulda lahn "
    "leine trave warnow peene lech iller altmühl naab themse seine rhone loire tiber po wolga dnjepr nil "
    "weichsel moldau ostsee nordsee alpen harz schwarzwald balkan pyrenäen karpaten eifel taunus "
    "spessart vatikan kreml krim"
)
_ARTICLED = frozenset(_ARTICLED_WORDS.split())
_MADE = tuple(_MAKING.split())
_KNOWN = frozenset(_NOUNS.split())


def is_noun(word: str) -> bool:
    """Tell a common noun by its ending or its last part, in any number and case."""
    return not _is_known_name(word) and _is_known_noun(word[-_LONGEST:].lower())


def stands_as_noun(text: str, tokens: Sequence[Match[str]], at: int) -> bool:
    """Tell a word that stands where nouns do: after 'der', 'eine schwere', '43', or first with a plural verb.

    A river does so too, and a country with an article: those that are known are told apart.
    """
    return not _is_known_name(tokens[at].group()) and (
        _is_determined(text, tokens, at) or (at == 0 and _is_plural(text, tokens))
    )


def _is_determined(text: str, tokens: Sequence[Match[str]], at: int) -> bool:
    for place in range(at - 1, max(-1, at - 2 - _ADJECTIVES), -1):
        if text[tokens[place].end() : tokens[place + 1].start()].strip():
            return False
        word = tokens[place].group()
        if word.lower() in _DETERMINERS or word[0].isdigit():
            return True
        if not word.endswith(("e", "en", "er", "es", "em")) or not word.islower() or word in _NO_ADJECTIVES:
            return False
    return False


def _is_plural(text: str, tokens: Sequence[Match[str]]) -> bool:
    """Find 'Anwohner klagen': a name alone has no verb of many."""
    if len(tokens) == 1 or text[tokens[0].end() : tokens[1].start()].strip():
        return False
    verb = tokens[1].group()
    return verb == "sind" or (verb.islower() and verb.endswith("en") and verb not in _NO_VERBS)


def _is_known_name(word: str) -> bool:
    low = word.lower()
    return word[1:2].isupper() or low in proper() or low in _ARTICLED or low in countries("de")


@lru_cache(maxsize=20_000)
def _is_known_noun(low: str) -> bool:
    plain = low.translate(_UMLAUTS).replace("ß", "ss")
    forms = [plain.removesuffix(ending) for ending in _ENDINGS if plain.endswith(ending)]
    return any(_is_made(form) or form in _KNOWN or _has_last_part(form) for form in forms)


def _is_made(form: str) -> bool:
    return any(form.endswith(ending) and len(form) >= len(ending) + _PREFIX for ending in _MADE)


def _has_last_part(form: str) -> bool:
    """Find a compound's last part: 'Untersuchungsausschuss' is an 'ausschuss'."""
    parts = (form[at:] for at in range(_PREFIX, len(form) - _PART + 1))
    return any(part in _KNOWN and part not in _PLACES for part in parts)
