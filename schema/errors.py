"""Errors of GraphQL: those a client can act on are part of the payload or carry their code; everything else shows an id to look up."""

import re
import secrets
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

import strawberry
import structlog
from graphql import GraphQLError, GraphQLSyntaxError
from strawberry.utils.str_converters import to_camel_case

from plugin.errors import Conflict, Invalid, NotFound, PluginError
from schema.ids import UNKNOWN, UnknownId

log = structlog.get_logger()
T = TypeVar("T")
_GUESS = re.compile(r"\s*Did you mean [^?]*\?")
_VARIABLE = re.compile(r"Variable '(\$\w+)' has invalid value")


@strawberry.type(description="Something the client can act on.")
class UserError:
    """Part of a mutation's payload."""

    code: str = strawberry.field(description="A stable word.")
    message: str = strawberry.field(description="One line that says what to do.")
    field: str | None = strawberry.field(description="The input field that it is about.")


async def attempt(work: Callable[[], Awaitable[T]], *, own_fields: bool = False, unknown: str | None = None) -> tuple[T | None, list[UserError]]:
    """The result of ``work``, or what the client can do about its failure. Missing rights are no such thing: they go on as errors.

    ``unknown`` is the input by which whatever is not there was looked for; ids that cannot even be read name their own.
    With ``own_fields`` the field is a column of ours, such as ``ends_on``, and is told as the input calls it; keys that people gave stay as they are.
    """
    try:
        return await work(), []
    except UnknownId as error:
        return None, [UserError(code=error.code, message=error.message, field=error.field)]
    except NotFound as error:
        # One answer for everything that is not there or not theirs to know of, whichever part of the service noticed.
        return None, [UserError(code=error.code, message=UNKNOWN if unknown is None else f"{UNKNOWN}: look at {unknown}", field=unknown)]
    except (Invalid, Conflict) as error:
        field = to_camel_case(error.field) if own_fields and error.field else error.field
        return None, [UserError(code=error.code, message=error.message, field=field)]


def _without_names(error: GraphQLError) -> GraphQLError:
    """An error of the client's own making, without the names that graphql-core guesses: they would tell the schema to who may not introspect."""
    plain = _GUESS.sub("", error.message)
    if plain == error.message:
        return error
    return GraphQLError(plain, nodes=error.nodes, source=error.source, positions=error.positions, path=error.path)


CLASSES = {401: "OperationNotSupported", 403: "OperationNotSupported", 503: "DataFetchingException"}
"""``extensions.classification`` by status, in the words of graphql-java, by which tools tell a client's mistake from the server's; all else is a mistake."""
_NO_SECRET = ("Unknown operation named", "Must provide operation name", "Must provide an operation", "GraphQL introspection has been disabled")
"""How errors of a request begin that say nothing of the schema."""


def veil(errors: Sequence[GraphQLError]) -> list[GraphQLError]:
    """Errors of a request that was not executed, for who may not introspect: what is wrong with a query would tell the schema name by name."""
    told = [one for one in errors if isinstance(one, GraphQLSyntaxError) or one.original_error or one.extensions or one.message.startswith(_NO_SECRET)]
    if told:
        return [_without_type(one) for one in told]
    return [GraphQLError("the query does not fit the schema: a token with the scope introspect is told where", extensions={"code": "invalid_query"})]


def _without_type(error: GraphQLError) -> GraphQLError:
    """An error of the value of a variable without why the value does not fit: that tells what fields and values its type has."""
    name = _VARIABLE.match(error.message) if isinstance(error.original_error, GraphQLError) else None
    if name is None:
        return error
    told = f"the value of {name[1]} does not fit its type: a token with the scope introspect is told why"
    return GraphQLError(told, nodes=error.nodes, extensions={"code": "invalid_query"})


def mask(error: GraphQLError) -> GraphQLError:
    """What a client is shown of an error."""
    cause = error.original_error
    if error.path is None and isinstance(cause, ValueError):
        # Nothing of ours ran yet: a value in the text or the variables is none, such as a number of thousands of digits.
        return GraphQLError("a value in the query or its variables cannot be read", nodes=error.nodes, extensions={"code": "invalid_query"})
    if cause is None or isinstance(cause, GraphQLError):
        return _without_names(error)
    if isinstance(cause, PluginError):
        extensions: dict[str, object] = {"code": cause.code, "classification": CLASSES.get(cause.status_code, "ValidationError")}
        plain = isinstance(cause, NotFound) and cause.code == NotFound.code and not isinstance(cause, UnknownId)
        message = UNKNOWN if plain else cause.message
        if isinstance(cause, UnknownId):
            extensions["field"] = cause.field
    else:
        lookup = secrets.token_hex(8)
        log.error("unexpected_error", lookup=lookup, path=error.path, exc_info=cause)
        extensions = {"code": "internal", "lookup": lookup, "classification": "DataFetchingException"}
        message = "something went wrong on our side; the id leads to it in the log"
    return GraphQLError(message, nodes=error.nodes, source=error.source, positions=error.positions, path=error.path, extensions=extensions)
