"""The REST API: tokens and scopes, pages, problems, and each area once."""

from __future__ import annotations
