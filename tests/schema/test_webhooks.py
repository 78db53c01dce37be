"""Events out over GraphQL: endpoints for admins in person, and the events themselves, followed."""

from datetime import timedelta
from typing import Any

from plugin.domain.people import SERVICE_SCOPES, Principal
from schema.context import Context
from schema.schema import schema
from tests.schema.test_people import admin_token, told
from tests.schema.world import World

SEEN = "{ id name url types state error }"
CREATE = f"""mutation ($url: String! = "https://app.example.org/e", $types: [String!]) {{
  createWebhook(input: {{name: "App", url: $url, types: $types}}) {{ webhook {SEEN} secret userErrors {{ code field message }} }} }}"""
CHANGE = f"""mutation ($w: ID!) {{
  changeWebhook(input: {{webhook: $w, name: "Other", url: "https://b.example.org/"}}) {{ webhook {SEEN} userErrors {{ code }} }} }}"""
PAUSE = "mutation ($w: ID!) { pauseWebhook(input: {webhook: $w}) { webhook { state } userErrors { code } } }"
RESUME = "mutation ($w: ID!) { resumeWebhook(input: {webhook: $w}) { webhook { state } userErrors { code } } }"
ROTATE = "mutation ($w: ID!) { rotateWebhookSecret(input: {webhook: $w}) { secret userErrors { code } } }"
REPLAY = (
    "mutation ($w: ID!, $since: DateTime, $n: String) { replayWebhook(input: {webhook: $w, since: $since, number: $n}) { events userErrors { code field } } }"
)
TEST = "mutation ($w: ID!) { testWebhook(input: {webhook: $w}) { ok status error userErrors { code } } }"
DELETE = "mutation ($w: ID!) { deleteWebhook(input: {webhook: $w}) { deleted userErrors { code } } }"
LISTED = f"{{ webhooks {SEEN} }}"
LOG = "query ($w: ID!) { webhookPosts(webhook: $w) { number type state attempts status } }"
MAKE = 'mutation { createProgram(input: {name: "Spring"}) { program { id } } }'


async def test_an_admin_looks_after_endpoints_and_nobody_else_does(world: World) -> None:
    token, service, member = await admin_token(world), await world.token(), await world.token("cat")
    told(world, admin=True)

    async def ask(document: str, **values: Any) -> Any:
        answer = await world.ask(document, token, **values)
        (found,) = answer.data.values()
        return found

    refused = await ask(CREATE, url="https://127.0.0.1/")
    assert [(one["code"], one["field"]) for one in refused["userErrors"]] == [("invalid", "url")]
    assert (await ask(CREATE, types=["report.made"]))["userErrors"][0]["field"] == "types"
    made = await ask(CREATE, types=["program.created"])
    assert made["secret"].startswith("whsec_")
    which = made["webhook"]["id"]
    assert (made["webhook"]["state"], made["webhook"]["types"]) == ("ACTIVE", ["program.created"])
    for other in (service, member):
        for document in (LISTED, LOG, CREATE, CHANGE, PAUSE, RESUME, ROTATE, REPLAY, TEST, DELETE):
            assert (await world.ask(document, other, w=which)).codes == ["forbidden"], document
    assert (await ask(PAUSE, w=which))["webhook"]["state"] == "PAUSED"
    program = (await world.ask(MAKE, service)).data["createProgram"]["program"]["id"]
    (post,) = (await world.ask(LOG, token, w=which)).data["webhookPosts"]
    assert (post["type"], post["state"], post["status"]) == ("program.created", "PENDING", None)
    assert (await ask(REPLAY, w=which, n=post["number"]))["events"] == 1
    assert (await ask(REPLAY, w=which, since=(world.clock.now - timedelta(days=1)).isoformat()))["events"] >= 1
    assert (await ask(REPLAY, w=which))["userErrors"] == [{"code": "invalid", "field": "since"}]
    naive = (world.clock.now - timedelta(days=1)).replace(tzinfo=None)
    assert (await ask(REPLAY, w=which, since=naive.isoformat()))["userErrors"] == [{"code": "invalid", "field": "since"}]
    assert (await ask(REPLAY, w=which, n="x"))["userErrors"] == [{"code": "invalid", "field": "number"}]
    assert (await ask(RESUME, w=which))["webhook"]["state"] == "ACTIVE"
    assert (await ask(ROTATE, w=which))["secret"] != made["secret"]
    changed = (await ask(CHANGE, w=which))["webhook"]
    assert (changed["name"], changed["url"], changed["types"]) == ("Other", "https://b.example.org/", [])
    assert [one["id"] for one in (await world.ask(LISTED, token)).data["webhooks"]] == [which]
    assert (await ask(DELETE, w=which))["deleted"]
    for document in (PAUSE, RESUME, ROTATE, TEST, DELETE, CHANGE):
        assert [one["code"] for one in (await ask(document, w=which))["userErrors"]] == ["not_found"], document

    # The same, followed: from the beginning, and of one type.
    principal = Principal(installation_id=world.installation_id, member_id=None, scopes=SERVICE_SCOPES, token_id=3)
    context = Context(runtime=world.parts.runtime, graphs=world.parts.graphs, principal=principal, token=service)
    document = 'subscription { events(after: "0", types: ["program.created"]) { upTo events { number type data } } }'
    stream = await schema.stream(document, context_value=context)
    async for first in stream:
        seen: Any = first
        data = seen.data["events"]
        assert [(one["type"], one["data"]["program"]) for one in data["events"]] == [("program.created", program)]
        assert data["upTo"] >= data["events"][-1]["number"]
        break
    await stream.aclose()
    told(world, admin=False)
    assert (await world.ask(PAUSE, token, w=which)).codes == ["forbidden"], "the host is asked whether one is an admin still"
