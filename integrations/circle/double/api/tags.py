"""Tags of members."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from integrations.circle.double.api.answers import Route, listed, missing, named
from integrations.circle.double.model import State


async def tags(state: State, request: Request) -> Response:
    """Tags of members."""
    wanted = request.query_params.get("name", "").lower()
    return listed(request, [one for one in state.tags.items() if wanted in one[1].lower()], named)


async def make_tag(state: State, request: Request) -> Response:
    """A new tag."""
    values = await request.json()
    number = next(state.ids)
    state.tags[number] = values["name"]
    return JSONResponse({"id": number, "name": values["name"], "color": values.get("color")}, status_code=201)


async def tag_member(state: State, request: Request) -> Response:
    """Somebody is tagged."""
    values = await request.json()
    member = state.by_email(values.get("user_email"))
    if member is None or values.get("member_tag_id") not in state.tags:
        return missing("member tag")
    member.tag_ids.add(values["member_tag_id"])
    return JSONResponse({"message": "Person tagged successfully!"}, status_code=201)


ROUTES: tuple[Route, ...] = (
    ("GET", "/member_tags", tags),
    ("POST", "/member_tags", make_tag),
    ("POST", "/tagged_members", tag_member),
)
