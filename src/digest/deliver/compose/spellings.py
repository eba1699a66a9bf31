"""The forms in which mail servers repeat an address."""

from __future__ import annotations

from contextlib import suppress
from functools import lru_cache
from urllib.parse import quote

from email_validator import validate_email

from digest.deliver.compose.headers import check_address
from digest.errors import MessageError


def spellings(email: str, text: str) -> tuple[str, ...]:
    """Return the forms of an address in which a text may hold it, in any case, as it is given first.

    On the wire its domain stands in A-labels; some show it in U-labels, quote the name, or write all as web
    addresses do. Which of these to look for, the signs in the text say.
    """
    forms = [email]
    with suppress(MessageError):
        forms.append(check_address(email, smtputf8=True, where="recipient"))
    is_coded = "%" in text
    if "xn--" in forms[-1].lower() and (is_coded or not text.isascii()):
        name, _, domain = forms[-1].rpartition("@")
        forms.append(f"{name}@{_u_labels(domain)}")
    if '"' in text:
        forms += [f'"{name}"@{domain}' for name, _, domain in (one.rpartition("@") for one in forms)]
    if is_coded:
        forms += [quote(one, safe) for one in forms for safe in ("", "@", "+")]
    return tuple(dict.fromkeys(forms))


@lru_cache(maxsize=256)
def _u_labels(domain: str) -> str:
    try:
        return str(validate_email(f"sam@{domain}", check_deliverability=False).domain)
    except ValueError:
        return domain
