"""Summarise a text with sentences of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from digest.model import Summary, SummarySentence
from digest.model.article import primary_language
from digest.summarise.languages import WEIGHTED, guess, name_of
from digest.summarise.sentences import look_at
from digest.summarise.split import Span, split
from digest.summarise.weigh import Weighed, choose, weigh

_WHOLE_CHARS = 800  #: a short text is shown whole up to this
_SENTENCE_CHARS = 400  #: what is shown of a sentence that no summary has room for
_READ_SENTENCES = 300  #: news says what matters before that


def summarise(
    text: str, *, title: str, language: str | None, sentences: int, words: int | None = None
) -> Summary:
    """Choose the sentences that tell a text best. Writes no word that the text does not hold.

    Args:
        text: Plain text, paragraphs apart by an empty line.
        title: What the text is about; may be empty.
        language: BCP 47. None is guessed from the text's small words.
        sentences: How many to choose, at least 1; fewer come when the text has no more that are fit.
        words: The most words of a summary in a language with a method, unless the best sentence alone has
            more; None for 60, 80 or 100 with one, two or three sentences.

    Returns:
        Method 'whole' for a short text, 'weighted' for a language with a method, else 'lead'
        with a note that says why. Sentences are in text order.
    """
    return _Text.read(text, title, language).summary(sentences, words)


def summaries(text: str, *, title: str, language: str | None) -> tuple[Summary, Summary, Summary]:
    """Summarise a text in one, in two and in three sentences; arguments as for summarise()."""
    read = _Text.read(text, title, language)
    return read.summary(1), read.summary(2), read.summary(3)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Text:
    """A text with what every length of summary needs of it."""

    text: str
    language: str | None  #: primary; None is unknown
    spans: Sequence[Span]
    fit: Sequence[Weighed]  #: sentences that may stand; empty where the language has no method

    @classmethod
    def read(cls, text: str, title: str, language: str | None) -> _Text:
        code = primary_language(language) if language else guess(text)
        spans = split(text, code)
        fit: list[Weighed] = []
        if code in WEIGHTED:
            seen = look_at(text, spans[:_READ_SENTENCES], code)
            fit = [each for each in weigh(seen, title, code) if not each.sentence.vetoed]
        return cls(text=text, language=code, spans=spans, fit=fit)

    def summary(self, count: int, words: int | None = None) -> Summary:
        room = words is None or len(self.text.split()) <= words
        if room and len(self.spans) <= count and _chars(self.spans) <= _WHOLE_CHARS:
            return Summary(method="whole", sentences=tuple(_shown(self.text, span) for span in self.spans))
        if self.language not in WEIGHTED:
            missing = (
                f"no method for {name_of(self.language)}" if self.language else "the language is not known"
            )
            return _lead(self.text, self.spans, count, f"{missing}: the first sentences stand in")
        if not self.fit:
            note = "no sentence is fit to stand alone: the first ones stand in"
            return _lead(self.text, self.spans, count, note)
        return _weighted(self.text, choose(self.fit, count, words))


def _weighted(text: str, chosen: Sequence[Weighed]) -> Summary:
    in_order = sorted(chosen, key=lambda each: each.sentence.place)
    shown = tuple(_shown(text, each.sentence.span, each.terms) for each in in_order)
    return Summary(method="weighted", sentences=shown)


def _lead(text: str, spans: Sequence[Span], count: int, note: str) -> Summary:
    """Take the first sentences; one that ends in a colon brings the next or stays out."""
    last = min(count, len(spans))
    while last > 1 and text[spans[last - 1].end - 1] in ":：":
        last -= 1
    if last == 1 < len(spans) and text[spans[0].end - 1] in ":：":
        last = 2
    shown = tuple(_shown(text, _cut(text, span)) for span in spans[:last])
    return Summary(method="lead", sentences=shown, note=note)


def _cut(text: str, span: Span) -> Span:
    """Shorten a sentence that is too long to show, at a word boundary where there is one."""
    if span.end - span.start <= _SENTENCE_CHARS:
        return span
    end = span.start + _SENTENCE_CHARS
    space = max(text.rfind(" ", span.start + _SENTENCE_CHARS // 2, end), text.rfind("\n", span.start, end))
    end = space if space > span.start else end
    return Span(span.start, span.start + len(text[span.start : end].rstrip()))


def _shown(text: str, span: Span, terms: Sequence[tuple[str, float]] = ()) -> SummarySentence:
    return SummarySentence(
        text=text[span.start : span.end],
        start=span.start,
        end=span.end,
        terms=tuple((name, round(value, 4)) for name, value in terms if round(value, 4)),
    )


def _chars(spans: Sequence[Span]) -> int:
    return sum(span.end - span.start for span in spans)
