"""What the community's managers see: how it is doing, how its ranking is weighed, and which names of skills are one."""

from datetime import date, datetime

import strawberry

from plugin.domain.learning import WeightChange
from plugin.domain.people import Scope
from plugin.errors import Invalid
from plugin.services.knowledge import observing, studying
from plugin.services.suggestions import knowing
from schema.context import Info
from schema.inputs import plain

MAX_LISTED = 100


@strawberry.type(description="One number about the community on one day; it looks back ninety days.")
class Measurement:
    """A number."""

    day: date
    name: str
    subject: str = strawberry.field(description="The id of a category in the host, the name of a tag behind a `#`, or empty for the whole community.")
    value: float


@strawberry.type(description="How much a signal counts in this community's ranking.")
class RankingWeight:
    """A weight."""

    signal: str
    value: float
    shipped: float = strawberry.field(description="How much it counts by what ships with the product.")
    questions: int = strawberry.field(description="How many questions of the community moved it.")


@strawberry.type(description="A figure that decided about a change of the weights.")
class RankingFigure:
    """A figure."""

    name: str
    value: float


@strawberry.type(description="An entry of the record of the ranking's weights.")
class RankingChange:
    """A change."""

    at: datetime
    kind: str
    questions: int
    because: list[RankingFigure] = strawberry.field(description="How old and new weights did on questions that neither had seen.")
    weights: list[RankingFigure]


@strawberry.type(description="A name that means the same as another.")
class SkillName:
    """A merged name."""

    name: str
    into: str


@strawberry.type(description="Two names that may be one skill in two spellings.")
class LikelySame:
    """A pair."""

    name: str
    other: str
    likeness: float = strawberry.field(description="0 to 1.")


def ranking_change(found: WeightChange) -> RankingChange:
    """An entry as GraphQL shows it."""
    return RankingChange(
        at=found.at,
        kind=found.kind.value,
        questions=found.questions,
        because=[RankingFigure(name=name, value=value) for name, value in sorted(found.because.items())],
        weights=[RankingFigure(name=name, value=value) for name, value in sorted(studying.parsed(found).items())],
    )


def _listed(first: int | None) -> int:
    size = 50 if first is None else first
    if not 1 <= size <= MAX_LISTED:
        raise Invalid(f"first must be 1 to {MAX_LISTED}", field="first")
    return size


def _names(given: list[str]) -> tuple[str, ...]:
    return tuple(plain(one, "names") for one in given[:MAX_LISTED])


@strawberry.type
class MeasureQueries:
    """For the community's managers, but for the names of skills, which everybody may read."""

    @strawberry.field(description="Numbers about the community by day; all of them, or those named.")
    async def measures(self, info: Info, days: int = 90, names: list[str] | None = None) -> list[Measurement]:
        """How the community was doing."""
        principal = info.context.require(Scope.PROGRAMS)
        found = await observing.history(info.context.runtime, principal, days=days, names=_names(names or []))
        return [Measurement(day=one.day, name=one.name, subject=one.subject, value=one.value) for one in found]

    @strawberry.field(description="Lines of some of these numbers over time, as SVG.")
    async def measures_chart(self, info: Info, names: list[str], days: int = 90) -> str:
        """A picture of numbers."""
        principal = info.context.require(Scope.PROGRAMS)
        return await observing.chart(info.context.runtime, principal, days=days, names=_names(names))

    @strawberry.field(description="A map of who exchanged with whom in the last ninety days, as SVG.")
    async def network_picture(self, info: Info) -> str:
        """A picture of people."""
        principal = info.context.require(Scope.PROGRAMS)
        return await observing.network(info.context.runtime, principal)

    @strawberry.field(description="How much each signal counts when members are suggested.")
    async def ranking_weights(self, info: Info) -> list[RankingWeight]:
        """The weights in force."""
        principal = info.context.require(Scope.PROGRAMS)
        found = await studying.weights(info.context.runtime, principal)
        return [RankingWeight(signal=one.signal, value=one.value, shipped=one.shipped, questions=one.questions) for one in found]

    @strawberry.field(description="The record of changes of these weights, the newest first, with the figures that decided each.")
    async def ranking_changes(self, info: Info, first: int | None = 20) -> list[RankingChange]:
        """The record."""
        principal = info.context.require(Scope.PROGRAMS)
        return [ranking_change(one) for one in await studying.changes(info.context.runtime, principal, limit=_listed(first))]

    @strawberry.field(description="Names of skills that mean the same as another here.")
    async def skill_names(self, info: Info) -> list[SkillName]:
        """What curators merged."""
        principal = info.context.require(Scope.READ)
        return [SkillName(name=one.name, into=one.into) for one in await knowing.names(info.context.runtime, principal)]

    @strawberry.field(description="Names in use that may be one skill in two spellings; nothing is merged by itself.")
    async def likely_same_skills(self, info: Info, first: int | None = 20) -> list[LikelySame]:
        """What a curator may want to merge."""
        principal = info.context.require(Scope.PROGRAMS)
        found = await knowing.likely_same(info.context.runtime, principal, limit=_listed(first))
        return [LikelySame(name=one.name, other=one.other, likeness=one.likeness) for one in found]
