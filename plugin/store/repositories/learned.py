"""What a community's history taught."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Row, func

from plugin.domain.learning import WeightChange, WeightChangeKind
from plugin.store.repositories.base import Repository, chunks
from plugin.store.tables import habits, learned, members, ranking_weights

_STUDY = "study"
KEPT_CHANGES = 1_000
"""How many entries of the record of weights are kept."""


class Learned(Repository):
    """What the community's history taught."""

    def studied_at(self) -> datetime | None:
        """When the history was studied last."""
        row = self._one(self._select(learned, learned.c.at).where(learned.c.kind == _STUDY))
        return None if row is None else row[0]

    def meaning(self) -> bytes | None:
        """What words have to do with each other, as the graph packs it."""
        row = self._one(self._select(learned, learned.c.body).where(learned.c.kind == _STUDY))
        return None if row is None or row[0] is None else bytes(row[0])

    def habits(self) -> list[tuple[int, float, float]]:
        """Member, answers given and answers to be expected, as of :meth:`studied_at`."""
        columns = habits.c.member_id, habits.c.answered, habits.c.expected
        return [(row[0], row[1], row[2]) for row in self._rows(self._select(habits, *columns).order_by(habits.c.member_id))]

    def put_study(self, found: Iterable[tuple[int, float, float]], *, meaning: bytes | None, at: datetime) -> None:
        """Keep habits and meaning in place of what was known. Whoever left meanwhile is left out."""
        self._run(self._delete(habits))
        for part in chunks(found):
            here = {row[0] for row in self._rows(self._select(members, members.c.member_id).where(members.c.member_id.in_([one[0] for one in part])))}
            self._put(habits, [{"member_id": member, "answered": given, "expected": chance} for member, given, chance in part if member in here])
        self._put(learned, [{"kind": _STUDY, "at": at, "body": meaning}])

    def forget_study(self) -> None:
        """Forget habits and meaning."""
        self._run(self._delete(habits))
        self._run(self._delete(learned))

    def add_change(self, change: WeightChange) -> None:
        """Append to the record of weights; the oldest entries beyond :data:`KEPT_CHANGES` go."""
        values: dict[str, object] = {
            "change_id": change.id,
            "at": change.at,
            "kind": change.kind.value,
            "taken": change.taken,
            "actor": change.actor,
            "weights": orjson.loads(change.weights),
            "questions": change.questions,
            "because": dict(change.because),
        }
        self._put(ranking_weights, [values])
        old = self._select(ranking_weights, ranking_weights.c.change_id).order_by(ranking_weights.c.change_id.desc()).limit(1).offset(KEPT_CHANGES - 1)
        oldest = self._one(old)
        if oldest is not None:
            self._run(self._delete(ranking_weights).where(ranking_weights.c.change_id < oldest[0]))

    def in_force(self) -> WeightChange | None:
        """The newest change that was taken; ``None`` where the shipped weights were never changed."""
        rows = self._rows(self._select(ranking_weights).where(ranking_weights.c.taken.is_(True)).order_by(ranking_weights.c.change_id.desc()).limit(1))
        return _change(rows[0]) if rows else None

    def reset_at(self) -> datetime | None:
        """When the weights were reset last."""
        kind = ranking_weights.c.kind == WeightChangeKind.RESET.value
        row = self._one(self._select(ranking_weights, func.max(ranking_weights.c.at)).where(kind))
        return None if row is None else row[0]

    def changes(self, *, limit: int) -> list[WeightChange]:
        """The record, the newest first."""
        return [_change(row) for row in self._rows(self._select(ranking_weights).order_by(ranking_weights.c.change_id.desc()).limit(limit))]


def _change(row: Row[*tuple[Any, ...]]) -> WeightChange:
    return WeightChange(
        id=row.change_id,
        at=row.at,
        kind=WeightChangeKind(row.kind),
        taken=row.taken,
        weights=orjson.dumps(row.weights).decode(),
        actor=row.actor,
        questions=row.questions,
        because=row.because,
    )
