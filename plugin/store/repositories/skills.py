"""Decisions about skills and their names."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row

from plugin.domain.skills import SkillChoice, SkillName, Standing
from plugin.store.repositories.base import Repository, chunks
from plugin.store.tables import skill_choices, skill_names


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
