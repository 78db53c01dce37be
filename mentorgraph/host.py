"""The port for hosts: what a community platform must offer so that Mentorgraph can live in it.

A host is one object that satisfies :class:`Host`. Everything about its wire format stays behind this port; the service never sees a header name, a key of the
host's JSON or a status code of its API. Standard library only, so that a host can be shipped in a wheel of its own (entry point group
``mentorgraph.hosts``).

Not promised by any host: that deliveries arrive, arrive once, or arrive in order. Reading (:meth:`HostClient.pull`) is the guarantee, deliveries are the
fast way.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable

from mentorgraph.events import Event, Kind, MemberChanged

# --------------------------------------------------------------------------------------------------------------------- errors


class HostError(Exception):
    """A host, or something that claims to be one, did not do what it should.

    ``reason`` is a stable machine word for metrics and tests; the message is one line for a person and never holds a secret or a member's words.
    """

    reason: str = "host_error"

    def __init__(self, message: str, *, reason: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        if reason is not None:
            self.reason = reason


class DeliveryRefused(HostError):
    """A delivery is not authentic or not well formed. ``status`` is the 4xx answer the host gets."""

    reason = "refused"

    def __init__(self, message: str, *, reason: str, status: int = 401) -> None:
        super().__init__(message, reason=reason)
        self.status = status


class SignInRefused(HostError):
    """A sign-in answer is not authentic, not ours, or says that nobody is signed in (``reason="not_signed_in"``)."""

    reason = "sign_in_refused"


class HostUnreachable(HostError):
    """No answer: name not found, refused, timed out, broken off, or not HTTP. Worth trying again later."""

    reason = "unreachable"


class HostBusy(HostError):
    """The host asks us to wait (``retry_after`` seconds), or is read-only or rebuilding for the moment."""

    reason = "busy"

    def __init__(self, message: str, *, retry_after: float | None = None, reason: str | None = None) -> None:
        super().__init__(message, reason=reason)
        self.retry_after = retry_after


class HostDenied(HostError):
    """The key is wrong, was revoked, or does not reach that far. Trying again does not help until an admin acts."""

    reason = "denied"


class HostNotFound(HostError):
    """The host says there is no such thing, or will not show it to this key."""

    reason = "not_found"


class HostInvalid(HostError):
    """The host understood and refused the values, such as a title that is too short. ``details`` are the host's own lines."""

    reason = "invalid"

    def __init__(self, message: str, *, details: Sequence[str] = (), reason: str | None = None) -> None:
        super().__init__(message, reason=reason)
        self.details = tuple(details)


class HostBroken(HostError):
    """The answer is not what this host sends: HTML for JSON, cut short, too large, or of another shape."""

    reason = "broken"


# --------------------------------------------------------------------------------------------------------------------- installation


class Capability(StrEnum):
    """What a host can do. Absent ones degrade in words, not in errors."""

    DELIVERIES = "deliveries"
    SIGN_IN = "sign_in"
    """A browser can be sent to the host and comes back with an answer that the host signed (:meth:`Host.sign_in_start`)."""
    SAME_ORIGIN_SIGN_IN = "same_origin_sign_in"
    """Besides, a page of the host can fetch such an answer itself."""
    SIGN_IN_BY_MAIL = "sign_in_by_mail"
    """The client is an :class:`AccountFinder` that tells the e-mail address of a member, to which a code can be sent."""
    SIGN_IN_BY_MESSAGE = "sign_in_by_message"
    """The client is an :class:`AccountFinder`, and a code can be sent as a direct message."""
    SIGN_IN_BY_TOKEN = "sign_in_by_token"  # noqa: S105 - a name
    """The client is a :class:`TokenChecker`: the host vouches for a token that a member's own client got from it."""
    EXTERNAL_IDS = "external_ids"
    """The client is an :class:`ExternalFinder`: the host knows its members by the ids of the provider at which they sign in there."""
    OWN_ACCOUNT = "own_account"
    """Messages leave from an account of our own. Without it, whoever owns the key can read what is sent with it."""
    DIRECT_MESSAGES = "direct_messages"
    TOPICS = "topics"
    GROUPS = "groups"
    BADGES = "badges"
    EVENTS = "events"
    LIKES = "likes"
    SOLUTIONS = "solutions"
    ADMINS = "admins"
    """The host says who administers the community (:attr:`~mentorgraph.events.MemberChanged.admin`); elsewhere admins are invited."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """One connected community, with the secrets its host needs. Secrets never appear in its representation.

    ``base_url`` has no trailing slash and may have a path. ``hook_url`` is where the host sends deliveries, ``callback_url`` where a sign-in returns.
    ``hook_secrets`` and ``sign_in_secrets`` are newest first; several are valid during a rotation. ``settings`` are the admin's choices for this host.
    ``provider_secret`` is the secret of our client at the community's identity provider, if it has one.
    """

    id: int
    host: str
    base_url: str
    hook_url: str = ""
    callback_url: str = ""
    api_key: str = field(default="", repr=False)
    api_username: str = "system"
    hook_secrets: tuple[str, ...] = field(default=(), repr=False)
    sign_in_secrets: tuple[str, ...] = field(default=(), repr=False)
    provider_secret: str = field(default="", repr=False)
    settings: Mapping[str, str] = field(default_factory=dict)


# --------------------------------------------------------------------------------------------------------------------- deliveries


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One webhook request as it came in.

    Header names are lower case; ``rest`` is the path behind the installation; ``body`` is the raw bytes. ``received_at`` is for hosts whose deliveries have
    neither an id nor a time; a recording may lack it.
    """

    method: str
    rest: str
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    received_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Admitted:
    """What may be stored of a delivery.

    ``key`` is the host's own id of this delivery, unique within the installation; a second one with the same key and body is the same delivery. ``kind`` is
    the host's name of what happened, for counting. ``body`` may be less than what came: it is all that :meth:`Host.to_events` gets to see.
    """

    key: str
    kind: str
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledgement:
    """The answer a host wants for a delivery that is kept, or that was dropped on purpose."""

    status: int = 202
    body: bytes = b""
    content_type: str = "text/plain; charset=utf-8"


# --------------------------------------------------------------------------------------------------------------------- sign-in


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInStart:
    """How to begin a sign-in: send a browser to ``url``, or let a page of the host fetch it with ``parameters`` (same-origin exchange)."""

    url: str
    parameters: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who the host says is signed in. ``nonce`` is ours, to be used once. Only ``host_user_id`` identifies: names and addresses change."""

    nonce: str
    host_user_id: str
    username: str
    name: str = ""
    avatar_url: str = ""
    admin: bool = False
    moderator: bool = False
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A member who was named at a sign-in, as the host has them now. ``email`` is the address that the host has for them, if it tells one."""

    member: MemberChanged
    email: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderSignIn:
    """A sign-in at an identity provider that was begun: where to send the browser, and what to keep, sealed, until it comes back."""

    url: str
    memory: Mapping[str, str] = field(repr=False)


class Match(StrEnum):
    """How a value that an identity provider says leads to a member of the host."""

    PREFERRED = ""
    """As an external id where the host knows its members by such (:attr:`Capability.EXTERNAL_IDS`), else as the member's id."""
    MEMBER = "member"
    """The value is the member's id on the host."""
    EXTERNAL = "external"
    """The value is the id by which the host knows the member from the same provider."""
    ADDRESS = "address"
    """The value is an e-mail address that the provider has verified."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvidedPerson:
    """Who an identity provider says signed in."""

    value: str = field(repr=False)
    match: Match = Match.PREFERRED


# --------------------------------------------------------------------------------------------------------------------- reading


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
    """What :meth:`HostClient.connect` left on the host, kept so that it can be taken away again, and what the admin must still do by hand."""

    remote: Mapping[str, str]
    to_do: tuple[str, ...] = ()


# --------------------------------------------------------------------------------------------------------------------- messages


@dataclass(frozen=True, slots=True)
class Words:
    """Words of a member. They are made safe for the host's markup: no mention, link or markup of theirs takes effect."""

    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Link:
    """A link of ours to an address of ours or the host's."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Mention:
    """A member named so that a reader can go to their profile, without notifying them."""

    username: str


Inline = str | Words | Link | Mention
"""A piece of a line. A plain ``str`` is our own text, written by us or by a translator: it is shown literally too."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of pieces."""

    parts: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list with one line of pieces an item."""

    items: tuple[tuple[Inline, ...], ...]


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of a member, set off as theirs."""

    text: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarEntry:
    """An event in the host's own calendar, where it has one; elsewhere a line with the time. Times are aware."""

    name: str
    start: datetime
    end: datetime
    timezone: str
    url: str = ""
    description: str = ""
    reminders: bool = True


Block = Paragraph | Bullets | Quote | CalendarEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectMessage:
    """A private message to members, by their host user names."""

    to: tuple[str, ...]
    title: str
    body: tuple[Block, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicMessage:
    """A new public topic."""

    space_id: str
    title: str
    body: tuple[Block, ...]
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EditTopic:
    """Title and text of a topic of ours as they are to be from now on. Being so already is no error."""

    topic_id: str
    title: str
    body: tuple[Block, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A reply to a topic."""

    topic_id: str
    body: tuple[Block, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateGroup:
    """A closed group for a circle or a pair. ``title`` is what people read; the host's name for it is made from ``slug``."""

    slug: str
    title: str
    member_usernames: tuple[str, ...] = ()
    owner_usernames: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AddToGroup:
    """Members to be in a group. Who is in it already is no error."""

    group_id: str
    usernames: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveFromGroup:
    """Members to be out of a group. Who is out already is no error."""

    group_id: str
    usernames: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantBadge:
    """A badge for a member. Holding it already is no error. ``badge_name`` is created on the host when missing."""

    username: str
    badge_name: str
    reason: str = ""


HostMessage = DirectMessage | TopicMessage | EditTopic | Reply | CreateGroup | AddToGroup | RemoveFromGroup | GrantBadge


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """Where the host put a message: its id there and, where it has one, its address."""

    remote_id: str
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A message as the host will get it, for a dry run: a title, the text in the host's markup, and to whom or where."""

    to: str
    title: str
    text: str


# --------------------------------------------------------------------------------------------------------------------- HTTP


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """An answer of a host, whole and within the size limit. Header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class RateLimit:
    """What a host allows, from its manifest: at most ``per_minute`` requests over any minute, with at most ``burst`` at once.

    ``per_month`` is a quota of a calendar month (UTC); 0 means that there is none.
    """

    per_minute: int
    burst: int = 1
    per_month: int = 0


class Http(Protocol):
    """How a host's client reaches the network. Given by the service: it guards addresses, bounds time and size, and paces the calls.

    Raises :class:`HostUnreachable` when there is no answer, :class:`HostBroken` when the answer is larger than allowed or redirects to another host. Any
    status comes back as a :class:`Response`; what it means is the host's business. A ``429`` or ``503`` is waited for and retried first, for as long as the
    caller's patience lasts and only for requests that can be repeated.
    """

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
    ) -> Response: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file that goes to the host in a form (``multipart/form-data``)."""

    content: bytes = field(repr=False)
    part: str
    """The name that the host's form knows the file by."""
    name: str
    media_type: str


@runtime_checkable
class UploadingHttp(Http, Protocol):
    """An :class:`Http` that can send files as well. Nothing that is sent this way is repeated."""

    async def upload(self, url: str, upload: Upload, *, headers: Mapping[str, str] | None = None, form: Sequence[tuple[str, str]] = ()) -> Response: ...


# --------------------------------------------------------------------------------------------------------------------- the port


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectPlan:
    """What an admin wants to be connected: the spaces whose posts count (ids, slugs or names; empty means all that every member may read), and new secrets."""

    spaces: tuple[str, ...] = ()
    hook_secret: str = field(default="", repr=False)


class HostClient(Protocol):
    """One community's API. Every method may raise any :class:`HostError`; none leaves half of what it says."""

    async def describe(self) -> HostInfo:
        """Check that this is such a host, that the key works, and how far it reaches."""
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
