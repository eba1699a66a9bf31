"""The only place that knows the database: rows stay inside, values come out."""

from digest.store.addresses import clean_address, fingerprint_address, normalise_address
from digest.store.articles_read import ArticleReading
from digest.store.config_versions import ConfigVersion
from digest.store.drafts import DraftMonth, StoredDraft
from digest.store.editions_before import EditionsBefore
from digest.store.limits import Paced, Quota
from digest.store.part import CHUNK
from digest.store.shapes import Version
from digest.store.source_figures import Became, Days
from digest.store.source_pages import PageNote
from digest.store.source_states import LONGEST_REST
from digest.store.store import Store, Transaction, open_store
from digest.store.stories import Stories
from digest.store.tallies import ACCEPTED
from digest.store.values import (
    Begun,
    Closing,
    Enrolled,
    Enrolment,
    LogEntry,
    Marks,
    Mix,
    NamedEdition,
    NewBounce,
    NewSubscriber,
    OffRecord,
    OpenEdition,
    PastEdition,
    PersonalMail,
    PinKind,
    Prunable,
    Put,
    Reason,
    Recovered,
    RelayHour,
    RelayLook,
    StoredEdition,
    Tally,
    Unknown,
    UnknownPolicy,
)

__all__ = [
    "ACCEPTED",
    "CHUNK",
    "LONGEST_REST",
    "ArticleReading",
    "Became",
    "Begun",
    "Closing",
    "ConfigVersion",
    "Days",
    "DraftMonth",
    "EditionsBefore",
    "Enrolled",
    "Enrolment",
    "LogEntry",
    "Marks",
    "Mix",
    "NamedEdition",
    "NewBounce",
    "NewSubscriber",
    "OffRecord",
    "OpenEdition",
    "Paced",
    "PageNote",
    "PastEdition",
    "PersonalMail",
    "PinKind",
    "Prunable",
    "Put",
    "Quota",
    "Reason",
    "Recovered",
    "RelayHour",
    "RelayLook",
    "Store",
    "StoredDraft",
    "StoredEdition",
    "Stories",
    "Tally",
    "Transaction",
    "Unknown",
    "UnknownPolicy",
    "Version",
    "clean_address",
    "fingerprint_address",
    "normalise_address",
    "open_store",
]
