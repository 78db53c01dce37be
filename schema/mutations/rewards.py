"""Giving back: rules and levels, certificates and thanks."""

from collections.abc import Awaitable, Callable

import strawberry

from plugin.domain import rewards as domain
from plugin.domain.people import Principal, Scope
from plugin.domain.programs import Role as DomainRole
from plugin.services.pairs import thanking
from plugin.services.rewards import certifying, rewarding
from schema.context import Info
from schema.errors import UserError, attempt
from schema.ids import number_of
from schema.inputs import plain
from schema.types.program import Role
from schema.types.rewards import (
    Award,
    Certificate,
    RewardFigure,
    RewardLevel,
    RewardRule,
    award_type,
    certificate_type,
    rule_type,
)

# mypy: disable-error-code="valid-type"
# strawberry.enum returns the enum itself.


@strawberry.input
class AddRewardRuleInput:
    """When a member is given something, and what."""

    program: strawberry.ID
    figure: RewardFigure
    least: int
    role: Role | None = strawberry.field(default=None, description="Count only what was done in this role.")
    badge: str = strawberry.field(default="", description="The name of a badge; it is the host's own where it has badges.")
    points: int = 0
    certificate: bool = False
    repeats: bool = strawberry.field(default=False, description="Whether the points come again for every further `least`.")


@strawberry.input
class RewardIdInput:
    """Which one."""

    id: strawberry.ID


@strawberry.type
class RewardRulePayload:
    """The rule as it is now."""

    rule: RewardRule | None
    user_errors: list[UserError]


@strawberry.input
class RewardLevelInput:
    """A level."""

    name: str
    points: int


@strawberry.input
class SetRewardLevelsInput:
    """All levels of a program; none is as good."""

    program: strawberry.ID
    levels: list[RewardLevelInput]


@strawberry.type
class RewardLevelsPayload:
    """The levels as they are now."""

    levels: list[RewardLevel]
    user_errors: list[UserError]


@strawberry.type
class AwardPayload:
    """The award as it is now."""

    award: Award | None
    user_errors: list[UserError]


@strawberry.input
class IssueCertificateInput:
    """For whom, and for what they did in which role."""

    program: strawberry.ID
    member: strawberry.ID
    role: Role


@strawberry.type
class CertificatePayload:
    """The certificate as it is now."""

    certificate: Certificate | None
    user_errors: list[UserError]


@strawberry.input
class ThankMemberInput:
    """Whom to thank, and with what words."""

    program: strawberry.ID
    member: strawberry.ID
    words: str
    public: bool = strawberry.field(default=False, description="In the program's topic too, if they agreed to be named; for managers.")


@strawberry.type
class ThankMemberPayload:
    """Whether it was said in public."""

    public: bool | None
    user_errors: list[UserError]


# ---------------------------------------------------------------------------------------------------------------------- rules


async def add_reward_rule(info: Info, input: AddRewardRuleInput) -> RewardRulePayload:  # noqa: A002 - the Relay convention
    """Have something given by a rule."""
    principal = info.context.require(Scope.READ)

    async def work() -> RewardRule:
        rule = domain.Rule(
            id=0,
            program_id=number_of(principal, input.program, "Program"),
            figure=input.figure,
            least=input.least,
            role=input.role,
            badge=plain(input.badge, "badge"),
            points=input.points,
            certificate=input.certificate,
            repeats=input.repeats,
            created_at=info.context.runtime.clock(),
        )
        return rule_type(await rewarding.add_rule(info.context.runtime, principal, rule=rule), installation_id=principal.installation_id)

    found, errors = await attempt(work)
    return RewardRulePayload(rule=found, user_errors=errors)


async def end_reward_rule(info: Info, input: RewardIdInput) -> RewardRulePayload:  # noqa: A002 - the Relay convention
    """Give nothing more by a rule."""
    principal = info.context.require(Scope.READ)

    async def work() -> RewardRule:
        done = await rewarding.end_rule(info.context.runtime, principal, number_of(principal, input.id, "RewardRule"))
        return rule_type(done, installation_id=principal.installation_id)

    found, errors = await attempt(work)
    return RewardRulePayload(rule=found, user_errors=errors)


async def set_reward_levels(info: Info, input: SetRewardLevelsInput) -> RewardLevelsPayload:  # noqa: A002 - the Relay convention
    """Say what members are called from how many points on."""
    principal = info.context.require(Scope.READ)

    async def work() -> list[RewardLevel]:
        levels = [domain.Level(name=plain(one.name, "levels").strip(), points=one.points) for one in input.levels[:100]]
        done = await rewarding.set_levels(info.context.runtime, principal, number_of(principal, input.program, "Program"), levels=levels)
        return [RewardLevel(name=one.name, points=one.points) for one in done]

    found, errors = await attempt(work)
    return RewardLevelsPayload(levels=found or [], user_errors=errors)


async def revoke_award(info: Info, input: RewardIdInput) -> AwardPayload:  # noqa: A002 - the Relay convention
    """Take an award back."""
    principal = info.context.require(Scope.READ)

    async def work() -> Award:
        done = await rewarding.revoke(info.context.runtime, principal, number_of(principal, input.id, "Award"))
        return award_type(done, installation_id=principal.installation_id)

    found, errors = await attempt(work)
    return AwardPayload(award=found, user_errors=errors)


# ---------------------------------------------------------------------------------------------------------------------- certificates and thanks


async def _certificate(info: Info, act: Callable[[Principal], Awaitable[certifying.Shown]]) -> CertificatePayload:
    principal = info.context.require(Scope.READ)

    async def work() -> Certificate:
        done = await act(principal)
        return certificate_type(done, installation_id=principal.installation_id, public_url=info.context.runtime.settings.public_url)

    found, errors = await attempt(work)
    return CertificatePayload(certificate=found, user_errors=errors)


async def issue_certificate(info: Info, input: IssueCertificateInput) -> CertificatePayload:  # noqa: A002 - the Relay convention
    """Certify what a member did."""

    async def act(principal: Principal) -> certifying.Shown:
        program, member = number_of(principal, input.program, "Program"), number_of(principal, input.member, "Member")
        return await certifying.issue(info.context.runtime, principal, program, member, role=DomainRole(input.role))

    return await _certificate(info, act)


async def revoke_certificate(info: Info, input: RewardIdInput) -> CertificatePayload:  # noqa: A002 - the Relay convention
    """Take a certificate back."""
    return await _certificate(info, lambda principal: certifying.revoke(info.context.runtime, principal, number_of(principal, input.id, "Certificate")))


async def thank_member(info: Info, input: ThankMemberInput) -> ThankMemberPayload:  # noqa: A002 - the Relay convention
    """Thank somebody."""
    principal = info.context.require(Scope.READ)

    async def work() -> bool:
        program, member = number_of(principal, input.program, "Program"), number_of(principal, input.member, "Member")
        done = await thanking.thank(info.context.runtime, principal, program, member, words=plain(input.words, "words"), public=input.public)
        return done.public

    found, errors = await attempt(work)
    return ThankMemberPayload(public=found, user_errors=errors)


@strawberry.type
class RewardMutations:
    """Giving back; all but thanks between partners is for managers."""

    add_reward_rule = strawberry.field(resolver=add_reward_rule, description="Have badges, points or certificates given by a rule; for managers.")
    end_reward_rule = strawberry.field(resolver=end_reward_rule, description="Give nothing more by a rule; what it gave stays. For managers.")
    set_reward_levels = strawberry.field(resolver=set_reward_levels, description="Say what members are called from how many points on; for managers.")
    revoke_award = strawberry.field(resolver=revoke_award, description="Take an award back, for good; for managers.")
    issue_certificate = strawberry.field(resolver=issue_certificate, description="Certify what a member did in a program; for managers.")
    revoke_certificate = strawberry.field(resolver=revoke_certificate, description="Take a certificate back: its page says so. For managers.")
    thank_member = strawberry.field(resolver=thank_member, description="Thank somebody; in public only by managers, where the member agreed to be named.")
