"""Groups that we form, as GraphQL shows them."""

import strawberry

from plugin.domain.groups import Group as DomainGroup
from plugin.domain.groups import GroupState
from plugin.errors import Remark
from plugin.graph.grouping import Left
from plugin.services.matching.group_words import Fact, explain, slot_words
from plugin.services.matching.round_words import GROUP_WAITING, WAITING
from schema.context import Info
from schema.ids import GlobalId
from schema.types.member import Member, member_by_number
from schema.types.node import Node

# mypy: disable-error-code="valid-type"
# strawberry.enum returns the enum itself.

MentoringGroupState = strawberry.enum(GroupState, name="MentoringGroupState", description="The life of a group.")


@strawberry.type(description="How many of a group share a value of an attribute, and how many would be its share.")
class GroupValue:
    """A value and its counts; never who has it."""

    value: str
    count: int
    share: int


@strawberry.type(description="Something that a group was formed by: sizes, mentors, the hour, who stays together or apart, and how far it meets each aim.")
class GroupReason:
    """The contributions sum to the group's score; only aims contribute."""

    kind: str = strawberry.field(description="size, mentors, hour, together, apart, or of an aim diversify or cluster.")
    attribute: str = strawberry.field(description="The key of the question that an aim is about; empty for the others.")
    text: str = strawberry.field(description="The reason in plain words.")
    met: float
    contribution: float
    misses: int
    values: list[GroupValue]


@strawberry.type(description="A place in a group.")
class GroupSeat:
    """Who, and as what."""

    mentor: bool
    pinned: bool
    number: strawberry.Private[int]

    @strawberry.field
    async def member(self, info: Info) -> Member | None:
        """Who sits there."""
        return await member_by_number(info, self.number)


@strawberry.type(description="A group that mentors and mentees meet in.")
class MentoringGroup(Node):
    """A group."""

    name: str
    state: MentoringGroupState
    slot: str | None = strawberry.field(description="A half hour of the week in UTC at which all can meet.")
    note: str | None = strawberry.field(description="What the host could not be asked to do, in words.")
    score: float = strawberry.field(description="How far the aims are met, 0 to 1; 1 where there are none.")
    seats: list[GroupSeat]
    reasons: list[GroupReason]


@strawberry.type(description="Somebody whom no running group takes, and why.")
class GroupLeft:
    """Who waits, with the reason as a stable word and in plain words."""

    reason: str
    text: str
    number: strawberry.Private[int]

    @strawberry.field
    async def member(self, info: Info) -> Member | None:
        """Who waits."""
        return await member_by_number(info, self.number)


def left(found: Left) -> GroupLeft:
    """Somebody who is left over, as GraphQL shows them."""
    return GroupLeft(reason=found.why.value, text=(WAITING | GROUP_WAITING)[found.why.value], number=found.person)


def group(found: DomainGroup, *, installation_id: int, manager: bool = True) -> MentoringGroup:
    """A group as GraphQL shows it; only managers see which answers are how frequent in it."""
    reasons = [_reason(one, said, manager=manager) for one, said in explain(found, manager=manager)]
    aims = [one.contribution for one in reasons if one.attribute]
    return MentoringGroup(
        id=strawberry.ID(str(GlobalId("MentoringGroup", installation_id, str(found.id)))),
        name=found.name,
        state=found.state,
        slot=slot_words(found.slot) or None,
        note=found.note or None,
        seats=[GroupSeat(mentor=one.mentor, pinned=one.pinned, number=one.member_id) for one in found.seats],
        score=sum(aims) if aims else 1.0,
        reasons=reasons,
    )


def _reason(one: Fact, said: Remark, *, manager: bool) -> GroupReason:
    values = one.get("values") if manager else None
    counted = [GroupValue(value=value, count=count, share=share) for value, count, share in values] if isinstance(values, list) else []
    # Our own JSON: the names and types are those that were written.
    known = {name: one[name] for name in ("attribute", "kind", "met", "contribution", "misses")}
    return GroupReason(**known, values=counted, text=str(said))  # type: ignore[arg-type]  # as said above
