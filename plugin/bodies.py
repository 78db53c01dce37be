"""Reading the body of an answer within bounds: so many bytes, in a compression that was asked for, in steps between which others go on."""

import asyncio
import zlib
from collections.abc import Awaitable, Callable

import httpx2

from mentorgraph.host import HostBroken

MAX_BODY = 8 * 2**20
"""Largest answer in bytes, before and after decompression."""
STEP = 65536
"""Bytes that are read, and decompressed, at once."""
UNHURRIED = 2**18
"""Bytes of an answer after which it is read slowly."""
_TOO_LARGE = "the host sent more than 8 MB in one answer"


async def read_body(answer: httpx2.Response, *, breathe: Callable[[], Awaitable[object]]) -> bytes:
    """The body, decompressed. ``breathe`` is awaited before each further step of a large one. Raises :class:`HostBroken` for one that may not be read."""
    encoding = answer.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in {"identity", "gzip", "x-gzip", ""}:
        # We asked for gzip at most. Layers of it multiply: a small answer in two could fill the memory within one step.
        raise HostBroken("the host sent an answer in a compression that was not asked for", reason="bad_compression")
    declared = answer.headers.get("content-length", "")
    if declared.isascii() and declared.isdigit() and (len(declared) > 12 or int(declared) > MAX_BODY):
        # Megabytes that would be thrown away take time from everybody else.
        raise HostBroken(_TOO_LARGE, reason="too_large")
    found, plain = bytearray(), None if encoding in {"identity", ""} else zlib.decompressobj(wbits=31)
    async for part in answer.aiter_raw(STEP):
        if plain is None:
            found += part
        else:
            await grow(found, plain, part, breathe=breathe)
        if max(len(found), answer.num_bytes_downloaded) > MAX_BODY:
            raise HostBroken(_TOO_LARGE, reason="too_large")
        if len(found) > UNHURRIED:
            await breathe()
    return bytes(found)


async def grow(found: bytearray, plain: "zlib._Decompress", part: bytes, *, breathe: Callable[[], Awaitable[object]]) -> None:
    """Decompress a part in steps, between which others go on: a few kilobytes can be a hundred megabytes."""
    while True:
        step = plain.decompress(part, STEP)
        found += step
        if len(found) > MAX_BODY:
            raise HostBroken(_TOO_LARGE, reason="too_large")
        part = plain.unconsumed_tail
        if not part and len(step) < STEP:
            return
        await (breathe() if len(found) > UNHURRIED else asyncio.sleep(0))
