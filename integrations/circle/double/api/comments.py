"""Comments."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from integrations.circle.double.api.answers import Route, listed, missing
from integrations.circle.double.model import State


async def comments(state: State, request: Request) -> Response:
    """Comments, newest first."""
    post = request.query_params.get("post_id")
    found = [comment for comment in state.comments.values() if post is None or comment.post_id == int(post)]
    return listed(request, sorted(found, key=lambda comment: -comment.id), state.comment_record)


async def comment(state: State, request: Request) -> Response:
    """A comment."""
    comment = state.comments.get(request.path_params["id"])
    return missing("comment") if comment is None else JSONResponse(state.comment_record(comment))


async def make_comment(state: State, request: Request) -> Response:
    """A new comment of the token's owner; line breaks are lost."""
    values = await request.json()
    post = state.posts.get(values.get("post_id"))
    if post is None:
        return missing("post")
    comment = state.comment(post, state.owner(), str(values["body"]).replace("\n", ""))
    return JSONResponse(state.comment_record(comment), status_code=201)


ROUTES: tuple[Route, ...] = (
    ("GET", "/comments", comments),
    ("GET", "/comments/{id:int}", comment),
    ("POST", "/comments", make_comment),
)
