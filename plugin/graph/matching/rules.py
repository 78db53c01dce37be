"""Which candidate pairs are open under rules, bans and pins."""

from dataclasses import dataclass, field

import numpy as np

from plugin.errors import Invalid
from plugin.graph.matching.problem import Bools, Floats, Ints, Problem


@dataclass(frozen=True, slots=True, eq=False)
class Opening:
    """What may be used, and what must be.

    ``usable`` pairs; ``pinned`` rows that must be taken; ``held`` mentees who must get somebody: those pinned to a mentor with several offers, all of whose
    other pairs are closed; ``broken`` pins, whose pair is closed; ``first`` mentees who must get at least one mentor, since they come first and can.
    """

    usable: Bools
    pinned: Ints
    held: Ints
    broken: tuple[tuple[int, int], ...]
    first: Ints = field(default_factory=lambda: np.empty(0, np.int64))


def banned(problem: Problem) -> Bools:
    """For each candidate pair, whether it is forbidden."""
    return _among(problem, problem.forbidden)


def allowed(problem: Problem, *, without: str | None = None) -> Bools:
    """For each candidate pair, whether every rule and ban lets it be; ``without`` leaves one rule out."""
    open_ = ~banned(problem)
    for rule in problem.rules:
        if rule.name != without:
            open_ &= rule.allowed
    return open_


def chosen(problem: Problem, open_: Bools, *, mentee_choices: bool, mentor_choices: bool) -> Bools:
    """Which of some pairs the sides whose choices count did choose; a side that gave none chose all."""
    found = open_.copy()
    for counts, ranks in ((mentee_choices, problem.edges.mentee_rank), (mentor_choices, problem.edges.mentor_rank)):
        if counts and ranks is not None:
            found &= ranks > 0
    return found


def opened(problem: Problem, *, mentee_choices: bool = False, mentor_choices: bool = False) -> Opening:
    """The opening of a problem. Where a side's choices count, pairs that it did not choose are closed, but for pins."""
    open_ = allowed(problem)
    e = problem.edges
    usable = chosen(problem, open_, mentee_choices=mentee_choices, mentor_choices=mentor_choices)
    pinned, held, broken = [], [], []
    wanted = _among(problem, problem.forced)
    at = np.flatnonzero(wanted)
    rows_of: dict[tuple[int, int], list[int]] = {}
    for row, mentee, mentor in zip(at.tolist(), e.mentee[at].tolist(), e.mentor[at].tolist(), strict=True):
        rows_of.setdefault((mentee, mentor), []).append(row)
    for mentee, mentor in problem.forced:
        number = problem.mentee_index[mentee]
        rows = rows_of.get((number, problem.mentor_index[mentor]))
        if rows is None:
            raise Invalid(
                "forced: mentee {mentee} and mentor {mentor} are not a candidate pair: add them to the candidates to pin them",
                field="forced",
                mentee=mentee,
                mentor=mentor,
            )
        left = [row for row in rows if open_[row]]
        if not left:
            broken.append((mentee, mentor))
        elif len(left) == 1:
            usable[left] = True
            pinned += left
        else:
            usable[e.mentee == number] = False
            usable[left] = True
            held.append(number)
    return Opening(usable, np.array(sorted(pinned), np.int64), np.array(held, np.int64), tuple(broken))


def mentee_keys(problem: Problem) -> Floats:
    """How mentees order their candidates, the least first: by their choices, or by the score where they made none."""
    ranks = problem.edges.mentee_rank
    return -problem.edges.score if ranks is None else ranks.astype(np.float64)


def mentor_keys(problem: Problem) -> Floats:
    """How mentors order their candidates, the least first."""
    ranks = problem.edges.mentor_rank
    return -problem.edges.score if ranks is None else ranks.astype(np.float64)


def dense_ranks(group: Ints, key: Floats) -> Ints:
    """Within each group the rank of each key, least first from 1, equal keys sharing a rank."""
    order = np.lexsort((key, group))
    new_group = np.diff(group[order], prepend=-1) != 0
    new_key = np.diff(key[order], prepend=np.nan) != 0
    steps = np.cumsum(new_group | new_key)
    starts = np.maximum.accumulate(np.where(new_group, steps, 0))
    ranks = np.empty(len(group), np.int64)
    ranks[order] = steps - starts + 1
    return ranks


def lots(count: int, seed: int, side: int) -> Ints:
    """An order drawn by lot, which decides between equals; that of the list for seed 0."""
    return np.arange(count) if seed == 0 else np.random.default_rng((seed, side)).permutation(count)


def _among(problem: Problem, pairs: tuple[tuple[int, int], ...]) -> Bools:
    e, width = problem.edges, len(problem.mentors)
    if not pairs:
        return np.zeros(len(e), bool)
    keys = np.array([problem.mentee_index[mentee] * width + problem.mentor_index[mentor] for mentee, mentor in pairs], np.int64)
    return np.isin(e.mentee.astype(np.int64) * width + e.mentor, keys)
