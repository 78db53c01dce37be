"""A widget's token sends trusted documents only; those that are listed stay as they are and stay valid."""

import asyncio
import json
from datetime import timedelta

import pytest
from graphql import parse, validate
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from plugin.services.identity import access
from schema import trusted
from schema.limits import MAX_BODY, MAX_CHARACTERS, RULES
from schema.schema import schema
from tests.schema.world import World, served

INDEX = {line.split()[1]: line.split()[0] for line in trusted.INDEX.read_text().splitlines()}
NEEDS = (trusted.FOLDER / "needs.v1.graphql").read_text()
OWN = "{ members { edges { node { username } } } }"


async def widget(world: World) -> str:
    member_id = await world.member_id("cat")
    return await access.create_token(
        world.parts.runtime, world.installation_id, member_id=member_id, scopes=None, name="", lifetime=timedelta(minutes=10), audience="widget"
    )


@pytest.mark.parametrize("name", sorted(INDEX))
def test_a_document_that_a_user_interface_sends_stays_as_it_is_and_valid(name: str) -> None:
    text = (trusted.FOLDER / name).read_text()
    assert trusted.document_hash(text) == INDEX[name], "a listed document was changed: add a new version beside it instead"
    assert len(text) <= MAX_CHARACTERS
    graphql_schema = schema._schema
    assert validate(graphql_schema, parse(text)) == []
    assert validate(graphql_schema, parse(text), RULES) == []


def test_every_document_is_listed() -> None:
    assert {path.name for path in trusted.FOLDER.glob("*.graphql")} == set(INDEX)
    assert set(trusted.documents()) == set(INDEX.values())


async def test_a_widget_sends_no_text_of_its_own(world: World) -> None:
    token = await widget(world)
    answer = await world.ask(OWN, token)
    assert answer.status == 403
    assert answer.body["error"]["code"] == "untrusted_document"
    assert (await world.ask(NEEDS + " ", token)).status == 403, "one character more is another document"
    assert (await world.ask(NEEDS, token)).data["viewer"]["needs"] is not None
    assert (await world.ask(OWN, await world.token("cat"))).data


@pytest.mark.parametrize(
    "body",
    [
        {"documentId": f"sha256:{INDEX['needs.v1.graphql']}"},
        {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": INDEX["needs.v1.graphql"]}}},
        {"documentId": f"sha256:{INDEX['needs.v1.graphql']}", "query": NEEDS},
        {"documentId": f"sha256:{INDEX['needs.v1.graphql']}", "extensions": {"persistedQuery": {"version": 1, "sha256Hash": INDEX["needs.v1.graphql"]}}},
    ],
)
async def test_a_document_is_known_by_its_hash(world: World, body: dict[str, object]) -> None:
    for token in (await widget(world), await world.token("cat")):
        headers = {"Authorization": f"Bearer {token}"}
        answer = await world.http.post("/graphql", json=body, headers=headers)
        assert answer.json()["data"]["viewer"]["consents"]
        parameters = {key: value if isinstance(value, str) else json.dumps(value) for key, value in body.items()}
        assert (await world.http.get("/graphql", params=parameters, headers=headers)).json()["data"]["viewer"]["consents"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"documentId": "nonsense"}, "bad_document_id"),
        ({"documentId": 7}, "bad_document_id"),
        ({"documentId": {}}, "bad_document_id"),
        ({"extensions": {"persistedQuery": 7}}, "bad_document_id"),
        ({"extensions": {"persistedQuery": {}}}, "no_query"),
        ({"extensions": {"persistedQuery": {"version": 1}}}, "bad_document_id"),
        ({"extensions": {"persistedQuery": {"sha256Hash": INDEX["needs.v1.graphql"]}}}, "bad_document_id"),
        ({"extensions": {"persistedQuery": {"version": 2, "sha256Hash": INDEX["needs.v1.graphql"]}}}, "bad_document_id"),
        ({"extensions": {"persistedQuery": {"version": "1", "sha256Hash": INDEX["needs.v1.graphql"]}}}, "bad_document_id"),
        ({"extensions": {"persistedQuery": {"version": True, "sha256Hash": INDEX["needs.v1.graphql"]}}}, "bad_document_id"),
        ({"documentId": f"sha256:{INDEX['needs.v1.graphql']}", "query": OWN}, "document_mismatch"),
        (
            {"documentId": f"sha256:{INDEX['needs.v1.graphql']}", "extensions": {"persistedQuery": {"version": 1, "sha256Hash": INDEX["member.v1.graphql"]}}},
            "document_mismatch",
        ),
        ({"documentId": f"sha256:{INDEX['needs.v1.graphql']}", "extensions": {"persistedQuery": {"version": 2}}}, "bad_document_id"),
    ],
)
async def test_what_names_no_document_or_two_is_the_clients_mistake(world: World, body: dict[str, object], code: str) -> None:
    for token in (await widget(world), await world.token("cat")):
        answer = await world.http.post("/graphql", json=body, headers={"Authorization": f"Bearer {token}"})
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"documentId": "sha256:" + "0" * 64}, ("unknown_document", "no trusted document has this hash")),
        ({"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "0" * 64}}}, ("PERSISTED_QUERY_NOT_FOUND", "PersistedQueryNotFound")),
    ],
)
async def test_a_hash_that_is_not_known_is_answered_in_graphql(world: World, body: dict[str, object], said: tuple[str, str]) -> None:
    """With a single error and nothing else, as the appendix "Persisted Documents" says; by the words of Apollo to who asks in its way."""
    for token in (await widget(world), await world.token("cat")):
        for accept, status in (("application/json", 200), ("application/graphql-response+json", 400)):
            headers = {"Authorization": f"Bearer {token}", "Accept": accept}
            parameters = {key: value if isinstance(value, str) else json.dumps(value) for key, value in body.items()}
            for answer in (await world.http.post("/graphql", json=body, headers=headers), await world.http.get("/graphql", params=parameters, headers=headers)):
                assert answer.status_code == status
                assert answer.headers["content-type"].startswith(accept)
                assert set(answer.json()) == {"errors"}
                (error,) = answer.json()["errors"]
                assert (error["extensions"]["code"], error["message"]) == said


async def test_a_document_that_is_sent_whole_after_all_is_answered_to_who_may_send_their_own(world: World) -> None:
    """So do Apollo's clients when they are told that a hash is not known. It does not make the document a trusted one."""
    digest = trusted.document_hash(OWN)
    body = {"query": OWN, "extensions": {"persistedQuery": {"version": 1, "sha256Hash": digest}}}
    mine, widgets = {"Authorization": f"Bearer {await world.token('cat')}"}, {"Authorization": f"Bearer {await widget(world)}"}
    assert (await world.http.post("/graphql", json=body, headers=mine)).json()["data"]["members"]["edges"]
    refused = await world.http.post("/graphql", json=body, headers=widgets)
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "untrusted_document")
    for headers in (mine, widgets):
        again = await world.http.post("/graphql", json={"documentId": f"sha256:{digest}"}, headers=headers)
        assert again.json()["errors"][0]["extensions"]["code"] == "unknown_document"
        swapped = await world.http.post("/graphql", json=body | {"query": NEEDS}, headers=headers)
        assert (swapped.status_code, swapped.json()["error"]["code"]) == (400, "document_mismatch")


@pytest.mark.slow
async def test_over_a_websocket_too(world: World) -> None:
    token = await widget(world)
    async with served(world.app) as address, connect(f"ws://{address}/graphql", subprotocols=[Subprotocol("graphql-transport-ws")], proxy=None) as opened:
        await opened.send(json.dumps({"type": "connection_init", "payload": {"authorization": token}}))
        assert json.loads(await opened.recv())["type"] == "connection_ack"
        await opened.send(json.dumps({"type": "subscribe", "id": "1", "payload": {"query": OWN}}))
        refused = json.loads(await asyncio.wait_for(opened.recv(), 3))
        assert (refused["type"], refused["payload"][0]["extensions"]["code"]) == ("error", "untrusted_document")
        extensions = {"persistedQuery": {"version": 1, "sha256Hash": INDEX["suggestions-changed.v1.graphql"]}}
        await opened.send(json.dumps({"type": "subscribe", "id": "2", "payload": {"query": "", "extensions": extensions}}))
        assert json.loads(await asyncio.wait_for(opened.recv(), 3))["type"] == "next"


@pytest.mark.slow
async def test_a_message_has_a_largest_size(world: World) -> None:
    async with served(world.app) as address, connect(f"ws://{address}/graphql", subprotocols=[Subprotocol("graphql-transport-ws")], proxy=None) as opened:
        await opened.send('{"type":"ping","payload":"' + "é" * (MAX_BODY // 2) + '"}')
        await asyncio.wait_for(opened.wait_closed(), 5)
        assert opened.close_code == 1009
