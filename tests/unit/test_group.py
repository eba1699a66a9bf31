"""Sections and stories: where an article belongs, and who else tells it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from math import log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.group import find_stories, read, read_lately
from digest.group.dates import dates_of
from digest.group.divide import originals, voices
from digest.model import Article, Source, Story, Tag, TagOrigin, Wishes

NOON = datetime(2026, 11, 19, 12, 0, tzinfo=UTC)

CLOSURE = (
    (
        "The Sandholm ferry stopped running on Tuesday after divers found a crack in the hull of "
        "the Karla Brandt, the company Nordlinie said. Some 1,400 islanders depend on the boat to "
        "reach Bremen. Nordlinie expects repairs in the yard at Elsdorf to last until 4 December."
    ),
    (
        "Mayor Ilse Brandt asked the coast guard to carry mail and medicine. “We have bread for "
        "nine days,” she said. The company promised to pay for hotel rooms in Bremen for 86 "
        "passengers who could not cross."
    ),
)
RETOLD = (
    (
        "Islanders on Sandholm are cut off from the mainland. Nordlinie took its only ferry, the "
        "Karla Brandt, out of service because the hull is cracked, and the yard in Elsdorf will "
        "need until 4 December to mend it."
    ),
    (
        "Ilse Brandt, the mayor, wants help from the coast guard, since 1,400 people live there. In "
        "Bremen, 86 travellers are in hotels that Nordlinie pays for."
    ),
)
ELECTION = (
    (
        "Voters in Kestria go to the polls on Sunday to choose a parliament for five years. Polls "
        "see the Farmers' Union of Marek Duval ahead of the Liberals of Anna Sorel by three points."
    ),
    (
        "Duval wants to leave the grain treaty. Sorel told a crowd in Ashkeld that farmers would "
        "pay for it first."
    ),
)
ORCHARD = (
    (
        "Gardeners at the abbey of Thale have brought a pear back that was thought lost. The Winter "
        "Bishop was last sold in 1911, and the cutting came from a hedge behind a railway yard."
    ),
    (
        "The first fruit is as hard as wood, the head gardener Lotte Ried says, and has to lie in "
        "straw until March."
    ),
)


def an_article(
    article_id: int,
    paragraphs: Sequence[str],
    *,
    title: str = "",
    source: str | None = None,
    weight: float = 1.0,
    hours: float = 0,
    tags: Sequence[str] = (),
) -> Article:
    key = source or f"source-{article_id}"
    return Article(
        id=article_id,
        revision=1,
        origin=Source(key=key, title=key, weight=weight),
        collected_at=NOON,
        published=NOON - timedelta(hours=hours),
        title=title or paragraphs[0][:40],
        paragraphs=tuple(paragraphs),
        html="",
        tags=tuple(Tag(name=name, origin=TagOrigin.SOURCE) for name in tags),
    )


def members(*articles: Article) -> set[frozenset[int]]:
    return {frozenset(story.members) for story in find_stories(articles)}


def test_an_article_alone_is_a_story_of_one() -> None:
    """Most are."""
    assert find_stories([an_article(7, ELECTION)]) == (Story(lead=7, members=(7,)),)
    assert find_stories([]) == ()


def test_two_tellings_of_one_event_are_one_story() -> None:
    """Readers want the event once, and to know who else tells it."""
    articles = [
        an_article(1, ELECTION, title="Kestria votes on Sunday"),
        an_article(2, CLOSURE, title="Cracked hull stops the Sandholm ferry"),
        an_article(3, ORCHARD, title="A lost pear is back at Thale"),
        an_article(4, RETOLD, title="Sandholm cut off as ferry goes to the yard"),
    ]

    assert members(*articles) == {frozenset({1}), frozenset({2, 4}), frozenset({3})}


def test_stories_come_in_the_order_of_their_leads() -> None:
    """The order of the input is the only order there is."""
    first, second, third = an_article(3, ORCHARD), an_article(1, CLOSURE), an_article(2, RETOLD, weight=1.5)

    assert [story.lead for story in find_stories([first, second, third])] == [3, 2]
    assert [story.lead for story in find_stories([third, second, first])] == [2, 3]


def test_different_events_of_one_place_stay_apart() -> None:
    """A wrong merge hides an article; the same island has other news."""
    school = (
        (
            "The school on Sandholm will teach its last class in June, the island council decided on "
            "Monday. Only four children are left, and the teacher Pia Holm retires."
        ),
        (
            "Mayor Ilse Brandt voted against it. Parents hope that a boarding house in Bremen takes the "
            "children in."
        ),
    )

    assert members(an_article(1, CLOSURE), an_article(2, school)) == {frozenset({1}), frozenset({2})}


def test_tellings_more_than_three_days_apart_are_two_stories() -> None:
    """What is told again next week is next week's news."""
    near = [an_article(1, CLOSURE), an_article(2, RETOLD, hours=72)]
    far = [an_article(1, CLOSURE), an_article(2, RETOLD, hours=73)]

    assert members(*near) == {frozenset({1, 2})}
    assert members(*far) == {frozenset({1}), frozenset({2})}


def test_a_chain_of_days_does_not_make_a_story_longer_than_three() -> None:
    """A running story would swallow the week."""
    articles = [an_article(number, CLOSURE, hours=40 * number) for number in range(4)]

    for story in find_stories(articles):
        assert len(story.members) <= 2


def test_the_best_source_leads_then_the_longer_then_the_earlier_then_the_lower_id() -> None:
    """The lead is what readers see; the choice must have a reason."""
    weighty = [an_article(1, CLOSURE), an_article(2, RETOLD, weight=1.2)]
    longer = [an_article(2, RETOLD), an_article(1, CLOSURE)]
    same = [*RETOLD[:1], RETOLD[1] + " Nobody was hurt on board, as it seems." * 3]

    assert find_stories(weighty)[0].members == (2, 1)
    assert len(" ".join(CLOSURE).split()) > len(" ".join(RETOLD).split())
    assert find_stories(longer)[0].members == (1, 2)
    assert find_stories([an_article(1, CLOSURE), an_article(2, same, weight=1.0)])[0].lead == 2


def test_a_copy_never_leads_and_names_its_original() -> None:
    """A paper that prints the agency's words is not the better source of them."""
    wire = an_article(1, CLOSURE, hours=5)
    print_weighty = an_article(2, CLOSURE[:1], weight=1.5, hours=2)
    own_words = an_article(3, RETOLD, weight=1.2, hours=1)

    (story,) = find_stories([wire, print_weighty, own_words])

    assert story == Story(lead=3, members=(3, 2, 1), copies=((2, 1),))


@pytest.mark.parametrize(
    "copied",
    [
        pytest.param(
            (CLOSURE[0], "Photo: our own. Share this page with your friends on every network."), id="cut"
        ),
        pytest.param((CLOSURE[1], CLOSURE[0]), id="turned round"),
        pytest.param((CLOSURE[0].replace("said", "told us"), CLOSURE[1].replace("nine", "9")), id="edited"),
        pytest.param((*ORCHARD[:1], *CLOSURE), id="within a longer text"),
    ],
)
def test_a_text_that_holds_the_wording_of_another_is_a_copy(copied: Sequence[str]) -> None:
    """Shortened, turned round, edited or wrapped: the words are somebody else's."""
    (story,) = find_stories([an_article(1, CLOSURE, hours=3), an_article(2, copied, title="Ferry stops")])

    assert story.copies == ((2, 1),)


def test_the_longer_of_two_texts_of_one_moment_is_the_original() -> None:
    """Pages without a date come in together; the teaser is not the source of the article."""
    (story,) = find_stories([an_article(1, CLOSURE[:1]), an_article(2, CLOSURE)])

    assert story == Story(lead=2, members=(2, 1), copies=((1, 2),))


def test_a_text_of_a_few_words_is_nobodys_copy() -> None:
    """'Continue reading ...' stands in a thousand teasers."""
    teaser = ("Please continue reading the complete newspaper article on our site.",)

    stories = find_stories([an_article(1, teaser), an_article(2, teaser)])

    assert all(not story.copies for story in stories)


def test_one_source_needs_more_than_its_own_people_to_make_a_story() -> None:
    """A village paper has the same mayor, ferry and yard in everything it tells."""

    def told(*sources: str) -> set[frozenset[int]]:
        texts = (CLOSURE, RETOLD)
        return members(
            *(
                an_article(at, text, source=source)
                for at, (text, source) in enumerate(zip(texts, sources, strict=True))
            )
        )

    assert told("post", "post") == {frozenset({0}), frozenset({1})}
    assert told("post", "courier") == {frozenset({0, 1})}


def test_two_look_alike_events_are_two_stories() -> None:
    """One boxer, one belt, one ring; the loser and the round make it another night."""

    def told(loser: str, town: str, detail: str, at: int) -> Article:
        opening = ("Champion Viktor Oravec", "World champion Oravec", "Oravec, the champion,")[at % 3]
        text = (
            f"{opening} kept his heavyweight belt on Saturday night and stopped {loser} in {town}. "
            f"The title fight in {town} was over when the referee counted {loser} out. {detail}"
        )
        return an_article(at, (text,), title=f"Oravec keeps heavyweight title against {loser}")

    first = [
        told("Imre Halloway", "Pressburg", f"Halloway went down after a left hook in Pressburg. {more}", at)
        for at, more in enumerate(
            ("His eye was cut.", "He had trained in Utah.", "It took seven rounds.", "Fans sang.")
        )
    ]
    second = [
        told("Moses Quartey", "Rostock", f"Quartey's corner threw the towel at the Rostock arena. {more}", at)
        for at, more in enumerate(
            ("A rib was broken.", "He is a baker.", "The judges agreed.", "Snow fell."), 4
        )
    ]

    assert members(*first, *second) == {frozenset({0, 1, 2, 3}), frozenset({4, 5, 6, 7})}


SHAKEN = (
    "People ran out of their houses and slept in the open.",
    "Walls of shops and schools cracked, and a bridge was closed.",
    "The power failed in several villages.",
    "Soldiers brought tents, blankets and drinking water.",
    "No wave was seen, and the warning was lifted within the hour.",
    "Geologists expect weaker shocks for a week.",
    "Hospitals treated the injured in their car parks.",
    "Phones were dead until the afternoon.",
)


def ten_quakes() -> list[Article]:
    """Tell two earthquakes of one country: 0 to 4 the one near Ostrana, 5 to 9 the one near Kell."""

    def quake(at: int, town: str, facts: tuple[str, int, str]) -> Article:
        size, dead, own = facts
        common = " ".join(SHAKEN[(at * 3 + turn * turn) % len(SHAKEN)] for turn in range(4))
        opening = f"An earthquake of magnitude {size} shook Velmar near {town}, and {dead} people died."
        return an_article(at, (f"{opening} {common} {own}",), title=f"Earthquake near {town} shakes Velmar")

    first = ("6.1", 14, "Mayor Ilse Brandt asked Ostrana to boil its water.")
    second = ("7.3", 52, "Governor Marek Duval flew over Kell.")
    return [quake(at, *(("Ostrana", first) if at < 5 else ("Kell", second))) for at in range(10)]


def test_look_alike_events_that_are_told_in_the_same_words_are_two_stories() -> None:
    """Every earthquake cracks walls and fills car parks; where, how strong and how many dead is the news."""
    assert members(*ten_quakes()) == {frozenset(range(5)), frozenset(range(5, 10))}


@pytest.mark.parametrize("told", [SHAKEN[0], SHAKEN[6], SHAKEN[7]])
def test_a_teaser_goes_with_its_own_event_and_does_not_hold_two_together(told: str) -> None:
    """It has one name to go by, and says for the rest what is said of all of them."""
    teaser = an_article(10, (f"A quake shook Ostrana. {SHAKEN[3]} {told}",), title="A quake")

    assert members(*ten_quakes(), teaser) == {frozenset({*range(5), 10}), frozenset(range(5, 10))}


def test_what_teasers_of_one_event_leave_out_makes_it_no_two_events() -> None:
    """Two sentences have no room for all of it: the less is said, the less its absence says."""
    owner = (
        "Robbers took jewels worth 85 million from Kolmar castle, says its owner Ilse Brandt.",
        "Ilse Brandt of Kolmar castle lost jewels worth 85 million to robbers.",
        "Jewels worth 85 million are gone: robbers came to Kolmar castle, the home of Ilse Brandt.",
        "Robbers left Kolmar castle with jewels of Ilse Brandt, worth 85 million.",
    )
    nuns = (
        "Four robbers dressed as nuns took the jewels of Kolmar castle, says Inspector Marek Duval.",
        "Nuns robbed Kolmar castle of jewels: Inspector Marek Duval seeks four men.",
        "Inspector Marek Duval says that four robbers, all nuns, took jewels at Kolmar castle.",
        "Four nuns with jewels of Kolmar castle are robbers, for Inspector Marek Duval.",
    )
    articles = [an_article(at, (each,), title="Castle robbed") for at, each in enumerate((*owner, *nuns))]

    assert members(*articles) == {frozenset(range(8))}


def test_two_agencies_that_many_papers_print_tell_one_event() -> None:
    """Sixteen papers with two texts are two voices; each agency's own details would look like an event."""
    agencies = (
        (
            "Islanders on Sandholm are cut off since the hull of the Karla Brandt cracked.",
            "Nordlinie took its only ferry out of service at noon.",
            "Fishermen carry bread and mail to the harbour when the tide is low.",
            "The baker says that flour lasts until Sunday.",
            "A teacher reads to pupils by candlelight, for the power plant saves its oil.",
        ),
        (
            "The hull of the ferry Karla Brandt cracked, and nobody reaches Sandholm, Nordlinie said.",
            "Commuters sleep in hotels that the line pays for.",
            "A helicopter of the coast guard stands by for the sick.",
            "Lawyers ask who answers for losses of shops.",
            "The minister wants inspections of older vessels in every yard.",
        ),
    )
    endings = ("", " Our reporters stay on the quay until night.")
    printed = [
        an_article(
            place * 8 + paper,
            (" ".join(text[:left_out] + text[left_out + 1 :]) + ending,),
            title="Sandholm waits",
        )
        for place, text in enumerate(agencies)
        for paper, (left_out, ending) in enumerate(product((1, 2, 3, 4), endings))
    ]

    assert members(*printed) == {frozenset(range(16))}


def test_what_two_of_six_papers_dwell_on_is_no_event_of_its_own() -> None:
    """A few articles are unlike others by chance; readers would get the ferry twice."""
    bread = (
        "Nordlinie stopped the Sandholm ferry: divers found that the hull of the Karla Brandt is cracked.",
        "The ferry Karla Brandt is out of service with a cracked hull and Sandholm cut off, says Nordlinie.",
        "The cracked hull of the Karla Brandt leaves Sandholm without a ferry, Nordlinie told islanders.",
        "Divers saw that the hull is cracked, so Nordlinie keeps the ferry Karla Brandt from Sandholm.",
    )
    helicopter = (
        "Nordlinie took the ferry Karla Brandt from Sandholm since its hull is cracked.",
        "The hull of the ferry Karla Brandt is cracked, and nobody reaches Sandholm, Nordlinie says.",
    )
    told = [
        *((each, "Mayor Ilse Brandt says that there is bread for nine days.") for each in bread),
        *((each, "A helicopter from Kiel will bring teacher Pia Holm and mail.") for each in helicopter),
    ]
    articles = [an_article(at, text, title="Ferry") for at, text in enumerate(told)]

    assert members(*articles) == {frozenset(range(6))}


def test_a_weekday_in_common_helps_where_no_date_is_known() -> None:
    """Pages without a date name the day at least; a feed's date says it better."""
    ashore = (
        "Nordlinie stopped the boat to Sandholm on Tuesday after divers found a crack in the hull. Some 86 "
        "travellers sleep in Bremen hotels, and a yard at Elsdorf has promised to begin its work at once."
    )
    letters = (
        "Mail comes to Sandholm by helicopter since {day}, for Nordlinie says that the hull of its boat has "
        "a crack. Pia Holm, who teaches four children there, reads them letters from pilots."
    )

    def found(day: str, published: datetime | None) -> int:
        first = an_article(1, (ashore,), title="Passengers stay ashore")
        second = an_article(2, (letters.format(day=day),), title="Pilots bring letters")
        return len(find_stories([replace(each, published=published) for each in (first, second)]))

    assert found("Tuesday", None) == 1
    assert found("Friday", None) == 2
    assert found("Tuesday", NOON) == found("Friday", NOON)


@pytest.mark.parametrize("day", ["ſept. 12", "12 ſep", "OCT 3", "3rd Dec."])
def test_an_old_letter_in_a_date_costs_nobody_an_edition(day: str) -> None:
    """Scans of old papers hold the long s, which a search for an s in any case finds as well."""
    first = an_article(1, (f"The ferry of Sandholm was built on {day} in Elsdorf.",), title="Built")

    assert len(find_stories([replace(first, published=None)])) == 1
    assert dates_of(replace(first, published=None)).days


def test_of_one_text_that_many_print_one_has_a_voice_in_each_half() -> None:
    """Also where its original tells with the other half, or is no longer among those that are compared."""
    copies = {(0, 1), (0, 4), (0, 5), (1, 4), (1, 5), (4, 5)}

    assert voices([2, 3, 4, 5], originals(copies)) == [2, 3, 4]
    assert voices([0, 1, 2], originals(copies)) == [0, 2]


def test_what_editors_bring_together_or_keep_apart_stays_so() -> None:
    """A person who has read both knows better than any figure."""
    articles = [
        an_article(1, ELECTION, hours=90),
        an_article(2, CLOSURE),
        an_article(3, ORCHARD),
        an_article(4, RETOLD),
    ]

    def found(**wishes: frozenset[tuple[int, int]]) -> set[frozenset[int]]:
        return {frozenset(story.members) for story in find_stories(articles, wishes=Wishes(**wishes))}

    assert found(apart=frozenset({(2, 4)})) == {frozenset({each}) for each in (1, 2, 3, 4)}
    assert found(together=frozenset({(1, 3), (3, 4)})) == {frozenset({1, 3, 4}), frozenset({2})}
    assert found(together=frozenset({(1, 3)}), apart=frozenset({(2, 4)})) == {
        frozenset({1, 3}),
        frozenset({2}),
        frozenset({4}),
    }


def test_the_sources_own_name_and_the_day_are_not_read() -> None:
    """Every dateline says 'VELLMOUTH, Nov 19 2026 (Harbour Wire)'; the town itself stays."""
    text = ("VELLMOUTH, Nov 19 2026 (Vellmouth Wire) The ferry sails on 12 May.",)

    words = read(an_article(1, text, title="Ferry sails", source="Vellmouth Wire", tags=("ports",)))

    twice = 1 + log(2)
    assert words.lead == {"ferry": twice, "sail": twice, "port": 1, "vellmouth": 2, "12": 2}
    assert words.names == {"vellmouth", "12"}


def test_a_capital_is_no_name_in_german() -> None:
    """German writes every noun large."""
    article = an_article(1, ("Die Fähre nach Sandholm liegt seit 1998 im Hafen.",), title="Fähre")

    assert read(article).names == {"fähre", "sandholm", "1998", "hafen"}
    assert read(replace(article, language="de-AT")).names == {"1998"}


def test_stories_are_found_in_scripts_without_capitals_or_spaces() -> None:
    """Arabic names nobody with a capital, Japanese puts no space between words."""
    arabic = [
        (
            (
                "توقفت العبارة كارلا براندت عن العمل يوم الثلاثاء بعد أن وجد الغواصون شقا في هيكلها، كما "
                "قالت شركة نوردليني في بريمن."
            ),
        ),
        (
            (
                "قالت شركة نوردليني إن العبارة كارلا براندت توقفت عن العمل بسبب شق في هيكلها وجده الغواصون، "
                "وستبقى في حوض بريمن."
            ),
        ),
        ("ينتخب سكان كستريا يوم الأحد برلمانا جديدا لخمس سنوات، ويتقدم حزب المزارعين في استطلاعات الرأي.",),
    ]
    japanese = [
        (
            "客船カルラ号は火曜日、船体の亀裂が見つかり運航を中止した。北方汽船が発表した。島民千四百人が影響を受ける。",
        ),
        ("北方汽船の客船カルラ号が運航中止。船体の亀裂を潜水士が発見し、島民千四百人の足が止まった。",),
        ("梨の古い品種が修道院の庭で復活した。最初の実は木のように固く、三月まで藁の中で熟す。",),
    ]
    articles = [an_article(number, text) for number, text in enumerate([*arabic, *japanese], start=1)]

    assert members(*articles) == {frozenset(each) for each in ({1, 2}, {3}, {4, 5}, {6})}


def test_three_hundred_articles_are_grouped_while_an_editor_waits(
    within: Callable[[float], AbstractContextManager[None]],
) -> None:
    """Builds run while somebody looks on; the bound leaves room for a busy machine."""
    vocabulary = [
        f"{head}{middle}{tail}" for head in "bdfgklmn" for middle in "aeiou" for tail in ("rin", "tal", "vo")
    ]
    articles = [
        an_article(
            number,
            [
                " ".join(vocabulary[(number * 31 + at * at * 7 + at) % len(vocabulary)] for at in range(400)),
                f"Name{number} Place{number % 90} {number}",
            ],
        )
        for number in range(300)
    ]

    with within(2):
        find_stories(articles)


def test_a_flood_of_one_text_costs_seconds_not_hours(
    within: Callable[[float], AbstractContextManager[None]],
) -> None:
    """A hostile feed may send the same article under hundreds of addresses."""
    articles = [an_article(number, CLOSURE * 20) for number in range(400)]
    with within(8):
        stories = find_stories(articles)

    assert sorted(each for story in stories for each in story.members) == list(range(400))


_PARAGRAPHS = st.sampled_from([*CLOSURE, *RETOLD, *ELECTION, *ORCHARD, "***", "Short.", "港は静かだ。"])


@st.composite
def article_lists(draw: st.DrawFn) -> list[Article]:
    count = draw(st.integers(0, 7))
    return [
        an_article(
            number,
            draw(st.lists(_PARAGRAPHS, min_size=1, max_size=4)),
            title=draw(st.sampled_from(["Ferry", "Vote", "“…”"])),
            source=draw(st.sampled_from(["wire", "post", "unknown"])),
            weight=draw(st.sampled_from([0.8, 1.0])),
            hours=draw(st.integers(0, 100)),
        )
        for number in range(count)
    ]


@given(article_lists(), st.randoms(use_true_random=False))
def test_every_article_is_in_one_story_whatever_the_order(articles: list[Article], chance: object) -> None:
    """Nothing is lost, nothing is told twice, and the store may answer in any order."""
    stories = find_stories(articles)
    shuffled = list(articles)
    chance.shuffle(shuffled)

    assert sorted(each for story in stories for each in story.members) == [each.id for each in articles]
    assert set(find_stories(shuffled)) == set(stories)


@given(article_lists())
def test_stories_keep_their_promises(articles: list[Article]) -> None:
    """The lead is first and no copy, copies and originals are members, and three days hold them all."""
    known = {each.id: each for each in articles}
    for story in find_stories(articles):
        moments = [known[each].effective_at for each in story.members]
        copies = dict(story.copies)

        assert story.members[0] == story.lead
        assert story.lead not in copies
        assert {*copies, *copies.values()} <= set(story.members)
        assert max(moments) - min(moments) <= timedelta(days=3)


def test_what_is_remembered_of_articles_changes_nothing() -> None:
    """Stories do not depend on what was grouped before: a changed text is read anew, others need not be."""
    changed = replace(an_article(2, RETOLD), paragraphs=ELECTION)
    before = [an_article(1, CLOSURE), an_article(2, RETOLD), an_article(3, ELECTION)]
    after = [before[0], changed, before[2]]
    read_lately.cache_clear()

    cold = find_stories(before)
    warm = find_stories(before)

    assert cold == warm == find_stories(before, read)
    assert len(cold) == 2
    assert {story.members for story in find_stories(after)} == {(1,), (2, 3)}
    assert find_stories(after) == find_stories(after, read)
