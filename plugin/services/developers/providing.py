"""The community's own platform as a client of ours: its members sign in there through us.

A client of its own, made by the operator and by nobody else: confidential, with one address, and given no more than who signed in.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from mentorgraph.host import AccountFinder, ProvidedSignIn, SignInConsumer
from plugin.domain.applications import CODE, SIGN_IN_SCOPES, Application, ApplicationState
from plugin.domain.community import InstallationState
from plugin.errors import Conflict, Unauthenticated
from plugin.services.developers import authorizing
from plugin.services.identity import rights
from plugin.services.runtime import Runtime
from plugin.store.crypto import new_secret, token_digest
from plugin.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class Provided:
    """What the admin fills in on the platform. The secret is shown this once."""

    client_id: str
    secret: str = field(repr=False)
    form: Sequence[str]


async def provide(runtime: Runtime, installation_id: int) -> Provided:
    """Let members of a community sign in to it through us. Whatever was given out for this before ends. Raises :class:`Conflict` where the host cannot."""
    installation = await runtime.installation(installation_id)
    host = runtime.host(installation.host)
    if not isinstance(host, SignInConsumer):
        raise Conflict("members of this kind of community cannot sign in there through another service", code="not_offered")
    callback, secret = host.sign_in_callback(installation.base_url), new_secret()

    def work(unit: UnitOfWork) -> Application:
        _end(unit)
        made = Application(
            id=unit.new_id(),
            client_id=f"app-{new_secret()[:22]}",
            secret=token_digest(secret),
            name=unit.community.name,
            redirect_uris=(callback,),
            grants=frozenset({CODE}),
            scopes=SIGN_IN_SCOPES,
            state=ApplicationState.APPROVED,
            created_at=unit.now,
            decided_at=unit.now,
        )
        unit.applications.put(made)
        unit.record("sign_in.provided", actor="operator", application=str(made.id))
        return made

    made = await runtime.database.write(installation_id, work)
    issuer = authorizing.issuer(runtime, installation_id)
    ours = ProvidedSignIn(
        client_id=made.client_id,
        scope=" ".join(SIGN_IN_SCOPES),
        authorize_url=f"{issuer}/authorize",
        token_url=f"{issuer}/token",
        profile_url=f"{issuer}/profile",
    )
    return Provided(client_id=made.client_id, secret=secret, form=host.sign_in_form(ours))


async def stop(runtime: Runtime, installation_id: int) -> bool:
    """End it; returns whether there was anything to end."""
    return await runtime.database.write(installation_id, _end)


def _end(unit: UnitOfWork) -> bool:
    ours = [one for one in unit.applications.listing() if one.signs_in and one.state is ApplicationState.APPROVED]
    for one in ours:
        unit.applications.put(replace(one, state=ApplicationState.DISABLED, decided_at=unit.now))
        unit.applications.end_all(one.id)
        unit.record("sign_in.stopped", actor="operator", application=str(one.id))
    return bool(ours)


async def profile(runtime: Runtime, installation_id: int, token: str) -> dict[str, str]:
    """Who signed in, as their host has them now: nothing of it is kept here. Raises :class:`Unauthenticated`, and any ``HostError``."""
    username = await runtime.database.read(installation_id, lambda unit: _who(unit, token))
    client = await runtime.client(installation_id)
    account = await client.find_account(username) if isinstance(client, AccountFinder) else None
    if account is None or account.member.active is False:
        raise Unauthenticated("this member is none of the community any more")
    said = account.member
    return {"id": said.host_user_id, "email": account.email, "name": said.name or said.username, "avatar_url": said.avatar_url or ""}


def _who(unit: UnitOfWork, text: str) -> str:
    found = unit.tokens.find(token_digest(text)) if text else None
    holder = None if found is None else unit.applications.holder(found.id)
    application = None if holder is None else unit.applications.get(holder[0])
    good = application is not None and application.signs_in and application.state is ApplicationState.APPROVED
    if found is None or not good or found.expires_at is None or found.expires_at <= unit.now or unit.community.state is InstallationState.DISCONNECTED:
        raise Unauthenticated("the token is missing, over, or not for this")
    member = rights.known(unit, found.member_id or 0)
    if member is None:
        raise Unauthenticated("this member is none of the community any more")
    return member.member.username
