"""Whether the service lives, is ready, and how much it has to do."""

import asyncio
from datetime import datetime

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from plugin.errors import PluginError
from plugin.services.operations.vitals import Vitals, Watch
from plugin.services.runtime import Runtime

Series = dict[tuple[tuple[str, str], ...], float]


class Health:
    """``/healthz``, ``/readyz`` and ``/metrics``."""

    def __init__(self, runtime: Runtime, watch: Watch) -> None:
        self._runtime = runtime
        self._watch = watch
        self.worker: asyncio.Task[None] | None = None
        """The worker of this process, if it has one."""

    @property
    def routes(self) -> list[Route]:
        """Where the three are."""
        return [Route("/healthz", self.alive), Route("/readyz", self.ready), Route("/metrics", self.metrics)]

    async def alive(self, _request: Request) -> Response:
        """The process answers, and its worker goes on."""
        if self.worker is not None and self.worker.done():
            return JSONResponse({"status": "the worker of this process ended: restart it"}, 503)
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
        found = await self._watch.all()
        self._runtime.meter.begin(installations=(one.installation_id for one in found))
        gauges = gauges_of(found, now=self._runtime.clock())
        return Response(self._runtime.meter.text(gauges), media_type="text/plain; version=0.0.4; charset=utf-8")


def gauges_of(found: list[Vitals], *, now: datetime) -> dict[str, Series]:
    """What there is to do, over all communities; what an operator looks for in one of them carries its number."""
    series: dict[str, Series] = {name: {} for name in ("deliveries", "messages", "communities", "host_calls_left", "last_reading_seconds")}

    def add(name: str, label: tuple[str, str], value: float) -> None:
        series[name][(label,)] = series[name].get((label,), 0.0) + value

    def age(moment: datetime | None) -> float:
        return 0.0 if moment is None else max(0.0, (now - moment).total_seconds())

    for one in found:
        add("communities", ("state", one.state.value), 1)
        for state, count in one.deliveries.items():
            add("deliveries", ("state", state), count)
        for state, count in one.messages.items():
            add("messages", ("state", state), count)
        number = ("installation", str(one.installation_id))
        if one.calls_left is not None:
            add("host_calls_left", number, one.calls_left)
        if one.last_read_at is not None:
            add("last_reading_seconds", number, age(one.last_read_at))
    series["oldest_delivery_seconds"] = {(): max((age(one.oldest_delivery_at) for one in found), default=0.0)}
    series["outbox_lag_seconds"] = {(): max((age(one.message_due_at) for one in found), default=0.0)}
    return series
