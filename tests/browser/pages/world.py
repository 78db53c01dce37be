"""A program as it is after some weeks, so that every page has something to show."""

from dataclasses import dataclass, replace
from datetime import timedelta

from plugin.domain.agreements import Terms
from plugin.domain.applications import ApplicationState
from plugin.domain.designs import Criterion, CriterionKind, Design, GroupDesign, Importance
from plugin.domain.forms import FormPurpose
from plugin.domain.goals import ItemKind
from plugin.domain.ledger import EntryKind
from plugin.domain.mentorships import EndReason
from plugin.domain.people import Office, Scope
from plugin.domain.program_events import EventPlan
from plugin.domain.programs import Role
from plugin.domain.reports import ReportKind
from plugin.domain.rewards import Figure, Level, Rule
from plugin.domain.screening import Check, Screening
from plugin.domain.surveys import SurveyKind
from plugin.services.developers import applications, webhooks
from plugin.services.hosts import choosing
from plugin.services.identity import staffing
from plugin.services.matching import round_lane, rounds
from plugin.services.meetings import hosting, meeting
from plugin.services.meetings.sessions import Words
from plugin.services.mentorships import mentoring, ranking, requesting
from plugin.services.messages import reaching, reviewing
from plugin.services.pairs import agreeing, goals, sharing, thanking
from plugin.services.programs import belonging
from plugin.services.questions import questioning
from plugin.services.recruiting import asking, enrolling, prospecting, referring
from plugin.services.recruiting.inviting import Named
from plugin.services.rewards import budgeting, certifying, rewarding, spending
from plugin.services.safety import keeping_apart, reporting
from plugin.services.suggestions import needs
from plugin.store.unit_of_work import UnitOfWork
from tests.browser.pages.running import Stage

MENTORS = ["ana_lua", "anjali_r", "arjun_k", "aroha_t"]
MENTEES = ["chef_abel", "chloe_w", "dana_reyes", "dokafor", "earl_j", "esra_k", "farid_h"]
ADMIN, MENTOR, MENTEE, OTHER, ASKED = "marit", "ana_lua", "chloe_w", "dana_reyes", "earl_j"
NEED = "How do I price a first subscription product for small customers, and how do I find the first ten of them?"

GOAL, STEP, EVENT = "Ten people who pay for it", "Talk to three who left", "An evening with all pairs"


@dataclass(frozen=True)
class World:
    """Where things are."""

    program: int
    round: int
    groups_round: int
    form: int
    mentee: int
    enrolment: int
    installation: int
    client: str
    event: int
    entry: int
    mentorship: int
    session: int
    survey: int
    webhook: int
    empty_round: int
    certificate: str
    refer: str
    join: str
    stop: str


def inhabit(here: Stage) -> World:
    """Make it."""
    return here.run(_inhabit(here))


async def _inhabit(here: Stage) -> World:
    site, runtime = here.site, here.site.parts.runtime
    admin = site.admin()
    program = await site.program(mentors=MENTORS, mentees=MENTEES)
    form = await questioning.create_from_template(runtime, admin, purpose=FormPurpose.MENTOR, program_id=program)
    await questioning.create_from_template(runtime, admin, purpose=FormPurpose.MENTEE, program_id=program)
    criteria = (
        Criterion(key="need", kind=CriterionKind.NEED, importance=Importance.HIGH),
        Criterion(key="language", kind=CriterionKind.LANGUAGE),
        Criterion(key="timezone", kind=CriterionKind.TIMEZONE, importance=Importance.LOW),
    )
    one = await rounds.draft(runtime, admin, program_id=program, name="November", design=Design(criteria=criteria))
    await rounds.compute(runtime, admin, one.id)
    circles = await rounds.draft(runtime, admin, program_id=program, name="Circles", design=GroupDesign(smallest=2, largest=4))
    await rounds.compute(runtime, admin, circles.id)
    for _ in range(4):
        await round_lane.work(runtime, site.parts.graphs, site.installation_id)
    await reviewing.hold(runtime, admin, kind="request.received", held=True)
    mentors = [site.members[name] for name in MENTORS[:2]]
    await requesting.ask(runtime, site.acts_for(MENTEE), program_id=program, mentor_ids=mentors, note="I read what you wrote.", goal="To sell to ten people.")
    asked = await requesting.ask(runtime, site.acts_for(OTHER), program_id=program, mentor_ids=mentors[:1], note="", goal="To price it.")
    await requesting.accept(runtime, site.acts_for(MENTOR), asked[0].id, message="With pleasure.")
    await needs.state_need(runtime, site.parts.graphs, site.acts_for(MENTEE), need_text=NEED, topic_url=None)
    wanted = applications.Wanted(
        name="Calendar of mentoring",
        redirect_uris=("https://app.example.org/back",),
        grants=frozenset({"authorization_code"}),
        scopes=frozenset({Scope.READ, Scope.ME}),
        confidential=True,
    )
    made = [(await applications.register(runtime, site.installation_id, wanted)).application for _ in range(2)]
    await applications.decide(runtime, admin, made[0].id, ApplicationState.APPROVED)
    mentorship = await _pair(here, program)
    event, entry = await _run(here, program)
    session, survey = await _meet(here, program, mentorship)
    addresses = await _open_doors(here, program)
    empty = await rounds.draft(runtime, admin, program_id=program, name="November", design=Design(criteria=criteria))
    hook = await webhooks.create(runtime, admin, name="Second Desk", url="https://app.example.org/events", types=())
    enrolled = await runtime.database.read(site.installation_id, lambda unit: unit.enrolments.of_program(program))
    return World(
        program=program,
        round=one.id,
        groups_round=circles.id,
        form=form.id,
        mentee=site.members[MENTEE],
        enrolment=enrolled[0].id,
        installation=site.installation_id,
        client=made[0].client_id,
        event=event,
        entry=entry,
        mentorship=mentorship,
        session=session,
        survey=survey,
        webhook=hook.webhook.id,
        empty_round=empty.id,
        **addresses,
    )


async def _run(here: Stage, program: int) -> tuple[int, int]:
    """What managers do beside matching: an event, a stipend, rewards, a wave; and a report for who looks after safety."""
    site, runtime, admin = here.site, here.site.parts.runtime, here.site.admin()
    now = runtime.clock()
    said = EventPlan(title="Second Desk", starts_at=now + timedelta(days=20), place="Second Desk", capacity=20)
    event = (await hosting.plan(runtime, admin, program, said=said)).event.id
    await budgeting.set_budget(runtime, admin, program, amount=500_00, currency="EUR")
    mentor = site.members[MENTORS[1]]
    entry = await spending.propose(runtime, admin, program, mentor, kind=EntryKind.STIPEND, amount=40_00, words="Second Desk")
    rule = Rule(id=0, program_id=program, figure=Figure.SESSIONS, least=100, badge="Second Desk", points=10, created_at=now)
    await rewarding.add_rule(runtime, admin, rule=rule)
    await rewarding.set_levels(runtime, admin, program, levels=[Level(name="Second Desk", points=100)])
    found = await prospecting.find(runtime, here.site.parts.graphs, admin, program, need="", first=3)
    people = [Named(member_id=one.member_id, found=one) for one in found]
    due_at = now + timedelta(days=20)
    await asking.plan(runtime, admin, program, role=Role.MENTOR, people=people, words="", due_at=due_at, until=None)
    await runtime.database.write(site.installation_id, lambda unit: unit.staff.grant(site.members[ADMIN], Office.SAFETY, at=now))
    await choosing.configure(runtime, site.installation_id, {"minimum_age": "14"})
    young, grown = sorted(set(site.members) - {*MENTORS, *MENTEES, ADMIN})[:2]
    part = {"program_id": program, "role": Role.MENTEE, "capacity": None, "minimum": 0, "track": ""}
    await enrolling.apply(runtime, site.acts_for(young), **part, adult=False, age=16, guardian="Second Desk")  # type: ignore[arg-type]  # its own names
    screened = Screening(member_id=site.members[grown], checks=frozenset(Check), cleared_at=now, expires_at=now + timedelta(days=90))
    await runtime.database.write(site.installation_id, lambda unit: unit.screenings.put(screened))
    reporter, about = site.acts_for(MENTEES[5]), site.members[MENTEES[6]]
    await reporting.report(runtime, reporter, about, kind=ReportKind.OTHER, words="Second Desk", mentorship_id=None, block=False)
    return event, entry.id


async def _meet(here: Stage, program: int, mentorship: int) -> tuple[int, int]:
    """A session that the mentee has proposed, with a plan; a mentorship of somebody else that has ended, about which they are asked."""
    site, runtime = here.site, here.site.parts.runtime
    mentee, admin = site.acts_for(OTHER), site.admin()
    times = [runtime.clock() + timedelta(days=days, hours=1) for days in (9, 10)]
    said = Words(topic="Second Desk", place="https://meet.example.org/", note="Second Desk")
    session = (await meeting.propose(runtime, mentee, mentorship, times=times, minutes=60, words=said, kit_id=1)).session.id
    asker, helper = site.acts_for(ASKED), site.members[MENTORS[2]]
    over = (await requesting.ask(runtime, asker, program_id=program, mentor_ids=[helper], note="", goal="Second Desk"))[0].id
    begun = await requesting.accept(runtime, site.acts_for(MENTORS[2]), over, message="")
    await mentoring.leave(runtime, asker, begun.id, reason=EndReason.GOAL_REACHED)
    await questioning.create_from_template(runtime, admin, purpose=FormPurpose.CLOSING, program_id=program)
    survey = await runtime.database.write(site.installation_id, lambda unit: _asked(unit, site.members[ASKED]))
    await certifying.issue(runtime, admin, program, site.members[ASKED], role=Role.MENTEE)
    await thanking.thank(runtime, site.acts_for(MENTORS[2]), program, site.members[ASKED], words="Second Desk", public=False)
    ranked = [site.members[name] for name in MENTORS[1:3]]
    await ranking.rank_mentors(runtime, site.acts_for(MENTEE), program, ranked)
    return session, survey


def _asked(unit: UnitOfWork, member_id: int) -> int:
    """The worker has asked them, however busy it is."""
    one = next(one for one in unit.surveys.of_member(member_id) if one.kind is SurveyKind.CLOSING)
    unit.surveys.put(replace(one, asked_at=unit.now))
    return one.id


async def _open_doors(here: Stage, program: int) -> dict[str, str]:
    """Addresses that need no sign-in: whoever has them may look."""
    site, runtime = here.site, here.site.parts.runtime
    link = await referring.make(runtime, site.acts_for(MENTEE), program, role=None, named=True)
    join = await staffing.invite(runtime, site.installation_id, Office.SAFETY, by="test")
    certificate = (await certifying.mine(runtime, site.acts_for(ASKED)))[0].path
    member = site.members[MENTEE]
    stop = await runtime.database.read(site.installation_id, lambda unit: reaching.stop_link(unit, member, "sessions", public_url=""))
    return {"certificate": certificate, "refer": link.address.removeprefix(site.url), "join": join.removeprefix(site.url), "stop": stop}


async def _pair(here: Stage, program: int) -> int:
    """What a pair has after its first weeks: an agreement that waits for the mentor, goals, a story that waits too; and somebody is kept away."""
    site, runtime = here.site, here.site.parts.runtime
    mentor, mentee = site.acts_for(MENTOR), site.acts_for(OTHER)
    pair = (await belonging.mentorships(runtime, mentee))[0][0].id
    terms = Terms(
        topics=("The first price", "The first ten customers"),
        cadence=14,
        note="We write down what we decide.",
        ends_on=(runtime.clock() + timedelta(days=60)).date(),
    )
    await agreeing.act(runtime, mentee, pair, "propose", terms=terms)
    goal = await goals.write(runtime, mentee, pair, kind=ItemKind.GOAL, title=GOAL, note="Not friends, and at the full price.")
    due = (runtime.clock() + timedelta(days=7)).date()
    await goals.write(runtime, mentor, pair, kind=ItemKind.ACTION, title=STEP, due_on=due, goal_id=goal.item.id, member_id=mentee.member_id)
    space = (await sharing.spaces(runtime, mentee))[0][0]
    await sharing.propose(runtime, mentee, pair, words="We met four times, and I sell to eleven people now.", space_id=space)
    said = EventPlan(title=EVENT, starts_at=runtime.clock() + timedelta(days=20), place="Second Desk", capacity=1, description="Second Desk")
    await hosting.plan(runtime, site.admin(), program, said=said)
    await keeping_apart.block(runtime, site.acts_for(MENTEE), site.members[MENTEES[-1]])
    return pair
