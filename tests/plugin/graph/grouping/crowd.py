"""Small crowds, and what every answer must keep."""

from collections.abc import Sequence
from itertools import combinations

import numpy as np
from hypothesis import strategies as st

from plugin.graph.grouping import Aim, Design, Grouping, Kind, Person, Slot

AIMS = (Aim("field", Kind.DIVERSIFY), Aim("skills", Kind.CLUSTER, 0.5), Aim("age", Kind.CLUSTER, 2.0), Aim("years", Kind.DIVERSIFY))


def person(number: int, *, mentor: bool = False, hours: Sequence[int] = (), **traits: str | float | frozenset[str]) -> Person:
    return Person(number, traits, frozenset(hours), mentor)


def crowd(seed: int, members: int, mentors: int = 0, *, hours: int = 6) -> list[Person]:
    """Made-up people: a word, several words, two numbers, one of them often missing; most can meet at half of the hours."""
    lot = np.random.default_rng(seed)
    people = []
    for number in range(members + mentors):
        traits: dict[str, str | float | frozenset[str]] = {
            "field": str(lot.choice(["art", "code", "law"], p=[0.5, 0.3, 0.2])),
            "skills": frozenset(str(word) for word in lot.choice(["chess", "go", "risk"], size=int(lot.integers(1, 3)), replace=False)),
            "age": float(lot.integers(18, 80)),
        }
        if lot.random() < 0.5:
            traits["years"] = int(lot.integers(0, 9))
        people.append(Person(number, traits, frozenset(np.flatnonzero(lot.random(hours) < 0.5).tolist()), number >= members))
    return people


@st.composite
def rounds(draw: st.DrawFn, *, slot: Slot = Slot.IGNORE, rules: bool = True) -> tuple[list[Person], Design]:
    """People and a design whose sizes they can fill; rules may contradict."""
    groups, smallest = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    largest = draw(st.integers(smallest, smallest + 2))
    members = draw(st.integers(groups * smallest, groups * largest))
    least = draw(st.integers(0, 2))
    most = draw(st.integers(least, least + 1))
    mentors = draw(st.integers(least * -(-members // largest), least * -(-members // largest) + 4))
    people = crowd(draw(st.integers(0, 99)), members, mentors)
    everyone = st.sampled_from(range(members + mentors))
    pairs = st.lists(st.frozensets(everyone, min_size=2, max_size=3), max_size=2) if rules and members + mentors > 2 else st.just([])
    together, apart = tuple(draw(pairs)), tuple(draw(pairs))
    aims = tuple(aim for aim in AIMS if draw(st.booleans()))
    return people, Design(smallest, largest, aims, together, apart, least, most, slot)


def check(people: Sequence[Person], design: Design, groups: Sequence[Grouping], *, everybody: bool) -> None:
    """Sizes, roles, rules, hours, sums."""
    by_id = {each.id: each for each in people}
    placed = [member for group in groups for member in group.people]
    assert len(set(placed)) == len(placed)
    if everybody:
        assert {each.id for each in people if not each.mentor} <= set(placed)
    assert len({group.key for group in groups}) == len(groups)
    where = {member: group.key for group in groups for member in group.people}
    for group in groups:
        assert design.smallest <= len(group.members) <= design.largest
        assert design.mentors <= len(group.mentors) <= design.mentors_at_most
        assert not any(by_id[member].mentor for member in group.members)
        assert all(by_id[member].mentor for member in group.mentors)
        told(people, design, group)
    for each in design.together:
        assert len({where.get(member) for member in each}) == 1
    for each in design.apart:
        assert all(where.get(a) is None or where.get(a) != where.get(b) for a, b in combinations(each, 2))


def told(people: Sequence[Person], design: Design, group: Grouping) -> None:
    by_id = {each.id: each for each in people}
    assert abs(sum(each.contribution for each in group.because) - (group.score if group.because else 0.0)) < 1e-9
    assert -1e-9 <= group.score <= 1 + 1e-9
    assert all(0 <= each.met <= 1 and each.misses >= 0 for each in group.because)
    if design.slot is not Slot.IGNORE:
        shared = frozenset.intersection(*(by_id[member].hours for member in group.people))
        assert frozenset(group.hours) == shared
        assert set(group.absent) == {member for member in group.people if group.hour not in by_id[member].hours and group.hour is not None}
    if design.slot is Slot.MUST:
        assert group.hour in group.hours
        assert not group.absent
