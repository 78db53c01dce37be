"""Fair and best-total rounds where mentees want several mentors each, beside plain mixed-integer programs of the same models in the same run.

    fair.py --scores S.npy --covs C.npy --loads L.npy [--lower LB.npy] [--no-peer]

S has a row for each mentor and a column for each mentee; C says how many mentors each mentee gets, L how many mentees a mentor has room for, LB how many
a mentor must have. The peer is HiGHS on the whole model: best total; and the best total above the floor that the
neediest mentee allows or, if there is none, above the highest floor. The last line of standard output is one
JSON object; ``curve`` is the trade-off of load Gini against total.
"""

import argparse
import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp

from plugin.errors import PluginError
from plugin.graph.matching import Edges, Objective, Placing, Problem, Seat, curve, solve

Floats = NDArray[np.float64]


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("scores", "covs", "loads"):
        asked.add_argument(f"--{name}", type=Path, required=True)
    asked.add_argument("--lower", type=Path)
    asked.add_argument("--loss", type=float, default=0.02)
    asked.add_argument("--seed", type=int, default=0)
    asked.add_argument("--no-peer", action="store_true")
    given = asked.parse_args()
    try:
        scores, covs, loads, lower = read(given.scores, given.covs, given.loads, given.lower)
        made = problem(scores, covs, loads, lower)
        run(made, given, Model(scores.T, covs, loads, lower))
    except (ValueError, PluginError) as error:
        raise SystemExit(str(error)) from error


def read(scores: Path, covs: Path, loads: Path, lower: Path | None) -> tuple[Floats, Floats, Floats, Floats]:
    """The four arrays. Raises :class:`ValueError` that says which of them is wrong, and how."""
    matrix = _array(scores)
    if matrix.ndim != 2 or not matrix.size:
        raise ValueError(f"{scores} has the shape {matrix.shape}: a row for each mentor and a column for each mentee are needed")
    mentors, mentees = matrix.shape
    wanted, room = _whole(covs, mentees, "mentee"), _whole(loads, mentors, "mentor")
    least = np.zeros(mentors) if lower is None else _whole(lower, mentors, "mentor")
    if wanted.max() > mentors:
        raise ValueError(f"{covs}: a mentee wants {wanted.max():.0f} mentors, and there are {mentors}")
    if not wanted.any():
        raise ValueError(f"{covs}: no mentee wants a mentor")
    if (least > room).any():
        raise ValueError(f"{lower}: mentor {int(np.flatnonzero(least > room)[0])} must have more mentees than there is room for")
    if least.sum() > wanted.sum():
        raise ValueError(f"mentors must have {least.sum():.0f} mentees together, and mentees want {wanted.sum():.0f} mentors: lower the bounds of {lower}")
    # Who wants nobody is no part of it.
    return matrix[:, wanted > 0], wanted[wanted > 0], room, least


def _array(path: Path) -> Floats:
    try:
        found = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise ValueError(f"{path} is no array of numbers in numpy's format: {error}") from error
    if not isinstance(found, np.ndarray) or found.dtype.kind not in "biuf":
        raise ValueError(f"{path} is no array of numbers in numpy's format")
    if not np.isfinite(found).all():
        raise ValueError(f"{path} holds {int((~np.isfinite(found)).sum())} values that are no numbers (NaN or infinite): give every pair a score")
    return found.astype(np.float64)


def _whole(path: Path, size: int, what: str) -> Floats:
    found = _array(path).ravel()
    if len(found) != size:
        raise ValueError(f"{path} has {len(found)} values for {size} {what}s: the scores need a row for each mentor and a column for each mentee")
    if (found < 0).any() or (found != np.round(found)).any():
        raise ValueError(f"{path} must hold whole numbers of 0 or more")
    return found


def run(made: Problem, given: argparse.Namespace, model: "Model") -> None:
    """Solve it by each objective and by the peer, and print what came of it."""
    warm()
    result: dict[str, Any] = {}
    for name, objective in (("total", Objective.TOTAL), ("fair", Objective.FAIR), ("even_load", Objective.EVEN_LOAD)):
        started = time.perf_counter()
        found = solve(made, objective, seed=given.seed, loss=given.loss)
        seconds = time.perf_counter() - started
        print(f"{name}: {found.total:.3f}, worst {found.worst:.4f}, {seconds:.2f} s", file=sys.stderr)
        figures = {"total": found.total, "worst": found.worst, "p10": found.p10, "load_gini": found.load_gini}
        result[name] = figures | {"places": found.places, "proved": found.proved, "seconds": round(seconds, 4)}
    started = time.perf_counter()
    result["curve"] = [[gini, total] for gini, total in curve(made, seed=given.seed)]
    result["curve_seconds"] = round(time.perf_counter() - started, 4)
    if not given.no_peer:
        result["plain_highs"] = plain(model)
        for name in ("total", "fair"):
            if result["plain_highs"] is not None:
                result[name]["times_faster_than_plain_highs"] = round(result["plain_highs"][name]["seconds"] / max(result[name]["seconds"], 1e-4), 1)
    print(json.dumps(result))


def warm() -> None:
    """Load the solvers of both sides before anything is timed."""
    ones = np.ones(2)
    small = np.array([[0.9, 0.2], [0.1, 0.8]])
    for objective in (Objective.TOTAL, Objective.FAIR, Objective.EVEN_LOAD):
        solve(problem(small, ones, 2 * ones, 0 * ones), objective, seed=0)
    plain(Model(small, ones, 2 * ones, 0 * ones))


def problem(scores: Floats, covs: Floats, loads: Floats, lower: Floats) -> Problem:
    """Everybody may have everybody. Mentors without room are left out."""
    open_ = np.flatnonzero(loads > 0)
    mentees = len(covs)
    mentee, mentor = np.divmod(np.arange(mentees * len(open_)), len(open_))
    return Problem(
        mentors=tuple(Seat(mentees + int(number), int(loads[number]), int(lower[number])) for number in open_),
        mentees=tuple(range(mentees)),
        edges=Edges(mentee, mentor, np.ascontiguousarray(scores[open_].T, np.float64).ravel()),
        demand=tuple(int(cover) for cover in covs),
        placing=Placing.MOST,
    )


@dataclass(frozen=True, slots=True)
class Model:
    """The whole model, for the peer; everybody's demand is met."""

    scores: Floats
    covs: Floats
    loads: Floats
    lower: Floats

    def solve(self, *, floor: float | None = None, raise_floor: bool = False) -> Floats | None:
        mentees, mentors = self.scores.shape
        pairs = np.arange(mentees * mentors)
        mentee, mentor = np.divmod(pairs, mentors)
        gains = self.scores.ravel()
        wants = sp.csr_array((np.ones(len(pairs)), (mentee, pairs)), shape=(mentees, len(pairs)))
        gives = sp.csr_array((np.ones(len(pairs)), (mentor, pairs)), shape=(mentors, len(pairs)))
        sums = sp.csr_array((gains, (mentee, pairs)), shape=(mentees, len(pairs)))
        blocks, low, high = [wants, gives], [self.covs, self.lower], [self.covs, self.loads]
        if floor is not None or raise_floor:
            blocks.append(sums)
            low.append(np.full(mentees, 0.0 if floor is None else floor - 1e-7))
            high.append(np.full(mentees, np.inf))
        matrix = sp.vstack(blocks, format="csr")
        cost, whole, top = -gains, np.ones(len(pairs), np.int64), np.ones(len(pairs))
        bottom = np.zeros(len(pairs))
        if raise_floor:
            column = np.concatenate([np.zeros(mentees + mentors), -np.ones(mentees)])
            matrix = sp.hstack([matrix, sp.csr_array(column[:, None])], format="csr")
            cost, whole = np.append(gains * 0, -1.0), np.append(whole, 0)
            bottom, top = np.append(bottom, -np.inf), np.append(top, self.ceiling())
        limits = LinearConstraint(matrix, np.concatenate(low), np.concatenate(high))
        answer = milp(cost, constraints=limits, bounds=Bounds(bottom, top), integrality=whole, options={"mip_rel_gap": 0.0})
        if answer.x is None:
            return None
        return np.asarray(np.bincount(mentee, gains * (answer.x[: len(pairs)] > 0.5), mentees), np.float64)

    def ceiling(self) -> float:
        """What no floor can exceed: each mentee's best sum, were all mentors free."""
        ordered = -np.sort(-self.scores, axis=1)
        return float(min(line[: int(cover)].sum() for line, cover in zip(ordered, self.covs, strict=True)))


def plain(model: Model) -> dict[str, Any] | None:
    """What HiGHS finds on the whole model, and how long it takes; ``None`` where not everybody can get as many mentors as they want, which it asks for."""
    started = time.perf_counter()
    best = model.solve()
    between = time.perf_counter()
    fair = model.solve(floor=model.ceiling())
    if fair is None:
        raised = model.solve(raise_floor=True)
        fair = None if raised is None else model.solve(floor=float(raised.min()))
    done = time.perf_counter()
    if best is None or fair is None:
        print("HiGHS: not everybody can get as many mentors as they want", file=sys.stderr)
        return None
    return {
        "total": {"total": float(best.sum()), "worst": float(best.min()), "seconds": round(between - started, 4)},
        "fair": {"total": float(fair.sum()), "worst": float(fair.min()), "seconds": round(done - between, 4)},
    }


if __name__ == "__main__":
    main()
