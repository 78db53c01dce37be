"""Matching rounds and what came of them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, Table, func, or_

from plugin.domain.designs import Side
from plugin.domain.rounds import CauseOf, Choice, ChoiceKind, Other, Outcome, Pair, PairState, Part, Participant, Round, RoundKind, RoundState, Waiting
from plugin.store.repositories.base import Repository, chunks
from plugin.store.tables import (
    mentor_choices,
    round_causes,
    round_choices,
    round_others,
    round_pairs,
    round_people,
    round_waiting,
    rounds,
)

R = Row[*tuple[Any, ...]]


class Rounds(Repository):
    """Rounds of the community's programs, and what came of them."""

    def put(self, one: Round) -> None:
        """Insert or replace a round."""
        self._put(
            rounds,
            [
                {
                    "round_id": one.id,
                    "program_id": one.program_id,
                    "kind": one.kind.value,
                    "name": one.name,
                    "state": one.state.value,
                    "before": one.before.value,
                    "design": dict(one.design),
                    "run": one.run,
                    "progress": one.progress,
                    "kept_from": one.kept_from,
                    "figures": dict(one.figures),
                    "failure": one.failure,
                    "created_at": one.created_at,
                    "computed_at": one.computed_at,
                    "published_at": one.published_at,
                }
            ],
        )

    def get(self, round_id: int) -> Round | None:
        """The round with this id."""
        row = self._one(self._select(rounds).where(rounds.c.round_id == round_id))
        return None if row is None else _round(row)

    def page(self, program_id: int, *, after: int | None, limit: int) -> list[Round]:
        """Rounds of a program, the newest first."""
        statement = self._select(rounds).where(rounds.c.program_id == program_id)
        if after is not None:
            statement = statement.where(rounds.c.round_id < after)
        return [_round(row) for row in self._rows(statement.order_by(rounds.c.round_id.desc()).limit(limit))]

    def in_state(self, state: RoundState) -> list[Round]:
        """Rounds in a state, the oldest first."""
        return [_round(row) for row in self._rows(self._select(rounds).where(rounds.c.state == state.value).order_by(rounds.c.round_id))]

    def handing_over(self) -> int | None:
        """The oldest published round that still has pairs to begin."""
        waiting = self._select(round_pairs, round_pairs.c.round_id).where(round_pairs.c.state == PairState.PROPOSED.value).scalar_subquery()
        statement = self._select(rounds, func.min(rounds.c.round_id)).where(rounds.c.state == RoundState.PUBLISHED.value, rounds.c.round_id.in_(waiting))
        row = self._one(statement)
        return None if row is None or row[0] is None else int(row[0])

    def note_progress(self, round_id: int, *, run: int, progress: float) -> bool:
        """Remember how far a computation is; ``False`` if it is no longer wanted."""
        going_on = rounds.c.round_id == round_id, rounds.c.run == run, rounds.c.state == RoundState.COMPUTING.value
        return self._run(self._update(rounds).where(*going_on).values(progress=progress)) > 0

    # ------------------------------------------------------------------------------------------------------------- decisions by hand

    def choices(self, round_id: int) -> list[Choice]:
        """What was decided by hand."""
        mine = round_choices.c.round_id == round_id, round_choices.c.kind != ChoiceKind.NONE.value
        rows = self._rows(self._select(round_choices).where(*mine).order_by(round_choices.c.one_id, round_choices.c.other_id))
        return [Choice(kind=ChoiceKind(row.kind), one=row.one_id, other=row.other_id) for row in rows]

    def choose(self, round_id: int, chosen: Iterable[Choice]) -> None:
        """Decide by hand about pairs, in place of what was decided about them. It is settled by the next computation that is done."""
        rows = [{"round_id": round_id, "kind": one.kind.value, "was": ChoiceKind.NONE.value, "one_id": one.one, "other_id": one.other} for one in chosen]
        self._put(round_choices, rows, keep=("was",))

    def settle_choices(self, round_id: int, *, done: bool) -> None:
        """What was decided holds now that a round was computed by it; if that was not ``done``, what held before holds again."""
        mine = round_choices.c.round_id == round_id
        if done:
            self._run(self._delete(round_choices).where(mine, round_choices.c.kind.in_([ChoiceKind.NONE.value, ChoiceKind.JOIN.value])))
            self._run(self._update(round_choices).where(mine).values(was=round_choices.c.kind))
        else:
            self._run(self._delete(round_choices).where(mine, round_choices.c.was == ChoiceKind.NONE.value))
            self._run(self._update(round_choices).where(mine).values(kind=round_choices.c.was))

    def rank_mentors(self, program_id: int, mentee_id: int, mentors: Sequence[int]) -> None:
        """Keep whom a mentee would like to have, the dearest first, in place of what they said before."""
        mine = mentor_choices.c.program_id == program_id, mentor_choices.c.mentee_id == mentee_id
        self._run(self._delete(mentor_choices).where(*mine))
        rows = [{"program_id": program_id, "mentee_id": mentee_id, "mentor_id": one, "rank": rank} for rank, one in enumerate(mentors, start=1)]
        self._put_all(mentor_choices, rows)

    def ranks(self, program_id: int) -> dict[tuple[int, int], int]:
        """(mentee, mentor) and the rank among the mentee's choices."""
        rows = self._rows(self._select(mentor_choices).where(mentor_choices.c.program_id == program_id))
        return {(row.mentee_id, row.mentor_id): row.rank for row in rows}

    # ------------------------------------------------------------------------------------------------------------- outcomes

    def clear(self, round_id: int) -> None:
        """Forget what came of the last computation."""
        for table in (round_people, round_pairs, round_waiting, round_others, round_causes):
            self._run(self._delete(table).where(table.c.round_id == round_id))

    def keep(self, round_id: int, outcome: Outcome) -> None:
        """Keep what a computation came to, in place of what was there."""
        self.clear(round_id)
        people = [
            {"round_id": round_id, "member_id": one.member_id, "mentor": one.mentor, "capacity": one.capacity, "minimum": one.minimum} for one in outcome.people
        ]
        others = [
            {
                "round_id": round_id,
                "mentee_id": one.mentee_id,
                "mentor_id": one.mentor_id,
                "rank": one.rank,
                "score": one.score,
                "remaining": one.remaining,
                "barriers": list(one.barriers),
            }
            for one in outcome.others
        ]
        self._put_all(round_people, people)
        self._put_all(round_pairs, [_pair_row(one) for one in outcome.pairs])
        self.keep_waiting(round_id, outcome.waiting)
        self._put_all(round_others, others)

    def _put_all(self, table: Table, rows: Sequence[Mapping[str, object]]) -> None:
        for part in chunks(rows):
            self._put(table, part)

    def keep_waiting(self, round_id: int, waiting: Iterable[Waiting]) -> None:
        """Keep who waits, in place of who did."""
        self._run(self._delete(round_waiting).where(round_waiting.c.round_id == round_id))
        self._put_all(
            round_waiting,
            [
                {"round_id": round_id, "member_id": one.mentee_id, "missing": one.missing, "reason": one.reason, "removed_by": dict(one.removed_by)}
                for one in waiting
            ],
        )

    def keep_causes(self, round_id: int, causes: Sequence[CauseOf]) -> None:
        """Keep why a computation could not be done."""
        self._run(self._delete(round_causes).where(round_causes.c.round_id == round_id))
        rows = [
            {
                "round_id": round_id,
                "place": place,
                "kind": one.kind,
                "name": one.name,
                "mentor_id": one.mentor_id,
                "mentee_id": one.mentee_id,
                "minimum": one.minimum,
            }
            for place, one in enumerate(causes)
        ]
        self._put(round_causes, rows)

    def causes(self, round_id: int) -> list[CauseOf]:
        """Why the last computation could not be done."""
        rows = self._rows(self._select(round_causes).where(round_causes.c.round_id == round_id).order_by(round_causes.c.place))
        return [CauseOf(kind=row.kind, name=row.name, mentor_id=row.mentor_id, mentee_id=row.mentee_id, minimum=row.minimum) for row in rows]

    def people(self, round_id: int) -> list[Participant]:
        """Who took part when it was computed and is still a member."""
        rows = self._rows(self._select(round_people).where(round_people.c.round_id == round_id).order_by(round_people.c.member_id))
        return [Participant(member_id=row.member_id, mentor=row.mentor, capacity=row.capacity, minimum=row.minimum) for row in rows]

    def pairs(self, round_id: int) -> list[Pair]:
        """All pairs, by mentee and mentor."""
        rows = self._rows(self._select(round_pairs).where(round_pairs.c.round_id == round_id).order_by(round_pairs.c.mentee_id, round_pairs.c.mentor_id))
        return [_pair(row) for row in rows]

    def pair(self, round_id: int, *, mentor_id: int, mentee_id: int) -> Pair | None:
        """One pair."""
        which = round_pairs.c.round_id == round_id, round_pairs.c.mentor_id == mentor_id, round_pairs.c.mentee_id == mentee_id
        row = self._one(self._select(round_pairs).where(*which))
        return None if row is None else _pair(row)

    def pair_page(self, round_id: int, *, after: tuple[int, int] | None, limit: int) -> list[Pair]:
        """A page of pairs, by mentee and mentor."""
        statement = self._select(round_pairs).where(round_pairs.c.round_id == round_id)
        if after is not None:
            mentee, mentor = after
            statement = statement.where(or_(round_pairs.c.mentee_id > mentee, (round_pairs.c.mentee_id == mentee) & (round_pairs.c.mentor_id > mentor)))
        return [_pair(row) for row in self._rows(statement.order_by(round_pairs.c.mentee_id, round_pairs.c.mentor_id).limit(limit))]

    def proposed(self, round_id: int, *, limit: int) -> list[Pair]:
        """Pairs that were not begun yet."""
        which = round_pairs.c.round_id == round_id, round_pairs.c.state == PairState.PROPOSED.value
        return [
            _pair(row) for row in self._rows(self._select(round_pairs).where(*which).order_by(round_pairs.c.mentee_id, round_pairs.c.mentor_id).limit(limit))
        ]

    def settle(self, pair: Pair, state: PairState, *, note: str = "") -> None:
        """Say what became of a pair."""
        which = round_pairs.c.round_id == pair.round_id, round_pairs.c.mentor_id == pair.mentor_id, round_pairs.c.mentee_id == pair.mentee_id
        self._run(self._update(round_pairs).where(*which).values(state=state.value, note=note))

    def begun_of(self, member_id: int) -> list[Pair]:
        """A member's pairs that were published and began, the newest round first."""
        mine = or_(round_pairs.c.mentor_id == member_id, round_pairs.c.mentee_id == member_id)
        statement = self._select(round_pairs).where(mine, round_pairs.c.state == PairState.BEGUN.value)
        return [_pair(row) for row in self._rows(statement.order_by(round_pairs.c.round_id.desc(), round_pairs.c.mentee_id, round_pairs.c.mentor_id))]

    def latest_pair(self, *, mentor_id: int, mentee_id: int) -> Pair | None:
        """The pair in the newest round that has it."""
        which = round_pairs.c.mentor_id == mentor_id, round_pairs.c.mentee_id == mentee_id
        rows = self._rows(self._select(round_pairs).where(*which).order_by(round_pairs.c.round_id.desc()).limit(1))
        return _pair(rows[0]) if rows else None

    def waiting(self, round_id: int) -> list[Waiting]:
        """Mentees with fewer mentors than wanted."""
        rows = self._rows(self._select(round_waiting).where(round_waiting.c.round_id == round_id).order_by(round_waiting.c.member_id))
        return [Waiting(mentee_id=row.member_id, missing=row.missing, reason=row.reason, removed_by=row.removed_by) for row in rows]

    def others(self, round_id: int, mentees: Collection[int]) -> list[Other]:
        """Whom else waiting mentees could get, best first."""
        found: list[Other] = []
        for part in chunks(sorted(mentees)):
            which = round_others.c.round_id == round_id, round_others.c.mentee_id.in_(part)
            found += [
                Other(
                    mentee_id=row.mentee_id,
                    mentor_id=row.mentor_id,
                    rank=row.rank,
                    score=row.score,
                    remaining=row.remaining,
                    barriers=tuple(row.barriers),
                )
                for row in self._rows(self._select(round_others).where(*which).order_by(round_others.c.mentee_id, round_others.c.rank))
            ]
        return found


def _round(row: R) -> Round:
    return Round(
        id=row.round_id,
        program_id=row.program_id,
        kind=RoundKind(row.kind),
        name=row.name,
        state=RoundState(row.state),
        before=RoundState(row.before),
        design=row.design,
        run=row.run,
        progress=row.progress,
        kept_from=row.kept_from,
        figures=row.figures,
        failure=row.failure,
        created_at=row.created_at,
        computed_at=row.computed_at,
        published_at=row.published_at,
    )


def _pair_row(one: Pair) -> dict[str, object]:
    return {
        "round_id": one.round_id,
        "mentor_id": one.mentor_id,
        "mentee_id": one.mentee_id,
        "score": one.score,
        "pinned": one.pinned,
        "rank": one.rank,
        "parts": [[part.criterion, part.side.value, part.fit, part.contribution] for part in one.parts],
        "state": one.state.value,
        "note": one.note,
    }


def _pair(row: R) -> Pair:
    return Pair(
        round_id=row.round_id,
        mentor_id=row.mentor_id,
        mentee_id=row.mentee_id,
        score=row.score,
        pinned=row.pinned,
        rank=row.rank,
        parts=tuple(Part(criterion=key, side=Side(side), fit=fit, contribution=adds) for key, side, fit, adds in row.parts),
        state=PairState(row.state),
        note=row.note,
    )
