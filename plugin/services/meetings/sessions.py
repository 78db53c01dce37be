"""A session of a mentorship: its words, its entry in calendars, its reminders, its end.

How its time is agreed on is in :mod:`plugin.services.meetings.proposing`, what comes afterwards in :mod:`plugin.services.meetings.attending`.
"""

from dataclasses import dataclass, replace

import orjson

from plugin.domain.calendar import CalendarEvent
from plugin.domain.mentorships import Mentorship
from plugin.domain.notices import awake
from plugin.domain.sessions import (
    DAY_BEFORE,
    HOUR_BEFORE,
    MAX_NOTE,
    MAX_PLACE,
    MAX_TOPIC,
    OPEN,
    SAY_WITHIN,
    CancelReason,
    Session,
    SessionState,
    refused,
    step,
)
from plugin.errors import Conflict, Invalid, NotFound
from plugin.services import scheduling
from plugin.services.guarding import safeguarding
from plugin.services.meetings import no_shows
from plugin.services.messages import calendars, reaching
from plugin.services.messages.telling import tell, unsay
from plugin.services.pairs import pairing
from plugin.store.unit_of_work import UnitOfWork
from plugin.texts import language_of, translate
from plugin.texts.sessions import EVENT, WITH

PURPOSE = "session"


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What was written about a session, by its people for its people: what it is about, where (a link or a place), and a note."""

    topic: str = ""
    place: str = ""
    note: str = ""


def words_of(unit: UnitOfWork, session: Session) -> Words:
    """What was written about a session; nothing once somebody of it was erased."""
    return Words() if session.words is None else Words(**orjson.loads(unit.unseal(session.words, purpose=PURPOSE)))


def page(session: Session) -> str:
    """The page of a session, for who is in it."""
    return f"/my/sessions/{session.id}"


def sealed(unit: UnitOfWork, words: Words) -> bytes:
    """What was written about a session, sealed. Raises :class:`Invalid` for too much."""
    for name, most in (("topic", MAX_TOPIC), ("place", MAX_PLACE), ("note", MAX_NOTE)):
        if len(getattr(words, name)) > most:
            raise Invalid("the {name} of a session has at most {most} characters", field=name, name=name, most=most)
    plain = {"topic": " ".join(words.topic.split()), "place": words.place.strip(), "note": words.note.strip()}
    return unit.seal(orjson.dumps(plain), purpose=PURPOSE)


def meeting(unit: UnitOfWork, mentorship_id: int, member_id: int) -> Mentorship:
    """A mentorship whose people may meet. Raises :class:`NotFound` for one that the member is not in, :class:`Conflict` if they may not."""
    one = pairing.running(unit, mentorship_id, member_id)
    if len(one.people) < 2:
        raise Conflict("nobody else of this mentorship is a member any more", code="alone", field="mentorship")
    if unit.blocks.within(one.people):
        raise Conflict("these members do not meet: one of them wished it", code="blocked", field="mentorship")
    safeguarding.check_together(unit, one.people)
    return one


def other_of(session: Session, member_id: int) -> int:
    """Whom a member meets: the mentor for a mentee, the first mentee for a mentor."""
    others = [one for one in session.people if one.member_id != member_id]
    return next((one.member_id for one in others if one.mentor), others[0].member_id if others else 0)


def put_event(unit: UnitOfWork, session: Session) -> CalendarEvent:
    """Put a session whose time is agreed on into the calendars of its people."""
    assert session.starts_at is not None  # noqa: S101 - it is agreed on
    assert session.ends_at is not None  # noqa: S101 - likewise
    words, language = words_of(unit, session), language_of(unit.community.locale)
    people = unit.members.many(session.member_ids).values()
    names = ", ".join(sorted(one.name or one.username for one in people))
    program = None if session.program_id is None else unit.programs.get(session.program_id)
    described = [translate(WITH, language=language).format(names=names), program.name if program else "", words.note]
    link = words.place if words.place.startswith(("https://", "http://")) and len(words.place.split()) == 1 else ""
    return calendars.put_event(
        unit,
        f"session:{session.id}",
        name=words.topic or translate(EVENT, language=language),
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        member_ids=session.member_ids,
        description="\n".join(one for one in described if one),
        url=link,
        location=words.place,
    )


def forget_event(unit: UnitOfWork, session: Session) -> None:
    """Forget who is in the entry of a session in calendars, and what it is about."""
    calendars.reword(unit, f"session:{session.id}", name=translate(EVENT, language=language_of(unit.community.locale)))


def remind(unit: UnitOfWork, session: Session) -> None:
    """Have everybody reminded before a session, asked after it, and the matter closed when everybody had the time to say."""
    at, end = session.starts_at, session.ends_at
    if at is None or end is None:
        return
    for name, before in (("day", DAY_BEFORE), ("hour", HOUR_BEFORE)):
        if at - before > unit.now:
            key = f"session:{session.id}:remind:{name}"
            scheduling.schedule(unit, "session.remind", key=key, at=at - before, about={"session": session.id, "before": name})
    scheduling.schedule(unit, "session.ask", key=f"session:{session.id}:ask", at=max(end, unit.now), about={"session": session.id})
    scheduling.schedule(unit, "session.settle", key=f"session:{session.id}:settle", at=max(end + SAY_WITHIN, unit.now), about={"session": session.id})


def describe(unit: UnitOfWork, session_id: int, *, by: int, topic: str | None = None, place: str | None = None, note: str | None = None) -> Session:
    """Change what is written about a session that is ahead; calendars hear of it."""
    session = ahead(unit, session_id, by)
    before = words_of(unit, session)
    words = Words(topic=before.topic if topic is None else topic, place=before.place if place is None else place, note=before.note if note is None else note)
    changed = replace(session, words=sealed(unit, words))
    unit.sessions.put(changed)
    if changed.starts_at is not None:
        put_event(unit, changed)
    return changed


def call_off(unit: UnitOfWork, session: Session, reason: CancelReason, *, by: int | None = None, late: bool = False) -> Session:
    """Let a session that is ahead not take place; its calendar entry is taken back, and nobody is told here."""
    people = tuple(replace(one, asks=False, cancelled=one.member_id == by) for one in session.people)
    done = replace(
        session,
        state=step(session, SessionState.CANCELLED),
        times=(),
        people=people,
        revision=session.revision + 1,
        settled_at=unit.now,
        reason=reason.value,
        late=late,
    )
    unit.sessions.put(done)
    clear(unit, done, why="the session was called off")
    calendars.cancel_event(unit, f"session:{done.id}")
    return done


def clear(unit: UnitOfWork, session: Session, *, why: str) -> None:
    """Nothing that was planned for a session is done any more, and what was not sent about it is not sent."""
    scheduling.cancel_about(unit, f"session:{session.id}:")
    unsay(unit, f"session:{session.id}:", why=why)


def close_all(unit: UnitOfWork, mentorship_id: int, *, reason: CancelReason) -> int:
    """Call off what is ahead in a mentorship that ends or is suspended; nobody is told of each, and nobody is at fault. Returns how many there were.

    Sessions whose time has come are left to those who were there: whether they took place is asked as always.
    """
    ahead = [one for one in unit.sessions.of_mentorship(mentorship_id, states=OPEN) if one.starts_at is None or one.starts_at > unit.now]
    for one in ahead:
        call_off(unit, one, reason)
    return len(ahead)


def ahead(unit: UnitOfWork, session_id: int, by: int) -> Session:
    """A session that is ahead and that a member is in. Raises :class:`NotFound`, or :class:`Conflict` for one that is over or has begun."""
    session = mine(unit, session_id, by)
    if session.state not in OPEN:
        raise refused(session)
    if session.starts_at is not None and session.starts_at <= unit.now:
        raise Conflict("this session has begun: say whether it takes place", code="begun", field="session")
    return session


def mine(unit: UnitOfWork, session_id: int, member_id: int) -> Session:
    """A session that a member is in. Raises :class:`NotFound` for any other."""
    session = unit.sessions.get(session_id)
    if session is None or session.of(member_id) is None:
        raise NotFound("there is no such session", field="session")
    return session


def export_of(unit: UnitOfWork, member_id: int) -> list[dict[str, object]]:
    """What is kept sealed about a member's sessions, opened for their export, with what they appealed."""
    found: list[dict[str, object]] = []
    for one in unit.sessions.of_member(member_id):
        words = words_of(unit, one)
        found.append({"session": one.id, "topic": words.topic, "place": words.place, "note": words.note})
    appeals = [one for one in unit.strikes.of_member(member_id) if one.words is not None]
    return [*found, *({"session": one.session_id, "appeal": no_shows.words_of(unit, one)} for one in appeals)]


# ---------------------------------------------------------------------------------------------------------------------- time


@scheduling.job("session.remind")
def reminder(unit: UnitOfWork, about: scheduling.About) -> None:
    """A session is near: everybody in it is reminded, outside their quiet hours or not at all."""
    session, before = unit.sessions.get(int(about["session"])), str(about["before"])
    if session is None or session.state is not SessionState.CONFIRMED or session.starts_at is None or session.starts_at <= unit.now:
        return
    # What was to be said the day before is of no use beside what is said an hour before.
    until = session.starts_at - HOUR_BEFORE if before == "day" else session.starts_at
    for each in session.member_ids:
        member = unit.members.get(each)
        if member is None or awake(unit.now, reaching.reach_of(unit, member)) >= until:
            continue
        words: dict[str, str | int] = {"who": other_of(session, each), "at": session.starts_at.isoformat(), "place": words_of(unit, session).place}
        words |= {"role": "soon" if before == "hour" else "", "path": page(session)}
        key = f"session:{session.id}:{session.revision}:reminder:{before}:{each}"
        tell(unit, each, "session.reminder", key=key, about=words, until=until)
