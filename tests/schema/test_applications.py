"""Applications of developers over GraphQL: admins in person decide, and nobody else."""

from plugin.domain.applications import CODE
from plugin.domain.people import Scope
from plugin.services.developers import applications
from tests.schema.test_people import admin_token, told
from tests.schema.world import World

LISTED = "{ applications { id clientId name state scopes redirectUris decidedAt } }"
DECIDE = """mutation ($a: ID!, $to: ApplicationState!) {
  decideApplication(input: {application: $a, state: $to}) { application { state } userErrors { code } } }"""


async def test_admins_decide_and_nobody_else(world: World) -> None:
    token, service, member = await admin_token(world), await world.token(), await world.token("cat")
    told(world, admin=True)
    wanted = applications.Wanted(
        name="Calendar", redirect_uris=("https://app.example.org/back",), grants=frozenset({CODE}), scopes=frozenset({Scope.READ}), confidential=True
    )
    made = await applications.register(world.parts.runtime, world.installation_id, wanted)
    (one,) = (await world.ask(LISTED, token)).data["applications"]
    assert (one["clientId"], one["name"], one["state"], one["decidedAt"]) == (made.application.client_id, "Calendar", "PENDING", None)
    for other in (service, member):
        assert (await world.ask(LISTED, other)).codes == ["forbidden"]
        assert (await world.ask(DECIDE, other, a=one["id"], to="APPROVED")).codes == ["forbidden"]
    for to, code in (("DISABLED", "conflict"), ("APPROVED", None), ("APPROVED", "conflict"), ("DISABLED", None)):
        found = (await world.ask(DECIDE, token, a=one["id"], to=to)).data["decideApplication"]
        assert [each["code"] for each in found["userErrors"]] == ([code] if code else []), to
    assert (await world.ask(LISTED, token)).data["applications"][0]["state"] == "DISABLED"
    gone = (await world.ask(DECIDE, token, a="x", to="APPROVED")).data["decideApplication"]
    assert [each["code"] for each in gone["userErrors"]] == ["not_found"]
    told(world, admin=False)
    assert (await world.ask(DECIDE, token, a=one["id"], to="APPROVED")).codes == ["forbidden"], "the host is asked whether one is an admin still"
