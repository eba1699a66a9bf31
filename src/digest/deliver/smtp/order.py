"""Which command a reply to a final dot speaks of, where those of the next message stand behind it.

RFC 2920 wants replies in the order of the commands. A relay that takes its time over a dot and answers what
stands behind it first is told by its enhanced codes; one that gives none tells only by a 354 where an answer
to RCPT is due, and gets nothing ahead from then on, but the first message is on record as sent by then: to
wait so long with each 250 would keep all of them off the disk meanwhile, and unknown after a crash.
"""

from __future__ import annotations

from collections.abc import Sequence

from digest.deliver.smtp.replies import Phase, Reply

UNCLEAR = "nobody can tell which message the relay speaks of"
_WELL = {
    Phase.MAIL: "2.1.0",
    Phase.RCPT: "2.1.5",
}  #: Source: RFC 3463 section 3.2, as nearly all relays say it
_DATA, _GO_ON = Phase.DATA, 354  # taken out of its class once: asked for each message


def may_be_of_next(reply: Reply, behind: Sequence[Phase]) -> bool:
    """Tell whether a reply may be one to the first command behind the dot: then the dot is answered later.

    Args:
        reply: What came where the dot's answer was to come.
        behind: The commands behind it that have no answer yet, in order.
    """
    following = behind[0] if behind else None
    if following is None:
        return False
    return reply.code == _GO_ON if following is _DATA else reply.enhanced == _WELL.get(following)


def is_unclear(reply: Reply, behind: Sequence[Phase]) -> bool:
    """Tell whether a refusal may be the dot's as well as that of a command behind it.

    Args:
        reply: As above.
        behind: As above; fewer than the three of a message when others may have been answered first.
    """
    return len(behind) in {1, 2} and reply.code // 100 != 2
