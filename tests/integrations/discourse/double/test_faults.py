"""A bad day, over real HTTP."""

import gzip
import json
import time
from collections.abc import AsyncIterator
from email.utils import parsedate_to_datetime

import httpx2
import pytest

from integrations.discourse.double.client import ControlError
from integrations.discourse.double.errors import Json
from integrations.discourse.double.forum import Forum
from integrations.discourse.double.process import Running, running_double


@pytest.fixture
async def running(forum: Forum) -> AsyncIterator[Running]:
    async with running_double(forum) as running:
        yield running


@pytest.fixture
async def client(running: Running) -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=running.base_url, timeout=0.4, trust_env=False) as client:
        yield client


async def read_for_a_moment(client: httpx2.AsyncClient) -> None:
    started = time.monotonic()
    async with client.stream("GET", "/latest.json") as response:
        async for _ in response.aiter_raw():
            if time.monotonic() - started > 0.3:
                raise httpx2.ReadTimeout("it drips")


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["truncate", "reset", "hang", "drip"])
async def test_answers_that_never_come_whole(running: Running, client: httpx2.AsyncClient, kind: str) -> None:
    await running.control.faults({"kind": kind, "path": r"^/latest"})
    kinds = (httpx2.RemoteProtocolError, httpx2.ReadError, httpx2.ReadTimeout)
    with pytest.raises(kinds) as caught:
        await read_for_a_moment(client)
    assert isinstance(caught.value, httpx2.ReadTimeout) == (kind in ("hang", "drip"))
    assert (await client.get("/latest.json")).status_code == 200


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fault", "status", "content_type"),
    [
        ({"kind": "status", "status": 500}, 500, "text/plain"),
        ({"kind": "status", "status": 429, "retry_after": 7}, 429, "application/json"),
        ({"kind": "html", "status": 502}, 502, "text/html"),
        ({"kind": "html", "status": 200}, 200, "text/html"),
        ({"kind": "garbage-json"}, 200, "application/json"),
        ({"kind": "empty"}, 200, "application/json"),
        ({"kind": "redirect", "location": "http://10.0.0.1/"}, 302, ""),
    ],
)
async def test_wrong_answers(running: Running, client: httpx2.AsyncClient, fault: Json, status: int, content_type: str) -> None:
    await running.control.faults(fault | {"path": "^/latest", "method": "GET"})
    response = await client.get("/latest.json")
    assert response.status_code == status
    assert response.headers.get("content-type", "").startswith(content_type)
    if "retry_after" in fault:
        assert response.headers["retry-after"] == "7"
    if fault["kind"] in ("garbage-json", "empty"):
        with pytest.raises(json.JSONDecodeError):
            response.json()
    assert (await client.get("/latest.json")).status_code == 200


async def test_retry_after_as_a_date(running: Running, client: httpx2.AsyncClient) -> None:
    await running.control.faults({"kind": "status", "status": 503, "retry_after": "date:90"})
    response = await client.get("/latest.json")
    wait = parsedate_to_datetime(response.headers["retry-after"]).timestamp() - time.time()
    assert 80 < wait <= 91
    assert response.json()["error_type"] == "read_only"


async def test_too_much(running: Running, client: httpx2.AsyncClient) -> None:
    await running.control.faults({"kind": "huge", "size": 3_000_000}, {"kind": "gzip-bomb", "size": 5_000_000})
    assert len((await client.get("/latest.json")).content) > 2_900_000
    async with client.stream("GET", "/latest.json") as response:
        packed = b"".join([chunk async for chunk in response.aiter_raw()])
    assert len(packed) < 20_000
    assert len(gzip.decompress(packed)) == 5_000_000


async def test_only_what_matches_and_only_so_often(running: Running, client: httpx2.AsyncClient) -> None:
    await running.control.faults(
        {"kind": "status", "status": 500, "path": "^/posts", "times": 2}, {"kind": "status", "status": 501, "method": "POST", "times": -1}
    )
    assert (await client.get("/latest.json")).status_code == 200
    assert [(await client.get("/posts.json")).status_code for _ in range(3)] == [500, 500, 200]
    assert [(await client.post("/latest.json")).status_code for _ in range(3)] == [501] * 3
    hits = (await running.control.fault_hits())["faults"]
    assert isinstance(hits, list)
    assert [fault["hits"] for fault in hits] == [2, 3]


async def test_late_but_right(running: Running, client: httpx2.AsyncClient) -> None:
    await running.control.faults({"kind": "delay", "delay": 0.15})
    started = time.monotonic()
    assert (await client.get("/latest.json")).status_code == 200
    assert time.monotonic() - started >= 0.15


async def test_a_fault_that_does_not_exist(running: Running) -> None:
    with pytest.raises(ControlError, match="kind is one of"):
        await running.control.faults({"kind": "earthquake"})


async def test_chance_by_seed(running: Running, client: httpx2.AsyncClient) -> None:
    async def run() -> list[int]:
        await running.control.faults({"kind": "status", "status": 500, "times": -1, "chance": 40}, seed=5)
        return [(await client.get("/srv/status.json")).status_code for _ in range(20)]

    first = await run()
    assert set(first) == {200, 500}
    assert await run() == first
