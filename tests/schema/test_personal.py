"""A member takes along, and has erased, what is kept about them; an admin has a member erased."""

import pytest

from plugin.domain.people import MEMBER_SCOPES, Principal
from plugin.errors import Forbidden
from plugin.services.privacy import personal
from tests.schema.test_people import admin_token, global_id, told
from tests.schema.world import START, World, person

ERASE_ME = "mutation($u: String!) { eraseMe(username: $u) { erased userErrors { code field } } }"
ERASE = "mutation($m: ID!) { eraseMember(member: $m) { erased userErrors { code } } }"


@pytest.mark.slow
async def test_a_member_takes_everything_along(world: World) -> None:
    token = await world.token("cat")
    await world.ask('mutation { setNeed(input: {text: "my own words about negotiating"}) { userErrors { code } } }', token)
    found = (await world.ask("mutation { exportMyData { document userErrors { code } } }", token)).data["exportMyData"]["document"]
    assert found["tables"]["members"][0]["username"] == "cat"
    assert "my own words about negotiating" in repr(found["tables"]["needs"])
    assert token not in repr(found)


async def test_a_member_is_erased_at_their_own_word_and_nobody_brings_them_back(world: World) -> None:
    token = await world.token("cat")
    slip = (await world.ask(ERASE_ME, token, u="ann")).data["eraseMe"]
    assert slip == {"erased": False, "userErrors": [{"code": "not_confirmed", "field": "username"}]}
    assert (await world.ask(ERASE_ME, token, u="Cat")).data["eraseMe"] == {"erased": True, "userErrors": []}
    assert (await world.ask("{ viewer { member { username } } }", token)).status == 401
    await world.apply(person(3, "cat", START))
    assert await world.read(lambda unit: unit.members.by_username("cat")) is None
    assert await world.read(lambda unit: unit.audit_broken_at()) is None


@pytest.mark.slow
async def test_a_widget_neither_exports_nor_erases(world: World) -> None:
    widget = Principal(
        installation_id=world.installation_id, member_id=await world.member_id("cat"), scopes=MEMBER_SCOPES, token_id=1, audience="widget", manages=False
    )
    for work in (personal.export_own(world.parts.runtime, widget), personal.erase_own(world.parts.runtime, widget, username="cat")):
        with pytest.raises(Forbidden):
            await work


@pytest.mark.slow
async def test_an_admin_has_a_member_erased_while_the_host_calls_them_one(world: World) -> None:
    token = await admin_token(world)
    dan = await global_id(world, "dan")
    told(world, admin=False)
    assert (await world.ask(ERASE, token, m=dan)).codes == ["forbidden"]
    told(world, admin=True)
    again = await admin_token(world)
    assert (await world.ask(ERASE, again, m=dan)).data["eraseMember"] == {"erased": True, "userErrors": []}
    assert (await world.ask(ERASE, again, m=dan)).data["eraseMember"]["userErrors"] == [{"code": "not_found"}]
    assert (await world.ask(ERASE, await world.token("ben"), m=dan)).codes == ["forbidden"]
