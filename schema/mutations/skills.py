"""Deciding about skills and their names, and putting the ranking's weights back."""

import strawberry

from plugin.domain.people import Principal, Scope
from plugin.services.knowledge import studying
from plugin.services.suggestions import knowing
from schema.context import Info
from schema.errors import UserError, attempt
from schema.inputs import plain
from schema.queries.measures import RankingChange, ranking_change
from schema.types.member import Skill, SkillStanding
from schema.types.member import skill as skill_type


@strawberry.input
class SetSkillInput:
    """What is so about a skill of one's own."""

    name: str = strawberry.field(description="Its name in any spelling; a skill that nobody named before is one too.")
    standing: SkillStanding  # type: ignore[valid-type]  # strawberry.enum returns the enum itself


@strawberry.input
class ClearSkillInput:
    """Which decision to take back."""

    name: str


@strawberry.type
class SkillsPayload:
    """The member's skills as they are now, the hidden ones too."""

    skills: list[Skill] | None
    user_errors: list[UserError]


@strawberry.input
class MergeSkillsInput:
    """Two names of one skill."""

    name: str
    into: str = strawberry.field(description="The name that is shown from now on.")


@strawberry.input
class UnmergeSkillInput:
    """Which name is a skill of its own again."""

    name: str


@strawberry.type
class MergeSkillsPayload:
    """The name that is shown."""

    into: str | None
    user_errors: list[UserError]


@strawberry.type
class UnmergeSkillPayload:
    """Whether it was done."""

    done: bool
    user_errors: list[UserError]


@strawberry.type
class ResetRankingPayload:
    """The entry of the record."""

    change: RankingChange | None
    user_errors: list[UserError]


async def _mine(info: Info, principal: Principal) -> list[Skill]:
    if principal.member_id is None:
        return []
    found = await knowing.skills(info.context.runtime, info.context.graphs, principal, [principal.member_id])
    return [skill_type(one) for one in found[principal.member_id]]


async def set_skill(info: Info, input: SetSkillInput) -> SkillsPayload:  # noqa: A002 - the Relay convention
    """Say what is so about a skill of one's own, or hide it."""
    principal = info.context.require(Scope.ME)
    _, errors = await attempt(lambda: knowing.choose(info.context.runtime, principal, name=plain(input.name, "name"), standing=input.standing))
    return SkillsPayload(skills=None if errors else await _mine(info, principal), user_errors=errors)


async def clear_skill(info: Info, input: ClearSkillInput) -> SkillsPayload:  # noqa: A002 - the Relay convention
    """Take such a decision back."""
    principal = info.context.require(Scope.ME)
    _, errors = await attempt(lambda: knowing.unchoose(info.context.runtime, principal, name=plain(input.name, "name")))
    return SkillsPayload(skills=None if errors else await _mine(info, principal), user_errors=errors)


async def merge_skills(info: Info, input: MergeSkillsInput) -> MergeSkillsPayload:  # noqa: A002 - the Relay convention
    """Say that two names are of one skill."""
    principal = info.context.require(Scope.PROGRAMS)
    merged, errors = await attempt(
        lambda: knowing.merge(info.context.runtime, principal, name=plain(input.name, "name"), into=plain(input.into, "into")),
    )
    return MergeSkillsPayload(into=merged.into if merged else None, user_errors=errors)


async def unmerge_skill(info: Info, input: UnmergeSkillInput) -> UnmergeSkillPayload:  # noqa: A002 - the Relay convention
    """Take a merge back."""
    principal = info.context.require(Scope.PROGRAMS)
    _, errors = await attempt(lambda: knowing.unmerge(info.context.runtime, principal, name=plain(input.name, "name")))
    return UnmergeSkillPayload(done=not errors, user_errors=errors)


async def reset_ranking(info: Info) -> ResetRankingPayload:
    """Put the shipped weights back."""
    principal = info.context.require(Scope.PROGRAMS)
    change, errors = await attempt(lambda: studying.reset(info.context.runtime, principal))
    return ResetRankingPayload(change=ranking_change(change) if change else None, user_errors=errors)


@strawberry.type
class SkillMutations:
    """Skills, their names and how they count."""

    set_skill = strawberry.field(resolver=set_skill, description="Correct or hide a skill of one's own; it counts at once.")
    clear_skill = strawberry.field(resolver=clear_skill, description="Take a decision about a skill of one's own back.")
    merge_skills = strawberry.field(resolver=merge_skills, description="Two names are of one skill; for managers of the community.")
    unmerge_skill = strawberry.field(resolver=unmerge_skill, description="A name is a skill of its own again; for managers of the community.")
    reset_ranking = strawberry.field(
        resolver=reset_ranking, description="Put the shipped weights back; only later questions teach from now on. For managers of the community."
    )
