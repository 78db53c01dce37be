"""Work for later: done once, at its time, whatever happens in between."""

import asyncio
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.domain.people import Principal, Scope
from plugin.errors import Conflict, Forbidden
from plugin.services import scheduling
from plugin.services.scheduling import About
from plugin.settings import Settings
from plugin.store.crypto import Vault
from plugin.store.database import Database
from plugin.store.unit_of_work import UnitOfWork
from plugin.worker import Worker
from tests.conftest import NOW, FixedClock
from tests.plugin.services.conftest import make_world
from tests.plugin.support import World

ADMIN = frozenset({Scope.READ, Scope.PROGRAMS})
MARKS: list[tuple[str, datetime]] = []
FAILURES: list[Exception] = []


@pytest.fixture(autouse=True)
def _handlers(monkeypatch: pytest.MonkeyPatch) -> None:
    MARKS.clear()
    FAILURES.clear()

    def run(unit: UnitOfWork, about: About) -> None:
        unit.gone.add("topic", f"job-{about['name']}", at=unit.now)
        if FAILURES:
            raise FAILURES.pop(0)
        MARKS.append((str(about["name"]), unit.now))

    def again(unit: UnitOfWork, about: About) -> None:
        MARKS.append((str(about["name"]), unit.now))
        scheduling.schedule(unit, "test.again", key="again", at=unit.now + timedelta(hours=1), about=about)

    monkeypatch.setitem(scheduling._HANDLERS, "test.run", run)
    monkeypatch.setitem(scheduling._HANDLERS, "test.again", again)


async def plan(world: World, name: str, *, hours: float, kind: str = "test.run") -> None:
    at = NOW + timedelta(hours=hours)
    await world.database.write(world.installation_id, lambda unit: scheduling.schedule(unit, kind, key=name, at=at, about={"name": name}))


async def work(world: World) -> None:
    await Worker(world.runtime, world.graphs).run_until_idle(lanes=frozenset({"jobs"}))


async def states(world: World) -> dict[str, int]:
    return await world.database.read(world.installation_id, lambda unit: unit.jobs.counts())


def names() -> list[str]:
    return [name for name, _ in MARKS]


async def test_it_is_done_at_its_time_and_once(world: World, clock: FixedClock) -> None:
    await plan(world, "a", hours=1)
    await work(world)
    assert names() == []
    clock.move(minutes=61)
    await work(world)
    await work(world)
    assert names() == ["a"]
    assert await states(world) == {"done": 1}


async def test_the_same_key_moves_it(world: World, clock: FixedClock) -> None:
    await plan(world, "a", hours=1)
    await plan(world, "a", hours=5)
    clock.move(hours=2)
    await work(world)
    assert names() == []
    clock.move(hours=4)
    await work(world)
    assert names() == ["a"]


async def test_what_was_done_for_a_moment_is_not_done_for_it_again(world: World, clock: FixedClock) -> None:
    await plan(world, "a", hours=1)
    clock.move(hours=2)
    await work(world)
    await plan(world, "a", hours=1)
    await work(world)
    assert names() == ["a"]
    await plan(world, "a", hours=3)
    clock.move(hours=2)
    await work(world)
    assert names() == ["a", "a"], "another moment is another time"


async def test_what_is_taken_back_is_not_done(world: World, clock: FixedClock) -> None:
    for name in ("request:1:remind", "request:1:expire", "request:10:expire", "request_1:x"):
        await plan(world, name, hours=1)
    assert await world.database.write(world.installation_id, lambda unit: scheduling.cancel_about(unit, "request:1:")) == 2
    assert await world.database.write(world.installation_id, lambda unit: scheduling.cancel(unit, "request_1:x"))
    assert not await world.database.write(world.installation_id, lambda unit: scheduling.cancel(unit, "nothing"))
    clock.move(hours=2)
    await work(world)
    assert names() == ["request:10:expire"]


async def test_a_handler_may_plan_its_own_next_time(world: World, clock: FixedClock) -> None:
    await plan(world, "again", hours=0, kind="test.again")
    for _ in range(3):
        await work(world)
        clock.move(hours=1)
    assert [at for _, at in MARKS] == [NOW, NOW + timedelta(hours=1), NOW + timedelta(hours=2)]


async def test_a_failure_is_undone_whole_and_tried_again_and_holds_up_nothing(world: World, clock: FixedClock) -> None:
    await plan(world, "a", hours=0)
    await plan(world, "b", hours=0)
    FAILURES.append(RuntimeError("a member's words"))
    await work(world)
    assert names() == ["b"]
    found = await world.database.read(world.installation_id, lambda unit: unit.jobs.get("a"))
    assert found is not None
    assert found.error == "RuntimeError; the log has it", "the error says nothing that a member wrote"
    assert not await world.database.read(world.installation_id, lambda unit: unit.gone.has("topic", ["job-a"]))
    clock.move(seconds=11)
    await work(world)
    assert names() == ["b", "a"]
    assert await world.database.read(world.installation_id, lambda unit: unit.gone.has("topic", ["job-a"]))


async def test_poison_is_dead_in_the_end_seen_and_can_be_done_again(world: World, clock: FixedClock) -> None:
    await plan(world, "a", hours=0)
    await plan(world, "b", hours=2000)
    FAILURES.extend(Conflict("it cannot be") for _ in range(len(scheduling.RETRIES) + 1))
    for _ in range(len(scheduling.RETRIES) + 3):
        await work(world)
        clock.move(days=1)
    assert FAILURES == []
    admin = Principal(installation_id=world.installation_id, member_id=None, scopes=ADMIN, token_id=1)
    (dead,) = await scheduling.page(world.runtime, admin, state="dead", after=None, limit=10)
    assert (dead.key, dead.error, dead.attempts) == ("a", "it cannot be", len(scheduling.RETRIES) + 1)
    assert await scheduling.retry(world.runtime, admin, key="b") == 0
    assert await scheduling.retry(world.runtime, admin, key="a") == 1
    await work(world)
    assert names() == ["a"]
    member = Principal(installation_id=world.installation_id, member_id=1, scopes=frozenset({Scope.ME}), token_id=2)
    with pytest.raises(Forbidden):
        await scheduling.page(world.runtime, member, state=None, after=None, limit=10)
    with pytest.raises(Forbidden):
        await scheduling.retry(world.runtime, member, key=None)


async def test_one_that_ends_the_process_each_time_ends_too(world: World, clock: FixedClock) -> None:
    await plan(world, "a", hours=0)
    for _ in range(len(scheduling.RETRIES) + 1):
        # The try is counted, and then the process is gone.
        tried, rest = await world.database.write(world.installation_id, lambda unit: scheduling._count(unit, ("a",)))
        assert tried is not None
        assert rest == ()
        clock.move(days=1)
    await work(world)
    assert names() == []
    assert await states(world) == {"dead": 1}


async def test_a_kind_that_nobody_does_fails_in_words(world: World) -> None:
    await plan(world, "a", hours=0, kind="of another version")
    await work(world)
    found = await world.database.read(world.installation_id, lambda unit: unit.jobs.get("a"))
    assert found is not None
    assert "nobody does" in found.error


async def test_recurring_work_does_not_drift_and_makes_up_for_nothing(world: World, clock: FixedClock) -> None:
    first = NOW + timedelta(days=1)
    await world.database.write(
        world.installation_id,
        lambda unit: scheduling.schedule_every(unit, "test.run", key="weekly", first=first, days=7, timezone="Europe/Berlin", about={"name": "weekly"}),
    )
    clock.move(days=1, hours=5)
    await work(world)
    found = await world.database.read(world.installation_id, lambda unit: unit.jobs.get("weekly"))
    assert found is not None
    assert (found.state, found.at) == ("waiting", first + timedelta(days=7)), "late once, on time the next"
    clock.move(days=30)
    await work(world)
    assert len(MARKS) == 2, "weeks that were missed are not made up for"
    found = await world.database.read(world.installation_id, lambda unit: unit.jobs.get("weekly"))
    assert found is not None
    assert (found.at - first) % timedelta(days=7) == timedelta(0)
    assert clock() < found.at <= clock() + timedelta(days=7)


async def test_two_workers_do_each_piece_once(postgres_settings: Settings, postgres_database: Database, vault: Vault, clock: FixedClock) -> None:
    world = await make_world(postgres_settings, postgres_database, vault, clock)
    for number in range(30):
        await plan(world, f"n{number}", hours=0)
    # Not by the lane, whose lease would keep them apart, but both at once on the same jobs.
    await asyncio.gather(*(scheduling.run_due(world.runtime, world.installation_id) for _ in range(2)))
    assert sorted(names()) == sorted(f"n{number}" for number in range(30))
    assert await states(world) == {"done": 30}


async def test_a_kind_has_one_handler() -> None:
    with pytest.raises(ValueError, match="two handlers"):
        scheduling.job("test.run")(lambda _unit, _about: None)


STEPS = st.one_of(
    st.tuples(st.just("plan"), st.sampled_from("abc"), st.integers(0, 6)),
    st.tuples(st.just("cancel"), st.sampled_from("abc"), st.just(0)),
    st.tuples(st.just("pass"), st.just(""), st.integers(1, 4)),
    st.tuples(st.just("fail"), st.just(""), st.just(0)),
    st.tuples(st.just("restart"), st.just(""), st.just(0)),
)


@pytest.mark.slow
@settings(max_examples=40)
@given(st.lists(STEPS, max_size=25))
async def test_any_story_does_each_planned_moment_once_and_never_early(small_world: World, steps: list[tuple[str, str, int]]) -> None:
    clock = small_world.runtime.clock
    assert isinstance(clock, FixedClock)
    world = await make_world(small_world.runtime.settings, small_world.database, small_world.runtime.vault, clock, base_url=f"https://f{id(steps)}-{clock()}")
    MARKS.clear()
    FAILURES.clear()
    wanted: dict[str, datetime] = {}
    done: set[tuple[str, datetime]] = set()
    expected: list[str] = []

    def settle() -> None:
        for name, at in list(wanted.items()):
            if at <= clock():
                expected.append(name)
                done.add((name, at))
                del wanted[name]

    for what, name, number in steps:
        if what == "plan":
            at = clock() + timedelta(hours=number)

            def put(unit: UnitOfWork, name: str = name, at: datetime = at) -> None:
                scheduling.schedule(unit, "test.run", key=name, at=at, about={"name": name})

            await world.database.write(world.installation_id, put)
            last = dict(sorted(done, key=lambda one: one[1])).get(name)
            if not (name not in wanted and last == at):
                wanted[name] = at
        elif what == "cancel":
            await world.database.write(world.installation_id, lambda unit, name=name: scheduling.cancel(unit, name))  # type: ignore[misc]  # a default binds
            wanted.pop(name, None)
        elif what == "pass":
            clock.move(hours=number)
        elif what == "fail" and any(at <= clock() for at in wanted.values()):
            FAILURES.append(RuntimeError())
            await scheduling.run_due(world.runtime, world.installation_id)
            clock.move(minutes=1)
        await scheduling.run_due(world.runtime, world.installation_id)
        settle()
        assert not FAILURES
        assert sorted(names()) == sorted(expected)
