"""What the tests of this integration share: recordings, signatures, a fixed clock, an installation."""

import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from integrations.discourse import webhooks
from mentorgraph.events import Event
from mentorgraph.host import Capability, Delivery, Installation

PAYLOADS = Path(__file__).with_name("payloads")
BASE_URL = "https://forum.example.com"
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
HOOK_SECRET, OLD_HOOK_SECRET = "hook-secret-new-0001", "hook-secret-old-0001"
SIGN_IN_SECRET, OLD_SIGN_IN_SECRET = "sign-in-secret-new", "sign-in-secret-old"

INSTALLATION = Installation(
    id=1,
    host="discourse",
    base_url=BASE_URL,
    hook_url="https://mentors.example/hooks/1/",
    callback_url="https://mentors.example/auth/1/callback",
    api_key="key",
    hook_secrets=(HOOK_SECRET, OLD_HOOK_SECRET),
    sign_in_secrets=(SIGN_IN_SECRET, OLD_SIGN_IN_SECRET),
)


@dataclass(frozen=True)
class Recording:
    """A payload file."""

    headers: Mapping[str, str]
    body: Mapping[str, object]

    def delivery(self, **changed: str) -> Delivery:
        """The request as the forum would send it; ``changed`` headers have underscores for dashes."""
        body = compact(self.body)
        headers = {name.lower(): value for name, value in self.headers.items()} | {"x-discourse-event-signature": signature(body)}
        return Delivery(method="POST", rest="", headers=headers | {name.replace("_", "-"): value for name, value in changed.items()}, body=body)


def recording(case: str) -> Recording:
    found = json.loads((PAYLOADS / f"{case}.json").read_text(encoding="utf-8"))
    return Recording(headers=found["headers"], body=found["body"])


def cases() -> list[str]:
    return sorted(path.stem for path in PAYLOADS.glob("*.json"))


def compact(body: object) -> bytes:
    """JSON as the forum writes it: compact, and not escaped beyond need."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def signature(body: bytes, secret: str = HOOK_SECRET) -> str:
    return f"sha256={hmac.new(secret.encode(), body, sha256).hexdigest()}"


def delivery(root: str, name: str, payload: object) -> Delivery:
    headers = {"X-Discourse-Instance": BASE_URL, "X-Discourse-Event-Id": "7", "X-Discourse-Event-Type": root, "X-Discourse-Event": name}
    return Recording(headers=headers, body={root: payload}).delivery()


def events_of(found: Delivery) -> Sequence[Event] | None:
    """What the service would learn from a delivery; ``None`` when nothing of it may be kept."""
    admitted = webhooks.admit(found)
    return None if admitted is None else webhooks.to_events(admitted, received_at=NOW, base_url=BASE_URL)


OTHER_WAYS_IN = frozenset({Capability.SIGN_IN_BY_MAIL, Capability.SIGN_IN_BY_MESSAGE, Capability.SIGN_IN_BY_TOKEN, Capability.OWN_ACCOUNT})
"""What a forum does not need: it signs members in by itself, and the key names its account."""
