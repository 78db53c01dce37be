"""The port itself: a host, its client, and what some of them can do besides."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, runtime_checkable

from mentorgraph.events import Event, Kind, MemberChanged
from mentorgraph.host.deliveries import Acknowledgement, Admitted, Delivery
from mentorgraph.host.installation import Capability, Installation
from mentorgraph.host.messages import HostMessage, Receipt, Rendered
from mentorgraph.host.network import Http, RateLimit
from mentorgraph.host.reading import Batch, Connected, HostInfo, Sweep
from mentorgraph.host.signing import Account, Identity, ProvidedPerson, ProvidedSignIn, ProviderSignIn, SignInStart


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectPlan:
    """What an admin wants to be connected: the spaces whose posts count (ids, slugs or names; empty means all that every member may read), and new secrets."""

    spaces: tuple[str, ...] = ()
    hook_secret: str = field(default="", repr=False)


class HostClient(Protocol):
    """One community's API. Every method may raise any :class:`HostError`; none leaves half of what it says."""

    async def describe(self) -> HostInfo:
        """Check that this is such a host, that the key works, and how far it reaches.

        For an operator's list of checks a :class:`HostError` has one of these reasons: ``other_kind`` for an address of something else, ``key_refused``, and
        ``not_admin``, ``plan`` or ``limit`` for a key that does not reach far enough.
        """
        ...

    async def connect(self, plan: ConnectPlan) -> Connected:
        """Make the host send deliveries to ``installation.hook_url`` and show that it can. Undoes everything of its own when a step fails."""
        ...

    async def disconnect(self, remote: Mapping[str, str]) -> None:
        """Take away what :meth:`connect` left. What is gone already is no error."""
        ...

    async def pull(self, sweep: Sweep, cursor: str | None, *, since: datetime | None = None) -> Batch:
        """Read one page of a listing; ``cursor`` is ``None`` for the first.

        ``since`` bounds :attr:`Sweep.RECENT`: topics without news after it are left out. A page that fails raises; it never counts as an empty one.
        """
        ...

    async def read(self, kind: Kind, host_id: str) -> Sequence[Event]:
        """Read one subject as it is now, as events with ``source=HOST``; what is gone comes back as its "left" or "deleted" event."""
        ...

    async def find_member(self, username: str) -> MemberChanged | None:
        """Read a member by the name they have now."""
        ...

    async def send(self, message: HostMessage, *, key: str) -> Receipt:
        """Say ``message`` in the host. ``key`` names this message for ever; hosts that can, use it so that a repeat returns the first receipt."""
        ...

    async def find_sent(self, message: HostMessage, *, key: str) -> Receipt | None:
        """Look whether ``message`` is there already. Asked before a repeat whose first try may have got through."""
        ...


ClientFactory = Callable[[Installation], Awaitable[HostClient]]


@runtime_checkable
class AccountFinder(Protocol):
    """A client of a host whose members can sign in by a code (:attr:`Capability.SIGN_IN_BY_MAIL`, :attr:`Capability.SIGN_IN_BY_MESSAGE`)."""

    async def find_account(self, named: str) -> Account | None:
        """The member whom a person at a sign-in names as themselves: by user name, by id or, where the host knows it, by e-mail address.

        ``None`` for somebody who is no member. ``named`` is what anybody typed. May raise any :class:`HostError`.
        """
        ...


@runtime_checkable
class TokenChecker(Protocol):
    """A client of a host that vouches for tokens (:attr:`Capability.SIGN_IN_BY_TOKEN`)."""

    async def check_token(self, answer: Mapping[str, str]) -> MemberChanged:
        """The member whose client got this token for us. Only the installation's own host is asked, whatever the answer names.

        Raises :class:`SignInRefused`, and any :class:`HostError` when the host cannot be asked.
        """
        ...


@runtime_checkable
class ExternalFinder(Protocol):
    """A client of a host that knows its members by the ids of an identity provider (:attr:`Capability.EXTERNAL_IDS`)."""

    async def find_external(self, external_id: str) -> MemberChanged | None:
        """The member whom the provider calls ``external_id``."""
        ...


@runtime_checkable
class SignInConsumer(Protocol):
    """A host whose members can sign in *there* through us, because the community can name a provider of its own: OAuth 2, code, a confidential client."""

    def sign_in_callback(self, base_url: str) -> str:
        """The one address of the community to which a browser is sent back."""
        ...

    def sign_in_form(self, ours: ProvidedSignIn) -> Sequence[str]:
        """What the admin fills in on the host, a line each. The secret is told apart from these."""
        ...


class IdentityProvider(Protocol):
    """A kind of provider at which members of any host may sign in, such as OpenID Connect.

    It asks the provider over ``http``; what it remembers between two calls is only for speed. Every method raises :class:`SignInRefused` for an answer that is
    not the provider's to this sign-in, and any other :class:`HostError` when the provider cannot be asked or is none.
    """

    @property
    def settings(self) -> Mapping[str, str]:
        """The admin's settings by name, and what each takes."""
        ...

    def title(self, installation: Installation) -> str:
        """What its button says; empty for an installation without such a provider."""
        ...

    async def check(self, installation: Installation, http: Http) -> None:
        """Ask the provider who it is. Raises :class:`HostInvalid` for settings that cannot be right."""
        ...

    async def begin(self, installation: Installation, http: Http, *, state: str, return_url: str) -> ProviderSignIn:
        """Begin a sign-in. ``state`` comes back with the answer."""
        ...

    async def finish(self, installation: Installation, http: Http, *, memory: Mapping[str, str], answer: Mapping[str, str], now: datetime) -> ProvidedPerson:
        """Who signed in, from what was kept and the parameters that came back."""
        ...


class Host(Protocol):
    """A platform. Pure but for :meth:`client`: no I/O, no clock, no state."""

    @property
    def name(self) -> str:
        """The folder's name, such as ``discourse``."""
        ...

    @property
    def title(self) -> str:
        """What people call it."""
        ...

    @property
    def capabilities(self) -> frozenset[Capability]:
        """All it can do, given a key that reaches far enough."""
        ...

    @property
    def rate_limit(self) -> RateLimit:
        """What it allows when the admin says nothing else."""
        ...

    @property
    def max_body(self) -> int:
        """Largest delivery in bytes that is let in."""
        ...

    def normalise_url(self, url: str) -> str:
        """The community's base address from what an admin typed. Raises :class:`HostInvalid` with what to type instead."""
        ...

    def verify(self, delivery: Delivery, installation: Installation) -> None:
        """Raise :class:`DeliveryRefused` unless the raw bytes are authentic. Without a secret every delivery is refused."""
        ...

    def admit(self, delivery: Delivery) -> Admitted | None:
        """What may be stored of a verified delivery; ``None`` for what must not be kept. Raises :class:`DeliveryRefused` (4xx) for what is malformed."""
        ...

    def acknowledgement(self, delivery: Delivery) -> Acknowledgement:
        """The answer this host wants once a delivery is durable, is a repeat, or was dropped on purpose."""
        ...

    def to_events(self, admitted: Admitted, *, received_at: datetime, base_url: str) -> Sequence[Event]:
        """What an admitted delivery says, as hints. An unknown kind is an empty sequence."""
        ...

    def recorded(self, headers: Mapping[str, str], body: bytes) -> Delivery:
        """A delivery from a recording, for replay."""
        ...

    def sign_in_start(self, installation: Installation, *, nonce: str, return_url: str, silent: bool) -> SignInStart:
        """Begin a sign-in. ``silent`` asks the host to answer at once even when nobody is signed in."""
        ...

    def sign_in_finish(self, installation: Installation, answer: Mapping[str, str]) -> Identity:
        """Who is signed in, from the parameters that came back. Raises :class:`SignInRefused`."""
        ...

    def peek_nonce(self, answer: Mapping[str, str]) -> str | None:
        """The nonce that an answer carries, unverified; for finding the sign-in it belongs to."""
        ...

    def client(self, installation: Installation, http: Http) -> HostClient:
        """The community's API over ``http``."""
        ...

    def render(self, message: HostMessage) -> Rendered:
        """A message as the host will get it."""
        ...
