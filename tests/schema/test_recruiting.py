"""Recruiting over GraphQL."""

from datetime import timedelta
from typing import Any

import pytest

from tests.schema.world import World

MAKE = """mutation { createProgram(input: {name: "Spring", purpose: "To learn", mentorBenefits: "Fresh eyes", menteeBenefits: "An ear"}) {
  program { id } userErrors { code message } } }"""
MOVE = "mutation ($id: ID!) { moveProgram(input: {id: $id, state: ENROLLING}) { program { state } userErrors { code } } }"
ANNOUNCE = """mutation ($id: ID!, $space: String!) { announceProgram(input: {program: $id, space: $space, intro: "We begin."}) {
  announcement { state space version topic url } userErrors { code field message } } }"""
PROSPECTS = """query ($id: ID!, $need: String!) { prospects(program: $id, need: $need) {
  score reachable reasons { criterion count contribution text } evidence { title url } member { username } } }"""
WAVE = """mutation ($input: InviteWaveInput!) { inviteWave(input: $input) {
  wave { id number state role until ended counts { state count } } userErrors { code field message } } }"""
MINE = "{ viewer { invitations { id state role reasons { text } program { name } member { username } } referralLinks { address came named } } }"
ANSWER = """mutation ($id: ID!, $yes: Boolean!) { answerInvitation(input: {id: $id, accept: $yes, adult: true}) {
  invitation { state } userErrors { code message } } }"""


@pytest.fixture
async def program(world: World) -> str:
    service = await world.token()
    made = (await world.ask(MAKE, service)).data["createProgram"]
    assert made["userErrors"] == []
    assert (await world.ask(MOVE, service, id=made["program"]["id"])).data["moveProgram"]["userErrors"] == []
    return str(made["program"]["id"])


async def mine(world: World, name: str) -> Any:
    return (await world.ask(MINE, await world.token(name))).data["viewer"]


async def test_a_manager_announces_and_everybody_knows_where(world: World, program: str) -> None:
    service, cat = await world.token(), await world.token("cat")
    preview = await world.ask('query ($id: ID!) { announcementPreview(program: $id, space: "1") { to title text } }', service, id=program)
    assert preview.data["announcementPreview"]["to"] == "category 1"
    assert "Fresh eyes" in preview.data["announcementPreview"]["text"]
    refused = (await world.ask(ANNOUNCE, service, id=program, space="2")).data["announceProgram"]
    assert [one["field"] for one in refused["userErrors"]] == ["space"]
    done = (await world.ask(ANNOUNCE, service, id=program, space="1")).data["announceProgram"]
    assert done["announcement"] == {"state": "POSTED", "space": "1", "version": 1, "topic": None, "url": None}
    assert (await world.ask(ANNOUNCE, cat, id=program, space="1")).codes == ["forbidden"]
    found = await world.ask("query ($id: ID!) { announcement(program: $id) { intro } }", cat, id=program)
    assert found.data["announcement"] == {"intro": "We begin."}
    stop = "mutation ($id: ID!) { stopAnnouncement(input: {program: $id}) { announcement { state } userErrors { code } } }"
    stopped = await world.ask(stop, service, id=program)
    assert stopped.data["stopAnnouncement"]["announcement"] == {"state": "STOPPED"}


async def test_what_is_wrong_with_a_program_is_named_as_the_input_names_it(world: World) -> None:
    make = """mutation ($to: Date, $format: ProgramFormat) {
      createProgram(input: {name: "Spring", startsOn: "2027-01-02", endsOn: $to, format: $format}) { program { id } userErrors { field } } }"""
    service = await world.token()
    for values, field in (({"to": "2027-01-01"}, "endsOn"), ({"format": "PEER"}, "bothRoles")):
        assert (await world.ask(make, service, **values)).data["createProgram"]["userErrors"] == [{"field": field}]
    program = (await world.ask(make, service)).data["createProgram"]["program"]["id"]
    await world.ask(MOVE, service, id=program)
    refused = (await world.ask(ANNOUNCE, service, id=program, space="1")).data["announceProgram"]["userErrors"]
    assert [one["field"] for one in refused] == ["mentorBenefits"]


async def test_prospects_are_asked_and_answer(world: World, program: str) -> None:
    service = await world.token()
    (ann,) = (await world.ask(PROSPECTS, service, id=program, need="pricing")).data["prospects"]
    assert ann["member"] == {"username": "ann"}
    assert sum(one["contribution"] for one in ann["reasons"]) == pytest.approx(ann["score"])
    assert all(one["url"].startswith("https://forum.example.org") for one in ann["evidence"])
    assert ann["evidence"]
    assert all(one["text"] for one in ann["reasons"])
    assert not any("You" in one["text"] for one in ann["reasons"]), "a manager reads of somebody else"
    done = (await world.ask(WAVE, service, input={"program": program, "size": 5, "words": "Please"})).data["inviteWave"]
    assert done["userErrors"] == []
    assert done["wave"]["counts"] == [{"state": "INVITED", "count": 1}]
    assert (await world.ask(PROSPECTS, service, id=program, need="")).data["prospects"] == []
    again = (await world.ask(WAVE, service, input={"program": program})).data["inviteWave"]
    assert [one["code"] for one in again["userErrors"]] == ["nobody"]
    (one,) = (await mine(world, "ann"))["invitations"]
    assert (one["state"], one["program"]["name"], one["member"]["username"]) == ("INVITED", "Spring", "ann")
    see = "mutation ($id: ID!) { seeInvitation(input: {id: $id}) { invitation { state } userErrors { code } } }"
    seen = await world.ask(see, await world.token("ann"), id=one["id"])
    assert seen.data["seeInvitation"]["invitation"] == {"state": "SEEN"}
    theirs = (await world.ask(ANSWER, await world.token("cat"), id=one["id"], yes=True)).data["answerInvitation"]
    assert [each["code"] for each in theirs["userErrors"]] == ["not_found"]
    yes = (await world.ask(ANSWER, await world.token("ann"), id=one["id"], yes=True)).data["answerInvitation"]
    assert yes["invitation"] == {"state": "ACCEPTED"}
    page = await world.ask("query ($id: ID!) { invitations(program: $id, state: ACCEPTED) { edges { node { member { username } } } } }", service, id=program)
    assert [edge["node"]["member"]["username"] for edge in page.data["invitations"]["edges"]] == ["ann"]
    for field in (
        "waves(program: $id) { id }",
        "referrals(program: $id) { at }",
        "skillShortages(program: $id) { skill }",
        "prospects(program: $id) { score }",
    ):
        assert (await world.ask(f"query ($id: ID!) {{ {field} }}", await world.token("cat"), id=program)).codes == ["forbidden"]


async def test_waves_are_planned_sent_and_taken_back(world: World, program: str) -> None:
    service = await world.token()
    listed = (await world.ask("{ members(first: 50) { edges { node { id username } } } }", service)).data["members"]["edges"]
    ids = {one["node"]["username"]: one["node"]["id"] for one in listed}
    later = world.clock.now + timedelta(days=1)
    naive = {"program": program, "members": [ids["dan"]], "dueAt": later.replace(tzinfo=None).isoformat()}
    assert [one["field"] for one in (await world.ask(WAVE, service, input=naive)).data["inviteWave"]["userErrors"]] == ["dueAt"]
    planned = {"program": program, "members": [ids["ben"]], "dueAt": later.isoformat(), "until": 3}
    wave = (await world.ask(WAVE, service, input=planned)).data["inviteWave"]["wave"]
    assert (wave["state"], wave["until"]) == ("PLANNED", 3)
    assert (await mine(world, "ben"))["invitations"] == []
    gone = await world.ask("mutation ($id: ID!) { cancelWave(input: {id: $id}) { wave { state ended } userErrors { code } } }", service, id=wave["id"])
    assert gone.data["cancelWave"]["wave"] == {"state": "CANCELLED", "ended": "BY_HAND"}
    sent = await world.ask("mutation ($id: ID!) { sendWave(input: {id: $id}) { wave { state } userErrors { code } } }", service, id=wave["id"])
    assert [one["code"] for one in sent.data["sendWave"]["userErrors"]] == ["illegal_transition"]


async def test_members_refer_others_by_links_of_their_own(world: World, program: str) -> None:
    ann = await world.token("ann")
    create = """mutation ($id: ID!) { createReferralLink(input: {program: $id, role: MENTEE, named: true}) {
      link { id address role named revoked came } userErrors { code } } }"""
    made = await world.ask(create, ann, id=program)
    link = made.data["createReferralLink"]["link"]
    assert link["address"].startswith(f"https://mentors.example.org/enrol/{world.installation_id}/r")
    assert (await mine(world, "ann"))["referralLinks"] == [{"address": link["address"], "came": 0, "named": True}]
    assert (await mine(world, "cat"))["referralLinks"] == []
    other = await world.ask(
        "mutation ($id: ID!) { revokeReferralLink(input: {id: $id}) { link { revoked } userErrors { code } } }", await world.token("cat"), id=link["id"]
    )
    assert [one["code"] for one in other.data["revokeReferralLink"]["userErrors"]] == ["not_found"]
    gone = await world.ask("mutation ($id: ID!) { revokeReferralLink(input: {id: $id}) { link { revoked } userErrors { code } } }", ann, id=link["id"])
    assert gone.data["revokeReferralLink"]["link"] == {"revoked": True}


async def test_consent_to_invitations_and_thanks_is_one_step(world: World) -> None:
    ann = await world.token("ann")
    steps = {"optOutOfInvitations": (False, False), "optInToThanks": (False, True), "optInToInvitations": (True, True), "optOutOfThanks": (True, False)}
    for step, given in steps.items():
        done = (await world.ask(f"mutation {{ {step} {{ consents {{ invitations thanks }} userErrors {{ code }} }} }}", ann)).data[step]
        assert done == {"consents": {"invitations": given[0], "thanks": given[1]}, "userErrors": []}
