"""Optima that others have found on real data: student projects with capacities, and reviewers for papers."""

import json
import os
from pathlib import Path

import numpy as np
import pytest

from benchmarks.assignment import instance
from benchmarks.fair import problem
from plugin.graph.matching import Objective, proof, solve

DATA = Path(__file__).resolve().parents[5] / "shared" / "matching"


def read(name: str) -> Path:
    path = DATA / name
    if not path.exists():
        if os.environ.get("CI") == "true":
            pytest.fail(f"{path} is missing")
        pytest.skip(f"{path} is not there: the data is kept beside the project")
    return path


@pytest.mark.parametrize(
    ("name", "objective", "profile"),
    [
        ("glasgow/00038-6.json", Objective.CHOICES_GREEDY, (26, 6, 3, 2, 1)),
        ("glasgow/00038-6.json", Objective.CHOICES_GENEROUS, (21, 13, 4, 0, 0)),
        ("glasgow/00038-7.json", Objective.CHOICES_GREEDY, (26, 7, 4, 6, 8)),
        ("glasgow/00038-7.json", Objective.CHOICES_GENEROUS, (15, 18, 9, 6, 3)),
    ],
)
def test_profiles_of_student_projects(name: str, objective: Objective, profile: tuple[int, ...]) -> None:
    made = solve(instance(json.loads(read(name).read_text(encoding="utf-8"))), objective)
    assert (made.profile, made.placed, made.unplaced) == (profile, sum(profile), ())


@pytest.mark.parametrize(("name", "ranks", "students"), [("glasgow/00038-6.json", 58, 38), ("glasgow/00038-7.json", 111, 51)])
def test_the_least_rank_sum_of_student_projects(name: str, ranks: int, students: int) -> None:
    asked = instance(json.loads(read(name).read_text(encoding="utf-8")))
    made = solve(asked, Objective.CHOICES_RANK_SUM)
    assert (sum(rank * count for rank, count in enumerate(made.profile, 1)), made.placed) == (ranks, students)
    stable = solve(asked, Objective.STABLE_MENTEE)
    assert stable.blocking_pairs == 0


@pytest.mark.slow
def test_reviewers_are_shared_out_fairly_and_best() -> None:
    scores, covs, loads = (np.load(read(f"midl/{name}.npy")) for name in ("scores", "covs", "loads"))
    asked = problem(scores, covs.ravel(), loads.ravel(), np.zeros(len(loads.ravel())))
    best = solve(asked, Objective.TOTAL)
    assert best.total == pytest.approx(201.885, abs=5e-4)
    shown = proof(asked, best)
    assert shown is not None
    assert shown.proved
    fair = solve(asked, Objective.FAIR)
    assert fair.proved
    assert fair.worst >= 0.9448
    assert fair.total >= 201.76
    bounded = problem(scores, covs.ravel(), loads.ravel(), np.ones(len(loads.ravel())))
    made = solve(bounded, Objective.FAIR)
    assert {seat.id for seat in bounded.mentors} == {pair.mentor for pair in made.pairs}
    assert made.worst == pytest.approx(fair.worst)
    assert made.total == pytest.approx(184.0992, abs=1e-3)
