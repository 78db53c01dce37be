"""The operator's pages: the way in, the communities, connecting one step by step. And invitations to offices."""

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from mentorgraph.host import Capability, Guide, Guided, HostError
from plugin.domain.community import InstallationState
from plugin.domain.people import Office
from plugin.errors import Invalid, NotFound, PluginError
from plugin.services.hosts import connect
from plugin.services.identity import operating, staffing
from plugin.services.runtime import Runtime
from plugin.texts import connecting as host_words
from plugin.texts import translate
from plugin.texts import web as words
from plugin.texts.catalogues import SOURCE
from plugin.texts.console import DONE, INSTALLATION_STATES
from plugin.web.browser import OPERATOR, Browser, Form, SignInNeeded, installation_of
from plugin.web.pages import render, speaker_for

MAX_KEY = 2_000


class Setup:
    """``/setup/{token}``: GET shows a button and changes nothing, for programs follow links; POST opens the operator's session."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._browser = Browser(runtime)

    def _page(self, request: Request, template: str, *, status: int = 200, **values: Any) -> Response:
        shown: dict[str, Any] = {"csrf": self._browser.csrf(request), "problem": None, "done": ""}
        return render(f"setup/{template}", speaker_for(request), status=status, **(shown | values))

    def closed(self, request: Request) -> Response:
        """What a visitor sees whose link or session is over."""
        return self._page(request, "closed.html", status=401)

    async def show(self, request: Request) -> Response:
        """Ask."""
        if not await operating.is_link(self._runtime, request.path_params["token"]):
            return self.closed(request)
        return self._page(request, "enter.html")

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
        found = [one for one in await connect.communities(self._runtime) if one.state is not InstallationState.DISCONNECTED]
        asks = {one.id for one in found if Capability.ADMINS not in self._runtime.host(one.host).capabilities}
        done = DONE.get(request.query_params.get("done", ""))
        speaker = speaker_for(request)
        return self._page(
            request, "front.html", communities=found, invited_admins=asks, states=INSTALLATION_STATES, done=speaker.say(done) if done else "", link=""
        )

    async def leave(self, request: Request) -> Response:
        """End every session of the operator."""
        await self._browser.form(request)
        await self._browser.operator(request)
        await operating.close_sessions(self._runtime)
        response = self._browser.see_other("/")
        self._browser.drop_cookie(response, OPERATOR)
        return response

    # ------------------------------------------------------------------------------------------------------------- connecting

    async def choose(self, request: Request) -> Response:
        """First step: which kind of community it is. Second: its address and key."""
        await self._browser.operator(request)
        host = request.query_params.get("host", "")
        if host not in self._runtime.hosts:
            return self._page(request, "host.html", hosts=self._hosts(), host="")
        return self._page(request, "address.html", **self._step(request, host), values={})

    async def establish(self, request: Request) -> Response:
        """Check everything and connect, or say which check failed. The key is in no page that is shown again."""
        form = await self._browser.form(request)
        await self._browser.operator(request)
        host = form.get("host", "")
        if host not in self._runtime.hosts:
            return self._page(request, "host.html", hosts=self._hosts(), host="")
        try:
            made = await connect.connect(self._runtime, self._asked(form, host))
        except (PluginError, HostError) as error:
            code = error.code if isinstance(error, PluginError) else error.reason
            failed = host_words.FAILED_AT.get(code, "")
            values = {name: value for name, value in form.items() if name not in {"key", "csrf"}}
            problem = error if isinstance(error, PluginError) else Invalid(error.message, code=code, field="key" if failed in {"key", "rights"} else "url")
            return self._page(request, "address.html", status=422, **(self._step(request, host) | {"values": values, "problem": problem, "failed": failed}))
        await connect.read_now(self._runtime, made.installation_id)
        return self._page(request, "connected.html", made=made, checks=host_words.CHECKS, title=self._runtime.host(host).title)

    async def invite(self, request: Request) -> Response:
        """A link that makes whoever accepts it the community's admin, where the host does not say who its admins are."""
        await self._browser.form(request)
        await self._browser.operator(request)
        link = await staffing.invite(self._runtime, installation_of(request), Office.ADMIN, by="operator")
        return self._page(request, "invited.html", link=link)

    async def disconnect(self, request: Request) -> Response:
        """Let a community go; what was kept of it stays unless the form says otherwise."""
        form = await self._browser.form(request)
        await self._browser.operator(request)
        left = await connect.disconnect(self._runtime, installation_of(request), erase=form.get("erase", "") == "1")
        return self._page(request, "disconnected.html", left=left)

    def _hosts(self) -> list[tuple[str, str]]:
        return [(name, host.title) for name, host in sorted(self._runtime.hosts.items(), key=lambda one: one[1].title)]

    def _step(self, request: Request, host: str) -> dict[str, Any]:
        about = self._guide(host, speaker_for(request).language)
        return {"host": host, "title": self._runtime.host(host).title, "about": about, "checks": host_words.CHECKS, "failed": ""}

    def _guide(self, host: str, language: str) -> Guide:
        found = self._runtime.host(host)
        return found.guide(language) if isinstance(found, Guided) else Guide(address="https://", key_label=translate(words.KEY, language=language), key="")

    def _asked(self, form: Form, host: str) -> connect.NewConnection:
        key = form.get("key", "").strip()
        if not key or len(key) > MAX_KEY:
            raise Invalid("give the key; it is checked, kept sealed, and never shown again", field="key")
        given = {one.name: form.get(f"with_{one.name}", "").strip() for one in self._guide(host, SOURCE).asked}
        spaces = tuple(one.strip() for one in form.get("spaces", "").split(",") if one.strip())
        return connect.NewConnection(
            host=host,
            url=form.get("url", "").strip(),
            api_key=key,
            name=form.get("name", "").strip()[:100],
            spaces=spaces,
            host_settings={name: value for name, value in given.items() if value},
        )


Handler = Callable[[Request], Awaitable[Response]]


def for_operator(setup: Setup, handler: Handler) -> Handler:
    """A page of the operator; who has no session is told where the link is."""

    async def endpoint(request: Request) -> Response:
        try:
            return await handler(request)
        except SignInNeeded:
            return setup.closed(request)

    return endpoint


class Join:
    """``/join/{installation}/{token}``: an invitation to an office, for whoever signs in with it and accepts."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._browser = Browser(runtime)

    async def show(self, request: Request) -> Response:
        """Ask."""
        installation_id = installation_of(request)
        try:
            office, community = await staffing.invitation(self._runtime, installation_id, request.path_params["token"])
        except NotFound:
            return render("setup/join_over.html", speaker_for(request), status=404)
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
        speaker = speaker_for(request)
        texts = {name: translate(text, language=speaker.language) for name, text in words.JOIN_PAGE.items()}
        return render(
            "setup/join.html", speaker, scripts=False, texts=texts, community=community, office=texts[office], accepted=done, csrf=self._browser.csrf(request)
        )
