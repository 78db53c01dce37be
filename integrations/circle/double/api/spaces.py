"""Spaces, the sections that they are in, and who is in them."""

from functools import partial

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from integrations.circle.double.api.answers import Route, listed, missing, named, refused
from integrations.circle.double.model import Record, Space, State

_TYPES = ("basic", "event", "members", "image", "course", "chat")


async def spaces(state: State, request: Request) -> Response:
    """Spaces."""
    return listed(request, list(state.spaces.values()), state.space_record)


async def space(state: State, request: Request) -> Response:
    """A space; what is missing is said in another shape here."""
    space = state.spaces.get(request.path_params["id"])
    return refused(404, "Missing record: space") if space is None else JSONResponse(state.space_record(space))


async def make_space(state: State, request: Request) -> Response:
    """A new space."""
    values = await request.json()
    if values.get("space_type") not in _TYPES:
        return refused(400, f"Space type is invalid. The valid space types are: {', '.join(_TYPES)}")
    if values.get("space_group_id") not in state.space_groups or not values.get("name") or not values.get("slug"):
        return missing("space group")
    space = state.open_space(values["name"], kind=values["space_type"], private=bool(values.get("is_private")), slug=values["slug"])
    space.group_id = values["space_group_id"]
    return JSONResponse({"success": True, "message": "Space created.", "space": state.space_record(space)})


async def space_groups(state: State, request: Request) -> Response:
    """Sections of the sidebar."""
    wanted = request.query_params.get("name", "").lower()
    return listed(request, [one for one in state.space_groups.items() if wanted in one[1].lower()], named)


async def make_space_group(state: State, request: Request) -> Response:
    """A new section."""
    values = await request.json()
    number = next(state.ids)
    state.space_groups[number] = values["name"]
    return JSONResponse({"id": number, "name": values["name"], "slug": values["slug"]}, status_code=201)


async def space_members(state: State, request: Request) -> Response:
    """Who is in a space."""
    space = state.spaces.get(int(request.query_params.get("space_id", "0")))
    if space is None:
        return missing("space")
    return listed(request, sorted(space.member_ids), partial(_member_record, space))


def _member_record(space: Space, number: int) -> Record:
    return {"community_member_id": number, "space_id": space.id, "status": "active"}


async def space_member(state: State, request: Request) -> Response:
    """Whether somebody is in a space."""
    space, member = state.spaces.get(int(request.query_params.get("space_id", "0"))), state.by_email(request.query_params.get("email"))
    if space is None or member is None or member.id not in space.member_ids:
        return missing("space member")
    return JSONResponse(_member_record(space, member.id))


async def add_to_space(state: State, request: Request) -> Response:
    """Somebody is let into a space; who is in already is refused without a reason."""
    values = await request.json()
    space, member = state.spaces.get(values.get("space_id")), state.by_email(values.get("email"))
    if space is None or member is None:
        return missing("space" if space is None else "user")
    if member.id in space.member_ids:
        return refused(422, "User not added to space.")
    space.member_ids.add(member.id)
    return JSONResponse({"message": "User added to space"})


async def remove_from_space(state: State, request: Request) -> Response:
    """Somebody is put out of a space."""
    space, member = state.spaces.get(int(request.query_params.get("space_id", "0"))), state.by_email(request.query_params.get("email"))
    if space is None or member is None or member.id not in space.member_ids:
        return missing("space member")
    space.member_ids.remove(member.id)
    return JSONResponse({"message": "Member removed from space"})


ROUTES: tuple[Route, ...] = (
    ("GET", "/spaces", spaces),
    ("GET", "/spaces/{id:int}", space),
    ("POST", "/spaces", make_space),
    ("GET", "/space_groups", space_groups),
    ("POST", "/space_groups", make_space_group),
    ("GET", "/space_members", space_members),
    ("GET", "/space_member", space_member),
    ("POST", "/space_members", add_to_space),
    ("DELETE", "/space_members", remove_from_space),
)
