"""Circle's custom single sign-on on the imitation: Circle as the client of somebody else's OAuth 2, in each of the ways that Circle may be."""

import hashlib
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from urllib.parse import urlencode

import httpx2

from integrations.circle.double.model import Member, State


class SingleSignOnFailed(Exception):
    """Nobody is signed in."""


@dataclass
class Consumer:
    """What an admin fills in under Settings, Single sign-on, Custom; ``paths`` are the response paths, nested ones with slashes.

    Not established, so to be chosen: ``basic`` shows the secret in a header and not in the form, ``in_query`` the token in the address and not in a header,
    ``proof`` sends a code challenge.
    """

    state: State
    callback: str
    client_id: str
    client_secret: str
    authorize_url: str
    token_url: str
    profile_url: str
    scope: str = "profile email"
    paths: dict[str, str] = field(default_factory=lambda: {"id": "id", "email": "email", "name": "name", "image": "avatar_url"})
    basic: bool = False
    in_query: bool = False
    proof: bool = False
    _begun: dict[str, str] = field(default_factory=dict)

    def start(self) -> str:
        """Where "Continue with …" sends a browser."""
        state, verifier = secrets.token_urlsafe(16), secrets.token_urlsafe(48)
        self._begun[state] = verifier
        asked = {"client_id": self.client_id, "redirect_uri": self.callback, "response_type": "code", "state": state, "scope": self.scope}
        if self.proof:
            challenge = urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
            asked |= {"code_challenge": challenge, "code_challenge_method": "S256"}
        return f"{self.authorize_url}?{urlencode(asked)}"

    async def come_back(self, http: httpx2.AsyncClient, answer: dict[str, str]) -> Member:
        """The browser is at the callback: who is signed in to the community now. Raises :class:`SingleSignOnFailed`."""
        verifier = self._begun.pop(answer.get("state", ""), None)
        if verifier is None or "code" not in answer:
            raise SingleSignOnFailed(answer.get("error", "state"))
        form = {"grant_type": "authorization_code", "code": answer["code"], "redirect_uri": self.callback} | ({"code_verifier": verifier} if self.proof else {})
        shown = {} if self.basic else {"client_id": self.client_id, "client_secret": self.client_secret}
        auth = httpx2.BasicAuth(self.client_id, self.client_secret) if self.basic else httpx2.Auth()
        got = await http.post(self.token_url, data=form | shown, auth=auth)
        if got.status_code != 200:
            raise SingleSignOnFailed(str(got.json().get("error")))
        token = got.json()["access_token"]
        said = await (
            http.get(self.profile_url, params={"access_token": token})
            if self.in_query
            else http.get(self.profile_url, headers={"Authorization": f"Bearer {token}"})
        )
        if said.status_code != 200:
            raise SingleSignOnFailed("profile")
        user, email = (self._at(said.json(), self.paths[name]) for name in ("id", "email"))
        if not user or not email:
            raise SingleSignOnFailed("a user id and an address are required")
        # An account with the address is taken over by the provider's id; who has none gets one.
        member = next((one for one in self.state.members.values() if user == one.sso_user_id or one.email == email), None)
        member = member or self.state.join(self._at(said.json(), self.paths["name"]) or email)
        member.sso_user_id = user
        return member

    def _at(self, found: object, path: str) -> str:
        for name in path.split("/"):
            found = found.get(name) if isinstance(found, dict) else None
        return str(found or "")
