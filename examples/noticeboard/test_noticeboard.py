"""The notice board passes what every host must pass."""

import asyncio
import re
import socket
import threading
from typing import Self

import uvicorn
from mentorgraph_noticeboard import HOST
from mentorgraph_noticeboard.board import KEY, Board, create_app

from mentorgraph.kit import HostSuite, Service, Stage


class BoardStage(Stage):
    """The board in a thread, over real HTTP."""

    host = HOST
    api_key = KEY

    async def __aenter__(self) -> Self:
        self._board = Board()
        self._socket = socket.create_server(("127.0.0.1", 0))
        port = int(self._socket.getsockname()[1])
        self._server = uvicorn.Server(uvicorn.Config(create_app(self._board), log_level="critical", access_log=False, ws="none"))
        self._thread = threading.Thread(target=self._server.run, args=([self._socket],), daemon=True)
        self._thread.start()
        while not self._server.started:
            await asyncio.sleep(0.005)
        self.url, self.allow_private = f"http://127.0.0.1:{port}", (f"127.0.0.1:{port}",)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.should_exit = True
        await asyncio.to_thread(self._thread.join, 10)

    async def join(self, name: str) -> str:
        return str(self._board.add_member(name))

    async def leave(self, member: str) -> None:
        del self._board.members[int(member)]
        self._board.tell("member", int(member))

    async def ask(self, member: str, title: str, text: str) -> tuple[str, str]:
        found = str(self._board.pin(int(member), title, text))
        return found, found

    async def answer(self, member: str, topic: str, text: str) -> str:
        return str(self._board.pin(int(member), "", text, thread=int(topic)))

    async def delete(self, member: str, post: str) -> None:
        del self._board.notices[int(post)]

    async def deliver(self) -> None:
        await self._board.deliver()

    async def letters(self, member: str) -> list[str]:
        name = self._board.members[int(member)]["name"]
        return [one["text"] for one in self._board.letters if name in one["to"]]

    async def sign_in(self, service: Service, member: str) -> str:
        async def code() -> str | None:
            found = [code for text in await self.letters(member) for code in re.findall(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}\b", text)]
            return found[-1] if found else None

        return await service.sign_in_by_code(self._board.members[int(member)]["name"], by="message", code=code)

    async def be_busy(self, times: int) -> None:
        self._board.busy = times


class TestNoticeboard(HostSuite):
    """Everything that is asked of a host."""

    stage = BoardStage
