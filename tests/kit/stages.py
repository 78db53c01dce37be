"""The hosts of this service on stage: two imitations and a real homeserver."""

import asyncio
import json
import re
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack, ExitStack
from itertools import count
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote, urlsplit

import httpx2

from integrations.circle.double.app import create_double
from integrations.circle.double.model import State, html_of
from integrations.circle.host import HOST as CIRCLE
from integrations.discourse.double.process import running_double
from integrations.discourse.host import HOST as DISCOURSE
from integrations.matrix.host import HOST as MATRIX
from integrations.servers import free_port, served_in_thread
from mentorgraph.kit import Service, Stage
from tests.synapse import SERVER_NAME, Synapse, running_synapse

CODE = re.compile(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}\b")


class DiscourseStage(Stage):
    """The imitation of a forum, which delivers by itself."""

    host = DISCOURSE

    async def __aenter__(self) -> Self:
        self._stack = AsyncExitStack()
        self._forum = await self._stack.enter_async_context(running_double())
        await self._forum.control.settings(admin_api_per_minute=0)
        self.url, self.allow_private = self._forum.base_url, (urlsplit(self._forum.base_url).netloc,)
        self.api_key = await self._forum.control.api_key()
        self._names: dict[str, str] = {}
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def connected(self, service: Service, to_do: Sequence[str]) -> None:
        row = next(line for line in to_do if "|" in line).rpartition(" ")[2]
        await self._forum.control.settings(enable_discourse_connect_provider=True, discourse_connect_provider_secrets=[row])

    async def _act(self, act: str, **values: object) -> Any:
        return await self._forum.control.act(act, **values)

    async def join(self, name: str) -> str:
        made = await self._act("sign_up", username=name)
        number = str(made["id"])
        self._names[number] = name
        return number

    async def leave(self, member: str) -> None:
        await self._act("destroy", username=self._names[member], delete_posts=True)

    async def ask(self, member: str, title: str, text: str) -> tuple[str, str]:
        made = await self._act("ask", by=self._names[member], title=title, text=text, skip_validations=True)
        return str(made["topic_id"]), str(made["post_id"])

    async def answer(self, member: str, topic: str, text: str) -> str:
        return str((await self._act("reply", by=self._names[member], topic_id=int(topic), text=text, skip_validations=True))["post_id"])

    async def delete(self, member: str, post: str) -> None:
        await self._act("delete", post_id=int(post))

    async def whisper(self, member: str, text: str) -> None:
        other = next(name for name in self._names.values() if name != self._names[member])
        await self._act("message", by=self._names[member], to=[other], title="Between the two of us", text=text)

    async def deliver(self) -> None:
        await self._forum.control.flush()

    async def letters(self, member: str) -> list[str]:
        headers = {"Api-Key": await self._forum.control.api_key(), "Api-Username": self._names[member]}
        async with httpx2.AsyncClient(trust_env=False) as http:
            listed = await http.get(f"{self.url}/topics/private-messages/{self._names[member]}.json", headers=headers)
            ids = [one["id"] for one in listed.json()["topic_list"]["topics"]]
            pages = [(await http.get(f"{self.url}/t/{one}.json", headers=headers)).json() for one in ids]
        return [f"{page['title']} {page['post_stream']['posts'][0]['cooked']}" for page in pages]

    async def sign_in(self, service: Service, member: str) -> str:
        cookie = (await self._act("log_in", username=self._names[member]))["cookie"]
        async with httpx2.AsyncClient(trust_env=False) as browser:
            begun = await browser.get(f"{service.url}/auth/{service.id}/start")
            there = await browser.get(begun.headers["location"], headers={"Cookie": f"_t={cookie['_t']}"})
            await browser.get(there.headers["location"])
            return str(browser.cookies["mentorgraph-session"])

    async def be_busy(self, times: int) -> None:
        await self._forum.control.faults({"kind": "status", "status": 429, "retry_after": 1, "times": times})


class CircleStage(Stage):
    """The imitation of a Circle community; a workflow of the admin's sends word of news."""

    host = CIRCLE

    async def __aenter__(self) -> Self:
        self._state = state = State()
        port = free_port()
        state.base_url, state.quota = f"http://127.0.0.1:{port}", 10**9
        self._stack = ExitStack()
        await asyncio.to_thread(self._stack.enter_context, served_in_thread(create_double(state), port=port))
        self.url, self.api_key = "https://growers.circle.so", state.token
        self.settings, self.allow_private = {"api_url": state.base_url, "calls_per_month": "250000"}, (f"127.0.0.1:{port}",)
        self._space, self._board = state.open_space("Questions"), state.open_space("Board", private=True)
        self._news: list[dict[str, object]] = []
        self._address = ""
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.to_thread(self._stack.close)

    async def connected(self, service: Service, to_do: Sequence[str]) -> None:
        self._address = to_do[0].splitlines()[-1]
        self._news.clear()

    async def join(self, name: str) -> str:
        member = self._state.join(name.title())
        self._tell("community_member_joined", community_member_id=member.id)
        return str(member.id)

    async def leave(self, member: str) -> None:
        del self._state.members[int(member)]
        self._tell("community_member_removed", community_member_id=int(member))

    async def ask(self, member: str, title: str, text: str) -> tuple[str, str]:
        post = self._state.publish(self._space, self._state.members[int(member)], title, f"<p>{text}</p>")
        self._tell("post_published", post_id=post.id)
        return str(post.id), f"p{post.id}"

    async def answer(self, member: str, topic: str, text: str) -> str:
        comment = self._state.comment(self._state.posts[int(topic)], self._state.members[int(member)], text)
        self._tell("comment_created", post_id=int(topic))
        return f"c{comment.id}"

    async def delete(self, member: str, post: str) -> None:
        del self._state.comments[int(post[1:])]

    async def whisper(self, member: str, text: str) -> None:
        self._state.publish(self._board, self._state.members[int(member)], f"For the board: {text}", f"<p>{text}</p>")
        self._tell("post_published", text=text)

    def _tell(self, kind: str, **data: object) -> None:
        self._news.append({"type": kind, "data": {"community_id": 1, **data}})

    async def deliver(self) -> None:
        news, self._news = self._news, []
        async with httpx2.AsyncClient(trust_env=False) as workflow:
            for one in news:
                await workflow.post(self._address, json=one)

    async def letters(self, member: str) -> list[str]:
        address = self._state.members[int(member)].email
        return [html_of(one.document) for one in self._state.messages if address in one.to]

    async def sign_in(self, service: Service, member: str) -> str:
        async def code() -> str | None:
            found = [one for one in service.mails.letters if one.to == address]
            return CODE.findall(found[-1].paragraphs[0])[0] if found else None

        address = self._state.members[int(member)].email
        return await service.sign_in_by_code(address, by="mail", code=code)

    async def be_busy(self, times: int) -> None:
        self._state.fail_next = [(429, {"retry-after": "1"}, b"Too many requests")] * times


class MatrixStage(Stage):
    """A real Synapse with a space and an open room, told of our account as an application service."""

    host = MATRIX

    async def __aenter__(self) -> Self:
        self._stack = AsyncExitStack()
        folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory()))
        self._server: Synapse = await asyncio.to_thread(self._stack.enter_context, running_synapse(folder))
        self._folder, self._numbers = folder, count()
        self._tokens = {f"@{name}:{SERVER_NAME}": await self._new(name) for name in ("owner", "mentors")}
        self.url, self.api_key = self._server.url, self._tokens[f"@mentors:{SERVER_NAME}"]
        self.settings, self.allow_private = {"space": f"#community:{SERVER_NAME}"}, (urlsplit(self.url).netloc,)
        owner = f"@owner:{SERVER_NAME}"
        space = {"preset": "public_chat", "room_alias_name": "community", "creation_content": {"type": "m.space"}}
        self._space = str((await self._act(owner, "POST", "/createRoom", space))["room_id"])
        self._room = str((await self._act(owner, "POST", "/createRoom", {"preset": "public_chat", "name": "Garden"}))["room_id"])
        await self._act(owner, "PUT", f"/rooms/{quote(self._space)}/state/m.space.child/{quote(self._room)}", {"via": [SERVER_NAME]})
        private = {"preset": "private_chat", "invite": [f"@mentors:{SERVER_NAME}"]}
        self._private = str((await self._act(owner, "POST", "/createRoom", private))["room_id"])
        await self._act(f"@mentors:{SERVER_NAME}", "POST", f"/join/{quote(self._private)}", {})
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.to_thread(self._server.stop)
        await self._stack.aclose()

    async def _new(self, name: str) -> str:
        return await asyncio.to_thread(self._server.register, name)

    async def _act(self, member: str, method: str, path: str, body: Mapping[str, object] | None = None) -> dict[str, Any]:
        return await asyncio.to_thread(self._server.call, method, f"/_matrix/client/v3{path}", body, token=self._tokens[member])

    async def connected(self, service: Service, to_do: Sequence[str]) -> None:
        registration = self._folder / "mentorgraph.yaml"
        registration.write_text(to_do[0].partition("\n\n")[2])
        self._server.registrations.append(registration)
        await asyncio.to_thread(self._server.stop)
        await asyncio.to_thread(self._server.start)

    async def restart(self) -> None:
        """The homeserver stops and starts again; it counts its transactions from 1 then."""
        await asyncio.to_thread(self._server.stop)
        await asyncio.to_thread(self._server.start)

    async def join(self, name: str) -> str:
        member = f"@{name}:{SERVER_NAME}"
        self._tokens[member] = await self._new(name)
        for room in (self._space, self._room):
            await self._act(member, "POST", f"/join/{quote(room)}", {})
        return member

    async def leave(self, member: str) -> None:
        name = member.removeprefix("@").partition(":")[0]
        auth = {"type": "m.login.password", "identifier": {"type": "m.id.user", "user": name}, "password": f"password of {name}"}
        await self._act(member, "POST", "/account/deactivate", {"auth": auth, "erase": True})

    async def _say(self, member: str, room: str, text: str, **content: object) -> str:
        path = f"/rooms/{quote(room)}/send/m.room.message/t{next(self._numbers)}"
        return str((await self._act(member, "PUT", path, {"msgtype": "m.text", "body": text, **content}))["event_id"])

    async def ask(self, member: str, title: str, text: str) -> tuple[str, str]:
        found = f"{self._room}/{await self._say(member, self._room, f'{title}: {text}')}"
        return found, found

    async def answer(self, member: str, topic: str, text: str) -> str:
        root = topic.partition("/")[2]
        thread = {"rel_type": "m.thread", "event_id": root, "is_falling_back": True, "m.in_reply_to": {"event_id": root}}
        return f"{self._room}/{await self._say(member, self._room, text, **{'m.relates_to': thread})}"

    async def delete(self, member: str, post: str) -> None:
        room, _, event = post.partition("/")
        await self._act(member, "PUT", f"/rooms/{quote(room)}/redact/{quote(event)}/t{next(self._numbers)}", {})

    async def whisper(self, member: str, text: str) -> None:
        await self._say(f"@owner:{SERVER_NAME}", self._private, text)

    async def letters(self, member: str) -> list[str]:
        # An equal question within two minutes gets the same answer again.
        other = quote(json.dumps({"room": {"timeline": {"limit": next(self._numbers) + 1}}}))
        invited = (await self._act(member, "GET", f"/sync?timeout=0&filter={other}")).get("rooms", {}).get("invite", {})
        for room in invited:
            await self._act(member, "POST", f"/join/{quote(room)}", {})
        joined = (await self._act(member, "GET", "/joined_rooms"))["joined_rooms"]
        bot = f"@mentors:{SERVER_NAME}"
        found = []
        for room in set(joined) - {self._space, self._room}:
            chunk = (await self._act(member, "GET", f"/rooms/{quote(room)}/messages?dir=b&limit=50"))["chunk"]
            found += [one["content"]["body"] for one in chunk if one["type"] == "m.room.message" and one["sender"] == bot and "body" in one["content"]]
        return found

    async def sign_in(self, service: Service, member: str) -> str:
        async def code() -> str | None:
            found = [text for letter in await self.letters(member) for text in CODE.findall(letter)]
            return found[0] if found else None

        return await service.sign_in_by_code(member.partition(":")[0].removeprefix("@"), by="message", code=code)
