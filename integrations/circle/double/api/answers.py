"""The shapes in which Circle answers: a listing, a refusal, and what is not there."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from integrations.circle.double.model import Record, State

Found = TypeVar("Found")

Handler = Callable[[State, Request], Awaitable[Response]]
Route = tuple[str, str, Handler]
"""Method, path below the API's, and what answers."""
_LARGEST_PAGE = 100


def listed(request: Request, found: Sequence[Found], show: Callable[[Found], Record], *, default: int = 10) -> Response:
    """The page of a listing that was asked for; only what is on it is shown."""
    try:
        page, size = int(request.query_params.get("page", "1")), int(request.query_params.get("per_page", str(default)))
    except ValueError:
        return refused(400, "Invalid page")
    if page < 1 or not 1 <= size <= _LARGEST_PAGE:
        return refused(400, "Invalid page")
    shown = [show(one) for one in found[(page - 1) * size : page * size]]
    # The count of pages is wrong in Circle's own examples too.
    return JSONResponse(
        {"page": page, "per_page": size, "has_next_page": page * size < len(found), "count": len(found), "page_count": len(found), "records": shown}
    )


def refused(status: int, message: str, details: object = None) -> JSONResponse:
    """An answer of Circle's usual shape for what it refuses."""
    return JSONResponse({"success": False, "message": message, "error_details": {} if details is None else details}, status_code=status)


def missing(what: str) -> JSONResponse:
    """An answer for something that is not there."""
    return refused(404, "Oops! Missing record. Please try again later.", {"message": f"Missing record: {what}"})


def named(found: tuple[int, str]) -> Record:
    """Something of which only the number and the name are shown."""
    number, name = found
    return {"id": number, "name": name}
