"""Skills of members and names of skills: read, decided, merged; in every process at once."""

from datetime import timedelta

import pytest

from mentorgraph import events as e
from plugin.domain.community import Policy
from plugin.domain.people import MEMBER_SCOPES, SERVICE_SCOPES, Principal
from plugin.domain.skills import MAX_CHOICES, Standing
from plugin.errors import Conflict, Forbidden, Invalid, NotFound
from plugin.graph.skills import Item
from plugin.services.hosts.choosing import policy_values
from plugin.services.knowledge.graphs import Graphs
from plugin.services.suggestions import knowing, needs, suggesting
from plugin.services.suggestions.experts import experts_for
from tests.conftest import NOW
from tests.plugin.services.stories import HOST, person, post, space, tell, topic
from tests.plugin.support import World

SUBJECT = "kubernetes ingress certificates"
OTHER = "sourdough bread baking"


def manager(world: World) -> Principal:
    return Principal(installation_id=world.installation_id, member_id=None, scopes=SERVICE_SCOPES, token_id=2)


async def member_id(world: World, host_id: str) -> int:
    found = await world.database.read(world.installation_id, lambda unit: unit.members.by_host(host_id))
    assert found is not None
    return found.id


async def principal(world: World, host_id: str) -> Principal:
    return Principal(installation_id=world.installation_id, member_id=await member_id(world, host_id), scopes=MEMBER_SCOPES, token_id=1)


async def lively(world: World, *, secret: bool = False) -> None:
    """Members 1 to 5 ask, 7 answers about one subject and 8 about another; with ``secret`` 9 answers in a closed space."""
    people = [person(str(number), source=HOST) for number in (1, 2, 3, 4, 5, 7, 8, 9)]
    spaces = [space("1", source=HOST)] + ([space("2", e.Access.GROUPS, group_ids=("g",), source=HOST)] if secret else [])
    await tell(world, *spaces, *people)
    for number in range(1, 13):
        subject, helper, where = (SUBJECT, "7", "1") if number % 2 else (OTHER, "8", "1")
        if secret and number % 2:
            helper, where = "9", "2"
        asker, at = str(1 + number % 5), NOW - timedelta(days=40 - number)
        await tell(
            world,
            topic(str(number), space_id=where, author=asker, title=f"about {subject}", created_at=at, source=HOST),
            post(str(2 * number), topic_id=str(number), author=asker, text=f"how about {subject}", number=1, space_id=where, created_at=at, source=HOST),
            post(
                str(2 * number + 1),
                topic_id=str(number),
                author=helper,
                text=f"this is how {subject} works",
                number=2,
                space_id=where,
                created_at=at + timedelta(hours=2),
                source=HOST,
            ),
        )


async def shown(world: World, graphs: Graphs, who: str, *, to: str) -> dict[str, Item]:
    one = await member_id(world, who)
    found = await knowing.skills(world.runtime, graphs, await principal(world, to), [one])
    return {item.name: item for item in found[one]}


async def found_for(world: World, graphs: Graphs, words: str) -> list[int]:
    return [one.member_id for one in await experts_for(world.runtime, graphs, await principal(world, "1"), need_text=words, first=10)]


@pytest.mark.slow
async def test_answers_are_skills_with_recency_confidence_and_evidence(world: World) -> None:
    await lively(world)
    found = await shown(world, world.graphs, "7", to="1")
    item = found["kubernetes"]
    assert item.kind == "expertise"
    assert 0 < item.confidence < 1
    assert item.at == pytest.approx((NOW - timedelta(days=29) + timedelta(hours=2)).timestamp())
    assert item.post_ids[0] == "23"
    assert "bread" not in found


async def test_a_member_corrects_and_hides_and_it_counts_at_once_everywhere(world: World) -> None:
    await lively(world)
    one, other = Graphs(world.runtime), Graphs(world.runtime)
    me = await principal(world, "7")
    assert me.member_id in await found_for(world, one, SUBJECT)
    assert me.member_id in await found_for(world, other, SUBJECT)
    await knowing.choose(world.runtime, me, name="Kubernetes", standing=Standing.HIDDEN)
    for graphs in (one, other):
        assert me.member_id not in await found_for(world, graphs, SUBJECT)
        assert "kubernetes" not in await shown(world, graphs, "7", to="1")
    assert (await shown(world, one, "7", to="7"))["kubernetes"].standing is Standing.HIDDEN
    await knowing.unchoose(world.runtime, me, name="KUBERNETES")
    assert me.member_id in await found_for(world, other, SUBJECT)
    with pytest.raises(NotFound):
        await knowing.unchoose(world.runtime, me, name="kubernetes")


async def test_a_skill_hidden_while_an_answer_is_worked_out_is_not_in_it(small_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    await lively(small_world)
    graphs, helper = small_world.graphs, await principal(small_world, "7")
    hidden: list[bool] = []

    async def hide_meanwhile(*args: object, **options: object) -> object:
        found = await work(*args, **options)  # type: ignore[arg-type]  # passed through
        if not hidden:
            hidden.append(True)
            await knowing.choose(small_world.runtime, helper, name="kubernetes", standing=Standing.HIDDEN)
        return found

    work = suggesting.rank
    monkeypatch.setattr(suggesting, "rank", hide_meanwhile)
    need = await needs.state_need(small_world.runtime, graphs, await principal(small_world, "1"), need_text=SUBJECT, topic_url=None)
    await suggesting.answer_needs(small_world.runtime, graphs, small_world.installation_id)
    made = await small_world.database.read(small_world.installation_id, lambda unit: unit.suggestions.of_need(need.id))
    assert hidden
    assert helper.member_id not in {one.member_id for one in made}


async def test_what_a_member_says_they_can_do_is_found(world: World) -> None:
    await lively(world)
    graphs = world.graphs
    me = await principal(world, "9")
    assert me.member_id not in await found_for(world, graphs, "zither lessons")
    await knowing.choose(world.runtime, me, name="zither", standing=Standing.EXPERT)
    assert await found_for(world, graphs, "zither lessons") == [me.member_id]
    assert (await shown(world, graphs, "9", to="1"))["zither"].kind == "stated"
    await knowing.choose(world.runtime, me, name="Zithers", standing=Standing.LEARNING)
    assert await found_for(world, graphs, "zither lessons") == []


async def test_merged_names_are_one_skill_and_widen_needs(world: World) -> None:
    await lively(world)
    graphs = world.graphs
    helper = await member_id(world, "7")
    assert helper not in await found_for(world, graphs, "help with k8s")
    await knowing.merge(world.runtime, manager(world), name="k8s", into="Kubernetes")
    assert helper in await found_for(world, graphs, "help with k8s")
    assert "Kubernetes" in await shown(world, graphs, "7", to="1") or "kubernetes" in await shown(world, graphs, "7", to="1")
    me = await principal(world, "7")
    await knowing.choose(world.runtime, me, name="k8s", standing=Standing.HIDDEN)
    assert helper not in await found_for(world, graphs, SUBJECT)
    await knowing.unmerge(world.runtime, manager(world), name="K8S")
    assert helper in await found_for(world, graphs, SUBJECT)
    assert await knowing.names(world.runtime, me) == []


async def test_chains_lead_to_the_end_and_circles_are_refused(world: World) -> None:
    await lively(world)
    boss = manager(world)
    await knowing.merge(world.runtime, boss, name="ecmascript", into="JS")
    await knowing.merge(world.runtime, boss, name="js", into="JavaScript")
    assert {one.name: one.into for one in await knowing.names(world.runtime, boss)} == {"ecmascript": "JavaScript", "js": "JavaScript"}
    with pytest.raises(Conflict, match="already leads"):
        await knowing.merge(world.runtime, boss, name="JavaScript", into="js")
    merged = await knowing.merge(world.runtime, boss, name="livescript", into="js")
    assert merged.into == "JavaScript"


async def test_only_managers_curate(world: World) -> None:
    await lively(world)
    me = await principal(world, "7")
    with pytest.raises(Forbidden):
        await knowing.merge(world.runtime, me, name="a1", into="b1")
    with pytest.raises(Forbidden):
        await knowing.unmerge(world.runtime, me, name="a1")
    with pytest.raises(Forbidden):
        await knowing.likely_same(world.runtime, me, limit=5)
    with pytest.raises(Invalid):
        await knowing.choose(world.runtime, manager(world), name="a1", standing=Standing.EXPERT)


@pytest.mark.parametrize("name", ["", "   ", "!!!", "x" * 61, "\u200b"])
async def test_what_is_no_name_is_refused(world: World, name: str) -> None:
    await lively(world)
    with pytest.raises(Invalid, match="name of a skill"):
        await knowing.choose(world.runtime, await principal(world, "7"), name=name, standing=Standing.EXPERT)


async def test_decisions_are_bounded(small_world: World) -> None:
    await lively(small_world)
    me = await principal(small_world, "7")
    for number in range(MAX_CHOICES):
        await knowing.choose(small_world.runtime, me, name=f"skill {number}", standing=Standing.CAPABLE)
    await knowing.choose(small_world.runtime, me, name="skill 1", standing=Standing.EXPERT)
    with pytest.raises(Conflict, match="take one back"):
        await knowing.choose(small_world.runtime, me, name="one more", standing=Standing.CAPABLE)


async def test_slips_are_put_forward_until_they_are_merged(world: World) -> None:
    await lively(world)
    for who, name in (("7", "kubernetes"), ("8", "kubernets")):
        await knowing.choose(world.runtime, await principal(world, who), name=name, standing=Standing.CAPABLE)
    (pair,) = await knowing.likely_same(world.runtime, manager(world), limit=5)
    assert {pair.name, pair.other} == {"kubernetes", "kubernets"}
    await knowing.merge(world.runtime, manager(world), name="kubernets", into="kubernetes")
    assert await knowing.likely_same(world.runtime, manager(world), limit=5) == []


async def test_words_of_a_closed_space_are_shown_to_its_readers_alone(world: World) -> None:
    policy = policy_values(Policy(spaces=("2",)))
    await world.database.write(world.installation_id, lambda unit: unit.update_installation(policy=policy))
    await lively(world, secret=True)
    await tell(world, e.GroupChanged(seen_at=NOW, group_id="g", name="g", title="g", source=HOST))
    await tell(world, person("2", group_ids=("g",), source=HOST), person("9", group_ids=("g",), source=HOST))
    graphs = world.graphs
    assert "kubernetes" in await shown(world, graphs, "9", to="2")
    assert "kubernetes" in await shown(world, graphs, "9", to="9")
    assert await shown(world, graphs, "9", to="3") == {}
