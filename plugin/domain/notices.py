"""When and by which way a member is told something: their choices, their quiet hours, and the days of their own time zone.

All arithmetic is on wall clocks of the member's zone: "eight in the morning" stays that when summer time begins or ends.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

DAY_MINUTES = 24 * 60
_UTC = ZoneInfo("UTC")


class Channel(StrEnum):
    """By which way a member is told."""

    HOST = "host"
    """A message in the community."""

    EMAIL = "email"
    """A mail to the address that the member gave and confirmed."""

    PRODUCT = "product"
    """Not sent: only listed where the member looks."""


class Frequency(StrEnum):
    """How often a member is told."""

    AT_ONCE = "at_once"
    DAILY = "daily"
    WEEKLY = "weekly"


class NoticeState(StrEnum):
    """The life of a notice."""

    WAITING = "waiting"
    """To be sent when it is due."""

    HELD = "held"
    """A manager wants to see it first."""

    GATHERED = "gathered"
    """Waits for the member's digest."""

    SENT = "sent"
    """Handed to the outbox or the mail."""

    SHOWN = "shown"
    """Only listed: the member did not agree to messages, or wants none of this group."""

    DROPPED = "dropped"
    """Not wanted any more; the member is not shown it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What a member chose for a group of kinds."""

    channel: Channel = Channel.HOST
    frequency: Frequency = Frequency.AT_ONCE


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """When a member can be reached. Minutes count from midnight of the member's own day; ``weekday`` 0 is Monday.

    Quiet hours run from ``quiet_from`` to ``quiet_until``, over midnight if that is earlier; both the same means that there are none.
    """

    timezone: str = "UTC"
    locale: str = "en"
    quiet_from: int = 21 * 60
    quiet_until: int = 8 * 60
    digest_at: int = 9 * 60
    weekday: int = 0


@lru_cache(maxsize=1024)
def zone_of(name: str) -> ZoneInfo:
    """A time zone by its name; UTC for one that is not known."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return _UTC


def is_quiet(moment: datetime, reach: Reach) -> bool:
    """Whether a moment is in a member's quiet hours."""
    local = moment.astimezone(zone_of(reach.timezone))
    minute, start, end = local.hour * 60 + local.minute, reach.quiet_from, reach.quiet_until
    return start <= minute < end if start <= end else minute >= start or minute < end


def _at(day: date, minute: int, zone: ZoneInfo, *, fold: int = 0) -> datetime:
    """When the clock of a zone shows ``minute`` on a day, in UTC. Where the clock leaps over it, the time is as far behind the leap (PEP 495)."""
    return datetime.combine(day, time(minute // 60, minute % 60, fold=fold), tzinfo=zone).astimezone(UTC)


def awake(moment: datetime, reach: Reach) -> datetime:
    """The first moment from ``moment`` on that is outside a member's quiet hours, in UTC."""
    if not is_quiet(moment, reach):
        return moment
    zone = zone_of(reach.timezone)
    day = moment.astimezone(zone).date()
    candidates = (_at(day + timedelta(days=ahead), reach.quiet_until, zone, fold=fold) for ahead in range(3) for fold in (0, 1))
    return next(one for one in candidates if one > moment and not is_quiet(one, reach))


def awake_together(moment: datetime, reaches: Iterable[Reach], *, within: timedelta = timedelta(days=2)) -> datetime | None:
    """The first moment from ``moment`` on that is outside the quiet hours of all; ``None`` if there is none ``within`` that time."""
    everybody, at = list(reaches), moment
    while at <= moment + within:
        later = max((awake(at, one) for one in everybody), default=at)
        if later == at:
            return at
        at = later
    return None


def day_start(moment: datetime, timezone: str) -> datetime:
    """When the day of ``moment`` began for a member, in UTC."""
    zone = zone_of(timezone)
    return _at(moment.astimezone(zone).date(), 0, zone)


def next_day(moment: datetime, timezone: str) -> datetime:
    """When the day after the one of ``moment`` begins for a member, in UTC."""
    zone = zone_of(timezone)
    return _at(moment.astimezone(zone).date() + timedelta(days=1), 0, zone)


def digest_due(moment: datetime, frequency: Frequency, reach: Reach) -> datetime:
    """When the next digest after ``moment`` goes to a member: at their hour, daily or on their day of the week, and never in quiet hours."""
    zone = zone_of(reach.timezone)
    day = moment.astimezone(zone).date()
    wanted: Callable[[date], bool] = (lambda _day: True) if frequency is not Frequency.WEEKLY else (lambda one: one.weekday() == reach.weekday)
    days = (day + timedelta(days=ahead) for ahead in range(9))
    return next(at for one in days if wanted(one) and (at := awake(_at(one, reach.digest_at, zone), reach)) > moment)


def following(at: datetime, *, days: int, timezone: str, now: datetime) -> datetime:
    """The next time of something that recurs every ``days`` days at one time of the wall clock, counted from ``at`` and later than ``now``.

    It is reckoned from when it was due, not from when it was done: being late moves nothing, and what was missed is not made up for.
    """
    zone = zone_of(timezone)
    local = at.astimezone(zone)
    steps = max(1, (now - at) // timedelta(days=days))
    while True:
        moment = _at(local.date() + timedelta(days=days * steps), local.hour * 60 + local.minute, zone) + timedelta(seconds=local.second)
        if moment > now:
            return moment
        steps += 1
