"""An attacker with a member's token against the service on a real socket: each attempt is refused, soon, without a 5xx, and what is honest still passes."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

import httpx2
import pytest

from plugin.domain.people import Scope
from tests.schema.world import World, served

SOON = 2.0
HELLO = "{ community { name } }"


@dataclass(frozen=True)
class Attempt:
    """What is sent. ``told`` must stand in the answer."""

    body: bytes
    told: str = ""
    status: tuple[int, ...] = (200, 400)
    kind: str = "application/json"


def query(text: str, told: str = "", **more: object) -> Attempt:
    return Attempt(json.dumps({"query": text, **more}).encode(), told)


def doubling(levels: int) -> str:
    pieces = [f"fragment F{one} on Community {{ ...F{one + 1} ...F{one + 1} }}" for one in range(levels)]
    return "{ community { ...F0 } } " + " ".join(pieces) + f" fragment F{levels} on Community {{ name }}"


COSTLY = " ".join(f"a{one}: members(first: $n) {{ edges {{ node {{ skills {{ evidence {{ title }} }} }} }} }}" for one in range(14))
NEEDS = " ".join(f'a{one}: setNeed(input: {{text: "x"}}) {{ userErrors {{ code }} }}' for one in range(16))
ATTEMPTS = {
    # Bodies
    "JSON of 100,000 levels": Attempt(b"[" * 100_000, status=(400, 413)),
    "JSON of 40,000 levels": Attempt(b'{"query":' + b"[" * 40_000 + b"]" * 40_000 + b"}"),
    "deep variables": Attempt(b'{"query":"{__typename}","variables":{"a":' + b"[" * 45_000 + b"]" * 45_000 + b"}}"),
    "invalid UTF-8": Attempt(b'{"query":"{ __typename }","x":"\xff\xfe"}'),
    "a number as body": Attempt(b"1"),
    "null as body": Attempt(b"null"),
    "a text as body": Attempt(b'"{ __typename }"'),
    "a batch": Attempt(b"[" + b",".join([b'{"query":"{ __typename }"}'] * 50) + b"]"),
    "an integer of 5,000 digits": Attempt(b'{"query":"query($n: Int){ members(first: $n) { edges { cursor } } }","variables":{"n":' + b"9" * 5_000 + b"}}"),
    "an integer of 5,000 digits in the query": query("{ members(first: " + "9" * 5_000 + ") { edges { cursor } } }"),
    "a float beyond all": Attempt(b'{"query":"{ __typename }","variables":{"a":1e999}}'),
    "NaN": Attempt(b'{"query":"{ __typename }","variables":{"a":NaN}}'),
    "5 MB": Attempt(b'{"query":"{ __typename }","pad":"' + b"x" * 5_000_000 + b'"}', status=(413,)),
    "duplicate keys": Attempt(b'{"query":"{ __typename }","query":1}'),
    "a form": Attempt(b"query=%7B__typename%7D", kind="application/x-www-form-urlencoded", status=(400,)),
    "plain text": Attempt(b'{"query":"{ __typename }"}', kind="text/plain", status=(400,)),
    "multipart": Attempt(b"--x\r\n\r\n--x--", kind="multipart/form-data; boundary=x", status=(400,)),
    "UTF-16": Attempt('{"query":"{ __typename }"}'.encode("utf-16"), kind="application/json; charset=utf-16"),
    # Texts
    "40 kB of comment": query("#" + "x" * 40_000 + "\n{ __typename }", "characters"),
    "40 kB of commas": query("{ __typename }" + "," * 40_000, "characters"),
    "10,000 fields": query("{ community { " + "name " * 10_000 + "} }", "characters"),
    "2,000 tokens": query("{ community { " + "name " * 2_000 + "} }", "token"),
    "a __typename flood": query("{ " + "__typename " * 1_200 + "}", "token"),
    "60 directives": query("{ community { name " + "@skip(if: false) " * 60 + "} }"),
    "60 unknown directives": query("{ community { name " + "@a " * 60 + "} }"),
    "100 aliases": query("{ " + " ".join(f"a{one}: community {{ name }}" for one in range(100)) + " }", "aliases"),
    "16 aliases of a mutation": query("mutation { " + NEEDS + " }", "aliases"),
    "depth by a cycle of fragments": query("{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }"),
    "depth of introspection": query("{ __schema { types " + "{ fields { type " * 8 + "{ name }" + " } }" * 8 + " } }"),
    "depth": query("{ viewer " + "{ member " * 30 + "{ id }" + " }" * 30 + " }", "levels"),
    "doubling fragments, 14 levels": query(doubling(14)),
    "doubling fragments, 25 levels": query(doubling(25)),
    "cost of lists in lists": query("{ " + COSTLY.replace("$n", "100") + " }", "values"),
    "cost by a default of a variable": query("query($n: Int = 100) { " + COSTLY + " }", "values"),
    "cost by a variable": query("query($n: Int) { " + COSTLY + " }", "values", variables={"n": 100}),
    "first: 1,000,000": query("{ members(first: 1000000) { edges { cursor } } }", "first must be"),
    "first: -1": query("{ members(first: -1) { edges { cursor } } }", "first must be"),
    "a cursor that is none": query('{ members(after: "!!") { edges { cursor } } }', "no cursor"),
    "an id that is none": query('{ program(id: "\'; DROP TABLE members; --") { name } }'),
    "an id of zero bytes": query('{ node(id: "\\u0000") { id } }'),
    "a lone surrogate": Attempt(b'{"query":"{ node(id: \\"\\\\ud800\\") { id } }"}'),
    # What is not told
    "introspection": query("{ __schema { types { name } } }", "introspection"),
    "introspection of a type": query('{ __type(name: "Member") { fields { name } } }', "introspection"),
    "a name that is almost right": query("{ comunity { nam } }"),
    "two operations, none named": query("query A { __typename } query B { __typename }"),
    "a subscription over POST": query("subscription { suggestionsChanged { count } }"),
}  # fmt: skip
HONEST = {
    "a field": query(HELLO),
    "variables": query("query($n: Int!) { members(first: $n) { edges { node { username } } } }", variables={"n": 3}),
    "an operation by name": query("query A { __typename } query B { community { name } }", operationName="B"),
    "aliases and fragments": query("{ a: community { ...F } b: community { ...F } } fragment F on Community { name url }"),
}


@pytest.fixture
async def service(world: World) -> AsyncIterator[tuple[str, Mapping[str, str]]]:
    """Where the service is, and the headers of a member who may not introspect."""
    token = await world.token("cat", scopes=[Scope.READ, Scope.ME])
    async with served(world.app) as address:
        yield address, {"Authorization": f"Bearer {token}"}


@pytest.mark.slow
async def test_no_attempt_gets_through(service: tuple[str, Mapping[str, str]]) -> None:
    address, headers = service
    wrong = []
    async with httpx2.AsyncClient(timeout=10) as http:

        async def sent(one: Attempt) -> httpx2.Response:
            return await http.post(f"http://{address}/graphql", content=one.body, headers={**headers, "Content-Type": one.kind})

        await sent(HONEST["a field"])
        for name, one in ATTEMPTS.items():
            began = time.perf_counter()
            answer = await sent(one)
            took, text = time.perf_counter() - began, answer.text
            refused = '"errors":' in text or '"error":' in text or answer.status_code == 400
            if name in {"NaN", "duplicate keys", "a float beyond all"} and answer.status_code == 200:
                refused = True  # whatever is made of such a body, it is an answer
            leaks = [word for word in ("Did you mean", "Traceback", ".py", "lookup", "MemberConnection") if word in text]
            harmless = answer.status_code == 200 and name.startswith(("doubling", "an id", "depth of introspection", "a lone"))
            if answer.status_code not in one.status or took > SOON or leaks or not (refused or harmless) or one.told not in text:
                wrong.append(f"{name}: {answer.status_code} after {took:.2f} s, {leaks}, {text[:200]}")
            assert answer.headers.get("x-content-type-options") == "nosniff", name
        for name, one in HONEST.items():
            answer = await sent(one)
            if answer.status_code != 200 or "errors" in answer.json():
                wrong.append(f"{name} is honest and was refused: {answer.text[:200]}")
    assert len(ATTEMPTS) >= 40
    assert not wrong, "\n".join(wrong)


async def raw(address: str, head: bytes, pieces: list[bytes], *, pause: float, patience: float) -> tuple[bytes, int, float]:
    """What came back for bytes that are sent piece by piece, how many were taken, and after how long the connection ended."""
    host, _, port = address.partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    began, sent, answer = time.perf_counter(), 0, b""
    try:
        writer.write(head)
        reading = asyncio.ensure_future(reader.read())
        for one in pieces:
            if reading.done():
                break
            writer.write(one)
            await writer.drain()
            sent += len(one)
            await asyncio.sleep(pause)
        answer = await asyncio.wait_for(reading, patience)
    except ConnectionError:
        pass
    finally:
        writer.close()
    return answer, sent, time.perf_counter() - began


@pytest.mark.slow
async def test_five_megabytes_are_not_taken_whether_they_come_fast_or_slowly(service: tuple[str, Mapping[str, str]]) -> None:
    address, headers = service
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    lines = f"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nConnection: close\r\n{head}"
    declared = f"{lines}Content-Length: 5000000\r\n\r\n".encode()
    answer, sent, _ = await raw(address, declared, [b"x" * 10_000] * 50, pause=0.01, patience=5)
    assert b" 413 " in answer
    assert sent < 200_000, "it is refused before it is read"
    chunk = b"2710\r\n" + b"x" * 10_000 + b"\r\n"
    answer, sent, _ = await raw(address, f"{lines}Transfer-Encoding: chunked\r\n\r\n".encode(), [chunk] * 500, pause=0.002, patience=5)
    assert b" 413 " in answer
    assert sent < 1_000_000


@pytest.mark.slow
async def test_an_expensive_attempt_holds_up_nobody_else(service: tuple[str, Mapping[str, str]]) -> None:
    """The event loop is free while somebody is being refused."""
    address, headers = service
    worst = [ATTEMPTS[name] for name in ("JSON of 40,000 levels", "doubling fragments, 25 levels", "cost of lists in lists", "2,000 tokens", "5 MB")]
    async with httpx2.AsyncClient(timeout=20) as http:

        async def attack() -> None:
            for one in worst * 4:
                await http.post(f"http://{address}/graphql", content=one.body, headers={**headers, "Content-Type": one.kind})

        attacking = asyncio.gather(*(attack() for _ in range(3)))
        slowest = 0.0
        while not attacking.done():
            began = time.perf_counter()
            assert (await http.get(f"http://{address}/healthz")).status_code == 200
            slowest = max(slowest, time.perf_counter() - began)
            await asyncio.sleep(0.02)
        await attacking
    assert slowest < 1.0, f"somebody waited for {slowest:.2f} s"
