"""What tests of the store and the services share: a connected community, and a host that answers from a picture of itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

import orjson

from mentorgraph import events as e
from mentorgraph.host import (
    Account,
    Acknowledgement,
    Admitted,
    Batch,
    Capability,
    Connected,
    ConnectPlan,
    Delivery,
    DeliveryRefused,
    Host,
    HostClient,
    HostError,
    HostInfo,
    HostMessage,
    HostNotFound,
    Http,
    Identity,
    Installation,
    RateLimit,
    Receipt,
    Rendered,
    Response,
    SignInRefused,
    SignInStart,
    Sweep,
)
from plugin.clock import Clock
from plugin.domain.community import InstallationState, Policy
from plugin.services.hosts.choosing import policy_values
from plugin.services.knowledge.graphs import Graphs
from plugin.services.runtime import Runtime
from plugin.settings import Settings
from plugin.store.crypto import Vault
from plugin.store.database import Database
from plugin.store.installations import Installations
from plugin.store.unit_of_work import UnitOfWork

BASE_URL = "https://forum.example.org"
HOOK_SECRET, SIGN_IN_SECRET = "a hook secret of tests", "a sign-in secret of tests"


def create(installations: Installations, *, base_url: str = BASE_URL, host: str = "fake") -> int:
    """An installation in its first state, with keys that differ from another's."""
    secrets = {"api_key": "the key", "hook_secrets": [HOOK_SECRET], "sign_in_secrets": [SIGN_IN_SECRET]}
    keys = {name: f"{base_url}{name}".encode().hex() for name in ("terms", "tombstones", "audit")}
    return installations.create(host=host, base_url=base_url, secrets=secrets, keys=keys, name="Forum")


async def community(database: Database, *, base_url: str = BASE_URL, host: str = "fake", policy: Policy | None = None) -> int:
    """A community that is served."""
    made = await database.manage(partial(create, base_url=base_url, host=host))

    def activate(unit: UnitOfWork) -> None:
        unit.update_installation(state=InstallationState.ACTIVE.value, policy=policy_values(policy or Policy()))
        unit.lanes.create()

    await database.write(made, activate)
    return made


# ---------------------------------------------------------------------------------------------------------------------- a host in memory


@dataclass
class Picture:
    """A host as it is now. Subjects that are not in it are gone."""

    members: dict[str, e.MemberChanged] = field(default_factory=dict)
    spaces: dict[str, e.SpaceChanged] = field(default_factory=dict)
    groups: dict[str, e.GroupChanged] = field(default_factory=dict)
    topics: dict[str, e.TopicChanged] = field(default_factory=dict)
    posts: dict[str, e.PostChanged] = field(default_factory=dict)
    likes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    solutions: dict[str, str] = field(default_factory=dict)
    badges: dict[str, tuple[str, ...]] = field(default_factory=dict)
    addresses: dict[str, str] = field(default_factory=dict)
    """E-mail addresses by member."""
    external: dict[str, str] = field(default_factory=dict)
    """Members by the id of an identity provider."""


def told(event: e.Event, at: datetime) -> e.Event:
    """An event as one that was read from the host at a moment."""
    return replace(event, source=e.Source.HOST, seen_at=at)


@dataclass
class FakeClient:
    """A community's API over a picture. ``failures`` are raised one by one before an answer; ``page`` is how many items a page of a listing has."""

    picture: Picture
    clock: Clock
    failures: list[HostError | None] = field(default_factory=list)
    page: int = 2
    empty_listings: bool = False
    reads: list[tuple[e.Kind, str]] = field(default_factory=list)
    pulls: list[tuple[Sweep, str | None]] = field(default_factory=list)
    sent: dict[str, HostMessage] = field(default_factory=dict)
    sends: list[str] = field(default_factory=list)
    lose_answers: int = 0
    disconnected: list[Mapping[str, str]] = field(default_factory=list)
    connect_failure: Exception | None = None

    def _fail(self) -> None:
        if self.failures and (failure := self.failures.pop(0)) is not None:
            raise failure

    async def describe(self) -> HostInfo:
        return HostInfo(title="Forum", version="1", capabilities=frozenset(Capability))

    async def connect(self, plan: ConnectPlan) -> Connected:
        if self.connect_failure is not None:
            raise self.connect_failure
        return Connected(remote={"hook": "7"}, to_do=("paste {secret}",))

    async def disconnect(self, remote: Mapping[str, str]) -> None:
        self._fail()
        self.disconnected.append(remote)

    async def pull(self, sweep: Sweep, cursor: str | None, *, since: datetime | None = None) -> Batch:
        self.pulls.append((sweep, cursor))
        self._fail()
        found = [] if self.empty_listings else self._listing(sweep)
        start = int(cursor or 0)
        end = start + self.page
        return Batch(events=[told(one, self.clock()) for one in found[start:end]], cursor=str(end) if end < len(found) else None, total=len(found))

    def _listing(self, sweep: Sweep) -> list[e.Event]:
        now, picture = self.clock(), self.picture
        listings: dict[Sweep, list[e.Event]] = {
            Sweep.SPACES: list(picture.spaces.values()),
            Sweep.GROUPS: list(picture.groups.values()),
            Sweep.MEMBERS: list(picture.members.values()),
            Sweep.TOPICS: list(picture.topics.values()),
            Sweep.POSTS: list(picture.posts.values()),
            Sweep.RECENT: [*picture.topics.values(), *picture.posts.values()],
            Sweep.SOLUTIONS: [e.SolutionAccepted(seen_at=now, topic_id=topic, post_id=post) for topic, post in picture.solutions.items()],
            Sweep.LIKES: [e.LikesRead(seen_at=now, member_id=one, post_ids=picture.likes.get(one, ())) for one in picture.members],
        }
        return listings[sweep]

    async def read(self, kind: e.Kind, host_id: str) -> Sequence[e.Event]:
        self.reads.append((kind, host_id))
        self._fail()
        return [told(one, self.clock()) for one in self._subject(kind, host_id)]

    def _subject(self, kind: e.Kind, host_id: str) -> Sequence[e.Event]:
        now, picture = self.clock(), self.picture
        if kind == "badges":
            return [e.BadgeGranted(seen_at=now, host_user_id=host_id, badge_id=one) for one in picture.badges.get(host_id, ())]
        if kind == "topic" and host_id in picture.topics:
            solved = picture.solutions.get(host_id)
            posts = tuple(post.post_id for post in picture.posts.values() if post.topic_id == host_id)
            said: list[e.Event] = [replace(picture.topics[host_id], solved=solved is not None), e.TopicRead(seen_at=now, topic_id=host_id, post_ids=posts)]
            return said if solved is None else [*said, e.SolutionAccepted(seen_at=now, topic_id=host_id, post_id=solved)]
        subjects: dict[e.Kind, Mapping[str, e.Event]] = {
            "member": picture.members,
            "space": picture.spaces,
            "group": picture.groups,
            "topic": picture.topics,
            "post": picture.posts,
        }
        gone: dict[str, e.Event] = {
            "member": e.MemberLeft(seen_at=now, host_user_id=host_id),
            "space": e.SpaceDeleted(seen_at=now, space_id=host_id),
            "group": e.GroupDeleted(seen_at=now, group_id=host_id),
            "topic": e.TopicDeleted(seen_at=now, topic_id=host_id),
            "post": e.PostDeleted(seen_at=now, post_id=host_id),
        }
        return [subjects[kind].get(host_id, gone[kind])]

    async def find_member(self, username: str) -> e.MemberChanged | None:
        return next((one for one in self.picture.members.values() if one.username == username), None)

    async def send(self, message: HostMessage, *, key: str) -> Receipt:
        self._fail()
        self.sends.append(key)
        self.sent[key] = message
        if self.lose_answers:
            self.lose_answers -= 1
            raise KeyboardInterrupt
        return Receipt(remote_id=f"r-{key}")

    async def find_sent(self, message: HostMessage, *, key: str) -> Receipt | None:
        self._fail()
        return Receipt(remote_id=f"r-{key}") if key in self.sent else None

    def _named(self, named: str) -> e.MemberChanged | None:
        by_address = next((one for one, address in self.picture.addresses.items() if address == named), None)
        return next((one for one in self.picture.members.values() if named == one.username or one.host_user_id == by_address), None)

    async def find_account(self, named: str) -> Account | None:
        self.reads.append(("member", named))
        self._fail()
        found = self._named(named)
        return None if found is None else Account(member=found, email=self.picture.addresses.get(found.host_user_id, ""))

    async def check_token(self, answer: Mapping[str, str]) -> e.MemberChanged:
        found = self._named(answer.get("access_token", ""))
        if found is None:
            raise SignInRefused("no", reason="bad_token")
        return found

    async def find_external(self, external_id: str) -> e.MemberChanged | None:
        self._fail()
        return self.picture.members.get(self.picture.external.get(external_id, ""))


@dataclass
class FakeHost:
    """A platform whose deliveries are lists of events by name: ``{"MemberSeen": {...}}`` is one, ``"poison"`` cannot be understood."""

    fake_client: FakeClient
    events: dict[str, Sequence[e.Event]] = field(default_factory=dict)
    name: str = "fake"
    title: str = "Fake"
    capabilities: frozenset[Capability] = frozenset(Capability)
    rate_limit: RateLimit = field(default_factory=lambda: RateLimit(per_minute=60))
    max_body: int = 10_000

    def normalise_url(self, url: str) -> str:
        return url.rstrip("/")

    def verify(self, delivery: Delivery, installation: Installation) -> None:
        if delivery.headers.get("secret") not in installation.hook_secrets:
            raise DeliveryRefused("no", reason="bad_signature")

    def admit(self, delivery: Delivery) -> Admitted | None:
        if delivery.body == b"private":
            return None
        return Admitted(key=delivery.headers["id"], kind="told", body=delivery.body)

    def acknowledgement(self, delivery: Delivery) -> Acknowledgement:
        return Acknowledgement()

    def to_events(self, admitted: Admitted, *, received_at: datetime, base_url: str) -> Sequence[e.Event]:
        if admitted.body == b"poison":
            raise ValueError("a member's words")
        return self.events.get(admitted.body.decode(), ())

    def recorded(self, headers: Mapping[str, str], body: bytes) -> Delivery:
        return Delivery(method="POST", rest="", headers=headers, body=body)

    def sign_in_start(self, installation: Installation, *, nonce: str, return_url: str, silent: bool) -> SignInStart:
        raise NotImplementedError

    def sign_in_finish(self, installation: Installation, answer: Mapping[str, str]) -> Identity:
        return Identity(**orjson.loads(answer["identity"]))

    def peek_nonce(self, answer: Mapping[str, str]) -> str | None:
        return None

    def client(self, installation: Installation, http: Http) -> HostClient:
        return self.fake_client

    def render(self, message: HostMessage) -> Rendered:
        return Rendered(to="", title="", text=repr(message))


class NoHttp:
    """There is no network in these tests."""

    calls = 0

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
        raise HostNotFound("there is no network")

    async def close(self) -> None:
        """Nothing to let go."""


def make_runtime(settings: Settings, database: Database, vault: Vault, clock: Clock, *hosts: Host) -> Runtime:
    """A runtime over a database and hosts, without network."""
    return Runtime(settings=settings, database=database, vault=vault, hosts={one.name: one for one in hosts}, clock=clock, make_http=lambda _limit: NoHttp())


@dataclass(repr=False)
class World:
    """A served community on a host in memory."""

    runtime: Runtime
    host: FakeHost
    installation_id: int

    @property
    def database(self) -> Database:
        return self.runtime.database

    @property
    def client(self) -> FakeClient:
        return self.host.fake_client

    @property
    def picture(self) -> Picture:
        return self.client.picture

    @property
    def graphs(self) -> Graphs:
        return Graphs(self.runtime)
