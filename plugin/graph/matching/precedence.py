"""Who comes first where not all can be placed.

The sets of mentees who can all get somebody at once are the independent sets of a matroid (Edmonds and Fulkerson 1965), so taking those who come first one by
one, each if it is still possible, places the largest set of them and costs nobody a place in sum: from any such round more are placed along augmenting paths,
and these take no place from somebody who has one.
"""

from dataclasses import replace

import numpy as np

from plugin.graph.matching.flow import feasible, network
from plugin.graph.matching.problem import Ints, Problem
from plugin.graph.matching.rules import Opening, lots


def with_first(problem: Problem, opening: Opening) -> Opening:
    """The opening in which those who come first must get somebody, as far as all of them can at once."""
    if not problem.first or opening.broken:
        return opening
    wanted = [problem.mentee_index[member] for member in problem.first]
    whole = replace(opening, first=np.array(wanted, np.int64))
    if _possible(problem, whole):
        return whole
    taken: list[int] = []
    for one in wanted:
        tried = replace(opening, first=np.array([*taken, one], np.int64))
        if _possible(problem, tried):
            taken.append(one)
    return replace(opening, first=np.array(taken, np.int64))


def _possible(problem: Problem, opening: Opening) -> bool:
    return feasible(network(problem, opening, seed=0)[0])


def turns(problem: Problem, *, seed: int) -> Ints:
    """The order of mentees between whom a mentor does not choose: those who come first, then by lot."""
    order = lots(len(problem.mentees), seed, 1)
    if not problem.first:
        return order
    late = np.full(len(problem.mentees), len(problem.first), np.int64)
    late[[problem.mentee_index[member] for member in problem.first]] = np.arange(len(problem.first))
    turn = np.empty(len(order), np.int64)
    turn[np.lexsort((order, late))] = np.arange(len(order))
    return turn
