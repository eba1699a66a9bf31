"""Fetching: documents of the web through one door that strangers cannot turn inwards."""

from digest.fetch.dialling import Connector, Resolver
from digest.fetch.fetcher import Fetcher
from digest.fetch.networks import Address, is_public
from digest.fetch.values import NOTHING_KNOWN, Fetched, Validators

__all__ = [
    "NOTHING_KNOWN",
    "Address",
    "Connector",
    "Fetched",
    "Fetcher",
    "Resolver",
    "Validators",
    "is_public",
]
