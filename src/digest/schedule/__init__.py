"""The service: what calls the actions when their time has come, for years."""

from digest.schedule.pace import Pace
from digest.schedule.service import PARTS, Part, Way
from digest.schedule.serving import serve

__all__ = ["PARTS", "Pace", "Part", "Way", "serve"]
