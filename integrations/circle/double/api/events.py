"""Events."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from integrations.circle.double.api.answers import Route, listed, missing, refused
from integrations.circle.double.model import State, stamp


async def events(state: State, request: Request) -> Response:
    """Events."""
    space = request.query_params.get("space_id")
    return listed(request, [event for event in state.events.values() if space is None or str(event["space_id"]) == space], dict)


async def make_event(state: State, request: Request) -> Response:
    """A new event."""
    values = (await request.json()).get("event", {})
    space, setting = state.spaces.get(values.get("space_id")), values.get("event_setting_attributes", {})
    if space is None or space.kind != "event":
        return missing("space")
    if not setting.get("starts_at") or not setting.get("location_type"):
        return refused(400, "Failed to create Post!", "Event setting starts at can't be blank, Event setting location type can't be blank")
    number = next(state.ids)
    state.events[number] = {
        "id": number,
        "name": values["name"],
        "space_id": space.id,
        "starts_at": setting["starts_at"],
        "duration_in_seconds": setting.get("duration_in_seconds"),
        "created_at": stamp(state.now()),
        "url": f"{state.base_url}/c/{space.slug}/event-{number}",
        "body": values.get("body", ""),
    }
    return JSONResponse(state.events[number], status_code=201)


ROUTES: tuple[Route, ...] = (
    ("GET", "/events", events),
    ("POST", "/events", make_event),
)
