"""``python -m tests.security.fuzzing TARGET``: lets atheris mutate what comes in, led by coverage. What is not one of our own refusals ends the run.

Targets: ``delivery`` (a webhook, from its signature to events), ``graphql`` (bodies, texts and the cost of queries), ``form``, ``cookie``.
"""

import contextlib
import sys
from datetime import UTC, datetime
from urllib.parse import parse_qsl

import atheris

with atheris.instrument_imports(include=["plugin", "schema", "integrations"]):
    import orjson
    from graphql import GraphQLError, parse

    from integrations import HOSTS
    from mentorgraph.host import Delivery, DeliveryRefused, Installation
    from plugin.errors import PluginError
    from plugin.services.access import safe_next
    from schema import trusted
    from schema.cost import operation_cost
    from schema.http import bearer, wants_graphql_json
    from schema.ids import parse_number
    from schema.paging import decode_cursor
    from schema.schema import schema

NOW = datetime(2026, 11, 2, tzinfo=UTC)
COMMUNITY = Installation(id=1, host="discourse", base_url="https://forum.example.org", hook_secrets=("a secret",), sign_in_secrets=("another",))


def delivery(data: bytes) -> None:
    """Every host looks at it: what is admitted must become events or nothing."""
    given = atheris.FuzzedDataProvider(data)
    headers = {"x-discourse-event": given.ConsumeString(20), "x-discourse-event-type": given.ConsumeString(12), "x-discourse-event-id": "1"}
    headers["x-discourse-event-signature"] = given.ConsumeString(40)
    body = given.ConsumeBytes(2_000)
    for host in HOSTS.values():
        found = Delivery(method="POST", rest=given.ConsumeString(10), headers=headers, body=body)
        with contextlib.suppress(DeliveryRefused):
            host.verify(found, COMMUNITY)
        with contextlib.suppress(DeliveryRefused):
            admitted = host.admit(found)
            if admitted is not None:
                host.to_events(admitted, received_at=NOW, base_url=COMMUNITY.base_url)


def graphql(data: bytes) -> None:
    """A body as it comes."""
    with contextlib.suppress(orjson.JSONDecodeError):
        found = orjson.loads(data)
        if isinstance(found, dict):
            with contextlib.suppress(PluginError):
                trusted.resolve(found.get("query") if isinstance(found.get("query"), str) else None, name=None, audience="widget")
    text = data.decode("utf-8", "replace")
    with contextlib.suppress(GraphQLError, RecursionError):
        operation_cost(parse(text, max_tokens=1_000), schema._schema, name=None, variables={"n": 5})
    for work in (lambda: parse_number(text, type_name="Member", installation_id=1), lambda: decode_cursor(text, "member", 1)):
        with contextlib.suppress(PluginError):
            work()
    wants_graphql_json(text)


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


TARGETS = {one.__name__: one for one in (delivery, graphql, form, cookie)}

if __name__ == "__main__":
    target = TARGETS[sys.argv.pop(1)]
    atheris.Setup(sys.argv, target)
    atheris.Fuzz()
