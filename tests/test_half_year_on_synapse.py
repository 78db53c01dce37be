"""The half year, compressed, on a real homeserver, with an outage and a restart in the middle: nothing is lost, nothing comes twice."""

import asyncio
import dataclasses
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from plugin.domain.content import Post
from plugin.domain.members import Member
from plugin.settings import Settings
from plugin.store.unit_of_work import UnitOfWork
from plugin.worker import Worker
from tests.conftest import FixedClock
from tests.half_year import days
from tests.half_year.books import Books, duplicates
from tests.half_year.figures import apart
from tests.half_year.matrix import Homestead, homestead
from tests.half_year.people import people
from tests.half_year.places import Message
from tests.half_year.service import LANES, Service, service
from tests.half_year.story import START, Story
from tests.synapse import SERVER_NAME

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1500), pytest.mark.xdist_group("synapse")]
SEED, COUNT = 20270104, 50
PATIENCE = 30
"""How often it is looked whether everything has arrived; each time it is twenty minutes later."""
BEFORE, AFTER = (0, 1, 6, 12, 14, 15, 17), (20, 22, 24, 26, 29, 31, 43, 50, 60, 75, 90, 130, 168, 181)
"""The days that are told: those on which something is set, and some between, close enough together that sessions are agreed on and held within them. On each of
them the most diligent look in."""


async def test_half_a_year_on_a_homeserver_that_was_away_and_started_anew(sqlite_settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(days, "LOOKS_IN", 1.0)
    folder = tmp_path / "synapse"
    folder.mkdir()
    async with homestead(folder) as place, service(sqlite_settings, place, FixedClock(now=START), SEED) as running:
        members = [dataclasses.replace(one, username=place.username(one.username, number)) for number, one in enumerate(people(COUNT, SEED))]
        story = Story(running, members, SEED)
        await story.community()
        await running.connect()
        await story.tell(days=BEFORE)
        await _an_outage_and_a_restart(place, running, story)
        await story.tell(days=AFTER)
        messages = await place.messages()
    books = Books(sqlite_settings.sqlite_path)
    for what in ("announced", "enrolled", "by link", "approved", "published", "asked", "accepted", "proposed", "agreed", "held"):
        assert story.events.get(what), (what, story.events, story.refused)
    assert books.count("SELECT count(*) FROM session_people WHERE held = 1") > 0, "who took part said so"
    assert sum(count for what, count in story.events.items() if what.startswith("answered ")) > 5
    assert books.count("SELECT count(*) FROM mentorships WHERE ended_at IS NULL") == 0 < books.count("SELECT count(*) FROM mentorships")
    assert books.count("SELECT count(*) FROM announcements WHERE version > 1") == story.events["program"], "they were changed in place at the end"
    for table in ("jobs", "outbox", "inbox"):
        assert books.count(f"SELECT count(*) FROM {table} WHERE state = 'dead'") == 0, table
    for look in story.looks:
        assert apart(look.shown, look.counted, where=f"day {look.day}, {look.program}") == []
    _every_message_is_one(story, messages, books)
    assert b"xylophonic marmalade" not in sqlite_settings.sqlite_path.read_bytes(), "what is said in private was never kept"


async def _an_outage_and_a_restart(place: Homestead, running: Service, story: Story) -> None:
    """The service is away while members talk, one joins and one takes the word back; meanwhile the homeserver is started anew."""
    place.door.shut = True
    await place.sign_up("zora")
    topic = await place.ask(story.people[0].username, "Said while nobody heard it", "Who knows how to price a workshop for beginners?")
    answers = [await place.answer(f"zora:{SERVER_NAME}", topic, "I do"), await place.answer(story.people[1].username, topic, "So do I")]
    await place.restart()
    answers.append(await place.answer(story.people[2].username, topic, "And I, after the homeserver came back"))
    assert place.door.refused, "it tried, and nobody was there"
    place.door.shut = False
    await running.work()
    # Started anew once more while nothing waits, it counts its transactions from 1.
    before = set(place.door.numbers)
    await place.restart()
    answers.append(await place.answer(story.people[3].username, topic, "I too, after it came back once more"))
    await running.work()
    said = (topic, *answers)

    def known(unit: UnitOfWork) -> tuple[list[Post | None], Member | None]:
        return [unit.posts.get(one) for one in said], unit.members.by_username(f"zora:{SERVER_NAME}")

    for _ in range(PATIENCE):
        posts, newcomer = await running.parts.runtime.database.read(running.installation_id, known)
        missing = [place for place, one in enumerate(posts) if one is None or not one.live]
        if not missing and newcomer is not None:
            break
        # What a homeserver had in memory for us when it ended it does not send again: our hourly reading finds it.
        await asyncio.sleep(0.5)
        await running.move(running.clock.now + timedelta(minutes=20))
        await Worker(running.parts.runtime, running.parts.graphs).run_until_idle(lanes=LANES | {"reconcile"})
    assert missing == [], "nothing is lost"
    assert newcomer is not None
    assert place.door.numbers[-1] in before, "ids of transactions came again, and were not taken for repeats"


def _every_message_is_one(story: Story, messages: Sequence[Message], books: Books) -> None:
    """Every message is in one inbox once, and nobody has one who did not agree."""
    assert duplicates(messages) == []
    rows = books.rows("SELECT kind, remote_id FROM outbox WHERE state = 'sent'")
    written = [row["remote_id"] for row in rows if row["kind"].startswith(("notice.", "together.")) or row["kind"] == "suggestions"]
    assert len(set(written)) == len(written)
    assert {one.number for one in messages} <= set(written) <= {one.number for one in (*messages, *story.gone_with)}
    agreed = {one.username for one in story.people if one.wants_messages}
    assert {one.to for one in messages} <= agreed
    assert len(messages) > 50
