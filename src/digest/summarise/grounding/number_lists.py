"""Number words of seven languages, and what each stands for."""

from __future__ import annotations

UNITS = {
    "en": "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen twenty",
    "de": "null eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn "
    "sechzehn siebzehn achtzehn neunzehn zwanzig",
    "fr": "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize "
    "dix-sept dix-huit dix-neuf vingt",
    "es": "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince "
    "dieciséis diecisiete dieciocho diecinueve veinte",
    "it": "zero uno due tre quattro cinque sei sette otto nove dieci undici dodici tredici quattordici "
    "quindici sedici diciassette diciotto diciannove venti",
    "pt": "zero um dois três quatro cinco seis sete oito nove dez onze doze treze catorze quinze dezesseis "
    "dezessete dezoito dezenove vinte",
    "nl": "nul een twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien vijftien "
    "zestien zeventien achttien negentien twintig",
}
TENS = {
    "en": "twenty thirty forty fifty sixty seventy eighty ninety",
    "de": "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig",
    "fr": "vingt trente quarante cinquante soixante soixante-dix quatre-vingts quatre-vingt-dix",
    "es": "veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa",
    "it": "venti trenta quaranta cinquanta sessanta settanta ottanta novanta",
    "pt": "vinte trinta quarenta cinquenta sessenta setenta oitenta noventa",
    "nl": "twintig dertig veertig vijftig zestig zeventig tachtig negentig",
}
#: Other forms, most of them parts of longer words.
FORMS = {
    "de": "ein:1 dreissig:30",
    "fr": "une:1 quatre-vingt:80 septante:70 huitante:80 octante:80 nonante:90 cents:100",
    "es": "veinti:20 dós:2 trés:3 séis:6 ún:1 un:1 una:1 ciento:100 doscientos:200 doscientas:200 "
    "trescientos:300 trescientas:300 cuatrocientos:400 cuatrocientas:400 quinientos:500 quinientas:500 "
    "seiscientos:600 seiscientas:600 setecientos:700 setecientas:700 ochocientos:800 ochocientas:800 "
    "novecientos:900 novecientas:900",
    "it": "tré:3 vent:20 trent:30 quarant:40 cinquant:50 sessant:60 settant:70 ottant:80 novant:90 cento:100 "
    "cent:100",
    "pt": "uma:1 duas:2 dezasseis:16 dezassete:17 dezanove:19 quatorze:14 cento:100 cem:100 duzentos:200 "
    "duzentas:200 "
    "trezentos:300 trezentas:300 quatrocentos:400 quatrocentas:400 quinhentos:500 quinhentas:500 "
    "seiscentos:600 seiscentas:600 setecentos:700 setecentas:700 oitocentos:800 oitocentas:800 "
    "novecentos:900 novecentas:900",
    "nl": "één:1",
}
ORDINALS = {
    "en": "second:2 third:3 fourth:4 fifth:5 sixth:6 seventh:7 eighth:8 ninth:9 tenth:10 eleventh:11 "
    "twelfth:12 thirteenth:13 fourteenth:14 fifteenth:15 sixteenth:16 seventeenth:17 eighteenth:18 "
    "nineteenth:19 twentieth:20 twice:2 double:2 triple:3 pair:2 both:2 couple:2 dozen:12 decade:10 "
    "century:100 half:0.5 quarter:0.25",
    "de": "zweite:2 dritte:3 vierte:4 fünfte:5 sechste:6 siebte:7 achte:8 neunte:9 zehnte:10 zweimal:2 "
    "dreimal:3 beide:2 dutzend:12",
    "fr": "deuxième:2 second:2 seconde:2 troisième:3 quatrième:4 cinquième:5 sixième:6 septième:7 "
    "huitième:8 neuvième:9 dixième:10 dizaine:10 douzaine:12",
    "es": "segundo:2 segunda:2 tercero:3 tercera:3 tercer:3 cuarto:4 cuarta:4 quinto:5 quinta:5 sexto:6 "
    "séptimo:7 octavo:8 noveno:9 décimo:10 docena:12",
    "it": "secondo:2 seconda:2 terzo:3 terza:3 quarto:4 quarta:4 quinto:5 quinta:5 sesto:6 settimo:7 "
    "ottavo:8 nono:9 decimo:10 dozzina:12",
    "pt": "segundo:2 segunda:2 terceiro:3 terceira:3 quarto:4 quarta:4 quinto:5 quinta:5 sexto:6 sétimo:7 "
    "oitavo:8 nono:9 décimo:10 dúzia:12",
    "nl": "tweede:2 derde:3 vierde:4 vijfde:5 zesde:6 zevende:7 achtste:8 negende:9 tiende:10 dozijn:12",
}
#: 'second', 'quarta' and 'secondo' are also a unit of time, a weekday and 'according to': read in a
#: source, never asked of it.
_VAGUE_WORDS = (
    "second seconde segunda quarta quinta both pair couple half quarter double triple decade century "
    "dozen twice beide dutzend dizaine douzaine docena dozzina dúzia dozijn cuarto quarto secondo "
    "segundo"
)
VAGUE = frozenset(_VAGUE_WORDS.split())
SCALES = {
    "hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12, "k": 1e3, "m": 1e6,
    "bn": 1e9, "mn": 1e6, "hundert": 1e2, "tausend": 1e3, "millionen": 1e6, "milliarde": 1e9,
    "milliarden": 1e9, "mio": 1e6, "mrd": 1e9, "cent": 1e2, "mille": 1e3, "millions": 1e6, "milliard": 1e9,
    "milliards": 1e9, "cien": 1e2, "mil": 1e3, "millón": 1e6, "millones": 1e6, "mila": 1e3, "milione": 1e6,
    "milioni": 1e6, "miliardo": 1e9, "miliardi": 1e9, "milhão": 1e6, "milhões": 1e6, "bilhão": 1e9,
    "bilhões": 1e9, "honderd": 1e2, "duizend": 1e3, "miljoen": 1e6, "miljard": 1e9, "hundreds": 1e2,
    "thousands": 1e3, "billions": 1e9, "decades": 10, "dozen": 12, "jahrzehnte": 10, "jahrzehnten": 10,
    "decennia": 10, "dutzend": 12,
    "décennies": 10, "décadas": 10, "decenni": 10, "billón": 1e12, "billones": 1e12, "biljoen": 1e12,
    "bilião": 1e12, "biliões": 1e12, "trilhão": 1e12, "trilhões": 1e12, "billionen": 1e12,
}  # fmt: skip
