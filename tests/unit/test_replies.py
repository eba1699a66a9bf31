"""What an answer means: for one recipient, or for the whole run."""

from __future__ import annotations

import pytest

from digest.deliver.smtp.replies import Phase, Receipt, Reply, judge, puts_off_everybody
from digest.errors import TransportError
from digest.model import DeliveryState


def reply(words: str) -> Reply:
    """Read a reply as a relay writes it."""
    return Reply.read(int(words[:3]), words[4:].encode())


@pytest.mark.parametrize(
    ("phase", "words", "state"),
    [
        (Phase.DOT, "250 2.0.0 queued as 4711", DeliveryState.SENT),
        (Phase.DOT, "250", DeliveryState.SENT),
        (Phase.DOT, "354 go on", DeliveryState.UNKNOWN),
        (Phase.MAIL, "451 4.3.0 later", DeliveryState.DEFERRED),
        (Phase.MAIL, "430 4.7.0 not now", DeliveryState.DEFERRED),
        (Phase.RCPT, "450 4.7.1 greylisted", DeliveryState.DEFERRED),
        (Phase.DATA, "451 later", DeliveryState.DEFERRED),
        (Phase.DOT, "421 4.3.2 going down", DeliveryState.DEFERRED),
        (Phase.RCPT, "550 5.1.1 no such user", DeliveryState.FAILED),
        (Phase.RCPT, "554 5.1.1 no such user", DeliveryState.FAILED),
        (Phase.RCPT, "550 5.2.1 mailbox disabled", DeliveryState.FAILED),
        (Phase.RCPT, "550 5.4.4 no such domain", DeliveryState.FAILED),
        (Phase.RCPT, "550 5.0.0 no", DeliveryState.FAILED),
        (Phase.RCPT, "501 bad address", DeliveryState.FAILED),
        (Phase.RCPT, "553 mailbox name not allowed", DeliveryState.FAILED),
        (Phase.RCPT, "556 5.1.10 domain takes no mail", DeliveryState.FAILED),
        (Phase.DATA, "554 5.1.1 no valid recipients", DeliveryState.FAILED),
        (Phase.DOT, "552 5.2.2 mailbox full", DeliveryState.FAILED),
    ],
)
def test_answers_about_a_recipient_end_in_a_receipt(phase: Phase, words: str, state: DeliveryState) -> None:
    """They cost that recipient and nobody else."""
    assert judge(reply(words), phase, relay="main").state is state


@pytest.mark.parametrize(
    ("phase", "words", "hint"),
    [
        (Phase.MAIL, "550 5.1.8 bad sender", "words"),
        (Phase.MAIL, "550 no", "words"),
        (Phase.MAIL, "552 too large", "smaller"),
        (Phase.MAIL, "530 5.7.0 log in", "password"),
        (Phase.MAIL, "430 Authentication required", "password"),  # Cyrus, over LMTP
        (Phase.MAIL, "530 5.7.0 Must issue a STARTTLS command first", "starttls"),
        (Phase.MAIL, "552 5.3.4 too large", "smaller"),
        (Phase.RCPT, "535 5.7.8 no", "password"),
        (Phase.RCPT, "554 no", "words"),
        (Phase.RCPT, "554 5.7.1 relay access denied", "sender"),
        (Phase.RCPT, "550 5.7.515 access denied", "sender"),
        (Phase.RCPT, "550 5.1.8 sender's domain is not known", "words"),
        (Phase.RCPT, "550 5.1.7 bad sender", "words"),
        (Phase.DOT, "550 5.1.90 you've reached your daily limit for message recipients", "words"),  # Exchange
        (Phase.RCPT, "503 5.5.1 bad sequence", "words"),
        (Phase.RCPT, "354 what", "words"),
        (Phase.DATA, "554 5.5.1 no", "words"),
        (Phase.DOT, "554 spam", "words"),
        (Phase.DOT, "550 5.6.0 bad content", "words"),
    ],
)
def test_answers_about_us_stop_the_run(phase: Phase, words: str, hint: str) -> None:
    """Whoever is next would be refused as well, and would look like a dead address."""
    with pytest.raises(TransportError) as raised:
        judge(reply(words), phase, relay="main")

    assert raised.value.permanent
    assert raised.value.code == int(words[:3])
    assert hint in str(raised.value.hint)
    assert raised.value.where == f"relay main, {phase}"


@pytest.mark.parametrize("phase", [Phase.MAIL, Phase.RCPT, Phase.DATA])
def test_goodbye_before_the_dot_may_be_tried_again(phase: Phase) -> None:
    """421 closes the connection; the recipient loses no attempt."""
    with pytest.raises(TransportError) as raised:
        judge(reply("421 4.3.2 bye"), phase, relay="main")

    assert (raised.value.permanent, raised.value.code) == (False, 421)


@pytest.mark.parametrize(
    ("words", "enhanced"),
    [
        ("550 5.1.1 no", "5.1.1"),
        ("250 2.0.0", "2.0.0"),
        ("550 5.1.1x", None),
        ("550 see 5.1.1", None),
        ("550", None),
    ],
)
def test_enhanced_code_is_read_only_where_it_stands_first(words: str, enhanced: str | None) -> None:
    """RFC 2034: elsewhere it is prose."""
    assert reply(words).enhanced == enhanced


@pytest.mark.parametrize(
    ("code", "lines", "enhanced"),
    [
        (550, ["Message refused", "5.7.1 see http://x.example/why"], "5.7.1"),
        (550, ["Requested action not taken", "", " 5.1.1\tno such user"], "5.1.1"),
        (550, ["5.7.1 refused", "5.1.1 no such user"], "5.7.1"),
        (550, ["4.2.0 told me so", "5.1.1 no such user"], "5.1.1"),
        (451, ["5.1.1 by the way", "4.7.1 greylisted"], "4.7.1"),
        (550, ["x" * 400, "5.1.1 no such user"], "5.1.1"),
        (550, ["4.2.0 told me so", "no"], "4.2.0"),  # as in a reply of one line
        (550, ["see", "rule 5.1.1", "5.1.1.7 said no"], None),
    ],
)
def test_enhanced_code_counts_in_whichever_line_it_stands(
    code: int, lines: list[str], enhanced: str | None
) -> None:
    """Servers put it behind a headline; the run went on to fail everybody, or called nobody gone."""
    assert Reply.read(code, "\n".join(lines).encode()).enhanced == enhanced


@pytest.mark.parametrize(
    "words",
    [
        "550 5.4.5 Daily user sending limit exceeded",
        "550 relay not permitted",
        "550 this host is blocked, see the list of Spamhaus",
        "550 5.2.0 sender rejected",
        "550 5.0.0 SPF check failed",
        "553 5.1.0 relaying denied",
        "550 5.4.13 no",
        "552 5.2.3 Your message exceeded the size limits",
        "554 5.2.252 SendAsDenied; ada@example.org not allowed to send as sam@example.org",
        "552 Message exceeds maximum fixed size",
        "552 message too large",
        "553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)",
        "550 Administrative prohibition",
        "550 Domain example.org has exceeded the max emails per hour (125/100 (125%)) allowed",
        "550 Unauthenticated senders not allowed",
        "550 SpamFilter 5.2.1 does not want it",
        "554 rejected; our policy 5.2.1 forbids",
        "550 MTA v5.1.10 says no to spam",
        "554 blocked by GateKeeper 5.1.3, blacklisted",
        "554 GateKeeper 5.2.1 does not want it",
        "554 5.2.1/GateKeeper does not want it",
        "554 see rule #5.2.1 (rule #5.2.1) of ours",
        "550 the policy of this host forbids it (#5.2.1)",
        "550 5.2.3 message too large for this organisation",
        "550 <ada@x.example>:blocked",
        "550 Your account has been disabled",
        "553 Unauthorized",
        '550 Outgoing mail from "brief@news.example.org" has been suspended.',
        "550 Your access to this mail system has been rejected due to poor standing",
    ],
)
def test_answers_that_mean_the_sender_blame_nobody_else(words: str) -> None:
    """A quota of ours or a list that we are on would else write off every reader, one by one."""
    with pytest.raises(TransportError):
        judge(reply(words), Phase.RCPT, relay="main")


@pytest.mark.parametrize(
    "words",
    [
        "550 5.4.1 no such address",
        "550 5.4.4 no route",
        "550 no such user here",
        "552 5.2.2 mailbox full",
        "552 mailbox size exceeded",
        "550 5.2.4 the list cannot be expanded",
        "550 sorry, no mailbox here by that name. (#5.1.1)",
        "550 unknown user, says Exim 4.94.2",
        "550 <daily@pub.example>: User unknown",
        "550 No such user - content@agency.example",
        "550 mailbox unavailable (virus@x.example)",
        "550 <senders@x.example>: Recipient address rejected: User unknown in local recipient table",
        "550 <ada@x.example>: Recipient address rejected: User unknown in relay recipient table",
        "550 no mailbox here by that name (#5.1.1 - chkuser)",
        "550 5.2.14 misconfigured forwarding address",
        "550 5.2.121 the recipient's limit of messages per hour from this sender is exceeded",
        "550 5.2.122 the recipient gets too many messages per hour",
        "550 5.2.3 RESOLVER.RST.RecipSizeLimit; message too large for this recipient",
    ],
)
def test_answers_that_mean_the_recipient_still_do(words: str) -> None:
    """Old servers say it in words alone."""
    assert judge(reply(words), Phase.RCPT, relay="main").state is DeliveryState.FAILED


@pytest.mark.parametrize(
    "words", ["550 daily: no such user", "550 unknown user 'Daily'", "550 <daily> not here"]
)
def test_name_of_a_reader_is_no_word_of_the_relay(words: str) -> None:
    """Some name the mailbox alone: readers called daily or content would hold every edition."""
    told = reply(words)

    assert judge(told, Phase.RCPT, relay="main", recipient="daily@pub.example").state is DeliveryState.FAILED
    with pytest.raises(TransportError):
        judge(reply("550 daily limit"), Phase.RCPT, relay="main", recipient="daily@pub.example")


LATE = ["550 Rejected", "550 Message rejected", "550 5.0.0 no", "553 This looks like it came twice"]
LATE_ABOUT_ONE = [
    "550 No such user",
    "550 mailbox unavailable",
    "552 full",
    "550 5.1.1 gone",
    "550 over quota",
    "550 No such address",
    "550 Address unknown",
    "550 Unrouteable address",
]


@pytest.mark.parametrize("phase", [Phase.DATA, Phase.DOT])
@pytest.mark.parametrize("words", LATE)
def test_refusal_after_the_recipient_was_taken_speaks_of_the_message(phase: Phase, words: str) -> None:
    """A filter that takes nobody's mail says so in plain words, and no reader is to blame."""
    with pytest.raises(TransportError):
        judge(reply(words), phase, relay="main")
    assert judge(reply(words), phase, relay="main", lmtp=True).state is DeliveryState.FAILED  # RFC 2033


@pytest.mark.parametrize("words", LATE_ABOUT_ONE)
def test_refusal_at_the_dot_that_names_the_recipient_is_theirs(words: str) -> None:
    """Relays that hand over at once tell what the next one says."""
    assert judge(reply(words), Phase.DOT, relay="main").state is DeliveryState.FAILED


def asked_later(words: str, phase: Phase, recipient: str = "sam@example.org") -> bool:
    """Tell whether words that ask to try again put everybody off."""
    verdict = judge(reply(words), phase, relay="main", recipient=recipient)
    assert isinstance(verdict, Receipt)
    return puts_off_everybody(verdict, recipient)


@pytest.mark.parametrize("phase", [Phase.RCPT, Phase.DOT])
@pytest.mark.parametrize(
    "words",
    [
        "452 mailbox full, over quota limit",
        "450 user over quota",
        "450 Mailbox over quota.",
        "452 The email account that you tried to reach is over its storage limit",
        "452 <sam@example.org>... Mailbox full, too many messages in it",
        "452 Message for <sam@example.org> would exceed mailbox quota",
        "452 <sam@example.org> Quota exceeded (mailbox for user is full)",
        "452 Requested action not taken: insufficient storage space for mailbox",
        "452 Requested action not taken: insufficient system storage (user's quota is used up)",
        "452 sam@example.org Recipient overquota, limit reached",
        "450 the recipient's inbox is over the limit",
        "450 account limit reached",
        "450 user limit exceeded",
        "452 recipients limit reached for this mailbox",
        "451 daily limit of mailbox reached",
        "451 Recipient has sent a vacation reply",
        "452 Mailbox size limit exceeded",
        "450 maildir over quota: limited to 50 MB",
        "450 The user you are trying to contact gets too many messages",
        "450 Requested mail action not taken: mailbox unavailable",
        "452 4.2.2 Mailbox full, limit reached",
        "452 4.2.2 <sam@example.org> Quota exceeded (mailbox for user is full)",
        "450 4.2.1 The user you are trying to contact is receiving mail at a rate that prevents it",
        "452 sorry, the user is over the limit (#4.2.2)",
        "450 <sam@example.org>: Recipient address rejected: Greylisted, try sending again later",
        "451 Temporary local problem - please try later",
        "451 the account is limited",
        "450 greylisted, your IP is new to us",
        "450 Greylisted for an hour, your host is unknown",
        "450 4.7.1 greylisted, first seen in the last minute",
        "451 Greylisted, send this message an hour later",
        "450 your mailbox is limited",
    ],
)
def test_full_mailbox_is_its_owners(phase: Phase, words: str) -> None:
    """As Postfix, Exim, Dovecot, Gmail and others say it; tries that come together would rest a relay."""
    assert not asked_later(words, phase)


@pytest.mark.parametrize("phase", [Phase.RCPT, Phase.DOT])
@pytest.mark.parametrize(
    "words",
    [
        "452 Requested action not taken: insufficient system storage",
        "452 Insufficient system storage",
        "452 Insufficient disk space; try again later",
        "452 4.4.5 Insufficient disk space; try again later",
        "452 Space shortage, please try later",
        "451 qq write error or disk full (#4.3.0)",
        "451 qqt failure (#4.3.0)",
        "452 Error: too many recipients",
        "450 Error: too much mail from 192.0.2.7",
        "450 too many messages on this connection",
        "451 Rate limit exceeded, try again later",
        "450 Connection limit reached",
        "450 <sam@example.org>: Recipient address rejected: limit of messages reached",
        "450 Recipient limit exceeded",
        "451 user has sent too many messages",
        "450 Daily user sending limit exceeded",
        "451 account is over its hourly quota",
        "452 sending quota of the mailbox exceeded",
        "451 Domain example.org has exceeded the max emails per hour (125/100 (125%)) allowed",
        "452 too many messages in the last hour from this account",
        "450 this mailbox may send 100 messages an hour",
        "450 no more mail for this user this day",
        "450 mailbox unavailable: too many connections from your IP",
        "450 user has too many sessions from this host",
        "451 the limit of the account is 5 for your network",
        "450 4.7.1 mailbox limit of this relay",
        "450 4.7.1 <sam@example.org>: Recipient address rejected: Policy Rejection- Quota exceeded",
        "451 4.7.1 Service unavailable - try again later",
        "451 Authentication failed: Maximum credits exceeded",
        "452 4.3.1 Insufficient system resources for the mailbox",
    ],
)
def test_room_and_limits_of_a_relay_put_everybody_off(phase: Phase, words: str) -> None:
    """Whoever is next hears the same, and would wait for an hour in the end."""
    assert asked_later(words, phase)


def test_readers_called_quota_or_mailbox_say_nothing() -> None:
    """Nor does their domain."""
    assert asked_later("452 quota: limit reached", Phase.RCPT, "quota@pub.example")
    assert asked_later("452 <sam@mailbox.example> limit reached", Phase.RCPT, "sam@mailbox.example")
    assert asked_later("452 mailbox full", Phase.MAIL)
