"""What the tests of dialling share: a relay's settings, and a call that must fail."""

from __future__ import annotations

from pathlib import Path

import pytest

from digest.deliver.smtp.dial import Dialled, dialled
from digest.errors import TransportError
from digest.settings.system import RelaySettings
from scripted_relay import TLS, ScriptedRelay


def relay_settings(peer: ScriptedRelay | int, **fields: object) -> RelaySettings:
    """Make the settings for a peer or a port: in clear, two seconds, unless the fields say otherwise."""
    port = peer if isinstance(peer, int) else peer.port
    base: dict[str, object] = {
        "name": "main",
        "url": f"smtp://127.0.0.1:{port}",
        "tls": "none",
        "timeout": "2s",
    }
    return RelaySettings.model_validate(base | fields)


def call(peer: ScriptedRelay | int, home: Path = TLS, **fields: object) -> Dialled:
    """Dial a peer; the home is the folder of the certificates unless another is given."""
    return dialled(relay_settings(peer, **fields), home)


def failure(peer: ScriptedRelay | int, home: Path = TLS, **fields: object) -> TransportError:
    """Dial a peer that must not be reached, and return why."""
    with pytest.raises(TransportError) as caught:
        call(peer, home, **fields).smtp.close()
    return caught.value
