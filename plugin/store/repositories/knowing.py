"""Decisions about skills and their names, what history taught, and measures by day."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import Row, and_, func, select

from plugin.domain.learning import Measurement, WeightChange, WeightChangeKind
from plugin.domain.skills import SkillChoice, SkillName, Standing
from plugin.store.repositories.base import Repository, chunks
from plugin.store.tables import habits, learned, measures, members, mentees, mentorships, ranking_weights, rare_terms, skill_choices, skill_names, vocabulary

_STUDY = "study"
KEPT_CHANGES = 1_000
"""How many entries of the record of weights are kept."""


class Skills(Repository):
    """What members decide about their skills, and curators about names."""

    def choose(self, choice: SkillChoice) -> None:
        """Keep a member's decision in place of an earlier one about the same skill."""
        values = {"member_id": choice.member_id, "key": choice.key, "name": choice.name, "standing": choice.standing.value, "at": choice.at}
        self._put(skill_choices, [values])

    def unchoose(self, member_id: int, key: str) -> bool:
        """Forget a decision; whether there was one."""
        return self._run(self._delete(skill_choices).where(skill_choices.c.member_id == member_id, skill_choices.c.key == key)) > 0

    def choices(self, member_ids: Iterable[int]) -> dict[int, list[SkillChoice]]:
        """The decisions of some members, by name."""
        found: dict[int, list[SkillChoice]] = {}
        for part in chunks(sorted(set(member_ids))):
            statement = self._select(skill_choices).where(skill_choices.c.member_id.in_(part)).order_by(skill_choices.c.member_id, skill_choices.c.key)
            for row in self._rows(statement):
                found.setdefault(row.member_id, []).append(_choice(row))
        return found

    def all_choices(self) -> dict[int, list[SkillChoice]]:
        """Everybody's decisions."""
        found: dict[int, list[SkillChoice]] = {}
        for row in self._rows(self._select(skill_choices).order_by(skill_choices.c.member_id, skill_choices.c.key)):
            found.setdefault(row.member_id, []).append(_choice(row))
        return found

    def loads(self, mentor_ids: Iterable[int] | None = None) -> dict[int, int]:
        """How many mentees each mentor has now, in all programs together; of everybody, or of these."""
        count = func.count(mentees.c.seat)
        statement = (
            select(mentorships.c.mentor_id, count)
            .join(mentees, and_(mentees.c.installation_id == mentorships.c.installation_id, mentees.c.mentorship_id == mentorships.c.mentorship_id))
            .where(self._mine(mentorships), self._mine(mentees), mentorships.c.ended_at.is_(None), mentorships.c.mentor_id.is_not(None))
            .group_by(mentorships.c.mentor_id)
        )
        parts = [statement] if mentor_ids is None else [statement.where(mentorships.c.mentor_id.in_(part)) for part in chunks(sorted(set(mentor_ids)))]
        return {int(row[0]): int(row[1]) for one in parts for row in self._connection.execute(one).all()}

    def put_name(self, name: SkillName) -> None:
        """Keep a curator's decision, and let everything that led to the merged name lead on to the other."""
        values = {"name": name.name, "into_key": name.into_key, "into": name.into, "at": name.at}
        self._run(self._update(skill_names).where(skill_names.c.into_key == name.key).values(into_key=name.into_key, into=name.into))
        self._put(skill_names, [{"key": name.key, **values}])

    def remove_name(self, key: str) -> bool:
        """Take a decision back; whether there was one."""
        return self._run(self._delete(skill_names).where(skill_names.c.key == key)) > 0

    def names(self) -> list[SkillName]:
        """All decisions about names, by the name that is shown."""
        rows = self._rows(self._select(skill_names).order_by(skill_names.c.into, skill_names.c.name))
        return [SkillName(key=row.key, name=row.name, into_key=row.into_key, into=row.into, at=row.at) for row in rows]


def _choice(row: Row[*tuple[Any, ...]]) -> SkillChoice:
    return SkillChoice(member_id=row.member_id, key=row.key, name=row.name, standing=Standing(row.standing), at=row.at)


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

    def shared_words(self) -> dict[int, str]:
        """The terms that are kept as words because enough members used them."""
        return {row[0]: row[1] for row in self._rows(self._select(vocabulary, vocabulary.c.digest, vocabulary.c.word).order_by(vocabulary.c.digest))}

    def unshare_words(self, users: Mapping[int, Collection[int]]) -> None:
        """Forget the words of terms that fewer members use by now; who of these still uses each is remembered, so that they count again."""
        for part in chunks(sorted(users)):
            self._run(self._delete(vocabulary).where(vocabulary.c.digest.in_(part)))
            there = {member for digest in part for member in users[digest]}
            here: set[int] = set()
            for some in chunks(sorted(there)):
                here |= {row[0] for row in self._rows(self._select(members, members.c.member_id).where(members.c.member_id.in_(some)))}
            self._put(rare_terms, [{"digest": digest, "member_id": member} for digest in part for member in sorted(users[digest]) if member in here])

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


class Measures(Repository):
    """How the community was doing, day by day."""

    def put(self, found: Sequence[Measurement]) -> None:
        """Keep the numbers of a day in place of what was known of it."""
        for day in {one.day for one in found}:
            self._run(self._delete(measures).where(measures.c.day == day.isoformat()))
        self._put(measures, [{"day": one.day.isoformat(), "name": one.name, "subject": one.subject, "value": one.value} for one in found])

    def since(self, day: date, *, names: Sequence[str] = ()) -> list[Measurement]:
        """The numbers from a day on, the oldest first."""
        statement = self._select(measures).where(measures.c.day >= day.isoformat())
        if names:
            statement = statement.where(measures.c.name.in_(names))
        rows = self._rows(statement.order_by(measures.c.day, measures.c.name, measures.c.subject))
        return [Measurement(day=date.fromisoformat(row.day), name=row.name, subject=row.subject, value=row.value) for row in rows]
