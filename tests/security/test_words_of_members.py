"""What a member wrote, wherever a feature put it: in rows of others, in what others were told and are still to be told. All of it goes with the member.

``test_canaries.py`` plants behind the service's back, in every column. Here a member lives through the features, and every seal is opened afterwards.
"""

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from structlog.testing import capture_logs

from mentorgraph.host import HostUnreachable
from plugin.domain.agreements import Terms
from plugin.domain.forms import FormPurpose, Question, QuestionKind
from plugin.domain.goals import ItemKind
from plugin.domain.members import Consent
from plugin.domain.notices import Channel, Choice, Reach
from plugin.domain.people import Scope
from plugin.domain.programs import ProgramState, Role
from plugin.domain.reports import ReportKind
from plugin.domain.skills import Standing
from plugin.services.departures.erasure import erase_member, export_member
from plugin.services.developers import tokens
from plugin.services.hosts.handlers.members import decide
from plugin.services.meetings import meeting
from plugin.services.meetings.sessions import Words
from plugin.services.mentorships import requesting
from plugin.services.messages import calendars
from plugin.services.pairs import agreeing, goals, sharing, thanking
from plugin.services.questions import forms
from plugin.services.recruiting import referring
from plugin.services.safety import reporting
from plugin.services.suggestions import knowing, needs
from plugin.store.repositories.addresses import Address
from plugin.store.unit_of_work import UnitOfWork
from plugin.worker import Worker
from tests.conftest import FixedClock
from tests.plugin.services.conftest import world
from tests.plugin.services.stories import HOST, person, space, tell
from tests.plugin.services.taking_part import Crowd, crowd_of
from tests.plugin.support import World
from tests.security.opened import places_of

__all__ = ["world"]
pytestmark = pytest.mark.slow

SAYS = (
    *("note", "goal", "message", "topics", "terms", "title", "item", "topic", "place"),
    *("session", "story", "thanks", "report", "need", "answer", "token", "skill"),
)
IS = ("user", "name", "title", "bio", "location", "avatar", "field", "address")


def said(what: str) -> str:
    """Something that only she ever wrote."""
    return f"zqsaid{what}canary and more of it"


def word(what: str) -> str:
    return said(what).split()[0]


WORDS = {word(one) for one in SAYS} | {f"zqis{one}canary" for one in IS}


async def living(world: World, role: Role) -> Crowd:
    """Vera in a program, as a mentor or as a mentee; another is her partner, and some others look on."""
    crowd = await crowd_of(world, approve_mentors=False)
    await tell(world, space("5", source=HOST))
    values = {one: f"zqis{one}canary" for one in ("name", "title", "bio", "location")}
    avatar = "https://forum.example.org/zqisavatarcanary"
    await crowd.member("vera")
    more = {"username": "zqisusercanary", "fields": {"1": "zqisfieldcanary"}, "avatar_url": avatar, **values}
    await tell(world, person("1", source=HOST, **more))
    for name, part in (("vera", role), ("mia", Role.MENTEE if role is Role.MENTOR else Role.MENTOR), ("ann", Role.MENTOR)):
        await crowd.join(name, part, capacity=2)
    await crowd.member("root", admin=True)

    def willing(unit: UnitOfWork) -> None:
        for one in crowd.people.values():
            assert one.member_id is not None
            member = unit.members.get(one.member_id)
            assert member is not None
            decide(member, Consent.MESSAGES, given=True, source="self", unit=unit)
            unit.wishes.set_reach(member.id, Reach(quiet_from=0, quiet_until=0))
        unit.wishes.choose(crowd.id("ann"), {"requests": Choice(channel=Channel.EMAIL)})
        for name in ("vera", "ann"):
            held = "zqisaddresscanary@example.org" if name == "vera" else "ann@example.org"
            sealed = unit.seal(held.encode(), purpose="address")
            unit.addresses.put(Address(member_id=crowd.id(name), address=sealed, confirmed_at=unit.now))

    await world.database.write(world.installation_id, willing)
    return crowd


async def pair(crowd: Crowd, role: Role) -> int:
    """She asks, or is asked, and it begins; the number of the mentorship."""
    vera, mia, runtime = crowd.people["vera"], crowd.people["mia"], crowd.world.runtime
    words = {"note": said("note"), "goal": said("goal")} if role is Role.MENTEE else {"note": "plain", "goal": "plain"}
    asks, asked = (vera, mia) if role is Role.MENTEE else (mia, vera)
    await crowd.move(ProgramState.MATCHING)
    (first, *_) = await requesting.ask(runtime, asks, program_id=crowd.program.id, mentor_ids=[asked.member_id or 0], **words)
    await requesting.accept(runtime, asked, first.id, message=said("message") if role is Role.MENTOR else "plain")
    running = await crowd.world.database.read(crowd.world.installation_id, lambda unit: unit.mentorships.of_member(crowd.id("vera")))
    return running[0].id


async def live(crowd: Crowd, role: Role, clock: FixedClock) -> None:
    """Everything that one can say."""
    world, vera, mia = crowd.world, crowd.people["vera"], crowd.people["mia"]
    runtime, which = world.runtime, world.installation_id
    number = await pair(crowd, role)
    await agreeing.act(runtime, vera, number, "propose", terms=Terms(topics=(said("topics"),), cadence=14, note=said("terms")))
    due = (clock() + timedelta(days=1)).date()
    await goals.write(runtime, vera, number, kind=ItemKind.GOAL, title=said("title"), note=said("item"), due_on=due)
    words = Words(topic=said("topic"), place=said("place"), note=said("session"))
    at = clock() + timedelta(days=2)
    session = (await meeting.propose(runtime, vera, number, times=[at], minutes=60, words=words)).session
    await meeting.answer(runtime, mia, session.id, can=[at])
    await meeting.propose(runtime, vera, number, times=[at + timedelta(days=3)], minutes=60, words=words)
    await sharing.propose(runtime, vera, number, words=said("story"), space_id="5")
    await thanking.thank(runtime, vera, crowd.program.id, crowd.id("mia"), words=said("thanks"), public=False)
    await reporting.report(runtime, vera, crowd.id("ann"), kind=ReportKind.OTHER, words=said("report"), mentorship_id=None, block=False)
    await needs.state_need(runtime, world.graphs, vera, need_text=said("need"), topic_url=None)
    await knowing.choose(runtime, vera, name=said("skill")[:40], standing=Standing.EXPERT)
    await tokens.create_for_member(runtime, replace(vera, audience="session"), name=said("token"), scopes=frozenset({Scope.ME}), days=3)
    await referring.make(runtime, vera, crowd.program.id, role=None, named=True)
    await calendars.new_feed(runtime, vera)
    question = Question(key="q", kind=QuestionKind.SHORT_TEXT, label="?")

    def fill_in(unit: UnitOfWork) -> None:
        form = forms.define(unit, name="F", purpose=FormPurpose.OTHER, questions=[question])
        forms.submit(unit, form_id=form.id, member_id=crowd.id("vera"), answers={"q": said("answer")}, about="")

    await world.database.write(which, fill_in)


async def work_all(world: World) -> None:
    await Worker(world.runtime, world.graphs).run_until_idle(lanes=frozenset({"jobs", "tell", "outbox", "suggest", "mail", "webhooks"}))


async def where(world: World) -> dict[str, set[str]]:
    return await world.database.read(world.installation_id, lambda unit: {one: at for one, at in places_of(unit, WORDS).items() if at})


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("told", [True, False], ids=["told", "on-its-way"])
async def test_it_all_goes_with_the_member(world: World, clock: FixedClock, role: Role, told: bool) -> None:
    crowd = await living(world, role)
    if not told:
        world.client.failures.extend([HostUnreachable("away")] * 200)
    await live(crowd, role, clock)
    await work_all(world)
    clock.move(days=1)
    await work_all(world)
    before = await where(world)
    missing = WORDS - set(before) - {word(one) for one in (("message",) if role is Role.MENTEE else ("note", "goal"))}
    assert not missing, "this test says what it looks for"
    number = await world.database.read(world.installation_id, lambda unit: unit.members.get(crowd.id("vera")))
    assert number is not None
    with capture_logs() as logs:
        await world.database.write(world.installation_id, lambda unit: erase_member(number.host_user_id, unit, why="self"))
        assert await where(world) == {}
        await work_all(world)
    assert await where(world) == {}
    assert not [one for one in WORDS if one in repr(logs)]
    for name in ("mia", "ann", "root"):
        exported = await world.database.write(world.installation_id, partial(_exported, crowd.id(name)))
        assert not [one for one in WORDS if one.encode() in exported], name


def _exported(member_id: int, unit: UnitOfWork) -> bytes:
    found = unit.members.get(member_id)
    assert found is not None
    return export_member(found, unit, by="test")
