"""The community, its members and what their profiles ask."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from integrations.circle.double.api.answers import Route, listed, missing, refused
from integrations.circle.double.model import Record, State

_OF_A_FIELD: Record = {
    "field_type": "text",
    "archived": False,
    "required": False,
    "allow_null": True,
    "platform_field": False,
    "created_at": "2025-10-27T14:00:00.000Z",
    "updated_at": "2025-10-27T14:00:00.000Z",
}


async def community(_state: State, _request: Request) -> Response:
    """The community."""
    return JSONResponse(
        {
            "id": 1,
            "name": "Growers",
            "slug": "growers",
            "locale": "en",
            "is_private": True,
            "prefs": {"brand_color": {"light": "#7A3B8F", "dark": "#C9A0DC"}},
            "community_setting": {},
        }
    )


async def members(state: State, request: Request) -> Response:
    """Members, newest first."""
    wanted = request.query_params.get("status", "active")
    if wanted not in {"active", "inactive", "all"}:
        return refused(400, "Invalid status. Valid statuses are: active, inactive, all")
    found = [member for member in state.members.values() if wanted == "all" or member.confirmed == (wanted == "active")]
    return listed(request, sorted(found, key=lambda member: -member.id), state.member_record)


async def search(state: State, request: Request) -> Response:
    """A member by address; what is none is refused."""
    address = request.query_params.get("email", "")
    if "@" not in address:
        return refused(422, "Email is invalid")
    member = state.by_email(address)
    return missing("community member") if member is None else JSONResponse(state.member_record(member))


async def member(state: State, request: Request) -> Response:
    """A member."""
    member = state.members.get(request.path_params["id"])
    return missing("community member") if member is None else JSONResponse(state.member_record(member))


async def profile_fields(state: State, request: Request) -> Response:
    """Questions of the profile."""
    keys = sorted({key for member in state.members.values() for key in member.fields})
    return listed(request, list(enumerate(keys, 1)), _field_record)


def _field_record(found: tuple[int, str]) -> Record:
    number, key = found
    return {"id": number, "label": key.replace("_", " ").title(), "key": key, **_OF_A_FIELD}


ROUTES: tuple[Route, ...] = (
    ("GET", "/community", community),
    ("GET", "/community_members", members),
    ("GET", "/community_members/search", search),
    ("GET", "/community_members/{id:int}", member),
    ("GET", "/profile_fields", profile_fields),
)
