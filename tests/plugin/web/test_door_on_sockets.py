"""Deliveries over real connections: the server's own door answers the ordinary ones, and what it answers is what the application would."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from mentorgraph.host import Acknowledgement
from plugin.errors import Unavailable
from plugin.web import door
from plugin.web.hooks import Hooks
from tests.plugin.web.test_hooks import USER, body_of, kept, signed
from tests.schema.world import World, served


@dataclass
class Line:
    """One connection to the service."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def send(self, *parts: bytes, pause: float = 0.02) -> None:
        for number, part in enumerate(parts):
            if number:
                await asyncio.sleep(pause)
            self.writer.write(part)
            await self.writer.drain()

    async def answer(self) -> tuple[int, dict[str, str], bytes]:
        head = (await asyncio.wait_for(self.reader.readuntil(b"\r\n\r\n"), 10)).decode().split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}
        if "content-length" in headers:
            return int(head[0].split()[1]), headers, await self.reader.readexactly(int(headers["content-length"]))
        return int(head[0].split()[1]), headers, b""

    async def closed(self) -> bool:
        return await asyncio.wait_for(self.reader.read(), 10) == b""


@dataclass
class Service:
    """The service on a socket, and how many deliveries were taken in at the door."""

    world: World
    address: str
    at_the_door: list[bool] = field(default_factory=list)

    @asynccontextmanager
    async def line(self) -> AsyncIterator[Line]:
        host, _, port = self.address.partition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        try:
            yield Line(reader, writer)
        finally:
            writer.close()

    def request(self, body: bytes, *, number: int = 1, headers: Sequence[str] = (), length: int | None = None, version: str = "1.1", path: str = "") -> bytes:
        path = path or f"/hooks/{self.world.installation_id}/"
        lines = [f"POST {path} HTTP/{version}", "Host: x", *headers, *(f"{name}: {value}" for name, value in signed(body, number=str(number)).items())]
        if length is None or length >= 0:
            lines.append(f"Content-Length: {len(body) if length is None else length}")
        return "\r\n".join([*lines, "", ""]).encode() + body


@pytest.fixture
async def service(world: World, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Service]:
    begin, taken = Hooks.begin, list[bool]()

    def begun(*args: object, **kwargs: object) -> bool:
        taken.append(begin(*args, **kwargs))  # type: ignore[arg-type]  # handed on
        return taken[-1]

    monkeypatch.setattr(Hooks, "begin", begun)
    await world.parts.runtime.installation(world.installation_id)
    async with served(world.app) as address:
        yield Service(world, address, taken)


BODY = body_of()


@pytest.mark.slow
async def test_a_delivery_is_answered_at_the_door_once_it_is_durable(service: Service) -> None:
    async with service.line() as line:
        for number in (1, 2, 2):
            await line.send(service.request(BODY, number=number))
            status, headers, body = await line.answer()
            assert (status, body, headers["content-length"]) == (202, b"", "0")
            assert "date" in headers
            assert "connection" not in headers
    assert service.at_the_door == [True] * 3
    assert await kept(service.world) == {"new": 2}


@pytest.mark.slow
async def test_it_may_come_in_pieces(service: Service) -> None:
    whole = service.request(BODY)
    cut = len(whole) - len(BODY)
    async with service.line() as line:
        for parts in ((whole[:cut], whole[cut:]), (whole[:30], whole[30 : cut + 5], whole[cut + 5 : -1], whole[-1:])):
            await line.send(*parts)
            assert (await line.answer())[0] == 202
    assert service.at_the_door == [True, True]


@pytest.mark.slow
async def test_requests_in_a_row_are_answered_in_a_row(service: Service) -> None:
    async with service.line() as line:
        await line.send(b"".join([service.request(BODY, number=1), service.request(BODY, number=2), b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"]))
        assert [(await line.answer())[0] for _ in range(3)] == [202, 202, 200]
    assert service.at_the_door == [True, True]
    assert await kept(service.world) == {"new": 2}


@pytest.mark.slow
@pytest.mark.parametrize(("header", "version"), [("Connection: close", "1.1"), ("Accept: */*", "1.0")])
async def test_a_connection_that_is_to_be_closed_is(service: Service, header: str, version: str) -> None:
    async with service.line() as line:
        await line.send(service.request(BODY, headers=[header], version=version))
        status, headers, _ = await line.answer()
        assert (status, headers["connection"]) == (202, "close")
        assert await line.closed()
    assert service.at_the_door == [True]


@pytest.mark.slow
async def test_what_is_out_of_the_ordinary_goes_the_way_of_all_requests(service: Service) -> None:
    chunked = service.request(BODY, headers=["Transfer-Encoding: chunked"], length=-1)[: -len(BODY)] + b"%x\r\n%b\r\n0\r\n\r\n" % (len(BODY), BODY)
    async with service.line() as line:
        await line.send(chunked)
        assert (await line.answer())[0] == 202
        large = body_of({"user": USER["user"] | {"bio_raw": "x" * 200_000}})
        await line.send(service.request(large, number=2))
        assert (await line.answer())[0] == 202
        waiting = service.request(BODY, number=3, headers=["Expect: 100-continue"])
        await line.send(waiting[: -len(BODY)])
        assert (await line.answer())[0] == 100
        await line.send(BODY)
        assert (await line.answer())[0] == 202
    assert service.at_the_door == []
    assert await kept(service.world) == {"new": 3}


@pytest.mark.slow
async def test_what_is_refused_is_refused_as_ever(service: Service) -> None:
    other = b'{"user":5}'
    async with service.line() as line:
        for request, status in (
            (service.request(BODY)[: -len(BODY)] + b"x" * len(BODY), 401),
            (service.request(other), 400),
            (service.request(BODY, path="/hooks/999999/"), 404),
            (service.request(BODY, path="/hooks/none/"), 404),
        ):
            await line.send(request)
            found, headers, body = await line.answer()
            assert found == status
            assert headers["content-type"] == "application/json"
            assert body
    assert await kept(service.world) == {}


@pytest.mark.slow
async def test_while_the_database_is_away_it_says_503(service: Service) -> None:
    async with service.line() as line:
        service.world.database.failure = Unavailable("away", code="database_down")
        await line.send(service.request(BODY))
        status, headers, _ = await line.answer()
        assert status == 503
        assert headers["retry-after"]
        service.world.database.failure = None
        await line.send(service.request(BODY))
        assert (await line.answer())[0] == 202
    assert service.at_the_door == [True, True]


@pytest.mark.slow
async def test_a_body_that_does_not_come_is_left_to_who_waits_for_slow_ones(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "BODY_SECONDS", 0.05)
    whole = service.request(BODY)
    async with service.line() as line:
        await line.send(whole[:-10])
        await asyncio.sleep(0.2)
        await line.send(whole[-10:])
        assert (await line.answer())[0] == 202
    assert service.at_the_door == []
    async with service.line() as line:
        await line.send(whole[:-10])
    await asyncio.sleep(0.2)
    assert await kept(service.world) == {"new": 1}


@pytest.mark.slow
async def test_somebody_who_left_before_the_answer_hinders_nobody(service: Service) -> None:
    put, go = service.world.database.put, asyncio.Event()

    async def slow(*arrivals: object) -> None:
        await go.wait()
        await put(*arrivals)  # type: ignore[arg-type]  # handed on

    service.world.database.put = slow  # type: ignore[method-assign]  # to have the time
    async with service.line() as line, service.line() as other:
        await line.send(service.request(BODY, number=1))
        await other.send(service.request(BODY, number=2))
        await asyncio.sleep(0.1)
        line.writer.transport.abort()
        await asyncio.sleep(0.05)
        go.set()
        assert (await other.answer())[0] == 202
    assert await kept(service.world) == {"new": 2}


@pytest.mark.slow
async def test_an_answer_of_another_host_is_given_as_it_is(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    host = service.world.parts.runtime.host("discourse")
    said = [Acknowledgement(status=200, body=b"{}", content_type="application/json"), Acknowledgement(status=202)]
    monkeypatch.setattr(type(host), "acknowledgement", staticmethod(lambda _delivery: said[0]))
    async with service.line() as line:
        for number in range(4):
            await line.send(service.request(BODY, number=number))
            status, headers, body = await line.answer()
            assert (status, body, headers.get("content-type")) == (said[0].status, said[0].body, "application/json" if said[0].body else None)
            said.reverse()
    assert service.at_the_door == [True] * 4
