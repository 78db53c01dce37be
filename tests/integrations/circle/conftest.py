"""A Circle community over real HTTP: the imitation in a thread, and the client."""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import httpx2
import pytest

from integrations.circle.client import CircleClient
from integrations.circle.double.app import create_double
from integrations.circle.double.model import State
from integrations.servers import free_port, served_in_thread
from mentorgraph.host import Installation, Response
from tests.integrations.discourse.conftest import PlainHttp

HOOK_SECRET = "the-part-of-the-address-that-nobody-guesses"
START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


@dataclass
class Clock:
    """A clock that goes on by a minute whenever it is read, so that nothing happens at the same time."""

    now: datetime = START

    def __call__(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now


@dataclass(frozen=True)
class Exchange:
    """A request and its answer."""

    method: str
    path: str
    sent: object
    answer: Response


@dataclass
class RecordingHttp(PlainHttp):
    """Remembers what was said, to hold it against Circle's own description."""

    exchanges: list[Exchange] = field(default_factory=list)

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
        answer = await super().request(method, url, headers=headers, params=params, json=json, form=form, repeatable=repeatable)
        self.exchanges.append(Exchange(method, httpx2.URL(url).path, json, answer))
        return answer


@pytest.fixture
def state() -> Iterator[State]:
    """A community that answers over HTTP."""
    found = State(now=Clock())
    port = free_port()
    found.base_url = f"http://127.0.0.1:{port}"
    with served_in_thread(create_double(found), port=port):
        yield found


@pytest.fixture
async def http() -> AsyncIterator[RecordingHttp]:
    """HTTP with a user agent of our own, without which Circle's network refuses."""
    async with httpx2.AsyncClient(timeout=20, headers={"User-Agent": "Mentorgraph/0.1"}) as client:
        yield RecordingHttp(client)


@pytest.fixture
def installation(state: State) -> Installation:
    """The community as it is connected."""
    return Installation(
        id=5,
        host="circle",
        base_url="https://growers.circle.so",
        api_key=state.token,
        hook_url="https://mentors.example.org/hooks/5",
        hook_secrets=(HOOK_SECRET, "the-one-before"),
        settings={"api_url": state.base_url},
    )


@pytest.fixture
def client(installation: Installation, http: RecordingHttp) -> CircleClient:
    """The client of the community."""
    return CircleClient(installation, http)
