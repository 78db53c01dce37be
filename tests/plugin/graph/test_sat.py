"""CP-SAT in one way: what a search shows, and what it costs those who do not search."""

import subprocess
import sys

import pytest

from plugin.graph.sat import Proof, new_model, search


def test_a_search_says_what_it_has_shown() -> None:
    model = new_model()
    x, y = model.new_int_var(0, 9, "x"), model.new_int_var(0, 9, "y")
    model.add(x + y <= 7)
    model.maximize(2 * x + y)
    proof, solver = search(model, effort=1.0)
    assert (proof, solver.value(x), solver.value(y)) == (Proof.BEST, 7, 0)
    model.add(x + y >= 8)
    assert search(model, effort=1.0)[0] is Proof.NONE


def test_a_limit_that_is_too_small_is_no_answer_and_no_proof() -> None:
    model = new_model()
    holes, pigeons = 9, 10
    sits = [[model.new_bool_var(f"{pigeon}.{hole}") for hole in range(holes)] for pigeon in range(pigeons)]
    for mine in sits:
        model.add_bool_or(mine)
    for hole in range(holes):
        for one in range(pigeons):
            for other in range(one):
                model.add_bool_or(sits[one][hole].negated(), sits[other][hole].negated())
    assert search(model, effort=1e-9)[0] is Proof.OPEN


@pytest.mark.slow
def test_whoever_does_not_search_does_not_pay() -> None:
    code = "import sys, plugin.app; print([name for name in ('pandas', 'pyarrow', 'ortools.sat.python.cp_model') if name in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603 - our own words
    assert found.stdout.strip() == "[]"
