"""One message after the other to one relay, as bytes in and bytes out: no socket, no clock.

What matters is which side of the final dot a loss falls on. Before it nothing was taken and the
recipient may be tried again; after it nobody can tell (RFC 1047). Whoever holds the socket tells
this object what was read and written, and gets the verdict.
"""

from __future__ import annotations

from collections import deque

from digest.deliver.offers import Offers
from digest.deliver.replies import Phase, Receipt, Reply, judge, lost_after_dot
from digest.deliver.reply_reader import NotSmtp, ReplyReader
from digest.errors import MessageError, TransportError
from digest.model.people import DeliveryState

DOT = b".\r\n"
Verdict = Receipt | TransportError  #: an error: nothing was taken; permanent ones blame sender or relay

_GROUP = 3  # MAIL, RCPT and DATA
_EMPTY = "empty message"  # the answer to a dot that RFC 2920 asks for after everything was refused


class Conversation:
    """The talk on one connection, from after the login to its end.

    Begin a message with `begin`; write what it and `received` return, and call `body_written`
    once the body is on its way. Then ask the books for a permit and write what `dot` returns.
    `verdict` holds the end of a message until `take` fetches it.

    Args:
        offers: What the relay announced.
        relay: Its name, for errors.
    """

    def __init__(self, offers: Offers, *, relay: str) -> None:
        self._offers = offers
        self._relay = relay
        self._reader = ReplyReader()
        self._awaited: deque[Phase | str] = deque()
        self._message = b""
        self._envelope = ("", "")
        self._failed: Verdict | None = None
        self.phase = Phase.IDLE
        self.verdict: Verdict | None = None
        self.is_over = False  #: the connection is of no more use
        self.was_unheard = False  #: lost before a word was said about the message under way
        self.went_astray = False  #: lost since the relay, it seems, takes no commands ahead

    def begin(self, sender: str, recipient: str, message: bytes) -> bytes:
        """Begin a message; return what to write, b'' when the verdict is there already.

        Args:
            sender: Envelope sender; '' is the null sender.
            recipient: Envelope recipient.
            message: Lines end in CR LF and none begins with a dot, unless doubled: see `stuffed`.

        Raises:
            MessageError: An address or the message cannot be put on the wire.
            ValueError: A message is under way.
        """
        if self.phase is not Phase.IDLE or self.is_over or self.verdict is not None:
            raise ValueError("one message at a time")
        check_envelope(sender, recipient, message)
        is_ascii = recipient.isascii() and sender.isascii() and message.isascii()
        self.verdict = self._hopeless(message, is_ascii=is_ascii)
        if self.verdict is not None:
            return b""
        self._failed, self._message, self._envelope = None, message, (sender, recipient)
        size = "" if self._offers.size is None else f" SIZE={len(message)}"
        mail = f"MAIL FROM:<{sender}>{size}{'' if is_ascii else ' BODY=8BITMIME SMTPUTF8'}\r\n"
        self.phase = Phase.MAIL
        if self._offers.pipelining:
            self._awaited.extend((Phase.MAIL, Phase.RCPT, Phase.DATA))
            return f"{mail}RCPT TO:<{recipient}>\r\nDATA\r\n".encode()
        self._awaited.append(Phase.MAIL)
        return mail.encode()

    def received(self, data: bytes) -> bytes:
        """Take what the relay sent; return what to write now. b'' as data is the end of the stream."""
        if not data:
            self.lost("the relay closed it")
            return b""
        out: list[bytes] = []
        try:
            out.extend(map(self._answered, self._reader.read(data)))
        except NotSmtp as error:
            self.lost(f"the relay sends {error}")
        return b"" if self.is_over else b"".join(out)

    def body_written(self) -> None:
        """Say that the whole body is written: the permit for the dot may be asked for."""
        if self.phase is Phase.BODY:
            self.phase = Phase.PERMIT

    def dot(self) -> bytes:
        """Return the final dot. From here on no loss says that the message was not taken."""
        if self.phase is not Phase.PERMIT:
            raise ValueError(f"no dot in phase {self.phase}")
        self.phase = Phase.DOT
        self._awaited.append(Phase.DOT)
        return DOT

    def dot_stayed(self, why: str) -> None:
        """Say that not one byte of the dot was written, and why: the connection was lost before it."""
        if self.phase is Phase.DOT:
            self.phase = Phase.PERMIT
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
        is_mail_next = self.phase is Phase.MAIL and Phase.MAIL in self._awaited
        self.was_unheard = is_mail_next and not is_silent
        # Some answers of a group came and others did not, or none in all the time there was.
        is_ahead = self.phase is Phase.MAIL and Phase.DATA in self._awaited and self._failed is None
        self.went_astray = is_ahead and (is_silent or len(self._awaited) < _GROUP)
        if self.phase is Phase.DOT:
            self._end(lost_after_dot(f"the connection was lost after the message: {why}"))
        elif self.phase is not Phase.IDLE:
            where = f"relay {self._relay}, {self.phase}"
            lost = TransportError(f"the connection was lost: {why}", permanent=False, where=where)
            self._end(self._failed or lost)

    def take(self) -> Verdict | None:
        """Fetch the verdict, once; None while there is none."""
        verdict, self.verdict = self.verdict, None
        return verdict

    @property
    def is_ready(self) -> bool:
        """True when the next message may begin."""
        return self.phase is Phase.IDLE and not self.is_over and self.verdict is None

    def _hopeless(self, message: bytes, *, is_ascii: bool) -> Verdict | None:
        """Say why this relay need not be asked at all."""
        if not is_ascii and not self._offers.smtputf8:
            return Receipt(
                state=DeliveryState.FAILED,
                phase=Phase.MAIL,
                code=None,
                enhanced=None,
                text="unreachable: the address needs a relay that offers SMTPUTF8",
            )
        if self._offers.size is not None and len(message) > self._offers.size:
            return TransportError(
                f"the message has {len(message)} bytes, the relay takes {self._offers.size}",
                permanent=True,
                code=552,
                where=f"relay {self._relay}, {Phase.MAIL}",
                hint="make the edition smaller or ask the relay for a higher limit",
                certain=True,
            )
        return None

    def _answered(self, reply: Reply) -> bytes:
        """Go on after one reply; return what to write."""
        if not self._awaited:
            self._unasked(reply)
            return b""
        awaited = self._awaited.popleft()
        if awaited in {_EMPTY, Phase.RESET}:
            return self._cleaned(awaited, reply)
        if awaited is Phase.DOT:
            self._end(self._judged(reply, Phase.DOT))
            self.is_over = self.is_over or reply.code == 421 or self._awaits_nothing_good()
            return b""
        return self._agreed(Phase(awaited), reply)

    def _agreed(self, phase: Phase, reply: Reply) -> bytes:
        """Go on after the answer to MAIL, RCPT or DATA."""
        kind = reply.code // 100
        is_good = kind == (3 if phase is Phase.DATA else 2)
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
            return self._clean_up(dot=phase is Phase.DATA and is_good)
        if phase is Phase.DATA:
            self.phase = Phase.BODY
            return self._message
        self.phase = following = Phase.RCPT if phase is Phase.MAIL else Phase.DATA
        self._awaited.append(following)
        return f"RCPT TO:<{self._envelope[1]}>\r\n".encode() if following is Phase.RCPT else b"DATA\r\n"

    def _judged(self, reply: Reply, phase: Phase) -> Verdict:
        try:
            return judge(reply, phase, relay=self._relay)
        except TransportError as error:
            return error

    def _clean_up(self, *, dot: bool) -> bytes:
        """Bring the relay back to where the next message may begin."""
        self.phase = Phase.RESET
        if dot:
            self._awaited.append(_EMPTY)
            return DOT
        self._awaited.append(Phase.RESET)
        return b"RSET\r\n"

    def _cleaned(self, awaited: Phase | str, reply: Reply) -> bytes:
        """Go on after the answer to an empty message or RSET; the verdict is known by now."""
        if awaited == _EMPTY and reply.code != 421:
            self._awaited.append(Phase.RESET)
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
        if self.phase in {Phase.BODY, Phase.PERMIT} and reply.code // 100 in {4, 5}:
            self._failed = self._judged(reply, Phase.BODY)
        self.lost(f"the relay says what it was not asked: {reply}")

    def _awaits_nothing_good(self) -> bool:
        return isinstance(self.verdict, Receipt) and self.verdict.state is DeliveryState.UNKNOWN

    def _end(self, verdict: Verdict) -> None:
        self.verdict = verdict
        self.phase, self._message, self._failed = Phase.IDLE, b"", None
        self._awaited.clear()


def check_envelope(sender: str, recipient: str, message: bytes) -> None:
    """Refuse what could smuggle a command or swallow the dot.

    Raises:
        MessageError: An address or the message cannot be put on the wire.
    """
    for name, address in (("envelope sender", sender), ("envelope recipient", recipient)):
        if not address.isprintable() or " " in address or "<" in address or ">" in address:
            raise MessageError("a sign that must not stand in an envelope", where=name)
    if not recipient:
        raise MessageError("an empty address", where="envelope recipient")
    if not message.endswith(b"\r\n"):
        raise MessageError("the last line does not end in CR LF", where="message")


def stuffed(message: bytes) -> bytes:
    """Double the dots that start a line. Source: RFC 5321 section 4.5.2."""
    body = message.replace(b"\r\n.", b"\r\n..")
    return b"." + body if body.startswith(b".") else body
