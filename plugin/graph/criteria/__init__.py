"""Criteria: from what people said and what is known of them to scored candidate pairs under hard rules."""

from plugin.graph.criteria.people import Known, Person, Sides, Terms, Value, checks, wishes
from plugin.graph.criteria.scoring import Check, Scored, Wish, candidates, parts, score

__all__ = ["Check", "Known", "Person", "Scored", "Sides", "Terms", "Value", "Wish", "candidates", "checks", "parts", "score", "wishes"]
