"""Who could help with a need, and why."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import structlog

from plugin.domain.members import Consent, Member
from plugin.domain.needs import Need, NeedState, Reason, Suggestion, SuggestionState
from plugin.domain.people import Principal
from plugin.domain.skills import SkillChoice
from plugin.errors import NotFound
from plugin.graph import affinity, text
from plugin.graph.affinity import Ranked
from plugin.graph.names import Names, synonym_terms
from plugin.services.guarding import safeguarding
from plugin.services.knowledge.graph_facts import hidden_subjects
from plugin.services.knowledge.graphs import Graphs
from plugin.services.messages.outgoing import post, wants_messages
from plugin.services.runtime import Runtime
from plugin.services.suggestions.wording import suggestion_message
from plugin.store.unit_of_work import UnitOfWork
from plugin.tracing import span

log = structlog.get_logger()

MESSAGE_FRESH = timedelta(hours=24)
"""A need older than this is answered without a message: nobody wants to hear about last month's question."""
BATCH = 20
TOGETHER = 5
"""Needs that are looked at anew in one transaction: more would keep deliveries waiting."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """A need on its way to the graph."""

    member_id: int | None
    terms: dict[int, int]
    words: dict[int, str]
    category: str | None = None
    tags: tuple[str, ...] = ()
    named: tuple[int, ...] = ()
    excluded: frozenset[int] = frozenset()


async def rank(runtime: Runtime, graphs: Graphs, installation_id: int, questions: Sequence[Question], *, limit: int, spread: float) -> list[list[Ranked]]:
    """The members who fit best for each question, the best first."""
    known = await graphs.known(installation_id)
    now = runtime.clock().timestamp()

    def work() -> list[list[Ranked]]:
        return [
            affinity.rank(known.knowledge, _asked(one, at=now), now=now, weights=known.weights, spread=spread, limit=limit, exclude=one.excluded)
            for one in questions
        ]

    # In a thread: a large community takes tens of milliseconds, and the loop has deliveries to acknowledge.
    return await asyncio.to_thread(work)


def _asked(question: Question, *, at: float) -> affinity.Need:
    return affinity.Need(
        terms=question.terms,
        words=question.words,
        asker=question.member_id,
        category=question.category,
        tags=question.tags,
        asked_at=at,
        named=question.named,
    )


def reasons_of(found: Ranked, words: dict[int, str]) -> tuple[Reason, ...]:
    """What speaks for a member, in the words of the need."""
    return tuple(
        Reason(
            criterion=one.criterion,
            contribution=one.value,
            facts=dict(one.facts),
            words=tuple(dict.fromkeys(words[term].lower() for term in one.terms if term in words)),
            post_ids=one.post_ids,
        )
        for one in found.contributions
    )


async def answer_needs(runtime: Runtime, graphs: Graphs, installation_id: int) -> bool:
    """Find suggestions for needs that wait; returns whether there may be more. For what is only looked at anew nobody waits: a few of those go together."""
    waiting = await runtime.database.read(installation_id, lambda unit: unit.needs.waiting(limit=BATCH))
    old = [need for need in waiting if need.state is not NeedState.NEW]
    for need in waiting:
        if need.state is NeedState.NEW:
            with span("need.answer", trace_id=need.trace_id, installation=installation_id):
                await answer(runtime, graphs, installation_id, need)
            log.info("need_answered", trace_id=need.trace_id, installation=installation_id, need=need.id)
    for begin in range(0, len(old), TOGETHER):
        await answer(runtime, graphs, installation_id, *old[begin : begin + TOGETHER])
    return len(waiting) == BATCH


async def answer(runtime: Runtime, graphs: Graphs, installation_id: int, *needs: Need) -> None:
    """Find suggestions for needs, keep them in place of earlier ones, and tell members who agreed to messages."""

    def load(unit: UnitOfWork) -> tuple[list[Question], int, float]:
        policy = unit.policy
        return [_question(need, unit) for need in needs], policy.suggestions_per_need, policy.spread

    questions, limit, spread = await runtime.database.read(installation_id, load)
    found = await rank(runtime, graphs, installation_id, questions, limit=limit, spread=spread)

    def keep(unit: UnitOfWork) -> None:
        for need, question, ranked in zip(needs, questions, found, strict=True):
            _keep(need, question, ranked, unit)

    await runtime.database.write(installation_id, keep)
    runtime.bus.tell(installation_id)


def _keep(need: Need, question: Question, ranked: Sequence[Ranked], unit: UnitOfWork) -> None:
    now = unit.needs.get(need.id)
    if now is None or now.terms != need.terms or now.state is NeedState.CLOSED:
        # Withdrawn, erased, closed or edited meanwhile; an edited one waits for its own answer.
        return
    unit.trace_id = need.trace_id
    first = now.state is NeedState.NEW
    suggestions = [
        Suggestion(
            id=unit.new_id(),
            need_id=need.id,
            member_id=one.member,
            for_member_id=need.member_id,
            score=one.score,
            rank=place,
            reasons=reasons_of(one, question.words),
            created_at=unit.now,
        )
        for place, one in enumerate(ranked, start=1)
    ]
    people = unit.members.many(one.member_id for one in suggestions)
    if _outdated(suggestions, people, question, unit):
        # It waits; the change that overtook it is in the graph by the next look.
        unit.wake("suggest")
        return
    unit.suggestions.replace(need.id, suggestions)
    unit.needs.set_state([need.id], NeedState.ANSWERED)
    if first:
        unit.change("shown", need.id)
        _tell(need, suggestions, people, unit)


def _outdated(suggestions: Sequence[Suggestion], people: dict[int, Member], question: Question, unit: UnitOfWork) -> bool:
    """Whether somebody withdrew, left or was dismissed, or a post was removed, while the answer was being worked out."""
    if any(one.member_id not in people or not people[one.member_id].takes_part for one in suggestions):
        return True
    named = {one.member_id for one in suggestions}
    if named & (unit.suggestions.dismissed(suggestions[0].need_id) - question.excluded if suggestions else set()):
        return True
    if question.member_id is not None and named & safeguarding.apart_from(unit, question.member_id):
        return True
    if any(not _decided(unit).get(one, True) for one in named):
        return True
    if any(_hides(said, question, unit) for said in unit.skills.choices(named).values()):
        return True
    cited = {post_id for one in suggestions for reason in one.reasons for post_id in reason.post_ids}
    return len([post for post in unit.posts.many(cited).values() if post.live]) < len(cited)


def _hides(said: Sequence[SkillChoice], question: Question, unit: UnitOfWork) -> bool:
    """Whether a member does not want to be suggested for what the need speaks of."""
    subjects = hidden_subjects(said, _names(unit), key=unit.keys.terms)
    return any(subject <= question.terms.keys() for subject in subjects)


def _question(need: Need, unit: UnitOfWork) -> Question:
    topic = unit.topics.get(need.topic_id) if need.topic_id else None
    own_words = need.text or (topic.title if topic else "")
    terms = with_synonyms(need.terms, unit)
    words = unit.words.words(terms) | text.words_of(own_words, key=unit.keys.terms)
    return Question(
        member_id=need.member_id,
        terms=terms,
        words=words,
        category=topic.space_id if topic else None,
        tags=topic.tags if topic else (),
        named=_named(topic.id, unit) if topic else (),
        excluded=frozenset(unit.suggestions.dismissed(need.id) | safeguarding.apart_from(unit, need.member_id)),
    )


def with_synonyms(terms: Mapping[int, int], unit: UnitOfWork) -> dict[int, int]:
    """The terms of a need and of the other names of the skills that it speaks of."""
    return synonym_terms(terms, _names(unit), key=unit.keys.terms)


def _names(unit: UnitOfWork) -> Names:
    """The names of skills, read once a unit of work."""
    found: Names | None = unit.memory.get("names of skills")
    if found is None:
        found = unit.memory["names of skills"] = Names(unit.skills.names())
    return found


def _decided(unit: UnitOfWork) -> dict[int, bool]:
    """Who decided whether they are suggested, read once a unit of work."""
    found: dict[int, bool] | None = unit.memory.get("experts")
    if found is None:
        found = unit.memory["experts"] = unit.consents.in_force(Consent.EXPERT)
    return found


def _named(topic_id: str, unit: UnitOfWork) -> tuple[int, ...]:
    """Members whom the first post of a topic mentions."""
    first = next((one.id for one in unit.posts.of_topic(topic_id) if one.number == 1 and one.live), None)
    return () if first is None else tuple(sorted({member for _, member in unit.posts.mentions([first])}))


def _tell(need: Need, suggestions: Sequence[Suggestion], people: dict[int, Member], unit: UnitOfWork) -> None:
    asker = unit.members.get(need.member_id)
    if not suggestions or asker is None or need.stated_at < unit.now - MESSAGE_FRESH or not wants_messages(asker, unit):
        return
    message = suggestion_message(asker, need, suggestions[:3], people, unit)
    post(message, kind="suggestions", key=f"suggestions:{need.id}", member_id=asker.id, unit=unit)


async def dismiss(runtime: Runtime, principal: Principal, suggestion_id: int) -> Suggestion:
    """A member does not want a suggestion; it does not come back for that need. Raises :class:`NotFound` for one that is not theirs."""

    def work(unit: UnitOfWork) -> Suggestion:
        found = unit.suggestions.get(suggestion_id)
        if found is None or found.for_member_id != principal.member_id:
            raise NotFound("there is no such suggestion")
        unit.suggestions.dismiss(suggestion_id)
        # Someone else may take the free place.
        unit.needs.set_state([found.need_id], NeedState.STALE)
        unit.wake("suggest")
        return replace(found, state=SuggestionState.DISMISSED)

    found = await runtime.database.write(principal.installation_id, work)
    runtime.bus.tell(principal.installation_id)
    return found
