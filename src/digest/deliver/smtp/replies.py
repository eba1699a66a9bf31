"""What a relay's answer means for one recipient, or for the whole run."""

from __future__ import annotations

import re
from enum import StrEnum

from digest.deliver.compose.words import clean
from digest.deliver.statuses import blames_sender, find_status, judge_failure, without_names
from digest.errors import TransportError
from digest.model.bounces import BounceKind
from digest.model.people import MAY_HAVE_IT, DeliveryState
from digest.record import record
from digest.tokens import hide_tokens

_ENHANCED = re.compile(r"([245])\.(\d{1,3})\.(\d{1,3})(?= |$)")
_MAX_TEXT = 300
#: Only the program puts that on record, and no database may find it in a relay's words, in whatever case.
_OUR_MARK = re.compile(re.escape(MAY_HAVE_IT), re.IGNORECASE)
_HIDDEN = "(a token)"  #: what stands in the place of one that a relay quotes

#: Subjects of enhanced codes that speak of the recipient: address, mailbox, way there.
_ABOUT_RECIPIENT = {"1", "2", "4"}
#: Of those, the details that speak of the sender after all: its address, its network, 5.2.252 of Exchange
#: (it may not send as this one). Others below 5.2 are the mailbox's own. Source: RFC 3463, section 3.3.
_ABOUT_SENDER = re.compile(r"5\.(1\.([789]|90)|2\.252|4\.(?![14](?!\d))\d+)")
#: Codes that say nothing: the words must. 5.2.3 is a mailbox's limit, and of Gmail and Exchange anybody's.
_SILENT_CODES = {"5.0.0", "5.1.0", "5.2.0", "5.2.3"}
#: Codes that speak of one recipient when the relay gives no enhanced code, unless its words do not.
_RECIPIENT_CODES = {501, 521, 550, 551, 552, 553, 556}
#: Codes that speak of one message's size, letters or encoding. Source: RFC 3463, sections 3.4 and 3.7.
_OWN_CODES = re.compile(r"[45]\.(3\.4|2\.3|6\.\d+)")
#: Parameters of MAIL that one message needs and others do not.
_OWN_WORDS = re.compile(r"\b(SMTPUTF8|8BITMIME)\b", re.IGNORECASE)
_PARAMETERS = 555  #: such as that it does not know. Source: RFC 5321, section 4.2.2
_ROOM = 552  #: of a mailbox there is no more room, which RFC 5321 section 4.2.3 lets relays say late
#: Words of relays that count what one sender hands over, or do not know it, in answers that ask to try again.
_ABOUT_ALL = re.compile(
    r"\b(rates?|rate-?limit\w*|throttl\w+|server (is )?busy|service (is )?unavailable|ha(s|ve) sent|"
    r"(sending|outgoing|outbound) (limit|quota|mails?|messages?)|(recipient|user|account)s? limits?|"
    r"(last|this|per|(mails?|messages?|recipients|connections) an?) (second|minute|hour|day)|hourly|daily|"
    r"relay(ing)?( access)? (denied|not permitted)|authentication (is )?required)\b",
    re.IGNORECASE,
)
#: What sounds like that, and is a reader's own where no code says otherwise.
_ONES_OWN = re.compile(
    r"\b((user|account) limits?|limits?\b.* (of|for) (the |this )?mailbox|recipient has sent an?)\b",
    re.IGNORECASE,
)
#: Of something there is too much, or too little room: for all mail, unless the words name whose it is.
_TOO_MUCH = re.compile(
    r"\b(limit(s|ed|ing)?|(quota|credits) exceeded|too (many|much)|(space|storage) shortage|disk( is)? full|"
    r"(insufficient|not enough|out of|no) ((system|disk|spool|free) )?(storage|space|memory|resources))\b",
    re.IGNORECASE,
)
#: What is one reader's. 'Recipient address rejected' is Postfix's beginning of whatever it says after RCPT.
_ABOUT_ONE = re.compile(
    r"\b((mail|in)[ -]?box|mail ?dir|(over)?quota|(user|recipient|account)(?! address))\b", re.IGNORECASE
)
#: And what is ours for all that.
_OURS = re.compile(r"\b(from (this|your) (account|ip|host)|your (ip|host|network))\b", re.IGNORECASE)
_GREYLIST = re.compile(r"\bgr[ae]y-?list", re.IGNORECASE)
_TOO_OFTEN = re.compile(r"\b(rates?|rate-?limit\w*|throttl\w+|limit\w*|too many)\b", re.IGNORECASE)
#: Codes that speak of a login that is missing or wrong. RFC 4954, section 6.
_LOGIN_CODES = {530, 534, 535, 538}
#: What Cyrus says of one over LMTP, which RFC 5321 does not know: who asks again hears it again.
_NO_LOGIN = re.compile(r"430 .*\bauthentication required\b", re.IGNORECASE)
_WANTS_TLS = re.compile(r"\b(START)?TLS\b|encrypt", re.IGNORECASE)


class Phase(StrEnum):
    """How far a hand-over got."""

    CONNECT = "connect"
    TLS = "tls"
    AUTH = "auth"
    IDLE = "idle"  #: between two messages
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    BODY = "body"
    PERMIT = "permit"  #: the body is written; the books are asked whether the dot may be
    DOT = "dot"  #: the final dot may have been written
    RESET = "reset"  #: after a refusal, until the next message may begin


@record
class Reply:
    """One answer of a relay."""

    code: int
    text: str  #: cleaned, one line, at most 300 characters, without the code
    enhanced: str | None  #: such as 5.1.1; None when the relay gives none

    @classmethod
    def read(cls, code: int, raw: bytes) -> Reply:
        """Read a reply's code and words, lines parted by LF; foreign bytes become one clean line."""
        text = _words(code, raw)[:_MAX_TEXT]
        if ";" in text:
            text = _OUR_MARK.sub(",", text)  # by nothing, what stands around it could make it anew
        match = _ENHANCED.match(text)
        enhanced = match[0] if match else None
        if b"\n" in raw:
            enhanced = _fitting(code, raw) or enhanced
        return cls(code=code, text=text, enhanced=enhanced)

    def __str__(self) -> str:
        """Show the reply as the relay gave it."""
        return f"{self.code} {self.text}".strip()


@record
class Receipt:
    """What became of one message."""

    state: DeliveryState  #: sent, deferred, failed or unknown
    phase: Phase
    code: int | None  #: None when there was no answer
    enhanced: str | None
    text: str  #: the relay's words, or what happened to the connection

    @property
    def may_be_connections(self) -> bool:
        """True when it may say that a connection has carried enough, rather than anything of a recipient.

        MAIL names none yet; of the answers to RCPT only 4.5.3 does (too many). Source: RFC 3463, section 3.6.
        """
        if self.state is not DeliveryState.DEFERRED:
            return False
        return self.phase is Phase.MAIL or (self.phase is Phase.RCPT and self.enhanced == "4.5.3")

    @property
    def is_late(self) -> bool:
        """True when it came after RCPT: it may speak of the message."""
        return _is_late(self.phase)


Verdict = Receipt | TransportError  #: an error: nothing was taken; permanent ones blame sender or relay


def _fitting(code: int, raw: bytes) -> str | None:
    """Return the enhanced code of the first line that has one of the reply's own class."""
    for line in raw.decode("utf-8", "replace").split("\n"):
        match = _ENHANCED.match(clean(line))
        if match and int(match[1]) == code // 100:
            return match[0]
    return None


def _words(code: int, raw: bytes) -> str:
    """Make one line of a reply, without the tokens of links that it quotes: whoever has one is its reader."""
    words = raw.decode("utf-8", "replace")
    # Of messages that are taken, one each, many relays say at how many KB/sec.
    if "://" in words or (code >= 400 and ("/" in words or "%" in words)):
        words = hide_tokens("\n".join(map(clean, words.split("\n"))), _HIDDEN)
    return clean(words)


def judge(reply: Reply, phase: Phase, *, relay: str, recipient: str = "", lmtp: bool = False) -> Receipt:
    """Say what a refusal or a final answer means.

    Args:
        reply: The answer to `phase`; 2xx only when the phase is DOT.
        phase: MAIL, RCPT, DATA, BODY or DOT.
        relay: The relay's name, for the error.
        recipient: Whose name says nothing, whatever word it is.
        lmtp: The relay delivers: what it says of the message it says of the recipient (RFC 2033).

    Raises:
        TransportError: The answer speaks of the sender, the message or the relay, not of this
            recipient. Permanent ones must stop the run; nobody is to be blamed for them.
    """
    kind = reply.code // 100
    if kind == 2 and phase is Phase.DOT:
        return _receipt(DeliveryState.SENT, phase, reply)
    if phase is Phase.DOT and kind not in {4, 5}:
        return lost_after_dot(f"the relay's answer makes no sense: {reply}")
    if reply.code == 421 and phase is not Phase.DOT:
        raise TransportError(
            f"the relay closes the connection: {reply}",
            permanent=False,
            code=421,
            where=f"relay {relay}, {phase}",
        )
    wants_login = reply.code in _LOGIN_CODES or _NO_LOGIN.match(str(reply)) is not None
    if kind == 4 and not wants_login:
        return _receipt(DeliveryState.DEFERRED, phase, reply)
    is_late = phase is not Phase.RCPT and not lmtp
    if kind == 5 and phase is not Phase.MAIL and _speaks_of_recipient(reply, recipient, is_late=is_late):
        return _receipt(DeliveryState.FAILED, phase, reply)
    is_own = kind == 5 and not wants_login and _speaks_of_message(reply, phase)
    error = TransportError(
        f"the relay refuses the sender or the message: {reply}",
        permanent=True,
        code=reply.code,
        where=f"relay {relay}, {phase}",
        hint=_way_out(reply, wants_login=wants_login),
        certain=(phase is Phase.MAIL or wants_login) and not is_own,
    )
    raise error.about_one_message(late=_is_late(phase)) if is_own else error


def puts_off_everybody(receipt: Receipt, recipient: str) -> bool:
    """Tell whether an answer that asks to try again speaks of the relay or of all our mail, not of a person.

    So do all to MAIL, 4.3.x (its disk is full, its tables or filters do not answer, it is not ready yet), but
    4.3.4 and 4.6.x, which speak of one message; and words about rates, limits, room and relaying. Greylisting
    is about a person, and so is what begins with 4.1 (each envelope sender is its reader's own) or 4.2;
    without a code that tells, so are limits and room of a mailbox.

    Args:
        receipt: The answer.
        recipient: Whose name and domain say nothing: `acme-limited.example` has no limit.
    """
    if receipt.state is not DeliveryState.DEFERRED or receipt.code is None:
        return False
    said = receipt.enhanced or find_status(receipt.text) or "4.0.0"
    subject = said.split(".")[1]
    if subject in {"1", "2"} or _OWN_CODES.fullmatch(said):
        return False
    if receipt.phase is Phase.MAIL or subject == "3":
        return True
    words = without_names(receipt.text, recipient)
    if said == "4.0.0" and _ONES_OWN.search(words):
        return False
    if _ABOUT_ALL.search(words):
        # It is those who are new to it that such a relay puts off, one by one, for a minute or an hour.
        return _GREYLIST.search(words) is None or _TOO_OFTEN.search(words) is not None
    is_ones = said == "4.0.0" and _ABOUT_ONE.search(words) is not None and not _OURS.search(words)
    return _TOO_MUCH.search(words) is not None and not is_ones


def lost_after_dot(what: str) -> Receipt:
    """Make the receipt for a message of which nobody can tell whether it was taken."""
    return Receipt(state=DeliveryState.UNKNOWN, phase=Phase.DOT, code=None, enhanced=None, text=what)


def _is_late(phase: Phase) -> bool:
    return phase is not Phase.MAIL and phase is not Phase.RCPT


def _receipt(state: DeliveryState, phase: Phase, reply: Reply) -> Receipt:
    return Receipt(state=state, phase=phase, code=reply.code, enhanced=reply.enhanced, text=reply.text)


def _speaks_of_recipient(reply: Reply, recipient: str, *, is_late: bool) -> bool:
    """Tell whether a refusal speaks of the recipient; one after RCPT was taken only when it says so."""
    is_ours = blames_sender(reply.text, recipient)
    # qmail and others state it at the end; where words blame the sender it counts at the beginning only.
    said = reply.enhanced or (None if is_ours else find_status(reply.text)) or ""
    if said in _SILENT_CODES or not (reply.enhanced or said.startswith("5.")):
        if is_ours or reply.code not in _RECIPIENT_CODES:
            return False
        words = without_names(reply.text, recipient)
        names_one = _ABOUT_ONE.search(words) is not None or judge_failure(None, words)[0] is BounceKind.HARD
        return names_one or not is_late or reply.code == _ROOM
    return said.split(".")[1] in _ABOUT_RECIPIENT and not _ABOUT_SENDER.fullmatch(said)


def _speaks_of_message(reply: Reply, phase: Phase) -> bool:
    """Tell whether a refusal that is no recipient's speaks of this message, and perhaps of no other."""
    if _OWN_WORDS.search(reply.text):
        return True
    if reply.enhanced is not None and reply.enhanced not in _SILENT_CODES:
        is_told = phase is Phase.MAIL and reply.code == _PARAMETERS
        return is_told or _OWN_CODES.fullmatch(reply.enhanced) is not None
    return reply.code == _ROOM or (phase is Phase.MAIL and reply.code == _PARAMETERS)


def _way_out(reply: Reply, *, wants_login: bool) -> str:
    if reply.code in {530, 538} and _WANTS_TLS.search(reply.text):
        return "set tls to starttls or implicit"
    if wants_login:
        return "set the relay's user and password"
    if reply.enhanced and reply.enhanced.startswith("5.7."):
        return "ask the relay to accept this sender: address, SPF, DKIM, DMARC or reputation"
    if reply.code == 552 or reply.enhanced in {"5.2.3", "5.3.4"}:
        return "make the edition smaller or ask the relay for a higher limit"
    return "try `digest send EDITION --test` with one address once the relay's words are answered"
