"""Connecting a community, and letting it go."""

import secrets as secrets_module
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from mentorgraph.host import Connected, ConnectPlan, HostError, HostInfo, Installation
from mentorgraph.undoing import undo
from plugin.domain.community import Community, InstallationState, Policy
from plugin.errors import Conflict, Invalid, NotFound, Remark
from plugin.services.hosts import provider_settings
from plugin.services.hosts.choosing import parse_policy, policy_values
from plugin.services.runtime import Runtime
from plugin.store.crypto import new_secret
from plugin.store.repositories.readings import SweepState
from plugin.store.unit_of_work import UnitOfWork

log = structlog.get_logger()

TAKE_OVER_AFTER = timedelta(minutes=5)


@dataclass(frozen=True, kw_only=True)
class NewConnection:
    """What an admin gives to connect a community."""

    host: str
    url: str
    api_key: str = field(repr=False)
    api_username: str = "system"
    name: str = ""
    spaces: tuple[str, ...] = ()
    host_settings: Mapping[str, str] = field(default_factory=dict)
    policy: Mapping[str, str] = field(default_factory=dict)
    provider_secret: str = field(default="", repr=False)
    """The secret of our client at the community's identity provider, whose other settings are among those of the host."""


@dataclass(frozen=True, kw_only=True)
class Connection:
    """A community that was connected. ``to_do`` is what the admin must still do in the host; it may hold the sign-in secret, so it is shown once."""

    installation_id: int
    title: str
    version: str
    hook_url: str
    limits: tuple[str, ...]
    to_do: tuple[str, ...] = field(repr=False)


async def connect(runtime: Runtime, new: NewConnection) -> Connection:
    """Check the key, make the host send deliveries, and remember the community. Leaves nothing behind, here or there, when a step fails.

    Raises :class:`HostError` with what is wrong, :class:`Conflict` if the community is connected already.
    """
    host = runtime.host(new.host)
    base_url = host.normalise_url(new.url)
    known = await runtime.database.dispatch(lambda dispatcher: dispatcher.find_installation(new.host, base_url))
    if known is not None and (await community_of(runtime, known)).state is not InstallationState.DISCONNECTED:
        raise Conflict("{base_url} is connected already as installation {known}: disconnect it first", code="already_connected", base_url=base_url, known=known)
    policy = parse_policy(new.policy, Policy())
    secrets = {"api_key": new.api_key, "api_username": new.api_username, "hook_secrets": [new_secret()], "sign_in_secrets": [new_secret()]}
    secrets |= {"provider_secret": new.provider_secret}
    probe = Installation(
        id=0,
        host=new.host,
        base_url=base_url,
        api_key=new.api_key,
        api_username=new.api_username,
        settings={**new.host_settings, **_spaces(new.spaces)},
        provider_secret=new.provider_secret,
    )
    await provider_settings.check(runtime, probe)
    info = await runtime.open_client(probe).describe()
    if known is not None:
        return await _reconnect(runtime, known, new, info, policy, probe, secrets)
    keys = {name: new_secret_bytes() for name in ("terms", "tombstones", "audit")}
    installation_id = await runtime.database.manage(
        lambda installations: installations.create(host=new.host, base_url=base_url, secrets=secrets, keys=keys, name=new.name or info.title)
    )
    try:
        return await _establish(runtime, installation_id, new, info, policy, probe)
    except BaseException:
        await runtime.database.manage(lambda installations: installations.remove(installation_id))
        raise


async def _reconnect(
    runtime: Runtime, installation_id: int, new: NewConnection, info: HostInfo, policy: Policy, probe: Installation, secrets: Mapping[str, object]
) -> Connection:
    """Serve a community again that was let go: with new secrets and its old keys, so that whoever was erased stays erased. Everything is read anew."""

    def prepare(unit: UnitOfWork) -> None:
        unit.update_installation(secrets=secrets, name=new.name or info.title)
        for sweep_state in unit.sweeps.all():
            unit.sweeps.put(SweepState(sweep=sweep_state.sweep, number=sweep_state.number))

    await runtime.database.write(installation_id, prepare)
    runtime.forget(installation_id)
    try:
        return await _establish(runtime, installation_id, new, info, policy, probe)
    except BaseException:
        await runtime.database.write(installation_id, _deactivate)
        runtime.forget(installation_id)
        raise


def new_secret_bytes() -> str:
    """A random key of 256 bits, in hexadecimal."""
    return secrets_module.token_hex(32)


def _spaces(spaces: Sequence[str]) -> dict[str, str]:
    return {"spaces": ",".join(spaces)} if spaces else {}


async def _establish(runtime: Runtime, installation_id: int, new: NewConnection, info: HostInfo, policy: Policy, probe: Installation) -> Connection:
    def prepare(unit: UnitOfWork) -> Installation:
        unit.update_installation(
            locale=info.locale,
            limits=list(info.limits),
            profile_fields=dict(info.profile_fields),
            accent=info.accent,
            host_settings=dict(probe.settings),
            policy=policy_values(policy),
        )
        unit.lanes.create()
        return unit.installation(public_url=runtime.settings.public_url)

    installation = await runtime.database.write(installation_id, prepare)
    client = runtime.open_client(installation)
    connected = await client.connect(ConnectPlan(spaces=new.spaces, hook_secret=installation.hook_secrets[0]))
    try:
        await runtime.database.write(installation_id, _activate(connected, new))
    except BaseException as error:
        await undo(client.disconnect(connected.remote), error, left="what was made in the community could not be taken away: delete the webhooks there by hand")
        raise
    runtime.forget(installation_id)
    to_do = tuple(line.replace("{secret}", installation.sign_in_secrets[0]) for line in connected.to_do) + provider_settings.to_do(runtime, installation)
    return Connection(installation_id=installation_id, title=info.title, version=info.version, hook_url=installation.hook_url, limits=info.limits, to_do=to_do)


def _activate(connected: Connected, new: NewConnection) -> Callable[[UnitOfWork], None]:
    def work(unit: UnitOfWork) -> None:
        unit.update_installation(remote=dict(connected.remote), state=InstallationState.ACTIVE.value)
        # Whoever connects reads the community at once and shows how far it is; should that break off, the worker takes over.
        unit.wake("reconcile", at=unit.now + TAKE_OVER_AFTER)
        unit.record("installation.connected", actor="operator", host=new.host)

    return work


async def read_now(runtime: Runtime, installation_id: int) -> None:
    """Have the worker read the community at once, for whoever connects it from a page and does not stay to read it themselves."""
    await runtime.database.write(installation_id, lambda unit: unit.wake("reconcile"))
    runtime.bus.tell(installation_id)


async def disconnect(runtime: Runtime, installation_id: int, *, erase: bool) -> tuple[str, ...]:
    """Take away what was left in the host and stop serving the community; ``erase`` removes every row of it as well.

    Goes on when the host does not answer, and returns what then remains there, for the admin to remove by hand.
    """
    community = await community_of(runtime, installation_id)
    left: tuple[str, ...] = ()
    try:
        client = await runtime.client(installation_id)
        await client.disconnect(community.remote)
    except HostError as error:
        log.warning("disconnect_incomplete", installation=installation_id, reason=error.reason)
        left = (f"the community could not be reached ({error.message}): delete there by hand the webhooks that point to {runtime.settings.public_url}",)
    await runtime.database.write(installation_id, _deactivate)
    runtime.forget(installation_id)
    if erase:
        await runtime.database.manage(lambda installations: installations.remove(installation_id))
    return left


def _deactivate(unit: UnitOfWork) -> None:
    unit.update_installation(state=InstallationState.DISCONNECTED.value, remote={}, secrets={})
    unit.lanes.stop()
    unit.record("installation.disconnected", actor="operator")


async def community_of(runtime: Runtime, installation_id: int) -> Community:
    """An installation without its secrets. Raises :class:`NotFound`."""
    return await runtime.database.read(installation_id, lambda unit: unit.community)


async def communities(runtime: Runtime) -> list[Community]:
    """All installations, for the operator."""
    ids = await runtime.database.dispatch(lambda dispatcher: dispatcher.installation_ids())
    return [await community_of(runtime, one) for one in ids]


async def origins(runtime: Runtime) -> list[str]:
    """The origins of all communities that are served, and of the pages that their admins named: those pages may call us."""
    found: list[str] = []
    for one in await runtime.database.dispatch(lambda dispatcher: dispatcher.installation_ids()):
        with suppress(NotFound):  # it was removed since they were listed
            found += await pages_of(runtime, one)
    return found


async def pages_of(runtime: Runtime, installation_id: int) -> list[str]:
    """The origin of a community, then those of other pages of it; none once it was let go. Raises :class:`NotFound`."""

    def work(unit: UnitOfWork) -> list[str]:
        gone = unit.community.state is InstallationState.DISCONNECTED
        return [] if gone else [origin_of(unit.community.base_url), *unit.policy.pages]

    return await runtime.database.read(installation_id, work)


def origin_of(url: str) -> str:
    """Scheme, host and port of an address."""
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{rest.partition('/')[0]}"


async def the_installation(runtime: Runtime, given: int | None) -> int:
    """The installation that is meant: the one given, or the only one there is."""
    ids, none = await runtime.database.dispatch(lambda dispatcher: dispatcher.installation_ids()), Remark("none")
    if given is not None:
        if given not in ids:
            raise NotFound("there is no installation {given}; there are: {choices}", given=given, choices=ids or none)
        return given
    if not ids:
        raise NotFound("no community is connected yet: connect one with `mentorgraph connect`")
    if len(ids) != 1:
        raise Invalid("say which installation is meant; there are: {choices}", choices=ids)
    return ids[0]
