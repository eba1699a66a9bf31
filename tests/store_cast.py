"""Values that tests of the store put in and expect back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import insert

from digest.model import (
    ArticleContent,
    Delivery,
    DeliveryState,
    Edition,
    EditionSection,
    EditionState,
    Image,
    Item,
    Outcome,
    Settlement,
    Slot,
    SubscriptionState,
    Summary,
    SummarySentence,
    Tag,
    TagOrigin,
)
from digest.model.schedule import SlotState
from digest.store import NewSubscriber, Transaction, fingerprint_address
from digest.store.people_tables import suppressions
from digest.store.schedule_tables import slots

NOW = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def tag(name: str, origin: TagOrigin = TagOrigin.SOURCE) -> Tag:
    """Make a tag."""
    return Tag(name=name, origin=origin)


def content(number: int, *names: str, published: datetime | None = None, words: str = "") -> ArticleContent:
    """Make the content of an article that its address tells apart."""
    return ArticleContent(
        title=f"Bridge {number} opens",
        paragraphs=(f"The mayor cut ribbon {number}.", words or "Boats waited."),
        html="<p>The mayor cut a ribbon.</p>",
        url=f"https://harbour.example/{number}",
        source="harbour-wire",
        published=published,
        tags=tuple(tag(name) for name in names),
    )


def item(article_id: int, *, rank: int = 1) -> Item:
    """Make an item with all that an item can have."""
    sentence = SummarySentence(text="Boats waited.", start=0, end=13, terms=(("lead", 1.5),))
    return Item(
        article_id=article_id,
        revision=1,
        rank=rank,
        title=f"Bridge {article_id} opens",
        url=f"https://harbour.example/{article_id}",
        source="Harbour Wire",
        minutes=2,
        summary=Summary(method="lead", sentences=(sentence,), note="no method for this language"),
        language="en",
        image=Image(url="media:bridge.jpg", alt="A bridge"),
        also=("Ferry Post",),
    )


def edition(*articles: int, digest: str = "daily", number: int = 1, day: int = 20) -> Edition:
    """Make an edition of a day in November, with all articles in one section."""
    items = tuple(item(article_id, rank=rank) for rank, article_id in enumerate(articles, 1))
    sections = (EditionSection(key="world", title="World", items=items),) if items else ()
    return Edition(
        digest=digest,
        number=number,
        slot=Slot(local=datetime(2026, 11, day, 7, 0, tzinfo=ZoneInfo("Europe/Berlin"))),
        language="en",
        subject="Bridge opens",
        preheader="Boats waited",
        sections=sections,
        quiet=("Sport",),
        left_over=2,
    )


def add_edition(
    tx: Transaction,
    *articles: int,
    state: EditionState = EditionState.DRAFT,
    number: int = 1,
    day: int = 20,
    digest: str = "daily",
) -> int:
    """Store an edition without decisions."""
    new = edition(*articles, number=number, day=day, digest=digest)
    return tx.editions.add(new, state=state, content_hash=f"hash {number}", built_at=NOW)


def add_readers(tx: Transaction, count: int, digest: str = "daily") -> tuple[int, ...]:
    """Store confirmed subscribers: reader1@example.org and so on."""
    numbers = []
    for number in range(1, count + 1):
        person = tx.people.put(NewSubscriber(email=f"Reader{number}@example.org"), at=NOW)
        tx.people.subscribe(
            person.id, digest, state=SubscriptionState.CONFIRMED, at=NOW, consent="import:members.csv"
        )
        numbers.append(person.id)
    return tuple(numbers)


def frozen_edition(tx: Transaction, count: int) -> int:
    """Store an edition that so many readers are about to get."""
    add_readers(tx, count)
    edition_id = add_edition(tx, state=EditionState.SENDING)
    tx.deliveries.freeze(edition_id)
    return edition_id


def close_edition(tx: Transaction, edition_id: int) -> None:
    """Note that an edition was sent whole, now."""
    tx.editions.set_state(edition_id, EditionState.SENT, expect=(EditionState.SENDING,), by="worker", at=NOW)


def ended(mail: Delivery, state: DeliveryState, text: str) -> Settlement:
    """Make the end of an attempt that needs no next moment."""
    outcome = Outcome(state=state, at=NOW, text=text)
    return Settlement(delivery_id=mail.id, attempt=mail.attempt, outcome=outcome)


def bar_fingerprint(tx: Transaction, address: str) -> None:
    """Leave what an erased person leaves, though the address is here."""
    row = {"key": fingerprint_address(address), "reason": "erased", "added_at": NOW}
    tx.people.connection.execute(insert(suppressions), row)


def put_on_schedule(tx: Transaction, edition_id: int) -> None:
    """Let the edition fill a slot that the schedule has on record."""
    stored = tx.editions.get(edition_id)
    assert stored is not None
    row = {
        "digest": stored.edition.digest,
        "slot": stored.edition.slot.key,
        "due_at": stored.edition.slot.local,
        "first_at": stored.edition.slot.local,
        "last_at": stored.edition.slot.local,
        "build_at": stored.built_at,
        "state": SlotState.BUILT,
        "edition_id": edition_id,
        "tries": 1,
        "changed_at": stored.built_at,
    }
    tx.editions.connection.execute(insert(slots), row)
