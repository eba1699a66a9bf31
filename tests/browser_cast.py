"""A real browser before a real desk: Chromium, driven by Playwright, with axe to judge what it shows.

The tests that use it are slow ones. Without Chromium they are skipped; where CI is set that is a fault.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

from digest.actions.app import App
from digest.actions.staff.accounts import add_user
from digest.actions.staff.signing_in import begin_session
from digest.bootstrap import open_app
from digest.clock import Clock, system_clock
from digest.model.accounts import ALL, Grant, Role
from digest.web import serving

#: Nothing of the browser's own goes out, and it runs as root in a container.
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)
WIDE, NARROW = 1200, 320
WAIT_MS = 30_000  #: for anything to come true, on a machine that is busy
expect.set_options(timeout=WAIT_MS)
PASSWORD = "correct horse battery"
_SERIOUS = {"serious", "critical"}


@dataclass(frozen=True)
class Site:
    """A desk that is served on this machine."""

    app: App
    url: str

    def sign_in(
        self, *roles: Role, digest: str = ALL, email: str = "ada@example.org", name: str = "Ada Venn"
    ) -> str:
        """Add somebody to the desk; returns the token of a session."""
        grants = [Grant(digest=digest, role=role) for role in roles]
        user = add_user(self.app, email, name, password=PASSWORD, grants=grants, by="tests")
        return begin_session(self.app, user).token


@contextmanager
def site(root: Path, *, clock: Clock = system_clock) -> Iterator[Site]:
    """Serve a home's web application on a free port of this machine."""
    with open_app(root, clock=clock) as app, serving(lambda: app, "127.0.0.1:0") as port:
        yield Site(app=app, url=f"http://127.0.0.1:{port}")


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the browser; skips the test where there is none."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        if os.environ.get("CI"):
            pytest.fail("no Chromium here: apt-get install chromium")
        pytest.skip("no Chromium here: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(ARGUMENTS))
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def window(
    browser: Browser,
    url: str,
    *,
    session: str | None = None,
    width: int = WIDE,
    scheme: str = "light",
    script: bool = True,
) -> Iterator[Page]:
    """Open a window of its own: its cookies, width, light or dark, with or without script.

    Whatever its console complains of fails the test, but for answers that are errors.
    """
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=scheme,
        java_script_enabled=script,
        base_url=url,
    )
    if session is not None:
        context.add_cookies([{"name": "session", "value": session, "url": url}])
    page = context.new_page()
    page.set_default_timeout(WAIT_MS)
    said: list[str] = []
    page.on("console", lambda one: said.append(one.text) if one.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    try:
        yield page
        assert [one for one in said if "Failed to load resource" not in one] == []
    finally:
        context.close()


def assert_accessible(page: Page, *rules: str) -> None:
    """Find nothing serious by axe, and nothing that scrolls sideways; all rules, or these alone."""
    # A mail in a frame runs no script, axe's neither, and each frame would be waited for.
    options: dict[str, object] = {"resultTypes": ["violations"], "iframes": False}
    if rules:
        options["runOnly"] = list(rules)
    found = Axe().run(page, options=options).response["violations"]
    serious = [(one["id"], one["nodes"][0]["html"][:200]) for one in found if one["impact"] in _SERIOUS]
    assert serious == [], json.dumps([page.url, *serious], indent=1)
    over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert over <= 0, f"{page.url} scrolls sideways by {over} px"


def assert_all_looks_well(browser: Browser, where: Site, session: str | None, *paths: str) -> None:
    """Hold pages to `assert_accessible`, wide and narrow, light and dark."""
    # One visit of each: what differs between day and night are colours.
    with window(browser, where.url, session=session) as page:
        for path in paths:
            answer = page.goto(path)
            assert answer is not None, path
            assert answer.ok, (path, answer.status)
            for width in (WIDE, NARROW):
                page.set_viewport_size({"width": width, "height": 900})
                page.emulate_media(color_scheme="light", reduced_motion="reduce")
                assert_accessible(page)
                page.emulate_media(color_scheme="dark", reduced_motion="reduce")
                assert_accessible(page, "color-contrast")
