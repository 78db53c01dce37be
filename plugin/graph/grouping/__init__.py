"""Groups: who meets with whom, made up as wanted, at an hour that all share; each group with its reasons."""

from plugin.graph.grouping.forming import examine, form
from plugin.graph.grouping.left import left_over
from plugin.graph.grouping.model import Aim, Because, Demand, Design, Grouping, Impossible, Kind, Left, Person, Slot, Trait, Why
from plugin.graph.grouping.rules import cannot_hold
from plugin.graph.grouping.running import Merged, Placed, merge, place, retell

__all__ = [
    "Aim",
    "Because",
    "Demand",
    "Design",
    "Grouping",
    "Impossible",
    "Kind",
    "Left",
    "Merged",
    "Person",
    "Placed",
    "Slot",
    "Trait",
    "Why",
    "cannot_hold",
    "examine",
    "form",
    "left_over",
    "merge",
    "place",
    "retell",
]
