"""DMARC: the record that says what to do with mail that only claims a domain. Does not ask the DNS."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

_LONGEST_PARENT = 7  #: labels; nobody's policy lies deeper, and a name of 127 labels asks for too much
_POLICIES = ("none", "quarantine", "reject")
_MODES = ("r", "s")
_ALLOWED = (
    *((tag, _POLICIES) for tag in ("p", "sp", "np")),  # np: RFC 9091
    *((tag, _MODES) for tag in ("adkim", "aspf")),
)


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


def policy_faults(
    texts: tuple[str, ...], domain: str, signing: Collection[str], envelope: str
) -> tuple[str, ...]:
    """List what is wrong with the policies found at one place; empty when nothing is.

    Args:
        texts: At least one.
        domain: The sender's, in A-labels.
        signing: Domains of the keys that sign its mail: it or parents of it; empty when others sign.
        envelope: The domain of its envelope sender.

    Source: RFC 7489 section 6.3.
    """
    if len(texts) > 1:
        return (f"there are {len(texts)} policies, and receivers then heed none: leave one",)
    tags = read_tags(texts[0])
    if next(iter(tags.items()), None) != ("v", "DMARC1"):
        return ("it must begin with 'v=DMARC1;'",)
    alignment = _alignment_faults(tags, domain, signing, envelope)
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
    tags: Mapping[str, str], domain: str, signing: Collection[str], envelope: str
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
    if envelope.split(".")[-2:] != domain.split(".")[-2:]:
        return [f"{envelope} in the envelope says nothing for {domain}, and no key signs: `digest dkim new`"]
    if tags.get("aspf", "r").lower() == "r":
        return []
    return [f"aspf=s asks for {domain} in the envelope, which has {envelope}, and no key signs: write aspf=r"]


def _is_mailto(uri: str) -> bool:
    scheme, _, address = uri.strip().partition(":")
    return scheme.lower() == "mailto" and "@" in address
