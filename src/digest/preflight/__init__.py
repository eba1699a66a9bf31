"""Preflight: everything that is looked at before an edition goes out. Functions of values."""

from collections.abc import Iterator

from digest.model import Finding
from digest.preflight.fields import fields
from digest.preflight.leftovers import doubles, leftovers
from digest.preflight.links import answers, links
from digest.preflight.looks import contrast, pictures, ratio
from digest.preflight.summaries import languages, unfounded, unsupported
from digest.preflight.values import Proof

__all__ = ["RULES", "Proof", "check", "ratio", "unfounded"]

_CHECKS = (links, answers, pictures, contrast, fields, leftovers, doubles, languages, unsupported)

#: Every rule, what is said of an edition that keeps it. Those of the layout are looked at as it is rendered.
RULES = {
    "size": "small enough for every mail program",
    "shortened": "nothing cut for its size",
    "empty": "holds stories",
    "subject_missing": "has a subject",
    "subject_length": "subject is short enough",
    "preheader_length": "preheader has its length",
    "unsubscribe": "a way to unsubscribe",
    "one_click": "unsubscribing by one click",
    "headers": "headers of bulk mail",
    "link_missing": "every headline leads somewhere",
    "link_broken": "links are web addresses",
    "link_insecure": "links by https",
    "link_tracker": "no trackers in links",
    "link_credential": "no secrets in links",
    "link_dead": "no dead links",
    "link_silent": "links answer",
    "picture_insecure": "pictures by https",
    "alt_text": "pictures have alt texts",
    "contrast": "contrast, light and dark",
    "placeholder": "no placeholders",
    "tk": "no TK",
    "section_empty": "no empty section",
    "section_doubled": "no section twice",
    "item_doubled": "no article twice",
    "headline_doubled": "no headline twice",
    "language": "languages match",
    "unsupported": "summaries say what articles say",
}


def check(proof: Proof) -> Iterator[Finding]:
    """List all that is found against an edition besides what its layout found; not weighed yet."""
    for one in _CHECKS:
        yield from one(proof)
