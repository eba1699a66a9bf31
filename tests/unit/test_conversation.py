"""What one transaction says in every case, and on which side of the dot a loss falls."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.deliver.compose.envelope import Envelope
from digest.deliver.smtp.conversation import Conversation, Verdict, stuffed
from digest.deliver.smtp.offers import Offers
from digest.deliver.smtp.replies import Phase, Receipt
from digest.errors import TransportError
from digest.model import DeliveryState

FROM, TO, MESSAGE = "b@example.org", "sam@example.org", b"Subject: s\r\n\r\nbody\r\n"
MAIL = Envelope(sender=FROM, recipient=TO, message=MESSAGE)
SENT, UNKNOWN, PENDING = DeliveryState.SENT, DeliveryState.UNKNOWN, DeliveryState.PENDING
DEFERRED, FAILED = DeliveryState.DEFERRED, DeliveryState.FAILED
GO_ON = b"250 2.1.0 ok\r\n250 2.1.5 ok\r\n354 go on\r\n"


def offers(*, pipelining: bool = True, size: int | None = None, smtputf8: bool = False) -> Offers:
    """Announce something."""
    return Offers(pipelining=pipelining, size=size, eight_bit=smtputf8, smtputf8=smtputf8, enhanced=True)


def mail(recipient: str = TO, message: bytes = MESSAGE) -> Envelope:
    """Put a message into its envelope."""
    return Envelope(sender=FROM, recipient=recipient, message=message)


def talk(**given: bool) -> Conversation:
    """Begin a conversation with a relay that offers this."""
    return Conversation(offers(**given), relay="main")


def at_permit() -> Conversation:
    """Bring a message to where its dot may be asked for."""
    one = talk()
    one.begin(MAIL)
    assert one.received(GO_ON) == MESSAGE
    one.body_written()
    return one


def state(verdict: Verdict | None) -> DeliveryState | None:
    """Say what a verdict means for the recipient: nothing was taken leaves them pending."""
    if isinstance(verdict, Receipt):
        return verdict.state
    return PENDING if isinstance(verdict, TransportError) else None


def test_commands_go_out_together_where_the_relay_takes_them_so() -> None:
    """RFC 2920: one round trip instead of three."""
    one = talk()

    assert one.begin(MAIL) == (b"MAIL FROM:<b@example.org>\r\nRCPT TO:<sam@example.org>\r\nDATA\r\n")
    assert one.received(b"250 2.1.0 ok\r\n250 2.1.5 ok\r\n") == b""
    assert one.received(b"354 go on\r\n") == MESSAGE


def test_commands_go_out_one_by_one_where_it_does_not() -> None:
    """An old relay throws away what comes before its answer."""
    one = talk(pipelining=False)

    assert one.begin(MAIL) == b"MAIL FROM:<b@example.org>\r\n"
    assert one.received(b"250 ok\r\n") == b"RCPT TO:<sam@example.org>\r\n"
    assert one.received(b"250 ok\r\n") == b"DATA\r\n"
    assert one.received(b"354 go on\r\n") == MESSAGE


def test_name_of_the_recipient_is_no_word_about_the_sender() -> None:
    """A reader called daily who is unknown would count against the relay."""
    one = talk()
    one.begin(mail("daily@pub.example"))
    one.received(b"250 ok\r\n550 daily: no such user\r\n503 no\r\n250 reset\r\n")

    assert state(one.take()) is FAILED


def test_many_messages_follow_each_other() -> None:
    """Each with its own verdict."""
    one = talk()
    for number in range(3):
        one.begin(MAIL)
        one.received(GO_ON)
        one.body_written()
        assert one.dot() == b".\r\n"
        one.received(f"250 2.0.0 queued as {number}\r\n".encode())
        verdict = one.take()

        assert isinstance(verdict, Receipt)
        assert (verdict.state, verdict.code, verdict.text) == (SENT, 250, f"2.0.0 queued as {number}")
        assert one.is_ready


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        (b"451 4.3.0 later\r\n503 no mail\r\n503 no mail\r\n", DEFERRED),
        (b"550 5.7.1 not you\r\n503 no mail\r\n503 no mail\r\n", PENDING),
        (b"250 ok\r\n450 4.2.0 greylisted\r\n503 no recipients\r\n", DEFERRED),
        (b"250 ok\r\n550 5.1.1 unknown\r\n554 no valid recipients\r\n", FAILED),
        (b"250 ok\r\n554 5.7.1 relay access denied\r\n503 no\r\n", PENDING),
        (b"250 ok\r\n250 ok\r\n451 4.3.0 later\r\n", DEFERRED),
        (b"250 ok\r\n250 ok\r\n554 5.5.1 no\r\n", PENDING),
    ],
)
def test_refusal_is_the_first_one_and_the_connection_goes_on(answers: bytes, expected: DeliveryState) -> None:
    """What follows a refusal in the same group only echoes it."""
    one = talk()
    one.begin(MAIL)

    assert one.received(answers) == b"RSET\r\n"
    assert one.verdict is None
    assert one.received(b"250 ok\r\n") == b""
    assert state(one.take()) is expected
    assert one.is_ready


def test_relay_that_says_go_on_after_refusing_gets_an_empty_message() -> None:
    """RFC 2920 section 3.1: else it would take what follows for the text of a mail."""
    one = talk()
    one.begin(MAIL)

    assert one.received(b"250 ok\r\n550 5.1.1 unknown\r\n354 go on\r\n") == b".\r\n"
    assert one.received(b"554 5.5.1 no valid recipients\r\n") == b"RSET\r\n"
    one.received(b"250 ok\r\n")
    assert state(one.take()) is FAILED
    assert one.is_ready


@pytest.mark.parametrize("heard", [0, 14, 28, 30])
def test_loss_before_the_body_leaves_the_recipient_pending(heard: int) -> None:
    """Wherever in the group of answers it falls."""
    one = talk()
    one.begin(MAIL)
    one.received(GO_ON[:heard] or b"2")
    one.received(b"")

    assert state(one.take()) is PENDING
    assert one.is_over


def test_loss_while_the_permit_is_asked_for_leaves_the_recipient_pending() -> None:
    """The dot is not written."""
    one = at_permit()
    one.lost("reset by peer")

    assert state(one.take()) is PENDING


def test_loss_after_the_dot_is_unknown() -> None:
    """Nobody can tell whether the mail was taken. RFC 1047."""
    one = at_permit()
    one.dot()
    one.received(b"")

    assert state(one.take()) is UNKNOWN


def test_dot_of_which_no_byte_was_written_was_not_written() -> None:
    """The system refused all three: the relay cannot have seen them."""
    one = at_permit()
    one.dot()
    one.dot_stayed("broken pipe")

    assert state(one.take()) is PENDING
    assert one.is_over


@pytest.mark.parametrize(
    ("answer", "expected", "over"),
    [
        (b"250 2.0.0 ok\r\n", SENT, False),
        (b"451 4.3.0 later\r\n", DEFERRED, False),
        (b"421 4.3.2 going down\r\n", DEFERRED, True),
        (b"552 5.2.2 full\r\n", FAILED, False),
        (b"554 5.7.1 spam\r\n", PENDING, False),
        (b"354 more\r\n", UNKNOWN, True),
        (b"what?\r\n", UNKNOWN, True),
        (b"150 wait\r\n", UNKNOWN, True),
        (b"250-one\r\n251 two\r\n", UNKNOWN, True),
        (b"x" * 5_000, UNKNOWN, True),
    ],
)
def test_answer_to_the_dot(answer: bytes, expected: DeliveryState, over: bool) -> None:
    """A clear answer is believed; anything else is not taken for a yes or a no."""
    one = at_permit()
    one.dot()
    one.received(answer)

    assert state(one.take()) is expected
    assert one.is_over is over


def test_answer_of_several_lines_is_one_answer() -> None:
    """However it is cut on the way."""
    one = at_permit()
    one.dot()
    for byte in b"250-2.0.0 thank you\r\n250 2.0.0 queued as 7\r\n":
        assert one.verdict is None
        one.received(bytes([byte]))

    verdict = one.take()
    assert isinstance(verdict, Receipt)
    assert verdict.text == "2.0.0 thank you 2.0.0 queued as 7"


@pytest.mark.parametrize("step", [1_000, 100_000])
@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (b"250 2.0.0 ok " + b"x" * 60_000 + b"\r\n", SENT),
        (b"250-2.0.0 ok " + b"x" * 60_000 + b"\r\n250 2.0.0 ok\r\n", SENT),
        (b"250-2.0.0 ok\r\n" * 4_000 + b"250 2.0.0 ok\r\n", SENT),
        (b"552 5.2.2 " + b"full " * 12_000 + b"\r\n", FAILED),
        (b"451-4.3.0 later\r\n" * 3_000 + b"451 4.3.0 later\r\n", DEFERRED),
    ],
)
def test_long_answer_to_the_dot_is_an_answer(answer: bytes, expected: DeliveryState, step: int) -> None:
    """Its code stands in its first three bytes; taken for none, a yes would be asked for once more."""
    one = talk()
    for _ in range(2):
        one.begin(MAIL)
        one.received(GO_ON)
        one.body_written()
        one.dot()
        for start in range(0, len(answer), step):
            one.received(answer[start : start + step])
        verdict = one.take()

        assert state(verdict) is expected
        assert isinstance(verdict, Receipt)
        assert len(verdict.text) <= 300
        assert one.is_ready


@pytest.mark.parametrize("piece", [b"250-y\r\n" * 100, b"250-y\r\n" + b"y" * 1_000, b"y" * 1_000])
def test_answer_without_an_end_ends_the_connection(piece: bytes) -> None:
    """What is read of one is bounded, whatever it is made of."""
    one = at_permit()
    one.dot()
    one.received(b"250-")
    pieces = 0
    while one.verdict is None:
        one.received(piece)
        pieces += 1

    assert pieces * len(piece) <= 70_000
    assert state(one.take()) is UNKNOWN
    assert one.is_over


def test_yes_counts_whatever_stands_behind_it() -> None:
    """A relay that goes mad after it took a mail has taken it."""
    one = at_permit()
    one.dot()
    one.received(b"250 ok\r\n" + b"x" * 5_000)

    assert state(one.take()) is SENT
    assert one.is_over


def test_relay_that_talks_unasked_is_left() -> None:
    """After a good answer the mail is sent all the same; the next one goes another way."""
    one = at_permit()
    one.dot()
    one.received(b"250 ok\r\n250 ok again\r\n")

    assert state(one.take()) is SENT
    assert one.is_over


@pytest.mark.parametrize(
    ("early", "expected"),
    [
        (b"552 5.3.4 too big\r\n", PENDING),
        (b"451 4.3.1 no room\r\n", DEFERRED),
        (b"421 going down\r\n", PENDING),
        (b"250 2.0.0 ok\r\n", PENDING),
    ],
)
def test_answer_that_comes_before_the_dot_ends_the_message_untaken(
    early: bytes, expected: DeliveryState
) -> None:
    """Even a yes: no dot was written, so there was no whole message to take."""
    one = at_permit()
    one.received(early)

    assert state(one.take()) is expected
    assert one.is_over


def test_goodbye_in_a_group_of_answers_ends_the_connection() -> None:
    """Nothing more comes; waiting for the rest would take minutes."""
    one = talk()
    one.begin(MAIL)
    one.received(b"421 4.3.2 too many connections\r\n")
    verdict = one.take()

    assert isinstance(verdict, TransportError)
    assert (verdict.permanent, verdict.code) == (False, 421)
    assert one.is_over


def test_relay_that_cannot_reset_is_left_and_the_refusal_stands() -> None:
    """What follows could be taken for another message."""
    one = talk()
    one.begin(MAIL)
    one.received(b"250 ok\r\n550 5.1.1 unknown\r\n503 no\r\n")
    one.received(b"500 what?\r\n")

    assert state(one.take()) is FAILED
    assert one.is_over


def test_relay_that_is_lost_while_resetting_does_not_change_the_refusal() -> None:
    """It was about the recipient."""
    one = talk()
    one.begin(MAIL)
    one.received(b"250 ok\r\n550 5.1.1 unknown\r\n503 no\r\n")
    one.lost("timed out")

    assert state(one.take()) is FAILED


def test_message_larger_than_the_relay_takes_is_not_tried() -> None:
    """RFC 1870: it was announced; the whole edition is too big, and nobody is to be blamed."""
    one = Conversation(offers(size=10), relay="main")

    assert one.begin(MAIL) == b""
    verdict = one.take()
    assert isinstance(verdict, TransportError)
    assert (verdict.permanent, verdict.code) == (True, 552)
    assert one.is_ready


def test_size_is_told_to_a_relay_that_counts() -> None:
    """RFC 1870: it can refuse before 35 kB have crossed the network."""
    one = Conversation(offers(size=1000), relay="main")

    assert one.begin(MAIL).startswith(f"MAIL FROM:<b@example.org> SIZE={len(MESSAGE)}\r\n".encode())


def test_address_beyond_ascii_says_so() -> None:
    """RFC 6531 section 3.4."""
    one = Conversation(offers(smtputf8=True), relay="main")

    written = one.begin(mail("jörg@example.org")).decode()
    assert written.startswith(
        "MAIL FROM:<b@example.org> BODY=8BITMIME SMTPUTF8\r\nRCPT TO:<jörg@example.org>\r\n"
    )


def test_eight_bits_are_not_spoken_of_where_they_are_not_offered() -> None:
    """RFC 5321 section 4.1.1.11: a parameter of no extension that was offered is refused, with 555."""
    offered = Offers(pipelining=True, size=None, eight_bit=False, smtputf8=True, enhanced=True)
    one = Conversation(offered, relay="main")

    assert one.begin(mail("jörg@example.org")).startswith(b"MAIL FROM:<b@example.org> SMTPUTF8\r\n")


@given(st.lists(st.sampled_from([b"", b".", b"..", b"a", b".a", b"a."]), max_size=6))
def test_doubled_dots_are_undone_to_the_same_message(lines: list[bytes]) -> None:
    """RFC 5321 section 4.5.2, the receiver's half written out."""
    message = b"\r\n".join([b"Subject: s", b"", *lines, b""])
    received = [line.removeprefix(b".") for line in stuffed(message).split(b"\r\n")]

    assert b"\r\n".join(received) == message
    assert b"\r\n.\r\n" not in stuffed(message)


@given(st.lists(st.binary(max_size=40), max_size=12), st.integers(0, 3))
def test_no_bytes_of_a_relay_make_a_mail_sent_before_its_dot(chunks: list[bytes], step: int) -> None:
    """Whatever a broken or hostile relay says, SENT needs our dot, and every message gets one verdict."""
    one = talk()
    one.begin(MAIL)
    if step > 0:
        one.received(GO_ON)
    if step > 1:
        one.body_written()
    is_dotted = step > 2 and one.phase is Phase.PERMIT and bool(one.dot())
    for chunk in chunks:
        if not one.is_over:
            one.received(chunk)
    one.lost("over")
    verdict = one.take()

    assert verdict is not None
    if not is_dotted:
        assert state(verdict) not in {SENT, UNKNOWN}
    assert one.take() is None


@pytest.mark.parametrize(
    "answers", [b"354 go on\r\n", b"250 ok\r\n354 go on\r\n250 ok\r\n", b"250 ok\r\n250 ok\r\n250 ok\r\n"]
)
def test_answer_of_another_kind_ends_the_connection_and_blames_nobody(answers: bytes) -> None:
    """The relay and we count differently: what it says next may be about something else."""
    one = talk()
    one.begin(MAIL)

    assert one.received(answers) == b""
    verdict = one.take()
    assert isinstance(verdict, TransportError)
    assert not verdict.permanent
    assert one.is_over


@pytest.mark.parametrize(
    ("heard", "is_silent", "astray"),
    [
        (b"250 ok\r\n", True, True),
        (b"250 ok\r\n", False, True),
        (b"", True, True),
        (b"", False, False),
        (b"250 ok\r\n354 go on\r\n", False, True),
        (b"250 ok\r\n421 4.3.2 busy\r\n", False, False),
        (b"550 5.7.1 no\r\n", False, False),
        (GO_ON, True, False),
    ],
)
def test_loss_in_the_middle_of_a_group_is_told(heard: bytes, is_silent: bool, astray: bool) -> None:
    """A relay that announces PIPELINING and throws away what goes ahead must not get it again."""
    one = talk()
    one.begin(MAIL)
    if heard:
        one.received(heard)
    one.lost("gone", is_silent=is_silent)

    assert one.went_astray is astray


def test_loss_where_nothing_goes_ahead_is_a_mere_loss() -> None:
    """One command at a time is as careful as one can be."""
    one = talk(pipelining=False)
    one.begin(MAIL)
    one.received(b"250 ok\r\n")
    one.lost("timed out", is_silent=True)

    assert not one.went_astray


def test_noise_that_begins_with_digits_is_no_yes() -> None:
    """A log line that begins with the year is no 202."""
    one = at_permit()
    one.dot()
    one.received(b"2026-11-25 06:00:00 panic: out of memory\r\n")

    assert state(one.take()) is UNKNOWN


SECOND = b"Subject: t\r\n\r\nanother body\r\n"


def with_a_second_behind() -> Conversation:
    """Write a dot, and behind it the commands of the next message."""
    one = at_permit()
    assert one.dot() == b".\r\n"
    assert one.begin(mail("olu@example.org", SECOND)) == (
        b"MAIL FROM:<b@example.org>\r\nRCPT TO:<olu@example.org>\r\nDATA\r\n"
    )
    return one


def test_next_message_begins_behind_a_dot() -> None:
    """RFC 2920 section 3.1: the end of a message may be the first command of a group. A round trip less."""
    one = with_a_second_behind()

    assert one.phase is Phase.DOT
    assert one.received(b"250 2.0.0 queued\r\n" + GO_ON) == SECOND
    assert state(one.take()) is SENT
    assert one.phase is Phase.BODY
    one.body_written()
    assert one.dot() == b".\r\n"
    one.received(b"250 2.0.0 queued\r\n")
    assert state(one.take()) is SENT
    assert one.is_ready


def test_one_message_at_most_begins_behind_a_dot_and_only_there() -> None:
    """Else nobody could tell which of them a loss has hit."""
    with pytest.raises(ValueError, match="one message"):
        at_permit().begin(mail(message=SECOND))
    with pytest.raises(ValueError, match="one message"):
        with_a_second_behind().begin(MAIL)


def test_no_message_begins_behind_a_dot_where_nothing_goes_ahead() -> None:
    """An old relay throws away what comes before its answer."""
    one = talk(pipelining=False)
    one.begin(MAIL)
    for answer in (b"250 ok\r\n", b"250 ok\r\n", b"354 go on\r\n"):
        one.received(answer)
    one.body_written()
    one.dot()

    assert not one.may_follow


@pytest.mark.parametrize("answer", [b"451 4.3.0 later\r\n", b"552 5.2.2 full\r\n", b"554 5.7.1 spam\r\n"])
def test_refusal_of_the_first_leaves_the_second_alone(answer: bytes) -> None:
    """Each answer is about one message."""
    one = with_a_second_behind()

    assert one.received(answer) == b""
    assert state(one.take()) is not SENT
    assert one.received(GO_ON) == SECOND


def test_refusal_of_the_second_leaves_the_first_alone() -> None:
    """Also when both answers come in one piece."""
    one = with_a_second_behind()

    assert one.received(b"250 ok\r\n250 ok\r\n550 5.1.1 unknown\r\n554 no\r\n") == b"RSET\r\n"
    assert state(one.take()) is SENT
    one.received(b"250 ok\r\n")
    assert state(one.take()) is FAILED
    assert one.is_ready


@pytest.mark.parametrize(
    ("end", "first", "astray"),
    [
        ("lost", UNKNOWN, True),
        ("silent", UNKNOWN, True),
        ("stayed", PENDING, False),
        ("421 4.3.2 going down", DEFERRED, False),
        ("what?", UNKNOWN, True),
        ("354 more", UNKNOWN, False),
    ],
)
def test_loss_before_a_word_about_the_second_blames_it_for_nothing(
    end: str, first: DeliveryState, astray: bool
) -> None:
    """It was the first one's dot that was not answered; the second may go another way at once.

    A relay that goes right at the first dot with something behind it may have gone over that.
    """
    one = with_a_second_behind()
    if end == "stayed":
        one.dot_stayed("broken pipe")
    elif end in {"lost", "silent"}:
        one.lost(end, is_silent=end == "silent")
    else:
        one.received(f"{end}\r\n".encode())

    assert [state(one.take()), state(one.take()), one.take()] == [first, PENDING, None]
    assert (one.is_over, one.was_unheard, one.went_astray) == (True, True, astray)


def test_relay_that_throws_away_what_stands_behind_a_dot_gets_nothing_ahead_again() -> None:
    """It answers the first message, and waits for a MAIL that it has had."""
    one = with_a_second_behind()
    one.received(b"250 ok\r\n")
    one.lost("timed out", is_silent=True)

    assert [state(one.take()), state(one.take())] == [SENT, PENDING]
    assert one.went_astray


@pytest.mark.parametrize(
    ("answers", "first"),
    [
        (b"250 2.1.0 ok\r\n250 2.0.0 queued\r\n", SENT),
        (b"250 2.1.0 queued\r\n250 2.1.0 ok\r\n", SENT),
        (b"250 2.1.0 ok\r\n550 5.1.1 unknown\r\n", UNKNOWN),
        (b"250 2.1.0 ok\r\n554 5.7.1 spam\r\n", UNKNOWN),
        (b"250 2.1.0 ok\r\n451 4.3.0 later\r\n", UNKNOWN),
        (b"250 2.1.0 ok\r\n250 2.1.5 ok\r\n451 4.3.0 later\r\n", UNKNOWN),
    ],
    ids=lambda given: given.decode() if isinstance(given, bytes) else given,
)
def test_word_on_a_sender_is_no_answer_to_the_dot_before_it_until_the_next_one_says_so(
    answers: bytes, first: DeliveryState
) -> None:
    """A relay may answer the MAIL behind a dot before the dot, and refuse the message then."""
    one = with_a_second_behind()
    one.received(answers)

    assert state(one.take()) is first
    if first is SENT:
        assert one.received(b"250 2.1.5 ok\r\n354 go on\r\n") == SECOND
    else:
        assert state(one.take()) is PENDING
        assert (one.is_over, one.went_astray) == (True, True)


@pytest.mark.parametrize(
    ("answer", "first"),
    [(b"250 2.0.0 ok", SENT), (b"552 5.2.2 full", FAILED), (b"451 4.3.0 later", DEFERRED)],
)
def test_relay_that_answers_all_behind_a_dot_first_is_believed_about_the_dot(
    answer: bytes, first: DeliveryState
) -> None:
    """Once MAIL, RCPT and DATA have their answers one more is the dot's; smtp-sink does so that waits."""
    one = with_a_second_behind()
    one.received(b"250 2.1.0 ok\r\n250 2.1.5 ok\r\n354 go on\r\n")
    assert one.verdict is None
    one.received(answer + b"\r\n")

    assert [state(one.take()), state(one.take())] == [first, PENDING]
    assert (one.is_over, one.went_astray) == (True, True)


@pytest.mark.parametrize("step", [1, 1_000])
def test_relay_without_codes_that_answers_in_another_order_gets_nothing_ahead_again(step: int) -> None:
    """Its 354 comes too early; what it says of the first message cannot be told from a word on the second."""
    one = with_a_second_behind()
    answers = b"250 ok\r\n250 ok\r\n354 go on\r\n"
    for at in range(0, len(answers), step):
        one.received(answers[at : at + step])

    assert [state(one.take()), state(one.take()), one.take()] == [SENT, PENDING, None]
    assert (one.is_over, one.went_astray) == (True, True)


def test_relay_that_is_lost_after_such_a_word_leaves_the_first_unknown() -> None:
    """The dot may have had no answer yet."""
    one = with_a_second_behind()
    one.received(b"250 2.1.0 ok\r\n")
    assert one.verdict is None
    one.lost("timed out", is_silent=True)

    assert [state(one.take()), state(one.take())] == [UNKNOWN, PENDING]


def test_word_on_a_sender_is_an_answer_to_a_dot_that_nothing_stands_behind() -> None:
    """A few small servers say 2.1.0 to all they like."""
    one = at_permit()
    one.dot()
    one.received(b"250 2.1.0 Message accepted\r\n")

    assert state(one.take()) is SENT


def test_second_that_the_relay_need_not_be_asked_about_ends_behind_the_first() -> None:
    """Verdicts come in the order of the messages."""
    one = Conversation(offers(size=len(MESSAGE)), relay="main")
    one.begin(MAIL)
    one.received(GO_ON)
    one.body_written()
    one.dot()

    assert one.begin(mail(message=MESSAGE * 2)) == b""
    one.received(b"250 ok\r\n")
    assert [state(one.take()), state(one.take())] == [SENT, PENDING]
    assert one.is_ready


@given(st.lists(st.one_of(st.binary(max_size=40), st.sampled_from([GO_ON, b"250 ok\r\n"])), max_size=12))
def test_no_bytes_of_a_relay_make_a_second_mail_sent_before_its_dot(chunks: list[bytes]) -> None:
    """Whatever it says about the first."""
    one = with_a_second_behind()
    for chunk in chunks:
        if not one.is_over:
            one.received(chunk)
    one.lost("over")

    assert one.take() is not None
    assert state(one.take()) in {PENDING, DEFERRED, FAILED}
    assert one.take() is None
