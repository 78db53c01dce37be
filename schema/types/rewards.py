"""What programs give back as GraphQL shows it: rules, awards, levels, certificates, thanks, and the ledger."""

from datetime import date, datetime

import strawberry

from plugin.domain import ledger as ledger_domain
from plugin.domain import rewards as domain
from plugin.domain.people import Scope
from plugin.services.pairs import thanking
from plugin.services.rewards import budgeting, certifying, rewarding, spending
from schema.context import Info
from schema.ids import GlobalId
from schema.types.member import Member, member_by_number
from schema.types.program import Program, Role, program_by_number

RewardFigure = strawberry.enum(domain.Figure, name="RewardFigure", description="What a rule counts, of one member in one program.")
AwardState = strawberry.enum(domain.AwardState, name="AwardState", description="The life of an award.")
LedgerKind = strawberry.enum(ledger_domain.EntryKind, name="LedgerKind", description="What an entry of a ledger is for.")
LedgerState = strawberry.enum(ledger_domain.EntryState, name="LedgerState", description="The life of an entry of a ledger.")


@strawberry.type(description="When a member is given something.")
class RewardRule:
    """A rule."""

    id: strawberry.ID
    figure: RewardFigure  # type: ignore[valid-type]  # strawberry.enum returns the enum itself
    least: int
    role: Role | None  # type: ignore[valid-type]  # strawberry.enum returns the enum itself
    badge: str
    points: int
    certificate: bool
    repeats: bool
    in_host: bool = strawberry.field(description="Whether the badge is one of the host's own.")
    ended: bool


def rule_type(one: domain.Rule, *, installation_id: int) -> RewardRule:
    """A rule as GraphQL shows it."""
    return RewardRule(
        id=strawberry.ID(str(GlobalId("RewardRule", installation_id, str(one.id)))),
        figure=one.figure,
        least=one.least,
        role=one.role,
        badge=one.badge,
        points=one.points,
        certificate=one.certificate,
        repeats=one.repeats,
        in_host=one.in_host,
        ended=one.ended_at is not None,
    )


@strawberry.type(description="What a member is called from so many points on.")
class RewardLevel:
    """A level."""

    name: str
    points: int


@strawberry.type(description="What a program gives back.")
class RewardPlan:
    """Rules and levels."""

    rules: list[RewardRule]
    levels: list[RewardLevel]


@strawberry.type(description="What a member was given by a rule.")
class Award:
    """An award."""

    id: strawberry.ID
    badge: str
    points: int
    state: AwardState  # type: ignore[valid-type]  # strawberry.enum returns the enum itself
    at: datetime
    member_number: strawberry.Private[int]
    program_number: strawberry.Private[int]

    @strawberry.field(description="Who was given it.")
    async def member(self, info: Info) -> Member | None:
        """The member."""
        return await member_by_number(info, self.member_number)

    @strawberry.field(description="In which program.")
    async def program(self, info: Info) -> Program | None:
        """The program."""
        return await program_by_number(info, self.program_number)


def award_type(one: domain.Award, *, installation_id: int) -> Award:
    """An award as GraphQL shows it."""
    return Award(
        id=strawberry.ID(str(GlobalId("Award", installation_id, str(one.id)))),
        badge=one.badge,
        points=one.points,
        state=one.state,
        at=one.at,
        member_number=one.member_id,
        program_number=one.program_id,
    )


@strawberry.type(description="A member's points in a program. Nobody is ranked by them.")
class RewardStanding:
    """Points and a level."""

    points: int
    level: str
    missing: int | None = strawberry.field(description="How many points are missing to the next level.")
    program_number: strawberry.Private[int]

    @strawberry.field(description="In which program.")
    async def program(self, info: Info) -> Program | None:
        """The program."""
        return await program_by_number(info, self.program_number)


@strawberry.type(description="What a member did in a program, for them to show.")
class Certificate:
    """A certificate."""

    id: strawberry.ID
    address: str = strawberry.field(description="A page on which anybody can check it.")
    pdf: str = strawberry.field(description="The same as a PDF.")
    name: str
    program: str
    role: Role  # type: ignore[valid-type]  # strawberry.enum returns the enum itself
    hours: float
    sessions: int
    mentorships: int
    began_on: date
    ended_on: date
    issued_at: datetime
    valid: bool


def certificate_type(one: certifying.Shown, *, installation_id: int, public_url: str) -> Certificate:
    """A certificate as GraphQL shows it."""
    facts = one.facts
    return Certificate(
        id=strawberry.ID(str(GlobalId("Certificate", installation_id, str(one.certificate.id)))),
        address=f"{public_url}{one.path}",
        pdf=f"{public_url}{one.path}.pdf",
        name=facts.name,
        program=facts.program,
        role=facts.role,
        hours=facts.hours,
        sessions=facts.sessions,
        mentorships=facts.mentorships,
        began_on=facts.began_on,
        ended_on=facts.ended_on,
        issued_at=one.certificate.issued_at,
        valid=one.valid,
    )


@strawberry.type(description="A word of thanks.")
class Thanks:
    """Thanks."""

    words: str
    public: bool = strawberry.field(description="Whether it was said in the community too.")
    at: datetime
    from_number: strawberry.Private[int | None]
    to_number: strawberry.Private[int]

    @strawberry.field(description="Who thanks; null for a service and for somebody who is gone.")
    async def sender(self, info: Info) -> Member | None:
        """Who thanks."""
        return await member_by_number(info, self.from_number)

    @strawberry.field(description="Who is thanked.")
    async def receiver(self, info: Info) -> Member | None:
        """Who is thanked."""
        return await member_by_number(info, self.to_number)


def thanks_type(one: tuple[domain.Thanks, str]) -> Thanks:
    """Thanks as GraphQL shows them."""
    said, words = one
    return Thanks(words=words, public=said.public, at=said.at, from_number=said.from_id, to_number=said.to_id)


@strawberry.type(description="How much a program may give away, in hundredths of the currency.")
class RewardBudget:
    """A budget."""

    amount: int
    currency: str
    committed: int = strawberry.field(description="What was approved or paid.")
    left: int


def budget_type(one: budgeting.Account) -> RewardBudget:
    """A budget as GraphQL shows it."""
    return RewardBudget(amount=one.budget.amount, currency=one.budget.currency, committed=one.committed, left=one.left)


@strawberry.type(description="A line of a program's ledger; amounts are in hundredths. Nothing but its state changes.")
class LedgerEntry:
    """An entry."""

    id: strawberry.ID
    kind: LedgerKind  # type: ignore[valid-type]  # strawberry.enum returns the enum itself
    state: LedgerState  # type: ignore[valid-type]  # strawberry.enum returns the enum itself
    amount: int
    currency: str
    words: str
    proposed_at: datetime
    decided_at: datetime | None
    paid_at: datetime | None
    reference: str
    corrects: strawberry.ID | None = strawberry.field(description="The entry that a correction puts right.")
    member_number: strawberry.Private[int | None]
    program_number: strawberry.Private[int]

    @strawberry.field(description="Who is given it; null for a former member.")
    async def member(self, info: Info) -> Member | None:
        """The member."""
        return await member_by_number(info, self.member_number)

    @strawberry.field(description="In which program.")
    async def program(self, info: Info) -> Program | None:
        """The program."""
        return await program_by_number(info, self.program_number)


def entry_type(one: ledger_domain.Entry, words: str, *, installation_id: int) -> LedgerEntry:
    """An entry as GraphQL shows it."""

    def name(number: int) -> strawberry.ID:
        return strawberry.ID(str(GlobalId("LedgerEntry", installation_id, str(number))))

    return LedgerEntry(
        id=name(one.id),
        kind=one.kind,
        state=one.state,
        amount=one.amount,
        currency=one.currency,
        words=words,
        proposed_at=one.proposed_at,
        decided_at=one.decided_at,
        paid_at=one.paid_at,
        reference=one.reference,
        corrects=None if one.corrects is None else name(one.corrects),
        member_number=one.member_id,
        program_number=one.program_id,
    )


@strawberry.type(description="What the viewer was given.")
class ViewerRewards:
    """Awards, points, certificates, thanks and payments."""

    awards: list[Award]
    standings: list[RewardStanding]
    certificates: list[Certificate]
    thanks: list[Thanks]
    payments: list[LedgerEntry]


@strawberry.type
class Rewarded:
    """What the viewer was given."""

    @strawberry.field(description="Awards, points and levels, certificates, thanks, stipends and gifts of the viewer.")
    async def rewards(self, info: Info) -> ViewerRewards:
        """What the viewer was given."""
        principal, runtime = info.context.require(Scope.ME), info.context.runtime
        mine = principal.installation_id
        awards, standings = await rewarding.mine(runtime, principal)
        thanks = await thanking.mine(runtime, principal)
        return ViewerRewards(
            awards=[award_type(one, installation_id=mine) for one in awards],
            standings=[RewardStanding(points=one.points, level=one.level, missing=one.missing, program_number=one.program_id) for one in standings],
            certificates=[
                certificate_type(one, installation_id=mine, public_url=runtime.settings.public_url) for one in await certifying.mine(runtime, principal)
            ],
            thanks=[thanks_type(one) for one in thanks],
            payments=[entry_type(one, words, installation_id=mine) for one, words in await spending.mine(runtime, principal)],
        )
