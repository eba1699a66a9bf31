"""Choose what an edition holds, with a decision on record for every candidate."""

from digest.pick.choice import Picked, pick
from digest.pick.words import brief, explain, remedy

__all__ = ["Picked", "brief", "explain", "pick", "remedy"]
