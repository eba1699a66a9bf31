"""DMARC: the record that says what to do with mail that only claims a domain. Does not ask the DNS."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType

Policies = Mapping[str, tuple[str, ...]]  #: texts by the name of the place where they were found

PREFIX = "_dmarc."  #: of the places of policies
NOWHERE: Policies = MappingProxyType({})  #: nobody was asked
_LONGEST_PARENT = 7  #: labels; nobody's policy lies deeper, and a name of 127 labels asks for too much
_POLICIES = ("none", "quarantine", "reject")
_MODES = ("r", "s")
_ALLOWED = (
    *((tag, _POLICIES) for tag in ("p", "sp", "np")),  # np: RFC 9091
    *((tag, _MODES) for tag in ("adkim", "aspf")),
)


def policy_names(domain: str) -> tuple[str, ...]:
    """Name the places of a domain's policy, the nearest first; of its parents those of two labels and more.

    Source: RFC 9989 section 4.10, which goes on to the last label.
    """
    labels = domain.split(".")
    parents = (labels[at:] for at in range(1, len(labels) - 1))
    near = (".".join(parent) for parent in parents if len(parent) <= _LONGEST_PARENT)
    return tuple(f"{PREFIX}{name}" for name in (domain, *near))


def owner(domain: str, policies: Policies) -> str:
    """Name the domain of whoever owns a domain, as policies on the way up tell; itself where there are none.

    The highest one that has a policy, but for places under which anybody may register: those say so
    by `psd=y`, and an owner is then one label below. Source: RFC 9989 section 4.10.2.
    """
    found = domain
    for name in policy_names(domain):
        kind, place = _kind(policies.get(name, ())), name.removeprefix(PREFIX)
        if kind is None:
            continue
        if kind == "y":
            return ".".join(domain.split(".")[-place.count(".") - 2 :])
        found = place
        if kind == "n":
            break
    return found


def registry(domain: str, policies: Policies) -> str | None:
    """Name the nearest place above a domain that says of itself that anybody may register there."""
    names = (name for name in policy_names(domain) if _kind(policies.get(name, ())) == "y")
    found = next(names, None)
    return None if found is None else found.removeprefix(PREFIX)


def policy_place(domain: str, policies: Policies) -> str | None:
    """Name the place of the policy that holds: the domain's own, its owner's or the registry's; or None.

    Of several policies at a place receivers heed none, so nobody is an owner by them; the nearest such
    place is named where there is no other. Source: RFC 9989 section 4.10.1.
    """
    first = (f"{PREFIX}{domain}", f"{PREFIX}{owner(domain, policies)}")
    above = policy_names(domain)
    registries = (name for name in above if _kind(policies.get(name, ())) == "y")
    unheeded = (name for name in above if len(policies.get(name, ())) > 1)
    return next((name for name in (*first, *registries, *unheeded) if policies.get(name)), None)


def _kind(texts: tuple[str, ...]) -> str | None:
    """Read what a place says of itself, y where anybody may register below; None without one policy."""
    return read_tags(texts[0]).get("psd", "u").lower() if len(texts) == 1 else None


def may_be_related(one: str, other: str) -> bool:
    """Tell whether two domains could have one owner, before anybody was asked."""
    return one.split(".")[-2:] == other.split(".")[-2:]


def policy_texts(texts: Iterable[str]) -> tuple[str, ...]:
    """Choose the texts that are policies, or were meant to be."""
    return tuple(text for text in texts if text.strip(' "').lower().startswith("v=dmarc"))


def policy_faults(
    texts: tuple[str, ...],
    domain: str,
    signing: Collection[str],
    envelope: str,
    policies: Policies = NOWHERE,
) -> tuple[str, ...]:
    """List what is wrong with the policies found at one place; empty when nothing is.

    Args:
        texts: At least one.
        domain: The sender's, in A-labels.
        signing: Domains of the keys that sign its mail: it or parents of it; empty when others sign.
        envelope: The domain of its envelope sender.
        policies: Those at the places of both domains, as far as it is known that there are any.

    Source: RFC 7489 section 6.3.
    """
    if len(texts) > 1:
        return (f"there are {len(texts)} policies, and receivers then heed none: leave one",)
    tags = read_tags(texts[0])
    if next(iter(tags.items()), None) != ("v", "DMARC1"):
        return ("it must begin with 'v=DMARC1;'",)
    alignment = _alignment_faults(tags, domain, signing, envelope, policies)
    return (*repeated_tags(texts[0]), *_value_faults(tags, domain), *alignment)


def read_tags(text: str) -> dict[str, str]:
    """Read 'a=1; b=2' into its tags, in their order. Source: RFC 6376 section 3.2."""
    pairs = (part.partition("=") for part in text.split(";") if part.strip())
    return {name.strip(): value.strip() for name, _, value in pairs}


def repeated_tags(text: str) -> tuple[str, ...]:
    """List the tags that stand there more than once, as faults. Source: RFC 6376 section 3.2."""
    names = [part.partition("=")[0].strip() for part in text.split(";") if part.strip()]
    return tuple(f"{name}= may stand there once" for name in dict.fromkeys(names) if names.count(name) > 1)


def _value_faults(tags: Mapping[str, str], domain: str) -> list[str]:
    faults = [
        f"{tag}= must be one of {', '.join(allowed)}"
        for tag, allowed in _ALLOWED
        if (tag == "p" or tag in tags) and tags.get(tag, "").lower() not in allowed
    ]
    share = tags.get("pct", "100")
    if not (share.isascii() and share.isdecimal() and len(share) <= 3 and int(share) <= 100):
        faults.append("pct= must be a whole number from 0 to 100")
    faults += [
        f"{tag}= must hold addresses such as mailto:postmaster@{domain}"
        for tag in ("rua", "ruf")
        if tag in tags and not all(_is_mailto(uri) for uri in tags[tag].split(","))
    ]
    return faults


def _alignment_faults(
    tags: Mapping[str, str], domain: str, signing: Collection[str], envelope: str, policies: Policies
) -> list[str]:
    """Say whether signatures and envelope count for the domain; relatives' count unless the policy is strict.

    Where a key signs, the envelope need not count: one of the two is enough. Source: RFC 7489 section 3.1.
    """
    if signing:
        is_met = tags.get("adkim", "r").lower() == "r" or domain in signing
        strict = f"adkim=s asks for a signature of {domain} itself, and no key makes one: write adkim=r"
        return [] if is_met else [strict]
    if envelope == domain:
        return []
    if not _are_related(envelope, domain, policies):
        way_out = "`digest dkim new`"
        if may_be_related(envelope, domain):
            way_out += ", or a policy at a parent of both, if that is yours"
        return [f"{envelope} in the envelope says nothing for {domain}, and no key signs: {way_out}"]
    if tags.get("aspf", "r").lower() == "r":
        return []
    return [f"aspf=s asks for {domain} in the envelope, which has {envelope}, and no key signs: write aspf=r"]


def _are_related(one: str, other: str, policies: Policies) -> bool:
    """Tell whether receivers take two domains for one owner's; one below the other is, however they ask."""
    if f".{one}".endswith(f".{other}") or f".{other}".endswith(f".{one}"):
        return True
    return owner(one, policies) == owner(other, policies)


def _is_mailto(uri: str) -> bool:
    scheme, _, address = uri.strip().partition(":")
    return scheme.lower() == "mailto" and "@" in address
