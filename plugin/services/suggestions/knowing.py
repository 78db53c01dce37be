"""What each member knows and cares about: read by others, decided by themselves; names of skills, decided by curators."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from plugin.domain.members import Consent, Member
from plugin.domain.people import Principal
from plugin.domain.skills import MAX_CHOICES, MAX_NAME, SkillChoice, SkillName, Standing
from plugin.errors import Conflict, Invalid, NotFound
from plugin.graph import expertise
from plugin.graph.names import Names, alike, key_of
from plugin.graph.skills import STATED, Item, assemble, statements
from plugin.services.departures.erasure import ask_again
from plugin.services.guarding.managing import require_manager
from plugin.services.knowledge.graphs import Graphs
from plugin.services.knowledge.reading import readable_spaces
from plugin.services.runtime import Runtime
from plugin.store.unit_of_work import UnitOfWork

MAX_NAMES = 5_000
"""How many names of skills curators merge at most."""


@dataclass(frozen=True)
class _Said:
    members: dict[int, Member]
    choices: dict[int, list[SkillChoice]]
    offers_field: str
    wants_field: str
    vocabulary: dict[int, str]
    names: Names
    silent: set[int]
    """Those who left expert suggestions: their skills are nobody's business but theirs."""
    closed: bool
    """Whether posts count that not every member may read."""


async def skills(runtime: Runtime, graphs: Graphs, principal: Principal, member_ids: Sequence[int]) -> dict[int, Sequence[Item]]:
    """The skills of each of these members as the reader may see them: what a member hid, and what only posts show that the reader may not read, is left out."""
    graph = await graphs.get(principal.installation_id)
    digests = {digest for one in member_ids for digest in expertise.terms_of(graph, one)}
    said = await runtime.database.read(principal.installation_id, lambda unit: _said(unit, member_ids, digests))
    now = runtime.clock().timestamp()
    found: dict[int, Sequence[Item]] = {}
    for one in member_ids:
        member = said.members.get(one)
        own = one == principal.member_id
        if member is None or (one in said.silent and not own):
            found[one] = ()
            continue
        found[one] = assemble(
            expertise.profile(graph, one, vocabulary=said.vocabulary, now=now),
            offers=statements(member.fields.get(said.offers_field, "")),
            wants=statements(member.fields.get(said.wants_field, "")),
            choices=said.choices.get(one, ()),
            names=said.names,
            own=own,
        )
    return await _readable(runtime, principal, found) if said.closed else found


def _said(unit: UnitOfWork, member_ids: Sequence[int], digests: set[int]) -> _Said:
    policy = unit.policy
    return _Said(
        members=unit.members.many(member_ids),
        choices=unit.skills.choices(member_ids),
        offers_field=policy.offers_field,
        wants_field=policy.wants_field,
        vocabulary=unit.words.words(digests),
        names=Names(unit.skills.names()),
        silent={member for member, given in unit.consents.in_force(Consent.EXPERT).items() if not given},
        closed=bool(policy.spaces),
    )


async def _readable(runtime: Runtime, principal: Principal, found: dict[int, Sequence[Item]]) -> dict[int, Sequence[Item]]:
    """Without items that only unreadable posts show: a word from a closed space says what goes on there."""
    shown = {post for items in found.values() for item in items for post in item.post_ids}

    def work(unit: UnitOfWork) -> set[str]:
        posts = unit.posts.many(shown)
        topics = unit.topics.many({post.topic_id for post in posts.values()})
        spaces = readable_spaces(unit, principal)
        return {key for key, post in posts.items() if post.topic_id in topics and topics[post.topic_id].space_id in spaces}

    open_posts = await runtime.database.read(principal.installation_id, work)

    def kept(item: Item) -> bool:
        return item.kind == STATED or item.standing is not None or not item.post_ids or bool(open_posts & set(item.post_ids))

    return {member: items if member == principal.member_id else [item for item in items if kept(item)] for member, items in found.items()}


# ---------------------------------------------------------------------------------------------------------------------- what members decide


def _name(word: str) -> tuple[str, str]:
    name = " ".join(word.split())
    key = key_of(name)
    if not key or len(name) > MAX_NAME:
        raise Invalid("give the name of a skill, with a letter or digit and at most {most} characters", field="name", most=MAX_NAME)
    return key, name


async def choose(runtime: Runtime, principal: Principal, *, name: str, standing: Standing) -> SkillChoice:
    """A member says what is so about a skill of theirs, or hides it; it counts at once. Raises :class:`Invalid` and :class:`Conflict`."""
    member_id = principal.member_id
    if member_id is None:
        raise Invalid("only a member can decide about their skills: use a member's token", code="not_a_member")
    key, plain = _name(name)

    def work(unit: UnitOfWork) -> SkillChoice:
        if unit.members.get(member_id) is None:
            raise NotFound("there is no such member")
        known = unit.skills.choices([member_id]).get(member_id, [])
        if len(known) >= MAX_CHOICES and key not in {one.key for one in known}:
            raise Conflict("you decided about {most} skills already: take one back first", code="too_many_skills", field="name", most=MAX_CHOICES)
        choice = SkillChoice(member_id=member_id, key=key, name=plain, standing=standing, at=unit.now)
        unit.skills.choose(choice)
        _changed(unit, member_id)
        return choice

    choice = await runtime.database.write(principal.installation_id, work)
    runtime.bus.tell(principal.installation_id)
    return choice


async def unchoose(runtime: Runtime, principal: Principal, *, name: str) -> None:
    """A member takes a decision about a skill back. Raises :class:`NotFound` where there is none."""
    member_id = principal.member_id
    if member_id is None:
        raise Invalid("only a member can decide about their skills: use a member's token", code="not_a_member")
    key, _ = _name(name)

    def work(unit: UnitOfWork) -> None:
        if not unit.skills.unchoose(member_id, key):
            raise NotFound("you have decided nothing about this skill", field="name")
        _changed(unit, member_id)

    await runtime.database.write(principal.installation_id, work)
    runtime.bus.tell(principal.installation_id)


def _changed(unit: UnitOfWork, member_id: int) -> None:
    """Suggestions that name the member were made from what they said before."""
    unit.change("member", member_id)
    stale = unit.suggestions.needs_naming(member_id)
    if stale:
        ask_again(stale, unit)


# ---------------------------------------------------------------------------------------------------------------------- what curators decide


async def names(runtime: Runtime, principal: Principal) -> list[SkillName]:
    """Which names of skills mean the same here."""
    return await runtime.database.read(principal.installation_id, lambda unit: unit.skills.names())


async def merge(runtime: Runtime, principal: Principal, *, name: str, into: str) -> SkillName:
    """A curator says that one name is another of the same skill. Raises :class:`Invalid`, :class:`Conflict` and :class:`Forbidden`."""
    key, plain = _name(name)
    into_key, shown = _name(into)

    def work(unit: UnitOfWork) -> SkillName:
        require_manager(unit, principal, None)
        known = unit.skills.names()
        led = {one.key: one for one in known}
        target = led.get(into_key)
        if target is not None and target.into_key == key:
            raise Conflict("“{into}” already leads to “{name}”: take that back first", code="circle", field="into", into=into, name=name)
        if len(known) >= MAX_NAMES and key not in led:
            raise Conflict("{most} names are merged already", code="too_many_names", field="name", most=MAX_NAMES)
        end = (target.into_key, target.into) if target is not None and target.into_key != into_key else (into_key, shown)
        merged = SkillName(key=key, name=plain, into_key=end[0], into=end[1], at=unit.now)
        unit.skills.put_name(merged)
        unit.record("skill.merged", actor=principal.actor, name=plain, into=end[1])
        unit.change("names", key)
        return merged

    merged = await runtime.database.write(principal.installation_id, work)
    runtime.bus.tell(principal.installation_id)
    return merged


async def unmerge(runtime: Runtime, principal: Principal, *, name: str) -> None:
    """A curator takes a decision about a name back. Raises :class:`NotFound` and :class:`Forbidden`."""
    key, plain = _name(name)

    def work(unit: UnitOfWork) -> None:
        require_manager(unit, principal, None)
        if not unit.skills.remove_name(key):
            raise NotFound("this name is not merged with another", field="name")
        unit.record("skill.unmerged", actor=principal.actor, name=plain)
        unit.change("names", key)

    await runtime.database.write(principal.installation_id, work)
    runtime.bus.tell(principal.installation_id)


@dataclass(frozen=True, kw_only=True)
class Likeness:
    """Two names that may be one skill in two spellings."""

    name: str
    other: str
    likeness: float


async def likely_same(runtime: Runtime, principal: Principal, *, limit: int) -> list[Likeness]:
    """Names of skills in use here that a curator may want to merge, the most alike first; tags and what members say of themselves are looked at."""

    def work(unit: UnitOfWork) -> tuple[set[str], Names]:
        require_manager(unit, principal, None)
        policy = unit.policy
        found = {tag for topic in unit.topics.all() for tag in topic.tags}
        found |= {choice.name for said in unit.skills.all_choices().values() for choice in said if choice.standing is not Standing.HIDDEN}
        for member in unit.members.all():
            for field in (policy.offers_field, policy.wants_field):
                found.update(statements(member.fields.get(field, "")))
        return found, Names(unit.skills.names())

    found, merged = await runtime.database.read(principal.installation_id, work)
    # Each name beside each other one: some seconds where there are ten thousand.
    pairs = await asyncio.to_thread(alike, found, limit=limit + MAX_NAMES)
    fresh = [pair for pair in pairs if merged.of(pair[0])[0] != merged.of(pair[1])[0]]
    return [Likeness(name=one, other=other, likeness=score) for one, other, score in fresh[:limit]]
