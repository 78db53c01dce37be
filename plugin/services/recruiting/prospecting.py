"""Who could be asked to take part: members who already help like mentors, and what a program is short of."""

import asyncio
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from plugin.domain.forms import SkillLevel
from plugin.domain.members import Consent
from plugin.domain.notices import Channel
from plugin.domain.people import Principal
from plugin.domain.programs import Role
from plugin.domain.recruiting import ASKED, Evidence, InvitationState
from plugin.domain.skills import Standing
from plugin.errors import Invalid, Remark
from plugin.graph import affinity, text
from plugin.graph.names import Names, key_of
from plugin.graph.prospects import Prospect, answered_about, prospects
from plugin.graph.skills import statements
from plugin.services.guarding.managing import require_manager
from plugin.services.knowledge.graph_facts import Facts, facts
from plugin.services.knowledge.graphs import Graphs
from plugin.services.messages import reaching
from plugin.services.questions import forms
from plugin.services.runtime import Runtime
from plugin.store.unit_of_work import UnitOfWork

MOST = 50
MAX_NEED = 200
KNOWS = 200
"""How many members are looked up by what they have shown to know."""
FIT_POINTS = 3.0
"""What knowing best about a subject adds to a prospect's score: as much as the strongest criterion."""
SHORTAGES, INVITE = 10, 5
_SPOKEN = frozenset({"topic", "offer"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A member who could be asked, by what they were found, and whether a message would reach them (else they see it where they look)."""

    member_id: int
    score: float
    evidence: tuple[Evidence, ...]
    post_ids: tuple[str, ...]
    reachable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortage:
    """A skill that more mentees want than mentors could teach. ``waiting`` mentees of those have no mentor; ``places`` are free with mentors who offer it."""

    skill: str
    wanted: int
    waiting: int
    offered: int
    places: int
    invite: tuple[Found, ...] = ()


# ---------------------------------------------------------------------------------------------------------------------- prospects


async def find(runtime: Runtime, graphs: Graphs, principal: Principal, program_id: int, *, need: str, first: int) -> list[Found]:
    """Members who already help like mentors and could be asked, the best first; with a ``need`` those who have shown that they know about it.

    Left out is who takes part or applied, was asked before, takes no invitations, or left expert suggestions. Raises :class:`Invalid` and :class:`Forbidden`.
    """
    plain = " ".join(need.split())
    if len(plain) > MAX_NEED:
        raise Invalid("say in at most {most} characters what is needed", field="need", most=MAX_NEED)
    if not 1 <= first <= MOST:
        raise Invalid("first must be 1 to {most}", field="first", most=MOST)
    known, askable = await runtime.database.read(principal.installation_id, lambda unit: _load(unit, principal, program_id))
    helping = await asyncio.to_thread(_helping, known, runtime.clock().timestamp())
    return await _chosen(runtime, graphs, principal.installation_id, known, [one for one in helping if one.member in askable], need=plain, first=first)


def _load(unit: UnitOfWork, principal: Principal, program_id: int) -> tuple[Facts, set[int]]:
    require_manager(unit, principal, program_id)
    return facts(unit), askable(unit, program_id)


def _helping(known: Facts, now: float) -> list[Prospect]:
    likes = [one for found in known.likes.values() for one in found]
    solved = [one for one in known.solved.values() if one is not None]
    return prospects(members=known.members, posts=known.posts, likes=likes, solved=solved, now=now)


async def _chosen(runtime: Runtime, graphs: Graphs, installation_id: int, known: Facts, helping: Sequence[Prospect], *, need: str, first: int) -> list[Found]:
    if not need:
        chosen = list(helping[:first])
    else:
        fits = await _fits(runtime, graphs, installation_id, known, need, {one.member for one in helping})
        able = [_with_fit(one, *fits[one.member]) for one in helping if one.member in fits]
        chosen = sorted(able, key=lambda one: (-one.score, one.member))[:first]

    def show(unit: UnitOfWork) -> list[Found]:
        people = unit.members.many(one.member for one in chosen)
        return [_found(one, reachable=reaching.agreed(unit, people.get(one.member))) for one in chosen if one.member in people]

    return await runtime.database.read(installation_id, show)


def _found(one: Prospect, *, reachable: bool) -> Found:
    evidence = tuple(Evidence(criterion=name, count=count, contribution=points) for name, count, points in one.contributions)
    return Found(member_id=one.member, score=one.score, evidence=evidence, post_ids=one.post_ids, reachable=reachable)


def _with_fit(one: Prospect, share: float, topics: int, post_ids: tuple[str, ...]) -> Prospect:
    points = round(FIT_POINTS * share, 6)
    told = sorted((*one.contributions, ("topic", topics, points)), key=lambda each: (-each[2], each[0]))
    shown = tuple(dict.fromkeys((*post_ids, *one.post_ids)))[:INVITE]
    return replace(one, score=one.score + points, contributions=tuple(told), post_ids=shown)


async def _fits(
    runtime: Runtime, graphs: Graphs, installation_id: int, known: Facts, need: str, members: Collection[int]
) -> dict[int, tuple[float, int, tuple[str, ...]]]:
    """How well each of these members fits a need, beside who fits it best: share, topics answered, posts that show it. Who does not fit is left out."""
    graph = await graphs.known(installation_id)
    terms = await runtime.database.read(installation_id, lambda unit: text.term_counts(need, key=unit.keys.terms))
    now = runtime.clock().timestamp()
    if not terms or not members:
        return {}

    def work() -> list[affinity.Ranked]:
        wanted = affinity.Need(terms=terms, words={}, asker=None, asked_at=now)
        return affinity.rank(graph.knowledge, wanted, now=now, weights=graph.weights, limit=KNOWS, eligible=set(members).__contains__)

    found: dict[int, tuple[float, int, tuple[str, ...]]] = {}
    for one in await asyncio.to_thread(work):
        spoken = [each for each in one.contributions if each.criterion in _SPOKEN and each.value > 0]
        if spoken:
            topics = max((int(each.facts.get("topics", 0)) for each in spoken), default=0)
            found[one.member] = (sum(each.value for each in spoken), topics, tuple(post for each in spoken for post in each.post_ids))
    if not found:
        # What everybody here speaks of sets nobody apart: then it counts who answered most about it.
        answered = answered_about(known.posts, terms=terms, members=members)
        found = {member: (float(len(shown)), len(shown), tuple(shown)) for member, shown in answered.items()}
    best = max((points for points, _, _ in found.values()), default=0.0)
    return {member: (points / best, topics, posts) for member, (points, topics, posts) in found.items()} if best > 0 else {}


# ---------------------------------------------------------------------------------------------------------------------- who may be asked


def askable(unit: UnitOfWork, program_id: int) -> set[int]:
    """The members who may be asked to take part in a program."""
    everybody = {one.id for one in unit.members.all() if one.takes_part}
    refused = {member for kind in (Consent.EXPERT, Consent.INVITATIONS) for member, given in unit.consents.in_force(kind).items() if not given}
    silent = {member for member, choice in unit.wishes.chosen("recruiting").items() if choice.channel is Channel.PRODUCT}
    asked = {member for member, state in unit.invitations.asked(program_id).items() if state in ASKED | {InvitationState.PLANNED}}
    return everybody - refused - silent - asked - unit.enrolments.ever(program_id)


def why_not(unit: UnitOfWork, program_id: int, member_id: int) -> Remark | None:
    """Why a member is not asked, in words for a manager that do not tell what is the member's own business; ``None`` for one who may be."""
    member, known = unit.members.get(member_id), unit.invitations.find(program_id, member_id)
    if member is None or not member.takes_part:
        return Remark("takes no part in the community")
    if known is not None and known.state in ASKED | {InvitationState.PLANNED}:
        return Remark("was asked already") if known.state in ASKED else Remark("is in a wave already")
    if member_id in unit.enrolments.ever(program_id):
        return Remark("takes part already, or did")
    return None if member_id in askable(unit, program_id) else Remark("takes no invitations")


# ---------------------------------------------------------------------------------------------------------------------- shortages


async def shortages(runtime: Runtime, graphs: Graphs, principal: Principal, program_id: int, *, first: int) -> list[Shortage]:
    """Skills that more mentees of a program want than its mentors have places for, the widest gap first, each with members to invite.

    Wanted is what mentees say in applications, profiles, choices of skills and open needs; offered what mentors say. Raises :class:`Invalid` and
    :class:`Forbidden`.
    """
    if not 1 <= first <= SHORTAGES:
        raise Invalid("first must be 1 to {most}", field="first", most=SHORTAGES)

    def load(unit: UnitOfWork) -> tuple[Facts, set[int], list[Shortage]]:
        known, able = _load(unit, principal, program_id)
        return known, able, _gaps(unit, program_id)

    known, able, gaps = await runtime.database.read(principal.installation_id, load)
    helping = [one for one in await asyncio.to_thread(_helping, known, runtime.clock().timestamp()) if one.member in able]
    found = []
    for gap in gaps[:first]:
        able_to_help = await _chosen(runtime, graphs, principal.installation_id, known, helping, need=gap.skill, first=INVITE)
        found.append(replace(gap, invite=tuple(able_to_help)))
    return found


def _gaps(unit: UnitOfWork, program_id: int) -> list[Shortage]:
    enrolled = [one for one in unit.enrolments.of_program(program_id) if not one.paused]
    mentees = {one.member_id for one in enrolled if one.role is Role.MENTEE}
    mentors = {one.member_id: one.capacity for one in enrolled if one.role is Role.MENTOR}
    running = unit.mentorships.running(program_id)
    matched = {mentee for one in running for mentee in one.mentee_ids}
    held = Counter(one.mentor_id for one in running for _ in one.mentee_ids)
    said = _Said(unit, program_id)
    wants, offers = said.wants(mentees), said.offers(mentors)
    found = []
    for key, shown in said.shown.items():
        wanting, offering = wants.get(key, set()), offers.get(key, set())
        places = sum(max(0, mentors[one] - held[one]) for one in offering)
        waiting = len(wanting - matched)
        if waiting > places:
            found.append(Shortage(skill=shown, wanted=len(wanting), waiting=waiting, offered=len(offering), places=places))
    return sorted(found, key=lambda one: (one.places - one.waiting, -one.wanted, one.skill))


class _Said:
    """Which skills members of a program want and offer, each skill under one key however it is spelt."""

    def __init__(self, unit: UnitOfWork, program_id: int) -> None:
        self._unit, self._names = unit, Names(unit.skills.names())
        self._answers = forms.answers_of(unit, program_id)
        self.shown: dict[str, str] = {}

    def _key(self, name: str) -> str:
        key, shown = self._names.of(name)
        self.shown.setdefault(key, shown)
        return key

    def _told(self, members: Collection[int], *, field: str, standings: Collection[Standing], wanting: bool) -> dict[str, set[int]]:
        people, choices = self._unit.members.many(members), self._unit.skills.choices(members)
        found: dict[str, set[int]] = {}
        for member_id in sorted(members):
            person = people.get(member_id)
            names = statements(person.fields.get(field, "")) if person is not None and field else []
            names += [one.name for one in choices.get(member_id, ()) if one.standing in standings]
            hidden = {one.key for one in choices.get(member_id, ()) if one.standing is Standing.HIDDEN}
            for answer in self._answers.get(member_id, {}).values():
                levels = [one for one in answer if isinstance(one, SkillLevel)] if isinstance(answer, tuple) else []
                names += [one.skill for one in levels if wanting or one.level > 1]
            for name in names:
                if key_of(name) and key_of(name) not in hidden:
                    found.setdefault(self._key(name), set()).add(member_id)
        return found

    def offers(self, mentors: Mapping[int, int]) -> dict[str, set[int]]:
        """Skill → mentors who say that they can help with it."""
        return self._told(list(mentors), field=self._unit.policy.offers_field, standings={Standing.CAPABLE, Standing.EXPERT}, wanting=False)

    def wants(self, mentees: Collection[int]) -> dict[str, set[int]]:
        """Skill → mentees who want it. A need in words wants each skill that somebody named and all of whose words it has."""
        found = self._told(mentees, field=self._unit.policy.wants_field, standings={Standing.LEARNING}, wanting=True)
        named = {key: frozenset(text.term_counts(shown, key=self._unit.keys.terms)) for key, shown in self.shown.items()}
        for member_id in mentees:
            needs = [one for one in self._unit.needs.of_member(member_id) if one.state.value != "closed"]
            for key, terms in named.items():
                if terms and any(terms <= one.terms.keys() for one in needs):
                    found.setdefault(key, set()).add(member_id)
        return found
