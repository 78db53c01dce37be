"""What a manager should be advised, by the rules as they are told (docs/evaluation.md and ``because`` of each), from figures that were counted apart."""

from collections.abc import Iterator
from typing import Any

Said = tuple[str, str, dict[str, float], list[int]]
"""Rule, urgency, the numbers that set it off, and the mentorships it is about."""
URGENT = ("NOW", "SOON", "NOTE")
RULES = (
    *("recruit.pause_mentees", "recruit.mentors", "recruit.mentees", "match.waiting", "pairs.stalled", "replies.slow", "load.uneven"),
    *("sessions.missed", "quality.low", "surveys.unanswered", "reach.missing", "goals.behind"),
)
SOME = 5
"""Fewer are cared for one by one."""


def advice(found: dict[str, Any], *, running: int, over: bool) -> list[Said]:
    """The most urgent first, and of equal urgency in the order of the rules."""
    said = [*_recruiting(found), *_pairs(found, running), *_answers(found), *_reach(found), *(_goals(found) if over else ())]
    return sorted(said, key=lambda one: (URGENT.index(one[1]), RULES.index(one[0])))


def _recruiting(found: dict[str, Any]) -> Iterator[Said]:
    waiting, places, idle = found["waiting"], found["places"], found["idleMentors"]
    if waiting >= SOME and waiting > 1.5 * places:
        yield "recruit.pause_mentees", "NOW", {"waiting": waiting, "places": places}, []
    if waiting > places:
        yield "recruit.mentors", "SOON", {"waiting": waiting, "places": places}, []
    if waiting == 0 and idle >= SOME:
        yield "recruit.mentees", "SOON", {"idle": idle, "places": places}, []
    if found["matchRate"] and found["matchRate"][0] < 0.7 and waiting >= SOME and places > 0:
        yield "match.waiting", "SOON", {"match_rate": found["matchRate"][0], "waiting": waiting, "places": places}, []


def _pairs(found: dict[str, Any], running: int) -> Iterator[Said]:
    if found["stalled"]:
        yield "pairs.stalled", "NOW", {"stalled": len(found["stalled"]), "running": running}, found["stalled"]
    in_time = found["repliedInTime"]
    if in_time and in_time[3] >= SOME and in_time[2] < 0.8:
        yield "replies.slow", "SOON", {"in_time": in_time[0], "waiting": found["requestsWaiting"], "asked": found["requests"]}, []
    if found["loadGini"] > 0.5 and found["idleMentors"] and found["largestLoad"] > 1 and found["mentors"] >= SOME:
        yield "load.uneven", "NOTE", {"gini": found["loadGini"], "most": found["largestLoad"], "idle": found["idleMentors"]}, []
    if found["missedRate"] and found["missedRate"][1] > 0.2:
        yield "sessions.missed", "SOON", {"missed_rate": found["missedRate"][0], "missed": found["sessionsMissed"], "held": found["sessionsHeld"]}, []


def _answers(found: dict[str, Any]) -> Iterator[Said]:
    quality, answered = found["quality"], found["answerRate"]
    if quality and quality[2] is not None and quality[2] < 4:
        yield "quality.low", "SOON", {"quality": quality[0], "high": quality[2], "answers": quality[3]}, []
    if answered and answered[2] < 0.5:
        yield "surveys.unanswered", "NOTE", {"answer_rate": answered[0], "asked": answered[3]}, []


def _reach(found: dict[str, Any]) -> Iterator[Said]:
    shares = {name: part for name, (_, _, part) in sorted(found["reach"].items()) if part}
    best = max(shares.values(), key=lambda part: float(part[0]), default=None)
    for name, part in shares.items():
        if best is not None and part[2] < best[1]:
            members, enrolled, _ = found["reach"][name]
            yield "reach.missing", "NOTE", {"members": members, "enrolled": enrolled}, []


def _goals(found: dict[str, Any]) -> Iterator[Said]:
    for target, value, met in found["goals"].values():
        if not met:
            yield "goals.behind", "NOTE", {"target": target} | ({} if value is None else {"value": value}), []
