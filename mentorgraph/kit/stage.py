"""A community on the host that is tried, real or imitated, and what people do in it."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Self
from unittest import SkipTest

from mentorgraph.host import Host

if TYPE_CHECKING:
    from mentorgraph.kit.service import Service


class Stage:
    """Subclass it with ways to do these things over real HTTP. What the host cannot do is left as it is: the test that needs it is then skipped, with a reason.

    Ids are those that the service knows: of a member (``host_user_id``), of a topic, of a post.
    """

    host: Host
    url: str
    """What an admin types."""
    api_key: str
    settings: Mapping[str, str] = {}
    """What an admin gives by ``connect --with``."""
    allow_private: tuple[str, ...] = ()
    """``host:port`` of everything that the service may reach on this machine."""

    async def __aenter__(self) -> Self:
        """Start it, empty but for what every community has."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop it."""

    async def connected(self, service: "Service", to_do: Sequence[str]) -> None:
        """What an admin still does by hand after ``connect``, such as registering the hook address."""

    async def join(self, name: str) -> str:
        """A person joins; ``name`` is plain lower-case letters. Gives the member's id."""
        raise NotImplementedError

    async def leave(self, member: str) -> None:
        """A member's account is removed for good."""
        raise SkipTest("nobody leaves this stage")

    async def ask(self, member: str, title: str, text: str) -> tuple[str, str]:
        """A member asks something where every member can read it. Gives the ids of the topic and of its first post."""
        raise NotImplementedError

    async def answer(self, member: str, topic: str, text: str) -> str:
        """A member answers. Gives the id of the post."""
        raise NotImplementedError

    async def delete(self, member: str, post: str) -> None:
        """A member takes back an answer of theirs."""
        raise SkipTest("nothing is taken back on this stage")

    async def whisper(self, member: str, text: str) -> None:
        """A member says something where not every member can read it."""
        raise SkipTest("there is no privacy on this stage")

    async def deliver(self) -> None:
        """See to it that the host has sent, or at least begun to send, word of what happened until now."""

    async def letters(self, member: str) -> list[str]:
        """The texts of the private messages that the member has got from the service."""
        raise SkipTest("nobody reads messages on this stage")

    async def sign_in(self, service: "Service", member: str) -> str:
        """Sign in at the service as this member does in a browser; gives the access token."""
        raise SkipTest("nobody signs in on this stage")

    async def be_busy(self, times: int) -> None:
        """The host answers the next so many calls by asking to wait for a moment."""
        raise SkipTest("this host is never busy")
