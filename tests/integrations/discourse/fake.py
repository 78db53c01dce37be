"""A forum that says what it is told to, for the paths that a real one takes seldom."""

import asyncio
import json as json_module
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from integrations.discourse.client import DiscourseClient
from mentorgraph.events import Event
from mentorgraph.host import Batch, HostUnreachable, Installation, Response, Sweep
from tests.integrations.discourse.support import BASE_URL, INSTALLATION, NOW


@dataclass(frozen=True)
class Call:
    """A request that came in."""

    method: str
    path: str
    params: tuple[tuple[str, str], ...]
    json: Mapping[str, object]
    headers: Mapping[str, str]

    def param(self, name: str, default: str = "") -> str:
        return dict(self.params).get(name, default)

    @property
    def line(self) -> str:
        return f"{self.method} {self.path}"


Handler = Callable[[Call], Response]
ABSENT = {"errors": ["The requested URL or resource could not be found."], "error_type": "not_found"}
FORBIDDEN = {"errors": ["You are not permitted to view the requested resource."], "error_type": "invalid_access"}


def answer(body: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A response; text stays as it is and everything else becomes JSON."""
    raw = body.encode() if isinstance(body, str) else json_module.dumps(body).encode()
    return Response(status=status, headers=headers or {}, body=raw)


@dataclass
class FakeHttp:
    """Routes like ``"GET /about.json"`` to a body, a response, or a function. What has no route is not found."""

    routes: dict[str, object] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)

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
        assert url.startswith(BASE_URL), url
        assert form is None
        assert method == "GET" or repeatable is not None, "whether a change may be repeated is always said"
        await asyncio.sleep(0)
        body = json_module.loads(json_module.dumps(json)) if json is not None else {}
        call = Call(method, url.removeprefix(BASE_URL), tuple(params), body, headers or {})
        self.calls.append(call)
        found = self.routes.get(call.line, answer(ABSENT, 404))
        if isinstance(found, BaseException):
            raise found
        if isinstance(found, Response):
            return found
        made = found(call) if callable(found) else answer(found)
        assert isinstance(made, Response)
        return made

    def lines(self) -> list[str]:
        return [call.line for call in self.calls]


def client(http: FakeHttp, installation: Installation = INSTALLATION, now: datetime = NOW, **settings: str) -> DiscourseClient:
    return DiscourseClient(replace(installation, settings=settings), http, clock=lambda: now)


async def sweep(found: DiscourseClient, which: Sweep, *, since: datetime | None = None, most: int = 2_000) -> list[Batch]:
    """All pages of a sweep."""
    batches: list[Batch] = []
    cursor = None
    for _page in range(most):
        batches.append(await found.pull(which, cursor, since=since))
        cursor = batches[-1].cursor
        if cursor is None:
            return batches
    raise AssertionError("the sweep does not end")


def events(batches: Sequence[Batch]) -> list[Event]:
    return [event for batch in batches for event in batch.events]


LOST = HostUnreachable("The forum did not answer.")

CATEGORIES = {
    "category_list": {
        "categories": [
            {"id": 6, "name": "Help", "slug": "help", "read_restricted": False, "description_text": "Ask here"},
            {
                "id": 7,
                "name": "Staff",
                "slug": "staff",
                "read_restricted": True,
                "subcategory_list": [{"id": 8, "name": "Deep", "slug": "deep", "read_restricted": True}],
            },
        ]
    }
}


def with_spaces(routes: Mapping[str, object] | None = None) -> dict[str, object]:
    """Routes of a forum with a public category 6, one of group 41 (7), and one below it that does not say whose it is (8)."""
    shown = {"category": {"id": 7, "name": "Staff", "read_restricted": True, "group_permissions": [{"group_id": 41, "permission_type": 1}]}}
    return {"GET /categories.json": CATEGORIES, "GET /c/7/show.json": shown, **(routes or {})}
