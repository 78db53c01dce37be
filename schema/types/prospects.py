"""Members who could be asked to take part, and what a program is short of, as GraphQL shows them."""

import strawberry

from plugin.domain import recruiting as domain
from plugin.services.recruiting.prospecting import Found, Shortage
from plugin.texts.running import EVIDENCE
from schema.context import Info
from schema.types.evidence import Evidence, load_evidence
from schema.types.member import Member, member_by_number


@strawberry.type(description="A figure by which somebody was found, such as how many members they helped.")
class ProspectReason:
    """A reason."""

    criterion: str
    count: int
    contribution: float = strawberry.field(description="Contributions sum to the score.")
    text: str


def prospect_reason(one: domain.Evidence, text: str) -> ProspectReason:
    """A figure as GraphQL shows it, in words for whoever reads it."""
    return ProspectReason(criterion=one.criterion, count=one.count, contribution=one.contribution, text=text)


def _to_managers(found: tuple[domain.Evidence, ...]) -> list[ProspectReason]:
    return [prospect_reason(one, EVIDENCE[one.criterion].format(count=one.count)) for one in found]


@strawberry.type(description="A member who already helps like a mentor and may be asked.")
class Prospect:
    """A prospect."""

    score: float
    reasons: list[ProspectReason]
    reachable: bool = strawberry.field(description="Whether a message would reach them; else they see the invitation where they look.")
    member_number: strawberry.Private[int]
    posts: strawberry.Private[tuple[str, ...]]

    @strawberry.field(description="Who it is.")
    async def member(self, info: Info) -> Member | None:
        """The member."""
        return await member_by_number(info, self.member_number)

    @strawberry.field(description="Posts that show it, as far as the reader may read them.")
    async def evidence(self, info: Info) -> list[Evidence]:
        """The posts."""
        return await load_evidence(info, self.posts)


def prospect_type(one: Found) -> Prospect:
    """A prospect as GraphQL shows them."""
    return Prospect(score=one.score, reasons=_to_managers(one.evidence), reachable=one.reachable, member_number=one.member_id, posts=one.post_ids)


@strawberry.type(description="A skill that more mentees of a program want than its mentors have places for.")
class SkillShortage:
    """A shortage."""

    skill: str
    wanted: int = strawberry.field(description="How many mentees want it.")
    waiting: int = strawberry.field(description="How many of them have no mentor.")
    offered: int = strawberry.field(description="How many mentors offer it.")
    places: int = strawberry.field(description="How many places these mentors have left.")
    text: str = strawberry.field(description="The same in one line.")
    invite: list[Prospect] = strawberry.field(description="Members who know about it and could be asked.")


def shortage_type(one: Shortage) -> SkillShortage:
    """A shortage as GraphQL shows it."""
    mentees = f"{one.wanted} {'mentee wants' if one.wanted == 1 else 'mentees want'} {one.skill}"
    mentors = f"{one.offered or 'no'} {'mentor offers' if one.offered == 1 else 'mentors offer'} it"
    places = f"{one.places or 'no'} {'place is' if one.places == 1 else 'places are'} free"
    ask = "" if not one.invite else "; invite this one" if len(one.invite) == 1 else f"; invite these {len(one.invite)}"
    return SkillShortage(
        skill=one.skill,
        wanted=one.wanted,
        waiting=one.waiting,
        offered=one.offered,
        places=one.places,
        text=f"{mentees}, {mentors} and {places}{ask}.",
        invite=[prospect_type(each) for each in one.invite],
    )
