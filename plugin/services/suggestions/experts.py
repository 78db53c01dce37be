"""Who could help with a need in words, for whoever asks at this moment; nothing is stored."""

import zlib
from dataclasses import dataclass

import orjson

from plugin.domain.members import Consent
from plugin.domain.needs import Reason
from plugin.domain.people import Principal
from plugin.errors import Invalid, NotFound
from plugin.graph import text
from plugin.graph.affinity import Ranked
from plugin.services.guarding import safeguarding
from plugin.services.knowledge.graphs import Graphs
from plugin.services.runtime import Runtime
from plugin.services.suggestions.needs import MAX_NEED
from plugin.services.suggestions.suggesting import Question, rank, reasons_of, with_synonyms
from plugin.store.unit_of_work import UnitOfWork

RESOLVABLE_FOR = 3600.0
"""Seconds for which a suggestion that is not stored can be looked up by its id."""


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
    (ranked,) = await rank(runtime, graphs, principal.installation_id, [question], limit=first, spread=0.0)

    def keep(unit: UnitOfWork) -> list[Proposal]:
        gone = _gone({one.member for one in ranked}, principal, unit)
        return [_proposal(one, reasons_of(one, words), principal, unit) for one in ranked if one.member not in gone]

    return await runtime.database.read(principal.installation_id, keep)


def _in_words(plain: str, member_id: int | None, unit: UnitOfWork) -> Question:
    key = unit.keys.terms
    terms = with_synonyms(text.term_counts(plain, key=key), unit)
    apart = frozenset() if member_id is None else frozenset(safeguarding.apart_from(unit, member_id))
    return Question(member_id=member_id, terms=terms, words=unit.words.words(terms) | text.words_of(plain, key=key), excluded=apart)


def _gone(named: set[int], principal: Principal, unit: UnitOfWork) -> set[int]:
    """Who withdrew, left or was kept apart from the asker while the answer was being worked out."""
    people = unit.members.many(named)
    apart = set() if principal.member_id is None else safeguarding.apart_from(unit, principal.member_id)
    return {one for one in named if one not in people or not people[one].takes_part or one in apart} | unit.consents.refused(Consent.EXPERT, named)


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
