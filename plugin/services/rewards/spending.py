"""The ledger of stipends and gifts: proposed, approved by a second person within the budget, paid; corrected by further entries, never edited."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from plugin.domain.ledger import (
    COUNTS,
    MAX_AMOUNT,
    MAX_REFERENCE,
    MAX_WORDS,
    Entry,
    EntryKind,
    EntryState,
    check_amount,
    left_of,
    move,
)
from plugin.domain.people import Principal
from plugin.errors import Conflict, Forbidden, Invalid, NotFound
from plugin.services.guarding import seeing
from plugin.services.guarding.managing import managed, require_manager
from plugin.services.messages.telling import tell
from plugin.services.programs import tabular
from plugin.services.rewards.budgeting import budget_of, check_left, money
from plugin.services.runtime import Runtime
from plugin.store.unit_of_work import UnitOfWork

PURPOSE = "ledger"


# ---------------------------------------------------------------------------------------------------------------------- entries


async def propose(runtime: Runtime, principal: Principal, program_id: int, member_id: int, *, kind: EntryKind, amount: int, words: str) -> Entry:
    """Propose to give a member something. Raises :class:`Invalid`, and :class:`Conflict` without a budget or beyond what is left of it."""
    check_amount(amount)
    plain = _words(words)
    if kind is EntryKind.CORRECTION:
        raise Invalid("a correction names the entry that it puts right", field="kind")

    def work(unit: UnitOfWork) -> Entry:
        require_manager(unit, principal, program_id)
        if unit.members.get(member_id) is None or member_id not in unit.enrolments.ever(program_id):
            raise NotFound("there is no such member in the program", field="member")
        if member_id == principal.member_id:
            raise Forbidden("somebody else proposes what you are given")
        budget = budget_of(unit, program_id)
        check_left(unit, budget, amount)
        return _write(unit, principal, Draft(program_id=program_id, member_id=member_id, kind=kind, amount=amount, currency=budget.currency, words=plain))

    return await runtime.database.write(principal.installation_id, work)


async def correct(runtime: Runtime, principal: Principal, entry_id: int, *, amount: int, words: str) -> Entry:
    """Propose to put an approved or paid entry right by adding ``amount``, less than nothing to take back. Raises :class:`Conflict` below nothing."""
    plain = _words(words)
    if amount == 0 or abs(amount) > MAX_AMOUNT:
        raise Invalid("say by how much, in hundredths: less than nothing takes back", field="amount")

    def work(unit: UnitOfWork) -> Entry:
        one = _entry(unit, principal, entry_id)
        if one.state not in COUNTS or one.kind is EntryKind.CORRECTION:
            raise Conflict("only what was approved or paid is corrected, and no correction is: propose another", code="illegal_transition", field="entry")
        if left_of(one, unit.ledger.of_program(one.program_id)) + amount < 0:
            raise Conflict("that would take back more than was given", code="below_nothing", field="amount")
        check_left(unit, budget_of(unit, one.program_id), amount)
        draft = Draft(
            program_id=one.program_id, member_id=one.member_id, kind=EntryKind.CORRECTION, amount=amount, currency=one.currency, words=plain, corrects=one.id
        )
        return _write(unit, principal, draft)

    return await runtime.database.write(principal.installation_id, work)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What an entry is made of."""

    program_id: int
    member_id: int | None
    kind: EntryKind
    amount: int
    currency: str
    words: str
    corrects: int | None = None


def _write(unit: UnitOfWork, principal: Principal, draft: Draft) -> Entry:
    entry = Entry(
        id=unit.new_id(),
        program_id=draft.program_id,
        member_id=draft.member_id,
        kind=draft.kind,
        amount=draft.amount,
        currency=draft.currency,
        state=EntryState.PROPOSED,
        words=unit.seal(draft.words.encode(), purpose=PURPOSE),
        proposed_by=principal.actor,
        proposed_at=unit.now,
        corrects=draft.corrects,
    )
    unit.ledger.add(entry)
    unit.record("ledger.proposed", actor=principal.actor, entry=str(entry.id), amount=draft.amount)
    return entry


def _words(words: str) -> str:
    plain = words.strip()
    if not 3 <= len(plain) <= MAX_WORDS:
        raise Invalid("say what it is for, in 3 to {most} characters", field="words", most=MAX_WORDS)
    return plain


def _entry(unit: UnitOfWork, principal: Principal, entry_id: int) -> Entry:
    return managed(unit, principal, unit.ledger.get(entry_id), NotFound("there is no such entry", field="entry"))


async def decide(runtime: Runtime, principal: Principal, entry_id: int, *, approve: bool) -> Entry:
    """Approve or reject what somebody else proposed.

    Raises :class:`Forbidden` for who proposed it, who is given it, and a service, which is no person; :class:`Conflict` beyond the budget.
    """

    def work(unit: UnitOfWork) -> Entry:
        one = _entry(unit, principal, entry_id)
        if principal.member_id is None:
            raise Forbidden("a second person approves: use a manager's own token")
        if principal.actor == one.proposed_by or principal.member_id == one.member_id:
            raise Forbidden("somebody else approves what you proposed or are given")
        state = move(one, EntryState.APPROVED if approve else EntryState.REJECTED)
        if approve:
            check_left(unit, budget_of(unit, one.program_id), one.amount)
            original = None if one.corrects is None else unit.ledger.get(one.corrects)
            if original is not None and left_of(original, unit.ledger.of_program(one.program_id)) < 0:
                raise Conflict("by now that would take back more than was given", code="below_nothing", field="entry")
        done = replace(one, state=state, decided_by=principal.actor, decided_at=unit.now)
        unit.ledger.move(done)
        if approve:
            _tell(unit, done, "stipend.approved")
        unit.record("ledger.decided", actor=principal.actor, entry=str(entry_id), approved=approve)
        return done

    return await runtime.database.write(principal.installation_id, work)


async def pay(runtime: Runtime, principal: Principal, entry_id: int, *, reference: str) -> Entry:
    """Write down that an approved entry was paid or handed over; the money itself moves elsewhere.

    Raises :class:`Forbidden` for who is given it, :class:`Conflict` for one that is not approved.
    """
    if len(reference) > MAX_REFERENCE:
        raise Invalid("a reference has at most {most} characters", field="reference", most=MAX_REFERENCE)

    def work(unit: UnitOfWork) -> Entry:
        one = _entry(unit, principal, entry_id)
        if one.member_id is not None and principal.member_id == one.member_id:
            raise Forbidden("somebody else writes down that you were paid")
        done = replace(one, state=move(one, EntryState.PAID), paid_at=unit.now, reference=reference.strip())
        unit.ledger.move(done)
        _tell(unit, done, "stipend.paid")
        unit.record("ledger.paid", actor=principal.actor, entry=str(entry_id))
        return done

    return await runtime.database.write(principal.installation_id, work)


def _tell(unit: UnitOfWork, one: Entry, kind: str) -> None:
    program = unit.programs.get(one.program_id)
    if one.member_id is not None and one.kind is not EntryKind.CORRECTION and program is not None:
        tell(unit, one.member_id, kind, key=f"ledger:{one.id}:{one.state.value}", about={"program": program.name, "amount": money(one.amount, one.currency)})


# ---------------------------------------------------------------------------------------------------------------------- reading


Said = tuple[Entry, str]
"""An entry and what it is for."""


def _opened(unit: UnitOfWork) -> Callable[[Entry], Said]:
    return lambda one: (one, unit.unseal(one.words, purpose=PURPOSE).decode())


async def page(runtime: Runtime, principal: Principal, program_id: int, *, after: int | None, limit: int, state: EntryState | None) -> list[Said]:
    """Entries of a program, the oldest first, for its managers; that they were read is written down for the members."""

    def work(unit: UnitOfWork) -> list[Said]:
        require_manager(unit, principal, program_id)
        found = unit.ledger.page(program_id, after=after, limit=limit, state=state)
        seeing.saw(unit, principal, {one.member_id for one in found if one.member_id is not None}, what="ledger")
        return list(map(_opened(unit), found))

    return await runtime.database.write(principal.installation_id, work)


async def find(runtime: Runtime, principal: Principal, program_id: int, entry_id: int) -> Said:
    """One entry of a program, for its managers; that it was read is written down for the member. Raises :class:`Forbidden` and :class:`NotFound`."""

    def work(unit: UnitOfWork) -> Said:
        one = _entry(unit, principal, entry_id)
        if one.program_id != program_id:
            raise NotFound("there is no such entry", field="entry")
        seeing.saw(unit, principal, set() if one.member_id is None else {one.member_id}, what="ledger")
        return _opened(unit)(one)

    return await runtime.database.write(principal.installation_id, work)


async def mine(runtime: Runtime, principal: Principal) -> list[Said]:
    """What the member was given: approved and paid entries, corrections included."""
    member_id = principal.member_id
    if member_id is None:
        return []

    def work(unit: UnitOfWork) -> list[Said]:
        return [_opened(unit)(one) for one in unit.ledger.of_member(member_id) if one.state in COUNTS]

    return await runtime.database.read(principal.installation_id, work)


async def export(runtime: Runtime, principal: Principal, program_id: int, *, form: str) -> tuple[str, bytes]:
    """The whole ledger of a program as a file: its name and its bytes. Raises :class:`Invalid` for a format that there is not."""
    writer = tabular.WRITERS.get(form)
    if writer is None:
        raise Invalid("the format is one of: {choices}", field="format", choices=", ".join(sorted(tabular.WRITERS)))

    def work(unit: UnitOfWork) -> tabular.Table:
        require_manager(unit, principal, program_id)
        entries = unit.ledger.of_program(program_id)
        people = unit.members.many(one.member_id for one in entries if one.member_id is not None)
        seeing.saw(unit, principal, people, what="ledger")
        unit.record("ledger.exported", actor=principal.actor, program=str(program_id), entries=len(entries))
        return _table(unit, entries, {key: member.username for key, member in people.items()})

    return f"ledger.{form}", writer(await runtime.database.write(principal.installation_id, work))


def _table(unit: UnitOfWork, entries: list[Entry], names: dict[int, str]) -> tabular.Table:
    kinds = dict.fromkeys(("entry", "member", "kind", "currency", "state", "for", "proposed_by", "decided_by", "reference", "corrects"), str)
    shape = tabular.columns(**(kinds | {"amount": float}))
    made = []
    for one, said in map(_opened(unit), entries):
        who = "" if one.member_id is None else names.get(one.member_id, "")
        corrects = "" if one.corrects is None else str(one.corrects)
        line = (str(one.id), who, one.kind.value, one.currency, one.state.value, said, one.proposed_by, one.decided_by, one.reference, corrects)
        made.append((*line, one.amount / 100))
    return tabular.Table(name="ledger", columns=shape, rows=tabular.rows(made))
