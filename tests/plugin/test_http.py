"""The one way out, under attack from the other end."""

import asyncio
import email.utils
import gzip
import ssl
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import httpx2
import pytest
import trustme
from hypothesis import given
from hypothesis import strategies as st

from mentorgraph.host import HostBroken, HostBusy, HostDenied, HostUnreachable, RateLimit, Response
from plugin import bodies, http
from plugin.addresses import Resolver, system_resolver
from plugin.bodies import MAX_BODY
from plugin.http import BREAK_AFTER, COOL_DOWN, LONGEST_WAIT, GuardedHttp, Patience, retry_after

Answering = Callable[[bytes, asyncio.StreamWriter], Awaitable[None]]
FAST = RateLimit(per_minute=6_000_000, burst=10_000)


@dataclass
class FakeTime:
    """A clock that sleeping moves, and what was slept."""

    now: float = 1000.0
    slept: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)


@dataclass
class Peer:
    """A server on loopback that answers as it is told and keeps what it was asked, and when."""

    answering: Answering
    time: FakeTime
    port: int = 0
    requests: list[bytes] = field(default_factory=list)
    at: list[float] = field(default_factory=list)

    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.tasks.add(task)
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = next((int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0)
                self.requests.append(head + await reader.readexactly(length))
                self.at.append(self.time.now)
                await self.answering(self.requests[-1], writer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()


def answer(status: int = 200, body: bytes = b"{}", **headers: str) -> Answering:
    return answers([(status, headers, body)])


def answers(several: Sequence[tuple[int, dict[str, str], bytes]]) -> Answering:
    """One after the other; the last again and again."""
    left = list(several)

    async def say(_request: bytes, writer: asyncio.StreamWriter) -> None:
        status, headers, body = left.pop(0) if len(left) > 1 else left[0]
        lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}", *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items()), "", ""]
        writer.write("\r\n".join(lines).encode() + body)

    return say


@asynccontextmanager
async def peer(answering: Answering, *, context: ssl.SSLContext | None = None) -> AsyncIterator[Peer]:
    found = Peer(answering, FakeTime())
    server = await asyncio.start_server(found.handle, "127.0.0.1", 0, ssl=context)
    found.port = server.sockets[0].getsockname()[1]
    try:
        yield found
    finally:
        server.close()
        for task in found.tasks:
            task.cancel()
        await asyncio.gather(*found.tasks, return_exceptions=True)


def client(found: Peer, *, limit: RateLimit = FAST, patience: Patience | None = None, resolver: Resolver = system_resolver, **more: object) -> GuardedHttp:
    return GuardedHttp(
        allow_private=[f"127.0.0.1:{found.port}", f"forum.example:{found.port}"],
        limit=limit,
        patience=patience or Patience(),
        resolver=resolver,
        monotonic=found.time,
        sleep=found.time.sleep,
        **more,  # type: ignore[arg-type]  # keyword arguments of its own
    )


async def to_loopback(_host: str, _port: int) -> Sequence[str]:
    return ["127.0.0.1"]


async def get(found: Peer, **more: object) -> Response:
    guarded = client(found, **more)  # type: ignore[arg-type]  # handed on
    try:
        return await guarded.request("GET", f"http://127.0.0.1:{found.port}/x")
    finally:
        await guarded.close()


# ---------------------------------------------------------------------------------------------------------------------- addresses


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "0177.0.0.1",
        "127.1",
        "127.0.0.1.",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[0:0:0:0:0:ffff:7f00:1]",
        "localhost",
        "LOCALHOST",
        "user:pass@127.0.0.1",
        "1.1.1.1@127.0.0.1",
    ],
)
async def test_loopback_is_refused_in_all_its_spellings(host: str) -> None:
    async with peer(answer()) as found:
        guarded = GuardedHttp(allow_private=[], limit=FAST, patience=Patience(), monotonic=found.time, sleep=found.time.sleep)
        with pytest.raises(HostUnreachable) as caught:
            await guarded.request("GET", f"http://{host}:{found.port}/")
        # A name that no resolver takes is as good.
        assert caught.value.reason in {"private_address", "no_such_name"}
        assert not found.requests
        assert found.time.slept == []
        await guarded.close()


@pytest.mark.parametrize(
    "url",
    [
        "",
        "forum.example",
        "ftp://forum.example/",
        "file:///etc/passwd",
        "http://",
        "http:///x",
        "http://[",
        "http://[::1",
        "http://forum.example:99999/",
        "http://forum.example:x/",
        "gopher://1.1.1.1",
        "http://\x00/",
        "//x",
        "http://127.0.0.1:1/\x01",
        "http://127.0.0.1:1/?q=\x7f",
        "http://127.0.0.1:1/\udc80",
        f"http://127.0.0.1:1/{'x' * 70_000}",
        f"http://{'ü' * 70}.example/",
    ],
)
async def test_what_is_no_address_is_said_so(url: str) -> None:
    guarded = GuardedHttp(allow_private=["127.0.0.1:1"], limit=FAST, patience=Patience(tries=1))
    with pytest.raises(HostUnreachable) as caught:
        await guarded.request("GET", url)
    assert caught.value.reason in {"bad_address", "no_such_name"}
    assert "\n" not in caught.value.message
    await guarded.close()


async def test_a_name_in_any_letters_is_called_as_the_network_spells_it() -> None:
    async with peer(answer()) as found:
        guarded = GuardedHttp(
            allow_private=[f"xn--bcher-kva.example:{found.port}"], limit=FAST, patience=Patience(), monotonic=found.time, resolver=to_loopback
        )
        assert (await guarded.request("GET", f"http://bücher.example:{found.port}/ü")).status == 200
        assert f"Host: xn--bcher-kva.example:{found.port}\r\n".encode() in found.requests[0]
        await guarded.close()


@pytest.mark.parametrize("key", ["schlüssel", "\u201ckey\u201d", "key\x01", "key\r\nX-More: 1"])
async def test_a_key_that_cannot_be_sent_is_refused_like_a_wrong_one(key: str) -> None:
    async with peer(answer()) as found:
        guarded = client(found)
        with pytest.raises(HostDenied) as caught:
            await guarded.request("GET", f"http://127.0.0.1:{found.port}/", headers={"Api-Key": key})
        assert (caught.value.reason, found.requests) == ("key_refused", [])
        assert key not in caught.value.message
        await guarded.close()


async def test_one_private_address_among_public_ones_is_enough_to_refuse() -> None:
    async def both(_host: str, _port: int) -> Sequence[str]:
        return ["1.1.1.1", "127.0.0.1"]

    guarded = GuardedHttp(allow_private=[], limit=FAST, patience=Patience(), resolver=both)
    with pytest.raises(HostUnreachable) as caught:
        await guarded.request("GET", "http://forum.example/")
    assert caught.value.reason == "private_address"
    assert "MENTORGRAPH_ALLOW_PRIVATE" in caught.value.message
    await guarded.close()


async def test_a_name_cannot_change_its_mind_between_the_check_and_the_use() -> None:
    """The name is resolved once a request; the connection goes to what was checked, and each further request is checked anew."""
    asked: list[str] = []

    async def rebinding(host: str, _port: int) -> Sequence[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.1"]

    async with peer(answer()) as found:
        guarded = client(found, resolver=rebinding)
        assert (await guarded.request("GET", f"http://forum.example:{found.port}/a")).status == 200
        assert len(asked) == 1
        assert f"Host: forum.example:{found.port}".encode() in found.requests[0]
        await guarded.close()
        strict = GuardedHttp(allow_private=[], limit=FAST, patience=Patience(), resolver=rebinding)
        with pytest.raises(HostUnreachable) as caught:
            await strict.request("GET", f"http://forum.example:{found.port}/")
        assert caught.value.reason == "private_address"
        assert len(asked) == 2
        await strict.close()


async def test_allowing_is_for_the_very_host_and_port() -> None:
    async with peer(answer()) as found:
        for url in (f"http://127.0.0.2:{found.port}/", f"http://localhost:{found.port}/", "http://127.0.0.1:1/"):
            guarded = client(found)
            with pytest.raises(HostUnreachable) as caught:
                await guarded.request("GET", url)
            assert caught.value.reason == "private_address"
            await guarded.close()
        assert (await get(found)).status == 200


async def test_an_allowed_ipv6_address_may_be_written_in_brackets() -> None:
    guarded = GuardedHttp(allow_private=["[::1]:9"], limit=FAST, patience=Patience(tries=1))
    with pytest.raises(HostUnreachable) as caught:
        await guarded.request("GET", "http://[::1]:9/")
    assert caught.value.reason == "no_connection"
    assert str(caught.value) == "nothing answers at [::1]:9: check the address, and that it is running"
    await guarded.close()


async def test_an_address_that_does_not_speak_tls_is_said_so() -> None:
    async def plainly(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(plainly, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    guarded = GuardedHttp(allow_private=[f"127.0.0.1:{port}"], limit=FAST, patience=Patience(tries=1))
    with pytest.raises(HostUnreachable, match="http:// or https://"):
        await guarded.request("GET", f"https://127.0.0.1:{port}/")
    await guarded.close()
    server.close()


async def test_what_is_asked_arrives_as_it_was_meant() -> None:
    async with peer(answer()) as found:
        guarded = client(found, resolver=to_loopback)
        await guarded.request("POST", f"http://user:pass@forum.example:{found.port}/a/b?x=1", json={"k": "ä"}, headers={"Api-Key": "k"})
        await guarded.request("GET", f"http://forum.example:{found.port}", params=[("q", "a b"), ("q", "c&d")])
        await guarded.request("POST", f"http://forum.example:{found.port}/f", form=[("a[]", "1"), ("a[]", "2")])
        post, plain, form = found.requests
        assert post.startswith(b"POST /a/b?x=1 HTTP/1.1\r\n")
        assert b"api-key: k" in post.lower()
        assert b"authorization" not in post.lower()
        assert b"pass" not in post
        assert post.endswith('{"k":"ä"}'.encode())
        assert plain.startswith((b"GET /?q=a+b&q=c%26d HTTP", b"GET /?q=a%20b&q=c%26d HTTP"))
        assert form.endswith(b"a%5B%5D=1&a%5B%5D=2")
        assert guarded.calls == 3
        await guarded.close()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_no_redirect_is_followed(status: int) -> None:
    async with peer(answer(status, Location="http://169.254.169.254/latest/meta-data")) as found:
        assert (await get(found)).status == status
        assert len(found.requests) == 1


# ---------------------------------------------------------------------------------------------------------------------- certificates


def _tls(authority: trustme.CA, name: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return context


@pytest.mark.parametrize(("name", "good"), [("forum.example", True), ("other.example", False), ("127.0.0.1", False)])
async def test_the_certificate_is_checked_by_the_name_although_the_connection_goes_to_the_address(name: str, *, good: bool) -> None:
    authority = trustme.CA()
    trust = ssl.create_default_context()
    authority.configure_trust(trust)
    async with peer(answer(), context=_tls(authority, name)) as found:
        guarded = client(found, resolver=to_loopback, trust=trust, patience=Patience(tries=1))
        if good:
            assert (await guarded.request("GET", f"https://forum.example:{found.port}/")).status == 200
        else:
            with pytest.raises(HostUnreachable) as caught:
                await guarded.request("GET", f"https://forum.example:{found.port}/")
            assert caught.value.reason == "no_connection"
            assert "certificate" in str(caught.value)
            assert not found.requests
        await guarded.close()


async def test_whom_the_machine_trusts_is_kept_once_for_all_communities(monkeypatch: pytest.MonkeyPatch) -> None:
    read, really = 0, httpx2.create_ssl_context

    def counted(*, trust_env: bool) -> ssl.SSLContext:
        nonlocal read
        read += 1
        return really(trust_env=trust_env)

    monkeypatch.setattr(httpx2, "create_ssl_context", counted)
    http._trusted.cache_clear()
    clients = [GuardedHttp(allow_private=[], limit=FAST, patience=Patience()) for _ in range(3)]
    assert read == 1
    for one in clients:
        await one.close()


async def test_a_certificate_of_an_unknown_authority_is_refused() -> None:
    async with peer(answer(), context=_tls(trustme.CA(), "forum.example")) as found:
        guarded = client(found, resolver=to_loopback, patience=Patience(tries=1))
        with pytest.raises(HostUnreachable):
            await guarded.request("GET", f"https://forum.example:{found.port}/")
        assert not found.requests
        await guarded.close()


# ---------------------------------------------------------------------------------------------------------------------- size and time


def _raw(*pieces: bytes, pause: float = 0.0, close: bool = True) -> Answering:
    async def say(_request: bytes, writer: asyncio.StreamWriter) -> None:
        for one in pieces:
            writer.write(one)
            await writer.drain()
            await asyncio.sleep(pause)
        if close:
            writer.close()

    return say


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


async def test_an_answer_within_the_limit_is_taken_whole() -> None:
    async with peer(answer(body=b"x" * 2**20)) as found:
        assert len((await get(found)).body) == 2**20


async def test_an_answer_without_end_is_cut_off() -> None:
    async def pour(_request: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD + b"\r\n")
        while True:
            writer.write(b"x" * 65536)
            await writer.drain()

    async with peer(pour) as found:
        with pytest.raises(HostBroken) as caught:
            await get(found)
        assert caught.value.reason == "too_large"


@pytest.mark.parametrize("layers", [1, 2, 3])
async def test_a_small_answer_that_grows_is_cut_off(layers: int) -> None:
    body = bytes(MAX_BODY + 2**20)
    for _ in range(layers):
        body = gzip.compress(body, 6)
    async with peer(answer(body=body, Content_Encoding=", ".join(["gzip"] * layers))) as found:
        with pytest.raises(HostBroken) as caught:
            await get(found)
        assert caught.value.reason == ("too_large" if layers == 1 else "bad_compression")


async def test_others_go_on_while_an_answer_grows() -> None:
    """Found by ``benchmarks.bad_day``: what came in one part was decompressed without a pause, up to the limit, and everybody else waited."""
    turns, found, size = 0, bytearray(), 4 * 2**20

    async def other() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    task = asyncio.create_task(other())
    await bodies.grow(found, zlib.decompressobj(wbits=31), gzip.compress(bytes(size)), breathe=lambda: asyncio.sleep(0))
    task.cancel()
    assert len(found) == size
    assert turns >= size // bodies.STEP - 1


async def test_gzip_comes_in_parts_of_any_size() -> None:
    plain = b"".join(b"%d," % number for number in range(200_000))
    packed = gzip.compress(plain)
    head = HEAD + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(packed)
    async with peer(_raw(head, *(packed[at : at + 7_777] for at in range(0, len(packed), 7_777)))) as found:
        assert (await get(found)).body == plain


async def test_gzip_is_understood_and_broken_gzip_is_said_so() -> None:
    async with peer(answer(body=gzip.compress(b'{"a":1}'), Content_Encoding="gzip")) as found:
        assert (await get(found)).body == b'{"a":1}'
    async with peer(answer(body=b"this is no gzip", Content_Encoding="gzip")) as found:
        with pytest.raises(HostBroken) as caught:
            await get(found)
        assert caught.value.reason == "bad_compression"


@pytest.mark.slow
@pytest.mark.parametrize(
    "answering",
    [
        _raw(b"", pause=5.0),
        _raw(HEAD, *[b"X-A: b\r\n"] * 100, pause=0.05),
        _raw(HEAD + b"Content-Length: 1000\r\n\r\n", *[b"x"] * 100, pause=0.05),
    ],
    ids=["hang", "drip of headers", "drip of body"],
)
async def test_a_slow_answer_takes_bounded_time(answering: Answering, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "TOTAL_SECONDS", 0.3)
    async with peer(answering) as found:
        began = asyncio.get_running_loop().time()
        with pytest.raises(HostUnreachable) as caught:
            await get(found, patience=Patience(tries=1))
        assert caught.value.reason == "timeout"
        assert asyncio.get_running_loop().time() - began < 1.0


async def test_a_resolver_that_hangs_takes_bounded_time(monkeypatch: pytest.MonkeyPatch) -> None:
    async def never(_host: str, _port: int) -> Sequence[str]:
        await asyncio.sleep(60)
        return []

    monkeypatch.setattr(http, "TOTAL_SECONDS", 0.1)
    guarded = GuardedHttp(allow_private=[], limit=FAST, patience=Patience(tries=1), resolver=never)
    with pytest.raises(HostUnreachable) as caught:
        await guarded.request("GET", "http://forum.example/")
    assert caught.value.reason == "timeout"
    await guarded.close()


@pytest.mark.parametrize(
    "answering", [_raw(b""), _raw(b"not HTTP at all\r\n\r\n"), _raw(HEAD + b"Content-Length: 100\r\n\r\nshort"), _raw(b"HTTP/1.1 999999 X\r\n\r\n")]
)
async def test_what_is_no_whole_answer_counts_as_none(answering: Answering) -> None:
    async with peer(answering) as found:
        with pytest.raises(HostUnreachable):
            await get(found, patience=Patience(tries=1))


# ---------------------------------------------------------------------------------------------------------------------- waiting


def test_retry_after_in_seconds_and_as_a_date() -> None:
    now = datetime(2026, 11, 2, 12, tzinfo=UTC)

    def seconds(text: str) -> float | None:
        return retry_after(Response(status=429, headers={"retry-after": text}, body=b""), now=now)

    assert seconds("7") == 7
    assert seconds(" 0 ") == 0
    assert seconds("999999999") == LONGEST_WAIT
    assert seconds(email.utils.format_datetime(now + timedelta(seconds=90), usegmt=True)) == 90
    assert seconds("Mon, 02 Nov 2026 13:00:00 +0100") == 0
    assert seconds(email.utils.format_datetime(now - timedelta(days=1), usegmt=True)) == 0
    for odd in ("", "soon", "-5", "1.5", "1e3", "٣", "²", "99999999999999", "Mon, 99 Nov 2026 12:00:00 GMT", "Mon, 02 Nov 99999 12:00:00 GMT"):
        assert seconds(odd) is None, odd


@pytest.mark.slow
@given(st.text(max_size=40))
def test_no_retry_after_breaks_us(text: str) -> None:
    found = retry_after(Response(status=429, headers={"retry-after": text}, body=b""))
    assert found is None or 0 <= found <= LONGEST_WAIT


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_429_is_waited_for_and_repeated_whatever_the_method(method: str) -> None:
    async with peer(answers([(429, {"Retry-After": "7"}, b""), (429, {"Retry-After": "3"}, b""), (200, {}, b"ok")])) as found:
        guarded = client(found)
        assert (await guarded.request(method, f"http://127.0.0.1:{found.port}/", json={} if method == "POST" else None)).body == b"ok"
        assert found.at == pytest.approx([1000, 1007, 1010])
        await guarded.close()


async def test_a_429_that_says_nothing_is_waited_for_a_minute() -> None:
    async with peer(answers([(429, {}, b""), (200, {}, b"ok")])) as found:
        assert (await get(found)).status == 200
        assert found.at == pytest.approx([1000, 1060])


async def test_a_date_is_kept_to() -> None:
    when = datetime.now(UTC) + timedelta(seconds=30)
    async with peer(answers([(503, {"Retry-After": email.utils.format_datetime(when, usegmt=True)}, b""), (200, {}, b"ok")])) as found:
        assert (await get(found)).status == 200
        assert found.at[1] - found.at[0] >= 28.5


async def test_a_wait_beyond_the_patience_comes_back_and_binds_the_next_call() -> None:
    async with peer(answers([(429, {"Retry-After": "500"}, b""), (200, {}, b"ok")])) as found:
        guarded = client(found, patience=Patience(total=100, tries=4))
        url = f"http://127.0.0.1:{found.port}/"
        assert (await guarded.request("GET", url)).status == 429
        with pytest.raises(HostBusy) as caught:
            await guarded.request("GET", url)
        assert caught.value.retry_after == pytest.approx(500)
        assert len(found.requests) == 1
        found.time.now += 450
        assert (await guarded.request("GET", url)).status == 200
        assert found.at[1] >= 1500
        await guarded.close()


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_nobody_calls_before_retry_after_is_over(status: int, method: str) -> None:
    """Whoever was told; also when the call that was told so gives up or must not be repeated."""
    async with peer(answers([(status, {"Retry-After": "20"}, b""), (200, {}, b"ok")])) as found:
        guarded = client(found, patience=Patience(tries=1))
        url = f"http://127.0.0.1:{found.port}/"
        assert (await guarded.request(method, url)).status == status
        assert (await guarded.request("GET", url)).status == 200
        assert found.at[1] - found.at[0] >= 20
        await guarded.close()


async def test_a_call_that_waits_its_turn_hears_of_a_longer_wait() -> None:
    """Two calls are under way; the second is told to wait while a third is asleep already."""
    release, arrived = asyncio.Event(), asyncio.Event()
    count = 0

    async def say(request: bytes, writer: asyncio.StreamWriter) -> None:
        nonlocal count
        count += 1
        arrived.set()
        if count == 1:
            await release.wait()
            await answer(429, b"", Retry_After="100")(request, writer)
        else:
            await answer()(request, writer)

    async with peer(say) as found:
        woken = asyncio.Event()

        async def sleep(seconds: float) -> None:
            found.time.slept.append(seconds)
            release.set()
            await woken.wait()
            found.time.now += seconds

        guarded = GuardedHttp(
            allow_private=[f"127.0.0.1:{found.port}"], limit=RateLimit(per_minute=60, burst=1), patience=Patience(tries=1), monotonic=found.time, sleep=sleep
        )
        url = f"http://127.0.0.1:{found.port}/"
        first = asyncio.create_task(guarded.request("GET", url))
        await arrived.wait()
        second = asyncio.create_task(guarded.request("GET", url))
        assert (await first).status == 429
        woken.set()
        assert (await second).status == 200
        assert found.at[1] - found.at[0] >= 100
        await guarded.close()


async def test_a_503_is_repeated_with_backoff_for_what_may_be_repeated() -> None:
    async with peer(answer(503)) as found:
        guarded = client(found, patience=Patience(tries=3))
        url = f"http://127.0.0.1:{found.port}/"
        assert (await guarded.request("GET", url)).status == 503
        assert len(found.requests) == 3
        assert (await guarded.request("POST", url, json={})).status == 503
        assert len(found.requests) == 4
        assert all(0 <= one <= 30 for one in found.time.slept)
        await guarded.close()


async def test_a_post_is_not_repeated_after_a_broken_connection() -> None:
    async with peer(_raw(b"")) as found:
        guarded = client(found, patience=Patience(tries=3))
        url = f"http://127.0.0.1:{found.port}/"
        for method, repeatable, tries in (("POST", None, 1), ("GET", None, 3), ("POST", True, 3), ("GET", False, 1)):
            found.requests.clear()
            fresh = client(found, patience=Patience(tries=3))
            with pytest.raises(HostUnreachable):
                await fresh.request(method, url, repeatable=repeatable)
            assert len(found.requests) == tries, (method, repeatable)
            await fresh.close()
        await guarded.close()


# ---------------------------------------------------------------------------------------------------------------------- pace


async def test_calls_keep_the_pace_after_the_burst() -> None:
    async with peer(answer()) as found:
        guarded = client(found, limit=RateLimit(per_minute=60, burst=5), patience=Patience(total=1000))
        for one in range(25):
            await guarded.request("GET", f"http://127.0.0.1:{found.port}/{one}")
        at = found.at
        assert at[4] == pytest.approx(1000)
        assert at[5] >= 1001 - 1e-6
        assert at[-1] == pytest.approx(1020)
        for place, moment in enumerate(at):
            assert sum(moment <= later < moment + 60 for later in at[place:]) <= 60 + 5
        await guarded.close()


async def test_rest_does_not_save_up_more_than_a_burst() -> None:
    async with peer(answer()) as found:
        guarded = client(found, limit=RateLimit(per_minute=60, burst=2))
        url = f"http://127.0.0.1:{found.port}/"
        await guarded.request("GET", url)
        found.time.now += 3600
        for _ in range(4):
            await guarded.request("GET", url)
        assert found.at[-1] == pytest.approx(1000 + 3600 + 2)
        await guarded.close()


# ---------------------------------------------------------------------------------------------------------------------- the circuit


async def test_a_host_that_fails_again_and_again_is_left_alone_and_tried_by_one() -> None:
    async with peer(answer(500)) as found:
        guarded = client(found)
        url = f"http://127.0.0.1:{found.port}/"
        for _ in range(BREAK_AFTER):
            assert (await guarded.request("GET", url)).status == 500
        with pytest.raises(HostUnreachable) as caught:
            await guarded.request("GET", url)
        assert caught.value.reason == "circuit_open"
        assert len(found.requests) == BREAK_AFTER
        found.time.now += COOL_DOWN
        several = await asyncio.gather(*(guarded.request("GET", url) for _ in range(5)), return_exceptions=True)
        assert sum(isinstance(one, Response) for one in several) == 1
        assert len(found.requests) == BREAK_AFTER + 1
        with pytest.raises(HostUnreachable):
            await guarded.request("GET", url)
        found.time.now += COOL_DOWN
        found.answering = answer(200)
        assert (await guarded.request("GET", url)).status == 200
        assert all(isinstance(one, Response) for one in await asyncio.gather(*(guarded.request("GET", url) for _ in range(5))))
        await guarded.close()


async def test_our_own_mistakes_do_not_open_the_circuit() -> None:
    async with peer(answer()) as found:
        guarded = GuardedHttp(allow_private=[], limit=FAST, patience=Patience())
        reasons = []
        for _ in range(BREAK_AFTER + 2):
            with pytest.raises(HostUnreachable) as caught:
                await guarded.request("GET", f"http://127.0.0.1:{found.port}/")
            reasons.append(caught.value.reason)
        assert set(reasons) == {"private_address"}
        await guarded.close()
