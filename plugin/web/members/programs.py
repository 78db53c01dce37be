"""Programs as a member sees them: joining, asking mentors, pausing, room, leaving."""

from starlette.responses import Response

from plugin.domain.enrolments import EnrolmentState
from plugin.domain.forms import AnswersRefused, FormPurpose
from plugin.domain.forms.preview import preview
from plugin.domain.programs import TAKING_IN, Role
from plugin.domain.rewards import AwardState
from plugin.domain.screening import ADULT
from plugin.errors import Invalid
from plugin.services.departures import leaving
from plugin.services.mentorships import ranking, requesting
from plugin.services.pairs import thanking
from plugin.services.programs import belonging
from plugin.services.questions import questioning
from plugin.services.questions.form_words import spoken
from plugin.services.recruiting import enrolling, inviting, referring
from plugin.services.rewards import certifying, rewarding, spending
from plugin.texts import console as words
from plugin.texts import running
from plugin.web.answers import SKILL_ROWS, SLOT_ROWS, answers_of
from plugin.web.members.frame import show
from plugin.web.visits import Visit, id_of

MOST_ASKED = 5
WISHES = 5
"""How many wishes a form offers; who named more by GraphQL finds them all."""


async def listing(visit: Visit) -> Response:
    """The programs there are for this member, invitations, and what came back for what they gave."""
    found = await belonging.programs(visit.runtime, visit.principal)
    invited = [one for one in await inviting.mine(visit.runtime, visit.principal) if one.state.value in {"invited", "seen"}]
    awards, standings = await rewarding.mine(visit.runtime, visit.principal)
    thanks = await thanking.mine(visit.runtime, visit.principal)
    return await show(
        visit,
        "programs.html",
        section="programs",
        programs=found,
        invited=invited,
        named={one.id: one for one, _parts in found},
        badges=[one for one in awards if one.badge and one.state is AwardState.GRANTED],
        standings=standings,
        thanks=thanks,
        certificates=[one for one in await certifying.mine(visit.runtime, visit.principal) if one.certificate.revoked_at is None],
        given=await spending.mine(visit.runtime, visit.principal),
        running=running,
        words=words,
    )


async def answer_invitation(visit: Visit) -> Response:
    """Say no to an invitation. A yes is said on the page on which one takes part, with all that is asked there."""
    await inviting.answer(visit.runtime, visit.principal, id_of(visit.text("invitation")), accept=False)
    return visit.go("/my/programs", "saved")


async def view(visit: Visit) -> Response:
    """One program, one's parts in it, the mentors one can ask and would like to have, and links to refer others by."""
    place = await belonging.place(visit.runtime, visit.principal, visit.id("program"))
    asked, _received = await requesting.mine(visit.runtime, visit.principal)
    mine = [one for one, _said in asked if one.program_id == place.program.id and one.state.value in {"queued", "pending"}]
    roles = {one.role: one for one in place.parts}
    free = [role for role in Role if role not in roles or roles[role].state in {EnrolmentState.DECLINED, EnrolmentState.WITHDRAWN}]
    ranked = await ranking.ranked(visit.runtime, visit.principal, place.program.id)
    links = [one for one in await referring.mine(visit.runtime, visit.principal) if one.link.program_id == place.program.id]
    return await show(
        visit,
        "program.html",
        section="programs",
        place=place,
        program=place.program,
        waiting=mine,
        free=free,
        words=words,
        chosen=visit.all("mentor"),
        wishes=visit.all("wish") if visit.text("do") == "rank" else [str(one) for one in ranked],
        rows=max(WISHES, len(ranked)),
        refers=place.program.open and place.program.state in TAKING_IN,
        links=[one for one in links if one.link.revoked_at is None and one.link.expires_at > visit.now],
    )


async def act(visit: Visit) -> Response:
    """Ask mentors, say whom one would like to have, change one's room, pause, leave, or refer others."""
    program_id = visit.id("program")
    here = f"/my/programs/{program_id}"
    runtime, principal = visit.runtime, visit.principal
    match visit.text("do"):
        case "ask":
            named = [id_of(one) for one in visit.all("mentor")]
            order = sorted(named, key=lambda one: (visit.number(f"place_{one}", MOST_ASKED) or MOST_ASKED, named.index(one)))
            if not order:
                raise Invalid("choose at least one mentor", field="mentors")
            await requesting.ask(runtime, principal, program_id=program_id, mentor_ids=order, note=visit.text("note"), goal=visit.text("goal"))
            return visit.go("/my/requests", "asked")
        case "rank":
            await ranking.rank_mentors(runtime, principal, program_id, [id_of(one) for one in visit.all("wish") if one])
            return visit.go(here, "saved")
        case "refer":
            word = visit.text("role")
            await referring.make(runtime, principal, program_id, role=Role(word) if word in set(Role) else None, named=visit.checked("named"))
            return visit.go(here, "linked")
        case "take_back":
            await referring.revoke(runtime, principal, id_of(visit.text("link")))
            return visit.go(here, "revoked")
        case "room":
            await enrolling.change(runtime, principal, id_of(visit.text("enrolment")), capacity=visit.number("capacity"))
            return visit.go(here, "saved")
        case "pause" | "resume" as word:
            await enrolling.change(runtime, principal, id_of(visit.text("enrolment")), paused=word == "pause")
            return visit.go(here, f"{word}d")
        case "leave":
            await leaving.leave_program(runtime, principal, id_of(visit.text("enrolment")))
            return visit.go(here, "left")
        case _:
            raise Invalid("choose what to do")


def _role(visit: Visit) -> Role:
    word = visit.request.query_params.get("as", "") or visit.text("role")
    if word not in set(Role):
        raise Invalid("choose whether you take part as a mentor or as a mentee", field="role")
    return Role(word)


async def join(visit: Visit) -> Response:
    """The page on which one takes part: the code of conduct, and the program's form if it has one."""
    place = await belonging.place(visit.runtime, visit.principal, visit.id("program"))
    role = _role(visit)
    form = await questioning.application(visit.runtime, visit.principal, program_id=place.program.id, purpose=FormPurpose(role.value))
    form = None if form is None else spoken(form, language=visit.speaker.language)
    answers = answers_of(form, visit) if form is not None and visit.posted else {}
    shown = preview(form, answers)[0] if form is not None else ()
    problems = {one.question: one.remark for one in visit.problem.problems} if isinstance(visit.problem, AnswersRefused) else {}
    return await show(
        visit,
        "join.html",
        section="programs",
        program=place.program,
        role=role,
        form=form,
        shown=shown,
        answers=answers,
        problems=problems,
        slot_rows=range(SLOT_ROWS),
        skill_rows=range(SKILL_ROWS),
        words=words,
        least=visit.community.policy.minimum_age,
        invited=any(one.role is role and one.state is EnrolmentState.INVITED for one in place.parts),
    )


async def enrol(visit: Visit) -> Response:
    """Take part. The answers are checked first, so that nobody is enrolled whose form was refused."""
    program_id, role = visit.id("program"), _role(visit)
    runtime, principal = visit.runtime, visit.principal
    form = await questioning.application(runtime, principal, program_id=program_id, purpose=FormPurpose(role.value))
    if visit.text("do") == "look":
        return await join(visit)
    young = visit.community.policy.minimum_age < ADULT and not visit.checked("adult")
    if not visit.checked("conduct") or not (visit.checked("adult") or young):
        raise Invalid("say that you are of age and agree to the code of conduct", field="adult" if not visit.checked("adult") else "conduct")
    age, guardian = (visit.number("age"), visit.text("guardian")) if young else (None, "")
    if form is not None:
        _form, _shown, wrong = await questioning.look(runtime, principal, form.id, answers_of(form, visit))
        if wrong:
            raise AnswersRefused(wrong)
    capacity = visit.number("capacity") if role is Role.MENTOR else None
    said = {"capacity": capacity, "minimum": 0, "track": "", "adult": not young, "age": age, "guardian": guardian}
    made = await enrolling.apply(runtime, principal, program_id=program_id, role=role, **said)  # type: ignore[arg-type]  # its own names
    if form is not None:
        await questioning.submit(runtime, principal, form_id=form.id, answers=answers_of(form, visit), program_id=program_id)
    return visit.go(f"/my/programs/{program_id}", "applied" if made.state is EnrolmentState.APPLIED else "enrolled")
