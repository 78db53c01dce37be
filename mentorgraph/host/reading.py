"""What is read of a host: listings page by page, and what it says of itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from mentorgraph.events import Event
from mentorgraph.host.installation import Capability


class Sweep(StrEnum):
    """One listing that a host can be read by, from its first page to its last."""

    SPACES = "spaces"
    GROUPS = "groups"
    MEMBERS = "members"
    TOPICS = "topics"
    POSTS = "posts"
    RECENT = "recent"
    """Only topics with news since a moment; see :meth:`HostClient.pull`."""
    SOLUTIONS = "solutions"
    LIKES = "likes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """One page of a sweep.

    ``cursor`` asks for the next page; ``None`` means that the sweep is whole, and only then may something that no page named be suspected to be gone.
    ``total`` is an estimate of all items, for a progress bar. ``dropped`` counts items that could not be understood.
    """

    events: Sequence[Event]
    cursor: str | None
    total: int | None = None
    dropped: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class HostInfo:
    """What a host says of itself. ``limits`` are words for the admin on what this key cannot do; empty when everything works."""

    title: str
    version: str
    locale: str = "en"
    description: str = ""
    capabilities: frozenset[Capability] = frozenset()
    limits: tuple[str, ...] = ()
    profile_fields: Mapping[str, str] = field(default_factory=dict)
    """Field id -> the question, such as ``{"1": "What can you help with?"}``."""

    accent: str = ""
    """The colour by which members know the community, as ``#rrggbb``; empty where it has none of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Connected:
    """What :meth:`HostClient.connect` left on the host, kept so that it can be taken away again, and what the admin must still do by hand.

    ``remote`` comes back as :attr:`Installation.remote`.
    """

    remote: Mapping[str, str]
    to_do: tuple[str, ...] = ()
