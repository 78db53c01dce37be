"""Tokens, and signing in through the real Discourse host."""

import base64
import hmac
from collections.abc import Callable, Mapping
from datetime import timedelta
from hashlib import sha256
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from integrations.discourse.host import HOST as DISCOURSE
from mentorgraph import events as e
from mentorgraph.host import SignInRefused
from plugin.domain.people import SERVICE_SCOPES, Principal, Scope
from plugin.errors import Forbidden, Invalid, TooMany, Unauthenticated
from plugin.services.hosts import handlers
from plugin.services.identity import access, signing_in
from plugin.services.identity.signing_in import Redirect
from plugin.services.runtime import Runtime
from plugin.settings import Settings
from plugin.store.crypto import Vault
from plugin.store.database import Database
from tests.conftest import NOW, FixedClock
from tests.plugin.services.stories import HOST, person
from tests.plugin.support import BASE_URL, SIGN_IN_SECRET, community, make_runtime

VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


class Forum:
    """One community on Discourse, and what its forum answers."""

    def __init__(self, runtime: Runtime, installation_id: int) -> None:
        self.runtime = runtime
        self.id = installation_id

    def answer(self, asked: Mapping[str, str], *, secret: str = SIGN_IN_SECRET, user: str = "7", **fields: str) -> dict[str, str]:
        """The forum's answer to our question: the nonce back, and who is signed in."""
        question = dict(parse_qs(base64.b64decode(asked["sso"]).decode()))
        said = {"nonce": question["nonce"][0], "return_sso_url": question["return_sso_url"][0], "external_id": user, "username": f"user{user}"} | fields
        payload = base64.b64encode(urlencode(said).encode()).decode()
        return {"sso": payload, "sig": hmac.new(secret.encode(), payload.encode(), sha256).hexdigest()}

    async def redirect(self) -> tuple[Redirect, dict[str, str]]:
        begun = await signing_in.begin_redirect(self.runtime, self.id, next_path="/me")
        return begun, {key: value[0] for key, value in parse_qs(urlsplit(begun.url).query).items()}

    async def exchange(self) -> dict[str, str]:
        return await signing_in.begin_exchange(self.runtime, self.id, challenge=CHALLENGE)

    async def finish_redirect(self, answer: Mapping[str, str], browser_secret: str) -> signing_in.SignedIn:
        return await signing_in.finish_redirect(self.runtime, self.id, answer=answer, browser_secret=browser_secret)

    async def finish_exchange(self, answer: Mapping[str, str], *, verifier: str = VERIFIER, origin: str = BASE_URL) -> signing_in.SignedIn:
        return await signing_in.finish_exchange(self.runtime, self.id, answer=answer, verifier=verifier, origin=origin)

    async def tell(self, *events: e.Event) -> None:
        await self.runtime.database.write(self.id, lambda unit: handlers.apply(events, unit))


@pytest.fixture
async def forum(settings: Settings, database: Database, vault: Vault, clock: FixedClock) -> Forum:
    made = await community(database, host="discourse")
    return Forum(make_runtime(settings, database, vault, clock, DISCOURSE), made)


async def refused(work: Callable[[], object], reason: str) -> None:
    with pytest.raises(SignInRefused) as failure:
        await work()  # type: ignore[misc]  # a coroutine
    assert failure.value.reason == reason


async def test_a_redirect_signs_in(forum: Forum) -> None:
    begun, asked = await forum.redirect()
    done = await forum.finish_redirect(forum.answer(asked, name="Seven", admin="true"), begun.browser_secret)
    assert done.next_path == "/me"
    principal = await access.principal_of(forum.runtime, done.token)
    assert (principal.installation_id, principal.member_id) == (forum.id, done.member_id)
    assert principal.scopes == {Scope.READ, Scope.ME}
    assert begun.browser_secret not in repr(begun)
    assert done.token not in repr(done)


async def test_an_exchange_signs_in_for_ten_minutes(forum: Forum, clock: FixedClock) -> None:
    done = await forum.finish_exchange(forum.answer(await forum.exchange()))
    assert done.expires_in == 600
    await access.principal_of(forum.runtime, done.token)
    clock.move(seconds=601)
    with pytest.raises(Unauthenticated):
        await access.principal_of(forum.runtime, done.token)


async def test_a_nonce_is_good_once(forum: Forum) -> None:
    begun, asked = await forum.redirect()
    answer = forum.answer(asked)
    await forum.finish_redirect(answer, begun.browser_secret)
    await refused(lambda: forum.finish_redirect(answer, begun.browser_secret), "unknown_nonce")


async def test_a_failed_try_uses_the_nonce_up(forum: Forum) -> None:
    begun, asked = await forum.redirect()
    await refused(lambda: forum.finish_redirect(forum.answer(asked), "another browser's"), "other_browser")
    await refused(lambda: forum.finish_redirect(forum.answer(asked), begun.browser_secret), "unknown_nonce")


async def test_an_answer_of_one_flow_is_worthless_in_the_other(forum: Forum) -> None:
    begun, asked = await forum.redirect()
    answer = forum.answer(await forum.exchange())
    await refused(lambda: forum.finish_redirect(answer, begun.browser_secret), "other_flow")
    await refused(lambda: forum.finish_exchange(forum.answer(asked)), "other_flow")


async def test_no_cookie_is_another_browser(forum: Forum) -> None:
    _, asked = await forum.redirect()
    await refused(lambda: forum.finish_redirect(forum.answer(asked), ""), "other_browser")


@pytest.mark.parametrize("origin", ["", "https://evil.example.org", f"{BASE_URL}.evil.org", "http://forum.example.org", "null", f"{BASE_URL}/"])
async def test_an_exchange_from_elsewhere_is_refused_before_the_nonce_is_looked_at(forum: Forum, origin: str) -> None:
    answer = forum.answer(await forum.exchange())
    await refused(lambda: forum.finish_exchange(answer, origin=origin), "other_origin")
    await forum.finish_exchange(answer)


async def test_another_verifier_is_refused(forum: Forum) -> None:
    asked = await forum.exchange()
    with pytest.raises(Invalid):
        await forum.finish_exchange(forum.answer(asked), verifier="short")
    await refused(lambda: forum.finish_exchange(forum.answer(asked), verifier="w" * 43), "wrong_verifier")
    await refused(lambda: forum.finish_exchange(forum.answer(asked)), "unknown_nonce")
    for challenge in ("", "x" * 42, "x" * 44, "x" * 42 + "=", "x" * 43 + "\n"):
        with pytest.raises(Invalid):
            await signing_in.begin_exchange(forum.runtime, forum.id, challenge=challenge)


async def test_a_late_answer_is_refused(forum: Forum, clock: FixedClock) -> None:
    begun, asked = await forum.redirect()
    exchange = await forum.exchange()
    clock.move(seconds=121)
    await refused(lambda: forum.finish_exchange(forum.answer(exchange)), "unknown_nonce")
    clock.move(minutes=9)
    await refused(lambda: forum.finish_redirect(forum.answer(asked), begun.browser_secret), "unknown_nonce")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"secret": "not the secret"}, "bad_signature"),
        ({"failed": "true"}, "not_signed_in"),
        ({"return_sso_url": "https://evil.example.org/"}, "wrong_address"),
        ({"user": ""}, "no_member"),
        ({"nonce": "a nonce that we never gave"}, "unknown_nonce"),
    ],
)
async def test_an_answer_that_is_not_for_us_is_refused(forum: Forum, change: dict[str, str], reason: str) -> None:
    begun, asked = await forum.redirect()
    await refused(lambda: forum.finish_redirect(forum.answer(asked, **change), begun.browser_secret), reason)


async def test_who_is_suspended_does_not_get_in(forum: Forum) -> None:
    await forum.tell(person("7", suspended=True, source=HOST))
    begun, asked = await forum.redirect()
    await refused(lambda: forum.finish_redirect(forum.answer(asked), begun.browser_secret), "suspended")


async def test_an_erased_member_comes_back_by_their_own_sign_in_alone(forum: Forum) -> None:
    await forum.tell(person("7", source=HOST))
    await forum.tell(e.MemberLeft(seen_at=NOW, host_user_id="7", source=HOST))
    await forum.tell(person("7", source=HOST))
    assert await forum.runtime.database.read(forum.id, lambda unit: unit.members.by_host("7")) is None
    begun, asked = await forum.redirect()
    done = await forum.finish_redirect(forum.answer(asked), begun.browser_secret)
    await access.principal_of(forum.runtime, done.token)
    await forum.tell(person("7", name="back", source=HOST))
    member = await forum.runtime.database.read(forum.id, lambda unit: unit.members.by_host("7"))
    assert member is not None
    assert member.name == "back"


async def test_sign_ins_under_way_are_bounded(forum: Forum, monkeypatch: pytest.MonkeyPatch, clock: FixedClock) -> None:
    monkeypatch.setattr(signing_in, "MAX_SIGN_INS", 3)
    for _ in range(3):
        await forum.redirect()
    with pytest.raises(TooMany):
        await forum.redirect()
    clock.move(minutes=11)
    await forum.redirect()


@pytest.mark.parametrize("path", ["//evil.org", "https://evil.org", "/\\evil.org", "\\evil", "/a\nb", "", "javascript:x", "/" + "x" * 600, "/a\\b"])
def test_the_way_on_stays_with_us(path: str) -> None:
    assert signing_in.safe_next(path) == "/"
    assert signing_in.safe_next("/me?x=1#y") == "/me?x=1#y"


# ---------------------------------------------------------------------------------------------------------------------- tokens


async def make(forum: Forum, *, member_id: int | None = None, scopes: frozenset[Scope] | None = None, lifetime: timedelta | None = None) -> str:
    return await access.create_token(forum.runtime, forum.id, member_id=member_id, scopes=scopes, name="", lifetime=lifetime, audience="api")


async def test_a_service_token_is_never_a_members(forum: Forum) -> None:
    principal = await access.principal_of(forum.runtime, await make(forum))
    assert (principal.member_id, principal.scopes) == (None, SERVICE_SCOPES)
    with pytest.raises(Invalid):
        await make(forum, scopes=frozenset({Scope.ME}))
    with pytest.raises(Forbidden):
        access.require(principal, Scope.ME)
    with pytest.raises(Unauthenticated):
        access.require(None, Scope.READ)


@pytest.mark.parametrize("token", ["", "mg_", "mg_x", "x", "mg_" + "a" * 300, "mg_é", "Bearer mg_x", "mg_\x00"])
async def test_what_is_no_token_is_refused(forum: Forum, token: str) -> None:
    with pytest.raises(Unauthenticated):
        await access.principal_of(forum.runtime, token)


async def test_tokens_end(forum: Forum, clock: FixedClock) -> None:
    await forum.tell(person("7", source=HOST))
    member = await forum.runtime.database.read(forum.id, lambda unit: unit.members.by_host("7"))
    assert member is not None
    short, mine = await make(forum, lifetime=timedelta(days=1)), await make(forum, member_id=member.id)
    await access.principal_of(forum.runtime, short)
    clock.move(days=1)
    with pytest.raises(Unauthenticated):
        await access.principal_of(forum.runtime, short)
    await forum.tell(person("7", suspended=True, source=HOST))
    with pytest.raises(Unauthenticated):
        await access.principal_of(forum.runtime, mine)
    await forum.tell(person("7", source=HOST))
    principal = await access.principal_of(forum.runtime, mine)
    assert await access.sign_out(forum.runtime, principal) == 1
    with pytest.raises(Unauthenticated):
        await access.principal_of(forum.runtime, mine)
    with pytest.raises(Invalid):
        await access.sign_out(forum.runtime, Principal(installation_id=forum.id, member_id=None, scopes=frozenset(), token_id=1))


async def test_no_token_and_no_secret_stands_in_the_file(forum: Forum) -> None:
    token = await make(forum)
    if forum.runtime.settings.embedded:
        path = forum.runtime.settings.sqlite_path
        held = b"".join(one.read_bytes() for one in path.parent.glob(f"{path.name}*"))
        for secret in (token, token.removeprefix("mg_"), SIGN_IN_SECRET, "the key"):
            assert secret.encode() not in held
    assert token not in repr(await access.principal_of(forum.runtime, token))
