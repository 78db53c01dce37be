"""The agreement of a mentorship: what it is about, how often one meets, until when, and how one treats each other. Both sides sign the same version."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from plugin.errors import Conflict, Invalid, Remark

MAX_TOPICS, MAX_TOPIC, MAX_NOTE = 10, 120, 2_000
LEAST_CADENCE, MOST_CADENCE = 1, 120


class AgreementState(StrEnum):
    """The life of one version of an agreement; :data:`NEXT` says which steps exist."""

    PROPOSED = "proposed"
    """Waits for signatures."""
    IN_FORCE = "in_force"
    """Everybody signed it."""
    DECLINED = "declined"
    REPLACED = "replaced"
    """A later version was proposed before it was signed, or was signed after it."""


NEXT: Mapping[AgreementState, frozenset[AgreementState]] = {
    AgreementState.PROPOSED: frozenset({AgreementState.IN_FORCE, AgreementState.DECLINED, AgreementState.REPLACED}),
    AgreementState.IN_FORCE: frozenset({AgreementState.REPLACED}),
    AgreementState.DECLINED: frozenset(),
    AgreementState.REPLACED: frozenset(),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What is agreed on. ``cadence`` is every how many days one meets; ``conduct`` are the words of the program's code of conduct when it was proposed."""

    topics: tuple[str, ...]
    cadence: int
    minutes: int = 60
    starts_on: date | None = None
    ends_on: date | None = None
    note: str = ""
    conduct: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """A version of an agreement, from 1. ``words`` is the sealed part of its terms; ``signed`` says who signed it when."""

    id: int
    mentorship_id: int
    version: int
    state: AgreementState
    cadence: int
    words: bytes | None = field(default=None, repr=False)
    created_at: datetime
    decided_at: datetime | None = None
    signed: Mapping[int, datetime] = field(default_factory=dict)


def step(agreement: Agreement, to: AgreementState) -> AgreementState:
    """The state after a step. Raises :class:`Conflict` for one that there is not."""
    if to not in NEXT[agreement.state]:
        said = {
            AgreementState.PROPOSED: Remark("this version waits for signatures"),
            AgreementState.IN_FORCE: Remark("this version was signed by everybody: propose a new version to change it"),
            AgreementState.DECLINED: Remark("this version was declined: propose another one"),
            AgreementState.REPLACED: Remark("this version was replaced by a later one: look at that"),
        }
        raise Conflict(said[agreement.state], code="illegal_transition", field="agreement")
    return to


def checked(terms: Terms, *, program_ends: date | None, topics: Sequence[str]) -> Terms:
    """Terms as they are kept. Raises :class:`Invalid` that says what is wrong with them."""
    plain = tuple(" ".join(one.split()) for one in topics)
    if not 1 <= len(plain) <= MAX_TOPICS or not all(1 <= len(one) <= MAX_TOPIC for one in plain):
        raise Invalid("an agreement has one to {most} topics of at most {longest} characters", field="topics", most=MAX_TOPICS, longest=MAX_TOPIC)
    if not LEAST_CADENCE <= terms.cadence <= MOST_CADENCE:
        raise Invalid("meet every {least} to {most} days", field="cadence", least=LEAST_CADENCE, most=MOST_CADENCE)
    if not 10 <= terms.minutes <= 8 * 60:
        raise Invalid("a session lasts 10 minutes to 8 hours", field="minutes")
    if terms.starts_on is not None and terms.ends_on is not None and terms.ends_on <= terms.starts_on:
        raise Invalid("the mentorship would end before it begins: give a later end", field="endsOn")
    if program_ends is not None and terms.ends_on is not None and terms.ends_on > program_ends:
        raise Invalid("the program ends on {program_ends}: agree on an end before that", field="endsOn", program_ends=program_ends)
    if len(terms.note) > MAX_NOTE:
        raise Invalid("a note has at most {most} characters", field="note", most=MAX_NOTE)
    return Terms(
        topics=plain,
        cadence=terms.cadence,
        minutes=terms.minutes,
        starts_on=terms.starts_on,
        ends_on=terms.ends_on,
        note=terms.note.strip(),
        conduct=terms.conduct,
    )


def quiet_after(cadence: int | None, *, usual: timedelta) -> timedelta:
    """How long a pair may give no sign: half again as long as they agreed on, at least three days longer; the usual time where nothing is agreed on."""
    return usual if cadence is None else timedelta(days=cadence + max(3, cadence // 2))
