"""What an operator most likely got wrong."""

from datetime import timedelta

from mentorgraph.host import Capability, HostError
from plugin.domain.community import Community, InstallationState
from plugin.services import connect
from plugin.services.runtime import Runtime
from plugin.store.unit_of_work import UnitOfWork

Finding = dict[str, str]
LATE = timedelta(minutes=10)


def _finding(level: str, message: str) -> Finding:
    return {"level": level, "message": message}


async def examine(runtime: Runtime) -> list[Finding]:
    """Each finding has a level (``ok``, ``warning``, ``error``) and one line that says what to do."""
    found = [_finding("ok", "the database answers and has this version's tables")]
    public = runtime.settings.public_url
    if public.startswith("http://") and not public.startswith(("http://127.0.0.1", "http://localhost")):
        found.append(_finding("error", f"MENTORGRAPH_PUBLIC_URL is {public}: hosts and browsers need https"))
    communities = await connect.communities(runtime)
    if not communities:
        found.append(_finding("warning", "no community is connected: run `mentorgraph connect discourse https://forum.example.org`"))
    for community in communities:
        if community.state is InstallationState.ACTIVE:
            found += await _examine_one(runtime, community)
        else:
            found.append(_finding("warning", f"{community.base_url} ({community.id}) is {community.state.value}"))
    return found


async def _examine_one(runtime: Runtime, community: Community) -> list[Finding]:
    name = f"{community.base_url} ({community.id})"
    found: list[Finding] = []
    try:
        client = await runtime.client(community.id)
        info = await client.describe()
    except HostError as error:
        return [_finding("error", f"{name}: {error.message}")]
    found.append(_finding("ok", f"{name} answers: {info.title}, version {info.version or 'unknown'}"))
    found += [_finding("warning", f"{name}: {line}") for line in info.limits]

    def work(unit: UnitOfWork) -> list[Finding]:
        return _examine_rows(unit, community, name, has_deliveries=Capability.DELIVERIES in info.capabilities)

    return found + await runtime.database.read(community.id, work)


def _examine_rows(unit: UnitOfWork, community: Community, name: str, *, has_deliveries: bool) -> list[Finding]:
    found: list[Finding] = []
    dead = unit.inbox.counts().get("dead", 0)
    if dead:
        found.append(_finding("warning", f"{name}: {dead} deliveries could not be handled: look with `mentorgraph deliveries --failed`, then --retry"))
    oldest = unit.inbox.oldest()
    if oldest is not None and oldest < unit.now - LATE:
        found.append(_finding("error", f"{name}: the oldest delivery waits since {oldest:%Y-%m-%d %H:%M}: is a worker running?"))
    if unit.outbox.counts().get("dead", 0):
        found.append(_finding("warning", f"{name}: messages could not be sent: look with `mentorgraph messages`"))
    if has_deliveries and not unit.pinged:
        found.append(_finding("warning", f"{name}: no ping from the host has arrived: can it reach {community.remote.get('hook_url', 'the hook address')}?"))
    policy = community.policy
    if not (policy.opt_in_field or policy.opt_in_group or policy.opt_in_topic):
        found.append(_finding("warning", f"{name}: members have no way to agree to messages: set opt_in_field, opt_in_group or opt_in_topic"))
    broken = unit.audit_broken_at()
    if broken is not None:
        found.append(_finding("error", f"{name}: the audit log was altered at entry {broken}"))
    return found
