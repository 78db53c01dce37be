"""What a workflow of the community sends us: pure, no I/O.

Circle documents neither a signature nor a delivery's id nor, but for one type, what a delivery holds. So the address is the secret, every delivery is only a
hint, and whatever type it has leads to a reading of what it names or, if it names nothing that is known, of what is new.
"""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime

import orjson

from integrations.strict import load_object
from integrations.values import Json, identifier, mapping, text
from mentorgraph.events import Event, NewsHinted, SubjectDoubted
from mentorgraph.host import Acknowledgement, Admitted, Delivery, DeliveryRefused, Installation

COMMUNITY = "community_id"
_MEMBER, _GROUP = "community_member_id", "access_group_id"
_BUCKET_SECONDS = 60


def verify(delivery: Delivery, installation: Installation) -> None:
    """Raise :class:`DeliveryRefused` unless the path ends in the secret and the body, if it names a community, names this one.

    Without a secret every delivery is refused. Another community's delivery comes if its admin pasted our address: 403, so that they see that it is not theirs.
    """
    given = delivery.rest.strip("/").encode("utf-8", "surrogatepass")
    # Every secret is compared, so that the time tells nothing of which one fits.
    fits = [hmac.compare_digest(given, secret.encode()) for secret in installation.hook_secrets if secret]
    if not given or not any(fits):
        raise DeliveryRefused("The address is not the one that was given out.", reason="wrong_address")
    ours, data = installation.remote.get(COMMUNITY), _data(delivery)
    if ours and COMMUNITY in data and identifier(data[COMMUNITY]) != ours:
        raise DeliveryRefused("The delivery is about another community.", reason="other_community", status=403)


def _data(delivery: Delivery) -> Json:
    """What a delivery is about; nothing for a body that :func:`admit` refuses."""
    try:
        return mapping(load_object(delivery.body).get("data"))
    except DeliveryRefused:
        return {}


def admit(delivery: Delivery) -> Admitted | None:
    """What may be stored of a verified delivery: its type and the ids of its data.

    Equal bodies within a minute are one delivery. Raises :class:`DeliveryRefused`: 405 for another method than POST, 400 for no object with a type.
    """
    if delivery.method != "POST":
        raise DeliveryRefused("Deliveries are POST.", reason="method", status=405)
    found = load_object(delivery.body)
    kind = text(found.get("type"), 100)
    if not kind or not kind.isprintable():
        raise DeliveryRefused("The body is no delivery: it has no type.", reason="malformed", status=400)
    ids = {key: value for key in (_MEMBER, _GROUP, COMMUNITY) if (value := identifier(mapping(found.get("data")).get(key)))}
    when = delivery.received_at.timestamp() // _BUCKET_SECONDS if delivery.received_at else 0
    key = hashlib.sha256(delivery.body + b"\n%d" % when).hexdigest()
    return Admitted(key=key, kind=kind, body=orjson.dumps({"type": kind, "data": ids}))


def acknowledgement(delivery: Delivery) -> Acknowledgement:  # noqa: ARG001 - the port's signature; every delivery wants the same answer
    """``200`` at once."""
    return Acknowledgement(status=200)


def to_events(admitted: Admitted, *, received_at: datetime, base_url: str) -> Sequence[Event]:  # noqa: ARG001 - the port's signature
    """What an admitted delivery says, as hints."""
    data = mapping(mapping(orjson.loads(admitted.body)).get("data"))
    member, group = text(data.get(_MEMBER)), text(data.get(_GROUP))
    found: list[Event] = []
    if member:
        found.append(SubjectDoubted(seen_at=received_at, kind="member", host_id=member))
    if group:
        found.append(SubjectDoubted(seen_at=received_at, kind="group", host_id=f"access:{group}"))
    return found or [NewsHinted(seen_at=received_at)]


def recorded(headers: Mapping[str, str], body: bytes) -> Delivery:
    """A delivery from a recording, for replay; the secret of its address is in the header ``x-mentorgraph-path``, for a recording has no address."""
    lower = {name.lower(): value for name, value in headers.items()}
    return Delivery(method="POST", rest=lower.get("x-mentorgraph-path", ""), headers=lower, body=body)
