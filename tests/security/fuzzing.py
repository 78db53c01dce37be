"""``python -m tests.security.fuzzing TARGET``: lets atheris mutate what comes in, led by coverage. What is not one of our own refusals ends the run.

Targets: ``delivery`` (a webhook, from its signature to events), ``graphql`` (bodies, texts and the cost of queries), ``form``, ``cookie``; and on a
whole service ``socket`` (messages over a WebSocket) and ``redirect`` (where a browser is sent).
"""

import contextlib
import hmac
import json
import sys
import tempfile
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from urllib.parse import parse_qsl, urljoin, urlsplit

import atheris

with atheris.instrument_imports(include=["plugin", "schema", "integrations"]):
    from graphql import GraphQLError, parse

    from integrations import HOSTS
    from integrations.discourse.manifest import ROOTS
    from mentorgraph.host import Delivery, DeliveryRefused, Installation
    from plugin.domain.applications import usable
    from plugin.errors import PluginError
    from plugin.services.identity.signing_in import safe_next
    from schema import trusted
    from schema.cost import operation_cost
    from schema.ids import parse_number
    from schema.paging import decode_cursor
    from schema.requests import Asked, bearer, media_type, of_address, of_body
    from schema.schema import schema
    from tests.security.fuzzed import Service

NOW = datetime(2026, 11, 2, tzinfo=UTC)
COMMUNITY = Installation(id=1, host="discourse", base_url="https://forum.example.org", hook_secrets=("a secret",), sign_in_secrets=("another",))


KINDS = [(root, name) for root, names in ROOTS.items() for name in names]
"""What a forum can say that a delivery is about."""
PLACES = ("", "a secret", "_matrix/app/v1/transactions/1", "_matrix/app/v1/ping", "transactions/é", "users/@a:b")
"""What may stand behind the address of a hook."""


def delivery(data: bytes) -> None:
    """Every host looks at it: what is admitted must become events or nothing. The last bytes choose what the headers and the address say."""
    given = atheris.FuzzedDataProvider(data)
    root, name = KINDS[given.ConsumeIntInRange(0, len(KINDS) - 1)]
    place, method = PLACES[given.ConsumeIntInRange(0, len(PLACES) - 1)], ("POST", "PUT", "GET")[given.ConsumeIntInRange(0, 2)]
    odd = given.ConsumeIntInRange(0, 7)
    if odd == 7:
        root, name, place = given.ConsumeString(12), given.ConsumeString(20), given.ConsumeString(10)
    body = given.ConsumeBytes(8_000)
    headers = {"x-discourse-event": name, "x-discourse-event-type": root, "x-discourse-event-id": "1", "x-discourse-instance": COMMUNITY.base_url}
    headers["authorization"] = "Bearer a secret"
    headers["x-discourse-event-signature"] = "sha256=" + hmac.new(b"a secret", body, "sha256").hexdigest() if odd < 6 else given.ConsumeString(40)
    for host in HOSTS.values():
        found = Delivery(method=method, rest=place, headers=headers, body=body)
        with contextlib.suppress(DeliveryRefused):
            host.verify(found, COMMUNITY)
        with contextlib.suppress(DeliveryRefused):
            admitted = host.admit(found)
            if admitted is not None:
                host.to_events(admitted, received_at=NOW, base_url=COMMUNITY.base_url)
                host.acknowledgement(found)


def graphql(data: bytes) -> None:
    """A body as it comes."""
    text = data.decode("utf-8", "replace")
    sent = [("query", text), ("variables", text), ("extensions", text)]
    for read, given in ((of_body, (data, "application/json")), (of_address, (sent,))):
        with contextlib.suppress(PluginError):
            asked: Asked = read(*given)
            trusted.resolve(asked.query, name=trusted.named(asked.document_id, asked.extensions), audience="widget")
    with contextlib.suppress(GraphQLError, RecursionError):
        operation_cost(parse(text, max_tokens=1_000), schema._schema, name=None, variables={"n": 5})
    for work in (lambda: parse_number(text, type_name="Member", installation_id=1), lambda: decode_cursor(text, "member", 1)):
        with contextlib.suppress(PluginError):
            work()
    media_type(text)


def form(data: bytes) -> None:
    """A form, and where it would lead."""
    with contextlib.suppress(ValueError):
        for _, value in parse_qsl(data.decode(), keep_blank_values=True, max_num_fields=1_000, errors="strict"):
            assert safe_next(value).startswith("/")
            assert safe_next(value)[1:2] not in {"/", "\\"}


def cookie(data: bytes) -> None:
    """An Authorization header and where to go on to."""
    text = data.decode("latin-1")
    bearer({"authorization": text})
    assert safe_next(text).startswith("/")


@cache
def service() -> Service:
    """Made for the first input that needs it."""
    return Service()


CLOSES = {None, 1000, 1009, 4400, 4401, 4403, 4406, 4408, 4409, 4429}
"""By what a WebSocket may end: 1011 would mean that the server failed."""


def socket(data: bytes) -> None:
    """Messages, one a line; the first byte says whether somebody signed in and whether they are bytes."""
    lines = data[1:].split(b"\n")[:8]
    flags = data[0] if data else 0
    messages: list[str | bytes] = list(lines) if flags & 2 else [one.decode("utf-8", "replace") for one in lines]
    code = service().socket(messages, known=bool(flags & 1))
    assert code in CLOSES, code


def redirect(data: bytes) -> None:
    """Where one wants to be sent after signing in, and by an application that nobody registered."""
    text = data.decode("utf-8", "replace")
    if usable(text):
        parts = urlsplit(text)
        assert not parts.fragment
        assert parts.scheme not in {"javascript", "data", "vbscript", "file", "blob"}
    number = service().world.installation_id
    place = safe_next(text)
    # What browsers do to an address before they look at it (url.spec.whatwg.org): these are dropped or read as a slash.
    seen = place.translate({9: None, 10: None, 13: None}).replace("\\", "/")
    assert urlsplit(urljoin("https://mentors.example.org/auth/1/callback", seen))[:2] == ("https", "mentors.example.org")
    for path, query in (
        (f"/auth/{number}/start", {"next": text}),
        (f"/auth/{number}/callback", {"sso": text, "sig": text}),
        (f"/oauth/{number}/authorize", {"response_type": "code", "client_id": text, "redirect_uri": text, "state": text}),
    ):
        status, location = service().get(path, **query)
        assert status < 500, (path, status)
        assert not location or urlsplit(urljoin("https://mentors.example.org/", location)).hostname in {"mentors.example.org", "forum.example.org"}, location


TARGETS = {one.__name__: one for one in (delivery, graphql, form, cookie, socket, redirect)}

RECORDED = Path(__file__).resolve().parents[1] / "integrations" / "discourse" / "payloads"


def recorded() -> tuple[bytes, ...]:
    """Bodies of recordings, and of what the other hosts send, each with its choices behind it."""
    held = [json.loads(one.read_text()) for one in sorted(RECORDED.glob("*.json"))]
    kinds = [(one["headers"]["X-Discourse-Event-Type"], one["headers"].get("X-Discourse-Event")) for one in held]
    bodies = [json.dumps(one["body"]).encode() for one in held]
    event = {"type": "m.reaction", "event_id": "$e", "room_id": "!r:example.org", "sender": "@a:example.org", "state_key": "@a:example.org"}
    relation = {"m.relates_to": {"rel_type": "m.annotation", "event_id": "$e", "key": "+1"}, "redacts": "$e"}
    bodies.append(json.dumps({"events": [event | {"content": relation}]}).encode())
    bodies.append(json.dumps({"type": "access_groups_added", "data": {"community_id": 1, "community_member_id": 2, "access_group_id": 3}}).encode())
    # The choices are read from the end, the last byte first.
    chosen = [KINDS.index(one) if one in KINDS else 0 for one in kinds]
    return tuple(body + bytes((0, place % 2, place, kind)) for body, kind, place in zip(bodies, [*chosen, 0, 0], [*(0 for _ in held), 2, 1], strict=True))


SEEDS: dict[str, tuple[bytes, ...]] = {
    "delivery": recorded(),
    "socket": (
        b'\x01{"type": "subscribe", "id": "1", "payload": {"query": "{ viewer { member { id } } }", "variables": null}}\n{"type": "ping"}',
        b'\x01{"type": "subscribe", "id": "1", "payload": {"query": "subscription { suggestionsChanged { count } }"}}\n{"type": "complete", "id": "1"}',
        b'\x00{"type": "connection_init", "payload": {"authorization": "x"}}\n{"type": "subscribe", "id": 1, "payload": {"query": 2}}',
        b'\x03{"type": "subscribe", "id": "", "payload": null}',
    ),
    "redirect": (
        b"/my/programs?x=1",
        b"//evil.example",
        b"/\\evil.example",
        b"https://app.example.org/back",
        b"http://127.0.0.1:1/x",
        b"org.example.app:/back",
        b"app-x",
    ),
}
"""What begins on the way to what is looked for."""


def seeded(name: str) -> list[str]:
    """A folder with the seeds of a target, if it has any."""
    folder = Path(tempfile.mkdtemp(prefix=f"mentorgraph-{name}-"))
    for number, one in enumerate(SEEDS.get(name, ())):
        (folder / str(number)).write_bytes(one)
    return [str(folder)] if name in SEEDS else []


if __name__ == "__main__":
    chosen = sys.argv.pop(1)
    target = TARGETS[chosen]
    atheris.Setup([*sys.argv, *seeded(chosen)], target)
    atheris.Fuzz()
