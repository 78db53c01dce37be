"""Signing in: Circle offers members no OAuth, so a member shows that they read the mail of their account, by a code that the service sends.

The service must never believe ``window.circleUser`` of Circle's pages, which any script there can write.
"""

from collections.abc import Mapping

from integrations.circle import subjects
from integrations.circle.community import Community, member_of
from integrations.values import Json, text
from mentorgraph.host import Account, HostNotFound, Identity, Installation, SignInRefused, SignInStart

_LONGEST_ADDRESS = 254

_ELSEWHERE = "In a Circle community one signs in with a code that is sent by e-mail."


def sign_in_start(installation: Installation, *, nonce: str, return_url: str, silent: bool) -> SignInStart:  # noqa: ARG001 - the port's signature
    """There is no page of Circle that a browser could be sent to. Raises :class:`SignInRefused`."""
    raise SignInRefused(_ELSEWHERE, reason="not_offered")


def sign_in_finish(installation: Installation, answer: Mapping[str, str]) -> Identity:  # noqa: ARG001 - the port's signature
    """Raises :class:`SignInRefused`, for no answer of this kind can be one of ours."""
    raise SignInRefused(_ELSEWHERE, reason="not_offered")


def peek_nonce(answer: Mapping[str, str]) -> str | None:  # noqa: ARG001 - the port's signature
    """None: no answer carries one."""
    return None


async def find_account(community: Community, named: str) -> Account | None:
    """A member by e-mail address, or by the user name that we show, which ends with their number. Circle is asked by the exact address only."""
    seen = community.seen()
    member = None if "@" in named else member_of(named)
    record = await (community.at_address(named[:_LONGEST_ADDRESS]) if "@" in named else _by_number(community, member))
    if record is None:
        return None
    email = text(record.get("email")) or ""
    if member is None and email.casefold() != named.casefold():
        return None
    found = subjects.member(record, seen, community)
    return None if found is None or found.active is False else Account(member=found, email=email)


async def _by_number(community: Community, member: str | None) -> Json | None:
    try:
        return None if member is None else await community.api.get(f"/community_members/{member}")
    except HostNotFound:
        return None
