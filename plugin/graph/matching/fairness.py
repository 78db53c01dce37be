"""How fair a round is, to those who are matched and between those who match."""

from dataclasses import dataclass

import numpy as np

from plugin.errors import Invalid
from plugin.graph.matching.changes import rows_of
from plugin.graph.matching.problem import Problem, Round
from plugin.graph.matching.rules import allowed


@dataclass(frozen=True, slots=True)
class Fairness:
    """Figures of a round.

    A mentee envies where the rules would have let them have a mentor whom somebody else has, at a higher score than the least of what they got (0 for a place
    left empty): ``envious`` counts mentees, ``envy`` is the most that one misses by it, ``justified`` the envy that the mentor shares (blocking pairs; a stable
    round has none). ``best`` is the share of mentees whose best allowed candidate they got, ``idle`` the share of mentors with nobody, ``worst``, ``p10`` and
    ``median`` of what mentees got, ``load_gini`` over mentors.
    """

    worst: float
    p10: float
    median: float
    best: float
    envious: int
    envy: float
    justified: int
    load_gini: float
    idle: float


def fairness(problem: Problem, made: Round) -> Fairness:
    """The figures of a round made from the problem. Raises :class:`~plugin.errors.Invalid` if it was made from another."""
    rows = rows_of(problem, made.pairs)
    if rows is None:
        raise Invalid("the round has pairs that are not candidates of this problem: give the problem it was made from", field="round")
    e, people, mentors = problem.edges, len(problem.mentees), len(problem.mentors)
    got = np.bincount(e.mentee[rows], e.score[rows], people)
    least = np.full(people, np.inf)
    np.minimum.at(least, e.mentee[rows], e.score[rows])
    missing = np.bincount(e.mentee[rows], minlength=people) < problem.demand
    least[missing] = np.minimum(least[missing], 0.0)
    load = np.bincount(e.mentor[rows], minlength=mentors)
    taken = np.zeros(len(e), bool)
    taken[rows] = True
    others = np.flatnonzero(allowed(problem) & ~taken & (load[e.mentor] > 0))
    missed = np.zeros(people)
    np.maximum.at(missed, e.mentee[others], e.score[others] - least[e.mentee[others]])
    top, reached = np.full(people, -np.inf), np.full(people, -np.inf)
    open_ = np.flatnonzero(allowed(problem))
    np.maximum.at(top, e.mentee[open_], e.score[open_])
    np.maximum.at(reached, e.mentee[rows], e.score[rows])
    return Fairness(
        worst=made.worst,
        p10=made.p10,
        median=float(np.median(got)),
        best=float(((reached >= top) & np.isfinite(reached)).mean()),
        envious=int((missed > 0).sum()),
        envy=float(missed.max()),
        justified=made.blocking_pairs,
        load_gini=made.load_gini,
        idle=float((load == 0).mean()),
    )
