"""Stipends and gifts: proposed by one person, approved by another, within a budget. What is written stays; a mistake is corrected by a further entry."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from plugin.errors import Conflict, Invalid

MAX_AMOUNT, MAX_WORDS, MAX_REFERENCE = 10_000_000_00, 500, 100


class EntryKind(StrEnum):
    """What an entry is for."""

    STIPEND = "stipend"
    GIFT = "gift"
    CORRECTION = "correction"
    """Puts an earlier entry right: its amount is added to that one's."""


class EntryState(StrEnum):
    """The life of an entry; :data:`NEXT` says which steps exist."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REJECTED = "rejected"
    PAID = "paid"


NEXT: dict[EntryState, frozenset[EntryState]] = {
    EntryState.PROPOSED: frozenset({EntryState.APPROVED, EntryState.REJECTED}),
    EntryState.APPROVED: frozenset({EntryState.PAID}),
    EntryState.REJECTED: frozenset(),
    EntryState.PAID: frozenset(),
}
COUNTS = frozenset({EntryState.APPROVED, EntryState.PAID})
"""What counts against the budget."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """How much a program may give away, in hundredths of ``currency`` (ISO 4217)."""

    program_id: int
    amount: int
    currency: str
    set_at: datetime
    set_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of a program's ledger; ``amount`` is in hundredths of the currency. Nothing but its state changes.

    ``member_id`` is ``None`` once the member left: the sums stay. ``proposed_by`` and ``decided_by`` are actors as the audit log names them. ``words`` are
    sealed. ``corrects`` is the entry that a correction puts right.
    """

    id: int
    program_id: int
    member_id: int | None
    kind: EntryKind
    amount: int
    currency: str
    state: EntryState
    words: bytes = field(repr=False)
    proposed_by: str
    proposed_at: datetime
    decided_by: str = ""
    decided_at: datetime | None = None
    paid_at: datetime | None = None
    reference: str = ""
    corrects: int | None = None


def check_amount(amount: int) -> None:
    """Raise :class:`Invalid` unless it is an amount that can be given."""
    if not 1 <= amount <= MAX_AMOUNT:
        raise Invalid("an amount is in hundredths, such as 2500 for 25.00, and more than nothing", field="amount")


def check_currency(currency: str) -> str:
    """An ISO 4217 code, or :class:`Invalid`."""
    code = currency.strip().upper()
    if len(code) != 3 or not code.isascii() or not code.isalpha():
        raise Invalid("say the currency as three letters, such as EUR", field="currency")
    return code


def move(entry: Entry, to: EntryState) -> EntryState:
    """The state after a step. Raises :class:`Conflict` for one that there is not."""
    if to not in NEXT[entry.state]:
        raise Conflict("this entry is {state}, so it cannot be {to}", code="illegal_transition", field="entry", state=entry.state, to=to)
    return to


def committed(entries: Iterable[Entry]) -> int:
    """What was approved or paid, corrections included."""
    return sum(one.amount for one in entries if one.state in COUNTS)


def left_of(entry: Entry, entries: Iterable[Entry]) -> int:
    """What is left of an entry after the corrections that count or wait."""
    return entry.amount + sum(one.amount for one in entries if one.corrects == entry.id and one.state is not EntryState.REJECTED)
