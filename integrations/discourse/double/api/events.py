"""Calendar events, read from the ``[event …]`` markup of first posts (plugin discourse-calendar)."""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from starlette.responses import PlainTextResponse

from integrations.discourse.double.api.call import Call
from integrations.discourse.double.api.router import Routes
from integrations.discourse.double.clock import iso, parse_time
from integrations.discourse.double.errors import Json, invalid_parameters, not_found
from integrations.discourse.double.model import Post
from integrations.discourse.double.serial.users import basic_user

routes = Routes()
_EVENT = re.compile(r"\[event\s+([^\]]*)\]", re.DOTALL)
_ATTRIBUTE = re.compile(r"([\w-]+)=(?:\"([^\"]*)\"|'([^']*)'|([^\s\"']+))")


def event_of(raw: str) -> dict[str, str] | None:
    """The attributes of the first event in a text, by lower-case name without dashes; ``None`` without a start that can be read."""
    match = _EVENT.search(raw)
    if match is None:
        return None
    found = {name.lower().replace("-", ""): a or b or c for name, a, b, c in _ATTRIBUTE.findall(match[1])}
    return found if _moment(found.get("start"), found.get("timezone", "UTC")) is not None else None


def _moment(text: str | None, zone: str) -> float | None:
    """A time without a zone of its own is read in ``zone``."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text.strip().replace(" ", "T", 1))
        return (moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))).timestamp()
    except (ValueError, ZoneInfoNotFoundError):
        return None


def _found(call: Call) -> list[tuple[Post, dict[str, str], float, float | None]]:
    forum = call.forum
    if not (forum.settings.calendar_enabled and forum.settings.discourse_post_event_enabled):
        raise not_found()
    rows: list[tuple[Post, dict[str, str], float, float | None]] = []
    for topic in forum.topics.values():
        first = forum.first_post(topic.id)
        if first is None or "[event" not in first.raw or topic.private or not call.guardian.can_see_post(first) or topic.deleted_at is not None:
            continue
        event = event_of(first.raw)
        if event is not None:
            zone = event.get("timezone", "UTC")
            rows.append((first, event, _moment(event["start"], zone) or 0.0, _moment(event.get("end"), zone)))
    return rows


def _edge(call: Call, name: str) -> float | None:
    try:
        return parse_time(call.text(name)) if call.text(name) else None
    except ValueError:
        raise invalid_parameters(name) from None


@routes("GET", "/discourse-post-event/events")
def index(call: Call) -> Json:
    """Events by their start."""
    rows, after, before = _found(call), _edge(call, "after"), _edge(call, "before")
    if category := call.number("category_id"):
        rows = [row for row in rows if call.forum.topics[row[0].topic_id].category_id == category]
    if post := call.number("post_id"):
        rows = [row for row in rows if row[0].id == post]
    rows = [row for row in rows if (after is None or row[2] >= after) and (before is None or row[2] <= before)]
    rows.sort(key=lambda row: (row[2], row[0].id), reverse=call.text("order") == "desc")
    return {"events": [_view(call, *row) for row in rows[: call.number("limit", 200, least=1, most=200)]]}


def _view(call: Call, post: Post, event: dict[str, str], start: float, end: float | None) -> Json:
    topic, author = call.forum.topics[post.topic_id], call.forum.author(post)
    category = call.forum.categories.get(topic.category_id or 0)
    now, over = call.forum.now(), end if end is not None else start + 3600
    status = event.get("status", "public")
    return {
        "id": post.id,
        "category_id": topic.category_id,
        "name": event.get("name") or topic.title,
        "recurrence": event.get("recurrence"),
        "recurrence_until": event.get("recurrenceuntil"),
        "starts_at": iso(start),
        "ends_at": iso(end),
        "show_local_time": event.get("showlocaltime") == "true",
        "timezone": event.get("timezone", "UTC"),
        "post": {
            "id": post.id,
            "post_number": post.post_number,
            "url": f"/t/{topic.slug}/{topic.id}",
            "category_slug": category.slug if category else "",
            "topic": {"id": topic.id, "title": topic.title, "tags": list(topic.tags), "tags_descriptions": {}, "slug": topic.slug},
        },
        "occurrences": [{"starts_at": iso(start), "ends_at": iso(end)}],
        "can_act_on_discourse_post_event": call.guardian.can_edit_post(post),
        "can_update_attendance": call.user is not None and over > now,
        "creator": basic_user(author) if author else {"id": -1, "username": "system", "name": "system", "avatar_template": ""},
        "is_closed": False,
        "is_expired": over < now,
        "is_ongoing": start <= now <= over,
        "is_private": status == "private",
        "is_public": status == "public",
        "is_standalone": status == "standalone",
        "raw_invitees": [item for item in event.get("allowedgroups", "").split(",") if item],
        "reminders": [],
        "sample_invitees": [],
        "should_display_invitees": status != "standalone",
        "stats": {"going": 0, "interested": 0, "not_going": 0, "invited": 0},
        "status": status if status in ("public", "private", "standalone") else "public",
        "url": event.get("url", ""),
        "location": event.get("location"),
        "max_attendees": int(event["maxattendees"]) if event.get("maxattendees", "").isdigit() else None,
        "at_capacity": False,
    }


@routes("GET", "/discourse-post-event/events.ics")
def calendar(call: Call) -> PlainTextResponse:
    """The same as a calendar file."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Discourse//EN"]
    for post, event, start, end in _found(call):
        topic = call.forum.topics[post.topic_id]
        lines += ["BEGIN:VEVENT", f"UID:post_event_{post.id}@forum", f"DTSTART:{_stamp(start)}", f"DTEND:{_stamp(end if end is not None else start + 3600)}"]
        lines += [f"SUMMARY:{event.get('name') or topic.title}", f"URL:{call.forum.settings.base_url}/t/{topic.slug}/{topic.id}", "END:VEVENT"]
    return PlainTextResponse("\r\n".join([*lines, "END:VCALENDAR", ""]), media_type="text/calendar")


def _stamp(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y%m%dT%H%M%SZ")
