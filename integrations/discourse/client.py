"""The client of one forum behind the port."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime

from integrations.discourse import connecting, reading, sending, sweeps_content, sweeps_people
from integrations.discourse.api import Api
from integrations.discourse.forum import Forum
from mentorgraph.events import Event, Kind, MemberChanged
from mentorgraph.host import Batch, Connected, ConnectPlan, HostInfo, HostMessage, Http, Installation, Receipt, Sweep

_SWEEPS: Mapping[Sweep, Callable[[Forum, str | None, datetime | None], Awaitable[Batch]]] = {
    Sweep.SPACES: sweeps_content.spaces,
    Sweep.GROUPS: sweeps_people.groups,
    Sweep.MEMBERS: sweeps_people.members,
    Sweep.TOPICS: sweeps_content.topics,
    Sweep.POSTS: sweeps_content.posts,
    Sweep.RECENT: sweeps_content.recent,
    Sweep.SOLUTIONS: sweeps_content.solutions,
    Sweep.LIKES: sweeps_people.likes,
}


def _now() -> datetime:
    return datetime.now(UTC)


class DiscourseClient:
    """A forum's API; satisfies :class:`mentorgraph.host.HostClient`, where each method is described."""

    def __init__(self, installation: Installation, http: Http, *, clock: Callable[[], datetime] = _now) -> None:
        self._forum = Forum(api=Api(installation, http), installation=installation, clock=clock)

    async def describe(self) -> HostInfo:
        """See :func:`connecting.describe`."""
        return await connecting.describe(self._forum)

    async def connect(self, plan: ConnectPlan) -> Connected:
        """See :func:`connecting.connect`."""
        return await connecting.connect(self._forum, plan)

    async def disconnect(self, remote: Mapping[str, str]) -> None:
        """See :func:`connecting.disconnect`."""
        await connecting.disconnect(self._forum, remote)

    async def pull(self, sweep: Sweep, cursor: str | None, *, since: datetime | None = None) -> Batch:
        """See :mod:`sweeps_people` and :mod:`sweeps_content`."""
        return await _SWEEPS[sweep](self._forum, cursor, since)

    async def read(self, kind: Kind, host_id: str) -> Sequence[Event]:
        """See :func:`reading.read`."""
        return await reading.read(self._forum, kind, host_id)

    async def find_member(self, username: str) -> MemberChanged | None:
        """See :func:`reading.find_member`."""
        return await reading.find_member(self._forum, username)

    async def send(self, message: HostMessage, *, key: str) -> Receipt:
        """See :func:`sending.send`."""
        return await sending.send(self._forum, message, key=key)

    async def find_sent(self, message: HostMessage, *, key: str) -> Receipt | None:
        """See :func:`sending.find_sent`."""
        return await sending.find_sent(self._forum, message, key=key)

    async def find_external(self, external_id: str) -> MemberChanged | None:
        """See :func:`reading.find_external`."""
        return await reading.find_external(self._forum, external_id)
