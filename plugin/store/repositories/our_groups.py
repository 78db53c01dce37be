"""The groups that we form."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from plugin.domain.groups import Group, GroupState, Seat
from plugin.domain.rounds import RoundState
from plugin.store.repositories.base import Repository, chunks
from plugin.store.tables import group_people, groups_ours, rounds

R = Row[*tuple[Any, ...]]


class OurGroups(Repository):
    """Groups that we form."""

    def put(self, group: Group) -> None:
        """Insert or replace a group and who is in it."""
        self._put(
            groups_ours,
            [
                {
                    "group_id": group.id,
                    "program_id": group.program_id,
                    "round_id": group.round_id,
                    "number": group.number,
                    "name": group.name,
                    "state": group.state.value,
                    "slot": group.slot,
                    "reasons": [dict(one) for one in group.reasons],
                    "host_key": group.host_key,
                    "note": group.note,
                    "created_at": group.created_at,
                    "published_at": group.published_at,
                }
            ],
        )

    def seat(self, group_id: int, seats: Iterable[Seat], *, at: datetime) -> None:
        """Let these be in a group, in place of who was."""
        rows = [{"group_id": group_id, "member_id": one.member_id, "mentor": one.mentor, "pinned": one.pinned, "joined_at": at} for one in seats]
        gone = self._delete(group_people).where(group_people.c.group_id == group_id)
        self._run(gone.where(group_people.c.member_id.not_in([row["member_id"] for row in rows])) if rows else gone)
        self._put(group_people, rows, keep=("joined_at",))

    def get(self, group_id: int) -> Group | None:
        """The group with this id."""
        return next(iter(self._filled(self._rows(self._select(groups_ours).where(groups_ours.c.group_id == group_id)))), None)

    def of_round(self, round_id: int) -> list[Group]:
        """The groups of a round, in order."""
        return self._filled(self._rows(self._select(groups_ours).where(groups_ours.c.round_id == round_id).order_by(groups_ours.c.number)))

    def of_program(self, program_id: int, *, state: GroupState) -> list[Group]:
        """The groups of a program in a state, in order."""
        which = groups_ours.c.program_id == program_id, groups_ours.c.state == state.value
        return self._filled(self._rows(self._select(groups_ours).where(*which).order_by(groups_ours.c.group_id)))

    def of_member(self, member_id: int) -> list[Group]:
        """The running groups that somebody is in."""
        mine = self._select(group_people, group_people.c.group_id).where(group_people.c.member_id == member_id).scalar_subquery()
        which = groups_ours.c.group_id.in_(mine), groups_ours.c.state == GroupState.RUNNING.value
        return self._filled(self._rows(self._select(groups_ours).where(*which).order_by(groups_ours.c.group_id)))

    def to_begin(self, *, limit: int) -> list[Group]:
        """Drafts whose round was published."""
        published = self._select(rounds, rounds.c.round_id).where(rounds.c.state == RoundState.PUBLISHED.value).scalar_subquery()
        which = groups_ours.c.state == GroupState.DRAFT.value, groups_ours.c.round_id.in_(published)
        return self._filled(self._rows(self._select(groups_ours).where(*which).order_by(groups_ours.c.group_id).limit(limit)))

    def drop_drafts(self, round_id: int) -> None:
        """Forget the drafts of a round."""
        which = groups_ours.c.round_id == round_id, groups_ours.c.state == GroupState.DRAFT.value
        drafts = self._select(groups_ours, groups_ours.c.group_id).where(*which).scalar_subquery()
        self._run(self._delete(group_people).where(group_people.c.group_id.in_(drafts)))
        self._run(self._delete(groups_ours).where(*which))

    def _filled(self, rows: Sequence[R]) -> list[Group]:
        seats: dict[int, list[Seat]] = {}
        for part in chunks(row.group_id for row in rows):
            found = self._select(group_people).where(group_people.c.group_id.in_(part)).order_by(group_people.c.mentor.desc(), group_people.c.member_id)
            for row in self._rows(found):
                seats.setdefault(row.group_id, []).append(Seat(member_id=row.member_id, mentor=row.mentor, pinned=row.pinned))
        return [
            Group(
                id=row.group_id,
                program_id=row.program_id,
                round_id=row.round_id,
                number=row.number,
                name=row.name,
                state=GroupState(row.state),
                slot=row.slot,
                reasons=row.reasons,
                host_key=row.host_key,
                note=row.note,
                created_at=row.created_at,
                published_at=row.published_at,
                seats=tuple(seats.get(row.group_id, ())),
            )
            for row in rows
        ]
