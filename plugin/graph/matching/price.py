"""What each rule costs: how many candidate pairs it removes, and the best round without it."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from plugin.graph.matching.problem import Objective, Problem, RuleKind, Watch
from plugin.graph.matching.rules import allowed
from plugin.graph.matching.solving import LOSS, solve


@dataclass(frozen=True, slots=True)
class RulePrice:
    """One rule.

    ``removed_alone`` are pairs that no other rule or ban removes. ``total`` and ``placed`` are of the round with every rule, the others without this one.
    """

    name: str
    kind: RuleKind
    removed: int
    removed_alone: int
    total: float
    total_without: float
    placed: int
    placed_without: int

    @property
    def cost(self) -> float:
        """By how much the total would rise without the rule; never below 0 for the best total."""
        return self.total_without - self.total


def prices(
    problem: Problem,
    objective: Objective = Objective.TOTAL,
    *,
    seed: int = 0,
    loss: float = LOSS,
    cancelled: Callable[[], bool] | None = None,
    progress: Callable[[float], None] | None = None,
) -> tuple[RulePrice, ...]:
    """The price of each rule, in the order of the rules; one round computed for each that removes a pair of its own, and one for all."""
    watch = Watch(cancelled, progress)
    made = solve(problem, objective, seed=seed, loss=loss, cancelled=cancelled)
    with_all = allowed(problem)
    found = []
    for number, rule in enumerate(problem.rules):
        watch.at((number + 1) / (len(problem.rules) + 1))
        alone = int((allowed(problem, without=rule.name) & ~with_all).sum())
        other = made
        if alone:
            rest = replace(problem, rules=tuple(each for each in problem.rules if each.name != rule.name))
            other = solve(rest, objective, seed=seed, loss=loss, cancelled=cancelled)
        removed = int((~rule.allowed).sum())
        found.append(RulePrice(rule.name, rule.kind, removed, alone, made.total, other.total, made.placed, other.placed))
    watch.at(1.0)
    return tuple(found)
