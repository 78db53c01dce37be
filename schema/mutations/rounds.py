"""Matching rounds: drafting, computing, adjusting and publishing them."""

from collections.abc import Awaitable, Callable, Sequence

import strawberry

from plugin.domain.people import Principal, Scope
from plugin.domain.rounds import Round as DomainRound
from plugin.services.matching import rounds
from plugin.services.mentorships import adapting, ranking
from schema.context import Info
from schema.errors import UserError, attempt
from schema.ids import number_of
from schema.inputs import plain
from schema.mutations.round_design import MatchDesignInput, design_of
from schema.types.rounds import MatchRound, match_round


@strawberry.input
class MatchPairInput:
    """Two members."""

    mentor: strawberry.ID
    mentee: strawberry.ID


@strawberry.input
class DraftRoundInput:
    """A new round."""

    program: strawberry.ID
    name: str
    design: MatchDesignInput


@strawberry.input
class EditRoundInput:
    """What changes; what is left out stays. What was computed is forgotten."""

    id: strawberry.ID
    name: str | None = None
    design: MatchDesignInput | None = None


@strawberry.input
class RoundInput:
    """Which round."""

    id: strawberry.ID


@strawberry.input
class AdjustRoundInput:
    """Which pairs are decided by hand; the round is computed around them."""

    id: strawberry.ID
    pin: list[MatchPairInput] = strawberry.field(default_factory=list)
    forbid: list[MatchPairInput] = strawberry.field(default_factory=list)
    release: list[MatchPairInput] = strawberry.field(default_factory=list, description="Pairs of which nothing is decided any more.")


@strawberry.input
class JoinRoundInput:
    """Who joins which round."""

    id: strawberry.ID
    member: strawberry.ID


@strawberry.input
class RematchInput:
    """The round whose pairs are kept where they can be, and the name of the new one."""

    id: strawberry.ID
    name: str


@strawberry.input
class ResetWeightsInput:
    """Whose weights."""

    program: strawberry.ID


@strawberry.input
class RankMentorsInput:
    """Whom the viewer would like to have in a program, the dearest first."""

    program: strawberry.ID
    mentors: list[strawberry.ID]


@strawberry.type
class RankMentorsPayload:
    """How many were named."""

    count: int
    user_errors: list[UserError]


@strawberry.type
class RoundPayload:
    """The round as it is now."""

    round: MatchRound | None
    user_errors: list[UserError]


@strawberry.type
class ResetWeightsPayload:
    """Whether it was done."""

    done: bool
    user_errors: list[UserError]


async def _answer(info: Info, work: Callable[[Principal], Awaitable[DomainRound]], *, unknown: str = "id") -> RoundPayload:
    principal = info.context.require(Scope.READ)

    async def shown() -> MatchRound:
        return match_round(await work(principal), installation_id=principal.installation_id)

    found, errors = await attempt(shown, unknown=unknown)
    return RoundPayload(round=found, user_errors=errors)


def _pairs(principal: Principal, given: Sequence[MatchPairInput], field: str) -> list[tuple[int, int]]:
    return [
        (number_of(principal, one.mentor, "Member", field=field, place=place), number_of(principal, one.mentee, "Member", field=field, place=place))
        for place, one in enumerate(given, 1)
    ]


async def draft_round(info: Info, input: DraftRoundInput) -> RoundPayload:  # noqa: A002 - the Relay convention
    """Make a round, as a draft."""

    async def work(principal: Principal) -> DomainRound:
        program = number_of(principal, input.program, "Program", field="program")
        return await rounds.draft(info.context.runtime, principal, program_id=program, name=plain(input.name, "name"), design=design_of(input.design))

    return await _answer(info, work, unknown="program")


async def edit_round(info: Info, input: EditRoundInput) -> RoundPayload:  # noqa: A002 - the Relay convention
    """Change what is asked of a round."""

    async def work(principal: Principal) -> DomainRound:
        name = None if input.name is None else plain(input.name, "name")
        design = None if input.design is None else design_of(input.design)
        return await rounds.edit(info.context.runtime, principal, number_of(principal, input.id, "MatchRound", field="id"), name=name, design=design)

    return await _answer(info, work)


async def compute_round(info: Info, input: RoundInput) -> RoundPayload:  # noqa: A002 - the Relay convention
    """Send a round to the worker."""
    return await _answer(info, lambda principal: rounds.compute(info.context.runtime, principal, number_of(principal, input.id, "MatchRound", field="id")))


async def adjust_round(info: Info, input: AdjustRoundInput) -> RoundPayload:  # noqa: A002 - the Relay convention
    """Decide about pairs by hand."""

    async def work(principal: Principal) -> DomainRound:
        number = number_of(principal, input.id, "MatchRound", field="id")
        pin, forbid, release = _pairs(principal, input.pin, "pin"), _pairs(principal, input.forbid, "forbid"), _pairs(principal, input.release, "release")
        return await rounds.adjust(info.context.runtime, principal, number, pin=pin, forbid=forbid, release=release)

    return await _answer(info, work)


async def join_round(info: Info, input: JoinRoundInput) -> RoundPayload:  # noqa: A002 - the Relay convention
    """Let somebody who was enrolled since into a round."""

    async def work(principal: Principal) -> DomainRound:
        number, member = number_of(principal, input.id, "MatchRound", field="id"), number_of(principal, input.member, "Member", field="member")
        return await rounds.join(info.context.runtime, principal, number, member)

    return await _answer(info, work)


async def stop_round(info: Info, input: RoundInput) -> RoundPayload:  # noqa: A002 - the Relay convention
    """Stop a computation."""
    return await _answer(info, lambda principal: rounds.stop(info.context.runtime, principal, number_of(principal, input.id, "MatchRound", field="id")))


async def cancel_round(info: Info, input: RoundInput) -> RoundPayload:  # noqa: A002 - the Relay convention
    """End a round that was not published."""
    return await _answer(info, lambda principal: rounds.cancel(info.context.runtime, principal, number_of(principal, input.id, "MatchRound", field="id")))


async def publish_round(info: Info, input: RoundInput) -> RoundPayload:  # noqa: A002 - the Relay convention
    """Publish a computed round to both sides."""
    return await _answer(info, lambda principal: rounds.publish(info.context.runtime, principal, number_of(principal, input.id, "MatchRound", field="id")))


async def rematch_round(info: Info, input: RematchInput) -> RoundPayload:  # noqa: A002 - the Relay convention
    """A new draft that keeps what works."""

    async def work(principal: Principal) -> DomainRound:
        number = number_of(principal, input.id, "MatchRound", field="id")
        return await rounds.rematch(info.context.runtime, principal, number, name=plain(input.name, "name"))

    return await _answer(info, work)


async def reset_weights(info: Info, input: ResetWeightsInput) -> ResetWeightsPayload:  # noqa: A002 - the Relay convention
    """Forget what answers have taught."""
    principal = info.context.require(Scope.READ)

    async def work() -> bool:
        await adapting.reset(info.context.runtime, principal, number_of(principal, input.program, "Program", field="program"))
        return True

    found, errors = await attempt(work, unknown="program")
    return ResetWeightsPayload(done=bool(found), user_errors=errors)


async def rank_mentors(info: Info, input: RankMentorsInput) -> RankMentorsPayload:  # noqa: A002 - the Relay convention
    """Say whom one would like to have."""
    principal = info.context.require(Scope.ME)

    async def work() -> int:
        program, mentors = (
            number_of(principal, input.program, "Program", field="program"),
            [number_of(principal, one, "Member", field="mentors", place=place) for place, one in enumerate(input.mentors, 1)],
        )
        return await ranking.rank_mentors(info.context.runtime, principal, program, mentors)

    found, errors = await attempt(work, unknown="program")
    return RankMentorsPayload(count=found or 0, user_errors=errors)


@strawberry.type
class RoundMutations:
    """Matching rounds."""

    draft_round = strawberry.field(resolver=draft_round, description="Make a matching round, as a draft.")
    edit_round = strawberry.field(resolver=edit_round, description="Change what is asked of a round; what was computed is forgotten.")
    compute_round = strawberry.field(resolver=compute_round, description="Compute a round in the worker; contradictions name a smallest set of causes.")
    adjust_round = strawberry.field(resolver=adjust_round, description="Pin, forbid or release pairs, and compute around them.")
    join_round = strawberry.field(resolver=join_round, description="Let a member who was enrolled since into a computed round; only what changes is computed.")
    stop_round = strawberry.field(resolver=stop_round, description="Stop a computation; the round is as it was before.")
    cancel_round = strawberry.field(resolver=cancel_round, description="End a round that was not published.")
    publish_round = strawberry.field(resolver=publish_round, description="Publish a computed round: its mentorships or groups begin and both sides are told.")
    rematch_round = strawberry.field(resolver=rematch_round, description="A new draft with the same design that keeps pairs wherever they still can be.")
    rank_mentors = strawberry.field(resolver=rank_mentors, description="As a mentee, say whom one would like to have; rounds by choices go by it.")
    reset_weights = strawberry.field(resolver=reset_weights, description="Forget what a program's answers have taught about criteria.")
