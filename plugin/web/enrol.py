"""``/enrol/{installation}/{token}``: the page on which a member enrols, by a program's address, an invitation or a referral link."""

from collections.abc import Mapping
from types import MappingProxyType

from starlette.requests import Request
from starlette.responses import Response

from plugin.domain.people import Principal
from plugin.domain.programs import TAKING_IN, Role
from plugin.domain.screening import ADULT
from plugin.errors import Conflict, Invalid
from plugin.services.recruiting import joining
from plugin.services.recruiting.joining import Door
from plugin.services.runtime import Runtime
from plugin.texts import translate
from plugin.texts.joining import JOIN_PAGE
from plugin.web.browser import Browser, SignInNeeded, installation_of
from plugin.web.numbers import whole
from plugin.web.pages import Speaker


class Enrol:
    """Shows the page to anybody, and enrols who is signed in."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._browser = Browser(runtime)

    async def show(self, request: Request) -> Response:
        """What it is, and how to take part."""
        installation_id, token = installation_of(request), request.path_params["token"]
        principal: Principal | None = None
        try:
            principal = await self._browser.member(request, of=installation_id)
        except SignInNeeded:
            # Whoever is not signed in may know of the program, and is led to the sign-in from the page.
            principal = None
        return self._page(request, await joining.look(self._runtime, installation_id, token, principal))

    async def act(self, request: Request) -> Response:
        """Enrol, or decline an invitation."""
        installation_id, token = installation_of(request), request.path_params["token"]
        form = await self._browser.form(request)
        principal = await self._browser.member(request, of=installation_id)
        decline = "decline" in form
        try:
            door = await joining.enter(
                self._runtime,
                principal,
                token,
                role=form.get("role", ""),
                conduct="conduct" in form,
                adult="adult" in form,
                age=_age(form.get("age", "")),
                guardian=form.get("guardian", ""),
                decline=decline,
            )
        except (Conflict, Invalid) as error:
            shown = await joining.look(self._runtime, installation_id, token, principal)
            return self._page(request, shown, error=Speaker(shown.language).error(error.remark), said=form, status=error.status_code)
        return self._page(request, door, declined=decline)

    def _page(
        self, request: Request, door: Door, *, error: str = "", said: Mapping[str, str] = MappingProxyType({}), declined: bool = False, status: int = 200
    ) -> Response:
        texts = {name: translate(text, language=door.language) for name, text in JOIN_PAGE.items()}
        return self._browser.page(
            request,
            "enrol.html",
            status=status,
            title=door.program.name,
            language=door.language,
            door=door,
            texts=texts,
            ours=Speaker(door.language).ours,
            error=error,
            said=said,
            young=door.least < ADULT and Role.MENTEE in door.roles,
            declined=declined,
            taking_in=door.program.state in TAKING_IN,
        )


def _age(word: str) -> int | None:
    """What was given as an age; nothing for what is none."""
    return whole(word.strip(), digits=3)
