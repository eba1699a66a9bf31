"""What tells hands from machines on a sign-up form, and networks from each other."""

from __future__ import annotations

import ipaddress
from datetime import datetime, timedelta

from digest.tokens import Keyring

_QUICKEST = timedelta(seconds=2)  #: nobody fills a form in faster
_SLOWEST = timedelta(hours=12)


def form_stamp(keyring: Keyring, now: datetime) -> str:
    """Make the value of a sign-up form's hidden field that tells when it was opened."""
    return keyring.sign("sign-up form", now.isoformat())


def is_by_hand(keyring: Keyring, stamp: str, trap: str, *, now: datetime) -> bool | None:
    """Tell whether a person filled in a sign-up form.

    Args:
        keyring: That stamped the form.
        stamp: Of `form_stamp`, as it came back.
        trap: What stands in the field that people do not see.
        now: When it came back.

    Returns:
        False for a machine: it filled in the trap, or was quicker than any hand. None when the form
        was open for too long, or is not ours: a person should press once more.
    """
    if trap:
        return False
    opened = keyring.verify("sign-up form", stamp)
    if opened is None:
        return None
    age = now - datetime.fromisoformat(opened)
    if age < _QUICKEST:
        return False
    return True if age <= _SLOWEST else None


def network_of(keyring: Keyring, address: str) -> str:
    """Name the network of an address for good, without showing it: /64 of IPv6, else the address."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return keyring.digest("network", "unknown", 26)
    if isinstance(found, ipaddress.IPv6Address):
        found = found.ipv4_mapped or ipaddress.ip_network((found, 64), strict=False).network_address
    return keyring.digest("network", str(found), 26)
