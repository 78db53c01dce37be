"""Posts."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from integrations.circle.double.api.answers import Route, listed, missing, refused
from integrations.circle.double.model import State, html_of


async def posts(state: State, request: Request) -> Response:
    """Posts in one of the orders that Circle has."""
    query = request.query_params
    orders = {
        "oldest": lambda post: (post.created_at, post.id),
        "latest": lambda post: (-post.created_at.timestamp(), -post.id),
        "latest_updated": lambda post: (-post.updated_at.timestamp(), -post.id),
    }
    found = [
        post
        for post in state.posts.values()
        if query.get("space_id", str(post.space_id)) == str(post.space_id)
        and query.get("status", post.status) == post.status
        and query.get("search_text", "").lower() in post.name.lower()
    ]
    found.sort(key=orders.get(query.get("sort", "latest"), orders["latest"]))
    return listed(request, found, state.post_record)


async def post(state: State, request: Request) -> Response:
    """A post."""
    post = state.posts.get(request.path_params["id"])
    return missing("post") if post is None else JSONResponse(state.post_record(post))


async def make_post(state: State, request: Request) -> Response:
    """A new post of the token's owner."""
    values = await request.json()
    space = state.spaces.get(values.get("space_id"))
    if space is None or space.kind != "basic":
        return missing("space")
    try:
        body = html_of(values.get("tiptap_body"))
    except (ValueError, KeyError) as error:
        return refused(422, "Post could not be saved", str(error))
    post = state.publish(space, state.owner(), values["name"], body, slug=values.get("slug", ""), document=values["tiptap_body"])
    return JSONResponse({"message": "Post created.", "post": state.post_record(post)})


async def edit_post(state: State, request: Request) -> Response:
    """Another title and body for a post."""
    post, values = state.posts.get(request.path_params["id"]), await request.json()
    if post is None:
        return missing("post")
    try:
        body = html_of(values.get("tiptap_body"))
    except (ValueError, KeyError) as error:
        return refused(422, "Post could not be saved", str(error))
    post.name, post.body, post.document, post.updated_at = values.get("name", post.name), body, values["tiptap_body"], state.now()
    return JSONResponse({"message": "Post updated.", "post": state.post_record(post)})


ROUTES: tuple[Route, ...] = (
    ("GET", "/posts", posts),
    ("GET", "/posts/{id:int}", post),
    ("POST", "/posts", make_post),
    ("PUT", "/posts/{id:int}", edit_post),
)
