"""What pairs agree on and work towards, and the kits of their sessions."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from plugin.domain.agreements import Agreement, AgreementState
from plugin.domain.goals import Item, ItemKind, ItemState
from plugin.domain.kits import Kit, KitWords
from plugin.store.repositories.base import Repository, chunks
from plugin.store.tables import agreement_signatures, agreements, pair_items, session_kits


class Agreements(Repository):
    """Versions of what mentorships agreed on. Their terms are sealed."""

    def put(self, one: Agreement) -> None:
        """Insert or replace a version; signatures are put by :meth:`sign`."""
        plain = ("mentorship_id", "version", "cadence", "words", "created_at", "decided_at")
        values: dict[str, object] = {name: getattr(one, name) for name in plain}
        self._put(agreements, [values | {"agreement_id": one.id, "state": one.state.value}])

    def sign(self, agreement_id: int, member_id: int, *, at: datetime) -> None:
        """Keep a signature; a second one of the same member changes nothing."""
        self._add(agreement_signatures, {"agreement_id": agreement_id, "member_id": member_id, "at": at}, unique=("agreement_id", "member_id"))

    def get(self, agreement_id: int) -> Agreement | None:
        """The version with this id."""
        row = self._one(self._select(agreements).where(agreements.c.agreement_id == agreement_id))
        return None if row is None else self._signed([row])[0]

    def of_mentorship(self, mentorship_id: int) -> list[Agreement]:
        """All versions of a mentorship, the first one first."""
        return self._signed(self._rows(self._select(agreements).where(agreements.c.mentorship_id == mentorship_id).order_by(agreements.c.version)))

    def in_force(self, mentorship_ids: Iterable[int]) -> dict[int, Agreement]:
        """The version that everybody signed, by mentorship."""
        found: dict[int, Agreement] = {}
        for part in chunks(sorted(set(mentorship_ids))):
            which = agreements.c.mentorship_id.in_(part), agreements.c.state == AgreementState.IN_FORCE.value
            found |= {one.mentorship_id: one for one in self._signed(self._rows(self._select(agreements).where(*which)))}
        return found

    def forget_words(self, mentorship_ids: Iterable[int]) -> None:
        """Forget the terms of these mentorships, but for how often one meets."""
        for part in chunks(sorted(set(mentorship_ids))):
            self._run(self._update(agreements).where(agreements.c.mentorship_id.in_(part)).values(words=None))

    def _signed(self, rows: Iterable[Row[*tuple[Any, ...]]]) -> list[Agreement]:
        found = list(rows)
        signatures: dict[int, dict[int, datetime]] = {}
        for part in chunks([row.agreement_id for row in found]):
            for row in self._rows(self._select(agreement_signatures).where(agreement_signatures.c.agreement_id.in_(part))):
                signatures.setdefault(row.agreement_id, {})[row.member_id] = row.at
        return [
            Agreement(
                id=row.agreement_id,
                mentorship_id=row.mentorship_id,
                version=row.version,
                state=AgreementState(row.state),
                cadence=row.cadence,
                words=row.words,
                created_at=row.created_at,
                decided_at=row.decided_at,
                signed=signatures.get(row.agreement_id, {}),
            )
            for row in found
        ]


class PairItems(Repository):
    """Goals and actions of mentorships. What they are is sealed."""

    def put(self, item: Item) -> None:
        """Insert or replace."""
        plain = ("mentorship_id", "goal_id", "member_id", "due_on", "words", "created_at", "settled_at")
        values: dict[str, object] = {name: getattr(item, name) for name in plain}
        self._put(pair_items, [values | {"item_id": item.id, "kind": item.kind.value, "state": item.state.value}])

    def get(self, item_id: int) -> Item | None:
        """The one with this id."""
        row = self._one(self._select(pair_items).where(pair_items.c.item_id == item_id))
        return None if row is None else _item(row)

    def of_mentorship(self, mentorship_id: int) -> list[Item]:
        """Goals and actions of a mentorship, the oldest first."""
        return [
            _item(row)
            for row in self._rows(
                self._select(pair_items).where(pair_items.c.mentorship_id == mentorship_id).order_by(pair_items.c.created_at, pair_items.c.item_id)
            )
        ]

    def remove(self, item_id: int) -> None:
        """Take one away, and what belonged to it."""
        self._run(self._delete(pair_items).where((pair_items.c.item_id == item_id) | (pair_items.c.goal_id == item_id)))

    def forget_words(self, mentorship_ids: Iterable[int]) -> None:
        """Forget what was written about the goals of these mentorships."""
        for part in chunks(sorted(set(mentorship_ids))):
            self._run(self._update(pair_items).where(pair_items.c.mentorship_id.in_(part)).values(words=None))


def _item(row: Row[*tuple[Any, ...]]) -> Item:
    return Item(
        id=row.item_id,
        mentorship_id=row.mentorship_id,
        kind=ItemKind(row.kind),
        goal_id=row.goal_id,
        member_id=row.member_id,
        state=ItemState(row.state),
        due_on=row.due_on,
        words=row.words,
        created_at=row.created_at,
        settled_at=row.settled_at,
    )


class SessionKits(Repository):
    """Kits that managers made for their programs."""

    def put(self, kit: Kit, *, at: datetime) -> None:
        """Insert or replace."""
        row = {"kit_id": kit.id, "program_id": kit.program_id, "base": kit.base, "words": asdict(kit.words), "retired": kit.retired, "changed_at": at}
        self._put(session_kits, [row])

    def get(self, kit_id: int) -> Kit | None:
        """The kit with this id."""
        row = self._one(self._select(session_kits).where(session_kits.c.kit_id == kit_id))
        return None if row is None else _kit(row)

    def of_program(self, program_id: int) -> list[Kit]:
        """Kits of a program, the oldest first, those that are offered no more included."""
        return [_kit(row) for row in self._rows(self._select(session_kits).where(session_kits.c.program_id == program_id).order_by(session_kits.c.kit_id))]


def _kit(row: Row[*tuple[Any, ...]]) -> Kit:
    return Kit(id=row.kit_id, words=KitWords(**row.words), program_id=row.program_id, base=row.base, retired=row.retired, changed_at=row.changed_at)
