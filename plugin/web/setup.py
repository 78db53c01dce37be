"""The operator's way in, and invitations to offices."""

from starlette.requests import Request
from starlette.responses import Response

from plugin.services import operating, staffing
from plugin.services.runtime import Runtime
from plugin.texts import translate
from plugin.texts import web as words
from plugin.web.browser import OPERATOR, Browser, installation_of
from plugin.web.pages import page


class Setup:
    """``/setup/{token}``: GET shows a button and changes nothing, for programs follow links; POST opens the operator's session."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._browser = Browser(runtime)

    async def show(self, request: Request) -> Response:
        """Ask."""
        if not await operating.is_link(self._runtime, request.path_params["token"]):
            return page("setup_closed.html", status=401, title="Set-up")
        return self._browser.page(request, "setup.html", title="Set-up")

    async def enter(self, request: Request) -> Response:
        """Use the link up."""
        await self._browser.form(request)
        session = await operating.open_session(self._runtime, request.path_params["token"])
        response = self._browser.see_other("/setup")
        self._browser.set_cookie(response, OPERATOR, session, seconds=int(operating.SESSION_FOR.total_seconds()))
        return response

    async def front(self, request: Request) -> Response:
        """Where the operator arrives: the communities that are connected, and nothing of what is in them."""
        await self._browser.operator(request)
        communities = await operating.communities(self._runtime)
        return self._browser.page(request, "operator.html", title="Communities", communities=communities)

    async def leave(self, request: Request) -> Response:
        """End every session of the operator."""
        await self._browser.form(request)
        await self._browser.operator(request)
        await operating.close_sessions(self._runtime)
        response = self._browser.see_other("/")
        self._browser.drop_cookie(response, OPERATOR)
        return response


class Join:
    """``/join/{installation}/{token}``: an invitation to an office, for whoever signs in with it and accepts."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._browser = Browser(runtime)

    async def show(self, request: Request) -> Response:
        """Ask."""
        installation_id = installation_of(request)
        office, community = await staffing.invitation(self._runtime, installation_id, request.path_params["token"])
        await self._browser.member(request, of=installation_id)
        return self._page(request, office, community, done=False)

    async def accept(self, request: Request) -> Response:
        """Take the office."""
        installation_id = installation_of(request)
        await self._browser.form(request)
        principal = await self._browser.member(request, of=installation_id)
        _, community = await staffing.invitation(self._runtime, installation_id, request.path_params["token"])
        return self._page(request, await staffing.accept(self._runtime, principal, request.path_params["token"]), community, done=True)

    def _page(self, request: Request, office: str, community: str, *, done: bool) -> Response:
        texts = {name: translate(text, language="en") for name, text in words.JOIN_PAGE.items()}
        return self._browser.page(request, "join.html", title=texts["title"], texts=texts, community=community, office=texts[office], done=done)
