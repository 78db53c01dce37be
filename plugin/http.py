"""The one way out: a guarded HTTP client for every address that an admin or developer can name.

The name is resolved here, every address it has must be public (or allowed by ``MENTORGRAPH_ALLOW_PRIVATE``), and the connection goes to the address that was
checked, so that a name cannot change its mind between the check and the use. No redirect is followed. Time, size and compression are bounded. Calls to one
host are paced; a host that fails again and again is left alone for a while.
"""

import asyncio
import email.utils
import random
import ssl
import zlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache

import httpx2
import orjson

from mentorgraph.host import HostBroken, HostBusy, HostDenied, HostUnreachable, RateLimit, Response, Upload
from plugin.addresses import Resolver, pinned_address, system_resolver
from plugin.bodies import read_body
from plugin.pace import Gate, Gates

BREATH = 0.005
"""Seconds that everybody else has before each further step of all large answers of a community."""
TOTAL_SECONDS = 30.0
REPEATABLE = frozenset({"GET", "HEAD", "PUT", "DELETE", "OPTIONS"})
BREAK_AFTER = 5
"""Failures in a row after which a host is left alone."""
COOL_DOWN = 30.0
LONGEST_WAIT = 86_400.0
"""A host that asks us to wait for longer than a day is asked again after a day."""
_OWN_FAULT = frozenset({"private_address", "no_such_name", "bad_address", "circuit_open"})
"""Reasons that say nothing about how the host is, and that a repeat does not mend."""


@dataclass
class _Health:
    failures: int = 0
    open_until: float = 0.0
    next_at: float = 0.0
    tokens: float = 0.0
    refilled_at: float | None = None
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


@dataclass(frozen=True, kw_only=True)
class Patience:
    """How long a caller waits for a host that says "later". Work in the background has much of it, a person at a prompt has little."""

    total: float = 120.0
    tries: int = 4


@cache
def _trusted() -> ssl.SSLContext:
    """Whom this machine trusts, read once: a copy for each community is 20 ms of a processor and the better part of a megabyte."""
    return httpx2.create_ssl_context(trust_env=False)


class GuardedHttp:
    """See :class:`mentorgraph.host.Http`. One object serves one installation; ``limit`` is what its host allows."""

    def __init__(
        self,
        *,
        allow_private: Sequence[str],
        limit: RateLimit,
        patience: Patience,
        resolver: Resolver = system_resolver,
        monotonic: Callable[[], float] | None = None,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        gates: Gates | None = None,
        user_agent: str = "Mentorgraph/0.1",
        trust: ssl.SSLContext | None = None,
    ) -> None:
        self._allowed = frozenset(entry.lower().replace("[", "").replace("]", "") for entry in allow_private)
        self._limit = limit
        self._patience = patience
        self._gates = gates or Gates()
        self._resolver = resolver
        self._monotonic = monotonic
        self._sleep = sleep
        self._random = random.Random()  # noqa: S311 - spreads retries, guards nothing
        self._health: dict[str, _Health] = {}
        self._unhurried = asyncio.Lock()
        self._client = httpx2.AsyncClient(
            headers={"User-Agent": user_agent, "Accept": "application/json", "Accept-Encoding": "gzip"},
            timeout=httpx2.Timeout(TOTAL_SECONDS, connect=5.0),
            verify=trust or _trusted(),
            follow_redirects=False,
            trust_env=False,
            limits=httpx2.Limits(max_connections=4, max_keepalive_connections=2),
        )
        self.calls = 0
        """Requests made, for reports."""

    async def close(self) -> None:
        """Let connections go."""
        await self._client.aclose()

    def _now(self) -> float:
        return self._monotonic() if self._monotonic else asyncio.get_running_loop().time()

    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Sequence[tuple[str, str]] = (),
        json: object | None = None,
        form: Sequence[tuple[str, str]] | None = None,
        repeatable: bool | None = None,
    ) -> Response:
        """See :meth:`mentorgraph.host.Http.request`. Raises :class:`HostBusy` when the host's wait is longer than the patience."""
        again = method.upper() in REPEATABLE if repeatable is None else repeatable
        return await self._tried(_Call(method, url, dict(headers or {}), params, json=json, form=form), again=again)

    async def upload(self, url: str, upload: Upload, *, headers: Mapping[str, str] | None = None, form: Sequence[tuple[str, str]] = ()) -> Response:
        """See :meth:`mentorgraph.host.UploadingHttp.upload`."""
        return await self._tried(_Call("POST", url, dict(headers or {}), (), form=form, upload=upload), again=False)

    async def _tried(self, call: "_Call", *, again: bool) -> Response:
        name = call.url.partition("://")[2].partition("/")[0].lower()
        health, gate = self._health.setdefault(name, _Health()), self._gates.of(name, self._limit.per_address)
        deadline = self._now() + self._patience.total
        for attempt in range(1, self._patience.tries + 1):
            last = attempt == self._patience.tries
            await self._turn(health, gate, deadline)
            try:
                answer = await self._once(call)
            except HostBroken:
                self._note(health, ok=True)
                raise
            except HostUnreachable as error:
                if error.reason in _OWN_FAULT:
                    self._note(health, ok=True)
                    raise
                self._note(health, ok=False)
                if last or not again:
                    raise
                await self._pause(self._backoff(attempt), deadline, error)
                continue
            self._note(health, ok=answer.status < 500)
            wait = retry_after(answer)
            if answer.status == 429 and wait is None:
                wait = 60.0
            if answer.status in {429, 502, 503, 504} and wait is not None:
                # Nobody calls before the time is over, whoever is told so and whether or not this call is made again.
                health.next_at = max(health.next_at, self._now() + wait)
            if answer.status == 429:
                # The host refused without doing anything, so even a POST may be repeated.
                if last or health.next_at > deadline:
                    return answer
                continue
            if answer.status in {502, 503, 504} and again and not last:
                pause = self._backoff(attempt) if wait is None else wait
                if self._now() + pause > deadline:
                    return answer
                await self._sleep(pause)
                continue
            return answer
        raise AssertionError("the last try returns or raises")

    async def _pause(self, seconds: float, deadline: float, error: HostUnreachable) -> None:
        if self._now() + seconds > deadline:
            raise error
        await self._sleep(seconds)

    def _backoff(self, attempt: int) -> float:
        """Exponential with full jitter."""
        return self._random.uniform(0, min(30.0, 0.5 * 2**attempt))

    def _note(self, health: _Health, *, ok: bool) -> None:
        health.failures = 0 if ok else health.failures + 1
        # Half open afterwards: the count stays, so that a single further failure opens it again.
        health.open_until = self._now() + COOL_DOWN if health.failures >= BREAK_AFTER else 0.0

    async def _turn(self, health: _Health, gate: Gate | None, deadline: float) -> None:
        """Wait for this call's turn: the pace, what the host asked for, and the pause after failures."""
        async with health.lock:
            while True:
                now = self._now()
                if health.open_until > now:
                    raise HostUnreachable("the host failed several times in a row and is left alone for a moment", reason="circuit_open")
                wait = max(health.next_at - now, self._refill(health, now), gate.wait(now) if gate else 0.0)
                if wait <= 0:
                    break
                if now + wait > deadline:
                    raise HostBusy("the host asked us to wait", retry_after=wait)
                # Looked at again afterwards: a call that was under way may have been told to wait for longer.
                await self._sleep(wait)
            health.tokens -= 1
            if gate:
                gate.take(now)
            if health.failures >= BREAK_AFTER:
                # One call finds out whether the host is back; the others wait for what it finds.
                health.open_until = now + COOL_DOWN

    def _refill(self, health: _Health, now: float) -> float:
        """Add the tokens that time brought; returns the seconds until there is one."""
        rate, burst = self._limit.per_minute / 60, float(self._limit.burst)
        health.tokens = burst if health.refilled_at is None else min(burst, health.tokens + (now - health.refilled_at) * rate)
        health.refilled_at = now
        # Rounding must not leave a billionth of a token to wait for.
        return 0.0 if health.tokens >= 1 - 1e-9 else (1 - health.tokens) / rate

    async def _once(self, call: "_Call") -> Response:
        name = place = call.url.partition("://")[2].partition("/")[0].rpartition("@")[2]
        content: bytes | None = None
        sent = dict(call.headers)
        if call.json is not None:
            content = orjson.dumps(call.json)
            sent["Content-Type"] = "application/json"
        file = call.upload
        files = None if file is None else {file.part: (file.name, file.content, file.media_type)}
        try:
            async with asyncio.timeout(TOTAL_SECONDS):
                pinned, host, name = await pinned_address(call.url, resolver=self._resolver, allowed=self._allowed)
                sent["Host"] = host
                request = self._client.build_request(
                    call.method,
                    _address(pinned),
                    headers=sent,
                    params=list(call.params) or None,
                    content=content,
                    data=_form(call.form),
                    files=files,
                    extensions={"sni_hostname": name},
                )
                self.calls += 1
                answer = await self._client.send(request, stream=True)
                try:
                    body = await read_body(answer, breathe=self._breathe)
                finally:
                    await answer.aclose()
        except (TimeoutError, httpx2.TimeoutException) as error:
            raise HostUnreachable(f"{name} did not answer in time", reason="timeout") from error
        except zlib.error as error:
            raise HostBroken(f"{name} sent an answer that cannot be decompressed", reason="bad_compression") from error
        except (httpx2.HTTPError, OSError) as error:
            raise HostUnreachable(_unreachable(place, error), reason="no_connection") from error
        return Response(status=answer.status_code, headers={key.lower(): value for key, value in answer.headers.items()}, body=body)

    async def _breathe(self) -> None:
        """Let everybody else go on; one large answer at a time gets its next step."""
        async with self._unhurried:
            await asyncio.sleep(BREATH)


@dataclass(frozen=True, slots=True)
class _Call:
    """One request as it was asked for. Raises :class:`HostDenied` for headers that cannot be sent."""

    method: str
    url: str
    headers: dict[str, str]
    params: Sequence[tuple[str, str]]
    json: object | None = None
    form: Sequence[tuple[str, str]] | None = None
    upload: Upload | None = None

    def __post_init__(self) -> None:
        if not all(value.isascii() and value.isprintable() for value in self.headers.values()):
            raise HostDenied("a character of the key, or of the name that it acts as, cannot be sent: copy it anew", reason="key_refused")


def _address(pinned: str) -> httpx2.URL:
    try:
        return httpx2.URL(pinned)
    except (httpx2.InvalidURL, UnicodeError) as error:
        raise HostUnreachable("the address has a character that cannot be sent, or is too long: check it", reason="bad_address") from error


def _form(form: Sequence[tuple[str, str]] | None) -> dict[str, list[str]] | None:
    if form is None:
        return None
    found: dict[str, list[str]] = {}
    for key, value in form:
        found.setdefault(key, []).append(value)
    return found


def retry_after(answer: Response, *, now: datetime | None = None) -> float | None:
    """Seconds of a ``Retry-After`` header in either form (RFC 9110 §10.2.3); at most :data:`LONGEST_WAIT`, ``None`` if there is none or it makes no sense."""
    text = answer.headers.get("retry-after", "").strip()
    if not text:
        return None
    if text.isascii() and text.isdigit() and len(text) < 10:
        return min(float(text), LONGEST_WAIT)
    try:
        moment = email.utils.parsedate_to_datetime(text)
    except (ValueError, IndexError, OverflowError, TypeError):
        # The parser of the standard library raises all of them.
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return min(max(0.0, (moment - (now or datetime.now(UTC))).total_seconds()), LONGEST_WAIT)


def _unreachable(place: str, error: BaseException) -> str:
    causes: list[BaseException] = [error]
    while (cause := causes[-1].__cause__ or causes[-1].__context__) is not None:
        causes.append(cause)
    if any(isinstance(one, ssl.SSLCertVerificationError) for one in causes):
        return f"{place} has no certificate that can be trusted for this name: check the address and the certificate"
    if any(isinstance(one, ssl.SSLError) for one in causes):
        return f"{place} does not speak TLS as it should: check whether the address begins with http:// or https://"
    if isinstance(error, httpx2.ConnectError):
        return f"nothing answers at {place}: check the address, and that it is running"
    return f"{place} broke the connection off ({type(error).__name__}): try again, and look into its log if it happens again"
