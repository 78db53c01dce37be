"""Signs of life of a mentorship: when there are none for a while, both sides are asked how it goes."""

from datetime import datetime, timedelta

from plugin.domain.agreements import quiet_after
from plugin.services import scheduling
from plugin.services.messages.telling import tell
from plugin.store.unit_of_work import UnitOfWork

QUIET_AFTER = timedelta(days=21)
"""How long a pair may give no sign before both are asked how it goes; the figure that vendors use too."""
NUDGES = 3
"""How often a quiet pair is asked; after that it is the managers' turn."""


def moved(unit: UnitOfWork, mentorship_id: int) -> None:
    """Something happened between the two: the count of quiet days begins anew."""
    _watch(unit, mentorship_id, nudge=1, since=unit.now)


def _watch(unit: UnitOfWork, mentorship_id: int, *, nudge: int, since: datetime) -> None:
    about: scheduling.About = {"mentorship": mentorship_id, "nudge": nudge, "since": since.isoformat()}
    scheduling.schedule(unit, "mentorship.quiet", key=f"mentorship:{mentorship_id}:quiet", at=unit.now + patience(unit, mentorship_id), about=about)


def patience(unit: UnitOfWork, mentorship_id: int) -> timedelta:
    """How long a pair may give no sign: by how often it agreed to meet, else :data:`QUIET_AFTER`."""
    agreed = unit.agreements.in_force([mentorship_id]).get(mentorship_id)
    return quiet_after(None if agreed is None else agreed.cadence, usual=QUIET_AFTER)


@scheduling.job("mentorship.quiet")
def quiet(unit: UnitOfWork, about: scheduling.About) -> None:
    """Ask both sides of a pair that gave no sign how it goes, at most :data:`NUDGES` times."""
    mentorship_id, nudge = int(about["mentorship"]), int(about["nudge"])
    one = unit.mentorships.get(mentorship_id)
    if one is None or not one.runs or one.mentor_id is None or not one.mentee_ids or unit.reports.suspends(one.id, one.people):
        return
    since = datetime.fromisoformat(str(about["since"])) if "since" in about else unit.now - patience(unit, one.id)
    words: dict[str, str | int] = {"days": (unit.now - since).days, "since": since.isoformat()}
    for person in one.people:
        other = one.mentee_ids[0] if person == one.mentor_id else one.mentor_id
        tell(unit, person, "mentorship.quiet", key=f"mentorship:{one.id}:quiet:{nudge}:{unit.now.date()}:{person}", about={**words, "other": other})
    if nudge < NUDGES:
        _watch(unit, one.id, nudge=nudge + 1, since=since)
