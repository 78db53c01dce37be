"""A host of its own: a notice board with members, notices, answers and letters (docs/hosts.md goes through it). It has no groups, badges, events or likes."""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlsplit

from mentorgraph import events as e
from mentorgraph.host import (
    Account,
    Acknowledgement,
    Admitted,
    Batch,
    Bullets,
    CalendarEntry,
    Capability,
    Connected,
    ConnectPlan,
    Delivery,
    DeliveryRefused,
    DirectMessage,
    Host,
    HostBroken,
    HostBusy,
    HostClient,
    HostDenied,
    HostError,
    HostInfo,
    HostInvalid,
    HostMessage,
    HostNotFound,
    Http,
    Identity,
    Installation,
    Link,
    Mention,
    Paragraph,
    Quote,
    RateLimit,
    Receipt,
    Rendered,
    SignInRefused,
    SignInStart,
    Sweep,
    Words,
)

SPACE = "board"
"""There is one space, which every member may read."""
_SIGNATURE = "board-signature"


def normalise_url(url: str) -> str:
    """The board's address: scheme (https unless said), host, no slash at the end."""
    typed = url.strip()
    try:
        parts = urlsplit(typed if "://" in typed else f"https://{typed}")
        plain = parts.port != 0 and "@" not in parts.netloc and " " not in typed
        named = plain and bool(parts.hostname) and parts.scheme in {"http", "https"}
    except ValueError:
        named = False
    if not named:
        raise HostInvalid("type the address of the notice board, such as https://board.example.org", reason="url")
    return f"{parts.scheme}://{parts.netloc.lower()}{parts.path}".rstrip("/")


# ---------------------------------------------------------------------------------------------------------------------- deliveries: pure


def verify(delivery: Delivery, installation: Installation) -> None:
    """The board signs the raw body with the secret that we gave it."""
    given = delivery.headers.get(_SIGNATURE, "").encode("utf-8", "surrogateescape")
    fits = [hmac.compare_digest(hmac.new(one.encode(), delivery.body, hashlib.sha256).hexdigest().encode(), given) for one in installation.hook_secrets if one]
    if not any(fits):
        raise DeliveryRefused("the signature is missing or wrong", reason="bad_signature")


def admit(delivery: Delivery) -> Admitted | None:
    """Number, kind and subject of a delivery. The board sends no words; if it did, they would not be kept."""
    try:
        found = json.loads(delivery.body)
    except (ValueError, RecursionError):
        found = None
    if delivery.method != "POST" or not isinstance(found, dict) or not all(isinstance(found.get(name), int) for name in ("id", "subject")):
        raise DeliveryRefused("this is no delivery of a notice board", reason="malformed", status=400)
    kind = found.get("kind")
    if kind not in {"notice", "member"}:
        return None
    return Admitted(key=str(found["id"]), kind=kind, body=json.dumps({"kind": kind, "subject": found["subject"]}).encode())


def to_events(admitted: Admitted, *, received_at: datetime, base_url: str) -> Sequence[e.Event]:  # noqa: ARG001 - the port's signature
    """A doubt: the service then asks the board itself, so that order and repeats do not matter."""
    found = json.loads(admitted.body)
    return [e.SubjectDoubted(seen_at=received_at, kind="post" if found["kind"] == "notice" else "member", host_id=str(found["subject"]))]


# ---------------------------------------------------------------------------------------------------------------------- our words as theirs


def text_of(message: DirectMessage) -> str:
    """A letter in plain text, in which nothing takes effect."""
    lines: list[str] = []
    for block in message.body:
        match block:
            case Paragraph():
                lines.append("".join(map(_piece, block.parts)))
            case Bullets():
                lines += ["- " + "".join(map(_piece, item)) for item in block.items]
            case Quote():
                lines += [f"> {line}" for line in block.text.splitlines()]
            case CalendarEntry():
                lines.append(f"{block.name}: {block.start:%Y-%m-%d %H:%M} {block.timezone}")
    return "\n".join(lines)


def _piece(part: str | Words | Link | Mention) -> str:
    match part:
        case Words():
            return part.text
        case Link():
            return f"{part.text} ({part.url})"
        case Mention():
            return part.username
        case str():
            return part


# ---------------------------------------------------------------------------------------------------------------------- the board's API


class BoardClient:
    """One board's API; satisfies :class:`mentorgraph.host.HostClient`, where each method is described."""

    def __init__(self, installation: Installation, http: Http) -> None:
        self._installation, self._http = installation, http

    async def _call(self, method: str, path: str, *, values: Mapping[str, object] | None = None, params: Sequence[tuple[str, str]] = ()) -> Any:
        headers = {"Authorization": f"Bearer {self._installation.api_key}"}
        url = f"{self._installation.base_url}/api{path}"
        answer = await self._http.request(method, url, headers=headers, params=params, json=values, repeatable=method != "POST")
        if answer.status != 200:
            raise _error(answer.status, answer.headers.get("retry-after", ""))
        try:
            return json.loads(answer.body)
        except ValueError as error:
            raise HostBroken("the board's answer is not JSON") from error

    async def describe(self) -> HostInfo:
        try:
            board = await self._call("GET", "/board")
        except (HostBroken, HostNotFound) as error:
            raise HostBroken("there is no notice board at this address", reason="not_a_board") from error
        return HostInfo(title=str(board["title"]), version="1", capabilities=HOST.capabilities)

    async def connect(self, plan: ConnectPlan) -> Connected:
        await self._call("PUT", "/hook", values={"url": self._installation.hook_url, "secret": plan.hook_secret})
        return Connected(remote={"hook": "yes"})

    async def disconnect(self, remote: Mapping[str, str]) -> None:
        if remote:
            await self._call("DELETE", "/hook")

    async def pull(self, sweep: Sweep, cursor: str | None, *, since: datetime | None = None) -> Batch:
        seen = datetime.now(UTC)  # before the call: what happens during it is not taken for older
        if sweep is Sweep.SPACES:
            return Batch(events=[e.SpaceChanged(seen_at=seen, source=e.Source.HOST, space_id=SPACE, name="Board", access=e.Access.MEMBERS)], cursor=None)
        if sweep not in {Sweep.MEMBERS, Sweep.TOPICS, Sweep.POSTS, Sweep.RECENT}:
            return Batch(events=(), cursor=None)
        listing = "members" if sweep is Sweep.MEMBERS else "notices"
        params = [("after", cursor or "0"), *([("since", since.isoformat())] if since and sweep is Sweep.RECENT else [])]
        page = await self._call("GET", f"/{listing}", params=params)
        make = {Sweep.MEMBERS: self._member, Sweep.TOPICS: self._topic}.get(sweep, self._both)
        found: list[e.Event] = [event for one in page[listing] for event in make(one, seen)]
        return Batch(events=found, cursor=None if page["next"] is None else str(page["next"]))

    def _member(self, one: Mapping[str, Any], seen: datetime) -> list[e.Event]:
        joined = datetime.fromisoformat(one["joined"])
        return [e.MemberChanged(seen_at=seen, source=e.Source.HOST, host_user_id=str(one["id"]), username=one["name"], created_at=joined, active=True)]

    def _topic(self, one: Mapping[str, Any], seen: datetime) -> list[e.Event]:
        if one["thread"] != one["id"]:
            return []
        at, author, topic = datetime.fromisoformat(one["at"]), str(one["author"]), str(one["id"])
        url = f"{self._installation.base_url}/notices/{topic}"
        said = e.TopicChanged(seen_at=seen, source=e.Source.HOST, topic_id=topic, title=one["title"], url=url, space_id=SPACE, author_id=author, created_at=at)
        return [replace(said, bumped_at=at)]

    def _both(self, one: Mapping[str, Any], seen: datetime) -> list[e.Event]:
        at, first = datetime.fromisoformat(one["at"]), one["thread"] == one["id"]
        post = e.PostChanged(
            seen_at=seen,
            source=e.Source.HOST,
            post_id=str(one["id"]),
            topic_id=str(one["thread"]),
            author_id=str(one["author"]),
            number=1 if first else one["id"] + 1,
            reply_to_number=None if first else 1,
            created_at=at,
            updated_at=at,
            text=one["text"],
            url=f"{self._installation.base_url}/notices/{one['id']}",
            space_id=SPACE,
        )
        return [*self._topic(one, seen), post]

    async def read(self, kind: e.Kind, host_id: str) -> Sequence[e.Event]:
        seen = datetime.now(UTC)
        gone: dict[str, e.Event] = {
            "member": e.MemberLeft(seen_at=seen, source=e.Source.HOST, host_user_id=host_id),
            "topic": e.TopicDeleted(seen_at=seen, source=e.Source.HOST, topic_id=host_id),
            "post": e.PostDeleted(seen_at=seen, source=e.Source.HOST, post_id=host_id),
        }
        if kind not in gone:
            return ()
        try:
            one = await self._call("GET", f"/{'members' if kind == 'member' else 'notices'}/{quote(host_id, safe='')}")
        except HostNotFound:
            return [gone[kind]]
        return self._member(one, seen) if kind == "member" else self._both(one, seen)

    async def find_member(self, username: str) -> e.MemberChanged | None:
        page = await self._call("GET", "/members", params=[("name", username)])
        found = [event for one in page["members"] for event in self._member(one, datetime.now(UTC))]
        return next((one for one in found if isinstance(one, e.MemberChanged)), None)

    async def find_account(self, named: str) -> Account | None:
        """Members sign in by a code in a letter."""
        member = await self.find_member(named)
        return None if member is None else Account(member=member)

    async def send(self, message: HostMessage, *, key: str) -> Receipt:
        if not isinstance(message, DirectMessage):
            raise HostInvalid("a notice board takes letters only", reason="not_offered")
        # The board takes a key once, so a repeat is the same letter.
        letter = await self._call("POST", "/letters", values={"to": list(message.to), "title": message.title, "text": text_of(message), "key": key})
        return Receipt(remote_id=str(letter["id"]))

    async def find_sent(self, message: HostMessage, *, key: str) -> Receipt | None:
        found = await self._call("GET", "/letters", params=[("key", key)])
        return Receipt(remote_id=str(found["letters"][0]["id"])) if found["letters"] else None


def _error(status: int, retry_after: str) -> HostError:
    if status in {429, 502, 503, 504}:
        return HostBusy("the board asks to wait", retry_after=float(retry_after) if retry_after.isdigit() else None)
    if status in {401, 403}:
        return HostDenied("the board refuses the key")
    if status == 404:
        return HostNotFound("the board has no such thing")
    return HostInvalid(f"the board refused the values (status {status})") if 400 <= status < 500 else HostBroken(f"the board answered with status {status}")


class Noticeboard:
    """The host: pure but for :meth:`client`."""

    name, title = "noticeboard", "Notice board"
    capabilities = frozenset({Capability.DELIVERIES, Capability.DIRECT_MESSAGES, Capability.SIGN_IN_BY_MESSAGE, Capability.OWN_ACCOUNT})
    rate_limit = RateLimit(per_minute=600, burst=60)
    max_body = 10_000

    normalise_url = staticmethod(normalise_url)
    verify = staticmethod(verify)
    admit = staticmethod(admit)
    to_events = staticmethod(to_events)

    def acknowledgement(self, delivery: Delivery) -> Acknowledgement:
        return Acknowledgement()

    def recorded(self, headers: Mapping[str, str], body: bytes) -> Delivery:
        return Delivery(method="POST", rest="", headers={name.lower(): value for name, value in headers.items()}, body=body)

    def sign_in_start(self, installation: Installation, *, nonce: str, return_url: str, silent: bool) -> SignInStart:
        raise SignInRefused("a notice board has no page for signing in: ask for a code", reason="not_offered")

    def sign_in_finish(self, installation: Installation, answer: Mapping[str, str]) -> Identity:
        raise SignInRefused("a notice board has no page for signing in: ask for a code", reason="not_offered")

    def peek_nonce(self, answer: Mapping[str, str]) -> str | None:
        return None

    def client(self, installation: Installation, http: Http) -> HostClient:
        return BoardClient(installation, http)

    def render(self, message: HostMessage) -> Rendered:
        if isinstance(message, DirectMessage):
            return Rendered(to=", ".join(message.to), title=message.title, text=text_of(message))
        return Rendered(to="", title="", text="a notice board takes letters only")


HOST: Host = Noticeboard()
