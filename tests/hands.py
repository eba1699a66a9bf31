"""How a person works a page: with a pointer, or with the keyboard alone. A journey goes with both."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

_MOST_STEPS = 400  #: by Tab, to get anywhere on a page


@dataclass
class Pointer:
    """Clicks, and types where it clicked."""

    page: Page

    def press(self, what: Locator) -> None:
        """Press a button, follow a link or tick a box."""
        what.click()

    def write(self, what: Locator, text: str) -> None:
        """Put a text into a field, in place of what stands there."""
        what.fill(text)

    def choose(self, what: Locator, label: str) -> None:
        """Choose from a list."""
        what.select_option(label=label)

    def attach(self, what: Locator, file: Path) -> None:
        """Choose a file."""
        what.set_input_files(file)


@dataclass
class Keys:
    """Goes on by Tab until the focus is there; a page that cannot be worked so fails the test."""

    page: Page

    def __post_init__(self) -> None:
        """Ask for the windows that choose a file: who asks as a key goes down may come too late for it."""
        self.page.on("filechooser", lambda _chooser: None)

    def press(self, what: Locator) -> None:
        """Press a button or follow a link by Enter, tick a box by Space."""
        self._reach(what)
        is_box = what.evaluate("one => one.matches('[type=checkbox], [type=radio]')")
        self.page.keyboard.press("Space" if is_box else "Enter")

    def write(self, what: Locator, text: str) -> None:
        """Put a text into a field, in place of what stands there."""
        self._reach(what)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(text)

    def choose(self, what: Locator, label: str) -> None:
        """Choose from a list by typing what it says."""
        self._reach(what)
        self.page.keyboard.type(label)
        expect(what.locator("option:checked")).to_have_text(label)

    def attach(self, what: Locator, file: Path) -> None:
        """Choose a file: Enter opens the system's own window, which is not the page's."""
        self._reach(what)
        with self.page.expect_file_chooser() as chooser:
            self.page.keyboard.press("Enter")
        chooser.value.set_files(file)

    def _reach(self, what: Locator) -> None:
        expect(what).to_be_visible()
        for _ in range(_MOST_STEPS):
            if what.evaluate("one => one === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        pytest.fail(f"{what} is not reached by Tab on {self.page.url}")


Hand = type[Pointer] | type[Keys]
both_hands = pytest.mark.parametrize("hand", [Pointer, Keys])
