"""Sessions: when people of a mentorship meet, and whether they did.

A session is proposed with one time or several, confirmed by the other side, and afterwards everybody says whether it took place. A move is a proposal on top
of what is confirmed: until the other side agrees, the time that was agreed on stands.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from plugin.errors import Conflict, Invalid, Remark

MAX_TIMES, MAX_OPEN = 5, 12
LEAST_MINUTES, MOST_MINUTES = 10, 8 * 60
MAX_TOPIC, MAX_PLACE, MAX_NOTE = 200, 500, 2_000
AHEAD = timedelta(days=366)
"""How far ahead a session may lie."""
BEHIND = timedelta(days=60)
"""How long ago a session may be that is written down afterwards."""
LATE = timedelta(hours=3)
"""A session that is called off within this time of its beginning is called off late; the rule of adplist.org."""
MISSED_AFTER = timedelta(minutes=10)
"""Who is not there by then has missed it; the rule of adplist.org."""
SAY_WITHIN = timedelta(days=2)
"""How long after the end everybody can say, and correct, whether it took place."""
DAY_BEFORE, HOUR_BEFORE = timedelta(days=1), timedelta(hours=1)
"""When both are reminded."""


class SessionState(StrEnum):
    """The life of a session; :data:`NEXT` says which steps exist."""

    PROPOSED = "proposed"
    """Times are proposed and none is agreed on."""
    CONFIRMED = "confirmed"
    HELD = "held"
    MISSED = "missed"
    """It did not take place although it was agreed on."""
    UNCLEAR = "unclear"
    """Nobody said whether it took place, or the sides say different things; a manager can decide."""
    CANCELLED = "cancelled"
    LAPSED = "lapsed"
    """The last of the proposed times passed without an answer."""


NEXT: Mapping[SessionState, frozenset[SessionState]] = {
    SessionState.PROPOSED: frozenset({SessionState.CONFIRMED, SessionState.CANCELLED, SessionState.LAPSED}),
    SessionState.CONFIRMED: frozenset({SessionState.HELD, SessionState.MISSED, SessionState.UNCLEAR, SessionState.CANCELLED}),
    SessionState.UNCLEAR: frozenset({SessionState.HELD, SessionState.MISSED}),
    SessionState.HELD: frozenset(),
    SessionState.MISSED: frozenset(),
    SessionState.CANCELLED: frozenset(),
    SessionState.LAPSED: frozenset(),
}
OPEN = frozenset({SessionState.PROPOSED, SessionState.CONFIRMED})


class CancelReason(StrEnum):
    """Why a session does not take place. The first four are a person's, the others follow from something else."""

    CONFLICT = "conflict"
    """Something came in between."""
    ILL = "ill"
    NOT_NEEDED = "not_needed"
    OTHER = "other"
    ENDED = "ended"
    """The mentorship ended."""
    MEMBER_LEFT = "member_left"
    SUSPENDED = "suspended"
    """The pair is suspended while a report is looked into."""


OF_PERSONS = frozenset({CancelReason.CONFLICT, CancelReason.ILL, CancelReason.NOT_NEEDED, CancelReason.OTHER})


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """Somebody's part in a session.

    ``asks`` says that the times on the table are theirs; ``can`` are those of the times that suit them, ``None`` before they answered. ``held`` is what they
    said afterwards.
    """

    member_id: int
    mentor: bool = False
    asks: bool = False
    cancelled: bool = False
    can: tuple[datetime, ...] | None = None
    held: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A session of a mentorship.

    ``times`` are on the table: those of a proposal, or of a move of what is confirmed for ``starts_at``. ``size`` is how many it was for when it was made; of
    those who left the community since, nothing is kept. ``revision`` rises with every change that people are told of. ``words`` are sealed.
    """

    id: int
    mentorship_id: int
    program_id: int | None
    state: SessionState
    minutes: int
    times: tuple[datetime, ...] = ()
    starts_at: datetime | None = None
    people: tuple[Participant, ...] = ()
    size: int = 2
    revision: int = 0
    words: bytes | None = field(default=None, repr=False)
    created_at: datetime
    settled_at: datetime | None = None
    reason: str = ""
    late: bool = False
    kit_id: int | None = None

    @property
    def ends_at(self) -> datetime | None:
        """When it ends, once a time is agreed on."""
        return None if self.starts_at is None else self.starts_at + timedelta(minutes=self.minutes)

    @property
    def closes_at(self) -> datetime | None:
        """Until when everybody can say whether it took place, once a time is agreed on."""
        ends_at = self.ends_at
        return None if ends_at is None else max(ends_at, self.created_at) + SAY_WITHIN

    @property
    def member_ids(self) -> tuple[int, ...]:
        """Everybody in it who is still a member."""
        return tuple(one.member_id for one in self.people)

    @property
    def asking(self) -> int | None:
        """Whose times are on the table."""
        return next((one.member_id for one in self.people if one.asks), None)

    def of(self, member_id: int | None) -> Participant | None:
        """A member's part in it."""
        return next((one for one in self.people if one.member_id == member_id), None)

    def is_mentor(self, member_id: int) -> bool:
        """Whether somebody is in it as the mentor."""
        return any(one.mentor for one in self.people if one.member_id == member_id)

    def others(self, member_id: int) -> tuple[int, ...]:
        """Everybody else in it."""
        return tuple(one for one in self.member_ids if one != member_id)

    def overlaps(self, starts_at: datetime, minutes: int) -> bool:
        """Whether the time that is agreed on meets another one."""
        mine = self.ends_at
        return self.starts_at is not None and mine is not None and self.starts_at < starts_at + timedelta(minutes=minutes) and starts_at < mine


_SAID = {
    SessionState.PROPOSED: Remark("no time of it is agreed on yet"),
    SessionState.CONFIRMED: Remark("its time is agreed on"),
    SessionState.HELD: Remark("it took place"),
    SessionState.MISSED: Remark("it did not take place"),
    SessionState.UNCLEAR: Remark("its time is over, and it is not clear whether it took place"),
    SessionState.CANCELLED: Remark("it was called off"),
    SessionState.LAPSED: Remark("its times passed without an answer: propose new ones"),
}


def step(session: Session, to: SessionState) -> SessionState:
    """The state after a step. Raises :class:`Conflict` for one that there is not."""
    if to not in NEXT[session.state]:
        raise refused(session)
    return to


def refused(session: Session) -> Conflict:
    """What somebody is told who asks for something that a session's state does not allow."""
    return Conflict("this session cannot be changed like that: {said}", code="illegal_transition", field="session", said=_SAID[session.state])


def check_minutes(minutes: int) -> None:
    """Raise :class:`Invalid` for a length that no session has."""
    if not LEAST_MINUTES <= minutes <= MOST_MINUTES:
        raise Invalid("a session lasts {least} minutes to {most} hours", field="minutes", least=LEAST_MINUTES, most=MOST_MINUTES // 60)


def check_times(times: Sequence[datetime], *, now: datetime) -> tuple[datetime, ...]:
    """Times as they may be proposed, in order. Raises :class:`Invalid` that says what is wrong with them."""
    if any(one.tzinfo is None for one in times):
        raise Invalid("a time needs its zone, such as 2026-12-01T17:00:00+01:00", field="times")
    found = tuple(sorted({one.astimezone(UTC) for one in times}))
    if not 1 <= len(found) <= MAX_TIMES or len(found) < len(times):
        raise Invalid("propose one to {most} times, each once", field="times", most=MAX_TIMES)
    if found[0] <= now:
        raise Invalid("one of these times is over: propose times to come", field="times")
    if found[-1] > now + AHEAD:
        raise Invalid("a session lies at most a year ahead", field="times")
    return found


def is_late(starts_at: datetime, now: datetime) -> bool:
    """Whether calling a session off now is late."""
    return starts_at - LATE < now


def chosen(session: Session) -> datetime | None:
    """The time that most people can, the earliest of several; ``None`` as long as somebody has not answered or if it suits fewer than two."""
    if any(one.can is None for one in session.people):
        return None
    return best(session)


def best(session: Session) -> datetime | None:
    """The time that suits most of those who have answered, the earliest of several; ``None`` if it suits fewer than two."""
    counts = {time: sum(one.can is not None and time in one.can for one in session.people) for time in session.times}
    found = max(sorted(counts), key=lambda time: counts[time], default=None)
    return found if found is not None and counts[found] >= 2 else None


# ---------------------------------------------------------------------------------------------------------------------- afterwards


@dataclass(frozen=True, slots=True)
class Statement:
    """What one said about another, or about themselves: whether they were there."""

    by: int
    about: int
    present: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What comes of what everybody said. ``absent`` are those who were not there by their own word, or by another's that they did not contradict."""

    state: SessionState
    present: frozenset[int] = frozenset()
    absent: frozenset[int] = frozenset()

    @property
    def let_down(self) -> frozenset[int]:
        """Those who were there in vain."""
        return self.present if self.state is SessionState.MISSED else frozenset()

    @property
    def no_shows(self) -> frozenset[int]:
        """Those whom somebody waited for. Where nobody was there, nobody was let down."""
        return self.absent if self.present else frozenset()


def outcome(people: Iterable[Participant], said: Iterable[Statement]) -> Outcome:
    """Whether a session took place, by everybody's words; who contradicts what is said about them is believed neither more nor less than the other side."""
    everybody, statements = list(people), list(said)
    here = {one.member_id for one in everybody}
    present, absent, disputed = set(), set(), set()
    for member in here:
        own = next((one.present for one in statements if one.about == member == one.by), None)
        others = {one.present for one in statements if one.about == member != one.by}
        words = others if own is None else others | {own}
        if own is False or words == {False}:
            absent.add(member)
        elif words == {True}:
            present.add(member)
        elif words:
            disputed.add(member)
    answers = {one.held for one in everybody if one.held is not None}
    if len(present) >= 2:
        state = SessionState.HELD
    elif disputed or not answers or answers == {True, False}:
        state = SessionState.UNCLEAR
    else:
        state = SessionState.HELD if answers == {True} else SessionState.MISSED
    counted = frozenset(absent) if state in {SessionState.HELD, SessionState.MISSED} else frozenset()
    return Outcome(state=state, present=frozenset(present), absent=counted)
