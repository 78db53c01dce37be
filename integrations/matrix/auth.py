"""Signing in: the homeserver vouches for a token that a member's own client got for us, or our account sends a code."""

from collections.abc import Mapping

from integrations.matrix import reading
from integrations.matrix.homeserver import Homeserver
from integrations.matrix.identifiers import member_id, server_of
from mentorgraph.events import MemberChanged
from mentorgraph.host import Account, HostBroken, HostDenied, HostInvalid, HostNotFound, Identity, Installation, SignInRefused, SignInStart

_USERINFO = "/_matrix/federation/v1/openid/userinfo"
_LONGEST_TOKEN = 1_000

_ELSEWHERE = "On Matrix one signs in with a code from our account, or from within a client."


def sign_in_start(installation: Installation, *, nonce: str, return_url: str, silent: bool) -> SignInStart:  # noqa: ARG001 - the port's signature
    """There is no page of a homeserver that a browser could be sent to. Raises :class:`SignInRefused`."""
    raise SignInRefused(_ELSEWHERE, reason="not_offered")


def sign_in_finish(installation: Installation, answer: Mapping[str, str]) -> Identity:  # noqa: ARG001 - the port's signature
    """Raises :class:`SignInRefused`, for no answer of this kind can be one of ours."""
    raise SignInRefused(_ELSEWHERE, reason="not_offered")


def peek_nonce(answer: Mapping[str, str]) -> str | None:  # noqa: ARG001 - the port's signature
    """None: no answer carries one."""
    return None


async def find_account(server: Homeserver, named: str) -> Account | None:
    """A member by Matrix id, with or without the ``@``, or by its first part for an account of the community's own homeserver. Strangers are none."""
    found = await _whole(server, named)
    member = None if found is None else await _member(server, found)
    return None if member is None or found == await server.me() else Account(member=member)


async def find_external(server: Homeserver, external_id: str) -> MemberChanged | None:
    """The member whose account the homeserver made for this id of its own identity provider: the id is the first part of the Matrix id."""
    if ":" in external_id or "@" in external_id:
        return None
    found = await _whole(server, external_id)
    return None if found is None or found == await server.me() else await _member(server, found)


async def check_token(server: Homeserver, answer: Mapping[str, str]) -> MemberChanged:
    """The member for whom the community's own homeserver made this token.

    See https://spec.matrix.org/latest/server-server-api/#get_matrixfederationv1openiduserinfo.
    Whatever server the answer names is not asked: anybody can run one that vouches for anybody. Raises :class:`SignInRefused`.
    """
    refused = SignInRefused("The homeserver does not vouch for this token: get a new one.", reason="bad_token")
    token, ours = answer.get("access_token", ""), server_of(await server.me())
    named = answer.get("matrix_server_name", ours)
    if named != ours:
        raise SignInRefused("This token is from another homeserver than the community's.", reason="other_server")
    if not token or len(token) > _LONGEST_TOKEN or not token.isascii() or not token.isprintable():
        raise refused
    try:
        said = await server.api.get(_USERINFO, [("access_token", token)], anonymous=True)
    except (HostDenied, HostInvalid, HostNotFound) as error:
        raise refused from error
    found = member_id(said.get("sub"))
    if found is None:
        raise HostBroken("The homeserver does not say whose token this is.")
    if server_of(found) != ours:
        raise SignInRefused("The homeserver vouches for an account that is not its own.", reason="other_server")
    member = await _member(server, found)
    if member is None:
        raise SignInRefused("This account is in no room of the community: join one first.", reason="no_member")
    return member


async def _whole(server: Homeserver, named: str) -> str | None:
    """The whole Matrix id."""
    plain = named.strip().removeprefix("@")
    return member_id(f"@{plain}" if ":" in plain else f"@{plain}:{server_of(await server.me())}")


async def _member(server: Homeserver, found: str) -> MemberChanged | None:
    events = await reading.read(server, "member", found)
    return next((event for event in events if isinstance(event, MemberChanged) and event.active is not False), None)
