"""Nothing that comes in is answered by a 500: deliveries, GraphQL, forms, cookies, addresses to go to, and messages over a WebSocket."""

import asyncio
import json
from collections.abc import AsyncIterator
from urllib.parse import quote, urljoin, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from plugin.services.identity.signing_in import safe_next
from tests.plugin.web.test_hooks import signed
from tests.schema.world import World, served
from tests.security.fuzzed import over_a_socket

HEADER = st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=60)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=5),
    max_leaves=20,
)
WORDS = st.sampled_from(["user", "post", "topic", "like", "id", "username", "created_at", "post_number", "raw", "name", "category", "zebra", "ping"])
SHAPED = st.dictionaries(WORDS, st.dictionaries(WORDS, JSON, max_size=6), max_size=3)
KINDS = st.sampled_from(["user", "post", "topic", "like", "ping", "solved", "group", "user_badge", "zebra", ""])


def fine(status: int, text: str) -> None:
    assert status < 500, text
    assert "Traceback" not in text
    assert '"internal"' not in text


@given(body=st.binary(max_size=300), header=HEADER, path=st.sampled_from(["", "x", "_matrix/app/v1/transactions/1", "%00", "..%2f"]))
@settings(max_examples=80)
async def test_unsigned_deliveries(world: World, body: bytes, header: str, path: str) -> None:
    raw = [(b"X-Discourse-Event-Signature", header.encode("latin-1")), (b"X-Discourse-Event", header.encode("latin-1"))]
    answer = await world.http.request("POST", f"/hooks/{world.installation_id}/{path}", content=body, headers=raw)
    fine(answer.status_code, answer.text)


@pytest.mark.slow
@given(found=SHAPED | JSON, kind=KINDS, event=st.sampled_from(["_created", "_destroyed", "_edited", "ping", ""]), number=st.text("0123456789ab-é", max_size=30))
@settings(max_examples=150)
async def test_signed_junk(world: World, found: object, kind: str, event: str, number: str) -> None:
    body = json.dumps(found).encode()
    headers = [(key.encode(), value.encode()) for key, value in signed(body, kind=kind, event=f"{kind}{event}", number=number).items()]
    answer = await world.http.request("POST", f"/hooks/{world.installation_id}/", content=body, headers=headers)
    fine(answer.status_code, answer.text)


PIECES = (
    *("{", "}", "(", ")", "[", "]", '"', "!", "...", "$x", ":", "Int", "1", "-1", "é", "@skip"),
    *("viewer", "members", "first:", "node(id:", "query", "mutation", "on", "F", "fragment", "__schema", "__typename"),
)
QUERIES = st.lists(st.sampled_from(PIECES), max_size=30).map(" ".join)


@pytest.mark.slow
@given(query=QUERIES | st.text(max_size=60), variables=JSON, operation=st.none() | st.text(max_size=5) | st.integers(), extensions=JSON, document=JSON)
@settings(max_examples=150)
async def test_graphql_bodies(world: World, query: str, variables: object, operation: object, extensions: object, document: object) -> None:
    body = {"query": query, "variables": variables, "operationName": operation, "extensions": extensions, "documentId": document}
    for content in (json.dumps(body).encode(), json.dumps({key: value for key, value in body.items() if value is not None and key != "documentId"}).encode()):
        answer = await world.http.post("/graphql", content=content, headers={"Content-Type": "application/json"})
        fine(answer.status_code, answer.text)


@given(query=QUERIES | st.text(max_size=60), variables=st.text(max_size=30), accept=HEADER, token=HEADER)
@settings(max_examples=80)
async def test_graphql_by_get(world: World, query: str, variables: str, accept: str, token: str) -> None:
    headers = [(b"Accept", accept.encode("latin-1")), (b"Authorization", b"Bearer " + token.encode("latin-1")), (b"Apollo-Require-Preflight", b"1")]
    answer = await world.http.get("/graphql", params={"query": query, "variables": variables, "extensions": variables}, headers=headers)
    fine(answer.status_code, answer.text)


@pytest.mark.slow
@given(next_path=st.text(max_size=80), sso=st.text(max_size=80), sig=st.text(max_size=80), cookie=HEADER)
@settings(max_examples=80)
async def test_signing_in(world: World, next_path: str, sso: str, sig: str, cookie: str) -> None:
    base = f"/auth/{world.installation_id}"
    begun = await world.http.get(f"{base}/start", params={"next": next_path})
    fine(begun.status_code, begun.text)
    headers = [(b"Cookie", f"__Host-mentorgraph-sign-in={cookie}".encode("latin-1"))]
    done = await world.http.get(f"{base}/callback", params={"sso": sso, "sig": sig}, headers=headers)
    fine(done.status_code, done.text)
    assert done.status_code >= 400
    form = await world.http.post(f"{base}/exchange", data={"sso": sso, "sig": sig, "code_verifier": cookie})
    fine(form.status_code, form.text)


@given(found=JSON)
@settings(max_examples=80)
async def test_exchanges(world: World, found: object) -> None:
    for path in ("start", "exchange"):
        answer = await world.http.post(f"/auth/{world.installation_id}/{path}", json=found)
        fine(answer.status_code, answer.text)


@given(number=st.text(max_size=30), rest=st.text(max_size=20))
@settings(max_examples=60)
async def test_addresses(world: World, number: str, rest: str) -> None:
    for path in (f"/hooks/{quote(number, safe='')}/{quote(rest)}", f"/auth/{quote(number, safe='')}/start", f"/{quote(rest)}"):
        for method in ("GET", "POST", "OPTIONS"):
            answer = await world.http.request(method, path, headers={"Origin": "https://evil.example"})
            fine(answer.status_code, answer.text)


@given(st.text(max_size=100) | st.sampled_from(["//evil", "/\\evil", "/%2f/evil", "https:evil", "/\t/evil", "\\\\evil", "/..//evil", "javascript:x"]))
def test_a_place_to_go_to_is_always_on_our_own_pages(path: str) -> None:
    ours = "https://mentors.example.org/auth/1/callback"
    assert urlsplit(urljoin(ours, safe_next(path)))[:2] == ("https", "mentors.example.org")
    assert safe_next(path)[1:2] not in {"/", "\\"}


MESSAGES = st.fixed_dictionaries(
    {"type": st.sampled_from(["connection_init", "subscribe", "complete", "ping", "pong", "next", "error", "x"]) | JSON},
    optional={
        "id": st.sampled_from(["1", "2", ""]) | JSON,
        "payload": JSON | st.fixed_dictionaries({"query": QUERIES | JSON}, optional={"variables": JSON, "extensions": JSON}),
    },
)


@pytest.fixture
async def address(world: World) -> AsyncIterator[tuple[str, str]]:
    """Where the service is, and a token."""
    token = await world.token("cat")
    async with served(world.app) as found:
        yield found, token


@pytest.mark.slow
@given(messages=st.lists(MESSAGES, max_size=4), texts=st.lists(st.text(max_size=30), max_size=1), begin=st.booleans())
@settings(max_examples=100)
async def test_messages_over_a_websocket(address: tuple[str, str], messages: list[object], texts: list[str], begin: bool) -> None:
    """Each connection ends by a code of the protocol or stays; none ends by 1011, which means that the server failed."""
    where, token = address
    async with connect(f"ws://{where}/graphql", subprotocols=[Subprotocol("graphql-transport-ws")], proxy=None, close_timeout=2) as opened:
        try:
            if begin:
                await opened.send(json.dumps({"type": "connection_init", "payload": {"authorization": token}}))
            for one in [*map(json.dumps, messages), *texts, json.dumps({"type": "ping"})]:
                await opened.send(one)
            while json.loads(await asyncio.wait_for(opened.recv(), 5)).get("type") != "pong":
                pass
        except ConnectionClosed:
            assert opened.close_code in {4400, 4401, 4403, 4409, 4429}


@pytest.mark.parametrize("last", [{"type": "ping"}, {"type": "complete", "id": "1"}, {"type": "nonsense"}], ids=lambda one: str(one["type"]))
async def test_what_comes_after_the_end_of_a_websocket_is_no_failure(world: World, last: dict[str, object]) -> None:
    """Found by atheris: what was on its way when the connection was closed."""
    begin = {"type": "connection_init", "payload": {"authorization": await world.token("cat")}}
    wrong = {"type": "subscribe", "id": "1", "payload": {"query": "{ viewer { member( } }"}}
    assert await over_a_socket(world, [json.dumps(one) for one in (begin, wrong, last, last)]) == 4400
