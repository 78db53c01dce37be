"""What groups are formed from: everybody of a program with their answers and hours, a design, and who is to be together or apart."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from plugin.domain.designs import GroupDesign
from plugin.domain.groups import Group, GroupState
from plugin.domain.members import Member
from plugin.domain.programs import Role
from plugin.domain.rounds import Choice, ChoiceKind, Round
from plugin.errors import Invalid
from plugin.graph import criteria
from plugin.graph.grouping import Aim, Demand, Design, Grouping, Impossible, Kind, Person, Slot, Trait, cannot_hold
from plugin.services.matching import round_inputs
from plugin.store.unit_of_work import UnitOfWork

Sets = tuple[frozenset[int], ...]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Who is to be together, and who apart, as somebody decided it."""

    together: Sets = ()
    apart: Sets = ()


@dataclass(frozen=True, kw_only=True)
class Task:
    """What groups are formed from, as plain data that can go to another process. ``asked`` leaves out whom the community keeps apart itself."""

    people: tuple[Person, ...]
    design: Design
    seed: int
    asked: Asked = Asked()


def load(unit: UnitOfWork, program_id: int, design: GroupDesign, *, asked: Asked, seated: Collection[int] = ()) -> Task:
    """Read what groups of a program are formed from, now. ``seated`` are there whoever they are, mentors and members who pause among them.

    Raises :class:`Invalid` for an empty side or somebody in both roles.
    """
    people = round_inputs.everybody(unit, program_id, also=seated)
    roles: dict[int, set[Role]] = {}
    for role, person in people:
        roles.setdefault(person.id, set()).add(role)
    round_inputs.refuse_two_roles(unit, {member for member, found in roles.items() if len(found) > 1})
    if not any(role is Role.MENTEE for role, _ in people):
        raise Invalid("there are no mentees in this program: approve applications first", code="empty_side", field="mentees")
    made = tuple(
        Person(
            id=person.id,
            traits=_traits(person),
            hours=frozenset() if person.free is None else frozenset(person.free.nonzero()[0].tolist()),
            mentor=role is Role.MENTOR,
        )
        for role, person in people
        if role is Role.MENTEE or design.mentors or person.id in seated
    )
    here = {person.id for person in made}
    kept = Asked(together=tuple(one for one in asked.together if one <= here), apart=tuple(one for one in asked.apart if one <= here))
    return Task(
        people=made,
        design=Design(
            smallest=design.smallest,
            largest=design.largest,
            aims=(*(Aim(name, Kind.DIVERSIFY) for name in design.diversify), *(Aim(name, Kind.CLUSTER) for name in design.cluster)),
            together=kept.together,
            apart=(*kept.apart, *(one for one in round_inputs.kept_apart(unit, here) if one <= here)),
            mentors=min(1, design.mentors),
            most_mentors=design.mentors,
            slot=Slot.MUST if design.shared_slot else Slot.IGNORE,
        ),
        seed=design.seed,
        asked=kept,
    )


def _traits(person: criteria.Person) -> dict[str, Trait]:
    traits: dict[str, Trait] = {key: value for key, value in person.answers.items() if isinstance(value, float | frozenset)}
    if person.track:
        traits["track"] = person.track
    return traits


def of_round(unit: UnitOfWork, one: Round, *, chosen: Sequence[Choice] = ()) -> Task:
    """What the groups of a round are formed from; ``chosen`` as if it were decided already. Who is pinned stays with whoever is pinned beside them."""
    asked = asked_of(unit, one.id, chosen=chosen)
    pinned: list[frozenset[int]] = []
    for group in unit.our_groups.of_round(one.id):
        held = [seat.member_id for seat in group.seats if seat.pinned]
        pinned += [frozenset({held[0], other}) for other in held[1:]]
    return load(unit, one.program_id, one.grouping, asked=replace(asked, together=(*asked.together, *pinned)))


def asked_of(unit: UnitOfWork, round_id: int, *, chosen: Sequence[Choice] = ()) -> Asked:
    """Who is to be together and who apart in a round."""
    decided = {frozenset({each.one, each.other}): each.kind for each in (*unit.rounds.choices(round_id), *chosen)}
    return Asked(
        together=tuple(pair for pair, kind in decided.items() if kind is ChoiceKind.TOGETHER),
        apart=tuple(pair for pair, kind in decided.items() if kind is ChoiceKind.APART),
    )


def of_running(unit: UnitOfWork, program_id: int, running: Sequence[Group], design: GroupDesign | None) -> Task:
    """What groups that run are filled and merged by: the design of the round that formed the newest of them where none is given, and what each round asked."""
    asked = [asked_of(unit, number) for number in sorted({group.round_id for group in running if group.round_id is not None})]
    wanted = design or newest_design(unit, running)
    mentors = max((len(group.mentors) for group in running), default=0)
    return load(
        unit,
        program_id,
        replace(wanted, mentors=max(wanted.mentors, mentors)),
        asked=Asked(together=tuple(pair for each in asked for pair in each.together), apart=tuple(pair for each in asked for pair in each.apart)),
        seated={seat.member_id for group in running for seat in group.seats},
    )


def newest_design(unit: UnitOfWork, running: Iterable[Group]) -> GroupDesign:
    """What was asked of the newest of these groups."""
    rounds = [one for number in {group.round_id for group in running if group.round_id is not None} if (one := unit.rounds.get(number)) is not None]
    return max(rounds, key=lambda one: one.created_at).grouping if rounds else GroupDesign()


def running_of(unit: UnitOfWork, program_id: int) -> list[Group]:
    """The groups of a program that run."""
    return unit.our_groups.of_program(program_id, state=GroupState.RUNNING)


def present(running: Sequence[Group], task: Task) -> list[Group]:
    """The groups with those in them who are still there; who withdrew keeps the place they have, and counts for nothing."""
    here = {(person.id, person.mentor) for person in task.people}
    return [replace(group, seats=tuple(seat for seat in group.seats if (seat.member_id, seat.mentor) in here)) for group in running]


def as_grouping(group: Group) -> Grouping:
    """A group as the solvers see it."""
    return Grouping(key=group.id, members=group.members, mentors=group.mentors, hour=group.slot)


def in_words(unit: UnitOfWork, task: Task, error: Impossible) -> Impossible:
    """The same with names in place of numbers. Of those whom the community keeps apart itself nobody is named: that is for nobody to see."""
    if not error.demands:
        return error
    listed = [one for one in error.demands if not secret(task, one)]
    names = unit.members.many({member for one in listed for member in one.people})
    said = [f" {'together with' if one.kind == 'together' else 'apart from'} ".join(sorted(_name(names, member) for member in one.people)) for one in listed]
    if len(listed) < len(error.demands):
        said.append("whom the community keeps apart itself")
    return cannot_hold(said, task.design, demands=tuple(listed))


def secret(task: Task, demand: Demand) -> bool:
    """Whether something is asked by the community itself, as by a block, and not by who manages the program."""
    return demand.kind == "apart" and not any(set(demand.people) <= each for each in task.asked.apart)


def _name(names: Mapping[int, Member], member_id: int) -> str:
    found = names.get(member_id)
    return found.username if found is not None else "a former member"
