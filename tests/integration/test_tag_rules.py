"""A digest's tag rules: what they give while an edition is built, and where the reason is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from commands import DAILY, furnish
from desk_cast import desk
from digest.actions.app import App
from digest.actions.content.articles import get, retag
from digest.actions.editing.reasons import why
from digest.actions.editing.taking import take_in
from digest.actions.editions import find
from digest.actions.home.config_files import hash_of
from digest.actions.home.digest_files import check_text, mended, save
from digest.actions.making.build import build
from digest.actions.upkeep.check import check
from digest.bootstrap import open_app
from digest.errors import SettingsError
from digest.model import ArticleContent, PlacedBy, Tag, TagOrigin
from digest.model.accounts import Role
from digest.schedule.current import Current
from newsroom import DUE, Clock

RULES = """
more: {at_most: 0}
tag_rules:
  - {give: [World], title: [ferr*]}
  - {give: [seas], tags: [port]}
  - {give: [science], tags: [seas]}
  - {give: [world], sources: [quay]}
"""


TEXTS = {
    "Ferries rest": "Bram leaves the green skiff below the jetty and waits until the kettle sings. ",
    "Ferrymen meet": "Seven old friends sat down beside the chapel, ate soup and quarrelled over cards. ",
    "Cranes": "Two yellow arms were lifted over the wall at dawn while children counted aloud. ",
    "Nets": "Grandmother mends the torn meshes with a wooden needle, humming what nobody knows. ",
    "Linen": "Anke weaves grey cloth on the loom, thread by thread, till the candle is out. ",
}  #: of no topic


def home(root: Path, rules: str = RULES) -> Path:
    """Make a home whose digest has rules, and takes only what its sections ask for."""
    furnish(root)
    (root / "config" / "digests" / "daily.yaml").write_text(DAILY + rules, encoding="utf-8")
    (root / "config" / "sources.yaml").write_text("- {name: quay, title: Quay}\n", encoding="utf-8")
    return root


def put(app: App, title: str, *tags: str, source: str = "wire") -> int:
    """Store an article and return its number."""
    text = TEXTS[title] * 3
    content = ArticleContent(
        title=title,
        paragraphs=(text,),
        html=f"<p>{text}</p>",
        url=f"https://{source}.example/{title.replace(' ', '-')}",
        source=source,
        published=DUE,
        language="en",
        tags=tuple(Tag(name=name, origin=TagOrigin.SOURCE) for name in tags),
    )
    with app.store.writing() as tx:
        return tx.articles.put([content], DUE)[0].article_id


def test_candidates_that_only_a_rule_leads_to_a_section_are_found_and_say_why(tmp_path: Path) -> None:
    """Nothing stored says 'world' of them, and nobody looks at what fits no section."""
    with open_app(home(tmp_path / "home"), clock=lambda: DUE) as app:
        ferry, port, quay = (
            put(app, "Ferries rest"),
            put(app, "Cranes", "Port"),
            put(app, "Nets", source="quay"),
        )
        linen = put(app, "Linen")
        report = build(app, "daily")
        assert report.edition_id is not None
        told = {number: why(app, report.edition_id, number).placed for number in (ferry, port, quay)}

        assert {number: (one.section, one.by, one.why) for number, one in told.items() if one} == {
            ferry: ("world", PlacedBy.RULE, "tagged “World” by a rule: its title has “ferries”"),
            port: ("science", PlacedBy.RULE, "tagged “science” by a rule: it is tagged “seas”"),
            quay: ("world", PlacedBy.RULE, "tagged “world” by a rule: it is of the source 'quay'"),
        }
        held = {item.article_id for item in find(app, report.edition_id).edition.items}
        assert (held, linen in held) == ({ferry, port, quay}, False)
        assert get(app, ferry).tags == ()


@pytest.mark.parametrize(
    "rules",
    [
        "more: {at_most: 0}\ntag_rules: [{give: [seas], tags: [port]}, {give: [science], tags: [seas]}]\n",
        "tag_rules: [{give: [sea-trade], tags: [port]}]\n",
    ],
)
def test_candidates_are_found_by_other_names_of_what_is_asked_for(tmp_path: Path, rules: str) -> None:
    """By the index of tags alone: a million articles of other tags are not looked at."""
    root = home(tmp_path / "home", rules)
    if "sea-trade" in rules:
        old = next(line for line in DAILY.splitlines() if line.startswith("selection"))
        text = (DAILY + rules).replace(old, "selection: {at_least: 1, tags_any: [sea-trade]}")
        (root / "config" / "digests" / "daily.yaml").write_text(text, encoding="utf-8")
    with open_app(root, clock=lambda: DUE) as app:
        port, linen = put(app, "Cranes", "port"), put(app, "Linen", "cloth")
        decided = [one.article_id for one in build(app, "daily", dry_run=True).decisions]

    assert (decided, linen in decided) == ([port], False)


@pytest.mark.parametrize(
    ("rule", "found"),
    [
        ("{give: [world], title: [ferr*]}", {"port", "ferry and port"}),
        ("{give: [harbour], title: [ferr*]}", {"port", "ferry and port", "ferry"}),
    ],
)
def test_what_is_asked_for_by_tag_is_a_candidate_whatever_comes_in_later(
    tmp_path: Path, rule: str, found: set[str]
) -> None:
    """A rule about titles looks at the latest articles, and they may be more than there are candidates."""
    root = home(tmp_path / "home", "")
    old = next(line for line in DAILY.splitlines() if line.startswith("selection"))
    text = DAILY.replace(old, "selection: {at_least: 1, tags_any: [harbour]}") + f"tag_rules: [{rule}]\n"
    (root / "config" / "digests" / "daily.yaml").write_text(text, encoding="utf-8")
    with (root / "config" / "digest.yaml").open("a", encoding="utf-8") as settings:
        settings.write("limits: {candidates: 10}\n")
    with open_app(root, clock=lambda: DUE) as app:
        names = {
            put(app, "Cranes", "harbour"): "port",
            put(app, "Ferrymen meet", "harbour"): "ferry and port",
            **{put(app, "Linen", source=f"mill-{number}"): "linen" for number in range(20)},
            put(app, "Ferries rest"): "ferry",
        }
        report = build(app, "daily", dry_run=True)
        again = build(app, "daily", dry_run=True)

    assert {names[one.article_id] for one in report.decisions} - {"linen"} == found
    assert {names[one.article_id] for one in report.decisions if one.kept} == found
    assert report.decisions == again.decisions


def test_an_editor_who_took_a_tag_off_is_not_overruled(tmp_path: Path) -> None:
    """A rule that put it back at each build would make taking off worthless."""
    with open_app(home(tmp_path / "home"), clock=lambda: DUE) as app:
        ferry = put(app, "Ferries rest")
        retag(app, ferry, add=[], remove=["WORLD"])
        report = build(app, "daily", dry_run=True)

    assert "science" not in str(report.decisions)
    assert all(one.placed is None or one.placed.section == "more" for one in report.decisions)


@pytest.mark.parametrize(
    ("selection", "kept"),
    [
        ("{tags_any: [sea-trade]}", {"port"}),
        ("{tags_none: [sea-trade]}", {"ferry"}),
        ("{tags_all: [science]}", {"port"}),
    ],
)
def test_the_selection_goes_by_given_tags(tmp_path: Path, selection: str, kept: set[str]) -> None:
    """A synonym that counted for sections and not for the selection would be none."""
    root = home(tmp_path / "home", "")
    rules = f"{DAILY}tag_rules:\n  - {{give: [sea-trade, science], tags: [port]}}\n"
    old = next(line for line in DAILY.splitlines() if line.startswith("selection"))
    (root / "config" / "digests" / "daily.yaml").write_text(
        rules.replace(old, f"selection: {selection}").replace("{tags", "{at_least: 1, tags"), encoding="utf-8"
    )
    with open_app(root, clock=lambda: DUE) as app:
        names = {put(app, "Ferries rest", "world"): "ferry", put(app, "Cranes", "port"): "port"}
        report = build(app, "daily", dry_run=True)

    assert {names[one.article_id] for one in report.decisions if one.kept} == kept


def test_what_is_taken_in_at_the_desk_goes_where_a_rule_leads(tmp_path: Path) -> None:
    """It came after the edition was built; the article behind it shows the tag with its reason."""
    root = home(tmp_path / "home")
    with open_app(root, clock=lambda: DUE) as app:
        put(app, "Ferries rest")
        put(app, "Cranes", "port")
        edition = build(app, "daily").edition_id
        assert edition is not None
        late = put(app, "Ferrymen meet")
        take_in(app, edition, late, on_version=0, by="ada")
        sections = {
            one.key: [item.article_id for item in one.items] for one in find(app, edition).edition.sections
        }
    with desk(root, Role.EDITOR, clock=Clock(DUE)) as ada:
        pane = ada.get(f"/desk/{edition}?item={late}&pane=source")

    assert late in sections["world"]
    assert ">World</dt><dd>a rule of the digest: its title has “ferrymen”</dd>" in pane


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("{give: [world]}", "sources, title or tags that the rule is about"),
        ("{give: [], tags: [a]}", "a list of 1 to 20 items"),
        ("{give: [world], tag: [a]}", "tag"),
        ("{give: [world], sources: [Not A Key]}", "lower-case letters"),
        ('{give: ["###"], tags: [a]}', "a letter or figure"),
        ('{give: [" "], tags: [a]}', "a letter or figure"),
        ('{give: [world], tags: [" "]}', "not blank"),
        *(
            (f'{{give: [world], title: ["{word}"]}}', "begin* or *end of 3 to 24 letters")
            for word in (
                "*",
                "???",
                " ",
                "fe*",
                "*ry",
                f"{'f' * 25}*",
                "it's*",
                "渡船*",
            )
        ),
    ],
)
def test_a_rule_that_says_nothing_is_a_fault_with_its_place(tmp_path: Path, rule: str, words: str) -> None:
    """A rule about nothing would tag everything, or never hold, in silence."""
    root = home(tmp_path / "home", f"tag_rules:\n  - {rule}\n")

    with pytest.raises(SettingsError) as caught, open_app(root):
        pass

    (fault,) = caught.value.faults
    assert "tag_rules" in str(fault)
    assert words in str(fault)
    assert fault.line == (DAILY + "tag_rules:\n").count("\n") + 1


def test_a_rule_about_a_source_that_nobody_lists_is_told_with_its_place_and_a_way_out(tmp_path: Path) -> None:
    """A misspelt name, or a source that was removed since: the rule never holds, editions go out."""
    rules = "tag_rules:\n  - give: [world]\n    sources: [quay, qay]\n  - {give: [a], sources: [mill]}\n"
    root = home(tmp_path / "home", rules)
    first = (DAILY + "tag_rules:\n").count("\n") + 2
    file = root / "config" / "digests" / "daily.yaml"
    list_it = "list it there, by name and title alone when its articles come in otherwise"
    said = "expected a source that config/sources.yaml lists, found"

    assert [str(fault) for fault in check(root)] == [
        f"{file}:{first}: tag_rules.0.sources.1: {said} 'qay' ({list_it}; did you mean 'quay'?)",
        f"{file}:{first + 1}: tag_rules.1.sources.0: {said} 'mill' ({list_it})",
    ]
    with open_app(root, clock=lambda: DUE) as app:
        put(app, "Nets", "world")
        assert build(app, "daily", dry_run=True).kept == 1
    (root / "config" / "sources.yaml").write_text("- {name: qay, title: Q}\n- {name: quay, title: Quay}\n")
    with (root / "config" / "sources.yaml").open("a", encoding="utf-8") as listed:
        listed.write("- {name: mill, title: Mill}\n")
    assert check(root) == ()


def test_a_file_of_a_digest_is_saved_with_rules_about_listed_sources_alone(tmp_path: Path) -> None:
    """It is judged by the text that is to be saved, and what was meant is proposed in its place."""
    root = home(tmp_path / "home", "")
    text = DAILY + "tag_rules: [{give: [world], sources: [qay]}]\n"
    with open_app(root, clock=lambda: DUE) as app:
        (found,) = check_text(app, "daily", text).faults
        with pytest.raises(SettingsError, match="qay"):
            save(app, "daily", text, base=hash_of(DAILY), by="ada")
        assert found.fault.line == DAILY.count("\n") + 1
        assert found.fix == "quay"
        better = mended(text, found)
        assert save(app, "daily", better, base=hash_of(DAILY), by="ada")

    assert better == text.replace("qay", "quay")


def test_removing_a_source_that_a_rule_names_takes_effect_all_the_same(tmp_path: Path) -> None:
    """Else one old rule would keep a source listed, and all other changes out of force."""
    root = home(tmp_path / "home")
    with open_app(root, clock=lambda: DUE) as app:
        current = Current(app)
        (root / "config" / "sources.yaml").write_text("[]\n", encoding="utf-8")
        current.look("run")

        assert (current.force.faults, current.app.sources) == ((), ())
