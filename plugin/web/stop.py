"""Pages that need no sign-in because their address is the key: stopping messages in one step, and a member's private calendar."""

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from plugin.errors import Invalid
from plugin.services.messages import calendars, wishing
from plugin.services.runtime import Runtime
from plugin.texts import translate
from plugin.texts import web as words
from plugin.web.browser import installation_of
from plugin.web.limits import read_body
from plugin.web.pages import page

MAX_BODY = 1000
_NO_STORE = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff"}


class Stop:
    """``/stop/{installation}/{token}``: GET shows what would be stopped and changes nothing, for mail scanners follow links; POST stops it (RFC 8058)."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    async def show(self, request: Request) -> Response:
        """Ask."""
        found = await wishing.stopping(self._runtime, installation_of(request), request.path_params["token"])
        return _page(found, done=False)

    async def act(self, request: Request) -> Response:
        """Stop. ``everything`` in the form stops all groups; without it, as a mail reader's one click comes, those of the link."""
        body = await read_body(request, limit=MAX_BODY)
        everything = b"everything=" in body
        found = await wishing.stop(self._runtime, installation_of(request), request.path_params["token"], everything=everything)
        if b"List-Unsubscribe=One-Click" in body:
            return PlainTextResponse("stopped", headers=_NO_STORE)
        return _page(found, done=True)


def _page(found: wishing.Stopping, *, done: bool) -> Response:
    texts = {name: translate(text, language=found.language) for name, text in words.STOP_PAGE.items()}
    return page("stop.html", title=texts["title"], language=found.language, done=done, group=found.title, community=found.community, texts=texts)


class Feed:
    """``/calendar/{installation}/{token}``: a member's calendar for calendar programs."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    async def get(self, request: Request) -> Response:
        """The calendar."""
        secret = request.path_params["token"].removesuffix(".ics")
        if not 20 <= len(secret) <= 100 or not secret.isascii():
            raise Invalid("this address is not whole: copy all of it")
        found = await calendars.feed(self._runtime, installation_of(request), secret)
        return Response(found, media_type="text/calendar; charset=utf-8", headers=_NO_STORE | {"Content-Disposition": 'inline; filename="mentorship.ics"'})
