"""Reading matching rounds and what answers have taught."""

from datetime import datetime

import strawberry

from plugin.domain.people import Scope
from plugin.errors import NotFound
from plugin.services.matching import round_reading
from plugin.services.mentorships import adapting
from schema.context import Info
from schema.ids import number_of, parse_number
from schema.paging import Connection, Page, connection, decode_cursor, encode_cursor, page_size
from schema.types.round_design import criteria_of
from schema.types.round_pairs import MatchPair, MatchWhy, MatchWhyNot, pair
from schema.types.round_pairs import why as why_type
from schema.types.round_pairs import why_not as why_not_type
from schema.types.rounds import MatchRound, match_round


@strawberry.type(description="By what a criterion's weight is multiplied in a program, and how many answers say so.")
class LearnedWeight:
    """A factor."""

    criterion: str
    factor: float
    samples: int


@strawberry.type(description="A number behind a change.")
class MoveFigure:
    """A name and a number."""

    name: str
    value: float


@strawberry.type(description="A change of such a factor, and the data that moved it.")
class WeightMove:
    """One change."""

    criterion: str
    earlier: float
    later: float
    because: list[MoveFigure]
    at: datetime


@strawberry.type(description="What a program's answers have taught about its criteria.")
class LearnedWeights:
    """Factors and how they came about."""

    factors: list[LearnedWeight]
    moves: list[WeightMove]


@strawberry.type
class RoundQueries:
    """What can be read about rounds."""

    @strawberry.field(description="A matching round by its id; managers only.")
    async def match_round(self, info: Info, id: strawberry.ID) -> MatchRound | None:  # noqa: A002 - the field's own name
        """One round."""
        principal = info.context.require(Scope.READ)
        try:
            number = parse_number(id, type_name="MatchRound", installation_id=principal.installation_id)
            return match_round(await round_reading.find(info.context.runtime, principal, number), installation_id=principal.installation_id)
        except NotFound:
            return None

    @strawberry.field(description="Matching rounds of a program, the newest first; managers only.")
    async def match_rounds(self, info: Info, program: strawberry.ID, first: int | None = None, after: str | None = None) -> Connection[MatchRound]:
        """A page of rounds."""
        principal = info.context.require(Scope.READ)
        size, place = page_size(first), decode_cursor(after, "round", 1)
        number = number_of(principal, program, "Program", field="program")
        rows = await round_reading.page(info.context.runtime, principal, number, after=None if place is None else place[0], limit=size + 1)
        return connection(
            Page(rows, size, after is not None),
            node=lambda row: match_round(row, installation_id=principal.installation_id),
            cursor=lambda row: encode_cursor("round", row.id),
        )

    @strawberry.field(description="Why two members are not together in a computed round, and what it would cost to pin them; managers only.")
    async def why_not(self, info: Info, round: strawberry.ID, mentor_id: strawberry.ID, mentee_id: strawberry.ID) -> MatchWhyNot:  # noqa: A002 - the field's own name
        """What stands between two people."""
        principal = info.context.require(Scope.READ)
        number = number_of(principal, round, "MatchRound", field="round")
        mentor, mentee = number_of(principal, mentor_id, "Member", field="mentorId"), number_of(principal, mentee_id, "Member", field="menteeId")
        one = await round_reading.find(info.context.runtime, principal, number)
        told = await round_reading.explain_absence(info.context.runtime, info.context.graphs, principal, number, mentor_id=mentor, mentee_id=mentee)
        return why_not_type(told, criteria_of(one.matching))

    @strawberry.field(description="Why two members are together in a computed round, and what they are worth to it; managers only.")
    async def why_together(self, info: Info, round: strawberry.ID, mentor_id: strawberry.ID, mentee_id: strawberry.ID) -> MatchWhy:  # noqa: A002 - the field's own name
        """What a pair is to both and to the round."""
        principal = info.context.require(Scope.READ)
        number = number_of(principal, round, "MatchRound", field="round")
        mentor, mentee = number_of(principal, mentor_id, "Member", field="mentorId"), number_of(principal, mentee_id, "Member", field="menteeId")
        one = await round_reading.find(info.context.runtime, principal, number)
        told, found = await round_reading.explain(info.context.runtime, info.context.graphs, principal, number, mentor_id=mentor, mentee_id=mentee)
        return why_type(told, found, criteria_of(one.matching))

    @strawberry.field(description="The viewer's own pairs of rounds that were published, with the reasons; nobody else sees them but managers.")
    async def my_matches(self, info: Info) -> list[MatchPair]:
        """The viewer's pairs."""
        principal = info.context.require(Scope.ME)
        found = await round_reading.mine(info.context.runtime, principal)
        return [pair(one, {each.key: each for each in criteria}) for one, criteria in found]

    @strawberry.field(description="What a program's answers have taught about its criteria; managers only.")
    async def learned_weights(self, info: Info, program: strawberry.ID) -> LearnedWeights:
        """Factors, and the data that moved them."""
        principal = info.context.require(Scope.READ)
        number = number_of(principal, program, "Program", field="program")
        found = await adapting.learned(info.context.runtime, principal, number)
        return LearnedWeights(
            factors=[LearnedWeight(criterion=key, factor=factor, samples=samples) for key, (factor, samples) in found.factors.items()],
            moves=[
                WeightMove(
                    criterion=one.criterion,
                    earlier=one.earlier,
                    later=one.later,
                    because=[MoveFigure(name=name, value=value) for name, value in one.because.items()],
                    at=one.at,
                )
                for one in found.moves
            ],
        )
