"""Signing in at the community's own identity provider."""

import asyncio
import hmac
from collections.abc import Mapping

import orjson

from mentorgraph.events import MemberChanged
from mentorgraph.host import (
    AccountFinder,
    Capability,
    ExternalFinder,
    HostClient,
    IdentityProvider,
    Installation,
    Match,
    ProvidedPerson,
    SignInRefused,
)
from plugin.errors import Invalid, Unavailable
from plugin.services.hosts.provider_settings import return_url
from plugin.services.identity import signing_in
from plugin.services.identity.signing_in import SESSION_FOR, SIGN_IN_FOR, Redirect, SignedIn, begin_sign_in, safe_next
from plugin.services.runtime import Runtime
from plugin.store.crypto import new_secret, token_digest
from plugin.store.repositories.sign_ins import SignIn
from plugin.store.unit_of_work import UnitOfWork

FLOW = "provider"
SECONDS = 20.0
"""How long somebody waits for their provider and their community together."""
_PURPOSE = "sign-in at a provider"
_NOBODY = "your account at the provider belongs to no member of this community: ask an admin"


async def _parts(runtime: Runtime, installation_id: int) -> tuple[IdentityProvider, Installation]:
    installation = await runtime.installation(installation_id)
    if runtime.identity is None or not runtime.identity.title(installation):
        raise Invalid("this community has no identity provider of its own", code="not_offered")
    return runtime.identity, installation


async def begin(runtime: Runtime, installation_id: int, *, next_path: str) -> Redirect:
    """Begin a sign-in at the provider, bound to this browser and this community."""
    provider, installation = await _parts(runtime, installation_id)
    state, browser_secret = new_secret(), new_secret()
    try:
        async with asyncio.timeout(SECONDS):
            begun = await provider.begin(installation, runtime.provider_http(installation_id), state=state, return_url=return_url(runtime, installation_id))
    except TimeoutError as error:
        raise Unavailable("the provider does not answer: try again in a moment") from error

    def work(unit: UnitOfWork) -> None:
        memory = unit.seal(orjson.dumps(dict(begun.memory)), purpose=_PURPOSE)
        begin_sign_in(
            unit,
            SignIn(
                nonce=token_digest(state),
                flow=FLOW,
                binding=token_digest(browser_secret),
                next_path=safe_next(next_path),
                expires_at=unit.now + SIGN_IN_FOR,
                memory=memory,
            ),
        )

    await runtime.database.write(installation_id, work)
    return Redirect(url=begun.url, browser_secret=browser_secret)


async def finish(runtime: Runtime, installation_id: int, *, answer: Mapping[str, str], browser_secret: str) -> SignedIn:
    """Complete a sign-in in the browser that began it. Raises :class:`SignInRefused`; the state is used up either way."""
    provider, installation = await _parts(runtime, installation_id)

    def taken(unit: UnitOfWork) -> tuple[SignIn, Mapping[str, str]] | None:
        found = unit.sign_ins.take(token_digest(answer.get("state", "")), now=unit.now)
        if found is None or found.flow != FLOW or found.memory is None:
            return None
        memory: dict[str, str] = orjson.loads(unit.unseal(found.memory, purpose=_PURPOSE, max_age=SIGN_IN_FOR.total_seconds()))
        return found, memory

    begun = await runtime.database.write(installation_id, taken)
    if begun is None:
        raise SignInRefused("this sign-in has expired or was used already: begin again", reason="unknown_state")
    sign_in, memory = begun
    if not browser_secret or not hmac.compare_digest(sign_in.binding, token_digest(browser_secret)):
        raise SignInRefused("this sign-in was begun in another browser: begin again", reason="other_browser")
    try:
        async with asyncio.timeout(SECONDS):
            http = runtime.provider_http(installation_id)
            person = await provider.finish(installation, http, memory=memory, answer=answer, now=runtime.clock())
            said = await _member(runtime, installation, person)
    except TimeoutError as error:
        raise Unavailable("the provider or the community does not answer: begin again in a moment") from error
    return await signing_in.let_in(runtime, installation_id, said, next_path=sign_in.next_path, audience="session", lifetime=SESSION_FOR)


async def _member(runtime: Runtime, installation: Installation, person: ProvidedPerson) -> MemberChanged:
    """The member of the host, as the host says now: what a provider says makes nobody a member."""
    client = await runtime.client(installation.id)
    capabilities = runtime.host(installation.host).capabilities
    external = person.match is Match.EXTERNAL or (person.match is Match.PREFERRED and Capability.EXTERNAL_IDS in capabilities)
    found = await (_by_address(client, person.value) if person.match is Match.ADDRESS else _by_id(client, person.value, external=external))
    if found is None or found.active is False:
        raise SignInRefused(_NOBODY, reason="no_member")
    return found


async def _by_address(client: HostClient, address: str) -> MemberChanged | None:
    if not isinstance(client, AccountFinder):
        raise SignInRefused("this kind of community cannot be asked by e-mail address: set openid_claim to another claim", reason="not_offered")
    account = await client.find_account(address)
    same = account is not None and account.email.casefold() == address.casefold()
    return account.member if account is not None and same else None


async def _by_id(client: HostClient, value: str, *, external: bool) -> MemberChanged | None:
    if external:
        if not isinstance(client, ExternalFinder):
            raise SignInRefused("this kind of community knows no ids of providers: set openid_match to member", reason="not_offered")
        return await client.find_external(value)
    return next((event for event in await client.read("member", value) if isinstance(event, MemberChanged)), None)
