"""What answers teach, on both databases."""

from dataclasses import replace

import pytest

from plugin.domain.designs import Criterion, CriterionKind, Side, design_to_json
from plugin.domain.programs import Role
from plugin.domain.rounds import Outcome, Pair, Part, Round, RoundKind, RoundState
from plugin.errors import Invalid
from plugin.services.departures.erasure import erase_member
from plugin.services.mentorships import adapting
from plugin.store.unit_of_work import UnitOfWork
from tests.conftest import FixedClock
from tests.plugin.services.matching.support import DESIGN, Matching, program_of
from tests.plugin.support import World

BOTH = replace(DESIGN, criteria=(*DESIGN.criteria, Criterion(key="other", kind=CriterionKind.SENIORITY)))


@pytest.fixture
async def program(world: World) -> Matching:
    return await program_of(world)


async def pairs_of(program: Matching, count: int) -> list[tuple[int, int]]:
    """Pairs that were made once: every second one fits in its zone, all alike in the other criterion."""
    mentors = [await program.enrol(f"london_m{number}", Role.MENTOR) for number in range(count)]
    mentees = [await program.enrol(f"lima_{number}", Role.MENTEE) for number in range(count)]

    def write(unit: UnitOfWork) -> None:
        made = Round(
            id=unit.new_id(),
            program_id=program.program_id,
            kind=RoundKind.PAIRS,
            name="Old",
            state=RoundState.CANCELLED,
            design=design_to_json(BOTH),
            created_at=unit.now,
        )
        unit.rounds.put(made)
        pairs = [
            Pair(
                round_id=made.id,
                mentor_id=mentor,
                mentee_id=mentee,
                score=0.5,
                parts=(
                    Part(criterion="zone", side=Side.MENTEE, fit=0.9 if number % 2 else 0.1, contribution=0.2),
                    Part(criterion="other", side=Side.MENTOR, fit=0.5, contribution=0.3),
                ),
            )
            for number, (mentor, mentee) in enumerate(zip(mentors, mentees, strict=True))
        ]
        unit.rounds.keep(made.id, Outcome(people=(), pairs=tuple(pairs), waiting=(), others=(), figures={}))

    await program.world.database.write(program.world.installation_id, write)
    return list(zip(mentors, mentees, strict=True))


async def hear(program: Matching, pairs: list[tuple[int, int]], kinds: tuple[str, str] = ("decline", "accept"), reason: str | None = None) -> None:
    def write(unit: UnitOfWork) -> None:
        for number, (mentor, mentee) in enumerate(pairs):
            adapting.heard(unit, kind=kinds[number % 2], mentor_id=mentor, mentee_id=mentee, program_id=program.program_id, reason=reason)

    await program.world.database.write(program.world.installation_id, write)


async def test_accepts_and_declines_move_the_weight_that_they_speak_of(program: Matching) -> None:
    await hear(program, await pairs_of(program, 20))
    await program.work()
    found = await adapting.learned(program.world.runtime, program.manager, program.program_id)
    assert found.factors.keys() == {"zone"}
    factor, samples = found.factors["zone"]
    assert factor > 1.1
    assert samples == 20
    (move,) = found.moves
    assert (move.criterion, move.earlier) == ("zone", 1.0)
    assert move.later == pytest.approx(factor)
    assert move.because == {
        "accept": 10,
        "decline": 10,
        "ending": 0,
        "rating": 0,
        "lessons": 20,
        "good": 10,
        "fit_when_good": pytest.approx(0.9),
        "fit_when_bad": pytest.approx(0.1),
    }


async def test_the_next_round_weighs_by_what_was_learned_until_it_is_reset(program: Matching, clock: FixedClock) -> None:
    pairs = await pairs_of(program, 20)
    before = await program.computed(BOTH)
    await hear(program, pairs)
    await program.work()
    after = await program.computed(BOTH, name="Second round")
    assert before.figures["total"] != after.figures["total"]
    clock.move(minutes=1)
    await adapting.reset(program.world.runtime, program.manager, program.program_id)
    found = await adapting.learned(program.world.runtime, program.manager, program.program_id)
    assert found.factors == {}
    assert [(move.later, dict(move.because)) for move in found.moves[:1]] == [(1.0, {"reset": 1.0})]
    again = await program.computed(BOTH, name="Third round")
    assert again.figures["total"] == before.figures["total"]


@pytest.mark.slow
@pytest.mark.parametrize("reason", ["no_time", "full", "away"])
async def test_reasons_that_say_nothing_about_fit_teach_nothing(program: Matching, reason: str) -> None:
    await hear(program, await pairs_of(program, 10), reason=reason)
    await program.work()
    assert (await adapting.learned(program.world.runtime, program.manager, program.program_id)).moves == []


@pytest.mark.parametrize(
    ("kind", "reason", "rating", "went"),
    [
        ("accept", "", None, 1.0),
        ("decline", "not_a_fit", None, 0.0),
        ("decline", "full", None, None),
        ("rating", "", 5.0, 1.0),
        ("rating", "", 2.0, 0.25),
        ("rating", "", None, None),
        ("ending", "completed", None, 1.0),
        ("ending", "no_reply", None, 0.25),
        ("ending", "not_a_fit", None, 0.0),
        ("ending", "member_left", None, None),
        ("ending", "safety", None, None),
    ],
)
def test_how_well_it_went(kind: str, reason: str, rating: float | None, went: float | None) -> None:
    assert adapting.outcome_of(kind, reason=reason, rating=rating) == went


async def test_unknown_answers_and_pairs_without_a_round_are_told_apart(program: Matching) -> None:
    ids = program.ids

    def write(unit: UnitOfWork) -> int:
        adapting.heard(unit, kind="accept", mentor_id=ids["tokyo_m"], mentee_id=ids["lima"], program_id=None)
        with pytest.raises(Invalid):
            adapting.heard(unit, kind="shrug", mentor_id=ids["tokyo_m"], mentee_id=ids["lima"], program_id=None)
        return len(unit.lessons.of_program(0))

    assert await program.world.database.write(program.world.installation_id, write) == 0


async def test_an_erased_member_teaches_nothing_any_more(program: Matching) -> None:
    pairs = await pairs_of(program, 2)
    await hear(program, pairs)
    number = str(list(program.ids.values()).index(pairs[0][0]) + 1)

    def write(unit: UnitOfWork) -> list[int]:
        erase_member(number, unit, why="self")
        return [one.mentor_id for one in unit.lessons.of_program(program.program_id)]

    assert await program.world.database.write(program.world.installation_id, write) == [pairs[1][0]]
