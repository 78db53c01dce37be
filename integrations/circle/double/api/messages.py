"""Direct messages."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from integrations.circle.double.api.answers import Route, refused
from integrations.circle.double.model import Sent, State, html_of


async def message(state: State, request: Request) -> Response:
    """A direct message."""
    values = await request.json()
    to = tuple(values.get("user_emails") or [values.get("user_email")])
    if any(state.by_email(email) is None for email in to):
        return refused(422, "Failed to create chat room.")
    try:
        html_of(values.get("rich_text_body"))
    except (ValueError, KeyError) as error:
        return refused(422, "Message could not be sent", str(error))
    number = len(state.messages) + 1
    state.messages.append(Sent(id=number, to=to, document=values["rich_text_body"], at=state.now()))
    return JSONResponse({"message": "Message sent", "chat_room_message": {"id": number, "chat_room_uuid": f"room-{number}", "body": "…"}})


ROUTES: tuple[Route, ...] = (("POST", "/messages", message),)
