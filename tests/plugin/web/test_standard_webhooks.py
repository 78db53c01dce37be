"""A host that signs by Standard Webhooks, over a real socket: whatever is wrong with its headers is a 401, and nothing of it is kept."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from mentorgraph.host import Admitted, Delivery, Installation
from mentorgraph.standard_webhooks import verify
from plugin.app import Parts, build, compose
from plugin.settings import Settings
from plugin.store.crypto import Vault
from plugin.store.sqlite import SqliteDatabase
from tests.conftest import FixedClock
from tests.plugin.support import FakeClient, FakeHost, Picture, community
from tests.schema.world import served

VECTORS: Mapping[str, Any] = json.loads((Path(__file__).parents[2] / "mentorgraph" / "standard_webhooks.json").read_text(encoding="utf-8"))
NOW = datetime.fromtimestamp(VECTORS["now"], UTC)
RAW = {
    "bytes that are no text": b"\xff\xfe\x80",
    "half of a letter": b"v1,\xc3",
    "many commas": b"v1,,,,,v1,",
    "only a comma": b",",
    "a very long line": b"v1," + b"A" * 20_000,
    "very many": b" ".join([b"v1,AAAA"] * 2_000),
}


@dataclass
class SigningHost(FakeHost):
    """As docs/hosts.md tells hosts whose platform signs so."""

    secrets: tuple[str, ...] = ()

    def verify(self, delivery: Delivery, installation: Installation) -> None:
        verify(self.secrets, headers=delivery.headers, body=delivery.body, now=NOW)

    def admit(self, delivery: Delivery) -> Admitted:
        return Admitted(key=delivery.headers["webhook-id"], kind="told", body=delivery.body)


@dataclass
class Door:
    """The service on its socket."""

    host: SigningHost
    parts: Parts
    address: str
    id: int

    async def bring(self, secrets: list[str], headers: Mapping[str, bytes | None], body: bytes) -> int:
        """The status that a delivery gets."""
        self.host.secrets = tuple(secrets)
        name, _, port = self.address.rpartition(":")
        reader, writer = await asyncio.open_connection(name, int(port))
        lines = [b"POST /hooks/%d/ HTTP/1.1" % self.id, b"host: x", b"connection: close", b"content-length: %d" % len(body)]
        lines += [key.encode() + b": " + value for key, value in headers.items() if value is not None]
        writer.write(b"\r\n".join(lines) + b"\r\n\r\n" + body)
        status = int((await reader.readline()).split()[1])
        writer.close()
        return status

    async def kept(self) -> int:
        return sum((await self.parts.runtime.database.read(self.id, lambda unit: unit.inbox.counts())).values())


@pytest.fixture
async def door(sqlite_settings: Settings, vault: Vault, clock: FixedClock) -> AsyncIterator[Door]:
    host = SigningHost(FakeClient(Picture(), clock))
    database = SqliteDatabase(sqlite_settings.sqlite_path, vault=vault, clock=clock)
    parts = compose(sqlite_settings, clock=clock, hosts={"fake": host}, database=database)
    made = await community(database)
    async with served(build(parts, embedded_worker=False)) as address:
        yield Door(host, parts, address, made)


def given(one: Mapping[str, Any]) -> tuple[list[str], dict[str, bytes | None], bytes]:
    """A vector as it goes through the wire."""
    headers = {**VECTORS["base"]["headers"], **one.get("headers", {})}
    sent = {key: None if value is None else value.encode() for key, value in headers.items()}
    return one.get("secrets", VECTORS["base"]["secrets"]), sent, one.get("body", VECTORS["base"]["body"]).encode()


async def test_every_bad_vector_is_a_401_and_every_good_one_is_kept(door: Door) -> None:
    for one in VECTORS["bad"]:
        secrets, headers, body = given(one)
        # A line end cannot be sent in a header, and spaces around a value are not the value's (RFC 9110 §5.5).
        if all(value is None or value == value.strip() for value in headers.values()):
            assert await door.bring(secrets, headers, body) == 401, one["name"]
    assert await door.kept() == 0
    for one in VECTORS["good"]:
        assert await door.bring(*given(one)) == 202, one["name"]
    assert await door.kept() > 0


@pytest.mark.parametrize("name", VECTORS["base"]["headers"])
async def test_bytes_of_any_kind_in_a_header_are_a_401(door: Door, name: str) -> None:
    secrets, headers, body = given({})
    for what, value in RAW.items():
        assert await door.bring(secrets, headers | {name: value}, body) == 401, what
    assert await door.bring(secrets, headers, b"\xff\xfe") == 401, "a body that is no text"
    assert await door.kept() == 0
