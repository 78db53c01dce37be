"""``/oauth/{installation}/…``: the edge of the authorization server for developers' applications."""

import base64
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from urllib.parse import parse_qsl, urlsplit

import orjson
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from plugin.domain.applications import APPLICATION_SCOPES, CODE, GRANTS
from plugin.domain.people import Scope
from plugin.errors import Invalid, TooMany
from plugin.services.developers import applications, authorizing, providing
from plugin.services.developers.applications import Wanted
from plugin.services.developers.authorizing import Answer
from plugin.services.hosts.connect import community_of
from plugin.services.identity import visiting
from plugin.services.runtime import Runtime
from plugin.texts.console import CONSENTS
from plugin.web.browser import CSRF, Browser, SignInNeeded, installation_of
from plugin.web.limits import read_body
from plugin.web.pages import CSP, render, speaker_for
from plugin.web.turns import MEMBER, REGISTERING, Turns, credentials
from plugin.web.visits import sign_in_path, speaker_of

HEADERS = {"Cache-Control": "no-store", "Pragma": "no-cache", "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff"}
ASKED = ("response_type", "client_id", "redirect_uri", "scope", "state", "code_challenge", "code_challenge_method")
MAX_QUERY = 3_000
MAX_BODY = 16_384
WAITING = "application"
"""The cookie that keeps a request while its member signs in."""
WAITING_SECONDS = 600


class OAuth:
    """Pages and endpoints of the issuers."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._browser = Browser(runtime)
        self._turns = Turns()

    async def metadata(self, request: Request) -> Response:
        """RFC 8414; its address has the issuer's path behind the well-known one."""
        installation_id = installation_of(request)
        await community_of(self._runtime, installation_id)
        base = authorizing.issuer(self._runtime, installation_id)
        return JSONResponse(
            {
                "issuer": base,
                "authorization_endpoint": f"{base}/authorize",
                "token_endpoint": f"{base}/token",
                "revocation_endpoint": f"{base}/revoke",
                "introspection_endpoint": f"{base}/introspect",
                "registration_endpoint": f"{base}/register",
                "scopes_supported": sorted(APPLICATION_SCOPES),
                "response_types_supported": ["code"],
                "response_modes_supported": ["query"],
                "grant_types_supported": sorted(GRANTS),
                "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none"],
                "revocation_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none"],
                "introspection_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
                "code_challenge_methods_supported": ["S256"],
                "authorization_response_iss_parameter_supported": True,
            },
            headers=HEADERS,
        )

    async def authorize(self, request: Request) -> Response:
        """An application sends a member here."""
        installation_id = installation_of(request)
        if not request.url.query and (waiting := self._browser.cookie(request, WAITING)):
            query = _unpacked(waiting)
            response = RedirectResponse(f"{request.url.path}?{query}" if query else "/", 303, headers=HEADERS)
            self._browser.drop_cookie(response, WAITING)
            return response
        if len(request.url.query) > MAX_QUERY:
            raise Invalid("the request of the application is too long")
        values = _once(request.query_params.multi_items())
        try:
            principal = await self._browser.member(request, of=installation_id)
        except SignInNeeded:
            response = RedirectResponse(sign_in_path(installation_id, request.url.path), 303, headers=HEADERS)
            self._browser.set_cookie(response, WAITING, _packed(request.url.query), seconds=WAITING_SECONDS)
            return response
        self._turns.take(("member", installation_id, principal.member_id), MEMBER)
        found = await authorizing.asked(self._runtime, principal, values)
        if isinstance(found, Answer):
            return self._refused(request, found)
        if found.known and values.get("prompt") != "consent" and found.application.secret is not None:
            # A public application cannot show who it is: its member is asked each time (RFC 8252 §8.6).
            return self._sent(request, await authorizing.answer(self._runtime, principal, values, allow=True))
        session = await visiting.session(self._runtime, principal)
        place = urlsplit(found.redirect_uri)
        # Browsers hold a form to its policy through redirects too.
        target = f"{place.scheme}://{place.netloc}" if place.scheme in {"http", "https"} else f"{place.scheme}:"
        return render(
            "consent.html",
            speaker_of(request, session),
            scripts=False,
            headers={"Content-Security-Policy": CSP.replace("form-action 'self'", f"form-action 'self' {target}")},
            asked=found,
            place=place.netloc or place.scheme,
            scopes=[CONSENTS[one] for one in sorted(found.scopes)],
            member=session.member,
            community=session.community,
            csrf=self._browser.csrf(request),
            kept={name: values[name] for name in ASKED if name in values},
        )

    async def decide(self, request: Request) -> Response:
        """The member allows it or does not."""
        form = await self._browser.form(request, limit=MAX_BODY)
        principal = await self._browser.member(request, of=installation_of(request))
        values = {name: form[name] for name in ASKED if name in form and name != CSRF}
        self._turns.take(("member", principal.installation_id, principal.member_id), MEMBER)
        return self._sent(request, await authorizing.answer(self._runtime, principal, values, allow=form.get("allow") == "1"))

    async def token(self, request: Request) -> Response:
        """RFC 6749 §3.2."""
        return await self._answered(request, authorizing.token)

    async def revoke(self, request: Request) -> Response:
        """RFC 7009."""
        return await self._answered(request, partial(authorizing.endpoint, name="revocation"))

    async def introspect(self, request: Request) -> Response:
        """RFC 7662."""
        return await self._answered(request, partial(authorizing.endpoint, name="introspection"))

    async def _answered(self, request: Request, ask: Callable[..., Awaitable[Answer]]) -> Response:
        """What ``ask`` says to a form; one that cannot be read is refused in the words of RFC 6749 §5.2."""
        try:
            values = await _form(request)
        except Invalid as error:
            return JSONResponse({"error": "invalid_request", "error_description": error.message}, 400, headers=HEADERS)
        installation_id, headers = installation_of(request), _credentials(request)
        shown = credentials(installation_id, values.get("client_id", ""), headers.get("Authorization", "") or values.get("client_secret", ""))
        try:
            self._turns.client(installation_id, shown)
        except TooMany as error:
            return _later(error)
        answer = await ask(self._runtime, installation_id, values=values, headers=headers)
        if answer.status < 400:
            self._turns.good(shown)
        return _json(answer)

    async def profile(self, request: Request) -> Response:
        """Who signed in, for the community's own platform. How it shows the token is not established: in a header or in the address."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        given = token.strip() if scheme.lower() == "bearer" else request.query_params.get("access_token", "")
        said = await providing.profile(self._runtime, installation_of(request), given)
        return JSONResponse(said, headers=HEADERS)

    async def register(self, request: Request) -> Response:
        """RFC 7591; what comes of it waits for an admin."""
        try:
            self._turns.take(("register", installation_of(request)), REGISTERING)
            made = await applications.register(self._runtime, installation_of(request), await _wanted(request))
        except TooMany as error:
            return _later(error)
        except Invalid as error:
            code = "invalid_redirect_uri" if error.field == "redirect_uris" else "invalid_client_metadata"
            return JSONResponse({"error": code, "error_description": error.message}, 400, headers=HEADERS)
        one = made.application
        said = {
            "client_id": one.client_id,
            "client_id_issued_at": int(one.created_at.timestamp()),
            "client_name": one.name,
            "redirect_uris": list(one.redirect_uris),
            "grant_types": sorted(one.grants),
            "response_types": ["code"] if CODE in one.grants else [],
            "scope": " ".join(sorted(one.scopes)),
            "token_endpoint_auth_method": "client_secret_basic" if made.secret else "none",
            "approved": False,
        }
        return JSONResponse(said | ({"client_secret": made.secret, "client_secret_expires_at": 0} if made.secret else {}), 201, headers=HEADERS)

    def _sent(self, request: Request, answer: Answer) -> Response:
        return RedirectResponse(answer.location, 303, headers=HEADERS) if answer.location else self._refused(request, answer)

    def _refused(self, request: Request, answer: Answer) -> Response:
        if answer.location:
            return self._sent(request, answer)
        # Nothing that was sent is shown, and the browser stays: the address to go back to is not one that was registered.
        return render("consent_refused.html", speaker_for(request), status=400, scripts=False, headers={"Referrer-Policy": "no-referrer"})


def _later(error: TooMany) -> Response:
    """RFC 6749 has no word for this; the status and the header say what to do."""
    said = {"error": "temporarily_unavailable", "error_description": error.message}
    return JSONResponse(said, 429, headers=HEADERS | {"Retry-After": str(int(error.retry_after) + 1)})


def _packed(query: str) -> str:
    """A query as the value of a cookie: browsers keep 4,096 bytes of one, into which the longest fits so."""
    return base64.urlsafe_b64encode(query.encode()).decode().rstrip("=")


def _unpacked(cookie: str) -> str:
    """The query in a cookie; empty for a cookie that holds none."""
    try:
        query = base64.urlsafe_b64decode(cookie + "=" * (-len(cookie) % 4)).decode("ascii")
    except ValueError:
        return ""
    return query if query.isprintable() and " " not in query else ""


def _once(pairs: list[tuple[str, str]]) -> dict[str, str]:
    """Parameters by name. Raises :class:`Invalid` for one that is there twice, which RFC 6749 §3.1 forbids, or that no text has."""
    found = dict(pairs)
    if len(found) != len(pairs) or any("\x00" in value for value in found.values()):
        raise Invalid("a parameter is there twice or cannot be read", code="invalid_request")
    return {name: value for name, value in found.items() if value}


async def _form(request: Request) -> dict[str, str]:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/x-www-form-urlencoded":
        raise Invalid("send a form (application/x-www-form-urlencoded)", code="invalid_request")
    try:
        return _once(parse_qsl((await read_body(request, limit=MAX_BODY)).decode(), keep_blank_values=True, max_num_fields=50, errors="strict"))
    except ValueError as error:
        raise Invalid("the form cannot be read", code="invalid_request") from error


def _credentials(request: Request) -> dict[str, str]:
    """The header that Authlib reads, if it can: it breaks off at credentials that are no UTF-8."""
    found = request.headers.get("authorization", "")
    try:
        base64.b64decode(found.partition(" ")[2]).decode()
    except ValueError:
        return {}
    return {"Authorization": found} if found else {}


def _json(answer: Answer) -> Response:
    return JSONResponse(
        dict(answer.body), answer.status, headers=HEADERS | {name: value for name, value in answer.headers.items() if name == "WWW-Authenticate"}
    )


async def _wanted(request: Request) -> Wanted:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise Invalid("send application/json")
    try:
        body = orjson.loads(await read_body(request, limit=MAX_BODY))
    except orjson.JSONDecodeError as error:
        raise Invalid("the body is not JSON") from error
    if not isinstance(body, dict):
        raise Invalid("the body must be an object")
    method, grants, scope = body.get("token_endpoint_auth_method", "client_secret_basic"), body.get("grant_types", [CODE]), body.get("scope", Scope.READ.value)
    if method not in ("client_secret_basic", "client_secret_post", "none"):
        raise Invalid("token_endpoint_auth_method is client_secret_basic, client_secret_post or none", field="token_endpoint_auth_method")
    if not isinstance(scope, str) or not set(scope.split()) <= set(APPLICATION_SCOPES):
        raise Invalid("scope has words of {choices}", field="scope", choices=", ".join(sorted(APPLICATION_SCOPES)))
    return Wanted(
        name=_text(body, "client_name"),
        redirect_uris=tuple(_texts(body.get("redirect_uris", []), "redirect_uris")),
        grants=frozenset(_texts(grants, "grant_types")),
        scopes=frozenset(Scope(one) for one in scope.split()),
        confidential=method != "none",
    )


def _text(body: Mapping[str, object], name: str) -> str:
    found = body.get(name, "")
    if not isinstance(found, str):
        raise Invalid("{name} must be a text", field=name, name=name)
    return found


def _texts(found: object, name: str) -> list[str]:
    if not isinstance(found, list) or len(found) > 50 or not all(isinstance(one, str) for one in found):
        raise Invalid("{name} must be a list of texts", field=name, name=name)
    return found
