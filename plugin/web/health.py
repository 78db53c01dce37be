"""Whether the service lives, is ready, and how much it has to do."""

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from plugin.errors import PluginError
from plugin.services.runtime import Runtime
from plugin.store.unit_of_work import UnitOfWork
from plugin.web.metrics import Metrics


class Health:
    """``/healthz``, ``/readyz`` and ``/metrics``."""

    def __init__(self, runtime: Runtime, metrics: Metrics) -> None:
        self._runtime = runtime
        self._metrics = metrics

    async def alive(self, _request: Request) -> Response:
        """The process answers."""
        return JSONResponse({"status": "ok"})

    async def ready(self, _request: Request) -> Response:
        """The database answers and has this version's tables."""
        try:
            await self._runtime.database.check()
        except PluginError as error:
            return JSONResponse({"status": "not ready", "reason": error.code, "message": error.message}, 503)
        return JSONResponse({"status": "ready"})

    async def metrics(self, _request: Request) -> Response:
        """Prometheus reads this."""
        inbox: dict[str, int] = {}
        outbox: dict[str, int] = {}
        oldest = 0.0
        now = self._runtime.clock()

        def work(unit: UnitOfWork) -> tuple[dict[str, int], dict[str, int], float]:
            waiting = unit.inbox.oldest()
            return unit.inbox.counts(), unit.outbox.counts(), 0.0 if waiting is None else (now - waiting).total_seconds()

        for installation_id in await self._runtime.database.dispatch(lambda dispatcher: dispatcher.installation_ids()):
            deliveries, messages, age = await self._runtime.database.read(installation_id, work)
            for total, counts in ((inbox, deliveries), (outbox, messages)):
                for state, count in counts.items():
                    total[state] = total.get(state, 0) + count
            oldest = max(oldest, age)
        return PlainTextResponse(self._metrics.text({"deliveries": inbox, "messages": outbox}, oldest), media_type="text/plain; version=0.0.4")
