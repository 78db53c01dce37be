"""Standard Webhooks (https://www.standardwebhooks.com, specification 1.0.0): signing and verifying, with the standard library only.

For hosts whose platform signs its deliveries so: :func:`verify` is what their ``verify`` calls. Whatever is wrong with a delivery is a
:class:`DeliveryRefused` with status 401 and nothing else.
"""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from mentorgraph.host import DeliveryRefused

TOLERANCE = 300
"""Seconds by which a delivery's time may differ from ours, either way."""
SECRET_BYTES = range(24, 65)
"""How long the specification lets a secret be."""
MAX_SIGNATURES = 20
"""Signatures that are looked at in one delivery; a sender that rotates has two."""
_ID = re.compile(r"[!-\-/-~]{1,256}")
"""Printable without a space, and without the full stop that separates it from the time in what is signed."""
_TIME = re.compile(r"[0-9]{1,11}")
_PREFIX = "whsec_"


def secret_of(text: str) -> bytes:
    """The key behind a secret as people copy it, with or without ``whsec_``. Raises :class:`ValueError` for what is no base64 of 24 to 64 bytes."""
    try:
        key = base64.b64decode(text.removeprefix(_PREFIX).encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error) as error:
        raise ValueError("a secret is whsec_ and base64") from error
    if len(key) not in SECRET_BYTES:
        raise ValueError("a secret has 24 to 64 bytes")
    return key


def sign(secrets: Sequence[str], *, message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """The three headers of a delivery, with one signature for each secret: two while one follows the other.

    Raises :class:`ValueError` for a secret, an id or a time that no receiver could take.
    """
    seconds = str(int(at.timestamp()))
    if not secrets or not _ID.fullmatch(message_id) or not _TIME.fullmatch(seconds):
        raise ValueError("a delivery needs a secret, an id of 1 to 256 printable characters without a full stop, and a time since 1970")
    signatures = " ".join(f"v1,{base64.b64encode(_mac(secret_of(one), message_id, seconds, body)).decode()}" for one in secrets)
    return {"webhook-id": message_id, "webhook-timestamp": seconds, "webhook-signature": signatures}


def verify(secrets: Sequence[str], *, headers: Mapping[str, str], body: bytes, now: datetime | None = None) -> str:
    """The id of an authentic delivery, by which a repeat is known. Names of ``headers`` are lower case, as in a ``Delivery``; ``body`` is the raw bytes.

    Raises :class:`DeliveryRefused` with status 401 for everything else, a secret of ours that is none included: without one nothing is let in.
    """
    message_id, seconds = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not _ID.fullmatch(message_id) or not _TIME.fullmatch(seconds):
        raise DeliveryRefused("The delivery has no id or no time.", reason="malformed")
    if abs((now or datetime.now(UTC)).timestamp() - int(seconds)) > TOLERANCE:
        raise DeliveryRefused("The delivery is more than five minutes old, or a clock is wrong.", reason="stale")
    given = [found for one in headers.get("webhook-signature", "").split(" ")[:MAX_SIGNATURES] if (found := _signature(one)) is not None]
    expected = [_mac(key, message_id, seconds, body) for one in secrets if (key := _key(one)) is not None]
    # Every pair is compared, so that the time tells nothing of which one fits.
    fits = [hmac.compare_digest(one, other) for one in given for other in expected]
    if not any(fits):
        raise DeliveryRefused("The delivery's signature is missing or wrong.", reason="bad_signature")
    return message_id


def _mac(key: bytes, message_id: str, seconds: str, body: bytes) -> bytes:
    return hmac.new(key, f"{message_id}.{seconds}.".encode() + body, hashlib.sha256).digest()


def _key(text: str) -> bytes | None:
    try:
        return secret_of(text)
    except ValueError:
        return None


def _signature(text: str) -> bytes | None:
    version, comma, value = text.partition(",")
    if version != "v1" or not comma:
        return None
    try:
        found = base64.b64decode(value.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error):
        return None
    return found if len(found) == hashlib.sha256().digest_size else None
