"""A program as it is after some weeks, so that every page has something to show."""

from dataclasses import dataclass

from plugin.domain.applications import ApplicationState
from plugin.domain.forms import FormPurpose
from plugin.domain.people import Scope
from plugin.domain.rounds import Criterion, CriterionKind, Design, GroupDesign, Importance
from plugin.services import applications, questioning, requesting, reviewing, round_lane, rounds, suggesting
from tests.browser.pages.running import Stage

MENTORS = ["ana_lua", "anjali_r", "arjun_k", "aroha_t"]
MENTEES = ["chef_abel", "chloe_w", "dana_reyes", "dokafor", "earl_j", "esra_k", "farid_h"]
ADMIN, MENTOR, MENTEE, OTHER = "marit", "ana_lua", "chloe_w", "dana_reyes"
NEED = "How do I price a first subscription product for small customers, and how do I find the first ten of them?"


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
    await suggesting.state_need(runtime, site.parts.graphs, site.acts_for(MENTEE), need_text=NEED, topic_url=None)
    wanted = applications.Wanted(
        name="Calendar of mentoring",
        redirect_uris=("https://app.example.org/back",),
        grants=frozenset({"authorization_code"}),
        scopes=frozenset({Scope.READ, Scope.ME}),
        confidential=True,
    )
    made = [(await applications.register(runtime, site.installation_id, wanted)).application for _ in range(2)]
    await applications.decide(runtime, admin, made[0].id, ApplicationState.APPROVED)
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
    )
