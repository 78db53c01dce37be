"""What admins of a community can choose on its page of settings, and their choice."""

from collections.abc import Mapping
from dataclasses import dataclass

from plugin.domain.people import Principal
from plugin.services.hosts import choosing
from plugin.services.identity.access import require_admin
from plugin.services.runtime import Runtime


@dataclass(frozen=True, kw_only=True)
class Choices:
    """What an admin can choose from: the host's profile fields and groups by id."""

    fields: Mapping[str, str]
    groups: Mapping[str, str]


async def offered(runtime: Runtime, principal: Principal | None) -> Choices:
    """What the settings' page offers, for admins."""
    asking = await require_admin(runtime, principal)
    return await runtime.database.read(asking.installation_id, lambda unit: Choices(fields=dict(unit.community.profile_fields), groups=dict(unit.groups.all())))


async def configure(runtime: Runtime, principal: Principal | None, changes: Mapping[str, str]) -> None:
    """Change an admin's choices, after the host was asked whether they are one. Raises :class:`Invalid` that names the key and what it takes."""
    asking = await require_admin(runtime, principal, fresh=True)
    await choosing.configure(runtime, asking.installation_id, changes, by=asking.actor)
