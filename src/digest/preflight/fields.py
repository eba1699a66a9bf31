"""The message's header: what readers' providers ask of bulk mail."""

from __future__ import annotations

from digest.model import Finding, fingerprint
from digest.preflight.values import Findings, Proof

_NEEDED = ("From", "To", "Subject", "Date", "Message-ID", "List-ID")  #: RFC 5322 section 3.6, RFC 2919
_ONE_CLICK = "List-Unsubscribe=One-Click"  #: RFC 8058 section 3.1


def fields(proof: Proof) -> Findings:
    """Look for the fields that every message must have, once each, and those that let people go."""
    if not proof.fields:
        return
    there: dict[str, list[str]] = {}
    for name, value in proof.fields:
        there.setdefault(name.lower(), []).append(value)
    missing = [name for name in _NEEDED if not "".join(there.get(name.lower(), [])).strip()]
    doubled = [name for name in _NEEDED if len(there.get(name.lower(), [])) > 1]
    if missing or doubled:
        said = [f"without {', '.join(missing)}"] * bool(missing)
        said += [f"with more than one {', '.join(doubled)}"] * bool(doubled)
        yield _of("headers", f"the message is {' and '.join(said)}", "look at `digest check`", *said)
    leave = " ".join(there.get("list-unsubscribe", []))
    if "http" not in leave:
        yield _of("unsubscribe", "no address to unsubscribe in List-Unsubscribe", "see site.base_url", leave)
    elif "https://" not in leave or _ONE_CLICK not in there.get("list-unsubscribe-post", []):
        hint = "large providers ask for it: let site.base_url begin with https://"
        yield _of("one_click", "readers cannot unsubscribe by one click (RFC 8058)", hint)


def _of(rule: str, message: str, hint: str, *content: str) -> Finding:
    return Finding(
        rule=rule,
        place="headers",
        anchor="headers",
        content=fingerprint(*content),
        message=message,
        hint=hint,
    )
