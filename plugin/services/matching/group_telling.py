"""What a host and the members are told of a group that runs: that it is there, who came, who left."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta

from mentorgraph.host import AddToGroup, Capability, CreateGroup, RemoveFromGroup
from plugin.domain.groups import Group
from plugin.services.guarding import safeguarding
from plugin.services.guarding.managing import managers_of
from plugin.services.matching.group_words import MONDAY
from plugin.services.messages import introducing
from plugin.services.messages.outgoing import post
from plugin.services.messages.telling import tell
from plugin.store.unit_of_work import UnitOfWork


def tell_host(unit: UnitOfWork, group: Group, capabilities: frozenset[Capability]) -> tuple[str, str]:
    """Ask the host for a group of all; the key of that request, and what the host cannot do in words."""
    people = unit.members.many(seat.member_id for seat in group.seats)
    names = tuple(people[seat.member_id].username for seat in group.seats if seat.member_id in people)
    mentors = tuple(people[one].username for one in group.mentors if one in people)
    if any(safeguarding.is_minor(unit, one) for one in people):
        # We open no private place with somebody under age in it that nobody else sees.
        watching = tuple(one.username for one in unit.members.many(managers_of(unit, group.program_id)).values() if one.id not in people)
        names, mentors = names + watching, mentors + watching
    key = f"group:{group.id}"
    if Capability.GROUPS in capabilities:
        message = CreateGroup(slug=f"mentoring-{group.id % 10**8}", title=group.name, member_usernames=names, owner_usernames=mentors)
        post(message, kind="group", key=key, member_id=None, unit=unit)
        return key, ""
    if Capability.DIRECT_MESSAGES in capabilities:
        return "", "this host has no groups: the members share a conversation instead"
    return "", "this host has neither groups nor messages: tell the members yourself"


def introduce(unit: UnitOfWork, group: Group) -> None:
    """Bring all of a group together in one message. With somebody under age in it each is told alone: we open no place that nobody else sees."""
    people = [seat.member_id for seat in group.seats]
    if any(safeguarding.is_minor(unit, one) for one in people):
        tell_each(unit, group, people)
    else:
        introducing.introduce(unit, people, "introduction.group", key=f"group:{group.id}", about=_about(unit, group))


def go_on_without(unit: UnitOfWork, member_id: int) -> list[str]:
    """Let the others of a group be introduced although somebody leaves before it was done; the keys of what is still said to them.

    A group whose only mentor leaves, or in which one is left alone, does not go on.
    """
    on: list[str] = []
    for group in unit.our_groups.of_member(member_id):
        left = tuple(seat for seat in group.seats if seat.member_id != member_id)
        if left and group.host_key and unit.outbox.take_back({group.host_key}, why="the group has changed"):
            tell_host(unit, replace(group, seats=left), frozenset({Capability.GROUPS}))
        if len(left) > 1 and group.mentors != (member_id,):
            on.append(f"group:{group.id}")
            introducing.leave_out(unit, on[-1], member_id)
    return on


def tell_each(unit: UnitOfWork, group: Group, people: Iterable[int]) -> None:
    """Tell each of these of the group."""
    about = _about(unit, group)
    for one in people:
        tell(unit, one, "introduction.group", key=f"group:{group.id}:{one}", about=about)


def _about(unit: UnitOfWork, group: Group) -> dict[str, str | int]:
    program = unit.programs.get(group.program_id)
    about: dict[str, str | int] = {"name": group.name, "program": "" if program is None else program.name}
    if group.slot is None:
        return about
    week = timedelta(days=7)
    since = (unit.now - MONDAY - timedelta(minutes=30 * group.slot)) % week
    return about | {"role": "slot", "at": (unit.now + week - since).isoformat()}


def welcome(unit: UnitOfWork, group: Group, newcomers: Sequence[int], capabilities: frozenset[Capability]) -> None:
    """Tell newcomers, and ask the host to let them in. Where it was not asked for the group yet, it is asked for one with all of them instead."""
    tell_each(unit, group, newcomers)
    if not group.host_key or not newcomers or Capability.GROUPS not in capabilities:
        return
    if unit.outbox.take_back({group.host_key}, why="the group has changed"):
        now = unit.our_groups.get(group.id)
        if now is not None:
            tell_host(unit, now, capabilities)
        return
    remote = unit.outbox.remote_id(group.host_key)
    people = unit.members.many(newcomers)
    if remote:
        message = AddToGroup(group_id=remote, usernames=tuple(sorted(one.username for one in people.values())))
        post(message, kind="group", key=f"{group.host_key}:{unit.new_id()}", member_id=None, unit=unit)


def leave(unit: UnitOfWork, group: Group, member_id: int) -> None:
    """Take somebody out of a group that runs, in the host too."""
    unit.our_groups.seat(group.id, [seat for seat in group.seats if seat.member_id != member_id], at=unit.now)
    member, remote = unit.members.get(member_id), unit.outbox.remote_id(group.host_key) if group.host_key else ""
    if member is not None and remote:
        message = RemoveFromGroup(group_id=remote, usernames=(member.username,))
        post(message, kind="group", key=f"{group.host_key}:{unit.new_id()}", member_id=None, unit=unit)
    unit.record("group.left", actor="system", group=str(group.id))
