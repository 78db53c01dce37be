"""Stipends and gifts: proposed by one, approved by another, written down when they were paid."""

from collections.abc import Awaitable, Callable

import strawberry

from plugin.domain.ledger import EntryKind
from plugin.domain.people import Principal, Scope
from plugin.services.rewards import budgeting, spending
from schema.context import Info
from schema.errors import UserError, attempt
from schema.ids import number_of
from schema.inputs import plain
from schema.types.rewards import LedgerEntry, LedgerKind, RewardBudget, budget_type, entry_type

# mypy: disable-error-code="valid-type"
# strawberry.enum returns the enum itself.


@strawberry.input
class SetRewardBudgetInput:
    """How much a program may give away, in hundredths."""

    program: strawberry.ID
    amount: int
    currency: str


@strawberry.type
class RewardBudgetPayload:
    """The budget as it is now."""

    budget: RewardBudget | None
    user_errors: list[UserError]


@strawberry.input
class ProposeStipendInput:
    """What to give whom, in hundredths, and what for."""

    program: strawberry.ID
    member: strawberry.ID
    amount: int
    words: str
    kind: LedgerKind = strawberry.field(default=EntryKind.STIPEND)


@strawberry.input
class CorrectStipendInput:
    """Which entry, by how much, in hundredths, and why; less than nothing takes back."""

    id: strawberry.ID
    amount: int
    words: str


@strawberry.input
class DecideStipendInput:
    """Which entry, and whether it is approved."""

    id: strawberry.ID
    approve: bool


@strawberry.input
class PayStipendInput:
    """Which entry, and how the payment is found again."""

    id: strawberry.ID
    reference: str = ""


@strawberry.type
class LedgerPayload:
    """The entry as it is now."""

    entry: LedgerEntry | None
    user_errors: list[UserError]


async def set_reward_budget(info: Info, input: SetRewardBudgetInput) -> RewardBudgetPayload:  # noqa: A002 - the Relay convention
    """Say how much a program may give away."""
    principal = info.context.require(Scope.READ)

    async def work() -> RewardBudget:
        number = number_of(principal, input.program, "Program")
        return budget_type(await budgeting.set_budget(info.context.runtime, principal, number, amount=input.amount, currency=plain(input.currency, "currency")))

    found, errors = await attempt(work)
    return RewardBudgetPayload(budget=found, user_errors=errors)


async def _entry(info: Info, act: Callable[[Principal], Awaitable[spending.Said]]) -> LedgerPayload:
    principal = info.context.require(Scope.READ)

    async def work() -> LedgerEntry:
        done, words = await act(principal)
        return entry_type(done, words, installation_id=principal.installation_id)

    found, errors = await attempt(work)
    return LedgerPayload(entry=found, user_errors=errors)


async def propose_stipend(info: Info, input: ProposeStipendInput) -> LedgerPayload:  # noqa: A002 - the Relay convention
    """Propose to give a member something."""

    async def act(principal: Principal) -> spending.Said:
        program, member = number_of(principal, input.program, "Program"), number_of(principal, input.member, "Member")
        words = plain(input.words, "words").strip()
        made = await spending.propose(info.context.runtime, principal, program, member, kind=EntryKind(input.kind), amount=input.amount, words=words)
        return made, words

    return await _entry(info, act)


async def correct_stipend(info: Info, input: CorrectStipendInput) -> LedgerPayload:  # noqa: A002 - the Relay convention
    """Propose to put an entry right."""

    async def act(principal: Principal) -> spending.Said:
        number, words = number_of(principal, input.id, "LedgerEntry"), plain(input.words, "words").strip()
        return await spending.correct(info.context.runtime, principal, number, amount=input.amount, words=words), words

    return await _entry(info, act)


async def decide_stipend(info: Info, input: DecideStipendInput) -> LedgerPayload:  # noqa: A002 - the Relay convention
    """Approve or reject what somebody else proposed."""

    async def act(principal: Principal) -> spending.Said:
        done = await spending.decide(info.context.runtime, principal, number_of(principal, input.id, "LedgerEntry"), approve=input.approve)
        return await spending.find(info.context.runtime, principal, done.program_id, done.id)

    return await _entry(info, act)


async def pay_stipend(info: Info, input: PayStipendInput) -> LedgerPayload:  # noqa: A002 - the Relay convention
    """Write down that an entry was paid."""

    async def act(principal: Principal) -> spending.Said:
        reference = plain(input.reference, "reference")
        done = await spending.pay(info.context.runtime, principal, number_of(principal, input.id, "LedgerEntry"), reference=reference)
        return await spending.find(info.context.runtime, principal, done.program_id, done.id)

    return await _entry(info, act)


@strawberry.type
class LedgerMutations:
    """Budgets and what is paid from them."""

    set_reward_budget = strawberry.field(resolver=set_reward_budget, description="Say how much a program may give away; for admins.")
    propose_stipend = strawberry.field(resolver=propose_stipend, description="Propose to give a member something; for managers.")
    correct_stipend = strawberry.field(resolver=correct_stipend, description="Propose to put an approved or paid entry right; for managers.")
    decide_stipend = strawberry.field(resolver=decide_stipend, description="Approve or reject what another person proposed; for managers.")
    pay_stipend = strawberry.field(resolver=pay_stipend, description="Write down that an approved entry was paid; for managers.")
