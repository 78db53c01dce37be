"""Why two people are together in a round, or are not, and what changing that would cost."""

from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from plugin.errors import NotFound
from plugin.graph.matching.flow import GRID
from plugin.graph.matching.problem import Contradiction, Pair, Problem, Round
from plugin.graph.matching.rules import allowed, banned, mentee_keys, mentor_keys
from plugin.graph.matching.solving import LOSS, solve


class Obstacle(StrEnum):
    """What stands between two people."""

    NOT_A_CANDIDATE = "not_a_candidate"
    FORBIDDEN = "forbidden"
    RULE = "rule"
    MENTEE_HAS_BETTER = "mentee_has_better"  # whoever the mentee got scores higher
    MENTOR_FULL = "mentor_full"  # every place is taken by whoever scores at least as high
    MENTOR_FULL_OF_OTHERS = "mentor_full_of_others"  # every place is taken, some by whoever scores lower
    ROUND_IS_BETTER = "round_is_better"  # the two would gain, and others would lose more
    CANNOT_HOLD = "cannot_hold"  # pins and minimums leave no round with this pair


@dataclass(frozen=True, slots=True)
class WhyNot:
    """The obstacles, the rules among them by name, and what the round would be with the pair in it.

    ``loss`` is by how much the total would fall if the two were pinned (negative where it rises, which other objectives than the total can allow), ``made``
    and ``broken`` the pairs that would come and go. All three are empty where the pair cannot be at all.
    """

    mentee: int
    mentor: int
    together: bool
    score: float | None
    obstacles: tuple[Obstacle, ...] = ()
    rules: tuple[str, ...] = ()
    loss: float | None = None
    made: tuple[Pair, ...] = ()
    broken: tuple[Pair, ...] = ()


@dataclass(frozen=True, slots=True)
class Why:
    """What a pair is to both, and to the round.

    ``mentee_place`` is the mentor's place among the candidates the rules leave the mentee (1 the best; by choices where there are any, else by score), of
    ``mentee_candidates``; and likewise for the mentor. ``worth`` is by how much the total would fall if the two were kept apart (below 0 where it would rise),
    None where no round is possible without them or they are pinned; ``instead`` are the pairs that would come in their place.
    """

    mentee: int
    mentor: int
    score: float
    pinned: bool
    mentee_place: int
    mentee_candidates: int
    mentor_place: int
    mentor_candidates: int
    worth: float | None
    instead: tuple[Pair, ...]


def difference(made: Round, other: Round) -> float:
    """By how much the total of another round is lower, on the grid on which scores are compared: what is less is an error of adding up."""
    return round((made.total - other.total) * GRID) / GRID


def why(problem: Problem, made: Round, *, mentee: int, mentor: int, loss: float = LOSS) -> Why:
    """Why these two are together in a round made from the problem; computed anew with the two kept apart.

    Raises :class:`~plugin.errors.NotFound` if they are not.
    """
    pair = next((each for each in made.pairs if (each.mentee, each.mentor) == (mentee, mentor)), None)
    if pair is None:
        raise NotFound("{mentee} and {mentor} are not together in this round: ask why not", mentee=mentee, mentor=mentor)
    e, open_ = problem.edges, allowed(problem)
    both = (e.mentee == problem.mentee_index[mentee], e.mentor == problem.mentor_index[mentor])
    sides = []
    for mine, keys in zip(both, (mentee_keys(problem), mentor_keys(problem)), strict=True):
        rows = np.flatnonzero(open_ & mine)
        own = keys[rows[(both[0] & both[1])[rows]]].min()
        sides.append((1 + int((keys[rows] < own).sum()), len(rows)))
    worth: float | None = None
    instead: tuple[Pair, ...] = ()
    if not pair.pinned:
        try:
            other = solve(replace(problem, forbidden=(*problem.forbidden, (mentee, mentor))), made.objective, seed=made.seed, loss=loss)
        except Contradiction:
            pass
        else:
            before = {(each.mentee, each.mentor) for each in made.pairs}
            worth, instead = difference(made, other), tuple(each for each in other.pairs if (each.mentee, each.mentor) not in before)
    return Why(mentee, mentor, pair.score, pair.pinned, *sides[0], *sides[1], worth, instead)


def why_not(problem: Problem, made: Round, *, mentee: int, mentor: int, loss: float = LOSS) -> WhyNot:
    """Why these two are not together in a round made from the problem; computed anew with the two pinned.

    Raises :class:`~plugin.errors.NotFound` if either is not in the round.
    """
    if mentee not in problem.mentee_index or mentor not in problem.mentor_index:
        raise NotFound("{mentee} and {mentor} are not a mentee and a mentor of this round", mentee=mentee, mentor=mentor)
    e = problem.edges
    rows = ((e.mentee == problem.mentee_index[mentee]) & (e.mentor == problem.mentor_index[mentor])).nonzero()[0]
    if not len(rows):
        return WhyNot(mentee, mentor, together=False, score=None, obstacles=(Obstacle.NOT_A_CANDIDATE,))
    score = float(e.score[rows].max())
    if any((pair.mentee, pair.mentor) == (mentee, mentor) for pair in made.pairs):
        return WhyNot(mentee, mentor, together=True, score=score)
    if not allowed(problem)[rows].any():
        names = tuple(rule.name for rule in problem.rules if not rule.allowed[rows].any())
        obstacles = ([Obstacle.FORBIDDEN] if banned(problem)[rows].any() else []) + ([Obstacle.RULE] if names else [])
        return WhyNot(mentee, mentor, together=False, score=score, obstacles=tuple(obstacles), rules=names)
    rivals = _rivals(problem, made, mentee=mentee, mentor=mentor, score=score)
    try:
        other = solve(replace(problem, forced=(*problem.forced, (mentee, mentor))), made.objective, seed=made.seed, loss=loss)
    except Contradiction:
        return WhyNot(mentee, mentor, together=False, score=score, obstacles=(*rivals, Obstacle.CANNOT_HOLD))
    before, after = {(p.mentee, p.mentor) for p in made.pairs}, {(p.mentee, p.mentor) for p in other.pairs}
    return WhyNot(
        mentee,
        mentor,
        together=False,
        score=score,
        obstacles=tuple(rivals) or (Obstacle.ROUND_IS_BETTER,),
        loss=difference(made, other),
        made=tuple(pair for pair in other.pairs if (pair.mentee, pair.mentor) not in before),
        broken=tuple(pair for pair in made.pairs if (pair.mentee, pair.mentor) not in after),
    )


def _rivals(problem: Problem, made: Round, *, mentee: int, mentor: int, score: float) -> list[Obstacle]:
    found = []
    got = [pair.score for pair in made.pairs if pair.mentee == mentee]
    if len(got) == problem.demand[problem.mentee_index[mentee]] and min(got) > score:
        found.append(Obstacle.MENTEE_HAS_BETTER)
    held = [pair.score for pair in made.pairs if pair.mentor == mentor]
    if len(held) == problem.mentors[problem.mentor_index[mentor]].capacity:
        found.append(Obstacle.MENTOR_FULL if min(held) >= score else Obstacle.MENTOR_FULL_OF_OTHERS)
    return found
