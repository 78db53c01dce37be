"""graphql-transport-ws over a real socket, as a client of its own speaks it (github.com/enisdenjo/graphql-ws, PROTOCOL.md)."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any, cast

import pytest
from strawberry.http.exceptions import WebSocketDisconnected
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin, Subprotocol

from plugin.domain.people import Principal, Scope
from plugin.services.identity import access
from plugin.services.runtime import Bus
from schema import http, subscription
from schema.sockets import SocketHandler
from tests.schema.world import World, served

FOLLOW = {"query": "subscription { suggestionsChanged { count } }"}
HELLO = "{ community { name } }"
PROTOCOL = Subprotocol("graphql-transport-ws")


@pytest.fixture
async def address(world: World) -> AsyncIterator[str]:
    async with served(world.app) as found:
        yield f"ws://{found}/graphql"


@asynccontextmanager
async def socket(
    address: str, *, token: str | None = None, protocol: str = PROTOCOL, origin: str | None = None, **headers: str
) -> AsyncIterator[ClientConnection]:
    """A connection; with a token also the handshake of the protocol."""
    given = None if origin is None else Origin(origin)
    async with connect(
        address, subprotocols=[Subprotocol(protocol)], origin=given, additional_headers=headers, open_timeout=5, close_timeout=2, proxy=None
    ) as opened:
        if token is not None:
            await say(opened, type="connection_init", payload={"authorization": token})
            assert await heard(opened) == {"type": "connection_ack"}
        yield opened


async def say(opened: ClientConnection, **message: object) -> None:
    await opened.send(json.dumps(message))


async def heard(opened: ClientConnection, seconds: float = 3.0) -> Any:
    text = await asyncio.wait_for(opened.recv(), seconds)
    assert isinstance(text, str), "the protocol knows only text messages"
    return json.loads(text)


async def closed(opened: ClientConnection, seconds: float = 3.0) -> int:
    """The close code."""
    await asyncio.wait_for(opened.wait_closed(), seconds)
    assert opened.close_code is not None
    return opened.close_code


@pytest.mark.slow
async def test_a_change_arrives_within_two_seconds(world: World, address: str) -> None:
    token = await world.token("cat")
    async with socket(address, token=token) as opened:
        await say(opened, type="subscribe", id="1", payload=FOLLOW)
        first = await heard(opened)
        assert first["type"] == "next"
        count = first["payload"]["data"]["suggestionsChanged"]["count"]
        assert count > 0
        began = time.monotonic()
        async with asyncio.timeout(2.0):
            await world.ask('mutation { setNeed(input: {text: "how customers react to pricing"}) { need { id } } }', token)
            found = await heard(opened)
            while found["payload"]["data"]["suggestionsChanged"]["count"] <= count:
                found = await heard(opened)
        assert time.monotonic() - began < 2.0
        await say(opened, type="complete", id="1")
        await say(opened, type="ping")
        assert await heard(opened) == {"type": "pong"}


@pytest.mark.slow
async def test_a_change_by_another_process_arrives_within_two_seconds(world: World, address: str) -> None:
    """Nobody tells the bus of this process."""
    token = await world.token("cat")
    suggested = await world.member_id("ann")
    async with socket(address, token=token) as opened:
        await say(opened, type="subscribe", id="1", payload=FOLLOW)
        before = (await heard(opened))["payload"]["data"]["suggestionsChanged"]["count"]
        await world.write(lambda unit: unit.suggestions.withdraw(suggested))
        after = await heard(opened, 2.0)
        assert after["payload"]["data"]["suggestionsChanged"]["count"] == before - 1


@pytest.mark.slow
async def test_several_subscriptions_and_a_query_share_a_connection(world: World, address: str) -> None:
    async with socket(address, token="Bearer " + await world.token("cat")) as opened:
        for one in ("1", "2"):
            await say(opened, type="subscribe", id=one, payload=FOLLOW)
        assert {(await heard(opened))["id"] for _ in range(2)} == {"1", "2"}
        await say(opened, type="subscribe", id="3", payload={"query": "{ viewer { member { username } } }"})
        answer = await heard(opened)
        assert answer["payload"]["data"] == {"viewer": {"member": {"username": "cat"}}}
        assert await heard(opened) == {"type": "complete", "id": "3"}


@pytest.mark.slow
async def test_a_second_query_sees_what_changed_since_the_first(world: World, address: str) -> None:
    """What loaders remember lives as long as an operation, not as long as the connection."""
    async with socket(address, token=await world.token("cat")) as opened:
        for state in (1, 0):
            await say(opened, type="subscribe", id=str(state), payload={"query": '{ members(query: "ann") { edges { node { skills { name } } } } }'})
            skills = (await heard(opened))["payload"]["data"]["members"]["edges"][0]["node"]["skills"]
            assert (len(skills) > 0) == bool(state)
            assert (await heard(opened))["type"] == "complete"
            await world.ask("mutation { optOutOfSuggestions { consents { expert } } }", await world.token("ann"))


@pytest.mark.slow
async def test_the_header_of_the_handshake_serves_as_well(world: World, address: str) -> None:
    async with socket(address, Authorization=f"Bearer {await world.token('cat')}") as opened:
        await say(opened, type="connection_init")
        assert await heard(opened) == {"type": "connection_ack"}
        await say(opened, type="subscribe", id="1", payload=FOLLOW)
        assert (await heard(opened))["type"] == "next"


@pytest.mark.slow
@pytest.mark.parametrize("token", ["mg_unknown", "x", "Bearer mg_é"])
async def test_a_bad_token_is_4403(address: str, token: str) -> None:
    async with socket(address) as opened:
        await say(opened, type="connection_init", payload={"authorization": token})
        assert await closed(opened) == 4403


@pytest.mark.slow
async def test_a_bad_token_in_the_header_is_4403(address: str) -> None:
    async with socket(address, Authorization="Bearer mg_unknown") as opened:
        await say(opened, type="connection_init")
        assert await closed(opened) == 4403


@pytest.mark.slow
async def test_without_a_token_nothing_is_followed(world: World, address: str) -> None:
    for token in ("", await world.token(), await world.token("cat", scopes=[Scope.READ])):
        async with socket(address, token=token) as opened:
            await say(opened, type="subscribe", id="1", payload=FOLLOW)
            found = await heard(opened)
            error = found["payload"][0] if found["type"] == "error" else found["payload"]["errors"][0]
            assert error["extensions"]["code"] == ("forbidden" if token else "unauthenticated")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("messages", "code"),
    [
        ([{"type": "subscribe", "id": "1", "payload": FOLLOW}], 4401),
        ([{"type": "connection_init"}, {"type": "connection_init"}], 4429),
        ([{"type": "connection_init", "payload": 1}], 4400),
        ([{"type": "nonsense"}], 4400),
        ([{}], 4400),
        ([[]], 4400),
        ([1], 4400),
        ([None], 4400),
        ([{"type": 1}], 4400),
        ([{"type": []}], 4400),
        ([{"type": "connection_init"}, {"type": "subscribe"}], 4400),
        ([{"type": "connection_init"}, {"type": "subscribe", "id": 1, "payload": FOLLOW}], 4400),
        ([{"type": "connection_init"}, {"type": "subscribe", "id": [], "payload": FOLLOW}], 4400),
        ([{"type": "connection_init"}, {"type": "subscribe", "id": "", "payload": FOLLOW}], 4400),
        ([{"type": "connection_init"}, {"type": "subscribe", "id": "1", "payload": 1}], 4400),
        ([{"type": "connection_init"}, {"type": "subscribe", "id": "1", "payload": {}}], 4400),
        ([{"type": "connection_init"}, {"type": "subscribe", "id": "1", "payload": {"query": 1}}], 4400),
        ([{"type": "connection_init"}, {"type": "subscribe", "id": "1", "payload": {"query": "{", "variables": []}}], 4400),
        ([{"type": "connection_init"}, {"type": "subscribe", "id": "1", "payload": {"query": "{"}}], 4400),
        ([{"type": "connection_init"}, {"type": "complete", "id": {}}], 4400),
        (["not json", {"type": "connection_init"}], 4400),
    ],
)
async def test_what_breaks_the_protocol_closes_the_connection(world: World, address: str, messages: list[object], code: int) -> None:
    async with socket(address) as opened:
        for one in messages:
            await opened.send(one if isinstance(one, str) else json.dumps(one))
        assert await closed(opened) == code


@pytest.mark.slow
@pytest.mark.parametrize(
    ("messages", "code"),
    [
        ([{"type": "x" * 500}], 4400),
        ([{"type": "é" * 90}], 4400),
        ([{"type": "connection_init"}, *[{"type": "subscribe", "id": "x" * 500, "payload": FOLLOW}] * 2], 4409),
        ([{"type": "connection_init"}, {"type": "subscribe", "id": "1", "payload": {"query": "{ a } " + "x" * 500}}], 4400),
    ],
)
async def test_a_reason_for_closing_fits_into_its_frame_however_long_what_was_sent_is(address: str, messages: list[object], code: int) -> None:
    async with socket(address) as opened:
        for one in messages:
            await opened.send(json.dumps(one))
        assert await closed(opened) == code


@pytest.mark.slow
async def test_one_id_is_one_operation(world: World, address: str) -> None:
    async with socket(address, token=await world.token("cat")) as opened:
        for _ in range(2):
            await say(opened, type="subscribe", id="1", payload=FOLLOW)
        assert await closed(opened) == 4409


@pytest.mark.slow
async def test_bytes_that_are_no_text_close_the_connection(address: str) -> None:
    async with socket(address) as opened:
        await opened.send(b"\xff\xfe")
        assert await closed(opened) == 4400


@pytest.mark.slow
async def test_a_message_that_is_too_large_closes_the_connection(address: str) -> None:
    async with socket(address) as opened:
        await opened.send("x" * 200_000)
        assert await closed(opened) == 1009


@pytest.mark.slow
async def test_who_does_not_begin_is_let_go(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    assert http.INIT_SECONDS == 10
    for route in world.app.routes:
        endpoint = getattr(route, "endpoint", None)
        if isinstance(endpoint, http.GraphQLEndpoint):
            monkeypatch.setattr(endpoint, "connection_init_wait_timeout", type(endpoint.connection_init_wait_timeout)(seconds=0.2))
    async with served(world.app) as found, socket(f"ws://{found}/graphql") as opened:
        assert await closed(opened) == 4408


@pytest.mark.slow
async def test_another_protocol_is_refused(address: str) -> None:
    async with connect(address, subprotocols=[Subprotocol("graphql-ws")], proxy=None) as opened:
        assert await closed(opened) == 4406


@pytest.mark.slow
async def test_only_pages_of_connected_communities_may_open_a_connection(world: World, address: str) -> None:
    async with socket(address, token=await world.token("cat"), origin="https://forum.example.org") as opened:
        await say(opened, type="ping")
        assert await heard(opened) == {"type": "pong"}
    for origin in ("https://evil.example", "null", "http://forum.example.org", "https://forum.example.org.evil.example"):
        with pytest.raises(InvalidStatus) as caught:
            async with socket(address, origin=origin):
                pass
        assert caught.value.response.status_code == 403


@pytest.mark.slow
async def test_nothing_is_given_out_after_the_token_is_revoked(world: World, address: str) -> None:
    """Long before the token would be looked at in any case."""
    token, other = await world.token("cat"), await world.token("cat")
    async with socket(address, token=token) as opened:
        await say(opened, type="subscribe", id="1", payload=FOLLOW)
        assert (await heard(opened))["type"] == "next"
        await world.write(lambda unit: unit.tokens.revoke_of(unit.members.by_username("cat").id))  # type: ignore[union-attr]  # she is there
        assert (await world.ask(HELLO, other)).status == 401
        await world.write(lambda unit: unit.suggestions.withdraw(unit.members.by_username("ann").id))  # type: ignore[union-attr]  # likewise
        world.parts.runtime.bus.tell(world.installation_id)
        found = await heard(opened, 10.0)
        assert found["type"] == "error" or found["payload"]["errors"][0]["extensions"]["code"] == "unauthenticated", found
        assert "suggestionsChanged" not in str(found) or found["payload"].get("data") is None


@pytest.mark.slow
async def test_a_revoked_token_ends_a_subscription_and_begins_no_other(world: World, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subscription, "TRUST", 0.0)
    monkeypatch.setattr(subscription, "LOOK", 0.05)
    token = await world.token("cat")
    async with socket(address, token=token) as opened:
        await say(opened, type="subscribe", id="1", payload=FOLLOW)
        assert (await heard(opened))["type"] == "next"
        await world.ask("mutation { signOutEverywhere { revoked } }", token)
        ended = await heard(opened)
        assert ended["payload"]["errors"][0]["extensions"]["code"] == "unauthenticated"
        assert await heard(opened) == {"type": "complete", "id": "1"}
        await say(opened, type="subscribe", id="2", payload=FOLLOW)
        assert await closed(opened) == 4403


async def test_who_leaves_in_the_moment_of_news_is_followed_no_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    async def known(_runtime: object, _token: str) -> Principal:
        return Principal(installation_id=1, member_id=1, scopes=frozenset({Scope.ME}), token_id=1)

    monkeypatch.setattr(access, "principal_of", known)
    bus, principal = Bus(), SimpleNamespace(installation_id=1)
    info = SimpleNamespace(context=SimpleNamespace(require=lambda _scope: principal, runtime=SimpleNamespace(bus=bus), token=""))
    waits = asyncio.Event()

    async def look(_runtime: object, _principal: object) -> tuple[object, int]:
        asyncio.get_running_loop().call_soon(waits.set)
        return "the same", 1

    async def follow() -> None:
        async for _ in subscription._follow(cast("Any", info), look):
            pass

    following = asyncio.create_task(follow())
    await waits.wait()
    waits.clear()
    await asyncio.sleep(0)
    bus.tell(1)
    following.cancel()
    done, _ = await asyncio.wait({following}, timeout=3)
    assert done
    assert following.cancelled()


async def test_a_reader_who_leaves_while_they_are_answered_is_in_no_log(caplog: pytest.LogCaptureFixture) -> None:
    handler = object.__new__(SocketHandler)
    await handler.handle_task_exception(WebSocketDisconnected())
    assert caplog.records == []
    await handler.handle_task_exception(RuntimeError("a failure of ours"))
    assert "a failure of ours" in caplog.text
