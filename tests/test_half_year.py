"""Half a year of a community in one test: recruitment, a round, requests, sessions, no-shows, feedback, nudges, digests, endings, a rematch, evaluation.

It is told on an imitation of the community's platform over real HTTP, with one clock on both sides. tests/half_year has the people, what they do, and the
books.
"""

import asyncio
import shutil
from pathlib import Path

import pytest

from plugin.settings import Settings
from tests.half_year.books import Books, duplicates
from tests.half_year.figures import apart
from tests.half_year.places import PLACES
from tests.half_year.story import LOOKED_AT
from tests.half_year.telling import Told, told, told_apart

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]
SEED = 20270104
TWICE = {"discourse"}
"""Where it is told twice: that a seed makes a story is no matter of the platform."""


@pytest.mark.parametrize("host", sorted(PLACES))
async def test_half_a_year(sqlite_settings: Settings, sqlite_template: Path, tmp_path: Path, host: str) -> None:
    # The same seed, the same half year: it is told a second time in a process of its own, at the same time, on a database of its own.
    again = {asyncio.create_task(told_apart(shutil.copyfile(sqlite_template, tmp_path / "again.db"), host, SEED)) for _ in TWICE & {host}}
    try:
        found = await told(sqlite_settings, host, SEED)
        books = Books(sqlite_settings.sqlite_path)
        _everything_happened(found, books)
        _every_message_is_one(found, books)
        _the_dashboard_is_right(found)
        for one in again:
            assert await one == found.plain()
    finally:
        for one in again:
            one.cancel()
        await asyncio.gather(*again, return_exceptions=True)


def _everything_happened(found: Told, books: Books) -> None:
    """Nothing of what a half year is made of is missing."""
    for what in (
        *("announced", "wave", "invitation accepted", "invitation declined", "enrolled", "by link", "approved"),
        *("published", "asked", "accepted", "said no", "proposed", "agreed", "held", "waited"),
        *("answered session", "answered pulse", "answered closing", "answered nps", "ended", "published again"),
    ):
        assert found.events.get(what), (what, found.events, found.refused)
    kinds = {row["kind"]: row["n"] for row in books.rows("SELECT kind, count(*) n FROM notices WHERE state = 'sent' GROUP BY kind")}
    for kind in (
        "mentorship.quiet",
        "digest",
        "request.expired",
        "survey.asked",
        "reward.badge",
        "invitation.sent",
        "mentorship.ended",
        "mentorship.over",
        "referral.enrolled",
    ):
        assert kinds.get(kind), (kind, kinds)
    assert books.count("SELECT count(*) FROM strikes")
    assert books.count("SELECT count(*) FROM certificates")
    assert books.count("SELECT count(*) FROM announcements WHERE version > 1") == found.events["program"]
    assert books.count("SELECT count(*) FROM jobs WHERE state = 'dead'") == 0
    assert books.count("SELECT count(*) FROM outbox WHERE state = 'dead'") == 0
    assert books.count("SELECT count(*) FROM inbox WHERE state = 'dead'") == 0


def _the_dashboard_is_right(found: Told) -> None:
    """On each evening, of each program: every figure is what its rows come to."""
    assert len(found.looks) == len(LOOKED_AT) * 2
    for look in found.looks:
        assert apart(look.shown, look.counted, where=f"day {look.day}, {look.program}") == []
    # Of each figure something was seen: one that never is there proves nothing.
    empty = [name for name in found.looks[0].counted if not any(look.counted[name] for look in found.looks)]
    assert empty == []


def _every_message_is_one(found: Told, books: Books) -> None:
    """Every message that was sent is in one inbox once, none says what another said, and nobody has one who did not agree."""
    assert duplicates(found.messages) == []
    rows = books.rows("SELECT kind, remote_id FROM outbox WHERE state = 'sent'")
    written = [row["remote_id"] for row in rows if row["kind"].startswith(("notice.", "together.")) or row["kind"] == "suggestions"]
    assert len(set(written)) == len(written)
    # What nobody can find any more was in the inbox of somebody who left, and what was written to them we have erased.
    assert {one.number for one in found.messages} <= set(written) <= {one.number for one in (*found.messages, *found.gone_with)}
    assert not {one.to for one in found.gone_with} & {one.to for one in found.messages}
    agreed = {one.username for one in found.people if one.wants_messages}
    assert {one.to for one in found.messages} <= agreed
    assert len(found.messages) > 500
