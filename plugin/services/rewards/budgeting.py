"""A program's budget for stipends and gifts: set by the community's admins, and what is left of it."""

from dataclasses import dataclass

from plugin.domain.ledger import MAX_AMOUNT, Budget, check_currency, committed
from plugin.domain.people import Principal
from plugin.errors import Conflict, Invalid
from plugin.services.guarding.managing import require_manager
from plugin.services.runtime import Runtime
from plugin.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A program's budget, and how much of it is promised or paid."""

    budget: Budget
    committed: int

    @property
    def left(self) -> int:
        """What can still be approved."""
        return self.budget.amount - self.committed


async def set_budget(runtime: Runtime, principal: Principal, program_id: int, *, amount: int, currency: str) -> Account:
    """Say how much a program may give away; for the community's admins. Raises :class:`Conflict` below what is approved, and for another currency."""
    code = check_currency(currency)
    if not 0 <= amount <= MAX_AMOUNT:
        raise Invalid("a budget is in hundredths, such as 50000 for 500.00", field="amount")

    def work(unit: UnitOfWork) -> Account:
        require_manager(unit, principal, None)
        require_manager(unit, principal, program_id)
        entries, known = unit.ledger.of_program(program_id), unit.ledger.budget(program_id)
        if known is not None and known.currency != code and entries:
            raise Conflict(
                "this ledger is in {currency}: a budget in another currency needs another program", code="currency", field="currency", currency=known.currency
            )
        spent = committed(entries)
        if amount < spent:
            raise Conflict("{amount} is approved already: a budget cannot be less", code="over_budget", field="amount", amount=money(spent, code))
        budget = Budget(program_id=program_id, amount=amount, currency=code, set_at=unit.now, set_by=principal.actor)
        unit.ledger.set_budget(budget)
        unit.record("budget.set", actor=principal.actor, program=str(program_id), amount=amount, currency=code)
        return Account(budget=budget, committed=spent)

    return await runtime.database.write(principal.installation_id, work)


def money(amount: int, currency: str) -> str:
    """An amount in hundredths as it is written, such as ``500.00 EUR``."""
    return f"{'-' if amount < 0 else ''}{abs(amount) // 100}.{abs(amount) % 100:02d} {currency}"


async def account(runtime: Runtime, principal: Principal, program_id: int) -> Account | None:
    """A program's budget, for its managers; ``None`` without one."""

    def work(unit: UnitOfWork) -> Account | None:
        require_manager(unit, principal, program_id)
        budget = unit.ledger.budget(program_id)
        return None if budget is None else Account(budget=budget, committed=committed(unit.ledger.of_program(program_id)))

    return await runtime.database.read(principal.installation_id, work)


def budget_of(unit: UnitOfWork, program_id: int) -> Budget:
    """What a program may give away. Raises :class:`Conflict` where nobody has said how much."""
    budget = unit.ledger.budget(program_id)
    if budget is None:
        raise Conflict("this program has no budget: an admin sets one first", code="no_budget", field="program")
    return budget


def check_left(unit: UnitOfWork, budget: Budget, amount: int) -> None:
    """Raise :class:`Conflict` for more than is left of a budget."""
    left = budget.amount - committed(unit.ledger.of_program(budget.program_id))
    if amount > left:
        raise Conflict("{amount} is left of the budget", code="over_budget", field="amount", amount=money(left, budget.currency))
