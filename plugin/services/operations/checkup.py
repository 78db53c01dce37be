"""What an operator most likely got wrong."""

import json
import shutil
import stat
from datetime import timedelta

from mentorgraph.host import Capability, HostError, RateLimit
from plugin.domain.community import Community, InstallationState
from plugin.errors import Invalid
from plugin.services.hosts import connect
from plugin.services.operations import vitals
from plugin.services.runtime import Runtime
from plugin.store.unit_of_work import UnitOfWork

Finding = dict[str, str]
LATE = timedelta(minutes=10)
ROOM = 1_000_000_000
"""Bytes that should be free on the disk of the embedded database."""
UNREAD = 3
"""A community that was not read for so many of its periods is out of date."""
FEW = 0.05
"""Part of a monthly quota at which an admin should know."""


def _finding(level: str, message: str) -> Finding:
    return {"level": level, "message": message}


async def examine(runtime: Runtime) -> list[Finding]:
    """Each finding has a level (``ok``, ``warning``, ``error``) and one line that says what to do."""
    found = [_finding("ok", "the database answers and has this version's tables")]
    found += _examine_file(runtime) if runtime.settings.embedded else []
    found += await _examine_address(runtime)
    if runtime.mailer is None:
        found.append(_finding("warning", "no mail is sent: set MENTORGRAPH_SMTP_URL if members shall be able to choose it"))
    communities = await connect.communities(runtime)
    if not communities:
        found.append(_finding("warning", "no community is connected: run `mentorgraph connect HOST https://community.example.org`"))
    for community in communities:
        found += await _examine_seals(runtime, community)
        if community.state is InstallationState.ACTIVE:
            found += await _examine_one(runtime, community)
        else:
            found.append(_finding("warning", f"{community.base_url} ({community.id}) is {community.state.value}"))
    return found


def _examine_file(runtime: Runtime) -> list[Finding]:
    """The file of the embedded database: who may read it, and whether there is room for it to grow."""
    found: list[Finding] = []
    path = runtime.settings.sqlite_path
    if path.stat().st_mode & stat.S_IROTH:
        found.append(_finding("warning", f"{path} can be read by every user of this machine: chmod 600 {path}"))
    free = shutil.disk_usage(path.parent).free
    if free < ROOM:
        found.append(_finding("error", f"the disk of {path} has {free // 1_000_000} MB left: make room, or deliveries will be refused"))
    return found


async def _examine_address(runtime: Runtime) -> list[Finding]:
    """Whether the public address is one that hosts can reach, and leads here."""
    public = runtime.settings.public_url
    local = public.startswith(("http://127.0.0.1", "http://localhost"))
    if public.startswith("http://") and not local:
        return [_finding("error", f"MENTORGRAPH_PUBLIC_URL is {public}: hosts and browsers need https")]
    if local:
        return [_finding("warning", f"MENTORGRAPH_PUBLIC_URL is {public}: only hosts on this machine can reach that")]
    http = runtime.make_http(RateLimit(per_minute=60))
    try:
        answer = await http.request("GET", f"{public}/healthz")
        ours = answer.status == 200 and json.loads(answer.body) == {"status": "ok"}
    except (HostError, ValueError) as error:
        return [_finding("error", f"{public} cannot be reached from here: {getattr(error, 'message', 'it answers something else')}")]
    finally:
        await http.close()
    return [] if ours else [_finding("error", f"{public} leads to something else than this service: look at the reverse proxy and MENTORGRAPH_PUBLIC_URL")]


async def _examine_one(runtime: Runtime, community: Community) -> list[Finding]:
    name = f"{community.base_url} ({community.id})"
    found: list[Finding] = []
    try:
        client = await runtime.client(community.id)
        info = await client.describe()
    except (HostError, Invalid) as error:
        return [_finding("error", f"{name}: {error.message}")]
    found.append(_finding("ok", f"{name} answers: {info.title}, version {info.version or 'unknown'}"))
    found += [_finding("warning", f"{name}: {line}") for line in info.limits]

    installation = await runtime.installation(community.id)
    quota, minutes = runtime.quota_of(installation), runtime.settings.reconcile_minutes
    if Capability.SIGN_IN in info.capabilities and not installation.sign_in_secrets:
        found.append(_finding("warning", f"{name}: members cannot sign in: there is no secret for it; connect again and do what `connect` says is to be done"))

    def work(unit: UnitOfWork) -> list[Finding]:
        rows = _examine_rows(unit, community, name, has_deliveries=Capability.DELIVERIES in info.capabilities)
        return rows + _examine_reading(unit, name, quota=quota, period=timedelta(minutes=minutes))

    return found + await runtime.database.read(community.id, work)


async def _examine_seals(runtime: Runtime, community: Community) -> list[Finding]:
    """Whether older keys can be dropped, and whether one was dropped too soon."""
    sealed = await runtime.database.read(community.id, lambda unit: unit.seals.count_others(starts=runtime.vault.starts))
    if not sealed:
        return []
    name = f"{community.base_url} ({community.id})"
    if len(runtime.settings.secret_keys) > 1:
        return [_finding("warning", f"{name}: {sealed} values are sealed by older keys: `mentorgraph reseal` moves them to the newest; drop none before")]
    return [_finding("error", f"{name}: {sealed} values open with none of MENTORGRAPH_SECRET_KEYS: put the dropped one back behind the newest")]


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
    # Not every host pings: one whose deliveries come reaches us as surely.
    if has_deliveries and not unit.pinged and not unit.inbox.counts():
        found.append(_finding("warning", f"{name}: no ping from the host has arrived: can it reach {community.remote.get('hook_url', 'the hook address')}?"))
    policy = community.policy
    if not (policy.opt_in_field or policy.opt_in_group or policy.opt_in_topic):
        found.append(_finding("warning", f"{name}: members have no way to agree to messages: set opt_in_field, opt_in_group or opt_in_topic"))
    broken = unit.audit_broken_at()
    if broken is not None:
        found.append(_finding("error", f"{name}: the audit log was altered at entry {broken}"))
    return found


def _examine_reading(unit: UnitOfWork, name: str, *, quota: int, period: timedelta) -> list[Finding]:
    """Whether the community is still read, and whether its host's calls last."""
    found: list[Finding] = []
    now = vitals.of_unit(unit, quota=quota)
    if now.last_read_at is None or unit.now - now.last_read_at > UNREAD * period:
        since = "was never read to its end" if now.last_read_at is None else f"was last read at {now.last_read_at:%Y-%m-%d %H:%M}"
        found.append(_finding("warning", f"{name} {since}: is a worker running? `mentorgraph reconcile {unit.installation_id}` reads it now"))
    if now.calls_left is not None and now.calls_left < quota * FEW:
        found.append(_finding("warning", f"{name}: {max(0, now.calls_left)} calls of this month's {quota} are left: reading waits until there are more"))
    found += [_finding("warning", f"{name}: {note}") for note in now.notes]
    return found
