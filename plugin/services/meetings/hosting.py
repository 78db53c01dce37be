"""Events of a program: announced to who takes part and in the host, in calendars of who comes, with places and a waiting list."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from mentorgraph.host import Block, Paragraph, TopicMessage, Words
from plugin.domain.calendar import CalendarEvent
from plugin.domain.enrolments import EnrolmentState
from plugin.domain.people import Principal
from plugin.domain.program_events import REMIND_BEFORE, Answer, EventPlan, EventState, ProgramEvent, ahead, check
from plugin.domain.programs import Program
from plugin.errors import Conflict, Forbidden, NotFound
from plugin.services import scheduling
from plugin.services.guarding.managing import managed, may_manage, require_manager, visible
from plugin.services.messages import calendars, outgoing
from plugin.services.messages.telling import tell, unsay
from plugin.services.recruiting import announcing
from plugin.services.recruiting.enrolling import member_of
from plugin.services.runtime import Runtime
from plugin.store.unit_of_work import UnitOfWork
from plugin.texts import language_of, translate
from plugin.texts.program_events import CANCELLED_LINE


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """An event as a participant sees it; ``people`` are there for managers, numbers for everybody in the program."""

    event: ProgramEvent
    going: int
    waiting: int
    mine: Answer | None
    people: tuple[tuple[int, Answer], ...] = ()


def _seen(unit: UnitOfWork, event: ProgramEvent, principal: Principal) -> Seen:
    answers = unit.program_events.answers(event.id)
    people = tuple(answers.items()) if may_manage(unit, principal, event.program_id) else ()
    count = list(answers.values()).count
    mine = None if principal.member_id is None else answers.get(principal.member_id)
    return Seen(event=event, going=count(Answer.GOING), waiting=count(Answer.WAITING), mine=mine, people=people)


def _key(event: ProgramEvent) -> str:
    return f"event:{event.id}"


# ---------------------------------------------------------------------------------------------------------------------- for managers


async def plan(runtime: Runtime, principal: Principal, program_id: int, *, said: EventPlan) -> Seen:
    """Plan an event: who takes part in the program is told, and the host announces it where a space is named, in its own calendar if it has one."""

    def work(unit: UnitOfWork) -> Seen:
        require_manager(unit, principal, program_id)
        kept = _checked(said, unit.now)
        if kept.space_id:
            announcing.check_space(unit, kept.space_id)
        event = ProgramEvent(id=unit.new_id(), program_id=program_id, state=EventState.PLANNED, plan=kept, created_at=unit.now)
        unit.program_events.put(event)
        _in_host(unit, event, _put(unit, event))
        _announce(unit, event, {each.member_id for each in unit.enrolments.of_program(program_id, state=EnrolmentState.APPROVED)})
        _plan_reminder(unit, event)
        unit.record("event.planned", actor=principal.actor, event=str(event.id))
        return _seen(unit, event, principal)

    return await runtime.database.write(principal.installation_id, work)


def _checked(said: EventPlan, now: datetime) -> EventPlan:
    check(said, now=now)
    return replace(said, title=" ".join(said.title.split()), description=said.description.strip(), place=said.place.strip())


def _announce(unit: UnitOfWork, event: ProgramEvent, member_ids: Iterable[int]) -> None:
    program, said = unit.programs.get(event.program_id), event.plan
    about: dict[str, str | int] = {"title": said.title, "at": said.starts_at.isoformat(), "program": "" if program is None else program.name}
    for one in sorted(member_ids):
        tell(unit, one, "event.announced", key=f"{_key(event)}:{event.revision}:announced:{one}", about=about, until=said.starts_at)


async def change(runtime: Runtime, principal: Principal, event_id: int, *, changes: dict[str, object]) -> Seen:
    """Change what was said of an event; who comes is told of another time or place, and calendars follow. Fewer places take nobody's away."""

    def work(unit: UnitOfWork) -> Seen:
        event = _managed(unit, principal, event_id)
        ahead(event, unit.now)
        said = _checked(replace(event.plan, **changes), unit.now)  # type: ignore[arg-type]  # the names are an event's
        if said.space_id != event.plan.space_id:
            _check_move(unit, event, said.space_id)
        new = replace(event, plan=said, revision=event.revision + 1)
        unit.program_events.put(new)
        if (said.starts_at, said.minutes, said.place) != (event.plan.starts_at, event.plan.minutes, event.plan.place):
            answers = unit.program_events.answers(event.id)
            # Who has not heard of it yet hears of it as it is now.
            untold = {one.member_id for one in unit.notices.unsent(f"{_key(event)}:") if one.kind == "event.announced"} - answers.keys()
            unsay(unit, f"{_key(event)}:", why="the event was changed")
            _announce(unit, new, untold)
            for one, answer in answers.items():
                if answer is not Answer.NOT_GOING:
                    about: dict[str, str | int] = {"title": said.title, "at": said.starts_at.isoformat(), "place": said.place, "event": _key(new)}
                    tell(unit, one, "event.changed", key=f"{_key(new)}:{new.revision}:changed:{one}", about=about, until=said.starts_at)
        _plan_reminder(unit, new)
        _move_up(unit, new)
        _in_host(unit, new, _put(unit, new))
        unit.record("event.changed", actor=principal.actor, event=str(event_id))
        return _seen(unit, new, principal)

    return await runtime.database.write(principal.installation_id, work)


async def cancel(runtime: Runtime, principal: Principal, event_id: int) -> Seen:
    """Call an event off: who would come is told, and calendars take it back."""

    def work(unit: UnitOfWork) -> Seen:
        event = _managed(unit, principal, event_id)
        ahead(event, unit.now)
        done = replace(event, state=EventState.CANCELLED, revision=event.revision + 1)
        unit.program_events.put(done)
        scheduling.cancel_about(unit, f"{_key(event)}:")
        unsay(unit, f"{_key(event)}:", why="the event was called off")
        entry = calendars.cancel_event(unit, _key(event))
        for one, answer in unit.program_events.answers(event.id).items():
            if answer is not Answer.NOT_GOING:
                about: dict[str, str | int] = {"title": event.plan.title, "at": event.plan.starts_at.isoformat(), "event": _key(event)}
                tell(unit, one, "event.cancelled", key=f"{_key(event)}:{done.revision}:cancelled:{one}", about=about)
        if unit.outbox.unsent(_key(event)) is not None:
            unit.outbox.take_back([_key(event)], why="the event was called off")
        elif entry is not None:
            _in_host(unit, done, entry)
        unit.record("event.cancelled", actor=principal.actor, event=str(event_id))
        return _seen(unit, done, principal)

    return await runtime.database.write(principal.installation_id, work)


def _managed(unit: UnitOfWork, principal: Principal, event_id: int) -> ProgramEvent:
    return managed(unit, principal, unit.program_events.get(event_id), NotFound("there is no such event", field="event"))


def _check_move(unit: UnitOfWork, event: ProgramEvent, space_id: str) -> None:
    """Raise :class:`Invalid` for a space that some may not read, and :class:`Conflict` for an event that the host has announced elsewhere."""
    announcing.check_space(unit, space_id)
    topic_id, _url = outgoing.topic_of(unit, _key(event))
    if topic_id:
        raise Conflict("the announcement is in another space; move the topic there in the community", code="announced", field="space")


def _in_host(unit: UnitOfWork, event: ProgramEvent, entry: CalendarEvent) -> None:
    """Announce an event in the host, or bring the announcement to what the event is now: before it is sent, or by editing the topic."""
    said = event.plan
    if not said.space_id:
        return
    planned, key = event.state is EventState.PLANNED, _key(event)
    parts = ("" if planned else translate(CANCELLED_LINE, language=language_of(unit.community.locale)), said.description)
    texts: tuple[Block, ...] = tuple(Paragraph((Words(one),)) for one in parts if one)
    # Where the host makes an event of the entry, what it says of itself is in the same post already.
    in_calendar = replace(calendars.entry(entry, timezone="UTC"), description="")
    message = TopicMessage(space_id=said.space_id, title=said.title, body=(*texts, in_calendar) if planned else texts)
    if outgoing.post(message, kind="event", key=key, member_id=None, unit=unit) or outgoing.say_anew(
        unit, message, kind="event", key=key, version=event.revision
    ):
        return
    if unit.outbox.on_its_way(key):
        scheduling.schedule(unit, "event.follow", key=f"{key}:follow", at=unit.now + outgoing.AGAIN, about={"event": event.id})


@scheduling.job("event.follow")
def follow_later(unit: UnitOfWork, about: scheduling.About) -> None:
    """A change of an event came while its announcement was being sent."""
    event = unit.program_events.get(int(about["event"]))
    entry = None if event is None else calendars.find(unit, _key(event))
    if event is not None and entry is not None:
        _in_host(unit, event, entry)


def _put(unit: UnitOfWork, event: ProgramEvent) -> CalendarEvent:
    going = [one for one, answer in unit.program_events.answers(event.id).items() if answer is Answer.GOING]
    said = event.plan
    link = said.place if said.place.startswith(("https://", "http://")) and len(said.place.split()) == 1 else ""
    return calendars.put_event(
        unit,
        _key(event),
        name=said.title,
        starts_at=said.starts_at,
        ends_at=event.ends_at,
        member_ids=going,
        description=said.description,
        url=link,
        location=said.place,
    )


# ---------------------------------------------------------------------------------------------------------------------- for who comes


async def answer(runtime: Runtime, principal: Principal, event_id: int, *, going: bool) -> Seen:
    """Say whether one comes. Where all places are taken one waits, and moves up when somebody else cannot come after all."""
    me = member_of(principal)

    def work(unit: UnitOfWork) -> Seen:
        event = unit.program_events.get(event_id)
        if event is None or not _takes_part(unit, me, event.program_id):
            raise NotFound("there is no such event", field="event")
        ahead(event, unit.now)
        before = unit.program_events.answers(event.id).get(me)
        wanted = Answer.NOT_GOING if not going else Answer.GOING if before is Answer.GOING or _has_place(unit, event) else Answer.WAITING
        if wanted is not before:
            unit.program_events.answer(event.id, me, wanted, at=unit.now)
        _move_up(unit, event)
        _put(unit, event)
        unit.record("event.answered", actor=str(me), event=str(event.id), answer=wanted.value)
        return _seen(unit, event, principal)

    return await runtime.database.write(principal.installation_id, work)


def _takes_part(unit: UnitOfWork, member_id: int, program_id: int) -> bool:
    mine = unit.enrolments.of_member(member_id)
    return unit.managers.manages(member_id, program_id) or any(one.program_id == program_id and one.state is EnrolmentState.APPROVED for one in mine)


def _has_place(unit: UnitOfWork, event: ProgramEvent) -> bool:
    taken = list(unit.program_events.answers(event.id).values()).count(Answer.GOING)
    return event.plan.capacity is None or taken < event.plan.capacity


def _move_up(unit: UnitOfWork, event: ProgramEvent) -> None:
    for one, given in list(unit.program_events.answers(event.id).items()):
        if given is Answer.WAITING and _has_place(unit, event):
            unit.program_events.answer(event.id, one, Answer.GOING, at=unit.now)
            about: dict[str, str | int] = {"title": event.plan.title, "at": event.plan.starts_at.isoformat(), "event": _key(event)}
            tell(unit, one, "event.place", key=f"{_key(event)}:place:{one}:{unit.now.isoformat()}", about=about, until=event.plan.starts_at)


def leave_all(unit: UnitOfWork, member_id: int) -> None:
    """Somebody leaves the community: their places go to who waits."""
    for event_id in unit.program_events.going_of(member_id):
        event = unit.program_events.get(event_id)
        if event is not None and event.state is EventState.PLANNED and event.plan.starts_at > unit.now:
            unit.program_events.answer(event_id, member_id, Answer.NOT_GOING, at=unit.now)
            _move_up(unit, event)
            _put(unit, event)


# ---------------------------------------------------------------------------------------------------------------------- time and reading


def _plan_reminder(unit: UnitOfWork, event: ProgramEvent) -> None:
    at = event.plan.starts_at - REMIND_BEFORE
    scheduling.cancel(unit, f"{_key(event)}:remind")
    if at > unit.now:
        scheduling.schedule(unit, "event.remind", key=f"{_key(event)}:remind", at=at, about={"event": event.id})


@scheduling.job("event.remind")
def remind(unit: UnitOfWork, about: scheduling.About) -> None:
    """An event is tomorrow."""
    event = unit.program_events.get(int(about["event"]))
    if event is None or event.state is not EventState.PLANNED or event.plan.starts_at <= unit.now:
        return
    for one, given in unit.program_events.answers(event.id).items():
        if given is Answer.GOING:
            words: dict[str, str | int] = {"title": event.plan.title, "at": event.plan.starts_at.isoformat(), "place": event.plan.place}
            key = f"{_key(event)}:{event.revision}:reminder:{one}"
            tell(unit, one, "event.reminder", key=key, about=words, until=event.plan.starts_at)


async def page(runtime: Runtime, principal: Principal, program_id: int, *, after: int | None, limit: int) -> list[Seen]:
    """Events of a program, the newest first, for who takes part in it and who manages it. Raises :class:`Forbidden` for anybody else."""

    def work(unit: UnitOfWork) -> list[Seen]:
        visible(unit, principal, program_id)
        mine = principal.member_id is not None and _takes_part(unit, principal.member_id, program_id)
        if not mine and not may_manage(unit, principal, program_id):
            raise Forbidden("events are for who takes part in the program")
        return [_seen(unit, one, principal) for one in unit.program_events.of_program(program_id, after=after, limit=limit)]

    return await runtime.database.read(principal.installation_id, work)


async def mine(runtime: Runtime, principal: Principal, *, limit: int) -> list[tuple[Seen, Program]]:
    """The newest events of each program that the member takes part in or manages, those that are announced last first."""
    me = member_of(principal)

    def work(unit: UnitOfWork) -> list[tuple[Seen, Program]]:
        within = {one.program_id for one in unit.enrolments.of_member(me) if one.state is EnrolmentState.APPROVED} | set(unit.managers.by(me))
        found = []
        for program in unit.programs.many(within).values():
            found += [(_seen(unit, one, principal), program) for one in unit.program_events.of_program(program.id, after=None, limit=limit)]
        return sorted(found, key=lambda one: -one[0].event.plan.starts_at.timestamp())[:limit]

    return await runtime.database.read(principal.installation_id, work)


async def ics(runtime: Runtime, principal: Principal, event_id: int) -> str | None:
    """The calendar file of an event that the member goes to."""
    me = member_of(principal)

    def work(unit: UnitOfWork) -> str | None:
        given = unit.program_events.answers(event_id).get(me)
        return calendars.event_file(unit, f"event:{event_id}", member_id=me).decode() if given is Answer.GOING else None

    return await runtime.database.read(principal.installation_id, work)
