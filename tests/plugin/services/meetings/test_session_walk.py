"""Whatever two members do, in whatever order, sessions, strikes and goals only take steps that there are."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from itertools import pairwise
from typing import TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.domain import goals as aims
from plugin.domain import sessions as meeting
from plugin.domain import strikes as ladder
from plugin.domain.goals import ItemKind, ItemState
from plugin.domain.sessions import SessionState
from plugin.errors import Conflict, Invalid, NotFound
from plugin.services.meetings import attending, kits, no_shows, proposing, sessions
from plugin.services.mentorships import mentoring
from plugin.services.pairs import goals
from plugin.settings import Settings
from plugin.store.crypto import Vault
from plugin.store.database import Database
from plugin.store.unit_of_work import UnitOfWork
from tests.conftest import FixedClock
from tests.plugin.services.meetings.support import Meeting, community_of, pair_of

T = TypeVar("T")
ACTS = ["propose", "answer", "none", "move", "cancel", "held", "missed", "describe", "kit", "wait", "wait", "days", "appeal", "pardon", "goal", "done", "end"]
COMMANDS = st.lists(st.tuples(st.sampled_from(ACTS), st.sampled_from(["ann", "mia"]), st.integers(0, 4)), min_size=6, max_size=26)


async def act(pair: Meeting, clock: FixedClock, what: str, name: str, number: int) -> None:
    me, other = pair.id(name), pair.id("mia" if name == "ann" else "ann")
    if what in {"wait", "days"}:
        clock.move(**{"hours": 1 + number} if what == "wait" else {"days": 1 + number})
        await pair.crowd.due()
        return
    if what in {"appeal", "pardon"}:
        strikes = await pair.do(lambda unit: unit.strikes.of_member(me))
        if strikes and what == "appeal":
            await no_shows.appeal(pair.world.runtime, pair.crowd.people[name], strikes[-1].id, words="It was otherwise")
        elif strikes:
            await no_shows.decide(pair.world.runtime, pair.crowd.admin, strikes[-1].id, pardon=number % 2 == 0)
        return
    await pair.do(lambda unit: within(unit, pair, what, me, other, number))


def within(unit: UnitOfWork, pair: Meeting, what: str, me: int, other: int, number: int) -> None:
    at = (unit.now + timedelta(hours=2 + number)).replace(minute=0, second=0, microsecond=0)
    items = unit.pair_items.of_mentorship(pair.one.id)
    if what == "propose":
        proposing.propose(unit, pair.one.id, by=me, times=[at, at + timedelta(hours=1)], minutes=30, kit_id=number or None)
    elif what == "goal":
        goals.add(unit, pair.one.id, by=me, kind=ItemKind.GOAL if number % 2 else ItemKind.ACTION, title="Something", due_on=at.date())
    elif what == "done" and items:
        goals.change(unit, items[number % len(items)].id, by=me, state=list(ItemState)[number % 3])
    elif what == "end" and number == 4:
        mentoring.end(unit, pair.one.id, reason="no_time", by="test")
    known = unit.sessions.of_mentorship(pair.one.id)
    if not known:
        return
    one = known[-1 - number % min(len(known), 3)]
    if what in {"answer", "none"}:
        proposing.answer(unit, one.id, by=me, can=one.times[:1] if what == "answer" else [])
    elif what == "move":
        proposing.move(unit, one.id, by=me, times=[at + timedelta(days=number)])
    elif what == "cancel":
        proposing.cancel(unit, one.id, by=me)
    elif what == "describe":
        sessions.describe(unit, one.id, by=me, topic=f"Topic {number}")
    elif what == "kit":
        kits.attach(unit, sessions.ahead(unit, one.id, me), number or None)
    elif what in {"held", "missed"}:
        attending.say(unit, one.id, by=me, held=what == "held", missing=[(me, other)[number % 2]] if what == "missed" and number else [])


Snapshot = tuple[dict[int, SessionState], dict[int, ladder.StrikeState], dict[int, ItemState]]


def snapshot(unit: UnitOfWork, pair: Meeting) -> Snapshot:
    known = unit.sessions.of_mentorship(pair.one.id)
    strikes = [one for name in ("ann", "mia") for one in unit.strikes.of_member(pair.id(name))]
    one = unit.mentorships.get(pair.one.id)
    assert one is not None
    busy = sorted((each.starts_at, each.ends_at) for each in known if each.state is SessionState.CONFIRMED and each.starts_at and each.ends_at)
    assert all(ends <= begins for (_, ends), (begins, _) in pairwise(busy)), "nobody is in two sessions at once"
    for each in known:
        assert (each.starts_at is None) <= (each.state not in {SessionState.CONFIRMED, SessionState.HELD, SessionState.MISSED}), "agreed on means a time"
        assert each.state is not SessionState.PROPOSED or (each.times and each.asking), "a proposal has times and somebody whose they are"
        assert one.runs or each.state not in meeting.OPEN or (each.starts_at is not None and each.starts_at <= unit.now), "what has ended has nothing ahead"
        jobs = unit.jobs.get(f"session:{each.id}:settle")
        waits = jobs is not None and jobs.state == "waiting"
        assert waits == (each.state is SessionState.CONFIRMED), "what is agreed on is settled one day, and nothing else is"
    resting = [each for name in ("ann", "mia") for each in unit.strikes.on_break(pair.id(name))]
    for rest in resting:
        part = unit.enrolments.get(rest.enrolment_id)
        assert part is not None
        assert part.paused, "a break is a pause"
    states = {each.id: each.state for each in known}
    return states, {each.id: each.state for each in strikes}, {each.id: each.state for each in unit.pair_items.of_mentorship(pair.one.id)}


def stepped(before: Snapshot, after: Snapshot) -> None:
    """Each kind's states after a command follow from those before it."""
    only_steps(meeting.NEXT, before[0], after[0])
    only_steps(ladder.NEXT, before[1], after[1])
    only_steps(aims.NEXT, before[2], after[2])


def only_steps(nexts: Mapping[T, frozenset[T]], before: Mapping[int, T], after: Mapping[int, T]) -> None:
    """By one step or several: time may do more than one thing."""
    assert before.keys() <= after.keys(), "nothing is lost"
    for number, state in before.items():
        reached, left = {state}, [state]
        while left:
            new = nexts[left.pop()] - reached
            reached |= new
            left += new
        assert after[number] in reached, f"{state} became {after[number]}"


@pytest.mark.slow
@settings(max_examples=14)
@given(commands=COMMANDS)
async def test_only_steps_that_there_are(
    sqlite_settings: Settings, sqlite_database: Database, vault: Vault, clock: FixedClock, commands: list[tuple[str, str, int]]
) -> None:
    pair = await pair_of(await community_of(sqlite_settings, sqlite_database, vault, clock))
    before = await pair.do(lambda unit: snapshot(unit, pair))
    for command in commands:
        # Refused with a reason; anything else than these three would be a mistake of ours.
        with suppress(Conflict, Invalid, NotFound):
            await act(pair, clock, *command)
        after = await pair.do(lambda unit: snapshot(unit, pair))
        stepped(before, after)
        before = after
