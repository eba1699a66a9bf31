"""Check a summary that somebody else wrote against its article, sentence by sentence.

A net with holes: what it takes for unsupported is so most of the time; what it lets pass may be wrong.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from re import Match

from digest.model.article import primary_language
from digest.summarise.grounding.context import LIMITS, Context
from digest.summarise.grounding.days import backward
from digest.summarise.grounding.facts import CLOSED, Fact, facts_of, may_begin, words_of
from digest.summarise.grounding.form import form_faults
from digest.summarise.grounding.names import is_large
from digest.summarise.grounding.nouns import is_weighty
from digest.summarise.grounding.rounding import is_bare_year, is_rounded
from digest.summarise.grounding.source import Source, stem
from digest.summarise.grounding.speakers import is_opinion, is_surname, named_in_full, narrators
from digest.summarise.grounding.units import is_counting
from digest.summarise.grounding.wording import (
    denies_alone,
    missing_quotations,
    nearest,
    novelty,
    orders,
    support,
)
from digest.summarise.languages import guess
from digest.summarise.split import split

GATE_VERSION = 7  #: grows when verdicts may change
_DUTCH_OFFICE_WORDS = (
    "raadsman vrouw meester woordvoerder woordvoerster wethouder directeur directrice voorzitter advocaat "
    "advocate rechter officier leraar lerares onderzoeker onderzoekster schrijver schrijfster bestuurder "
    "leider secretaris commissaris wetenschapper historicus historica oloog ologe kundige kapitein "
    "vakbondsman hoogleraar topman trainer"
)
_DUTCH_OFFICES = tuple(_DUTCH_OFFICE_WORDS.split())
SUPPORT = 0.18  #: share of its words that a sentence must find in two sentences of the article
WORDED = 0.25  #: the same for a sentence without a pair of words from the article
ARTICLE_CHARS = 30_000  #: what is beyond is not looked at
SENTENCE_CHARS = 2_000  #: of a sentence to be judged; what is beyond is refused by its form
SENTENCE_WORDS = 120
_COMPARED_CLAIMS = 12  #: of a sentence; of those beyond only that they stand in the article is asked
_JUDGED_SENTENCES = 10
SUMMARY_CHARS = _JUDGED_SENTENCES * SENTENCE_CHARS  #: of a draft; a longer one is refused by its form


@dataclass(frozen=True, kw_only=True, slots=True)
class _Draft:
    """A sentence of a summary, taken apart."""

    text: str
    tokens: tuple[Match[str], ...]
    facts: tuple[Fact, ...]  #: its claims


@dataclass(frozen=True, kw_only=True, slots=True)
class SentenceVerdict:
    """What the article says to one sentence of a summary."""

    text: str
    reasons: tuple[str, ...]  #: in words, what the article does not bear out; () when nothing was found
    support: float  #: share of its words that two sentences of the article hold, 0 to 1
    novelty: float  #: how little of it stands in one sentence of the article, 0 to 1
    start: int  #: place of the article's sentence that is most like it, in characters
    end: int

    @property
    def ok(self) -> bool:
        """True when nothing was found against it."""
        return not self.reasons


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """What was found against a summary."""

    form: tuple[str, ...]  #: what is wrong whatever it says
    sentences: tuple[SentenceVerdict, ...]  #: in order

    @property
    def ok(self) -> bool:
        """True when it may be shown."""
        return not self.reasons

    @property
    def reasons(self) -> tuple[str, ...]:
        """All reasons, without repeats."""
        return tuple(dict.fromkeys([*self.form, *(why for each in self.sentences for why in each.reasons)]))


def check(article: str, *, title: str, byline: str | None, summary: str, language: str | None) -> Verdict:
    """Check a summary's form and every claim in it.

    Args:
        article: Plain text, paragraphs apart by an empty line.
        title: What it may name as well; '' when there is none.
        byline: Who wrote it; '' when nobody did. None when that cannot be known: then who speaks
            ('Ada Lovelace: ...') is not looked up in articles told in the first person.
        summary: What somebody made of it.
        language: BCP 47 of the article; None is guessed.
    """
    text = article[:ARTICLE_CHARS]
    code = primary_language(language) if language else guess(text) or "en"
    sentences = sentences_of(summary[:SUMMARY_CHARS], code)
    return Verdict(
        form=form_faults(summary, sentences, text, primary_language(language) if language else None),
        sentences=ground(
            text, title=title, byline=byline, sentences=sentences[:_JUDGED_SENTENCES], language=code
        ),
    )


def sentences_of(summary: str, language: str) -> tuple[str, ...]:
    """Cut a summary at its stops and line ends."""
    lines = (line.strip() for line in summary.split("\n"))
    return tuple(line[span.start : span.end] for line in lines for span in split(line, language))


def ground(
    article: str, *, title: str, byline: str | None, sentences: Sequence[str], language: str
) -> tuple[SentenceVerdict, ...]:
    """Look every claim of sentences up in an article; says nothing of their form. See `check`."""
    article = article[:ARTICLE_CHARS]
    source = Source(article, (title[:SENTENCE_CHARS], (byline or "")[:SENTENCE_CHARS]), language)
    context = Context(source)
    drafts = [_read(source, sentence) for sentence in sentences]
    speakers = (
        _speakers(source, drafts, is_open=is_opinion(article, language)) if byline is None else frozenset()
    )
    return tuple(_judge(source, context, draft, speakers) for draft in drafts)


def ground_record(record: Mapping[str, object]) -> list[dict[str, object]]:
    """Judge each sentence of a record's `summary` by its `article`; see `ground`.

    Args:
        record: Texts `article` and `summary`; if it has them also `title`, `byline` and `language`.

    Returns:
        For each sentence, in order, `text`, `verdict` ('ok' or 'unsupported') and `reasons` in words.
    """
    article, summary = str(record.get("article") or ""), str(record.get("summary") or "")
    byline, language = record.get("byline"), record.get("language")
    code = primary_language(str(language)) if language else guess(article[:ARTICLE_CHARS]) or "en"
    judged = ground(
        article[:ARTICLE_CHARS],
        title=str(record.get("title") or ""),
        byline=None if byline is None else str(byline),
        sentences=sentences_of(summary, code),
        language=code,
    )
    return [
        {"text": each.text, "verdict": "ok" if each.ok else "unsupported", "reasons": list(each.reasons)}
        for each in judged
    ]


def _read(source: Source, sentence: str) -> _Draft:
    text = sentence[:SENTENCE_CHARS]
    tokens = tuple(words_of(text)[:SENTENCE_WORDS])
    facts = facts_of(text, tokens, source.language, source.is_name)
    return _Draft(
        text=text, tokens=tokens, facts=tuple(_past_office(source, text, tokens, each) for each in facts)
    )


def _past_office(source: Source, text: str, tokens: Sequence[Match[str]], fact: Fact) -> Fact:
    """Leave out an office that a Dutch article lacks before a first name that it has: 'Raadsman Jan Smit'."""
    if source.language != "nl" or fact.kind != "name" or len(fact.keys) == 1:
        return fact
    is_office = may_begin(text, tokens, fact.at) and tokens[fact.at].group().lower().endswith(_DUTCH_OFFICES)
    if not is_office or source.holds_word(fact.keys[0]) or not source.begins_names(fact.keys[1]):
        return fact
    shown = text[tokens[fact.at + 1].start() : tokens[fact.end - 1].end()]
    return replace(fact, shown=shown, keys=fact.keys[1:], at=fact.at + 1)


def _is_raised(source: Source, draft: _Draft, fact: Fact) -> bool:
    """Tell a rank or a blame before a German name that the article has in no form: 'Kanzlerin Ada Brandt'."""
    if source.language != "de" or fact.kind != "name" or fact.at == 0:
        return False
    before, name = draft.tokens[fact.at - 1], draft.tokens[fact.at]
    is_beside = not draft.text[before.end() : name.start()].strip()
    word = before.group()
    return is_beside and is_large(word) and is_weighty(word) and not source.holds_end(word)


def _speakers(source: Source, drafts: Sequence[_Draft], *, is_open: bool) -> frozenset[str]:
    """Return the words that name who speaks; a surname alone will do where no more is to be seen."""
    found = set(narrators(source.text)) if is_open else set()
    for draft in drafts:
        found |= named_in_full(source, draft.text, draft.tokens, draft.facts, is_open=is_open)
        if is_open and len(drafts) == 1:
            found |= {fact.keys[0] for fact in draft.facts if is_surname(draft.text, draft.tokens, fact)}
    return frozenset(found)


def _judge(source: Source, context: Context, draft: _Draft, speakers: frozenset[str]) -> SentenceVerdict:
    sentence, tokens = draft.text, draft.tokens
    held, new = support(source, tokens), novelty(source, tokens)
    reasons = [*_claims(source, context, draft, speakers)]
    reasons += [f"the date '{each}'" for each in context.days.faults(sentence, tokens, draft.facts)]
    reasons += [f"the years '{each}' run backwards" for each in backward(sentence, tokens, source)]
    reasons += [f"the quotation '{each}'" for each in missing_quotations(source, sentence)]
    if held < (WORDED if new == 1 else SUPPORT):
        reasons.append(f"only {held:.0%} of its words stand in the article's nearest sentences")
    if denies_alone(source, tokens):
        reasons.append("it denies what the article does not")
    reasons += [f"'{each}' is no news" for each in orders(source, sentence)]
    span = nearest(source, tokens)
    return SentenceVerdict(
        text=sentence, reasons=tuple(reasons), support=held, novelty=new, start=span.start, end=span.end
    )


def _claims(source: Source, context: Context, draft: _Draft, speakers: frozenset[str]) -> Iterator[str]:
    left = _COMPARED_CLAIMS
    for fact in draft.facts:
        if not fact.asserted or (fact.kind == "name" and speakers.intersection(fact.keys)):
            continue
        before = [token.group().casefold() for token in draft.tokens[max(0, fact.at - 2) : fact.at]]
        is_year = is_bare_year(fact.shown, before) and not is_counting(
            draft.text, draft.tokens, fact.end, source.language
        )
        if _is_missing(source, context, fact, before, is_year=is_year) or _is_made_up(source, draft, fact):
            yield f"the {fact.kind} '{fact.shown}'"
            continue
        if _is_raised(source, draft, fact):
            yield f"what stands before the name '{fact.shown}'"
            continue
        if context.units.differ(draft.text, draft.tokens, fact):
            yield f"the {fact.kind} '{fact.shown}' is told of something else in the article"
            continue
        if left == 0:
            continue
        left -= 1
        found = context.misplaced(draft.text, draft.tokens, draft.facts, fact)
        if found is not None and found.score > LIMITS[fact.kind]:
            rival = f"; '{found.rival}' stands there" if found.rival else ""
            yield f"the {fact.kind} '{fact.shown}' is told of something else in the article{rival}"


def _is_made_up(source: Source, draft: _Draft, fact: Fact) -> bool:
    """Tell a name within a sentence that the article only has small, and in other company."""
    tokens = draft.tokens
    if fact.kind != "name" or may_begin(draft.text, tokens, fact.at) or not source.writes_small(fact.keys):
        return False
    large = sum(token.group()[0].isupper() for token in tokens)
    beside = [stem(token.group()) for token in tokens[max(0, fact.at - 1) : fact.end + 1]]
    pairs = {*pairwise(beside[:2]), *pairwise(beside[-2:])}
    is_quoted = CLOSED.match(draft.text, tokens[fact.end - 1].end()) is not None
    return large * 2 < len(tokens) and not is_quoted and pairs.isdisjoint(source.pairs)


def _is_missing(
    source: Source, context: Context, fact: Fact, before: Sequence[str], *, is_year: bool
) -> bool:
    if fact.kind == "name":
        return not source.holds_name(fact.keys)
    if source.where(fact) or context.days.holds(fact):
        return False
    return fact.kind != "number" or is_year or not is_rounded(map(float, fact.keys), source.figures, before)
