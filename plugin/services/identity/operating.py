"""Whoever runs the service, in the browser: a link that is good once opens a session. Operators connect communities and see no member's data."""

from datetime import timedelta

import structlog

from plugin.domain.people import Operator
from plugin.errors import Unauthenticated
from plugin.services.runtime import Runtime
from plugin.store.crypto import new_secret, token_digest
from plugin.store.unit_of_work import UnitOfWork

log = structlog.get_logger()

SERVICE = 0
"""The number under which the service keeps what belongs to no community; no community has it."""
PREFIX = "mgo_"
LINK_FOR = timedelta(hours=1)
SESSION_FOR = timedelta(hours=12)


async def set_up_link(runtime: Runtime) -> str:
    """A new link for the operator, good once and for :data:`LINK_FOR`; earlier ones that nobody opened are worthless from now on."""
    token = PREFIX + new_secret()

    def work(unit: UnitOfWork) -> None:
        unit.operator_keys.prune(now=unit.now)
        unit.operator_keys.clear(kind="link")
        unit.operator_keys.put(token_digest(token), kind="link", expires_at=unit.now + LINK_FOR)

    await runtime.database.write(SERVICE, work)
    return f"{runtime.settings.public_url}/setup/{token}"


async def tidy(runtime: Runtime) -> None:
    """Remove links and sessions whose time is over."""
    await runtime.database.write(SERVICE, lambda unit: unit.operator_keys.prune(now=unit.now))


async def is_link(runtime: Runtime, token: str) -> bool:
    """Whether a link would open a session."""
    return await runtime.database.read(SERVICE, lambda unit: unit.operator_keys.good(token_digest(token), kind="link", now=unit.now))


async def open_session(runtime: Runtime, token: str) -> str:
    """Use a link up and get a session for it. Raises :class:`Unauthenticated` for a link that was used, replaced or has expired."""
    session = PREFIX + new_secret()

    def work(unit: UnitOfWork) -> bool:
        if not unit.operator_keys.take(token_digest(token), kind="link", now=unit.now):
            return False
        unit.operator_keys.put(token_digest(session), kind="session", expires_at=unit.now + SESSION_FOR)
        return True

    if not await runtime.database.write(SERVICE, work):
        log.warning("setup_link_refused")
        raise Unauthenticated("this link was used already or has expired: `mentorgraph operator` prints a new one", code="link_over")
    log.info("operator_session_opened")
    return session


async def operator_of(runtime: Runtime, session: str) -> Operator:
    """Who a session stands for. Raises :class:`Unauthenticated`."""
    digest = token_digest(session)
    if not session.startswith(PREFIX) or not await runtime.database.read(SERVICE, lambda unit: unit.operator_keys.good(digest, kind="session", now=unit.now)):
        raise Unauthenticated("this session is over: `mentorgraph operator` prints a link for a new one")
    return Operator(session=digest)


async def close_sessions(runtime: Runtime) -> None:
    """End every operator's session and link."""

    def work(unit: UnitOfWork) -> None:
        for kind in ("link", "session"):
            unit.operator_keys.clear(kind=kind)

    await runtime.database.write(SERVICE, work)
