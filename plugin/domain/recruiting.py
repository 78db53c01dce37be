"""Recruiting: who is asked to take part, when, and what became of it; links by which members refer others."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from plugin.domain.programs import Role
from plugin.errors import Conflict, Invalid

ANSWER_WITHIN = timedelta(days=14)
"""How long an invitation is open."""
LINK_FOR = timedelta(days=30)
"""How long a referral link leads somewhere."""
MAX_WAVE, MAX_WAVES, MAX_LINKS, MAX_WORDS = 50, 20, 5, 1_000


class InvitationState(StrEnum):
    """The life of an invitation; :data:`NEXT` says which steps exist."""

    PLANNED = "planned"
    """In a wave that is still to come; the member knows nothing of it."""
    INVITED = "invited"
    SEEN = "seen"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    DROPPED = "dropped"
    """Taken out before the member was asked."""


NEXT: dict[InvitationState, frozenset[InvitationState]] = {
    InvitationState.PLANNED: frozenset({InvitationState.INVITED, InvitationState.DROPPED}),
    InvitationState.INVITED: frozenset({InvitationState.SEEN, InvitationState.ACCEPTED, InvitationState.DECLINED, InvitationState.EXPIRED}),
    InvitationState.SEEN: frozenset({InvitationState.ACCEPTED, InvitationState.DECLINED, InvitationState.EXPIRED}),
    InvitationState.ACCEPTED: frozenset(),
    InvitationState.DECLINED: frozenset(),
    InvitationState.EXPIRED: frozenset(),
    # Nobody was asked: a later wave may.
    InvitationState.DROPPED: frozenset({InvitationState.PLANNED, InvitationState.INVITED}),
}
WAITING = frozenset({InvitationState.INVITED, InvitationState.SEEN})
"""Asked, and not answered."""
ASKED = frozenset(InvitationState) - {InvitationState.PLANNED, InvitationState.DROPPED}
"""The member was asked at some time, and is not asked again."""


class WaveState(StrEnum):
    """The life of a wave of invitations; :data:`WAVE_NEXT` says which steps exist."""

    PLANNED = "planned"
    SENT = "sent"
    CANCELLED = "cancelled"


WAVE_NEXT: dict[WaveState, frozenset[WaveState]] = {
    WaveState.PLANNED: frozenset({WaveState.SENT, WaveState.CANCELLED}),
    WaveState.SENT: frozenset(),
    WaveState.CANCELLED: frozenset(),
}


class WaveEnd(StrEnum):
    """Why a wave was not sent."""

    BY_HAND = "by_hand"
    ENOUGH = "enough"
    """The program had what it was recruiting for."""
    CLOSED = "closed"
    """The program took nobody in any more."""
    NOBODY = "nobody"
    """Nobody who was planned could be asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A figure by which a member was found, such as five answers to others; ``contribution`` is its part of the score."""

    criterion: str
    count: int
    contribution: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """A member asked to take part in a program, once for ever.

    ``evidence`` says by what they were found, ``post_ids`` by which posts; both are empty for somebody whom a manager named. ``words`` are sealed.
    """

    id: int
    program_id: int
    member_id: int
    role: Role
    state: InvitationState
    created_at: datetime
    wave_id: int | None = None
    score: float = 0.0
    evidence: tuple[Evidence, ...] = ()
    post_ids: tuple[str, ...] = ()
    words: bytes = field(default=b"", repr=False)
    invited_at: datetime | None = None
    seen_at: datetime | None = None
    answered_at: datetime | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wave:
    """Invitations that go out together. ``until`` is how many free places (or, for mentees, how many people) make further invitations needless."""

    id: int
    program_id: int
    number: int
    role: Role
    state: WaveState
    due_at: datetime
    created_at: datetime
    until: int | None = None
    sent_at: datetime | None = None
    ended: WaveEnd | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralLink:
    """A link by which a member refers others to a program. ``secret`` is sealed; what is looked up is its hash. ``named`` says that they agreed to be shown."""

    id: int
    program_id: int
    referrer_id: int
    digest: bytes = field(repr=False)
    secret: bytes = field(repr=False)
    role: Role | None
    named: bool
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Referral:
    """Somebody took part because another member referred them."""

    program_id: int
    member_id: int
    referrer_id: int
    link_id: int
    at: datetime


class AnnouncementState(StrEnum):
    """Whether a program's announcement is in the host."""

    POSTED = "posted"
    """Handed to the outbox, and from then on kept in step with the program."""
    STOPPED = "stopped"
    """It stays as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """The topic of a program in the host, one for each. ``version`` counts its texts; ``said`` is the hash of the one that was sent last."""

    program_id: int
    space_id: str
    state: AnnouncementState
    version: int
    said: bytes = field(repr=False)
    intro: str
    address: str
    """Where members can enrol by a form; in the text."""
    created_at: datetime
    changed_at: datetime
    topic_id: str = ""
    url: str = ""


def move(invitation: Invitation, to: InvitationState) -> InvitationState:
    """The state after a step. Raises :class:`Conflict` for one that there is not."""
    if to not in NEXT[invitation.state]:
        raise Conflict("this invitation is {state}, so it cannot become {to}", code="illegal_transition", field="invitation", state=invitation.state, to=to)
    return to


def move_wave(wave: Wave, to: WaveState) -> WaveState:
    """The state after a step. Raises :class:`Conflict` for one that there is not."""
    if to not in WAVE_NEXT[wave.state]:
        raise Conflict("wave {number} was {state} already", code="illegal_transition", field="wave", number=wave.number, state=wave.state)
    return to


def check_words(words: str) -> str:
    """A manager's words to those who are asked, or :class:`Invalid`."""
    plain = words.strip()
    if len(plain) > MAX_WORDS:
        raise Invalid("what is said with an invitation has at most {most} characters", field="words", most=MAX_WORDS)
    return plain
