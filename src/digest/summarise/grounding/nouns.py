"""German nouns that name nobody: the language writes them all large."""

from __future__ import annotations

from functools import lru_cache

from digest.rarity import proper
from digest.summarise.grounding.names import countries

_LONGEST = 16  #: letters at the end of a word that are looked at
_PREFIX = 3  #: letters that a compound has at least before its last part
_SURNAME = 8  #: letters of a noun that no family is called by, unless it ends in '-er' or '-mann'
_PART = 4  #: letters of a last part, which tells what a compound is
#: Ends of adjectives that no name has.
_ADJECTIVES = (
    "ige",
    "igen",
    "liche",
    "lichen",
    "lose",
    "losen",
    "bare",
    "baren",
    "same",
    "samen",
    "ierte",
    "ierten",
)
_UMLAUTS = str.maketrans("äöü", "aou")  #: which plurals put on: 'Zug', 'Züge'
#: Without '-er', which makes families of nouns: 'Fischer', 'Steiner', 'Hofer'.
_ENDINGS = ("", "e", "n", "s", "en", "es", "em", "se", "sen", "nen", "innen")
_MAKING = "ung ungs heit keit schaft tion sion tat ismus iker ikerin ierer ologe ologin eurin grafie logie"
_NOUNS = (
    "abend abgabe abgeordnete abgeordneter abitur abkommen ablehnung abschiebung abschluss abschnitt "
    "absicht abstimmung abteil abzug acker akku akte aktie aktion alarm album alltag altbau alter altstadt "
    "ampel amt anbau anbieter anfang anfrage angabe angaben angebot angehorige angehoriger angeklagte "
    "angeklagter angestellte angestellter angst anhanger anklage anlage anlass anleger anleihe anruf "
    "ansatz ansicht anspruch anstieg anteil antrag antwort anwalt anwaltin anwendung anwohner anwohnerin "
    "anzeige apparat arbeit arbeiter arbeiterin arbeitgeber arbeitnehmer archiv areal arm armee art "
    "artikel arznei arzt arztin asyl aufgabe auflage aufruf aufschub aufsicht auftrag aufwand auge ausbau "
    "ausbildung ausfall ausgabe ausgang auskunft ausland auslander ausmass ausnahme ausrede aussage "
    "ausschuss ausstellung ausstieg austausch auswahl ausweg auszeichnung auto autobahn autofahrer autor "
    "autorin bad bahn bahnhof bahnsteig ball band bande bank bar basis batterie bau bauer baum baustelle "
    "beamte beamter beben bedarf bedenken befehl befund beginn begriff behorde beifall bein beispiel "
    "beitrag bekannte bekenntnis belastung beleg belegschaft bericht beruf berufung beschaftigte beschluss "
    "beschwerde besitz besitzer besitzerin besuch besucher besucherin beteiligte beton betrag betreiber "
    "betreiberin betrieb bett beute bewahrung beweis bewerber bewohner bewohnerin bezirk biene bier bilanz "
    "bild bilder bischof blatt blick blume blut boden boot borse boss bote botschaft botschafter "
    "botschafterin brand breite brief brot bruch brucke bruder buch bucher budget buhne bund bundesland "
    "bundnis burg burger burgerin buro bus busse chance chef chefin chirurg chirurgin chor computer dach "
    "damm dank datei daten datenbank datum dauer dax debatte decke defizit deich demonstrant denkmal "
    "dichter dichterin dickicht dieb diebin diebstahl dienst dienstleister differenz ding diplomat "
    "diplomatin direktor direktorin dirigent dirigentin distanz doktor dokument dorf dosis drama drogen "
    "drohne druck drucker durchbruch durchschnitt durre dutzend ebene echo ehe ehre ehrung eigentum "
    "eigentumer einbruch einfluss eingang eingangshalle eingriff einigkeit einkauf einkommen einnahme "
    "einsatz einspruch einstieg eintritt einwand einwanderer einwohner eis element eltern embargo ende "
    "energie engagement enkel entscheid enttauschung entwurf erbe erde erdgas ereignis erfolg ergebnis "
    "erhalt erlass erlaubnis erlos ermittler ernte ersatz ersparnis ertrag etage etat existenz experiment "
    "experte expertin export fabrik fachkraft fachleute fachmann fahrer fahrerin fahrgast fahrrad fahrt "
    "fahrzeug fall familie fan farbe fassade fehler feier feind feld fenster ferien fest festival "
    "festnahme feuer feuerwehr feuerwehrmann fieber figur filiale film finale finanzen finder firma fisch "
    "flache flagge fleisch flieger flucht fluchtling fluchtlinge flug flughafen flugzeug fluss flut folge "
    "forderer forderung form forscher forscherin fortschritt foto frage fraktion frau freigabe freiheit "
    "freispruch frequenz freude freund freundin frieden friedensvertrag frist front fruhjahr fruhling "
    "fuhrer fuhrerin fund fundament furcht fuss fussganger gabe galerie garten gas gast gastronom gebaude "
    "geber geberin gebiet geburt gebusch gedachtnis gedanke gedenken gedicht gefahr gefangene gefangnis "
    "gefuhl gegend gegenwart gegner gegnerin gehalt geheimnis gehirn geist gelande geld gelder geldgeber "
    "gemalde gemeinde gemuse gen generation gerat gericht gesang geschaft geschenk geschichte "
    "geschwindigkeit gesetz gesetzgeber gesicht gesprach gestalt gesuch getreide gewalt gewasser gewerbe "
    "gewerkschaft gewicht gewinn gewinner gewitter gipfel glas glaube glaubiger gleis gluck gold grab "
    "grenze grippe grosse grossstadt grossteil grund grundlage grundrecht grundstuck gruppe gut gutachten "
    "gutachter hafen haft haftling hagel halbzeit halfte halt hand handel handler handlerin handy "
    "hauptstadt haus haushalt haut heer heim helfer helferin herbst herkunft hersteller herz hilfe himmel "
    "hindernis hinterbliebene hintergrund hinweis hitze hochschule hochstwert hochwasser hof hoffnung hohe "
    "holz horer hotel hubschrauber huhn hund hunger idee imam impfstoff import inflation ingenieur inhaber "
    "initiative inland innenstadt insekt insel insolvenz instanz instrument integration intelligenz "
    "intendant interesse interview investor investorin jahr jahrgang jahrhundert jahrzehnt job jubel "
    "jugend jugendliche junge jury justiz kaffee kaiser kamera kammer kampf kanal kandidat kandidatin "
    "kandidatur kanzler kanzlerin kapital kapitan kapitanin karte kase kasse katastrophe katze kauf kaufer "
    "kaution keller kenntnis kern kette kilometer kind kinder kindergarten kino kirche kirchturm kita "
    "klage klager klappe klasse klima klinik knie koalition koch kochin kohle kokain kollege kollegin "
    "kommission kompetenz konferenz konflikt kongress konig konigin konjunktur konkurrenz konzept konzern "
    "konzert kopf korper kosten kraft kraftwerk kran kranke krankenhaus krebs kredit kreis kreuzung krimi "
    "kriminelle krise kritik kuche kuh kultur kunde kundin kunst kunstler kunstlerin kurator kuratorin "
    "kurs kurve kuste laden lage lager land landwirt lange last lauf leben leber lehre lehrer lehrerin "
    "lehrling leiche leid leistung leiter leiterin leser lesung liebe liebling lied lieferung liga linie "
    "liste lizenz lkw lohn lokfuhrer lokomotive losung lucke luecke luft luge lunge macher mahlzeit makler "
    "maler malerin manager managerin mandat mangel mann mannschaft markt maschine masse massnahme material "
    "matrose mauer maus medaille medien medikament mediziner medizinerin meer mehrheit mehrkosten meinung "
    "meister meisterin meldung menge mensch menschenrecht messe messer metall meter methode miete mieter "
    "mieterin migration milch minderheit minister ministerin ministerium minus minute mitarbeiter "
    "mitarbeiterin mitglied mitglieder mittag mitte mittel mobel modell moment monat mond moral moschee "
    "motor motorrad muhe mullabfuhr munition museum musik muskel mut mutter nachbar nachbarin nachfolge "
    "nachfolger nachfolgerin nachfrage nachmittag nachricht nachschub nacht nachteil nachwuchs name natur "
    "nehmer nerv netz netzwerk neubau neuling niederlage niere niveau not notruf notstand nutzen nutzer "
    "oberhaupt obst offensive oper opfer opposition orchester ordnung organ ort paar paket palast panne "
    "panzer papier papst parlament partei partner partnerin pass passant patient pause person personal "
    "pfarrer pferd pflanze pflaster pflege pflicht pille pilot pilotin pkw plan planet plastik platz "
    "pleite plus pokal politik polizei polizist post posten pramie prasenz prasident prasidentin prasidium "
    "praxis preis premiere presse priester probe problem produkt produzent professor professorin prognose "
    "programm projekt protest prozent prozess prufer prufung publikum punkt qualitat quartier quelle quote "
    "rad rader radfahrer radio rahmen rakete rand rat rate rathaus raub rauber raum raumfahrt reaktion "
    "rechner recht rede redner reederei reform regel regen regierung region regisseur reihe reise rekord "
    "relevanz religion rennen rente rentner rentnerin reporter republik residenz rest restaurant resultat "
    "retter revision rezession richter richterin rind risiko roboter rohre rolle roman rost roststelle "
    "ruckgang ruckkehr rucktritt rueckmeldung ruf ruhe ruine runde sache saison salz sammler sammlung "
    "sanger sangerin sanierung sanktion satellit satz saugling schaden schadling schaf schauspiel "
    "schauspieler schauspielerin schicht schiff schlag schlange schloss schluss schmutz schnee schrift "
    "schritt schuld schule schuler schulerin schulhof schuss schutz schwache schwachstelle schweigen "
    "schwein schwerpunkt schwester see segment seite sektor sekunde semester senat senator senatorin "
    "sender serie sieg sieger siegerin silber sinn sitz sitzplatz skepsis skulptur sohn solar soldat "
    "soldatin sommer sonne sorge sorte spannung spende spender spezialist spezialistin spiel spieler "
    "spielerin spieltag spitze sport sportler sportlerin sprache sprecher sprecherin sprung spur staat "
    "staatsanwalt staatsanwaltin stadion stadt stahl stand standort statistik stau steigerung stein stelle "
    "stern steuer stiftung stimme stimmzettel stoff storung strafe strafverfahren strand strasse strategie "
    "strauch strecke streik streit strom stuck student studentin studie studium stunde sturm sturmer sturz "
    "substanz suche summe symptom synagoge system szene tabelle tag tagung tal tank tarif tasche tat tater "
    "taterin team technik tee teil teilnahme telefon temperatur tempo tendenz termin test text theater "
    "thema theorie therapie these tiefe tiefstand tier tisch titel tochter tochterfirma tod toleranz tor "
    "torwart tote toter tourist tradition trager trainer trainerin transport trauer traum treffen trend "
    "trick trupp truppe tunnel tur turm turnier typ ubergang uberlebende uberlebender uberschuss "
    "uberschwemmung ufer uhr umfang umfrage umgang umsatz umstand umwelt umzug unentschieden unfall "
    "unfallort ungluck universitat unrecht unruhe unterhalt unterlagen unternehmen unternehmer "
    "unternehmerin unterricht unterschied unterstutzer untreue urlaub ursache ursprung urteil vater "
    "verband verbot verbraucher verdacht verein verfahren verfall verfassung vergangenheit vergleich "
    "verhalten verhaltnis verkauf verkaufer verkehr verlag verlauf verletzte verletzter verlust vermieter "
    "vermogen vernunft verrat versicherer versprechen verstand verstandnis verstoss versuch verteidiger "
    "verteidigerin verteidigung vertrag vertrauen vertreter vertreterin veruntreuung verwalter verwandte "
    "verzicht video viertel virus visum vogel volk volumen vorbild vordergrund vorfall vorgabe vorgang "
    "vorganger vorgangerin vorhaben vorjahr vorrat vorsatz vorschlag vorsicht vorsitzende vorsitzender "
    "vorsprung vorstand vorteil vorwurf vulkan wachstum waffe waffenruhe waffenstillstand wagen wahl "
    "wahler wahlkampf wald wand ware warnung wasser wechsel weg wehr wein weise weizen welle welt "
    "weltmeisterschaft werft werk werkstatt wert wettbewerb wetter widerspruch widerstand wiese wille wind "
    "winter wirkung wirt wirtin wirtschaft wissenschaftler wissenschaftlerin woche wohl wohnung wort "
    "worter wunsch wut zahl zahn zaun zeichen zeit zeitung zelle zelt zentrum zeuge zeugen zeugin zeugnis "
    "ziege ziel zimmer zins zinssatz zoll zoo zorn zucker zuflucht zug zuhause zukunft zulage zulieferer "
    "zusage zuschauer zuschlag zuschuss zuspruch zustand zusteller zustimmung zuwachs zuwanderer zweck "
    "zweifel zwilling"
)
#: Nouns by themselves, no last parts: towns and families end so ('Dortmund', 'Heidelberg').
_WHOLE = (
    "abfall abgas abhang abkehr abreise absage abstand abstieg achse adresse affe agent ahnung akt alkohol "
    "allee anekdote ansage antenne antritt anzahl anzug apfel apotheke arger armut aroma asche aspekt "
    "asthma atem atmosphare attraktion aufbau aufenthalt aufgebot aufnahme aufschwung aufstand aufstieg "
    "auftakt auftritt augenblick ausflug ausgleich auslose ausloser ausruf ausrustung aussehen aussicht "
    "auswirkung balkon becken bedeutung bedingung beere begleiter behalter benzin bereich berg bestand "
    "bestandteil besteck betroffene betroffener bevolkerung bewegung beziehung bibliothek blatter "
    "blutdruck bogen boom bremse brille brise brunnen bundeslander burgermeister burgermeisterin butter "
    "chaos charakter daumen debut delikt detail diagnose dialog diat diskussion dorfer draht dreck duft "
    "dunger eck ecke effekt ehefrau ehemann ehrenamt eimer einbau einheit einrichtung einzelheit ekel "
    "elend empfang empfanger empfehlung engpass epidemie epoche erfahrung erfinder erkenntnis erkrankung "
    "ernahrung eroffnung erwachsene erwachsener erwartung erzahlung etappe exemplar fach fachmanner faden "
    "fahigkeit fahne faktor faser feature feder feierabend felder fell fels ferne fett feuerwehrmanner "
    "fichte flasche fleck fliege flosse forschung fracht freizeit frucht fruhstuck fuhrung futter gang "
    "gastgeber gattung gebirge gebot gebuhr gedrange gegenstand gegenteil gehege gelegenheit gelenk genuss "
    "geruch gerucht geschmack gewebe gewohnheit gift gleichgewicht glocke glut graben grad gramm gras "
    "griff grosseltern guter haar hafenstadt hang haufen haupt hauser heft heizol heizung herausforderung "
    "herde hitzewelle hobby hohle huhner hutte impuls index infektion information inhalt insasse institut "
    "jagd kabel kabinett kafig kalender kalk kanne kapitel karriere kasten kehle kennzeichen kerl kerze "
    "kiefer kinderzimmer kiste klang kleid kleider kleidung knochen knopf komfort kommentar kommune konsum "
    "kontakt kontinent konto kontrolle kosmos krach krankenhauser kraut kreislauf kriterium krone kugel "
    "kulisse kummer kuss labor lachen ladung lampe lander landkreis landschaft landung larm laub laune "
    "leder lehm leine leinwand licht liter literatur loch locher loffel luxus magen mahnung manner mappe "
    "maske masstab mast matte medizin mehl merkmal mikrofon milliarde million mineral mischung mitleid "
    "mode modus mosaik motiv mund munze muster nadel nagel nahe nahrung nebel neffe nest netzwerk neuheit "
    "norm notlage notwendigkeit objekt ofen ohr olfarbe ordner orkan ozean papierkorb parade paradies park "
    "parkplatz passage perle perspektive pfad pfeil phanomen phase pilz plakat plattform pol portion "
    "portrat potenzial praktikum prinzip profil profit proviant publikation puls pumpe quadrat qual "
    "querschnitt rabatt rang rasen rasse ratsel rauch rechnung redaktion regal regie reifen reiz "
    "rekordwert relikt reparatur reserve respekt ressource reue revier rezept rhythmus rinder riss rohr "
    "rohstoff rolltreppe route rucken ruckgabe rucksack ruckschlag rudel saal saft sand schafer schale "
    "schall schatten schatz schauplatz schere schicksal schild schilder schirm schlaf schlamm schlauch "
    "schlussel schmerz schock schrank schranke schrott schublade schuh schwelle schwung sehne seil sessel "
    "sicht siedler signal skandal skizze sockel software sohle spalte spektrum spezies spiegelbild "
    "splitter spott sprengstoff spritze stab stadium stall stamm stange stapel start station statue staub "
    "steg stich stil stock strahl strang strophe struktur stufe stuhl stutze szenario tafel taktik tanz "
    "tapete tausch taxi teich teller teppich terrasse testament tiefpunkt ton topf tourismus tragodie "
    "trane transparenz trauma trennung treppe treue truhe tuch tugend umbau umgebung umkehr umweg unfug "
    "ungeduld unkraut unwetter variante vase ventil veranstalter verantwortung verarbeiter verbund "
    "verkleinerung verknupfung verleger vers version verstarker verteiler verwirrung vielfalt visite "
    "vitamin vogelart volker vorbereiter vorort vorrang vorreiter waage wachs wahrheit walder wappen "
    "wasche weide weite werbung werkzeug weste wette wiege willkur wimper wirbel wissen wolke wolle wuchs "
    "wunde wurf wurst wurzel wuste zange zapfen zauber zement zettel zone zoologe zubehor zufall zugang "
    "zulauf zunge zusatz zutat zwang zweig zwischenfall zyklus"
)
#: Ends of places' and families' names, which make no noun of what stands before them.
_PLACES_WORDS = (
    "bauer baum bruch brucke burg dorf feld hafen haus heim hof holz kirche land mann meister metall netz "
    "ruhe see stadt stein tal wald wirt zucker"
)
_PLACES = frozenset(_PLACES_WORDS.split())
_LOOKED_UP_WORDS = (
    "agentur akademie amt anschlag anwaltschaft anzeiger armee bank beben behorde besetzung bestechung "
    "blatt bund bundnis einmarsch entfuhrung erpressung explosion festnahme folter fraktion funk "
    "geiselnahme gericht gerichtshof gesellschaft gewerkschaft hinrichtung hochschule hof kammer kampf "
    "kanzler kanzlerin kasse kirche klinik kommission konzern kurier lauf liga marine minister ministerin "
    "ministerium mord morder museum organisation papst partei plunderung polizei post prasident "
    "prasidentin prasidium presse rat raub regierung rundfunk schau schlag schule schutz senat spiegel "
    "stiftung streik synode tag totung union universitat verband verein vergewaltigung verhaftung "
    "versammlung verschworung versicherung verwaltung wagen wehr werk zeitung"
)
#: Ends of names of bodies and of grave events: what stands before them tells which one, and is looked up.
_LOOKED_UP = tuple(_LOOKED_UP_WORDS.split())
_BLAME_WORDS = (
    "angeklagte angeklagten bischof dieb diebin direktor direktorin gefangene gefangener haftling kaiser "
    "kanzler kanzlerin konig konigin kriminelle krimineller minister ministerin papst prasident "
    "prasidentin rauber senator senatorin tater taterin tatverdachtige"
)
#: Said of somebody by name, they raise or blame him.
_WEIGHTY = tuple(_BLAME_WORDS.split())
#: Rivers, seas and mountains, which have an article before them as nouns have.
_ARTICLED_WORDS = (
    "rhein elbe donau weser oder main mosel neckar isar inn spree havel saale ems ruhr werra fulda lahn "
    "leine trave warnow peene lech iller altmühl naab themse seine rhone loire tiber po wolga dnjepr nil "
    "weichsel moldau ostsee nordsee alpen harz schwarzwald balkan pyrenäen karpaten eifel taunus "
    "spessart vatikan kreml krim"
)
_ARTICLED = frozenset(_ARTICLED_WORDS.split())
_MADE = tuple(_MAKING.split())
_PARTS = frozenset(_NOUNS.split()) - _PLACES
_KNOWN = frozenset(f"{_NOUNS} {_WHOLE}".split())


def is_noun(word: str) -> bool:
    """Tell a common noun by its ending or its last part, in any number and case."""
    return not _is_known_name(word) and _is_known_noun(word[-_LONGEST:].lower())


def is_weighty(word: str) -> bool:
    """Tell a rank or a blame, which nobody gets who has none in the article: 'Kanzlerin', 'Dieb'."""
    return any(form.endswith(_WEIGHTY) for form in _forms(_plain(word.lower())))


def is_end_of(word: str, other: str) -> bool:
    """Tell whether a word, in any case, is what another ends in: 'Ministers' and 'Innenminister'."""
    ends = tuple(_forms(_plain(word.lower())))
    return any(form.endswith(ends) for form in _forms(_plain(other.lower())))


def may_be_surname(word: str) -> bool:
    """Tell a noun that families may be called by, 'König', 'Richter'; none is called 'Zuschüsse'."""
    plain = _plain(word[-_LONGEST:].lower())
    forms = _forms(plain)
    is_long = len(word) >= _SURNAME and not plain.endswith(("er", "mann")) and not _KNOWN.isdisjoint(forms)
    return not is_long and not any(map(_is_made, forms))


def is_of_place(word: str) -> bool:
    """Tell 'Berliner' and 'Schweizer', which say where from; 'Peter' and 'Walter' are names themselves."""
    low = word.lower()
    place = low.removesuffix("er")
    return low != place and low not in proper() and (place in proper() or place in countries("de"))


def is_adjective(word: str) -> bool:
    """Tell 'Unabhängige' by its end; 'Anne' and 'Deutsche' may be parts of names."""
    return word.endswith(_ADJECTIVES)


def _is_known_name(word: str) -> bool:
    low = word.lower()
    return word[1:2].isupper() or low in proper() or low in _ARTICLED or low in countries("de")


def _plain(low: str) -> str:
    return low.translate(_UMLAUTS).replace("ß", "ss")


def _forms(plain: str) -> list[str]:
    return [plain.removesuffix(ending) for ending in _ENDINGS if plain.endswith(ending)]


@lru_cache(maxsize=20_000)
def _is_known_noun(low: str) -> bool:
    forms = _forms(_plain(low))
    if not _KNOWN.isdisjoint(forms):
        return True
    return not any(form.endswith(_LOOKED_UP) for form in forms) and any(
        _is_made(form) or _has_last_part(form) for form in forms
    )


def _is_made(form: str) -> bool:
    return any(form.endswith(ending) and len(form) >= len(ending) + _PREFIX for ending in _MADE)


def _has_last_part(form: str) -> bool:
    """Find a compound's last part: 'Untersuchungsausschuss' is an 'ausschuss'."""
    parts = (form[at:] for at in range(_PREFIX, len(form) - _PART + 1))
    return not _PARTS.isdisjoint(parts)
