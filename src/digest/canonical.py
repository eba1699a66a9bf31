"""One name for the many addresses of one document."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urlsplit, urlunsplit

_TRACKING = re.compile(
    r"utm_\w*|gclid|fbclid|dclid|msclkid|yclid|twclid|ttclid|gbraid|wbraid|"
    r"igshid|mc_[ce]id|_ga|_gl|ref_src|at_(?:medium|campaign|custom\d)|ns_(?:campaign|mchannel|source)|"
    r"wt_mc\w*|xtor|cmpid|smid|mkt_tok|vero_id|_hs(?:enc|mi)"
)
_AMP_VALUES = ("", "1", "true", "amp")
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_PLAIN = frozenset(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~"
)  # RFC 3986, section 2.3
_PORTS = {"http": 80, "https": 443}


def canonical_address(address: str) -> str:
    """Return the form by which addresses of one document are recognised. Not for links: it may lead nowhere.

    What does not count: http or https, the case of the host, default ports, fragments, the order of
    parameters, those that only follow readers around, how letters are escaped (RFC 3986, section 6.2.2),
    a slash at the end and the mark of an AMP page. 'www.' and 'm.' do count: behind them may stand
    another site.

    Args:
        address: http or https, as `digest.links.web_address` gives it; anything else comes back as it is.
    """
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return address
    if parts.scheme not in _PORTS or not parts.hostname:
        return address
    host = parts.hostname.removesuffix(".")
    if ":" in host:
        host = f"[{host}]"
    if port not in (None, _PORTS[parts.scheme]):
        host = f"{host}:{port}"
    fragment = parts.fragment if parts.fragment.startswith("!") else ""  # '#!' led to pages of their own
    return urlunsplit(("https", host, _path(parts), _query(parts.query), fragment))


def trackers(address: str) -> tuple[str, ...]:
    """Name the parameters of an address that only follow readers around, in their order; () for none."""
    try:
        query = urlsplit(address).query
    except ValueError:
        return ()
    names = (pair.partition("=")[0] for pair in query.split("&"))
    return tuple(dict.fromkeys(name for name in names if _TRACKING.fullmatch(name.lower())))


def _path(parts: SplitResult) -> str:
    path = _escapes(parts.path).rstrip("/")
    if path.count("/") > 1:
        path = path.removesuffix("/amp").rstrip("/")
    return path or "/"


def _query(query: str) -> str:
    kept = [pair for pair in _escapes(query).split("&") if pair and not _is_tracking(pair)]
    return "&".join(sorted(kept))


def _is_tracking(pair: str) -> bool:
    name, _, value = pair.partition("=")
    name = name.lower()
    if name in {"amp", "outputtype"}:
        return value.lower() in _AMP_VALUES
    return bool(_TRACKING.fullmatch(name))


def _escapes(text: str) -> str:
    """Write plain letters plain and the names of others in capitals."""

    def written(found: re.Match[str]) -> str:
        letter = chr(int(found[1], 16))
        return letter if letter in _PLAIN else found[0].upper()

    return _ESCAPE.sub(written, text)
