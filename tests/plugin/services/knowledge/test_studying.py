"""A community's history moves its weights, is on record, and can be reset."""

from datetime import datetime, timedelta

import pytest

from mentorgraph import events as e
from plugin.domain.learning import WeightChangeKind
from plugin.domain.people import MEMBER_SCOPES, SERVICE_SCOPES, Principal
from plugin.errors import Forbidden, Invalid
from plugin.graph import bulk
from plugin.graph.weights import SHIPPED
from plugin.services import computing
from plugin.services.knowledge import observing, studying
from plugin.services.knowledge.graph_facts import facts
from plugin.services.knowledge.graphs import Graphs
from plugin.worker import Worker
from tests.conftest import NOW, FixedClock
from tests.plugin.services.stories import HOST, person, post, space, tell, topic
from tests.plugin.support import World

QUESTIONS = 220


def manager(world: World) -> Principal:
    return Principal(installation_id=world.installation_id, member_id=None, scopes=SERVICE_SCOPES, token_id=2)


def exchange(number: int, at: datetime) -> list[e.Event]:
    """A question that the asker's own helper answers: 11 to 14 ask, 21 to 24 answer, each about everything."""
    asker, helper = str(11 + number % 4), str(21 + number % 4)
    words = f"gardening roses soil {'apples' if number % 3 else 'pears'} season{number % 7}"
    return [
        topic(str(number), author=asker, title=words, created_at=at, source=HOST),
        post(str(3 * number), topic_id=str(number), author=asker, text=words, number=1, created_at=at, source=HOST),
        post(str(3 * number + 1), topic_id=str(number), author=helper, text=words, number=2, created_at=at + timedelta(hours=1), source=HOST),
    ]


async def lived(world: World, *, questions: int = QUESTIONS) -> None:
    people = [person(str(number), source=HOST) for number in (*range(11, 15), *range(21, 25))]
    await tell(world, space("1", source=HOST), *people)
    start = NOW - timedelta(days=questions + 10)
    for first in range(1, questions, 40):
        await tell(world, *[event for number in range(first, min(first + 40, questions)) for event in exchange(number, start + timedelta(days=number))])


@pytest.mark.slow
async def test_history_moves_the_weights_in_every_process_and_is_on_record(world: World) -> None:
    await lived(world)
    one, other = Graphs(world.runtime), Graphs(world.runtime)
    assert (await one.known(world.installation_id)).weights == SHIPPED
    await other.known(world.installation_id)
    due = await studying.learn(world.runtime, world.installation_id)
    assert due == NOW + timedelta(days=1)
    for graphs in (one, other, Graphs(world.runtime)):
        known = await graphs.known(world.installation_id)
        assert known.weights.value("answered_asker") > SHIPPED.value("answered_asker") + 0.3
        assert known.knowledge.habits.answered.view.sum() > 0
    (change,) = await studying.changes(world.runtime, manager(world), limit=5)
    assert change.kind is WeightChangeKind.ADAPTED
    assert change.questions >= 150
    assert change.because["loss_after"] < change.because["loss_before"]
    assert studying.parsed(change)["answered_asker"] == pytest.approx(known.weights.value("answered_asker"))
    shown = {weight.signal: weight for weight in await studying.weights(world.runtime, manager(world))}
    assert shown["answered_asker"].value > shown["answered_asker"].shipped == SHIPPED.value("answered_asker")


@pytest.mark.slow
async def test_the_same_history_moves_nothing_twice(small_world: World) -> None:
    await lived(small_world)
    for _ in range(2):
        await studying.learn(small_world.runtime, small_world.installation_id)
    assert len(await studying.changes(small_world.runtime, manager(small_world), limit=5)) == 1


@pytest.mark.slow
async def test_a_reset_forgets_and_earlier_questions_teach_nothing_again(world: World, clock: FixedClock) -> None:
    await lived(world)
    await studying.learn(world.runtime, world.installation_id)
    clock.move(hours=1)
    change = await studying.reset(world.runtime, manager(world))
    assert change.kind is WeightChangeKind.RESET
    graphs = Graphs(world.runtime)
    assert (await graphs.known(world.installation_id)).weights == SHIPPED
    clock.move(days=1)
    await studying.learn(world.runtime, world.installation_id)
    known = await graphs.known(world.installation_id)
    assert known.weights == SHIPPED
    assert known.knowledge.habits.answered.view.sum() == 0
    assert [one.kind for one in await studying.changes(world.runtime, manager(world), limit=5)] == [WeightChangeKind.RESET, WeightChangeKind.ADAPTED]


async def test_a_reset_during_a_study_wins(small_world: World, clock: FixedClock, monkeypatch: pytest.MonkeyPatch) -> None:
    await lived(small_world)
    run = computing.run

    async def slow(*args: object, **options: object) -> object:
        outcome: object = await run(*args, **options)  # type: ignore[arg-type]  # passed through
        await studying.reset(small_world.runtime, manager(small_world))
        return outcome

    monkeypatch.setattr(computing, "run", slow)
    await studying.learn(small_world.runtime, small_world.installation_id)
    assert (await small_world.graphs.known(small_world.installation_id)).weights == SHIPPED
    assert await small_world.database.read(small_world.installation_id, lambda unit: unit.learned.habits()) == []


async def test_only_managers_see_and_reset_weights(small_world: World) -> None:
    me = Principal(installation_id=small_world.installation_id, member_id=1, scopes=MEMBER_SCOPES, token_id=1)
    for call in (studying.weights(small_world.runtime, me), studying.changes(small_world.runtime, me, limit=1), studying.reset(small_world.runtime, me)):
        with pytest.raises(Forbidden):
            await call


async def test_a_community_without_history_is_studied_without_harm(world: World) -> None:
    await studying.learn(world.runtime, world.installation_id)
    assert await studying.changes(world.runtime, manager(world), limit=5) == []
    assert (await world.graphs.known(world.installation_id)).weights == SHIPPED


async def test_the_worker_studies_once_a_day(small_world: World, clock: FixedClock) -> None:
    await lived(small_world, questions=12)
    await small_world.database.write(small_world.installation_id, studying.schedule_first)
    worker = Worker(small_world.runtime, small_world.graphs)
    lanes = frozenset({"learn"})
    await worker.run_until_idle(lanes=lanes)
    assert await small_world.database.read(small_world.installation_id, lambda unit: unit.learned.studied_at()) is None
    for expected in (NOW + studying.SOON, NOW + studying.SOON + studying.EVERY):
        clock.now = expected
        await worker.run_until_idle(lanes=lanes)
        assert await small_world.database.read(small_world.installation_id, lambda unit: unit.learned.studied_at()) == expected


async def test_a_member_who_left_is_in_nothing_that_was_learned(world: World) -> None:
    await lived(world)
    await studying.learn(world.runtime, world.installation_id)
    gone = await world.database.read(world.installation_id, lambda unit: unit.members.by_host("21"))
    assert gone is not None
    assert gone.id in {row[0] for row in await world.database.read(world.installation_id, lambda unit: unit.learned.habits())}
    await tell(world, e.MemberLeft(seen_at=NOW, host_user_id="21", source=HOST))
    assert gone.id not in {row[0] for row in await world.database.read(world.installation_id, lambda unit: unit.learned.habits())}
    known = await Graphs(world.runtime).known(world.installation_id)
    assert gone.id not in known.knowledge.member_rows


# ---------------------------------------------------------------------------------------------------------------------- measures


async def test_numbers_are_kept_by_day_and_name_no_member(world: World, clock: FixedClock) -> None:
    await lived(world, questions=60)
    for _ in range(3):
        await studying.learn(world.runtime, world.installation_id)
        clock.move(days=1)
    found = await observing.history(world.runtime, manager(world), days=30, names=("active", "answered", "unanswered", "asked"))
    assert {one.day for one in found} == {(NOW + timedelta(days=number)).date() for number in range(3)}
    by_name = {(one.name, one.subject): one.value for one in found if one.day == NOW.date()}
    assert by_name["active", ""] == 8
    assert by_name["answered", ""] == 1.0
    assert by_name["unanswered", "1"] == 0
    assert by_name["asked", "1"] == 59
    ids = {str(member.id) for member in await world.database.read(world.installation_id, lambda unit: unit.members.all())}
    assert not ids & {one.subject for one in found}


async def test_pictures_are_drawn_from_what_is_kept(small_world: World) -> None:
    await lived(small_world, questions=40)
    await studying.learn(small_world.runtime, small_world.installation_id)
    chart = await observing.chart(small_world.runtime, manager(small_world), days=30, names=("reach", "gini"))
    assert chart.startswith("<svg")
    assert "reach" in chart
    network = await observing.network(small_world.runtime, manager(small_world))
    assert network.count("<circle") == 8
    assert network == await observing.network(small_world.runtime, manager(small_world))
    with pytest.raises(Invalid, match="choose from"):
        await observing.chart(small_world.runtime, manager(small_world), days=30, names=("password",))
    with pytest.raises(Invalid, match="days must be"):
        await observing.history(small_world.runtime, manager(small_world), days=0, names=())
    me = Principal(installation_id=small_world.installation_id, member_id=1, scopes=MEMBER_SCOPES, token_id=1)
    with pytest.raises(Forbidden):
        await observing.network(small_world.runtime, me)


@pytest.mark.slow
async def test_facts_rebuild_the_graph_that_is_served(small_world: World) -> None:
    await lived(small_world, questions=30)
    known = await small_world.database.read(small_world.installation_id, facts)
    rebuilt = bulk.build(members=known.members, posts=known.posts)
    served = await small_world.graphs.get(small_world.installation_id)
    assert rebuilt.questions.content() == served.questions.content()
