"""Reports, events and stories under commands in any order, held against models of them; members leave in the middle of everything."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeVar

import pytest
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from plugin.app import open_database
from plugin.domain.people import MEMBER_SCOPES, Office, Scope
from plugin.domain.program_events import Answer, EventPlan, EventState
from plugin.domain.programs import Role
from plugin.domain.reports import NEXT, UNDECIDED, ReportKind, ReportState
from plugin.errors import Conflict, Forbidden, Invalid, NotFound, PluginError
from plugin.services.departures.erasure import erase_member
from plugin.services.meetings import hosting
from plugin.services.pairs import sharing
from plugin.services.safety import reporting
from plugin.settings import Settings
from plugin.store.crypto import Vault
from plugin.store.database import Database
from plugin.store.unit_of_work import UnitOfWork
from tests.conftest import FixedClock
from tests.plugin.services.meetings.support import Meeting, community_of, pair_of, tomorrow
from tests.plugin.services.stories import HOST, space, tell

T = TypeVar("T")
PAIR, ALL = ("ann", "mia"), ("ann", "mia", "noah")
NAMES = st.sampled_from(ALL)


@dataclass
class Event:
    """What an event must be."""

    capacity: int | None
    starts_at: datetime
    state: EventState = EventState.PLANNED
    answers: dict[str, Answer] = field(default_factory=dict)
    """In the order in which people came by what they are now."""

    def say(self, name: str, answer: Answer) -> None:
        if self.answers.get(name) is not answer:
            self.answers.pop(name, None)
            self.answers[name] = answer

    @property
    def full(self) -> bool:
        return self.capacity is not None and list(self.answers.values()).count(Answer.GOING) >= self.capacity

    def move_up(self) -> None:
        for name in [name for name, one in self.answers.items() if one is Answer.WAITING]:
            if not self.full:
                self.say(name, Answer.GOING)


@dataclass
class Filed:
    """What a report must be."""

    reporter: str
    about: str
    state: ReportState = ReportState.OPEN


class Life(RuleBasedStateMachine):
    """Commands in a community with a pair, Ann and Mia, a mentee, Noah, and Sue, who looks after safety."""

    runner: asyncio.Runner
    pair: Meeting
    clock: FixedClock
    events = Bundle("events")
    reports = Bundle("reports")

    def __init__(self) -> None:
        super().__init__()
        self.run(self.make())
        self.began = self.clock()
        self.planned: dict[int, Event] = {}
        self.filed: dict[int, Filed] = {}
        self.stories: list[tuple[int, str, dict[str, bool | None]]] = []
        self.gone: set[str] = set()
        self.author = ""
        self.runs = True

    async def make(self) -> None:
        raise NotImplementedError

    def run(self, work: Coroutine[object, object, T]) -> T:
        return self.runner.run(work)

    def do(self, work: Coroutine[object, object, T], *, refused: type[PluginError] | None) -> T | None:
        """Give a command that must be refused for this kind of reason, or taken."""
        error: PluginError | None = None
        found: T | None = None
        try:
            found = self.run(work)
        except PluginError as raised:
            error = raised
        if refused is None:
            assert error is None, error
        else:
            assert isinstance(error, refused), error
            assert error.message
            assert "\n" not in error.message
        return found

    # ------------------------------------------------------------------------------------------------------------- reports

    @rule(target=reports, reporter=NAMES, about=NAMES)
    def report(self, reporter: str, about: str) -> int:
        if reporter in self.gone:
            return 0
        refused = Invalid if reporter == about else NotFound if about in self.gone else None
        pair, people = self.pair, self.pair.crowd.people
        sent = reporting.report(
            pair.world.runtime, people[reporter], pair.id(about), kind=ReportKind.OTHER, words="It was not right", mentorship_id=None, block=False
        )
        found = self.do(sent, refused=refused)
        if found is None:
            return 0
        self.filed[found.report.id] = Filed(reporter, about)
        return found.report.id

    def _step(self, number: int, to: ReportState, *, mine: bool = True) -> type[PluginError] | None:
        one = self.filed.get(number)
        return NotFound if one is None or not mine else None if to in NEXT[one.state] else Conflict

    @rule(number=reports, name=NAMES)
    def withdraw(self, number: int, name: str) -> None:
        if name in self.gone:
            return
        refused = self._step(number, ReportState.WITHDRAWN, mine=number in self.filed and self.filed[number].reporter == name)
        self.do(reporting.withdraw(self.pair.world.runtime, self.pair.crowd.people[name], number), refused=refused)
        if refused is None:
            self.filed[number].state = ReportState.WITHDRAWN

    @rule(number=reports, to=st.sampled_from(ReportState), end=st.booleans())
    def decide(self, number: int, to: ReportState, end: bool) -> None:
        refused = Invalid if to is ReportState.WITHDRAWN or (end and to is not ReportState.UPHELD) else self._step(number, to)
        self.do(reporting.decide(self.pair.world.runtime, self.pair.crowd.people["sue"], number, state=to, end=end, apart=False), refused=refused)
        if refused is None:
            self.filed[number].state = to
            if end and {self.filed[number].reporter, self.filed[number].about} == set(PAIR):
                self.runs = False

    @rule(number=reports, name=NAMES)
    def decide_without_the_office(self, number: int, name: str) -> None:
        who = self.pair.crowd.people[name]
        self.do(reporting.decide(self.pair.world.runtime, who, number, state=ReportState.DISMISSED, end=False, apart=False), refused=Forbidden)

    # ------------------------------------------------------------------------------------------------------------- events

    @rule(target=events, capacity=st.sampled_from([None, 1, 2]), days=st.integers(1, 6))
    def plan(self, capacity: int | None, days: int) -> int:
        said = EventPlan(title="Open evening", starts_at=tomorrow(self.clock) + timedelta(days=days - 1), capacity=capacity)
        made = self.do(hosting.plan(self.pair.world.runtime, self.pair.crowd.admin, self.pair.crowd.program.id, said=said), refused=None)
        assert made is not None
        self.planned[made.event.id] = Event(capacity, said.starts_at)
        return made.event.id

    def _ahead(self, number: int) -> type[PluginError] | None:
        one = self.planned[number]
        return None if one.state is EventState.PLANNED and one.starts_at > self.clock() else Conflict

    @rule(number=events, name=NAMES, going=st.booleans())
    def answer(self, number: int, name: str, going: bool) -> None:
        if name in self.gone:
            return
        refused, one = self._ahead(number), self.planned[number]
        self.do(hosting.answer(self.pair.world.runtime, self.pair.crowd.people[name], number, going=going), refused=refused)
        if refused is None:
            stays = one.answers.get(name) is Answer.GOING or not one.full
            one.say(name, Answer.NOT_GOING if not going else Answer.GOING if stays else Answer.WAITING)
            one.move_up()
        self.clock.move(seconds=1)

    @rule(number=events, capacity=st.sampled_from([None, 1, 2, 0]))
    def change(self, number: int, capacity: int | None) -> None:
        refused = self._ahead(number) or (Invalid if capacity == 0 else None)
        self.do(hosting.change(self.pair.world.runtime, self.pair.crowd.admin, number, changes={"capacity": capacity}), refused=refused)
        if refused is None:
            self.planned[number].capacity = capacity
            self.planned[number].move_up()
        self.clock.move(seconds=1)

    @rule(number=events)
    def cancel(self, number: int) -> None:
        refused = self._ahead(number)
        self.do(hosting.cancel(self.pair.world.runtime, self.pair.crowd.admin, number), refused=refused)
        if refused is None:
            self.planned[number].state = EventState.CANCELLED

    # ------------------------------------------------------------------------------------------------------------- stories

    @rule(author=NAMES)
    def share(self, author: str) -> None:
        if author in self.gone:
            return
        left = [name for name in PAIR if name not in self.gone]
        refused = NotFound if author not in PAIR else Invalid if len(left) < 2 else Conflict if self.stories else None
        words = "We met every other week, and it helped."
        who = self.pair.crowd.people[author]
        made = self.do(sharing.propose(self.pair.world.runtime, who, self.pair.one.id, words=words, space_id="5"), refused=refused)
        if made is not None:
            self.author = author
            self.stories.append((made.story.id, "asked", {name: True if name == author else None for name in left}))

    @rule(name=NAMES, agreed=st.booleans())
    def say(self, name: str, agreed: bool) -> None:
        if name in self.gone or not self.stories:
            return
        number, state, answers = self.stories[-1]
        refused = NotFound if name not in answers else Conflict if state != "asked" else None
        self.do(sharing.say(self.pair.world.runtime, self.pair.crowd.people[name], number, agreed=agreed), refused=refused)
        if refused is None:
            answers[name] = agreed
            all_agree = len(answers) > 1 and all(answers.values())
            self.stories[-1] = number, "declined" if not agreed else "published" if all_agree else "asked", answers

    @rule(name=NAMES)
    def take_back(self, name: str) -> None:
        if name in self.gone or not self.stories:
            return
        number, state, answers = self.stories[-1]
        refused = NotFound if name not in answers else Conflict if state not in {"asked", "published"} else None
        self.do(sharing.take_back(self.pair.world.runtime, self.pair.crowd.people[name], number), refused=refused)
        if refused is None:
            self.stories[-1] = number, "withdrawn", {**answers, name: False}

    # ------------------------------------------------------------------------------------------------------------- time, and leaving

    @rule(days=st.integers(1, 3))
    def wait(self, days: int) -> None:
        self.clock.move(days=days)
        self.run(self.pair.crowd.due())

    @rule(name=st.sampled_from(("mia", "noah")))
    def leave(self, name: str) -> None:
        if name in self.gone or self.clock() < self.began + timedelta(days=2):
            return

        def erase(unit: UnitOfWork) -> None:
            member = unit.members.get(self.pair.id(name))
            assert member is not None
            erase_member(member.host_user_id, unit, why="self")

        self.run(self.pair.do(erase))
        self.clock.move(seconds=1)
        self.gone.add(name)
        self.runs = self.runs and name not in PAIR
        for number, one in self.planned.items():
            had = one.answers.pop(name, None)
            if had is Answer.GOING and self._ahead(number) is None:
                one.move_up()
        self.filed = {number: one for number, one in self.filed.items() if name not in {one.reporter, one.about}}
        # What Mia wrote goes with her; what she agreed to is taken back.
        self.stories = [
            (number, "withdrawn" if state in {"asked", "published"} and name in answers else state, {who: said for who, said in answers.items() if who != name})
            for number, state, answers in self.stories
            if self.author != name
        ]

    # ------------------------------------------------------------------------------------------------------------- what must hold

    @invariant()
    def everything_is_what_it_must_be(self) -> None:
        self.run(self.pair.do(self._compare))

    def _compare(self, unit: UnitOfWork) -> None:
        names = {self.pair.id(name): name for name in ALL}
        for number, event in self.planned.items():
            found = unit.program_events.get(number)
            assert found is not None
            assert found.state is event.state
            given = {names[member]: answer for member, answer in unit.program_events.answers(number).items()}
            assert given == event.answers, "places are given in order, and nobody who left has one"
        for number, report in self.filed.items():
            kept = unit.reports.get(number)
            assert kept is not None
            assert (names[kept.reporter_id], names[kept.about_id], kept.state) == (report.reporter, report.about, report.state)
            assert (kept.closed_at is None) is (kept.state in UNDECIDED)
        open_ = any({one.reporter, one.about} == set(PAIR) and one.state in {ReportState.OPEN, ReportState.LOOKING} for one in self.filed.values())
        pair = unit.mentorships.get(self.pair.one.id)
        assert pair is not None
        assert pair.runs is self.runs
        if self.runs:
            assert unit.reports.suspends(pair.id, pair.people) is open_, "a pair is suspended as long as somebody looks into a report, and no longer"
        for number, state, answers in self.stories:
            story = unit.stories.get(number)
            assert story is not None
            assert story.state == state
            assert {names[member]: said for member, said in unit.stories.answers(number).items()} == answers


@pytest.mark.slow  # a community for each example
def test_reports_events_and_stories_live_by_their_rules(sqlite_settings: Settings, vault: Vault) -> None:
    with asyncio.Runner() as runner:
        clock = FixedClock()
        database: Database = open_database(sqlite_settings, vault=vault, clock=clock)

        class OnThis(Life):
            async def make(self) -> None:
                self.pair = await pair_of(await community_of(sqlite_settings, database, vault, clock))
                self.clock = clock
                await self.pair.crowd.join("noah", Role.MENTEE)
                await self.pair.crowd.member("sue")
                await self.pair.do(lambda unit: unit.staff.grant(self.pair.id("sue"), Office.SAFETY, at=unit.now))
                people = self.pair.crowd.people
                people["sue"] = replace(people["sue"], scopes=MEMBER_SCOPES | {Scope.SAFETY})
                await tell(self.pair.world, space("5", source=HOST))

        OnThis.runner = runner
        try:
            run_state_machine_as_test(OnThis, settings=hypothesis_settings(max_examples=10, stateful_step_count=20))
        finally:
            runner.run(database.close())
