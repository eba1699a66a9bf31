"""SPF: the record that says whose machines may send a domain's mail. Does not ask the DNS."""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network, ip_address

_VERSION = re.compile(r"v=spf1( |\Z)", re.IGNORECASE)
_MODIFIER = re.compile(r"[a-z][a-z0-9._-]*=", re.IGNORECASE)
_ASKING = {"include", "a", "mx", "ptr", "exists", "redirect"}  #: RFC 7208 section 4.6.4
_KNOWN = _ASKING - {"redirect"} | {"all", "ip4", "ip6"}
_NEED_A_NAME = {"include", "exists", "redirect"}
_MAX_LOOKUPS = 10


def suggest_spf(domain: str, host: str) -> tuple[str | None, str]:
    """Suggest the record of a domain whose mail leaves by a relay.

    Args:
        domain: The envelope sender's domain, in A-labels.
        host: The relay's name or address.

    Returns:
        The text to publish, None when only the relay's operator can know it; and one line that
        explains it.
    """
    try:
        address = ip_address(host)
    except ValueError:
        return _suggest_name(domain, host)
    if not address.is_global:
        return None, _from_inside(host)
    text = f"v=spf1 ip{address.version}:{address} ~all"
    return text, f"lets {address} send the domain's mail and marks all others as doubtful"


def spf_texts(texts: Iterable[str]) -> tuple[str, ...]:
    """Choose the texts that are SPF records, or were meant to be."""
    return tuple(text for text in texts if text.strip().lower().startswith(("v=spf", '"v=spf')))


def spf_faults(text: str) -> tuple[str, ...]:
    """List what is wrong with a record, as far as the record alone can tell; empty when nothing is.

    Lookups are counted in this record only, not in those it includes. Source: RFC 7208 sections 4.5,
    4.6.4, 5 and 6.
    """
    if not _VERSION.match(text):
        return ("it must begin with 'v=spf1' and a space",)
    terms = text.split()[1:]
    faults = [fault for term in terms if (fault := _term_fault(term))]
    lookups = sum(_name(term) in _ASKING for term in terms)
    if lookups > _MAX_LOOKUPS:
        faults.append(f"it asks for {lookups} lookups, and receivers stop after {_MAX_LOOKUPS}")
    return tuple(faults)


def names_host(text: str, host: str) -> bool:
    """Tell whether a record names a relay's host itself."""
    name = host.lower().rstrip(".")
    return any(term.lower().rstrip(".").partition(":")[2] == name for term in text.split()[1:])


def _suggest_name(domain: str, host: str) -> tuple[str | None, str]:
    name = host.lower().rstrip(".")
    if "." not in name or name.endswith((".localhost", ".local", ".internal")):
        return None, _from_inside(host)
    # Two names under one owner share at least their last two labels; a submission host of another
    # owner is rarely where its mail leaves from.
    if name.split(".")[-2:] != domain.lower().split(".")[-2:]:
        return None, f"ask your relay's operator ({name}) for its include: v=spf1 include:THEIRS ~all"
    line = f"lets the addresses of {name} send the domain's mail and marks all others as doubtful"
    return f"v=spf1 a:{name} ~all", line


def _from_inside(host: str) -> str:
    return f"receivers never see {host}: name the address that its mail leaves from, v=spf1 ip4:ADDRESS ~all"


def _name(term: str) -> str:
    return re.split(r"[:/=]", term.lstrip("+-~?"), maxsplit=1)[0].lower()


def _term_fault(term: str) -> str | None:
    """Say what is wrong with one mechanism or modifier."""
    name, value = _name(term), term.partition("=" if _MODIFIER.match(term) else ":")[2]
    if name == "all" and term[0] not in "-~?":
        return f"'{term}' lets everybody send the domain's mail"
    if name in _NEED_A_NAME and not value:
        return f"'{term}' names no domain"
    if name in {"ip4", "ip6"}:
        return None if _is_network(name, value) else f"'{term}' holds no {name} address"
    if name in _KNOWN or _MODIFIER.match(term):
        return None
    return f"'{term}' is nothing that SPF knows"


def _is_network(name: str, value: str) -> bool:
    try:
        (IPv4Network if name == "ip4" else IPv6Network)(value, strict=False)
    except ValueError:
        return False
    return True
