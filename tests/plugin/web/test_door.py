"""Deliveries are answered in front of routing exactly as behind it."""

from starlette.types import Message

from plugin.app import Application
from tests.plugin.web.test_hooks import body_of, signed
from tests.schema.world import World


async def ask(app: Application, *, path: str, body: bytes, headers: dict[str, str], root_path: str = "", method: str = "POST") -> list[Message]:
    """What an ASGI server gets to send."""
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": root_path + path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": root_path,
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
    await app(scope, receive, send)
    return sent


async def both_ways(world: World, *, path: str, body: bytes, headers: dict[str, str], method: str = "POST") -> list[list[Message]]:
    """At the door, and with a prefix, which only routing knows how to take off."""
    app = world.app
    assert isinstance(app, Application)
    return [await ask(app, path=path, body=body, headers=headers, root_path=root_path, method=method) for root_path in ("", "/prefix")]


async def test_an_acknowledgement_is_the_same(world: World) -> None:
    body = body_of()
    door, inside = await both_ways(world, path=f"/hooks/{world.installation_id}/", body=body, headers=signed(body))
    assert door == inside
    assert door[0]["status"] == 202


async def test_a_refusal_is_the_same(world: World) -> None:
    for path, status in ((f"/hooks/{world.installation_id}/", 401), ("/hooks/999/", 404), ("/hooks/none/", 404)):
        door, inside = await both_ways(world, path=path, body=b"{}", headers={"content-length": "2"})
        assert door == inside
        assert door[0]["status"] == status


async def test_other_methods_are_left_to_routing(world: World) -> None:
    body = body_of()
    door, inside = await both_ways(world, path=f"/hooks/{world.installation_id}/", body=body, headers=signed(body), method="GET")
    assert door == inside
    assert door[0]["status"] == 405
