"""``python -m integrations.discourse.double``: a forum on a port of this machine."""

import argparse
import asyncio
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from integrations.discourse.double import archive, demo_data, persist
from integrations.discourse.double.api.keys import make_key
from integrations.discourse.double.app import create_double
from integrations.discourse.double.forum import Forum
from integrations.servers import server_of

SAVE_SECONDS = 5.0


def parser() -> argparse.ArgumentParser:
    """The command line."""
    made = argparse.ArgumentParser(prog="python -m integrations.discourse.double", description="A forum that behaves like Discourse, to try things on.")
    made.add_argument("--port", type=int, default=4200)
    made.add_argument("--host", default="127.0.0.1")
    made.add_argument("--base-url", default="", help="the address it believes to have; default is http://HOST:PORT")
    made.add_argument("--data", default="none", help="demo, none, or a .json file or folder in the same format")
    made.add_argument("--state", type=Path, help="read at the start if it is there, written every few seconds and at the end")
    made.add_argument("--archive", type=Path, help="topics.jsonl[.gz] to take over")
    made.add_argument("--users", type=Path, help="users.jsonl[.gz] of the archive")
    made.add_argument("--api-key", action="append", default=[], help="a global admin API key that is to exist")
    made.add_argument("--sso", action="append", default=[], metavar="DOMAIN|SECRET", help="a row of discourse_connect_provider_secrets")
    made.add_argument("--rate-limit", type=int, help="admin API requests per minute; 0 for none")
    return made


def build(arguments: argparse.Namespace) -> Forum:
    """The forum that a command line asks for. Raises :class:`ValueError` or :class:`OSError` for what cannot be read."""
    forum = Forum()
    if arguments.state is None or not persist.load(forum, arguments.state):
        if arguments.data != "none":
            path = demo_data.DEMO if arguments.data == "demo" else Path(arguments.data)
            demo_data.load_demo(forum, demo_data.read_demo(path))
        if arguments.archive is not None:
            archive.load_archive(forum, arguments.archive, arguments.users)
    forum.settings.base_url = arguments.base_url.rstrip("/") or f"http://{arguments.host}:{arguments.port}"
    for row in arguments.sso:
        if row not in forum.settings.discourse_connect_provider_secrets:
            forum.settings.discourse_connect_provider_secrets.append(row)
    if arguments.rate_limit is not None:
        forum.settings.admin_api_per_minute = arguments.rate_limit
    for key in arguments.api_key:
        if key not in forum.by_key:
            make_key(forum, key=key, description="command line")
    return forum


async def run(forum: Forum, arguments: argparse.Namespace) -> None:
    """Serve until a signal, and keep the state."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: None)  # the server takes them while it runs and raises them again at its end, before the state is saved
    server = server_of(create_double(forum), host=arguments.host, port=arguments.port, log_level="warning")
    saving = asyncio.create_task(_keep(forum, arguments.state)) if arguments.state else None
    try:
        await server.serve()
    finally:
        if saving is not None:
            saving.cancel()
            persist.save(forum, arguments.state)


async def _keep(forum: Forum, path: Path) -> None:
    saved = -1
    while True:
        await asyncio.sleep(SAVE_SECONDS)
        if forum.revision != saved:
            saved = forum.revision
            data = persist.dump(forum)
            await asyncio.to_thread(persist.write, data, path)


def main(words: Sequence[str] | None = None) -> int:
    """Run it; the status is 2 for a command line or data that cannot be used."""
    arguments = parser().parse_args(words)
    try:
        forum = build(arguments)
    except (ValueError, OSError) as error:
        sys.stderr.write(f"cannot start: {error}\n")
        return 2
    sys.stderr.write(f"{forum.settings.title}: {forum.settings.base_url}  ({len(forum.topics)} topics, {len(forum.users)} users)\n")
    asyncio.run(run(forum, arguments))
    return 0


if __name__ == "__main__":
    sys.exit(main())
