"""Rounds over GraphQL, from the draft to what each member sees."""

from typing import Any

import pytest

from plugin.domain.people import Scope
from plugin.domain.programs import Role
from schema.ids import GlobalId
from tests.plugin.services.matching.support import put_enrolment
from tests.schema.matching import ADJUST, DESIGN, DRAFT, ERRORS, MINE, ROUND, WHY, Made, made_in, pairs_of, simple
from tests.schema.world import World


@pytest.fixture
async def made(world: World) -> Made:
    return await made_in(world)


@pytest.mark.slow
async def test_the_whole_way_over_graphql(made: Made) -> None:
    number = await made.computed()
    shown = await made.show(number)
    assert (shown["state"], shown["progress"], shown["failure"]) == ("COMPUTED", 1.0, None)
    assert (shown["figures"]["placed"], shown["figures"]["proved"], shown["objective"]) == (2, True, "TOTAL")
    assert set(pairs_of(shown).values()) == {"ann", "ben"}
    for edge in shown["pairs"]["edges"]:
        node = edge["node"]
        assert sum(reason["contribution"] for reason in node["reasons"]) == pytest.approx(node["score"])
        assert {reason["side"] for reason in node["reasons"]} == {"MENTEE", "MENTOR"}
        assert all(reason["text"] for reason in node["reasons"])
    (waiting,) = shown["waitlist"]
    assert (waiting["missing"], waiting["reason"]) == (1, "full")
    assert {one["mentor"]["username"] for one in waiting["alternatives"]} == {"ann", "ben"}
    assert {rule["name"] for rule in shown["rules"]} == {"blocked", "already matched before"}
    # What each rule costs: the pairs that it takes away, and what there would be without it.
    assert all(rule["removed"] >= rule["removedAlone"] >= 0 for rule in shown["rules"])
    assert all(rule["totalWithout"] is None or rule["totalWithout"] >= shown["figures"]["total"] - 1e-9 for rule in shown["rules"])
    for name in ("cat", "ann"):
        assert (await made.world.ask(MINE, await made.world.token(name))).data["myMatches"] == []
    assert (await made.do(simple("publishRound"), "publishRound", id=number))["userErrors"] == []
    await made.work()
    for mentee, mentor in pairs_of(shown).items():
        for name in (mentee, mentor):
            (own,) = (await made.world.ask(MINE, await made.world.token(name))).data["myMatches"]
            assert (own["mentee"]["username"], own["mentor"]["username"]) == (mentee, mentor)
            assert sum(reason["contribution"] for reason in own["reasons"]) == pytest.approx(own["score"])
    assert (await made.world.ask(MINE, await made.world.token("dan"))).data["myMatches"] == []


@pytest.mark.slow
async def test_a_round_is_adjusted_and_why_not_is_told(made: Made) -> None:
    number = await made.computed()
    before = pairs_of(await made.show(number))
    (waits,) = {"cat", "user10", "user11"} - before.keys()
    told = await made.do(WHY, "whyNot", round=number, mentor=made.ids["ann"], mentee=made.ids[waits])
    assert told["together"] is False
    assert told["texts"]
    assert len(told["obstacles"]) == len(told["texts"])
    mentee, mentor = next(iter(before.items()))
    why = "query ($r: ID!, $a: ID!, $b: ID!) { whyTogether(round: $r, mentorId: $a, menteeId: $b) { menteePlace menteeCandidates worth pair { score } } }"
    together = await made.do(why, "whyTogether", r=number, a=made.ids[mentor], b=made.ids[mentee])
    assert 1 <= together["menteePlace"] <= together["menteeCandidates"] == 2
    assert (await made.world.ask(why, made.manager, r=number, a=made.ids["ann"], b=made.ids[waits])).codes == ["not_together"]
    sent = await made.do(ADJUST, "adjustRound", input={"id": number, "pin": [made.pair("ann", waits)]})
    assert sent["userErrors"] == []
    await made.work()
    after = await made.show(number)
    assert after["state"] == "ADJUSTED"
    assert pairs_of(after)[waits] == "ann"
    assert after["choices"] == [{"kind": "PIN", "mentor": {"username": "ann"}, "mentee": {"username": waits}}]


@pytest.mark.slow
async def test_contradictions_name_who_cannot_go_together(made: Made) -> None:
    number = await made.computed(criteria=[{"key": "zone", "kind": "TIMEZONE"}])
    before = await made.show(number)
    found = await made.do(ADJUST, "adjustRound", input={"id": number, "pin": [made.pair("ann", "cat"), made.pair("ann", "user10")]})
    assert found["round"] is None
    (error,) = found["userErrors"]
    assert error["code"] == "contradiction"
    assert all(name in error["message"] for name in ("ann", "cat", "user10"))
    assert await made.show(number) == before


@pytest.mark.parametrize(
    ("design", "code", "field"),
    [
        ({"criteria": []}, "no_criteria", "criteria"),
        ({"criteria": [{"key": "a", "kind": "ANSWER"}]}, "no_question", "criteria"),
        ({"criteria": [{"key": "a", "kind": "ANSWER", "question": "gender_identity"}]}, "protected", "criteria"),
        ({"criteria": [{"key": "a\x00", "kind": "TIMEZONE"}]}, "invalid", "criteria"),
        ({"rules": [{"name": "x", "way": "MUST", "about": "SAME"}]}, "no_question", "rules"),
        ({"seed": -3}, "invalid", "seed"),
    ],
)
async def test_bad_designs_are_told_and_nothing_is_made(made: Made, design: dict[str, object], code: str, field: str) -> None:
    found = await made.do(DRAFT, "draftRound", input={"program": made.program, "name": "Spring", "design": DESIGN | design})
    assert found["round"] is None
    (error,) = found["userErrors"]
    assert (error["code"], error["field"]) == (code, field)
    listed = await made.do("query ($p: ID!) { matchRounds(program: $p) { edges { node { id } } } }", "matchRounds", p=made.program)
    assert listed["edges"] == []


async def test_foreign_ids_are_like_random_ones(made: Made) -> None:
    number = await made.computed()
    here, elsewhere = made.world.installation_id, made.world.installation_id + 1
    answers = []
    for wrong in (str(GlobalId("Member", elsewhere, "1")), "cmFuZG9t", "…", made.program):
        pinned = await made.do(ADJUST, "adjustRound", input={"id": number, "pin": [{"mentor": wrong, "mentee": made.ids["cat"]}]})
        answers.append(pinned)
    for wrong in (str(GlobalId("MatchRound", elsewhere, "1")), str(GlobalId("MatchRound", here, "1")), "cmFuZG9t"):
        answers += [await made.do(simple(name), name, id=wrong) for name in ("computeRound", "publishRound", "cancelRound", "stopRound")]
        assert (await made.world.ask(ROUND, made.manager, id=wrong)).data["matchRound"] is None
    codes = {error["code"] for found in answers for error in found["userErrors"]}
    assert codes == {"not_found"}
    assert all(found["round"] is None for found in answers)


async def test_members_and_readers_manage_no_rounds(made: Made) -> None:
    number = await made.computed()
    asked: tuple[tuple[str, dict[str, Any]], ...] = (
        (ROUND, {"id": number}),
        (simple("publishRound"), {"id": number}),
        (DRAFT, {"input": {"program": made.program, "name": "Spring", "design": DESIGN}}),
        (WHY, {"round": number, "mentor": made.ids["ann"], "mentee": made.ids["cat"]}),
    )
    for token in (await made.world.token("cat"), await made.world.token(scopes=[Scope.READ])):
        for query, variables in asked:
            assert (await made.world.ask(query, token, **variables)).codes == ["forbidden"]


async def test_a_published_round_cannot_be_changed(made: Made) -> None:
    number = await made.computed()
    await made.do(simple("publishRound"), "publishRound", id=number)
    for name in ("computeRound", "publishRound", "cancelRound", "stopRound"):
        found = await made.do(simple(name), name, id=number)
        assert [error["code"] for error in found["userErrors"]] == ["illegal_transition"]


async def test_mentees_rank_mentors_and_managers_do_not(made: Made) -> None:
    query = f"mutation ($p: ID!, $m: [ID!]!) {{ rankMentors(input: {{program: $p, mentors: $m}}) {{ count {ERRORS} }} }}"
    cat = await made.world.token("cat")
    assert (await made.world.ask(query, cat, p=made.program, m=[made.ids["ben"], made.ids["ann"]])).data["rankMentors"] == {"count": 2, "userErrors": []}
    refused = (await made.world.ask(query, cat, p=made.program, m=[made.ids["user10"]])).data["rankMentors"]
    assert [error["code"] for error in refused["userErrors"]] == ["not_found"]
    assert (await made.world.ask(query, made.manager, p=made.program, m=[])).codes == ["forbidden"]


async def test_rounds_and_groups_are_nodes_for_who_may_see_them(made: Made) -> None:
    number = await made.computed()
    query = "query ($id: ID!) { node(id: $id) { id ... on MatchRound { name } ... on MentoringGroup { name reasons { values { count } } } } }"
    assert (await made.world.ask(query, made.manager, id=number)).data["node"]["name"] == "Spring"
    assert (await made.world.ask(query, await made.world.token("cat"), id=number)).data["node"] is None
    draft = f"mutation ($input: DraftGroupsInput!) {{ draftGroups(input: $input) {{ round {{ id }} {ERRORS} }} }}"
    drafted = await made.do(
        draft, "draftGroups", input={"program": made.program, "name": "Circles", "design": {"smallest": 3, "largest": 3, "diversify": ["field"]}}
    )
    circle = str(drafted["round"]["id"])
    assert (await made.do(simple("computeRound"), "computeRound", id=circle))["userErrors"] == []
    await made.work()
    shown = await made.do(
        "query ($id: ID!) { matchRound(id: $id) { state groups { id seats { member { username } } reasons { kind met text } } } }", "matchRound", id=circle
    )
    (group,) = shown["groups"]
    assert {seat["member"]["username"] for seat in group["seats"]} == {"cat", "user10", "user11"}
    cat = await made.world.token("cat")
    # Nobody has answered the question, and there is a reason all the same.
    assert [(reason["kind"], reason["text"]) for reason in group["reasons"]] == [("size", "members: 3 (3 to 3 were asked for)")]
    assert (await made.world.ask(query, cat, id=group["id"])).data["node"] is None
    await made.do(simple("publishRound"), "publishRound", id=circle)
    await made.work()
    assert (await made.world.ask(query, cat, id=group["id"])).data["node"]["name"] == "Circles 1"
    assert (await made.world.ask(query, await made.world.token("ann"), id=group["id"])).data["node"] is None
    (mine,) = (await made.world.ask("{ myGroups { id state } }", cat)).data["myGroups"]
    assert mine == {"id": group["id"], "state": "RUNNING"}
    dan = await made.world.member_id("dan")
    await made.world.write(lambda unit: put_enrolment(unit, made.program_id, dan, Role.MENTEE))
    placing = f"mutation ($p: ID!) {{ placeIntoGroups(input: {{program: $p}}) {{ groups {{ id }} left {{ member {{ username }} reason text }} {ERRORS} }} }}"
    placed = await made.do(placing, "placeIntoGroups", p=made.program)
    # The design is that of the round: three members at most.
    assert placed == {"groups": [], "left": [{"member": {"username": "dan"}, "reason": "full", "text": "no group has a place left"}], "userErrors": []}


async def test_what_answers_have_taught_is_shown_and_reset(made: Made) -> None:
    query = (
        "query ($p: ID!) { learnedWeights(program: $p) { factors { criterion factor samples } moves { criterion earlier later because { name value } at } } }"
    )
    assert await made.do(query, "learnedWeights", p=made.program) == {"factors": [], "moves": []}
    done = await made.do(f"mutation ($p: ID!) {{ resetWeights(input: {{program: $p}}) {{ done {ERRORS} }} }}", "resetWeights", p=made.program)
    assert done == {"done": True, "userErrors": []}
