"""Find relays that should be greeted with a name."""

from __future__ import annotations

from ipaddress import ip_address

from digest.settings import LoadedSettings, RelaySettings

#: What ends the name of a host that only its own network knows. Source: RFC 6761, RFC 6762, RFC 8375; ICANN's
#: resolution 2024.07.29.06 for internal.
_INSIDE = (".local", ".localhost", ".localdomain", ".internal", ".home.arpa", ".lan", ".intranet", ".corp")


def nameless_greetings(settings: LoadedSettings) -> tuple[str, ...]:
    """Say which relays are greeted with a bare address though their filters may mind; empty when none is.

    Filters look at the greeting of whom they do not know: not of who logs in, and not of their own network.
    """
    return tuple(
        f"relay {relay.name}, which asks for no login, is greeted with a bare address, and filters take that"
        " for a spammer's: set its hello_name to the name that the DNS has for this machine's address"
        for relay in settings.system.relays
        if relay.hello_name is None and _is_a_stranger_to(relay)
    )


def _is_a_stranger_to(relay: RelaySettings) -> bool:
    place = relay.place
    if place.lmtp or place.is_local or relay.user is not None or relay.client_cert_file is not None:
        return False
    try:
        return ip_address(place.host).is_global
    except ValueError:
        name = place.host.lower().rstrip(".")
        return "." in name and not name.endswith(_INSIDE)
