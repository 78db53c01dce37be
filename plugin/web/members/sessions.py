"""Sessions of a member: what lies ahead and behind, answers to times, whether sessions took place, and a calendar of them."""

from datetime import datetime

from starlette.responses import Response

from plugin.clock import in_our_time
from plugin.domain.sessions import OF_PERSONS, CancelReason, SessionState
from plugin.domain.strikes import APPEAL_WITHIN, StrikeState
from plugin.errors import Invalid, NotFound
from plugin.services.meetings import meeting, no_shows
from plugin.services.messages import calendars
from plugin.services.programs import belonging
from plugin.texts import together as words
from plugin.web.members.frame import show
from plugin.web.visits import Visit, id_of

AHEAD = frozenset({SessionState.PROPOSED, SessionState.CONFIRMED})


async def view(visit: Visit) -> Response:
    """Sessions that lie ahead first, then those that were."""
    return await _page(visit, feed="")


async def _page(visit: Visit, *, feed: str) -> Response:
    found = await meeting.mine(visit.runtime, visit.principal, states=None, mentorship_id=None)
    pairs = [one for one, _program in await belonging.mentorships(visit.runtime, visit.principal) if one.runs]
    people = await visit.people({person.member_id for one in found for person in one.session.people})
    ahead = sorted((one for one in found if one.session.state in AHEAD), key=lambda one: one.session.starts_at or one.session.times[0])
    return await show(
        visit,
        "sessions.html",
        section="sessions",
        ahead=ahead,
        past=[one for one in reversed(found) if one.session.state not in AHEAD],
        pairs=pairs,
        people=people,
        me=visit.me,
        strikes=list(reversed(await no_shows.mine(visit.runtime, visit.principal))),
        counted=StrikeState.COUNTED,
        since=visit.now - APPEAL_WITHIN,
        feed=feed,
        feed_since=await calendars.feed_since(visit.runtime, visit.principal),
        words=words,
    )


async def act(visit: Visit) -> Response:
    """Answer, call off, say how it was, or have a calendar."""
    runtime, principal = visit.runtime, visit.principal
    match visit.text("do"):
        case "answer":
            await meeting.answer(runtime, principal, id_of(visit.text("session")), can=[moment_of(each) for each in visit.all("can")])
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


def moment_of(word: str) -> datetime:
    """A time that a page of ours offered. Raises :class:`Invalid`."""
    try:
        return in_our_time(datetime.fromisoformat(word))
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
