"""``/status`` and ``/status/{installation}``: how things stand, for admins and whoever wonders. No member, name or address is on it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from starlette.requests import Request
from starlette.responses import Response

from plugin.domain.community import InstallationState
from plugin.errors import NotFound, PluginError
from plugin.services.operations.vitals import Vitals, Watch
from plugin.services.runtime import Runtime
from plugin.texts import web as words
from plugin.web.browser import installation_of
from plugin.web.pages import render, speaker_for

LATE = timedelta(minutes=5)
"""A delivery or a message that waits longer than this is late."""
UNREAD = timedelta(hours=6)
"""A community that was not read for so long is out of date."""


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that is looked at. ``good`` is ``None`` for a plain number."""

    text: str
    value: str | int | datetime | None
    good: bool | None = None


class Status:
    """The two pages."""

    def __init__(self, runtime: Runtime, watch: Watch) -> None:
        self._runtime = runtime
        self._watch = watch

    async def overall(self, request: Request) -> Response:
        """The service as a whole."""
        try:
            await self._runtime.database.check()
            found = await self._watch.all()
        except PluginError:
            return self._page(request, [Line(words.STATUS_PAGE["database"], words.STATUS_PAGE["away"], good=False)], status=503)
        served = [one for one in found if one.state is InstallationState.ACTIVE]
        lines = [Line(words.STATUS_PAGE["database"], words.STATUS_PAGE["answers"], good=True), Line(words.STATUS_PAGE["communities"], len(served))]
        return self._page(request, lines + self._work(served))

    async def community(self, request: Request) -> Response:
        """One community, by the number that ``connect`` printed."""
        number = installation_of(request)
        found = next((one for one in await self._watch.all() if one.installation_id == number), None)
        if found is None or found.state is not InstallationState.ACTIVE:
            raise NotFound("there is no such community, or it is not connected")
        now = self._runtime.clock()
        read = found.last_read_at
        lines = [Line(words.STATUS_PAGE["read"], read, good=read is not None and now - read < UNREAD), *self._work([found])]
        if found.calls_left is not None:
            lines.append(Line(words.STATUS_PAGE["calls"], found.calls_left, good=found.calls_left > 0))
        return self._page(request, lines)

    def _work(self, found: list[Vitals]) -> list[Line]:
        now = self._runtime.clock()

        def waiting(text: str, moments: list[datetime | None]) -> Line:
            oldest = min((moment for moment in moments if moment is not None), default=None)
            return Line(text, oldest if oldest is not None else words.STATUS_PAGE["none"], good=oldest is None or now - oldest < LATE)

        dead = sum(one.deliveries.get("dead", 0) + one.messages.get("dead", 0) for one in found)
        return [
            waiting(words.STATUS_PAGE["delivery"], [one.oldest_delivery_at for one in found]),
            waiting(words.STATUS_PAGE["message"], [one.message_due_at for one in found]),
            Line(words.STATUS_PAGE["dead"], dead, good=dead == 0),
        ]

    def _page(self, request: Request, lines: list[Line], *, status: int = 200) -> Response:
        good = all(line.good is not False for line in lines)
        return render("status.html", speaker_for(request), status=status, lines=lines, good=good, now=self._runtime.clock(), texts=words.STATUS_PAGE)
