"""Needs, suggestions and the evidence they rest on."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Row, Select, and_, bindparam, func, or_, select

from plugin.domain.needs import Need, NeedState, Reason, Suggestion, SuggestionState
from plugin.store.repositories.base import Repository, chunks
from plugin.store.tables import evidence, needs, suggestions


class Needs(Repository):
    """What members would like help with."""

    def put(self, need: Need) -> None:
        """Insert or replace a need."""
        self._put(
            needs,
            [
                {
                    "need_id": need.id,
                    "member_id": need.member_id,
                    "text": need.text,
                    "topic_id": need.topic_id,
                    "terms": need.terms,
                    "stated_at": need.stated_at,
                    "state": need.state.value,
                    "trace_id": need.trace_id,
                }
            ],
        )

    def get(self, need_id: int) -> Need | None:
        """The need with this id."""
        row = self._one(self._select(needs).where(needs.c.need_id == need_id))
        return None if row is None else _need(row)

    def of_topic(self, topic_id: str) -> Need | None:
        """The need that came from a topic."""
        row = self._one(self._select(needs).where(needs.c.topic_id == topic_id).limit(1))
        return None if row is None else _need(row)

    def of_member(self, member_id: int) -> list[Need]:
        """The needs of a member, newest first."""
        return [_need(row) for row in self._rows(self._select(needs).where(needs.c.member_id == member_id).order_by(needs.c.stated_at.desc()))]

    def waiting(self, *, limit: int) -> list[Need]:
        """Needs without suggestions, or whose suggestions are out of date; the newest first, because somebody waits for it."""
        waiting = needs.c.state.in_([NeedState.NEW.value, NeedState.STALE.value])
        return [_need(row) for row in self._rows(self._select(needs).where(waiting).order_by(needs.c.stated_at.desc()).limit(limit))]

    def set_state(self, need_ids: Iterable[int], state: NeedState) -> None:
        """Move needs to a state. A closed one stays closed: whoever closed it does not want to hear more."""
        for part in chunks(need_ids):
            self._run(self._update(needs).where(needs.c.need_id.in_(part), needs.c.state != NeedState.CLOSED.value).values(state=state.value))

    def make_stale(self, *, answered_before: datetime, stated_since: datetime | None = None) -> int:
        """Mark needs, all or those of this time, whose suggestions are older than this for a new look; returns how many."""
        # What was dismissed stays as it is, and says nothing about when the need was looked at.
        proposed = suggestions.c.state == SuggestionState.PROPOSED.value
        old = self._select(suggestions, suggestions.c.need_id).where(suggestions.c.created_at < answered_before, proposed)
        which = [needs.c.state == NeedState.ANSWERED.value, needs.c.need_id.in_(old.scalar_subquery())]
        which += [] if stated_since is None else [needs.c.stated_at >= stated_since]
        return self._run(self._update(needs).where(*which).values(state=NeedState.STALE.value))

    def remove(self, need_ids: Iterable[int]) -> None:
        """Forget needs and their suggestions."""
        for part in chunks(need_ids):
            self._run(self._delete(suggestions).where(suggestions.c.need_id.in_(part)))
            self._run(self._delete(needs).where(needs.c.need_id.in_(part)))


def _need(row: Row[*tuple[Any, ...]]) -> Need:
    return Need(
        id=row.need_id,
        member_id=row.member_id,
        text=row.text,
        topic_id=row.topic_id,
        terms=row.terms,
        stated_at=row.stated_at,
        state=NeedState(row.state),
        trace_id=row.trace_id,
    )


@cache
def _page(*, within: bool, after: bool) -> Select[*tuple[Any, ...]]:
    """One page of a member's suggestions. Made once for each form, as it is asked for all the time."""
    statement = select(*suggestions.c).where(
        suggestions.c.installation_id == bindparam("installation"),
        suggestions.c.for_member_id == bindparam("member"),
        suggestions.c.state == SuggestionState.PROPOSED.value,
    )
    if within:
        statement = statement.where(suggestions.c.program_id == bindparam("program"))
    if after:
        same = and_(suggestions.c.need_id == bindparam("need"), suggestions.c.rank > bindparam("rank"))
        statement = statement.where(or_(suggestions.c.need_id < bindparam("need"), same))
    return statement.order_by(suggestions.c.need_id.desc(), suggestions.c.rank).limit(bindparam("limit"))


class Suggestions(Repository):
    """Who could help whom, and why."""

    def replace(self, need_id: int, found: Sequence[Suggestion]) -> None:
        """Put these in place of the proposed suggestions of a need. What was dismissed stays dismissed."""
        self._run(self._delete(suggestions).where(suggestions.c.need_id == need_id, suggestions.c.state == SuggestionState.PROPOSED.value))
        if not found:
            return
        self._put(suggestions, [_values(one) for one in found])
        rows = {(one.id, post_id) for one in found for reason in one.reasons for post_id in reason.post_ids}
        self._put(evidence, [{"suggestion_id": suggestion, "post_id": post} for suggestion, post in sorted(rows)])

    def page(self, member_id: int, *, after: tuple[int, int] | None, limit: int, program_id: int | None) -> list[Suggestion]:
        """Suggestions for a member: those of the newest need first, within a need by rank. ``after`` is need and rank of the last one seen.

        Ranks of one need are unique, so a new suggestion between two pages neither repeats nor hides another.
        """
        given: dict[str, object] = {"installation": self.installation_id, "member": member_id, "limit": limit}
        if program_id is not None:
            given["program"] = program_id
        if after is not None:
            given["need"], given["rank"] = after
        statement = _page(within=program_id is not None, after=after is not None)
        return [_suggestion(row) for row in self._connection.execute(statement, given)]

    def get(self, suggestion_id: int) -> Suggestion | None:
        """The suggestion with this id."""
        row = self._one(self._select(suggestions).where(suggestions.c.suggestion_id == suggestion_id))
        return None if row is None else _suggestion(row)

    def of_need(self, need_id: int) -> list[Suggestion]:
        """The proposed suggestions of a need by rank."""
        mine = suggestions.c.need_id == need_id, suggestions.c.state == SuggestionState.PROPOSED.value
        return [_suggestion(row) for row in self._rows(self._select(suggestions).where(*mine).order_by(suggestions.c.rank))]

    def dismissed(self, need_id: int) -> set[int]:
        """Members that were dismissed for a need."""
        mine = suggestions.c.need_id == need_id, suggestions.c.state == SuggestionState.DISMISSED.value
        return {row[0] for row in self._rows(self._select(suggestions, suggestions.c.member_id).where(*mine))}

    def dismiss(self, suggestion_id: int) -> None:
        """Mark a suggestion as not wanted."""
        self._run(self._update(suggestions).where(suggestions.c.suggestion_id == suggestion_id).values(state=SuggestionState.DISMISSED.value))

    def shown(self, *, since: datetime) -> list[tuple[int, datetime]]:
        """Member and time of each suggestion made since; for spreading the load."""
        rows = self._rows(self._select(suggestions, suggestions.c.member_id, suggestions.c.created_at).where(suggestions.c.created_at >= since))
        return [(row[0], row[1]) for row in rows]

    def needs_resting_on(self, post_id: str) -> list[int]:
        """Needs whose suggestions cite a post."""
        cited = self._select(evidence, evidence.c.suggestion_id).where(evidence.c.post_id == post_id)
        rows = self._rows(self._select(suggestions, suggestions.c.need_id).where(suggestions.c.suggestion_id.in_(cited.scalar_subquery())).distinct())
        return [row[0] for row in rows]

    def needs_naming(self, member_id: int) -> list[int]:
        """Needs for which a member is suggested."""
        rows = self._rows(self._select(suggestions, suggestions.c.need_id).where(suggestions.c.member_id == member_id).distinct())
        return [row[0] for row in rows]

    def part(self, one: int, other: int) -> list[int]:
        """Take two members out of each other's suggestions; returns the needs that these were for."""
        columns = suggestions.c
        either = or_(and_(columns.member_id == one, columns.for_member_id == other), and_(columns.member_id == other, columns.for_member_id == one))
        needs_of = [int(row[0]) for row in self._rows(self._select(suggestions, columns.need_id).where(either).distinct())]
        self._run(self._delete(suggestions).where(either))
        return needs_of

    def company(self, member_id: int) -> set[int]:
        """Who is suggested to a member, and to whom they are."""
        columns = suggestions.c
        either = or_(columns.member_id == member_id, columns.for_member_id == member_id)
        rows = self._rows(self._select(suggestions, columns.member_id, columns.for_member_id).where(either))
        return {one for row in rows for one in row} - {member_id}

    def withdraw(self, member_id: int) -> None:
        """Take a member out of all suggestions."""
        self._run(self._delete(suggestions).where(suggestions.c.member_id == member_id))

    def best_served(self) -> int | None:
        """The member to whom somebody is suggested with the highest score."""
        row = self._rows(self._select(suggestions, suggestions.c.for_member_id).order_by(suggestions.c.score.desc(), suggestions.c.need_id.desc()).limit(1))
        return row[0][0] if row else None

    def newest(self, member_id: int) -> tuple[int, datetime | None]:
        """How many suggestions a member has and when the newest was made."""
        row = self._one(
            self._select(suggestions, func.count(), func.max(suggestions.c.created_at)).where(
                suggestions.c.for_member_id == member_id, suggestions.c.state == SuggestionState.PROPOSED.value
            )
        )
        return (0, None) if row is None else (int(row[0]), row[1])


def _values(one: Suggestion) -> dict[str, object]:
    return {
        "suggestion_id": one.id,
        "need_id": one.need_id,
        "for_member_id": one.for_member_id,
        "member_id": one.member_id,
        "program_id": one.program_id,
        "score": one.score,
        "rank": one.rank,
        "reasons": [
            {
                "criterion": reason.criterion,
                "contribution": reason.contribution,
                "facts": dict(reason.facts),
                "words": list(reason.words),
                "post_ids": list(reason.post_ids),
            }
            for reason in one.reasons
        ],
        "state": one.state.value,
        "created_at": one.created_at,
    }


def _suggestion(row: Row[*tuple[Any, ...]]) -> Suggestion:
    reasons = tuple(
        Reason(
            criterion=one["criterion"],
            contribution=one["contribution"],
            facts=one["facts"],
            words=tuple(one["words"]),
            post_ids=tuple(one["post_ids"]),
        )
        for one in row.reasons
    )
    return Suggestion(
        id=row.suggestion_id,
        need_id=row.need_id,
        member_id=row.member_id,
        for_member_id=row.for_member_id,
        score=row.score,
        rank=row.rank,
        reasons=reasons,
        created_at=row.created_at,
        state=SuggestionState(row.state),
        program_id=row.program_id,
    )
