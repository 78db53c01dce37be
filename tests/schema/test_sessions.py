"""Two members meet over GraphQL: times that suit both, proposal, answer, calendar, afterwards; agreement, goals, kits; a report and an event."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from plugin.domain.enrolments import Enrolment
from plugin.domain.notices import Reach
from plugin.domain.people import Office, Scope
from plugin.domain.programs import Program, ProgramState, Role
from plugin.domain.strikes import Strike, StrikeKind, StrikeState
from plugin.services.mentorships import mentoring
from plugin.store.unit_of_work import UnitOfWork
from schema.ids import GlobalId, parse_id
from tests.schema.world import START, World

ERRORS = "userErrors { code message field }"
SESSION = """session { id state startsAt minutes topic place late reason held ics kit { title }
  times { at fits { quiet free busy } } people { mentor member { username } } }"""


@dataclass
class Pair:
    """ann mentors cat, in a program that a service manages."""

    world: World
    tokens: dict[str, str]
    mentorship: str
    program: str

    async def do(self, who: str, name: str, input_type: str, fields: str, /, **given: object) -> dict[str, Any]:
        query = f"mutation ($input: {input_type}!) {{ {name}(input: $input) {{ {fields} {ERRORS} }} }}"
        found = (await self.world.ask(query, self.tokens[who], input=given)).data[name]
        assert isinstance(found, dict)
        return found

    async def good(self, who: str, name: str, input_type: str, fields: str, /, **given: object) -> dict[str, Any]:
        found = await self.do(who, name, input_type, fields, **given)
        assert found["userErrors"] == []
        return found


@pytest.fixture
async def pair(world: World) -> Pair:
    ann, cat, ben = [await world.member_id(name) for name in ("ann", "cat", "ben")]

    def work(unit: UnitOfWork) -> tuple[int, int]:
        program = Program(id=unit.new_id(), name="Spring", purpose="To learn", state=ProgramState.ACTIVE, created_at=unit.now, code_of_conduct="Be kind")
        unit.programs.put(program)
        for member, role in ((ann, Role.MENTOR), (cat, Role.MENTEE)):
            unit.enrolments.put(Enrolment(id=unit.new_id(), program_id=program.id, member_id=member, role=role, adult=True, enrolled_at=unit.now))
            unit.wishes.set_reach(member, Reach(quiet_from=0, quiet_until=0))
        unit.staff.grant(ben, Office.SAFETY, at=unit.now)
        made = mentoring.begin(unit, program_id=program.id, mentor_id=ann, mentee_ids=[cat], source="test", by="test")
        return made.id, program.id

    made, program = await world.write(work)
    tokens = {name: await world.token(name) for name in ("ann", "cat", "dan")}
    tokens["ben"] = await world.token("ben", scopes=[Scope.READ, Scope.ME, Scope.SAFETY])
    tokens["manager"] = await world.token(scopes=[Scope.READ, Scope.PROGRAMS])
    return Pair(world, tokens, str(GlobalId("Mentorship", world.installation_id, str(made))), str(GlobalId("Program", world.installation_id, str(program))))


async def test_from_free_times_to_what_both_say(pair: Pair) -> None:
    world = pair.world
    query = "query ($m: ID!) { sessionTimes(mentorship: $m, first: 2) { at fits { quiet free busy member { username } } } }"
    times = (await world.ask(query, pair.tokens["cat"], m=pair.mentorship)).data["sessionTimes"]
    assert len(times) == 2
    assert {one["member"]["username"] for one in times[0]["fits"]} == {"ann", "cat"}
    at = times[0]["at"]
    kits = (await world.ask("query ($p: ID!) { sessionKits(program: $p) { id title builtIn } }", pair.tokens["cat"], p=pair.program)).data["sessionKits"]
    assert len(kits) == 6
    made = await pair.good(
        "cat", "proposeSession", "ProposeSessionInput", SESSION, mentorship=pair.mentorship, times=[at, times[1]["at"]], topic="A talk", kit=kits[0]["id"]
    )
    number = made["session"]["id"]
    assert (made["session"]["state"], made["session"]["ics"], made["session"]["kit"]["title"]) == ("PROPOSED", None, kits[0]["title"])
    wrong = await pair.do("cat", "answerSession", "AnswerSessionInput", SESSION, id=number, times=[at])
    assert wrong["userErrors"][0]["code"] == "own_proposal"
    agreed = await pair.good("ann", "answerSession", "AnswerSessionInput", SESSION, id=number, times=[at])
    assert (agreed["session"]["state"], agreed["session"]["startsAt"]) == ("CONFIRMED", at)
    assert "BEGIN:VEVENT" in agreed["session"]["ics"]
    node = "query ($id: ID!) { node(id: $id) { ... on Session { state topic people { member { username } } } } }"
    assert (await world.ask(node, pair.tokens["dan"], id=number)).data["node"] is None
    seen = (await world.ask(node, pair.tokens["manager"], id=number)).data["node"]
    assert (seen["state"], seen["topic"]) == ("CONFIRMED", ""), "managers see when, not what about"
    world.clock.now = START + timedelta(days=20)
    for who in ("ann", "cat"):
        done = await pair.good(who, "reportSession", "ReportSessionInput", SESSION, id=number, held=True)
    assert (done["session"]["state"], done["session"]["held"]) == ("HELD", True)
    listed = (await world.ask("{ viewer { sessions(states: [HELD]) { id } strikes { id } } }", pair.tokens["cat"])).data["viewer"]
    assert listed == {"sessions": [{"id": number}], "strikes": []}
    held = (await world.ask("query ($p: ID!) { sessions(program: $p, state: HELD) { edges { node { id } } } }", pair.tokens["manager"], p=pair.program)).data
    assert [one["node"]["id"] for one in held["sessions"]["edges"]] == [number]


async def test_a_strike_that_is_decided_still_says_how_it_was(pair: Pair) -> None:
    at = (START + timedelta(days=3)).isoformat()
    session = (await pair.good("ann", "proposeSession", "ProposeSessionInput", "session { id }", mentorship=pair.mentorship, times=[at]))["session"]["id"]
    cat, here = await pair.world.member_id("cat"), pair.world.installation_id
    program, number = (parse_id(one, installation_id=here).value for one in (pair.program, session))

    def count(unit: UnitOfWork) -> Strike:
        made = Strike(
            id=unit.new_id(),
            member_id=cat,
            program_id=int(program),
            session_id=int(number),
            kind=StrikeKind.NO_SHOW,
            state=StrikeState.COUNTED,
            at=unit.now,
            expires_at=unit.now + timedelta(days=180),
        )
        unit.strikes.put(made)
        return made

    strike = str(GlobalId("Strike", here, str((await pair.world.write(count)).id)))
    fields = "strike { state appeal member { username } }"
    said = await pair.good("cat", "appealStrike", "AppealStrikeInput", fields, id=strike, words=" My train was late ")
    assert said["strike"] == {"state": "APPEALED", "appeal": "My train was late", "member": {"username": "cat"}}
    done = await pair.good("manager", "decideStrike", "DecideStrikeInput", fields, id=strike, pardon=True)
    assert done["strike"] == {"state": "PARDONED", "appeal": "My train was late", "member": {"username": "cat"}}


async def test_agreement_and_goals(pair: Pair) -> None:
    fields = "agreement { id state version topics cadence codeOfConduct signatures { member { username } } }"
    made = await pair.good("ann", "proposeAgreement", "ProposeAgreementInput", fields, mentorship=pair.mentorship, topics=["Pricing"], cadence=14)
    assert made["agreement"]["codeOfConduct"] == "Be kind"
    done = await pair.good("cat", "signAgreement", "AgreementInput", fields, id=made["agreement"]["id"])
    assert (done["agreement"]["state"], len(done["agreement"]["signatures"])) == ("IN_FORCE", 2)
    item = "item { id kind state title dueOn }"
    goal = await pair.good("cat", "addPairItem", "AddPairItemInput", item, mentorship=pair.mentorship, kind="GOAL", title="A first customer")
    changed = await pair.good("ann", "changePairItem", "ChangePairItemInput", item, id=goal["item"]["id"], state="DONE")
    assert changed["item"]["state"] == "DONE"
    query = "query ($m: ID!) { milestones(mentorship: $m) { name reachedAt } pairItems(mentorship: $m) { title } agreements(mentorship: $m) { topics } }"
    mine = (await pair.world.ask(query, pair.tokens["cat"], m=pair.mentorship)).data
    assert [one["name"] for one in mine["milestones"] if one["reachedAt"]] == ["BEGUN", "AGREED", "GOAL_SET", "GOAL_REACHED"]
    strange = (await pair.world.ask(query, pair.tokens["dan"], m=pair.mentorship)).data
    assert strange == {"milestones": [], "pairItems": [], "agreements": []}
    managers = (await pair.world.ask("query ($m: ID!) { agreements(mentorship: $m) { state topics } }", pair.tokens["manager"], m=pair.mentorship)).data
    assert managers["agreements"] == [{"state": "IN_FORCE", "topics": []}]


async def test_a_report_an_event_and_a_story(pair: Pair) -> None:
    ann = str(GlobalId("Member", pair.world.installation_id, str(await pair.world.member_id("ann"))))
    made = await pair.good(
        "cat", "reportMember", "ReportMemberInput", "report { id state }", member=ann, kind="PRESSURE", words="Money", mentorship=pair.mentorship
    )
    query = "{ reports { edges { node { id words about { username } } } } }"
    assert (await pair.world.ask(query, pair.tokens["manager"])).codes == ["forbidden"]
    seen = (await pair.world.ask(query, pair.tokens["ben"])).data["reports"]["edges"]
    assert [(one["node"]["words"], one["node"]["about"]["username"]) for one in seen] == [("Money", "ann")]
    await pair.good("ben", "decideReport", "DecideReportInput", "report { state }", id=made["report"]["id"], state="DISMISSED")
    at = (START + timedelta(days=9)).isoformat()
    event = await pair.good(
        "manager", "planEvent", "PlanEventInput", "event { id going capacity }", program=pair.program, title="Open evening", startsAt=at, capacity=1
    )
    going = await pair.good("cat", "answerEvent", "AnswerEventInput", "event { going mine guests { answer } ics }", id=event["event"]["id"], going=True)
    assert (going["event"]["going"], going["event"]["mine"], going["event"]["guests"]) == (1, "GOING", [])
    assert "BEGIN:VEVENT" in going["event"]["ics"]
    none = await pair.do("cat", "shareStory", "ShareStoryInput", "story { state }", mentorship=pair.mentorship, words="It went very well for us", space="no")
    assert none["userErrors"][0]["code"] == "not_found"
