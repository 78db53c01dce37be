"""Sessions and other events: in each member's private calendar feed, as a file of one event, and in the host's own calendar where it has one."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import orjson

from mentorgraph.host import CalendarEntry
from plugin.domain.calendar import CalendarEvent
from plugin.domain.people import Principal
from plugin.errors import Invalid, NotFound, Remark
from plugin.services.messages.ical import ics
from plugin.services.runtime import Runtime
from plugin.store.crypto import new_secret, token_digest
from plugin.store.repositories.calendars import KeptEvent
from plugin.store.unit_of_work import UnitOfWork

KEPT_FOR = timedelta(days=365)
_UNKNOWN = Remark("there is no such calendar")


def uid_of(unit: UnitOfWork, key: str) -> str:
    """The id of an event in calendars: the same for the same ``key`` (such as ``session:17``) for ever, and no other community's."""
    return f"{key.replace(':', '-')}-{unit.installation_id}@mentorgraph"


def put_event(
    unit: UnitOfWork,
    key: str,
    *,
    name: str,
    starts_at: datetime,
    ends_at: datetime,
    member_ids: Sequence[int],
    description: str = "",
    url: str = "",
    location: str = "",
) -> CalendarEvent:
    """Put an event into the calendars of members, or change the one of this key, by which its SEQUENCE rises. Raises :class:`Invalid`."""
    if ends_at <= starts_at:
        raise Invalid("an event must end after it begins", field="endsAt")
    uid = uid_of(unit, key)
    body = {"name": name, "ends_at": ends_at.isoformat(), "description": description, "url": url, "location": location}
    known = unit.calendars.get(uid)
    same = known is not None and not known.cancelled and known.starts_at == starts_at and orjson.loads(unit.unseal(known.body, purpose="event")) == body
    if known is not None and same:
        kept = known
    else:
        sealed = unit.seal(orjson.dumps(body), purpose="event")
        kept = KeptEvent(uid=uid, body=sealed, sequence=0 if known is None else known.sequence + 1, starts_at=starts_at, changed_at=unit.now)
    unit.calendars.put(kept, member_ids)
    return _open(unit, kept)


def cancel_event(unit: UnitOfWork, key: str) -> CalendarEvent | None:
    """Take an event back: it stays in feeds as cancelled, or calendars would keep it. ``None`` if there is none."""
    known = unit.calendars.get(uid_of(unit, key))
    if known is None:
        return None
    if not known.cancelled:
        known = KeptEvent(uid=known.uid, body=known.body, sequence=known.sequence + 1, starts_at=known.starts_at, changed_at=unit.now, cancelled=True)
        unit.calendars.put(known, unit.calendars.people(known.uid))
    return _open(unit, known)


def reword(unit: UnitOfWork, key: str, *, name: str) -> None:
    """Forget what was written about an event, but when it is; for when somebody of it was erased."""
    known = unit.calendars.get(uid_of(unit, key))
    if known is None:
        return
    body = orjson.loads(unit.unseal(known.body, purpose="event")) | {"name": name, "description": "", "url": "", "location": ""}
    sealed = unit.seal(orjson.dumps(body), purpose="event")
    unit.calendars.put(replace(known, body=sealed, sequence=known.sequence + 1, changed_at=unit.now), unit.calendars.people(known.uid))


def find(unit: UnitOfWork, key: str) -> CalendarEvent | None:
    """The event of a key, also one that was taken back."""
    known = unit.calendars.get(uid_of(unit, key))
    return None if known is None else _open(unit, known)


def _open(unit: UnitOfWork, kept: KeptEvent) -> CalendarEvent:
    body = orjson.loads(unit.unseal(kept.body, purpose="event"))
    return CalendarEvent(
        uid=kept.uid,
        name=body["name"],
        starts_at=kept.starts_at,
        ends_at=datetime.fromisoformat(body["ends_at"]),
        changed_at=kept.changed_at,
        sequence=kept.sequence,
        description=body["description"],
        url=body["url"],
        location=body["location"],
        cancelled=kept.cancelled,
    )


def entry(event: CalendarEvent, *, timezone: str) -> CalendarEntry:
    """An event for the host's own calendar."""
    return CalendarEntry(name=event.name, start=event.starts_at, end=event.ends_at, timezone=timezone, url=event.url, description=event.description)


def event_file(unit: UnitOfWork, key: str, *, member_id: int) -> bytes:
    """One event of a member as a file. Raises :class:`NotFound` for one that is not in their calendar."""
    found = unit.calendars.get(uid_of(unit, key))
    if found is None or member_id not in unit.calendars.people(found.uid):
        raise NotFound("there is no such event")
    return ics([_open(unit, found)], name=unit.community.name, cancel=found.cancelled)


def file_of(unit: UnitOfWork, key: str, *, member_id: int) -> bytes:
    """The same, or nothing for what is not in their calendar."""
    try:
        return event_file(unit, key, member_id=member_id) if key else b""
    except NotFound:
        return b""


# ---------------------------------------------------------------------------------------------------------------------- feeds


async def new_feed(runtime: Runtime, principal: Principal) -> str:
    """Give the member's calendar a private address; an earlier one stops working. It is shown this once."""
    member_id = _me(principal)
    secret = new_secret()
    await runtime.database.write(principal.installation_id, lambda unit: unit.calendars.set_feed(member_id, token_digest(secret), at=unit.now))
    return f"{runtime.settings.public_url}/calendar/{principal.installation_id}/{secret}.ics"


async def revoke_feed(runtime: Runtime, principal: Principal) -> None:
    """Take the private address of the member's calendar away."""
    member_id = _me(principal)
    await runtime.database.write(principal.installation_id, lambda unit: unit.calendars.revoke_feed(member_id))


async def feed_since(runtime: Runtime, principal: Principal) -> datetime | None:
    """Since when the member's calendar has its private address."""
    member_id = _me(principal)
    return await runtime.database.read(principal.installation_id, lambda unit: unit.calendars.feed_since(member_id))


async def feed(runtime: Runtime, installation_id: int, secret: str) -> bytes:
    """A member's calendar by its private address. Raises :class:`NotFound`, also once the member takes part no more."""

    def work(unit: UnitOfWork) -> bytes:
        member_id = unit.calendars.of_feed(token_digest(secret))
        member = None if member_id is None else unit.members.get(member_id)
        if member is None or not member.takes_part:
            raise NotFound(_UNKNOWN)
        events = [_open(unit, one) for one in unit.calendars.of_member(member.id, since=unit.now - KEPT_FOR)]
        return ics(events, name=unit.community.name)

    return await runtime.database.read(installation_id, work)


def _me(principal: Principal) -> int:
    if principal.member_id is None:
        raise Invalid("a service token has no calendar: sign in as a member", code="not_a_member")
    return principal.member_id
