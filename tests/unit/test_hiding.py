"""No address stays in what a relay said, however its lines tear it apart."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from digest.deliver import Watch
from digest.deliver.compose.verp import bounce_address
from digest.deliver.run.hiding import hide
from digest.deliver.run.outcomes import hidden
from digest.deliver.smtp.reply_reader import ReplyReader
from digest.errors import TransportError
from digest.tokens import Keyring
from scripted_relay import ScriptedRelay
from sending_cast import NOW, MemoryLedger, route, send
from written_addresses import WRITTEN

SAM = "sam.reader@news.example.org"
WORDS = "(the address)"
RING = Keyring(("key-" * 8,))


def said(*lines: str) -> str:
    """Read a reply of several lines as a conversation does; return its words."""
    reader = ReplyReader()
    (reply,) = reader.read("".join(f"{line}\r\n" for line in lines).encode())
    return reply.text


@pytest.mark.parametrize(
    ("lines", "left"),
    [
        ((f"550 5.1.1 <{SAM}>: unknown",), f"5.1.1 <{WORDS}>: unknown"),
        (("550-5.1.1 <sam.reader@news.exa", "550 mple.org>: unknown"), f"5.1.1 <{WORDS}>: unknown"),
        (("550-5.1.1 <sam.reader@news.exa", "550 5.1.1 mple.org>: unknown"), f"5.1.1 <{WORDS}>: unknown"),
        (("550-5.1.1 sam.rea", "550-5.1.1   der@news.example", "550 5.1.1 .org no"), f"5.1.1 {WORDS} no"),
        (("550-5.1.1 <SAM.reader@", "550 - News.Example.org>"), f"5.1.1 <{WORDS}>"),
        (("550-no: sam.reader", "550 -@news.example.org there"), f"no: {WORDS} there"),
        (("550 5.1.1 sam.reader @ news.example.org no",), f"5.1.1 {WORDS} no"),
        (
            (
                "550-a sam.reader@news.",
                "550 550-example.org b",
            ),
            f"a {WORDS} b",
        ),
        (("550 5.1.1 <samreader@news.example.org>, 5.2.1",), "5.1.1 <samreader@news.example.org>, 5.2.1"),
        ((f"550 {SAM} {SAM}: {SAM}",), f"{WORDS} {WORDS}: {WORDS}"),
    ],
)
def test_address_is_hidden_wherever_a_line_ends_within_it(lines: tuple[str, ...], left: str) -> None:
    """Servers wrap at a column, whatever stands there, and begin each line with their code."""
    assert hide(said(*lines), [SAM]) == left


@given(st.lists(st.integers(1, len(SAM) - 1), max_size=6, unique=True), st.sampled_from(["", "5.1.1 ", "- "]))
def test_address_is_hidden_wherever_it_is_torn(places: list[int], head: str) -> None:
    """At any places, into any number of lines."""
    cuts = [0, *sorted(places), len(SAM)]
    pieces = [SAM[begin:end] for begin, end in pairwise(cuts)]
    lines = [f"550-{head}{piece}" for piece in pieces]
    text = said("550-5.1.1 no such mailbox", *lines, "550 5.1.1 sorry")

    assert hide(text, [SAM]).replace("5.1.1 ", "").replace("- ", "") == f"no such mailbox {WORDS} sorry"


def test_address_with_hyphens_and_digits_of_its_own_is_hidden() -> None:
    """They look like what tears one apart."""
    for address in ("a-b-550@5.1.1-x.example", "x--4.2.2--@news-5.example", "550@a-550.example"):
        assert hide(f"5.1.1 <{address}> {address[:9]} {address[9:]}", [address]) == f"5.1.1 <{WORDS}> {WORDS}"


def test_address_that_the_end_of_the_words_cuts_off_is_hidden() -> None:
    """Of a reply 300 characters are kept."""
    text = said(f"550 {'x' * 280} {SAM}")

    assert text.endswith(f" {SAM[:19]}")
    assert hide(text, [SAM]) == f"{'x' * 280} {WORDS}"


@pytest.mark.parametrize("length", range(3, len("sam.reader") + 1))
def test_name_that_the_end_of_the_words_cuts_off_is_hidden(length: int) -> None:
    """Before the @, wherever that is: at 300 characters, or where a server has cut what it says itself."""
    part = SAM[:length]

    assert hidden(f"5.1.1 unknown: <{part}", SAM) == f"5.1.1 unknown: <{WORDS}"
    assert hidden(f"5.1.1 {part.upper()}", SAM) == f"5.1.1 {WORDS}"
    assert hidden(said(f"550 {'x' * (299 - length)} {SAM}"), SAM) == f"{'x' * (299 - length)} {WORDS}"


@pytest.mark.parametrize(("email", "written"), WRITTEN)
def test_address_is_hidden_in_the_forms_that_relays_write_it_in(email: str, written: str) -> None:
    """With the domain as people read it, with a quoted name, and as in a web address; torn, too."""
    assert hidden(f"5.1.1 <{written}>: unknown", email) == f"5.1.1 <{WORDS}>: unknown"
    assert hidden(f"5.1.1 <{written[:9]} 5.1.1 {written[9:]}>: no", email) == f"5.1.1 <{WORDS}>: no"


def test_a_sign_of_another_form_in_the_words_hides_nothing() -> None:
    """Full mailboxes, and addresses of others."""
    for words in ("4.2.2 mailbox is 100% full", '5.7.1 "policy" of b\u00fccher.example, ask a%40b.example'):
        assert hidden(words, "joerg@xn--bcher-kva.example") == words


@given(st.integers(3, 10), st.integers(1, 9), st.sampled_from(["", "5.1.1 ", "- "]))
def test_torn_name_that_the_end_of_the_words_cuts_off_is_hidden(length: int, cut: int, head: str) -> None:
    """Over two lines, each with its code."""
    part = SAM[:length]
    text = said(f"550-5.1.1 unknown: {part[:cut]}", f"550 {head}{part[cut:]}")

    assert hidden(text, SAM).removesuffix(" -").removesuffix(" 5.1.1") == f"5.1.1 unknown: {WORDS}"


@pytest.mark.parametrize(
    ("words", "email"),
    [
        ("5.1.1 no such user", "user.one@x.example"),
        ("no such mailbox", "mailbox@x.example"),
        ("address unknown", "unknown7@x.example"),
        ("mailbox not found", "foundation@x.example"),
        ("the account does not exist", "existenz@x.example"),
        ("our daily limit", "limits@x.example"),
        ("user unknown", "userunknown@x.example"),
        ("user unknown", "user-unknown7@x.example"),
        ("server busy", "serverbusy@x.example"),
        ("queued as 7samrea", "sam.rea@x.example"),
        ("2.0.0 flotsam", "sam@x.example"),
        ("no mail for sa", "sam@x.example"),
        ("sam.rea is unknown", "sam.reader@x.example"),
    ],
)
def test_usual_word_at_the_end_is_no_name(words: str, email: str) -> None:
    """What is taken for one would be missed by whoever judges the words; and it names nobody."""
    assert hidden(words, email) == words


_PIECES = st.lists(st.sampled_from([*"abA)5.", "-", "550", "-550-", "5.1.1"]), min_size=1, max_size=6)


@given(st.lists(st.sampled_from([*"abA)5.- ", " 550", "-5.1.1", "5.1.1:"]), max_size=8), _PIECES)
@example(["n", "o", " ", "a", "b", "a", "a"], ["a", "b", "-550-", "a", "a"])
@example(["n", "o", " ", "a", "b", "a", "a"], ["a", "b", "a", "-", "a"])
@example(["n", "o", " ", "a", "b", "a", " 550"], ["a", "b", "a"])
def test_quick_look_at_the_end_misses_no_name(pieces: list[str], name: list[str]) -> None:
    """Nearly no answer ends with one, so that a glance must do; it takes none for harmless that is not."""
    text, email = "".join(pieces), f"{''.join(name)}@x.example"

    assert hidden(text, email) == hide(text, [email])


def test_signed_sender_is_hidden_where_it_is_torn() -> None:
    """Who has it can end a subscription."""
    sender = bounce_address(RING, 7, "A" * 22, "b.example")
    for at in range(1, sender.index("@")):
        text = hide(said(f"550-5.7.1 <{sender[:at]}", f"550 5.7.1 {sender[at:]}> no"), [SAM])

        assert text == "5.7.1 <(the sender)@b.example> no"


@given(st.lists(st.integers(1, 80), max_size=4, unique=True), st.sampled_from(["", "5.7.1 ", "550-5.7.1 "]))
def test_token_of_a_link_is_hidden_wherever_it_is_torn(places: list[int], head: str) -> None:
    """Filters quote the link that they do not like, and servers wrap it; its token is good for ever."""
    token = RING.sign("unsubscribe", f"{'A' * 22}.daily")
    cuts = [0, *sorted(at for at in places if at < len(token)), len(token)]
    pieces = [token[begin:end] for begin, end in pairwise(cuts)]
    first, *more = pieces
    lines = [
        f"550-5.7.1 listed: https://n.example/unsubscribe/{first}",
        *(f"550-{head}{one}" for one in more),
    ]
    text = said(*lines, "550 5.7.1 sorry")

    assert text == "5.7.1 listed: https://n.example/unsubscribe/(a token) 5.7.1 sorry"


def test_token_that_the_end_of_the_words_cuts_off_is_hidden() -> None:
    """By us after 300 characters, or by a server."""
    token = RING.sign("unsubscribe", f"{'A' * 22}.daily")

    assert said(f"554 https://n.example/u/{token[:-1]}") == "https://n.example/u/(a token)"
    assert said(f"554 {'x' * 229} /u/{token}")[230:] == "/u/(a token)"
    assert said(f"250 queued, see https://n.example/u/{token}") == "queued, see https://n.example/u/(a token)"


@pytest.mark.parametrize(
    "replies",
    [
        {"dot": "554 5.7.1 refused, it holds {link}"},
        {"dot": "550 5.1.1 refused, it holds {link}"},
        {"dot": "450 4.2.0 later, it holds {link}"},
        {"rcpt": "451 4.3.2 busy, see {link}"},
    ],
)
def test_no_token_comes_into_books_or_errors(replies: dict[str, str]) -> None:
    """The whole way, from the wire: a filter refuses what holds a link, and says which."""
    token = RING.sign("unsubscribe", f"{'A' * 22}.daily")
    link = f"https://news.example.org/unsubscribe/{token}"
    ledger, told = MemoryLedger([SAM]), list[object]()
    watch = Watch(clock=lambda: NOW, chance=lambda: 0.0, progress=told.append)
    with ScriptedRelay({phase: words.format(link=link) for phase, words in replies.items()}) as relay:
        try:
            send(ledger, route(relay.port), watch=watch)
        except TransportError as error:
            told.append(str(error))
    words = f"{told} {ledger.rows}"

    assert token not in words
    assert "https://news.example.org/unsubscribe/(a token)" in words


def test_what_looks_like_many_gaps_takes_no_time(
    within: Callable[[float], AbstractContextManager[None]],
) -> None:
    """Readers choose their addresses, and relays their words."""
    address = "-" * 60 + "x@" + "-5.1.1" * 30 + ".example"
    with within(1):
        for _ in range(100):
            hide("-" * 150 + " 5.1.1" * 25 + "x@", [address, address.upper()])


def test_torn_address_is_not_in_the_books() -> None:
    """The whole way, from the wire to the row."""
    ledger = MemoryLedger([SAM])
    with ScriptedRelay({"rcpt": "550-5.1.1 <sam.reader@news.exa\r\n550 5.1.1 mple.org> unknown"}) as relay:
        send(ledger, route(relay.port))
    assert ledger.rows[1].reason == f"5.1.1 <{WORDS}> unknown"
