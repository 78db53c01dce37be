"""Rounds: who is matched with whom under rules and capacities, best by a stated objective, with proof and price."""

from plugin.graph.matching.changes import Change, How, Rematch, incremental, rematch
from plugin.graph.matching.conflicts import conflict
from plugin.graph.matching.explain import Obstacle, Why, WhyNot, why, why_not
from plugin.graph.matching.fairness import Fairness, fairness
from plugin.graph.matching.price import RulePrice, prices
from plugin.graph.matching.problem import (
    Alternative,
    Cancelled,
    Cause,
    Contradiction,
    Edges,
    Objective,
    Offer,
    Pair,
    Placing,
    Problem,
    Reason,
    Round,
    RuleKind,
    RuleMask,
    Seat,
    Unplaced,
)
from plugin.graph.matching.proof import Proof, proof
from plugin.graph.matching.solving import curve, solve

__all__ = [
    "Alternative",
    "Cancelled",
    "Cause",
    "Change",
    "Contradiction",
    "Edges",
    "Fairness",
    "How",
    "Objective",
    "Obstacle",
    "Offer",
    "Pair",
    "Placing",
    "Problem",
    "Proof",
    "Reason",
    "Rematch",
    "Round",
    "RuleKind",
    "RuleMask",
    "RulePrice",
    "Seat",
    "Unplaced",
    "Why",
    "WhyNot",
    "conflict",
    "curve",
    "fairness",
    "incremental",
    "prices",
    "proof",
    "rematch",
    "solve",
    "why",
    "why_not",
]
