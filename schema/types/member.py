"""Members as GraphQL shows them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from enum import Enum
from typing import TYPE_CHECKING, Annotated

import strawberry

from plugin.domain.members import Card
from plugin.domain.members import Member as DomainMember
from plugin.domain.skills import Standing
from plugin.graph.skills import Item
from schema.batches import batch
from schema.context import HasContext, Info
from schema.ids import GlobalId
from schema.types.evidence import Evidence, evidence_of, load_evidence
from schema.types.node import Node

if TYPE_CHECKING:
    from schema.types.program import Program


@strawberry.enum(description="How it is known that a member has a skill.")
class SkillKind(Enum):
    """See the descriptions of the values."""

    EXPERTISE = strawberry.enum_value("expertise", description="Shown by answers to others.")
    INTEREST = strawberry.enum_value("interest", description="Shown by questions and posts.")
    STATED = strawberry.enum_value("stated", description="Said by the member.")


SkillStanding = strawberry.enum(Standing, name="SkillStanding", description="What a member says of a skill of theirs.")


@strawberry.type(description="Something a member knows, cares about, or says they can help with.")
class Skill:
    """One skill of one member."""

    name: str
    kind: SkillKind
    confidence: float = strawberry.field(description="0 to 1; what was shown long ago counts less.")
    last_shown_at: datetime | None = strawberry.field(description="When a post showed it last; null for what was only said.")
    standing: SkillStanding | None = strawberry.field(  # type: ignore[valid-type]  # strawberry.enum returns the enum itself
        description="What the member decided about it; hidden ones are shown to nobody else."
    )
    post_ids: strawberry.Private[tuple[str, ...]]

    @strawberry.field(description="Posts that show it, which the reader may read in the host.", metadata=batch(evidence_of))
    async def evidence(self, info: Info) -> list[Evidence]:
        """The posts behind it."""
        return await load_evidence(info, self.post_ids)


async def _skills_of(info: HasContext, found: "Sequence[Member]") -> list[list[Skill]]:
    return [[skill(one) for one in items] for items in await info.context.loaders.skills.load_many([one.number for one in found])]


@strawberry.type(description="A member of the community.")
class Member(Node):
    """A person."""

    host_user_id: str = strawberry.field(description="The id that the host knows the member by; it never changes.")
    username: str
    name: str | None
    avatar_url: str | None
    title: str | None
    timezone: str | None
    number: strawberry.Private[int]

    @strawberry.field(description="What the member knows, cares about, or says they can help with; the surest first.", metadata=batch(_skills_of))
    async def skills(self, info: Info) -> list[Skill]:
        """Skills from posts and from the member's own words."""
        return [skill(one) for one in await info.context.loaders.skills.load(self.number)]

    @strawberry.field(description="Programs in which the viewer could ask this member for mentorship now; none for a service.")
    async def can_be_asked_in(self, info: Info) -> list[Annotated["Program", strawberry.lazy("schema.types.program")]]:
        """Where there is a place for the viewer."""
        from schema.types.program import program  # noqa: PLC0415 - members lead to programs, and programs to members

        found = await info.context.loaders.askable.load(self.number)
        return [program(one, installation_id=info.context.loaders.principal.installation_id) for one in found]


def skill(one: Item) -> Skill:
    """A skill as GraphQL shows it."""
    return Skill(
        name=one.name,
        kind=SkillKind(one.kind),
        confidence=one.confidence,
        last_shown_at=datetime.fromtimestamp(one.at, tz=UTC) if one.at else None,
        standing=one.standing,
        post_ids=one.post_ids,
    )


def member(found: DomainMember | Card, *, installation_id: int) -> Member:
    """A member as GraphQL shows it."""
    return Member(
        id=strawberry.ID(str(GlobalId("Member", installation_id, str(found.id)))),
        host_user_id=found.host_user_id,
        username=found.username,
        name=found.name or None,
        avatar_url=found.avatar_url or None,
        title=found.title or None,
        timezone=found.timezone or None,
        number=found.id,
    )


async def member_by_number(info: Info, number: int | None) -> Member | None:
    """A member by the number of ours; nobody for a former one and for who no longer takes part."""
    found = None if number is None else await info.context.loaders.members.load(number)
    return None if found is None else member(found, installation_id=info.context.loaders.principal.installation_id)


async def members_by_number(info: Info, numbers: Sequence[int]) -> list[Member]:
    """Members by the numbers of ours, in their order and without those who are gone."""
    found = await info.context.loaders.members.load_many(numbers)
    return [member(one, installation_id=info.context.loaders.principal.installation_id) for one in found if one is not None]
