"""Members come, change and leave."""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from mentorgraph.events import MemberChanged, MemberLeft, MemberSeen, Source
from plugin.domain.members import Consent, ConsentRecord, Member, Standing
from plugin.services.departures.erasure import ask_again, erase_member
from plugin.services.hosts.handlers.doubts import doubt
from plugin.services.messages import digesting
from plugin.store.crypto import tombstone_digest
from plugin.store.unit_of_work import UnitOfWork

_TEXTS = ("name", "avatar_url", "title", "bio", "location", "locale", "timezone")
_FACTS = ("created_at", "trust_level", "admin", "moderator", "fields")
_YES = frozenset({"yes", "y", "true", "1", "on", "ok", "okay", "ja", "oui", "si", "sí", "sim", "tak", "да", "はい"})
_WORD = re.compile(r"\w+")


def buried(host_user_id: str, unit: UnitOfWork) -> bool:
    """Whether this person was erased and must not be taken in again from the host."""
    return unit.members.any_buried() and unit.members.buried(tombstone_digest(host_user_id, key=unit.keys.tombstones))


def load_buried(host_user_ids: Iterable[str], unit: UnitOfWork) -> None:
    """Read many at once, so that :func:`buried` need not."""
    if unit.members.any_buried():
        unit.members.load_buried(tombstone_digest(one, key=unit.keys.tombstones) for one in host_user_ids)


def known_or_new(host_user_id: str, unit: UnitOfWork, *, username: str | None = None, standing: Standing = Standing.UNKNOWN) -> Member | None:
    """The member, made from the little that is known if new; ``None`` for someone who was erased or whose name nobody gave."""
    member = unit.members.by_host(host_user_id)
    if member is not None:
        return member
    if username is None or buried(host_user_id, unit):
        return None
    member = Member(id=unit.new_id(), host_user_id=host_user_id, username=username, standing=standing)
    unit.members.put(member)
    unit.change("member", member.id)
    doubt("member", host_user_id, unit=unit)
    return member


def changed(event: MemberChanged, unit: UnitOfWork) -> None:
    """Take in what the host says of a member; a hint that changes something is followed by a question."""
    old = unit.members.by_host(event.host_user_id)
    if old is None:
        if buried(event.host_user_id, unit):
            return
        old = Member(id=unit.new_id(), host_user_id=event.host_user_id, username=event.username, standing=Standing.PENDING)
        if event.source is Source.HINT:
            doubt("member", event.host_user_id, unit=unit)
    elif old.standing is Standing.HIDDEN and event.source is Source.HINT:
        return
    new = _merge(old, event)
    if event.source is Source.HINT and replace(new, last_seen_at=old.last_seen_at) != old:
        doubt("member", event.host_user_id, unit=unit)
    is_new = unit.members.by_host(event.host_user_id) is None
    if new != old or is_new:
        unit.members.put(new)
    if is_new or replace(new, read_at=old.read_at) != old:
        # That the host was asked again is no news to the graph, and no difference between the host and us.
        unit.change("member", new.id)
    if event.group_ids is not None:
        _set_groups(new, set(event.group_ids), unit)
    agree_by_profile(new, unit)


def _merge(old: Member, event: MemberChanged) -> Member:
    values: dict[str, object] = {name: value for name in (*_TEXTS, *_FACTS) if (value := getattr(event, name)) is not None}
    seen = [moment for moment in (old.last_seen_at, event.last_seen_at, event.last_posted_at) if moment is not None]
    values["last_seen_at"] = max(seen) if seen else None
    values["username"] = event.username
    values["standing"] = _standing(old, event)
    if event.source is Source.HOST:
        values["read_at"] = event.seen_at
    return replace(old, **values)  # type: ignore[arg-type]  # the names are Member's own


def _standing(old: Member, event: MemberChanged) -> Standing:
    if event.staged or event.active is False or event.approved is False:
        return Standing.PENDING
    if event.suspended or event.silenced:
        return Standing.SUSPENDED
    if event.source is Source.HOST:
        # A listing that says nothing of suspension leaves a suspension in force.
        silent = event.suspended is None and event.silenced is None and old.standing is Standing.SUSPENDED
        return Standing.SUSPENDED if silent else Standing.MEMBER
    if event.suspended is False and old.standing is Standing.SUSPENDED:
        return Standing.UNKNOWN
    if event.active and old.standing is Standing.PENDING:
        return Standing.UNKNOWN
    return old.standing


def _set_groups(member: Member, wanted: set[str], unit: UnitOfWork) -> None:
    unit.members.flush()
    there = unit.groups.groups_of(member.id)
    for group in wanted - there:
        unit.groups.add(group, [member.id])
    for group in there - wanted:
        unit.groups.discard(group, [member.id])
    if there != wanted:
        unit.change("member", member.id)


def agree_by_profile(member: Member, unit: UnitOfWork) -> None:
    """Record a consent that a member gave, or took back, by a profile field or a group of the host."""
    policy = unit.policy
    if not (policy.opt_in_field or policy.opt_in_group):
        return
    unit.members.flush()
    for source, given in (
        ("field", _affirmative(member.fields.get(policy.opt_in_field, "")) if policy.opt_in_field else None),
        ("group", policy.opt_in_group in unit.groups.groups_of(member.id) if policy.opt_in_group else None),
    ):
        if given is None:
            continue
        last = unit.consents.of(member.id).get(Consent.MESSAGES)
        # Only the way by which consent was given takes it back by itself; a decision made elsewhere stands.
        news = (given and last is None) or (last is not None and last.source == source and last.given != given)
        if news:
            decide(member, Consent.MESSAGES, given=given, source=source, unit=unit)


def consent_by_reply(member: Member, *, given: bool, said_at: datetime, unit: UnitOfWork) -> None:
    """Record a consent that a member gave, or took back, by a reply to the topic in which the admin asks for it.

    A reply is read again and again; it says something new only if it was written after a decision that was made elsewhere.
    """
    unit.members.flush()
    last = unit.consents.of(member.id).get(Consent.MESSAGES)
    if last is None or (last.given != given and (last.source == "reply" or said_at > last.at)):
        decide(member, Consent.MESSAGES, given=given, source="reply", unit=unit)


def decide(member: Member, kind: Consent, *, given: bool, source: str, unit: UnitOfWork) -> None:
    """Record a decision of a member and let it take effect at once."""
    unit.members.flush()
    unit.consents.add(ConsentRecord(member_id=member.id, kind=kind, given=given, at=unit.now, source=source, text_version=unit.policy.text_version))
    unit.change("member", member.id)
    if kind is Consent.MESSAGES and not given:
        unit.outbox.drop_for(member.id, why="the member no longer wants messages")
    if kind is Consent.EXPERT and not given:
        withdraw(member, unit)
        digesting.take_back(unit, member.id)


def withdraw(member: Member, unit: UnitOfWork) -> None:
    """Take a member out of every suggestion, and have others found in their place."""
    ask_again(unit.suggestions.needs_naming(member.id), unit)
    unit.suggestions.withdraw(member.id)


def _affirmative(answer: str) -> bool:
    first = _WORD.search(answer.lower())
    return first is not None and first.group() in _YES


def seen(event: MemberSeen, unit: UnitOfWork) -> None:
    """A sign-in or a confirmation shows that an account is in use."""
    member = known_or_new(event.host_user_id, unit, username=event.username)
    if member is None or member.standing is Standing.HIDDEN:
        return
    if member.standing is Standing.PENDING:
        doubt("member", event.host_user_id, unit=unit)
        member = replace(member, standing=Standing.UNKNOWN)
    last = member.last_seen_at
    unit.members.put(replace(member, last_seen_at=event.seen_at if last is None else max(last, event.seen_at)))
    unit.change("member", member.id)


def left(event: MemberLeft, unit: UnitOfWork) -> None:
    """Erase a member whom the host confirms to be gone; hide one of whom a delivery says so, and ask."""
    member = unit.members.by_host(event.host_user_id)
    if event.source is Source.HOST:
        erase_member(event.host_user_id, unit, why="host")
        return
    if member is not None and member.standing is not Standing.HIDDEN:
        unit.members.put(replace(member, standing=Standing.HIDDEN))
        unit.members.flush()
        unit.change("member", member.id)
        unit.outbox.drop_for(member.id, why="the member left")
        withdraw(member, unit)
    doubt("member", event.host_user_id, unit=unit, urgent=True)
