"""What programs give back, and the ledger of what it costs."""

from typing import Any

from sqlalchemy import Row, func, or_

from plugin.domain.ledger import Budget, Entry, EntryKind, EntryState
from plugin.domain.programs import Role
from plugin.domain.rewards import Award, AwardState, Certificate, Figure, Level, Rule, Thanks
from plugin.store.repositories.base import Repository
from plugin.store.tables import awards, budgets, certificates, ledger, reward_levels, reward_rules, thanks


class Rewards(Repository):
    """Rules, levels and awards."""

    def put_rule(self, one: Rule) -> None:
        """Insert or replace a rule."""
        names = ("program_id", "least", "badge", "points", "certificate", "repeats", "in_host", "created_at", "ended_at")
        values: dict[str, object] = {name: getattr(one, name) for name in names}
        self._put(reward_rules, [values | {"rule_id": one.id, "figure": one.figure.value, "role": one.role.value if one.role else ""}])

    def rule(self, rule_id: int) -> Rule | None:
        """The rule with this id."""
        row = self._one(self._select(reward_rules).where(reward_rules.c.rule_id == rule_id))
        return None if row is None else _rule(row)

    def rules(self, program_id: int, *, ended: bool = False) -> list[Rule]:
        """A program's rules that are in force, or those that have ended, the oldest first."""
        columns = reward_rules.c
        there = columns.ended_at.is_not(None) if ended else columns.ended_at.is_(None)
        statement = self._select(reward_rules).where(columns.program_id == program_id, there)
        return [_rule(row) for row in self._rows(statement.order_by(columns.rule_id))]

    def set_levels(self, program_id: int, levels: tuple[Level, ...]) -> None:
        """Replace a program's levels."""
        self._put(reward_levels, [{"program_id": program_id, "levels": [[one.name, one.points] for one in levels]}])

    def levels(self, program_id: int) -> tuple[Level, ...]:
        """A program's levels, the lowest first."""
        row = self._one(self._select(reward_levels, reward_levels.c.levels).where(reward_levels.c.program_id == program_id))
        return () if row is None else tuple(Level(name=name, points=int(points)) for name, points in row[0])

    def add(self, one: Award) -> bool:
        """Give an award; ``False`` if the member has it, or had it and it was taken back."""
        names = ("rule_id", "program_id", "member_id", "number", "badge", "points", "at", "revoked_at")
        values: dict[str, object] = {name: getattr(one, name) for name in names}
        row = values | {"award_id": one.id, "state": one.state.value}
        return self._add(awards, row, unique=("rule_id", "member_id", "number"))

    def put(self, one: Award) -> None:
        """Keep the state that an award is in."""
        which = awards.c.award_id == one.id
        self._run(self._update(awards).where(which).values(state=one.state.value, revoked_at=one.revoked_at))

    def get(self, award_id: int) -> Award | None:
        """The award with this id."""
        row = self._one(self._select(awards).where(awards.c.award_id == award_id))
        return None if row is None else _award(row)

    def of_member(self, member_id: int) -> list[Award]:
        """A member's awards, the newest first."""
        return [_award(row) for row in self._rows(self._select(awards).where(awards.c.member_id == member_id).order_by(awards.c.award_id.desc()))]

    def page(self, program_id: int, *, after: int | None, limit: int) -> list[Award]:
        """Awards of a program, the oldest first."""
        statement = self._select(awards).where(awards.c.program_id == program_id)
        if after is not None:
            statement = statement.where(awards.c.award_id > after)
        return [_award(row) for row in self._rows(statement.order_by(awards.c.award_id).limit(limit))]

    def given(self, rule_id: int, member_id: int) -> int:
        """How often a member was given something by a rule, what was taken back included."""
        which = awards.c.rule_id == rule_id, awards.c.member_id == member_id
        row = self._one(self._select(awards, func.count()).where(*which))
        return 0 if row is None else int(row[0])


def _rule(row: Row[*tuple[Any, ...]]) -> Rule:
    return Rule(
        id=row.rule_id,
        program_id=row.program_id,
        figure=Figure(row.figure),
        least=row.least,
        role=Role(row.role) if row.role else None,
        badge=row.badge,
        points=row.points,
        certificate=row.certificate,
        repeats=row.repeats,
        in_host=row.in_host,
        created_at=row.created_at,
        ended_at=row.ended_at,
    )


def _award(row: Row[*tuple[Any, ...]]) -> Award:
    return Award(
        id=row.award_id,
        rule_id=row.rule_id,
        program_id=row.program_id,
        member_id=row.member_id,
        number=row.number,
        badge=row.badge,
        points=row.points,
        state=AwardState(row.state),
        at=row.at,
        revoked_at=row.revoked_at,
    )


class Certificates(Repository):
    """Certificates and words of thanks."""

    def put(self, one: Certificate) -> None:
        """Insert or replace a certificate."""
        names = ("program_id", "member_id", "digest", "code", "facts", "issued_at", "revoked_at")
        values: dict[str, object] = {name: getattr(one, name) for name in names}
        self._put(certificates, [values | {"certificate_id": one.id, "role": one.role.value}])

    def get(self, certificate_id: int) -> Certificate | None:
        """The certificate with this id."""
        row = self._one(self._select(certificates).where(certificates.c.certificate_id == certificate_id))
        return None if row is None else _certificate(row)

    def by_digest(self, digest: bytes) -> Certificate | None:
        """The certificate whose code has this hash."""
        row = self._one(self._select(certificates).where(certificates.c.digest == digest))
        return None if row is None else _certificate(row)

    def of_member(self, member_id: int, *, program_id: int | None = None) -> list[Certificate]:
        """A member's certificates, the newest first."""
        statement = self._select(certificates).where(certificates.c.member_id == member_id)
        if program_id is not None:
            statement = statement.where(certificates.c.program_id == program_id)
        return [_certificate(row) for row in self._rows(statement.order_by(certificates.c.certificate_id.desc()))]

    def page(self, program_id: int, *, after: int | None, limit: int) -> list[Certificate]:
        """Certificates of a program, the newest first."""
        statement = self._select(certificates).where(certificates.c.program_id == program_id)
        if after is not None:
            statement = statement.where(certificates.c.certificate_id < after)
        return [_certificate(row) for row in self._rows(statement.order_by(certificates.c.certificate_id.desc()).limit(limit))]

    def thanks_in(self, program_id: int, *, by: int | None, after: int | None, limit: int) -> list[Thanks]:
        """Words of thanks in a program that were said in public, and those of one member, the newest first."""
        columns = thanks.c
        seen = columns.public if by is None else or_(columns.public, columns.from_id == by)
        statement = self._select(thanks).where(columns.program_id == program_id, seen)
        if after is not None:
            statement = statement.where(columns.thanks_id < after)
        return [_thanks(row) for row in self._rows(statement.order_by(columns.thanks_id.desc()).limit(limit))]

    def thank(self, one: Thanks) -> None:
        """Keep a word of thanks."""
        names = ("program_id", "from_id", "to_id", "words", "public", "at")
        self._put(thanks, [{name: getattr(one, name) for name in names} | {"thanks_id": one.id}])

    def thanks_of(self, member_id: int) -> list[Thanks]:
        """What a member was thanked for, the newest first."""
        return [_thanks(row) for row in self._rows(self._select(thanks).where(thanks.c.to_id == member_id).order_by(thanks.c.thanks_id.desc()))]


def _certificate(row: Row[*tuple[Any, ...]]) -> Certificate:
    return Certificate(
        id=row.certificate_id,
        program_id=row.program_id,
        member_id=row.member_id,
        role=Role(row.role),
        digest=bytes(row.digest),
        code=bytes(row.code),
        facts=bytes(row.facts),
        issued_at=row.issued_at,
        revoked_at=row.revoked_at,
    )


def _thanks(row: Row[*tuple[Any, ...]]) -> Thanks:
    return Thanks(id=row.thanks_id, program_id=row.program_id, from_id=row.from_id, to_id=row.to_id, words=bytes(row.words), public=row.public, at=row.at)


class Ledger(Repository):
    """Budgets, and entries that are added and never edited."""

    def set_budget(self, one: Budget) -> None:
        """Insert or replace a program's budget."""
        self._put(budgets, [{name: getattr(one, name) for name in ("program_id", "amount", "currency", "set_at", "set_by")}])

    def budget(self, program_id: int) -> Budget | None:
        """A program's budget."""
        row = self._one(self._select(budgets).where(budgets.c.program_id == program_id))
        if row is None:
            return None
        return Budget(program_id=row.program_id, amount=row.amount, currency=row.currency, set_at=row.set_at, set_by=row.set_by)

    def add(self, one: Entry) -> None:
        """Write an entry."""
        names = ("program_id", "member_id", "amount", "currency", "words", "proposed_by", "proposed_at", "decided_by", "decided_at", "paid_at", "reference")
        values: dict[str, object] = {name: getattr(one, name) for name in (*names, "corrects")}
        row = {"installation_id": self.installation_id, **values, "entry_id": one.id, "kind": one.kind.value, "state": one.state.value}
        self._run(self._insert(ledger), [row])

    def move(self, one: Entry) -> None:
        """Keep the state that an entry is in; nothing else of it can change."""
        values = {name: getattr(one, name) for name in ("decided_by", "decided_at", "paid_at", "reference")}
        self._run(self._update(ledger).where(ledger.c.entry_id == one.id).values(state=one.state.value, **values))

    def get(self, entry_id: int) -> Entry | None:
        """The entry with this id."""
        row = self._one(self._select(ledger).where(ledger.c.entry_id == entry_id))
        return None if row is None else _entry(row)

    def of_program(self, program_id: int) -> list[Entry]:
        """All entries of a program, the oldest first."""
        return [_entry(row) for row in self._rows(self._select(ledger).where(ledger.c.program_id == program_id).order_by(ledger.c.entry_id))]

    def page(self, program_id: int, *, after: int | None, limit: int, state: EntryState | None) -> list[Entry]:
        """A page of them."""
        statement = self._select(ledger).where(ledger.c.program_id == program_id)
        if after is not None:
            statement = statement.where(ledger.c.entry_id > after)
        if state is not None:
            statement = statement.where(ledger.c.state == state.value)
        return [_entry(row) for row in self._rows(statement.order_by(ledger.c.entry_id).limit(limit))]

    def of_member(self, member_id: int) -> list[Entry]:
        """What a member was given, the newest first."""
        return [_entry(row) for row in self._rows(self._select(ledger).where(ledger.c.member_id == member_id).order_by(ledger.c.entry_id.desc()))]


def _entry(row: Row[*tuple[Any, ...]]) -> Entry:
    return Entry(
        id=row.entry_id,
        program_id=row.program_id,
        member_id=row.member_id,
        kind=EntryKind(row.kind),
        amount=row.amount,
        currency=row.currency,
        state=EntryState(row.state),
        words=bytes(row.words),
        proposed_by=row.proposed_by,
        proposed_at=row.proposed_at,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        paid_at=row.paid_at,
        reference=row.reference,
        corrects=row.corrects,
    )
