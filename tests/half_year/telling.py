"""The half year told from the first day to the last, in this process or in one of its own."""

import asyncio
import dataclasses
import sys
from dataclasses import dataclass
from pathlib import Path

import orjson

from plugin.settings import Settings
from tests.conftest import FixedClock, make_settings
from tests.half_year.people import Person, people
from tests.half_year.places import Message, opened
from tests.half_year.service import service
from tests.half_year.story import DAYS, START, Story
from tests.half_year.teller import Look

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Told:
    """A story that was told, with what members found in their inboxes and what the dashboard said."""

    people: list[Person]
    log: list[tuple[str, str, str]]
    """What was done, by whom, and what the service said to it, in order."""
    events: dict[str, int]
    refused: dict[str, int]
    messages: list[Message]
    gone_with: list[Message]
    """What was in the inboxes of those who deleted their accounts."""
    looks: list[Look]

    def plain(self) -> bytes:
        """All of it; two half years with one seed are equal in this."""
        return orjson.dumps(dataclasses.asdict(self), option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)


async def told(settings: Settings, host: str, seed: int, *, days: int = DAYS) -> Told:
    """Tell the story on an empty database."""
    clock = FixedClock(now=START)
    async with opened(host)(START) as place, service(settings, place, clock, seed) as running:
        members = [dataclasses.replace(one, username=place.username(one.username, number)) for number, one in enumerate(people(200, seed))]
        story = Story(running, members, seed)
        await story.community()
        await running.connect()
        await story.tell(days=range(days))

        return Told(
            people=members,
            log=story.log,
            events=dict(story.events),
            refused=dict(story.refused),
            messages=await place.messages(),
            gone_with=story.gone_with,
            looks=story.looks,
        )


async def told_apart(database: Path, host: str, seed: int) -> bytes:
    """Tell the story in a process of its own on an empty database, and return :meth:`Told.plain` of it."""
    kept = database.with_suffix(".json")
    command = (sys.executable, "-m", "tests.half_year.telling", str(database), host, str(seed), str(kept))
    child = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE)
    try:
        _, errors = await child.communicate()
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    assert child.returncode == 0, errors.decode()[-4000:]
    return kept.read_bytes()


if __name__ == "__main__":
    _database, _host, _seed, _kept = sys.argv[1:]
    Path(_kept).write_bytes(asyncio.run(told(make_settings(database_url=f"sqlite:///{_database}"), _host, int(_seed))).plain())
