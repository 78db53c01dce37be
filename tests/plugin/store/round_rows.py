"""A row in every table of rounds and groups that names a member."""

from plugin.domain.groups import Group, GroupState, Seat
from plugin.domain.rounds import CauseOf, Choice, ChoiceKind, Other, Outcome, Pair, Participant, Round, RoundKind, RoundState, Waiting
from plugin.store.repositories.lessons import Lesson
from plugin.store.unit_of_work import UnitOfWork

OF_BOTH = frozenset({"round_choices", "round_pairs", "round_others", "round_causes", "mentor_choices", "lessons"})
"""Tables whose rows are about two members and go with either."""


def fill_rounds(unit: UnitOfWork, one: int, other: int) -> None:
    """Rows about both."""
    made = Round(
        id=unit.new_id(), program_id=1, kind=RoundKind.PAIRS, name="Round", state=RoundState.COMPUTED, design={"criteria": [], "rules": []}, created_at=unit.now
    )
    unit.rounds.put(made)
    unit.rounds.choose(made.id, [Choice(kind=ChoiceKind.PIN, one=one, other=other)])
    pair = Pair(round_id=made.id, mentor_id=one, mentee_id=other, score=0.5, parts=())
    people = (Participant(member_id=one, mentor=True), Participant(member_id=other, mentor=False))
    waiting = tuple(Waiting(mentee_id=each, missing=1, reason="full") for each in (one, other))
    others = (Other(mentee_id=other, mentor_id=one, rank=1, score=0.5, remaining=0),)
    unit.rounds.keep(made.id, Outcome(people=people, pairs=(pair,), waiting=waiting, others=others, figures={}))
    unit.rounds.keep_causes(made.id, [CauseOf(kind="pin", mentor_id=one, mentee_id=other)])
    unit.rounds.rank_mentors(1, other, [one])
    group = Group(id=unit.new_id(), program_id=1, number=1, name="Group", state=GroupState.RUNNING, created_at=unit.now, round_id=made.id)
    unit.our_groups.put(group)
    unit.our_groups.seat(group.id, [Seat(member_id=one, mentor=True), Seat(member_id=other)], at=unit.now)
    unit.lessons.add(Lesson(id=unit.new_id(), program_id=1, kind="accept", mentor_id=one, mentee_id=other, fits={"zone": 1.0}, at=unit.now))
