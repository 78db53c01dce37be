"""Suggestions and their reasons as GraphQL shows them."""

from collections.abc import Sequence

import strawberry

from plugin.domain.members import Member as DomainMember
from plugin.domain.needs import Reason as DomainReason
from plugin.domain.needs import Suggestion as DomainSuggestion
from plugin.services.suggestions.experts import Proposal
from plugin.services.suggestions.wording import sentence
from schema.batches import batch
from schema.context import HasContext, Info
from schema.ids import GlobalId
from schema.types.evidence import Evidence, evidence_of, load_evidence
from schema.types.member import Member
from schema.types.member import member as member_type
from schema.types.node import Node
from schema.types.program import Program
from schema.types.program import program as program_type


@strawberry.type(description="One part of a score, in plain words.")
class Reason:
    """The contributions of a suggestion's reasons sum to its score."""

    criterion: str
    text: str
    contribution: float
    post_ids: strawberry.Private[tuple[str, ...]]

    @strawberry.field(description="Posts behind it that the reader may read in the host.", metadata=batch(evidence_of))
    async def evidence(self, info: Info) -> list[Evidence]:
        """The posts behind it."""
        return await load_evidence(info, self.post_ids)


async def _programs_of(info: HasContext, found: "Sequence[Suggestion]") -> list[Program | None]:
    if all(one.program_number is None for one in found):
        return [None] * len(found)
    loaders = info.context.loaders
    numbers = sorted({one.program_number for one in found if one.program_number is not None})
    known = dict(zip(numbers, await loaders.programs.load_many(numbers), strict=True))
    shown = {key: program_type(one, installation_id=loaders.principal.installation_id) for key, one in known.items() if one is not None}
    return [None if one.program_number is None else shown.get(one.program_number) for one in found]


@strawberry.type(description="A member who could help, with reasons. Contributions sum to the score.")
class Suggestion(Node):
    """A stored one, or one that was made for the asking."""

    score: float
    member: Member
    reasons: list[Reason]
    program_number: strawberry.Private[int | None]

    @strawberry.field(description="The program in which it was made, if any.", metadata=batch(_programs_of))
    async def program(self, info: Info) -> Program | None:
        """The program."""
        return (await _programs_of(info, [self]))[0]


def _reasons(found: tuple[DomainReason, ...]) -> list[Reason]:
    return [Reason(criterion=one.criterion, text=sentence(one), contribution=one.contribution, post_ids=one.post_ids) for one in found]


def suggestion(found: DomainSuggestion, person: DomainMember, *, installation_id: int) -> Suggestion:
    """A stored suggestion of a member."""
    return Suggestion(
        id=strawberry.ID(str(GlobalId("Suggestion", installation_id, str(found.id)))),
        score=found.score,
        member=member_type(person, installation_id=installation_id),
        reasons=_reasons(found.reasons),
        program_number=found.program_id,
    )


async def proposal(found: Proposal, info: HasContext, *, installation_id: int) -> Suggestion | None:
    """A suggestion that is not stored; its id is good for an hour."""
    person = await info.context.loaders.members.load(found.member_id)
    if person is None:
        return None
    return Suggestion(
        id=strawberry.ID(str(GlobalId("Proposal", installation_id, found.handle))),
        score=found.score,
        member=member_type(person, installation_id=installation_id),
        reasons=_reasons(found.reasons),
        program_number=None,
    )
