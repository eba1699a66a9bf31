"""What stands in a text and is not its matter: signatures, offers, teasers, appeals to the reader."""

from __future__ import annotations

import re
from collections.abc import Sequence

#: Parts of sentences in lower case; a space before them is a border of words.
_SIGNED = """
contributed to this report|contributed to this story|contributed to this article|all rights reserved
getty images|©| copyright |(c) 20|this story was first published|this story was originally
this story has been updated|this article was first published|this article was originally
this article has been|this story has been corrected|this story was published|this article was published
opinions expressed in this|views expressed in this|is the author of|alle rechte vorbehalten
tous droits réservés|todos los derechos|todos os direitos|tutti i diritti|alle rechten voorbehouden
a contribué à cet|a participé à cet|mitarbeit:|con información de|com informações d|met medewerking van
"""
_SORTED = """
leave a reply|leave a comment|email address will not|e-mail address will not|terms of use
terms of service|privacy policy|privacy notice|cookie policy|cookie notice| read more| read also
 read next|follow us on|follow @|watch the video|share this |click here|click on |newsletter
mehr zum thema|lesen sie auch|lesen sie hier|lesen sie mehr|hier klicken|folgen sie uns|lire aussi
cliquez ici|suivez-nous|lea también|haga clic|síguenos|leggi anche|clicca qui|seguici su|leia também
leia mais|clique aqui|siga-nos|lees ook|lees verder|lees meer|klik hier|volg ons|advertisement|anzeige:
publicité|contenido patrocinado|conteúdo patrocinado|contenuto sponsorizzato
"""
_OFFERED = """
 sign up for| sign up to| sign up now| sign up today| subscribe to| subscribe now| subscribe here
 subscribe today| buy now| order now| order yours| order today| shop now|free trial|free shipping
promo code|discount code|coupon code|use code |use the code|limited-time offer|limited time offer
sponsored by|jetzt bestellen|jetzt kaufen|jetzt abonnieren|jetzt testen|jetzt sichern|gutschein
kostenlos testen|abonnez-vous|achetez |profitez de|profitez d|code promo|essai gratuit|suscríb
compre ahora|compre ya|compre agora|compre já|oferta limitada|oferta especial|prueba gratuita
código de descuento|código promocional|abbonati |iscriviti|acquista ora|acquista subito|codice sconto
prova gratuita|assine já|assine agora|assine a |inscreva-se|teste grátis|código de desconto|cupom
abonneer|schrijf je in|meld je aan|bestel nu|bestel direct|koop nu|kortingscode|gratis proberen
"""
_FURNITURE = tuple(
    each for part in (_SIGNED, _SORTED, _OFFERED) for each in re.split(r"[|\n]", part) if each.strip()
)
_STUB = re.compile(r"(?:[•‣◦▪●■*–-]|\(?\d{1,2}[.)]|[a-z]\))\s")
_CUT_OFF = re.compile(r"(?:…|\.\.\.|\[…\]|\[\.\.\.\])$")

_QUOTED = re.compile(r"[\"“„«»][^\"“”„«»]{1,400}[\"”“»«]")
_TO_READER = {
    "en": r"\b(?:I|I'm|I've|I’m|me|my|we|we're|we’re|us|our|you|your|let's|let’s)\b",
    "de": r"\b(?:ich|mich|mir|mein\w*|wir|uns|unser\w*|du|dich|dir|euch)\b",
    "fr": r"\b(?:je|j['’]|moi|mon|mes|nous|notre|nos|vous|votre|vos|tu)(?:\b|(?<=['’]))",
    "es": r"\b(?:yo|mi|mis|nosotros|nos|nuestr[oa]s?|usted|ustedes|tú)\b",
    "it": r"\b(?:io|mio|mia|noi|ci|nostr[oaie]|voi|vostr[oaie]|tu|tuo)\b",
    "pt": r"\b(?:eu|meu|minha|nós|noss[oa]s?|você|vocês)\b",
    "nl": r"\b(?:ik|mij|mijn|wij|we|ons|onze|jij|je|jouw|u|uw)\b",
}
_READER = {
    language: re.compile(pattern, 0 if language == "en" else re.IGNORECASE)
    for language, pattern in _TO_READER.items()
}


def phrases_in(text: str) -> tuple[str, ...]:
    """Find the phrases of furniture that a text holds anywhere, to look for in its sentences."""
    lower = text.lower()
    return tuple(phrase for phrase in _FURNITURE if phrase.strip() in lower)


def is_furniture(sentence: str, phrases: Sequence[str]) -> bool:
    """Tell a line of signature, navigation or advertising, a list's stub, or one that is cut off.

    Args:
        sentence: As it stands in the text.
        phrases: What phrases_in() found in its text.
    """
    if _STUB.match(sentence) or _CUT_OFF.search(sentence, max(0, len(sentence) - 6)):
        return True
    lower = f" {sentence.lower()}"
    return any(phrase in lower for phrase in phrases)


def addresses_reader(sentence: str, language: str) -> bool:
    """Tell a sentence that says I, we or you outside quotation marks: opinion or appeal, seldom news."""
    return bool(_READER[language].search(_QUOTED.sub(" ", sentence)))
