"""Whole rounds: from people, criteria and rules to pairs with reasons, prices and the curve."""

import pickle
from dataclasses import replace

import pytest
from hypothesis import assume
from hypothesis import given as holds
from hypothesis import strategies as st

from plugin.domain.designs import Criterion, CriterionKind, Design
from plugin.errors import Invalid, NotFound
from plugin.graph.criteria import Person, Sides
from plugin.graph.criteria.rounds import Task, compute, pose, why_not
from plugin.graph.matching import Cancelled, Contradiction, Objective, Seat, conflict
from tests.plugin.graph.criteria.make import FIRST_MENTOR, TRACK, criteria, sides, task

ZONE = Criterion(key="zone", kind=CriterionKind.TIMEZONE)


def simple(offsets: list[float], mentors: list[float], **about: object) -> Task:
    people = Sides(
        mentees=[Person(id=1 + i, utc_offset=offset) for i, offset in enumerate(offsets)],
        mentors=[Person(id=FIRST_MENTOR + i, utc_offset=offset) for i, offset in enumerate(mentors)],
    )
    return task(people, Design(criteria=(ZONE,), rules=()), **about)  # type: ignore[arg-type]  # keyword arguments of tests


def paired(made: Task) -> set[tuple[int, int]]:
    return {(pair.mentee_id, pair.mentor_id) for pair in compute(made).pairs}


@pytest.mark.slow
@holds(
    about=sides(),
    asked=criteria(),
    objective=st.sampled_from([Objective.TOTAL, Objective.FAIR, Objective.STABLE_MENTEE, Objective.EVEN_LOAD]),
    seed=st.integers(0, 3),
)
def test_a_round_is_explained_keeps_the_rules_and_is_the_same_again(about: Sides, asked: tuple[Criterion, ...], objective: Objective, seed: int) -> None:
    made = task(about, Design(criteria=asked, rules=(TRACK,), objective=objective.value, seed=seed))
    outcome = compute(made)
    assert outcome == compute(pickle.loads(pickle.dumps(made)))  # noqa: S301 - our own
    tracks = {person.id: person.track for person in (*about.mentees, *about.mentors)}
    for pair in outcome.pairs:
        assert tracks[pair.mentor_id] == tracks[pair.mentee_id] is not None
        assert frozenset({pair.mentor_id, pair.mentee_id}) not in about.known.blocked
        assert sum(part.contribution for part in pair.parts) == pytest.approx(pair.score, abs=1e-12)
    placed = {pair.mentee_id for pair in outcome.pairs}
    assert placed | {one.mentee_id for one in outcome.waiting} == {person.id for person in about.mentees}
    assert len(placed) == len(outcome.pairs)


@pytest.mark.slow
@holds(about=sides(), asked=criteria())
def test_a_rule_never_raises_the_best_total(about: Sides, asked: tuple[Criterion, ...]) -> None:
    free = Design(criteria=asked, rules=(), placing="best")
    bound = replace(free, rules=(TRACK,))
    assert compute(task(about, bound)).figures["total"] <= compute(task(about, free)).figures["total"] + 1e-9  # type: ignore[operator]  # figures are numbers


def test_rules_are_priced() -> None:
    people = Sides(
        mentees=[Person(id=1, utc_offset=0.0, track="x")], mentors=[Person(id=100, utc_offset=0.0, track="y"), Person(id=101, utc_offset=6.0, track="x")]
    )
    figures = compute(task(people, Design(criteria=(ZONE,), rules=(TRACK,)))).figures
    price = next(one for one in figures["rules"] if one["name"] == "same track")  # type: ignore[attr-defined]  # a list
    assert price == {
        "name": "same track",
        "kind": "must",
        "removed": 1,
        "removed_alone": 1,
        "total": pytest.approx(0.5),
        "total_without": pytest.approx(1.0),
        "placed": 1,
        "placed_without": 1,
    }
    assert figures["curve"]


def test_pins_and_bans_are_kept() -> None:
    assert paired(simple([0.0, 6.0], [0.0, 6.0])) == {(1, 100), (2, 101)}
    assert paired(simple([0.0, 6.0], [0.0, 6.0], pins=((1, 101),))) == {(1, 101), (2, 100)}
    assert paired(simple([0.0, 6.0], [0.0, 6.0], bans=((1, 100),))) == {(1, 101), (2, 100)}


def test_a_pin_against_a_rule_names_both() -> None:
    people = Sides(mentees=[Person(id=1, track="x")], mentors=[Person(id=100, track="y")])
    asked = task(people, Design(criteria=(ZONE,), rules=(TRACK,)), pins=((1, 100),))
    with pytest.raises(Contradiction) as raised:
        compute(asked)
    assert {cause.kind for cause in raised.value.causes} == {"rule", "pin"} == {cause.kind for cause in conflict(pose(asked).problem)}


def test_who_joins_sets_off_only_what_follows() -> None:
    before = compute(simple([0.0], [0.0, 6.0]))
    joined = simple([0.0, 6.0], [0.0, 6.0], joining=2, previous=tuple((p.mentee_id, p.mentor_id, p.score) for p in before.pairs))
    outcome = compute(replace(joined, design=replace(joined.design, placing="best")))
    assert {(p.mentee_id, p.mentor_id) for p in outcome.pairs} == {(1, 100), (2, 101)}
    assert (outcome.figures["how"], outcome.figures["made"], outcome.figures["broken"]) == ("paths", 1, 0)


@pytest.mark.slow
@holds(about=sides(), asked=criteria())
def test_who_joins_gets_the_round_that_all_together_would_get(about: Sides, asked: tuple[Criterion, ...]) -> None:
    assume(len(about.mentees) > 1)
    design = Design(criteria=asked, rules=(), placing="best")
    whole = compute(task(about, design))
    first = compute(task(Sides(mentees=about.mentees[:-1], mentors=about.mentors, known=about.known), design))
    standing = tuple((p.mentee_id, p.mentor_id, p.score) for p in first.pairs)
    joined = compute(task(about, design, joining=about.mentees[-1].id, previous=standing))
    assert joined.figures["total"] == pytest.approx(whole.figures["total"], abs=1e-6)


def test_a_rematch_keeps_what_still_can_be() -> None:
    again = simple([0.0, 6.0], [0.0, 6.0], keep=((1, 101), (9, 100)))
    outcome = compute(again)
    assert {(p.mentee_id, p.mentor_id) for p in outcome.pairs} == {(1, 101), (2, 100)}
    assert (outcome.figures["kept"], outcome.figures["lost"]) == (1, 1)
    assert not any(pair.pinned for pair in outcome.pairs)


def test_who_waits_has_a_reason_and_alternatives() -> None:
    outcome = compute(simple([0.0, 1.0], [0.0]))
    assert [(one.mentee_id, one.missing, one.reason) for one in outcome.waiting] == [(2, 1, "full")]
    assert [(one.mentee_id, one.mentor_id, one.rank, one.remaining) for one in outcome.others] == [(2, 100, 1, 0)]


def test_why_not_is_told_with_its_price() -> None:
    made = simple([0.0, 6.0], [0.0, 6.0])
    now = replace(made, previous=tuple((p.mentee_id, p.mentor_id, p.score) for p in compute(made).pairs))
    told = why_not(now, 1, 101)
    assert not told.together
    assert told.loss == pytest.approx(1.0)
    assert why_not(now, 1, 100).together
    with pytest.raises(NotFound):
        why_not(now, 1, 999)


def test_choices_are_looked_at_where_they_count() -> None:
    made = simple([0.0, 0.0], [0.0, 6.0], ranks={(1, 101): 1, (1, 100): 2, (2, 101): 1, (2, 100): 2})
    made = replace(made, design=replace(made.design, objective=Objective.CHOICES_GREEDY.value))
    assert compute(made).figures["profile"] == [1, 1]
    assert paired(replace(made, ranks={(1, 101): 1})) == {(1, 101), (2, 100)}


@pytest.mark.parametrize(
    ("seats", "mentees", "code"),
    [((), [1], "empty_side"), ((Seat(100),), [], "empty_side"), ((Seat(100, 0),), [1], "bad_capacity"), ((Seat(100), Seat(1)), [1], "two_roles")],
)
def test_what_no_round_can_be_made_of_is_refused(seats: tuple[Seat, ...], mentees: list[int], code: str) -> None:
    people = Sides(mentees=[Person(id=one) for one in mentees], mentors=[Person(id=seat.id) for seat in seats])
    with pytest.raises(Invalid) as raised:
        pose(Task(round_id=1, design=Design(criteria=(ZONE,)), sides=people, seats=seats))
    assert raised.value.code == code


def test_it_can_be_stopped() -> None:
    with pytest.raises(Cancelled):
        compute(simple([0.0], [0.0]), lambda: True)
