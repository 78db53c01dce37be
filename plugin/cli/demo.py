"""A whole community to try: a forum, the service, and the two connected over real HTTP."""

import asyncio
import contextlib
import os
import secrets
import signal
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated

import httpx2
import typer
import uvicorn

from plugin.app import Parts, build, compose
from plugin.cli.common import WITH_TIME, fail, guarded, out
from plugin.cli.communities import read_whole
from plugin.cli.serving import Server, port_is_free, server_config
from plugin.logs import configure_logging
from plugin.services.hosts import connect as connecting
from plugin.services.hosts.connect import NewConnection
from plugin.services.identity import access
from plugin.settings import Settings
from plugin.store.migrate import migrate_database

_ROOT = Path(__file__).resolve().parents[2]
POLICY = {"opt_in_field": "3", "offers_field": "1", "wants_field": "2", "places_field": "4", "mentor_group": "41"}
ADMIN = "marit"
"""The admin of the demo's forum."""
PER_MINUTE = "3000"
"""The demo's forum allows more calls than a real one, so that nobody waits."""
QUERY = """{
  viewer {
    member { username }
    suggestions(first: 3) {
      edges { node {
        score
        member { username name }
        reasons { text contribution evidence { title url } }
      } }
    }
  }
}"""


def demo(
    port: Annotated[int, typer.Option(min=1, max=65535, help="Where the service listens.")] = 8000,
    forum_port: Annotated[int, typer.Option(min=1, max=65535, help="Where the forum listens.")] = 4200,
    folder: Annotated[Path, typer.Option(help="Where the demo keeps its data; a second run goes on with it.")] = Path(".demo"),
) -> None:
    """Start a forum of founders and career changers, connect it, and show the first suggestions. Ctrl-C ends all of it."""
    for number in (port, forum_port):
        if not port_is_free("127.0.0.1", number):
            fail(f"port {number} is taken: stop what listens there, or choose others with --port and --forum-port")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        fail(f"the folder {folder} cannot be made: choose another with --folder")
    settings = _settings(folder, port=port, forum_port=forum_port)
    configure_logging(settings)
    guarded(_run(settings, folder, port=port, forum_port=forum_port))


def _settings(folder: Path, *, port: int, forum_port: int) -> Settings:
    key_file = folder / "secret"
    if not key_file.exists():
        key_file.touch(mode=0o600)
        key_file.write_text(secrets.token_hex(32))
    return Settings(
        database_url=f"sqlite:///{folder / 'mentorgraph.db'}",
        public_url=f"http://127.0.0.1:{port}",
        secret_keys=(key_file.read_text().strip(),),
        allow_private=(f"127.0.0.1:{forum_port}",),
        log_level=os.environ.get("MENTORGRAPH_LOG_LEVEL", "error"),
        log_json=False,
    )


async def _run(settings: Settings, folder: Path, *, port: int, forum_port: int) -> None:
    began = time.monotonic()
    forum_url = f"http://127.0.0.1:{forum_port}"
    main = asyncio.current_task()
    assert main is not None  # noqa: S101 - we are in it
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, main.cancel)
    async with _forum(folder, forum_port):
        await migrate_database(settings)
        parts = compose(settings, patience=WITH_TIME)
        server = Server(server_config(build(parts, embedded_worker=True), host="127.0.0.1", port=port))
        serving = asyncio.create_task(server.serve())
        try:
            await _started(server, serving)
            installation_id = await _connected(parts, forum_url)
            username, token = await _token_of_somebody_with_a_question(parts, installation_id)
            await _tell(settings, forum_url, folder=folder, username=username, token=token, seconds=time.monotonic() - began)
            # Not awaited itself: an end of ours must let it finish, not cut it off.
            await asyncio.wait({serving})
        finally:
            server.should_exit = True
            await asyncio.wait({serving}, timeout=35)


@contextlib.asynccontextmanager
async def _forum(folder: Path, port: int) -> AsyncIterator[None]:
    command = ["-m", "integrations.discourse.double", "--port", str(port), "--data", "demo", "--state", str(folder / "forum.json"), "--rate-limit", "0"]
    environment = os.environ | {"PYTHONPATH": str(_ROOT)}
    # A session of its own: Ctrl-C reaches only us, and we end the forum after the service has finished with it.
    process = await asyncio.create_subprocess_exec(sys.executable, *command, env=environment, start_new_session=True)
    try:
        async with httpx2.AsyncClient(trust_env=False) as client:
            for _ in range(300):
                if process.returncode is not None:
                    fail("the forum of the demo did not start; its message is above")
                with contextlib.suppress(httpx2.TransportError):
                    if (await client.get(f"http://127.0.0.1:{port}/site/basic-info.json")).is_success:
                        break
                await asyncio.sleep(0.1)
            else:
                fail("the forum of the demo did not answer within half a minute: try again when the machine has less to do")
            # Compiling the theme component takes Node, which nobody needs for the demo.
            await client.post(f"http://127.0.0.1:{port}/_double/settings", json={"web_component": True})
        yield
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
            try:
                await asyncio.wait_for(process.wait(), 10)
            except TimeoutError:
                process.kill()


async def _started(server: uvicorn.Server, serving: asyncio.Task[None]) -> None:
    while not server.started:
        if serving.done():
            fail("the service did not start")
        await asyncio.sleep(0.02)


async def _connected(parts: Parts, forum_url: str) -> int:
    known = [one.id for one in await connecting.communities(parts.runtime) if one.base_url == forum_url]
    if known:
        return known[0]
    out.print("Connecting the forum and reading it …")
    async with httpx2.AsyncClient(trust_env=False, base_url=forum_url) as forum:
        # What an admin does in the forum by hand: make a key, later paste the sign-in row.
        key = (await forum.post("/_double/act", json={"act": "api_key"})).json()["key"]
        made = await connecting.connect(
            parts.runtime,
            NewConnection(host="discourse", url=forum_url, api_key=key, host_settings={"requests_per_minute": PER_MINUTE}, policy=POLICY),
        )
        installation = await parts.runtime.installation(made.installation_id)
        row = f"127.0.0.1|{installation.sign_in_secrets[0]}"
        await forum.post("/_double/settings", json={"enable_discourse_connect_provider": True, "discourse_connect_provider_secrets": [row]})
    await read_whole(parts, made.installation_id, whole=True, quiet=False)
    return made.installation_id


async def _token_of_somebody_with_a_question(parts: Parts, installation_id: int) -> tuple[str, str]:
    """A token for the member for whose question somebody fits best, once there are suggestions."""
    for _ in range(100):
        found = await parts.runtime.database.read(installation_id, lambda unit: unit.suggestions.best_served())
        if found is not None:
            break
        await asyncio.sleep(0.1)
    else:
        fail("no suggestions appeared within ten seconds; run again with MENTORGRAPH_LOG_LEVEL=info to see why")
    member = await parts.runtime.database.read(installation_id, lambda unit: unit.members.get(found))
    assert member is not None  # noqa: S101 - suggestions go with their member
    token = await access.create_token(parts.runtime, installation_id, member_id=member.id, scopes=None, name="demo", lifetime=None, audience="api")
    return member.username, token


async def _tell(settings: Settings, forum_url: str, *, folder: Path, username: str, token: str, seconds: float) -> None:
    async with httpx2.AsyncClient(trust_env=False) as client:
        answer = await client.post(f"{settings.public_url}/graphql", json={"query": QUERY}, headers={"Authorization": f"Bearer {token}"})
    out.print()
    out.print(f"Ready after {seconds:.1f} s.", style="bold green")
    out.print(f"  Forum      {forum_url}", markup=False)
    out.print(f"  Service    {settings.public_url}", markup=False)
    out.print(f"  Members    {settings.public_url}/my", markup=False)
    out.print(f"  Console    {settings.public_url}/console   (log in to the forum as {ADMIN}, its admin)", markup=False)
    out.print(f"  GraphiQL   {settings.public_url}/graphql", markup=False)
    out.print(f"  Token      {token}   (acts for {username})", markup=False)
    out.print("\nA query to try:", style="bold")
    out.print(
        f"  curl -s {settings.public_url}/graphql -H 'Authorization: Bearer {token}' -H 'Content-Type: application/json' \\\n"
        '    -d \'{"query":"{ expertsFor(need: \\"pricing a first product\\", first: 3) { member { username } reasons { text contribution } } }"}\'',
        markup=False,
    )
    out.print(f"\nWho could help {username}, who asked in the forum, and why:", style="bold")
    for edge in answer.json()["data"]["viewer"]["suggestions"]["edges"]:
        node = edge["node"]
        person = node["member"]
        out.print(f"  {node['score']:5.1f}  {person['name'] or person['username']} (@{person['username']})", style="bold", markup=False)
        for reason in node["reasons"]:
            if abs(reason["contribution"]) < 0.05:
                continue  # shown it would be a nought
            out.print(f"         {reason['contribution']:+5.1f}  {reason['text']}", markup=False)
            for one in reason["evidence"][:2]:
                out.print(f"                · {one['title']}  {one['url']}", style="dim", markup=False)
    out.print("\nNow sign up in the forum (nobody needs a password) and ask a question: who could help stands above the list of topics, a second later.")
    out.print(f"Ctrl-C ends everything; the data stays in {folder}.", markup=False)
