"""A long computation in the real worker, in a process of its own: it tells how far it is, is stopped from the outside, and the web answers all the while."""

import asyncio
import multiprocessing
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from plugin.domain.members import Member
from plugin.domain.programs import Role
from plugin.services.matching import round_reading
from plugin.store.unit_of_work import UnitOfWork
from plugin.worker import Worker
from tests.plugin.services.matching.support import put_enrolment
from tests.schema.matching import Made, made_in, simple
from tests.schema.world import World

EACH_SIDE = 160
ZONES = ("Europe/London", "Europe/Berlin", "Asia/Kolkata", "Asia/Tokyo", "America/Lima")
STATE = "query ($id: ID!) { matchRound(id: $id) { state progress failure } }"
PATIENCE = 240


@pytest.fixture
async def made(world: World) -> Made:
    found = await made_in(world)

    def come(unit: UnitOfWork) -> list[int]:
        crowd = [
            Member(id=unit.new_id(), host_user_id=f"crowd{number}", username=f"crowd{number}", timezone=ZONES[number % len(ZONES)])
            for number in range(2 * EACH_SIDE)
        ]
        for one in crowd:
            unit.members.put(one)
        return [one.id for one in crowd]

    crowd = await world.write(come)

    def enrol(unit: UnitOfWork) -> None:
        for number, member in enumerate(crowd):
            put_enrolment(unit, found.program_id, member, Role.MENTOR if number < EACH_SIDE else Role.MENTEE, capacity=1 + number % 3)

    await world.write(enrol)
    return found


@pytest.fixture
async def working(made: Made) -> AsyncIterator[None]:
    """The worker as the service runs it."""
    worker = Worker(made.world.parts.runtime, made.world.parts.graphs)
    running = asyncio.create_task(worker.run())
    yield
    worker.stop()
    await running


async def until(made: Made, number: str, seen: Callable[[dict[str, Any]], bool]) -> list[float]:
    """Ask over and over until it is so; the progress told on the way."""
    told: list[float] = []
    async with asyncio.timeout(PATIENCE):
        while True:
            now = await made.do(STATE, "matchRound", id=number)
            told.append(now["progress"])
            if seen(now):
                return told
            await asyncio.sleep(0.1)


@pytest.mark.slow  # hundreds of members, and processes that begin with imports
@pytest.mark.usefixtures("working")
async def test_a_long_computation_tells_how_far_it_is_and_is_stopped(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(round_reading, "APART_FROM", 0)
    number = await made.draft()
    assert (await made.do(simple("computeRound"), "computeRound", id=number))["round"]["state"] == "COMPUTING"
    begun = await until(made, number, lambda now: bool(now["progress"] > 0))
    assert 0 < begun[-1] < 1
    assert [child.name for child in multiprocessing.active_children()] == ["mentorgraph-round"]
    stopped = await made.do(simple("stopRound"), "stopRound", id=number)
    assert stopped["round"] == {"id": number, "state": "DRAFT", "failure": "stopped"}
    await until(made, number, lambda _: not multiprocessing.active_children())
    assert await made.do(STATE, "matchRound", id=number) == {"state": "DRAFT", "progress": 0.0, "failure": "stopped"}
    assert (await made.show(number))["pairs"]["edges"] == []
    await made.do(simple("computeRound"), "computeRound", id=number)
    told = await until(made, number, lambda now: now["state"] != "COMPUTING")
    assert told == sorted(told)
    assert told[-1] == 1.0
    shown = await made.show(number)
    assert (shown["state"], shown["failure"], shown["figures"]["mentees"]) == ("COMPUTED", None, EACH_SIDE + 3)
