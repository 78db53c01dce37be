"""The audits of npm ``graphql-http``, as its authors wrote them, against the real service over HTTP.

They are for a developer's token that may introspect: a service that shows its schema to nobody cannot pass them.
"""

import asyncio
import json
import os
from pathlib import Path

import pytest

from tests import tools
from tests.schema.world import World, served

SCRIPT = Path(__file__).parent / "graphql_http.mjs"
AUDITS = 61


async def audits(address: str, token: str) -> list[dict[str, str]]:
    """What each audit found."""
    process = await asyncio.create_subprocess_exec(
        tools.node(),
        str(SCRIPT),
        str(await asyncio.to_thread(tools.from_npm, graphql_http="1.23.1", graphql="16.15.0")),
        f"http://{address}/graphql",
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={"PATH": os.environ["PATH"], "AUDIT_TOKEN": token},
    )
    said, errors = await asyncio.wait_for(process.communicate(), 120)
    assert process.returncode == 0, errors.decode()
    return [json.loads(line) for line in said.decode().splitlines()]


@pytest.mark.slow
async def test_every_audit_passes(world: World) -> None:
    token = await world.token("cat")
    async with served(world.app) as address:
        found = await audits(address, token)
    assert len(found) == AUDITS
    assert not [one for one in found if one["status"] != "ok"]


@pytest.mark.slow
async def test_the_audits_can_fail(world: World) -> None:
    """Without a token introspection is refused, and with it some audits: what is measured is this service."""
    async with served(world.app) as address:
        found = await audits(address, "")
    assert [one for one in found if one["status"] == "error"]
