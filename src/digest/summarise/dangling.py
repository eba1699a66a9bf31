"""How much a sentence leans on the one before it: pronouns, connectives, and who said it."""

from __future__ import annotations

import re
from itertools import pairwise

from digest.summarise.abbreviations import abbreviations

_OPENING_WORDS = 6  #: a pronoun after them has its noun in the sentence, as a rule
_WORD = re.compile(r"[^\W\d_]+")

_PRONOUN_WORDS = {
    "en": "he she they it her him them his hers its their theirs this that these those such both here "
    "neither "
    "others",
    "de": "er sie es ihn ihm ihnen dies diese dieser dieses diesem diesen sein seine seiner seinem seinen "
    "ihr "
    "ihre ihrer ihrem ihren dabei damit dort dadurch daran darauf beide letzterer letztere solche "
    "ersterer deren "
    "dessen dafür darüber darin davon davor daneben dahinter darunter hierfür hierzu hierbei hiermit "
    "hierüber",
    "fr": "il elle ils elles ce c cela ça ceci celui celle ceux celles ces cet cette son sa ses leur leurs "
    "lui eux ceci tous y là",
    "es": "él ella ellos ellas ello esto eso ese esa esos esas esta este estos estas aquel aquella su sus "
    "ambos ambas dicho dicha dichos dichas tal tales le les allí ahí éste ésta éstos éstas aquello",
    "it": "egli ella lui lei loro essi esse esso essa questo questa questi queste quest quello quella "
    "quelli "
    "quelle ciò suo sua entrambi entrambe tale tali costui ne qui lì là",
    "pt": "ele ela eles elas isto isso este esta estes estas esse essa esses essas aquele aquela seu sua "
    "seus "
    "suas ambos ambas tal tais lá dele dela deles delas nele nela neles nelas disso disto nisso nisto "
    "daí aquilo",
    "nl": "hij zij ze hem hen dit dat deze die zijn haar hun beide beiden daar laatstgenoemde zulke "
    "daarvoor daarin daaruit "
    "daarover daarvan daarmee daaraan hierdoor hiervoor hiermee hierover hierin hiervan",
}
_PHRASES = {
    "en": "the latter|the former|the other|the others|the pair|the duo|the couple|one of them|some of them|"
    "most of them|all of them|there he|there she|at that|in this|in that",
    "de": "das ist|das sei|das war|das hat|das hatte|das wird|das soll|das kann|das sagte|das teilte"
    "|der letztere|"
    "die letztere|die anderen|einer von|in diesem|in dieser|aus diesem|nach dieser|dem widersprach|"
    "dem stimmte|"
    "dem schloss|von ihnen|unter ihnen|bei ihnen",
    "fr": "ce dernier|tous les deux|tous les trois|tous les quatre|"
    "d eux|d elles|parmi eux|parmi elles|les deux|l autre|les autres|à cette|dans ce|"
    "dans cette|pour cela|à ce|de ce",
    "es": "el primero|el segundo|los dos|las dos|el otro|los otros|los demás|por eso|por ello|en ese"
    "|en esa|con ello|se trata|así lo|de ellos|de ellas|entre ellos|para ello",
    "it": "il suo|la sua|i suoi|le sue|il loro|la loro|l altro|gli altri|in questo|in quel|per questo|"
    "i due|si tratta|gli ha|gli hanno|"
    "gli è|gli aveva|a riferirlo|a dirlo|a darne|a confermarlo|a renderlo|ad annunciarlo|a comunicarlo|"
    "di loro|tra "
    "loro|fra loro",
    "pt": "o seu|a sua|os seus|as suas|o outro|os outros|os dois|por isso|nesse|nessa|com isso|trata se|"
    "foi o que|é o que|ali foi|ali foram|ali "
    "ficou|ali ficaram",
    "nl": "de ander|de anderen|de twee|de laatste|in die|op die|om die|in dat|het duo|van hen",
}
#: Two words that begin so and stand all the same.
_STANDING_PHRASES = {
    "de": "damit die|damit der|damit das|damit ein|damit eine|darüber hinaus",
    "fr": "tous les|tous ses|tous nos|là où",
}
_THIS_WORDS = {
    "de": "dieses diesen diese dieser",
    "fr": "ce cet cette",
    "es": "este esta",
    "it": "questo questa quest",
    "pt": "este esta",
    "nl": "deze dit",
}
#: After 'this' they tell when: 'this week' needs no sentence before it.
_TIME_WORDS = {
    "de": "jahr monat woche montag dienstag mittwoch donnerstag freitag samstag sonntag sommer winter "
    "frühling "
    "herbst",
    "fr": "lundi mardi mercredi jeudi vendredi samedi dimanche matin soir nuit semaine mois année été "
    "hiver automne "
    "printemps week",
    "es": "lunes martes miércoles jueves viernes sábado domingo mañana tarde noche semana mes año "
    "verano invierno "
    "otoño primavera",
    "it": "lunedì martedì mercoledì giovedì venerdì sabato domenica mattina pomeriggio sera notte "
    "settimana mese anno "
    "estate inverno autunno primavera",
    "pt": "segunda terça quarta quinta sexta sábado domingo manhã tarde noite semana mês ano verão "
    "inverno outono "
    "primavera",
    "nl": "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag ochtend middag avond nacht week "
    "maand jaar zomer "
    "winter herfst lente weekend",
}
_JOINING_WORDS = {
    "en": "but and or so yet however instead then also another meanwhile still nor therefore thus moreover "
    "furthermore nevertheless otherwise besides similarly consequently nonetheless hence thereby too further "
    "additionally again likewise because",
    "de": "aber und doch denn jedoch auch deshalb daher dann dazu darum außerdem zudem trotzdem dennoch "
    "sondern "
    "allerdings hingegen dagegen danach deswegen folglich ferner weil somit",
    "fr": "mais et ou donc car ainsi aussi cependant pourtant toutefois puis ensuite enfin alors "
    "néanmoins or "
    "parce également",
    "es": "pero y o sin además también así entonces luego porque aunque asimismo tampoco sino pues",
    "it": "ma e o però quindi inoltre anche così poi dunque perché tuttavia infatti invece eppure perciò",
    "pt": "mas e ou porém contudo também assim então além entretanto porque todavia portanto ademais",
    "nl": "maar en of want toch ook daarom daarna echter bovendien toen dus omdat verder daardoor intussen",
}
_TURNING_WORDS = {
    "en": "however meanwhile instead therefore",
    "de": "jedoch hingegen dagegen allerdings deshalb daher",
    "fr": "cependant toutefois pourtant donc",
    "es": "embargo entonces",
    "it": "tuttavia invece quindi però",
    "pt": "porém entretanto portanto contudo",
    "nl": "echter daarentegen daarom",
}
_PERSON_WORDS = {
    "en": "he she they it",
    "de": "er sie es",
    "fr": "il elle ils elles",
    "es": "él ella ellos ellas",
    "it": "lui lei loro",
    "pt": "ele ela eles elas",
    "nl": "hij zij ze",
}
_DAYS = {
    "es": "ayer|hoy|también|el (?:lunes|martes|miércoles|jueves|viernes|sábado|domingo)",
    "it": "ieri|oggi|ancora|lunedì|martedì|mercoledì|giovedì|venerdì|sabato|domenica",
    "pt": "ontem|hoje|ainda|na (?:segunda|terça|quarta|quinta|sexta)(?:-feira)?|no (?:sábado|domingo)",
}
_SPOKEN_ES = (
    "dijo|añadió|afirmó|explicó|señaló|aseguró|indicó|agregó|comentó|sostuvo|declaró|dijeron|añadieron"
)
_SPOKEN_IT = (
    r"(?:ha|hanno) (?:detto|aggiunto|spiegato|affermato|dichiarato|raccontato|concluso)|disse|aggiunse|spiegò"
)
_SPOKEN_PT = "disse|afirmou|acrescentou|explicou|contou|declarou|informou|disseram|afirmaram"
_SPOKEN = {
    "en": r"[,”\"’?!] ?(?:he|she|they) (?:said|says|added|adds|told|wrote|explained|noted|recalled"
    r"|continued|insisted"
    r"|argued|warned)\b|\b(?:said|says|added) (?:he|she|they)\b|according to (?:him|her|them)\b",
    "de": r"\b(?:sagte|sagt|erklärte|betonte|so|meinte|berichtete|schrieb|ergänzte|warnte|fügte) (?:er|sie)\b"
    r"|(?:ihm|ihr|ihnen) zufolge\b",
    "fr": r"\ba-t-(?:il|elle)\b|\bont-(?:ils|elles)\b|\b(?:dit|explique|ajoute|affirme|précise|raconte"
    r"|estime|assure"
    r"|poursuit|souligne|indique|insiste|conclut|confie)-(?:t-)?(?:il|elle|ils|elles)\b|selon (?:lui|elle"
    r"|eux)\b",
    "es": rf"[,”»\"] (?:según )?(?:{_SPOKEN_ES})(?: (?:él|ella|ellos))?(?: (?:{_DAYS['es']}))?[.”»\"]*$"
    r"|según (?:él|ella|ellos)\b",
    "it": rf"[,”»\"] (?:{_SPOKEN_IT})(?: (?:lui|lei|loro))?(?: (?:{_DAYS['it']}))?[.”»\"]*$"
    r"|secondo (?:lui|lei|loro)\b",
    "pt": rf"[,”»\"] (?:{_SPOKEN_PT})(?: (?:ele|ela|eles))?(?: (?:{_DAYS['pt']}))?[.”»\"]*$"
    r"|segundo (?:ele|ela|eles)\b",
    "nl": r"\b(?:zei|zegt|aldus|vertelde|vertelt|schreef|stelde|stelt|verklaarde|voegde) (?:hij|zij|ze)\b"
    r"|volgens (?:hem|haar|hen)\b",
}
#: 'Lo' that is no article: in Spanish a verb follows, in Italian what no 'lo' stands before.
_SAYING_IT = {
    "es": re.compile(
        r"lo (?:\w+(?:ó|aron|ieron)|ha|han|había|dice|dijo|dijeron|hizo|afirma|recoge|publica)\b",
        re.IGNORECASE,
    ),
    "it": re.compile(
        r"lo (?:spiega|scrive|stabilisce|(?!s[^aeiouàèéìòù]|z|gn|p[sn]|[jxy]|i[aeou]|chef)\w)",
        re.IGNORECASE,
    ),
}
_OPENINGS = {
    "es": "por su parte|también|además|asimismo|luego|después|así",
    "it": "poi|così|inoltre|infine|anche",
    "pt": "por sua vez|também|além disso|depois|ainda|assim",
}
_NO_SPEAKER = "que|che|a|en|em|in|no|na|al|ao|à"  #: no speaker follows them: 'dijo que Bilbao'
_BEGUN = {"es": _SPOKEN_ES, "it": _SPOKEN_IT, "pt": _SPOKEN_PT}  #: these verbs need no pronoun


def _sets(words: dict[str, str]) -> dict[str, frozenset[str]]:
    return {language: frozenset(each.split()) for language, each in words.items()}


_PRONOUNS, _JOINING, _TURNING = _sets(_PRONOUN_WORDS), _sets(_JOINING_WORDS), _sets(_TURNING_WORDS)
_PERSONS = _sets(_PERSON_WORDS)
_BEGINNINGS = {language: frozenset(each.split("|")) for language, each in _PHRASES.items()}
_STANDING = {
    language: frozenset(
        (
            *(f"{this} {time}" for this in words.split() for time in _TIME_WORDS[language].split()),
            *_STANDING_PHRASES.get(language, "").split("|"),
        )
    )
    for language, words in _THIS_WORDS.items()
}
_FAR = re.compile(r"\w+ \w+-là\b")  #: 'Cette semaine-là': a week that was told of
_SAID = {language: re.compile(pattern, re.IGNORECASE) for language, pattern in _SPOKEN.items()}
_SUBJECTLESS = {
    language: re.compile(
        rf"(?i:(?:(?:{_OPENINGS[language]}),?\s+)?(?:{verbs}))\b(?!(?:\s+(?!(?:{_NO_SPEAKER})\b)\w+){{0,2}}\s+[A-ZÁÉÍÓÚÂÊÔÃÕ])"
    )
    for language, verbs in _BEGUN.items()
}

_OBJECTS = frozenset(("it", "them", "him"))
_PLACING_WORDS = "as at back by down for from in into off on onto out over through to under up with"
_PLACING = frozenset(_PLACING_WORDS.split())


def leans(sentence: str, language: str) -> float:
    """Tell how much a sentence leans on the one before it: 0 not at all, 1 wholly.

    Args:
        sentence: As it stands in the text.
        language: One of the weighted ones.
    """
    words = _WORD.findall(sentence[:200])
    if not words:
        return 0.0
    first = words[0].lower()
    phrases = {" ".join(words[:2]).lower(), " ".join(words[:3]).lower()}
    is_known = phrases & _BEGINNINGS[language]
    if not is_known and phrases & _STANDING.get(language, frozenset()) and not _FAR.match(sentence):
        return 0.0
    says_it = language in _SAYING_IT and _SAYING_IT[language].match(sentence)
    if says_it or first in _PRONOUNS[language] or is_known:
        return 1.0
    if said_by_nobody(sentence, language):
        return 0.6 if _begins_with_name(words, language) else 1.0
    if _early_pronoun(words, language):
        return 0.6
    turns = first in _JOINING[language] or _TURNING[language].intersection(words[:_OPENING_WORDS])
    return 0.5 if turns else 0.0


def _early_pronoun(words: list[str], language: str) -> bool:
    """Find 'Then she said': a pronoun among the first words, before any name."""
    if language == "en" and _takes_object(words[: _OPENING_WORDS + 1]):
        return True
    for word in words[1:_OPENING_WORDS]:
        if word in _PERSONS[language]:
            return True
        if word[:1].isupper() and language != "de":  # German writes every noun large
            return False
    return False


def said_by_nobody(sentence: str, language: str) -> bool:
    """Find a claim whose speaker is a pronoun, or in Spanish, Italian and Portuguese not there at all."""
    if language in _SUBJECTLESS and _SUBJECTLESS[language].match(sentence):
        return True
    return bool(_SAID[language].search(sentence))


def _begins_with_name(words: list[str], language: str) -> bool:
    """Find 'Ada Wells will go, she said': the pronoun stands for her."""
    large = len(words) > 1 and words[0][:1].isupper() and words[1][:1].isupper()
    return large and words[0].lower() not in abbreviations(language).starters


def _takes_object(opening: list[str]) -> bool:
    """Find 'Ada covered it with wax': a name before the pronoun is not what the pronoun stands for."""
    return any(
        word in _OBJECTS and after in _PLACING for word, after in pairwise(each.lower() for each in opening)
    )
