"""Members under age over GraphQL: what they say, what admins in person write down, and who may know."""

from datetime import timedelta
from typing import Any

from plugin.services.hosts import choosing
from tests.schema.test_people import admin_token, global_id, told
from tests.schema.world import World

MAKE = 'mutation { createProgram(input: {name: "Youth", approveMentees: false}) { program { id } userErrors { code } } }'
MOVE = "mutation ($id: ID!) { moveProgram(input: {id: $id, state: ENROLLING}) { userErrors { code } } }"
ENROL = """mutation ($p: ID!, $age: Int, $who: String! = "Eva Ray, 030 1234", $as: ProgramRole! = MENTEE) {
  enrol(input: {program: $p, role: $as, adult: false, age: $age, guardian: $who}) { enrolment { id state } userErrors { code field message } } }"""
DECIDE = "mutation ($id: ID!) { decideEnrolment(input: {id: $id, approve: true}) { enrolment { state } userErrors { code } } }"
CONSENT = "mutation ($m: ID!, $given: Boolean!) { recordGuardianConsent(input: {member: $m, given: $given}) { given userErrors { code field } } }"
SCREEN = """mutation ($m: ID!, $checks: [ScreeningCheck!]!, $until: Date!) {
  recordScreening(input: {member: $m, checks: $checks, until: $until}) {
    screening { checks expiresAt revokedAt member { username } } userErrors { code field } } }"""
REVOKE = "mutation ($m: ID!) { revokeScreening(input: {member: $m}) { screening { revokedAt } userErrors { code } } }"
LISTED = "{ minors { age guardian consentedAt member { username } } screenings { checks revokedAt member { username } } }"
ALL = ["APPLICATION", "INTERVIEW", "RECORDS", "REFERENCES"]


async def errors(world: World, document: str, token: str, **values: Any) -> list[tuple[str, str | None]]:
    (found,) = (await world.ask(document, token, **values)).data.values()
    return [(one["code"], one["field"]) for one in found["userErrors"]]


async def test_from_an_age_to_a_consent_and_a_screening(world: World) -> None:
    token, service = await admin_token(world), await world.token()
    told(world, admin=True)
    program = (await world.ask(MAKE, service)).data["createProgram"]["program"]["id"]
    await world.ask(MOVE, service, id=program)
    dan, cat = await world.token("dan"), await world.token("cat")
    assert await errors(world, ENROL, dan, p=program, age=16) == [("invalid", "adult")], "adults only, unless the community says otherwise"
    await choosing.configure(world.parts.runtime, world.installation_id, {"minimum_age": "14"})
    assert await errors(world, ENROL, dan, p=program, age=13) == [("too_young", "age")]
    assert await errors(world, ENROL, dan, p=program) == [("age_unsaid", "age")]
    assert await errors(world, ENROL, dan, p=program, age=16, who="") == [("invalid", "guardian")]
    assert await errors(world, ENROL, dan, p=program, age=16, **{"as": "MENTOR"}) == [("under_age", "role")]
    made = (await world.ask(ENROL, dan, p=program, age=16)).data["enrol"]
    assert made["enrolment"]["state"] == "APPLIED"
    refused = (await world.ask(DECIDE, service, id=made["enrolment"]["id"])).data["decideEnrolment"]
    assert [one["code"] for one in refused["userErrors"]] == ["no_guardian"]
    who, ben = await global_id(world, "dan"), await global_id(world, "ben")
    until = (world.clock.now + timedelta(days=300)).date().isoformat()
    for other in (cat, service):
        for document in (CONSENT, SCREEN, REVOKE):
            answer = await world.ask(document, other, m=who, given=True, checks=ALL, until=until)
            assert answer.codes == ["forbidden"]
        assert (await world.ask(LISTED, other)).codes == ["forbidden"]
    assert await errors(world, CONSENT, token, m=ben, given=True) == [("not_found", None)]
    assert (await world.ask(CONSENT, token, m=who, given=True)).data["recordGuardianConsent"]["given"]
    assert (await world.ask(DECIDE, service, id=made["enrolment"]["id"])).data["decideEnrolment"]["enrolment"] == {"state": "APPROVED"}
    assert await errors(world, SCREEN, token, m=ben, checks=ALL[:2], until=until) == [("invalid", "checks")]
    assert await errors(world, SCREEN, token, m=ben, checks=ALL, until="2020-01-01") == [("invalid", "until")]
    assert await errors(world, SCREEN, token, m=who, checks=ALL, until=until) == [("invalid", "member")]
    done = (await world.ask(SCREEN, token, m=ben, checks=ALL, until=until)).data["recordScreening"]["screening"]
    assert (done["checks"], done["expiresAt"][:10], done["member"]) == (ALL, until, {"username": "ben"})
    found = (await world.ask(LISTED, token)).data
    assert [(one["age"], one["guardian"], one["member"]) for one in found["minors"]] == [(16, "Eva Ray, 030 1234", {"username": "dan"})]
    assert [(one["revokedAt"], one["member"]) for one in found["screenings"]] == [(None, {"username": "ben"})]
    assert (await world.ask(REVOKE, token, m=ben)).data["revokeScreening"]["screening"]["revokedAt"]
    assert (await world.ask(CONSENT, token, m=who, given=False)).data["recordGuardianConsent"]["given"] is False
    told(world, admin=False)
    assert (await world.ask(CONSENT, token, m=who, given=True)).codes == ["forbidden"], "the host is asked whether one is an admin still"


INVITE = "mutation ($p: ID!, $m: ID!) { inviteToProgram(input: {program: $p, member: $m, role: MENTEE}) { userErrors { code } } }"
ANSWER = """mutation ($id: ID!, $age: Int, $who: String! = "") {
  answerInvitation(input: {id: $id, accept: true, age: $age, guardian: $who}) { invitation { state } userErrors { code field } } }"""


async def test_who_is_invited_says_how_old_they_are(world: World) -> None:
    service, cat = await world.token(), await world.token("cat")
    program = (await world.ask(MAKE, service)).data["createProgram"]["program"]["id"]
    await world.ask(MOVE, service, id=program)
    await choosing.configure(world.parts.runtime, world.installation_id, {"minimum_age": "14"})
    assert await errors(world, INVITE, service, p=program, m=await global_id(world, "cat")) == []
    (asked,) = (await world.ask("{ viewer { invitations { id } } }", cat)).data["viewer"]["invitations"]
    assert await errors(world, ANSWER, cat, id=asked["id"]) == [("age_unsaid", "age")]
    assert await errors(world, ANSWER, cat, id=asked["id"], age=16) == [("invalid", "guardian")]
    done = (await world.ask(ANSWER, cat, id=asked["id"], age=16, who="Eva Ray, 030 1234")).data["answerInvitation"]
    assert done == {"invitation": {"state": "ACCEPTED"}, "userErrors": []}
    enrolled = "query ($p: ID!) { enrolments(program: $p, first: 5) { edges { node { state member { username } } } } }"
    (edge,) = (await world.ask(enrolled, service, p=program)).data["enrolments"]["edges"]
    assert edge["node"] == {"state": "APPLIED", "member": {"username": "cat"}}, "an invitation lets in at once; a guardian is asked all the same"
