"""What pairs agree on and work towards, and kits of sessions, as GraphQL shows them."""

from datetime import date, datetime

import strawberry

from plugin.domain import agreements as agreeing
from plugin.domain import goals as aims
from plugin.domain.kits import Kit as DomainKit
from plugin.services.meetings import kits
from plugin.services.pairs import agreeing as agreement_service
from plugin.services.pairs import goals as goal_service
from plugin.texts import language_of
from schema.context import Info
from schema.ids import GlobalId
from schema.types.member import Member
from schema.types.member import member_by_number as _member
from schema.types.node import Node

AgreementState = strawberry.enum(agreeing.AgreementState, name="AgreementState", description="The life of one version of an agreement.")
PairItemKind = strawberry.enum(aims.ItemKind, name="PairItemKind", description="What a pair keeps before its eyes.")
PairItemState = strawberry.enum(aims.ItemState, name="PairItemState", description="The life of a goal or an action.")
MilestoneName = strawberry.enum(aims.Milestone, name="MilestoneName", description="The way of a mentorship, in this order.")


@strawberry.type(description="A signature under an agreement.")
class AgreementSignature:
    """A signature."""

    at: datetime
    number: strawberry.Private[int]

    @strawberry.field(description="Whose.")
    async def member(self, info: Info) -> Member | None:
        """The member."""
        return await _member(info, self.number)


@strawberry.type(description="A version of a mentorship's agreement. Its terms are seen by those who are in it; managers see that there is one.")
class Agreement:
    """An agreement."""

    id: strawberry.ID
    version: int
    state: AgreementState  # type: ignore[valid-type]  # strawberry.enum returns the enum itself
    cadence: int = strawberry.field(description="Every how many days one meets.")
    topics: list[str]
    minutes: int | None
    starts_on: date | None
    ends_on: date | None
    note: str
    code_of_conduct: str = strawberry.field(description="As it was when this version was proposed.")
    created_at: datetime
    decided_at: datetime | None
    signatures: list[AgreementSignature]


def agreement(seen: agreement_service.Seen, *, installation_id: int) -> Agreement:
    """An agreement as GraphQL shows it."""
    one, terms = seen.agreement, seen.terms
    return Agreement(
        id=strawberry.ID(str(GlobalId("Agreement", installation_id, str(one.id)))),
        version=one.version,
        state=one.state,
        cadence=one.cadence,
        topics=[] if terms is None else list(terms.topics),
        minutes=None if terms is None else terms.minutes,
        starts_on=None if terms is None else terms.starts_on,
        ends_on=None if terms is None else terms.ends_on,
        note="" if terms is None else terms.note,
        code_of_conduct="" if terms is None else terms.conduct,
        created_at=one.created_at,
        decided_at=one.decided_at,
        signatures=[AgreementSignature(at=at, number=member_id) for member_id, at in one.signed.items()],
    )


@strawberry.type(description="A goal or an action of a mentorship; seen by those who are in it alone.")
class PairItem:
    """A goal or an action."""

    id: strawberry.ID
    kind: PairItemKind  # type: ignore[valid-type]  # strawberry.enum returns the enum itself
    state: PairItemState  # type: ignore[valid-type]  # strawberry.enum returns the enum itself
    title: str
    note: str
    due_on: date | None
    goal: strawberry.ID | None = strawberry.field(description="The id of the goal that an action leads to.")
    created_at: datetime
    settled_at: datetime | None
    number: strawberry.Private[int | None]

    @strawberry.field(description="Who does it; null for both.")
    async def member(self, info: Info) -> Member | None:
        """The member."""
        return await _member(info, self.number)


def pair_item(seen: goal_service.Seen, *, installation_id: int) -> PairItem:
    """A goal or an action as GraphQL shows it."""
    one = seen.item
    return PairItem(
        id=strawberry.ID(str(GlobalId("PairItem", installation_id, str(one.id)))),
        kind=one.kind,
        state=one.state,
        title=seen.title,
        note=seen.note,
        due_on=one.due_on,
        goal=None if one.goal_id is None else strawberry.ID(str(GlobalId("PairItem", installation_id, str(one.goal_id)))),
        created_at=one.created_at,
        settled_at=one.settled_at,
        number=one.member_id,
    )


@strawberry.type(description="A milestone of a mentorship. It is reached by what happens; nobody ticks it off.")
class Milestone:
    """A milestone."""

    name: MilestoneName  # type: ignore[valid-type]  # strawberry.enum returns the enum itself
    reached_at: datetime | None


@strawberry.type(description="A session kit: what a session is for, how its time is spent, how both sides get ready, and what is done afterwards.")
class SessionKit(Node):
    """A kit."""

    title: str
    purpose: str
    agenda: str = strawberry.field(description="A line for each part, with its minutes.")
    mentor_preparation: str
    mentee_preparation: str
    mentor_follow_up: str
    mentee_follow_up: str
    built_in: bool = strawberry.field(description="Whether it comes with the product.")
    retired: bool = strawberry.field(description="Whether it is offered no more.")


def session_kit(one: DomainKit, *, installation_id: int, locale: str) -> SessionKit:
    """A kit as GraphQL shows it to a reader."""
    words = kits.translated(one, language_of(locale))
    return SessionKit(
        id=strawberry.ID(str(GlobalId("SessionKit", installation_id, str(one.id)))),
        title=words.title,
        purpose=words.purpose,
        agenda=words.agenda,
        mentor_preparation=words.mentor_preparation,
        mentee_preparation=words.mentee_preparation,
        mentor_follow_up=words.mentor_follow_up,
        mentee_follow_up=words.mentee_follow_up,
        built_in=one.built_in,
        retired=one.retired,
    )
