"""Errors of GraphQL: those a client can act on are part of the payload or carry their code; everything else shows an id to look up."""

import re
import secrets
from collections.abc import Awaitable, Callable
from typing import TypeVar

import strawberry
import structlog
from graphql import GraphQLError

from plugin.errors import Conflict, Invalid, NotFound, PluginError
from schema.ids import UNKNOWN

log = structlog.get_logger()
T = TypeVar("T")
_GUESS = re.compile(r"\s*Did you mean [^?]*\?")


@strawberry.type(description="Something the client can act on.")
class UserError:
    """Part of a mutation's payload."""

    code: str = strawberry.field(description="A stable word.")
    message: str = strawberry.field(description="One line that says what to do.")
    field: str | None = strawberry.field(description="The input field that it is about.")


async def attempt(work: Callable[[], Awaitable[T]]) -> tuple[T | None, list[UserError]]:
    """The result of ``work``, or what the client can do about its failure. Missing rights are no such thing: they go on as errors."""
    try:
        return await work(), []
    except NotFound as error:
        # One answer for everything that is not there or not theirs to know of, whichever part of the service noticed.
        return None, [UserError(code=error.code, message=UNKNOWN, field=None)]
    except (Invalid, Conflict) as error:
        return None, [UserError(code=error.code, message=error.message, field=error.field)]


def _without_names(error: GraphQLError) -> GraphQLError:
    """An error of the client's own making, without the names that graphql-core guesses: they would tell the schema to who may not introspect."""
    plain = _GUESS.sub("", error.message)
    if plain == error.message:
        return error
    return GraphQLError(plain, nodes=error.nodes, source=error.source, positions=error.positions, path=error.path)


def mask(error: GraphQLError) -> GraphQLError:
    """What a client is shown of an error."""
    cause = error.original_error
    if cause is None or isinstance(cause, GraphQLError):
        return _without_names(error)
    if isinstance(cause, PluginError):
        extensions: dict[str, object] = {"code": cause.code}
        message = UNKNOWN if isinstance(cause, NotFound) and cause.code == NotFound.code else cause.message
    else:
        lookup = secrets.token_hex(8)
        log.error("unexpected_error", lookup=lookup, path=error.path, exc_info=cause)
        extensions = {"code": "internal", "lookup": lookup}
        message = "something went wrong on our side; the id leads to it in the log"
    return GraphQLError(message, nodes=error.nodes, source=error.source, positions=error.positions, path=error.path, extensions=extensions)
