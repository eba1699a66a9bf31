"""SPF: the record that says whose machines may send a domain's mail. Does not ask the DNS."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address

_VERSION = re.compile(r"v=spf1( |\Z)", re.IGNORECASE)
_MODIFIER = re.compile(r"[a-z][a-z0-9._-]*=", re.IGNORECASE)
_ASKING = {"include", "a", "mx", "ptr", "exists", "redirect"}  #: RFC 7208 section 4.6.4
_KNOWN = _ASKING - {"redirect"} | {"all", "ip4", "ip6"}
_NEED_A_NAME = {"include", "exists", "redirect"}
_MAX_LOOKUPS = 10
_EMPTY_NAME = re.compile(r"^[-+~?]?(a|mx|ptr):", re.IGNORECASE)
_LENGTHS = re.compile(r"(?:/([0-9]{1,2}))?(?://([0-9]{1,3}))?")


def suggest_spf(domain: str, hosts: Sequence[str]) -> tuple[str | None, str]:
    """Suggest the record of a domain whose mail leaves by relays.

    Args:
        domain: The envelope sender's domain, in A-labels.
        hosts: The relays' names or addresses; at least one.

    Returns:
        The text to publish, None when only a relay's operator can know it; and one line that
        explains it.
    """
    found = [_suggest(domain, host) for host in dict.fromkeys(hosts)]
    terms = [term for term, _ in found if term is not None]
    if len(terms) == len(found):
        line = f"lets {' and '.join(words for _, words in found)} send the domain's mail"
        return f"v=spf1 {' '.join(terms)} ~all", f"{line} and marks all others as doubtful"
    unknown = [words for term, words in found if term is None]
    beside = [f"put {' '.join(terms)} into the same record"] if terms else []
    return None, "; ".join((*unknown, *beside))


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
    once = [name for name in ("redirect", "exp") if sum(_name(term) == name for term in terms) > 1]
    faults += [f"'{name}=' may stand there once" for name in once]
    lookups = sum(_name(term) in _ASKING for term in terms)
    if lookups > _MAX_LOOKUPS:
        faults.append(f"it asks for {lookups} lookups, and receivers stop after {_MAX_LOOKUPS}")
    return tuple(faults)


def names_host(text: str, host: str) -> bool:
    """Tell whether a record names a relay's host itself."""
    name = host.lower().rstrip(".")
    return any(term.lower().rstrip(".").partition(":")[2] == name for term in text.split()[1:])


def _suggest(domain: str, host: str) -> tuple[str | None, str]:
    """Return the term for one relay and whom it names; None and what to do where nobody here can know it."""
    try:
        address = ip_address(host)
    except ValueError:
        return _suggest_name(domain, host)
    if not address.is_global:
        return None, _from_inside(host)
    return f"ip{address.version}:{address}", str(address)


def _suggest_name(domain: str, host: str) -> tuple[str | None, str]:
    name = host.lower().rstrip(".")
    if "." not in name or name.endswith((".localhost", ".local", ".internal")):
        return None, _from_inside(host)
    # Two names under one owner share at least their last two labels; a submission host of another
    # owner is rarely where its mail leaves from.
    if name.split(".")[-2:] != domain.lower().split(".")[-2:]:
        return None, f"ask your relay's operator ({name}) for its include: v=spf1 include:THEIRS ~all"
    return f"a:{name}", f"the addresses of {name}"


def _from_inside(host: str) -> str:
    return f"receivers never see {host}: name the address that its mail leaves from, v=spf1 ip4:ADDRESS ~all"


def _name(term: str) -> str:
    return re.split(r"[:/=]", term.lstrip("+-~?"), maxsplit=1)[0].lower()


def _term_fault(term: str) -> str | None:
    """Say what is wrong with one mechanism or modifier."""
    name, value = _name(term), term.partition("=" if _MODIFIER.match(term) else ":")[2]
    is_everybody = name == "all" or (name in {"ip4", "ip6"} and value.endswith("/0"))
    if is_everybody and term[0] not in "-~?":
        return f"'{term}' lets everybody send the domain's mail"
    if not value and (name in _NEED_A_NAME or _EMPTY_NAME.search(term)):
        return f"'{term}' names no domain"
    if name in {"ip4", "ip6"} and not _is_network(name, value):
        return f"'{term}' holds no {name} address"
    if name in {"a", "mx"} and not _has_sound_lengths(term):
        return f"'{term}' holds a length that no network has"
    if name in _KNOWN or _MODIFIER.match(term):
        return None
    return f"'{term}' is nothing that SPF knows"


def _has_sound_lengths(term: str) -> bool:
    """Look at the ends of 'a/24//64'. Source: RFC 7208 section 5.3."""
    name, *lengths = term.split("/")
    if "%{" in term or not lengths:
        return True  # a macro may hold slashes of its own
    found = _LENGTHS.fullmatch(term[len(name) :])
    return found is not None and int(found[1] or 0) <= 32 and int(found[2] or 0) <= 128


def _is_network(name: str, value: str) -> bool:
    try:
        (IPv4Network if name == "ip4" else IPv6Network)(value, strict=False)
    except ValueError:
        return False
    return True
