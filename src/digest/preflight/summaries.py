"""What items say: in which language, and whether their articles say it too."""

from __future__ import annotations

from functools import lru_cache

from digest.model import Article, Edition, Finding, Item, fingerprint, item_anchor
from digest.model.article import primary_language
from digest.preflight.values import Findings, Proof
from digest.render import item_place
from digest.summarise.grounding import ground
from digest.summarise.languages import guess

_ENOUGH_CHARS = 120  #: of text whose language can be told


def languages(proof: Proof) -> Findings:
    """Look for items in another language than the digest's."""
    for section, item in proof.items():
        told = _language(item)
        if told is not None and told != primary_language(proof.edition.language):
            yield Finding(
                rule="language",
                place=item_place(section.title, item),
                anchor=item_anchor(item.article_id),
                content=fingerprint(item.title, item.summary.text),
                message=f"it is in another language ({told}) than the digest ({proof.edition.language})",
                hint="write it in the digest's, or drop it",
            )


def _language(item: Item) -> str | None:
    if item.language:
        return primary_language(item.language)
    text = f"{item.title}. {item.summary.text}"
    return guess(text) if len(text) >= _ENOUGH_CHARS else None


def unsupported(proof: Proof) -> Findings:
    """Look for sentences of summaries that say what the article does not.

    Sentences that stand in the article as they are need no judge.
    """
    for section, item in proof.items():
        article = proof.articles.get(item.article_id)
        if article is None:
            continue
        for sentence, reasons in unfounded(item, article, proof.edition):
            yield Finding(
                rule="unsupported",
                place=item_place(section.title, item),
                anchor=item_anchor(item.article_id),
                content=fingerprint(sentence),
                message=f"“{sentence[:300]}” The article doesn’t say this: {'; '.join(reasons)}",
                hint="cut the sentence, or keep it as yours by waiving this",
            )


def unfounded(item: Item, article: Article, edition: Edition) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the sentences of a summary that the article does not bear out, with what is against each."""
    text = " ".join(article.text.split())
    written = tuple(one.text for one in item.summary.sentences if " ".join(one.text.split()) not in text)
    if not written:
        return ()
    return _unfounded(
        article.text, article.title, article.byline or "", written, item.language or "", edition.language
    )


@lru_cache(maxsize=512)  # the desk asks for the same ones at each press
def _unfounded(
    text: str, title: str, byline: str, written: tuple[str, ...], language: str, otherwise: str
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    code = primary_language(language or guess(text) or otherwise)
    verdicts = ground(text, title=title, byline=byline, sentences=written, language=code)
    return tuple((one.text, one.reasons) for one in verdicts if not one.ok)
