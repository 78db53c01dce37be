"""Signing in through the host: begun in a browser, answered by the host, ended with a token."""

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

from mentorgraph.events import MemberChanged, Source
from mentorgraph.host import Capability, Identity, SignInRefused
from plugin.domain.members import Standing
from plugin.domain.people import MEMBER_SCOPES, OFFICE_SCOPES, Scope
from plugin.errors import Forbidden, Invalid, TooMany
from plugin.services.hosts import handlers
from plugin.services.hosts.connect import origin_of, pages_of
from plugin.services.identity.access import issue
from plugin.services.runtime import Runtime
from plugin.store.crypto import new_secret, token_digest, tombstone_digest
from plugin.store.repositories.sign_ins import SignIn
from plugin.store.unit_of_work import UnitOfWork

SIGN_IN_FOR = timedelta(minutes=10)
EXCHANGE_FOR = timedelta(minutes=2)
WIDGET_FOR = timedelta(minutes=10)
SESSION_FOR = timedelta(hours=12)
MAX_SIGN_INS = 5_000
"""Sign-ins under way at once in one community; more is an attack on the table."""
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}\Z")
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}\Z")


@dataclass(frozen=True, kw_only=True)
class Redirect:
    """Where to send the browser, and the secret to put into its cookie, by which the answer is tied to this browser."""

    url: str
    browser_secret: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class SignedIn:
    """A sign-in that was completed."""

    token: str = field(repr=False)
    next_path: str
    expires_in: int
    member_id: int


def safe_next(path: str) -> str:
    """A place on our own pages to go to after signing in; anything else becomes ``/``."""
    plain = path.startswith("/") and path[1:2] not in {"/", "\\"} and not any(ord(character) < 33 or ord(character) == 127 for character in path)
    return path if plain and "\\" not in path and len(path) <= 500 else "/"


def begin_sign_in(unit: UnitOfWork, sign_in: SignIn) -> None:
    """Remember a sign-in under way. Raises :class:`TooMany` when there are more of them than people could begin."""
    unit.sign_ins.prune(now=unit.now)
    if unit.sign_ins.count() >= MAX_SIGN_INS:
        raise TooMany("too many people are signing in: try again in a minute", retry_after=60)
    unit.sign_ins.begin(sign_in)


def _begin(unit: UnitOfWork, *, flow: str, nonce: str, binding: bytes, next_path: str, lifetime: timedelta) -> None:
    begin_sign_in(unit, SignIn(nonce=token_digest(nonce), flow=flow, binding=binding, next_path=next_path, expires_at=unit.now + lifetime))


async def begin_redirect(runtime: Runtime, installation_id: int, *, next_path: str) -> Redirect:
    """Begin a sign-in that sends the browser through the host and back."""
    installation = await runtime.installation(installation_id)
    host = runtime.host(installation.host)
    _require_sign_in(host.capabilities, Capability.SIGN_IN, host.title)
    nonce, browser_secret = new_secret(), new_secret()
    await runtime.database.write(
        installation_id,
        lambda unit: _begin(unit, flow="redirect", nonce=nonce, binding=token_digest(browser_secret), next_path=safe_next(next_path), lifetime=SIGN_IN_FOR),
    )
    start = host.sign_in_start(installation, nonce=nonce, return_url=installation.callback_url, silent=False)
    return Redirect(url=start.url, browser_secret=browser_secret)


async def begin_exchange(runtime: Runtime, installation_id: int, *, challenge: str, popup_for: str | None = None) -> dict[str, str]:
    """Begin a sign-in for a page of the host itself: parameters that the page fetches from its own origin. ``challenge`` is the S256 of the page's verifier.

    With ``popup_for``, the origin of a page that may show the component, the answer is an address to open in a window of its own, in which the host may ask the
    member to sign in; see :func:`waiting_page`. Raises :class:`Forbidden` for any other origin.
    """
    if popup_for is not None and popup_for not in {*await pages_of(runtime, installation_id), origin_of(runtime.settings.public_url)}:
        raise Forbidden("this page is not one of the community's: its admin can name it with `mentorgraph configure pages=…`")
    installation = await runtime.installation(installation_id)
    host = runtime.host(installation.host)
    _require_sign_in(host.capabilities, Capability.SAME_ORIGIN_SIGN_IN, host.title)
    if not _CHALLENGE.match(challenge):
        raise Invalid("code_challenge must be the base64url form of a SHA-256 (43 characters)", field="code_challenge")
    nonce, lifetime = new_secret(), EXCHANGE_FOR if popup_for is None else SIGN_IN_FOR
    await runtime.database.write(
        installation_id,
        lambda unit: _begin(unit, flow="exchange", nonce=nonce, binding=challenge.encode(), next_path=popup_for or "", lifetime=lifetime),
    )
    start = host.sign_in_start(installation, nonce=nonce, return_url=installation.callback_url, silent=popup_for is None)
    return dict(start.parameters) if popup_for is None else {"url": start.url}


def _require_sign_in(capabilities: frozenset[Capability], wanted: Capability, title: str) -> None:
    if wanted not in capabilities:
        raise Invalid("{title} does not offer this way of signing in", code="not_offered", title=title)


async def finish_redirect(runtime: Runtime, installation_id: int, *, answer: Mapping[str, str], browser_secret: str) -> SignedIn:
    """Complete a redirect sign-in in the browser that began it, by a session that may do all that its member may.

    Raises :class:`SignInRefused`; the nonce is used up either way.

    An answer to an exchange is worthless here: otherwise someone could begin an exchange, keep its verifier and send a victim to the host's sign-in address,
    whose answer comes to this callback.
    """
    identity, sign_in = await _answer(runtime, installation_id, answer, flow="redirect")
    if not browser_secret or not hmac.compare_digest(sign_in.binding, token_digest(browser_secret)):
        raise SignInRefused("this sign-in was begun in another browser: begin again", reason="other_browser")
    return await _complete(runtime, installation_id, identity, sign_in, audience="session", lifetime=SESSION_FOR)


async def finish_exchange(runtime: Runtime, installation_id: int, *, answer: Mapping[str, str], verifier: str, origin: str) -> SignedIn:
    """Complete an exchange for the page that began it. Raises :class:`SignInRefused`.

    The token that comes out is for the widget: it never carries the right to administer, export or erase, because any script on the host's pages could get one.
    """
    if not _VERIFIER.match(verifier):
        raise Invalid("code_verifier must have 43 to 128 unreserved characters", field="code_verifier")
    if origin not in {*await pages_of(runtime, installation_id), origin_of(runtime.settings.public_url)}:
        raise SignInRefused("this sign-in did not come from the community's own pages", reason="other_origin")
    installation = await runtime.installation(installation_id)
    identity, sign_in = await _answer(runtime, installation_id, answer, flow="exchange")
    if origin != (sign_in.next_path or origin_of(installation.base_url)):
        raise SignInRefused("this sign-in was begun by another page", reason="other_origin")
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=")
    if not hmac.compare_digest(challenge, sign_in.binding):
        raise SignInRefused("code_verifier does not belong to this sign-in", reason="wrong_verifier")
    return await _complete(runtime, installation_id, identity, sign_in, audience="widget", lifetime=WIDGET_FOR)


async def waiting_page(runtime: Runtime, installation_id: int, *, answer: Mapping[str, str]) -> str | None:
    """The origin of the page whose window an answer came back in; ``None`` if the answer belongs to no such sign-in. Raises :class:`SignInRefused`.

    The answer is handed to that origin and to no other: whoever has its verifier can use it up, and a page elsewhere never gets to see it.
    """
    installation = await runtime.installation(installation_id)
    identity = runtime.host(installation.host).sign_in_finish(installation, answer)
    nonce = token_digest(identity.nonce)
    sign_in = await runtime.database.read(installation_id, lambda unit: unit.sign_ins.find(nonce, now=unit.now))
    return sign_in.next_path if sign_in is not None and sign_in.flow == "exchange" and sign_in.next_path else None


async def _answer(runtime: Runtime, installation_id: int, answer: Mapping[str, str], *, flow: str) -> tuple[Identity, SignIn]:
    installation = await runtime.installation(installation_id)
    identity = runtime.host(installation.host).sign_in_finish(installation, answer)
    sign_in = await runtime.database.write(installation_id, lambda unit: unit.sign_ins.take(token_digest(identity.nonce), now=unit.now))
    if sign_in is None:
        raise SignInRefused("this sign-in has expired or was used already: begin again", reason="unknown_nonce")
    if sign_in.flow != flow:
        raise SignInRefused("this sign-in was begun in another way", reason="other_flow")
    return identity, sign_in


async def _complete(runtime: Runtime, installation_id: int, identity: Identity, sign_in: SignIn, *, audience: str, lifetime: timedelta) -> SignedIn:
    said = MemberChanged(
        seen_at=runtime.clock(),
        source=Source.HINT,
        host_user_id=identity.host_user_id,
        username=identity.username,
        name=identity.name or None,
        avatar_url=identity.avatar_url or None,
        admin=identity.admin,
        moderator=identity.moderator,
    )
    return await let_in(runtime, installation_id, said, next_path=sign_in.next_path, audience=audience, lifetime=lifetime)


async def let_in(runtime: Runtime, installation_id: int, said: MemberChanged, *, next_path: str, audience: str, lifetime: timedelta) -> SignedIn:
    """Give a member who has shown who they are a token, and take in what the host says of them. Only a ``session`` may do all that its member may.

    Raises :class:`SignInRefused` for who must not take part.
    """
    scopes = MEMBER_SCOPES | OFFICE_SCOPES if audience == "session" else MEMBER_SCOPES

    def work(unit: UnitOfWork) -> SignedIn:
        # Signing in is the person's own act: it lifts the tombstone that keeps the host from bringing an erased member back.
        unit.members.unbury(tombstone_digest(said.host_user_id, key=unit.keys.tombstones))
        handlers.apply([replace(said, last_seen_at=unit.now, active=True)], unit)
        member = unit.members.by_host(said.host_user_id)
        if member is None or member.standing in {Standing.HIDDEN, Standing.SUSPENDED}:
            raise SignInRefused("this account cannot take part at the moment", reason="suspended")
        if member.standing is Standing.PENDING:
            member = replace(member, standing=Standing.UNKNOWN)
            unit.members.put(member)
        unit.members.flush()
        token = issue(unit, member_id=member.id, scopes=scopes - {Scope.INTROSPECT}, name=audience, lifetime=lifetime, audience=audience, by=str(member.id))
        return SignedIn(token=token, next_path=next_path, expires_in=int(lifetime.total_seconds()), member_id=member.id)

    return await runtime.database.write(installation_id, work)
