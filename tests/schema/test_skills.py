"""Skills, names of skills, weights and measures over GraphQL."""

import pytest

from plugin.services.knowledge import studying
from tests.schema.world import World

SKILLS = "{ viewer { member { skills { name kind standing lastShownAt confidence } } } }"
SET = """
mutation ($name: String!, $standing: SkillStanding!) {
  setSkill(input: {name: $name, standing: $standing}) { skills { name standing } userErrors { code field } }
}
"""
OTHERS = '{ members(query: "ann") { edges { node { skills { name } } } } }'


@pytest.mark.slow
async def test_a_member_hides_and_corrects_their_skills(world: World) -> None:
    ann, cat = await world.token("ann"), await world.token("cat")
    before = (await world.ask(SKILLS, ann)).data["viewer"]["member"]["skills"]
    assert before[0]["name"] == "pricing"
    assert before[0]["lastShownAt"].startswith("20")
    hidden = (await world.ask(SET, ann, name="Pricing", standing="HIDDEN")).data["setSkill"]
    assert hidden["userErrors"] == []
    assert {"name": "pricing", "standing": "HIDDEN"} in hidden["skills"]
    assert "pricing" not in str((await world.ask(OTHERS, cat)).data)
    cleared = (await world.ask('mutation { clearSkill(input: {name: "pricing"}) { skills { name standing } userErrors { code } } }', ann)).data["clearSkill"]
    assert {"name": "pricing", "standing": None} in cleared["skills"]
    again = (await world.ask('mutation { clearSkill(input: {name: "pricing"}) { skills { name } userErrors { code field } } }', ann)).data["clearSkill"]
    assert again == {"skills": None, "userErrors": [{"code": "not_found", "field": None}]}
    assert "pricing" in str((await world.ask(OTHERS, cat)).data)


@pytest.mark.parametrize("name", ["", "!!!", "x" * 61])
async def test_what_is_no_skill_is_said_so(world: World, name: str) -> None:
    answer = await world.ask(SET, await world.token("ann"), name=name, standing="EXPERT")
    assert [one["field"] for one in answer.data["setSkill"]["userErrors"]] == ["name"]


async def test_names_are_merged_by_managers_and_read_by_all(world: World) -> None:
    service, cat = await world.token(), await world.token("cat")
    merged = await world.ask('mutation { mergeSkills(input: {name: "prices", into: "Pricing"}) { into userErrors { code } } }', service)
    assert merged.data["mergeSkills"] == {"into": "Pricing", "userErrors": []}
    assert (await world.ask("{ skillNames { name into } }", cat)).data["skillNames"] == [{"name": "prices", "into": "Pricing"}]
    done = await world.ask('mutation { unmergeSkill(input: {name: "price"}) { done userErrors { code } } }', service)
    assert done.data["unmergeSkill"] == {"done": True, "userErrors": []}


async def test_managers_see_weights_record_and_measures(world: World) -> None:
    service = await world.token()
    await studying.learn(world.parts.runtime, world.installation_id)
    weights = (await world.ask("{ rankingWeights { signal value shipped questions } }", service)).data["rankingWeights"]
    assert {one["signal"] for one in weights} > {"asked", "help_30", "ties"} - {"ties"}
    assert all(one["value"] == one["shipped"] for one in weights)
    measures = (await world.ask('{ measures(days: 2, names: ["active", "reach"]) { name value } }', service)).data["measures"]
    assert {one["name"] for one in measures} == {"active", "reach"}
    for document in ("query ($names: [String!]!) { measures(names: $names) { name } }", "query ($names: [String!]!) { measuresChart(names: $names) }"):
        refused = await world.ask(document, service, names=["active", "a\x00"])
        assert (refused.codes, refused.body["errors"][0]["message"]) == (["invalid"], "a text cannot hold the character U+0000")
    reset = (await world.ask("mutation { resetRanking { change { kind weights { name } } userErrors { code } } }", service)).data["resetRanking"]
    assert reset["change"]["kind"] == "reset"
    changes = (await world.ask("{ rankingChanges { kind questions because { name value } } }", service)).data["rankingChanges"]
    assert [one["kind"] for one in changes] == ["reset"]
    assert (await world.ask("{ networkPicture }", service)).data["networkPicture"].startswith("<svg")
    assert (await world.ask('{ measuresChart(names: ["reach"]) }', service)).data["measuresChart"].startswith("<svg")
