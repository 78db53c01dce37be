"""Who sits at a browser: the one way from a cookie of ours to a member or to the operator, for pages that this service renders.

How a page uses it::

    browser = Browser(runtime)

    async def show(request: Request) -> Response:
        principal = await browser.member(request)          # raises SignInNeeded: the visitor is sent through the community and comes back here
        return browser.page(request, "console/front.html", title="…")

    async def change(request: Request) -> Response:
        form = await browser.form(request)                 # refuses what another site or another session sent; then, as above:
        principal = await browser.member(request)
        …
        return browser.see_other("/console")

In a template every form has ``{{ csrf }}`` in it, which is the hidden field, ready to print. Rights are checked by the services, which are given the
principal as from any other door (:func:`plugin.services.identity.access.require_admin`, :func:`plugin.services.guarding.managing.require_manager`).
``browser.operator(request)`` is for the pages of whoever runs the service; they show no member's data.

Why this holds: cookies carry the ``__Host-`` prefix (this host, TLS, no domain), are HttpOnly and Lax, so no other site's POST brings them; a POST must
come from our own origin (``Sec-Fetch-Site``, else ``Origin``) *and* carry a token that only the session's own pages know; a GET changes nothing. Pages run
no inline script, cannot be framed, and are never stored. GraphQL looks at no cookie.
"""

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, quote

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from plugin.domain.people import MESSAGE, Operator, Principal
from plugin.errors import Forbidden, Invalid, NotFound, Unauthenticated
from plugin.services.hosts.connect import origin_of
from plugin.services.identity import access, operating, signing_in
from plugin.services.runtime import Runtime
from plugin.web.limits import read_body
from plugin.web.numbers import whole
from plugin.web.pages import HEADERS, page, render, speaker_for

SESSION, OPERATOR = "session", "operator"
CSRF = "csrf"
"""The name of the hidden field."""
MAX_FORM = 262_144
MAX_FIELDS = 1_000
PRIVATE = {"Cache-Control": "no-store", "Referrer-Policy": "same-origin", "X-Content-Type-Options": "nosniff"}
"""Headers of private pages. Without its referrer a browser would hide from us the origin of a form as well."""


class SignInNeeded(Exception):
    """Nobody is signed in at this browser; the answer leads to where that is done, and back. See :func:`sign_in_needed`."""

    def __init__(self, place: str, *, operator: bool) -> None:
        super().__init__(place)
        self.place = place
        self.operator = operator


class Form(Mapping[str, str]):
    """What a form sent: the last value of each name, or all of them by :meth:`every`."""

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        self._pairs = pairs
        self._last = dict(pairs)

    def __getitem__(self, name: str) -> str:
        return self._last[name]

    def __iter__(self):  # type: ignore[no-untyped-def]  # noqa: ANN204 - the protocol's
        return iter(self._last)

    def __len__(self) -> int:
        return len(self._last)

    def every(self, name: str) -> list[str]:
        """All values of a name, such as those of check boxes."""
        return [value for key, value in self._pairs if key == name]


class Browser:
    """Cookies, forms and pages of this service's own origin."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._origin = origin_of(runtime.settings.public_url)
        # Browsers accept the prefix over TLS only.
        self._secure = runtime.settings.public_url.startswith("https:")

    # ------------------------------------------------------------------------------------------------------------- cookies

    def cookie_name(self, kind: str) -> str:
        """The name of a cookie of ours."""
        return f"{'__Host-' if self._secure else ''}mentorgraph-{kind}"

    def cookie(self, request: Request, kind: str) -> str:
        """The value of a cookie of ours; empty without one."""
        return request.cookies.get(self.cookie_name(kind), "")

    def set_cookie(self, response: Response, kind: str, value: str, *, seconds: int) -> None:
        """Set a cookie of ours."""
        response.set_cookie(self.cookie_name(kind), value, max_age=seconds, path="/", secure=self._secure, httponly=True, samesite="lax")

    def drop_cookie(self, response: Response, kind: str) -> None:
        """Have the browser forget a cookie of ours."""
        response.delete_cookie(self.cookie_name(kind), path="/", secure=self._secure, httponly=True, samesite="lax")

    # ------------------------------------------------------------------------------------------------------------- who it is

    async def member(self, request: Request, *, of: int | None = None) -> Principal:
        """The member who signed in at this browser, with the rights of this moment; with ``of``, a member of that community. Raises :class:`SignInNeeded`."""
        try:
            found = await access.principal_of(self._runtime, self.cookie(request, SESSION))
        except Unauthenticated:
            found = None
        # Tokens for programs and for pages of the host have no business in a cookie.
        if found is None or found.audience not in {"session", MESSAGE} or (of is not None and found.installation_id != of):
            raise SignInNeeded(await self._sign_in_place(request, of), operator=False)
        return found

    async def operator(self, request: Request) -> Operator:
        """Who runs the service, at this browser. Raises :class:`SignInNeeded`."""
        try:
            return await operating.operator_of(self._runtime, self.cookie(request, OPERATOR))
        except Unauthenticated:
            raise SignInNeeded("/setup", operator=True) from None

    async def _sign_in_place(self, request: Request, of: int | None) -> str:
        here = request.url.path if request.method in {"GET", "HEAD"} else "/"
        wanted = of
        if wanted is None:
            there = await self._runtime.database.dispatch(lambda dispatcher: dispatcher.installation_ids())
            wanted = there[0] if len(there) == 1 else None
        return "/" if wanted is None else f"/auth/{wanted}/start?next={quote(here, safe='')}"

    # ------------------------------------------------------------------------------------------------------------- forms

    def csrf(self, request: Request) -> str:
        """The token that forms of this session carry. It says nothing of the session and is worthless in another one."""
        return _token(self.cookie(request, SESSION), self.cookie(request, OPERATOR))

    async def form(self, request: Request, *, limit: int = MAX_FORM) -> Form:
        """What a form of ours sent. Raises :class:`Forbidden` for what did not come from one, :class:`Invalid` for what is no form."""
        self._require_own_origin(request)
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/x-www-form-urlencoded":
            raise Invalid("send a form (application/x-www-form-urlencoded)", code="content_type")
        try:
            text = (await read_body(request, limit=limit)).decode()
            pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=MAX_FIELDS, errors="strict")
        except ValueError as error:
            raise Invalid("the form cannot be read", code="not_a_form") from error
        form = Form(pairs)
        if any("\x00" in value for _, value in pairs):
            raise Invalid("the form has characters that no text has", code="not_a_form")
        if not hmac.compare_digest(form.get(CSRF, "").encode(), self.csrf(request).encode()):
            raise Forbidden("this form is from another session: open the page again and send it once more", code="csrf")
        return form

    def _require_own_origin(self, request: Request) -> None:
        site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
        # Browsers say by the first header where a request comes from, and no page can make it up; those too old for it send the second.
        if site is not None and site != "same-origin":
            raise Forbidden("this was sent by another site", code="csrf")
        if site is None and origin != self._origin:
            raise Forbidden("this was not sent by a page of ours", code="csrf")

    # ------------------------------------------------------------------------------------------------------------- answers

    def page(self, request: Request, template: str, *, status: int = 200, scripts: bool = False, **values: Any) -> Response:
        """A template as a private page; ``csrf`` in it is the hidden field for its forms. With ``scripts``, files under ``/static`` may run in it."""
        field = Markup('<input type="hidden" name="{}" value="{}">').format(CSRF, self.csrf(request))
        response = page(template, status=status, csrf=field, **values)
        response.headers.update(PRIVATE)
        if scripts:
            response.headers["Content-Security-Policy"] = HEADERS["Content-Security-Policy"] + "; script-src 'self'; connect-src 'self'"
        return response

    def see_other(self, place: str) -> Response:
        """After a form: a page of ours, by GET."""
        return RedirectResponse(signing_in.safe_next(place), 303, headers=PRIVATE)


def _token(*secrets: str) -> str:
    # The secrets have 256 random bits; whoever has none has a token that opens nothing.
    digest = hmac.digest("\x00".join(secrets).encode(), b"mentorgraph form", "sha256")
    return urlsafe_b64encode(digest).decode().rstrip("=")


async def sign_in_needed(request: Request, error: Exception) -> Response:
    """Sends a visitor to where people sign in, or tells the operator where the link is."""
    assert isinstance(error, SignInNeeded)  # noqa: S101 - registered for this class
    if error.operator:
        return render("setup/closed.html", speaker_for(request), status=401)
    return RedirectResponse(error.place, 303, headers=PRIVATE)


def installation_of(request: Request) -> int:
    """The installation that an address names. Raises :class:`NotFound`."""
    found = whole(request.path_params["installation"], digits=12)
    if found is None:
        raise NotFound("there is no such installation")
    return found
