"""Badges, points and certificates by rules: counted from what happened, given once, in the host where it has badges and in words everywhere."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from mentorgraph.host import Capability, GrantBadge
from plugin.domain.mentorships import EndReason, Mentorship
from plugin.domain.people import Principal
from plugin.domain.programs import Program, Role
from plugin.domain.rewards import MAX_RULES, Award, AwardState, Figure, Level, Rule, check_levels, check_rule, level_of, move
from plugin.domain.sessions import Session, SessionState
from plugin.errors import Conflict, NotFound
from plugin.services import milestones, scheduling
from plugin.services.guarding.managing import managed, may_see, require_manager
from plugin.services.messages import outgoing
from plugin.services.messages.telling import tell
from plugin.services.rewards import certifying
from plugin.services.runtime import Runtime
from plugin.store.unit_of_work import UnitOfWork

WENT_WELL = frozenset({EndReason.COMPLETED, EndReason.GOAL_REACHED, EndReason.PROGRAM_ENDED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A member's points in a program, the level that they make, and how many are missing to the next."""

    program_id: int
    points: int
    level: str
    missing: int | None


# ---------------------------------------------------------------------------------------------------------------------- counting


def figures(unit: UnitOfWork, program_id: int, member_id: int, role: Role | None) -> Mapping[Figure, int]:
    """What a member did in a program, in a role or in any."""
    pairs = [one for one in unit.mentorships.of_member(member_id) if one.program_id == program_id and role in {None, _role(one, member_id)}]
    sessions = held(unit, program_id, member_id, role)
    return {
        Figure.MENTORSHIPS: len(pairs),
        Figure.COMPLETED: sum(one.end_reason in WENT_WELL for one in pairs),
        Figure.SESSIONS: len(sessions),
        Figure.HOURS: sum(sessions) // 60,
        Figure.PARTNERS: len({person for one in pairs for person in one.people} - {member_id}),
        Figure.REFERRALS: sum(one.referrer_id == member_id for one in unit.referrals.of_program(program_id)),
    }


def _role(one: Mentorship, member_id: int) -> Role:
    return Role.MENTOR if one.mentor_id == member_id else Role.MENTEE


def held(unit: UnitOfWork, program_id: int, member_id: int, role: Role | None) -> list[int]:
    """The minutes of each session of a program that a member was in and that was held."""

    def there(one: Session) -> bool:
        return any(each.member_id == member_id and role in {None, Role.MENTOR if each.mentor else Role.MENTEE} for each in one.people)

    return [one.minutes for one in unit.sessions.of_member(member_id, states=(SessionState.HELD,)) if one.program_id == program_id and there(one)]


@scheduling.job(milestones.JOB)
def look(unit: UnitOfWork, about: scheduling.About) -> None:
    """Give a member what the rules of a program say they have earned and do not have."""
    program_id, member_id = int(about["program"]), int(about["member"])
    program, member = unit.programs.get(program_id), unit.members.get(member_id)
    if program is None or member is None:
        return
    known: dict[Role | None, Mapping[Figure, int]] = {}
    for rule in unit.rewards.rules(program_id):
        counted = known.setdefault(rule.role, figures(unit, program_id, member_id, rule.role))
        for number in range(unit.rewards.given(rule.id, member_id) + 1, rule.times(counted[rule.figure]) + 1):
            _give(unit, program, member_id, rule, number)


def _give(unit: UnitOfWork, program: Program, member_id: int, rule: Rule, number: int) -> None:
    award = Award(
        id=unit.new_id(),
        rule_id=rule.id,
        program_id=program.id,
        member_id=member_id,
        number=number,
        badge=rule.badge,
        points=rule.points,
        state=AwardState.GRANTED,
        at=unit.now,
    )
    member = unit.members.get(member_id)
    if member is None or not unit.rewards.add(award):
        return
    if rule.badge:
        if rule.in_host:
            message = GrantBadge(username=member.username, badge_name=rule.badge, reason=program.name)
            outgoing.post(message, kind="badge", key=f"badge:{award.id}", member_id=member_id, unit=unit)
        about: dict[str, str | int] = {"badge": rule.badge, "program": program.name, "role": "host" if rule.in_host else "words"}
        tell(unit, member_id, "reward.badge", key=f"award:{award.id}", about=about)
    if rule.certificate:
        certifying.issue_if_earned(unit, program, member_id, rule.role)
    unit.record("reward.given", actor="system", award=str(award.id), rule=str(rule.id))


# ---------------------------------------------------------------------------------------------------------------------- managers


async def add_rule(runtime: Runtime, principal: Principal, *, rule: Rule) -> Rule:
    """Have something given by a rule from now on; who has earned it already gets it too. Raises :class:`Invalid`, or :class:`Conflict` for too many."""
    check_rule(rule)
    installation = await runtime.installation(principal.installation_id)
    in_host = bool(rule.badge) and Capability.BADGES in runtime.host(installation.host).capabilities

    def work(unit: UnitOfWork) -> Rule:
        require_manager(unit, principal, rule.program_id)
        if len(unit.rewards.rules(rule.program_id)) >= MAX_RULES:
            raise Conflict("a program has at most {most} rules: end one first", code="too_many_rules", most=MAX_RULES)
        made = replace(rule, id=unit.new_id(), badge=" ".join(rule.badge.split()), in_host=in_host, created_at=unit.now)
        unit.rewards.put_rule(made)
        milestones.reached(unit, rule.program_id, unit.enrolments.ever(rule.program_id))
        unit.record("reward.rule_added", actor=principal.actor, rule=str(made.id))
        return made

    made = await runtime.database.write(principal.installation_id, work)
    runtime.bus.tell(principal.installation_id)
    return made


async def end_rule(runtime: Runtime, principal: Principal, rule_id: int) -> Rule:
    """Give nothing more by a rule; what it gave stays. Raises :class:`NotFound`."""

    def work(unit: UnitOfWork) -> Rule:
        rule = managed(unit, principal, unit.rewards.rule(rule_id), NotFound("there is no such rule", field="rule"))
        done = replace(rule, ended_at=rule.ended_at or unit.now)
        unit.rewards.put_rule(done)
        unit.record("reward.rule_ended", actor=principal.actor, rule=str(rule_id))
        return done

    return await runtime.database.write(principal.installation_id, work)


async def set_levels(runtime: Runtime, principal: Principal, program_id: int, *, levels: Sequence[Level]) -> tuple[Level, ...]:
    """Say what members are called from how many points on; none is as good. Raises :class:`Invalid`."""
    ordered = check_levels(levels)

    def work(unit: UnitOfWork) -> tuple[Level, ...]:
        require_manager(unit, principal, program_id)
        unit.rewards.set_levels(program_id, ordered)
        unit.record("reward.levels_set", actor=principal.actor, program=str(program_id), levels=len(ordered))
        return ordered

    return await runtime.database.write(principal.installation_id, work)


async def revoke(runtime: Runtime, principal: Principal, award_id: int) -> Award:
    """Take an award back, for good; a badge that the host shows is its admins' to take. Raises :class:`Conflict` for one that was taken back."""

    def work(unit: UnitOfWork) -> Award:
        award = managed(unit, principal, unit.rewards.get(award_id), NotFound("there is no such award", field="award"))
        done = replace(award, state=move(award, AwardState.REVOKED), revoked_at=unit.now)
        unit.rewards.put(done)
        unit.outbox.take_back([f"badge:{award.id}"], why="the award was taken back")
        unit.record("reward.revoked", actor=principal.actor, award=str(award_id))
        return done

    return await runtime.database.write(principal.installation_id, work)


async def rules(runtime: Runtime, principal: Principal, program_id: int) -> tuple[list[Rule], tuple[Level, ...]]:
    """What a program gives and its levels; any member may know."""

    def work(unit: UnitOfWork) -> tuple[list[Rule], tuple[Level, ...]]:
        found = unit.programs.get(program_id)
        if found is None or not may_see(unit, principal, found):
            return [], ()
        return unit.rewards.rules(program_id), unit.rewards.levels(program_id)

    return await runtime.database.read(principal.installation_id, work)


async def ended(runtime: Runtime, principal: Principal, program_id: int) -> list[Rule]:
    """Rules of a program by which nothing more is given, for its managers."""

    def work(unit: UnitOfWork) -> list[Rule]:
        require_manager(unit, principal, program_id)
        return unit.rewards.rules(program_id, ended=True)

    return await runtime.database.read(principal.installation_id, work)


async def page(runtime: Runtime, principal: Principal, program_id: int, *, after: int | None, limit: int) -> list[Award]:
    """Awards of a program, for its managers."""

    def work(unit: UnitOfWork) -> list[Award]:
        require_manager(unit, principal, program_id)
        return unit.rewards.page(program_id, after=after, limit=limit)

    return await runtime.database.read(principal.installation_id, work)


# ---------------------------------------------------------------------------------------------------------------------- a member's own


async def mine(runtime: Runtime, principal: Principal) -> tuple[list[Award], list[Standing]]:
    """The member's awards, and their points and levels by program. Nobody is ranked: points show to oneself and to managers."""
    member_id = principal.member_id
    if member_id is None:
        return [], []

    def work(unit: UnitOfWork) -> tuple[list[Award], list[Standing]]:
        found = unit.rewards.of_member(member_id)
        points: dict[int, int] = {}
        for one in found:
            if one.state is AwardState.GRANTED and one.points:
                points[one.program_id] = points.get(one.program_id, 0) + one.points
        standings = []
        for program_id, total in sorted(points.items()):
            level, missing = level_of(total, unit.rewards.levels(program_id))
            standings.append(Standing(program_id=program_id, points=total, level=level, missing=missing))
        return [one for one in found if one.state is AwardState.GRANTED], standings

    return await runtime.database.read(principal.installation_id, work)
