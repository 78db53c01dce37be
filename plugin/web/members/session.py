"""One session of a member's: how it is prepared, other times for it, and what is written about it; and sessions that are planned or written down."""

from datetime import datetime

from starlette.responses import Response

from plugin.domain.free_times import Fit
from plugin.domain.members import Member
from plugin.domain.mentorships import Mentorship
from plugin.domain.sessions import MAX_NOTE, MAX_PLACE, MAX_TIMES, MAX_TOPIC, OPEN
from plugin.errors import Invalid, NotFound, PluginError
from plugin.services.meetings import free_times, kits, meeting
from plugin.services.meetings.sessions import Words
from plugin.services.programs import belonging
from plugin.texts import together as words
from plugin.web.members.frame import show
from plugin.web.members.sessions import moment_of
from plugin.web.visits import Visit, id_of

OWN_TIMES = ("time_1", "time_2", "time_3")
DEFAULT_MINUTES = 60
SUGGESTED = 6
LIMITS = {"topic": MAX_TOPIC, "place": MAX_PLACE, "note": MAX_NOTE}

Times = list[tuple[datetime, list[Fit]]]


async def view(visit: Visit) -> Response:
    """A session with its kit; what can be changed about it can be changed here."""
    seen = await _mine(visit)
    one = seen.session
    mentor = any(each.mentor for each in one.people if each.member_id == visit.me)
    kit = None if seen.kit is None else kits.translated(seen.kit, visit.speaker.language)
    ahead = one.state in OPEN and (one.starts_at is None or one.starts_at > visit.now)
    people = await visit.people(set(one.member_ids))
    return await show(
        visit,
        "session.html",
        section="sessions",
        seen=seen,
        one=one,
        mine=one.of(visit.me),
        ahead=ahead,
        people=people,
        kit=kit,
        preparation="" if kit is None else kit.preparation(mentor=mentor),
        follow_up="" if kit is None else kit.follow_up(mentor=mentor),
        kits=await _kits(visit, one.program_id),
        suggested=await _suggested(visit, one.mentorship_id, one.minutes) if ahead else [],
        chosen=visit.all("at"),
        times=OWN_TIMES,
        limits=LIMITS,
        words=words,
    )


async def _mine(visit: Visit) -> meeting.Seen:
    seen = await meeting.find(visit.runtime, visit.principal, visit.id("session"))
    if seen is None or seen.session.of(visit.me) is None:
        raise NotFound("there is no such session")
    return seen


async def act(visit: Visit) -> Response:
    """Propose other times, settle on one, or say what the session is about and how it is prepared."""
    runtime, principal, number = visit.runtime, visit.principal, visit.id("session")
    here = f"/my/sessions/{number}"
    match visit.text("do"):
        case "move":
            await meeting.move(runtime, principal, number, times=_times(visit), minutes=None)
            return visit.go(here, "sent")
        case "settle":
            await meeting.settle_on(runtime, principal, number)
        case "describe":
            said = {name: visit.text(name) for name in LIMITS}
            await meeting.describe(runtime, principal, number, topic=said["topic"], place=said["place"], note=said["note"])
        case "kit":
            await meeting.attach(runtime, principal, number, kit_id=id_of(visit.text("kit")) if visit.text("kit") else None)
        case _:
            raise Invalid("choose what to do")
    return visit.go(here, "saved")


async def planning(visit: Visit) -> Response:
    """A new session: with whom, when all of them can, what it is about, and a kit that prepares it."""
    pairs = await _pairs(visit)
    chosen = _chosen(visit, pairs)
    people = await visit.people({each for one in pairs for each in one.people})
    minutes = DEFAULT_MINUTES if visit.problem and visit.problem.field == "minutes" else visit.number("minutes", DEFAULT_MINUTES) or DEFAULT_MINUTES
    return await show(
        visit,
        "new_session.html",
        section="sessions",
        pairs=[(one.id, _names(visit, one, people)) for one in pairs],
        pair=chosen,
        with_whom="" if chosen is None else _names(visit, chosen, people),
        minutes=minutes,
        suggested=[] if chosen is None else await _suggested(visit, chosen.id, minutes),
        chosen=visit.all("at"),
        kits=[] if chosen is None else await _kits(visit, chosen.program_id),
        times=OWN_TIMES,
        limits=LIMITS,
        people=people,
    )


async def propose(visit: Visit) -> Response:
    """Send the times."""
    said = Words(topic=visit.text("topic"), place=visit.text("place"))
    minutes = visit.number("minutes", DEFAULT_MINUTES) or 0
    kit = id_of(visit.text("kit")) if visit.text("kit") else None
    pair = id_of(visit.text("mentorship"))
    await meeting.propose(visit.runtime, visit.principal, pair, times=_times(visit), minutes=minutes, words=said, kit_id=kit)
    return visit.go("/my/sessions", "sent")


async def past(visit: Visit) -> Response:
    """A session that took place without an appointment."""
    pairs = await _pairs(visit)
    people = await visit.people({each for one in pairs for each in one.people})
    named = [(one.id, _names(visit, one, people)) for one in pairs]
    return await show(visit, "past_session.html", section="sessions", pairs=named, minutes=DEFAULT_MINUTES, limits=LIMITS)


async def write_down(visit: Visit) -> Response:
    """Write it down; the others are asked whether it was so."""
    starts_at = visit.moment("startsAt")
    if starts_at is None:
        raise Invalid("give a day and a time", field="startsAt")
    said = Words(topic=visit.text("topic"), note=visit.text("note"))
    minutes = visit.number("minutes", DEFAULT_MINUTES) or 0
    await meeting.write_down(visit.runtime, visit.principal, id_of(visit.text("mentorship")), starts_at=starts_at, minutes=minutes, words=said)
    return visit.go("/my/sessions", "saved")


# ---------------------------------------------------------------------------------------------------------------------- shared


async def _pairs(visit: Visit) -> list[Mentorship]:
    return [one for one, _program in await belonging.mentorships(visit.runtime, visit.principal) if one.runs]


def _chosen(visit: Visit, pairs: list[Mentorship]) -> Mentorship | None:
    wanted = visit.text("mentorship")
    return pairs[0] if len(pairs) == 1 else next((one for one in pairs if str(one.id) == wanted), None)


def _names(visit: Visit, pair: Mentorship, people: dict[int, Member]) -> str:
    there = [people[each] for each in pair.people if each != visit.me and each in people]
    return ", ".join(one.name or one.username for one in there) or "–"


async def _kits(visit: Visit, program_id: int | None) -> list[tuple[int, str]]:
    found = await kits.page(visit.runtime, visit.principal, program_id)
    return [(one.id, kits.translated(one, visit.speaker.language).title) for one in found]


async def _suggested(visit: Visit, mentorship_id: int, minutes: int) -> Times:
    """Times that suit everybody; none where none can be said, which is no reason to show no page."""
    try:
        found = await free_times.suggest(visit.runtime, visit.principal, mentorship_id, minutes=minutes, since=None, until=None, most=SUGGESTED)
    except PluginError:
        return []
    return [one for one in found if all(each.good for each in one[1])]


def _times(visit: Visit) -> list[datetime]:
    """Times that were ticked, and those that were typed in the reader's own zone. Raises :class:`Invalid`."""
    ticked = [moment_of(one) for one in visit.all("at")[: MAX_TIMES + 1]]
    typed = [one for name in OWN_TIMES if (one := visit.moment(name)) is not None]
    if not (ticked or typed):
        raise Invalid("propose at least one time", field=OWN_TIMES[0])
    return list(dict.fromkeys([*ticked, *typed]))
