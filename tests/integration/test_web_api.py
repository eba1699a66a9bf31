"""The REST API: tokens and scopes, pages, problems, and each area once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from commands import furnish
from digest.actions.accounts import add_user, find_user
from digest.actions.app import App
from digest.actions.programs import new_token, revoke_token
from digest.bootstrap import open_app
from digest.clock import Clock, system_clock
from digest.errors import TooMany
from digest.model.accounts import ALL, Grant, Right, Role
from digest.web import create_app
from digest.web.api.access import Pace
