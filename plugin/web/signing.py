"""Signing in where it takes more than one step: choosing a way, the community's identity provider, codes, and tokens that the host vouches for."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from mentorgraph.host import SignInRefused
from plugin.errors import Invalid
from plugin.services.identity import codes, providers, vouching
from plugin.services.identity.codes import CODE_FOR, KNOWN_FOR
from plugin.services.identity.signing_in import SIGN_IN_FOR, SignedIn, safe_next
from plugin.services.identity.ways import Ways, ways_of
from plugin.services.runtime import Runtime
from plugin.web.auth import PRIVATE, Auth, json_texts
from plugin.web.browser import SESSION, Browser, installation_of
from plugin.web.pages import Speaker, render, wanted_locale

MAX_FORM = 4_096
_ANSWER = frozenset({"code", "state", "iss", "error"})


def _known(installation_id: int) -> str:
    """The cookie of a browser in which a member signed in by a code; each community has its own."""
    return f"known-{installation_id}"


class Signing:
    """``/auth/{installation}/…`` beside what :class:`Auth` does."""

    def __init__(self, runtime: Runtime, auth: Auth) -> None:
        self._runtime = runtime
        self._auth = auth
        self._browser = Browser(runtime)

    async def start(self, request: Request) -> Response:
        """Begin by the only way there is, or let people choose."""
        installation_id, asked = installation_of(request), request.query_params.get("next", "/")
        ways = await ways_of(self._runtime, installation_id)
        way = request.query_params.get("way", "") or ways.only
        if way == "redirect":
            return await self._auth.start(request)
        if way == "provider":
            begun = await providers.begin(self._runtime, installation_id, next_path=asked)
            response = RedirectResponse(begun.url, 303, headers=PRIVATE)
            self._browser.set_cookie(response, "sign-in", begun.browser_secret, seconds=int(SIGN_IN_FOR.total_seconds()))
            return response
        if not ways.code and not ways.redirect and not ways.provider:
            raise Invalid("{host} offers no way of signing in here: its admin can set up an identity provider", code="not_offered", host=ways.host)
        return self._page(request, "ways.html", ways, installation=installation_id, next=safe_next(asked))

    async def provider_callback(self, request: Request) -> Response:
        """The browser comes back from the identity provider."""
        given = [(key, value) for key, value in request.query_params.multi_items() if key in _ANSWER]
        answer = dict(given)
        if len(answer) != len(given):
            raise SignInRefused("the answer of the provider says something twice: begin again", reason="malformed")
        secret = self._browser.cookie(request, "sign-in")
        done = await providers.finish(self._runtime, installation_of(request), answer=answer, browser_secret=secret)
        return self._signed_in(done, "sign-in")

    async def ask(self, request: Request) -> Response:
        """Somebody says who they are and wants a code."""
        form = await self._browser.form(request, limit=MAX_FORM)
        installation_id, after = installation_of(request), safe_next(form.get("next", "/"))
        known = self._browser.cookie(request, _known(installation_id))
        asked = await codes.ask(self._runtime, installation_id, who=form.get("who", ""), by=form.get("by", ""), next_path=after, known=known)
        response = self._page(request, "code.html", asked.ways, installation=installation_id, next=after, problem="")
        self._browser.set_cookie(response, "code", asked.browser_secret, seconds=int(CODE_FOR.total_seconds()))
        return response

    async def enter(self, request: Request) -> Response:
        """Somebody types the code that they were sent."""
        form = await self._browser.form(request, limit=MAX_FORM)
        installation_id = installation_of(request)
        secret = self._browser.cookie(request, "code")
        try:
            done = await codes.enter(self._runtime, installation_id, code=form.get("code", ""), browser_secret=secret)
        except SignInRefused as refused:
            ways = await ways_of(self._runtime, installation_id)
            after = safe_next(form.get("next", "/"))
            return self._page(request, "code.html", ways, status=403, installation=installation_id, next=after, problem=refused.message)
        response = self._signed_in(done, "code")
        if known := await codes.remembered(self._runtime, installation_id):
            self._browser.set_cookie(response, _known(installation_id), known, seconds=int(KNOWN_FOR.total_seconds()))
        return response

    async def token(self, request: Request) -> Response:
        """A member's client brings a token that the host gave it."""
        done = await vouching.sign_in(self._runtime, installation_of(request), answer=await json_texts(request))
        return JSONResponse({"access_token": done.token, "token_type": "Bearer", "expires_in": done.expires_in}, headers=PRIVATE)

    def _signed_in(self, done: SignedIn, used: str) -> Response:
        response = RedirectResponse(done.next_path if done.next_path != "/" else "/auth/done", 303, headers=PRIVATE)
        self._browser.set_cookie(response, SESSION, done.token, seconds=done.expires_in)
        self._browser.drop_cookie(response, used)
        return response

    def _page(self, request: Request, template: str, ways: Ways, *, status: int = 200, **values: Any) -> Response:
        speaker = Speaker(wanted_locale(request.headers.get("accept-language", "")) or ways.language)
        return render(template, speaker, status=status, ways=ways, csrf=self._browser.csrf(request), **values)
