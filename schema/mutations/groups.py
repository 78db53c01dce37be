"""Groups: drafting, moving members, placing newcomers and merging small ones."""

from collections.abc import Awaitable, Callable

import strawberry

from plugin.domain.designs import GroupDesign
from plugin.domain.groups import Group as DomainGroup
from plugin.domain.people import Principal, Scope
from plugin.domain.rounds import Round as DomainRound
from plugin.graph.grouping import Left
from plugin.services.matching import group_reading, grouping, rounds
from plugin.services.runtime import Runtime
from schema.context import Info
from schema.errors import UserError, attempt
from schema.ids import number_of
from schema.inputs import plain
from schema.mutations.rounds import RoundPayload
from schema.types.groups import GroupLeft, MentoringGroup
from schema.types.groups import group as group_type
from schema.types.groups import left as left_type
from schema.types.rounds import match_round


@strawberry.input
class GroupDesignInput:
    """What is asked of groups."""

    smallest: int = 3
    largest: int = 6
    mentors: int = strawberry.field(default=0, description="Mentors of each group: 0, 1 or 2 at most.")
    diversify: list[str] = strawberry.field(default_factory=list, description="Keys of questions whose answers are to be mixed in every group.")
    cluster: list[str] = strawberry.field(default_factory=list, description="Keys of questions whose answers are to be alike within a group.")
    shared_slot: bool = strawberry.field(default=False, description="Whether all of a group must share a slot of the week.")
    seed: int = 0


@strawberry.input
class DraftGroupsInput:
    """A new round of groups."""

    program: strawberry.ID
    name: str
    design: GroupDesignInput


@strawberry.input
class AdjustGroupsInput:
    """Who is to be together and who apart in a round of groups. On a draft it waits until the round is computed, else the round is computed anew."""

    id: strawberry.ID
    together: list[list[strawberry.ID]] = strawberry.field(default_factory=list, description="Sets of members who stay together.")
    apart: list[list[strawberry.ID]] = strawberry.field(default_factory=list, description="Sets of members of whom no two are in one group.")
    release: list[list[strawberry.ID]] = strawberry.field(default_factory=list, description="Sets of members about whom nothing is asked any more.")


@strawberry.input
class MoveToGroupInput:
    """Who goes to which draft, and whether they are kept there when the round is computed anew."""

    member: strawberry.ID
    group: strawberry.ID
    pin: bool = False


@strawberry.input
class RunningGroupsInput:
    """Which program's groups, and what they are to be like."""

    program: strawberry.ID
    design: GroupDesignInput | None = strawberry.field(default=None, description="Left out: what was asked of the newest of these groups.")


@strawberry.type
class GroupPayload:
    """The group as it is now."""

    group: MentoringGroup | None
    user_errors: list[UserError]


@strawberry.type
class GroupsPayload:
    """The groups that changed, and who is in none that runs."""

    groups: list[MentoringGroup]
    left: list[GroupLeft]
    user_errors: list[UserError]


def _design(given: GroupDesignInput) -> GroupDesign:
    return GroupDesign(
        smallest=given.smallest,
        largest=given.largest,
        mentors=given.mentors,
        diversify=tuple(plain(one, "diversify") for one in given.diversify),
        cluster=tuple(plain(one, "cluster") for one in given.cluster),
        shared_slot=given.shared_slot,
        seed=given.seed,
    )


def _maybe(given: GroupDesignInput | None) -> GroupDesign | None:
    return None if given is None else _design(given)


async def _changed(
    info: Info, given: RunningGroupsInput, work: Callable[[Runtime, Principal, int, GroupDesign | None], Awaitable[list[DomainGroup]]]
) -> GroupsPayload:
    principal, runtime = info.context.require(Scope.READ), info.context.runtime

    async def done() -> tuple[list[DomainGroup], tuple[Left, ...]]:
        program, design = number_of(principal, given.program, "Program", field="program"), _maybe(given.design)
        return await work(runtime, principal, program, design), await group_reading.left_over(runtime, principal, program, design)

    found, errors = await attempt(done, unknown="program")
    groups, rest = found or ([], ())
    shown = [group_type(one, installation_id=principal.installation_id) for one in groups]
    return GroupsPayload(groups=shown, left=[left_type(one) for one in rest], user_errors=errors)


async def draft_groups(info: Info, input: DraftGroupsInput) -> RoundPayload:  # noqa: A002 - the Relay convention
    """Make a round of groups, as a draft; it is computed and published like any round."""
    principal = info.context.require(Scope.READ)

    async def work() -> DomainRound:
        program = number_of(principal, input.program, "Program", field="program")
        return await rounds.draft(info.context.runtime, principal, program_id=program, name=plain(input.name, "name"), design=_design(input.design))

    found, errors = await attempt(work, unknown="program")
    return RoundPayload(round=None if found is None else match_round(found, installation_id=principal.installation_id), user_errors=errors)


async def adjust_groups(info: Info, input: AdjustGroupsInput) -> RoundPayload:  # noqa: A002 - the Relay convention
    """Say who is to be together and who apart."""
    principal = info.context.require(Scope.READ)

    def sets(given: list[list[strawberry.ID]], field: str) -> list[list[int]]:
        return [[number_of(principal, one, "Member", field=field, place=place) for one in each] for place, each in enumerate(given, 1)]

    async def work() -> DomainRound:
        number = number_of(principal, input.id, "MatchRound", field="id")
        together, apart, release = sets(input.together, "together"), sets(input.apart, "apart"), sets(input.release, "release")
        return await grouping.adjust(info.context.runtime, principal, number, together=together, apart=apart, release=release)

    found, errors = await attempt(work, unknown="id")
    return RoundPayload(round=None if found is None else match_round(found, installation_id=principal.installation_id), user_errors=errors)


async def move_to_group(info: Info, input: MoveToGroupInput) -> GroupPayload:  # noqa: A002 - the Relay convention
    """Put somebody into another draft."""
    principal = info.context.require(Scope.READ)

    async def work() -> MentoringGroup:
        member, group = number_of(principal, input.member, "Member", field="member"), number_of(principal, input.group, "MentoringGroup", field="group")
        moved = await grouping.move(info.context.runtime, principal, member_id=member, group_id=group, pin=input.pin)
        return group_type(moved, installation_id=principal.installation_id)

    found, errors = await attempt(work, unknown="group")
    return GroupPayload(group=found, user_errors=errors)


async def place_into_groups(info: Info, input: RunningGroupsInput) -> GroupsPayload:  # noqa: A002 - the Relay convention
    """Put members who were enrolled since into groups that run."""
    return await _changed(info, input, grouping.place)


async def merge_groups(info: Info, input: RunningGroupsInput) -> GroupsPayload:  # noqa: A002 - the Relay convention
    """Merge groups that shrank."""
    return await _changed(info, input, grouping.merge)


@strawberry.type
class GroupMutations:
    """Groups."""

    draft_groups = strawberry.field(resolver=draft_groups, description="Make a round of groups, as a draft; computed and published like any round.")
    adjust_groups = strawberry.field(resolver=adjust_groups, description="Say who is to be together and who apart in a round of groups.")
    move_to_group = strawberry.field(resolver=move_to_group, description="Put a member into another draft of the same round, and pin them there if wanted.")
    place_into_groups = strawberry.field(resolver=place_into_groups, description="Put members who were enrolled since into groups that run; nobody is moved.")
    merge_groups = strawberry.field(resolver=merge_groups, description="Merge running groups that have become smaller than wanted.")
