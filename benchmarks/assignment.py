"""Ranked choices and stable rounds on one instance of many-to-one matching with capacities; see the options with ``--help``.

The instance is JSON: ``students`` lists each student's projects, first choice first; ``supervisors`` each have a ``capacity`` and their ``projects``, of which
each takes one student. Supervisors have no order of their own, so all students tie with them. Nothing but the ranks counts; where several rounds share the best
value, as with the least rank sum, one is drawn by lot (``--seed``).

With ``--markets N`` also solves N random many-to-one markets with ties and counts blocking pairs by definition, and compares as many without ties with the
packages ``matching`` and ``algmatch``. algmatch needs gurobipy, which is not free: put both into an environment of their own and name its Python:

    python3 -m venv .peers/stable && .peers/stable/bin/pip install matching==1.4.3 algmatch==1.5.2
    python benchmarks/assignment.py --instance FILE --markets 1000 --peers .peers/stable/bin/python
"""

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from plugin.errors import PluginError
from plugin.graph.matching import Edges, Objective, Offer, Problem, Round, Seat, solve

PEERS = r"""
import json, sys, warnings
warnings.simplefilter("ignore")
from algmatch import HR
from matching.games import HospitalResident
answers = []
for market in json.load(sys.stdin):
    one = {}
    for side in ("resident", "hospital"):
        wants = {f"r{k}": [f"h{j}" for j in order] for k, order in market["wants"].items()}
        gives = {f"h{k}": [f"r{i}" for i in order] for k, order in market["gives"].items()}
        game = HospitalResident.create_from_dictionaries(wants, gives, {f"h{k}": room for k, room in market["room"].items()})
        one["matching " + side] = sorted([int(r.name[1:]), int(h.name[1:])] for h, rs in game.solve(optimal=side).items() for r in rs)
        about = {"residents": {int(k): order for k, order in market["wants"].items()},
                 "hospitals": {int(k): {"capacity": market["room"][k], "preferences": order} for k, order in market["gives"].items()}}
        answer = HR(dictionary=about, optimised_side=side + "s").get_stable_matching()
        one["algmatch " + side] = sorted([int(r[1:]), int(h[1:])] for r, h in answer["resident_sided"].items() if h)
    answers.append(one)
print(json.dumps(answers))
"""


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--instance", type=Path, required=True)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--markets", type=int, default=0)
    asked.add_argument("--peers", type=Path)
    given = asked.parse_args()
    try:
        problem = instance(json.loads(given.instance.read_text(encoding="utf-8")))
    except (OSError, ValueError, PluginError) as error:
        raise SystemExit(f"{given.instance}: {error}") from error
    result: dict[str, Any] = {}
    for name, objective in (("greedy", Objective.CHOICES_GREEDY), ("generous", Objective.CHOICES_GENEROUS), ("rank_sum", Objective.CHOICES_RANK_SUM)):
        made, seconds = timed(problem, objective, seed=given.seed)
        ranks = sum(rank * count for rank, count in enumerate(made.profile, 1))
        result[name] = {"placed": made.placed, "profile": list(made.profile), "rank_sum": ranks, "seconds": seconds}
    made, seconds = timed(problem, Objective.STABLE_MENTEE, seed=given.seed)
    result["stable"] = {"placed": made.placed, "blocking_pairs": made.blocking_pairs, "profile": list(made.profile), "seconds": seconds}
    if given.markets:
        result["markets"] = {"with_ties": with_ties(given.markets), "without_ties": without_ties(given.markets, given.peers)}
    print(json.dumps(result))


def instance(about: dict[str, Any]) -> Problem:
    """The problem: supervisors without a place are left out, and so are choices of their projects. Raises :class:`ValueError` for what is no instance."""
    check(about)
    supervisors = [one for one in about["supervisors"] if one["capacity"] > 0]
    owner = {project: number for number, one in enumerate(supervisors) for project in one["projects"]}
    rows = [(student, owner[p], rank, p) for student, order in enumerate(about["students"]) for rank, p in enumerate(order, 1) if p in owner]
    student, supervisor, rank, project = np.array(rows, np.int64).reshape(-1, 4).T
    numbers = {p: k for k, p in enumerate(sorted(owner))}
    students = len(about["students"])
    return Problem(
        mentors=tuple(Seat(students + number, one["capacity"]) for number, one in enumerate(supervisors)),
        mentees=tuple(range(students)),
        edges=Edges(student, supervisor, np.ones(len(rows)), rank, np.ones(len(rows), np.int64), np.array([numbers[p] for p in project.tolist()], np.int64)),
        offers=tuple(Offer(owner[p]) for p in sorted(owner)),
    )


def check(about: Any) -> None:  # noqa: ANN401 - JSON of a file
    """Raise :class:`ValueError` that says what is wrong with an instance."""
    lists = isinstance(about, dict) and all(isinstance(about.get(name), list) and about[name] for name in ("students", "supervisors"))
    if not lists:
        raise ValueError('an instance is an object with "students" and "supervisors", two lists with somebody in each')
    owners: dict[int, int] = {}
    for number, one in enumerate(about["supervisors"]):
        if not isinstance(one, dict) or not _whole(one.get("capacity")) or one["capacity"] < 0 or not isinstance(one.get("projects"), list):
            raise ValueError(f'supervisor {number} needs a "capacity" of 0 or more and a list of "projects"')
        for project in one["projects"]:
            if not _whole(project):
                raise ValueError(f"supervisor {number} has the project {project!r}: projects are whole numbers")
            if owners.setdefault(project, number) != number or one["projects"].count(project) > 1:
                raise ValueError(f"project {project} is listed twice, by supervisors {owners[project]} and {number}: list it once")
    for number, order in enumerate(about["students"]):
        if not isinstance(order, list) or not all(map(_whole, order)):
            raise ValueError(f"student {number} needs a list of projects, the first choice first, without ties")
        if len(set(order)) < len(order):
            raise ValueError(f"student {number} names a project twice: name each once")
        unknown = set(order) - owners.keys()
        if unknown:
            raise ValueError(f"student {number} chose project {min(unknown)}, which no supervisor has")
    if not any(one["capacity"] for one in about["supervisors"]):
        raise ValueError("no supervisor has a place")


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def timed(problem: Problem, objective: Objective, *, seed: int) -> tuple[Round, float]:
    started = time.perf_counter()
    made = solve(problem, objective, seed=seed)
    return made, round(time.perf_counter() - started, 4)


def market(seed: int, *, ties: bool) -> Problem:
    """A random market: up to 30 mentees, 8 mentors with up to 5 places, choices on both sides."""
    lot = np.random.default_rng(seed)
    mentees, mentors = int(lot.integers(2, 31)), int(lot.integers(2, 9))
    pairs = np.argwhere(lot.random((mentees, mentors)) < lot.uniform(0.2, 1.0))
    pairs = pairs if len(pairs) else np.array([[0, 0]])
    ranks = [np.zeros(len(pairs), np.int64), np.zeros(len(pairs), np.int64)]
    for side in (0, 1):
        for who in np.unique(pairs[:, side]):
            rows = np.flatnonzero(pairs[:, side] == who)
            ranks[side][rows] = lot.integers(1, 1 + max(1, len(rows) // 2), len(rows)) if ties else lot.permutation(len(rows)) + 1
    seats = tuple(Seat(1000 + number, int(lot.integers(1, 6))) for number in range(mentors))
    return Problem(seats, tuple(range(mentees)), Edges(pairs[:, 0], pairs[:, 1], np.full(len(pairs), 0.5), ranks[0], ranks[1]))


def blocking_pairs(problem: Problem, made: Round) -> int:
    """Counted pair by pair, by definition, apart from the product's own count."""
    e = problem.edges
    if e.mentee_rank is None or e.mentor_rank is None:
        raise ValueError("both sides must have choices")
    rank = {(int(i), 1000 + int(j)): (int(a), int(b)) for i, j, a, b in zip(e.mentee, e.mentor, e.mentee_rank, e.mentor_rank, strict=True)}
    mine = {pair.mentee: rank[pair.mentee, pair.mentor][0] for pair in made.pairs}
    theirs: dict[int, list[int]] = {seat.id: [] for seat in problem.mentors}
    for pair in made.pairs:
        theirs[pair.mentor].append(rank[pair.mentee, pair.mentor][1])
    room = {seat.id: seat.capacity for seat in problem.mentors}
    return sum(a < mine.get(i, 10**9) and (len(theirs[j]) < room[j] or b < max(theirs[j])) for (i, j), (a, b) in rank.items())


def with_ties(count: int) -> dict[str, int]:
    found = 0
    for seed in range(count):
        problem = market(seed, ties=True)
        for objective in (Objective.STABLE_MENTEE, Objective.STABLE_MENTOR):
            made = solve(problem, objective)
            found += blocking_pairs(problem, made) + made.blocking_pairs
    return {"markets": count, "blocking_pairs": found}


def without_ties(count: int, python: Path | None) -> dict[str, Any]:
    problems = [market(seed, ties=False) for seed in range(count)]
    answers = _ask(problems, python)
    if answers is None:
        print("peer not installed: see the head of this file for how to put matching and algmatch beside", file=sys.stderr)
        return {"markets": count, "peers": "peer not installed"}
    same = dict.fromkeys(answers[0], 0)
    for problem, answer in zip(problems, answers, strict=True):
        ours = {}
        for side, objective in (("resident", Objective.STABLE_MENTEE), ("hospital", Objective.STABLE_MENTOR)):
            ours[side] = sorted([pair.mentee, pair.mentor - 1000] for pair in solve(problem, objective).pairs)
        for name, theirs in answer.items():
            same[name] += theirs == ours[name.split()[1]]
    return {"markets": count, "same_as": same}


def _ask(problems: list[Problem], python: Path | None) -> list[dict[str, list[list[int]]]] | None:
    if python is None or not python.exists():
        return None
    asked = []
    for problem in problems:
        e = problem.edges
        wants: dict[int, list[tuple[int, int]]] = {}
        gives: dict[int, list[tuple[int, int]]] = {}
        for i, j, a, b in zip(e.mentee.tolist(), e.mentor.tolist(), *(() if r is None else r.tolist() for r in (e.mentee_rank, e.mentor_rank)), strict=True):
            wants.setdefault(i, []).append((a, j))
            gives.setdefault(j, []).append((b, i))
        room = {j: problem.mentors[j].capacity for j in gives}
        asked.append(
            {"wants": {i: [j for _, j in sorted(o)] for i, o in wants.items()}, "gives": {j: [i for _, i in sorted(o)] for j, o in gives.items()}, "room": room}
        )
    done = subprocess.run([str(python), "-c", PEERS], input=json.dumps(asked), capture_output=True, text=True, check=False)
    if done.returncode:
        print(done.stderr[-500:], file=sys.stderr)
        return None
    answers: list[dict[str, list[list[int]]]] = json.loads(done.stdout)
    return answers


if __name__ == "__main__":
    main()
