"""Offices, managers and tokens over GraphQL."""

from plugin.domain.people import MEMBER_SCOPES, OFFICE_SCOPES
from schema.ids import GlobalId
from tests.schema.world import START, World, person

GRANT = "mutation($m: ID!) { grantOffice(input: {member: $m, office: SAFETY}) { holders { member { username } office } userErrors { code } } }"
MAKE = """mutation($s: [TokenScope!]!) {
  createServiceToken(input: {name: "a bot", scopes: $s}) { token accessToken { id name scopes kind } userErrors { code field } }
}"""


async def admin_token(world: World) -> str:
    await world.apply(person(1, "ann", START, admin=True))
    return await world.token("ann", scopes=list(MEMBER_SCOPES | OFFICE_SCOPES))


async def global_id(world: World, username: str) -> str:
    return str(GlobalId("Member", world.installation_id, str(await world.member_id(username))))


def told(world: World, *, admin: bool) -> None:
    """What the forum says of ann when it is asked, without a network."""

    class Forum:
        async def read(self, kind: str, host_id: str) -> list[object]:
            assert (kind, host_id) == ("member", "1")
            return [person(1, "ann", world.clock.now, admin=admin)]

    async def client(_installation_id: int) -> Forum:
        return Forum()

    world.parts.runtime.client = client  # type: ignore[assignment,method-assign]  # a stand-in for the network


async def test_an_admin_grants_the_care_for_safety(world: World) -> None:
    token = await admin_token(world)
    told(world, admin=True)
    found = (await world.ask(GRANT, token, m=await global_id(world, "ben"))).data["grantOffice"]
    assert {"member": {"username": "ben"}, "office": "SAFETY"} in found["holders"]
    safe = await world.token("ben", scopes=list(MEMBER_SCOPES | OFFICE_SCOPES))
    assert (await world.ask("{ viewer { offices } }", safe)).data["viewer"]["offices"] == ["SAFETY"]
    assert (await world.ask("{ viewer { offices } }", token)).data["viewer"]["offices"] == ["ADMIN"]
    told(world, admin=False)
    assert (await world.ask(GRANT, token, m=await global_id(world, "dan"))).codes == ["forbidden"]


async def test_a_program_is_run_by_who_it_was_granted_to(world: World) -> None:
    token = await admin_token(world)
    made = (await world.ask('mutation { createProgram(input: {name: "Ours"}) { program { id } userErrors { code } } }', token)).data["createProgram"]
    program, ben = made["program"]["id"], await world.token("ben", scopes=list(MEMBER_SCOPES | OFFICE_SCOPES))
    change = 'mutation($p: ID!) { changeProgram(input: {id: $p, purpose: "to meet"}) { program { purpose managers { username } } userErrors { code } } }'
    assert (await world.ask(change, ben, p=program)).codes == ["forbidden"]
    assert (await world.ask("query($p: ID!) { program(id: $p) { name } }", ben, p=program)).data["program"] is None, "a draft is for its managers"
    grant = "mutation($p: ID!, $m: ID!) { grantProgramManager(input: {program: $p, member: $m}) { program { managers { username } } userErrors { code } } }"
    granted = (await world.ask(grant, token, p=program, m=await global_id(world, "ben"))).data["grantProgramManager"]
    assert granted["program"]["managers"] == [{"username": "ben"}]
    assert (await world.ask(change, ben, p=program)).data["changeProgram"]["program"] == {"purpose": "to meet", "managers": [{"username": "ben"}]}
    assert (await world.ask("{ viewer { managedPrograms { name } offices } }", ben)).data["viewer"] == {"managedPrograms": [{"name": "Ours"}], "offices": []}
    narrow = await world.token("ben", scopes=list(MEMBER_SCOPES))
    assert (await world.ask(change, narrow, p=program)).codes == ["forbidden"], "a token that does not carry the scope does not run programs"
    assert (await world.ask(grant, ben, p=program, m=await global_id(world, "cat"))).codes == ["forbidden"], "managers make no managers"
    withdraw = grant.replace("grantProgramManager", "withdrawProgramManager")
    assert (await world.ask(withdraw, token, p=program, m=await global_id(world, "ben"))).data["withdrawProgramManager"]["program"]["managers"] == []
    assert (await world.ask(change, ben, p=program)).codes == ["forbidden"]


async def test_an_admin_makes_lists_and_revokes_tokens_of_services(world: World) -> None:
    token = await admin_token(world)
    told(world, admin=True)
    made = (await world.ask(MAKE, token, s=["READ", "PROGRAMS"])).data["createServiceToken"]
    assert made["accessToken"] | {"id": ""} == {"id": "", "name": "a bot", "scopes": ["READ", "PROGRAMS"], "kind": "api"}
    assert (await world.ask("{ community { name } }", made["token"])).data["community"]["name"]
    listed = (await world.ask("{ serviceTokens { id name scopes } }", token)).data["serviceTokens"]
    assert [(one["id"], one["name"]) for one in listed] == [(made["accessToken"]["id"], "a bot")]
    assert made["token"] not in repr(listed)
    revoke = "mutation($id: ID!) { revokeServiceToken(id: $id) { revokedId userErrors { code } } }"
    assert (await world.ask(revoke, token, id=listed[0]["id"])).data["revokeServiceToken"]["revokedId"] == listed[0]["id"]
    assert (await world.ask("{ community { name } }", made["token"])).status == 401
    assert (await world.ask(revoke, token, id=listed[0]["id"])).data["revokeServiceToken"]["userErrors"] == [{"code": "not_found"}]
    assert (await world.ask(MAKE, token, s=["ME"])).data["createServiceToken"]["userErrors"] == [{"code": "invalid", "field": "scope"}]
    told(world, admin=False)
    assert (await world.ask(MAKE, token, s=["READ"])).codes == ["forbidden"]


OWN = """mutation($s: [TokenScope!]!, $n: String!, $d: Int!) {
  createToken(input: {name: $n, scopes: $s, days: $d}) { token accessToken { name scopes kind } userErrors { code field } }
}"""


async def test_a_member_makes_a_token_with_a_session_and_a_token_makes_none(world: World) -> None:
    session = await world.token("cat", audience="session")
    made = (await world.ask(OWN, session, n=" a  script ", s=["READ"], d=7)).data["createToken"]
    assert made["accessToken"] == {"name": "a script", "scopes": ["READ"], "kind": "api"}
    assert (await world.ask("{ community { name } }", made["token"])).status == 200
    assert (await world.ask("{ viewer { tokens { id } } }", made["token"])).data["viewer"] is None, "it may do what was chosen, and no more"
    for token in (made["token"], await world.token("cat", audience="application"), await world.token("cat")):
        assert (await world.ask(OWN, token, n="another", s=["READ"], d=7)).codes == ["forbidden"]
    assert (await world.ask(OWN, session, n="too much", s=["ADMIN"], d=7)).codes == ["forbidden"], "nobody gives what they have not"
    for name, scopes, days, field in (("", ["READ"], 7, "name"), ("x", [], 7, "scopes"), ("x", ["READ"], 731, "days")):
        assert (await world.ask(OWN, session, n=name, s=scopes, d=days)).data["createToken"]["userErrors"] == [{"code": "invalid", "field": field}]


async def test_a_member_sees_whom_they_keep_away_and_nobody_else_does(world: World) -> None:
    mine, theirs = await world.token("cat"), await world.token("ben")
    ben = await global_id(world, "ben")
    change = "mutation($m: ID!) { %s(input: {member: $m}) { count userErrors { code } } }"
    assert (await world.ask(change % "blockMember", mine, m=ben)).data["blockMember"]["count"] == 1
    assert (await world.ask("{ viewer { blocked { username } } }", mine)).data["viewer"]["blocked"] == [{"username": "ben"}]
    assert (await world.ask("{ viewer { blocked { username } } }", theirs)).data["viewer"]["blocked"] == []
    assert (await world.ask(change % "unblockMember", mine, m=ben)).data["unblockMember"]["count"] == 0
    assert (await world.ask("{ viewer { blocked { username } } }", mine)).data["viewer"]["blocked"] == []


async def test_a_member_lists_and_revokes_their_own_tokens(world: World) -> None:
    first, second, foreign = await world.token("cat"), await world.token("cat"), await world.token("ben")
    listed = (await world.ask("{ viewer { tokens { id } } }", first)).data["viewer"]["tokens"]
    assert len(listed) == 2
    theirs = (await world.ask("{ viewer { tokens { id } } }", foreign)).data["viewer"]["tokens"][0]["id"]
    revoke = "mutation($id: ID!) { revokeToken(id: $id) { revokedId userErrors { code } } }"
    assert (await world.ask(revoke, first, id=theirs)).data["revokeToken"]["userErrors"] == [{"code": "not_found"}]
    assert (await world.ask(revoke, first, id=listed[0]["id"])).data["revokeToken"]["revokedId"]
    assert sorted([(await world.ask("{ viewer { tokens { id } } }", one)).status for one in (first, second)]) == [200, 401]
