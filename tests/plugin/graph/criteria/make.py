"""Made-up people for criteria."""

from hypothesis import strategies as st

from plugin.domain.designs import Criterion, CriterionKind, Design, Importance, Rule, RuleAbout, RuleWay, Side
from plugin.graph.availability import slots
from plugin.graph.criteria import Known, Person, Sides
from plugin.graph.criteria.rounds import Task
from plugin.graph.matching import Seat

FIRST_MENTOR = 100
SKILLS = ("python", "design", "sales")


@st.composite
def people(draw: st.DrawFn, number: int, *, mentor: bool) -> Person:
    """Somebody who said more or less."""
    skills = draw(st.dictionaries(st.sampled_from(SKILLS), st.sampled_from([1.0, 2.0, 4.0])))
    days = draw(st.lists(st.integers(0, 6), max_size=3))
    zone = draw(st.one_of(st.none(), st.sampled_from([-8.0, 0.0, 5.5, 12.0])))
    answers: dict[str, float | frozenset[str] | dict[int, int]] = {}
    if draw(st.booleans()):
        answers["field"] = frozenset(draw(st.lists(st.sampled_from("abc"), min_size=1, max_size=2)))
    if draw(st.booleans()):
        answers["age"] = float(draw(st.integers(0, 10)))
    if draw(st.booleans()):
        answers["about"] = draw(st.dictionaries(st.integers(0, 9), st.integers(1, 3), min_size=1, max_size=4))
    return Person(
        id=number,
        wants=None if mentor else skills or None,
        offers=skills or None if mentor else None,
        goals=draw(st.one_of(st.none(), st.dictionaries(st.integers(0, 9), st.integers(1, 3), min_size=1, max_size=4))),
        languages=draw(st.one_of(st.none(), st.frozensets(st.sampled_from(("en", "de")), min_size=1))),
        utc_offset=zone,
        free=slots([(day, 600, 720) for day in days], offset_hours=zone or 0.0) if days else None,
        seniority=draw(st.one_of(st.none(), st.floats(0, 20))),
        track=draw(st.sampled_from([None, "x", "y"])),
        answers=answers,
    )


@st.composite
def sides(draw: st.DrawFn) -> Sides:
    mentees = [draw(people(number, mentor=False)) for number in range(1, 1 + draw(st.integers(1, 5)))]
    mentors = [draw(people(FIRST_MENTOR + number, mentor=True)) for number in range(draw(st.integers(1, 4)))]
    pairs = st.tuples(st.sampled_from([one.id for one in mentors]), st.sampled_from([one.id for one in mentees]))
    known = Known(
        blocked=frozenset(frozenset(pair) for pair in draw(st.lists(pairs, max_size=2))),
        already=frozenset(draw(st.lists(pairs, max_size=2))),
        past=draw(st.dictionaries(pairs, st.floats(0, 1), max_size=3)),
        expertise=draw(st.dictionaries(pairs, st.floats(0, 1), max_size=3)),
        needy=frozenset(draw(st.lists(st.sampled_from([one.id for one in mentees]), max_size=3))),
    )
    return Sides(mentees=mentees, mentors=mentors, known=known)


@st.composite
def criteria(draw: st.DrawFn) -> tuple[Criterion, ...]:
    kinds = draw(st.lists(st.sampled_from(list(CriterionKind)), min_size=1, max_size=5, unique=True))
    return tuple(
        Criterion(
            key=kind.value,
            kind=kind,
            importance=draw(st.sampled_from([Importance.HIGH, Importance.MEDIUM, Importance.LOW])),
            side=draw(st.sampled_from(list(Side))),
            question=draw(st.sampled_from(["field", "age", "about"])) if kind in {CriterionKind.ANSWER, CriterionKind.BACKGROUND} else "",
            different=draw(st.booleans()),
            low=2.0,
            high=8.0,
        )
        for kind in kinds
    )


def task(about: Sides, design: Design, *, capacity: int = 1, **more: object) -> Task:
    return Task(round_id=1, design=design, sides=about, seats=tuple(Seat(one.id, capacity) for one in about.mentors), **more)  # type: ignore[arg-type]  # keyword arguments of tests


TRACK = Rule(name="same track", way=RuleWay.MUST, about=RuleAbout.TRACK)
