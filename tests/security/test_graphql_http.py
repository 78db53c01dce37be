"""The audits of npm ``graphql-http``, as its authors wrote them, against the real service over HTTP.

They are for a developer's token that may introspect: a service that shows its schema to nobody cannot pass them.
"""

import asyncio
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.schema.world import World, served

PACKAGES = {"graphql-http": "1.23.1", "graphql": "16.15.0"}
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "mentorgraph-tests" / "graphql-http-1.23.1"
SCRIPT = Path(__file__).parent / "graphql_http.mjs"
AUDITS = 61


def missing(reason: str) -> None:
    """What is missing is a failure where the tests are to be complete."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def node() -> str:
    """Node, and the audits beside it, from the registry or from an earlier run."""
    found, npm = shutil.which("node"), shutil.which("npm")
    if found is None or npm is None:
        missing("the audits need Node 20 or newer and npm: https://nodejs.org")
        raise AssertionError
    version = subprocess.run([found, "--version"], capture_output=True, text=True, check=True, timeout=30).stdout  # noqa: S603 - Node itself
    if int(version.removeprefix("v").partition(".")[0]) < 20:
        missing(f"the audits need Node 20 or newer, this is {version.strip()}")
    if not all((CACHE / "node_modules" / name / "package.json").is_file() for name in PACKAGES):
        CACHE.mkdir(parents=True, exist_ok=True)
        (CACHE / "package.json").write_text(json.dumps({"private": True, "dependencies": PACKAGES}))
        install = [npm, "install", "--no-audit", "--no-fund", "--ignore-scripts"]
        done = subprocess.run(install, cwd=CACHE, capture_output=True, text=True, check=False, timeout=240)  # noqa: S603 - npm
        if done.returncode != 0:
            missing(f"the audits could not be installed from the npm registry: {done.stderr.strip().splitlines()[-1:]}")
    return found


async def audits(node: str, address: str, token: str) -> list[dict[str, str]]:
    """What each audit found."""
    process = await asyncio.create_subprocess_exec(
        node,
        str(SCRIPT),
        str(CACHE),
        f"http://{address}/graphql",
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={"PATH": os.environ["PATH"], "AUDIT_TOKEN": token},
    )
    said, errors = await asyncio.wait_for(process.communicate(), 120)
    assert process.returncode == 0, errors.decode()
    return [json.loads(line) for line in said.decode().splitlines()]


@pytest.mark.slow
async def test_every_audit_passes(world: World, node: str) -> None:
    token = await world.token("cat")
    async with served(world.app) as address:
        found = await audits(node, address, token)
    assert len(found) == AUDITS
    assert not [one for one in found if one["status"] != "ok"]


@pytest.mark.slow
async def test_the_audits_can_fail(world: World, node: str) -> None:
    """Without a token introspection is refused, and with it some audits: what is measured is this service."""
    async with served(world.app) as address:
        found = await audits(node, address, "")
    assert [one for one in found if one["status"] == "error"]
