"""Setting up the identity provider of a community."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace

from mentorgraph.host import HostUnreachable, IdentityProvider, Installation
from plugin.errors import Invalid
from plugin.services.runtime import Runtime
from plugin.store.unit_of_work import UnitOfWork

SECONDS = 20.0
"""How long the provider may take to say who it is."""


def return_url(runtime: Runtime, installation_id: int) -> str:
    """Where the provider sends browsers back to. One address for each community: an answer to another is none to us."""
    return f"{runtime.settings.public_url}/auth/{installation_id}/provider/callback"


async def configure(runtime: Runtime, installation_id: int, changes: Mapping[str, str], *, secret: str | None) -> tuple[str, ...]:
    """Change how members sign in at a provider; ``secret`` is that of our client there, ``None`` to keep the one there is.

    The provider is asked before anything is kept. Returns what the admin must still do. Raises :class:`Invalid`, and :class:`HostError` from the provider.
    """
    provider = checked(runtime, changes)
    runtime.forget(installation_id)
    before = await runtime.installation(installation_id)
    kept = {**before.settings, **{key: value.strip() for key, value in changes.items()}}
    after = replace(before, settings={key: value for key, value in kept.items() if value}, provider_secret=before.provider_secret if secret is None else secret)
    if provider.title(after):
        await check(runtime, after)

    def work(unit: UnitOfWork) -> None:
        sealed = unit.secrets() | {"provider_secret": after.provider_secret if provider.title(after) else ""}
        unit.update_installation(host_settings=dict(after.settings), secrets=sealed)
        unit.record("provider.changed", actor="operator", keys=sorted(changes))

    await runtime.database.write(installation_id, work)
    runtime.forget(installation_id)
    return to_do(runtime, after)


def checked(runtime: Runtime, changes: Mapping[str, str]) -> IdentityProvider:
    """The kind of provider that these settings are for. Raises :class:`Invalid` for a setting that it has not."""
    if runtime.identity is None:
        raise Invalid("this service has no sign-in at providers", code="not_offered")
    for key in changes:
        if key not in runtime.identity.settings:
            raise Invalid("there is no setting “{key}”; there are: {choices}", field=key, key=key, choices=", ".join(runtime.identity.settings))
    return runtime.identity


async def check(runtime: Runtime, installation: Installation) -> None:
    """Ask an installation's provider who it is. Raises :class:`HostError`."""
    if runtime.identity is None or not runtime.identity.title(installation):
        return
    try:
        async with asyncio.timeout(SECONDS):
            await runtime.identity.check(installation, runtime.provider_http(installation.id))
    except TimeoutError as error:
        raise HostUnreachable("the identity provider does not answer: check its address") from error


def to_do(runtime: Runtime, installation: Installation) -> tuple[str, ...]:
    """What the admin must still do at the provider."""
    if runtime.identity is None or not runtime.identity.title(installation):
        return ()
    return (f"at the identity provider, allow our client this redirect address: {return_url(runtime, installation.id)}",)
