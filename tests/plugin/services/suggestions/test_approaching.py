"""Whom a member can ask, and what is new for them."""

from typing import Any

import pytest

from plugin.domain.people import MEMBER_SCOPES, Principal
from plugin.services.suggestions import approaching
from tests.schema.conftest import both, clock, filled, world
from tests.schema.world import World

__all__ = ["both", "clock", "filled", "world"]

ASKABLE = """{ ann: member(hostUserId: "1") { username canBeAskedIn { name } } cat: member(hostUserId: "3") { canBeAskedIn { name } }
  nobody: member(hostUserId: "no such") { username } }"""


async def done(world: World, name: str, kind: str, values: dict[str, object], token: str, wanted: str = "userErrors { code }") -> Any:
    """Send a mutation and give its payload; nothing that it says may be wrong."""
    answer = await world.ask(f"mutation($i: {kind}!) {{ {name}(input: $i) {{ {wanted} userErrors {{ code message }} }} }}", token, i=values)
    payload = answer.data[name]
    assert not payload["userErrors"], payload
    return payload


async def program(world: World) -> str:
    manager = await world.token()
    made = await done(world, "createProgram", "CreateProgramInput", {"name": "First steps", "approveMentors": False}, manager, "program { id }")
    identifier = str(made["program"]["id"])
    await done(world, "moveProgram", "MoveProgramInput", {"id": identifier, "state": "ENROLLING"}, manager)
    return identifier


async def enrol(world: World, username: str, where: str, role: str, **more: object) -> str:
    values = {"program": where, "role": role, "adult": True} | more
    return str((await done(world, "enrol", "EnrolInput", values, await world.token(username), "enrolment { id }"))["enrolment"]["id"])


async def askable(world: World, username: str = "cat") -> list[str]:
    data = (await world.ask(ASKABLE, await world.token(username))).data
    assert data["cat"]["canBeAskedIn"] == [], "nobody can ask themselves"
    assert data["nobody"] is None
    return [one["name"] for one in data["ann"]["canBeAskedIn"]]


async def test_a_mentor_with_room_can_be_asked_by_who_looks_for_one(both: World) -> None:
    where = await program(both)
    assert await askable(both) == []
    await enrol(both, "cat", where, "MENTEE")
    assert await askable(both) == []
    await enrol(both, "ann", where, "MENTOR")
    assert await askable(both) == ["First steps"]
    assert (await both.ask(ASKABLE, await both.token())).data["ann"]["canBeAskedIn"] == [], "a service asks nobody"


@pytest.mark.slow
@pytest.mark.parametrize("why", ["mentor paused", "mentee paused", "full", "blocked", "asked already"])
async def test_nobody_is_offered_who_would_be_refused(world: World, why: str) -> None:
    where = await program(world)
    mine = await enrol(world, "cat", where, "MENTEE")
    theirs = await enrol(world, "ann", where, "MENTOR")
    cat, ann = await world.token("cat"), await world.token("ann")
    assert await askable(world) == ["First steps"]
    node = (await world.ask('{ member(hostUserId: "3") { id } }', ann)).data["member"]["id"]
    if why == "mentor paused":
        await done(world, "changeEnrolment", "ChangeEnrolmentInput", {"id": theirs, "paused": True}, ann)
    elif why == "mentee paused":
        await done(world, "changeEnrolment", "ChangeEnrolmentInput", {"id": mine, "paused": True}, cat)
    elif why == "full":
        await done(world, "changeEnrolment", "ChangeEnrolmentInput", {"id": theirs, "capacity": 0}, ann)
    elif why == "blocked":
        await done(world, "blockMember", "BlockMemberInput", {"member": node}, ann)
    else:
        mentor = (await world.ask('{ member(hostUserId: "1") { id } }', cat)).data["member"]["id"]
        await done(world, "requestMentorship", "RequestMentorshipInput", {"program": where, "mentors": [mentor], "goal": "Prices"}, cat)
    assert await askable(world) == []


async def test_the_mark_changes_with_everything_that_is_the_members(world: World) -> None:
    where = await program(world)
    me = Principal(installation_id=world.installation_id, member_id=await world.member_id("ann"), scopes=MEMBER_SCOPES, token_id=1)
    other = Principal(installation_id=world.installation_id, member_id=await world.member_id("dan"), scopes=MEMBER_SCOPES, token_id=2)
    nobody = Principal(installation_id=world.installation_id, member_id=None, scopes=MEMBER_SCOPES, token_id=3)
    marks = [(await approaching.news(world.parts.runtime, me)).mark]
    still = (await approaching.news(world.parts.runtime, other)).mark

    async def step() -> None:
        marks.append((await approaching.news(world.parts.runtime, me)).mark)
        assert len(set(marks)) == len(marks)

    await enrol(world, "ann", where, "MENTOR")
    await step()
    await enrol(world, "cat", where, "MENTEE")
    mentor = (await world.ask('{ member(hostUserId: "1") { id } }', await world.token("cat"))).data["member"]["id"]
    await done(world, "requestMentorship", "RequestMentorshipInput", {"program": where, "mentors": [mentor], "goal": "Prices"}, await world.token("cat"))
    await step()
    assert (await approaching.news(world.parts.runtime, me)).requests == 1
    waiting = (await world.ask("{ viewer { receivedRequests { id } } }", await world.token("ann"))).data["viewer"]["receivedRequests"][0]["id"]
    await done(world, "acceptRequest", "AcceptRequestInput", {"id": waiting}, await world.token("ann"))
    await step()
    news = await approaching.news(world.parts.runtime, me)
    assert (news.requests, news.mark) == (0, marks[-1])
    assert (await approaching.news(world.parts.runtime, other)).mark == still
    assert (await approaching.news(world.parts.runtime, nobody)).mark == ""
