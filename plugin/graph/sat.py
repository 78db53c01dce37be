"""CP-SAT in one way: one worker, a limit in its own deterministic seconds, so that an answer depends neither on the machine nor on how busy it is.

OR-tools' CP-SAT brings pandas along, which is 80 MB and half a second. Only whoever searches pays for it: it is loaded when the first model is made.
"""

from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ortools.sat.python.cp_model import CpModel, CpSolver


class Proof(Enum):
    """What a search has shown."""

    BEST = "best"
    """The answer is a best one."""
    FOUND = "found"
    """There is an answer; a better one may be."""
    NONE = "none"
    """There is none."""
    OPEN = "open"
    """The limit was reached first."""


def new_model() -> "CpModel":
    """An empty model."""
    from ortools.sat.python.cp_model import CpModel  # noqa: PLC0415 - see above

    return CpModel()


def search(model: "CpModel", *, effort: float, seed: int = 0) -> tuple[Proof, "CpSolver"]:
    """Look for an answer for at most ``effort`` deterministic seconds; values of variables are asked of the solver."""
    from ortools.sat.python import cp_model  # noqa: PLC0415 - see above

    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = seed % 2**31
    solver.parameters.max_deterministic_time = effort
    status = solver.solve(model)
    shown = {cp_model.OPTIMAL: Proof.BEST, cp_model.FEASIBLE: Proof.FOUND, cp_model.INFEASIBLE: Proof.NONE}
    return shown.get(status, Proof.OPEN), solver
