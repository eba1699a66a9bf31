"""Words that end in a stop without ending a sentence, by language."""

from __future__ import annotations

from dataclasses import dataclass

from digest.model.article import primary_language


@dataclass(frozen=True, kw_only=True, slots=True)
class Abbreviations:
    """What the splitter knows of one language. All words lower-case, without the last stop."""

    titles: frozenset[str]  #: a name follows: 'mr', 'dr'
    counts: frozenset[str]  #: a figure follows: 'no', 'p'
    inner: frozenset[str]  #: never end a sentence: 'e.g', 'vs'
    ends: frozenset[str]  #: may end one: 'etc', 'inc', 'u.s'; a starter after them decides
    starters: frozenset[str]  #: words that begin sentences and no names
    ordinals: bool = False  #: 'am 3. Oktober': a stop after a figure makes it an ordinal


def abbreviations(language: str | None) -> Abbreviations:
    """Return the words of a language; those of English when none are known."""
    return _BY_LANGUAGE.get(primary_language(language or "en"), _BY_LANGUAGE["en"])


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_MONTHS_EN = "jan feb mar apr jun jul aug sept sep oct nov dec"

_BY_LANGUAGE = {
    "en": Abbreviations(
        titles=_words(
            "mr mrs ms mx dr prof gen sen rep reps sens gov lt col sgt maj cpl pvt capt cmdr adm rev "
            "hon pres supt insp det messrs fr amb asst atty mme mlle msgr sec"
        ),
        counts=_words(
            f"no nos p pp art arts fig figs vol vols ch eq ref refs ed para ext approx ca c {_MONTHS_EN}"
        ),
        inner=_words("e.g i.e eg vs cf viz approx ca dept univ assn assoc"),
        ends=_words(
            "etc inc ltd co corp llc plc jr sr bros est al u.s u.k u.n e.u u.s.a d.c a.m p.m ph.d m.d "
            "b.a m.a b.c a.d s.a a.g n.v ave blvd rd sq bldg st ste mt ft"
        ),
        starters=_words(
            "a an the he she it they we i you this that these those there here his her its their our "
            "my your but and or so yet if in on at by for from with to as of when while where who "
            "what why how which although though after before since because however meanwhile then now "
            "both some many most all no not one two is are was were has have had do does did will "
            "would can could may might should let more last next under over until according despite "
            "during instead perhaps also even such each every another other about only just still "
            "besides earlier later today yesterday tomorrow those among between without unlike like inside "
            "outside following again below finally officials authorities investigators critics people police "
            "indeed thus therefore moreover furthermore nevertheless nor than once unless whether whatever "
            "everyone everything someone nobody nothing anyone few several others yes"
        ),
    ),
    "de": Abbreviations(
        titles=_words("hr hrn fr dr prof dipl ing st frl pfr mag bgm lic"),
        counts=_words("nr nrn s bd abs art ziff kap abb tab jg bl anm rn vgl ca zirka etwa"),
        inner=_words(
            "z.b z d.h d u.a u.ä o.ä i.d.r bzw evtl ggf inkl exkl sog zzgl abzgl vgl einschl ehem dt "
            "str österr engl frz lat zit vs allg urspr insb v.a"
        ),
        ends=_words(
            "usw etc ff f u.s.w co jr sen a.d u.v.m mind max min bes geb gest jh jhd mio mrd tsd v.chr mwst "
            "n.chr"
        ),
        starters=_words(
            "der die das den dem des ein eine einer einem einen er sie es wir ihr ich man dies diese dieser "
            "dieses aber und oder doch denn dann da wenn weil als auch nach vor in im am an auf aus bei mit "
            "seit von vom zu zum zur für über unter um so nun nur noch schon dort hier jetzt was wer wie wo "
            "warum alle alles viele einige mehr manche beide jeder jede jedes sein seine ihre unser solche "
            "kein keine damit dabei daher darum deshalb bereits heute gestern morgen später zuletzt zuvor "
            "bisher seitdem insgesamt allerdings jedoch außerdem zudem obwohl während nachdem bevor laut "
            "wegen trotz statt gegen ohne durch zwischen innerhalb dank angesichts aufgrund rund etwa fast "
            "knapp mindestens mehrere erst erstmals derzeit künftig danach anschließend schließlich "
            "trotzdem dennoch zunächst dadurch dafür dagegen hingegen ebenso ob falls sobald solange sollte "
            "zwar sogar inzwischen mittlerweile unterdessen seither bald weitere andere niemand nichts "
            "welche sowohl weder bis ab je hinter weshalb vielmehr"
        ),
        ordinals=True,
    ),
    "fr": Abbreviations(
        titles=_words("m mm mme mmes mlle mlles dr pr me mgr st ste gén col lt cdt"),
        counts=_words("no n° p pp art vol chap fig al éd env t"),
        inner=_words("p.ex cf c.-à-d c.à.d env bd boul av.j.-c vs resp"),
        ends=_words("etc s.a inc ltd cie jr s.v.p ex hab av apr"),
        starters=_words(
            "le la les l un une des ce cet cette ces il elle ils elles on nous vous je tu mais et ou donc "
            "or car si en dans sur sous par pour avec sans après avant depuis selon quand lorsque comme que "
            "qui où au aux de du son sa ses leur leurs c j d pendant durant malgré contre entre vers chez "
            "dès alors ainsi aussi cependant toutefois pourtant enfin ensuite puis déjà encore plus "
            "plusieurs certains certaines quelques chaque tous toutes tout toute aucun aucune même moins "
            "près face grâce afin puisque hier aujourd'hui aujourd’hui demain désormais environ quant faute "
            "outre parmi dont ni ne notre nos votre vos mon ma mes cela ceux celle celles celui autre "
            "autres beaucoup personne rien jusqu lors là voici voilà"
        ),
    ),
    "es": Abbreviations(
        titles=_words("sr sra sres sras srta dr dra d dña lic ing prof profa gral cnel sto sta mons excmo"),
        counts=_words("no núm nro n p pp pág págs art arts vol cap fig aprox"),
        inner=_words("p.ej ej cf aprox avda tel vs dpto ee ff"),
        ends=_words("etc s.a ltda cía ee.uu uu a.m p.m jr d.f av"),
        starters=_words(
            "el la los las un una unos unas este esta estos estas ese esa él ella ellos ellas lo su sus se "
            "no pero y o si en con por para desde según cuando como que quien donde al de del tras ante sin "
            "también además hay es fue son durante entre hasta hacia contra sobre bajo mediante mientras "
            "aunque porque pues así entonces luego después antes ayer hoy mañana ahora ya aún todavía casi "
            "más menos muchos muchas varios varias algunos algunas todos todas todo toda cada otro otra "
            "otros otras ningún ninguna nadie nada dicho dicha debido gracias aquí allí cómo qué quién ni "
            "sino le les nos me mi mis nuestro nuestra aquel aquella"
        ),
    ),
    "it": Abbreviations(
        titles=_words(
            "sig sigg sig.ra sig.na dott dott.ssa dr prof prof.ssa avv ing arch on sen gen col mons rag geom"
        ),
        counts=_words("n nn nr p pp pag pagg art artt vol cap fig ca"),
        inner=_words("es p.es ad cfr vs ca tel v.le p.za c.so ecc. sec"),
        ends=_words("ecc etc s.p.a spa s.r.l srl jr d.c a.c"),
        starters=_words(
            "il lo la i gli le l un uno una questo questa questi queste quello lui lei loro noi voi io si "
            "ma e o se in con per da dal di del della su sul tra fra dopo prima quando come che chi dove al "
            "alla non anche è sono suo sua durante secondo contro senza sopra sotto verso oltre presso fino "
            "mentre perché poiché così allora poi ieri oggi domani ora già ancora quasi più meno molti "
            "molte alcuni alcune tutti tutte tutto tutta ogni altro altra altri altre nessuno nessuna "
            "niente nulla grazie qui lì dopodiché infine inoltre tuttavia però invece né nel nella nei "
            "negli nelle dai dalla dalle dei delle degli ai agli alle sui sulla sulle quella quelli quelle "
            "ci vi mi nostro nostra circa"
        ),
    ),
    "pt": Abbreviations(
        titles=_words("sr sra sres sras srta dr dra d dom prof profa eng arq gen cel exmo exma sto sta pe"),
        counts=_words("n nº no núm p pp pág págs art arts vol cap fig aprox"),
        inner=_words("p.ex cf aprox tel vs séc"),
        ends=_words("etc s.a ltda cia e.u.a jr ex av"),
        starters=_words(
            "o a os as um uma uns umas este esta estes estas esse essa isto isso ele ela eles elas eu nós "
            "mas e ou se em no na nos nas com por para desde segundo quando como que quem onde ao à de do "
            "da dos das após antes não também é foi são seu sua durante entre até contra sobre sob sem "
            "depois enquanto embora porque pois assim então logo ontem hoje amanhã agora já ainda quase "
            "mais menos muitos muitas vários várias alguns algumas todos todas todo toda cada outro outra "
            "outros outras nenhum nenhuma ninguém nada graças aqui ali porém contudo entretanto além apesar "
            "perante num numa pelo pela pelos pelas seus suas nosso nossa me te lhe há cerca"
        ),
    ),
    "nl": Abbreviations(
        titles=_words("dhr mevr mw dr drs ir ing prof mr ds st jhr gen kol kapt"),
        counts=_words("nr nrs blz p pp art vol hfst afb fig ca"),
        inner=_words("bijv bv d.w.z m.b.t o.a t.o.v i.v.m e.d n.a.v ca vgl resp incl excl m.i.v t/m vs zgn"),
        ends=_words("enz etc e.a b.v n.v jr sr v.chr n.chr a.s jl"),
        starters=_words(
            "de het een dit dat deze die hij zij ze wij we ik jij je u er maar en of want dus als in op aan "
            "bij met van voor na naar om over onder uit door te tot toen nu ook nog al daar hier wat wie "
            "waar waarom hoe volgens sinds tijdens hun zijn haar tussen tegen zonder binnen buiten vanaf "
            "vanwege ondanks dankzij rond wegens omdat terwijl hoewel zodra zolang mits tenzij daarna "
            "daarom daarbij daardoor echter toch intussen inmiddels gisteren vandaag morgen reeds bijna "
            "ongeveer ruim meer minder veel vele enkele sommige alle alles elk elke ieder iedere ander "
            "andere niemand niets iemand iets geen niet eerst later eerder vervolgens uiteindelijk "
            "bovendien zowel noch onze ons mijn"
        ),
    ),
    "ru": Abbreviations(
        titles=_words("ул им пр пер просп пл обл респ акад проф гр тов св"),
        counts=_words("стр с рис табл гл ст п пп № ок"),
        inner=_words("т.е т.к т.н напр см ср"),
        ends=_words("г гг в вв тыс млн млрд трлн руб коп т.д т.п др н.э чел"),
        starters=_words(
            "в на с и а но он она оно они это эти этот эта мы вы я по из за к от до о об при у для как "
            "что когда если так также все их его её ее не был была были однако поэтому после перед"
        ),
    ),
    "pl": Abbreviations(
        titles=_words("ul al pl dr prof mgr inż św ks gen płk por im os hab"),
        counts=_words("nr str s poz art ust rys tab ok r"),
        inner=_words("np tzn tzw tj m.in wg ds pt zob por ww"),
        ends=_words("itd itp r w tys mln mld zł godz p.n.e n.e in"),
        starters=_words(
            "w na z i a ale on ona ono oni to ten ta te my wy ja po do od za o przy dla jak co kiedy gdy "
            "jeśli tak także są jest nie był była było były jednak dlatego"
        ),
    ),
    "sv": Abbreviations(
        titles=_words("hr fru dr prof st"),
        counts=_words("nr s sid kap fig tab ca kl"),
        inner=_words("t.ex bl.a d.v.s dvs s.k jfr resp inkl exkl f.d m.fl ev"),
        ends=_words("osv etc m.m o.s.v st kr milj mdr tel"),
        starters=_words(
            "den det de en ett han hon vi ni jag du och men eller i på av för med till från om som när där "
            "här så att efter före under över enligt nu då också inte är var har"
        ),
    ),
}
_BY_LANGUAGE["uk"] = _BY_LANGUAGE["ru"]
_BY_LANGUAGE["da"] = _BY_LANGUAGE["no"] = _BY_LANGUAGE["nb"] = _BY_LANGUAGE["sv"]
