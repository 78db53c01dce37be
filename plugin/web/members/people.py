"""Requests, mentorships, groups and surveys of a member."""

from dataclasses import replace

from starlette.responses import Response

from plugin.domain.forms import AnswersRefused
from plugin.domain.forms.preview import preview
from plugin.domain.mentorships import EndReason
from plugin.domain.requests import DeclineReason
from plugin.errors import Invalid, NotFound
from plugin.services.matching import group_reading
from plugin.services.mentorships import answering, mentoring, requesting
from plugin.services.programs import belonging
from plugin.services.questions.form_words import spoken
from plugin.texts import console as words
from plugin.web.answers import SKILL_ROWS, SLOT_ROWS, answers_of
from plugin.web.console.groups import slot_words
from plugin.web.members.frame import show
from plugin.web.visits import Visit, id_of


async def requests(visit: Visit) -> Response:
    """What one asked, and what one is asked."""
    asked, received = await requesting.mine(visit.runtime, visit.principal)
    ids = {one.mentor_id for one, _ in asked} | {one.mentee_id for one, _ in received}
    opened = [one for one in received if one[0].state.value == "pending"]
    return await show(
        visit,
        "requests.html",
        section="requests",
        asked=sorted(asked, key=lambda one: (-one[0].chain_id, one[0].rank)),
        opened=opened,
        answered=[one for one in reversed(received) if one not in opened],
        people=await visit.people(ids),
        words=words,
    )


async def answer_request(visit: Visit) -> Response:
    """Accept, decline, or take back."""
    request_id, what = id_of(visit.text("request")), visit.text("do")
    runtime, principal = visit.runtime, visit.principal
    if what == "accept":
        await requesting.accept(runtime, principal, request_id, message=visit.text("message"))
        return visit.go("/my/mentorships", "accepted")
    if what == "decline":
        reason = visit.text("reason")
        if reason not in set(DeclineReason):
            raise Invalid("choose a reason", field="reason")
        await requesting.decline(runtime, principal, request_id, reason=DeclineReason(reason), message=visit.text("message"))
        return visit.go("/my/requests", "declined")
    if what == "withdraw":
        await requesting.withdraw(runtime, principal, request_id)
        return visit.go("/my/requests", "withdrawn")
    raise Invalid("choose what to do")


async def mentorships(visit: Visit) -> Response:
    """Mentorships and groups, those that run first; surveys that wait."""
    found = await belonging.mentorships(visit.runtime, visit.principal)
    groups = await group_reading.mine(visit.runtime, visit.principal)
    surveys = await answering.mine(visit.runtime, visit.principal)
    ids = {member for one, _ in found for member in one.people} | {seat.member_id for group in groups for seat in group.seats}
    ids |= {member for one in surveys for member in one.others}
    return await show(
        visit,
        "mentorships.html",
        section="mentorships",
        found=found,
        groups=groups,
        surveys=surveys,
        people=await visit.people(ids),
        slot_words=slot_words,
        words=words,
    )


async def end(visit: Visit) -> Response:
    """End a mentorship, with a reason that blames nobody."""
    reason = visit.text("reason")
    if reason not in words.END_REASONS:
        raise Invalid("choose a reason", field="reason")
    await mentoring.leave(visit.runtime, visit.principal, id_of(visit.text("mentorship")), reason=EndReason(reason))
    return visit.go("/my/mentorships", "ended")


async def survey(visit: Visit) -> Response:
    """A few questions."""
    waiting = await answering.mine(visit.runtime, visit.principal)
    one = next((each for each in waiting if each.survey.id == visit.id("survey")), None)
    if one is None:
        raise NotFound("these questions were answered already, or nobody asks them any more")
    one = replace(one, form=spoken(one.form, language=visit.speaker.language))
    answers = answers_of(one.form, visit) if visit.posted else {}
    problems = {each.question: each.remark for each in visit.problem.problems} if isinstance(visit.problem, AnswersRefused) else {}
    return await show(
        visit,
        "survey.html",
        section="mentorships",
        one=one,
        shown=preview(one.form, answers)[0],
        answers=answers,
        problems=problems,
        people=await visit.people(set(one.others)),
        slot_rows=range(SLOT_ROWS),
        skill_rows=range(SKILL_ROWS),
    )


async def answer_survey(visit: Visit) -> Response:
    """Answer them."""
    if visit.text("do") == "look":
        return await survey(visit)
    waiting = await answering.mine(visit.runtime, visit.principal)
    one = next((each for each in waiting if each.survey.id == visit.id("survey")), None)
    if one is None:
        raise NotFound("these questions were answered already, or nobody asks them any more")
    await answering.answer(visit.runtime, visit.principal, one.survey.id, answers=answers_of(one.form, visit), named=visit.checked("named"))
    return visit.go("/my/mentorships", "sent")
