"""Look an edition over as it would be mailed now, with what people have said may stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from digest.actions.printing.mail import Press
from digest.errors import DigestError
from digest.model import Article, Finding, LinkAnswer, Waiver, fingerprint
from digest.preflight import RULES, Proof, check
from digest.render import LIMIT_BYTES


@dataclass(frozen=True, kw_only=True)
class Judged:
    """A finding, and who said that it may stand."""

    finding: Finding
    waiver: Waiver | None


@dataclass(frozen=True, kw_only=True)
class Preflight:
    """What was found against an edition, as its content and the settings were at a moment."""

    edition_id: int
    at: datetime
    judged: tuple[Judged, ...]  #: blocks first, then warnings, then what is waived
    passed: tuple[str, ...]  #: rules that it keeps, in the order of `RULES`
    html_bytes: int  #: with slots filled
    limit_bytes: int
    weights: Mapping[str, int]  #: bytes of its sections, by key
    links: tuple[str, ...]  #: that can be asked for
    answers: Mapping[str, LinkAnswer]  #: of those that were asked for lately
    articles: Mapping[int, Article]  #: that its items tell, as they are now; one that was dropped is missing

    @property
    def open(self) -> tuple[Finding, ...]:
        """What nobody has waived."""
        return tuple(one.finding for one in self.judged if one.waiver is None)

    @property
    def blocking(self) -> tuple[Finding, ...]:
        """What keeps it from being approved."""
        return tuple(one for one in self.open if one.level == "block")

    @property
    def why_not(self) -> str:
        """Say in a clause what keeps it from being approved; '' when nothing does."""
        said = "; ".join(f"{one.place}: {one.message}" for one in self.blocking)
        return f"it must not go out with this: {said}" if said else ""


def inspect(press: Press) -> Preflight:
    """Look over an edition as it was rendered. Asks nobody on the network.

    Args:
        press: The edition, laid out; one that is not stored yet has no waivers.
    """
    app, stored, rendered = press.app, press.stored, press.rendered
    now = app.clock()
    weights = press.digest.preflight
    proof, faults = _proof(press)
    with app.store.reading() as tx:
        waivers = tx.waivers.list(stored.id)
        answers = tx.waivers.answers(proof.links, at=now)
    found = dict.fromkeys([*faults, *rendered.findings, *_faults(press, replace(proof, answers=answers))])
    findings = weights.weighed(found)
    broken = {one.rule for one in findings}
    asked = bool(proof.links) and len(answers) == len(proof.links)
    skipped = {rule for rule in RULES if weights.weight(rule) == "off"}
    skipped |= set() if asked or not proof.links else {"link_dead", "link_silent"}
    return Preflight(
        edition_id=stored.id,
        at=now,
        judged=_judged(findings, waivers),
        passed=tuple(rule for rule in RULES if rule not in broken | skipped),
        html_bytes=rendered.html_bytes,
        limit_bytes=LIMIT_BYTES,
        weights=rendered.stencil.weights(),
        links=proof.links,
        answers=answers,
        articles=proof.articles,
    )


def _faults(press: Press, proof: Proof) -> tuple[Finding, ...]:
    """Hold the proof against the rules, unless it is the one that was held against them last."""
    last = press.checked
    if last is None or last[0] != proof:
        last = press.checked = (proof, tuple(check(proof)))
    return last[1]


def _judged(findings: tuple[Finding, ...], waivers: tuple[Waiver, ...]) -> tuple[Judged, ...]:
    by_name = {(one.rule, one.anchor, one.content): one for one in waivers}
    judged = [
        Judged(finding=one, waiver=by_name.get((one.rule, one.anchor, one.content))) for one in findings
    ]
    return tuple(sorted(judged, key=lambda one: one.waiver is not None))


def _proof(press: Press) -> tuple[Proof, list[Finding]]:
    """Print the message of a reader of everything; one that cannot be written is a finding."""
    app, stored, rendered = press.app, press.stored, press.rendered
    try:
        html, fields, faults = press.specimen.html.decode(), press.specimen.fields, []
    except DigestError as error:
        html, fields, faults = "", (), [_unwritten(error)]
    with app.store.reading() as tx:
        articles = tx.articles.many([item.article_id for item in stored.edition.items])
    frame = rendered.stencil.sheet.frame
    proof = Proof(
        edition=stored.edition,
        html=html,
        subject=rendered.subject,
        preheader=rendered.preheader,
        fields=fields,
        light={name: str(value) for name, value in frame.c.items()},
        dark={name: str(value) for name, value in frame.d.items()},
        articles={article.id: article for article in articles},
        home=app.system.site.base_url.rstrip("/"),
    )
    return proof, faults


def _unwritten(error: DigestError) -> Finding:
    return Finding(
        rule="headers",
        place=error.where or "message",
        anchor="message",
        content=fingerprint(error.message),
        message=f"the message cannot be written: {error.message}",
        hint=error.hint,
    )
