"""What a community's history taught, and the record of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class WeightChangeKind(StrEnum):
    """Why weights were looked at."""

    ADAPTED = "adapted"
    """The community's questions and who answered them were studied."""
    RESET = "reset"
    """An admin put the weights that ship with the product back; questions before that are not learned from again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightChange:
    """One entry of the record: ``weights`` as JSON text of the graph, ``taken`` whether they came into force, ``because`` the figures that decided it."""

    id: int
    at: datetime
    kind: WeightChangeKind
    taken: bool
    weights: str
    actor: str = ""
    questions: int = 0
    because: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """One number about the community on one day; ``subject`` is a category's id, or empty for the whole."""

    day: date
    name: str
    value: float
    subject: str = ""
