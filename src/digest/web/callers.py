"""Where a request comes from, in the few words that are kept, and what its browser is known by."""

from __future__ import annotations

from ipaddress import AddressValueError, IPv4Address, IPv6Address, IPv6Network

from fastapi import Request
from fastapi.responses import Response

from digest.actions.staff.signing_in import LONGEST, Caller, SignedIn
from digest.web.guard import is_secure, session_cookie

_DEVICE_S = 365 * 86_400
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("Chrome", "Chrome"),
    ("CriOS", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "an iPhone"),
    ("iPad", "an iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "a Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def network_of(request: Request) -> str:
    """Name the network of a request: an IPv4 address, or the 64 bits of IPv6 that one household has.

    Behind a web server in front this is right only where `web.proxies` names it.
    """
    host = request.client.host if request.client else ""
    try:
        address = IPv6Address(host.partition("%")[0])
    except AddressValueError:
        return host
    within: IPv4Address | None = address.ipv4_mapped
    return str(within or IPv6Network((address, 64), strict=False))


def agent_of(request: Request) -> str:
    """Name a browser and its system in a few words, such as 'Firefox on Linux'."""
    said = request.headers.get("user-agent", "")[:500]
    browser = next((word for sign, word in _BROWSERS if f"{sign}/" in said), "")
    system = next((word for sign, word in _SYSTEMS if sign in said), "")
    if browser and system:
        return f"{browser} on {system}"
    return browser or (f"A browser on {system}" if system else "A browser")


def device_cookie(request: Request) -> str:
    """Return the name of the cookie that tells a known browser from strangers'."""
    return "__Host-device" if is_secure(request) else "device"


def caller_of(request: Request) -> Caller:
    """Return what is known of who wants to sign in."""
    device = request.cookies.get(device_cookie(request), "")
    return Caller(network=network_of(request), agent=agent_of(request), device=device[:200])


def seated(request: Request, answer: Response, begun: SignedIn) -> Response:
    """Give a browser its session; one that is not to stay ends with the browser."""
    age = int(LONGEST.total_seconds()) if begun.stays else None
    for name, value, kept_s in (
        (session_cookie(request), begun.token, age),
        (device_cookie(request), begun.device, _DEVICE_S),
    ):
        secure = is_secure(request)
        answer.set_cookie(name, value, max_age=kept_s, httponly=True, secure=secure, samesite="lax")
    return answer
