"""The desk in a browser: shaping by keys, by pointer and without script; two editors; the way back."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from browser_cast import Site, assert_accessible, assert_all_looks_well, chromium, site, window
from digest.actions.editions import find
from digest.model.accounts import Role
from newsroom import DUE, Clock, newsroom

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

REVIEW = "review: {mode: required}"


def on_the_desk(root: Path) -> int:
    """Build an edition that waits for an editor; returns its number."""
    with newsroom(root, REVIEW) as room:
        return room.build()


def order(here: Site, edition: int) -> list[int]:
    """Return the articles of an edition, in order."""
    return [item.article_id for item in find(here.app, edition).edition.items]


def until_saved(page: Page, version: int) -> None:
    """Wait until the desk shows a state."""
    expect(page.locator("#worktable")).to_have_attribute("data-version", str(version))


def test_an_editor_shapes_an_edition_by_keys_alone(tmp_path: Path) -> None:
    """Move down, drop, undo twice, write a headline; the focus stays, the live region says what is."""
    edition = on_the_desk(tmp_path / "home")
    with site(tmp_path / "home", clock=Clock(DUE)) as here, chromium() as browser:
        session = here.sign_in(Role.APPROVER)
        built = order(here, edition)
        with window(browser, here.url, session=session) as page:
            page.goto(f"/desk/{edition}")
            page.keyboard.press("j")
            page.keyboard.press("Shift+J")
            until_saved(page, 1)
            assert order(here, edition)[:2] == [built[1], built[0]]
            expect(page.locator("#live")).to_contain_text("is now 2nd in World")
            assert page.evaluate("document.activeElement.closest('.item').dataset.article") == str(built[0])
            page.keyboard.press("x")
            until_saved(page, 2)
            assert built[0] not in order(here, edition)
            page.keyboard.press("z")
            until_saved(page, 3)
            page.keyboard.press("z")
            until_saved(page, 4)
            assert order(here, edition) == built
            page.locator(f"#i{built[0]}").focus()
            page.keyboard.press("Enter")
            field = page.get_by_label("Headline")
            field.fill("Written at the desk")
            page.get_by_role("button", name="Save", exact=True).last.click()
            until_saved(page, 5)
            frame = page.frame_locator("iframe[title='The edition as mailed, wide']")
            expect(frame.get_by_text("Written at the desk").first).to_be_visible()
            assert find(here.app, edition).edition.items[0].title == "Written at the desk"


def test_two_editors_at_one_headline_both_keep_their_words(tmp_path: Path) -> None:
    """The second one sees who was quicker and what stands there; their own words are still in the field."""
    edition = on_the_desk(tmp_path / "home")
    with site(tmp_path / "home", clock=Clock(DUE)) as here, chromium() as browser:
        ada = here.sign_in(Role.EDITOR)
        tomas = here.sign_in(Role.EDITOR, email="tomas@example.org", name="Tomas Rook")
        first = order(here, edition)[0]
        with (
            window(browser, here.url, session=ada) as hers,
            window(browser, here.url, session=tomas) as his,
        ):
            for page in (hers, his):
                page.goto(f"/desk/{edition}?item={first}")
            his.get_by_label("Headline").fill("Tomas's words")
            his.locator(".edit").get_by_role("button", name="Save").click()
            until_saved(his, 1)
            hers.get_by_label("Headline").fill("Ada's words")
            hers.locator(".edit").get_by_role("button", name="Save").click()
            expect(hers.get_by_role("alert").first).to_contain_text(
                "Tomas Rook changed item 1 while you wrote"
            )
            expect(hers.get_by_label("Headline")).to_have_value("Ada's words")
            assert find(here.app, edition).edition.items[0].title == "Tomas's words"
            hers.locator(".edit").get_by_role("button", name="Save").click()
            until_saved(hers, 2)
            assert find(here.app, edition).edition.items[0].title == "Ada's words"


def test_an_item_is_dragged_to_another_section(tmp_path: Path) -> None:
    """A pointer does what the keys do."""
    edition = on_the_desk(tmp_path / "home")
    with site(tmp_path / "home", clock=Clock(DUE)) as here, chromium() as browser:
        session = here.sign_in(Role.EDITOR)
        stored = find(here.app, edition).edition
        moved, target = stored.sections[0].items[0].article_id, stored.sections[1]
        with window(browser, here.url, session=session) as page:
            page.goto(f"/desk/{edition}")
            item = page.locator(f"#i{moved}")
            item.hover()
            item.locator(".grip").drag_to(page.locator(f"#i{target.items[0].article_id} h3"))
            until_saved(page, 1)
            after = find(here.app, edition).edition
            assert moved in [one.article_id for one in after.sections[1].items]


def test_the_desk_works_without_script(tmp_path: Path) -> None:
    """Every deed is a form, every pane a page."""
    edition = on_the_desk(tmp_path / "home")
    with site(tmp_path / "home", clock=Clock(DUE)) as here, chromium() as browser:
        session = here.sign_in(Role.EDITOR)
        built = order(here, edition)
        with window(browser, here.url, session=session, script=False) as page:
            page.goto(f"/desk/{edition}?item={built[0]}")
            page.get_by_label("Summary").fill("It rained frogs.")
            page.locator(".edit").get_by_role("button", name="Save").click()
            page.wait_for_url(f"**/desk/{edition}*")
            page.goto(f"/desk/{edition}?item={built[0]}&pane=history")
            expect(page.get_by_text("nowhere").first).to_be_visible()
            page.get_by_role("button", name="Undo").first.click()
            assert find(here.app, edition).edition.items[0].summary.text != "It rained frogs."


def test_the_desks_pages_are_for_everybody(tmp_path: Path) -> None:
    """Nothing serious by axe, no sideways scroll; wide, narrow, light and dark; also with an item open."""
    edition = on_the_desk(tmp_path / "home")
    with site(tmp_path / "home", clock=Clock(DUE)) as here, chromium() as browser:
        session = here.sign_in(Role.APPROVER)
        first = order(here, edition)[0]
        panes = [f"/desk/{edition}?pane={pane}" for pane in ("findings", "left_out", "history", "add")]
        assert_all_looks_well(
            browser,
            here,
            session,
            "/desk",
            f"/desk/{edition}?item={first}",
            f"/desk/{edition}?item={first}&pane=source",
            *panes,
        )
        with window(browser, here.url, session=session) as page:
            page.goto(f"/desk/{edition}")
            page.keyboard.press("j")
            assert_accessible(page)
