"""Sessions of a member: times proposed, answered and called off, whether they took place, and a calendar of them."""

from datetime import datetime

from starlette.responses import Response

from plugin.domain.sessions import OF_PERSONS, CancelReason, SessionState
from plugin.domain.strikes import APPEAL_WITHIN, StrikeState
from plugin.errors import Invalid, NotFound
from plugin.services import belonging, calendars, meeting, no_shows
from plugin.services.sessions import Words
from plugin.texts import together as words
from plugin.web.members.frame import show
from plugin.web.visits import Visit, id_of

TIMES = ("time_1", "time_2", "time_3")
DEFAULT_MINUTES = 60
AHEAD = frozenset({SessionState.PROPOSED, SessionState.CONFIRMED})


async def view(visit: Visit) -> Response:
    """Sessions that lie ahead first, then those that were; a form for a new one."""
    return await _page(visit, feed="")


async def _page(visit: Visit, *, feed: str) -> Response:
    found = await meeting.mine(visit.runtime, visit.principal, states=None, mentorship_id=None)
    pairs = [(one, program) for one, program in await belonging.mentorships(visit.runtime, visit.principal) if one.runs]
    people = await visit.people({person.member_id for one in found for person in one.session.people} | {each for one, _ in pairs for each in one.people})
    ahead = sorted((one for one in found if one.session.state in AHEAD), key=lambda one: one.session.starts_at or one.session.times[0])
    return await show(
        visit,
        "sessions.html",
        section="sessions",
        ahead=ahead,
        past=[one for one in reversed(found) if one.session.state not in AHEAD],
        pairs=[(one.id, ", ".join(_name(people.get(each)) for each in one.people if each != visit.me)) for one, _program in pairs],
        people=people,
        me=visit.me,
        strikes=list(reversed(await no_shows.mine(visit.runtime, visit.principal))),
        counted=StrikeState.COUNTED,
        since=visit.now - APPEAL_WITHIN,
        feed=feed,
        feed_since=await calendars.feed_since(visit.runtime, visit.principal),
        words=words,
        times=TIMES,
        minutes=DEFAULT_MINUTES,
    )


def _name(member: object) -> str:
    return str(getattr(member, "name", "") or getattr(member, "username", "")) or "–"


async def act(visit: Visit) -> Response:
    """Propose, answer, call off, say how it was, or have a calendar."""
    runtime, principal = visit.runtime, visit.principal
    match visit.text("do"):
        case "propose":
            said = Words(topic=visit.text("topic"), place=visit.text("place"))
            minutes = visit.number("minutes", DEFAULT_MINUTES) or 0
            await meeting.propose(runtime, principal, id_of(visit.text("mentorship")), times=_times(visit), minutes=minutes, words=said)
            return visit.go("/my/sessions", "sent")
        case "answer":
            await meeting.answer(runtime, principal, id_of(visit.text("session")), can=[_moment(each) for each in visit.all("can")])
        case "cancel":
            if visit.text("reason") not in OF_PERSONS:
                raise Invalid("choose a reason", field="reason")
            await meeting.cancel(runtime, principal, id_of(visit.text("session")), reason=CancelReason(visit.text("reason")))
        case "held":
            await meeting.say(runtime, principal, id_of(visit.text("session")), held=True, missing=[])
        case "missed":
            await meeting.say(runtime, principal, id_of(visit.text("session")), held=False, missing=[id_of(each) for each in visit.all("missing")])
        case "appeal":
            await no_shows.appeal(runtime, principal, id_of(visit.text("strike")), words=visit.text("words"))
            return visit.go("/my/sessions", "sent")
        case "feed":
            # The address is a key: it is shown on this answer, and never again.
            return await _page(visit, feed=await calendars.new_feed(runtime, principal))
        case "no_feed":
            await calendars.revoke_feed(runtime, principal)
        case _:
            raise Invalid("choose what to do")
    return visit.go("/my/sessions", "saved")


def _times(visit: Visit) -> list[datetime]:
    """What was typed in the reader's own zone. Raises :class:`Invalid`."""
    found = [typed for name in TIMES if (typed := visit.moment(name)) is not None]
    if not found:
        raise Invalid("propose at least one time", field=TIMES[0])
    return found


def _moment(word: str) -> datetime:
    try:
        return datetime.fromisoformat(word)
    except ValueError:
        raise Invalid("give a day and a time", field="times") from None


async def calendar(visit: Visit) -> Response:
    """One session as a file for calendar programs."""
    found = await meeting.ics(visit.runtime, visit.principal, visit.id("session"))
    if found is None:
        raise NotFound("no time is agreed on yet")
    return file_of(found, name="session.ics")


def file_of(found: str, *, name: str) -> Response:
    """A calendar file to keep."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    return Response(found, media_type="text/calendar; charset=utf-8", headers=headers)
