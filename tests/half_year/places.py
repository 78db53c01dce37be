"""The port between the half year and where it takes place: a community on an imitation of its platform.

The story, the books and the test know no platform. A platform takes part by one module beside this one, in which a class satisfies ``Place`` and an
asynchronous context manager ``(at: datetime) -> Place`` starts the imitation with its clock frozen at ``at``; it is listed in ``PLACES`` under the name of
the host, and tests/test_half_year.py then tells the same half year there. ``discourse.py`` is the example. What a platform has no way to do (a message that
its members cannot write, say) is done by the next thing that its members would do, never left out: the test asserts the same of each.
"""

import re
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from typing import Protocol

import httpx2

from plugin.mail import Mailer
from plugin.services.hosts.connect import Connection, NewConnection

_LINK = re.compile(r"[\[(]?https?:\S+")


def without_addresses(text: str) -> str:
    """A text without addresses: they have ports in them, and those differ from run to run."""
    return _LINK.sub("", text)


@dataclass(frozen=True, slots=True)
class Message:
    """A private message as a member finds it; ``text`` is ``without_addresses``."""

    to: str
    title: str
    text: str
    at: datetime
    number: str
    """What the community calls it: the ``remote_id`` that sending it returned."""


class Place(Protocol):
    """A community that members act in and that keeps what they were written."""

    @property
    def netloc(self) -> str:
        """Host and port of the community."""
        ...

    @property
    def polled(self) -> bool:
        """Whether word of news says only that there are some, so that the service reads again what is new."""
        ...

    @property
    def mailer(self) -> Mailer | None:
        """Where the service's mails go, if members sign in by them."""
        ...

    def username(self, name: str, number: int) -> str:
        """How the service calls the member ``name`` who signs up as the ``number``-th of all, counted from 0."""
        ...

    @property
    def space(self) -> str:
        """Where programs are announced, as ``announceProgram(space:)`` takes it."""
        ...

    async def connection(self) -> NewConnection:
        """What an admin gives to ``connect``."""
        ...

    async def connected(self, made: Connection) -> None:
        """What the admin then does in the community, as ``made.to_do`` says."""
        ...

    async def move(self, to: datetime) -> None:
        """The community's clock stands at ``to``."""
        ...

    async def sign_up(self, username: str) -> None:
        """Somebody becomes a member; they do so in the order of :meth:`username`."""
        ...

    async def ask(self, username: str, title: str, text: str) -> str:
        """Somebody asks in public; the id of the topic."""
        ...

    async def reply(self, username: str, topic: str, text: str) -> None:
        """Somebody answers there."""
        ...

    async def topic(self, title: str) -> str:
        """The id of the one public topic with these words in its title."""
        ...

    async def leave(self, username: str) -> None:
        """Somebody deletes their account."""
        ...

    async def settle(self) -> None:
        """The community has delivered every webhook that it owes."""
        ...

    async def sign_in(self, browser: httpx2.AsyncClient, url: str, installation_id: int, username: str, *, back: str) -> str:
        """Sign in to the service at ``url`` through the community, ending at ``back``; the session's cookie."""
        ...

    async def messages(self) -> list[Message]:
        """Every message that the service wrote and that a member still has, in order of time, person, title and text."""
        ...


Opening = Callable[[datetime], AbstractAsyncContextManager[Place]]
PLACES = {"circle": "growers", "discourse": "forum"}
"""Module beside this one, named as the host, and the context manager in it."""


def opened(host: str) -> Opening:
    """The context manager of a host."""
    found: Opening = getattr(import_module(f"{__package__}.{host}"), PLACES[host])
    return found
