"""Hand an edition to its recipients."""

from __future__ import annotations

from collections.abc import Sequence

from digest.deliver.compose.headers import check_address
from digest.deliver.loop import Loop
from digest.deliver.run.relay import Route
from digest.deliver.run.sending import Run
from digest.deliver.run.terms import Office, SendingRules, Tally, Watch


def deliver_edition(office: Office, routes: Sequence[Route], *, rules: SendingRules, watch: Watch) -> Tally:
    """Send to everyone who can be claimed.

    A recipient whose message cannot be built, or whom a relay refuses, ends alone. Whoever was put
    off waits for another run, unless this one waits.

    Raises:
        MessageError: The envelope sender is no address; nobody was mailed.
        TransportError: No relay can be reached, or all refuse the sender or the message.
        StoreError: The database or the journal cannot be written.
        Refused: Something has run out, or somebody has halted the edition.

    All who were not mailed are pending again, also when it raises.
    """
    try:
        if rules.sender:
            check_address(rules.sender, where="envelope sender")
        books = office.ledger.books()
    except BaseException:
        office.record.close(keep=False)
        raise
    with Loop() as loop:
        run = Run(loop, office, routes, rules, watch, books)
        try:
            loop.run(run.step)
        finally:
            run.close()
    return run.result()
