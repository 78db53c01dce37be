"""Groups: formed by the worker, adjusted by hand, published into the host; newcomers placed, and groups that shrank merged."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from mentorgraph.host import AddToGroup, Capability, CreateGroup, RemoveFromGroup
from plugin.domain.groups import Group, GroupState, Seat
from plugin.domain.people import Principal, Scope
from plugin.domain.programs import Role
from plugin.domain.rounds import ChoiceKind, Command, GroupDesign, Round, RoundState, Waiting
from plugin.errors import Conflict, Forbidden, Invalid, NotFound
from plugin.graph import criteria, grouping
from plugin.graph.grouping import Aim, Design, Grouping, Kind, Left, Person, Slot, Trait
from plugin.services import computing, introducing, mentoring, round_inputs, safeguarding
from plugin.services.computing import Beat
from plugin.services.managing import managers_of, require_manager
from plugin.services.outgoing import post
from plugin.services.round_checks import step
from plugin.services.runtime import Runtime
from plugin.services.telling import tell
from plugin.store.unit_of_work import UnitOfWork

APART_FROM = 400
"""From so many people on groups are formed in a process of their own."""

MONDAY = datetime(2024, 1, 1, tzinfo=UTC)
"""Some Monday, to name half hours of a week."""


@dataclass(frozen=True, kw_only=True)
class Task:
    """What groups are formed from, as plain data that can go to another process."""

    people: tuple[Person, ...]
    design: Design
    seed: int


@dataclass(frozen=True, kw_only=True)
class Formed:
    """Groups, and who is in none."""

    groups: tuple[Grouping, ...]
    left: tuple[Left, ...]


def load(unit: UnitOfWork, program_id: int, design: GroupDesign, *, together: Iterable[frozenset[int]] = (), apart: Iterable[frozenset[int]] = ()) -> Task:
    """Read what groups of a program are formed from, now. Raises :class:`Invalid` for an empty side or somebody in both roles."""
    people = round_inputs.everybody(unit, program_id)
    roles: dict[int, set[Role]] = {}
    for role, person in people:
        roles.setdefault(person.id, set()).add(role)
    if any(len(found) > 1 for found in roles.values()):
        raise Invalid("somebody is both mentor and mentee in this program: withdraw one enrolment", code="two_roles", field="mentees")
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
        if role is Role.MENTEE or design.mentors
    )
    here = {person.id for person in made}
    return Task(
        people=made,
        design=Design(
            smallest=design.smallest,
            largest=design.largest,
            aims=(*(Aim(name, Kind.DIVERSIFY) for name in design.diversify), *(Aim(name, Kind.CLUSTER) for name in design.cluster)),
            together=tuple(one for one in together if one <= here),
            apart=tuple(one for one in (*apart, *round_inputs.kept_apart(unit, here)) if one <= here),
            mentors=min(1, design.mentors),
            most_mentors=design.mentors,
            slot=Slot.MUST if design.shared_slot else Slot.IGNORE,
        ),
        seed=design.seed,
    )


def _traits(person: criteria.Person) -> dict[str, Trait]:
    traits: dict[str, Trait] = {key: value for key, value in person.answers.items() if isinstance(value, float | frozenset)}
    if person.track:
        traits["track"] = person.track
    return traits


def form(task: Task, cancelled: computing.Asked = None, progress: computing.Told = None) -> Formed:
    """Groups by the design. Raises :class:`~plugin.graph.grouping.Impossible` with a smallest set that cannot hold together."""
    groups = grouping.form(task.people, task.design, seed=task.seed, cancelled=cancelled, progress=progress)
    return Formed(groups=tuple(groups), left=grouping.left_over(task.people, task.design, groups))


async def compute(runtime: Runtime, installation_id: int, one: Round, *, beat: Beat, every: float) -> None:
    """Form the groups of a round that is being computed, and keep them as drafts."""

    def read(unit: UnitOfWork) -> Task:
        choices = unit.rounds.choices(one.id)
        together = [frozenset({each.one, each.other}) for each in choices if each.kind in {ChoiceKind.TOGETHER, ChoiceKind.PIN}]
        apart = [frozenset({each.one, each.other}) for each in choices if each.kind in {ChoiceKind.APART, ChoiceKind.FORBID}]
        for group in unit.our_groups.of_round(one.id):
            held = [seat.member_id for seat in group.seats if seat.pinned]
            together += [frozenset({held[0], other}) for other in held[1:]]
        return load(unit, one.program_id, one.grouping, together=together, apart=apart)

    task = await runtime.database.read(installation_id, read)
    formed = await computing.run(form, task, apart=len(task.people) > APART_FROM, beat=beat, every=every)
    await runtime.database.write(installation_id, lambda unit: _keep(unit, one, task, formed))
    runtime.bus.tell(installation_id)


def _keep(unit: UnitOfWork, one: Round, task: Task, formed: Formed) -> None:
    now = unit.rounds.lock(one.id)
    if now is None or now.state is not RoundState.COMPUTING or now.run != one.run:
        return
    found = unit.members.many(person.id for person in task.people)
    if len(found) < len(task.people) or not all(member.takes_part for member in found.values()):
        unit.wake("rounds")
        return
    pinned = {seat.member_id for group in unit.our_groups.of_round(one.id) for seat in group.seats if seat.pinned}
    unit.our_groups.drop_drafts(one.id)
    for number, group in enumerate(formed.groups, start=1):
        made = Group(
            id=unit.new_id(),
            program_id=one.program_id,
            round_id=one.id,
            number=number,
            name=f"{one.name} {number}",
            state=GroupState.DRAFT,
            slot=group.hour,
            reasons=_reasons(group),
            created_at=unit.now,
        )
        unit.our_groups.put(made)
        unit.our_groups.seat(made.id, _seats(group, pinned), at=unit.now)
    unit.rounds.clear(one.id)
    unit.rounds.keep_waiting(one.id, [Waiting(mentee_id=left.person, missing=1, reason=left.why.value) for left in formed.left])
    unit.rounds.settle_choices(one.id, done=True)
    figures: dict[str, object] = {
        "groups": len(formed.groups),
        "people": len(task.people),
        "placed": sum(len(group.people) for group in formed.groups),
        "misses": sum(because.misses for group in formed.groups for because in group.because),
        "mean_score": sum(group.score for group in formed.groups) / len(formed.groups) if formed.groups else 0.0,
        "with_shared_slot": sum(bool(group.hours) for group in formed.groups),
    }
    done = step(now.state, Command.FINISH, by_hand=bool(pinned))
    unit.rounds.put(replace(now, state=done, progress=1.0, figures=figures, failure="", computed_at=unit.now))
    unit.record("round.computed", actor="worker", round=str(one.id), run=one.run)


def _seats(group: Grouping, pinned: Iterable[int] = ()) -> list[Seat]:
    held = set(pinned)
    return [
        *(Seat(member_id=one, mentor=True, pinned=one in held) for one in group.mentors),
        *(Seat(member_id=one, pinned=one in held) for one in group.members),
    ]


def _reasons(group: Grouping) -> list[dict[str, object]]:
    """How far each aim is met: counts of answers, never who gave them."""
    return [
        {
            "attribute": one.attribute,
            "kind": one.kind.value,
            "met": one.met,
            "contribution": one.contribution,
            "misses": one.misses,
            "values": [list(value) for value in one.values],
        }
        for one in group.because
    ]


def slot_words(slot: int | None) -> str:
    """A half hour of the week in UTC, such as ``Monday 18:30``."""
    return "" if slot is None else (MONDAY + timedelta(minutes=30 * slot)).strftime("%A %H:%M")


# ---------------------------------------------------------------------------------------------------------------------- by hand


async def move(runtime: Runtime, principal: Principal, *, member_id: int, group_id: int, pin: bool) -> Group:
    """Put somebody into another draft of the same round, and with ``pin`` keep them with whoever is pinned there when it is computed anew.

    Raises :class:`Invalid` for somebody who is in no group of the round, :class:`Conflict` where the group has no place.
    """

    def work(unit: UnitOfWork) -> Group:
        group = found(unit, principal, group_id)
        one = unit.rounds.lock(group.round_id) if group.round_id is not None else None
        if one is None or group.state is not GroupState.DRAFT:
            raise Conflict("only drafts can be changed by hand: this group runs already", code="illegal_transition", field="group")
        step(one.state, Command.ADJUST)
        others = unit.our_groups.of_round(one.id)
        here = next((each for each in others if any(seat.member_id == member_id for seat in each.seats)), None)
        waiting = {each.mentee_id for each in unit.rounds.waiting(one.id)}
        if here is None and member_id not in waiting:
            raise Invalid("this member is in no group of this round and does not wait for one", field="member", code="unknown_member")
        seat = next((each for each in here.seats if each.member_id == member_id), Seat(member_id=member_id)) if here is not None else Seat(member_id=member_id)
        if not seat.mentor and here != group and len(group.members) >= one.grouping.largest:
            raise Conflict(
                "this group has {largest} members, the most it may have: move somebody out first", code="full", field="group", largest=one.grouping.largest
            )
        if here is not None and here.id != group.id:
            unit.our_groups.seat(here.id, [each for each in here.seats if each.member_id != member_id], at=unit.now)
        unit.our_groups.seat(group.id, [*(each for each in group.seats if each.member_id != member_id), replace(seat, pinned=pin)], at=unit.now)
        unit.rounds.keep_waiting(one.id, [each for each in unit.rounds.waiting(one.id) if each.mentee_id != member_id])
        unit.rounds.put(replace(one, state=RoundState.ADJUSTED))
        unit.record("group.moved", actor=_actor(principal), group=str(group.id))
        return found(unit, principal, group_id)

    return await runtime.database.write(principal.installation_id, work)


async def of_round(runtime: Runtime, principal: Principal, round_id: int) -> list[Group]:
    """The groups of a round, for who manages its program."""

    def work(unit: UnitOfWork) -> list[Group]:
        one = unit.rounds.get(round_id)
        if one is None:
            raise _unknown(principal)
        require_manager(unit, principal, one.program_id)
        return unit.our_groups.of_round(round_id)

    return await runtime.database.read(principal.installation_id, work)


async def running(runtime: Runtime, principal: Principal, program_id: int) -> list[Group]:
    """The running groups of a program, for who manages it."""

    def work(unit: UnitOfWork) -> list[Group]:
        require_manager(unit, principal, program_id)
        return unit.our_groups.of_program(program_id, state=GroupState.RUNNING)

    return await runtime.database.read(principal.installation_id, work)


async def mine(runtime: Runtime, principal: Principal) -> list[Group]:
    """The running groups that the viewer is in."""
    member_id = principal.member_id
    if member_id is None:
        return []
    return await runtime.database.read(principal.installation_id, lambda unit: unit.our_groups.of_member(member_id))


async def visible(runtime: Runtime, principal: Principal, group_id: int) -> Group | None:
    """A group for who manages its program, and a running one for who is in it; ``None`` for anybody else."""

    def work(unit: UnitOfWork) -> Group | None:
        group = unit.our_groups.get(group_id)
        if group is None:
            return None
        if group.state is GroupState.RUNNING and principal.may(Scope.ME) and principal.member_id in {seat.member_id for seat in group.seats}:
            return group
        try:
            require_manager(unit, principal, group.program_id)
        except (Forbidden, NotFound):
            return None
        return group

    return await runtime.database.read(principal.installation_id, work)


def _unknown(principal: Principal) -> NotFound | Forbidden:
    return NotFound("there is no such group") if principal.may(Scope.PROGRAMS) else Forbidden("this is for managers of the program")


def found(unit: UnitOfWork, principal: Principal, group_id: int) -> Group:
    """A group, for who manages its program. Raises :class:`NotFound`."""
    group = unit.our_groups.get(group_id)
    if group is None:
        raise _unknown(principal)
    require_manager(unit, principal, group.program_id)
    return group


# ---------------------------------------------------------------------------------------------------------------------- into the host


def begin(unit: UnitOfWork, group: Group, *, capabilities: frozenset[Capability]) -> None:
    """Let a draft run: its mentorship begins and the host is asked for a group, or for a message to all of it, whichever it can do.

    Raises what :func:`plugin.services.mentoring.begin` raises; nothing is done then.
    """
    if unit.blocks.within(seat.member_id for seat in group.seats):
        raise Conflict("members of this group are kept apart: one of them wished it", code="blocked", field="group")
    safeguarding.check_together(unit, [seat.member_id for seat in group.seats])
    with unit.savepoint():
        for mentor in group.mentors[:1]:
            if group.members:
                mentoring.begin(
                    unit,
                    program_id=group.program_id,
                    mentor_id=mentor,
                    mentee_ids=group.members,
                    source="group",
                    by=f"round:{group.round_id}",
                    group_id=group.id,
                )
        key, note = _tell_host(unit, group, capabilities)
        unit.our_groups.put(replace(group, state=GroupState.RUNNING, published_at=unit.now, host_key=key, note=note))
        _introduce(unit, group)


def _tell_host(unit: UnitOfWork, group: Group, capabilities: frozenset[Capability]) -> tuple[str, str]:
    people = unit.members.many(seat.member_id for seat in group.seats)
    names = tuple(people[seat.member_id].username for seat in group.seats if seat.member_id in people)
    mentors = tuple(people[one].username for one in group.mentors if one in people)
    if any(safeguarding.is_minor(unit, one) for one in people):
        # We open no private place with somebody under age in it that nobody else sees.
        watching = tuple(one.username for one in unit.members.many(managers_of(unit, group.program_id)).values() if one.id not in people)
        names, mentors = names + watching, mentors + watching
    key = f"group:{group.id}"
    if Capability.GROUPS in capabilities:
        message = CreateGroup(slug=f"mentoring-{group.id % 10**8}", title=group.name, member_usernames=names, owner_usernames=mentors)
        post(message, kind="group", key=key, member_id=None, unit=unit)
        return key, ""
    if Capability.DIRECT_MESSAGES in capabilities:
        return "", "this host has no groups: the members share a conversation instead"
    return "", "this host has neither groups nor messages: tell the members yourself"


def _introduce(unit: UnitOfWork, group: Group) -> None:
    """Bring all of a group together in one message. With somebody under age in it each is told alone: we open no place that nobody else sees."""
    people = [seat.member_id for seat in group.seats]
    if any(safeguarding.is_minor(unit, one) for one in people):
        _tell_each(unit, group, people)
    else:
        introducing.introduce(unit, people, "introduction.group", key=f"group:{group.id}", about=_about(unit, group))


def _tell_each(unit: UnitOfWork, group: Group, people: Iterable[int]) -> None:
    about = _about(unit, group)
    for one in people:
        tell(unit, one, "introduction.group", key=f"group:{group.id}:{one}", about=about)


def _about(unit: UnitOfWork, group: Group) -> dict[str, str | int]:
    program = unit.programs.get(group.program_id)
    about: dict[str, str | int] = {"name": group.name, "program": "" if program is None else program.name}
    if group.slot is None:
        return about
    week = timedelta(days=7)
    since = (unit.now - MONDAY - timedelta(minutes=30 * group.slot)) % week
    return about | {"role": "slot", "at": (unit.now + week - since).isoformat()}


# ---------------------------------------------------------------------------------------------------------------------- groups that run


async def place(runtime: Runtime, principal: Principal, program_id: int, design: GroupDesign) -> list[Group]:
    """Put members who were enrolled since into groups that run; nobody is moved. Returns the groups that changed."""
    host = await _capabilities(runtime, principal.installation_id)

    def work(unit: UnitOfWork) -> list[Group]:
        require_manager(unit, principal, program_id)
        running = unit.our_groups.of_program(program_id, state=GroupState.RUNNING)
        task = load(unit, program_id, design)
        done = grouping.place([_as_grouping(group) for group in running], task.people, task.design, seed=design.seed)
        return _apply(unit, running, done.groups, host, told="group.placed", principal=principal)

    return await runtime.database.write(principal.installation_id, work)


async def merge(runtime: Runtime, principal: Principal, program_id: int, design: GroupDesign) -> list[Group]:
    """Merge running groups that have fewer members than the design's smallest; all others stay. Returns the groups that changed."""
    host = await _capabilities(runtime, principal.installation_id)

    def work(unit: UnitOfWork) -> list[Group]:
        require_manager(unit, principal, program_id)
        running = unit.our_groups.of_program(program_id, state=GroupState.RUNNING)
        task = load(unit, program_id, design)
        here = {person.id for person in task.people}
        present = [_as_grouping(replace(group, seats=tuple(seat for seat in group.seats if seat.member_id in here))) for group in running]
        done = grouping.merge([one for one in present if one.people], task.people, task.design, seed=design.seed)
        return _apply(unit, running, done.groups, host, told="group.merged", principal=principal)

    return await runtime.database.write(principal.installation_id, work)


def _as_grouping(group: Group) -> Grouping:
    return Grouping(key=group.id, members=group.members, mentors=group.mentors, hour=group.slot)


def _apply(
    unit: UnitOfWork, running: Sequence[Group], groups: Sequence[Grouping], capabilities: frozenset[Capability], *, told: str, principal: Principal
) -> list[Group]:
    after = {group.key: group for group in groups}
    changed = []
    for group in running:
        now = after.get(group.id)
        before = {seat.member_id for seat in group.seats}
        if now is None:
            unit.our_groups.put(replace(group, state=GroupState.MERGED))
            unit.our_groups.seat(group.id, [], at=unit.now)
        elif set(now.people) != before:
            kept = {seat.member_id: seat for seat in group.seats}
            unit.our_groups.put(replace(group, slot=now.hour, reasons=_reasons(now)))
            unit.our_groups.seat(group.id, [kept.get(seat.member_id, seat) for seat in _seats(now)], at=unit.now)
            _welcome(unit, group, sorted(set(now.people) - before), capabilities)
        else:
            continue
        changed.append(group.id)
    if changed:
        unit.record(told, actor=_actor(principal), groups=len(changed))
    return [found for number in changed if (found := unit.our_groups.get(number)) is not None]


def _welcome(unit: UnitOfWork, group: Group, newcomers: Sequence[int], capabilities: frozenset[Capability]) -> None:
    """Tell newcomers, and ask the host to let them in. Where it was not asked for the group yet, it is asked for one with all of them instead."""
    _tell_each(unit, group, newcomers)
    if not group.host_key or not newcomers or Capability.GROUPS not in capabilities:
        return
    if unit.outbox.take_back({group.host_key}, why="the group has changed"):
        now = unit.our_groups.get(group.id)
        if now is not None:
            _tell_host(unit, now, capabilities)
        return
    remote = unit.outbox.remote_id(group.host_key)
    people = unit.members.many(newcomers)
    if remote:
        message = AddToGroup(group_id=remote, usernames=tuple(sorted(one.username for one in people.values())))
        post(message, kind="group", key=f"{group.host_key}:{unit.new_id()}", member_id=None, unit=unit)


def leave(unit: UnitOfWork, group: Group, member_id: int) -> None:
    """Take somebody out of a group that runs, in the host too."""
    unit.our_groups.seat(group.id, [seat for seat in group.seats if seat.member_id != member_id], at=unit.now)
    member, remote = unit.members.get(member_id), unit.outbox.remote_id(group.host_key) if group.host_key else ""
    if member is not None and remote:
        message = RemoveFromGroup(group_id=remote, usernames=(member.username,))
        post(message, kind="group", key=f"{group.host_key}:{unit.new_id()}", member_id=None, unit=unit)
    unit.record("group.left", actor="system", group=str(group.id))


async def _capabilities(runtime: Runtime, installation_id: int) -> frozenset[Capability]:
    installation = await runtime.installation(installation_id)
    return runtime.host(installation.host).capabilities


def _actor(principal: Principal) -> str:
    return principal.actor
