"""The control of a running double, for tests and demonstrations."""

from types import TracebackType
from typing import Self

import httpx2

from integrations.discourse.double.errors import Json


class ControlError(Exception):
    """The double did not do what was asked; ``status`` is the forum's own status when a rule of the forum refused it."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class DoubleControl:
    """Everything under ``/_double`` as methods. Close it, or use it as a context manager."""

    def __init__(self, base_url: str, *, transport: httpx2.AsyncBaseTransport | None = None) -> None:
        self.base_url = base_url.rstrip("/")
        self.http = httpx2.AsyncClient(base_url=self.base_url, transport=transport, timeout=60.0, trust_env=False)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.close()

    async def close(self) -> None:
        """Let the connections go."""
        await self.http.aclose()

    async def _ask(self, method: str, name: str, values: Json | None = None, params: dict[str, str] | None = None) -> Json:
        response = await self.http.request(method, f"/_double/{name}", json=values, params=params)
        if response.status_code != 200:
            raise ControlError(response.status_code, response.text)
        found: Json = response.json()
        return found

    async def state(self, *parts: str) -> Json:
        """The content in a fixed order."""
        return await self._ask("GET", "state", params={"parts": ",".join(parts)} if parts else None)

    async def act(self, act: str, **values: object) -> Json:
        """Let a member, staff or the system do something."""
        return await self._ask("POST", "act", {"act": act, **values})

    async def acts(self, *acts: Json) -> list[Json]:
        """Several acts in one request; ends at the first that is refused."""
        results = (await self._ask("POST", "act", {"acts": list(acts)}))["results"]
        return results if isinstance(results, list) else []

    async def api_key(self, **values: object) -> str:
        """A new API key; without arguments a global one."""
        return str((await self.act("api_key", **values))["key"])

    async def settings(self, **values: object) -> Json:
        """Change settings and read all."""
        return await self._ask("POST", "settings", dict(values))

    async def freeze(self, at: float | str | None = None) -> Json:
        """Stop the forum's clock."""
        return await self._ask("POST", "clock", {"freeze": True if at is None else at})

    async def advance(self, seconds: float) -> Json:
        """Move the forum's clock."""
        return await self._ask("POST", "clock", {"advance": seconds})

    async def set_clock(self, at: float | str) -> Json:
        """Set the forum's clock."""
        return await self._ask("POST", "clock", {"set": at})

    async def run_clock(self) -> Json:
        """Let the forum's clock go on."""
        return await self._ask("POST", "clock", {"run": True})

    async def faults(self, *faults: Json, seed: int = 0) -> Json:
        """Replace the faults; none takes all away."""
        return await self._ask("POST", "faults", {"faults": list(faults), "seed": seed})

    async def fault_hits(self) -> Json:
        """The faults and how often each hit."""
        return await self._ask("GET", "faults")

    async def deliveries(self, **values: object) -> Json:
        """``pause``, ``resume``, ``shuffle``, ``parallel``, ``drop_percent``, ``duplicate_percent``, ``seed``, ``discard``, ``flush``."""
        return await self._ask("POST", "deliveries", dict(values))

    async def flush(self, *, seconds: float = 10.0) -> Json:
        """Send what waits and come back when all is sent. Raises :class:`ControlError` when it takes longer."""
        found = await self.deliveries(flush=seconds)
        if not found["idle"]:
            raise ControlError(504, f"deliveries are still under way after {seconds} s: {found}")
        return found

    async def load(self, **values: object) -> Json:
        """Load an archive (``topics``, ``users``, ``webhooks``, ``limit``) or demo data (``demo``)."""
        return await self._ask("POST", "load", {key: value if isinstance(value, bool | int) else str(value) for key, value in values.items()})

    async def calls(self, *, reset: bool = False) -> Json:
        """The API calls by route."""
        return await self._ask("GET", "calls", params={"reset": "1"} if reset else None)

    async def theme(self, name: str) -> Json:
        """An installed component: ``files``, ``settings``, and whether members see it (``active``)."""
        return await self._ask("GET", "theme", params={"name": name})

    async def compiled(self, name: str, script: str) -> None:
        """Put in what the component's scripts were compiled to; pages load it."""
        await self._ask("POST", "theme", {"name": name, "script": script})

    async def reset(self) -> Json:
        """Forget all content; settings stay."""
        return await self._ask("POST", "reset", {})
