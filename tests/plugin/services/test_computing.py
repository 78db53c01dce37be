"""Long computations beside the event loop, in a thread and in a process of their own."""

import os
import time

import pytest

from plugin.errors import Invalid
from plugin.graph.matching import Cancelled
from plugin.services import computing
from plugin.services.computing import Asked, Crashed, Told

BOTH = pytest.mark.parametrize("apart", [False, pytest.param(True, marks=pytest.mark.slow)])


def double(task: int, cancelled: Asked = None, progress: Told = None, /) -> tuple[int, int]:
    """Twice the number, and the process that worked it out."""
    if progress is not None:
        progress(0.5)
    time.sleep(0.2)
    return 2 * task, os.getpid()


def refuse(task: int, cancelled: Asked = None, progress: Told = None, /) -> int:
    raise Invalid("no", code="no_such_number", field="number")


def endless(task: int, cancelled: Asked = None, progress: Told = None, /) -> int:
    while cancelled is None or not cancelled():
        time.sleep(0.01)
    raise Cancelled("stopped")


def die(task: int, cancelled: Asked = None, progress: Told = None, /) -> int:
    os._exit(3)


async def go_on(share: float) -> bool:
    return True


async def halt(share: float) -> bool:
    return False


@BOTH
async def test_an_outcome_comes_back_with_progress_on_the_way(apart: bool) -> None:
    told: list[float] = []

    async def beat(share: float) -> bool:
        told.append(share)
        return True

    value, process = await computing.run(double, 21, apart=apart, beat=beat, every=0.02)
    assert value == 42
    assert (process != os.getpid()) is apart
    assert 0.5 in told


@BOTH
async def test_what_it_raises_comes_back(apart: bool) -> None:
    with pytest.raises(Invalid) as raised:
        await computing.run(refuse, 1, apart=apart, beat=go_on, every=0.02)
    assert (raised.value.message, raised.value.code, raised.value.field) == ("no", "no_such_number", "number")


@BOTH
async def test_it_stops_when_it_is_no_longer_wanted(apart: bool) -> None:
    with pytest.raises(Cancelled):
        await computing.run(endless, 1, apart=apart, beat=halt, every=0.02)


@pytest.mark.slow  # a process of its own begins with imports
async def test_a_process_that_dies_is_told() -> None:
    with pytest.raises(Crashed):
        await computing.run(die, 1, apart=True, beat=go_on, every=0.02)
