"""What tools of others find: clairvoyance no schema, Schemathesis nothing that is the server's fault."""

import asyncio
import json
import os
import re
from pathlib import Path

import pytest

from plugin.domain.people import Scope
from schema.schema import schema
from tests.schema.world import World, served
from tests.security.probes import installed

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


async def run(*command: str, seconds: float, cwd: Path, **more: str) -> tuple[int, str]:
    process = await asyncio.create_subprocess_exec(
        *command, cwd=cwd, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT, env={"PATH": os.environ["PATH"], "HOME": str(Path.home()), **more}
    )
    said, _ = await asyncio.wait_for(process.communicate(), seconds)
    return process.returncode or 0, said.decode(errors="replace")


async def test_clairvoyance_learns_no_name(world: World, tmp_path: Path) -> None:
    """Even with a list in which every name of the schema stands, nothing tells it which of them are right."""
    commands = await asyncio.to_thread(installed)
    words, found = tmp_path / "words", tmp_path / "found.json"
    words.write_text("members viewer community node programs nothing zebra name title edges cursor".replace(" ", "\n"))
    token = await world.token("cat", scopes=[Scope.READ, Scope.ME])
    async with served(world.app) as address:
        header = f"Authorization: Bearer {token}"
        await run(
            str(commands / "clairvoyance"), f"http://{address}/graphql", "-H", header, "-w", str(words), "-o", str(found), "-c", "4", seconds=240, cwd=tmp_path
        )
    ours = {
        name
        for name in schema._schema.type_map
        if not name.startswith("__") and name not in {"Query", "Mutation", "Subscription", "ID", "String", "Int", "Float", "Boolean"}
    }
    told = set() if not found.exists() else {one["name"] for one in json.loads(found.read_text())["data"]["__schema"]["types"]}
    assert not told & ours, told & ours


async def test_schemathesis_finds_nothing_that_is_the_servers_fault(world: World, tmp_path: Path) -> None:
    commands = await asyncio.to_thread(installed)
    token = await world.token("cat")
    hooks = Path(__file__).with_name("schemathesis_hooks.py")
    async with served(world.app) as address:
        _, said = await run(
            str(commands / "st"),
            "run",
            f"http://{address}/graphql",
            "-H",
            f"Authorization: Bearer {token}",
            "--max-examples=2",
            "--phases=fuzzing",
            "--no-color",
            "--generation-database=none",
            # With these the token would be gone, or the member.
            *(word for name in ("signOutEverywhere", "revokeToken", "eraseMe") for word in ("--exclude-name", f"Mutation.{name}")),
            seconds=400,
            cwd=tmp_path,
            SCHEMATHESIS_HOOKS=str(hooks),
        )
    assert re.search(r"Tested: \d\d+", said), said[-3000:]
    # It counts as a failure as well that we refuse what it made up: ids that name nothing, and what this member may not do.
    found = set(re.findall(r"^ *❌ (ST\d+ .*?): \d+$", said, re.MULTILINE))
    assert found <= {"ST206 GraphQL client error"}, said[-6000:]
