"""A forum over real HTTP: the double in a thread, and the smallest client of HTTP that satisfies the port."""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import httpx2
import pytest
from hypothesis import settings

from integrations.discourse.client import DiscourseClient
from integrations.discourse.double.client import DoubleControl
from integrations.discourse.double.forum import Forum
from integrations.discourse.double.process import Running, double_thread
from integrations.discourse.double.settings import Settings
from mentorgraph.host import HostBroken, HostUnreachable, Installation, Response
from tests.integrations.discourse.support import HOOK_SECRET, SIGN_IN_SECRET

settings.register_profile("discourse", deadline=None, derandomize=True, max_examples=150)
settings.load_profile("discourse")

CALLBACK = "http://127.0.0.1/auth/1/callback"


@dataclass
class PlainHttp:
    """Requests as they are asked for: no pacing, no retries, no redirects."""

    client: httpx2.AsyncClient
    calls: list[str] = field(default_factory=list)
    largest: int = 4_000_000
    lose_changes: int = 0
    """How many answers to changes get lost after the forum has acted."""

    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Sequence[tuple[str, str]] = (),
        json: object | None = None,
        form: Sequence[tuple[str, str]] | None = None,
        repeatable: bool | None = None,  # nothing is repeated here
    ) -> Response:
        assert form is None
        self.calls.append(f"{method} {httpx2.URL(url).path}")
        try:
            async with self.client.stream(method, url, headers=dict(headers or {}), params=list(params), json=json) as answer:
                body = b""
                async for piece in answer.aiter_bytes():
                    body += piece
                    if len(body) > self.largest:
                        raise HostBroken("The answer is too large.")
                if method != "GET" and self.lose_changes:
                    self.lose_changes -= 1
                    raise HostUnreachable("The answer was lost.")
                return Response(status=answer.status_code, headers={name.lower(): value for name, value in answer.headers.items()}, body=body)
        except httpx2.HTTPError as error:
            raise HostUnreachable("The forum did not answer.") from error


@dataclass
class Place:
    """A running forum and our way to it."""

    running: Running
    forum: Forum
    http: PlainHttp
    installation: Installation

    @property
    def client(self) -> DiscourseClient:
        return DiscourseClient(self.installation, self.http)

    def with_settings(self, **settings: str) -> DiscourseClient:
        return DiscourseClient(self.changed(settings=settings), self.http)

    def changed(self, *, api_key: str | None = None, settings: Mapping[str, str] | None = None, api_username: str = "system") -> Installation:
        """The installation with another key or other choices."""
        now = self.installation
        return Installation(
            id=now.id,
            host=now.host,
            base_url=now.base_url,
            hook_url=now.hook_url,
            callback_url=now.callback_url,
            api_key=now.api_key if api_key is None else api_key,
            api_username=api_username,
            hook_secrets=now.hook_secrets,
            sign_in_secrets=now.sign_in_secrets,
            settings=settings or {},
        )


@pytest.fixture(scope="module")
def forum() -> Iterator[Forum]:
    """A forum that answers. One for a file of tests, as starting it takes longer than most of them."""
    made = Forum()
    with double_thread(made):
        yield made


@pytest.fixture
async def place(forum: Forum) -> AsyncIterator[Place]:
    """An empty forum with a global key and no limit of calls."""
    base_url = forum.settings.base_url
    async with DoubleControl(base_url) as control, httpx2.AsyncClient(timeout=5, trust_env=False) as client:
        await control.reset()
        changed = {"admin_api_per_minute": 0, "discourse_connect_provider_secrets": [f"127.0.0.1|{SIGN_IN_SECRET}"], "base_url": base_url}
        await control.settings(**(Settings().as_dict() | changed))
        await control.run_clock()
        installation = Installation(
            id=1,
            host="discourse",
            base_url=base_url,
            hook_url="http://127.0.0.1:9/hooks/1/",
            callback_url=CALLBACK,
            api_key=await control.api_key(),
            hook_secrets=(HOOK_SECRET,),
            sign_in_secrets=(SIGN_IN_SECRET,),
        )
        yield Place(Running(base_url, control, forum), forum, PlainHttp(client), installation)
