"""When people can meet: their free hours of the week, their quiet hours, and what is in their calendars, each in their own time zone."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from plugin.domain.forms import Slot
from plugin.domain.notices import Reach, is_quiet, zone_of

HALF_HOUR = timedelta(minutes=30)
A_DAY = 2
"""How many times of one day are proposed at most: who cannot on a day can at no time of it."""

Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """When one person can meet. ``slots`` are free hours of the week in ``timezone``, ``None`` if they did not say; ``busy`` is in their calendar."""

    member_id: int
    reach: Reach
    slots: tuple[Slot, ...] | None = None
    timezone: str = "UTC"
    busy: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """How a time suits one person: ``local`` is what their clock shows, ``free`` is ``None`` for who did not say when they are."""

    member_id: int
    local: datetime
    quiet: bool
    free: bool | None
    busy: bool

    @property
    def good(self) -> bool:
        """Whether nothing speaks against it."""
        return not self.quiet and not self.busy and self.free is not False


def fit(starts_at: datetime, minutes: int, one: Hours) -> Fit:
    """How a time suits somebody."""
    ends_at = starts_at + timedelta(minutes=minutes)
    return Fit(
        member_id=one.member_id,
        local=starts_at.astimezone(zone_of(one.reach.timezone)),
        quiet=any(is_quiet(at, one.reach) for at in _moments(starts_at, ends_at)),
        free=None if one.slots is None else all(_is_free(at, one) for at in _moments(starts_at, ends_at)),
        busy=any(begins < ends_at and starts_at < ends for begins, ends in one.busy),
    )


def _moments(starts_at: datetime, ends_at: datetime) -> Iterator[datetime]:
    at = starts_at
    while at < ends_at:
        yield at
        at += timedelta(minutes=10)
    yield ends_at - timedelta(minutes=1)


def _is_free(at: datetime, one: Hours) -> bool:
    local = at.astimezone(zone_of(one.timezone))
    minute = local.hour * 60 + local.minute
    return any(slot.day == local.weekday() and slot.start <= minute < slot.end for slot in one.slots or ())


def find(people: Sequence[Hours], *, minutes: int, since: datetime, until: datetime, most: int) -> list[datetime]:
    """Times at which all can meet, the earliest first, on the whole and half hours. At most :data:`A_DAY` are of one day."""
    found: list[datetime] = []
    by_day: dict[object, int] = {}
    for at in _half_hours(since, until):
        day = at.astimezone(zone_of(people[0].reach.timezone)).date() if people else at.date()
        if by_day.get(day, 0) < A_DAY and not _near(at, found, minutes) and all(fit(at, minutes, one).good for one in people):
            by_day[day] = by_day.get(day, 0) + 1
            found.append(at)
            if len(found) == most:
                break
    return found


def _near(at: datetime, found: Iterable[datetime], minutes: int) -> bool:
    """Times that are proposed together leave a choice: they are further apart than a session is long."""
    return any(abs(at - one) < timedelta(minutes=max(minutes, 120)) for one in found)


def _half_hours(since: datetime, until: datetime) -> Iterator[datetime]:
    at = since.replace(minute=0, second=0, microsecond=0)
    while at < until:
        if at >= since:
            yield at
        at += HALF_HOUR
