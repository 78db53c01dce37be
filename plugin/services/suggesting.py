"""Who could help with a need, and why."""

import asyncio
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import orjson
import structlog

from plugin.domain.members import Consent, Member
from plugin.domain.needs import Need, NeedState, Reason, Suggestion, SuggestionState
from plugin.domain.people import Principal
from plugin.domain.skills import SkillChoice
from plugin.errors import Conflict, Invalid, NotFound
from plugin.graph import affinity, text
from plugin.graph.affinity import Ranked
from plugin.graph.names import Names, synonym_terms
from plugin.services import safeguarding
from plugin.services.graph_facts import hidden_subjects
from plugin.services.graphs import Graphs
from plugin.services.handlers.members import decide
from plugin.services.outgoing import post, wants_messages
from plugin.services.runtime import Runtime
from plugin.services.wording import suggestion_message
from plugin.store.unit_of_work import UnitOfWork
from plugin.tracing import span

log = structlog.get_logger()

MAX_NEED = 2_000
"""Characters of a need in words."""
MAX_OPEN_NEEDS = 20
RESOLVABLE_FOR = 3600.0
"""Seconds for which a suggestion that is not stored can be looked up by its id."""
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


async def _rank(runtime: Runtime, graphs: Graphs, installation_id: int, questions: Sequence[Question], *, limit: int, spread: float) -> list[list[Ranked]]:
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


def _reasons(found: Ranked, words: dict[int, str]) -> tuple[Reason, ...]:
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


# ---------------------------------------------------------------------------------------------------------------------- needs


async def state_need(runtime: Runtime, graphs: Graphs, principal: Principal, *, need_text: str | None, topic_url: str | None) -> Need:
    """A member says what they would like help with, in words or by the address of a topic they asked; suggestions are there when this returns.

    Raises :class:`Invalid` with the field, :class:`Conflict` when the member has too many open needs.
    """
    member_id = principal.member_id
    if member_id is None:
        raise Invalid("only a member can have a need: use a member's token", code="not_a_member")
    if (need_text is None) == (topic_url is None):
        raise Invalid("give either words or the address of a topic", field="text")

    def work(unit: UnitOfWork) -> Need:
        if topic_url is not None:
            return _need_of_topic(topic_url, member_id, unit)
        return _need_of_words(need_text or "", member_id, unit)

    need = await runtime.database.write(principal.installation_id, work)
    runtime.bus.tell(principal.installation_id)
    await answer(runtime, graphs, principal.installation_id, need)
    return need


def _need_of_words(words: str, member_id: int, unit: UnitOfWork) -> Need:
    plain = " ".join(words.split())
    if not plain:
        raise Invalid("say in a few words what you would like help with", field="text")
    if len(plain) > MAX_NEED:
        raise Invalid("a need has at most {most} characters", field="text", most=MAX_NEED)
    terms = text.term_counts(plain, key=unit.keys.terms)
    if not terms:
        raise Invalid("these words say too little: name the skill or the problem", field="text")
    open_needs = [need for need in unit.needs.of_member(member_id) if need.state is not NeedState.CLOSED]
    for need in open_needs:
        if need.text == plain:
            return need
    if len(open_needs) >= MAX_OPEN_NEEDS:
        raise Conflict("you have {most} open needs already: close one first", code="too_many_needs", field="text", most=MAX_OPEN_NEEDS)
    need = Need(id=unit.new_id(), member_id=member_id, text=plain, topic_id=None, terms=terms, stated_at=unit.now)
    unit.needs.put(need)
    return need


def _need_of_topic(url: str, member_id: int, unit: UnitOfWork) -> Need:
    base = unit.community.base_url
    if not url.startswith(f"{base}/"):
        raise Invalid("the address must be of a topic on {base}", field="topicUrl", base=base)
    topic = next((one for number in _numbers(url) if (one := unit.topics.get(number)) is not None), None)
    if topic is None:
        raise Invalid("there is no such topic that every member may read", field="topicUrl", code="not_found")
    if topic.author_id != member_id:
        raise Invalid("this topic was asked by someone else: give one of yours, or words", field="topicUrl", code="not_yours")
    known = unit.needs.of_topic(topic.id)
    if known is not None:
        return known
    first = next((one for one in unit.posts.of_topic(topic.id) if one.number == 1), None)
    terms = dict(first.terms) if first else {}
    for digest, count in text.term_counts(topic.title, key=unit.keys.terms).items():
        terms[digest] = terms.get(digest, 0) + 2 * count
    need = Need(id=unit.new_id(), member_id=member_id, text="", topic_id=topic.id, terms=terms, stated_at=unit.now)
    unit.needs.put(need)
    return need


def _numbers(url: str) -> list[str]:
    """Parts of an address that could be the id of a topic, the first number first (``/t/slug/12/3`` is post 3 of topic 12)."""
    return [part for part in url.partition("?")[0].partition("#")[0].split("/") if part.isascii() and part.isdigit()]


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
    found = await _rank(runtime, graphs, installation_id, questions, limit=limit, spread=spread)

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
            rank=rank,
            reasons=_reasons(one, question.words),
            created_at=unit.now,
        )
        for rank, one in enumerate(ranked, start=1)
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


# ---------------------------------------------------------------------------------------------------------------------- asking at once


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """A suggestion that is not stored; ``handle`` is its signed content."""

    handle: str
    member_id: int
    score: float
    reasons: tuple[Reason, ...]


async def experts_for(runtime: Runtime, graphs: Graphs, principal: Principal, *, need_text: str, first: int) -> list[Proposal]:
    """Members who could help with a need in words, for whoever asks; nothing is stored. Raises :class:`Invalid`."""
    plain = " ".join(need_text.split())
    if not plain or len(plain) > MAX_NEED:
        raise Invalid("the need must have 1 to {most} characters", field="need", most=MAX_NEED)
    if not 1 <= first <= 50:
        raise Invalid("first must be 1 to 50", field="first")
    question = await runtime.database.read(principal.installation_id, lambda unit: _in_words(plain, principal.member_id, unit))
    words = question.words
    (ranked,) = await _rank(runtime, graphs, principal.installation_id, [question], limit=first, spread=0.0)

    def keep(unit: UnitOfWork) -> list[Proposal]:
        return [_proposal(one, _reasons(one, words), principal, unit) for one in ranked]

    return await runtime.database.read(principal.installation_id, keep)


def _in_words(plain: str, member_id: int | None, unit: UnitOfWork) -> Question:
    key = unit.keys.terms
    terms = with_synonyms(text.term_counts(plain, key=key), unit)
    apart = frozenset() if member_id is None else frozenset(safeguarding.apart_from(unit, member_id))
    return Question(member_id=member_id, terms=terms, words=unit.words.words(terms) | text.words_of(plain, key=key), excluded=apart)


def _proposal(one: Ranked, reasons: tuple[Reason, ...], principal: Principal, unit: UnitOfWork) -> Proposal:
    content = orjson.dumps(
        [principal.token_id, one.member, one.score, [[r.criterion, r.contribution, dict(r.facts), list(r.words), list(r.post_ids)] for r in reasons]]
    )
    handle = unit.seal(zlib.compress(content), purpose="proposal").decode()
    return Proposal(handle=handle, member_id=one.member, score=one.score, reasons=reasons)


async def find_proposal(runtime: Runtime, principal: Principal, handle: str) -> Proposal:
    """See :func:`open_proposal`."""
    return await runtime.database.read(principal.installation_id, lambda unit: open_proposal(handle, principal, unit))


def open_proposal(handle: str, principal: Principal, unit: UnitOfWork) -> Proposal:
    """A suggestion by its signed id, for an hour and for the token that got it. Raises :class:`NotFound` for any other."""
    try:
        content = zlib.decompress(unit.unseal(handle.encode(), purpose="proposal", max_age=RESOLVABLE_FOR))
        token_id, member_id, score, reasons = orjson.loads(content)
    except (Invalid, zlib.error, ValueError) as error:
        raise NotFound("there is no such suggestion, or it is more than an hour old") from error
    expert = unit.consents.of(member_id).get(Consent.EXPERT)
    apart = principal.member_id is not None and safeguarding.between(unit, principal.member_id, member_id)
    if token_id != principal.token_id or apart or (expert is not None and not expert.given):
        raise NotFound("there is no such suggestion, or it is more than an hour old")
    return Proposal(
        handle=handle,
        member_id=member_id,
        score=score,
        reasons=tuple(Reason(criterion=r[0], contribution=r[1], facts=r[2], words=tuple(r[3]), post_ids=tuple(r[4])) for r in reasons),
    )


# ---------------------------------------------------------------------------------------------------------------------- what members decide


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


async def close_need(runtime: Runtime, principal: Principal, need_id: int) -> Need:
    """A member no longer needs help with this; its suggestions go. Raises :class:`NotFound` for one that is not theirs."""

    def work(unit: UnitOfWork) -> Need:
        need = unit.needs.get(need_id)
        if need is None or need.member_id != principal.member_id:
            raise NotFound("there is no such need")
        unit.outbox.take_back([f"suggestions:{need_id}"], why="the need was closed")
        unit.suggestions.replace(need_id, ())
        unit.needs.set_state([need_id], NeedState.CLOSED)
        return replace(need, state=NeedState.CLOSED)

    need = await runtime.database.write(principal.installation_id, work)
    runtime.bus.tell(principal.installation_id)
    return need


async def set_consent(runtime: Runtime, principal: Principal, kind: Consent, *, given: bool) -> Member:
    """A member agrees to or refuses something; it takes effect at once, in suggestions made earlier too."""
    member_id = principal.member_id
    if member_id is None:
        raise Invalid("only a member can decide this: use a member's token", code="not_a_member")

    def work(unit: UnitOfWork) -> Member:
        member = unit.members.get(member_id)
        if member is None:
            raise NotFound("there is no such member")
        decide(member, kind, given=given, source="self", unit=unit)
        return member

    member = await runtime.database.write(principal.installation_id, work)
    runtime.bus.tell(principal.installation_id)
    return member
