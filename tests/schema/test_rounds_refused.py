"""What rounds and groups refuse over GraphQL: each time one clear error that names the input, and nothing that was there is changed."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from plugin.domain.enrolments import EnrolmentState
from plugin.domain.programs import Role
from plugin.graph.sat import new_model
from plugin.store.unit_of_work import UnitOfWork
from schema.ids import GlobalId
from tests.plugin.services.matching.support import put_enrolment
from tests.schema.matching import ADJUST, DESIGN, DRAFT, ERRORS, WHY, Made, made_in, simple
from tests.schema.world import World

DRAFT_GROUPS = f"mutation ($input: DraftGroupsInput!) {{ draftGroups(input: $input) {{ round {{ id }} {ERRORS} }} }}"
ADJUST_GROUPS = f"mutation ($input: AdjustGroupsInput!) {{ adjustGroups(input: $input) {{ round {{ id state }} {ERRORS} }} }}"
JOIN = f"mutation ($input: JoinRoundInput!) {{ joinRound(input: $input) {{ round {{ id state }} {ERRORS} }} }}"
EDIT = f"mutation ($input: EditRoundInput!) {{ editRound(input: $input) {{ round {{ id }} {ERRORS} }} }}"
REMATCH = f"mutation ($input: RematchInput!) {{ rematchRound(input: $input) {{ round {{ id }} {ERRORS} }} }}"
RANK = f"mutation ($input: RankMentorsInput!) {{ rankMentors(input: $input) {{ count {ERRORS} }} }}"
MOVE = f"mutation ($input: MoveToGroupInput!) {{ moveToGroup(input: $input) {{ group {{ id }} {ERRORS} }} }}"
PLACE = f"mutation ($input: RunningGroupsInput!) {{ placeIntoGroups(input: $input) {{ groups {{ id }} {ERRORS} }} }}"
SIZES = {"smallest": 3, "largest": 3}


@pytest.fixture
async def made(world: World) -> Made:
    return await made_in(world)


async def everything(made: Made) -> object:
    """All that is kept of the program's rounds and groups."""

    def read(unit: UnitOfWork) -> object:
        kept = unit.rounds
        parts = (kept.pairs, kept.people, kept.waiting, kept.choices, kept.causes, unit.our_groups.of_round)
        return [(one, *(part(one.id) for part in parts)) for one in kept.page(made.program_id, after=None, limit=100)]

    return await made.world.read(read)


async def refused(made: Made, query: str, name: str, **variables: Any) -> tuple[str, str | None, str]:
    """The one error of a mutation, and that nothing came of it."""
    before = await everything(made)
    found = await made.do(query, name, **variables)
    assert all(not value for key, value in found.items() if key != "userErrors")
    (error,) = found["userErrors"]
    assert "\n" not in error["message"]
    assert await everything(made) == before
    return error["code"], error["field"], error["message"]


async def groups(made: Made, **design: object) -> str:
    found = await made.do(DRAFT_GROUPS, "draftGroups", input={"program": made.program, "name": "Circles", "design": SIZES | design})
    assert found["userErrors"] == []
    return str(found["round"]["id"])


async def enrol(made: Made, name: str, role: Role, *, capacity: int = 1) -> None:
    member = await made.world.member_id(name)
    await made.world.write(lambda unit: put_enrolment(unit, made.program_id, member, role, capacity=capacity))


async def withdraw(made: Made, *names: str) -> None:
    ids = {await made.world.member_id(name) for name in names}

    def write(unit: UnitOfWork) -> None:
        for member in ids:
            for one in unit.enrolments.of_member(member):
                unit.enrolments.put(replace(one, state=EnrolmentState.WITHDRAWN))

    await made.world.write(write)


async def test_unknown_ids_name_the_input_and_change_nothing(made: Made) -> None:
    number, circle = await made.computed(), await groups(made)
    cat = made.ids["cat"]
    other = made.world.installation_id + 1
    nobody = str(GlobalId("Member", made.world.installation_id, "1"))
    for wrong in ("cmFuZG9t", "…", made.program, str(GlobalId("Member", other, "1"))):
        for field in ("pin", "forbid", "release"):
            pairs = [made.pair("ann", "cat"), {"mentor": wrong, "mentee": cat}]
            told = await refused(made, ADJUST, "adjustRound", input={"id": number, field: pairs})
            assert told == ("not_found", field, f"there is no such thing: look at {field}, number 2")
        for field in ("together", "apart"):
            told = await refused(made, ADJUST_GROUPS, "adjustGroups", input={"id": circle, field: [[cat, wrong]]})
            assert told == ("not_found", field, f"there is no such thing: look at {field}, number 1")
        assert (await refused(made, JOIN, "joinRound", input={"id": number, "member": wrong}))[:2] == ("not_found", "member")
        assert (await refused(made, MOVE, "moveToGroup", input={"member": cat, "group": wrong}))[:2] == ("not_found", "group")
        why = await made.world.ask(WHY, made.manager, round=number, mentor=made.ids["ann"], mentee=wrong)
        assert why.codes == ["not_found"]
        assert why.body["errors"][0]["extensions"]["field"] == "menteeId"
    for wrong in ("cmFuZG9t", cat, str(GlobalId("MatchRound", made.world.installation_id, "1"))):
        for name in ("computeRound", "publishRound", "cancelRound", "stopRound"):
            assert (await refused(made, simple(name), name, id=wrong))[:2] == ("not_found", "id")
        for query, name, more in ((EDIT, "editRound", {"name": "Anew"}), (REMATCH, "rematchRound", {"name": "Anew"}), (JOIN, "joinRound", {"member": cat})):
            assert (await refused(made, query, name, input={"id": wrong, **more}))[:2] == ("not_found", "id")
    for wrong in ("cmFuZG9t", cat, str(GlobalId("Program", made.world.installation_id, "1"))):
        given = {"program": wrong, "name": "Spring", "design": DESIGN}
        assert (await refused(made, DRAFT, "draftRound", input=given))[:2] == ("not_found", "program")
        assert (await refused(made, PLACE, "placeIntoGroups", input={"program": wrong}))[:2] == ("not_found", "program")
    # Ids of members who are there, or of nobody, and who are not in the round in that role.
    for pair, who in (({"mentor": nobody, "mentee": cat}, "somebody who is no member"), (made.pair("cat", "user10"), "cat"), (made.pair("ann", "ben"), "ben")):
        for field in ("pin", "forbid"):
            code, where, message = await refused(made, ADJUST, "adjustRound", input={"id": number, field: [pair]})
            assert (code, where) == ("unknown_member", field)
            assert message.startswith(f"{who} is not a mentee" if who == "ben" else f"{who} is not a mentor")
    code, where, message = await refused(made, ADJUST_GROUPS, "adjustGroups", input={"id": circle, "together": [[cat, nobody]]})
    assert (code, where, message.partition(":")[0]) == (
        "unknown_member",
        "together",
        "somebody who is no member is not among those of whom this round forms groups",
    )
    assert (await refused(made, JOIN, "joinRound", input={"id": number, "member": nobody}))[:2] == ("unknown_member", "member")
    token = await made.world.token("cat")
    for wrong in ("cmFuZG9t", nobody, made.ids["user10"]):
        ranked = (await made.world.ask(RANK, token, input={"program": made.program, "mentors": [made.ids["ann"], wrong]})).data["rankMentors"]
        assert [error["code"] for error in ranked["userErrors"]] == ["not_found"]
        assert ranked["userErrors"][0]["field"] in {"mentors", "program"}


@pytest.mark.parametrize(("gone", "field"), [(("ann", "ben"), "mentors"), (("cat", "user10", "user11"), "mentees")])
async def test_an_empty_side(made: Made, gone: tuple[str, ...], field: str) -> None:
    number, circle = await made.draft(), await groups(made)
    await withdraw(made, *gone)
    code, where, message = await refused(made, simple("computeRound"), "computeRound", id=number)
    assert (code, where) == ("empty_side", field)
    assert message == f"there are no {field} in this program: approve at least one application on each side"
    if field == "mentees":
        assert (await refused(made, simple("computeRound"), "computeRound", id=circle))[:2] == ("empty_side", "mentees")


async def test_capacity_0_and_a_member_in_two_roles(made: Made) -> None:
    number, circle = await made.draft(), await groups(made)
    await enrol(made, "dan", Role.MENTOR, capacity=0)
    assert await refused(made, simple("computeRound"), "computeRound", id=number) == (
        "bad_capacity",
        "mentors",
        "dan has capacity 0: give them a place or withdraw the enrolment",
    )
    await withdraw(made, "dan")
    await enrol(made, "cat", Role.MENTOR)
    told = ("two_roles", "mentees", "cat is both mentor and mentee in this program: withdraw one enrolment")
    assert await refused(made, simple("computeRound"), "computeRound", id=number) == told
    assert await refused(made, simple("computeRound"), "computeRound", id=circle) == told


async def test_rules_that_contradict_name_the_smallest_set(made: Made) -> None:
    number = await made.computed(criteria=[{"key": "zone", "kind": "TIMEZONE"}])
    pins = [made.pair("ann", "cat"), made.pair("ann", "user10"), made.pair("ben", "user11")]
    code, _, message = await refused(made, ADJUST, "adjustRound", input={"id": number, "pin": pins})
    assert code == "contradiction"
    assert message == "these cannot hold together: the pin of cat with ann; the pin of user10 with ann. Drop one of them."
    circle = await groups(made)
    cat, ten, eleven = (made.ids[name] for name in ("cat", "user10", "user11"))
    await asyncio.to_thread(new_model)  # its import alone takes a second of an idle machine
    rules = {"together": [[cat, ten]], "apart": [[cat, eleven]]}
    code, _, message = await refused(made, ADJUST_GROUPS, "adjustGroups", input={"id": circle, **rules})
    assert code == "contradiction"
    assert message == "this cannot hold in groups of 3 to 3: cat apart from user11. Drop it or change what is asked of the groups."
    told = await refused(made, ADJUST_GROUPS, "adjustGroups", input={"id": circle, "together": [[cat, ten]], "apart": [[cat, ten]]})
    assert told[:2] == ("contradiction", "apart")
    big = await groups(made, smallest=2, largest=2)
    code, where, message = await refused(made, simple("computeRound"), "computeRound", id=big)
    assert (code, where) == ("bad_sizes", "smallest")
    assert message == "3 members cannot be divided into groups of 2 to 2: widen the sizes, or ask 1 fewer or 1 more"


async def test_a_command_of_the_other_kind_of_round_is_refused(made: Made) -> None:
    number, circle = await made.computed(), await groups(made)
    assert (await refused(made, ADJUST, "adjustRound", input={"id": circle, "pin": [made.pair("ann", "cat")]}))[:2] == ("invalid", "id")
    given = {"id": number, "together": [[made.ids["cat"], made.ids["user10"]]]}
    assert (await refused(made, ADJUST_GROUPS, "adjustGroups", input=given))[:2] == ("invalid", "id")
    assert (await refused(made, ADJUST_GROUPS, "adjustGroups", input={"id": circle}))[:2] == ("invalid", "together")
    assert (await refused(made, ADJUST_GROUPS, "adjustGroups", input={"id": circle, "apart": [[made.ids["cat"]]]}))[:2] == ("invalid", "apart")


async def test_a_published_round_points_to_the_rematch_that_keeps_it(made: Made) -> None:
    number = await made.computed()
    await made.do(simple("publishRound"), "publishRound", id=number)
    await made.work()
    await enrol(made, "dan", Role.MENTOR)
    dan = str(GlobalId("Member", made.world.installation_id, str(await made.world.member_id("dan"))))
    code, where, message = await refused(made, JOIN, "joinRound", input={"id": number, "member": dan})
    assert (code, where) == ("illegal_transition", "state")
    assert "draft a rematch of it" in message
    again = await made.do(REMATCH, "rematchRound", input={"id": number, "name": "Spring, once more"})
    assert (await made.do(simple("computeRound"), "computeRound", id=again["round"]["id"]))["userErrors"] == []
    await made.work()
    shown = await made.show(again["round"]["id"])
    assert (shown["figures"]["how"], shown["figures"]["kept"], shown["figures"]["lost"], shown["figures"]["placed"]) == ("rematch", 2, 0, 3)
    assert shown["waitlist"] == []
