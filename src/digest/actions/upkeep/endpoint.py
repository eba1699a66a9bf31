"""The endpoint of a language model that the settings name, and whether it answers."""

from __future__ import annotations

from dataclasses import dataclass

from digest.drafting import Job, drafter_of
from digest.errors import DraftError
from digest.settings import SummarySettings

_TRIAL = Job(
    id="trial",
    title="The ferry sails again",
    byline="",
    text="The ferry to Tarn sails again from Monday, the harbour office said.",
    language="en",
    sentences=1,
)
_TRIAL_WORDS = 30  #: of its summary


@dataclass(frozen=True, kw_only=True, slots=True)
class EndpointReport:
    """What an endpoint answered to one short article of our own."""

    endpoint: str
    model: str
    fault: str | None  #: in words; None when its answer can be used


def try_endpoint(told: SummarySettings) -> EndpointReport | None:
    """Ask the endpoint for one short summary, which costs a few hundred tokens.

    Returns:
        None when the settings name no endpoint.
    """
    drafter = drafter_of(told)
    if drafter is None:
        return None
    terms = drafter.terms
    try:
        answer = drafter.ask(drafter.write([_TRIAL], _TRIAL_WORDS), [_TRIAL], terms.timeout_s)
        fault = None if answer.summaries else "the model gave no summary under the id that it was told"
    except DraftError as error:
        fault = error.message
    return EndpointReport(endpoint=terms.endpoint, model=terms.model, fault=fault)
