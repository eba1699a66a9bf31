"""Fetching: documents of the web through one door that strangers cannot turn inwards."""

from digest.fetch.dialling import Connector, Resolver
from digest.fetch.fetcher import Fetcher
from digest.fetch.networks import Address, is_public
from digest.fetch.robots import ALL, NOTHING, UNREAD, Robots, read_robots
from digest.fetch.values import NOTHING_KNOWN, Fetched, Validators

__all__ = [
    "ALL",
    "NOTHING",
    "NOTHING_KNOWN",
    "UNREAD",
    "Address",
    "Connector",
    "Fetched",
    "Fetcher",
    "Resolver",
    "Robots",
    "Validators",
    "is_public",
    "read_robots",
]
