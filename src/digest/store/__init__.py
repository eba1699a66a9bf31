"""The only place that knows the database: rows stay inside, values come out."""

from digest.store.addresses import clean_address, fingerprint_address, normalise_address
from digest.store.limits import Paced, Quota
from digest.store.part import CHUNK
from digest.store.store import Store, Transaction, open_store
from digest.store.values import (
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
    "Enrolled",
    "Enrolment",
    "LogEntry",
    "NewBounce",
    "NewSubscriber",
    "OpenEdition",
    "Paced",
    "PastEdition",
    "PinKind",
    "Put",
    "Quota",
    "Recovered",
    "Store",
    "StoredEdition",
    "Transaction",
    "UnknownPolicy",
    "clean_address",
    "fingerprint_address",
    "normalise_address",
    "open_store",
]
