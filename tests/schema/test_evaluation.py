"""Surveys, figures and exports over GraphQL."""

import base64
import csv
import io
from datetime import timedelta
from typing import Any

from plugin.domain.mentorships import Mentorship
from plugin.domain.people import MEMBER_SCOPES, SERVICE_SCOPES, Principal, Scope
from plugin.domain.programs import Role
from plugin.services import scheduling
from plugin.services.mentorships import mentoring
from plugin.services.programs import programming
from plugin.store.unit_of_work import UnitOfWork
from schema.ids import GlobalId, parse_number
from tests.plugin.services.matching.support import put_enrolment
from tests.schema.world import World

ERRORS = "userErrors { code message field }"
CREATE = f"mutation ($input: CreateProgramInput!) {{ createProgram(input: $input) {{ program {{ id }} {ERRORS} }} }}"
MOVE = f"mutation ($id: ID!) {{ moveProgram(input: {{id: $id, state: ENROLLING}}) {{ program {{ state }} {ERRORS} }} }}"
MINE = "{ mySurveys { id kind closesAt others { username } form { questions { key required } } } }"
ANSWER = f"mutation ($input: AnswerSurveyInput!) {{ answerSurvey(input: $input) {{ sheet {{ named answers {{ text }} }} {ERRORS} }} }}"
EVALUATION = """query ($id: ID!) { programEvaluation(program: $id) {
  health { at mentors mentees matched matchRate { value low high n } stalled active surveysAnswered quality { value }
    goals { text measure target value met } reach { audience members enrolled } }
  advice { rule because urgency text numbers { name value } mentorships } } }"""
REST = """query ($id: ID!, $form: ID!) {
  programHistory(program: $id, weeks: 4) { at mentees }
  programCohorts(program: $id, by: ROLE) { name mentees matchRate { value } matchDifference { value low high } }
  programChart(program: $id, names: ["mentees"], weeks: 4)
  formResults(form: $form, program: $id) { answers heldBack factors { factor alpha { value } } questions { question { key } cells { key count } } }
  exportTables { name about } }"""
EXPORT = f"mutation ($input: ExportTableInput!) {{ exportTable(input: $input) {{ file {{ name contentType rows content }} {ERRORS} }} }}"
MANAGER = "mutation ($input: ProgramManagerInput!) {{ {name}(input: $input) {{ userErrors {{ code }} }} }}"


async def running(world: World) -> tuple[str, str]:
    """A program in which ann mentors cat since thirty days, and a manager's token."""
    manager = await world.token()
    made = (await world.ask(CREATE, manager, input={"name": "Spring", "template": "newcomers"})).data["createProgram"]
    assert made["userErrors"] == []
    program = str(made["program"]["id"])
    assert (await world.ask(MOVE, manager, id=program)).data["moveProgram"]["userErrors"] == []
    number = parse_number(program, type_name="Program", installation_id=world.installation_id)
    ann, cat = await world.member_id("ann"), await world.member_id("cat")

    def begin(unit: UnitOfWork) -> Mentorship:
        put_enrolment(unit, number, ann, Role.MENTOR)
        put_enrolment(unit, number, cat, Role.MENTEE)
        return mentoring.begin(unit, program_id=number, mentor_id=ann, mentee_ids=[cat], source="admin", by="test")

    await world.write(begin)
    world.clock.now += timedelta(days=30, seconds=1)
    while await scheduling.run_due(world.parts.runtime, world.installation_id):
        pass
    return program, manager


async def test_from_the_survey_to_the_figures(world: World) -> None:
    program, manager = await running(world)
    cat = await world.token("cat")
    (mine,) = (await world.ask(MINE, cat)).data["mySurveys"]
    assert (mine["kind"], mine["others"]) == ("PULSE", [{"username": "ann"}])
    given = [{"question": one["key"], "value": 4} for one in mine["form"]["questions"] if one["key"] != "note"]
    found = (await world.ask(ANSWER, cat, input={"survey": mine["id"], "answers": given})).data["answerSurvey"]
    assert (found["userErrors"], found["sheet"]["named"], len(found["sheet"]["answers"])) == ([], False, 6)
    (error,) = (await world.ask(ANSWER, cat, input={"survey": mine["id"], "answers": given})).data["answerSurvey"]["userErrors"]
    assert error["code"] == "already_answered"
    evaluation = (await world.ask(EVALUATION, manager, id=program)).data["programEvaluation"]
    health: dict[str, Any] = evaluation["health"]
    assert (health["mentors"], health["mentees"], health["matched"], health["surveysAnswered"], health["quality"]) == (1, 1, 1, 1, None)
    assert [one["measure"] for one in health["goals"]] == ["DAYS_TO_FIRST_SESSION", "RETENTION_90_DAYS"]
    stalled = next(one for one in evaluation["advice"] if one["rule"] == "pairs.stalled")
    assert (stalled["mentorships"], stalled["urgency"]) == (health["stalled"], "NOW")
    forms = (await world.ask("{ forms { edges { node { id purpose } } } }", manager)).data["forms"]["edges"]
    pulse = next(one["node"]["id"] for one in forms if one["node"]["purpose"] == "PULSE")
    rest = (await world.ask(REST, manager, id=program, form=pulse)).data
    assert (rest["formResults"]["answers"], rest["formResults"]["heldBack"]) == (0, 1)
    assert rest["programHistory"][-1]["mentees"] == 1
    assert rest["programChart"].startswith("<svg")
    assert {one["name"] for one in rest["exportTables"]} >= {"enrolments", "mentorships", "answers", "results", "figures"}


async def test_a_table_comes_as_a_file_and_is_on_record(world: World) -> None:
    program, manager = await running(world)
    found = (await world.ask(EXPORT, manager, input={"program": program, "table": "mentorships"})).data["exportTable"]["file"]
    (row,) = csv.DictReader(io.StringIO(base64.b64decode(found["content"]).decode("utf-8-sig")))
    assert (row["mentor"], row["mentee"], found["rows"]) == ("ann", "cat", 1)
    whole = (await world.ask(EXPORT, manager, input={"program": program, "format": "PARQUET"})).data["exportTable"]["file"]
    assert (whole["contentType"], base64.b64decode(whole["content"])[:2]) == ("application/zip", b"PK")
    (error,) = (await world.ask(EXPORT, manager, input={"program": program, "table": "nothing"})).data["exportTable"]["userErrors"]
    assert (error["field"], error["code"]) == ("table", "invalid")


async def test_only_managers_of_the_program(world: World) -> None:
    program, _ = await running(world)
    cat = await world.token("cat", scopes=[*MEMBER_SCOPES, Scope.PROGRAMS])
    assert (await world.ask(EVALUATION, cat, id=program)).codes == ["forbidden"]
    assert (await world.ask(EXPORT, cat, input={"program": program})).codes == ["forbidden"]
    member = str(GlobalId("Member", world.installation_id, str(await world.member_id("cat"))))
    given = {"program": program, "member": member}
    assert (await world.ask(MANAGER.format(name="grantProgramManager"), cat, input=given)).codes == ["forbidden"]
    admin = Principal(installation_id=world.installation_id, member_id=None, scopes=SERVICE_SCOPES | {Scope.ADMIN}, token_id=1)
    number = parse_number(program, type_name="Program", installation_id=world.installation_id)
    await programming.set_manager(world.parts.runtime, admin, number, await world.member_id("cat"), manages=True)
    assert (await world.ask(EVALUATION, cat, id=program)).data["programEvaluation"]["health"]["mentees"] == 1
    await programming.set_manager(world.parts.runtime, admin, number, await world.member_id("cat"), manages=False)
    assert (await world.ask(EVALUATION, cat, id=program)).codes == ["forbidden"]
