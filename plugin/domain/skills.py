"""What members decide about what is known of them, and what the community's curators decide about names of skills."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

MAX_NAME = 60
"""Characters of the name of a skill."""

MAX_CHOICES = 100
"""How many skills a member decides about at most."""


class Standing(StrEnum):
    """What a member says of a skill of theirs."""

    LEARNING = "learning"
    """Wants to learn it: an interest."""
    CAPABLE = "capable"
    """Can help with it."""
    EXPERT = "expert"
    """Knows it well."""
    HIDDEN = "hidden"
    """Does not want it to be known, nor to be suggested for it."""


BELIEVED = {Standing.LEARNING: 0.6, Standing.CAPABLE: 0.6, Standing.EXPERT: 0.8}
"""How far somebody's own word is believed without anything to show for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SkillChoice:
    """One decision of a member; ``key`` is what all spellings of ``name`` have in common."""

    member_id: int
    key: str
    name: str
    standing: Standing
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SkillName:
    """A curator's decision that ``key`` is another name of ``into_key``, which is shown as ``into``; a skill whose name is only chosen has both the same."""

    key: str
    name: str
    into_key: str
    into: str
    at: datetime
