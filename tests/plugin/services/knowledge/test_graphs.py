"""The graph in memory follows the store change by change, and keeps nothing of what was removed."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import numpy as np
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mentorgraph import events as e
from plugin.domain.community import Policy
from plugin.domain.mentorships import Mentorship
from plugin.domain.needs import Suggestion
from plugin.domain.people import MEMBER_SCOPES, Principal
from plugin.domain.skills import Standing
from plugin.graph.affinity import Need, rank
from plugin.graph.knowledge import Knowledge
from plugin.graph.meaning import DIMENSIONS, Model
from plugin.graph.text import term_counts
from plugin.graph.weights import SHIPPED
from plugin.services.hosts import handlers
from plugin.services.hosts.choosing import policy_values
from plugin.services.knowledge import graphs as graphs_module
from plugin.services.knowledge import reading, studying
from plugin.services.knowledge.graphs import Graphs
from plugin.services.suggestions import experts, knowing, needs, suggesting
from plugin.store.unit_of_work import UnitOfWork
from tests.conftest import NOW, FixedClock
from tests.plugin.graph.test_knowledge import content
from tests.plugin.services.knowledge.test_studying import lived
from tests.plugin.services.stories import HOST, person, post, space, tell, topic
from tests.plugin.services.suggestions.test_knowing import lively, member_id, principal
from tests.plugin.support import World, community, make_runtime

WORDS = ("soil and roses", "apples in winter", "soil apples", "roses", "")
MEMBERS = ("1", "2", "3", "4")
CANARY = "zqcanary"


@st.composite
def stories(draw: st.DrawFn) -> list[e.Event]:
    """What may happen in a small community, in any order."""
    told: list[e.Event] = []
    for _ in range(draw(st.integers(1, 12))):
        number, author = draw(st.integers(1, 3)), draw(st.sampled_from(MEMBERS))
        place, version = draw(st.integers(1, 3)), draw(st.integers(1, 4))
        post_id = str(10 * number + place)
        match draw(st.sampled_from(["post", "post", "post", "gone", "topic", "like", "solved", "left", "moved"])):
            case "post":
                text = draw(st.sampled_from(WORDS))
                at = NOW - timedelta(days=draw(st.integers(0, 300)))
                told.append(post(post_id, topic_id=str(number), author=author, number=place, version=version, text=text, created_at=at, source=HOST))
            case "gone":
                told.append(e.PostDeleted(seen_at=NOW, post_id=post_id, source=HOST))
            case "topic":
                told.append(topic(str(number), author=author, title=draw(st.sampled_from(WORDS)), source=HOST))
            case "moved":
                told.append(topic(str(number), author=author, tags=(draw(st.sampled_from(["a", "b"])),), source=HOST))
            case "like":
                told.append(e.LikesRead(seen_at=NOW, member_id=author, post_ids=(post_id,)))
            case "solved":
                told.append(e.SolutionAccepted(seen_at=NOW, topic_id=str(number), post_id=post_id, source=HOST))
            case "left":
                told.append(person(author, suspended=draw(st.booleans()), last_seen_at=NOW - timedelta(days=version), source=HOST))
    return told


def everything(knowledge: Knowledge) -> dict[str, object]:
    """The state in names, with what was learned and said."""
    k = knowledge
    name = {row: int(number) for row, number in enumerate(k.member_numbers.view)}
    sums, participations = k.meaning.content()
    return content(k) | {
        "facts": {name[row]: fact for row, fact in k.facts.items()},
        "offers": {term: sorted(name[row] for row in rows) for term, rows in k.offers.items()},
        "about": {term: sorted(name[row] for row in rows) for term, rows in k.about.items()},
        "hidden": {name[row]: set(hidden) for row, hidden in k.hidden.items()},
        "meaning": ({name[row]: values for row, values in sums.items()}, participations),
        "habits": {name[row]: float(k.habits.answered.data[row]) for row in name if name[row] >= 0 and k.habits.answered.data[row]},
    }


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(parts=st.lists(stories(), min_size=1, max_size=4), chosen=st.sampled_from(Standing))
async def test_following_is_rebuilding(small_world: World, clock: FixedClock, parts: list[list[e.Event]], chosen: Standing) -> None:
    from tests.plugin.services.conftest import make_world  # noqa: PLC0415 - each example has a community of its own

    address = f"https://f{abs(hash((str(parts), chosen)))}.example.org"
    world = await make_world(small_world.runtime.settings, small_world.database, small_world.runtime.vault, clock, base_url=address)
    following = Graphs(make_runtime(small_world.runtime.settings, small_world.database, small_world.runtime.vault, clock, world.host))
    await tell(world, space("1", source=HOST), *(person(one, source=HOST) for one in MEMBERS))
    await tell(world, *(topic(str(number), author="1", source=HOST) for number in range(1, 4)))
    await following.get(world.installation_id)
    for number, part in enumerate(parts):
        await tell(world, *part)
        if number == 1:
            await knowing.choose(world.runtime, await principal(world, "2"), name="roses", standing=chosen)
        followed = await following.get(world.installation_id)
    rebuilt = await Graphs(world.runtime).get(world.installation_id)
    for one in (followed, rebuilt):
        one.advance(NOW.timestamp())
    assert everything(followed) == everything(rebuilt)


def made_meaning(key: bytes) -> Model:
    """Directions of some words; any will do."""
    terms = np.array(sorted(term_counts("gardening roses soil apples pears season1 season2", key=key)), np.int64)
    vectors = np.random.default_rng(0).integers(-2_000, 2_000, (len(terms), DIMENSIONS)).astype(np.int16)
    return Model(terms, vectors)


async def test_what_was_learned_follows_too(small_world: World) -> None:
    await lived(small_world, questions=50)
    following = Graphs(small_world.runtime)
    await following.get(small_world.installation_id)
    helper = await member_id(small_world, "22")

    def learn(unit: UnitOfWork) -> None:
        unit.learned.put_study([(helper, 3.0, 2.0)], meaning=made_meaning(unit.keys.terms).to_bytes(), at=NOW)
        unit.change("learned", "")

    await small_world.database.write(small_world.installation_id, learn)
    await following.get(small_world.installation_id)
    await tell(small_world, post("9001", topic_id="3", author="22", text="gardening roses soil", number=3, source=HOST))
    await following.get(small_world.installation_id)
    await tell(small_world, e.PostDeleted(seen_at=NOW, post_id="10", source=HOST), e.PostDeleted(seen_at=NOW, post_id="15", source=HOST))
    followed = await following.get(small_world.installation_id)
    rebuilt = await Graphs(small_world.runtime).get(small_world.installation_id)
    for one in (followed, rebuilt):
        one.advance(NOW.timestamp())
    assert followed.meaning.content()[1] > 0
    assert followed.habits.answered.view.sum() == 3.0
    assert everything(followed) == everything(rebuilt)


@pytest.mark.slow
async def test_a_lost_log_leads_to_a_new_start(small_world: World) -> None:
    await lively(small_world)
    following = Graphs(small_world.runtime)
    before = await following.get(small_world.installation_id)
    await tell(small_world, post("99", topic_id="1", author="3", text="kubernetes too", number=3, source=HOST))
    await small_world.database.write(small_world.installation_id, lambda unit: unit.changes.prune(before=NOW + timedelta(days=1)))
    after = await following.get(small_world.installation_id)
    assert after is not before
    assert everything(after) == everything(await Graphs(small_world.runtime).get(small_world.installation_id))


# ---------------------------------------------------------------------------------------------------------------------- canary words


async def planted(world: World) -> None:
    """Member 9 wrote about the canary word in a space of a group and in an open one; three members use it, so it may be a word."""
    policy = policy_values(Policy(spaces=("2",)))
    await world.database.write(world.installation_id, lambda unit: unit.update_installation(policy=policy))
    await lively(world)
    await tell(world, space("2", e.Access.GROUPS, group_ids=("g",), source=HOST), e.GroupChanged(seen_at=NOW, group_id="g", name="g", title="g", source=HOST))
    await tell(world, person("2", group_ids=("g",), source=HOST))
    at = NOW - timedelta(days=3)
    await tell(
        world,
        topic("50", space_id="2", author="2", title=f"{CANARY} in secret", created_at=at, source=HOST),
        topic("51", space_id="1", author="3", title=f"{CANARY} in the open", created_at=at, source=HOST),
        post("501", topic_id="50", author="2", text=f"what is {CANARY}", number=1, space_id="2", created_at=at, source=HOST),
        post("502", topic_id="50", author="9", text=f"{CANARY} is this", number=2, space_id="2", created_at=at, source=HOST),
        post("511", topic_id="51", author="3", text=f"what is {CANARY}", number=1, created_at=at, source=HOST),
        post("512", topic_id="51", author="9", text=f"{CANARY} is that", number=2, created_at=at, source=HOST),
    )


async def cited(world: World, graphs: Graphs, reader: str) -> set[str]:
    """Titles and addresses that a reader is shown as evidence for the canary word, in suggestions and in skills."""
    who = await principal(world, reader)
    found = await experts.experts_for(world.runtime, graphs, who, need_text=f"help with {CANARY}", first=10)
    posts = {post_id for one in found for reason in one.reasons for post_id in reason.post_ids}
    items = await knowing.skills(world.runtime, graphs, who, [await member_id(world, one) for one in ("2", "3", "9")])
    posts |= {post_id for several in items.values() for item in several for post_id in item.post_ids}
    return {one.title for one in (await reading.evidence(world.runtime, who, posts)).values()}


async def test_a_reason_never_shows_what_the_reader_may_not_read(world: World) -> None:
    await planted(world)
    graphs = world.graphs
    assert f"{CANARY} in secret" in await cited(world, graphs, "2")
    for reader in ("1", "4", "5"):
        shown = await cited(world, graphs, reader)
        assert f"{CANARY} in the open" in shown
        assert f"{CANARY} in secret" not in shown
    await tell(world, space("1", e.Access.GROUPS, group_ids=("g",), source=HOST))
    assert await cited(world, graphs, "4") == set()


@pytest.mark.parametrize("how", ["hidden", "unlisted"])
async def test_what_the_host_hides_is_in_no_reason_and_comes_back_with_it(world: World, how: str) -> None:
    await planted(world)
    graphs = world.graphs
    need = await needs.state_need(world.runtime, graphs, await principal(world, "1"), need_text=f"more about {CANARY}", topic_url=None)

    async def switch(*, hidden: bool) -> set[str]:
        at, version = NOW - timedelta(days=3), 2 if hidden else 3
        if how == "unlisted":
            await tell(world, topic("51", author="3", title=f"{CANARY} in the open", created_at=at, visible=not hidden, source=HOST))
        else:
            for number, author in ((1, "3"), (2, "9")):
                text = None if hidden else f"{CANARY} again"
                told = post(f"51{number}", topic_id="51", author=author, text=text, number=number, hidden=hidden, version=version, created_at=at, source=HOST)
                await tell(world, told)
        await suggesting.answer_needs(world.runtime, graphs, world.installation_id)
        return await cited(world, graphs, "4")

    assert "'512'" in str(await kept(world, need.id))
    assert await switch(hidden=True) == set()
    assert "'512'" not in str(await kept(world, need.id))
    assert (await graphs.get(world.installation_id)).post_ids.find("512") < 0
    if how == "hidden":
        assert f"{CANARY} in the open" in await switch(hidden=False)


async def test_a_removed_post_leaves_no_trace_in_memory_rows_or_reasons(world: World) -> None:
    await planted(world)
    graphs = Graphs(world.runtime)
    await world.database.write(world.installation_id, lambda unit: unit.update_installation(policy=policy_values(Policy())))
    asker = await principal(world, "1")
    need = await needs.state_need(world.runtime, graphs, asker, need_text=f"more about {CANARY}", topic_url=None)
    assert "512" in orjson.dumps([one.__dict__ if hasattr(one, "__dict__") else str(one) for one in await kept(world, need.id)]).decode()
    knowledge = await graphs.get(world.installation_id)
    assert knowledge.post_ids.find("512") >= 0
    for post_id in ("511", "512", "501", "502"):
        await tell(world, e.PostDeleted(seen_at=NOW, post_id=post_id, source=HOST))
    for topic_id in ("50", "51"):
        await tell(world, e.TopicDeleted(seen_at=NOW, topic_id=topic_id, source=HOST))
    await suggesting.answer_needs(world.runtime, graphs, world.installation_id)
    knowledge = await graphs.get(world.installation_id)
    assert knowledge.post_ids.find("512") < 0
    entry = graphs._entries[world.installation_id]
    assert not {"501", "502", "511", "512"} & entry.kept.keys()
    assert not any({"501", "502", "511", "512"} & posts for posts in entry.topic_posts.values())
    ours = term_counts(CANARY, key=await world.database.read(world.installation_id, lambda unit: unit.keys.terms))
    assert not any(knowledge.questions.frequency(term) or knowledge.replies.frequency(term) for term in ours)
    found = rank(knowledge, Need(ours, asker=asker.member_id), now=NOW.timestamp(), weights=SHIPPED)
    assert found == []
    assert "'512'" not in str(await kept(world, need.id))
    assert await world.database.read(world.installation_id, lambda unit: unit.suggestions.needs_resting_on("512")) == []
    # Three members used the word, so it was kept as one; the daily study sees that nobody does any more.
    await studying.learn(world.runtime, world.installation_id)
    assert await world.database.read(world.installation_id, lambda unit: unit.words.words(ours)) == {}


async def kept(world: World, need_id: int) -> list[Suggestion]:
    def work(unit: UnitOfWork) -> list[Suggestion]:
        return unit.suggestions.of_need(need_id)

    return await world.database.read(world.installation_id, work)


@pytest.mark.parametrize("standing", list(Standing))
async def test_decisions_of_one_process_show_in_another(world: World, standing: Standing) -> None:
    await lively(world)
    one, other = Graphs(world.runtime), Graphs(world.runtime)
    await other.get(world.installation_id)
    me = Principal(installation_id=world.installation_id, member_id=await member_id(world, "7"), scopes=MEMBER_SCOPES, token_id=1)
    await knowing.choose(world.runtime, me, name="tulips", standing=standing)
    assert everything(await one.get(world.installation_id)) == everything(await other.get(world.installation_id))


@pytest.mark.slow
async def test_load_follows_beginnings_and_endings(world: World) -> None:
    await lively(world)
    graphs = Graphs(world.runtime)
    mentor, mentee = await member_id(world, "7"), await member_id(world, "1")

    async def load() -> int:
        knowledge = await graphs.get(world.installation_id)
        return knowledge.facts[knowledge.member_rows[mentor]].load

    def put(unit: UnitOfWork, ended: datetime | None) -> None:
        pair = Mentorship(id=1, program_id=None, mentor_id=mentor, mentee_ids=(mentee,), began_at=NOW, ended_at=ended)
        unit.mentorships.put(pair)
        unit.change("member", mentor)

    assert await load() == 0
    for ended, expected in ((None, 1), (NOW, 0)):
        await world.database.write(world.installation_id, partial(put, ended=ended))
        assert await load() == expected


async def test_what_was_not_used_for_longest_is_forgotten_and_built_again(small_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(graphs_module, "BASE", 3 * 2**20)
    world = small_world
    runtime = replace(world.runtime, settings=world.runtime.settings.model_copy(update={"graphs_mb": 10}))
    places = [world.installation_id, *[await community(world.database, base_url=f"https://forum{number}.example.org") for number in range(4)]]
    graphs = Graphs(runtime)
    first = await graphs.get(places[0])
    for place in places[1:3]:
        await graphs.get(place)
    assert await graphs.get(places[0]) is first, "there is room for three"
    await graphs.get(places[3])
    assert await graphs.get(places[0]) is first, "it was used last but one"
    assert graphs.held == (places[2], places[3], places[0])
    await world.database.write(places[1], lambda unit: handlers.apply([person("7", source=HOST)], unit))
    assert len((await graphs.get(places[1])).facts) == 1, "what happened meanwhile is in it"
    assert graphs.held == (places[3], places[0], places[1])
    await asyncio.gather(*(graphs.get(place) for place in places * 3))
    await graphs.get(places[0])
    assert len(graphs.held) == 3, "those that were in use when there was no more room go with the next use of any"


async def test_one_that_is_larger_than_the_room_is_kept_all_the_same(small_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(graphs_module, "BASE", 11 * 2**20)
    runtime = replace(small_world.runtime, settings=small_world.runtime.settings.model_copy(update={"graphs_mb": 10}))
    graphs = Graphs(runtime)
    assert await graphs.get(small_world.installation_id) is await graphs.get(small_world.installation_id)
