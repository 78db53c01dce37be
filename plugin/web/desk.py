"""Handlers of pages behind one entrance: who looks is found out, what they sent is checked, and what goes wrong becomes a page that says what to do."""

import secrets
from collections.abc import Awaitable, Callable
from enum import StrEnum

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from mentorgraph.host import HostError
from plugin.domain.community import Community, InstallationState
from plugin.domain.people import Scope
from plugin.errors import Forbidden, Invalid, NotFound, PluginError, Remark, TooMany, Unauthenticated
from plugin.services.hosts import connect
from plugin.services.identity import access, visiting
from plugin.services.knowledge.graphs import Graphs
from plugin.services.runtime import Runtime
from plugin.web.browser import SESSION, Browser, SignInNeeded
from plugin.web.pages import Speaker, render, speaker_for
from plugin.web.troubles import TROUBLES
from plugin.web.visits import Visit, sign_in_path, speaker_of

log = structlog.get_logger()

Handler = Callable[[Visit], Awaitable[Response]]
SHOWN_AT_FORM = frozenset({400, 409, 413})


class Area(StrEnum):
    """For whom pages are."""

    CONSOLE = "console"
    MEMBERS = "my"


class Desk:
    """Makes routes of handlers for one area."""

    def __init__(self, runtime: Runtime, graphs: Graphs, *, area: Area) -> None:
        self._runtime = runtime
        self._graphs = graphs
        self._area = area
        self._browser = Browser(runtime)

    def route(self, path: str, show: Handler, act: Handler | None = None) -> Route:
        """A page. ``show`` answers a GET, and again with the problem when ``act``, which answers a POST, finds something wrong with the form."""

        async def endpoint(request: Request) -> Response:
            try:
                visit = await self._visit(request)
                return await self._answer(visit, show, act)
            except (SignInNeeded, Unauthenticated):
                return await self.sign_in(request, expired=bool(self._browser.cookie(request, SESSION)))
            except (PluginError, HostError) as error:
                return self.problem(request, error)
            except Exception as error:  # noqa: BLE001 - the last place where a page can still be shown
                return self._unexpected(request, error)

        return Route(path, endpoint, methods=["GET"] if act is None else ["GET", "POST"])

    async def _visit(self, request: Request) -> Visit:
        principal = await self._browser.member(request)
        found = await visiting.session(self._runtime, principal)
        manages = bool(found.manages) and principal.manages
        if self._area is Area.CONSOLE and not (principal.may(Scope.ADMIN) or principal.may(Scope.SAFETY) or manages):
            # An admin of whom the host did not say so just now is told that, not that they are none.
            access.require(principal, Scope.ADMIN)
        return Visit(
            request=request,
            runtime=self._runtime,
            graphs=self._graphs,
            principal=principal,
            community=found.community,
            member=found.member,
            speaker=speaker_of(request, found),
            csrf=self._browser.csrf(request),
            manages=manages,
        )

    async def _answer(self, visit: Visit, show: Handler, act: Handler | None) -> Response:
        if not visit.posted or act is None:
            return await show(visit)
        visit.form = await self._browser.form(visit.request)
        try:
            return await act(visit)
        except (PluginError, HostError) as error:
            if isinstance(error, PluginError) and error.status_code not in SHOWN_AT_FORM and not (isinstance(error, NotFound) and error.field):
                raise
            visit.problem = error if isinstance(error, PluginError) else Invalid(error.message, code=error.reason)
            return await show(visit)

    def problem(self, request: Request, error: PluginError | HostError) -> Response:
        """A page about what went wrong."""
        speaker = speaker_for(request)
        status, key = 502, "host"
        headers = {}
        if isinstance(error, PluginError):
            status, key = error.status_code, error.code if error.code in TROUBLES else _kind(error)
            if isinstance(error, TooMany):
                headers["Retry-After"] = str(int(error.retry_after) + 1)
        if status >= 500:
            log.warning("page_failed", reason=key)
            headers.setdefault("Retry-After", "5")
        said = "" if key in {"unavailable", "internal", "not_found"} else error.remark if isinstance(error, PluginError) else Remark(error.message)
        return self._trouble(request, speaker, key, status=status, said=said, headers=headers)

    def _unexpected(self, request: Request, error: Exception) -> Response:
        lookup = secrets.token_hex(8)
        log.error("unexpected_error", lookup=lookup, path=request.scope["route"].path, exc_info=error)
        return self._trouble(request, speaker_for(request), "internal", status=500, said="", lookup=lookup)

    def _trouble(
        self, request: Request, speaker: Speaker, key: str, *, status: int, said: Remark | str, lookup: str = "", headers: dict[str, str] | None = None
    ) -> Response:
        back = request.url.path if request.method == "GET" else f"/{self._area.value}"
        return render(
            "problem.html",
            speaker,
            status=status,
            headers=headers,
            trouble=TROUBLES[key],
            said=said,
            lookup=lookup,
            back=back,
            area=self._area.value,
            members=False,
        )

    async def sign_in(self, request: Request, *, expired: bool) -> Response:
        """The page that leads to the community's own sign-in. With several communities the visitor says which."""
        speaker = speaker_for(request)
        here = request.url.path if request.method == "GET" else f"/{self._area.value}"
        there = [one for one in await connect.communities(self._runtime) if one.state is not InstallationState.DISCONNECTED]
        wanted = request.query_params.get("community", "")
        chosen = there[0] if len(there) == 1 else _named(there, wanted)
        return render(
            "sign_in.html",
            speaker,
            status=401,
            community=chosen,
            start=sign_in_path(chosen.id, here) if chosen else "",
            several=len(there) > 1,
            empty=not there,
            wanted=wanted,
            expired=expired,
            area=self._area.value,
        )


def _named(there: list[Community], wanted: str) -> Community | None:
    """The community at an address that somebody typed."""
    plain = wanted.strip().lower().removeprefix("https://").removeprefix("http://").rstrip("/")
    return next((one for one in there if plain and plain == one.base_url.lower().partition("://")[2].rstrip("/")), None)


def _kind(error: PluginError) -> str:
    if isinstance(error, Forbidden):
        return "forbidden"
    if isinstance(error, NotFound):
        return "not_found"
    return "unavailable" if error.status_code >= 500 else "csrf"
