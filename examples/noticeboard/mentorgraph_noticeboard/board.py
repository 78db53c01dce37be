"""A notice board to try the host against: small, in memory, and as strict as a real one."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx2
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

KEY = "the key of the board"
PAGE = 3


@dataclass
class Board:
    """Everything on the board. ``busy`` calls are answered by asking to wait."""

    members: dict[int, dict[str, Any]] = field(default_factory=dict)
    notices: dict[int, dict[str, Any]] = field(default_factory=dict)
    letters: list[dict[str, Any]] = field(default_factory=list)
    hook: dict[str, str] | None = None
    news: list[dict[str, Any]] = field(default_factory=list)
    busy: int = 0
    last: int = 0

    def number(self) -> int:
        """The next number."""
        self.last += 1
        return self.last

    def add_member(self, name: str) -> int:
        """Somebody joins."""
        number = self.number()
        self.members[number] = {"id": number, "name": name, "joined": datetime.now(UTC).isoformat()}
        self.tell("member", number)
        return number

    def pin(self, author: int, title: str, text: str, *, thread: int | None = None) -> int:
        """Somebody pins a notice, or an answer to one."""
        number = self.number()
        self.notices[number] = {
            "id": number,
            "thread": thread or number,
            "author": author,
            "title": title,
            "text": text,
            "at": datetime.now(UTC).isoformat(),
        }
        self.tell("notice", number)
        return number

    def tell(self, kind: str, subject: int) -> None:
        """Remember that word is to be sent."""
        self.news.append({"id": self.number(), "kind": kind, "subject": subject})

    async def deliver(self) -> None:
        """Send word of what happened."""
        news, self.news = self.news, []
        if self.hook is None:
            return
        async with httpx2.AsyncClient(trust_env=False) as http:
            for one in news:
                body = json.dumps(one).encode()
                signature = hmac.new(self.hook["secret"].encode(), body, hashlib.sha256).hexdigest()
                await http.post(self.hook["url"], content=body, headers={"Board-Signature": signature})


def create_app(board: Board) -> Starlette:
    """The board's API."""

    def guarded(handler: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            if board.busy:
                board.busy -= 1
                return JSONResponse({}, 429, headers={"Retry-After": "1"})
            if request.headers.get("authorization") != f"Bearer {KEY}":
                return JSONResponse({}, 401)
            await asyncio.sleep(0)
            return await handler(request)

        return answer

    def listing(name: str, rows: dict[int, dict[str, Any]]) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            query = request.query_params
            after = int(query.get("after", "0"))
            wanted = [one for number, one in sorted(rows.items()) if number > after and query.get("name", one.get("name")) == one.get("name")]
            wanted = [one for one in wanted if one.get("at", "") >= query.get("since", "")] if name == "notices" else wanted
            page = wanted[:PAGE]
            return JSONResponse({name: page, "next": page[-1]["id"] if len(wanted) > PAGE else None})

        return answer

    def single(rows: dict[int, dict[str, Any]]) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            found = rows.get(int(request.path_params["id"])) if request.path_params["id"].isdigit() else None
            return JSONResponse(found or {}, 200 if found else 404)

        return answer

    async def about(_request: Request) -> Response:
        return JSONResponse({"title": "The board at the corner"})

    async def hook(request: Request) -> Response:
        board.hook = None if request.method == "DELETE" else await request.json()
        return JSONResponse({})

    async def letters(request: Request) -> Response:
        if request.method == "GET":
            return JSONResponse({"letters": [one for one in board.letters if one["key"] == request.query_params.get("key")]})
        values = await request.json()
        names = {one["name"] for one in board.members.values()}
        if not values["to"] or not set(values["to"]) <= names:
            return JSONResponse({}, 422)
        known = next((one for one in board.letters if one["key"] == values["key"]), None)
        if known is None:
            known = {"id": board.number(), **values}
            board.letters.append(known)
        return JSONResponse(known)

    return Starlette(
        routes=[
            Route("/api/board", guarded(about)),
            Route("/api/members", guarded(listing("members", board.members))),
            Route("/api/members/{id}", guarded(single(board.members))),
            Route("/api/notices", guarded(listing("notices", board.notices))),
            Route("/api/notices/{id}", guarded(single(board.notices))),
            Route("/api/hook", guarded(hook), methods=["PUT", "DELETE"]),
            Route("/api/letters", guarded(letters), methods=["GET", "POST"]),
        ]
    )
