"""A whole round: from criteria, rules and people to pairs with the parts of their scores, the prices of rules, and the curve of load against total."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from plugin.domain.designs import Design, Side
from plugin.domain.rounds import LET_DOWN, Other, Outcome, Pair, Part, Participant, Waiting
from plugin.graph import matching
from plugin.graph.criteria.measures import Ints
from plugin.graph.criteria.people import Sides, checks, wishes
from plugin.graph.criteria.scoring import Scored, Wish, candidates, parts, score
from plugin.graph.matching import Edges, Objective, Placing, Problem, Round, Seat
from plugin.graph.matching.problem import Watch
from plugin.graph.matching.rules import dense_ranks

CURVE_UP_TO = 300_000
"""Up to so many candidate pairs the curve is worked out: it takes a few dozen rounds."""

PRICES_UP_TO = 300_000
"""Up to so many candidate pairs each rule is priced by a round without it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """All that a round depends on, as plain data that can go to another process. Pairs are (mentee, mentor), as in :mod:`plugin.graph.matching`."""

    round_id: int
    design: Design
    sides: Sides
    seats: tuple[Seat, ...]
    demand: tuple[int, ...] = ()
    pins: tuple[tuple[int, int], ...] = ()
    bans: tuple[tuple[int, int], ...] = ()
    keep: tuple[tuple[int, int], ...] = ()
    """Pairs of an earlier round that stay if they can."""
    previous: tuple[tuple[int, int, float], ...] = ()
    """The pairs of this round as it stands, and their scores."""
    joining: int | None = None
    ranks: Mapping[tuple[int, int], int] = field(default_factory=dict)
    """The mentees' own choices, 1 for the first."""
    factors: Mapping[str, float] = field(default_factory=dict)
    first: tuple[int, ...] = ()
    """Mentees who were let down lately and are placed before others, the first of them before the next."""

    @property
    def objective(self) -> Objective:
        """What the round is to be the best at."""
        return Objective(self.design.objective)


@dataclass(frozen=True, slots=True, eq=False)
class Posed:
    """A task as a problem for the solvers, and the wishes behind its scores."""

    problem: Problem
    wishes: list[Wish]


def pose(task: Task, watch: Watch | None = None) -> Posed:
    """Score the candidates. Raises :class:`~plugin.errors.Invalid` for what no round can be made of."""
    watch = watch or Watch()
    mentees = tuple(person.id for person in task.sides.mentees)
    _check(task, mentees)
    asked, rules = wishes(task.design.criteria, task.sides, factors=task.factors), checks(task.design.all_rules, task.design.criteria, task.sides)
    mentee_row = {member: row for row, member in enumerate(mentees)}
    mentor_row = {seat.id: row for row, seat in enumerate(task.seats)}
    named = (*task.pins, *task.keep, *task.ranks, *((mentee, mentor) for mentee, mentor, _ in task.previous))
    extra = {(mentee_row[one], mentor_row[other]) for one, other in named if one in mentee_row and other in mentor_row}
    found = candidates(
        asked, rules, mentees=len(mentees), mentors=len(task.seats), each=task.design.candidates, extra=extra, watch=lambda share: watch.at(0.4 * share)
    )
    problem = Problem(
        mentors=task.seats,
        mentees=mentees,
        edges=Edges(found.mentee, found.mentor, found.score, mentee_rank=_ranks(task, found, mentee_row, mentor_row)),
        rules=found.rules,
        forced=task.pins,
        forbidden=task.bans,
        demand=task.demand,
        placing=Placing(task.design.placing),
        first=task.first,
    )
    return Posed(problem, asked)


def _ranks(task: Task, found: Scored, mentee_row: Mapping[int, int], mentor_row: Mapping[int, int]) -> Ints | None:
    """The mentees' choices among the candidates; whoever made none is taken to choose by the score."""
    if not task.objective.by_choice or not task.ranks:
        return None
    width = len(task.seats)
    stated = {
        mentee_row[mentee] * width + mentor_row[mentor]: rank for (mentee, mentor), rank in task.ranks.items() if mentee in mentee_row and mentor in mentor_row
    }
    keys = np.array(sorted(stated), np.int64)
    rows = np.searchsorted(found.mentee * width + found.mentor, keys)
    ranks = dense_ranks(found.mentee, -found.score)
    ranks[np.isin(found.mentee, keys // width)] = 0
    ranks[rows] = [stated[key] for key in keys.tolist()]
    return ranks


def _check(task: Task, mentees: tuple[int, ...]) -> None:
    """People are checked before hours are spent on their scores."""
    nobody = np.empty(0, np.int64)
    Problem(mentors=task.seats, mentees=mentees, edges=Edges(nobody, nobody, np.empty(0)), forced=task.pins, forbidden=task.bans, demand=task.demand)


def compute(task: Task, cancelled: Callable[[], bool] | None = None, progress: Callable[[float], None] | None = None) -> Outcome:
    """The round. Raises :class:`~plugin.graph.matching.Contradiction`, :class:`~plugin.graph.matching.Cancelled` or :class:`~plugin.errors.Invalid`."""
    watch = Watch(cancelled, progress)
    posed = pose(task, watch)
    made, how, lost = _made(task, posed.problem, watch)
    watch.at(0.7)
    figures = _figures(made, posed.problem) | {"how": how} | lost
    if task.first:
        figures |= {"let_down": len(task.first), "let_down_placed": len({pair.mentee for pair in made.pairs} & set(task.first))}
    figures |= {"rules": _prices(task, posed.problem, watch), "curve": _curve(task, posed.problem, watch)}
    people = [Participant(member_id=seat.id, mentor=True, capacity=seat.capacity, minimum=seat.minimum) for seat in task.seats]
    people += [Participant(member_id=one, mentor=False, capacity=want) for one, want in zip(posed.problem.mentees, posed.problem.demand, strict=True)]
    watch.at(1.0)
    return Outcome(people=tuple(people), pairs=_pairs(task, posed, made), waiting=_waiting(made), others=_others(made), figures=figures)


def _made(task: Task, problem: Problem, watch: Watch) -> tuple[Round, str, dict[str, object]]:
    loss, seed = task.design.loss, task.design.seed
    if task.joining is not None:
        change = matching.incremental(problem, standing(task), member=task.joining, loss=loss)
        return change.round, change.how.value, {"made": len(change.made), "broken": len(change.broken)}
    if task.keep:
        again = matching.rematch(problem, task.keep, task.objective, seed=seed, loss=loss)
        pinned = set(task.pins)
        kept = tuple(replace(pair, pinned=(pair.mentee, pair.mentor) in pinned) for pair in again.round.pairs)
        return replace(again.round, pairs=kept), "rematch", {"kept": len(again.kept), "lost": len(again.lost)}
    made = matching.solve(problem, task.objective, seed=seed, loss=loss, cancelled=watch.cancelled, progress=lambda share: watch.at(0.4 + 0.3 * share))
    return made, "whole", {}


def standing(task: Task) -> Round:
    """The round as it stands, for those who change it; its figures are not looked at."""
    pinned = set(task.pins)
    pairs = tuple(matching.Pair(mentee, mentor, score, pinned=(mentee, mentor) in pinned) for mentee, mentor, score in sorted(task.previous))
    return Round(
        objective=task.objective,
        seed=task.design.seed,
        pairs=pairs,
        unplaced=(),
        total=sum(pair.score for pair in pairs),
        worst=0.0,
        p10=0.0,
        load_gini=0.0,
        blocking_pairs=0,
        profile=(),
        placed=len({pair.mentee for pair in pairs}),
        places=len(pairs),
    )


def why_not(task: Task, mentee: int, mentor: int) -> matching.WhyNot:
    """Why two are not together in the round as it stands. Raises :class:`~plugin.errors.NotFound` if either is not in it."""
    return matching.why_not(pose(task).problem, standing(task), mentee=mentee, mentor=mentor, loss=task.design.loss)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A mentor for one mentee: the score, what it is made of, and the rules by name that do not allow the two."""

    mentor_id: int
    score: float
    parts: tuple[Part, ...]
    barriers: tuple[str, ...]


def shortlist(task: Task, mentee: int, *, limit: int, also: Collection[int] = ()) -> list[Candidate]:
    """The best mentors for one mentee whatever the rules say, and those of ``also``, the best first; nobody for a mentee who is not in the round."""
    row = next((place for place, person in enumerate(task.sides.mentees) if person.id == mentee), None)
    if row is None:
        return []
    asked, rules = wishes(task.design.criteria, task.sides, factors=task.factors), checks(task.design.all_rules, task.design.criteria, task.sides)
    columns = np.arange(len(task.seats))
    rows = np.full(len(columns), row)
    scores = score(asked, rows, columns)
    chosen = np.argsort(-scores, kind="stable")[:limit].tolist()
    chosen += [place for place, seat in enumerate(task.seats) if seat.id in also and place not in chosen]
    columns, rows = np.array(chosen, np.int64), np.full(len(chosen), row)
    allowed = [(rule.name, rule.allows(rule.measure.of(rows, columns))) for rule in rules]
    return [
        Candidate(
            mentor_id=task.seats[place].id,
            score=float(scores[place]),
            parts=made,
            barriers=tuple(name for name, fits in allowed if not fits[i]),
        )
        for i, (place, made) in enumerate(zip(chosen, parts(asked, rows, columns), strict=True))
    ]


def why(task: Task, mentee: int, mentor: int) -> matching.Why:
    """Why two are together in the round as it stands, and what they are worth to it. Raises :class:`~plugin.errors.NotFound` if they are not."""
    return matching.why(pose(task).problem, standing(task), mentee=mentee, mentor=mentor, loss=task.design.loss)


def _figures(made: Round, problem: Problem) -> dict[str, object]:
    fairness = matching.fairness(problem, made)
    return {
        "median": fairness.median,
        "best_share": fairness.best,
        "envious": fairness.envious,
        "envy": fairness.envy,
        "idle_share": fairness.idle,
        "total": made.total,
        "worst": made.worst,
        "p10": made.p10,
        "load_gini": made.load_gini,
        "blocking_pairs": made.blocking_pairs,
        "profile": list(made.profile),
        "placed": made.placed,
        "places": made.places,
        "mentees": len(problem.mentees),
        "mentors": len(problem.mentors),
        "candidates": len(problem.edges),
        "proved": made.proved,
    }


def _prices(task: Task, problem: Problem, watch: Watch) -> list[dict[str, object]]:
    if len(problem.edges) > PRICES_UP_TO:
        return [{"name": rule.name, "kind": rule.kind.value, "removed": int((~rule.allowed).sum())} for rule in problem.rules]
    found = matching.prices(
        problem,
        task.objective,
        seed=task.design.seed,
        loss=task.design.loss,
        cancelled=watch.cancelled,
        progress=lambda share: watch.at(0.7 + 0.2 * share),
    )
    return [
        {
            "name": one.name,
            "kind": one.kind.value,
            "removed": one.removed,
            "removed_alone": one.removed_alone,
            "total": one.total,
            "total_without": one.total_without,
            "placed": one.placed,
            "placed_without": one.placed_without,
        }
        for one in found
    ]


def _curve(task: Task, problem: Problem, watch: Watch) -> list[list[float]]:
    if len(problem.edges) > CURVE_UP_TO:
        return []
    found = matching.curve(problem, seed=task.design.seed, cancelled=watch.cancelled, progress=lambda share: watch.at(0.9 + 0.09 * share))
    return [[gini, total] for gini, total in found]


def _pairs(task: Task, posed: Posed, made: Round) -> tuple[Pair, ...]:
    problem = posed.problem
    mentees = np.array([problem.mentee_index[pair.mentee] for pair in made.pairs], np.int64)
    mentors = np.array([problem.mentor_index[pair.mentor] for pair in made.pairs], np.int64)
    first = dict.fromkeys(task.first, (Part(criterion=LET_DOWN, side=Side.MENTEE, fit=1.0, contribution=0.0),))
    return tuple(
        Pair(
            round_id=task.round_id,
            mentor_id=pair.mentor,
            mentee_id=pair.mentee,
            score=pair.score,
            parts=(*why, *first.get(pair.mentee, ())),
            pinned=pair.pinned,
            rank=pair.rank,
        )
        for pair, why in zip(made.pairs, parts(posed.wishes, mentees, mentors), strict=True)
    )


def _waiting(made: Round) -> tuple[Waiting, ...]:
    return tuple(Waiting(mentee_id=one.mentee, missing=one.missing, reason=one.reason.value, removed_by=dict(one.removed_by)) for one in made.unplaced)


def _others(made: Round) -> tuple[Other, ...]:
    return tuple(
        Other(mentee_id=one.mentee, mentor_id=other.mentor, rank=rank, score=other.score, remaining=other.remaining, barriers=other.barriers)
        for one in made.unplaced
        for rank, other in enumerate(one.alternatives, start=1)
    )
