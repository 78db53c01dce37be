"""Rounds, groups and lessons in the store, on both databases."""

from dataclasses import replace

import pytest

from plugin.domain.designs import Criterion, CriterionKind, Design, GroupDesign, Importance, Rule, RuleAbout, RuleWay, Side, design_to_json
from plugin.domain.groups import Group, GroupState, Seat
from plugin.domain.members import Member
from plugin.domain.rounds import Choice, ChoiceKind, Outcome, Pair, PairState, Part, Round, RoundKind, RoundState
from plugin.store.database import Database
from plugin.store.repositories.lessons import Lesson, Move
from plugin.store.unit_of_work import UnitOfWork
from tests.plugin.store.test_database import member
from tests.plugin.support import community

DESIGN = Design(
    criteria=(Criterion(key="a", kind=CriterionKind.ANSWER, question="q", importance=Importance.NUMBER, number=1.5, side=Side.MENTOR, different=True),),
    rules=(Rule(name="r", way=RuleWay.MUST_NOT, about=RuleAbout.SAME, question="boss", at_least=0.25),),
    objective="fair",
    seed=7,
)


def people(unit: UnitOfWork, count: int) -> list[int]:
    found: list[Member] = [member(unit, str(number)) for number in range(count)]
    unit.flush_rows()
    return [one.id for one in found]


def a_round(unit: UnitOfWork, **more: object) -> Round:
    base: dict[str, object] = {"program_id": 1, "kind": RoundKind.PAIRS, "name": "Round", "state": RoundState.DRAFT, "design": design_to_json(DESIGN)}
    made = Round(id=unit.new_id(), created_at=unit.now, **(base | more))  # type: ignore[arg-type]  # fields of a round
    unit.rounds.put(made)
    return made


def outcome(*pairs: Pair) -> Outcome:
    return Outcome(people=(), pairs=pairs, waiting=(), others=(), figures={})


@pytest.fixture
async def installation(database: Database) -> int:
    return await community(database)


async def test_designs_come_back_as_they_were(database: Database, installation: int) -> None:
    groups = GroupDesign(smallest=2, largest=4, mentors=1, diversify=("a", "b"), cluster=("c",), shared_slot=True, seed=3)

    def work(unit: UnitOfWork) -> tuple[Round | None, Round | None]:
        one, other = a_round(unit, figures={"curve": [[0.5, 1.25]]}), a_round(unit, kind=RoundKind.GROUPS, design=design_to_json(groups))
        return unit.rounds.get(one.id), unit.rounds.get(other.id)

    one, other = await database.write(installation, work)
    assert one is not None
    assert other is not None
    assert one.matching == DESIGN
    assert one.figures == {"curve": [[0.5, 1.25]]}
    assert other.grouping == groups


async def test_pairs_come_back_page_by_page(database: Database, installation: int) -> None:
    part = Part(criterion="a", side=Side.MENTEE, fit=0.5, contribution=0.25)

    def work(unit: UnitOfWork) -> None:
        everybody = people(unit, 6)
        mentors, mentees = everybody[:2], everybody[2:]
        made = a_round(unit)
        pairs = [Pair(round_id=made.id, mentor_id=mentor, mentee_id=mentee, score=0.5, parts=(part,), rank=2) for mentor in mentors for mentee in mentees]
        unit.rounds.keep(made.id, outcome(*pairs))
        found: list[Pair] = []
        while page := unit.rounds.pair_page(made.id, after=(found[-1].mentee_id, found[-1].mentor_id) if found else None, limit=3):
            found += page
        assert found == sorted(pairs, key=lambda pair: (pair.mentee_id, pair.mentor_id)) == unit.rounds.pairs(made.id)

    await database.write(installation, work)


async def test_decisions_hold_only_once_they_were_computed(database: Database, installation: int) -> None:
    def work(unit: UnitOfWork) -> None:
        one, other = people(unit, 2)
        made = a_round(unit)

        def kinds() -> list[ChoiceKind]:
            return [choice.kind for choice in unit.rounds.choices(made.id)]

        unit.rounds.choose(made.id, [Choice(kind=ChoiceKind.PIN, one=one, other=other)])
        unit.rounds.settle_choices(made.id, done=False)
        assert kinds() == []
        unit.rounds.choose(made.id, [Choice(kind=ChoiceKind.PIN, one=one, other=other), Choice(kind=ChoiceKind.JOIN, one=one, other=one)])
        unit.rounds.settle_choices(made.id, done=True)
        assert kinds() == [ChoiceKind.PIN]
        for change in (ChoiceKind.FORBID, ChoiceKind.NONE):
            unit.rounds.choose(made.id, [Choice(kind=change, one=one, other=other)])
            unit.rounds.settle_choices(made.id, done=False)
            assert kinds() == [ChoiceKind.PIN]
        unit.rounds.choose(made.id, [Choice(kind=ChoiceKind.NONE, one=one, other=other)])
        assert kinds() == []
        unit.rounds.settle_choices(made.id, done=True)
        unit.rounds.settle_choices(made.id, done=False)
        assert kinds() == []

    await database.write(installation, work)


async def test_only_published_rounds_with_pairs_left_are_handed_over(database: Database, installation: int) -> None:
    def work(unit: UnitOfWork) -> None:
        one, other = people(unit, 2)
        for state, waits in ((RoundState.COMPUTED, False), (RoundState.PUBLISHED, True)):
            made = a_round(unit, state=state)
            unit.rounds.keep(made.id, outcome(Pair(round_id=made.id, mentor_id=one, mentee_id=other, score=1.0, parts=())))
            assert unit.rounds.handing_over() == (made.id if waits else None)
        (pair,) = unit.rounds.proposed(made.id, limit=5)
        unit.rounds.settle(pair, PairState.BEGUN, note="kept")
        assert unit.rounds.handing_over() is None
        assert unit.rounds.begun_of(one) == unit.rounds.begun_of(other) == [replace(pair, state=PairState.BEGUN, note="kept")]

    await database.write(installation, work)


async def test_a_round_of_another_community_is_not_there(database: Database, installation: int) -> None:
    elsewhere = await community(database, base_url="https://other.example.org")
    made = await database.write(installation, a_round)
    assert await database.read(elsewhere, lambda unit: unit.rounds.get(made.id)) is None
    assert await database.read(elsewhere, lambda unit: unit.rounds.page(1, after=None, limit=5)) == []
    assert [one.id for one in await database.read(installation, lambda unit: unit.rounds.page(1, after=None, limit=5))] == [made.id]


async def test_groups_keep_who_stays_and_let_go_who_does_not(database: Database, installation: int) -> None:
    def work(unit: UnitOfWork) -> None:
        one, two, three = people(unit, 3)
        made = a_round(unit, kind=RoundKind.GROUPS)
        group = Group(
            id=unit.new_id(), program_id=1, number=1, name="G", state=GroupState.DRAFT, created_at=unit.now, round_id=made.id, slot=3, reasons=({"met": 1.0},)
        )
        unit.our_groups.put(group)
        unit.our_groups.seat(group.id, [Seat(member_id=one, mentor=True), Seat(member_id=two)], at=unit.now)
        unit.our_groups.seat(group.id, [Seat(member_id=one, mentor=True), Seat(member_id=three, pinned=True)], at=unit.now)
        (found,) = unit.our_groups.of_round(made.id)
        assert found == replace(group, reasons=[{"met": 1.0}], seats=(Seat(member_id=one, mentor=True), Seat(member_id=three, pinned=True)))
        assert unit.our_groups.of_member(one) == []
        unit.our_groups.drop_drafts(made.id)
        assert unit.our_groups.of_round(made.id) == []

    await database.write(installation, work)


async def test_lessons_and_factors_are_kept_by_program(database: Database, installation: int) -> None:
    def work(unit: UnitOfWork) -> None:
        one, other = people(unit, 2)
        for program in (1, 2):
            unit.lessons.add(
                Lesson(id=unit.new_id(), program_id=program, kind="rating", mentor_id=one, mentee_id=other, rating=4.0, fits={"a": 0.5}, at=unit.now)
            )
        assert unit.lessons.untaught() == [1, 2]
        unit.lessons.mark(1)
        assert unit.lessons.untaught() == [2]
        unit.lessons.move([Move(id=unit.new_id(), program_id=1, criterion="a", earlier=1.0, later=1.5, because={"lessons": 9.0}, at=unit.now)], samples=9)
        assert (unit.lessons.factors(1), unit.lessons.factors(2)) == ({"a": (1.5, 9)}, {})
        unit.lessons.forget(1)
        assert (unit.lessons.factors(1), unit.lessons.of_program(1), len(unit.lessons.of_program(2))) == ({}, [], 1)
        assert [move.later for move in unit.lessons.moves(1, limit=5)] == [1.5]

    await database.write(installation, work)
