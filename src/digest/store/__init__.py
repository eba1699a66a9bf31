"""The only place that knows the database: rows stay inside, values come out."""

from digest.store.addresses import clean_address, fingerprint_address, normalise_address
from digest.store.articles_read import ArticleReading
from digest.store.drafts import DraftMonth, StoredDraft
from digest.store.editions_before import EditionsBefore
from digest.store.limits import Paced, Quota
from digest.store.part import CHUNK
from digest.store.source_figures import Days
from digest.store.source_pages import PageNote
from digest.store.source_states import LONGEST_REST
from digest.store.store import Store, Transaction, open_store
from digest.store.stories import Stories
from digest.store.values import (
    Became,
    ConfigVersion,
    Enrolled,
    Enrolment,
    LogEntry,
    NewBounce,
    NewSubscriber,
    OpenEdition,
    PastEdition,
    PinKind,
    Put,
    Recovered,
    StoredEdition,
    UnknownPolicy,
)

__all__ = [
    "CHUNK",
    "LONGEST_REST",
    "ArticleReading",
    "Became",
    "ConfigVersion",
    "Days",
    "DraftMonth",
    "EditionsBefore",
    "Enrolled",
    "Enrolment",
    "LogEntry",
    "NewBounce",
    "NewSubscriber",
    "OpenEdition",
    "Paced",
    "PageNote",
    "PastEdition",
    "PinKind",
    "Put",
    "Quota",
    "Recovered",
    "Store",
    "StoredDraft",
    "StoredEdition",
    "Stories",
    "Transaction",
    "UnknownPolicy",
    "clean_address",
    "fingerprint_address",
    "normalise_address",
    "open_store",
]
