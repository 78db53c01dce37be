"""A homeserver that says what it is told to, for the paths that a real one takes seldom."""

import json as json_module
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote

from integrations.matrix.client import MatrixClient
from mentorgraph.host import Installation, Response

ME, SPACE, GARDEN, BOOKS = "@mentors:example.org", "!space:example.org", "!garden:example.org", "!books:example.org"
INSTALLATION = Installation(
    id=7, host="matrix", base_url="https://matrix.example.org", hook_url="https://mentors.example.org/hooks/7", settings={"space": SPACE}
)


@dataclass
class FakeHomeserver:
    """A space with open rooms. ``inside`` is where our account is, ``events`` what was said; ``breaks`` are failures of joining, which happens anyway."""

    rooms: tuple[str, ...] = (GARDEN, BOOKS)
    inside: set[str] = field(default_factory=set)
    events: dict[str, Mapping[str, object]] = field(default_factory=dict)
    breaks: dict[str, BaseException] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)

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
        path = unquote(url.removeprefix(INSTALLATION.base_url)).removeprefix("/_matrix/client/").partition("/")[2]
        self.calls.append(f"{method} {path}")
        if method == "POST":
            return self._move(path)
        if path == "account/whoami":
            return _answer({"user_id": ME})
        if path == "joined_rooms":
            return _answer({"joined_rooms": sorted(self.inside)})
        if path.endswith("/hierarchy"):
            listed = [{"room_id": SPACE, "room_type": "m.space", "join_rule": "public"}, *({"room_id": room, "join_rule": "public"} for room in self.rooms)]
            return _answer({"rooms": listed})
        said = self.events.get(path.rpartition("/event/")[2])
        return _answer({"errcode": "M_NOT_FOUND"}, 404) if said is None else _answer(said)

    def _move(self, path: str) -> Response:
        if path.startswith("join/"):
            room = path.removeprefix("join/")
            self.inside.add(room)
            if room in self.breaks:
                raise self.breaks[room]
        elif path.endswith("/leave"):
            self.inside.discard(path.removeprefix("rooms/").removesuffix("/leave"))
        return _answer({})

    def client(self) -> MatrixClient:
        """The client of this homeserver."""
        return MatrixClient(INSTALLATION, self)


def _answer(body: object, status: int = 200) -> Response:
    return Response(status=status, headers={}, body=json_module.dumps(body).encode())
