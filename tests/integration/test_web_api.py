"""The REST API: tokens and scopes, pages, problems, and each area once."""

from __future__ import annotations

import re

import pytest

from api_cast import ADMIN, Program
from digest.actions.staff.accounts import find_user
from digest.actions.staff.programs import revoke_token, tokens
from digest.errors import TooMany
from digest.model.accounts import Right, Role
from digest.web.pace import Pace


def test_without_a_token_the_answer_says_how_to_show_one(api: Program) -> None:
    """RFC 6750: 401 with the scheme; a problem as RFC 9457 has it, with the commands' words."""
    answer = api.client.get("/api/v1/digests")
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == 401
    assert "Bearer" in answer.json()["hint"]
    assert api.ask("GET", "/digests", token="digest_" + "x" * 43).status_code == 401


def test_a_revoked_token_opens_nothing(api: Program) -> None:
    """At once, also in the middle of a program's work."""
    assert api.ask("GET", "/digests").status_code == 200
    (held,) = tokens(api.app, find_user(api.app, ADMIN))
    revoke_token(api.app, held.id, by="tests")
    assert api.ask("GET", "/digests").status_code == 401


def test_a_token_does_no_more_than_its_scopes(api: Program) -> None:
    """A token to read is safe in a program that only reads, whoever made it."""
    reads = api.token_of(Role.ADMIN, Right.READ)
    assert api.ask("GET", f"/editions/{api.edition}", token=reads).status_code == 200
    refused = api.ask("POST", f"/editions/{api.edition}/hold", token=reads)
    assert refused.status_code == 403
    assert refused.json()["error"] == "this token may not do this"


def test_lists_hold_only_what_the_person_may_read(api: Program) -> None:
    """A role over one digest shows nothing of another, in no list."""
    elsewhere = api.token_of(Role.EDITOR, digest="weekly")
    digests = api.ask("GET", "/digests", token=elsewhere).json()["items"]
    assert [one["digest"] for one in digests] == ["weekly"]
    assert api.ask("GET", "/editions", token=elsewhere).json()["items"] == []
    assert api.ask("GET", f"/editions/{api.edition}", token=elsewhere).status_code == 403
    assert api.ask("GET", "/subscribers", token=elsewhere).status_code == 403


def test_pages_follow_each_other_and_end(api: Program) -> None:
    """By a cursor that is only handed on, and by the header's link (RFC 8288): all, once, in order."""
    seen: list[int] = []
    path = "/articles?limit=3"
    while path:
        answer = api.ask("GET", path)
        seen += [one["id"] for one in answer.json()["items"]]
        assert ("link" in answer.headers) == (answer.json()["next"] is not None)
        link = answer.headers.get("link", "")
        path = link.partition(">")[0].partition("/api/v1")[2]
    assert seen == sorted(seen, reverse=True)
    assert len(seen) == len(set(seen)) == 8
    assert api.ask("GET", "/articles?cursor=%00").status_code == 422
    assert api.ask("GET", "/articles?limit=201").status_code == 422


def test_a_wish_that_nobody_understands_names_its_fields(api: Program) -> None:
    """So that who wrote the program finds the place."""
    answer = api.ask("POST", "/articles", {"articles": [{"title": 7, "colour": "red"}]})
    assert answer.status_code == 422
    assert "articles.0.title" in answer.json()["where"]
    assert "articles.0.colour" in answer.json()["where"]
    assert answer.headers["content-type"] == "application/problem+json"


def test_what_is_too_long_is_a_problem_too(api: Program) -> None:
    """Programs read one kind of error, whoever answers."""
    answer = api.client.post("/api/v1/articles", content=b"x" * 2_000_001)
    assert answer.status_code == 413
    assert answer.json()["status"] == 413


def test_a_digest_is_paused_skipped_and_resumed(api: Program) -> None:
    """PUT and DELETE say how it shall be; once more changes nothing."""
    assert api.do("PUT", "/digests/daily/pause", {"note": "holidays"})["changed"] is True
    assert api.do("PUT", "/digests/daily/pause")["changed"] is False
    assert api.get("/digests/daily")["pause"]["note"] == "holidays"
    assert api.do("DELETE", "/digests/daily/pause")["changed"] is True
    assert api.do("DELETE", "/digests/daily/pause")["changed"] is False
    assert api.ask("PUT", "/digests/daily/skips/2026-11-20T07:00").status_code == 409
    assert api.get("/digests/daily/slots")["items"] == []
    assert api.get("/digests/daily/history")["items"]


def test_building_a_slot_again_gives_what_is_there(api: Program) -> None:
    """A program that asks twice makes no second edition."""
    again = api.do("POST", "/digests/daily/build", {"at": "2026-11-19T07:00:00+01:00"})
    assert (again["edition"], again["existed"]) == (api.edition, True)
    dry = api.do("POST", "/digests/daily/build", {"at": "2026-11-19T07:30:00+01:00", "dry_run": True})
    assert dry["edition"] is None
    assert api.ask("POST", "/digests/none/build").status_code == 404


def test_an_edition_is_held_released_and_approved(api: Program) -> None:
    """On record by the person's name; approving twice is fine, other content is not."""
    number = api.edition
    assert api.do("POST", f"/editions/{number}/hold", {"note": "the verdict"})["state"] == "held"
    assert api.do("POST", f"/editions/{number}/release")["state"] == "draft"
    wrong = api.ask("POST", f"/editions/{number}/approve", {"seen": "0" * 64})
    assert wrong.status_code == 409
    shown = api.get(f"/editions/{number}")
    seen = {"seen": shown["content_hash"]}
    first = api.do("POST", f"/editions/{number}/approve", seen)
    assert (first["state"], first["approved_by"]) == ("approved", ADMIN)
    assert api.do("POST", f"/editions/{number}/approve", seen) == first
    lines = api.get("/history")["items"]
    assert [line["event"] for line in lines].count("approve") == 1


def test_an_edition_says_why_and_how_it_looks(api: Program) -> None:
    """The same sentences and bytes as elsewhere."""
    shown = api.get(f"/editions/{api.edition}")
    left = next(one for one in shown["decisions"] if not one["kept"])
    why = api.get(f"/editions/{api.edition}/why/{left['article']}")
    assert why["decision"] == "dropped"
    html = api.ask("GET", f"/editions/{api.edition}/preview.html")
    assert html.headers["content-type"] == "text/html; charset=utf-8"
    assert "sandbox" in html.headers["content-security-policy"]
    assert api.ask("GET", f"/editions/{api.edition}/preview.eml").content.startswith(b"From: ")
    assert api.ask("GET", f"/editions/{api.edition}/preview.txt?as=eve@example.org").status_code == 404
    assert api.get(f"/editions/{api.edition}/findings")["html_bytes"]
    assert api.get(f"/editions/{api.edition}/books")["frozen"] == 0
    assert api.get(f"/editions/{api.edition}/deliveries")["items"] == []


def test_a_deed_on_an_old_state_collides_and_undo_takes_back(api: Program) -> None:
    """Two programs, or a program and an editor, never overwrite each other silently."""
    number = api.edition
    before = api.get(f"/editions/{number}")
    items = [item for section in before["sections"] for item in section["items"]]
    wish = {"deed": "headline", "article": items[-1]["article"], "text": "Held", "on_version": 0}
    assert api.do("POST", f"/editions/{number}/deeds", wish)["version"] == 1
    collided = api.ask("POST", f"/editions/{number}/deeds", {**wish, "text": "Broken"})
    assert collided.status_code == 409
    assert "while you wrote" in collided.json()["error"]
    changed = api.get(f"/editions/{number}/difference")["items"]
    assert ("Held", items[-1]["article"]) in [(one["after"], one["article"]) for one in changed]
    undone = api.do("POST", f"/editions/{number}/undo")
    assert undone["sections"] == before["sections"]
    assert len(api.get(f"/editions/{number}/versions")["items"]) == 3


def test_articles_come_in_once_and_are_tagged_and_pinned(api: Program) -> None:
    """The same article again, by its address, is the same one."""
    new = {"title": "Barrier holds", "text": "The barrier held. " * 30, "url": "https://news.example.org/7"}
    (first,) = api.do("POST", "/articles", {"articles": [new]})["items"]
    (again,) = api.do("POST", "/articles", {"articles": [new]})["items"]
    assert first["outcome"] == "new"
    assert (again["id"], again["outcome"]) == (first["id"], "same")
    number = first["id"]
    api.do("POST", f"/articles/{number}/tags", {"add": ["world"]})
    whole = api.get(f"/articles/{number}")
    assert {"name": "world", "origin": "editor"} in whole["tags"]
    assert [one["name"] for one in whole["tag_reasons"]] == [one["name"] for one in whole["tags"]]
    why = {"name": "world", "origin": "editor", "kind": None, "why": "an editor put it on"}
    assert why in whole["tag_reasons"]
    assert api.do("PUT", f"/digests/daily/pins/{number}", {"kind": "ban"})["kind"] == "ban"
    assert api.do("DELETE", f"/digests/daily/pins/{number}")["kind"] is None
    assert api.ask("GET", "/articles/999").status_code == 404


def test_articles_are_found_by_their_words(api: Program) -> None:
    """Page by page, as the desk finds them; what nothing fits gives an empty list."""
    shown = api.get("/articles?limit=1")["items"][0]
    word = max(shown["title"].split(), key=len)
    assert shown["id"] in [one["id"] for one in api.get(f"/articles/search?words={word}")["items"]]
    first = api.get("/articles/search?limit=5")
    rest = api.get(f"/articles/search?limit=5&cursor={first['next']}")
    assert len({one["id"] for one in [*first["items"], *rest["items"]]}) == 8
    assert rest["next"] is None
    assert api.get("/articles/search?since=2030-01-01T00:00:00Z")["items"] == []
    assert api.ask("GET", "/articles/search?since=yesterday").status_code == 422


def test_stories_are_merged_and_forgotten(api: Program) -> None:
    """What editors say of stories, programs may say for them."""
    first, second = sorted(one["id"] for one in api.get("/articles?limit=2")["items"])
    story = api.do("POST", "/stories/merge", {"articles": [first, second]})
    assert set(story["members"]) >= {first, second}
    assert api.do("POST", f"/stories/{first}/split", {"from_article": second})["apart"] == [second]
    assert api.do("DELETE", f"/stories/{first}/wishes")["forgotten"] == 1
    assert api.get("/stories")["next"] is None


def test_a_person_is_added_shown_exported_and_erased(api: Program) -> None:
    """With the consent on record; erased for good, and barred."""
    wish = {"email": "sam@example.org", "consent": "paper form", "sections": ["science"]}
    assert api.do("POST", "/digests/daily/subscribers", wish)["consent"] == "paper form"
    assert api.do("POST", "/digests/daily/subscribers", wish)["sections"] == ["science"]
    shown = api.get("/subscribers/sam@example.org")
    assert [one["digest"] for one in shown["subscriptions"]] == ["daily"]
    assert "sam@example.org" in str(api.get("/subscribers/sam@example.org/export"))
    assert [one["email"] for one in api.get("/subscribers")["items"]] == ["sam@example.org"]
    assert api.do("DELETE", "/subscribers/sam@example.org")["erased"] is True
    assert api.do("DELETE", "/subscribers/sam@example.org")["erased"] is False
    assert api.ask("GET", "/subscribers/sam@example.org").status_code == 404


def test_addresses_are_barred_and_allowed_again(api: Program) -> None:
    """Paged by address, so that a long list never comes at once."""
    for name in ("a", "b", "c"):
        api.do("PUT", f"/suppressions/{name}@example.org", {"reason": "asked by telephone"})
    first = api.get("/suppressions?limit=2")
    rest = api.get(f"/suppressions?limit=2&cursor={first['next']}")
    both = [*first["items"], *rest["items"]]
    assert [one["email"] for one in both] == ["a@example.org", "b@example.org", "c@example.org"]
    assert rest["next"] is None
    assert api.do("DELETE", "/suppressions/b@example.org")["suppressed"] is False
    assert api.ask("DELETE", "/suppressions/b@example.org").status_code == 404


def test_sources_and_alerts_are_listed(api: Program) -> None:
    """An installation without either says so by empty lists."""
    assert api.get("/sources")["items"] == []
    assert api.ask("POST", "/sources/nobody/fetch").status_code == 404
    assert api.get("/alerts")["items"] == []


def test_a_token_that_asks_too_often_is_told_when_to_come_back() -> None:
    """Never more within any minute than may be; other tokens do not feel it."""
    now = [0.0]
    pace = Pace(clock=lambda: now[0])
    for second in (0.0, 10.0, 20.0):
        now[0] = second
        pace.count("one", 3)
    with pytest.raises(TooMany) as caught:
        pace.count("one", 3)
    assert caught.value.wait_s == 41
    pace.count("other", 3)
    now[0] = 60.0
    pace.count("one", 3)
    with pytest.raises(TooMany):
        pace.count("one", 3)


def test_the_pace_is_that_of_the_settings(api: Program) -> None:
    """The answer says in seconds when to come back (RFC 9110)."""
    web = api.app.system.web.model_copy(update={"api_per_minute": 2})
    object.__setattr__(api.app, "system", api.app.system.model_copy(update={"web": web}))
    codes = [api.ask("GET", "/digests").status_code for _ in range(3)]
    assert codes == [200, 200, 429]
    assert 1 <= int(api.ask("GET", "/digests").headers["retry-after"]) <= 60


def test_the_reference_is_a_page_of_ours(api: Program) -> None:
    """Every operation stands in it; nothing of it comes from another host, and no script runs."""
    schema = api.client.get("/api/v1/openapi.json").json()
    page = api.client.get("/api/v1/docs").text.replace("<wbr>", "")
    for path, ways in schema["paths"].items():
        for method in ways:
            assert f"<code>{method.upper()} {path}</code>" in page
    assert 'src="http' not in page
    assert "<style" not in page


def test_the_reference_leads_to_what_answers_are_made_of(api: Program) -> None:
    """No link of it leads nowhere; files and examples are there as well."""
    page = api.client.get("/api/v1/docs").text
    wanted = set(re.findall(r'href="#([^"]+)"', page))
    assert {"shape-DigestFile", "shape-FileFault", "errors", "machine"} <= wanted
    assert wanted - set(re.findall(r'id="([^"]+)"', page)) - {"main"} == set()
    assert "file in the form, needed. CSV" in page
    assert "&#34;key&#34;: &#34;selection.at_most&#34;" in page
    assert "`" not in page
