"""Agreements signed in one version, goals and actions with their days, milestones, and session kits."""

from contextlib import suppress
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.domain.agreements import NEXT, Agreement, AgreementState, Terms, quiet_after
from plugin.domain.goals import ItemKind, ItemState, Milestone
from plugin.domain.kits import KitWords
from plugin.errors import Conflict, Forbidden, Invalid, NotFound
from plugin.services.meetings import attending, kits, proposing
from plugin.services.pairs import agreeing, goals, pairing, signs
from plugin.settings import Settings
from plugin.store.crypto import Vault
from plugin.store.database import Database
from tests.conftest import FixedClock
from tests.plugin.services.meetings.support import Meeting, another_pair, pair_of, tomorrow
from tests.plugin.support import World

TERMS = Terms(topics=("Pricing", "Sales"), cadence=7)


@pytest.fixture
async def pair(small_world: World) -> Meeting:
    return await pair_of(small_world)


async def propose(pair: Meeting, name: str, terms: Terms = TERMS) -> Agreement:
    return await pair.do(lambda unit: agreeing.propose(unit, pair.one.id, by=pair.id(name), terms=terms))


async def sign(pair: Meeting, one: Agreement, name: str) -> Agreement:
    return await pair.do(lambda unit: agreeing.sign(unit, one.id, by=pair.id(name)))


async def states(pair: Meeting) -> list[str]:
    return [one.state.value for one in await pair.do(lambda unit: unit.agreements.of_mentorship(pair.one.id))]


@pytest.mark.slow
async def test_both_sign_the_same_version_and_a_change_needs_both(pair: Meeting) -> None:
    first = await propose(pair, "ann")
    with pytest.raises(Conflict, match="you have signed"):
        await sign(pair, first, "ann")
    second = await propose(pair, "mia", Terms(topics=("Pricing",), cadence=14))
    assert await states(pair) == ["replaced", "proposed"]
    with pytest.raises(Conflict, match="replaced by a later one"):
        await sign(pair, first, "mia")
    done = await sign(pair, second, "ann")
    assert (done.state, set(done.signed)) == (AgreementState.IN_FORCE, {pair.id("ann"), pair.id("mia")})
    assert "agreement.signed" in await pair.crowd.told("mia")
    third = await propose(pair, "mia")
    assert await states(pair) == ["replaced", "in_force", "proposed"]
    await pair.do(lambda unit: agreeing.decline(unit, third.id, by=pair.id("ann")))
    assert await states(pair) == ["replaced", "in_force", "declined"]
    assert "agreement.declined" in await pair.crowd.told("mia")
    seen = await agreeing.of_mentorship(pair.world.runtime, pair.crowd.admin, pair.one.id)
    assert [one.terms for one in seen] == [None] * 3, "managers see that there is one, not what it says"
    mine = await agreeing.of_mentorship(pair.world.runtime, pair.crowd.people["mia"], pair.one.id)
    assert mine[1].terms is not None
    assert mine[1].terms.topics == ("Pricing",)


async def test_what_cannot_be_agreed_on(pair: Meeting) -> None:
    for terms, why in (
        (Terms(topics=(), cadence=7), "topics"),
        (Terms(topics=("x" * 121,), cadence=7), "topics"),
        (Terms(topics=("x",), cadence=0), "every"),
        (Terms(topics=("x",), cadence=7, starts_on=date(2027, 2, 1), ends_on=date(2027, 1, 1)), "end before it begins"),
    ):
        with pytest.raises(Invalid, match=why):
            await propose(pair, "ann", terms)
    with pytest.raises(NotFound):
        await pair.do(lambda unit: agreeing.propose(unit, pair.one.id, by=1, terms=TERMS))


async def test_nudges_follow_what_was_agreed_on(pair: Meeting, clock: FixedClock) -> None:
    await sign(pair, await propose(pair, "ann"), "mia")
    assert await pair.do(lambda unit: signs.patience(unit, pair.one.id)) == timedelta(days=10)
    clock.move(days=10)
    await pair.crowd.due()
    assert (await pair.crowd.told("mia")).count("mentorship.quiet") == 1


def test_patience_by_what_was_agreed_on() -> None:
    usual = timedelta(days=21)
    assert [quiet_after(cadence, usual=usual).days for cadence in (None, 1, 7, 14, 30)] == [21, 4, 10, 21, 45]


COMMANDS = st.lists(st.tuples(st.sampled_from(["propose", "sign", "decline"]), st.sampled_from(["ann", "mia"]), st.integers(0, 5)), max_size=14)


@pytest.mark.slow
@settings(max_examples=12)
@given(commands=COMMANDS)
async def test_whatever_both_do_at_most_one_version_is_in_force_and_everybody_signed_it(
    sqlite_settings: Settings, sqlite_database: Database, vault: Vault, commands: list[tuple[str, str, int]]
) -> None:
    pair = await another_pair(sqlite_settings, sqlite_database, vault)
    for what, name, which in commands:
        before = {one.id: one for one in await pair.do(lambda unit: unit.agreements.of_mentorship(pair.one.id))}
        with suppress(Conflict):
            await command(pair, what, name, list(before)[which % len(before)] if before else 0)
        after = await pair.do(lambda unit: unit.agreements.of_mentorship(pair.one.id))
        assert [one.version for one in after] == list(range(1, len(after) + 1))
        for state in (AgreementState.IN_FORCE, AgreementState.PROPOSED):
            assert sum(one.state is state for one in after) <= 1
        for one in after:
            assert one.state is not AgreementState.IN_FORCE or set(one.signed) == {pair.id("ann"), pair.id("mia")}
            known = before.get(one.id)
            assert known is None or known.state is one.state or one.state in NEXT[known.state]


async def command(pair: Meeting, what: str, name: str, agreement_id: int) -> None:
    if what == "propose":
        await propose(pair, name)
    elif agreement_id:
        act = agreeing.sign if what == "sign" else agreeing.decline
        await pair.do(lambda unit: act(unit, agreement_id, by=pair.id(name)))


# ---------------------------------------------------------------------------------------------------------------------- goals


@pytest.mark.slow
async def test_goals_and_actions_have_their_day_and_their_state(pair: Meeting, clock: FixedClock) -> None:
    goal = await pair.do(lambda unit: goals.add(unit, pair.one.id, by=pair.id("mia"), kind=ItemKind.GOAL, title="A first customer"))
    day = (clock() + timedelta(days=3)).date()
    action = await pair.do(
        lambda unit: goals.add(
            unit, pair.one.id, by=pair.id("ann"), kind=ItemKind.ACTION, title="Write to five", due_on=day, goal_id=goal.id, member_id=pair.id("mia")
        )
    )
    clock.move(days=3)
    await pair.crowd.due()
    assert ("goal.due" in await pair.crowd.told("mia"), "goal.due" in await pair.crowd.told("ann")) == (True, False)
    done = await pair.do(lambda unit: goals.change(unit, action.id, by=pair.id("mia"), state=ItemState.DONE))
    assert done.settled_at == clock()
    with pytest.raises(Conflict, match="open it again"):
        await pair.do(lambda unit: goals.change(unit, action.id, by=pair.id("mia"), state=ItemState.DROPPED))
    again = await pair.do(lambda unit: goals.change(unit, action.id, by=pair.id("ann"), state=ItemState.OPEN, title="Write to ten"))
    assert again.settled_at is None
    seen = await goals.of_mentorship(pair.world.runtime, pair.crowd.people["ann"], pair.one.id)
    assert {one.title for one in seen} == {"A first customer", "Write to ten"}
    assert await goals.of_mentorship(pair.world.runtime, pair.crowd.admin, pair.one.id) == [], "goals are between the two"
    with pytest.raises(Invalid, match="both sides"):
        await pair.do(lambda unit: goals.add(unit, pair.one.id, by=pair.id("mia"), kind=ItemKind.GOAL, title="Mine", member_id=pair.id("mia")))
    await pair.do(lambda unit: goals.remove(unit, goal.id, by=pair.id("mia")))
    assert await pair.do(lambda unit: unit.pair_items.of_mentorship(pair.one.id)) == []


async def test_milestones_are_reached_by_what_happens_and_managers_hear_of_a_pair_that_stands_still(pair: Meeting, clock: FixedClock) -> None:
    manager = await pair.crowd.member("eve")
    assert manager.member_id is not None
    await pair.do(lambda unit: unit.managers.add(pair.crowd.program.id, pair.id("eve"), at=unit.now))

    async def reached() -> list[str]:
        return [name.value for name, at in await pairing.way(pair.world.runtime, pair.crowd.admin, pair.one.id) if at is not None]

    assert await reached() == [Milestone.BEGUN.value]
    made = await pair.agreed(tomorrow(clock))
    clock.move(days=2)
    for name in ("ann", "mia"):
        await pair.say(made, name, held=True)
    assert await reached() == ["begun", "met"]
    clock.move(days=21)
    await pair.crowd.due()
    assert (await pair.crowd.told("eve")).count("mentorship.stuck") == 1
    assert "mentorship.stuck" not in await pair.crowd.told("mia")
    await sign(pair, await propose(pair, "ann"), "mia")
    await pair.do(lambda unit: goals.add(unit, pair.one.id, by=pair.id("mia"), kind=ItemKind.GOAL, title="A first customer"))
    assert await reached() == ["begun", "met", "agreed", "goal_set"]
    clock.move(days=60)
    await pair.crowd.due()
    assert (await pair.crowd.told("eve")).count("mentorship.stuck") == 1, "a goal may take its time"


# ---------------------------------------------------------------------------------------------------------------------- kits


def test_every_kit_says_everything() -> None:
    for kit in kits.BUILT_IN.values():
        english, german = kits.translated(kit, "en"), kits.translated(kit, "de")
        assert english == kit.words
        for text, other in zip(vars_of(english), vars_of(german), strict=True):
            assert text
            assert other not in {"", text}
        minutes = [int(line.split()[0]) for line in english.agenda.split("\n")]
        assert sum(minutes) == 60, english.title
        assert [int(line.split()[0]) for line in german.agenda.split("\n")] == minutes


def vars_of(words: KitWords) -> list[str]:
    return [getattr(words, name) for name in KitWords.__slots__]


async def test_a_kit_prepares_both_sides_and_follows_up(pair: Meeting, clock: FixedClock) -> None:
    at = tomorrow(clock) + timedelta(days=5)
    kit = kits.BUILT_IN[4]
    made = await pair.do(lambda unit: proposing.propose(unit, pair.one.id, by=pair.id("mia"), times=[at], minutes=60, kit_id=kit.id))
    await pair.answer(made, "ann", at)
    clock.now = at - timedelta(days=2, minutes=1)
    await pair.crowd.due()
    assert "session.prepare" not in await pair.crowd.told("mia")
    clock.move(minutes=1)
    await pair.crowd.due()
    assert [(await pair.crowd.told(name)).count("session.prepare") for name in ("ann", "mia")] == [1, 1]
    clock.now = at + timedelta(minutes=50)
    for name in ("ann", "mia"):
        await pair.say(made, name, held=True)
    clock.move(hours=21)
    await pair.crowd.due()
    assert [(await pair.crowd.told(name)).count("session.followup") for name in ("ann", "mia")] == [1, 1]


@pytest.mark.slow
async def test_a_session_that_did_not_take_place_has_no_follow_up(pair: Meeting, clock: FixedClock) -> None:
    at = tomorrow(clock)
    made = await pair.agreed(at)
    await pair.do(lambda unit: kits.attach(unit, made, 1))
    await pair.crowd.due()
    assert "session.prepare" in await pair.crowd.told("mia"), "it is near: preparation comes at once"
    clock.now = at + timedelta(hours=1)
    await pair.do(lambda unit: attending.say(unit, made.id, by=pair.id("ann"), held=False, missing=[pair.id("mia")]))
    clock.move(days=3)
    await pair.crowd.due()
    assert "session.followup" not in await pair.crowd.told("ann")


@pytest.mark.slow
async def test_managers_adapt_kits_for_their_program(pair: Meeting, clock: FixedClock) -> None:
    said = KitWords(title="Our first meeting", agenda="60 min: talk")
    program = pair.crowd.program.id
    with pytest.raises(Forbidden):
        await kits.save(pair.world.runtime, pair.crowd.people["ann"], program, kit_id=None, base=1, said=said)
    own = await kits.save(pair.world.runtime, pair.crowd.admin, program, kit_id=None, base=1, said=said)
    with pytest.raises(Conflict, match="in its place"):
        await kits.save(pair.world.runtime, pair.crowd.admin, program, kit_id=None, base=1, said=said)
    offered = await kits.page(pair.world.runtime, pair.crowd.people["mia"], program)
    assert [one.words.title for one in offered if one.id in {1, own.id}] == ["Our first meeting"]
    await kits.retire(pair.world.runtime, pair.crowd.admin, own.id, retired=True)
    offered = await kits.page(pair.world.runtime, pair.crowd.people["mia"], program)
    assert len(offered) == 5
    with pytest.raises(Invalid, match="one line"):
        await kits.save(pair.world.runtime, pair.crowd.admin, program, kit_id=None, base=None, said=KitWords(title="", agenda="x"))
    with pytest.raises(NotFound):
        await pair.do(lambda unit: proposing.propose(unit, pair.one.id, by=pair.id("mia"), times=[tomorrow(clock)], minutes=60, kit_id=99))
