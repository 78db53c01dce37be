"""OpenID Connect as a way of signing in to a community on any host; satisfies :class:`mentorgraph.host.IdentityProvider`."""

import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from integrations.oidc.flow import Begun, address, finish
from integrations.oidc.keys import Keys
from integrations.oidc.provider import Client, Provider, checked_issuer, discover, refused
from mentorgraph.host import HostInvalid, Http, IdentityProvider, Installation, Match, ProvidedPerson, ProviderSignIn

KEPT_SECONDS = 3_600.0
_MOST_KEPT = 1_000
_ADDRESS = "email"
_MATCHES = {match.value for match in (Match.MEMBER, Match.EXTERNAL)}
_LONGEST = 500

SETTINGS: Mapping[str, str] = {
    "openid_issuer": "the provider's address, exactly as it names itself; empty for none",
    "openid_client_id": "the id of our client at the provider",
    "openid_claim": "the claim that holds the member's id: sub unless said otherwise; email for a verified address",
    "openid_match": "what that claim holds: member (the id in the community) or external (the id by which the community knows people of this provider)",
    "openid_scopes": "what to ask the provider for beside openid, separated by commas, such as profile,email",
    "openid_title": "what the button says after 'Continue with'; the provider's host name if empty",
}


@dataclass(slots=True)
class _Known:
    provider: Provider
    keys: Keys
    read_at: float


class OpenIdConnect:
    """Sign-in at the community's OpenID provider."""

    settings: Mapping[str, str] = SETTINGS

    def __init__(self, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._known: dict[tuple[int, str], _Known] = {}

    def title(self, installation: Installation) -> str:
        """See :meth:`mentorgraph.host.IdentityProvider.title`."""
        issuer = installation.settings.get("openid_issuer", "").strip()
        return installation.settings.get("openid_title", "").strip() or issuer.partition("://")[2].partition("/")[0]

    async def check(self, installation: Installation, http: Http) -> None:
        """See :meth:`mentorgraph.host.IdentityProvider.check`."""
        self._known.pop((installation.id, client_of(installation).issuer), None)
        await self._of(installation, http)

    async def begin(self, installation: Installation, http: Http, *, state: str, return_url: str) -> ProviderSignIn:
        """See :meth:`mentorgraph.host.IdentityProvider.begin`."""
        client = client_of(installation)
        known = await self._of(installation, http)
        begun = Begun(state=state, nonce=secrets.token_urlsafe(32), verifier=secrets.token_urlsafe(48), redirect_uri=return_url)
        memory = {"issuer": client.issuer, "client_id": client.client_id, "nonce": begun.nonce, "verifier": begun.verifier, "redirect_uri": return_url}
        return ProviderSignIn(url=address(known.provider, client, begun), memory={**memory, "state": state})

    async def finish(self, installation: Installation, http: Http, *, memory: Mapping[str, str], answer: Mapping[str, str], now: datetime) -> ProvidedPerson:
        """See :meth:`mentorgraph.host.IdentityProvider.finish`."""
        client = client_of(installation)
        if (memory.get("issuer"), memory.get("client_id")) != (client.issuer, client.client_id):
            raise refused("the community has another provider now: begin again", "other_provider")
        begun = Begun(state=memory["state"], nonce=memory["nonce"], verifier=memory["verifier"], redirect_uri=memory["redirect_uri"])
        known = await self._of(installation, http)
        value = await finish(http, known.provider, client, known.keys, begun=begun, answer=answer, now=now)
        match = Match.ADDRESS if client.member_claim == _ADDRESS else Match(installation.settings.get("openid_match", "").strip())
        return ProvidedPerson(value=value, match=match)

    async def _of(self, installation: Installation, http: Http) -> _Known:
        """What the provider says of itself, not older than an hour."""
        issuer = client_of(installation).issuer
        name, now = (installation.id, issuer), self._monotonic()
        known = self._known.get(name)
        if known is None or now - known.read_at > KEPT_SECONDS:
            provider = await discover(http, issuer)
            # Keys that are still good are kept: that addresses were read again changes nothing about them.
            keys = known.keys if known is not None and known.provider == provider else Keys(provider, self._monotonic)
            if len(self._known) >= _MOST_KEPT:
                self._known.clear()
            known = self._known[name] = _Known(provider, keys, now)
        return known


def client_of(installation: Installation) -> Client:
    """What the admin registered. Raises :class:`HostInvalid` for what cannot be right."""

    def setting(name: str) -> str:
        value = installation.settings.get(name, "").strip()
        if len(value) > _LONGEST or not value.isprintable():
            raise HostInvalid(f"{name} takes {SETTINGS[name]}", reason=name)
        return value

    issuer, client_id, match = checked_issuer(setting("openid_issuer")), setting("openid_client_id"), setting("openid_match")
    if not client_id:
        raise HostInvalid(f"openid_client_id is missing: {SETTINGS['openid_client_id']}", reason="openid_client_id")
    if match and match not in _MATCHES:
        raise HostInvalid(f"openid_match takes {SETTINGS['openid_match']}", reason="openid_match")
    scopes = dict.fromkeys(["openid", *(part for part in setting("openid_scopes").replace(",", " ").split())])
    return Client(
        issuer=issuer,
        client_id=client_id,
        client_secret=installation.provider_secret,
        member_claim=setting("openid_claim") or "sub",
        scopes=tuple(scopes),
    )


def open_id() -> IdentityProvider:
    """A way of its own for each application: what it remembers of providers is not shared."""
    return OpenIdConnect()
