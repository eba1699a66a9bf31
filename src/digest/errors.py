"""Everything that can go wrong, by name.

DigestError
├── SettingsError      the configuration has faults; all of them are in `faults`
├── NotFound           a digest, edition, article, subscriber or file that is not there
│   └── DeadLink       a link for people at the desk that is none of ours, or whose person is gone
├── Refused            the thing is there, its state forbids the wish
│   ├── Halted         an edition was stopped, changed or ended while somebody was about to send it, or did
│   ├── EndedLink      a link for people at the desk whose time is over, or that was used
│   └── TooMany        it was asked for too often; `wait_s`: when it may be asked for again
├── DocumentError      one document cannot become an article; it costs itself
├── TemplateError      a template is missing, wrong, or made MJML that does not compile
├── MessageError       a header or address that must not be written
├── StoreError         the database cannot be opened, read or written
├── TransportError     a mail server did not do its part; `permanent` says whether to try again
├── Unanswered         nobody could say what the DNS holds for a name
├── FetchError         a web address must not be gone to, or gave nothing; `permanent` as above
└── DraftError         a language model gave nothing that can be used; `pause_s`: leave it alone so long
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

_WITH_DIGITS = re.compile(r"\S*\d\S*")


class DigestError(Exception):
    """Root of every error this program raises on purpose.

    Args:
        message: What is wrong with which thing, as one sentence a person can act on.
        where: The place: a file with line, a key, an edition; None when the message says it.
        hint: The way out; None when there is none to offer.
    """

    def __init__(self, message: str, *, where: str | None = None, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.hint = hint

    def __str__(self) -> str:
        """Show place, message and way out on one line."""
        place = f"{self.where}: " if self.where else ""
        return f"{place}{self.message}" + (f" ({self.hint})" if self.hint else "")


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One thing wrong in a configuration file or variable."""

    file: str  #: path as the operator knows it, or 'environment'
    line: int | None  #: 1 is first; None when the fault is in no line
    key: str  #: dotted, list positions from 0: sections.0.tags; '' for the whole file
    expected: str  #: what would have been right
    found: str  #: what was there, shortened; never a secret
    hint: str | None = None  #: the way out, such as the nearest known key

    def __str__(self) -> str:
        """Show the fault as 'file:line: key: expected ..., found ... (hint)'."""
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        key = f" {self.key}:" if self.key else ""
        hint = f" ({self.hint})" if self.hint else ""
        return f"{place}:{key} expected {self.expected}, found {self.found}{hint}"


class SettingsError(DigestError):
    """The configuration has faults.

    Args:
        faults: All of them, in file and line order; at least one.
    """

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        count = len(self.faults)
        super().__init__(
            "; ".join(str(fault) for fault in self.faults),
            hint=f"{count} fault{'' if count == 1 else 's'}; `digest check` lists them",
        )


class NotFound(DigestError):
    """A thing that was named is not there."""


class DeadLink(NotFound):
    """A link for people at the desk is none of ours, or leads nowhere any more."""


class Refused(DigestError):
    """The thing is there, but its state forbids what was asked."""


class Halted(Refused):
    """An edition was stopped, changed or ended while a sender was at it."""


class EndedLink(Refused):
    """A link for people at the desk is over, or was used."""


class TooMany(Refused):
    """Something was asked for too often.

    Args:
        message: What was too much.
        wait_s: Seconds after which it may be asked for again, at least 1.
        hint: The way out; None: to wait so long, in words.
    """

    def __init__(self, message: str, *, wait_s: int, hint: str | None = None) -> None:
        self.wait_s = max(1, wait_s)
        minutes = -(-self.wait_s // 60)
        span = f"{minutes} minute{'' if minutes == 1 else 's'}" if self.wait_s > 60 else f"{self.wait_s} s"
        super().__init__(message, hint=hint or f"try again in {span}")


class DocumentError(DigestError):
    """One document cannot become an article."""


class TemplateError(DigestError):
    """A template is missing or wrong; `where` names template and line."""


class MessageError(DigestError):
    """A header value or address that must not be written into a message."""


class StoreError(DigestError):
    """The database cannot be opened, read or written."""


class TransportError(DigestError):
    """A relay did not take a message or a connection, or an IMAP server did not do as it was asked.

    Args:
        message: What the server or the network said.
        permanent: True when another try with the same message cannot succeed.
        code: The SMTP reply code; None when there was no reply.
        where: Relay and phase, or address and folder.
        hint: The way out.
        certain: The relay spoke before it knew any recipient, so all of them would hear the same.
    """

    def __init__(  # why: what a relay said, piece by piece
        self,
        message: str,
        *,
        permanent: bool,
        code: int | None = None,
        where: str | None = None,
        hint: str | None = None,
        certain: bool = False,
    ) -> None:
        super().__init__(message, where=where, hint=hint)
        self.permanent = permanent
        self.code = code
        self.enhanced: str | None = None  #: the enhanced code of the reply, such as 5.7.1
        self.is_certain = certain
        self.is_own = False  #: it spoke of one message

    def about_one_message(self) -> Self:
        """Note that the relay spoke of this message, as of its size: others may be taken."""
        self.is_own = True
        return self

    @property
    def kind(self) -> str:
        """Name place and code, or what happened, the same whatever numbers the words hold this time."""
        return f"{self.where}: {self.code or _WITH_DIGITS.sub('', self.message)}"


class Unanswered(DigestError):
    """Nobody could say what the DNS holds for a name; `where` is the name."""


class FetchError(DigestError):
    """A web address may not be gone to, or a network or server gave nothing that can be used.

    Args:
        message: What is wrong with the address or the answer; nothing of what was found there.
        permanent: True when another try with the same address cannot succeed.
        hint: The way out.
    """

    def __init__(self, message: str, *, permanent: bool, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.permanent = permanent


class DraftError(DigestError):
    """An endpoint of a language model gave no answer, or one that cannot be used.

    Args:
        message: What went wrong; nothing of what was sent, and no key.
        pause_s: Seconds for which the endpoint is left alone; 0 for one that may be asked again.
        is_model: The endpoint did its part, and what the model said is of no form that was asked for.
    """

    def __init__(self, message: str, *, pause_s: float = 0.0, is_model: bool = False) -> None:
        super().__init__(message)
        self.pause_s = pause_s
        self.is_model = is_model
