"""A community on a real homeserver: a space with open rooms, a private and an encrypted one, members who talk."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from urllib.parse import quote

import httpx2
import pytest

from integrations.matrix.client import MatrixClient
from integrations.matrix.host import HOST
from mentorgraph.host import Installation, Response
from tests.integrations.discourse.conftest import PlainHttp
from tests.synapse import SERVER_NAME, Synapse, running_synapse

HOOK_SECRET = "the homeserver's own token, long enough"
BOT = f"@mentors:{SERVER_NAME}"


@dataclass
class Community:
    """Names of what is on the homeserver, and ways to act as its members."""

    server: Synapse
    tokens: dict[str, str] = field(default_factory=dict)
    rooms: dict[str, str] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=count)

    def member(self, name: str) -> str:
        """The Matrix id of a member."""
        return f"@{name}:{SERVER_NAME}"

    def act(self, name: str, method: str, path: str, body: dict[str, object] | None = None) -> dict[str, object]:
        """Call the client API as a member."""
        return self.server.call(method, f"/_matrix/client/v3{path}", body, token=self.tokens[name])

    def make_room(self, name: str, creator: str, values: dict[str, object]) -> str:
        """Make a room and remember it."""
        self.rooms[name] = str(self.act(creator, "POST", "/createRoom", {"name": name.title(), **values})["room_id"])
        return self.rooms[name]

    def join(self, name: str, room: str) -> None:
        """Let a member join a room."""
        self.act(name, "POST", f"/join/{quote(self.rooms[room])}", {})

    def say(self, name: str, room: str, body: str, **content: object) -> str:
        """Let a member say something; returns the event's id."""
        path = f"/rooms/{quote(self.rooms[room])}/send/m.room.message/t{next(self.numbers)}"
        return str(self.act(name, "PUT", path, {"msgtype": "m.text", "body": body, **content})["event_id"])

    def react(self, name: str, room: str, event: str, key: str) -> str:
        """Let a member react to a message."""
        relation = {"rel_type": "m.annotation", "event_id": event, "key": key}
        path = f"/rooms/{quote(self.rooms[room])}/send/m.reaction/t{next(self.numbers)}"
        return str(self.act(name, "PUT", path, {"m.relates_to": relation})["event_id"])

    def redact(self, name: str, room: str, event: str) -> None:
        """Let a member take something back."""
        self.act(name, "PUT", f"/rooms/{quote(self.rooms[room])}/redact/{quote(event)}/t{next(self.numbers)}", {})


@pytest.fixture(scope="session")
def synapse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Synapse]:
    """One homeserver for all tests of this folder."""
    with running_synapse(tmp_path_factory.mktemp("synapse")) as server:
        yield server


@pytest.fixture(scope="session")
def community(synapse: Synapse) -> Community:
    """A space with two open rooms, a private and an encrypted room; maya and noor are members, the account is only there."""
    found = Community(synapse)
    found.tokens = {name: synapse.register(name, admin=name == "owner") for name in ("owner", "mentors", "maya", "noor", "sam")}
    space = found.make_room("space", "owner", {"preset": "public_chat", "room_alias_name": "community", "creation_content": {"type": "m.space"}})
    found.make_room("garden", "owner", {"preset": "public_chat", "room_alias_name": "garden"})
    inside = [
        {"type": "m.room.join_rules", "state_key": "", "content": {"join_rule": "restricted", "allow": [{"type": "m.room_membership", "room_id": space}]}}
    ]
    found.make_room("books", "owner", {"preset": "private_chat", "initial_state": inside})
    found.make_room("private", "owner", {"preset": "private_chat", "invite": [BOT, found.member("maya")]})
    sealed = [{"type": "m.room.encryption", "state_key": "", "content": {"algorithm": "m.megolm.v1.aes-sha2"}}]
    found.make_room("sealed", "owner", {"preset": "public_chat", "initial_state": sealed})
    for room in ("garden", "books", "private", "sealed"):
        path = f"/rooms/{quote(space)}/state/m.space.child/{quote(found.rooms[room])}"
        found.act("owner", "PUT", path, {"via": [SERVER_NAME]})
    for name in ("maya", "noor"):
        for room in ("space", "garden", "books"):
            found.join(name, room)
    found.join("mentors", "private")
    found.join("maya", "private")
    return found


@pytest.fixture
def installation(community: Community) -> Installation:
    """The community as it is connected."""
    return Installation(
        id=7,
        host=HOST.name,
        base_url=community.server.url,
        api_key=community.tokens["mentors"],
        hook_url="http://127.0.0.1:9/hooks/7",
        hook_secrets=(HOOK_SECRET,),
        settings={"space": f"#community:{SERVER_NAME}"},
    )


class PatientHttp(PlainHttp):
    """Waits when it is asked to, as the service does: the listing of a space is limited whatever the configuration says."""

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
        for _ in range(20):
            answer = await super().request(method, url, headers=headers, params=params, json=json, form=form, repeatable=repeatable)
            if answer.status != 429:
                return answer
            await asyncio.sleep(0.2)
        raise AssertionError("the homeserver never lets us")


@pytest.fixture
async def http() -> AsyncIterator[PlainHttp]:
    """Plain HTTP that waits when it is asked to."""
    async with httpx2.AsyncClient(timeout=30) as client:
        yield PatientHttp(client)


@pytest.fixture
def client(installation: Installation, http: PlainHttp) -> MatrixClient:
    """The client of the community."""
    return MatrixClient(installation, http)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder."""
    return tmp_path
