"""All that a hand can do to an edition; each deed knows its place, so that two hands never collide."""

from __future__ import annotations

from digest.shape.arranging import Drop, Merge, Move, MoveSection, Split, Take
from digest.shape.writing import Headline, Picture, Retitle, Summarise, Write

Deed = Move | Drop | Take | Merge | Split | MoveSection | Headline | Summarise | Picture | Write | Retitle
