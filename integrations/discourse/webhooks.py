"""Deliveries of a forum: authentic or not, what of them may be kept, and what they say. Pure.

Only the body is signed, and no time is. So a captured body can be sent again at any time, with other headers. Therefore the root key of the body must equal the
header that names it, the name of the event must belong to that root, and every event is a hint: whoever acts on "deleted" asks the forum first.
Source: ``app/jobs/regular/emit_web_hook_event.rb`` and ``app/services/web_hook_emitter.rb`` of Discourse.
"""

import hmac
import re
from collections.abc import Mapping, Sequence
from datetime import datetime

import orjson

from integrations.discourse import addresses, quick, translation
from integrations.discourse.admission import reduced
from integrations.discourse.manifest import ROOTS
from integrations.strict import load_object
from mentorgraph.events import Event
from mentorgraph.host import Acknowledgement, Admitted, Delivery, DeliveryRefused, Installation

SIGNATURE, INSTANCE = "x-discourse-event-signature", "x-discourse-instance"
EVENT, EVENT_TYPE, EVENT_ID = "x-discourse-event", "x-discourse-event-type", "x-discourse-event-id"

_KEPT = Acknowledgement()
_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}", re.ASCII)
_ID = re.compile(r"[0-9]{1,20}", re.ASCII)
_ROOT_OF = {name: root for root, names in ROOTS.items() for name in names}


def verify(delivery: Delivery, installation: Installation) -> None:
    """Raise :class:`DeliveryRefused` unless one of the secrets signed the raw bytes and the forum is the one that is registered.

    Without a secret every delivery is refused. All secrets are tried whichever one fits.
    """
    given = delivery.headers.get(SIGNATURE, "").encode("utf-8", "surrogatepass")
    tried = fitting = 0
    for secret in installation.hook_secrets:
        if secret:
            tried += 1
            fitting += hmac.compare_digest(b"sha256=%b" % hmac.digest(secret.encode(), delivery.body, "sha256").hex().encode(), given)
    if not tried:
        raise DeliveryRefused("This community has no webhook secret, so nothing is let in.", reason="no_secret")
    if not fitting:
        reason = "bad_signature" if given else "no_signature"
        raise DeliveryRefused("The delivery is not signed with the secret of this community's webhook.", reason=reason)
    if not addresses.same_forum(delivery.headers.get(INSTANCE, ""), installation.base_url):
        raise DeliveryRefused("The delivery says that it comes from another forum than the one registered here.", reason="wrong_instance")
    if delivery.method != "POST":
        raise DeliveryRefused("A delivery is a POST.", reason="method", status=405)


def admit(delivery: Delivery) -> Admitted | None:
    """What may be stored of a verified delivery: the keys that are needed, and nothing of private messages, whispers and staged users (``None``).

    The body is JSON whatever the content type says. An event or root that is not known is kept by name alone, so that it can be counted.
    Raises :class:`DeliveryRefused` with status 400 for what Discourse would not send.
    """
    said = delivery.headers.get
    key, root, name = said(EVENT_ID, ""), said(EVENT_TYPE, ""), said(EVENT, "")
    if not _ID.fullmatch(key):
        raise _malformed("The delivery has no id of its own.", "no_id")
    known = _ROOT_OF.get(name)
    if known != root and (not _NAME.fullmatch(root) or (name and not _NAME.fullmatch(name))):
        raise _malformed("The delivery does not say what it is about.", "no_type")
    body = load_object(delivery.body)
    if root not in body:
        raise _malformed("The body is about something else than its header says.", "root_mismatch")
    if known is None:
        return Admitted(key=key, kind=name or root, body=b"{}")
    if known != root:
        raise _malformed("The event does not belong to what the body is about.", "event_mismatch")
    if root == "post" and (stored := quick.post(name, body[root], delivery.body)) is not None:
        return Admitted(key=key, kind=name, body=stored)
    kept = reduced(root, name, body[root])
    return None if kept is None else Admitted(key=key, kind=name, body=orjson.dumps({root: kept}))


def acknowledgement(_delivery: Delivery) -> Acknowledgement:
    """Discourse looks at the status alone; 2xx means delivered."""
    return _KEPT


def to_events(admitted: Admitted, *, received_at: datetime, base_url: str) -> Sequence[Event]:
    """What an admitted delivery says, as hints. An unknown kind is an empty sequence."""
    root = _ROOT_OF.get(admitted.kind)
    if root is None:
        return ()
    return translation.events(root, admitted.kind, load_object(admitted.body).get(root), received_at=received_at, base_url=base_url)


def recorded(headers: Mapping[str, str], body: bytes) -> Delivery:
    """A delivery from a recording."""
    return Delivery(method="POST", rest="", headers={name.lower(): value for name, value in headers.items()}, body=body)


def _malformed(message: str, reason: str) -> DeliveryRefused:
    return DeliveryRefused(message, reason=reason, status=400)
