"""An imitation of a Circle community that refuses what Circle refuses (https://api.circle.so/apis/admin-api)."""

import time
from collections.abc import Awaitable, Callable, Sequence

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from integrations.circle.api import PREFIX
from integrations.circle.double.model import Member, Record, Sent, State, html_of, stamp

Handler = Callable[[Request], Awaitable[Response]]
_WINDOW_SECONDS = 300
_OF_A_FIELD: Record = {
    "field_type": "text",
    "archived": False,
    "required": False,
    "allow_null": True,
    "platform_field": False,
    "created_at": "2025-10-27T14:00:00.000Z",
    "updated_at": "2025-10-27T14:00:00.000Z",
}
_TYPES = ("basic", "event", "members", "image", "course", "chat")


def create_double(state: State) -> Starlette:
    """The application of one community."""
    desk = Desk(state)
    routes = [
        ("GET", "/community", desk.community),
        ("GET", "/community_members", desk.members),
        ("GET", "/community_members/search", desk.search),
        ("GET", "/community_members/{id:int}", desk.member),
        ("GET", "/profile_fields", desk.profile_fields),
        ("GET", "/spaces", desk.spaces),
        ("GET", "/spaces/{id:int}", desk.space),
        ("POST", "/spaces", desk.make_space),
        ("GET", "/space_groups", desk.space_groups),
        ("POST", "/space_groups", desk.make_space_group),
        ("GET", "/space_members", desk.space_members),
        ("GET", "/space_member", desk.space_member),
        ("POST", "/space_members", desk.add_to_space),
        ("DELETE", "/space_members", desk.remove_from_space),
        ("GET", "/access_groups", desk.access_groups),
        ("GET", "/access_groups/{id:int}/community_members", desk.access_group_members),
        ("POST", "/access_groups/{id:int}/community_members", desk.add_to_access_group),
        ("DELETE", "/access_groups/{id:int}/community_members", desk.remove_from_access_group),
        ("GET", "/posts", desk.posts),
        ("GET", "/posts/{id:int}", desk.post),
        ("POST", "/posts", desk.make_post),
        ("PUT", "/posts/{id:int}", desk.edit_post),
        ("GET", "/comments", desk.comments),
        ("GET", "/comments/{id:int}", desk.comment),
        ("POST", "/comments", desk.make_comment),
        ("POST", "/messages", desk.message),
        ("GET", "/events", desk.events),
        ("POST", "/events", desk.make_event),
        ("GET", "/member_tags", desk.tags),
        ("POST", "/member_tags", desk.make_tag),
        ("POST", "/tagged_members", desk.tag_member),
    ]
    return Starlette(
        routes=[Route(f"{PREFIX}{path}", desk.guarded(handler), methods=[method]) for method, path, handler in routes], exception_handlers={404: _page}
    )


async def _page(_request: Request, _error: Exception) -> Response:
    return HTMLResponse("<!DOCTYPE html><title>Circle</title>", status_code=404)


def refused(status: int, message: str, details: object = None) -> JSONResponse:
    """An answer of Circle's usual shape for what it refuses."""
    return JSONResponse({"success": False, "message": message, "error_details": {} if details is None else details}, status_code=status)


def missing(what: str) -> JSONResponse:
    """An answer for something that is not there."""
    return refused(404, "Oops! Missing record. Please try again later.", {"message": f"Missing record: {what}"})


class Desk:
    """Answers requests about one community."""

    def __init__(self, state: State) -> None:
        self._state = state

    def guarded(self, handler: Handler) -> Handler:
        """Who may ask, and how often."""

        async def answer(request: Request) -> Response:
            state = self._state
            agent = request.headers.get("user-agent", "")
            if not agent or agent.startswith("Python-urllib"):
                return HTMLResponse("error code: 1010", status_code=403)
            if state.fail_next:
                status, headers, body = state.fail_next.pop(0)
                return Response(body, status, headers)
            scheme, _, token = request.headers.get("authorization", "").partition(" ")
            if scheme not in {"Token", "Bearer"} or token != state.token:
                return refused(401, "The API token is invalid.")
            if not state.eligible:
                return refused(403, "The community is not eligible for admin API v2 access.")
            now = time.monotonic()
            state.recent[:] = [at for at in state.recent if at > now - _WINDOW_SECONDS]
            if len(state.recent) >= state.per_five_minutes or state.calls >= state.quota:
                return Response("Too many requests", 429)
            state.recent.append(now)
            state.calls += 1
            found = await handler(request)
            if request.method != "GET" and state.lose_next and found.status_code < 300:
                state.lose_next -= 1
                return HTMLResponse("<title>502</title>", status_code=502)
            return found

        return answer

    def _listed(self, request: Request, records: Sequence[Record], *, default: int = 10) -> Response:
        try:
            page, size = int(request.query_params.get("page", "1")), int(request.query_params.get("per_page", str(default)))
        except ValueError:
            return refused(400, "Invalid page")
        if page < 1 or not 1 <= size <= 100:
            return refused(400, "Invalid page")
        shown = list(records[(page - 1) * size : page * size])
        # The count of pages is wrong in Circle's own examples too.
        return JSONResponse(
            {"page": page, "per_page": size, "has_next_page": page * size < len(records), "count": len(records), "page_count": len(records), "records": shown}
        )

    def _by_email(self, email: object) -> Member | None:
        return next((member for member in self._state.members.values() if member.email == email), None)

    # ------------------------------------------------------------------------------------------------------------ members

    async def community(self, _request: Request) -> Response:
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

    async def members(self, request: Request) -> Response:
        """Members, newest first."""
        wanted = request.query_params.get("status", "active")
        if wanted not in {"active", "inactive", "all"}:
            return refused(400, "Invalid status. Valid statuses are: active, inactive, all")
        found = [member for member in self._state.members.values() if wanted == "all" or member.confirmed == (wanted == "active")]
        return self._listed(request, [self._state.member_record(member) for member in sorted(found, key=lambda member: -member.id)])

    async def search(self, request: Request) -> Response:
        """A member by address."""
        member = self._by_email(request.query_params.get("email"))
        return missing("community member") if member is None else JSONResponse(self._state.member_record(member))

    async def member(self, request: Request) -> Response:
        """A member."""
        member = self._state.members.get(request.path_params["id"])
        return missing("community member") if member is None else JSONResponse(self._state.member_record(member))

    async def profile_fields(self, request: Request) -> Response:
        """Questions of the profile."""
        keys = sorted({key for member in self._state.members.values() for key in member.fields})
        return self._listed(
            request,
            [{"id": number, "label": key.replace("_", " ").title(), "key": key, **_OF_A_FIELD} for number, key in enumerate(keys, 1)],
        )

    # ------------------------------------------------------------------------------------------------------------ spaces and groups

    async def spaces(self, request: Request) -> Response:
        """Spaces."""
        return self._listed(request, [self._state.space_record(space) for space in self._state.spaces.values()])

    async def space(self, request: Request) -> Response:
        """A space; what is missing is said in another shape here."""
        space = self._state.spaces.get(request.path_params["id"])
        return refused(404, "Missing record: space") if space is None else JSONResponse(self._state.space_record(space))

    async def make_space(self, request: Request) -> Response:
        """A new space."""
        values = await request.json()
        if values.get("space_type") not in _TYPES:
            return refused(400, f"Space type is invalid. The valid space types are: {', '.join(_TYPES)}")
        if values.get("space_group_id") not in self._state.space_groups or not values.get("name") or not values.get("slug"):
            return missing("space group")
        space = self._state.open_space(values["name"], kind=values["space_type"], private=bool(values.get("is_private")), slug=values["slug"])
        space.group_id = values["space_group_id"]
        return JSONResponse({"success": True, "message": "Space created.", "space": self._state.space_record(space)})

    async def space_groups(self, request: Request) -> Response:
        """Sections of the sidebar."""
        wanted = request.query_params.get("name", "").lower()
        return self._listed(request, [{"id": number, "name": name} for number, name in self._state.space_groups.items() if wanted in name.lower()])

    async def make_space_group(self, request: Request) -> Response:
        """A new section."""
        values = await request.json()
        number = next(self._state.ids)
        self._state.space_groups[number] = values["name"]
        return JSONResponse({"id": number, "name": values["name"], "slug": values["slug"]}, status_code=201)

    async def space_members(self, request: Request) -> Response:
        """Who is in a space."""
        space = self._state.spaces.get(int(request.query_params.get("space_id", "0")))
        if space is None:
            return missing("space")
        return self._listed(request, [{"community_member_id": number, "space_id": space.id, "status": "active"} for number in sorted(space.member_ids)])

    async def space_member(self, request: Request) -> Response:
        """Whether somebody is in a space."""
        space, member = self._state.spaces.get(int(request.query_params.get("space_id", "0"))), self._by_email(request.query_params.get("email"))
        if space is None or member is None or member.id not in space.member_ids:
            return missing("space member")
        return JSONResponse({"community_member_id": member.id, "space_id": space.id, "status": "active"})

    async def add_to_space(self, request: Request) -> Response:
        """Somebody is let into a space; who is in already is refused without a reason."""
        values = await request.json()
        space, member = self._state.spaces.get(values.get("space_id")), self._by_email(values.get("email"))
        if space is None or member is None:
            return missing("space" if space is None else "user")
        if member.id in space.member_ids:
            return refused(422, "User not added to space.")
        space.member_ids.add(member.id)
        return JSONResponse({"message": "User added to space"})

    async def remove_from_space(self, request: Request) -> Response:
        """Somebody is put out of a space."""
        space, member = self._state.spaces.get(int(request.query_params.get("space_id", "0"))), self._by_email(request.query_params.get("email"))
        if space is None or member is None or member.id not in space.member_ids:
            return missing("space member")
        space.member_ids.remove(member.id)
        return JSONResponse({"message": "Member removed from space"})

    async def access_groups(self, request: Request) -> Response:
        """Access groups."""
        wanted = request.query_params.getlist("ids[]")
        return self._listed(request, [self._access_record(number) for number in self._state.access_groups if not wanted or str(number) in wanted])

    def _access_record(self, number: int) -> Record:
        return {"id": number, "name": self._state.access_groups[number][0], "status": "active", "community_id": 1, "description": ""}

    async def access_group_members(self, request: Request) -> Response:
        """Who is in an access group."""
        found = self._state.access_groups.get(request.path_params["id"])
        if found is None:
            return missing("access group")
        return self._listed(request, [{"id": number + 5_000_000, "community_member_id": number, "status": "active"} for number in sorted(found[1])])

    async def add_to_access_group(self, request: Request) -> Response:
        """Somebody joins an access group."""
        found, member = self._state.access_groups.get(request.path_params["id"]), self._by_email((await request.json()).get("email"))
        if found is None or member is None:
            return missing("access group" if found is None else "community member")
        found[1].add(member.id)
        return JSONResponse({"message": "Added"}, status_code=201)

    async def remove_from_access_group(self, request: Request) -> Response:
        """Somebody leaves an access group."""
        found, member = self._state.access_groups.get(request.path_params["id"]), self._by_email(request.query_params.get("email"))
        if found is None or member is None or member.id not in found[1]:
            return missing("access group")
        found[1].remove(member.id)
        return JSONResponse({"message": "Removed"})

    # ------------------------------------------------------------------------------------------------------------ words

    async def posts(self, request: Request) -> Response:
        """Posts in one of the orders that Circle has."""
        query = request.query_params
        orders = {
            "oldest": lambda post: (post.created_at, post.id),
            "latest": lambda post: (-post.created_at.timestamp(), -post.id),
            "latest_updated": lambda post: (-post.updated_at.timestamp(), -post.id),
        }
        found = [
            post
            for post in self._state.posts.values()
            if query.get("space_id", str(post.space_id)) == str(post.space_id)
            and query.get("status", post.status) == post.status
            and query.get("search_text", "").lower() in post.name.lower()
        ]
        found.sort(key=orders.get(query.get("sort", "latest"), orders["latest"]))
        return self._listed(request, [self._state.post_record(post) for post in found])

    async def post(self, request: Request) -> Response:
        """A post."""
        post = self._state.posts.get(request.path_params["id"])
        return missing("post") if post is None else JSONResponse(self._state.post_record(post))

    async def make_post(self, request: Request) -> Response:
        """A new post of the token's owner."""
        values = await request.json()
        space = self._state.spaces.get(values.get("space_id"))
        if space is None or space.kind != "basic":
            return missing("space")
        try:
            body = html_of(values.get("tiptap_body"))
        except (ValueError, KeyError) as error:
            return refused(422, "Post could not be saved", str(error))
        post = self._state.publish(space, self._owner(), values["name"], body, slug=values.get("slug", ""), document=values["tiptap_body"])
        return JSONResponse({"message": "Post created.", "post": self._state.post_record(post)})

    async def edit_post(self, request: Request) -> Response:
        """Another title and body for a post."""
        post, values = self._state.posts.get(request.path_params["id"]), await request.json()
        if post is None:
            return missing("post")
        try:
            body = html_of(values.get("tiptap_body"))
        except (ValueError, KeyError) as error:
            return refused(422, "Post could not be saved", str(error))
        post.name, post.body, post.document, post.updated_at = values.get("name", post.name), body, values["tiptap_body"], self._state.now()
        return JSONResponse({"message": "Post updated.", "post": self._state.post_record(post)})

    def _owner(self) -> Member:
        return next(iter(self._state.members.values()))

    async def comments(self, request: Request) -> Response:
        """Comments, newest first."""
        post = request.query_params.get("post_id")
        found = [comment for comment in self._state.comments.values() if post is None or comment.post_id == int(post)]
        return self._listed(request, [self._state.comment_record(comment) for comment in sorted(found, key=lambda comment: -comment.id)])

    async def comment(self, request: Request) -> Response:
        """A comment."""
        comment = self._state.comments.get(request.path_params["id"])
        return missing("comment") if comment is None else JSONResponse(self._state.comment_record(comment))

    async def make_comment(self, request: Request) -> Response:
        """A new comment of the token's owner; line breaks are lost."""
        values = await request.json()
        post = self._state.posts.get(values.get("post_id"))
        if post is None:
            return missing("post")
        comment = self._state.comment(post, self._owner(), str(values["body"]).replace("\n", ""))
        return JSONResponse(self._state.comment_record(comment), status_code=201)

    async def message(self, request: Request) -> Response:
        """A direct message."""
        values = await request.json()
        to = tuple(values.get("user_emails") or [values.get("user_email")])
        if any(self._by_email(email) is None for email in to):
            return refused(422, "Failed to create chat room.")
        try:
            html_of(values.get("rich_text_body"))
        except (ValueError, KeyError) as error:
            return refused(422, "Message could not be sent", str(error))
        number = len(self._state.messages) + 1
        self._state.messages.append(Sent(id=number, to=to, document=values["rich_text_body"], at=self._state.now()))
        return JSONResponse({"message": "Message sent", "chat_room_message": {"id": number, "chat_room_uuid": f"room-{number}", "body": "…"}})

    # ------------------------------------------------------------------------------------------------------------ events and tags

    async def events(self, request: Request) -> Response:
        """Events."""
        space = request.query_params.get("space_id")
        return self._listed(request, [event for event in self._state.events.values() if space is None or str(event["space_id"]) == space])

    async def make_event(self, request: Request) -> Response:
        """A new event."""
        values = (await request.json()).get("event", {})
        space, setting = self._state.spaces.get(values.get("space_id")), values.get("event_setting_attributes", {})
        if space is None or space.kind != "event":
            return missing("space")
        if not setting.get("starts_at") or not setting.get("location_type"):
            return refused(400, "Failed to create Post!", "Event setting starts at can't be blank, Event setting location type can't be blank")
        number = next(self._state.ids)
        self._state.events[number] = {
            "id": number,
            "name": values["name"],
            "space_id": space.id,
            "starts_at": setting["starts_at"],
            "duration_in_seconds": setting.get("duration_in_seconds"),
            "created_at": stamp(self._state.now()),
            "url": f"{self._state.base_url}/c/{space.slug}/event-{number}",
            "body": values.get("body", ""),
        }
        return JSONResponse(self._state.events[number], status_code=201)

    async def tags(self, request: Request) -> Response:
        """Tags of members."""
        wanted = request.query_params.get("name", "").lower()
        return self._listed(request, [{"id": number, "name": name} for number, name in self._state.tags.items() if wanted in name.lower()])

    async def make_tag(self, request: Request) -> Response:
        """A new tag."""
        values = await request.json()
        number = next(self._state.ids)
        self._state.tags[number] = values["name"]
        return JSONResponse({"id": number, "name": values["name"], "color": values.get("color")}, status_code=201)

    async def tag_member(self, request: Request) -> Response:
        """Somebody is tagged."""
        values = await request.json()
        member = self._by_email(values.get("user_email"))
        if member is None or values.get("member_tag_id") not in self._state.tags:
            return missing("member tag")
        member.tag_ids.add(values["member_tag_id"])
        return JSONResponse({"message": "Person tagged successfully!"}, status_code=201)
