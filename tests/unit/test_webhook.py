"""A webhook is signed as the standard says, goes to one address, and waits for nobody for long."""

from __future__ import annotations

import base64
import time
from datetime import UTC, datetime

import pytest

from digest.deliver.webhook import Patience, post, signed_headers
from digest.errors import TransportError
from hook_receiver import DRIP, HANG, Receiver, says

AT = datetime(2021, 2, 25, 15, 2, 10, tzinfo=UTC)  #: 1614265330 in Unix seconds


def test_the_signature_is_the_one_of_the_published_example() -> None:
    """Receivers check with libraries that others wrote; these values are those libraries' own test."""
    key = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")

    assert signed_headers(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", AT, b'{"test": 2432232314}') == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_a_message_goes_out_as_it_is() -> None:
    """What is signed is what arrives."""
    with Receiver() as receiver:
        post(receiver.url, "{“a”}".encode(), {"webhook-id": "a"})

    (call,) = receiver.calls
    assert call.line == "POST /hook?of=olu HTTP/1.1"
    assert call.body == "{“a”}".encode()
    assert (call.fields["content-type"], call.fields["webhook-id"]) == ("application/json", "a")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_refused(status: int) -> None:
    """Who takes over a receiver must not send alerts to addresses inside."""
    with Receiver() as elsewhere, Receiver(says(status, f"Location: {elsewhere.url}")) as receiver:
        with pytest.raises(TransportError, match=f"answered {status}; redirects are not followed"):
            post(receiver.url, b"{}", {})
        assert elsewhere.calls == []


@pytest.mark.parametrize(("status", "permanent"), [(400, False), (404, False), (410, True), (500, False)])
def test_an_answer_that_is_no_yes_is_an_error(status: int, permanent: bool) -> None:
    """Only 410 says that the receiver will never want it."""
    with Receiver(says(status)) as receiver, pytest.raises(TransportError) as caught:
        post(receiver.url, b"{}", {})

    assert (caught.value.code, caught.value.permanent) == (status, permanent)


@pytest.mark.parametrize("answer", [HANG, DRIP])
def test_a_slow_receiver_costs_a_bounded_time(answer: str) -> None:
    """One that says nothing, and one that draws its answer out for ever."""
    begun = time.monotonic()
    with Receiver(answer) as receiver, pytest.raises(TransportError):
        post(receiver.url, b"{}", {}, Patience(each_s=1, whole_s=2))

    assert time.monotonic() - begun < 15


def test_a_receiver_that_babbles_is_an_error() -> None:
    """Not every port that answers speaks HTTP."""
    with Receiver("220 mail.example.org ESMTP\r\n") as receiver, pytest.raises(TransportError):
        post(receiver.url, b"{}", {})


def test_a_dead_receiver_is_an_error_that_does_not_tell_its_address() -> None:
    """Paths of webhooks hold secrets, and errors end up in logs."""
    with Receiver() as receiver:
        pass
    with pytest.raises(TransportError) as caught:
        post(receiver.url, b"{}", {})

    assert caught.value.message == "Connection refused"


def test_no_proxy_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable of the machine must not send alerts through somebody else."""
    with Receiver() as proxy, Receiver() as receiver:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        post(receiver.url, b"{}", {})

        assert (len(proxy.calls), len(receiver.calls)) == (0, 1)


def test_a_certificate_that_nobody_vouches_for_is_refused() -> None:
    """Encrypting to a stranger protects nothing."""
    with Receiver() as receiver, pytest.raises(TransportError):
        post(receiver.url.replace("http:", "https:"), b"{}", {}, Patience(each_s=2, whole_s=4))
