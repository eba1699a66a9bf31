"""SPF: the record that says whose machines may send a domain's mail. Does not ask the DNS."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address
from itertools import groupby, takewhile

from digest.deliver.dns.dmarc import NOWHERE, PREFIX, Policies, owner, policy_names, registry

_VERSION = re.compile(r"v=spf1( |\Z)", re.IGNORECASE)
_MODIFIER = re.compile(r"[a-z][a-z0-9._-]*=", re.IGNORECASE)
_ASKING = {"include", "a", "mx", "ptr", "exists", "redirect"}  #: RFC 7208 section 4.6.4
_KNOWN = _ASKING - {"redirect"} | {"all", "ip4", "ip6"}
_NEED_A_NAME = {"include", "exists", "redirect"}
_MAX_LOOKUPS = 10
_MAX_TERMS = (
    100  #: more than fit into the answer of 512 octets that a record should stay within (section 3.4)
)
_MAX_CHARS = 4_096
_BARRING = "-~?"
_SHOWN = 4  #: networks of a fault
#: What there is of each kind; of IPv6 all that the internet uses (RFC 4291 section 2.4, IANA).
_EVERYBODY = (IPv4Network("0.0.0.0/0"), IPv6Network("2000::/3"))
_EMPTY_NAME = re.compile(r"^[-+~?]?(a|mx|ptr):", re.IGNORECASE)
_MACRO = re.compile(r"%\{[^}]*\}")  #: may hold slashes of its own
_LIKE_A_SUFFIX = re.compile(
    r"[a-z]{2,3}\.[a-z]{2}"
)  #: a country's two letters, and what registries put before
_LENGTHS = re.compile(r"(?:/([0-9]{1,2}))?(?://([0-9]{1,3}))?")


def suggest_spf(domain: str, hosts: Sequence[str], policies: Policies = NOWHERE) -> tuple[str | None, str]:
    """Suggest the record of a domain whose mail leaves by relays.

    Args:
        domain: The envelope sender's domain, in A-labels.
        hosts: The relays' names or addresses; at least one.
        policies: DMARC's on the way up from the domain, and at `neighbour_names`, as far as they are known;
            they tell whose it is.

    Returns:
        The text to publish, None when only a relay's operator can know it; and one line that
        explains it.
    """
    found = [_suggest(domain, host, policies) for host in dict.fromkeys(hosts)]
    terms = [term for term, _ in found if term is not None]
    if len(terms) == len(found):
        line = f"lets {' and '.join(words for _, words in found)} send the domain's mail"
        return f"v=spf1 {' '.join(terms)} ~all", f"{line} and marks all others as doubtful"
    unknown = [words for term, words in found if term is None]
    beside = [f"put {' '.join(terms)} into the same record"] if terms else []
    return None, "; ".join((*unknown, *beside))


def neighbour_names(domain: str, hosts: Iterable[str]) -> tuple[str, ...]:
    """Name the places of DMARC policies that show a relay to be of another owner than a domain.

    Those above the relay and below what its name shares with the domain's; none where that is the domain
    itself, or a last label alone.
    """
    found: list[str] = []
    for host in hosts:
        name = host.lower().rstrip(".")
        shared = _shared(domain, name)
        if shared != domain and "." in shared:
            parents = policy_names(name.partition(".")[2])
            found += (place for place in parents if place.removeprefix(PREFIX).endswith(f".{shared}"))
    return tuple(dict.fromkeys(found))


def spf_texts(texts: Iterable[str]) -> tuple[str, ...]:
    """Choose the texts that are SPF records, or were meant to be."""
    return tuple(text for text in texts if text.strip().lower().startswith(("v=spf", '"v=spf')))


def spf_faults(text: str) -> tuple[str, ...]:
    """List what is wrong with a record, as far as the record alone can tell; empty when nothing is.

    Lookups are counted in this record only, not in those it includes. Of one that is too long the first terms
    are looked at. Source: RFC 7208 sections 3.4, 4.5, 4.6.4, 5 and 6.
    """
    if not _VERSION.match(text):
        return ("it must begin with 'v=spf1' and a space",)
    terms, rest = _first_terms(text)
    faults = [fault for term in terms if (fault := _term_fault(term))]
    if not any(map(_is_everybody, terms)):
        faults += _lets_in_half(terms)
    once = [name for name in ("redirect", "exp") if sum(_name(term) == name for term in terms) > 1]
    faults += [f"'{name}=' may stand there once" for name in once]
    lookups = sum(_name(term) in _ASKING for term in terms)
    if lookups > _MAX_LOOKUPS:
        faults.append(f"it asks for {lookups} lookups, and receivers stop after {_MAX_LOOKUPS}")
    return (*faults, *rest)


def names_host(text: str, host: str) -> bool:
    """Tell whether a record names a relay's host itself."""
    name = host.lower().rstrip(".")
    return any(term.lower().rstrip(".").partition(":")[2] == name for term in text.split()[1:])


def _suggest(domain: str, host: str, policies: Policies) -> tuple[str | None, str]:
    """Return the term for one relay and whom it names; None and what to do where nobody here can know it."""
    try:
        address = ip_address(host)
    except ValueError:
        return _suggest_name(domain, host, policies)
    if not address.is_global:
        return None, _from_inside(host)
    return f"ip{address.version}:{address}", str(address)


def _suggest_name(domain: str, host: str, policies: Policies) -> tuple[str | None, str]:
    name = host.lower().rstrip(".")
    if "." not in name or name.endswith((".localhost", ".local", ".internal")):
        return None, _from_inside(host)
    is_own = _is_own(domain.lower(), name, policies)
    if is_own:
        return f"a:{name}", f"the addresses of {name}"
    # A submission host of another owner is rarely where its mail leaves from.
    ask = f"ask your relay's operator ({name}) for its include: v=spf1 include:THEIRS ~all"
    return None, ask if is_own is False else f"v=spf1 a:{name} ~all if {name} is yours, else {ask}"


def _is_own(domain: str, host: str, policies: Policies) -> bool | None:
    """Tell whether a host is of whoever owns a domain: they share a name that is; None where nobody knows."""
    shared = _shared(domain, host)
    if shared == domain or "." not in shared:
        return shared == domain
    place, has_policy = registry(domain, policies), any(map(policies.get, policy_names(domain)))
    if place is not None:
        return shared != place and shared.endswith(f".{place}")
    if has_policy and f".{shared}".endswith(f".{owner(domain, policies)}"):
        return True
    # Both have policies of their own below what they share, and that has none: gouv.fr says no psd=y so far.
    if any(map(policies.get, neighbour_names(domain, [host]))):
        return None
    # Two labels such as co.uk may be a suffix; those of one owner look like that seldom.
    return None if _LIKE_A_SUFFIX.fullmatch(shared) else True


def _shared(one: str, other: str) -> str:
    """Return the labels that two names have in common at their ends."""
    pairs = zip(reversed(one.split(".")), reversed(other.split(".")), strict=False)
    labels = [left for left, _ in takewhile(lambda pair: pair[0] == pair[1], pairs)]
    return ".".join(reversed(labels))


def _from_inside(host: str) -> str:
    return f"receivers never see {host}: name the address that its mail leaves from, v=spf1 ip4:ADDRESS ~all"


def _first_terms(text: str) -> tuple[list[str], list[str]]:
    """Cut a record into the terms that are looked at; beside them what is wrong when those are not all."""
    terms = text[:_MAX_CHARS].split(maxsplit=_MAX_TERMS + 1)[1:]
    if len(terms) <= _MAX_TERMS and len(text) <= _MAX_CHARS:
        return terms, []
    fault = (
        f"it is longer than {_MAX_TERMS} terms or {_MAX_CHARS:,} characters: only its beginning was looked at"
    )
    whole = terms[:-1] if len(text) > _MAX_CHARS else terms  # the last one may be cut
    return whole[:_MAX_TERMS], [fault]


def _name(term: str) -> str:
    return re.split(r"[:/=]", term.lstrip("+-~?"), maxsplit=1)[0].lower()


def _term_fault(term: str) -> str | None:
    """Say what is wrong with one mechanism or modifier."""
    name, value = _name(term), term.partition("=" if _MODIFIER.match(term) else ":")[2]
    if _is_everybody(term):
        return f"'{term}' lets everybody send the domain's mail"
    if not value.partition("/")[0] and (name in _NEED_A_NAME or _EMPTY_NAME.search(term)):
        return f"'{term}' names no domain"
    if name in {"ip4", "ip6"} and _network(term) is None:
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


def _is_everybody(term: str) -> bool:
    """Tell whether a mechanism alone lets everybody in: +all, or a network of length nought."""
    name = _name(term)
    if term[0] in _BARRING:
        return False
    if name in {"a", "mx"}:
        return any(re.fullmatch("0+", length) for length in _MACRO.sub("", term).split("/")[1:])
    found = _network(term) if name in {"ip4", "ip6"} else None
    return name == "all" or (found is not None and found.prefixlen == 0)


def _lets_in_half(terms: Sequence[str]) -> list[str]:
    """Say which networks together let in half of all addresses of a kind or more: nobody owns so many."""
    faults = []
    for everybody in _EVERYBODY:
        kind = f"ip{everybody.version}"
        of_kind = [term for term in terms if _name(term) == kind and _network(term) is not None]
        named = [term for term in of_kind if term[0] not in _BARRING]
        # Nobody is let in who was turned away before: the first that matches counts.
        count, seen = 0, list[IPv4Network | IPv6Network]()
        for is_barring, group in groupby(of_kind, lambda term: term[0] in _BARRING):
            before = 0 if is_barring else _common(seen, everybody)
            seen += [one for term in group if (one := _network(term)) is not None]
            count += 0 if is_barring else _common(seen, everybody) - before
        if 2 * count >= everybody.num_addresses:
            few = " ".join(named[:_SHOWN]) + " ..." * (len(named) > _SHOWN)
            faults.append(f"'{few}' lets half of all {kind} addresses or more send the domain's mail")
    return faults


def _common(found: Iterable[IPv4Network | IPv6Network], whole: IPv4Network | IPv6Network) -> int:
    """Count the addresses of a whole that lie in any of some networks of its kind."""
    count, reached, end = 0, int(whole[0]), int(whole[-1]) + 1
    for first, last in sorted((int(one[0]), int(one[-1])) for one in found):
        begin, reached = max(first, reached), max(reached, min(last + 1, end))
        count += max(0, reached - begin)
    return count


def _network(term: str) -> IPv4Network | IPv6Network | None:
    """Read the network of an ip4 or ip6 mechanism; None when it holds none."""
    try:
        return (IPv4Network if _name(term) == "ip4" else IPv6Network)(term.partition(":")[2], strict=False)
    except ValueError:
        return None
