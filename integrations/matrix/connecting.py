"""Checking a homeserver, entering the rooms of a community, and what the admin must tell the homeserver of us."""

import hashlib
import hmac
from collections.abc import Mapping, Sequence

from integrations.matrix.api import CLIENT
from integrations.matrix.homeserver import Homeserver, chosen
from integrations.matrix.identifiers import segment, server_of
from integrations.matrix.manifest import MANIFEST
from integrations.matrix.sweeps import join_open_rooms
from integrations.values import text, texts
from mentorgraph.host import Connected, ConnectPlan, HostBroken, HostDenied, HostInfo, HostInvalid, HostNotFound, Installation
from mentorgraph.undoing import undo

_JOINED = "joined"


async def describe(server: Homeserver) -> HostInfo:
    """Check in this order: this is a homeserver; the token is one; the space is there; there is a room to read.

    Raises :class:`HostBroken` (``other_kind``), :class:`HostDenied` (``key_refused``) or :class:`HostInvalid` (``unknown_space``).
    """
    versions = await _versions(server)
    me = await server.me()
    root = await server.root()
    rooms = await server.rooms(fresh=True)
    entered = [room for room in rooms if not room.is_circle and not room.is_space]
    space = next((room for room in rooms if room.id == root), None)
    limits = []
    if not entered:
        limits.append(
            "There is nothing to read yet: name the community's space (--with space=#community:example.org), or rooms that our account is in (--category)."
        )
    if hidden := sum(room.encrypted for room in entered):
        limits.append(f"{hidden} encrypted rooms cannot be read: what members help each other with there does not count.")
    return HostInfo(
        title=space.title if space else server_of(me),
        version=versions[-1] if versions else "",
        capabilities=MANIFEST.capabilities,
        limits=tuple(limits),
    )


async def _versions(server: Homeserver) -> list[str]:
    try:
        found = await server.api.get("/_matrix/client/versions", anonymous=True)
    except (HostBroken, HostNotFound, HostDenied, HostInvalid) as error:
        raise _not_matrix() from error
    if not isinstance(found.get("versions"), list):
        raise _not_matrix()
    return texts(found.get("versions"))


def _not_matrix() -> HostBroken:
    return HostBroken("There is no Matrix homeserver at this address; give the address that clients use for its API.", reason="other_kind")


async def connect(server: Homeserver, plan: ConnectPlan) -> Connected:
    """Enter the community's space and its open rooms. Leaves them again when a step fails, such as when a room that the admin named is not there."""
    before = await server.inside()
    try:
        await join_open_rooms(server)
        await server.rooms(fresh=True)
        chosen(await server.open_rooms(), plan.spaces, strict=True)
        joined = sorted(await server.inside() - before)
    except BaseException as error:
        left = "Our account may be left in rooms of the community that it was not in before; sign in with it and leave them."
        await undo(_leave_new(server, before), error, left=left)
        raise
    return Connected(remote={_JOINED: " ".join(joined)}, to_do=(registration(server.installation, await server.me(), plan.hook_secret),))


async def _leave_new(server: Homeserver, before: frozenset[str]) -> None:
    """Not those alone whose joining was answered: an answer may have been lost after the homeserver had let us in."""
    await _leave(server, sorted(await server.inside() - before))


async def disconnect(server: Homeserver, remote: Mapping[str, str]) -> None:
    """Leave the rooms that were entered by :func:`connect`. The admin takes the registration out of the homeserver's configuration."""
    await _leave(server, (text(remote.get(_JOINED), 100_000) or "").split())


async def _leave(server: Homeserver, rooms: Sequence[str]) -> None:
    for room in rooms:
        try:
            await server.api.post(f"{CLIENT}/rooms/{segment(room)}/leave", {}, repeatable=True)
        except (HostNotFound, HostDenied, HostInvalid):
            continue


def registration(installation: Installation, me: str, hook_secret: str) -> str:
    """What the admin puts into the homeserver's configuration, so that it tells us at once of what happens in our account's rooms and in no others.

    The ``as_token`` opens nothing that the account's own token does not; it is derived so that it need not be kept.
    """
    as_token = hmac.new(hook_secret.encode(), b"as_token", hashlib.sha256).hexdigest()
    local, _, server = me.removeprefix("@").partition(":")
    pattern = f"@{local}:{server}".replace(".", r"\.").replace("+", r"\+")
    return f"""\
To hear of news at once, save these lines as mentorgraph.yaml beside the homeserver's configuration,
add the file to app_service_config_files there, and restart it:

id: mentorgraph-{installation.id}
url: "{installation.hook_url}"
as_token: "{as_token}"
hs_token: "{hook_secret}"
sender_localpart: "{local}"
rate_limited: false
namespaces:
  users:
    - exclusive: false
      regex: '{pattern}'
  aliases: []
  rooms: []
"""
