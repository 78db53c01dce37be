"""What a round is computed from: rows of a community as people with answers, seats, rules and decisions by hand."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from plugin.domain.designs import CriterionKind
from plugin.domain.enrolments import Enrolment
from plugin.domain.forms import Answer, QuestionKind, SkillLevel, Slot
from plugin.domain.members import Member
from plugin.domain.needs import NeedState
from plugin.domain.programs import Role
from plugin.domain.rounds import Choice, ChoiceKind, Round
from plugin.errors import Invalid, Remark
from plugin.graph import affinity, text
from plugin.graph.availability import slots
from plugin.graph.criteria import Known, Person, Sides, Value
from plugin.graph.criteria.rounds import Task
from plugin.graph.knowledge import Knowledge
from plugin.graph.matching import Seat
from plugin.graph.signals import CRITERIA, SIGNALS
from plugin.graph.weights import SHIPPED
from plugin.graph.zones import offset_hours
from plugin.services.guarding import safeguarding
from plugin.services.knowledge.graphs import Graphs
from plugin.services.meetings import no_shows
from plugin.services.questions import forms
from plugin.services.runtime import Runtime
from plugin.store.unit_of_work import UnitOfWork

LANGUAGES, GOALS, SENIORITY = "languages", ("goal", "goals", "experience"), "seniority"
"""Questions by these keys say what criteria of those kinds compare where they name no question."""

EXPERTS = 50
"""How many mentors are looked up by what they have shown to know, for each mentee."""

FULL_FIT = 0.5
"""The part of the best mentor's points from which a need is fully met."""

ANSWERS = 3.0
"""So many answers either way, faded by age, are all that people can have had to do with each other."""

FITTING = [column for column, name in enumerate(SIGNALS) if CRITERIA[name] in {"topic", "offer", "category"}]
FROM_GRAPH = frozenset({CriterionKind.NEED, CriterionKind.PAST})


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """A task, and the needs by which experts are still to be looked up."""

    task: Task
    run: int
    needs: Mapping[int, Mapping[int, int]]

    @property
    def asks_graph(self) -> bool:
        """Whether a criterion looks at what the community's posts show."""
        return any(one.kind in FROM_GRAPH for one in self.task.design.criteria)


def load(unit: UnitOfWork, one: Round, *, chosen: Sequence[Choice] = ()) -> Loaded:
    """Read what a round is computed from, now; ``chosen`` as if it were decided already.

    Raises :class:`Invalid` for an empty side, somebody in both roles, or no place left.
    """
    enrolled, people = _present(unit, one.program_id)
    decided = {(each.one, each.other): each for each in (*unit.rounds.choices(one.id), *chosen)}
    choices = [each for each in decided.values() if each.kind is not ChoiceKind.NONE]
    previous = unit.rounds.pairs(one.id)
    joining = next((choice.one for choice in choices if choice.kind is ChoiceKind.JOIN), None)
    if joining is not None:
        there = {each.member_id for each in unit.rounds.people(one.id)} | {joining}
        enrolled = [each for each in enrolled if each.member_id in there]
    keep = {(pair.mentee_id, pair.mentor_id) for pair in unit.rounds.pairs(one.kept_from)} if one.kept_from is not None else set()
    # What a published round began is the round itself, and takes nobody's place in it.
    own = {(pair.mentee_id, pair.mentor_id) for pair in previous} if one.published_at is not None else set()
    seats, mentees = _places(unit, one, enrolled, keep | own)
    order = {seat.id: place for place, seat in enumerate(seats)}
    waited = no_shows.priority(unit, one.program_id)
    answers, kinds = forms.answers_of(unit, one.program_id), forms.kinds_of(unit, one.program_id)
    reader = _Reader(unit, answers, kinds)
    by_member = {(each.member_id, each.role): each for each in enrolled}
    made = [reader.person(people[seat.id], by_member[seat.id, Role.MENTOR]) for seat in seats]
    wanting = [reader.person(people[each.member_id], each) for each in mentees]
    task = Task(
        round_id=one.id,
        design=one.matching,
        sides=Sides(mentees=wanting, mentors=made, known=_known(unit, one)),
        seats=seats,
        demand=tuple(each.capacity for each in mentees),
        pins=tuple((choice.other, choice.one) for choice in choices if choice.kind is ChoiceKind.PIN),
        bans=tuple((choice.other, choice.one) for choice in choices if choice.kind is ChoiceKind.FORBID),
        keep=tuple(sorted(keep)),
        previous=tuple((pair.mentee_id, pair.mentor_id, pair.score) for pair in previous),
        joining=joining,
        ranks=unit.rounds.ranks(one.program_id),
        factors={key: factor for key, (factor, _) in unit.lessons.factors(one.program_id).items()},
        first=tuple(sorted((each.member_id for each in mentees if each.member_id in waited), key=lambda member: (-waited[member], member))),
    )
    here = {each.member_id for each in mentees} | order.keys()
    task = replace(task, pins=_among(task.pins, here), bans=_among(task.bans, here))
    return Loaded(task=task, run=one.run, needs={each.id: needs for each in wanting if (needs := reader.need(people[each.id]))})


def everybody(unit: UnitOfWork, program_id: int, *, also: Collection[int] = ()) -> list[tuple[Role, Person]]:
    """Everybody who is enrolled in a program and takes part, as criteria see them; those of ``also`` even while they pause."""
    enrolled, people = _present(unit, program_id, also=also)
    reader = _Reader(unit, forms.answers_of(unit, program_id), forms.kinds_of(unit, program_id))
    return [(each.role, reader.person(people[each.member_id], each)) for each in sorted(enrolled, key=lambda each: each.member_id)]


def _present(unit: UnitOfWork, program_id: int, *, also: Collection[int] = ()) -> tuple[list[Enrolment], dict[int, Member]]:
    """The enrolments of those who take part now, or are of ``also`` and pause, and who they are."""
    enrolled = [each for each in unit.enrolments.of_program(program_id) if not each.paused or each.member_id in also]
    people = {key: one for key, one in unit.members.many(each.member_id for each in enrolled).items() if one.takes_part}
    return [each for each in enrolled if each.member_id in people], people


def _among(pairs: Sequence[tuple[int, int]], here: set[int]) -> tuple[tuple[int, int], ...]:
    return tuple(pair for pair in pairs if pair[0] in here and pair[1] in here)


def _places(unit: UnitOfWork, one: Round, enrolled: Sequence[Enrolment], keep: set[tuple[int, int]]) -> tuple[tuple[Seat, ...], list[Enrolment]]:
    """Mentors with places left, and mentees who want more mentors than they have. Pairs that are to be kept do not count as taken."""
    mentors, mentees = ([each for each in enrolled if each.role is role] for role in (Role.MENTOR, Role.MENTEE))
    for side, name, said in ((mentors, "mentors", Remark("mentors")), (mentees, "mentees", Remark("mentees"))):
        if not side:
            raise Invalid("there are no {side} in this program: approve at least one application on each side", code="empty_side", field=name, side=said)
    refuse_two_roles(unit, {each.member_id for each in mentors} & {each.member_id for each in mentees})
    none = {each.member_id for each in mentors if each.capacity < 1}
    if none:
        raise Invalid("{names} has capacity 0: give them a place or withdraw the enrolment", code="bad_capacity", field="mentors", names=_names_of(unit, none))
    loads: dict[int, int] = {}
    for pair in running_pairs(unit, one.program_id) - {(mentor, mentee) for mentee, mentor in keep}:
        for member in pair:
            loads[member] = loads.get(member, 0) + 1
    seats = []
    for each in sorted(mentors, key=lambda each: each.member_id):
        left = each.capacity - loads.get(each.member_id, 0)
        if left > 0:
            seats.append(Seat(each.member_id, left, min(left, max(0, each.minimum - loads.get(each.member_id, 0)))))
    wanting = [replace(each, capacity=max(1, each.capacity) - loads.get(each.member_id, 0)) for each in sorted(mentees, key=lambda each: each.member_id)]
    wanting = [each for each in wanting if each.capacity > 0]
    if not seats:
        raise Invalid("every mentor of this program has as many mentees as they have places: nobody is left to match", code="no_places", field="mentors")
    if not wanting:
        raise Invalid("every mentee of this program has a mentor: nobody is left to match", code="nobody_waits", field="mentees")
    return tuple(seats), wanting


def running_pairs(unit: UnitOfWork, program_id: int) -> set[tuple[int, int]]:
    """(mentor, mentee) of the mentorships that run in a program."""
    return {(one.mentor_id, mentee) for one in unit.mentorships.running(program_id) if one.mentor_id is not None for mentee in one.mentee_ids}


def refuse_two_roles(unit: UnitOfWork, both: set[int]) -> None:
    """Raise :class:`Invalid` for these members, who are on both sides of a program, if there are any."""
    if both:
        raise Invalid(
            "{names} is both mentor and mentee in this program: withdraw one enrolment", code="two_roles", field="mentees", names=_names_of(unit, both)
        )


def _names_of(unit: UnitOfWork, members: set[int]) -> str:
    """The first few of these members by name."""
    found = unit.members.many(sorted(members)[:3])
    return ", ".join(sorted(one.username for one in found.values()))


def kept_apart(unit: UnitOfWork, people: Collection[int]) -> frozenset[frozenset[int]]:
    """Pairs that no round and no group brings together: one blocked the other, is under age and the other not screened, or something is looked into.

    Of those because of an age only the ones among ``people`` are there.
    """
    return frozenset(safeguarding.pairs(unit, people) | unit.reports.undecided_pairs())


def _known(unit: UnitOfWork, one: Round) -> Known:
    running = running_pairs(unit, one.program_id) if one.kept_from is not None or one.published_at is not None else set()
    return Known(blocked=kept_apart(unit, unit.enrolments.ever(one.program_id)), already=frozenset(unit.mentorships.ever(None) - running))


class _Reader:
    """Answers and profiles as what criteria compare."""

    def __init__(self, unit: UnitOfWork, answers: Mapping[int, Mapping[str, Answer]], kinds: Mapping[str, QuestionKind]) -> None:
        self._unit, self._answers, self._kinds = unit, answers, kinds
        self._key, self._policy = unit.keys.terms, unit.policy
        self._now = unit.now.timestamp()

    def person(self, member: Member, enrolment: Enrolment) -> Person:
        """One participant."""
        raw = self._answers.get(member.id, {})
        mentor = enrolment.role is Role.MENTOR
        zone = next((answer for key, answer in raw.items() if self._kinds.get(key) is QuestionKind.TIME_ZONE and isinstance(answer, str)), member.timezone)
        offset = offset_hours(zone or None, now=self._now)
        skills = {
            one.skill.casefold(): float(one.level) for answer in raw.values() if isinstance(answer, tuple) for one in answer if isinstance(one, SkillLevel)
        }
        spans = [(one.day, one.start, one.end) for answer in raw.values() if isinstance(answer, tuple) for one in answer if isinstance(one, Slot)]
        values = {key: value for key, answer in raw.items() if (value := self._value(key, answer)) is not None}
        seniority = values.get(SENIORITY)
        return Person(
            id=member.id,
            # A mentee says where they stand and wants to get a level further; a mentor who is only learning a skill does not offer it.
            wants=None if mentor or not skills else {skill: min(4.0, level + 1) for skill, level in skills.items()},
            offers=None if not mentor or not skills else {skill: level for skill, level in skills.items() if level > 1} or None,
            goals=self._goals(raw),
            languages=self._languages(raw, member),
            utc_offset=offset,
            free=slots(spans, offset_hours=offset or 0.0) if spans else None,
            seniority=float(seniority) if isinstance(seniority, float) else None,
            track=enrolment.track or None,
            answers=values,
        )

    def need(self, member: Member) -> Mapping[int, int]:
        """The terms of what a mentee would like help with: their newest open need, else what they wrote in their application or profile."""
        needs = [one for one in self._unit.needs.of_member(member.id) if one.state is not NeedState.CLOSED]
        if needs:
            return max(needs, key=lambda one: one.stated_at).terms
        return self._goals(self._answers.get(member.id, {})) or text.term_counts(member.fields.get(self._policy.wants_field, ""), key=self._key)

    def _goals(self, raw: Mapping[str, Answer]) -> Mapping[int, int] | None:
        said = " ".join(answer for key in GOALS if isinstance(answer := raw.get(key), str))
        return text.term_counts(said, key=self._key) or None

    def _languages(self, raw: Mapping[str, Answer], member: Member) -> frozenset[str] | None:
        answer = raw.get(LANGUAGES)
        if isinstance(answer, str):
            return frozenset(text.words(answer)) or None
        if isinstance(answer, tuple):
            return frozenset(one for one in answer if isinstance(one, str)) or None
        return frozenset({member.locale.partition("_")[0].partition("-")[0].lower()}) if member.locale else None

    def _value(self, key: str, answer: Answer) -> Value | None:
        if isinstance(answer, bool):
            return frozenset({"yes" if answer else "no"})
        if isinstance(answer, int | float):
            return float(answer)
        if isinstance(answer, date):
            return float(answer.toordinal())
        if isinstance(answer, tuple):
            return frozenset(one if isinstance(one, str) else one.skill.casefold() for one in answer if isinstance(one, str | SkillLevel)) or None
        if self._kinds.get(key) in {QuestionKind.SHORT_TEXT, QuestionKind.LONG_TEXT}:
            return text.term_counts(answer, key=self._key) or None
        return frozenset({answer}) if answer else None


async def with_graph(runtime: Runtime, graphs: Graphs, installation_id: int, loaded: Loaded) -> Task:
    """The task with what the community's posts show of each mentee's need and of whom they know, where a criterion asks for it."""
    if not loaded.asks_graph:
        return loaded.task
    graph = await graphs.get(installation_id)
    now = runtime.clock().timestamp()
    mentors = frozenset(seat.id for seat in loaded.task.seats)

    def work() -> tuple[dict[tuple[int, int], float], dict[tuple[int, int], float]]:
        expertise: dict[tuple[int, int], float] = {}
        past: dict[tuple[int, int], float] = {}
        for mentee, terms in loaded.needs.items():
            fits, ties = _look_up(graph, affinity.Need(terms=terms, words={}, asker=mentee, asked_at=now), mentors, now=now)
            expertise |= {(mentor, mentee): fit for mentor, fit in fits.items()}
            past |= {(mentor, mentee): fit for mentor, fit in ties.items()}
        return expertise, past

    expertise, past = await asyncio.to_thread(work)
    known = replace(loaded.task.sides.known, expertise=expertise, past=past, needy=frozenset(loaded.needs))
    return replace(loaded.task, sides=replace(loaded.task.sides, known=known))


def _look_up(graph: Knowledge, need: affinity.Need, mentors: frozenset[int], *, now: float) -> tuple[dict[int, float], dict[int, float]]:
    """How well each mentor's posts answer a need, beside the one who answers it best, and how much the two had to do with each other."""
    with graph.lock:
        _, signals = affinity.consider(graph, need, now=now, eligible=mentors.__contains__)
        points = affinity.points_of(signals.matrix, weights=SHIPPED)[:, FITTING].sum(axis=1)
        members = graph.numbers(signals.rows).tolist()
        met = signals.facts["answered_asker"] + signals.facts["answered_by_asker"]
    best = float(points.max(initial=0.0))
    order = np.argsort(-points, kind="stable")[:EXPERTS].tolist() if best > 0 else []
    fits = {members[row]: min(1.0, float(points[row]) / (FULL_FIT * best)) for row in order if points[row] > 0}
    return fits, {member: min(1.0, float(answers) / ANSWERS) for member, answers in zip(members, met, strict=True) if answers > 0}
