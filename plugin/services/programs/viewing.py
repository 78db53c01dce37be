"""What pages of ours look at together: readings that put several aggregates on one page, for who may see each of them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from plugin.domain.community import Community
from plugin.domain.enrolments import Enrolment, EnrolmentState
from plugin.domain.forms import Form
from plugin.domain.members import Member
from plugin.domain.people import Principal, Scope
from plugin.domain.programs import Program, Role
from plugin.domain.screening import Minor
from plugin.errors import Forbidden, Invalid, NotFound, Unauthenticated
from plugin.services.departures.erasure import erase_member, export_member
from plugin.services.guarding import safeguarding
from plugin.services.guarding.managing import managers_of, require_manager
from plugin.services.guarding.seeing import saw
from plugin.services.hosts import choosing
from plugin.services.identity import access
from plugin.services.questions import forms
from plugin.services.recruiting import enrolling
from plugin.services.runtime import Runtime
from plugin.store.repositories.outbox import Outgoing
from plugin.store.unit_of_work import UnitOfWork

MOST = 1_000


@dataclass(frozen=True, kw_only=True)
class Session:
    """Somebody whose session is good; ``manages`` are programs, ``locale`` and ``timezone`` what they chose."""

    principal: Principal
    community: Community
    member: Member
    manages: tuple[int, ...]
    locale: str
    timezone: str


async def session(runtime: Runtime, principal: Principal) -> Session:
    """Who looks, and how they like to be spoken to. Raises :class:`Unauthenticated` for somebody who left."""
    member_id = access.require_member(principal)

    def work(unit: UnitOfWork) -> Session:
        member = unit.members.get(member_id)
        if member is None:
            raise Unauthenticated("you are not signed in")
        reach = unit.wishes.reach(member_id)
        return Session(
            principal=principal,
            community=unit.community,
            member=member,
            manages=tuple(unit.managers.by(member_id)),
            locale=reach.locale if reach is not None else "",
            timezone=(reach.timezone if reach is not None else "") or member.timezone or "UTC",
        )

    return await runtime.database.read(principal.installation_id, work)


async def members(runtime: Runtime, principal: Principal, member_ids: Collection[int]) -> dict[int, Member]:
    """Members by id, for pages that were let show them; who left is missing."""
    return await runtime.database.read(principal.installation_id, lambda unit: unit.members.many(set(member_ids)))


async def member_named(runtime: Runtime, principal: Principal, name: str, *, field: str = "username") -> Member:
    """A member by user name, with or without the sign before it. Raises :class:`Invalid` about the field of the form."""
    plain = name.strip().removeprefix("@")
    found = await runtime.database.read(principal.installation_id, lambda unit: unit.members.by_username(plain) if plain else None)
    if found is None:
        raise Invalid("nobody in the community has this user name", field=field)
    return found


@dataclass(frozen=True, kw_only=True)
class ProgramFigures:
    """How many take part in a program, wait for an answer, and meet."""

    mentors: int = 0
    mentees: int = 0
    waiting: int = 0
    pairs: int = 0


def _figures(unit: UnitOfWork, program_id: int) -> ProgramFigures:
    people = unit.enrolments.page(program_id, after=None, limit=MOST, state=None, role=None)
    inside = [one for one in people if one.state is EnrolmentState.APPROVED]
    return ProgramFigures(
        mentors=sum(one.role is Role.MENTOR for one in inside),
        mentees=sum(one.role is Role.MENTEE for one in inside),
        waiting=sum(one.state is EnrolmentState.APPLIED for one in people),
        pairs=len(unit.mentorships.running(program_id)),
    )


async def programs(runtime: Runtime, principal: Principal, *, limit: int) -> list[tuple[Program, ProgramFigures]]:
    """The newest programs that the caller manages, with figures; all of the community for its admins."""

    def work(unit: UnitOfWork) -> list[tuple[Program, ProgramFigures]]:
        found = unit.programs.page(after=None, limit=limit, state=None)
        if not principal.may(Scope.PROGRAMS):
            mine = set() if principal.member_id is None else set(unit.managers.by(principal.member_id))
            found = [one for one in found if one.id in mine]
        return [(one, _figures(unit, one.id)) for one in found]

    return await runtime.database.read(principal.installation_id, work)


async def program(runtime: Runtime, principal: Principal, program_id: int) -> tuple[Program, ProgramFigures, list[Member]]:
    """A program, its figures and who looks after it. Raises :class:`NotFound` or :class:`Forbidden`."""

    def work(unit: UnitOfWork) -> tuple[Program, ProgramFigures, list[Member]]:
        require_manager(unit, principal, program_id)
        found = unit.programs.get(program_id)
        assert found is not None  # noqa: S101 - required above
        return found, _figures(unit, program_id), list(unit.members.many(managers_of(unit, program_id)).values())

    return await runtime.database.read(principal.installation_id, work)


@dataclass(frozen=True, kw_only=True)
class Application:
    """An enrolment with what its member answered about the program."""

    enrolment: Enrolment
    member: Member | None
    sheets: Sequence[forms.Sheet]
    minor: Minor | None
    """What they said of their age, if they are under age."""


async def application(runtime: Runtime, principal: Principal, program_id: int, enrolment_id: int) -> Application:
    """One application; that its answers were read is written down for the member to see."""

    def work(unit: UnitOfWork) -> Application:
        one = enrolling.managed_enrolment(unit, principal, enrolment_id)
        if one.program_id != program_id:
            raise NotFound("there is no such enrolment")
        known: dict[tuple[int, int | None], Form] = {}
        about = f"program:{program_id}"
        sheets = [forms.sheet(unit, each, known=known) for each in unit.submissions.of_member(one.member_id) if each.about == about]
        if sheets:
            saw(unit, principal, [one.member_id], what="answers")
        return Application(enrolment=one, member=unit.members.get(one.member_id), sheets=sheets, minor=safeguarding.minor(unit, one.member_id))

    return await runtime.database.write(principal.installation_id, work)


def require_community(principal: Principal) -> None:
    """Raise :class:`Forbidden` unless the caller manages the whole community."""
    if not principal.may(Scope.PROGRAMS):
        raise Forbidden("this is for admins of the community")


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How a community is connected: what was read, what waits, and what failed."""

    members: int
    sweeps: Mapping[str, str]
    checks: int
    outbox: Mapping[str, int]
    failed: int
    pinged: bool


async def standing(runtime: Runtime, principal: Principal) -> Standing:
    """Figures for the console's first page."""
    require_community(principal)

    def work(unit: UnitOfWork) -> Standing:
        sweeps = {one.sweep.value: "running" if one.running else "done" for one in unit.sweeps.all()}
        return Standing(
            members=unit.members.count(),
            sweeps=sweeps,
            checks=unit.checks.count(),
            outbox=unit.outbox.counts(),
            failed=len(unit.inbox.found(state="dead", event_ids=None, kind=None, since=None, until=None, limit=100)),
            pinged=unit.pinged,
        )

    return await runtime.database.read(principal.installation_id, work)


# ---------------------------------------------------------------------------------------------------------------------- the outbox


async def outbox(runtime: Runtime, principal: Principal | None, *, limit: int) -> list[Outgoing]:
    """The newest messages to the host without their content, for admins: what they say is between the product and its readers."""
    asking = await access.require_admin(runtime, principal)
    found = await runtime.database.read(asking.installation_id, lambda unit: unit.outbox.listing(limit=limit))
    return [replace(one, body=None) for one in found]


async def send_again(runtime: Runtime, principal: Principal | None) -> int:
    """Have messages sent again that were given up; returns how many there were."""
    asking = await access.require_admin(runtime, principal)

    def work(unit: UnitOfWork) -> int:
        count = unit.outbox.retry(now=unit.now)
        if count:
            unit.wake("outbox")
            unit.record("messages.retried", actor=asking.actor, count=count)
        return count

    count = await runtime.database.write(asking.installation_id, work)
    runtime.bus.tell(asking.installation_id)
    return count


# ---------------------------------------------------------------------------------------------------------------------- an admin's choices


@dataclass(frozen=True, kw_only=True)
class Choices:
    """What an admin can choose from: the host's profile fields and groups by id."""

    fields: Mapping[str, str]
    groups: Mapping[str, str]


async def choices(runtime: Runtime, principal: Principal | None) -> Choices:
    """What the settings' page offers, for admins."""
    asking = await access.require_admin(runtime, principal)
    return await runtime.database.read(asking.installation_id, lambda unit: Choices(fields=dict(unit.community.profile_fields), groups=dict(unit.groups.all())))


async def configure(runtime: Runtime, principal: Principal | None, changes: Mapping[str, str]) -> None:
    """Change an admin's choices, after the host was asked whether they are one."""
    asking = await access.require_admin(runtime, principal, fresh=True)
    await choosing.configure(runtime, asking.installation_id, changes)


# ---------------------------------------------------------------------------------------------------------------------- export and erasure


async def export(runtime: Runtime, principal: Principal | None, member_id: int) -> bytes:
    """Everything that is kept about a member: for themselves, and for admins, which is written down for the member to see. Raises :class:`Forbidden`."""
    own = principal is not None and principal.member_id == member_id and principal.private
    asking = access.require(principal, Scope.ME) if own else await access.require_admin(runtime, principal, fresh=True)

    def work(unit: UnitOfWork) -> bytes:
        member = unit.members.get(member_id)
        if member is None:
            raise NotFound("there is no such member", field="member")
        saw(unit, asking, [member_id], what="export")
        return export_member(member, unit)

    return await runtime.database.write(asking.installation_id, work)


async def erase(runtime: Runtime, principal: Principal | None, member_id: int) -> None:
    """Erase a member: for themselves, and for admins. Nothing brings them back but their own sign-in. Raises :class:`Forbidden`."""
    own = principal is not None and principal.member_id == member_id and principal.private
    asking = access.require(principal, Scope.ME) if own else await access.require_admin(runtime, principal, fresh=True)

    def work(unit: UnitOfWork) -> None:
        member = unit.members.get(member_id)
        if member is None:
            raise NotFound("there is no such member", field="member")
        erase_member(member.host_user_id, unit, why="self" if own else "admin")

    await runtime.database.write(asking.installation_id, work)
    runtime.bus.tell(asking.installation_id)
