"""Signing in through the host: by redirect for pages of ours, by exchange for pages of the host."""

import orjson
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from plugin.errors import Invalid
from plugin.services.identity import signing_in
from plugin.services.runtime import Runtime
from plugin.web.browser import SESSION, Browser, installation_of
from plugin.web.limits import read_body
from plugin.web.pages import STILL, render, speaker_for

PRIVATE = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff"}
MAX_BODY = 16_384


async def json_texts(request: Request) -> dict[str, str]:
    """All texts of a JSON object that was sent. Raises :class:`Invalid` for a body that is none."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        # Anything else could be sent by a plain form of another site.
        raise Invalid("send application/json", code="content_type")
    try:
        body = orjson.loads(await read_body(request, limit=MAX_BODY))
    except orjson.JSONDecodeError as error:
        raise Invalid("the body is not JSON", code="not_json") from error
    if not isinstance(body, dict):
        raise Invalid("the body must be an object")
    return {name: value for name, value in body.items() if isinstance(value, str)}


async def _json(request: Request, *names: str, optional: tuple[str, ...] = ()) -> dict[str, str]:
    body = await json_texts(request)
    if not all(name in body for name in names):
        raise Invalid("the body must be an object with the texts {choices}", choices=", ".join(names))
    return {name: body[name] for name in names} | {name: body.get(name, "") for name in optional}


def window_page(request: Request, *, origin: str, answer: dict[str, str]) -> Response:
    """The page of a window that hands an answer to the page that opened it, by its exact origin, and closes."""
    policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    headers = PRIVATE | {"Content-Security-Policy": policy}
    return render("window.html", speaker_for(request), scripts=False, headers=headers, origin=origin, answer=answer)


class Auth:
    """``/auth/{installation}/…``."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._browser = Browser(runtime)

    async def start(self, request: Request) -> Response:
        """Send the browser to the host."""
        begun = await signing_in.begin_redirect(self._runtime, installation_of(request), next_path=request.query_params.get("next", "/"))
        response = RedirectResponse(begun.url, 303, headers=PRIVATE)
        self._browser.set_cookie(response, "sign-in", begun.browser_secret, seconds=int(signing_in.SIGN_IN_FOR.total_seconds()))
        return response

    async def callback(self, request: Request) -> Response:
        """The browser comes back from the host.

        An answer to an exchange is never completed here. It gets here when a forum answers the page's request by a redirect; then the page, and only a page of
        the forum's own origin, is handed the answer back, for which it still needs its verifier.
        """
        installation_id = installation_of(request)
        answer = {key: value for key, value in request.query_params.multi_items() if key in {"sso", "sig"}}
        if request.headers.get("sec-fetch-mode") == "cors" or request.headers.get("origin"):
            return JSONResponse(answer, headers=PRIVATE)
        if (origin := await signing_in.waiting_page(self._runtime, installation_id, answer=answer)) is not None:
            return window_page(request, origin=origin, answer=answer)
        secret = self._browser.cookie(request, "sign-in")
        done = await signing_in.finish_redirect(self._runtime, installation_id, answer=answer, browser_secret=secret)
        response = RedirectResponse(done.next_path if done.next_path != "/" else "/auth/done", 303, headers=PRIVATE)
        self._browser.set_cookie(response, SESSION, done.token, seconds=done.expires_in)
        self._browser.drop_cookie(response, "sign-in")
        return response

    async def done(self, request: Request) -> Response:
        """What a person sees who signed in without having been on the way to some page."""
        return render("done.html", speaker_for(request), scripts=False, headers=STILL)

    async def begin_exchange(self, request: Request) -> Response:
        """A page of the host begins to sign its member in."""
        body = await _json(request, "code_challenge", optional=("popup",))
        origin = request.headers.get("origin", "") if body["popup"] == "yes" else None
        parameters = await signing_in.begin_exchange(self._runtime, installation_of(request), challenge=body["code_challenge"], popup_for=origin)
        return JSONResponse(parameters, headers=PRIVATE)

    async def exchange(self, request: Request) -> Response:
        """The page brings the host's answer and its verifier, and gets a token for ten minutes."""
        body = await _json(request, "sso", "sig", "code_verifier")
        done = await signing_in.finish_exchange(
            self._runtime,
            installation_of(request),
            answer={"sso": body["sso"], "sig": body["sig"]},
            verifier=body["code_verifier"],
            origin=request.headers.get("origin", ""),
        )
        return JSONResponse({"access_token": done.token, "token_type": "Bearer", "expires_in": done.expires_in}, headers=PRIVATE)
