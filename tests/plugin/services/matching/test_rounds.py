"""Rounds from draft to published, on both databases."""

import asyncio
import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from plugin.domain.designs import Criterion, CriterionKind, Importance, Rule, RuleAbout, RuleWay
from plugin.domain.people import MEMBER_SCOPES, Principal
from plugin.domain.programs import Role
from plugin.domain.rounds import PairState, RoundState
from plugin.errors import Conflict, Forbidden, Invalid, NotFound
from plugin.graph.criteria.rounds import Task, compute
from plugin.graph.matching import Contradiction
from plugin.services.departures.erasure import erase_member
from plugin.services.matching import round_lane, round_looking, round_reading, rounds
from plugin.services.mentorships import ranking
from plugin.store.tables import MEMBER_COLUMNS
from plugin.store.unit_of_work import UnitOfWork
from plugin.worker import LEASE, Worker
from tests.conftest import FixedClock
from tests.plugin.services.matching.support import DESIGN, Matching, program_of, put_enrolment
from tests.plugin.support import World


@pytest.fixture
async def program(world: World) -> Matching:
    return await program_of(world)


@pytest.fixture
async def small(small_world: World) -> Matching:
    return await program_of(small_world)


async def test_a_round_is_drafted_computed_and_published(program: Matching) -> None:
    done = await program.computed()
    assert await program.pairs(done.id) == {"berlin": "london_m", "delhi": "tokyo_m"}
    assert done.figures["placed"] == 2
    seen = await round_reading.overview(program.world.runtime, program.manager, done.id)
    assert [(program.name(one.mentee_id), one.reason) for one in seen.waiting] == [("lima", "full")]
    assert {program.name(one.mentor_id) for one in seen.others} == {"london_m", "tokyo_m"}
    assert await program.begun() == set()
    await rounds.publish(program.world.runtime, program.manager, done.id)
    await program.work()
    assert await program.begun() == {("london_m", "berlin"), ("tokyo_m", "delhi")}
    found = await round_reading.pair_page(program.world.runtime, program.manager, done.id, after=None, limit=10)
    assert {pair.state for pair in found} == {PairState.BEGUN}
    assert all(sum(part.contribution for part in pair.parts) == pytest.approx(pair.score) for pair in found)


async def test_the_same_design_and_seed_give_the_same_round(program: Matching) -> None:
    first = await program.computed()
    second = await program.computed(name="Second round")
    assert first.figures == second.figures
    assert await program.pairs(first.id) == await program.pairs(second.id)


async def test_the_worker_finds_a_round_by_itself(program: Matching) -> None:
    world = program.world
    made = await rounds.draft(world.runtime, program.manager, program_id=program.program_id, name="By the worker", design=DESIGN)
    await rounds.compute(world.runtime, program.manager, made.id)
    await Worker(world.runtime, world.graphs).run_until_idle(lanes=frozenset({"rounds"}))
    assert (await program.read_state(made.id)).state is RoundState.COMPUTED


async def test_a_round_whose_worker_died_is_taken_up_again(program: Matching, clock: FixedClock, monkeypatch: pytest.MonkeyPatch) -> None:
    world = program.world
    made = await rounds.draft(world.runtime, program.manager, program_id=program.program_id, name="Interrupted", design=DESIGN)
    await rounds.compute(world.runtime, program.manager, made.id)
    started, hang = asyncio.Event(), asyncio.Event()

    async def stuck(*_: object, **__: object) -> bool:
        started.set()
        await hang.wait()
        return False

    with monkeypatch.context() as patch:
        patch.setattr(round_lane, "work", stuck)
        dying = asyncio.create_task(Worker(world.runtime, world.graphs).run_until_idle(lanes=frozenset({"rounds"})))
        await started.wait()
        dying.cancel()
        await asyncio.gather(dying, return_exceptions=True)
    other = Worker(world.runtime, world.graphs)
    await other.run_until_idle(lanes=frozenset({"rounds"}))
    assert (await program.read_state(made.id)).state is RoundState.COMPUTING
    clock.move(seconds=LEASE.total_seconds() + 1)
    await other.run_until_idle(lanes=frozenset({"rounds"}))
    assert (await program.read_state(made.id)).state is RoundState.COMPUTED


@pytest.mark.slow  # a process of its own begins with imports
async def test_a_large_round_is_computed_in_a_process_of_its_own(small: Matching) -> None:
    made = await rounds.draft(small.world.runtime, small.manager, program_id=small.program_id, name="Large", design=DESIGN)
    await rounds.compute(small.world.runtime, small.manager, made.id)
    await small.work(apart=True)
    assert await small.pairs(made.id) == {"berlin": "london_m", "delhi": "tokyo_m"}


# ---------------------------------------------------------------------------------------------------------------------- by hand


async def test_pins_and_bans_are_computed_around_and_released(program: Matching) -> None:
    done = await program.computed()
    ids, runtime = program.ids, program.world.runtime
    await rounds.adjust(runtime, program.manager, done.id, pin=[(ids["london_m"], ids["lima"])], forbid=[(ids["tokyo_m"], ids["delhi"])])
    await program.work()
    assert (await program.read_state(done.id)).state is RoundState.ADJUSTED
    assert await program.pairs(done.id) == {"lima": "london_m", "berlin": "tokyo_m"}
    seen = await round_reading.overview(runtime, program.manager, done.id)
    assert {(one.kind.value, program.name(one.one), program.name(one.other)) for one in seen.choices} == {
        ("pin", "london_m", "lima"),
        ("forbid", "tokyo_m", "delhi"),
    }
    await rounds.adjust(runtime, program.manager, done.id, release=[(ids["london_m"], ids["lima"]), (ids["tokyo_m"], ids["delhi"])])
    await program.work()
    assert await program.pairs(done.id) == {"berlin": "london_m", "delhi": "tokyo_m"}
    assert (await round_reading.overview(runtime, program.manager, done.id)).choices == ()


async def test_contradictions_name_the_smallest_set_and_change_nothing(program: Matching) -> None:
    done = await program.computed()
    ids, runtime = program.ids, program.world.runtime
    before = await round_reading.overview(runtime, program.manager, done.id)
    pins = [(ids["london_m"], ids["lima"]), (ids["london_m"], ids["berlin"])]
    with pytest.raises(Contradiction) as raised:
        await rounds.adjust(runtime, program.manager, done.id, pin=pins)
    assert {(cause.kind, cause.mentee) for cause in raised.value.causes} == {("pin", ids["lima"]), ("pin", ids["berlin"])}
    assert "lima" in raised.value.message
    assert await program.read_state(done.id) == done
    assert await round_reading.overview(runtime, program.manager, done.id) == before


async def test_contradictions_that_the_worker_finds_leave_the_round_as_it_was(program: Matching, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(round_looking, "CHECKED_AT_ONCE", 0)
    done = await program.computed()
    ids, runtime = program.ids, program.world.runtime
    await rounds.adjust(runtime, program.manager, done.id, pin=[(ids["london_m"], ids["lima"]), (ids["london_m"], ids["berlin"])])
    await program.work()
    after = await program.read_state(done.id)
    assert (after.state, after.failure) == (RoundState.COMPUTED, "contradiction")
    assert await program.pairs(done.id) == {"berlin": "london_m", "delhi": "tokyo_m"}
    seen = await round_reading.overview(runtime, program.manager, done.id)
    assert {(one.kind, one.mentee_id) for one in seen.causes} == {("pin", ids["lima"]), ("pin", ids["berlin"])}
    assert seen.choices == ()


async def test_who_joins_is_placed_and_nobody_else_moves(program: Matching) -> None:
    done = await program.computed(replace(DESIGN, placing="best"))
    newcomer = await program.enrol("lima_m", Role.MENTOR)
    with pytest.raises(Invalid):
        await rounds.join(program.world.runtime, program.manager, done.id, 12345)
    await rounds.join(program.world.runtime, program.manager, done.id, newcomer)
    await program.work()
    after = await program.read_state(done.id)
    assert after.state is RoundState.COMPUTED
    assert (after.figures["how"], after.figures["made"], after.figures["broken"]) == ("paths", 1, 0)
    assert await program.pairs(done.id) == {"berlin": "london_m", "delhi": "tokyo_m", "lima": "lima_m"}
    with pytest.raises(Conflict) as raised:
        await rounds.join(program.world.runtime, program.manager, done.id, newcomer)
    assert raised.value.code == "already_in"


async def test_a_rematch_keeps_what_works(program: Matching) -> None:
    done = await program.computed()
    await rounds.publish(program.world.runtime, program.manager, done.id)
    await program.work()
    await program.enrol("lima_m", Role.MENTOR)
    again = await rounds.rematch(program.world.runtime, program.manager, done.id, name="Autumn")
    await rounds.compute(program.world.runtime, program.manager, again.id)
    await program.work()
    assert await program.pairs(again.id) == {"berlin": "london_m", "delhi": "tokyo_m", "lima": "lima_m"}
    await rounds.publish(program.world.runtime, program.manager, again.id)
    await program.work()
    running = await program.world.database.read(program.world.installation_id, lambda unit: unit.mentorships.running(program.program_id))
    assert len(running) == 3


async def test_a_further_round_matches_only_who_is_left(program: Matching) -> None:
    done = await program.computed()
    await rounds.publish(program.world.runtime, program.manager, done.id)
    await program.work()
    with pytest.raises(Invalid) as raised:
        await program.computed(name="Too early")
    assert raised.value.code == "no_places"
    await program.enrol("lima_m", Role.MENTOR)
    more = await program.computed(name="Leftovers")
    assert await program.pairs(more.id) == {"lima": "lima_m"}


async def test_why_not_is_told_on_demand(program: Matching) -> None:
    done = await program.computed()
    ids, world = program.ids, program.world
    told = await round_reading.explain_absence(world.runtime, world.graphs, program.manager, done.id, mentor_id=ids["tokyo_m"], mentee_id=ids["berlin"])
    assert not told.together
    assert told.loss is not None
    assert told.loss > 0
    await rounds.publish(world.runtime, program.manager, done.id)
    await program.work()
    assert await round_reading.explain_absence(world.runtime, world.graphs, program.manager, done.id, mentor_id=ids["tokyo_m"], mentee_id=ids["berlin"]) == told
    why, pair = await round_reading.explain(world.runtime, world.graphs, program.manager, done.id, mentor_id=ids["london_m"], mentee_id=ids["berlin"])
    assert why.score == pytest.approx(pair.score)
    for mentor, mentee in ((ids["tokyo_m"], 12345), (12345, ids["berlin"])):
        with pytest.raises(NotFound):
            await round_reading.explain_absence(world.runtime, world.graphs, program.manager, done.id, mentor_id=mentor, mentee_id=mentee)


async def test_rounds_by_choices_go_by_what_mentees_said(program: Matching) -> None:
    runtime, ids = program.world.runtime, program.ids
    by_choice = replace(DESIGN, objective="choices_greedy")
    assert (await program.pairs((await program.computed(by_choice)).id))["berlin"] == "london_m"
    berlin = Principal(installation_id=program.world.installation_id, member_id=ids["berlin"], scopes=MEMBER_SCOPES, token_id=2)
    await ranking.rank_mentors(runtime, berlin, program.program_id, [ids["london_m"]])
    assert await ranking.rank_mentors(runtime, berlin, program.program_id, [ids["tokyo_m"]]) == 1
    await ranking.rank_mentors(runtime, replace(berlin, member_id=ids["delhi"]), program.program_id, [ids["london_m"]])
    for wrong in ([ids["lima"]], [12345], [ids["tokyo_m"]] * 2):
        with pytest.raises((NotFound, Invalid)):
            await ranking.rank_mentors(runtime, berlin, program.program_id, wrong)
    stranger = replace(berlin, member_id=ids["london_m"])
    with pytest.raises(NotFound):
        await ranking.rank_mentors(runtime, stranger, program.program_id, [ids["tokyo_m"]])
    assert (await program.pairs((await program.computed(by_choice, name="Second round")).id))["berlin"] == "tokyo_m"


# ---------------------------------------------------------------------------------------------------------------------- stopping and refusing


async def test_a_computation_is_stopped_and_the_round_is_as_before(program: Matching, monkeypatch: pytest.MonkeyPatch) -> None:
    done = await program.computed()
    entered, loop = asyncio.Event(), asyncio.get_running_loop()

    def slow(task: Task, cancelled: object = None, progress: object = None) -> object:
        loop.call_soon_threadsafe(entered.set)
        assert callable(cancelled)
        while not cancelled():
            threading.Event().wait(0.005)
        return compute(task, cancelled)

    monkeypatch.setattr(round_lane, "compute", slow)
    await rounds.compute(program.world.runtime, program.manager, done.id)
    working = asyncio.create_task(program.work())
    await entered.wait()
    stopped = await rounds.stop(program.world.runtime, program.manager, done.id)
    await asyncio.wait_for(working, 10)
    assert (stopped.state, stopped.failure) == (RoundState.COMPUTED, "stopped")
    assert await program.pairs(done.id) == {"berlin": "london_m", "delhi": "tokyo_m"}


async def test_a_cancelled_round_keeps_nobody(program: Matching) -> None:
    done = await program.computed()
    await rounds.cancel(program.world.runtime, program.manager, done.id)
    assert await program.pairs(done.id) == {}
    for command in (rounds.publish, rounds.cancel, rounds.compute):
        with pytest.raises(Conflict):
            await command(program.world.runtime, program.manager, done.id)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"criteria": ()}, "no_criteria"),
        ({"objective": "luck"}, "invalid"),
        ({"placing": "few"}, "invalid"),
        ({"loss": 2.0}, "invalid"),
        ({"seed": -1}, "invalid"),
        ({"candidates": 0}, "invalid"),
        ({"criteria": (DESIGN.criteria[0], DESIGN.criteria[0])}, "duplicate"),
        ({"criteria": (replace(DESIGN.criteria[0], importance=Importance.NUMBER),)}, "bad_weight"),
        ({"criteria": (Criterion(key="a", kind=CriterionKind.ANSWER),)}, "no_question"),
        ({"criteria": (Criterion(key="a", kind=CriterionKind.ANSWER, question="gender"),)}, "protected"),
        ({"rules": (Rule(name="a", way=RuleWay.MUST, about=RuleAbout.CRITERION, criterion="?"),)}, "unknown_criterion"),
    ],
)
async def test_designs_of_which_no_round_can_be_made_are_refused(small: Matching, changes: dict[str, object], code: str) -> None:
    design = replace(DESIGN, **changes)  # type: ignore[arg-type]  # a table of changes
    with pytest.raises(Invalid) as raised:
        await rounds.draft(small.world.runtime, small.manager, program_id=small.program_id, name="A round", design=design)
    assert raised.value.code == code
    assert await round_reading.page(small.world.runtime, small.manager, small.program_id, after=None, limit=5) == []


async def refused(program: Matching) -> tuple[str, str | None]:
    """What is said when a round of the program is to be computed; it stays a draft."""
    made = await rounds.draft(program.world.runtime, program.manager, program_id=program.program_id, name="Not possible", design=DESIGN)
    before = await program.read_state(made.id)
    with pytest.raises(Invalid) as raised:
        await rounds.compute(program.world.runtime, program.manager, made.id)
    assert await program.read_state(made.id) == before
    return raised.value.code, raised.value.field


@pytest.mark.parametrize(("missing", "field"), [("mentors", "mentors"), ("mentees", "mentees")])
async def test_an_empty_side_is_a_clear_error(small_world: World, missing: str, field: str) -> None:
    program = await program_of(small_world, mentors=() if missing == "mentors" else ("london_m",), mentees=() if missing == "mentees" else ("lima",))
    assert await refused(program) == ("empty_side", field)


async def test_somebody_in_both_roles_is_a_clear_error(small: Matching) -> None:
    installation, lima = small.world.installation_id, small.ids["lima"]
    await small.world.database.write(installation, lambda unit: put_enrolment(unit, small.program_id, lima, Role.MENTOR))
    assert await refused(small) == ("two_roles", "mentees")


async def test_a_mentor_without_any_place_is_a_clear_error(small: Matching) -> None:
    await small.enrol("tokyo_full", Role.MENTOR, capacity=0)
    assert await refused(small) == ("bad_capacity", "mentors")


async def test_pairs_of_strangers_are_refused(small: Matching) -> None:
    done = await small.computed()
    ids = small.ids
    for pair in ((12345, ids["lima"]), (ids["london_m"], 12345), (ids["lima"], ids["london_m"])):
        with pytest.raises(Invalid) as raised:
            await rounds.adjust(small.world.runtime, small.manager, done.id, pin=[pair])
        assert raised.value.code == "unknown_member"
    with pytest.raises(Invalid):
        await rounds.adjust(small.world.runtime, small.manager, done.id)
    assert await small.read_state(done.id) == done


@pytest.mark.slow
async def test_rounds_are_for_managers(small: Matching) -> None:
    done = await small.computed()
    member = Principal(installation_id=small.world.installation_id, member_id=small.ids["lima"], scopes=MEMBER_SCOPES, token_id=2)
    runtime = small.world.runtime
    for asked in (round_reading.find(runtime, member, done.id), round_reading.overview(runtime, member, done.id), rounds.publish(runtime, member, done.id)):
        with pytest.raises(Forbidden):
            await asked
        # An id that names nothing is answered alike, or a stranger could find out which rounds there are.
        with pytest.raises(Forbidden):
            await round_reading.find(runtime, member, done.id + 1)
    with pytest.raises(NotFound):
        await round_reading.find(runtime, small.manager, done.id + 1)
    await small.world.database.write(small.world.installation_id, lambda unit: unit.managers.add(small.program_id, small.ids["lima"], at=unit.now))
    assert await round_reading.find(runtime, member, done.id) == done


async def test_members_see_their_own_published_pair_alone(small: Matching) -> None:
    done = await small.computed()
    runtime, installation = small.world.runtime, small.world.installation_id
    viewers = {name: Principal(installation_id=installation, member_id=number, scopes=MEMBER_SCOPES, token_id=2) for name, number in small.ids.items()}
    assert all([await round_reading.mine(runtime, viewer) == [] for viewer in viewers.values()])
    await rounds.publish(runtime, small.manager, done.id)
    await small.work()
    seen = {
        name: [(small.name(pair.mentor_id), small.name(pair.mentee_id)) for pair, _ in await round_reading.mine(runtime, viewer)]
        for name, viewer in viewers.items()
    }
    assert seen == {
        "berlin": [("london_m", "berlin")],
        "delhi": [("tokyo_m", "delhi")],
        "lima": [],
        "london_m": [("london_m", "berlin")],
        "tokyo_m": [("tokyo_m", "delhi")],
    }


async def test_a_pair_that_cannot_begin_does_not_hold_up_the_others(program: Matching) -> None:
    done = await program.computed()
    ids = program.ids
    await rounds.publish(program.world.runtime, program.manager, done.id)
    await program.world.database.write(program.world.installation_id, lambda unit: block(unit, ids["london_m"], ids["berlin"]))
    await program.work()
    assert await program.begun() == {("tokyo_m", "delhi")}
    found = await round_reading.pair_page(program.world.runtime, program.manager, done.id, after=None, limit=10)
    assert {program.name(pair.mentee_id): pair.state for pair in found} == {"berlin": PairState.REFUSED, "delhi": PairState.BEGUN}


def block(unit: UnitOfWork, one: int, other: int) -> None:
    unit.blocks.put(one, other, at=unit.now)


# ---------------------------------------------------------------------------------------------------------------------- erasure


def traces(unit: UnitOfWork, member_id: int) -> dict[str, int]:
    """How many rows of each table name a member."""
    return {name: len(rows) for name, rows in unit.personal.rows_of(member_id).items() if rows and name in MEMBER_COLUMNS}


@pytest.mark.slow
async def test_erasing_somebody_of_a_computed_round_leaves_nothing_of_theirs(program: Matching) -> None:
    done = await program.computed()
    ids, database, installation = program.ids, program.world.database, program.world.installation_id
    await rounds.adjust(program.world.runtime, program.manager, done.id, pin=[(ids["london_m"], ids["berlin"])])
    await program.work()
    assert {"round_pairs", "round_people", "round_choices", "round_others"} <= (
        await database.read(installation, lambda unit: traces(unit, ids["london_m"]))
    ).keys()
    await database.write(installation, lambda unit: erase_member("1", unit, why="self"))
    assert await database.read(installation, lambda unit: traces(unit, ids["london_m"])) == {}
    assert await program.pairs(done.id) == {"delhi": "tokyo_m"}
    seen = await round_reading.overview(program.world.runtime, program.manager, done.id)
    assert {(program.name(one.mentee_id), one.reason) for one in seen.waiting} == {("lima", "full"), ("berlin", "mentor_left")}
    await rounds.compute(program.world.runtime, program.manager, done.id)
    await program.work()
    assert await program.pairs(done.id) == {"delhi": "tokyo_m"}


async def test_erasing_somebody_while_a_round_is_computed_leaves_nothing_of_theirs(program: Matching, monkeypatch: pytest.MonkeyPatch) -> None:
    made = await rounds.draft(program.world.runtime, program.manager, program_id=program.program_id, name="In between", design=DESIGN)
    await rounds.compute(program.world.runtime, program.manager, made.id)
    database, installation, gone = program.world.database, program.world.installation_id, program.ids["london_m"]
    loop, left = asyncio.get_running_loop(), [True]

    def slow(task: Task, cancelled: object = None, progress: object = None) -> object:
        outcome = compute(task)
        if left.pop() if left else False:
            asyncio.run_coroutine_threadsafe(database.write(installation, lambda unit: erase_member("1", unit, why="self")), loop).result(10)
        return outcome

    monkeypatch.setattr(round_lane, "compute", slow)
    await program.work()
    assert await program.pairs(made.id) == {"delhi": "tokyo_m"}
    assert await database.read(installation, lambda unit: traces(unit, gone)) == {}


async def test_progress_is_kept_while_it_is_computed(program: Matching) -> None:
    made = await rounds.draft(program.world.runtime, program.manager, program_id=program.program_id, name="Progress", design=DESIGN)
    sent = await rounds.compute(program.world.runtime, program.manager, made.id)

    def note(unit: UnitOfWork) -> list[bool]:
        return [unit.rounds.note_progress(made.id, run=run, progress=0.25) for run in (sent.run, sent.run + 1)]

    assert await program.world.database.write(program.world.installation_id, note) == [True, False]
    assert (await program.read_state(made.id)).progress == 0.25


async def test_the_loop_is_free_while_a_round_is_computed(small: Matching, monkeypatch: pytest.MonkeyPatch) -> None:
    beats: list[float] = []
    running = threading.Event()

    def slow(task: Task, cancelled: object = None, progress: object = None) -> object:
        running.set()
        threading.Event().wait(0.5)
        running.clear()
        return compute(task)

    monkeypatch.setattr(round_lane, "compute", slow)
    made = await rounds.draft(small.world.runtime, small.manager, program_id=small.program_id, name="In a thread", design=DESIGN)
    await rounds.compute(small.world.runtime, small.manager, made.id)
    working = asyncio.create_task(small.work())
    while not working.done():
        await asyncio.sleep(0.01)
        if running.is_set():
            beats.append(timedelta(seconds=0.01).total_seconds())
    assert len(beats) > 10
