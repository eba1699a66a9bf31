"""How fast a service goes, in seconds of the machine's own time, whatever its clock says."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Pace:
    """How often the parts look, and how long they may take."""

    tick_s: float = 5.0  #: between two looks at the slots, alerts and reports, unless one is due sooner
    poll_s: float = 2.0  #: between two looks for editions to send
    look_s: float = 10.0  #: between two looks at the files of the configuration
    probe_s: float = 300.0  #: between two looks whether relays take connections
    yield_s: float = 60.0  #: a sending that only waits keeps its place for so long when others want it
    tell_s: float = 60.0  #: between two lines of the log that say how far a sending is
    outage_s: float = 900.0  #: nobody gets a mail for so long, for a relay, home or database: people are told
    hung_s: float = 900.0  #: a part that has not been heard of for so long hangs
    grace_s: float = 28.0  #: what is in flight may take so long when the service is told to stop
    back_off_s: float = 60.0  #: a part that fails again and again is tried that often at least
