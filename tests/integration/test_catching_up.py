"""What a reader missed comes in one mail when they are back: once, the best first, nothing twice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email.message import Message
from pathlib import Path

import pytest

from digest.actions.readers.catching_up import catch_up
from digest.actions.readers.choices import Choices, NewChoices, choices, choose, send_again
from digest.actions.readers.leaving import come_back, leave
from digest.actions.readers.letters import post
from digest.actions.readers.missed import MOST
from digest.actions.readers.reading import in_browser
from digest.errors import NotFound, Refused
from digest.model import ArticleContent, Tag, TagOrigin
from newsroom import DUE
from readers_cast import EVE, SAM, House, house, links_of, text_of, token_of


@pytest.fixture
def here(tmp_path: Path) -> Iterator[House]:
    """Sam gets the daily digest, and so does Eve, who is never away."""
    with house(tmp_path / "home") as opened:
        opened.add()
        opened.add(EVE)
        yield opened


def token(here: House, address: str = SAM) -> str:
    """Return the token of somebody's page of choices."""
    return token_of(here.link("preferences", address))


def seen(here: House, address: str = SAM) -> Choices:
    """Return what somebody's page of choices shows."""
    return choices(here.app, token(here, address))


def pause(here: House, until: str, new: NewChoices | None = None) -> None:
    """Let Sam be away until a day, and choose something besides."""
    choose(here.app, token(here), replace(new or NewChoices(), pause_until=until))


def news(here: House, days: int, *titles: str, tag: str = "world") -> None:
    """Store articles of an hour before the edition of that day, the first one newest."""
    at = DUE + timedelta(days=days, hours=-1)
    contents = [
        ArticleContent(
            title=title,
            paragraphs=(f"{title}. Nobody knows more of it yet.",),
            html="<p>A text.</p>",
            published=at - timedelta(minutes=number),
            tags=(Tag(name=tag, origin=TagOrigin.SOURCE),),
        )
        for number, title in enumerate(titles)
    ]
    with here.app.store.writing() as tx:
        tx.articles.put(contents, at)


FRIDAY = ("Harbour wall gives way", "Owls return to the mill")  #: its third story is left from Thursday


def two_missed(here: House) -> tuple[int, int]:
    """Let Sam miss the editions of Thursday and Friday; it is Saturday then, and they are back."""
    pause(here, "2026-11-21")
    first = here.sent()
    news(here, 1, *FRIDAY)
    second = here.sent(days=1)
    here.clock.now = DUE + timedelta(days=2, hours=-2)
    return first, second


def last_to(here: House, address: str) -> Message:
    """Return the newest mail to somebody."""
    return [mail for mail in here.mails() if mail["To"] == address][-1]


def test_the_best_of_what_was_missed_comes_in_one_mail(here: House) -> None:
    """As every mail of the digest: both parts, its look, and one click to leave it."""
    two_missed(here)
    offer = seen(here).missed
    assert offer is not None
    assert (offer.editions, offer.stories) == (2, 4 + 3)
    catch_up(here.app, token(here))
    mail = last_to(here, SAM)
    text = text_of(mail)

    assert mail.get_content_type() == "multipart/alternative"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["List-Unsubscribe"].startswith("<https://news.example.org/unsubscribe/")
    assert str(mail["Subject"]).startswith("While you were away: ")
    assert "The best of what came from 19 November 2026 to 20 November 2026." in text.replace("\n", " ")
    assert all(title in text for title in FRIDAY)
    assert str(mail["Subject"]).endswith(FRIDAY[0])
    assert "While you were away" in text.splitlines()[1]


def test_it_comes_once_however_often_one_presses_or_the_program_dies(here: House) -> None:
    """The letter is on the books before it is sent, and of those who send it one has it in hand."""
    two_missed(here)
    catch_up(here.app, token(here))
    with pytest.raises(Refused, match="nothing to catch up on"):
        catch_up(here.app, token(here))
    assert seen(here).missed is None
    before = len(here.relay.bodies)
    assert [post(here.app), post(here.app)] == [1, 0]
    here.later(hours=1)
    assert post(here.app) == 0
    assert len(here.relay.bodies) == before + 1


def test_the_first_of_each_section_lead_and_the_newest_of_them(here: House) -> None:
    """Told as the editions told it: a mail holds so many stories and no more."""
    pause(here, "2026-11-21")
    here.sent()
    news(here, 1, *(f"{word} of Tarn is painted" for word in ("Town hall", "School", "Mill", "Barn")))
    news(here, 1, *(f"{word} seen in a garden" for word in ("Fox", "Lynx", "Otter")), tag="science")
    here.sent(days=1)
    here.clock.now = DUE + timedelta(days=2, hours=-2)
    offer = seen(here).missed
    assert offer is not None
    assert len(offer.best) == min(MOST, offer.stories)
    with here.app.store.reading() as tx:
        ranks = []
        for edition, article in offer.best:
            stored = tx.editions.get(edition)
            assert stored is not None
            ranks += [(one.rank, -edition) for one in stored.edition.items if one.article_id == article]
    assert ranks == sorted(ranks)


def test_what_was_sent_to_them_already_is_not_in_it(here: House) -> None:
    """Thursday's they had sent again; Friday's is left. Once both were, nothing is."""
    first, second = two_missed(here)
    send_again(here.app, token(here), first)
    offer = seen(here).missed
    assert offer is not None
    assert {edition for edition, _ in offer.best} == {second}
    send_again(here.app, token(here), second)
    assert seen(here).missed is None
    with pytest.raises(Refused):
        catch_up(here.app, token(here))


def test_only_sections_of_their_choice_are_in_it(here: House) -> None:
    """A reader of science alone missed nothing of the world."""
    pause(here, "2026-11-20", NewChoices(sections=("science",)))
    here.sent()
    here.later(days=1)
    catch_up(here.app, token(here))
    text = text_of(last_to(here, SAM))
    with here.app.store.reading() as tx:
        stored = tx.editions.get(1)
    assert stored is not None
    inside = {
        part.key: all(item.title[:30] in text for item in part.items) for part in stored.edition.sections
    }
    assert inside["science"]
    assert not inside["world"]


def test_nobody_is_offered_anything_who_was_not_away_or_is_so_still(here: House) -> None:
    """Nor two weeks after the return, nor of an edition that is not out."""
    pause(here, "2026-11-21")
    here.sent()
    assert seen(here, EVE).missed is None
    assert seen(here).missed is None
    here.clock.now = DUE + timedelta(days=2)
    assert seen(here).missed is not None
    here.later(days=14)
    assert seen(here).missed is None


def test_a_pause_that_is_ended_early_ends_there(here: House) -> None:
    """Back on Thursday at noon instead of at Christmas: Thursday's was missed, Friday's comes."""
    pause(here, "2026-12-24")
    first = here.sent()
    here.later(hours=5)
    pause(here, "")
    news(here, 1, *FRIDAY)
    here.sent(days=1)
    offer = seen(here).missed
    assert offer is not None
    assert {edition for edition, _ in offer.best} == {first}


def test_who_left_and_came_back_may_have_what_came_between(here: House) -> None:
    """Nobody had written down a mail for them; an edition of before they left is none that they missed."""
    here.sent()
    here.clock.now = DUE + timedelta(hours=6)
    leave(here.app, token_of(here.link("unsubscribe")))
    news(here, 1, *FRIDAY)
    second = here.sent(days=1)
    here.clock.now = DUE + timedelta(hours=26)
    assert seen(here).missed is None
    come_back(here.app, token_of(here.link("unsubscribe")))
    offer = seen(here).missed
    assert offer is not None
    assert (offer.editions, {edition for edition, _ in offer.best}) == (1, {second})


def test_a_pause_that_one_left_in_is_part_of_the_time_away(here: House) -> None:
    """Away from Thursday, gone at noon, back at once: the pause goes on, and Thursday's counts with it."""
    pause(here, "2026-11-22")
    first = here.sent()
    here.clock.now = DUE + timedelta(hours=6)
    leave(here.app, token_of(here.link("unsubscribe")))
    here.later(hours=1)
    come_back(here.app, token_of(here.link("unsubscribe")))
    news(here, 1, *FRIDAY)
    second = here.sent(days=1)
    assert seen(here).missed is None
    here.clock.now = DUE + timedelta(days=3)
    offer = seen(here).missed
    assert offer is not None
    assert {edition for edition, _ in offer.best} == {first, second}


def test_its_link_to_the_browser_shows_it_and_no_other(here: House) -> None:
    """As long as the letter is on record."""
    two_missed(here)
    catch_up(here.app, token(here))
    link = next(one for one in links_of(last_to(here, SAM)) if one.startswith("/read/"))
    body = in_browser(here.app, token_of(link)).decode().replace("\u00a0", " ").replace("&#160;", " ")
    assert all(title in body for title in FRIDAY)
    assert SAM in body
    with here.app.store.writing() as tx:
        tx.people.erase(SAM, at=here.clock.now)
    with pytest.raises(NotFound):
        in_browser(here.app, token_of(link))


def test_who_has_left_since_or_must_not_be_mailed_gets_none(here: House) -> None:
    """The last look is the sender's."""
    two_missed(here)
    catch_up(here.app, token(here))
    before = len(here.relay.bodies)
    leave(here.app, token_of(here.link("unsubscribe")))
    post(here.app)
    assert len(here.relay.bodies) == before
