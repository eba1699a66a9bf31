"""The endpoint of a language model that the settings name, and whether it answers."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from digest.drafting import Job, drafter_of
from digest.errors import DraftError
from digest.paths import find_home
from digest.settings import load_settings
from digest.summarise.grounding import MAX_WORDS

_TRIAL = Job(
    id="trial",
    title="The ferry sails again",
    byline="",
    text="The ferry to Tarn sails again from Monday, the harbour office said.",
    language="en",
    sentences=1,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class EndpointReport:
    """What an endpoint answered to one short article of our own."""

    endpoint: str
    model: str
    fault: str | None  #: in words; None when its answer can be used


def try_endpoint(root: Path) -> EndpointReport | None:
    """Ask the endpoint for one short summary, which costs a few hundred tokens.

    Returns:
        None when the settings name no endpoint.

    Raises:
        NotFound: There is no home.
        SettingsError: The configuration has faults.
    """
    drafter = drafter_of(load_settings(find_home(root).root, os.environ).system.summaries)
    if drafter is None:
        return None
    terms = drafter.terms
    try:
        answer = drafter.ask(drafter.write([_TRIAL], MAX_WORDS), [_TRIAL], terms.timeout_s)
        fault = None if answer.summaries else "the model gave no summary under the id that it was told"
    except DraftError as error:
        fault = error.message
    return EndpointReport(endpoint=terms.endpoint, model=terms.model, fault=fault)
