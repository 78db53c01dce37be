"""Half a year of a community in one test: recruitment, a round, requests, sessions, no-shows, feedback, nudges, digests, endings, a rematch, evaluation.

It is told on an imitation of the community's platform over real HTTP, with one clock on both sides. tests/half_year has the people, what they do, and the
books.
"""

import shutil
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from plugin.settings import Settings
from schema.ids import parse_number
from tests.conftest import FixedClock
from tests.half_year.books import HEALTH, Books, duplicates, shown
from tests.half_year.people import Person, people
from tests.half_year.places import PLACES, Message, opened
from tests.half_year.service import service
from tests.half_year.story import DAYS, START, Story

pytestmark = [pytest.mark.unfinished, pytest.mark.timeout(1200)]
SEED = 20270104
AGAIN = 16
"""So many days are told a second time, to see that the seed decides everything."""


@dataclass
class Told:
    """A story that was told, with what members found in their inboxes and what the dashboard said."""

    story: Story
    messages: list[Message]
    health: dict[str, dict[str, object]]
    figures: dict[str, dict[str, object]]
    books: Books
    members: list[Person]


async def told(settings: Settings, host: str, *, days: int) -> Told:
    """Tell the story of so many days."""
    clock = FixedClock(now=START)
    members = people(200, SEED)
    async with opened(host)(START) as place, service(settings, place, clock, SEED) as running:
        story = Story(running, members, SEED)
        await story.community()
        await running.connect()
        await story.tell(days=days)
        books, health, figures = Books(settings.sqlite_path), {}, {}
        for name, program in story.programs.items():
            found = (await running.ask(HEALTH, p=program))["programEvaluation"]
            number = parse_number(program, type_name="Program", installation_id=running.installation_id)
            health[name], figures[name] = found["health"], books.figures(number, now=clock.now)
        return Told(story, await place.messages(), health, figures, books, members)


@pytest.mark.parametrize("host", sorted(PLACES))
async def test_half_a_year(sqlite_settings: Settings, sqlite_template: Path, tmp_path: Path, host: str) -> None:
    found = await told(sqlite_settings, host, days=DAYS)
    _everything_happened(found)
    _every_message_is_one(found)
    for name, health in found.health.items():
        assert {key: value for key, value in shown(health).items() if found.figures[name][key] != value} == {}, (name, found.figures[name])
    # The same seed, the same half year: its first days are told once more, in a database of their own.
    other = shutil.copyfile(sqlite_template, tmp_path / "again.db")
    again = await told(sqlite_settings.model_copy(update={"database_url": f"sqlite:///{other}"}), host, days=AGAIN)
    assert again.story.log == found.story.log[: len(again.story.log)]
    until = START + timedelta(days=AGAIN - 1, hours=7)
    assert [_plain(one) for one in again.messages] == [_plain(one) for one in found.messages if one.at < until]


def _plain(one: Message) -> tuple[object, ...]:
    return one.at, one.to, one.title, one.text


def _everything_happened(found: Told) -> None:
    """Nothing of what a half year is made of is missing."""
    happened, books = found.story.events, found.books
    for what in (
        *("announced", "wave", "invitation accepted", "invitation declined", "enrolled", "by link", "approved"),
        *("published", "asked", "accepted", "said no", "proposed", "agreed", "held", "waited"),
        *("answered session", "answered pulse", "answered closing", "answered nps", "ended", "published again"),
    ):
        assert happened[what], (what, happened, found.story.refused)
    kinds = {row["kind"]: row["n"] for row in books.rows("SELECT kind, count(*) n FROM notices WHERE state = 'sent' GROUP BY kind")}
    for kind in ("mentorship.quiet", "digest", "request.expired", "survey.asked", "reward.badge", "invitation.sent", "mentorship.ended", "referral.enrolled"):
        assert kinds.get(kind), (kind, kinds)
    assert books.count("SELECT count(*) FROM strikes")
    assert books.count("SELECT count(*) FROM certificates")
    assert books.count("SELECT count(*) FROM announcements WHERE version > 1") == len(found.story.programs)
    assert books.count("SELECT count(*) FROM jobs WHERE state = 'dead'") == 0
    assert books.count("SELECT count(*) FROM outbox WHERE state = 'dead'") == 0
    assert books.count("SELECT count(*) FROM inbox WHERE state = 'dead'") == 0


def _every_message_is_one(found: Told) -> None:
    """Every message that was sent is in one inbox once, and nobody has one who did not agree."""
    assert duplicates(found.messages) == []
    rows = found.books.rows("SELECT key, kind, remote_id FROM outbox WHERE state = 'sent'")
    written = [row for row in rows if row["kind"].startswith(("notice.", "together.")) or row["kind"] == "suggestions"]
    assert len({row["remote_id"] for row in written}) == len(written)
    there = {one.number for one in found.messages}
    gone = {row["remote_id"] for row in written} - there
    assert there <= {row["remote_id"] for row in written}
    # What is missing was in the inbox of somebody who left.
    assert len(gone) <= 60, gone
    agreed = {one.username for one in found.members if one.wants_messages}
    assert {one.to for one in found.messages} <= agreed
    assert len(found.messages) > 500
