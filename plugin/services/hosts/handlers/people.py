"""Groups and badges of the host."""

from mentorgraph.events import BadgeGranted, BadgeRevoked, GroupChanged, GroupDeleted, MemberJoinedGroup, MemberLeftGroup, Source
from plugin.services.hosts.handlers.doubts import doubt
from plugin.services.hosts.handlers.members import agree_by_profile
from plugin.store.unit_of_work import UnitOfWork


def group_changed(event: GroupChanged, unit: UnitOfWork) -> None:
    """Take in a group and, where the source listed them, its members."""
    if event.automatic:
        return
    if event.source is Source.HINT:
        if unit.gone.has("group", [event.group_id]):
            doubt("group", event.group_id, unit=unit)
            return
        if unit.groups.all().get(event.group_id, event.name) != event.name:
            doubt("group", event.group_id, unit=unit)
    else:
        unit.gone.back("group", event.group_id)
    unit.groups.put(event.group_id, name=event.name, title=event.title or "")
    if event.member_ids is None:
        return
    unit.members.load(event.member_ids)
    unit.members.flush()
    wanted = {member.id for one in event.member_ids if (member := unit.members.by_host(one)) is not None}
    there = unit.groups.members_of(event.group_id)
    unit.groups.add(event.group_id, sorted(wanted - there))
    unit.groups.discard(event.group_id, sorted(there - wanted))
    if event.group_id in {unit.policy.opt_in_group, unit.policy.mentor_group}:
        for member in unit.members.many(wanted ^ there).values():
            agree_by_profile(member, unit)
            unit.change("member", member.id)


def group_deleted(event: GroupDeleted, unit: UnitOfWork) -> None:
    """Forget a group that the host confirms to be gone; ask about one of which a delivery says so."""
    if event.source is Source.HINT:
        doubt("group", event.group_id, unit=unit)
        return
    there = unit.groups.members_of(event.group_id)
    unit.groups.remove(event.group_id)
    for member in unit.members.many(there).values():
        unit.change("member", member.id)
        agree_by_profile(member, unit)
    unit.gone.add("group", event.group_id, at=unit.now)


def joined(event: MemberJoinedGroup, unit: UnitOfWork) -> None:
    """A member is in a group. Deliveries about this carry no order, so the host is asked as well."""
    member = unit.members.by_host(event.host_user_id)
    if member is not None:
        unit.members.flush()
        unit.groups.add(event.group_id, [member.id])
        agree_by_profile(member, unit)
        unit.change("member", member.id)
    if event.source is Source.HINT:
        doubt("member", event.host_user_id, unit=unit)


def left_group(event: MemberLeftGroup, unit: UnitOfWork) -> None:
    """A member is no longer in a group; the host is asked as well."""
    member = unit.members.by_host(event.host_user_id)
    if member is not None:
        unit.groups.discard(event.group_id, [member.id])
        agree_by_profile(member, unit)
        unit.change("member", member.id)
    if event.source is Source.HINT:
        doubt("member", event.host_user_id, unit=unit)


def badge_granted(event: BadgeGranted, unit: UnitOfWork) -> None:
    """A member holds a badge."""
    member = unit.members.by_host(event.host_user_id)
    if member is None:
        return
    unit.members.flush()
    unit.badges.grant(member.id, event.badge_id, grant_id=event.grant_id or "", name=event.name or "", at=event.seen_at)
    _doubt_badges(event.host_user_id, event.source, unit)


def badge_revoked(event: BadgeRevoked, unit: UnitOfWork) -> None:
    """A badge was taken back."""
    member = unit.members.by_host(event.host_user_id)
    if member is None:
        return
    unit.badges.revoke(member.id, event.badge_id, grant_id=event.grant_id)
    _doubt_badges(event.host_user_id, event.source, unit)


def _doubt_badges(host_user_id: str, source: Source, unit: UnitOfWork) -> None:
    if source is Source.HINT:
        doubt("badges", host_user_id, unit=unit)
