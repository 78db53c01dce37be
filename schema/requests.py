"""What a GraphQL request over HTTP says, read strictly (github.com/graphql/graphql-over-http); for each way in which it can be wrong one true sentence."""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import orjson
from strawberry.http import GraphQLRequestData

from plugin.errors import Invalid, PluginError

JSON, GRAPHQL_JSON = "application/json", "application/graphql-response+json"
_SHAPES: tuple[tuple[str, type, str], ...] = (
    ("query", str, "a text"),
    ("operationName", str, "a text or null"),
    ("variables", dict, "an object or null"),
    ("extensions", dict, "an object or null"),
)
_TEXTS = ("query", "operationName", "documentId")
_OBJECTS = ("variables", "extensions")
PREFLIGHT = ("apollo-require-preflight", "graphql-require-preflight", "x-apollo-operation-name", "authorization")
"""Headers that no page of another site can send without a preflight request, which we do not grant it."""
_LOOKED_AT = frozenset({b"authorization", b"content-type", b"accept"})


class NotByGet(PluginError):
    """Something that changes was asked for by GET."""

    status_code = 405
    code = "not_by_get"


class NotAcceptable(PluginError):
    """The client takes none of the media types that there are."""

    status_code = 406
    code = "not_acceptable"


@dataclass
class Asked(GraphQLRequestData):
    """A request whose shape is right. ``document_id`` is whatever was given as such."""

    document_id: object = None


def bearer(headers: Mapping[str, str]) -> str:
    """The token of an ``Authorization`` header; empty without one."""
    return _token(headers.get("authorization", ""))


def _token(authorization: str) -> str:
    scheme, _, token = authorization.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def head_of(headers: Sequence[tuple[bytes, bytes]]) -> tuple[str, str, str]:
    """The token, the type of the body and what is accepted, in one look at the headers; of several of a name the first counts."""
    found = {name: value.decode("latin-1") for name, value in reversed(headers) if name in _LOOKED_AT}
    return _token(found.get(b"authorization", "")), found.get(b"content-type", ""), found.get(b"accept", "")


def wants_page(parameters: Container[str], accept: str) -> bool:
    """Whether a GET is a browser's that wants to see something, not a query."""
    if "query" in parameters or "documentId" in parameters or "extensions" in parameters:
        return False
    return "text/html" in accept or "*/*" in accept


def media_type(accept: str) -> str | None:
    """The type of the answer by an ``Accept`` header: the one that is wished for more, plain JSON unless the other is named; ``None`` if neither will do."""
    return _short(accept) if len(accept) < 200 else _media_type(accept)


def _media_type(accept: str) -> str | None:
    if not accept.strip():
        return JSON
    weights = dict(_weights(accept))
    wished = {kind: next((weights[one] for one in (kind, "application/*", "*/*") if one in weights), 0.0) for kind in (JSON, GRAPHQL_JSON)}
    plain, better = wished[JSON], wished[GRAPHQL_JSON]
    if better > plain or (better == plain > 0 and GRAPHQL_JSON in weights):
        return GRAPHQL_JSON
    return JSON if plain > 0 else None


_short = lru_cache(maxsize=64)(_media_type)
"""Clients send the same few."""


def _weights(accept: str) -> Iterable[tuple[str, float]]:
    for part in accept.lower().split(","):
        kind, *parameters = (word.strip() for word in part.split(";"))
        weight = next((word[2:].strip() for word in parameters if word.startswith("q=")), "1")
        try:
            found = float(weight) if kind else 0.0
        except ValueError:
            found = 0.0
        yield kind, found if 0 <= found <= 1 else 0.0


def of_body(body: bytes, content_type: str) -> Asked:
    """The request in a body. Raises :class:`Invalid`."""
    kind, *parameters = (word.strip().lower() for word in content_type.split(";"))
    if kind != JSON:
        raise Invalid("send the request as application/json, and say so in Content-Type", code="content_type")
    charset = next((word[8:].strip('"') for word in parameters if word.startswith("charset=")), "utf-8")
    if charset not in {"utf-8", "utf8"}:
        raise Invalid("send the request in UTF-8", code="content_type")
    found = read_json(body, "the body")
    if isinstance(found, list):
        raise Invalid("a batch is not taken: send each operation in a request of its own", code="no_batches")
    if not isinstance(found, dict):
        raise Invalid("the body must be an object with a query", code="bad_request")
    return _asked(found)


def of_address(parameters: Iterable[tuple[str, str]]) -> Asked:
    """The request in the address of a GET. Raises :class:`Invalid`."""
    found: dict[str, object] = {}
    for name, value in parameters:
        if name in found and name in {*_TEXTS, *_OBJECTS}:
            raise Invalid("{name} stands in the address twice", code="bad_request", name=name)
        if name in _OBJECTS:
            found[name] = read_json(value.encode("utf-8", "replace"), name)
        elif name in _TEXTS:
            # By the specification an empty name is none.
            found[name] = value if value or name != "operationName" else None
    return _asked(found)


def _asked(found: Mapping[str, object]) -> Asked:
    for name, kind, what in _SHAPES:
        if not isinstance(found.get(name), kind | None):
            raise Invalid("{name} must be {what}", code="bad_request", field=name, name=name, what=what)
    asked = Asked(
        query=found.get("query"),  # type: ignore[arg-type]  # looked at above, and so are the next three
        variables=found.get("variables"),  # type: ignore[arg-type]
        operation_name=found.get("operationName"),  # type: ignore[arg-type]
        extensions=found.get("extensions"),  # type: ignore[arg-type]
        document_id=found.get("documentId"),
    )
    if not asked.query and asked.document_id is None and not (asked.extensions or {}).get("persistedQuery"):
        raise Invalid("send a query, or the documentId of a trusted document", code="no_query", field="query")
    return asked


def read_json(data: bytes, what: str) -> object:
    """JSON in UTF-8. Raises :class:`Invalid`, which says what is wrong with it and where."""
    try:
        data.decode()
    except UnicodeDecodeError:
        raise Invalid("{what} is not UTF-8", code="not_json", what=what) from None
    if data.startswith(b"\xef\xbb\xbf"):
        raise Invalid("{what} begins with a byte order mark, which JSON has none of (RFC 8259 section 8.1)", code="not_json", what=what)
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError as error:
        place = f"{error.msg}, line {error.lineno}, column {error.colno}"
        raise Invalid("{what} cannot be read as JSON: {place}", code="not_json", what=what, place=place) from None
