"""Who is in no group, and why."""

from collections.abc import Iterable, Sequence

from plugin.graph.grouping.fit import Standing, standing
from plugin.graph.grouping.model import Design, Grouping, Left, Person, Slot, Why

NEAREST = 3
"""So many groups are named for somebody who is in none."""

LOOKED_AT = 12
"""So many of those with the fewest barriers are compared by score."""


def left_over(people: Iterable[Person], design: Design, groups: Sequence[Grouping]) -> tuple[Left, ...]:
    """Everybody who is in none of the groups, by number, with the reason and the groups that come nearest."""
    stands = standing(groups, people, design)
    placed = {member for group in groups for member in group.people}
    return tuple(_left(stands, person, groups) for person in stands.people.values() if person.id not in placed)


def _left(stands: Standing, person: Person, groups: Sequence[Grouping]) -> Left:
    barriers = [stands.barriers(person, group) for group in groups]
    order = sorted(range(len(groups)), key=lambda i: (len(barriers[i]), len(groups[i].people), groups[i].key))[:LOOKED_AT]
    scored = []
    for i in order:
        group = groups[i]
        members, mentors = (*group.members, *(() if person.mentor else (person.id,))), (*group.mentors, *((person.id,) if person.mentor else ()))
        scored.append((group.key, stands.teller.tell(group.key, members, mentors, hour=group.hour).score, barriers[i]))
    nearest = sorted(scored, key=lambda each: (len(each[2]), -each[1], each[0]))[:NEAREST]
    return Left(person.id, _why(stands.design, person, barriers), tuple(nearest))


def _why(design: Design, person: Person, barriers: Sequence[tuple[str, ...]]) -> Why:
    if design.slot is Slot.MUST and not person.hours:
        return Why.NO_HOURS
    if person.mentor and barriers and all("full" in each for each in barriers):
        return Why.ENOUGH_MENTORS
    for word, why in (("hour", Why.NO_SHARED_HOUR), ("full", Why.FULL), ("apart", Why.APART), ("together", Why.TOGETHER)):
        barriers = [each for each in barriers if word not in each]
        if not barriers:
            return why
    return Why.NOT_PLACED
