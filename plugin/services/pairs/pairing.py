"""The way of a mentorship: its milestones, and a word to its managers when it stays at one of them for three weeks."""

from collections.abc import Mapping
from datetime import datetime

from plugin.domain.agreements import AgreementState
from plugin.domain.goals import STUCK_AFTER, ItemKind, ItemState, Milestone, following, reached
from plugin.domain.mentorships import Mentorship
from plugin.domain.people import Principal
from plugin.domain.sessions import SessionState
from plugin.errors import Conflict, NotFound
from plugin.services import scheduling
from plugin.services.guarding.managing import managers_of, may_manage
from plugin.services.messages.telling import tell
from plugin.services.runtime import Runtime
from plugin.store.unit_of_work import UnitOfWork
from plugin.texts.pairing import STEPS


def is_in(unit: UnitOfWork, mentorship_id: int, member_id: int) -> bool:
    """Whether a member is in a mentorship. What belongs to one is, for everybody else, not there."""
    one = unit.mentorships.get(mentorship_id)
    return one is not None and member_id in one.people


def running(unit: UnitOfWork, mentorship_id: int, member_id: int) -> Mentorship:
    """A mentorship that a member is in and that runs. Raises :class:`NotFound` or :class:`Conflict`."""
    one = unit.mentorships.get(mentorship_id)
    if one is None or member_id not in one.people:
        raise NotFound("there is no such mentorship", field="mentorship")
    if not one.runs:
        raise Conflict("this mentorship has ended", code="illegal_transition", field="mentorship")
    if unit.reports.suspends(one.id, one.people):
        raise Conflict("this mentorship is paused while something is looked into", code="suspended", field="mentorship")
    return one


def milestones(unit: UnitOfWork, one: Mentorship) -> Mapping[Milestone, datetime | None]:
    """When a mentorship reached which milestone."""
    held = [each.starts_at for each in unit.sessions.of_mentorship(one.id, states=[SessionState.HELD]) if each.starts_at is not None]
    versions = unit.agreements.of_mentorship(one.id)
    agreed = [each.decided_at for each in versions if each.decided_at is not None and each.state is AgreementState.IN_FORCE]
    goals = [each for each in unit.pair_items.of_mentorship(one.id) if each.kind is ItemKind.GOAL]
    done = [each.settled_at for each in goals if each.state is ItemState.DONE and each.settled_at is not None]
    return {
        Milestone.BEGUN: one.began_at,
        Milestone.MET: min(held, default=None),
        Milestone.AGREED: min(agreed, default=None),
        Milestone.GOAL_SET: min((each.created_at for each in goals), default=None),
        Milestone.GOAL_REACHED: min(done, default=None),
        Milestone.CLOSED: one.ended_at,
    }


def page(mentorship_id: int) -> str:
    """The page of a mentorship, for those in it."""
    return f"/my/mentorships/{mentorship_id}"


def went_on(unit: UnitOfWork, mentorship_id: int) -> None:
    """A milestone was reached, or something moved towards one: the three weeks begin anew."""
    at = unit.now + STUCK_AFTER
    scheduling.schedule(unit, "mentorship.stuck", key=f"mentorship:{mentorship_id}:stuck", at=at, about={"mentorship": mentorship_id})


@scheduling.job("mentorship.stuck")
def stuck(unit: UnitOfWork, about: scheduling.About) -> None:
    """Nothing has moved for three weeks: the managers hear of it, once for each milestone. The pair itself is asked how it goes when it is quiet."""
    one = unit.mentorships.get(int(about["mentorship"]))
    if one is None or not one.runs or one.program_id is None or len(one.people) < 2:
        return
    step = following(milestones(unit, one))
    if step is None or step is Milestone.GOAL_REACHED:
        # Goals may take months; whether a pair is still at it shows in its sessions.
        return
    for manager in managers_of(unit, one.program_id):
        words: dict[str, str | int] = {"mentor": one.mentor_id or 0, "mentee": one.mentee_ids[0] if one.mentee_ids else 0, "step": STEPS[step.value]}
        tell(unit, manager, "mentorship.stuck", key=f"mentorship:{one.id}:stuck:{step.value}:{manager}", about=words)


async def way(runtime: Runtime, principal: Principal, mentorship_id: int) -> list[tuple[Milestone, datetime | None]]:
    """A mentorship's milestones for who is in it and who manages its program; nothing for anybody else."""

    def work(unit: UnitOfWork) -> list[tuple[Milestone, datetime | None]]:
        one = unit.mentorships.get(mentorship_id)
        if one is None or (principal.member_id not in one.people and not may_manage(unit, principal, one.program_id)):
            return []
        return list(milestones(unit, one).items())

    return await runtime.database.read(principal.installation_id, work)


def is_stuck(unit: UnitOfWork, one: Mentorship) -> bool:
    """Whether a mentorship has stayed at one milestone for three weeks."""
    known = milestones(unit, one)
    at = reached(known)
    return one.runs and following(known) not in {None, Milestone.GOAL_REACHED} and at is not None and unit.now - at > STUCK_AFTER
