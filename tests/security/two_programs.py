"""Two programs of one community with a row of every type in each, and what a manager of the second one makes of the ids of the first."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, TypeVar

import orjson

from plugin.domain.agreements import Agreement, AgreementState
from plugin.domain.enrolments import Enrolment, EnrolmentState
from plugin.domain.forms import FormPurpose, Question, QuestionKind
from plugin.domain.goals import Item, ItemKind
from plugin.domain.groups import Group, GroupState, Seat
from plugin.domain.kits import Kit, KitWords
from plugin.domain.ledger import Budget, Entry, EntryKind, EntryState
from plugin.domain.mentorships import Mentorship
from plugin.domain.program_events import EventPlan, EventState, ProgramEvent
from plugin.domain.programs import Program, ProgramState, Role
from plugin.domain.recruiting import Invitation, InvitationState, ReferralLink, Wave, WaveState
from plugin.domain.reports import Report, ReportKind
from plugin.domain.requests import Request, RequestState
from plugin.domain.rewards import Award, AwardState, Certificate, Figure, Rule
from plugin.domain.rounds import Outcome, Pair, Participant, Round, RoundKind, RoundState
from plugin.domain.sessions import Participant as Attendee
from plugin.domain.sessions import Session, SessionState
from plugin.domain.strikes import Strike, StrikeKind, StrikeState
from plugin.domain.surveys import Survey, SurveyKind
from plugin.services.questions import forms
from plugin.services.rewards import certifying
from plugin.store.repositories.stories import Story
from plugin.store.unit_of_work import UnitOfWork
from tests.schema.world import World
from tests.security.documents import ID_PLACE

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Filled:
    """A program and a number of each type that is in it; ``mentor`` and ``mentee`` are its people."""

    program: int
    mentor: int
    mentee: int
    numbers: dict[str, int] = field(default_factory=dict)


def fill_program(unit: UnitOfWork, *, name: str, mentor: int, mentee: int) -> Filled:
    """Make a program that runs, with two people in it and something of everything that can be done in one."""
    now = unit.now
    program = Program(id=unit.new_id(), name=name, purpose="To learn", state=ProgramState.ACTIVE, created_at=now - timedelta(days=90))
    unit.programs.put(program)
    made: dict[str, int] = {"Program": program.id}
    for person, role in ((mentor, Role.MENTOR), (mentee, Role.MENTEE)):
        made["Enrolment"] = unit.new_id()
        unit.enrolments.put(
            Enrolment(id=made["Enrolment"], program_id=program.id, member_id=person, role=role, state=EnrolmentState.APPROVED, capacity=3, enrolled_at=now)
        )
    _fill_pair(unit, made, program.id, mentor, mentee)
    _fill_running(unit, made, program.id, mentor, mentee)
    _fill_recruiting(unit, made, program.id, mentor)
    _fill_rewards(unit, made, program, mentor)
    _fill_forms(unit, made, program.id, mentee)
    return Filled(program=program.id, mentor=mentor, mentee=mentee, numbers=made)


def _fill_pair(unit: UnitOfWork, made: dict[str, int], program: int, mentor: int, mentee: int) -> None:
    now = unit.now
    pair = Mentorship(id=unit.new_id(), program_id=program, mentor_id=mentor, mentee_ids=(mentee,), began_at=now - timedelta(days=30))
    unit.mentorships.put(pair)
    people = (Attendee(member_id=mentor, mentor=True, held=False), Attendee(member_id=mentee, asks=True, held=True))
    session = Session(
        id=unit.new_id(),
        mentorship_id=pair.id,
        program_id=program,
        state=SessionState.UNCLEAR,
        minutes=60,
        times=(now - timedelta(days=1),),
        starts_at=now - timedelta(days=1),
        people=people,
        created_at=now - timedelta(days=2),
    )
    unit.sessions.put(session)
    strike = Strike(
        id=unit.new_id(),
        member_id=mentee,
        program_id=program,
        session_id=session.id,
        kind=StrikeKind.NO_SHOW,
        state=StrikeState.APPEALED,
        at=now,
        expires_at=now + timedelta(days=90),
    )
    unit.strikes.put(strike)
    kit = Kit(id=unit.new_id(), words=KitWords(title="Kit", agenda="Talk"), program_id=program)
    unit.session_kits.put(kit, at=now)
    agreement = Agreement(id=unit.new_id(), mentorship_id=pair.id, version=1, state=AgreementState.PROPOSED, cadence=14, created_at=now)
    unit.agreements.put(agreement)
    item = Item(id=unit.new_id(), mentorship_id=pair.id, kind=ItemKind.GOAL, created_at=now)
    unit.pair_items.put(item)
    request = Request(
        id=unit.new_id(),
        program_id=program,
        mentee_id=mentee,
        mentor_id=mentor,
        state=RequestState.PENDING,
        chain_id=unit.new_id(),
        rank=0,
        words=unit.seal(orjson.dumps({"note": "n", "goal": "g", "message": "m"}), purpose="request"),
        created_at=now,
        asked_at=now,
        expires_at=now + timedelta(days=7),
    )
    unit.requests.put(request)
    story = Story(
        id=unit.new_id(),
        mentorship_id=pair.id,
        author_id=mentee,
        words=unit.seal(b"It went well", purpose="story"),
        state="asked",
        space_id="1",
        created_at=now,
    )
    unit.stories.put(story, [mentor, mentee])
    report = Report(
        id=unit.new_id(),
        reporter_id=mentee,
        about_id=mentor,
        mentorship_id=pair.id,
        kind=ReportKind.PRESSURE,
        words=unit.seal(b"They press", purpose="report"),
        at=now,
    )
    unit.reports.put(report)
    made |= {
        "Mentorship": pair.id,
        "Session": session.id,
        "Strike": strike.id,
        "SessionKit": kit.id,
        "Agreement": agreement.id,
        "PairItem": item.id,
        "MentorshipRequest": request.id,
        "Story": story.id,
        "Report": report.id,
    }


def _fill_running(unit: UnitOfWork, made: dict[str, int], program: int, mentor: int, mentee: int) -> None:
    now = unit.now
    design: dict[str, object] = {"criteria": [], "rules": []}
    one = Round(id=unit.new_id(), program_id=program, kind=RoundKind.PAIRS, name="Round", state=RoundState.COMPUTED, design=design, created_at=now)
    unit.rounds.put(one)
    people = (Participant(member_id=mentor, mentor=True), Participant(member_id=mentee, mentor=False))
    pairs = (Pair(round_id=one.id, mentor_id=mentor, mentee_id=mentee, score=0.5, parts=()),)
    unit.rounds.keep(one.id, Outcome(people=people, pairs=pairs, waiting=(), others=(), figures={}))
    group = Group(id=unit.new_id(), program_id=program, number=1, name="Group", state=GroupState.RUNNING, created_at=now, published_at=now)
    unit.our_groups.put(group)
    unit.our_groups.seat(group.id, [Seat(member_id=mentor, mentor=True), Seat(member_id=mentee)], at=now)
    event = ProgramEvent(
        id=unit.new_id(), program_id=program, state=EventState.PLANNED, plan=EventPlan(title="Kick-off", starts_at=now + timedelta(days=7)), created_at=now
    )
    unit.program_events.put(event)
    made |= {"MatchRound": one.id, "MentoringGroup": group.id, "ProgramEvent": event.id}


def _fill_recruiting(unit: UnitOfWork, made: dict[str, int], program: int, mentor: int) -> None:
    now = unit.now
    wave = Wave(id=unit.new_id(), program_id=program, number=1, role=Role.MENTOR, state=WaveState.PLANNED, due_at=now + timedelta(days=1), created_at=now)
    unit.waves.put(wave)
    asked = Invitation(id=unit.new_id(), program_id=program, member_id=mentor, role=Role.MENTOR, state=InvitationState.INVITED, created_at=now, wave_id=wave.id)
    unit.invitations.put(asked)
    link = ReferralLink(
        id=unit.new_id(),
        program_id=program,
        referrer_id=mentor,
        digest=b"link %d" % program,
        secret=unit.seal(b"secret", purpose="referral"),
        role=None,
        named=True,
        created_at=now,
        expires_at=now + timedelta(days=30),
    )
    unit.referrals.put_link(link)
    made |= {"Wave": wave.id, "Invitation": asked.id, "ReferralLink": link.id}


def _fill_rewards(unit: UnitOfWork, made: dict[str, int], program: Program, mentor: int) -> None:
    now = unit.now
    rule = Rule(id=unit.new_id(), program_id=program.id, figure=Figure.SESSIONS, least=1, points=5, created_at=now)
    unit.rewards.put_rule(rule)
    award = Award(id=unit.new_id(), rule_id=rule.id, program_id=program.id, member_id=mentor, number=1, badge="", points=5, state=AwardState.GRANTED, at=now)
    unit.rewards.add(award)
    facts = {
        "name": "A",
        "program": program.name,
        "community": "C",
        "role": "mentor",
        "hours": 1.0,
        "sessions": 1,
        "mentorships": 1,
        "began_on": "2026-01-01",
        "ended_on": "2026-02-01",
    }
    certificate = Certificate(
        id=unit.new_id(),
        program_id=program.id,
        member_id=mentor,
        role=Role.MENTOR,
        digest=b"certificate %d" % program.id,
        code=unit.seal(b"code%d" % program.id, purpose=certifying._CODE),
        facts=unit.seal(orjson.dumps(facts), purpose=certifying._FACTS),
        issued_at=now,
    )
    unit.certificates.put(certificate)
    unit.ledger.set_budget(Budget(program_id=program.id, amount=10_000, currency="EUR", set_at=now, set_by="test"))
    entry = Entry(
        id=unit.new_id(),
        program_id=program.id,
        member_id=mentor,
        kind=EntryKind.STIPEND,
        amount=100,
        currency="EUR",
        state=EntryState.PROPOSED,
        words=unit.seal(b"thanks", purpose="ledger"),
        proposed_by="test",
        proposed_at=now,
    )
    unit.ledger.add(entry)
    made |= {"RewardRule": rule.id, "Award": award.id, "Certificate": certificate.id, "LedgerEntry": entry.id}


def _fill_forms(unit: UnitOfWork, made: dict[str, int], program: int, mentee: int) -> None:
    questions = [Question(key="q", kind=QuestionKind.SHORT_TEXT, label="?")]
    form = forms.define(unit, name="Form", purpose=FormPurpose.OTHER, questions=questions, program_id=program)
    made["AnswerSheet"] = forms.submit(unit, form_id=form.id, member_id=mentee, answers={"q": "words"}, program_id=program)
    about = f"program:{program}"
    survey = Survey(id=unit.new_id(), key=f"k{program}", kind=SurveyKind.NPS, member_id=mentee, program_id=program, about=about, due_at=unit.now)
    unit.surveys.put(replace(survey, asked_at=unit.now))
    made |= {"Form": form.id, "Survey": survey.id}


class _TakenBack(Exception):
    """Ends a transaction whose effects are to be counted and not to stay."""


@dataclass
class Undone:
    """Stands before the database while it is in place: what is written is counted, answered as done and taken back."""

    rows: int = 0
    """Rows that would have been written."""

    def over(self, world: World) -> None:
        """Begin."""
        inner = world.database._inner

        async def write(installation_id: int, work: Callable[[UnitOfWork], T]) -> T:
            kept: list[T] = []

            def counted(unit: UnitOfWork) -> T:
                raw: Any = unit._connection.connection.driver_connection
                before = raw.total_changes
                kept.append(work(unit))
                unit.flush()
                self.rows += raw.total_changes - before
                raise _TakenBack

            try:
                return await inner.write(installation_id, counted)
            except _TakenBack:
                return kept[0]

        world.database.write = write  # type: ignore[method-assign]


def named_places(data: object) -> tuple[object, int]:
    """Variables with a name of its own in each place for an id, and how many there are."""
    count = iter(range(10**6))
    text = re.sub(re.escape(ID_PLACE), lambda _: f"place {next(count)}", orjson.dumps(data).decode())
    return orjson.loads(text), next(count)
