"""Members are told what they want, when they want it, by the way they chose, and never twice."""

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mentorgraph.host import DirectMessage, HostUnreachable, Link, Mention, Paragraph, Words
from plugin.domain.members import Consent
from plugin.domain.notices import Channel, Frequency, NoticeState, is_quiet
from plugin.domain.people import Principal, Scope
from plugin.domain.screening import Minor
from plugin.errors import Forbidden, Invalid
from plugin.services import scheduling
from plugin.services.departures.erasure import erase_member
from plugin.services.hosts import handlers
from plugin.services.hosts.handlers.members import decide
from plugin.services.messages import delivering, digesting, introducing, outgoing, reaching, reviewing, telling, wishing
from plugin.store.unit_of_work import UnitOfWork
from plugin.texts import Shown
from plugin.worker import Worker
from tests.conftest import FixedClock
from tests.plugin.services.conftest import make_world
from tests.plugin.services.messages.support import ASKED, SECRET, URGENT, choose, joined, test_kinds, work
from tests.plugin.services.stories import HOST, person
from tests.plugin.support import World

LATE = datetime(2026, 11, 2, 22, 30, tzinfo=UTC)
"""In quiet hours in UTC."""
ADMIN_SCOPES = frozenset({Scope.READ, Scope.PROGRAMS})


@pytest.fixture(autouse=True)
def _kinds() -> Iterator[None]:
    with test_kinds():
        yield


async def say(world: World, member_id: int, key: str, kind: str = ASKED, **values: object) -> bool:
    abouts: dict[str, dict[str, str | int]] = {ASKED: {"who": member_id, "note": "hello"}, URGENT: {"at": "2026-11-03T10:00:00+00:00"}, SECRET: {"note": "x"}}
    about = abouts[kind]
    return await world.database.write(
        world.installation_id,
        lambda unit: telling.tell(unit, member_id, kind, key=key, about=about, **values),  # type: ignore[arg-type]  # tests give what it takes
    )


async def state(world: World, key: str) -> tuple[str, str]:
    found = await world.database.read(world.installation_id, lambda unit: unit.notices.by_key(key))
    assert found is not None
    return found.state.value, found.why


def sent(world: World) -> list[DirectMessage]:
    return [one for one in world.client.sent.values() if isinstance(one, DirectMessage)]


def text_of(message: DirectMessage) -> str:
    return Shown(message.title, message.body).text


def admin(world: World) -> Principal:
    return Principal(installation_id=world.installation_id, member_id=None, scopes=ADMIN_SCOPES, token_id=1)


def me(world: World, member_id: int) -> Principal:
    return Principal(installation_id=world.installation_id, member_id=member_id, scopes=frozenset({Scope.ME, Scope.READ}), token_id=1)


# ---------------------------------------------------------------------------------------------------------------------- told once


async def test_a_notice_becomes_a_message_in_the_host_once(world: World) -> None:
    (ann,) = await joined(world, "1")
    assert await say(world, ann, "k")
    assert not await say(world, ann, "k")
    await work(world)
    await work(world)
    (message,) = sent(world)
    assert message.to == ("user1",)
    assert message.title == "user1 asks"
    first, last = message.body[0], message.body[-1]
    assert first == Paragraph(("They write: ", Words("hello"))), "a member's words stay words"
    assert isinstance(last, Paragraph)
    assert any(isinstance(one, Link) and one.url.startswith("https://mentors.example.org/stop/") for one in last.parts)
    assert await state(world, "k") == ("sent", "")
    assert not await say(world, ann, "k"), "the key is used for ever"


async def test_nobody_is_told_who_is_not_there(world: World) -> None:
    assert not await say(world, 4711, "k")


@pytest.mark.parametrize(("kind", "about", "wrong"), [("no.such", {}, "not declared"), (ASKED, {"who": 1}, "needs note")])
async def test_our_own_mistakes_are_seen(world: World, kind: str, about: dict[str, str | int], wrong: str) -> None:
    (ann,) = await joined(world, "1")
    with pytest.raises(ValueError, match=wrong):
        await world.database.write(world.installation_id, lambda unit: telling.tell(unit, ann, kind, key="k", about=about))


async def test_without_agreement_it_is_only_listed(world: World) -> None:
    (ann,) = await joined(world, "1", agreed=False)
    await say(world, ann, "k")
    await work(world)
    assert sent(world) == []
    assert (await state(world, "k"))[0] == "shown"
    ((listed, shown),) = await wishing.notices(world.runtime, me(world, ann), after=None, limit=10, unread=False)
    assert (listed.key, shown.paragraphs[0]) == ("k", "They write: hello")
    assert await wishing.mark_read(world.runtime, me(world, ann), upto=listed.id) == 1
    assert await wishing.notices(world.runtime, me(world, ann), after=None, limit=10, unread=True) == []


async def test_who_left_or_was_erased_gets_nothing(world: World) -> None:
    ann, ben = await joined(world, "1", "2")
    await say(world, ann, "a")
    await say(world, ben, "b")

    def gone(unit: UnitOfWork) -> None:
        handlers.apply([person("1", source=HOST, suspended=True)], unit)
        erase_member("2", unit, why="self")

    await world.database.write(world.installation_id, gone)
    await work(world)
    assert sent(world) == []
    assert (await state(world, "a"))[0] == "dropped"
    assert await world.database.read(world.installation_id, lambda unit: unit.notices.by_key("b")) is None


@pytest.mark.slow
async def test_members_who_left_are_not_named_to_others(world: World) -> None:
    ann, ben = await joined(world, "1", "2")

    def both(unit: UnitOfWork) -> None:
        telling.tell(unit, ann, ASKED, key="k", about={"who": ben, "note": "hi"})
        erase_member("2", unit, why="self")

    await world.database.write(world.installation_id, both)
    await work(world)
    assert sent(world) == [], "it is of no use any more"
    ((listed, shown),) = await wishing.notices(world.runtime, me(world, ann), after=None, limit=5, unread=False)
    assert (listed.kind, shown.title, "hi" in shown.text) == (ASKED, "A former member asks", False)


async def test_words_for_a_role(world: World) -> None:
    (ann,) = await joined(world, "1")
    await world.database.write(world.installation_id, lambda unit: telling.tell(unit, ann, ASKED, key="k", about={"note": "x", "role": "mentee"}))
    await work(world)
    assert sent(world)[0].title == "You asked"


async def test_a_message_that_cannot_be_put_into_words_stops_no_other(world: World) -> None:
    (ann,) = await joined(world, "1")
    await say(world, ann, "a")
    await say(world, ann, "b")

    def spoil(unit: UnitOfWork) -> None:
        from plugin.store.tables import notices  # noqa: PLC0415 - the table under the repository

        unit.notices._run(unit.notices._update(notices).where(notices.c.key == "a").values(about=b"x"))

    await world.database.write(world.installation_id, spoil)
    await work(world)
    assert [(await state(world, key))[0] for key in "ab"] == ["dropped", "sent"]


# ---------------------------------------------------------------------------------------------------------------------- when


async def test_quiet_hours_are_waited_for(world: World, clock: FixedClock) -> None:
    clock.now = LATE
    ann, ben = await joined(world, "1", timezone="Europe/Berlin") + await joined(world, "2", timezone="America/New_York")
    await say(world, ann, "a")
    await say(world, ben, "b")
    await work(world)
    assert [one.to for one in sent(world)] == [("user2",)], "it is afternoon in New York"
    clock.now = datetime(2026, 11, 3, 6, 59, tzinfo=UTC)
    await work(world)
    assert len(sent(world)) == 1
    clock.move(minutes=2)
    await work(world)
    assert len(sent(world)) == 2, "eight in the morning in Berlin"


async def test_what_could_not_leave_in_the_day_does_not_leave_at_night(world: World, clock: FixedClock) -> None:
    (ann,) = await joined(world, "1")
    await say(world, ann, "a")
    clock.now = LATE - timedelta(hours=2)
    world.client.failures = [HostUnreachable("no")]
    await work(world)
    assert sent(world) == []
    clock.now = LATE
    await work(world)
    assert sent(world) == []
    clock.now = LATE + timedelta(hours=10)
    await work(world)
    assert len(sent(world)) == 1


async def test_a_change_of_mind_before_it_leaves_counts(world: World, clock: FixedClock) -> None:
    (ann,) = await joined(world, "1")
    await say(world, ann, "a")
    world.client.failures = [HostUnreachable("no")]
    await work(world)

    def withdraw(unit: UnitOfWork) -> None:
        member = unit.members.get(ann)
        assert member is not None
        decide(member, Consent.MESSAGES, given=False, source="self", unit=unit)

    await world.database.write(world.installation_id, withdraw)
    clock.move(hours=1)
    await work(world)
    assert sent(world) == []
    assert (await state(world, "a"))[0] in {"shown", "sent"}
    assert [one.state for one, _ in await outgoing.listing(world.runtime, world.installation_id)] == ["dropped"]


async def test_no_more_than_the_days_limit_but_what_is_urgent(world: World, clock: FixedClock) -> None:
    (ann,) = await joined(world, "1")
    for number in range(12):
        await say(world, ann, f"k{number}")
    await say(world, ann, "u", URGENT)
    await work(world)
    assert len(sent(world)) == 11
    clock.move(hours=12)
    await work(world)
    assert len(sent(world)) == 11, "not at midnight"
    clock.now = datetime(2026, 11, 3, 8, 0, tzinfo=UTC)
    await work(world)
    assert len(sent(world)) == 13


async def test_what_is_of_no_use_any_more_is_only_listed(world: World, clock: FixedClock) -> None:
    clock.now = LATE
    (ann,) = await joined(world, "1")
    await say(world, ann, "k", URGENT, until=LATE + timedelta(hours=1))
    clock.move(hours=12)
    await work(world)
    assert sent(world) == []
    assert (await state(world, "k"))[0] == "shown"


async def test_what_came_too_late_while_the_host_was_away_does_not_leave(world: World, clock: FixedClock) -> None:
    (ann,) = await joined(world, "1")
    await say(world, ann, "k", URGENT, until=clock() + timedelta(hours=1))
    await say(world, ann, "other")
    world.client.failures = [HostUnreachable("no")]
    await work(world)
    clock.move(hours=2)
    await work(world)
    assert [one.title for one in sent(world)] == ["user1 asks"]
    assert (await state(world, "k"))[0] == "shown"


async def test_told_at_a_moment_and_unsaid_before(world: World, clock: FixedClock) -> None:
    (ann,) = await joined(world, "1")
    await say(world, ann, "r:1", at=clock() + timedelta(hours=1))
    await say(world, ann, "r:2", at=clock() + timedelta(hours=1))
    await work(world)
    assert sent(world) == []
    assert await world.database.write(world.installation_id, lambda unit: telling.unsay(unit, "r:1", why="it is settled")) == 1
    clock.move(hours=2)
    await work(world)
    assert len(sent(world)) == 1
    assert await state(world, "r:1") == ("dropped", "it is settled")


# ---------------------------------------------------------------------------------------------------------------------- digests


async def test_a_daily_digest_holds_what_gathered_once(world: World, clock: FixedClock) -> None:
    (ann,) = await joined(world, "1")
    await choose(world, ann, "requests", frequency=Frequency.DAILY)
    for key in "abc":
        await say(world, ann, key)
    await work(world)
    assert sent(world) == []
    clock.now = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
    await work(world)
    (message,) = sent(world)
    assert message.title == "Your mentorship digest"
    assert text_of(message).count("hello") == 3
    assert [(await state(world, key))[0] for key in "abc"] == ["sent"] * 3
    clock.move(days=1)
    await work(world)
    assert len(sent(world)) == 1, "nothing new, nothing sent"


async def test_the_weekly_digest_tells_of_new_members_who_match(world: World, clock: FixedClock) -> None:
    (ann,) = await joined(world, "1")

    def fields(unit: UnitOfWork) -> None:
        unit.update_installation(policy={"offers_field": "o", "wants_field": "w"})
        handlers.apply([person("1", source=HOST, fields={"w": "negotiating salaries"}, created_at=clock() - timedelta(days=99))], unit)
        handlers.apply([person("2", source=HOST, fields={"o": "salaries and contracts"}, created_at=clock() - timedelta(days=1))], unit)
        handlers.apply([person("3", source=HOST, fields={"o": "gardening"}, created_at=clock() - timedelta(days=1))], unit)

    await world.database.write(world.installation_id, fields)
    await say(world, ann, "k")
    await work(world)
    assert len(sent(world)) == 1
    clock.now = datetime(2026, 11, 9, 9, 0, tzinfo=UTC)
    await world.database.write(
        world.installation_id,
        lambda unit: handlers.apply([person("2", source=HOST, fields={"o": "salaries and contracts"}, created_at=clock() - timedelta(days=1))], unit),
    )
    await work(world)
    digest = sent(world)[-1]
    assert digest.title == "Your mentorship digest"
    assert Mention("user2") in [part for block in digest.body for item in getattr(block, "items", ()) for part in item]
    assert "user3" not in text_of(digest)


async def test_the_digest_shows_nobody_who_is_kept_apart_from_its_reader(world: World, clock: FixedClock) -> None:
    ann, kept_away, young, _ = await joined(world, "1", "2", "3", "4")

    def fields(unit: UnitOfWork) -> None:
        unit.update_installation(policy={"offers_field": "o", "wants_field": "w"})
        handlers.apply([person("1", source=HOST, fields={"w": "negotiating salaries", "o": "contracts"}, created_at=clock() - timedelta(days=99))], unit)
        for number in ("2", "3", "4"):
            handlers.apply([person(number, source=HOST, fields={"o": "salaries", "w": "contracts"}, created_at=clock() - timedelta(days=1))], unit)
        unit.blocks.put(kept_away, ann)
        unit.screenings.declare(Minor(member_id=young, age=16, stated_at=unit.now, guardian=unit.seal(b"x", purpose="guardian")))

    await world.database.write(world.installation_id, fields)
    clock.move(days=2)

    def preview(unit: UnitOfWork) -> str:
        member = unit.members.get(ann)
        assert member is not None
        return str(digesting.preview(unit, member))

    shown = await world.database.read(world.installation_id, preview)
    assert [name in shown for name in ("user2", "user3", "user4")] == [False, False, True]


@pytest.mark.parametrize("tried", [False, True])
async def test_a_digest_that_waits_shows_nobody_who_no_longer_wants_to_be_suggested(world: World, clock: FixedClock, tried: bool) -> None:
    """It is written anew without them, with everything else that was in it; one that may be in the host already is not sent again."""
    (ann,) = await joined(world, "1")
    await choose(world, ann, "requests", frequency=Frequency.DAILY)

    def fields(unit: UnitOfWork) -> None:
        unit.update_installation(policy={"offers_field": "o", "wants_field": "w"})
        handlers.apply([person("1", source=HOST, fields={"w": "negotiating salaries"}, created_at=clock() - timedelta(days=99))], unit)
        handlers.apply([person("2", source=HOST, fields={"o": "salaries and contracts"}, created_at=clock() - timedelta(hours=1))], unit)

    await world.database.write(world.installation_id, fields)
    await say(world, ann, "k")
    await work(world)
    clock.now = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)

    def pending(unit: UnitOfWork) -> list[str]:
        bodies = [unit.unseal(one.body, purpose="outbox").decode() for one in unit.outbox.listing(limit=9, state="pending") if one.body]
        return [one for one in bodies if "user2" in one]

    def withdraw(unit: UnitOfWork) -> None:
        member = unit.members.by_host("2")
        assert member is not None
        decide(member, Consent.EXPERT, given=False, source="self", unit=unit)

    lanes = frozenset({"jobs", "tell", "outbox"}) if tried else frozenset({"jobs", "tell"})
    if tried:
        world.client.failures.append(HostUnreachable("away"))
    await Worker(world.runtime, world.graphs).run_until_idle(lanes=lanes)
    assert await world.database.read(world.installation_id, pending), "this test looks at a digest that waits and shows somebody"
    await world.database.write(world.installation_id, withdraw)
    assert not await world.database.read(world.installation_id, pending)
    clock.move(minutes=5)
    await work(world)
    digests = [one for one in sent(world) if one.title == "Your mentorship digest"]
    assert [text_of(one).count("hello") for one in digests] == ([] if tried else [1])
    assert "user2" not in str(digests)


async def test_hours_that_change_move_the_digest(world: World, clock: FixedClock) -> None:
    (ann,) = await joined(world, "1")
    await choose(world, ann, "requests", frequency=Frequency.DAILY)
    await say(world, ann, "a")
    await work(world)
    await wishing.set_reach(world.runtime, me(world, ann), timezone="Asia/Tokyo", digest_at=8 * 60 + 30)
    job = await world.database.read(world.installation_id, lambda unit: unit.jobs.get(f"digest:{ann}:daily"))
    assert job is not None
    assert job.at == datetime(2026, 11, 2, 23, 30, tzinfo=UTC)


@pytest.mark.parametrize("wrong", [{"timezone": "Mars/Base"}, {"quiet_from": 1440}, {"weekday": 7}, {"locale": "xx"}])
async def test_hours_that_are_none_are_refused(world: World, wrong: dict[str, object]) -> None:
    (ann,) = await joined(world, "1")
    with pytest.raises(Invalid):
        await wishing.set_reach(world.runtime, me(world, ann), **wrong)  # type: ignore[arg-type]  # wrong on purpose


# ---------------------------------------------------------------------------------------------------------------------- stopping


async def test_stopping_in_one_step(world: World) -> None:
    (ann,) = await joined(world, "1")
    link = await world.database.read(world.installation_id, lambda unit: reaching.stop_link(unit, ann, "requests", public_url="https://m.example"))
    token = link.rpartition("/")[2]
    asked = await wishing.stopping(world.runtime, world.installation_id, token)
    assert (asked.group, asked.title) == ("requests", "Requests for mentorship")
    await say(world, ann, "before")
    await wishing.stop(world.runtime, world.installation_id, token, everything=False)
    await wishing.stop(world.runtime, world.installation_id, token, everything=False)
    await say(world, ann, "after")
    await say(world, ann, "other", URGENT)
    await work(world)
    assert [one.title for one in sent(world)] == ["It begins"]
    await wishing.stop(world.runtime, world.installation_id, token, everything=True)
    await say(world, ann, "last", URGENT)
    await work(world)
    assert len(sent(world)) == 1
    with pytest.raises(Invalid):
        await wishing.stop(world.runtime, world.installation_id, token[:-2] + "AA", everything=True)


# ---------------------------------------------------------------------------------------------------------------------- managers


async def test_a_manager_holds_sees_releases_and_drops(world: World, clock: FixedClock) -> None:
    (ann,) = await joined(world, "1")
    for kind in (ASKED, SECRET):
        await reviewing.hold(world.runtime, admin(world), kind=kind, held=True)
    for key in "ab":
        await say(world, ann, key)
    await say(world, ann, "s", SECRET)
    await say(world, ann, "u", URGENT)
    await work(world)
    assert [one.title for one in sent(world)] == ["It begins"], "other kinds go on"
    # Ids of one moment are in no order.
    held = sorted(await reviewing.held(world.runtime, admin(world), kind=None, after=None, limit=10), key=lambda one: one[0].key)
    assert [(one.key, None if shown is None else shown.text) for one, shown in held] == [("a", "They write: hello"), ("b", "They write: hello"), ("s", None)]
    assert all(one.key not in "ab" for one, _ in await wishing.notices(world.runtime, me(world, ann), after=None, limit=10, unread=False))
    assert await reviewing.drop(world.runtime, admin(world), [held[1][0].id]) == 1
    clock.now = LATE
    assert await reviewing.release(world.runtime, admin(world), [held[0][0].id, held[1][0].id]) == 1
    await work(world)
    assert len(sent(world)) == 1, "quiet hours hold for released ones too"
    clock.move(hours=10)
    await work(world)
    assert len(sent(world)) == 2
    assert (await state(world, "b"))[0] == "dropped"
    await reviewing.hold(world.runtime, admin(world), kind=ASKED, held=False)
    await say(world, ann, "c")
    await work(world)
    assert len(sent(world)) == 3
    views = {one.kind.name: one for one in await reviewing.kinds(world.runtime, admin(world))}
    assert views[SECRET].held_since is not None
    assert views[ASKED].held_since is None
    assert views[ASKED].counts["sent"] == 2


async def test_only_managers_review(world: World) -> None:
    (ann,) = await joined(world, "1")
    with pytest.raises(Forbidden):
        await reviewing.hold(world.runtime, me(world, ann), kind=ASKED, held=True)
    with pytest.raises(Forbidden):
        await reviewing.held(world.runtime, me(world, ann), kind=None, after=None, limit=1)
    with pytest.raises(Invalid):
        await reviewing.hold(world.runtime, admin(world), kind="nothing", held=True)


async def test_every_kind_can_be_previewed(world: World) -> None:
    shown = await reviewing.preview(world.runtime, admin(world), kind=ASKED, role="", locale="en")
    assert (shown.title, shown.text) == ("maya asks", "They write: [note]")


# ---------------------------------------------------------------------------------------------------------------------- together


async def test_people_are_introduced_once_when_nobody_sleeps(world: World, clock: FixedClock) -> None:
    ann, ben = await joined(world, "1", timezone="Europe/Berlin") + await joined(world, "2", timezone="America/Los_Angeles")
    (cat,) = await joined(world, "3", agreed=False)
    about: dict[str, str | int] = {"mentor": ann, "mentee": ben, "program": "Spring"}

    def introduce(unit: UnitOfWork) -> bool:
        return introducing.introduce(unit, [ann, ben, cat], "introduction.pair", key="m:1", about=about)

    assert await world.database.write(world.installation_id, introduce)
    assert not await world.database.write(world.installation_id, introduce)
    await work(world)
    assert sent(world) == [], "it is four in the morning in Los Angeles"
    clock.now = datetime(2026, 11, 2, 16, 1, tzinfo=UTC)
    await work(world)
    (message,) = sent(world)
    assert message.to == ("user1", "user2")
    assert "Spring" in text_of(message)
    ((listed, _),) = await wishing.notices(world.runtime, me(world, cat), after=None, limit=5, unread=False)
    assert listed.kind == "introduction.pair"


async def test_who_changes_their_mind_is_left_out_of_what_is_said_to_several(world: World) -> None:
    ann, ben, cat = await joined(world, "1", "2", "3")
    about: dict[str, str | int] = {"name": "Circle", "program": "Spring"}
    await world.database.write(world.installation_id, lambda unit: introducing.introduce(unit, [ann, ben, cat], "introduction.group", key="g:1", about=about))
    await choose(world, cat, "groups", Channel.PRODUCT)
    await work(world)
    assert [one.to for one in sent(world)] == [("user1", "user2")]


async def test_who_is_left_alone_by_an_erasure_is_told_alone(world: World) -> None:
    ann, ben = await joined(world, "1", "2")
    (cat,) = await joined(world, "3", agreed=False)
    about: dict[str, str | int] = {"name": "Circle", "program": "Spring"}

    def story(unit: UnitOfWork) -> None:
        introducing.introduce(unit, [ann, ben, cat], "introduction.group", key="g:1", about=about)
        introducing.leave_out(unit, "g:1", ben)

    await world.database.write(world.installation_id, story)
    await work(world)
    assert [(one.to, one.title) for one in sent(world)] == [(("user1",), "Welcome to Circle")]


# ---------------------------------------------------------------------------------------------------------------------- any story

STEPS = st.one_of(
    st.tuples(st.just("tell"), st.integers(0, 5)),
    st.tuples(st.just("pass"), st.integers(1, 20)),
    st.tuples(st.just("choose"), st.integers(0, 3)),
    st.tuples(st.just("stop"), st.just(0)),
    st.tuples(st.just("fail"), st.just(0)),
)


async def work_here(world: World) -> None:
    """Everything that is due in this community and no other: all examples share a database."""
    for _ in range(3):
        await scheduling.run_due(world.runtime, world.installation_id)
        await delivering.deliver_due(world.runtime, world.installation_id)
        with contextlib.suppress(HostUnreachable):
            await outgoing.send_due(world.runtime, world.installation_id)


@pytest.mark.slow
@settings(max_examples=30)
@given(st.lists(STEPS, max_size=20), st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Pacific/Auckland"]))
async def test_any_story_tells_nothing_twice_nothing_at_night_and_nothing_after_a_stop(small_world: World, steps: list[tuple[str, int]], zone: str) -> None:
    clock = small_world.runtime.clock
    assert isinstance(clock, FixedClock)
    runtime = small_world.runtime
    world = await make_world(runtime.settings, small_world.database, runtime.vault, clock, base_url=f"https://f{id(steps)}.{clock():%H%M%S%f}.example")
    (ann,) = await joined(world, "1", timezone=zone)
    stopped, seen = False, 0
    choices = [(Channel.HOST, Frequency.AT_ONCE), (Channel.HOST, Frequency.DAILY), (Channel.HOST, Frequency.WEEKLY), (Channel.PRODUCT, Frequency.AT_ONCE)]
    for what, number in steps:
        if what == "tell":
            await say(world, ann, f"k{number}")
        elif what == "pass":
            clock.move(hours=number)
        elif what == "choose" and not stopped:
            await choose(world, ann, "requests", *choices[number])
        elif what == "stop":
            link = await world.database.read(world.installation_id, lambda unit: reaching.stop_link(unit, ann, "*", public_url=""))
            await wishing.stop(world.runtime, world.installation_id, link.rpartition("/")[2], everything=True)
            stopped, seen = True, len(world.client.sends)
        elif what == "fail":
            world.client.failures = [HostUnreachable("no")]
        await work_here(world)
        world.client.failures = []
        if stopped:
            assert len(world.client.sends) == seen
        reach = await world.database.read(world.installation_id, lambda unit: reaching.reach_of(unit, unit.members.by_host("1")))  # type: ignore[arg-type]  # is there
        if len(world.client.sends) > seen:
            assert not is_quiet(clock(), reach)
        seen = len(world.client.sends)
    assert len(set(world.client.sends)) == len(world.client.sends)
    told = [text_of(one).count("hello") for one in sent(world)]
    assert sum(told) <= 6, "each of six keys at most once, in a message or a digest"
    states = await world.database.read(world.installation_id, lambda unit: unit.notices.listing(state=NoticeState.SENT, kind=ASKED, after=None, limit=100))
    assert sum(told) == len(states), "what is marked as sent is what was sent"
