"""One message after the other to one relay, as bytes in and bytes out: no socket, no clock.

What matters is which side of the final dot a loss falls on. Before it nothing was taken and the
recipient may be tried again; after it nobody can tell (RFC 1047). Whoever holds the socket tells
this object what was read and written, and gets the verdict.
"""

from __future__ import annotations

from collections import deque

from digest.deliver.compose.envelope import Envelope
from digest.deliver.smtp.offers import Offers
from digest.deliver.smtp.opening import Opening
from digest.deliver.smtp.order import UNCLEAR, is_unclear, may_be_of_next
from digest.deliver.smtp.replies import Phase, Receipt, Reply, Verdict, judge, lost_after_dot
from digest.deliver.smtp.reply_reader import NotSmtp, ReplyReader
from digest.errors import TransportError
from digest.model.people import DeliveryState

_END = b".\r\n"

# Taken out of their class once: looking one up there takes ten times as long, and each reply asks for many.
IDLE, MAIL, RCPT, DATA = Phase.IDLE, Phase.MAIL, Phase.RCPT, Phase.DATA
BODY, PERMIT, DOT, RESET = Phase.BODY, Phase.PERMIT, Phase.DOT, Phase.RESET

_UNKNOWN = DeliveryState.UNKNOWN
_GROUP = MAIL, RCPT, DATA
_EMPTY_MESSAGE = BODY  #: what the dot of a message that was left empty is awaited as


class Conversation:
    """The talk on one connection, from after the login to its end.

    Begin a message with `begin`; write what it and `received` return, and call `body_written`
    once the body is on its way. Then ask the books for a permit and write what `dot` returns.
    The next message may begin in the same breath: `begin` behind `dot` saves a round trip.
    `take` fetches the ends of messages in their order.

    Args:
        offers: What the relay announced.
        relay: Its name, for errors.
    """

    def __init__(self, offers: Offers, *, relay: str) -> None:
        self._offers, self._relay = offers, relay
        self._opening = Opening(offers, relay)
        self._reader = ReplyReader()
        self._awaited: deque[Phase] = deque()  #: what has no answer yet
        self._message = b""
        self._recipient = ""
        self._behind: Envelope | Verdict | None = None  #: begun behind a dot, or why it need not be
        self._has_been_followed = False  #: a dot was answered that something stood behind
        self._failed: Verdict | None = None
        self._verdicts: deque[Verdict] = deque()
        self.phase = IDLE  #: of the older message, while there are two
        self.is_over = False  #: the connection is of no more use
        self.was_unheard = False  #: lost before a word was said about the message under way
        self.went_astray = False  #: lost since the relay, it seems, takes no commands ahead, or behind a dot

    def begin(self, envelope: Envelope) -> bytes:
        """Begin a message; return what to write, b'' when the verdict is there already.

        Raises:
            ValueError: A message is under way that no other may follow yet.
        """
        if not (self.is_ready or self.may_follow):
            raise ValueError("one message at a time")
        opened = self._opening.of(envelope)
        if not isinstance(opened, bytes):
            self._take_on(opened)
            return b""
        self._take_on(envelope)
        self._awaited.extend(self._opening.asks)
        return opened

    def received(self, data: bytes) -> bytes:
        """Take what the relay sent; return what to write now. b'' as data is the end of the stream."""
        if not data:
            self.lost("the relay closed it")
            return b""
        out: list[bytes] = []
        try:
            out.extend(filter(None, map(self._answered, self._reader.read(data))))
        except NotSmtp as error:
            self.lost(f"the relay sends {error}")
        return b"" if self.is_over else b"".join(out)  # of one piece, as nearly always, no copy is made

    def body_written(self) -> None:
        """Say that the whole body is written: the permit for the dot may be asked for."""
        if self.phase is BODY:
            self.phase = PERMIT

    def dot(self) -> bytes:
        """Return the final dot. From here on no loss says that the message was not taken."""
        if self.phase is not PERMIT:
            raise ValueError(f"no dot in phase {self.phase}")
        self.phase = DOT
        self._awaited.append(DOT)
        return _END

    def dot_stayed(self, why: str) -> None:
        """Say that not one byte of the dot was written, and why: the connection was lost before it."""
        if self.phase is DOT:
            self.phase = PERMIT
        self.lost(why)

    def lost(self, why: str, *, is_silent: bool = False) -> None:
        """Say that the connection is gone, and why; a message under way gets its verdict.

        Args:
            why: For people.
            is_silent: The relay has not answered for too long.
        """
        if self.is_over:
            return
        self.is_over = True
        # Dovecot's submission service of 2.3.19 takes the message, and dies of the commands behind its dot.
        has_died = self.phase is DOT and self._behind is not None and not self._has_been_followed
        if self.phase is DOT:
            self._end(lost_after_dot(f"the connection was lost after the message: {why}"))
            is_silent = False  # about the next one nothing was to be heard yet
        elif self._behind is not None:
            self._end(self._untaken(why))
        self.was_unheard = self.phase is MAIL and MAIL in self._awaited and not is_silent
        # Some answers of a group came and others did not, or none in all the time there was.
        is_ahead = self.phase is MAIL and DATA in self._awaited and self._failed is None
        self.went_astray = has_died or (is_ahead and (is_silent or len(self._awaited) < len(_GROUP)))
        if self.phase is not IDLE:
            self._end(self._untaken(why))

    def take(self) -> Verdict | None:
        """Fetch the next verdict, once; None while there is none."""
        return self._verdicts.popleft() if self._verdicts else None

    @property
    def verdict(self) -> Verdict | None:
        """The verdict that is to be fetched next; None while there is none."""
        return self._verdicts[0] if self._verdicts else None

    @property
    def is_ready(self) -> bool:
        """True when the next message may begin."""
        return self.phase is IDLE and not (self.is_over or self._verdicts)

    @property
    def may_follow(self) -> bool:
        """True when the next message may begin behind a dot. Source: RFC 2920 section 3.1."""
        is_alone = self.phase is DOT and self._behind is None
        return is_alone and self._offers.pipelining and not self.is_over

    def _answered(self, reply: Reply) -> bytes:
        """Go on after one reply; return what to write."""
        if not self._awaited:
            self._unasked(reply)
            return b""
        awaited = self._awaited.popleft()
        if awaited is DOT:
            self._dot_answered(reply)
            return b""
        if awaited is _EMPTY_MESSAGE or awaited is RESET:
            return self._cleaned(awaited, reply)
        return self._agreed(awaited, reply)

    def _dot_answered(self, reply: Reply) -> None:
        """End the older message, unless it seems that a command behind its dot is answered first."""
        behind = self._awaited
        if behind and may_be_of_next(reply, behind):
            behind[0] = DOT
            return
        is_odd = bool(behind) and is_unclear(reply, behind)
        is_late = isinstance(self._behind, Envelope) and len(behind) < 2  # it has answered the others first
        verdict = lost_after_dot(f"{UNCLEAR}: {reply}") if is_odd else self._judged(reply, DOT)
        self._has_been_followed = self._has_been_followed or self._behind is not None
        self._end(verdict)
        if is_late or reply.code == 421 or (isinstance(verdict, Receipt) and verdict.state is _UNKNOWN):
            self.lost("the relay closes it")
            self.went_astray = self.went_astray or is_late

    def _agreed(self, phase: Phase, reply: Reply) -> bytes:
        """Go on after the answer to MAIL, RCPT or DATA."""
        kind = reply.code // 100
        is_good = kind == (3 if phase is DATA else 2)
        if not is_good and kind in {2, 3}:
            # It answers something else: whatever it says next may be about something else, too.
            self._awaited.appendleft(phase)
            self.lost(f"the relay's answer to {phase} makes no sense: {reply}")
            return b""
        if not is_good and self._failed is None:
            self._failed = self._judged(reply, phase)
            if reply.code == 421:
                return self._give_up()
        if self._awaited:
            return b""
        if self._failed is not None:
            # RFC 2920 section 3.1: a relay that says go on all the same must get an empty message.
            return self._clean_up(dot=phase is DATA and is_good)
        if phase is DATA:
            self.phase = BODY
            return self._message
        self.phase = following = RCPT if phase is MAIL else DATA
        self._awaited.append(following)
        return f"RCPT TO:<{self._recipient}>\r\n".encode() if following is RCPT else b"DATA\r\n"

    def _judged(self, reply: Reply, phase: Phase) -> Verdict:
        try:
            return judge(reply, phase, relay=self._relay, recipient=self._recipient, lmtp=self._offers.lmtp)
        except TransportError as error:
            error.enhanced = reply.enhanced
            return error

    def _clean_up(self, *, dot: bool) -> bytes:
        """Bring the relay back to where the next message may begin."""
        self.phase = RESET
        if dot:
            self._awaited.append(_EMPTY_MESSAGE)
            return _END
        self._awaited.append(RESET)
        return b"RSET\r\n"

    def _cleaned(self, awaited: Phase, reply: Reply) -> bytes:
        """Go on after the answer to an empty message or RSET; the verdict is known by now."""
        if awaited is _EMPTY_MESSAGE and reply.code != 421:
            self._awaited.append(RESET)
            return b"RSET\r\n"
        if reply.code // 100 != 2:
            return self._give_up()
        if self._failed is not None:
            self._end(self._failed)
        return b""

    def _give_up(self) -> bytes:
        """End a message that was refused, and the connection with it."""
        self._awaited.clear()
        self.lost("the relay closes it")
        return b""

    def _unasked(self, reply: Reply) -> None:
        """Take a reply that answers nothing: a relay that leaves in the middle, or one that babbles."""
        if self.phase in {BODY, PERMIT} and reply.code // 100 in {4, 5}:
            self._failed = self._judged(reply, BODY)
        self.lost(f"the relay says what it was not asked: {reply}")

    def _untaken(self, why: str) -> Verdict:
        """Say that a message was not taken since the connection is gone; a refusal before that stands."""
        where = f"relay {self._relay}, {self.phase}"
        return self._failed or TransportError(f"the connection was lost: {why}", permanent=False, where=where)

    def _take_on(self, begun: Envelope | Verdict) -> None:
        """Begin a message, or end one at once; behind a dot both wait for its answer."""
        if self.phase is DOT:
            self._behind = begun
        elif isinstance(begun, Envelope):
            self._message, self._recipient = begun.message, begun.recipient
            self.phase, self._failed = MAIL, None
        else:
            self._verdicts.append(begun)

    def _end(self, verdict: Verdict) -> None:
        """End a message; one that began behind its dot is under way from now on."""
        self._verdicts.append(verdict)
        self.phase, self._message, self._failed = IDLE, b"", None
        behind, self._behind = self._behind, None
        if not isinstance(behind, Envelope):
            self._awaited.clear()
        if behind is not None:
            self._take_on(behind)


def stuffed(message: bytes) -> bytes:
    """Double the dots that start a line. Source: RFC 5321 section 4.5.2."""
    body = message.replace(b"\r\n.", b"\r\n..")
    return b"." + body if body.startswith(b".") else body
