"""The client of one homeserver behind the port."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

from integrations.matrix import auth, connecting, reading, sending
from integrations.matrix.api import Api
from integrations.matrix.homeserver import Homeserver
from integrations.matrix.sweeps import SWEEPS
from mentorgraph.events import Event, Kind, MemberChanged
from mentorgraph.host import Account, Batch, Connected, ConnectPlan, HostInfo, HostMessage, Http, Installation, Receipt, Sweep


def _now() -> datetime:
    return datetime.now(UTC)


class MatrixClient:
    """A homeserver's API; satisfies :class:`mentorgraph.host.HostClient`, where each method is described."""

    def __init__(self, installation: Installation, http: Http, *, clock: Callable[[], datetime] = _now) -> None:
        self._server = Homeserver(api=Api(installation, http), installation=installation, clock=clock)

    async def describe(self) -> HostInfo:
        """See :func:`connecting.describe`."""
        return await connecting.describe(self._server)

    async def connect(self, plan: ConnectPlan) -> Connected:
        """See :func:`connecting.connect`."""
        return await connecting.connect(self._server, plan)

    async def disconnect(self, remote: Mapping[str, str]) -> None:
        """See :func:`connecting.disconnect`."""
        await connecting.disconnect(self._server, remote)

    async def pull(self, sweep: Sweep, cursor: str | None, *, since: datetime | None = None) -> Batch:
        """See :mod:`sweeps`."""
        return await SWEEPS[sweep](self._server, cursor, since)

    async def read(self, kind: Kind, host_id: str) -> Sequence[Event]:
        """See :func:`reading.read`."""
        return await reading.read(self._server, kind, host_id)

    async def find_member(self, username: str) -> MemberChanged | None:
        """See :func:`reading.find_member`."""
        return await reading.find_member(self._server, username)

    async def send(self, message: HostMessage, *, key: str) -> Receipt:
        """See :func:`sending.send`."""
        return await sending.send(self._server, message, key=key)

    async def find_sent(self, message: HostMessage, *, key: str) -> Receipt | None:
        """See :func:`sending.find_sent`."""
        return await sending.find_sent(self._server, message, key=key)

    async def find_account(self, named: str) -> Account | None:
        """See :func:`auth.find_account`."""
        return await auth.find_account(self._server, named)

    async def check_token(self, answer: Mapping[str, str]) -> MemberChanged:
        """See :func:`auth.check_token`."""
        return await auth.check_token(self._server, answer)

    async def find_external(self, external_id: str) -> MemberChanged | None:
        """See :func:`auth.find_external`."""
        return await auth.find_external(self._server, external_id)
