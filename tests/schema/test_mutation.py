"""What can be done, and what a client can act on when it fails."""

import pytest

from mentorgraph import events as e
from plugin.domain.global_ids import GlobalId
from plugin.domain.people import Scope
from tests.schema.world import START, World, person

SET = """mutation ($text: String, $url: String) { setNeed(input: {text: $text, topicUrl: $url}) {
  need { id text topicUrl state suggestions { id member { username } } } userErrors { code message field } } }"""
MINE = "{ viewer { suggestions { edges { node { id member { username } } } } needs { id text state } consents { messages expert } } }"


async def names(world: World, token: str) -> set[str]:
    edges = (await world.ask(MINE, token)).data["viewer"]["suggestions"]["edges"]
    return {edge["node"]["member"]["username"] for edge in edges}


async def test_a_need_in_words_has_its_suggestions_in_the_answer(both: World) -> None:
    found = (await both.ask(SET, await both.token("dan"), text="  subscription   pricing\nplans ")).data["setNeed"]
    assert found["userErrors"] == []
    assert found["need"]["text"] == "subscription pricing plans"
    assert found["need"]["state"] == "ANSWERED"
    assert {"ann", "ben"} <= {one["member"]["username"] for one in found["need"]["suggestions"]}


async def test_a_need_from_a_topic_of_ones_own(world: World) -> None:
    cat = await world.token("cat")
    for address in ("https://forum.example.org/t/how/300", "https://forum.example.org/t/300/1?u=cat#x"):
        found = (await world.ask(SET, cat, url=address)).data["setNeed"]
        assert found["need"]["text"] == "How should I choose pricing plans?"
        assert found["need"]["topicUrl"] == "https://forum.example.org/t/topic/300"


async def test_a_topic_whose_need_was_closed_is_asked_about_again(world: World) -> None:
    cat, url = await world.token("cat"), "https://forum.example.org/t/how/300"
    need = (await world.ask(SET, cat, url=url)).data["setNeed"]["need"]
    await world.ask("mutation ($id: ID!) { closeNeed(input: {id: $id}) { need { state } } }", cat, id=need["id"])
    again = (await world.ask(SET, cat, url=url)).data["setNeed"]["need"]
    assert (again["id"], again["state"]) == (need["id"], "ANSWERED")
    assert again["suggestions"]


@pytest.mark.parametrize(
    ("text", "url", "code", "field"),
    [
        (None, None, "invalid", "text"),
        ("pricing", "https://forum.example.org/t/300", "invalid", "text"),
        ("", None, "invalid", "text"),
        (" \n ", None, "invalid", "text"),
        ("the of and", None, "invalid", "text"),
        ("x" * 2001, None, "invalid", "text"),
        ("pricing\x00plans", None, "invalid", "text"),
        (None, "https://elsewhere.example.org/t/300", "invalid", "topicUrl"),
        (None, "https://forum.example.org.evil.example/t/300", "invalid", "topicUrl"),
        (None, "https://forum.example.org/t/999", "not_found", "topicUrl"),
        (None, "https://forum.example.org/t/" + "9" * 400, "not_found", "topicUrl"),
        (None, "https://forum.example.org/t/topic/100", "not_yours", "topicUrl"),
    ],
)
async def test_a_client_can_act_on_what_is_wrong_with_a_need(world: World, text: str | None, url: str | None, code: str, field: str) -> None:
    found = (await world.ask(SET, await world.token("cat"), text=text, url=url)).data["setNeed"]
    assert found["need"] is None
    (error,) = found["userErrors"]
    assert (error["code"], error["field"]) == (code, field)
    assert error["message"]
    assert "\n" not in error["message"]


async def test_a_member_has_at_most_twenty_open_needs(world: World) -> None:
    cat = await world.token("cat")
    for one in range(19):
        assert (await world.ask(SET, cat, text=f"pricing number{one}")).data["setNeed"]["userErrors"] == []
    again = (await world.ask(SET, cat, text="pricing number1")).data["setNeed"]
    assert again["userErrors"] == []
    (error,) = (await world.ask(SET, cat, text="one more about pricing")).data["setNeed"]["userErrors"]
    assert error["code"] == "too_many_needs"
    close = "mutation ($id: ID!) { closeNeed(input: {id: $id}) { need { state suggestions { id } } userErrors { code } } }"
    closed = (await world.ask(close, cat, id=again["need"]["id"])).data["closeNeed"]
    assert closed == {"need": {"state": "CLOSED", "suggestions": []}, "userErrors": []}
    assert (await world.ask(SET, cat, text="one more about pricing")).data["setNeed"]["userErrors"] == []


async def test_a_service_has_no_needs(world: World) -> None:
    assert (await world.ask(SET, await world.token(), text="pricing")).codes == ["forbidden"]


async def test_what_was_dismissed_does_not_come_back_for_that_need(world: World) -> None:
    cat = await world.token("cat")
    edges = (await world.ask(MINE, cat)).data["viewer"]["suggestions"]["edges"]
    gone = edges[0]["node"]
    mutation = "mutation ($id: ID!) { dismissSuggestion(input: {id: $id}) { dismissedId userErrors { code } } }"
    assert (await world.ask(mutation, cat, id=gone["id"])).data["dismissSuggestion"] == {"dismissedId": gone["id"], "userErrors": []}
    assert gone["member"]["username"] not in await names(world, cat)
    await world.suggest()
    after = await names(world, cat)
    assert gone["member"]["username"] not in after
    assert after


async def test_dismissing_and_closing_what_is_anothers_says_that_there_is_no_such_thing(world: World) -> None:
    cat, dan = await world.token("cat"), await world.token("dan")
    found = (await world.ask(MINE, cat)).data["viewer"]
    for mutation, one in (("dismissSuggestion", found["suggestions"]["edges"][0]["node"]["id"]), ("closeNeed", found["needs"][0]["id"])):
        query = f"mutation ($id: ID!) {{ {mutation}(input: {{id: $id}}) {{ userErrors {{ code message }} }} }}"
        (error,) = (await world.ask(query, dan, id=one)).data[mutation]["userErrors"]
        (random,) = (await world.ask(query, dan, id="cmFuZG9t")).data[mutation]["userErrors"]
        assert error["code"] == random["code"] == "not_found"
    assert (await world.ask(MINE, cat)).data["viewer"] == found


async def test_leaving_takes_the_member_out_of_others_suggestions_at_once(both: World) -> None:
    cat, ann = await both.token("cat"), await both.token("ann")
    assert "ann" in await names(both, cat)
    out = (await both.ask("mutation { optOutOfSuggestions { consents { messages expert } userErrors { code } } }", ann)).data["optOutOfSuggestions"]
    assert out == {"consents": {"messages": False, "expert": False}, "userErrors": []}
    assert "ann" not in await names(both, cat)
    experts = (
        '{ expertsFor(need: "subscription pricing plans", first: 50) { member { username } } members(query: "ann") { edges { node { skills { name } } } } }'
    )
    seen = (await both.ask(experts, cat)).data
    assert "ann" not in {one["member"]["username"] for one in seen["expertsFor"]}
    assert seen["members"]["edges"] == [{"node": {"skills": []}}]
    assert (await both.ask('{ members(query: "ann") { edges { node { skills { name } } } } }', ann)).data["members"]["edges"][0]["node"]["skills"]
    await both.suggest()
    assert "ann" not in await names(both, cat)
    back = (await both.ask("mutation { optInToSuggestions { consents { expert } } }", ann)).data["optInToSuggestions"]
    assert back == {"consents": {"expert": True}}
    assert "ann" in {one["member"]["username"] for one in (await both.ask(experts, cat)).data["expertsFor"]}


async def test_a_proposal_of_who_left_meanwhile_is_gone(world: World) -> None:
    cat = await world.token("cat")
    query = '{ expertsFor(need: "subscription pricing plans") { id member { username } } }'
    found = {one["member"]["username"]: one["id"] for one in (await world.ask(query, cat)).data["expertsFor"]}
    node = "query ($id: ID!) { node(id: $id) { id } }"
    assert (await world.ask(node, cat, id=found["ann"])).data["node"]
    await world.ask("mutation { optOutOfSuggestions { consents { expert } } }", await world.token("ann"))
    assert (await world.ask(node, cat, id=found["ann"])).data == {"node": None}
    await world.apply(person(2, "ben", START, suspended=True))
    assert (await world.ask(node, cat, id=found["ben"])).data == {"node": None}


async def test_messages_are_off_until_the_member_agrees(world: World) -> None:
    cat = await world.token("cat")
    assert (await world.ask(MINE, cat)).data["viewer"]["consents"] == {"messages": False, "expert": True}
    for word, state in (("optInToMessages", True), ("optOutOfMessages", False)):
        assert (await world.ask(f"mutation {{ {word} {{ consents {{ messages }} }} }}", cat)).data[word] == {"consents": {"messages": state}}


async def test_programs_move_through_their_life(both: World) -> None:
    service = await both.token()
    create = 'mutation ($name: String!) { createProgram(input: {name: $name, purpose: "p"}) { program { id name state } userErrors { code field } } }'
    program = (await both.ask(create, service, name=" Autumn  term ")).data["createProgram"]["program"]
    assert (program["name"], program["state"]) == ("Autumn term", "DRAFT")
    for bad in ("", "ab", "x" * 121, "a\x00bc"):
        assert (await both.ask(create, service, name=bad)).data["createProgram"]["userErrors"] == [{"code": "invalid", "field": "name"}]
    move = "mutation ($id: ID!, $state: ProgramState!) { moveProgram(input: {id: $id, state: $state}) { program { state } userErrors { code field } } }"
    assert (await both.ask(move, service, id=program["id"], state="ACTIVE")).data["moveProgram"]["userErrors"] == [
        {"code": "illegal_transition", "field": "state"}
    ]
    assert (await both.ask(move, service, id=program["id"], state="ENROLLING")).data["moveProgram"]["program"] == {"state": "ENROLLING"}
    assert (await both.ask(move, service, id="bm8", state="ENROLLING")).data["moveProgram"]["userErrors"][0]["code"] == "not_found"


async def test_who_was_erased_is_gone_everywhere(world: World) -> None:
    cat = await world.token("cat")
    ann = (await world.ask('{ members(query: "ann") { edges { node { id } } } }', cat)).data["members"]["edges"][0]["node"]["id"]
    await world.apply(e.MemberLeft(seen_at=START, source=e.Source.HOST, host_user_id="1"))
    assert (await world.ask("query ($id: ID!) { node(id: $id) { id } }", cat, id=ann)).data == {"node": None}
    assert "ann" not in await names(world, cat)


@pytest.mark.parametrize(
    ("mutation", "kind", "given", "field"),
    [
        ("decideEnrolment", "DecideEnrolmentInput", {"id": "", "approve": True, "note": "a\x00"}, "note"),
        ("chooseMessages", "ChooseMessagesInput", {"group": "a\x00", "channel": "EMAIL"}, "group"),
        ("retryJobs", "RetryJobsInput", {"key": "a\x00"}, "key"),
    ],
)
async def test_a_text_that_cannot_be_kept_is_told_in_the_payload(world: World, mutation: str, kind: str, given: dict[str, object], field: str) -> None:
    """As every other input that cannot be used (docs/api.md, *Errors*)."""
    service, cat = await world.token(scopes=[Scope.READ, Scope.PROGRAMS]), await world.token("cat")
    enrolment = str(GlobalId("Enrolment", world.installation_id, "1"))
    query = f"mutation ($input: {kind}!) {{ {mutation}(input: $input) {{ userErrors {{ code field }} }} }}"
    answer = await world.ask(query, cat if mutation == "chooseMessages" else service, input=given | ({"id": enrolment} if "id" in given else {}))
    assert answer.data[mutation]["userErrors"] == [{"code": "invalid", "field": field}]
