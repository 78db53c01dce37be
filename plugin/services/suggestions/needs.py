"""Needs: what members say they would like help with."""

from dataclasses import replace

from plugin.domain.needs import Need, NeedState
from plugin.domain.people import Principal
from plugin.errors import Conflict, Invalid, NotFound
from plugin.graph import text
from plugin.services.knowledge.graphs import Graphs
from plugin.services.runtime import Runtime
from plugin.services.suggestions.suggesting import answer
from plugin.store.unit_of_work import UnitOfWork

MAX_NEED = 2_000
"""Characters of a need in words."""
MAX_OPEN_NEEDS = 20


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
    if known is not None and known.state is not NeedState.CLOSED:
        return known
    first = next((one for one in unit.posts.of_topic(topic.id) if one.number == 1), None)
    terms = dict(first.terms) if first else {}
    for digest, count in text.term_counts(topic.title, key=unit.keys.terms).items():
        terms[digest] = terms.get(digest, 0) + 2 * count
    need = Need(id=known.id if known else unit.new_id(), member_id=member_id, text="", topic_id=topic.id, terms=terms, stated_at=unit.now)
    unit.needs.put(need)
    return need


def _numbers(url: str) -> list[str]:
    """Parts of an address that could be the id of a topic, the first number first (``/t/slug/12/3`` is post 3 of topic 12)."""
    return [part for part in url.partition("?")[0].partition("#")[0].split("/") if part.isascii() and part.isdigit()]


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
