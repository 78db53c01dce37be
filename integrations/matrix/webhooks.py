"""Transactions of the application service API: pure, no I/O (https://spec.matrix.org/latest/application-service-api/#pushing-events).

A transaction is authentic by a static token only; there is neither a signature nor a time stamp. Transaction ids say nothing: Synapse on SQLite counts from 1
again after a restart. So a delivery is known by the ids of its events. A homeserver tells of every room that our account is in, private ones included, and
nothing in an event says which kind its room is. So no word of a message is kept: what arrives is taken for a hint, and the client reads the message again if
its room is one that counts.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from datetime import datetime

import orjson

from integrations.matrix.identifiers import event_id, member_id, message_id, room_id
from integrations.matrix.likes import is_like
from integrations.matrix.manifest import EVENTS
from integrations.strict import load_object
from integrations.values import Json, entries, mapping, text
from mentorgraph.events import Event, HookPinged, PostLiked, SubjectDoubted
from mentorgraph.host import Acknowledgement, Admitted, Delivery, DeliveryRefused, Installation

MAX_EVENTS = 1_000
"""Events of one transaction; Synapse sends at most a hundred."""

_PING = "m.ping"
_TRANSACTION = re.compile(r"(?:_matrix/app/(?:v1|unstable)/)?transactions/[^/]{1,255}")
_PING_PATH = re.compile(r"_matrix/app/(?:v1|unstable/fi\.mau\.msc2659)/ping")
_QUERY_PATH = re.compile(r"(?:_matrix/app/(?:v1|unstable)/)?(?:users|rooms|thirdparty)/.*", re.DOTALL)
_OF_ROOM = frozenset(
    {
        "m.room.name",
        "m.room.topic",
        "m.room.canonical_alias",
        "m.room.join_rules",
        "m.room.encryption",
        "m.room.history_visibility",
        "m.room.tombstone",
        "m.space.child",
    }
)


def verify(delivery: Delivery, installation: Installation) -> None:
    """Raise :class:`DeliveryRefused` unless the delivery carries the ``hs_token``. Without a secret every delivery is refused."""
    scheme, _, given = delivery.headers.get("authorization", "").partition(" ")
    # Every secret is compared, so that the time tells nothing of which one fits.
    fits = [hmac.compare_digest(given.encode("utf-8", "surrogatepass"), secret.encode()) for secret in installation.hook_secrets if secret]
    if scheme.casefold() != "bearer" or not given or not any(fits):
        raise DeliveryRefused("The homeserver's token is missing or wrong.", reason="wrong_token")


def admit(delivery: Delivery) -> Admitted | None:
    """What may be stored of a verified delivery: for each event of a known type what it is about, and no word that anyone wrote.

    Raises :class:`DeliveryRefused`: 404 for questions about users and rooms of ours, of which there are none, and for other paths; 405 for other methods; 400
    for a body that is no transaction.
    """
    if _PING_PATH.fullmatch(delivery.rest):
        return Admitted(key=f"ping-{hashlib.sha256(delivery.body).hexdigest()}", kind=_PING, body=b'{"events":[]}')
    if _QUERY_PATH.fullmatch(delivery.rest) or not _TRANSACTION.fullmatch(delivery.rest):
        raise DeliveryRefused("There is nothing here.", reason="not_found", status=404)
    if delivery.method != "PUT":
        raise DeliveryRefused("Transactions are PUT.", reason="method", status=405)
    listed = load_object(delivery.body).get("events")
    if not isinstance(listed, list) or len(listed) > MAX_EVENTS:
        raise DeliveryRefused("The body is no transaction: it has no list of events.", reason="malformed", status=400)
    kept = [reduced for event in entries(listed, MAX_EVENTS) if (reduced := _reduced(event)) is not None]
    if not kept:
        return None
    kinds = {str(event["type"]) for event in kept}
    ids = "\n".join(str(event["event_id"]) for event in kept)
    return Admitted(
        key=f"events-{hashlib.sha256(ids.encode()).hexdigest()}", kind=kinds.pop() if len(kinds) == 1 else "transaction", body=orjson.dumps({"events": kept})
    )


def _reduced(event: Json) -> dict[str, object] | None:
    kind = text(event.get("type"))
    found, room, sender = event_id(event.get("event_id")), room_id(event.get("room_id")), member_id(event.get("sender"))
    if kind not in EVENTS or found is None or room is None or sender is None:
        return None
    content = mapping(event.get("content"))
    relation = mapping(content.get("m.relates_to"))
    kept: dict[str, object | None] = {
        "type": kind,
        "event_id": found,
        "room_id": room,
        "sender": sender,
        "member": member_id(event.get("state_key")) if kind == "m.room.member" else None,
        # Room version 11 moved it into the content.
        "redacts": event_id(event.get("redacts")) or event_id(content.get("redacts")) if kind == "m.room.redaction" else None,
        "relation": text(relation.get("rel_type"), 40) if kind in {"m.reaction", "m.room.message"} else None,
        "target": event_id(relation.get("event_id")) if kind in {"m.reaction", "m.room.message"} else None,
        "like": is_like(relation.get("key")) if kind == "m.reaction" else None,
    }
    return {name: value for name, value in kept.items() if value is not None}


def acknowledgement(delivery: Delivery) -> Acknowledgement:  # noqa: ARG001 - the port's signature; every kind of delivery wants the same answer
    """``200`` with an empty object, or the homeserver sends the transaction again."""
    return Acknowledgement(status=200, body=b"{}", content_type="application/json")


def to_events(admitted: Admitted, *, received_at: datetime, base_url: str) -> Sequence[Event]:  # noqa: ARG001 - the port's signature
    """What an admitted delivery says, as hints."""
    if admitted.kind == _PING:
        return [HookPinged(seen_at=received_at)]
    listed = entries(mapping(orjson.loads(admitted.body)).get("events"), MAX_EVENTS)
    return [event for item in listed if (event := _event(item, received_at)) is not None]


def _event(item: Json, seen_at: datetime) -> Event | None:
    kind, room = str(item["type"]), str(item["room_id"])
    target = text(item.get("target"))
    if kind == "m.room.message":
        # An edit is news of the message that it replaces.
        edited = target if item.get("relation") == "m.replace" else None
        return SubjectDoubted(seen_at=seen_at, kind="post", host_id=message_id(room, edited or str(item["event_id"])))
    if kind == "m.room.redaction":
        redacted = text(item.get("redacts"))
        return SubjectDoubted(seen_at=seen_at, kind="post", host_id=message_id(room, redacted)) if redacted else None
    if kind == "m.reaction":
        liked = item.get("like") is True and target is not None
        return PostLiked(seen_at=seen_at, post_id=message_id(room, target), member_id=str(item["sender"])) if liked and target else None
    if kind == "m.room.member":
        member = text(item.get("member"))
        return SubjectDoubted(seen_at=seen_at, kind="member", host_id=member) if member else None
    return SubjectDoubted(seen_at=seen_at, kind="space", host_id=room) if kind in _OF_ROOM else None


def recorded(headers: Mapping[str, str], body: bytes) -> Delivery:
    """A delivery from a recording, for replay. The path is of no consequence: transaction ids are not."""
    return Delivery(method="PUT", rest="_matrix/app/v1/transactions/recorded", headers={name.lower(): value for name, value in headers.items()}, body=body)
