"""DMARC: the record that says what to do with mail that only claims a domain. Does not ask the DNS."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

_LONGEST_PARENT = 7  #: labels; nobody's policy lies deeper, and a name of 127 labels asks for too much
_POLICIES = ("none", "quarantine", "reject")
_MODES = ("r", "s")
_ALLOWED = (("p", _POLICIES), ("sp", _POLICIES), ("adkim", _MODES), ("aspf", _MODES))


def policy_names(domain: str) -> tuple[str, ...]:
    """Name the places of a domain's policy, the nearest first.

    Without a list of the suffixes under which anybody may register, each parent of two labels and
    more is a place. Source: RFC 7489 section 6.6.3.
    """
    labels = domain.split(".")
    parents = (labels[at:] for at in range(1, len(labels) - 1))
    near = (".".join(parent) for parent in parents if len(parent) <= _LONGEST_PARENT)
    return tuple(f"_dmarc.{name}" for name in (domain, *near))


def policy_texts(texts: Iterable[str]) -> tuple[str, ...]:
    """Choose the texts that are policies, or were meant to be."""
    return tuple(text for text in texts if text.strip(' "').lower().startswith("v=dmarc"))


def policy_faults(texts: tuple[str, ...], domain: str, signing: Collection[str]) -> tuple[str, ...]:
    """List what is wrong with the policies found at one place; empty when nothing is.

    Args:
        texts: At least one.
        domain: The sender's, in A-labels.
        signing: Domains of the keys that sign its mail: it or parents of it; empty when others sign.

    Source: RFC 7489 section 6.3.
    """
    if len(texts) > 1:
        return (f"there are {len(texts)} policies, and receivers then heed none: leave one",)
    tags = read_tags(texts[0])
    if next(iter(tags.items()), None) != ("v", "DMARC1"):
        return ("it must begin with 'v=DMARC1;'",)
    return (*_value_faults(tags, domain), *_alignment_faults(tags, domain, signing))


def read_tags(text: str) -> dict[str, str]:
    """Read 'a=1; b=2' into its tags, in their order. Source: RFC 6376 section 3.2."""
    pairs = (part.partition("=") for part in text.split(";") if part.strip())
    return {name.strip(): value.strip() for name, _, value in pairs}


def _value_faults(tags: Mapping[str, str], domain: str) -> list[str]:
    faults = [
        f"{tag}= must be one of {', '.join(allowed)}"
        for tag, allowed in _ALLOWED
        if (tag == "p" or tag in tags) and tags.get(tag, "").lower() not in allowed
    ]
    faults += [
        f"{tag}= must hold addresses such as mailto:postmaster@{domain}"
        for tag in ("rua", "ruf")
        if tag in tags and not all(_is_mailto(uri) for uri in tags[tag].split(","))
    ]
    return faults


def _alignment_faults(tags: Mapping[str, str], domain: str, signing: Collection[str]) -> list[str]:
    """Say whether our signatures count for the domain; a parent's count unless the policy is strict.

    The envelope is always of the From domain itself, so that SPF counts either way.
    Source: RFC 7489 section 3.1.1.
    """
    if tags.get("adkim", "r").lower() == "r" or not signing or domain in signing:
        return []
    return [f"adkim=s asks for a signature of {domain} itself, and no key makes one: write adkim=r"]


def _is_mailto(uri: str) -> bool:
    scheme, _, address = uri.strip().partition(":")
    return scheme.lower() == "mailto" and "@" in address
