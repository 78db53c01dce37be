"""Screening of adults and guardians' consent: written down by admins in person, taken back, running out; what no longer may be ends at once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeVar

from plugin.domain.people import Principal
from plugin.domain.screening import REMIND_BEFORE, Check, Minor, Screening, check_checks, check_until
from plugin.errors import Invalid, NotFound
from plugin.services import scheduling
from plugin.services.guarding import safeguarding
from plugin.services.guarding.managing import admins_of
from plugin.services.identity.access import require_admin
from plugin.services.messages.telling import tell
from plugin.services.runtime import Runtime
from plugin.services.safety import keeping_apart
from plugin.store.unit_of_work import UnitOfWork

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Young:
    """Somebody under age, with what they said of their guardian."""

    minor: Minor
    guardian: str


# ---------------------------------------------------------------------------------------------------------------------- adults


async def record(runtime: Runtime, principal: Principal | None, member_id: int, *, checks: Sequence[Check], until: date) -> Screening:
    """Write down that an adult was screened and found suitable. Raises :class:`Invalid` where a check is missing, for a minor, and for a day that is over."""
    asking = await require_admin(runtime, principal, fresh=True)
    check_checks(frozenset(checks))

    def work(unit: UnitOfWork) -> Screening:
        check_until(until, today=unit.now.date())
        member = unit.members.get(member_id)
        if member is None:
            raise NotFound("there is no such member", field="member")
        if safeguarding.is_minor(unit, member_id):
            raise Invalid("this member is under age: only adults are screened", field="member")
        if member_id == asking.member_id:
            raise Invalid("somebody else writes down that you were screened", field="member")
        ends = datetime.combine(until, time(), UTC)
        made = Screening(member_id=member_id, checks=frozenset(checks), cleared_at=unit.now, expires_at=ends)
        unit.screenings.put(made)
        unit.change("member", member_id)
        key = f"screening:{member_id}:"
        scheduling.cancel_about(unit, key)
        scheduling.schedule(unit, "screening.remind", key=f"{key}remind", at=max(unit.now, ends - timedelta(days=REMIND_BEFORE)), about={"member": member_id})
        scheduling.schedule(unit, safeguarding.JOB, key=f"{key}ends", at=ends, about={"member": member_id})
        unit.record("screening.recorded", actor=asking.actor, member=str(member_id))
        return made

    return await _done(runtime, asking, work)


async def revoke(runtime: Runtime, principal: Principal | None, member_id: int) -> Screening:
    """Take a screening back: what the member has together with anybody under age ends at once. Raises :class:`NotFound`."""
    asking = await require_admin(runtime, principal, fresh=True)

    def work(unit: UnitOfWork) -> Screening:
        known = unit.screenings.get(member_id)
        if known is None:
            raise NotFound("there is no such screening", field="member")
        done = replace(known, revoked_at=known.revoked_at or unit.now)
        unit.screenings.put(done)
        scheduling.cancel_about(unit, f"screening:{member_id}:")
        keeping_apart.separate_unscreened(unit, member_id)
        unit.record("screening.revoked", actor=asking.actor, member=str(member_id))
        return done

    return await _done(runtime, asking, work)


@scheduling.job("screening.remind")
def remind(unit: UnitOfWork, about: scheduling.About) -> None:
    """Tell admins that a screening runs out soon."""
    member_id = int(about["member"])
    known = unit.screenings.get(member_id)
    if known is None or not known.holds(unit.now) or unit.members.get(member_id) is None:
        return
    for admin in admins_of(unit):
        told: dict[str, str | int] = {"who": member_id, "until": known.expires_at.isoformat()}
        tell(unit, admin, "screening.ends", key=f"screening:{member_id}:{known.expires_at:%Y-%m-%d}:{admin}", about=told)


@scheduling.job(safeguarding.JOB)
def look(unit: UnitOfWork, about: scheduling.About) -> None:
    """A screening ran out, or somebody said that they are under age: end what may not go on."""
    keeping_apart.separate_unscreened(unit, int(about["member"]))


# ---------------------------------------------------------------------------------------------------------------------- minors


async def set_consent(runtime: Runtime, principal: Principal | None, member_id: int, *, given: bool) -> Minor:
    """Write down that a guardian agreed, or no longer does; then what the minor has together with adults ends at once. Raises :class:`NotFound`."""
    asking = await require_admin(runtime, principal, fresh=True)

    def work(unit: UnitOfWork) -> Minor:
        known = unit.screenings.minor(member_id)
        if known is None or not known.under_age(unit.now):
            raise NotFound("there is no such member who is under age", field="member")
        done = replace(known, consented_at=(known.consented_at or unit.now) if given else None)
        unit.screenings.declare(done)
        unit.change("member", member_id)
        if not given:
            keeping_apart.separate_unscreened(unit, member_id)
        unit.record("guardian.agreed" if given else "guardian.withdrew", actor=asking.actor, member=str(member_id))
        return done

    return await _done(runtime, asking, work)


# ---------------------------------------------------------------------------------------------------------------------- reading


async def listing(runtime: Runtime, principal: Principal | None) -> tuple[list[Young], list[Screening]]:
    """Who is under age, with what they said of their guardians, and who was screened; for admins."""
    asking = await require_admin(runtime, principal)

    def work(unit: UnitOfWork) -> tuple[list[Young], list[Screening]]:
        young = [one for one in unit.screenings.minors() if one.under_age(unit.now)]
        return [Young(minor=one, guardian=safeguarding.guardian_of(unit, one.member_id)) for one in young], unit.screenings.all()

    return await runtime.database.read(asking.installation_id, work)


async def _done(runtime: Runtime, asking: Principal, work: Callable[[UnitOfWork], T]) -> T:
    done = await runtime.database.write(asking.installation_id, work)
    runtime.bus.tell(asking.installation_id)
    return done
