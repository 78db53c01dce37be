"""What cannot hold together: a smallest set of rules, pins, bans and minimums, none of which could be missing.

A smallest unsatisfiable subset by implicit hitting sets (Ignatiev, Previti, Liffiton and Marques-Silva 2015): every set of demands whose removal restores
feasibility must be hit by every conflict; a smallest set that hits all found so far either is a conflict, and then the smallest, or shows a removal not yet
found. Each question "can these hold together?" is one max flow.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from plugin.graph.matching.flow import feasible, network
from plugin.graph.matching.problem import Cause, Problem
from plugin.graph.matching.rules import opened

ROUNDS = 300
"""After so many hitting sets the search stops and a set is given that cannot be made smaller by leaving out any one, but may not be the smallest."""


def conflict(problem: Problem) -> tuple[Cause, ...]:
    """A smallest set of rules, pins, bans and minimums that no round can meet together; empty if all can be met."""
    asked = _asked(problem)

    def holds(kept: Sequence[int]) -> bool:
        return _can_hold(problem, [asked[i] for i in kept])

    return tuple(asked[i] for i in smallest(len(asked), holds))


def smallest(count: int, holds: Callable[[Sequence[int]], bool]) -> list[int]:
    """A smallest set of the numbers below ``count`` that cannot hold together; empty if all can. ``holds`` must stay true as numbers are taken away."""
    everything = list(range(count))
    return [] if holds(everything) else _smallest(_irreducible(everything, holds), count, holds)


def _asked(problem: Problem) -> list[Cause]:
    rules = [Cause("rule", name=rule.name) for rule in problem.rules if not rule.allowed.all()]
    pins = [Cause("pin", mentee=mentee, mentor=mentor) for mentee, mentor in problem.forced]
    bans = [Cause("forbidden", mentee=mentee, mentor=mentor) for mentee, mentor in problem.forbidden]
    minimums = [Cause("minimum", mentor=seat.id, minimum=seat.minimum) for seat in problem.mentors if seat.minimum]
    return [*rules, *pins, *bans, *minimums]


def _can_hold(problem: Problem, kept: Sequence[Cause]) -> bool:
    names = {cause.name for cause in kept if cause.kind == "rule"}
    pairs = {
        kind: tuple((c.mentee, c.mentor) for c in kept if c.kind == kind and c.mentee is not None and c.mentor is not None) for kind in ("pin", "forbidden")
    }
    with_minimum = {cause.mentor for cause in kept if cause.kind == "minimum"}
    part = replace(
        problem,
        rules=tuple(rule for rule in problem.rules if rule.name in names),
        forced=pairs["pin"],
        forbidden=pairs["forbidden"],
        mentors=tuple(seat if seat.id in with_minimum else replace(seat, minimum=0) for seat in problem.mentors),
    )
    opening = opened(part)
    return not opening.broken and feasible(network(part, opening, seed=0)[0])


def _irreducible(items: list[int], holds: Callable[[Sequence[int]], bool]) -> list[int]:
    """A conflict of which nothing can be left out (QuickXplain; Junker 2004)."""

    def explain(background: list[int], rest: list[int], *, added: bool) -> list[int]:
        if added and not holds(background):
            return []
        if len(rest) == 1:
            return rest
        left, right = rest[: len(rest) // 2], rest[len(rest) // 2 :]
        second = explain([*background, *left], right, added=True)
        first = explain([*background, *second], left, added=bool(second))
        return [*first, *second]

    return sorted(explain([], items, added=False))


@dataclass(slots=True)
class _Hitting:
    """Sets that must be hit, and a smallest set that does."""

    size: int
    sets: list[list[int]]

    def smallest(self) -> list[int]:
        if not self.sets:
            return []
        matrix = np.zeros((len(self.sets), self.size))
        for number, members in enumerate(self.sets):
            matrix[number, members] = 1
        tie = 1 + np.arange(self.size) / (self.size**2 + 1) / 2  # earlier ones first among equals
        answer = milp(tie, constraints=LinearConstraint(matrix, 1, np.inf), bounds=Bounds(0, 1), integrality=np.ones(self.size, np.int64))
        if answer.x is None:
            raise ArithmeticError("a smallest set that hits all was not found")
        return np.flatnonzero(answer.x > 0.5).tolist()


def _smallest(core: list[int], size: int, holds: Callable[[Sequence[int]], bool]) -> list[int]:
    if len(core) <= 1:
        return core
    hitting = _Hitting(size, [])
    for _ in range(ROUNDS):
        chosen = hitting.smallest()
        if len(chosen) >= len(core):
            return core
        if not holds(chosen):
            return chosen
        hitting.sets.append(_removal(chosen, size, holds))
    return core


def _removal(kept: list[int], size: int, holds: Callable[[Sequence[int]], bool]) -> list[int]:
    """What has to go once as much as possible is added to what is kept; added in halves, so that long lists take few questions."""
    kept, out = list(kept), []
    waiting = [[i for i in range(size) if i not in set(kept)]]
    while waiting:
        part = waiting.pop()
        if not part:
            continue
        if holds([*kept, *part]):
            kept += part
        elif len(part) == 1:
            out += part
        else:
            waiting += [part[len(part) // 2 :], part[: len(part) // 2]]
    return sorted(out)
