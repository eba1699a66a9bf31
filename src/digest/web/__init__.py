"""The web application: the desk, the operators' pages, the subscribers' pages, and the API.

Handlers read a form or an address, call one action, and show what it gave; nothing is decided here.
"""

from digest.web.application import create_app
from digest.web.server import serving

__all__ = ["create_app", "serving"]
