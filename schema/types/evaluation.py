"""How a program is doing, as GraphQL shows it."""

from datetime import datetime

import strawberry

from plugin.domain import health as domain
from plugin.domain.advice import Advice as DomainAdvice
from plugin.domain.advice import Urgency as DomainUrgency
from plugin.services.programs.program_facts import CohortBy as DomainCohortBy
from schema.ids import GlobalId
from schema.types.figures import Figure, NamedNumber, figure, numbers

# mypy: disable-error-code="valid-type"
# strawberry.enum returns the enum itself.

Urgency = strawberry.enum(DomainUrgency, name="Urgency", description="How soon to act.")
CohortBy = strawberry.enum(DomainCohortBy, name="CohortBy", description="What mentees are compared by.")
GoalMeasure = strawberry.enum(domain.Measure, name="GoalMeasure", description="What a goal can be measured by.")


@strawberry.type(description="How far an audience takes part: everybody, newcomers, and the groups of the host.")
class AudienceReach:
    """Reach."""

    audience: str
    members: int
    enrolled: int
    share: Figure | None


@strawberry.type(description="How far a goal is met.")
class GoalProgress:
    """A goal and its figure."""

    text: str
    measure: GoalMeasure
    target: float
    value: float | None = strawberry.field(description="Null where there is no figure yet, or too few answers for one.")
    met: bool


@strawberry.type(description="The figures of a program at one time. Figures about answers rest on at least five people and move in fives.")
class ProgramHealth:
    """Figures."""

    at: datetime
    mentors: int
    mentees: int
    matched: int = strawberry.field(description="Mentees who have, or had, a mentor.")
    match_rate: Figure | None
    waiting: int = strawberry.field(description="Mentees who are not away and have no mentor now.")
    places: int = strawberry.field(description="Mentees that mentors who are not away could still take.")
    active: int = strawberry.field(description="Mentorships that run and gave a sign within 21 days.")
    stalled: list[strawberry.ID] = strawberry.field(description="Mentorships that gave none, the longest first.")
    ended: list[NamedNumber] = strawberry.field(description="Mentorships that ended, by reason.")
    requests: int
    replied: int
    median_hours_to_reply: float | None
    replied_in_time: Figure | None = strawberry.field(description="The share of requests that had a reply within 48 hours.")
    requests_waiting: int = strawberry.field(description="Requests that wait longer than that now.")
    load_gini: float = strawberry.field(description="0 when every mentor has as many mentees, towards 1 when one has them all.")
    largest_load: int
    idle_mentors: int
    sessions_held: int
    sessions_missed: int
    missed_rate: Figure | None
    reach: list[AudienceReach]
    quality: Figure | None = strawberry.field(description="The mean of the pulse, from 1 to 5.")
    nps: Figure | None
    surveys_answered: int
    answer_rate: Figure | None
    goals: list[GoalProgress]


def health(found: domain.Health, *, installation_id: int) -> ProgramHealth:
    """The figures as GraphQL shows them."""
    return ProgramHealth(
        at=found.at,
        mentors=found.mentors,
        mentees=found.mentees,
        matched=found.matched,
        match_rate=figure(found.match_rate),
        waiting=found.waiting,
        places=found.places,
        active=found.active,
        stalled=[_mentorship(one, installation_id) for one in found.stalled],
        ended=numbers(found.ended),
        requests=found.replies.asked,
        replied=found.replies.replied,
        median_hours_to_reply=found.replies.median_hours,
        replied_in_time=figure(found.replies.in_time),
        requests_waiting=found.replies.waiting,
        load_gini=found.load.gini,
        largest_load=found.load.most,
        idle_mentors=found.load.idle,
        sessions_held=found.sessions_held,
        sessions_missed=found.sessions_missed,
        missed_rate=figure(found.missed_rate),
        reach=[AudienceReach(audience=one.audience, members=one.members, enrolled=one.enrolled, share=figure(one.share)) for one in found.reach],
        quality=figure(found.quality),
        nps=figure(found.nps),
        surveys_answered=found.answered,
        answer_rate=figure(found.answer_rate),
        goals=[GoalProgress(text=one.goal.name, measure=one.goal.measure, target=one.goal.target, value=one.value, met=one.met) for one in found.goals],
    )


def _mentorship(number: int, installation_id: int) -> strawberry.ID:
    return strawberry.ID(str(GlobalId("Mentorship", installation_id, str(number))))


@strawberry.type(description="One thing to do, and the rule by which it follows from the figures.")
class Advice:
    """Advice."""

    rule: str = strawberry.field(description="A stable word.")
    because: str = strawberry.field(description="The rule in words, with where its threshold comes from.")
    urgency: Urgency
    text: str
    numbers: list[NamedNumber] = strawberry.field(description="What set it off.")
    mentorships: list[strawberry.ID] = strawberry.field(description="Those it is about.")


def advice(found: DomainAdvice, *, installation_id: int) -> Advice:
    """Advice as GraphQL shows it."""
    return Advice(
        rule=found.rule.name,
        because=str(found.rule.because),
        urgency=found.urgency,
        text=str(found.text),
        numbers=numbers(found.numbers),
        mentorships=[_mentorship(one, installation_id) for one in found.mentorships],
    )


@strawberry.type(description="How a program is doing, and what follows from it, the most urgent first.")
class ProgramEvaluation:
    """Figures and advice."""

    health: ProgramHealth
    advice: list[Advice]


@strawberry.type(description="The mentees of one cohort beside all the others together.")
class Cohort:
    """A cohort."""

    name: str
    mentees: int
    match_rate: Figure | None
    match_difference: Figure | None = strawberry.field(description="How much higher it is than that of the others; an interval without 0 is a difference.")
    quality: Figure | None
    quality_difference: Figure | None


def cohort(found: domain.Cohort) -> Cohort:
    """A cohort as GraphQL shows it."""
    return Cohort(
        name=found.name,
        mentees=found.mentees,
        match_rate=figure(found.match_rate),
        match_difference=figure(found.match_difference),
        quality=figure(found.quality),
        quality_difference=figure(found.quality_difference),
    )


@strawberry.type(description="A table of a program that can be exported.")
class ExportTable:
    """A table."""

    name: str
    about: str
