"""Whole rounds beside peers in one run: the package mentor-match on 500 x 500 people, and the bare min-cost flow of OR-tools on large sparse rounds.

mentor-match 7.0.1 installs a module called ``matching``, as another peer does, so it lives in an environment of its own:

    python3 -m venv .peers/mentor-match && .peers/mentor-match/bin/pip install mentor-match==7.0.1
    python benchmarks/rounds.py --peer .peers/mentor-match/bin/python [--people 500] [--flows 20000x6000x50,100000x200000x50] [--seed 1] [--repeats 3]

Both score the same made-up people by the same rules (never within one organisation; 4 points for the same profession, 3 for at least five grades above). The
peer lets a forbidden pair cost what a pair without points costs, so it leaves people out. Each flow runs in a process of its own, ours and the bare one in
turn; ours includes checking the input and the report, the bare one building and solving. The least CPU time of the repeats counts. The last line of standard
output is one JSON object.
"""

import argparse
import gc
import json
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

PEER = r"""
import json, operator, sys, time
from matching.mentee import Mentee
from matching.mentor import Mentor
from matching.process import process_data
from matching.rules import rule
people = json.load(sys.stdin)
def made(kind, one, number):
    about = {"grade": one[0], "organisation": one[1], "profession": one[2], "email": f"{kind.__name__}{number}"}
    about.update({"first name": "a", "last name": "b", "role": "c", "characteristic": "", "target profession": one[2], "characteristics": ""})
    return kind(**about)
mentors = [made(Mentor, one, i) for i, one in enumerate(people["mentors"])]
mentees = [made(Mentee, one, i) for i, one in enumerate(people["mentees"])]
rules = [
    rule.Disqualify(lambda match: match.mentor.organisation == match.mentee.organisation),
    rule.Grade(5, operator.ge, {True: 3, False: 0}),
    rule.Equivalent("profession", {True: 4, False: 0}),
]
started = time.process_time()
process_data(mentors, mentees, [rules])
seconds = time.process_time() - started
print(json.dumps({"seconds": seconds, "pairs": [[i, int(m.email[6:])] for i, one in enumerate(mentees) for m in one.mentors]}))
"""


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--peer", type=Path)
    asked.add_argument("--people", type=int, default=500)
    asked.add_argument("--flows", default="20000x6000x50,100000x200000x50")
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--repeats", type=int, default=3)
    asked.add_argument("--one", choices=["ours", "bare"], help=argparse.SUPPRESS)
    given = asked.parse_args()
    if given.one:
        instance = sparse(given.flows, given.seed)
        print(json.dumps((ours if given.one == "ours" else bare)(*instance)))
        return
    result: dict[str, Any] = {"mentor_match": side_by_side(given.people, seed=given.seed, peer=given.peer)}
    for size in given.flows.split(",") if given.flows else ():
        result[size] = flows(size, seed=given.seed, repeats=given.repeats)
    print(json.dumps(result))


def side_by_side(count: int, *, seed: int, peer: Path | None) -> dict[str, Any]:
    """Our round of made-up people, and the peer's."""
    from plugin.graph.matching import Edges, Objective, Placing, Problem, RuleKind, RuleMask, Seat, solve

    lot = np.random.default_rng(seed)
    mentors, mentees = (np.stack([lot.integers(low, low + 7, count), lot.integers(0, 6, count), lot.integers(0, 30, count)], axis=1) for low in (3, 1))
    started = time.process_time()
    points, allowed = points_of(mentees, mentors)
    mentee, mentor = np.divmod(np.arange(count * count), count)
    problem = Problem(
        mentors=tuple(Seat(count + number) for number in range(count)),
        mentees=tuple(range(count)),
        edges=Edges(mentee, mentor, points.ravel() / 7),
        rules=(RuleMask("another organisation", RuleKind.MUST, allowed.ravel()),),
        placing=Placing.MOST,
    )
    made = solve(problem, Objective.TOTAL, seed=seed)
    seconds = time.process_time() - started
    result: dict[str, Any] = {"people": count, "placed": made.placed, "score": round(made.total * 7, 6), "seconds": round(seconds, 3)}
    if peer is None or not peer.exists():
        print("peer not installed: see the head of this file for how to put mentor-match beside", file=sys.stderr)
        return result | {"peer": "peer not installed"}
    print(f"mentor-match on {count} x {count} …", file=sys.stderr)
    done = subprocess.run(
        [str(peer), "-c", PEER], input=json.dumps({"mentors": mentors.tolist(), "mentees": mentees.tolist()}), capture_output=True, text=True, check=False
    )
    if done.returncode:
        print(done.stderr[-500:], file=sys.stderr)
        return result | {"peer": "failed"}
    answer = json.loads(done.stdout)
    pairs = np.array(answer["pairs"], np.int64).reshape(-1, 2)
    if not allowed[pairs[:, 0], pairs[:, 1]].all():
        raise ValueError("the peer made a pair that the rules forbid: the two do not solve the same problem")
    placed = {pair.mentee for pair in made.pairs}
    theirs = {"placed": len(pairs), "score": float(points[pairs[:, 0], pairs[:, 1]].sum()), "seconds": round(answer["seconds"], 3)}
    also = sum(mentee in placed for mentee in pairs[:, 0].tolist())
    return result | {"peer": theirs, "of_its_placed_also_ours": also, "times_faster": round(answer["seconds"] / seconds, 1)}


def points_of(mentees: Ints, mentors: Ints) -> tuple[Floats, NDArray[np.bool_]]:
    """The points of each pair (mentees down), and whether it is allowed."""
    apart = mentors[None, :, 0] - mentees[:, None, 0]
    same = mentors[None, :, 1:] == mentees[:, None, 1:]
    return 3.0 * (apart >= 5) + 4.0 * same[:, :, 1], ~same[:, :, 0]


def sparse(size: str, seed: int) -> tuple[Ints, Ints, Floats, Ints, int]:
    """A round of so many mentees x mentors x candidates each: random candidates and scores, one to three places a mentor, or four where mentors are fewer."""
    mentees, mentors, each = (int(part) for part in size.split("x"))
    lot = np.random.default_rng(seed)
    keys = np.unique(np.repeat(np.arange(mentees), each + 2) * mentors + lot.integers(0, mentors, mentees * (each + 2)))
    mentee, mentor = np.divmod(keys, mentors)
    first = np.searchsorted(mentee, np.arange(mentees))
    kept = np.arange(len(keys)) - first[mentee] < each
    mentee, mentor = mentee[kept], mentor[kept]
    capacity = lot.integers(1, 4, mentors) if mentors >= mentees else np.full(mentors, 4)
    return mentee, mentor, lot.random(len(mentee)).round(6), capacity, mentees


def ours(mentee: Ints, mentor: Ints, score: Floats, capacity: Ints, mentees: int) -> dict[str, float]:
    from plugin.graph.matching import Edges, Objective, Problem, Seat, solve

    seats = tuple(Seat(mentees + i, room) for i, room in enumerate(capacity.tolist()))
    started, wall = _clocks()
    problem = Problem(seats, tuple(range(mentees)), Edges(mentee, mentor, score))
    made = solve(problem, Objective.TOTAL)
    return _told(started, wall, made.total, made.places, len(score))


def bare(mentee: Ints, mentor: Ints, score: Floats, capacity: Ints, mentees: int) -> dict[str, float]:
    from ortools.graph.python import min_cost_flow

    started, wall = _clocks()
    mentors = len(capacity)
    sink = mentees + mentors
    solver = min_cost_flow.SimpleMinCostFlow()
    cost = -np.rint(score * 1e9).astype(np.int64)
    arcs = solver.add_arcs_with_capacity_and_unit_cost(mentee.astype(np.int32), (mentees + mentor).astype(np.int32), np.ones(len(score), np.int64), cost)
    seats = np.arange(mentees, sink, dtype=np.int32)
    solver.add_arcs_with_capacity_and_unit_cost(seats, np.full(mentors, sink, np.int32), capacity.astype(np.int64), np.zeros(mentors, np.int64))
    solver.set_nodes_supplies(np.arange(sink + 1, dtype=np.int32), np.concatenate([np.ones(mentees, np.int64), np.zeros(mentors, np.int64), [-mentees]]))
    if solver.solve_max_flow_with_min_cost() != solver.OPTIMAL:
        raise ValueError("the bare flow has no optimum")
    taken = solver.flows(arcs) > 0
    return _told(started, wall, float(score[taken].sum()), int(taken.sum()), len(score))


def _clocks() -> tuple[float, float]:
    """What was imported and made before does not count, nor does collecting it."""
    gc.collect()
    gc.freeze()
    return time.process_time(), time.perf_counter()


def _told(started: float, wall: float, total: float, places: int, candidates: int) -> dict[str, float]:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    seconds = {"cpu_seconds": time.process_time() - started, "seconds": time.perf_counter() - wall}
    return seconds | {"total": total, "places": places, "candidates": candidates, "peak_mb": round(peak)}


def flows(size: str, *, seed: int, repeats: int) -> dict[str, Any]:
    """Both in turn, each in a process of its own."""
    best: dict[str, dict[str, float]] = {}
    for number in range(repeats):
        for name in ("ours", "bare"):
            done = subprocess.run([sys.executable, __file__, "--one", name, "--flows", size, "--seed", str(seed)], capture_output=True, text=True, check=True)
            found = json.loads(done.stdout)
            print(f"{size} {name} {number + 1}: {found['cpu_seconds']:.2f} s of CPU, {found['peak_mb']} MB", file=sys.stderr)
            if name not in best or found["cpu_seconds"] < best[name]["cpu_seconds"]:
                best[name] = found
    ratio = best["ours"]["cpu_seconds"] / best["bare"]["cpu_seconds"]
    if best["ours"]["places"] >= best["bare"]["places"] and best["ours"]["total"] < best["bare"]["total"] - 1e-5:
        raise ValueError("ours is below the bare flow's optimum")
    return best | {"cpu_ratio": round(ratio, 2), "memory_ratio": round(best["ours"]["peak_mb"] / best["bare"]["peak_mb"], 2)}


if __name__ == "__main__":
    main()
