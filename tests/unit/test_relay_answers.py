"""What relays answer is counted by kind and by time, beside the books."""

from __future__ import annotations

from collections import Counter

import pytest

from digest.actions.mailing.relay_answers import within_ms
from digest.deliver.compose.envelope import Envelope
from digest.deliver.run.answers import Answers, kind_of
from digest.deliver.smtp.conversation import Conversation, Verdict
from digest.deliver.smtp.offers import Offers
from digest.deliver.smtp.replies import Phase, Receipt, lost_after_dot
from digest.errors import TransportError
from digest.model import DeliveryState
from sending_cast import MESSAGE

SENT = Receipt(state=DeliveryState.SENT, phase=Phase.DOT, code=250, enhanced="2.0.0", text="ok")
OFFERS = Offers(pipelining=False, size=None, eight_bit=True, smtputf8=False, enhanced=True)


def receipt(code: int, enhanced: str | None) -> Receipt:
    """Make a relay's no of a kind."""
    return Receipt(state=DeliveryState.FAILED, phase=Phase.RCPT, code=code, enhanced=enhanced, text="no")


@pytest.mark.parametrize(
    ("verdict", "kind"),
    [
        (SENT, "2"),
        (receipt(550, "5.1.1"), "5.1"),
        (receipt(450, "4.7.1"), "4.7"),
        (receipt(450, None), "4"),
        (receipt(550, "4.7.1"), "5"),
        (receipt(550, "5.999.1"), "5"),
        (lost_after_dot("gone"), "none"),
        (TransportError("no route", permanent=False), "none"),
        (TransportError("closing", permanent=False, code=421), "4"),
    ],
)
def test_an_answer_is_of_the_kind_that_its_codes_say(verdict: Verdict, kind: str) -> None:
    """An enhanced code counts where it fits the reply's own, with subjects that RFC 3463 has."""
    assert kind_of(verdict) == kind


def test_a_no_to_the_sender_keeps_its_enhanced_code() -> None:
    """Refusals of policy end the run as errors; just those are to be seen."""
    talk = Conversation(OFFERS, relay="main")
    talk.begin(Envelope(sender="news@example.org", recipient="reader@example.org", message=MESSAGE))
    talk.received(b"550 5.7.1 you are listed\r\n")
    talk.received(b"250 flushed\r\n")
    verdict = talk.take()
    assert isinstance(verdict, TransportError)
    assert kind_of(verdict) == "5.7"


def test_what_is_fetched_is_not_told_again() -> None:
    """Steps are fourths of a doubling from 1 ms on: 16 ms begins the 16th, and 17 ms is in it, too."""
    answers = Answers()
    assert answers.fetch("main") is None
    for seconds in (0.0, 0.0005, 0.0161, 0.017, 1e9):
        answers.add(SENT, seconds)
    answers.add(lost_after_dot("gone"), 600.0)
    heard = answers.fetch("main")
    assert heard is not None
    assert (heard.replies, heard.times) == ({"2": 5, "none": 1}, {0: 2, 16: 2, 80: 1})
    assert answers.fetch("main") is None


def test_shares_of_times_are_told_to_a_tenth() -> None:
    """The 10th of 20 falls into the step from 16 ms, 16 to 19 ms, the 19th into that from 1,024 ms."""
    times = Counter({16: 10, 40: 9, 60: 1})
    assert within_ms(times, 0.5) == 17
    assert within_ms(times, 0.95) == 1_117
    assert within_ms(times, 1.0) == 35_734
    assert within_ms({}, 0.5) is None
