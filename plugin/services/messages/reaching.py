"""Whether, when and by which way a member may be sent something right now: asked when it is decided, and again when it leaves."""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, replace
from datetime import datetime

from plugin.domain.members import Consent, Member
from plugin.domain.notices import Channel, Choice, Frequency, Reach, awake
from plugin.errors import Invalid
from plugin.store.unit_of_work import UnitOfWork

DEFAULTS = {"community": Choice(frequency=Frequency.WEEKLY)}
"""Groups whose notices are gathered unless a member chose otherwise."""
EVERYTHING = "*"
"""Stands for all groups in links that stop messages."""
_SIGNATURE = 16
_LONGEST = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """``send`` now, or ``wait_until`` then, or neither and ``why``."""

    send: bool = False
    wait_until: datetime | None = None
    why: str = ""


def agreed(unit: UnitOfWork, member: Member | None) -> bool:
    """Whether a member takes part and agreed to messages."""
    if member is None or not member.takes_part:
        return False
    decision = unit.consents.of(member.id).get(Consent.MESSAGES)
    return decision is not None and decision.given


def suggestible(unit: UnitOfWork, member_id: int) -> bool:
    """Whether a member may be shown to others as somebody who could help."""
    decision = unit.consents.of(member_id).get(Consent.EXPERT)
    return decision is None or decision.given


def reach_of(unit: UnitOfWork, member: Member) -> Reach:
    """When a member can be reached: what they said, else what the host says, else UTC and the community's language."""
    said = unit.wishes.reach(member.id) or Reach(timezone="", locale="")
    return replace(said, timezone=said.timezone or member.timezone or "UTC", locale=said.locale or member.locale or unit.community.locale or "en")


def choice_of(unit: UnitOfWork, member_id: int, group: str) -> Choice:
    """What a member chose for a group of kinds, or what holds for who chose nothing."""
    return unit.wishes.choices(member_id).get(group) or DEFAULTS.get(group) or Choice()


def verdict(unit: UnitOfWork, member: Member | None, *, group: str) -> Verdict:
    """Whether a member may be sent something of a group now."""
    if member is None or not member.takes_part:
        return Verdict(why="the member does not take part")
    if not agreed(unit, member):
        return Verdict(why="the member did not agree to messages")
    if choice_of(unit, member.id, group).channel is Channel.PRODUCT:
        return Verdict(why="the member wants no messages of this group")
    later = awake(unit.now, reach_of(unit, member))
    return Verdict(send=True) if later <= unit.now else Verdict(wait_until=later, why="quiet hours")


# ---------------------------------------------------------------------------------------------------------------------- links that stop messages


def stop_link(unit: UnitOfWork, member_id: int, group: str, *, public_url: str) -> str:
    """The address by which whoever has this message can stop more of its group, without signing in; it does not expire.

    It is signed by the installation's own key, which is never rotated: a link in a message of last year outlives the keys of ``MENTORGRAPH_SECRET_KEYS``.
    """
    said = f"{member_id} {group}".encode()
    token = urlsafe_b64encode(_signature(unit, said) + said).rstrip(b"=").decode()
    return f"{public_url}/stop/{unit.installation_id}/{token}"


def open_stop(unit: UnitOfWork, token: str) -> tuple[int, str]:
    """Member and group of such a link. Raises :class:`Invalid` for what we did not make."""
    try:
        raw = urlsafe_b64decode(token[:_LONGEST].encode("ascii") + b"==")
    except ValueError:
        raw = b""
    signature, said = raw[:_SIGNATURE], raw[_SIGNATURE:]
    if not hmac.compare_digest(signature, _signature(unit, said)):
        raise Invalid("this link is not whole: copy all of it from the message", code="link_broken")
    member_id, _, group = said.decode().partition(" ")
    return int(member_id), group


def _signature(unit: UnitOfWork, said: bytes) -> bytes:
    return hmac.digest(unit.keys.tombstones, b"stop\x00" + said, "sha256")[:_SIGNATURE]
