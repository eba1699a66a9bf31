"""Have a language model draft the summaries of an edition, if the operator wants that, and judge them.

Nothing here can hold up or spoil an edition: what is not drafted, judged and accepted in time keeps the
article's own sentences, and says why.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from digest.actions.app import App
from digest.drafting import PROMPT_VERSION, Drafter, Job, estimate_tokens
from digest.errors import DraftError
from digest.log import get_logger
from digest.model import DRAFTED, Article, Edition, Item, Summary, SummarySentence
from digest.settings import MORE, DigestSettings
from digest.store import StoredDraft
from digest.summarise.grounding import GATE_VERSION, MAX_WORDS, Verdict, check

_LEAST_S = 0.5  #: no request is begun with less time left
_REASON_CHARS = 400
_MOST_TIMES = 10  #: what an endpoint says it counted is believed up to so many times what was expected


@dataclass(frozen=True, kw_only=True)
class _Wanted:
    """An item that a draft is wanted for."""

    article: Article
    item: Item
    job: Job
    key: str


@dataclass(kw_only=True)
class _Run:
    """The drafts of one edition, while they are made."""

    app: App
    drafter: Drafter
    ends_s: float
    tokens: int = 0  #: spent
    asked: set[int] = field(default_factory=set)  #: articles
    judged: dict[str, StoredDraft] = field(default_factory=dict)  #: new ones, by key
    notes: dict[str, str] = field(default_factory=dict)  #: why there is none, by key


def drafted(
    app: App, digest: DigestSettings, edition: Edition, articles: Sequence[Article], *, may_ask: bool
) -> Mapping[int, Summary]:
    """Return the summaries of an edition's items that a model drafted, and those that say why it did not.

    Args:
        app: The installation; without an endpoint there are none.
        digest: May be set to do without.
        edition: As it is without drafts.
        articles: At least those of its items.
        may_ask: False takes what was drafted before, and asks nobody.

    Returns:
        By article id. Items that are not in it have nothing to do with drafts.

    Raises:
        StoreError: The database cannot be read or written.
    """
    drafter = app.drafter
    if drafter is None or not digest.drafts:
        return {}
    wanted = list(_wanted(app, drafter, digest, edition, articles))
    with app.store.reading() as tx:
        known = dict(tx.drafts.find([one.key for one in wanted]))
    missing = [one for one in wanted if one.key not in known]
    run = _Run(
        app=app, drafter=drafter, ends_s=time.monotonic() + app.system.summaries.deadline.total_seconds()
    )
    if missing and may_ask:
        _ask_all(run, missing)
        _put_on_record(run, missing)
    return {
        one.article.id: summary
        for one in wanted
        if (summary := _summary(one, (known | run.judged).get(one.key), run.notes.get(one.key))) is not None
    }


def _wanted(
    app: App, drafter: Drafter, digest: DigestSettings, edition: Edition, articles: Sequence[Article]
) -> Iterator[_Wanted]:
    by_id = {article.id: article for article in articles}
    lengths = {section.key: section.sentences for section in digest.sections}
    lengths[MORE] = digest.more.sentences
    for section in edition.sections:
        for item in section.items:
            article = by_id[item.article_id]
            if article.word_count < app.system.summaries.min_words:
                continue
            job = Job(
                id=f"a{len(by_id)}x{item.article_id}",
                title=article.title,
                byline=article.byline or "",
                text=article.text,
                language=article.language,
                sentences=lengths[section.key],
            )
            yield _Wanted(article=article, item=item, job=job, key=_key(drafter, job))


def _key(drafter: Drafter, job: Job) -> str:
    """Name all that an answer depends on: what is asked, of whom, and how it is judged."""
    terms = drafter.terms
    parts = (
        (job.title, job.byline, job.text, job.language, job.sentences),
        (terms.endpoint, terms.model, terms.temperature),
        (PROMPT_VERSION, GATE_VERSION, MAX_WORDS),
    )
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _ask_all(run: _Run, missing: Sequence[_Wanted]) -> None:
    """Ask for all, then once more for those that were refused, with what was unsupported.

    What had no usable form is asked for once more as well, and nothing of it is kept.
    """
    refused = _ask_in_batches(run, missing)
    for one, reasons in _ask_in_batches(run, [one for one, _ in refused]):
        if one.key not in run.notes:
            text = "; ".join(reasons)[:_REASON_CHARS]
            run.judged[one.key] = StoredDraft(sentences=(), reason=f"the draft was refused: {text}")


def _ask_in_batches(run: _Run, wanted: Sequence[_Wanted]) -> list[tuple[_Wanted, tuple[str, ...]]]:
    """Return what was refused, each with the reasons; what got no usable answer is noted down."""
    refused: list[tuple[_Wanted, tuple[str, ...]]] = []
    size = run.app.system.summaries.batch
    for at in range(0, len(wanted), size):
        batch = wanted[at : at + size]
        try:
            summaries = _ask(run, batch)
        except DraftError as error:
            get_logger().warning("drafts_failed", reason=error.message, articles=len(batch))
            run.notes.update({one.key: error.message for one in batch})
            refused += [_refused(one, (error.message,)) for one in batch if error.is_model]
            continue
        for one in batch:
            if reasons := _judge(run, one, summaries.get(one.job.id)):
                refused.append(_refused(one, reasons))
    return refused


def _refused(one: _Wanted, reasons: tuple[str, ...]) -> tuple[_Wanted, tuple[str, ...]]:
    return replace(one, job=replace(one.job, complaints=reasons[:8])), reasons


def _ask(run: _Run, batch: Sequence[_Wanted]) -> Mapping[str, str]:
    """Ask for one batch, within time and budget.

    Raises:
        DraftError: There is no answer, no time, or no money left.
    """
    jobs = [one.job for one in batch]
    request = run.drafter.write(jobs, MAX_WORDS)
    expected = estimate_tokens(request, len(jobs))
    left_s = run.ends_s - time.monotonic()
    if fault := run.drafter.fault():
        raise DraftError(fault)
    if left_s < _LEAST_S:
        raise DraftError("no time was left to ask the model")
    now = _reserve(run, expected)
    spent = expected  # what failed may have cost as much
    run.asked.update(one.article.id for one in batch)
    try:
        answer = run.drafter.ask(request, jobs, left_s)
        if answer.tokens is not None:
            spent = min(answer.tokens, expected * _MOST_TIMES)
    finally:
        run.tokens += spent
        with run.app.store.writing() as tx:
            tx.drafts.settle(spent - expected, at=now)
    return answer.summaries


def _reserve(run: _Run, expected: int) -> datetime:
    limits = run.app.system.summaries
    if run.tokens + expected > limits.run_tokens:
        raise DraftError("the budget of this edition is spent (summaries.run_tokens)")
    now = run.app.clock()
    with run.app.store.writing() as tx:
        if not tx.drafts.reserve(expected, limit=limits.month_tokens, at=now):
            raise DraftError("the budget of this month is spent (summaries.month_tokens)")
    return now


def _judge(run: _Run, one: _Wanted, text: str | None) -> tuple[str, ...]:
    """Accept a draft, or say why not."""
    run.notes.pop(one.key, None)
    if text is None:
        return ("no usable summary came back under its id",)
    article = one.article
    verdict = check(
        article.text,
        title=article.title,
        byline=article.byline or "",
        summary=text,
        language=article.language,
    )
    if verdict.ok:
        run.judged[one.key] = StoredDraft(sentences=_sentences(verdict), reason=None)
    return verdict.reasons


def _sentences(verdict: Verdict) -> tuple[SummarySentence, ...]:
    return tuple(
        SummarySentence(text=each.text, start=each.start, end=each.end) for each in verdict.sentences
    )


def _summary(one: _Wanted, draft: StoredDraft | None, note: str | None) -> Summary | None:
    if draft is not None and draft.sentences:
        return Summary(method=DRAFTED, sentences=draft.sentences)
    reason = draft.reason if draft is not None else note
    own = one.item.summary
    return None if reason is None else replace(own, note="; ".join(filter(None, (own.note, reason))))


def _put_on_record(run: _Run, missing: Sequence[_Wanted]) -> None:
    """Store what was judged, and count; drafts that got no answer may be asked for again."""
    accepted = sum(1 for draft in run.judged.values() if draft.sentences)
    with run.app.store.writing() as tx:
        now = run.app.clock()
        tx.drafts.keep(run.judged, at=now)
        tx.drafts.count(asked=len(run.asked), accepted=accepted, fell_back=len(missing) - accepted, at=now)
