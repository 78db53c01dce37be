"""The one way out: a guarded HTTP client for every address that an admin or developer can name.

The name is resolved here, every address it has must be public (or allowed by ``MENTORGRAPH_ALLOW_PRIVATE``), and the connection goes to the address that was
checked, so that a name cannot change its mind between the check and the use. No redirect is followed. Time, size and compression are bounded. Calls to one
host are paced; a host that fails again and again is left alone for a while.
"""

import asyncio
import email.utils
import ipaddress
import random
import socket
import ssl
import zlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Protocol
from urllib.parse import urlsplit

import httpx2
import orjson

from mentorgraph.host import HostBroken, HostBusy, HostUnreachable, RateLimit, Response, Upload
from plugin.pace import Gate, Gates

MAX_BODY = 8 * 2**20
"""Largest answer in bytes, before and after decompression."""
_STEP = 65536
"""Bytes that are decompressed at once."""
UNHURRIED, BREATH = 2**18, 0.005
"""Bytes of an answer after which it is read slowly, and the seconds that everybody else has before each further step of all large ones of a community."""
TOTAL_SECONDS = 30.0
REPEATABLE = frozenset({"GET", "HEAD", "PUT", "DELETE", "OPTIONS"})
BREAK_AFTER = 5
"""Failures in a row after which a host is left alone."""
COOL_DOWN = 30.0
LONGEST_WAIT = 86_400.0
"""A host that asks us to wait for longer than a day is asked again after a day."""
_OWN_FAULT = frozenset({"private_address", "no_such_name", "bad_address", "circuit_open"})
"""Reasons that say nothing about how the host is, and that a repeat does not mend."""


class Resolver(Protocol):
    """Turns a name into addresses."""

    async def __call__(self, host: str, port: int, /) -> Sequence[str]: ...


async def system_resolver(host: str, port: int) -> Sequence[str]:
    """The addresses of a name as the system knows them."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))


_GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
"""All that is given out of IPv6 (RFC 4291 section 2.4); whatever lies outside wraps an IPv4 address, or is for some purpose inside a network."""
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_SPECIAL = tuple(map(ipaddress.ip_network, ("192.0.0.0/24", "192.88.99.0/24", "3fff::/20")))
"""Of IANA's registries of special addresses what not every supported Python knows."""


def is_public(address: str) -> bool:
    """Whether an address can be on the public internet; those that wrap an IPv4 address are judged by it."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is not None:
            ip = inner
        elif ip in _NAT64:
            ip = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        elif ip not in _GLOBAL_UNICAST:
            return False
    return ip.is_global and not ip.is_multicast and not any(ip in one for one in _SPECIAL)


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

    async def _pin(self, url: str) -> tuple[str, str, str]:
        """The address to connect to, the Host header and the name to check the certificate by."""
        try:
            parts = urlsplit(url)
            port = parts.port or (443 if parts.scheme == "https" else 80)
        except ValueError as error:
            raise HostUnreachable("the address cannot be understood: it must look like https://forum.example.org", reason="bad_address") from error
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise HostUnreachable("the address must begin with http:// or https://", reason="bad_address")
        try:
            addresses = await self._resolver(parts.hostname, port)
        except (OSError, UnicodeError) as error:
            raise HostUnreachable(f"the name {parts.hostname} cannot be found: check the address", reason="no_such_name") from error
        if not addresses:
            raise HostUnreachable(f"the name {parts.hostname} cannot be found: check the address", reason="no_such_name")
        if f"{parts.hostname.lower()}:{port}" not in self._allowed and not all(map(is_public, addresses)):
            raise HostUnreachable(
                f"{parts.hostname}:{port} is a private address: add it to MENTORGRAPH_ALLOW_PRIVATE if that is meant", reason="private_address"
            )
        shown = f"[{addresses[0]}]" if ":" in addresses[0] else addresses[0]
        pinned = f"{parts.scheme}://{shown}:{port}{parts.path or '/'}" + (f"?{parts.query}" if parts.query else "")
        return pinned, parts.netloc.rpartition("@")[2], parts.hostname

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
        url = call.url
        name = url.partition("://")[2].partition("/")[0].lower()
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
                pinned, host, name = await self._pin(call.url)
                sent["Host"] = host
                request = self._client.build_request(
                    call.method,
                    pinned,
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
                    body = await self._read(answer)
                finally:
                    await answer.aclose()
        except TimeoutError as error:
            raise HostUnreachable(f"{name} did not answer in time", reason="timeout") from error
        except httpx2.TimeoutException as error:
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

    async def _read(self, answer: httpx2.Response) -> bytes:
        encoding = answer.headers.get("content-encoding", "identity").strip().lower()
        if encoding not in {"identity", "gzip", "x-gzip", ""}:
            # We asked for gzip at most. Layers of it multiply: a small answer in two could fill the memory within one step.
            raise HostBroken("the host sent an answer in a compression that was not asked for", reason="bad_compression")
        declared = answer.headers.get("content-length", "")
        if declared.isascii() and declared.isdigit() and (len(declared) > 12 or int(declared) > MAX_BODY):
            # Megabytes that would be thrown away take time from everybody else.
            raise HostBroken(_TOO_LARGE, reason="too_large")
        found, plain = bytearray(), None if encoding in {"identity", ""} else zlib.decompressobj(wbits=31)
        async for part in answer.aiter_raw(65536):
            if plain is None:
                found += part
            else:
                await _grow(found, plain, part, breathe=self._breathe)
            if max(len(found), answer.num_bytes_downloaded) > MAX_BODY:
                raise HostBroken(_TOO_LARGE, reason="too_large")
            if len(found) > UNHURRIED:
                await self._breathe()
        return bytes(found)


_TOO_LARGE = "the host sent more than 8 MB in one answer"


async def _grow(found: bytearray, plain: "zlib._Decompress", part: bytes, *, breathe: Callable[[], Awaitable[object]]) -> None:
    """Decompress a part in steps, between which others go on: a few kilobytes can be a hundred megabytes."""
    while True:
        step = plain.decompress(part, _STEP)
        found += step
        if len(found) > MAX_BODY:
            raise HostBroken(_TOO_LARGE, reason="too_large")
        part = plain.unconsumed_tail
        if not part and len(step) < _STEP:
            return
        await (breathe() if len(found) > UNHURRIED else asyncio.sleep(0))


@dataclass(frozen=True, slots=True)
class _Call:
    """One request as it was asked for."""

    method: str
    url: str
    headers: dict[str, str]
    params: Sequence[tuple[str, str]]
    json: object | None = None
    form: Sequence[tuple[str, str]] | None = None
    upload: Upload | None = None


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
