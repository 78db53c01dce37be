"""Signs of life of a mentorship: when there are none for a while, both sides are asked how it goes."""

from datetime import timedelta

from plugin.services import scheduling
from plugin.services.telling import tell
from plugin.store.unit_of_work import UnitOfWork

QUIET_AFTER = timedelta(days=21)
"""How long a pair may give no sign before both are asked how it goes; the figure that vendors use too."""
NUDGES = 3
"""How often a quiet pair is asked; after that it is the managers' turn."""


def moved(unit: UnitOfWork, mentorship_id: int) -> None:
    """Something happened between the two: the count of quiet days begins anew."""
    at = unit.now + QUIET_AFTER
    scheduling.schedule(unit, "mentorship.quiet", key=f"mentorship:{mentorship_id}:quiet", at=at, about={"mentorship": mentorship_id, "nudge": 1})


@scheduling.job("mentorship.quiet")
def quiet(unit: UnitOfWork, about: scheduling.About) -> None:
    """Ask both sides of a pair that gave no sign how it goes, at most :data:`NUDGES` times."""
    mentorship_id, nudge = int(about["mentorship"]), int(about["nudge"])
    one = unit.mentorships.get(mentorship_id)
    if one is None or not one.runs or one.mentor_id is None or not one.mentee_ids:
        return
    for person in one.people:
        other = one.mentee_ids[0] if person == one.mentor_id else one.mentor_id
        tell(unit, person, "mentorship.quiet", key=f"mentorship:{one.id}:quiet:{nudge}:{unit.now.date()}:{person}", about={"other": other})
    if nudge < NUDGES:
        at = unit.now + QUIET_AFTER
        scheduling.schedule(unit, "mentorship.quiet", key=f"mentorship:{one.id}:quiet", at=at, about={"mentorship": one.id, "nudge": nudge + 1})
