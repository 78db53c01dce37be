"""Access groups."""

from functools import partial

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from integrations.circle.double.api.answers import Route, listed, missing
from integrations.circle.double.model import Record, State


async def access_groups(state: State, request: Request) -> Response:
    """Access groups."""
    wanted = request.query_params.getlist("ids[]")
    return listed(request, [number for number in state.access_groups if not wanted or str(number) in wanted], partial(_record, state))


def _record(state: State, number: int) -> Record:
    return {"id": number, "name": state.access_groups[number][0], "status": "active", "community_id": 1, "description": ""}


def _member_record(number: int) -> Record:
    return {"id": number + 5_000_000, "community_member_id": number, "status": "active"}


async def access_group_members(state: State, request: Request) -> Response:
    """Who is in an access group."""
    found = state.access_groups.get(request.path_params["id"])
    if found is None:
        return missing("access group")
    return listed(request, sorted(found[1]), _member_record)


async def add_to_access_group(state: State, request: Request) -> Response:
    """Somebody joins an access group."""
    found, member = state.access_groups.get(request.path_params["id"]), state.by_email((await request.json()).get("email"))
    if found is None or member is None:
        return missing("access group" if found is None else "community member")
    found[1].add(member.id)
    return JSONResponse({"message": "Added"}, status_code=201)


async def remove_from_access_group(state: State, request: Request) -> Response:
    """Somebody leaves an access group."""
    found, member = state.access_groups.get(request.path_params["id"]), state.by_email(request.query_params.get("email"))
    if found is None or member is None or member.id not in found[1]:
        return missing("access group")
    found[1].remove(member.id)
    return JSONResponse({"message": "Removed"})


ROUTES: tuple[Route, ...] = (
    ("GET", "/access_groups", access_groups),
    ("GET", "/access_groups/{id:int}/community_members", access_group_members),
    ("POST", "/access_groups/{id:int}/community_members", add_to_access_group),
    ("DELETE", "/access_groups/{id:int}/community_members", remove_from_access_group),
)
